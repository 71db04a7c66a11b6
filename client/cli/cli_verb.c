/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_verb.h"

#include <string.h>

#include "client/cli/cli_text.h"

enum { NAME_MAX_BYTES = 63, LEFT_COLUMNS = 26 };

/* ---- finding */

/* Whether the words begin with the verb's name. */
static bool
begins(const struct cli_verb *verb, const struct cli_words *w, size_t *ret)
{
	const char *name = verb->name;

	for (size_t i = 0; i < w->plain; i++) {
		size_t n = strlen(w->word[i]);
		if (strncmp(name, w->word[i], n) != 0)
			return false;
		name += n;
		if (*name == '\0') {
			*ret = i + 1;
			return true;
		}
		if (*name++ != ' ')
			return false;
	}
	return false;
}

const struct cli_verb *
cli_verb_find(const struct cli_group *const *groups, size_t count,
    const struct cli_words *w, size_t *ret_words)
{
	const struct cli_verb *found = NULL;
	size_t words = 0;

	*ret_words = 0;
	for (size_t g = 0; g < count; g++) {
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct cli_verb *v = &groups[g]->verbs[i];
			if (begins(v, w, &words) && words > *ret_words) {
				found = v;
				*ret_words = words;
			}
		}
	}
	return found;
}

/* Letters to put in, leave out, change or swap with their neighbour. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[3][NAME_MAX_BYTES + 1] = { { 0 } };
	size_t n = strlen(a), m = strlen(b);

	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *now = row[i % 3], *up = row[(i + 2) % 3];
		const unsigned *above = row[(i + 1) % 3];
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned best = up[j - 1] + (a[i - 1] != b[j - 1]);
			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && above[j - 2] + 1 < best)
				best = above[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

/* The first `words` words with blanks between them; false: too long. */
static bool
join(const struct cli_words *w, size_t words,
    char ret[static NAME_MAX_BYTES + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < words && i < w->plain; i++) {
		size_t more = strlen(w->word[i]);
		if (n + more + 1 > NAME_MAX_BYTES)
			return false;
		if (i > 0)
			ret[n++] = ' ';
		memcpy(ret + n, w->word[i], more);
		n += more;
	}
	ret[n] = '\0';
	return n > 0;
}

const struct cli_verb *
cli_verb_nearest(const struct cli_group *const *groups, size_t count,
    const struct cli_words *w)
{
	const struct cli_verb *found = NULL;
	char typed[2][NAME_MAX_BYTES + 1] = { { 0 } };
	bool have[2] = { join(w, 1, typed[0]), join(w, 2, typed[1]) };
	unsigned best = UINT32_MAX;

	for (size_t g = 0; g < count; g++) {
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct cli_verb *v = &groups[g]->verbs[i];
			const char *name = v->name;
			char first[NAME_MAX_BYTES + 1];
			size_t n = strcspn(name, " ");
			size_t two = name[n] != '\0';
			if (!have[two] || strlen(name) > NAME_MAX_BYTES)
				continue;
			if (two && w->plain == 1) {	/* its first word */
				memcpy(first, name, n);
				first[n] = '\0';
				name = first;
			}
			unsigned d = distance(typed[two], name);
			if (d < best && d <= 1 + strlen(name) / 4) {
				best = d;
				found = v;
			}
		}
	}
	return found;
}

/* ---- help */

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
put_blanks(FILE *out, unsigned n)
{
	while (n-- > 0)
		(void)fputc(' ', out);
}

/* Two columns: what, and what it is for. */
static void
put_pair(FILE *out, const char *left, const char *right)
{
	unsigned width = cli_text_columns(as_span(left));
	struct span rest = as_span(right);
	size_t skip;

	(void)fprintf(out, "  %s", left);
	if (width > LEFT_COLUMNS - 2) {
		(void)fputc('\n', out);
		put_blanks(out, LEFT_COLUMNS + 2);
	} else {
		put_blanks(out, LEFT_COLUMNS - width);
	}
	while (rest.n > 0) {
		size_t n = cli_text_line(rest, CLI_COLUMNS - LEFT_COLUMNS - 2,
		    CLI_TEXT_WHOLE, &skip);
		cli_text_put(out, (struct span){ rest.p, n });
		(void)fputc('\n', out);
		rest.p += n + skip;
		rest.n -= n + skip;
		if (rest.n > 0)
			put_blanks(out, LEFT_COLUMNS + 2);
	}
}

static bool
first_word_is(const char *name, const char *word)
{
	size_t n = strlen(word);

	return strncmp(name, word, n) == 0 &&
	    (name[n] == '\0' || name[n] == ' ');
}

size_t
cli_verb_list(const struct cli *c, const struct cli_group *const *groups,
    size_t count, const char *word, FILE *out)
{
	size_t shown = 0;

	for (size_t g = 0; g < count; g++) {
		bool title = false;
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct cli_verb *v = &groups[g]->verbs[i];
			if (word != NULL && !first_word_is(v->name, word))
				continue;
			if (!title)
				(void)fprintf(out, "\n%s\n",
				    cli_text(c, groups[g]->title));
			title = true;
			put_pair(out, v->name, cli_text(c, v->summary));
			shown++;
		}
	}
	return shown;
}

static void
option_usage(const struct cli_option *o, char *out, size_t n)
{
	(void)snprintf(out, n, "--%s%s%s%s", o->name,
	    o->value != NULL ? " " : "", o->value != NULL ? o->value : "",
	    o->need == CLI_MANY ? "..." : "");
}

static const struct {
	const char *usage;
	enum phrase help;
} commons[] = {
	{ "--store DIR", PHRASE_OPTION_STORE },
	{ "--json", PHRASE_OPTION_JSON },
	{ "--lang vi|en", PHRASE_OPTION_LANG },
	{ "--passphrase-fd N", PHRASE_OPTION_PASSPHRASE_FD },
	{ "--yes", PHRASE_OPTION_YES },
	{ "--help", PHRASE_OPTION_HELP },
};

void
cli_verb_common(const struct cli *c, FILE *out)
{
	(void)fprintf(out, "\n%s\n", cli_text(c, PHRASE_HELP_COMMON));
	for (size_t i = 0; i < sizeof commons / sizeof commons[0]; i++)
		put_pair(out, commons[i].usage, cli_text(c, commons[i].help));
}

void
cli_verb_option(const struct cli *c, const char *usage, enum phrase help,
    FILE *out)
{
	put_pair(out, usage, cli_text(c, help));
}

void
cli_verb_help(const struct cli *c, const struct cli_verb *verb, FILE *out)
{
	struct buf line = { 0 };
	char text[128];

	buf_put_text(&line, "nguon ");
	buf_put_text(&line, verb->name);
	if (verb->operands[0] != '\0') {
		buf_put_u8(&line, ' ');
		buf_put_text(&line, verb->operands);
	}
	for (size_t i = 0; i < verb->option_count; i++) {
		bool must = verb->options[i].need == CLI_MUST;
		option_usage(&verb->options[i], text, sizeof text);
		buf_put_text(&line, must ? " " : " [");
		buf_put_text(&line, text);
		buf_put_text(&line, must ? "" : "]");
	}
	cli_text_wrap(out, buf_span(&line), CLI_COLUMNS);
	buf_free(&line);
	(void)fputc('\n', out);
	cli_line(out, "%s.", cli_text(c, verb->summary));
	if (verb->option_count > 0)
		(void)fputc('\n', out);
	for (size_t i = 0; i < verb->option_count; i++) {
		option_usage(&verb->options[i], text, sizeof text);
		put_pair(out, text, cli_text(c, verb->options[i].help));
	}
	cli_verb_common(c, out);
}
