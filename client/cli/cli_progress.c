/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/cli/cli_text.h"

enum { WAIT_MS = 300, DRAW_MS = 100, BAR_COLUMNS = 24, WHAT_COLUMNS = 24 };

static uint64_t
now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
put_bar(unsigned full, bool colour, struct buf *out)
{
	buf_put_u8(out, '[');
	if (colour)
		buf_put_text(out, "\033[32m");
	for (unsigned i = 0; i < BAR_COLUMNS; i++)
		buf_put_u8(out, i < full ? '#' : '.');
	if (colour)
		buf_put_text(out, "\033[0m");
	buf_put_u8(out, ']');
}

void
cli_progress_line(const char *what, uint64_t done, uint64_t total,
    bool colour, struct buf *out)
{
	struct span text = { (const uint8_t *)what, strlen(what) };
	double part = total == 0 ? 0 : (double)done / (double)total;
	size_t skip = 0;
	char counts[64];

	part = part > 1 ? 1 : part;
	if (text.n > 0)
		text.n = cli_text_line(text, WHAT_COLUMNS, CLI_TEXT_CUT,
		    &skip);
	buf_put(out, text.p, text.n);
	for (unsigned i = cli_text_columns(text); i < WHAT_COLUMNS; i++)
		buf_put_u8(out, ' ');
	buf_put_u8(out, ' ');
	put_bar((unsigned)(part * BAR_COLUMNS), colour, out);
	/* never 100 before the end */
	(void)snprintf(counts, sizeof counts, " %3u%% %" PRIu64 "/%" PRIu64,
	    (unsigned)(part * 100), done, total);
	counts[CLI_COLUMNS - 1 - WHAT_COLUMNS - 1 - BAR_COLUMNS - 2] = '\0';
	buf_put_text(out, counts);
}

static void
draw(struct cli_progress *p)
{
	struct buf line = { .p = NULL };

	cli_progress_line(cli_text(p->c, p->what), p->done, p->total,
	    p->colour, &line);
	if (buf_err(&line) == ERR_OK)
		(void)fprintf(stderr, "\r%s", buf_cstr(&line));
	(void)fflush(stderr);
	buf_free(&line);
	p->shown = true;
}

void
cli_progress_begin(struct cli_progress *p, const struct cli *c,
    enum phrase what)
{
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");

	*p = (struct cli_progress){ .c = c, .what = what };
	p->terminal = isatty(STDERR_FILENO) == 1 &&
	    (term == NULL || strcmp(term, "dumb") != 0);
	p->colour = plain == NULL || plain[0] == '\0';
	p->begun_ms = now_ms();
}

void
cli_progress_at(void *ctx, uint64_t done, uint64_t total)
{
	struct cli_progress *p = ctx;
	uint64_t now;

	p->done = done;
	p->total = total;
	if (!p->terminal)
		return;
	now = now_ms();
	if (now - p->begun_ms < WAIT_MS || now - p->drawn_ms < DRAW_MS)
		return;
	p->drawn_ms = now;
	draw(p);
}

void
cli_progress_end(struct cli_progress *p)
{
	if (!p->shown)
		return;
	draw(p);
	(void)fputc('\n', stderr);
	p->shown = false;
}
