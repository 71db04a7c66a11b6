/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/audit_frozen.h"

#include <string.h>

#include "client/cli/cli_words.h"

typedef unsigned long long ull;

enum { SAID_BYTES = 640 };

/* The code of the cell that differs, or the commune's word. */
static const char *
scope_word(const struct cli *c, const struct verify *v,
    const struct frozen_difference *d)
{
	const struct figures *f = verify_figures_provisional(v);

	if (d->commune)
		return cli_text(c, PHRASE_VERIFY_COMMUNE);
	if (f == NULL)
		f = verify_figures(v);
	for (size_t i = 0; f != NULL && i < figures_cell_count(f); i++)
		if (memcmp(figures_cell(f, i)->scope, d->scope, SCOPE_LEN) ==
		    0)
			return figures_cell(f, i)->code;
	return "?";
}

static void
say_difference(const struct cli *c, const struct verify *v,
    const struct frozen_difference *d, char said[static SAID_BYTES])
{
	char word[CLI_WORDS_BYTES];
	const char *text = word;

	if (d->name[0] == '\0') {
		(void)snprintf(said, SAID_BYTES, "%s", cli_text(c,
		    PHRASE_VERIFY_FROZEN_SHAPE));
		return;
	}
	cli_words_figure(c, d->name, word);
	while (*text == ' ')
		text++;
	(void)snprintf(said, SAID_BYTES, CATALOGUE_FORMAT(c->language,
	    VERIFY_FROZEN_DIFFERS), scope_word(c, v, d), text,
	    d->stated[0] != '\0' ? d->stated : "0",
	    d->computed[0] != '\0' ? d->computed : "0");
}

static void
say(const struct cli *c, const struct verify *v,
    const struct verify_frozen *z, char said[static SAID_BYTES])
{
	enum language l = c->language;

	said[0] = '\0';
	switch (z->outcome) {
	case VERIFY_FROZEN_EQUAL:
		(void)snprintf(said, SAID_BYTES, "%s", cli_text(c,
		    PHRASE_VERIFY_FROZEN_EQUAL));
		break;
	case VERIFY_FROZEN_ERASED:
		(void)snprintf(said, SAID_BYTES, CATALOGUE_FORMAT(l,
		    VERIFY_FROZEN_ERASED), (ull)z->erased);
		break;
	case VERIFY_FROZEN_DIFFERS:
		say_difference(c, v, &z->difference, said);
		break;
	case VERIFY_FROZEN_RULE:
		(void)snprintf(said, SAID_BYTES, CATALOGUE_FORMAT(l,
		    VERIFY_FROZEN_RULE), (ull)z->z.rule);
		break;
	case VERIFY_FROZEN_FORM:
		(void)snprintf(said, SAID_BYTES, "%s", cli_text(c,
		    PHRASE_VERIFY_FROZEN_FORM));
		break;
	case VERIFY_FROZEN_AGAIN:
		(void)snprintf(said, SAID_BYTES, "%s", cli_text(c,
		    PHRASE_VERIFY_FROZEN_AGAIN));
		break;
	case VERIFY_FROZEN_LATER:
		(void)snprintf(said, SAID_BYTES, CATALOGUE_FORMAT(l,
		    VERIFY_FROZEN_LATER), (ull)z->z.rule);
		break;
	case VERIFY_FROZEN_UNCHECKED:
		(void)snprintf(said, SAID_BYTES, "%s", cli_text(c,
		    PHRASE_VERIFY_FROZEN_UNCHECKED));
		break;
	}
}

void
audit_frozen_text(const struct cli *c, const struct verify *v)
{
	const struct verify_frozen *z;
	char said[SAID_BYTES];

	if (verify_frozen(v, 0) == NULL)
		return;
	(void)fputc('\n', stdout);
	cli_print_plain(c, PHRASE_VERIFY_FROZEN);
	for (size_t i = 0; (z = verify_frozen(v, i)) != NULL; i++) {
		say(c, v, z, said);
		cli_print(c, VERIFY_FROZEN_LINE, cli_text(c, z->z.ranking ?
		    PHRASE_FREEZE_RANKING : PHRASE_FREEZE_REPORT),
		    (ull)z->z.number, z->z.period.text, (ull)z->z.size, said);
	}
}

static void
json_difference(struct json *j, const struct frozen_difference *d)
{
	json_object(j, "first_difference");
	if (d->commune)
		json_cstr(j, "scope", "commune");
	else
		json_hex(j, "scope", (struct span){ d->scope, SCOPE_LEN });
	json_cstr(j, "figure", d->name);
	json_cstr(j, "published", d->stated);
	json_cstr(j, "counted", d->computed);
	json_close(j);
}

void
audit_frozen_json(struct json *j, const struct verify *v)
{
	const struct verify_frozen *z;

	json_array(j, "frozen");
	for (size_t i = 0; (z = verify_frozen(v, i)) != NULL; i++) {
		json_object(j, NULL);
		json_cstr(j, "kind", z->z.ranking ? "ranking" : "report");
		json_u64(j, "number", z->z.number);
		json_cstr(j, "period", z->z.period.text);
		json_u64(j, "tree_size", z->z.size);
		json_u64(j, "rule_version", z->z.rule);
		json_hex(j, "log", (struct span){ z->log, ID_LEN });
		json_u64(j, "seq", z->seq);
		json_cstr(j, "outcome", verify_frozen_name(z->outcome));
		if (z->outcome == VERIFY_FROZEN_ERASED)
			json_u64(j, "erased", z->erased);
		if (z->outcome == VERIFY_FROZEN_DIFFERS)
			json_difference(j, &z->difference);
		json_close(j);
	}
	json_close(j);
}
