/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_status.h"

#include "client/cli/cli_text.h"
#include "client/cli/cli_why.h"
#include "client/records/commune.h"
#include "client/store/clock.h"
#include "client/store/key_agent.h"

enum { LABEL_COLUMNS = 30 };

/* One line: what, and its value. */
static void
put_text(const struct cli *c, enum phrase what, const char *value)
{
	const char *label = cli_text(c, what);
	struct buf b = { 0 };

	buf_put_text(&b, label);
	unsigned width = cli_text_columns(buf_span(&b));
	(void)printf("  %s%*s%s\n", label, width < LABEL_COLUMNS ?
	    (int)(LABEL_COLUMNS - width) : 1, "", value);
	buf_free(&b);
}

static void
put_number(const struct cli *c, enum phrase what, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	put_text(c, what, text);
}

static void
put_time(const struct cli *c, enum phrase what, uint64_t ms)
{
	char text[CLI_TIME_BYTES];

	cli_time(ms, text);
	put_text(c, what, ms != 0 ? text :
	    cli_text(c, PHRASE_STATUS_NEVER));
}

static void
put_daemon(const struct cli *c, const struct sync_status *st)
{
	char text[160];

	if (!st->has_exchange) {
		put_text(c, PHRASE_STATUS_ATTEMPT,
		    cli_text(c, PHRASE_STATUS_NO_DAEMON));
		return;
	}
	put_time(c, PHRASE_STATUS_ATTEMPT, st->last_attempt_ms);
	put_time(c, PHRASE_STATUS_SUCCESS, st->last_success_ms);
	if (st->next_try_ms > 0)
		put_time(c, PHRASE_STATUS_NEXT, st->next_try_ms);
	else
		put_text(c, PHRASE_STATUS_NEXT,
		    cli_text(c, PHRASE_STATUS_NO_NEXT));
	(void)snprintf(text, sizeof text,
	    CATALOGUE_FORMAT(c->language, STATUS_BYTES_VALUE),
	    (unsigned long long)st->bytes_up,
	    (unsigned long long)st->bytes_down,
	    (unsigned long long)st->requests);
	put_text(c, PHRASE_STATUS_BYTES, text);
	if (st->last_error != ERR_OK) {
		(void)fputc('\n', stdout);
		cli_print(c, STATUS_ERROR, st->last_error == ERR_KEY ?
		    cli_text(c, PHRASE_SYNC_OTHER_HUB) :
		    catalogue_error(c->language, st->last_error));
	}
}

/* When `nguon unlock` ends, by the wall clock; 0: it is locked. */
static uint64_t
unlocked_until(const struct cli *c)
{
	uint64_t left = 0;

	return key_agent_left(store_dir(c->store), &left) == ERR_OK ?
	    clock_now_ms() + left : 0;
}

static void
put_unlocked(const struct cli *c)
{
	uint64_t until = unlocked_until(c);

	if (until > 0)
		put_time(c, PHRASE_STATUS_UNLOCKED, until);
	else
		put_text(c, PHRASE_STATUS_UNLOCKED,
		    cli_text(c, PHRASE_STATUS_LOCKED));
}

static void
print_text(const struct cli *c, const struct sync_status *st,
    struct span commune)
{
	cli_line(stdout, "%.*s%s%s", (int)commune.n, (const char *)commune.p,
	    commune.n > 0 ? " · " : "", cli_role(c, store_role(c->store)));
	(void)fputc('\n', stdout);
	put_number(c, PHRASE_STATUS_UNSENT, st->unsent);
	put_number(c, PHRASE_STATUS_SENT, st->sent);
	put_number(c, PHRASE_STATUS_RECEIVED, st->received);
	put_number(c, PHRASE_STATUS_RETURNED, st->returned);
	if (st->returned > 0)
		cli_print(c, STATUS_REASON, cli_why(c,
		    reason_name((enum reason)st->last_reason)));
	(void)fputc('\n', stdout);
	put_time(c, PHRASE_STATUS_NEWEST, st->newest_leaf_time);
	put_number(c, PHRASE_STATUS_LEAVES, st->size);
	if (st->waiting_leaves > 0)
		put_number(c, PHRASE_STATUS_WAITING, st->waiting_leaves);
	put_number(c, PHRASE_STATUS_ALARMS, st->alarms);
	put_unlocked(c);
	put_daemon(c, st);
}

static void
print_json(const struct cli *c, const struct sync_status *st,
    struct span commune)
{
	struct json *j = json_new(stdout);
	uint64_t until = unlocked_until(c);

	json_object(j, NULL);
	json_text(j, "commune", commune);
	json_cstr(j, "role", role_name(store_role(c->store)));
	json_hex(j, "fingerprint", (struct span){
	    store_fingerprint(c->store), HASH_LEN });
	json_hex(j, "device", (struct span){ store_device(c->store),
	    ID_LEN });
	json_u64(j, "unsent", st->unsent);
	json_u64(j, "sent", st->sent);
	json_u64(j, "received", st->received);
	json_u64(j, "returned", st->returned);
	if (st->returned > 0)
		json_cstr(j, "returned_because",
		    reason_name((enum reason)st->last_reason));
	json_u64(j, "leaves", st->size);
	json_u64(j, "leaves_waiting", st->waiting_leaves);
	json_u64(j, "newest_leaf_ms", st->newest_leaf_time);
	json_u64(j, "alarms", st->alarms);
	json_bool(j, "daemon_has_run", st->has_exchange);
	json_u64(j, "last_attempt_ms", st->last_attempt_ms);
	json_u64(j, "last_success_ms", st->last_success_ms);
	json_u64(j, "next_try_ms", st->next_try_ms);
	json_cstr(j, "last_error", err_name(st->last_error));
	json_u64(j, "bytes_up", st->bytes_up);
	json_u64(j, "bytes_down", st->bytes_down);
	json_u64(j, "requests", st->requests);
	json_bool(j, "unlocked", until > 0);
	if (until > 0)
		json_u64(j, "unlocked_until_ms", until);
	json_free(j);
}

bool
cli_status(struct cli *c, int *ret_exit)
{
	struct sync_status st = { 0 };
	struct buf commune = { 0 };
	err rc = store_sync_status(c->store, &st);

	if (rc == ERR_OK)
		rc = commune_name(c->store, &commune);
	if (rc != ERR_OK)
		*ret_exit = cli_fail(c, rc);
	else if (c->json)
		print_json(c, &st, buf_span(&commune));
	else
		print_text(c, &st, buf_span(&commune));
	buf_free(&commune);
	return rc == ERR_OK;
}
