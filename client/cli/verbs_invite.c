/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_invite.c -- invite, invite list, invite cancel.
 */
#include "client/cli/verbs_invite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli_text.h"
#include "client/cli/qr.h"
#include "client/cli/sheet.h"
#include "client/records/commune.h"
#include "client/records/invites.h"

enum { ID_DIGITS = 12 };		/* of an id in the list */

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* The scopes of --cell; owned by the caller. */
static bool
read_cells(struct cli *c, const struct cli_args *a,
    uint8_t (**ret)[SCOPE_LEN], size_t *ret_count, int *ret_exit)
{
	uint8_t (*scopes)[SCOPE_LEN] = calloc(a->given_count + 1,
	    sizeof *scopes);
	const char *code;
	size_t cursor = 0, n = 0;
	err rc = scopes != NULL ? ERR_OK : ERR_NOMEM;

	while (rc == ERR_OK &&
	    (code = cli_option_next(a, "cell", &cursor)) != NULL) {
		struct commune_cell cell;
		rc = commune_cell_by_code(c->store, code, &cell);
		if (rc == ERR_OK)
			memcpy(scopes[n++], cell.scope, SCOPE_LEN);
		else if (rc == ERR_ABSENT)
			cli_say(c, COMMUNE_NO_CELL, code);
	}
	if (rc == ERR_OK) {
		*ret = scopes;
		*ret_count = n;
		return true;
	}
	free(scopes);
	*ret_exit = rc == ERR_ABSENT ? err_exit_code(rc) : cli_fail(c, rc);
	return false;
}

static void
print_qr(const struct invite_made *m)
{
	char text[INVITES_LINE_BYTES];

	invites_qr(m, text, sizeof text);
	(void)fputc('\n', stdout);
	/* what does not fit is on the line above */
	if (qr_print(stdout, text, QR_AS_IS, isatty(STDOUT_FILENO) == 1 ?
	    QR_SCREEN : QR_PAPER) != ERR_OK)
		(void)fputc('\n', stdout);
	crypto_wipe(text, sizeof text);
}

static void
invite_json(const struct invite_new *n, const struct invite_made *m)
{
	char line[INVITES_LINE_BYTES];
	struct json *j = json_new(stdout);

	invites_line(m, line, sizeof line);
	json_object(j, NULL);
	json_cstr(j, "code", m->code);
	json_cstr(j, "line", line);
	json_cstr(j, "role", role_name(n->role));
	json_cstr(j, "hub", m->address);
	json_hex(j, "id", (struct span){ m->id, ID_LEN });
	json_u64(j, "expires_ms", m->expires_ms);
	json_hex(j, "fingerprint", (struct span){ m->fingerprint,
	    HASH_LEN });
	json_free(j);
	crypto_wipe(line, sizeof line);
}

/* "bí thư chi bộ · C01 C02 · doan-thanh-nien" */
static void
invite_title(const struct cli *c, const struct cli_args *a,
    const struct invite_new *n, struct buf *out)
{
	const char *code;
	size_t cursor = 0;
	bool first = true;

	buf_put_text(out, cli_role(c, n->role));
	while ((code = cli_option_next(a, "cell", &cursor)) != NULL) {
		buf_put_text(out, first ? " · " : " ");
		buf_put_text(out, code);
		first = false;
	}
	if (n->organisation.n > 0) {
		buf_put_text(out, " · ");
		buf_put(out, n->organisation.p, n->organisation.n);
	}
}

static void
invite_text(struct cli *c, const struct cli_args *a,
    const struct invite_new *n, const struct invite_made *m)
{
	char line[INVITES_LINE_BYTES], when[CLI_TIME_BYTES];
	char id[2 * ID_LEN + 1];
	struct buf title = { 0 };

	invite_title(c, a, n, &title);
	invites_line(m, line, sizeof line);
	cli_time(m->expires_ms, when);
	hex_encode(m->id, ID_LEN, id);
	cli_line(stdout, "%s: %s", cli_text(c, PHRASE_INVITE_FOR),
	    buf_cstr(&title));
	if (m->lane_made)
		cli_print(c, INVITE_LANE, cli_option(a, "organisation"));
	(void)printf("\n%s\n  %s\n\n", cli_text(c, PHRASE_INVITE_CODE),
	    m->code);
	cli_print(c, INVITE_HUB, m->address);
	cli_print(c, INVITE_EXPIRES, when);
	cli_print(c, INVITE_ID, id);
	(void)printf("%s\n  nguon join %s\n",
	    cli_text(c, PHRASE_INVITE_HOW), line);
	print_qr(m);
	crypto_wipe(line, sizeof line);
	buf_free(&title);
}

/* Another machine of the office takes root's hand: the sheet is asked for.
 * Returns the exit code; not EXIT_FINE: the message is printed. */
static int
make_invite(struct cli *c, const struct invite_new *n,
    struct invite_made *ret)
{
	uint8_t *secret = NULL;
	bool given = true;
	err rc = ERR_OK;

	if (n->role == ROLE_COMMUNE) {
		secret = crypto_alloc(KEY_LEN);
		if (secret == NULL)
			return cli_fail(c, ERR_NOMEM);
		cli_say_plain(c, PHRASE_INVITE_COMMUNE);
		given = sheet_ask(c, secret);
	}
	if (given)
		rc = invites_make(c->store, n, secret, ret);
	crypto_free(secret);
	if (!given) {
		cli_say_plain(c, PHRASE_INVITE_NO_SHEET);
		return EXIT_NO;
	}
	if (rc == ERR_USAGE) {
		cli_say_plain(c, PHRASE_INVITE_SHAPE);
		return EXIT_USAGE;
	}
	return rc == ERR_OK ? EXIT_FINE : cli_fail(c, rc);
}

int
verbs_invite_run(struct cli *c, const struct cli_args *a)
{
	const char *role = cli_option(a, "role");
	const char *organisation = cli_option(a, "organisation");
	uint8_t(*cells)[SCOPE_LEN] = NULL;
	struct invite_made made = { .expires_ms = 0 };
	struct invite_new n = { .role = ROLE_NONE };
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	n.role = role_from_name(role);
	if (n.role == ROLE_NONE || n.role == ROLE_ROOT || n.role == ROLE_HUB) {
		cli_say(c, INVITE_ROLE, role);
		return EXIT_USAGE;
	}
	if (!cli_open(c, &code) ||
	    !read_cells(c, a, &cells, &n.cell_count, &code))
		return code;
	n.cells = (const uint8_t(*)[SCOPE_LEN])cells;
	if (organisation != NULL)
		n.organisation = as_span(organisation);
	code = make_invite(c, &n, &made);
	if (code == EXIT_FINE && c->json)
		invite_json(&n, &made);
	else if (code == EXIT_FINE)
		invite_text(c, a, &n, &made);
	crypto_wipe(&made, sizeof made);
	free(cells);
	return code;
}

/* The id of what was typed: a code, else digits of an id. */
static err
read_id(struct cli *c, const char *typed, uint8_t ret[static ID_LEN])
{
	uint8_t secret[INVITE_SECRET_LEN];
	struct invite_keys keys;

	if (invite_code_decode(as_span(typed), secret) != ERR_OK)
		return invites_find(c->store, typed, ret);
	invite_derive(secret, &keys);
	memcpy(ret, keys.id, ID_LEN);
	crypto_wipe(&keys, sizeof keys);
	crypto_wipe(secret, sizeof secret);
	return ERR_OK;
}

int
verbs_invite_cancel(struct cli *c, const struct cli_args *a)
{
	char hex[2 * ID_LEN + 1];
	uint8_t id[ID_LEN];
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	err rc = read_id(c, a->operands[0], id);
	if (rc == ERR_FORMAT) {
		cli_say_plain(c, PHRASE_INVITE_WHICH);
		return EXIT_USAGE;
	}
	if (rc == ERR_VALUE) {
		cli_say(c, INVITE_SEVERAL, a->operands[0]);
		return EXIT_USAGE;
	}
	if (rc == ERR_OK)
		rc = invites_cancel(c->store, id);
	if (rc == ERR_OK) {
		hex_encode(id, ID_LEN, hex);
		cli_print(c, INVITE_CANCELLED, hex);
		return EXIT_FINE;
	}
	if (rc != ERR_EXISTS)
		return cli_fail(c, rc);
	cli_say_plain(c, PHRASE_INVITE_USED);
	return err_exit_code(rc);
}

/* ---- those that were made */

static const struct state_words {
	const char *word;		/* in JSON */
	enum phrase phrase;
} states[] = {
	[INVITE_OPEN] = { "open", PHRASE_INVITE_STATE_OPEN },
	[INVITE_CLAIMED] = { "claimed", PHRASE_INVITE_STATE_CLAIMED },
	[INVITE_CANCELLED] = { "cancelled", PHRASE_INVITE_STATE_CANCELLED },
	[INVITE_EXPIRED] = { "expired", PHRASE_INVITE_STATE_EXPIRED },
};

static void
cells_json(struct json *j, const char *cells)
{
	json_array(j, "cells");
	while (*cells != '\0') {
		size_t n = strcspn(cells, " ");

		json_text(j, NULL, (struct span){ (const uint8_t *)cells, n });
		cells += n + strspn(cells + n, " ");
	}
	json_close(j);
}

static void
list_json(const struct invite_listed *list, size_t count)
{
	struct json *j = json_new(stdout);

	json_array(j, NULL);
	for (size_t i = 0; i < count; i++) {
		const struct invite_listed *v = &list[i];

		json_object(j, NULL);
		json_hex(j, "id", (struct span){ v->id, ID_LEN });
		json_cstr(j, "role", role_name(v->role));
		cells_json(j, v->cells);
		json_cstr(j, "organisation", v->organisation);
		json_cstr(j, "state", states[v->state].word);
		json_bool(j, "sent", v->sent);
		if (v->sent)
			json_u64(j, "expires_ms", v->expires_ms);
		else
			json_null(j, "expires_ms");
		json_close(j);
	}
	json_free(j);
}

static void
put_invite(const struct cli *c, const struct invite_listed *v, bool all,
    struct cli_table *t)
{
	char id[2 * ID_LEN + 1], when[CLI_TIME_BYTES];
	struct buf where = { 0 };

	hex_encode(v->id, ID_LEN, id);
	id[ID_DIGITS] = '\0';
	cli_time(v->expires_ms, when);
	buf_put_text(&where, v->cells);
	if (v->organisation[0] != '\0') {
		buf_put_text(&where, " · ");
		buf_put_text(&where, v->organisation);
	}
	cli_table_cell(t, id);
	cli_table_cell(t, cli_role(c, v->role));
	cli_table_span(t, buf_span(&where));
	cli_table_cell(t, v->sent ? when :
	    cli_text(c, PHRASE_INVITE_NOT_SENT));
	if (all)
		cli_table_cell(t, cli_text(c, states[v->state].phrase));
	buf_free(&where);
}

static bool
list_text(const struct cli *c, const struct invite_listed *list, size_t count,
    bool all)
{
	static const enum phrase heads[] = { PHRASE_INVITE_HEAD_ID,
		PHRASE_INVITE_HEAD_ROLE, PHRASE_HEAD_CELL,
		PHRASE_INVITE_HEAD_UNTIL, PHRASE_INVITE_HEAD_STATE };
	size_t columns = all ? 5 : 4;
	struct cli_table *t;
	bool done;

	if (count == 0) {
		cli_print_plain(c, PHRASE_INVITE_NONE);
		return true;
	}
	t = cli_table_new(columns);
	if (t == NULL)
		return false;
	for (size_t i = 0; i < columns; i++)
		cli_table_heading(t, i, cli_text(c, heads[i]), CLI_LEFT);
	for (size_t i = 0; i < count; i++)
		put_invite(c, &list[i], all, t);
	done = cli_table_print(t, stdout);
	cli_table_free(t);
	return done;
}

int
verbs_invite_list(struct cli *c, const struct cli_args *a)
{
	bool all = cli_option(a, "all") != NULL;
	struct invite_listed *list = NULL;
	size_t count = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open_locked(c, &code))
		return code;
	err rc = invites_list(c->store, all ? INVITES_ALL : INVITES_OPEN,
	    &list, &count);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (c->json)
		list_json(list, count);
	else if (!list_text(c, list, count, all))
		code = cli_fail(c, ERR_NOMEM);
	invites_list_free(list, count);
	return code;
}
