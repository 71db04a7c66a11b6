/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_hostile.c -- whatever stands in exchange.db, nothing changes but
 * an alarm, and an honest answer afterwards is taken in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "client/store/store_internal.h"
#include "protocol/frame.h"
#include "tests/support/little_hub.h"
#include "tests/support/store_ops.h"
#include "tests/support/temp_folder.h"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

/* A secretary of cell 0 that has taken in all but what came last: `from` to
 * the hub's end: its own segment, the office's in its cell, in root, and in
 * the other cell. */
struct fixture {
	char *dir, *cell_dir;
	struct little_hub hub;
	struct store *office, *s;
	uint8_t cell[3][SCOPE_LEN];
	uint8_t person[2][ID_LEN];
	uint64_t from;
	struct sqlite *ex;
};

static int
setup(void **state)
{
	static struct fixture f;
	const uint8_t what[ID_LEN] = { 1 };
	struct store_op read = { .kind = KIND_READ };

	f = (struct fixture){ .dir = temp_folder_make(),
		.cell_dir = temp_folder_make() };
	little_hub_open(&f.hub);
	f.office = little_hub_commune(&f.hub, f.dir);
	for (size_t i = 0; i < 2; i++) {
		store_ops_cell(f.office, i == 0 ? "CB01" : "CB02", f.cell[i]);
		ok(store_ops_person(f.office, f.cell[i], "Lò Thị Mai", NULL,
		    0, f.person[i]));
	}
	f.s = little_hub_join(&f.hub, f.office, f.cell_dir, ROLE_SECRETARY,
	    (const uint8_t(*)[SCOPE_LEN])f.cell, 1);
	little_hub_admit(&f.hub, f.dir);
	little_hub_sync(&f.hub, f.s);
	little_hub_take(&f.hub, f.office);
	f.from = f.hub.count;
	ok(store_ops_rename(f.s, f.cell[0], f.person[0], "Lò Mai", NULL, 0));
	little_hub_admit(&f.hub, f.cell_dir);
	ok(store_ops_step(f.office, f.cell[0], f.person[0], STEP_LISTED, 9));
	ok(store_ops_step(f.office, f.cell[1], f.person[1], STEP_LISTED, 9));
	memcpy(read.subject, what, ID_LEN);
	ok(store_write(f.office, scope_root, &read, 1, NULL, 0, NULL));
	store_ops_cell(f.office, "CB03", f.cell[2]);
	little_hub_admit(&f.hub, f.dir);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->office);
	store_close(f->s);
	little_hub_close(&f->hub);
	temp_folder_remove(f->dir);
	temp_folder_remove(f->cell_dir);
	return 0;
}

/* ---- what a case does to an honest exchange */

/* The leaf of that scope behind `from`; own: of the device itself. */
static uint64_t
leaf_of(struct fixture *f, const uint8_t *scope, bool own)
{
	uint8_t id[ID_LEN];

	for (uint64_t i = f->from; i < f->hub.count; i++) {
		const struct little_leaf *leaf = &f->hub.leaves[i];
		chain_key_id(leaf->author, id);
		if (memcmp(leaf->scope, scope, SCOPE_LEN) == 0 && own ==
		    (memcmp(id, store_device(f->s), ID_LEN) == 0))
			return i;
	}
	fail();
	return 0;
}

static void
run(struct fixture *f, const char *sql, uint64_t idx)
{
	struct sqlite_stmt *st = NULL;

	ok(sqlite_get(f->ex, sql, &st));
	sqlite_bind_u64(st, 1, idx);
	ok(sqlite_run(st));
}

static void
change_frame(struct fixture *f, uint64_t idx, size_t from_end, uint8_t bits)
{
	struct buf b = { 0 };

	buf_put(&b, f->hub.leaves[idx].frame.p, f->hub.leaves[idx].frame.n);
	b.p[b.n - 1 - from_end] ^= bits;
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

static void
wrong_root(struct fixture *f)
{
	const uint8_t root[HASH_LEN] = { 6 };

	little_hub_put_checkpoint(&f->hub, f->ex, f->hub.count, root, NULL);
}

static void
wrong_hub_key(struct fixture *f)
{
	little_hub_put_checkpoint(&f->hub, f->ex, f->hub.count, NULL,
	    f->hub.root.seed);
}

static void
forged_signature(struct fixture *f)
{
	change_frame(f, leaf_of(f, f->cell[0], false), 3, 1);
}

static void
cut_frame(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[0], false);
	struct span b = buf_span(&f->hub.leaves[idx].frame);

	b.n -= 7;
	little_hub_put(f->ex, idx, 1, b);
}

static void
empty_frame(struct fixture *f)
{
	run(f, "UPDATE incoming SET frame = x'' WHERE idx = ?",
	    leaf_of(f, scope_root, false));
}

static void
huge_frame(struct fixture *f)
{
	run(f, "UPDATE incoming SET frame = zeroblob(4000000) WHERE idx = ?",
	    leaf_of(f, scope_root, false));
}

static void
another_index(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[0], false);
	const struct little_leaf *other =
	    &f->hub.leaves[leaf_of(f, scope_root, false)];

	little_hub_put(f->ex, idx, 1, buf_span(&other->frame));
}

static void
lying_count(struct fixture *f)
{
	run(f, "UPDATE incoming SET count = 9 WHERE idx = ?",
	    leaf_of(f, scope_root, false));
	run(f, "DELETE FROM incoming WHERE idx > ?",
	    leaf_of(f, scope_root, false));
	little_hub_put_checkpoint(&f->hub, f->ex, f->hub.count, NULL, NULL);
}

/* The first segment of another cell, in full. */
static void
foreign_scope(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[2], false);

	little_hub_put(f->ex, idx, 1, buf_span(&f->hub.leaves[idx].frame));
}

static void
another_label(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[0], false);
	struct frame frame;
	struct buf b = { 0 };
	size_t used;

	ok(frame_read(buf_span(&f->hub.leaves[idx].frame), &frame, &used));
	memcpy(frame.u.leaf.scope, scope_root, SCOPE_LEN);
	frame_put(&b, &frame);
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

static void
time_goes_back(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[0], false);
	struct frame frame;
	struct buf b = { 0 };
	size_t used;

	ok(frame_read(buf_span(&f->hub.leaves[idx].frame), &frame, &used));
	frame.u.leaf.time_ms = 5;
	frame_put(&b, &frame);
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

static void
time_is_another(struct fixture *f)
{
	uint64_t idx = leaf_of(f, scope_root, false);
	struct frame frame;
	struct buf b = { 0 };
	size_t used;

	ok(frame_read(buf_span(&f->hub.leaves[idx].frame), &frame, &used));
	frame.u.leaf.time_ms = f->hub.time_ms + 1;
	frame_put(&b, &frame);
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

/* A leaf of our scope as 40 bytes: its segment is kept back. */
static void
kept_back(struct fixture *f)
{
	uint64_t idx = leaf_of(f, f->cell[0], false);
	const struct little_leaf *leaf = &f->hub.leaves[idx];
	struct frame frame = { .type = FRAME_LEAVES };
	uint8_t data[TREE_LEAF_LEN];
	struct buf b = { 0 };

	memcpy(data, leaf->scope, SCOPE_LEN);
	tree_inner_hash(&leaf->inner, data + SCOPE_LEN);
	frame.u.leaves.index = idx;
	frame.u.leaves.data = (struct span){ data, sizeof data };
	frame_put(&b, &frame);
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

static void
put_receipt(struct fixture *f, const uint8_t *log, uint64_t first,
    uint64_t last)
{
	uint64_t idx = leaf_of(f, f->cell[0], true);
	struct frame frame = { .type = FRAME_RECEIPT };
	struct buf b = { 0 };

	frame.u.receipt.index = idx;
	frame.u.receipt.time_ms = f->hub.leaves[idx].inner.time_ms;
	memcpy(frame.u.receipt.log, log, ID_LEN);
	frame.u.receipt.first = first;
	frame.u.receipt.last = last;
	frame_put(&b, &frame);
	little_hub_put(f->ex, idx, 1, buf_span(&b));
	buf_free(&b);
}

static void
receipt_of_too_much(struct fixture *f)
{
	const struct leaf_inner *in =
	    &f->hub.leaves[leaf_of(f, f->cell[0], true)].inner;

	put_receipt(f, in->log, in->first, in->last + 500);
}

static void
receipt_of_the_end_of_time(struct fixture *f)
{
	const struct leaf_inner *in =
	    &f->hub.leaves[leaf_of(f, f->cell[0], true)].inner;

	put_receipt(f, in->log, in->first, UINT64_MAX);
}

static void
receipt_of_others(struct fixture *f)
{
	const uint8_t log[ID_LEN] = { 3, 3, 3 };

	put_receipt(f, log, 1, 1);
}

static void
no_such_frame(struct fixture *f)
{
	const uint8_t next[] = { 0x93, FRAME_NEXT, 0xc2, 5 };

	little_hub_put(f->ex, leaf_of(f, scope_root, false), 1,
	    (struct span){ next, sizeof next });
}

/* Tables of the right names and other types. */
static void
other_types(struct fixture *f)
{
	ok(sqlite_exec(f->ex, "DROP TABLE incoming; CREATE TABLE incoming"
	    " (idx, count, frame); INSERT INTO incoming VALUES"
	    " ('a', 'b', 3), (-4, -4, NULL), (0, 1e300, 'text')"));
	run(f, "INSERT INTO incoming VALUES (?1, '3', 7.5)", f->from);
	run(f, "UPDATE checkpoint SET size = ?1 + 2", f->from);
}

static void
no_table(struct fixture *f)
{
	ok(sqlite_exec(f->ex, "DROP TABLE incoming"));
}

static void
short_checkpoint(struct fixture *f)
{
	ok(sqlite_exec(f->ex, "UPDATE checkpoint SET sig = x'00'"));
}

/* Signed by the hub, of a size taken in long ago, with another root. */
static void
another_past(struct fixture *f)
{
	const uint8_t root[HASH_LEN] = { 8 };

	little_hub_put_checkpoint(&f->hub, f->ex, 2, root, NULL);
}

static const struct {
	const char *name;
	void (*spoil)(struct fixture *f);
	const char *code;
} cases[] = {
	{ "wrong root", wrong_root, "tree" },
	{ "wrong hub key", wrong_hub_key, "checkpoint" },
	{ "forged signature", forged_signature, "signature" },
	{ "cut frame", cut_frame, "frame" },
	{ "empty frame", empty_frame, "frame" },
	{ "huge frame", huge_frame, "frame" },
	{ "another index", another_index, "order" },
	{ "lying count", lying_count, "order" },
	{ "foreign scope", foreign_scope, "scope" },
	{ "another label", another_label, "label" },
	{ "time goes back", time_goes_back, "time" },
	{ "time is another", time_is_another, "time" },
	{ "kept back", kept_back, "missing" },
	{ "receipt of too much", receipt_of_too_much, "receipt" },
	{ "receipt of the end of time", receipt_of_the_end_of_time,
	  "receipt" },
	{ "receipt of others", receipt_of_others, "receipt" },
	{ "no such frame", no_such_frame, "frame" },
	{ "other types", other_types, "frame" },
	{ "no table", no_table, "exchange" },
	{ "short checkpoint", short_checkpoint, "exchange" },
	{ "another past", another_past, "tree" },
};

static uint64_t
count_rows(struct store *s, const char *sql)
{
	struct sqlite_stmt *st = NULL;
	uint64_t n;
	bool row;

	ok(sqlite_get(s->db, sql, &st));
	ok(sqlite_step(st, &row));
	assert_true(row);
	n = sqlite_u64(st, 0);
	sqlite_done(st);
	return n;
}

static uint64_t
count_alarms(struct store *s)
{
	return count_rows(s, "SELECT count(*) FROM alarm");
}

struct before {
	uint64_t size, entries, subjects;
	struct store_expect person;
};

static struct before
look(struct fixture *f)
{
	struct before b = {
		.size = ledger_size(store_ledger(f->s)),
		.entries = count_rows(f->s, "SELECT count(*) FROM entry"
		    " WHERE leaf IS NOT NULL"),
		.subjects = store_ops_count(f->s, NULL, 0),
	};

	store_ops_version(f->s, f->cell[0], f->person[0], &b.person);
	return b;
}

static void
assert_unchanged(struct fixture *f, const struct before *b)
{
	struct before now = look(f);

	assert_int_equal(now.size, b->size);
	assert_int_equal(now.entries, b->entries);
	assert_int_equal(now.subjects, b->subjects);
	assert_memory_equal(&now.person, &b->person, sizeof now.person);
}

static void
nothing_changes_but_an_alarm(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t alarms = count_alarms(f->s);
		struct before b = look(f);
		struct take_in sum;

		little_hub_serve(&f->hub, f->s, f->hub.count);
		ok(sqlite_open(temp_folder_path(f->cell_dir, "exchange.db"),
		    SQLITE_MODE_WRITE, &(const struct sqlite_schema){
		    0x4e677865, (const char *const[]){ "" }, 1 }, &f->ex));
		cases[i].spoil(f);
		sqlite_close(f->ex);
		ok(store_take_in(f->s, &sum));
		if (!sum.alarmed || strcmp(sum.alarm_code, cases[i].code) != 0)
			fail_msg("%s: alarm '%s'", cases[i].name,
			    sum.alarmed ? sum.alarm_code : "");
		assert_int_equal(sum.leaves, 0);
		assert_unchanged(f, &b);
		uint64_t after = count_alarms(f->s);
		/* an alarm of the same code and leaf is there already */
		assert_true(after <= alarms + 1);
		ok(store_take_in(f->s, &sum));
		assert_true(sum.alarmed);
		assert_int_equal(count_alarms(f->s), after);
		assert_unchanged(f, &b);
		/* writing goes on */
		ok(store_ops_step(f->s, f->cell[0], f->person[0], STEP_LISTED,
		    (int64_t)i));
	}
	little_hub_take(&f->hub, f->s);
	little_hub_sync(&f->hub, f->s);
	little_hub_sync(&f->hub, f->office);
	store_ops_assert_same(f->office, f->s, f->cell[0], f->person[0]);
}

static void
a_file_that_is_no_database_is_an_alarm(void **state)
{
	struct fixture *f = *state;
	struct before b = look(f);
	struct sync_status st;
	struct take_in sum;

	sqlite_close(little_hub_exchange(f->cell_dir));
	ok(paths_write(temp_folder_path(f->cell_dir, "exchange.db"),
	    store_ops_text("no database at all, and long enough to be read as"
	    " the header of one"), 0600, PATHS_REPLACE));
	(void)unlink(temp_folder_path(f->cell_dir, "exchange.db-wal"));
	(void)unlink(temp_folder_path(f->cell_dir, "exchange.db-shm"));
	ok(store_take_in(f->s, &sum));
	assert_true(sum.alarmed);
	assert_string_equal(sum.alarm_code, "exchange");
	assert_unchanged(f, &b);
	ok(store_sync_status(f->s, &st));
	assert_int_equal(st.alarms, 1);
	assert_false(st.has_exchange);
	little_hub_take(&f->hub, f->s);
}

/* What was good before the bad leaf, up to a checkpoint, stays. */
static void
what_came_before_stays(void **state)
{
	struct fixture *f = *state;
	uint64_t bad = leaf_of(f, f->cell[0], false);
	struct take_in sum;

	little_hub_serve(&f->hub, f->s, f->hub.count);
	ok(sqlite_open(temp_folder_path(f->cell_dir, "exchange.db"),
	    SQLITE_MODE_WRITE, &(const struct sqlite_schema){ 0x4e677865,
	    (const char *const[]){ "" }, 1 }, &f->ex));
	little_hub_put_checkpoint(&f->hub, f->ex, f->from + 1, NULL, NULL);
	little_hub_put_checkpoint(&f->hub, f->ex, bad, NULL, NULL);
	change_frame(f, bad, 3, 1);
	sqlite_close(f->ex);
	ok(store_take_in(f->s, &sum));
	assert_true(sum.alarmed);
	assert_int_equal(sum.size, bad);
	assert_int_equal(sum.leaves, bad - f->from);
	assert_int_equal(ledger_size(store_ledger(f->s)), bad);
}

/* A later segment of a scope of which nothing is held: either it is gained
 * by what comes behind, or the hub lies.  It waits. */
static void
a_gap_of_another_scope_waits(void **state)
{
	struct fixture *f = *state;
	uint64_t idx = leaf_of(f, f->cell[1], false);
	struct take_in sum;

	little_hub_serve(&f->hub, f->s, f->hub.count);
	ok(sqlite_open(temp_folder_path(f->cell_dir, "exchange.db"),
	    SQLITE_MODE_WRITE, &(const struct sqlite_schema){ 0x4e677865,
	    (const char *const[]){ "" }, 1 }, &f->ex));
	little_hub_put(f->ex, idx, 1, buf_span(&f->hub.leaves[idx].frame));
	sqlite_close(f->ex);
	ok(store_take_in(f->s, &sum));
	assert_false(sum.alarmed);
	assert_int_equal(sum.size, f->from);
	assert_int_equal(count_rows(f->s, "SELECT count(*) FROM want"), 1);
	little_hub_take(&f->hub, f->s);
	assert_int_equal(count_rows(f->s, "SELECT count(*) FROM want"), 0);
}

/* Every byte of a frame, and every length. */
static void
any_byte_may_be_wrong(void **state)
{
	struct fixture *f = *state;
	uint64_t idx = leaf_of(f, f->cell[0], false);
	size_t n = f->hub.leaves[idx].frame.n;
	struct before b = look(f);
	struct take_in sum;

	little_hub_serve(&f->hub, f->s, f->hub.count);
	ok(sqlite_open(temp_folder_path(f->cell_dir, "exchange.db"),
	    SQLITE_MODE_WRITE, &(const struct sqlite_schema){ 0x4e677865,
	    (const char *const[]){ "" }, 1 }, &f->ex));
	for (size_t i = 0; i < 2 * n; i += 3) {
		struct span cut = buf_span(&f->hub.leaves[idx].frame);
		cut.n = i / 2;
		if (i % 2 == 0)
			change_frame(f, idx, i / 2, 0x11);
		else
			little_hub_put(f->ex, idx, 1, cut);
		ok(store_take_in(f->s, &sum));
		assert_true(sum.alarmed);
		assert_int_equal(sum.size, f->from);
	}
	sqlite_close(f->ex);
	assert_unchanged(f, &b);
	little_hub_take(&f->hub, f->s);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(nothing_changes_but_an_alarm),
		WITH(a_file_that_is_no_database_is_an_alarm),
		WITH(what_came_before_stays),
		WITH(a_gap_of_another_scope_waits),
		WITH(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
