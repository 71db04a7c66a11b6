/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_device.c -- invite, join, status, sync.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli_status.h"
#include "client/cli/cli_text.h"
#include "client/cli/qr.h"
#include "client/cli/sheet.h"
#include "client/records/commune.h"
#include "client/records/invites.h"
#include "client/records/join.h"
#include "client/records/nguond.h"

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- invite */

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

/* Another machine of the office takes root's hand: the sheet is asked for. */
static err
make_invite(struct cli *c, const struct invite_new *n,
    struct invite_made *ret)
{
	uint8_t *secret;
	err rc = ERR_VALUE;

	if (n->role != ROLE_COMMUNE)
		return invites_make(c->store, n, NULL, ret);
	secret = crypto_alloc(KEY_LEN);
	if (secret == NULL)
		return ERR_NOMEM;
	cli_say_plain(c, PHRASE_INVITE_COMMUNE);
	if (sheet_ask(c, secret))
		rc = invites_make(c->store, n, secret, ret);
	crypto_free(secret);
	return rc;
}

static int
run_invite(struct cli *c, const struct cli_args *a)
{
	const char *role = cli_option(a, "role");
	const char *organisation = cli_option(a, "organisation");
	uint8_t(*cells)[SCOPE_LEN] = NULL;
	struct invite_made made;
	struct invite_new n = { .role = ROLE_NONE };
	int code = EXIT_FINE;

	if (a->operand_count != 0 || role == NULL)
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
	err rc = make_invite(c, &n, &made);
	if (rc == ERR_USAGE)
		cli_say_plain(c, PHRASE_INVITE_SHAPE);
	if (rc != ERR_OK)
		code = rc == ERR_USAGE ? EXIT_USAGE : cli_fail(c, rc);
	else if (c->json)
		invite_json(&n, &made);
	else
		invite_text(c, a, &n, &made);
	crypto_wipe(&made, sizeof made);
	free(cells);
	return code;
}

static int
run_invite_cancel(struct cli *c, const struct cli_args *a)
{
	uint8_t id[ID_LEN], secret[INVITE_SECRET_LEN];
	struct invite_keys keys;
	char hex[2 * ID_LEN + 1];
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	err rc = hex_decode(a->operands[0], id, ID_LEN);
	if (rc != ERR_OK) {
		rc = invite_code_decode(as_span(a->operands[0]), secret);
		if (rc != ERR_OK) {
			cli_say_plain(c, PHRASE_JOIN_CODE_FORMAT);
			return EXIT_USAGE;
		}
		invite_derive(secret, &keys);
		memcpy(id, keys.id, ID_LEN);
		crypto_wipe(&keys, sizeof keys);
		crypto_wipe(secret, sizeof secret);
	}
	if (!cli_open(c, &code))
		return code;
	rc = invites_cancel(c->store, id);
	hex_encode(id, ID_LEN, hex);
	if (rc == ERR_OK) {
		cli_print(c, INVITE_CANCELLED, hex);
		return EXIT_FINE;
	}
	if (rc != ERR_EXISTS)
		return cli_fail(c, rc);
	cli_say_plain(c, PHRASE_INVITE_USED);
	return err_exit_code(rc);
}

/* ---- join */

struct joining {
	struct join j;
	char dir[PATH_BYTES];
	struct buf holder;
};

/* nguond ended with rc; what it met is in the status of an open store. */
static int
sync_failed(struct cli *c, err rc)
{
	struct sync_status st = { 0 };

	if (rc == ERR_UNABLE) {
		cli_say_plain(c, PHRASE_SYNC_NO_NGUOND);
		return err_exit_code(rc);
	}
	if (c->store != NULL && rc != ERR_BUSY &&
	    store_sync_status(c->store, &st) == ERR_OK &&
	    st.last_error != ERR_OK)
		rc = st.last_error;
	if (rc != ERR_KEY)
		return cli_fail(c, rc);
	cli_say_plain(c, PHRASE_SYNC_OTHER_HUB);
	return err_exit_code(rc);
}

static int
join_waits(struct cli *c, const struct joining *in)
{
	cli_say(c, JOIN_WAITS, in->dir);
	return EXIT_NETWORK;
}

/* Opens the invitation, and fetches it before if it is not there. */
static bool
fetch(struct cli *c, struct joining *in, int *ret_exit)
{
	err rc = join_open(in->dir, &in->j);

	if (rc == ERR_ABSENT) {
		cli_say(c, JOIN_FETCHING, in->j.address[0] != '\0' ?
		    in->j.address : "...");
		rc = nguond_sync(in->dir);
		if (rc != ERR_OK && rc != ERR_NET) {
			*ret_exit = sync_failed(c, rc);
			return false;
		}
		rc = join_open(in->dir, &in->j);
	}
	if (rc == ERR_OK)
		return true;
	*ret_exit = rc == ERR_ABSENT ? join_waits(c, in) : cli_fail(c, rc);
	return false;
}

static void
say_invited(struct cli *c, const struct joining *in)
{
	const struct invite_body *b = &in->j.body;
	struct buf text[3] = { { .n = 0 } };

	buf_put(&text[0], b->commune_name.p, b->commune_name.n);
	cli_say(c, JOIN_INVITED, buf_cstr(&text[0]), cli_role(c, in->j.role));
	buf_put(&text[1], b->cell_code.p, b->cell_code.n);
	buf_put(&text[2], b->cell_name.p, b->cell_name.n);
	if (b->cell_code.n > 0)
		cli_say(c, JOIN_CELL, buf_cstr(&text[1]), buf_cstr(&text[2]));
	if (b->organisation.n > 0) {
		buf_reset(&text[0]);
		buf_put(&text[0], b->organisation.p, b->organisation.n);
		cli_say(c, JOIN_ORGANISATION, buf_cstr(&text[0]));
	}
	for (size_t i = 0; i < 3; i++)
		buf_free(&text[i]);
}

static void
join_json(const struct joining *in, bool received)
{
	const struct invite_body *b = &in->j.body;
	struct json *j = json_new(stdout);

	json_object(j, NULL);
	json_text(j, "commune", b->commune_name);
	json_cstr(j, "role", role_name(in->j.role));
	json_text(j, "cell", b->cell_code);
	json_text(j, "cell_name", b->cell_name);
	json_text(j, "organisation", b->organisation);
	json_hex(j, "fingerprint", (struct span){ in->j.root_fpr, HASH_LEN });
	json_cstr(j, "store", in->dir);
	json_bool(j, "received", received);
	json_free(j);
}

/* Whether the hub's receipt of the claim is there. */
static bool
is_received(struct cli *c)
{
	struct sync_status st = { 0 };

	return c->store != NULL &&
	    store_sync_status(c->store, &st) == ERR_OK && st.received > 0;
}

/* Sends the claim; without a network it waits, which is said. */
static int
send_claim(struct cli *c, const struct joining *in, bool unlocked)
{
	struct take_in sum = { 0 };
	err rc = nguond_sync(in->dir);
	bool received = false;

	if (rc == ERR_OK && unlocked) {
		rc = store_take_in(c->store, &sum);
		if (rc == ERR_OK && sum.alarmed)
			cli_say(c, CLI_ALARM, sum.alarm_code);
		received = rc == ERR_OK && is_received(c);
	}
	if (c->json)
		join_json(in, received);
	if (rc == ERR_NET) {
		cli_say_plain(c, PHRASE_JOIN_CLAIM_WAITS);
		return EXIT_NETWORK;
	}
	if (rc != ERR_OK)
		return sync_failed(c, rc);
	if (received)
		cli_say_plain(c, PHRASE_JOIN_RECEIVED);
	return EXIT_FINE;
}

static int
claim(struct cli *c, struct joining *in)
{
	struct span pass = { 0 };
	int code = EXIT_FINE;

	say_invited(c, in);
	if (!cli_passphrase(c, CLI_PASSPHRASE_NEW, &pass, &code))
		return code;
	err rc = join_claim(in->dir, &in->j, pass, buf_span(&in->holder),
	    &c->store);
	crypto_free((void *)(uintptr_t)pass.p);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (!c->json)
		cli_print(c, JOIN_DONE, in->dir);
	return send_claim(c, in, true);
}

static int
go_on(struct cli *c, struct joining *in)
{
	enum join_step step = JOIN_OTHER;
	int code = EXIT_FINE;
	err rc = join_where(in->dir, &in->j, &step);

	if (rc == ERR_OK && step == JOIN_NEW) {
		if (in->j.address[0] == '\0') {
			cli_say_plain(c, PHRASE_JOIN_NO_ADDRESS);
			return EXIT_USAGE;
		}
		rc = join_wait(in->dir, &in->j);
		step = JOIN_WAITING;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (step == JOIN_OTHER) {
		cli_say(c, JOIN_OTHER_STORE, in->dir);
		return err_exit_code(ERR_EXISTS);
	}
	if (!fetch(c, in, &code))
		return code;
	if (step == JOIN_CLAIMED) {
		say_invited(c, in);
		return send_claim(c, in, false);
	}
	return claim(c, in);
}

static int
run_join(struct cli *c, const struct cli_args *a)
{
	const char *holder = cli_option(a, "name");
	struct joining *in;
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	in = calloc(1, sizeof *in);
	if (in == NULL)
		return cli_fail(c, ERR_NOMEM);
	err rc = join_read(a->operands[0], cli_option(a, "hub"), &in->j);
	if (rc == ERR_FORMAT || rc == ERR_VALUE) {
		cli_say_plain(c, rc == ERR_FORMAT ? PHRASE_JOIN_CODE_FORMAT :
		    PHRASE_JOIN_CODE_SUM);
		code = EXIT_USAGE;
	} else if (rc != ERR_OK) {
		code = cli_fail(c, rc);
	} else if (cli_store_dir(c, in->dir, &code) && (holder == NULL ||
	    cli_typed(c, holder, &in->holder, &code))) {
		code = go_on(c, in);
	}
	join_free(&in->j);
	buf_free(&in->holder);
	free(in);
	return code;
}

/* ---- status, sync */

static int
run_status(struct cli *c, const struct cli_args *a)
{
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (cli_open_locked(c, &code))
		(void)cli_status(c, &code);
	return code;
}

/* Sends and takes in; once more when taking in wrote what others wait for. */
static err
sync_all(struct cli *c, struct take_in *sum, struct sync_status *st)
{
	err rc = ERR_OK;

	for (int round = 0; rc == ERR_OK && round < 2; round++) {
		struct take_in one = { 0 };
		rc = nguond_sync(store_dir(c->store));
		if (rc == ERR_OK)
			rc = store_take_in(c->store, &one);
		if (rc == ERR_OK && one.alarmed)
			cli_say(c, CLI_ALARM, one.alarm_code);
		sum->entries += one.entries;
		sum->receipts += one.receipts;
		if (rc == ERR_OK)
			rc = store_sync_status(c->store, st);
		if (st->unsent == 0)
			break;
	}
	return rc;
}

static int
run_sync(struct cli *c, const struct cli_args *a)
{
	struct take_in sum = { 0 };
	struct sync_status st = { 0 };
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	err rc = sync_all(c, &sum, &st);
	if (rc != ERR_OK)
		code = sync_failed(c, rc);
	else if (st.returned > 0)
		code = EXIT_PARTLY;
	if (c->json)
		(void)cli_status(c, &code);
	else if (rc == ERR_OK)
		cli_print(c, SYNC_DONE, (unsigned long long)sum.receipts,
		    (unsigned long long)sum.entries,
		    (unsigned long long)(st.unsent + st.sent + st.returned));
	return code;
}

/* ---- the table */

static const struct cli_option invite_options[] = {
	{ "role", "ROLE", PHRASE_OPTION_INVITE_ROLE, false },
	{ "cell", "CODE", PHRASE_OPTION_INVITE_CELL, true },
	{ "organisation", "ORG", PHRASE_OPTION_INVITE_ORGANISATION, false },
};
static const struct cli_option join_options[] = {
	{ "hub", "URL", PHRASE_OPTION_JOIN_HUB, false },
	{ "name", "HOLDER", PHRASE_OPTION_NAME, false },
};
#define OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "invite", "", PHRASE_VERB_INVITE, OPTIONS(invite_options),
	  run_invite },
	{ "invite cancel", "ID|CODE", PHRASE_VERB_INVITE_CANCEL, NULL, 0,
	  run_invite_cancel },
	{ "join", "CODE[@URL]", PHRASE_VERB_JOIN, OPTIONS(join_options),
	  run_join },
	{ "status", "", PHRASE_VERB_STATUS, NULL, 0, run_status },
	{ "sync", "", PHRASE_VERB_SYNC, NULL, 0, run_sync },
};

const struct cli_group verbs_device = {
	PHRASE_HELP_DEVICE, verbs, sizeof verbs / sizeof verbs[0],
};
