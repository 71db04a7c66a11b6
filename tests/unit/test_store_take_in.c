/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_take_in.c -- what a reader of store.h may rely on: taking in what
 * an honest hub sends, receipts, a second device, the audit file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "protocol/verify.h"
#include "tests/support/little_hub.h"
#include "tests/support/store_ops.h"
#include "tests/support/temp_folder.h"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

struct fixture {
	char *dir, *cell_dir;
	struct little_hub hub;
	struct store *office, *secretary;
	uint8_t cell[2][SCOPE_LEN];
	uint8_t person[ID_LEN];
};

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .dir = temp_folder_make(),
		.cell_dir = temp_folder_make() };
	little_hub_open(&f.hub);
	f.office = little_hub_commune(&f.hub, f.dir);
	store_ops_cell(f.office, "CB01", f.cell[0]);
	store_ops_cell(f.office, "CB02", f.cell[1]);
	ok(store_ops_person(f.office, f.cell[0], "Lò Thị Mai", NULL, 0,
	    f.person));
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->office);
	store_close(f->secretary);
	little_hub_close(&f->hub);
	temp_folder_remove(f->dir);
	temp_folder_remove(f->cell_dir);
	return 0;
}

static void
join(struct fixture *f)
{
	f->secretary = little_hub_join(&f->hub, f->office, f->cell_dir,
	    ROLE_SECRETARY, (const uint8_t(*)[SCOPE_LEN])f->cell, 1);
}

static void
reopen(const char *dir, struct store **s)
{
	store_close(*s);
	*s = NULL;
	ok(store_open(dir, store_ops_text(LITTLE_HUB_PASS), s));
}

/* ---- receipts */

static void
own_entries_get_their_leaves(void **state)
{
	struct fixture *f = *state;
	struct store_expect before, after;
	struct sync_status st;
	struct take_in sum;

	store_ops_version(f->office, f->cell[0], f->person, &before);
	ok(store_sync_status(f->office, &st));
	assert_false(st.has_exchange);
	assert_int_equal(st.received, 0);
	assert_true(st.unsent >= 4);
	uint64_t waiting = st.unsent;
	sum = little_hub_sync(&f->hub, f->office);
	assert_int_equal(sum.receipts, waiting);
	assert_int_equal(sum.entries, 0);
	assert_int_equal(sum.leaves, f->hub.count);
	assert_int_equal(sum.size, f->hub.count);
	ok(store_sync_status(f->office, &st));
	assert_true(st.has_exchange);
	assert_int_equal(st.received, waiting);
	assert_int_equal(st.unsent + st.sent + st.returned, 0);
	assert_int_equal(st.newest_leaf_time, f->hub.time_ms);
	store_ops_version(f->office, f->cell[0], f->person, &after);
	assert_memory_equal(before.version, after.version, HASH_LEN);
	/* again: nothing new, and nothing wrong */
	sum = little_hub_take(&f->hub, f->office);
	assert_int_equal(sum.leaves, 0);
	assert_int_equal(sum.receipts, 0);
	reopen(f->dir, &f->office);
	assert_int_equal(ledger_size(store_ledger(f->office)), f->hub.count);
	store_ops_assert_name(f->office, f->cell[0], f->person,
	    "Lò Thị Mai");
	ok(store_ops_step(f->office, f->cell[0], f->person, STEP_LISTED, 1));
	little_hub_sync(&f->hub, f->office);
}

static void
states_are_the_fold_of_the_entries(void **state)
{
	struct fixture *f = *state;
	struct store_expect before, after;

	little_hub_sync(&f->hub, f->office);
	ok(store_ops_rename(f->office, f->cell[0], f->person, "Lò Mai", NULL,
	    0));
	store_ops_version(f->office, f->cell[0], f->person, &before);
	uint64_t n = store_ops_count(f->office, NULL, 0);
	ok(store_refold(f->office));
	store_ops_version(f->office, f->cell[0], f->person, &after);
	assert_memory_equal(before.version, after.version, HASH_LEN);
	assert_int_equal(store_ops_count(f->office, NULL, 0), n);
}

static void
leaves_behind_the_checkpoint_wait(void **state)
{
	struct fixture *f = *state;
	struct take_in sum;
	struct sync_status st;
	struct sqlite *ex;

	little_hub_admit(&f->hub, f->dir);
	ex = little_hub_exchange(f->dir);
	for (uint64_t i = 0; i < f->hub.count; i++)
		little_hub_put_leaf(&f->hub, ex, f->office, i);
	sqlite_close(ex);
	ok(store_take_in(f->office, &sum));
	assert_int_equal(sum.size, 0);
	ok(store_sync_status(f->office, &st));
	assert_int_equal(st.waiting_leaves, f->hub.count);
	little_hub_serve(&f->hub, f->office, 1);
	ok(store_take_in(f->office, &sum));
	assert_int_equal(sum.size, 1);
	assert_false(sum.alarmed);
	sum = little_hub_take(&f->hub, f->office);
	assert_int_equal(sum.size, f->hub.count);
}

static void
say(struct sqlite *ex, const char *sql, const uint8_t *log, uint64_t seq)
{
	struct sqlite_stmt *st = NULL;

	ok(sqlite_get(ex, sql, &st));
	sqlite_bind_blob(st, 1, (struct span){ log, ID_LEN });
	sqlite_bind_u64(st, 2, seq);
	ok(sqlite_run(st));
}

static err
first_own(void *ctx, const struct store_entry *e)
{
	if (e->own && e->place.seq == 1)
		memcpy(ctx, e->place.log, ID_LEN);
	return ERR_OK;
}

/* unsent, sent, returned: as the daemon says, and never more than there is. */
static void
the_daemon_says_where_entries_are(void **state)
{
	struct fixture *f = *state;
	struct sqlite *ex = little_hub_exchange(f->dir);
	struct sync_status st;
	uint8_t log[ID_LEN];
	uint64_t all, of_log = 0;

	ok(store_sync_status(f->office, &st));
	all = st.unsent;
	/* the last log begun: two entries or more */
	ok(store_each_entry(f->office, NULL, first_own, log));
	ok(store_ops_step(f->office, f->cell[1], f->person, STEP_LISTED, 1));
	all++;
	of_log = 2;
	say(ex, "INSERT INTO sent VALUES (?, ?)", log, 1);
	ok(store_sync_status(f->office, &st));
	assert_int_equal(st.sent, 1);
	assert_int_equal(st.unsent, all - 1);
	say(ex, "UPDATE sent SET seq = ?2 WHERE log = ?1", log, 1u << 20);
	ok(store_sync_status(f->office, &st));
	assert_int_equal(st.sent, of_log);
	assert_int_equal(st.unsent, all - of_log);
	say(ex, "INSERT INTO verdict VALUES (?, ?, zeroblob(32), 6, 5)", log,
	    1);
	ok(store_sync_status(f->office, &st));
	assert_int_equal(st.returned, of_log - 1);
	assert_int_equal(st.last_reason, REASON_CERTIFICATE);
	ok(sqlite_exec(ex, "INSERT INTO status VALUES ('requests', 7),"
	    " ('last_error', 99999), ('bytes_up', -3)"));
	ok(store_sync_status(f->office, &st));
	assert_int_equal(st.requests, 7);
	assert_int_equal(st.bytes_up, 0);
	assert_int_equal(st.last_error, ERR_UNABLE);
	sqlite_close(ex);
}

/* ---- a second device */

static void
a_joiner_works_before_any_leaf(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN];

	join(f);
	assert_int_equal(store_role(f->secretary), ROLE_SECRETARY);
	assert_true(store_covers(f->secretary, f->cell[0]));
	assert_false(store_covers(f->secretary, f->cell[1]));
	ok(store_ops_person(f->secretary, f->cell[0], "Hà Văn Tư", NULL, 0,
	    person));
	store_ops_assert_name(f->secretary, f->cell[0], person, "Hà Văn Tư");
	assert_int_equal(store_ops_person(f->secretary, f->cell[1], "Ai", NULL,
	    0, person), ERR_SCOPE);
	reopen(f->cell_dir, &f->secretary);
	assert_int_equal(store_role(f->secretary), ROLE_SECRETARY);
	ok(store_ops_person(f->secretary, f->cell[0], "Hà Thị Năm", NULL, 0,
	    person));
}

static void
two_devices_come_to_the_same_state(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN], subject[ID_LEN];
	struct take_in sum;

	join(f);
	ok(store_ops_person(f->secretary, f->cell[0], "Hà Văn Tư", NULL, 0,
	    person));
	little_hub_admit(&f->hub, f->dir);
	sum = little_hub_sync(&f->hub, f->secretary);
	assert_true(sum.entries > 0 && sum.receipts >= 2);
	assert_int_equal(store_role(f->secretary), ROLE_SECRETARY);
	store_ops_assert_name(f->secretary, f->cell[0], f->person,
	    "Lò Thị Mai");
	little_hub_take(&f->hub, f->office);
	store_ops_assert_name(f->office, f->cell[0], person, "Hà Văn Tư");
	little_hub_sync(&f->hub, f->office);
	little_hub_sync(&f->hub, f->secretary);
	store_ops_assert_same(f->office, f->secretary, f->cell[0], person);
	store_ops_assert_same(f->office, f->secretary, f->cell[0], f->person);
	store_ops_assert_same(f->office, f->secretary, f->cell[0],
	    store_device(f->secretary));
	chain_scope_subject(f->cell[1], subject);
	store_ops_assert_same(f->office, f->secretary, scope_root, subject);
	/* what is not theirs is a leaf of 40 bytes */
	assert_int_equal(store_ops_count(f->secretary, f->cell[1], 0), 0);
	/* the later write is the only value on both */
	ok(store_ops_rename(f->secretary, f->cell[0], f->person, "Lò Mai",
	    NULL, 0));
	little_hub_sync(&f->hub, f->secretary);
	little_hub_take(&f->hub, f->office);
	store_ops_assert_name(f->office, f->cell[0], f->person, "Lò Mai");
	store_ops_assert_same(f->office, f->secretary, f->cell[0], f->person);
	store_ops_assert_hidden(f->cell_dir, "Hà Văn Tư");
	store_ops_assert_hidden(f->cell_dir, "Lò Thị Mai");
	ok(store_refold(f->secretary));
	store_ops_assert_same(f->office, f->secretary, f->cell[0], f->person);
}

/* Both rename without having seen each other. */
static void
concurrent_values_are_kept_on_both(void **state)
{
	struct fixture *f = *state;
	const struct span none = { NULL, 0 };
	const struct state *st = NULL;

	join(f);
	little_hub_admit(&f->hub, f->dir);
	little_hub_sync(&f->hub, f->secretary);
	little_hub_take(&f->hub, f->office);
	ok(store_ops_rename(f->secretary, f->cell[0], f->person, "Một", NULL,
	    0));
	ok(store_ops_rename(f->office, f->cell[0], f->person, "Hai", NULL,
	    0));
	for (int i = 0; i < 2; i++) {
		little_hub_sync(&f->hub, f->office);
		little_hub_sync(&f->hub, f->secretary);
	}
	store_ops_assert_same(f->office, f->secretary, f->cell[0], f->person);
	ok(store_state(f->office, f->cell[0], f->person, &st));
	assert_true(state_conflict(state_find(st, FIELD_FULL_NAME, none)));
	assert_int_equal(state_find(st, FIELD_FULL_NAME, none)->count, 2);
}

/* The office grants to a device that it did not hand the key to. */
static void
a_key_that_comes_later_opens_what_is_held(void **state)
{
	struct fixture *f = *state;
	struct cell_key key;

	f->secretary = little_hub_join(&f->hub, f->office, f->cell_dir,
	    ROLE_DEPUTY, (const uint8_t(*)[SCOPE_LEN])f->cell, 2);
	/* as if the invitation had brought one key only */
	store_close(f->secretary);
	f->secretary = NULL;
	struct sqlite *db = NULL;
	static const char *const no_steps[] = { "" };
	const struct sqlite_schema schema = { 0x4e67756f, no_steps, 1 };
	ok(sqlite_open(temp_folder_path(f->cell_dir, "nguon.db"),
	    SQLITE_MODE_WRITE, &schema, &db));
	ok(sqlite_exec(db, "DELETE FROM key_grant"));
	sqlite_close(db);
	ok(store_open(f->cell_dir, store_ops_text(LITTLE_HUB_PASS),
	    &f->secretary));
	little_hub_admit(&f->hub, f->dir);
	little_hub_sync(&f->hub, f->secretary);
	assert_int_equal(store_key_current(f->secretary, f->cell[0], &key),
	    ERR_KEY);
	assert_int_equal(store_ops_count(f->secretary, f->cell[0],
	    KIND_PERSON), 1);
	/* the office sees the certificate and grants, unasked */
	little_hub_take(&f->hub, f->office);
	little_hub_admit(&f->hub, f->dir);
	little_hub_take(&f->hub, f->secretary);
	ok(store_key_current(f->secretary, f->cell[0], &key));
	store_ops_assert_name(f->secretary, f->cell[0], f->person,
	    "Lò Thị Mai");
	store_ops_assert_hidden(f->cell_dir, "Lò Thị Mai");
}

/* ---- a scope gained later */

static void
entitle(struct fixture *f, uint32_t n)
{
	struct store_op op = { .kind = KIND_ENTITLE,
		.fields = field_draft_new() };
	struct buf list = { 0 };
	struct certificate c;

	ok(roster_by_device(store_roster(f->office),
	    store_device(f->secretary), &c));
	memcpy(op.subject, c.id, ID_LEN);
	codec_put_array(&list, n);
	for (uint32_t i = 0; i < n; i++)
		codec_put_bin(&list, (struct span){ f->cell[i], SCOPE_LEN });
	field_draft_put_raw(op.fields, FIELD_SCOPES, buf_span(&list));
	ok(store_write(f->office, scope_root, &op, 1, NULL, 0, NULL));
	field_draft_free(op.fields);
	buf_free(&list);
	ok(store_do_duties(f->office, NULL));
}

static void
put_filled(struct fixture *f, struct store *s)
{
	struct sqlite *ex = little_hub_exchange(store_dir(s));

	for (uint64_t i = 0; i < f->hub.count; i++) {
		struct sqlite_stmt *st = NULL;
		ok(sqlite_get(ex, "INSERT INTO filled (idx, frame)"
		    " VALUES (?, ?)", &st));
		sqlite_bind_u64(st, 1, i);
		sqlite_bind_blob(st, 2, buf_span(&f->hub.leaves[i].frame));
		ok(sqlite_run(st));
	}
	sqlite_close(ex);
}

static void
a_scope_gained_later_is_filled(void **state)
{
	struct fixture *f = *state;
	uint8_t person[ID_LEN];
	struct take_in sum;

	ok(store_ops_person(f->office, f->cell[1], "Giàng A Páo", NULL, 0,
	    person));
	join(f);
	little_hub_admit(&f->hub, f->dir);
	little_hub_sync(&f->hub, f->secretary);
	little_hub_take(&f->hub, f->office);
	entitle(f, 2);
	little_hub_sync(&f->hub, f->office);
	/* leaf by leaf: the log of the new scope has a gap at first */
	struct sqlite *ex = little_hub_exchange(f->cell_dir);
	for (uint64_t i = 0; i < f->hub.count; i++) {
		const struct little_leaf *leaf = &f->hub.leaves[i];
		if (memcmp(leaf->scope, f->cell[1], SCOPE_LEN) == 0)
			little_hub_put(ex, i, 1, buf_span(&leaf->frame));
		else
			little_hub_put_leaf(&f->hub, ex, f->secretary, i);
	}
	little_hub_put_checkpoint(&f->hub, ex, f->hub.count, NULL, NULL);
	sqlite_close(ex);
	ok(store_take_in(f->secretary, &sum));
	assert_false(sum.alarmed);
	assert_true(sum.size < f->hub.count);
	/* the daemon asks for it, and brings it beside */
	put_filled(f, f->secretary);
	ok(sqlite_open(temp_folder_path(f->cell_dir, "exchange.db"),
	    SQLITE_MODE_WRITE, &(const struct sqlite_schema){ 0x4e677865,
	    (const char *const[]){ "" }, 1 }, &ex));
	for (uint64_t i = 0; i < f->hub.count; i++) {
		const struct little_leaf *leaf = &f->hub.leaves[i];
		if (memcmp(leaf->scope, f->cell[1], SCOPE_LEN) == 0)
			little_hub_put(ex, i, 1, buf_span(&leaf->frame));
		else
			little_hub_put_leaf(&f->hub, ex, f->secretary, i);
	}
	little_hub_put_checkpoint(&f->hub, ex, f->hub.count, NULL, NULL);
	sqlite_close(ex);
	ok(store_take_in(f->secretary, &sum));
	assert_false(sum.alarmed);
	assert_int_equal(sum.size, f->hub.count);
	assert_true(store_covers(f->secretary, f->cell[1]));
	store_ops_assert_same(f->office, f->secretary, f->cell[1], person);
	store_ops_assert_name(f->secretary, f->cell[1], person,
	    "Giàng A Páo");
	ok(store_ops_rename(f->secretary, f->cell[1], person, "Páo", NULL, 0));
	little_hub_sync(&f->hub, f->secretary);
}

/* ---- the audit file */

static struct verify *
verify_file(struct fixture *f, const char *path)
{
	struct verify *v = verify_new(f->hub.fpr);
	struct buf file = { 0 };

	assert_non_null(v);
	ok(paths_read(path, 1u << 28, &file));
	ok(verify_feed(v, buf_span(&file)));
	ok(verify_end(v));
	buf_free(&file);
	return v;
}

static void
the_audit_file_verifies(void **state)
{
	struct fixture *f = *state;
	const char *path = temp_folder_path(f->dir, "kiem-tra.nguon");
	struct verify *v;

	/* before any hub */
	ok(store_export_audit(f->office, path));
	v = verify_file(f, path);
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_int_equal(verify_totals(v)->leaves, 0);
	assert_true(verify_totals(v)->has_export);
	assert_true(verify_totals(v)->provisional_entries >= 4);
	verify_free(v);
	/* with two devices, and entries that wait */
	join(f);
	little_hub_admit(&f->hub, f->dir);
	little_hub_sync(&f->hub, f->secretary);
	little_hub_sync(&f->hub, f->office);
	ok(store_ops_rename(f->office, f->cell[0], f->person, "Mới", NULL, 0));
	ok(store_export_audit(f->office, path));
	v = verify_file(f, path);
	assert_int_equal(verify_totals(v)->failures, 0);
	assert_true(verify_totals(v)->has_checkpoint);
	assert_int_equal(verify_totals(v)->checkpoint_size,
	    ledger_size(store_ledger(f->office)));
	assert_true(verify_totals(v)->provisional_entries >= 1);
	verify_free(v);
	assert_int_equal(store_export_audit(f->secretary, path), ERR_ROLE);
	store_ops_assert_hidden(f->dir, "Lò Thị Mai");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(own_entries_get_their_leaves),
		WITH(states_are_the_fold_of_the_entries),
		WITH(leaves_behind_the_checkpoint_wait),
		WITH(the_daemon_says_where_entries_are),
		WITH(a_joiner_works_before_any_leaf),
		WITH(two_devices_come_to_the_same_state),
		WITH(concurrent_values_are_kept_on_both),
		WITH(a_key_that_comes_later_opens_what_is_held),
		WITH(a_scope_gained_later_is_filled),
		WITH(the_audit_file_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
