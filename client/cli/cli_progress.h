/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_progress.h -- how far long work has come, on one line of the terminal.
 *
 * Only on stderr, only if that is a terminal (not TERM=dumb), and only for
 * work that takes a while; nothing in pipes.  NO_COLOR, set and not empty,
 * keeps colours away.
 */
#ifndef NGUON_CLI_PROGRESS_H
#define NGUON_CLI_PROGRESS_H

#include "client/cli/cli.h"

struct cli_progress {
	const struct cli *c;
	enum phrase what;		/* "Đang kiểm tra" */
	bool terminal, colour, shown;
	uint64_t done, total;
	uint64_t begun_ms, drawn_ms;	/* of the monotonic clock */
};
void cli_progress_begin(struct cli_progress *p, const struct cli *c,
    enum phrase what);
/* ctx is a struct cli_progress: a store_progress, and what import takes. */
void cli_progress_at(void *ctx, uint64_t done, uint64_t total);
/* The line, if one was shown, says what was really done, and is ended. */
void cli_progress_end(struct cli_progress *p);

/* The line: what, bar, percent, counts; at most 79 columns.  Appended. */
void cli_progress_line(const char *what, uint64_t done, uint64_t total,
    bool colour, struct buf *out);

#endif
