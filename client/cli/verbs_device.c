/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_device.c -- join, status, sync.
 */
#include "client/cli/cli.h"

#include <stdlib.h>

#include "client/cli/cli_status.h"
#include "client/cli/cli_text.h"
#include "client/cli/cli_why.h"
#include "client/cli/verbs_invite.h"
#include "client/records/join.h"
#include "client/records/nguond.h"
#include "client/records/nominations.h"

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

/* The invitation is not there: what the hub says of it, and what to do. */
static int
not_fetched(struct cli *c, const struct joining *in)
{
	enum reason reason = REASON_ADMITTED;

	if (store_invitation_refused(in->dir, &reason) != ERR_OK)
		return join_waits(c, in);
	if (reason == REASON_CLAIM_TAKEN) {
		cli_say(c, JOIN_TAKEN, in->dir);
		return EXIT_REFUSED;
	}
	if (reason == REASON_CLAIM_LATE) {
		cli_say(c, JOIN_LATE, in->dir);
		return EXIT_REFUSED;
	}
	if (reason != REASON_INVITE_UNKNOWN)
		return join_waits(c, in);
	cli_say(c, JOIN_UNKNOWN, in->dir);
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
	*ret_exit = rc == ERR_ABSENT ? not_fetched(c, in) : cli_fail(c, rc);
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

/* Whether the hub gave the role to another claim, or to none any more: said. */
static bool
is_lost(struct cli *c, const struct joining *in)
{
	struct sync_status st = { 0 };

	if (c->store == NULL ||
	    store_sync_status(c->store, &st) != ERR_OK ||
	    st.returned == 0 || (st.last_reason != REASON_CLAIM_TAKEN &&
	    st.last_reason != REASON_CLAIM_LATE))
		return false;
	cli_say(c, JOIN_CLAIM_LOST,
	    cli_why(c, reason_name((enum reason)st.last_reason)), in->dir);
	return true;
}

/* Sends the claim; without a network it waits, which is said. */
static int
send_claim(struct cli *c, const struct joining *in, bool unlocked)
{
	struct take_in sum = { 0 };
	bool received = false;
	err rc;

	/* for its status; who cannot open it is told less */
	if (!unlocked && store_open(in->dir, (struct span){ 0 }, &c->store) !=
	    ERR_OK)
		c->store = NULL;
	rc = nguond_sync(in->dir);
	if (rc == ERR_OK && unlocked) {
		rc = cli_take_in(c, &sum);
		if (rc == ERR_OK && sum.alarmed)
			cli_say(c, CLI_ALARM, sum.alarm_code);
		received = rc == ERR_OK && is_received(c);
	}
	if (c->json)
		join_json(in, received);
	if (is_lost(c, in))
		return EXIT_REFUSED;
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

enum { SYNC_ROUNDS = 3 };

/* Sends and takes in; again where taking in made this device write what others
 * wait for: grants, and copies of steps. */
static err
sync_all(struct cli *c, struct take_in *sum, struct sync_status *st)
{
	err rc = ERR_OK;

	for (int round = 0; rc == ERR_OK && round < SYNC_ROUNDS; round++) {
		struct take_in one = { 0 };
		rc = nguond_sync(store_dir(c->store));
		if (rc == ERR_OK)
			rc = cli_take_in(c, &one);
		if (rc == ERR_OK && one.alarmed)
			cli_say(c, CLI_ALARM, one.alarm_code);
		sum->entries += one.entries;
		sum->receipts += one.receipts;
		/* what is not copied now is copied by the next verb */
		if (rc == ERR_OK)
			(void)!nominations_copy_steps(c->store, NULL);
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
	{ "role", "ROLE", PHRASE_OPTION_INVITE_ROLE, CLI_MUST },
	{ "cell", "CODE", PHRASE_OPTION_INVITE_CELL, CLI_MANY },
	{ "organisation", "ORG", PHRASE_OPTION_INVITE_ORGANISATION, CLI_MAY },
};
static const struct cli_option list_options[] = {
	{ "all", NULL, PHRASE_OPTION_INVITE_ALL, CLI_MAY },
};
static const struct cli_option join_options[] = {
	{ "hub", "URL", PHRASE_OPTION_JOIN_HUB, CLI_MAY },
	{ "name", "HOLDER", PHRASE_OPTION_NAME, CLI_MAY },
};
#define OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "invite", "", PHRASE_VERB_INVITE, OPTIONS(invite_options),
	  verbs_invite_run },
	{ "invite list", "", PHRASE_VERB_INVITE_LIST, OPTIONS(list_options),
	  verbs_invite_list },
	{ "invite cancel", "ID|CODE", PHRASE_VERB_INVITE_CANCEL, NULL, 0,
	  verbs_invite_cancel },
	{ "join", "CODE[@URL]", PHRASE_VERB_JOIN, OPTIONS(join_options),
	  run_join },
	{ "status", "", PHRASE_VERB_STATUS, NULL, 0, run_status },
	{ "sync", "", PHRASE_VERB_SYNC, NULL, 0, run_sync },
};

const struct cli_group verbs_device = {
	PHRASE_HELP_DEVICE, verbs, sizeof verbs / sizeof verbs[0],
};
