/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_outbox.c -- what a reader of outbox.h may rely on.  The store is made
 * here row by row, as schema.sql and meta_names.h say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/meta_names.h"
#include "client/store/outbox.h"
#include "client/store/paths.h"
#include "client/store/store_schema.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct fixture {
	char *dir;
	struct sqlite *db;
	struct outbox *o;
};

static int
group_setup(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK ? 0 : -1;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->dir = temp_folder_make();
	assert_int_equal(sqlite_open(temp_folder_path(f->dir, STORE_FILE),
	    SQLITE_MODE_CREATE, &store_schema, &f->db), ERR_OK);
	assert_int_equal(outbox_open(f->dir, &f->o), ERR_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	outbox_close(f->o);
	sqlite_close(f->db);
	temp_folder_remove(f->dir);
	free(f);
	return 0;
}

/* n bytes of one value; four are in use at most. */
static struct span
bytes(uint8_t value, size_t n)
{
	static uint8_t slots[4][4096];
	static unsigned next;
	uint8_t *slot = slots[next++ % 4];

	memset(slot, value, n);
	return (struct span){ slot, n };
}

static void
put_meta(struct fixture *f, const char *name, struct span value)
{
	struct sqlite_stmt *st;

	assert_int_equal(sqlite_get(f->db,
	    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value", &st),
	    ERR_OK);
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	sqlite_bind_blob(st, 2, value);
	assert_int_equal(sqlite_run(st), ERR_OK);
}

static void
drop_meta(struct fixture *f, const char *name)
{
	struct sqlite_stmt *st;

	assert_int_equal(sqlite_get(f->db,
	    "DELETE FROM meta WHERE name = ?1", &st), ERR_OK);
	sqlite_bind_text(st, 1,
	    (struct span){ (const uint8_t *)name, strlen(name) });
	assert_int_equal(sqlite_run(st), ERR_OK);
}

static void
put_log(struct fixture *f, int no, struct span scope, int own,
    uint64_t admitted, uint64_t written)
{
	struct sqlite_stmt *st;

	assert_int_equal(sqlite_get(f->db,
	    "INSERT INTO log (no, id, scope, author, own, admitted_seq,"
	    " written_seq, written_hash)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &st), ERR_OK);
	sqlite_bind_i64(st, 1, no);
	sqlite_bind_blob(st, 2, bytes((uint8_t)no, ID_LEN));
	sqlite_bind_blob(st, 3, scope);
	sqlite_bind_blob(st, 4, bytes(1, KEY_LEN));
	sqlite_bind_i64(st, 5, own);
	sqlite_bind_u64(st, 6, admitted);
	sqlite_bind_u64(st, 7, written);
	sqlite_bind_blob(st, 8, bytes((uint8_t)(0x80 + no), HASH_LEN));
	assert_int_equal(sqlite_run(st), ERR_OK);
}

/* An entry of n bytes of the low byte of seq. */
static void
put_entry(struct fixture *f, int log_no, uint64_t seq, size_t n)
{
	uint8_t *p = malloc(n);
	struct sqlite_stmt *st;

	memset(p, (int)(seq & 0xff), n);
	assert_int_equal(sqlite_get(f->db,
	    "INSERT INTO entry (log_no, seq, line_seen, hash, bytes)"
	    " VALUES (?1, ?2, 0, ?3, ?4)", &st), ERR_OK);
	sqlite_bind_i64(st, 1, log_no);
	sqlite_bind_u64(st, 2, seq);
	sqlite_bind_blob(st, 3, bytes((uint8_t)seq, HASH_LEN));
	sqlite_bind_blob(st, 4, (struct span){ p, n });
	assert_int_equal(sqlite_run(st), ERR_OK);
	free(p);
}

static void
put_head(struct fixture *f, int log_no, uint64_t seq)
{
	struct sqlite_stmt *st;

	assert_int_equal(sqlite_get(f->db,
	    "INSERT INTO head (log_no, seq, sig) VALUES (?1, ?2, ?3)", &st),
	    ERR_OK);
	sqlite_bind_i64(st, 1, log_no);
	sqlite_bind_u64(st, 2, seq);
	sqlite_bind_blob(st, 3, bytes((uint8_t)(0x40 + seq), SIG_LEN));
	assert_int_equal(sqlite_run(st), ERR_OK);
}

static void
test_open_errors(void **state)
{
	struct fixture *f = *state;
	struct outbox *o = NULL;

	assert_int_equal(outbox_open(temp_folder_path(f->dir, "none"), &o),
	    ERR_ABSENT);
	assert_int_equal(mkdir(temp_folder_path(f->dir, "e"), 0700), 0);
	assert_int_equal(outbox_open(temp_folder_path(f->dir, "e"), &o),
	    ERR_ABSENT);
	/* being made this moment */
	assert_int_equal(paths_write(temp_folder_path(f->dir, "e/nguon.db"),
	    (struct span){ NULL, 0 }, 0600, PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(outbox_open(temp_folder_path(f->dir, "e"), &o),
	    ERR_ABSENT);
	assert_int_equal(sqlite_exec(f->db, "PRAGMA user_version=99"), ERR_OK);
	assert_int_equal(outbox_open(f->dir, &o), ERR_VERSION);
	assert_int_equal(sqlite_exec(f->db, "PRAGMA application_id=5"),
	    ERR_OK);
	assert_int_equal(outbox_open(f->dir, &o), ERR_DAMAGED);
	assert_null(o);
	outbox_close(NULL);
}

static void
put_joined(struct fixture *f)
{
	put_meta(f, META_SIGN_PUB, bytes(1, KEY_LEN));
	put_meta(f, META_ROOT_FPR, bytes(2, HASH_LEN));
	put_meta(f, META_HUB_KEY_ID, bytes(3, ID_LEN));
	put_meta(f, META_HUB_BOX_PUB, bytes(4, KEY_LEN));
}

static void
test_identity_joining(void **state)
{
	static const char address[] = "https://xa.example:8443";
	struct fixture *f = *state;
	struct outbox_identity id = { .size = 77 };

	/* made, but nothing is in it yet */
	assert_int_equal(outbox_identity(f->o, &id), ERR_ABSENT);
	assert_true(id.size == 77);
	put_meta(f, META_INVITE_ID, bytes(8, ID_LEN));
	assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
	put_meta(f, META_INVITE_SIG, bytes(9, SIG_LEN));
	put_meta(f, META_ADDRESS, (struct span){ (const uint8_t *)address,
	    sizeof address - 1 });
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_false(id.joined);
	assert_false(id.has_pin);
	assert_memory_equal(id.invite, bytes(8, ID_LEN).p, ID_LEN);
	assert_memory_equal(id.invite_sig, bytes(9, SIG_LEN).p, SIG_LEN);
	assert_string_equal(id.address, address);
	assert_true(id.size == 0);
}

static void
test_identity_joined(void **state)
{
	static const char *const needed[] = {
		META_ROOT_FPR, META_HUB_KEY_ID, META_HUB_BOX_PUB,
	};
	struct fixture *f = *state;
	struct outbox_identity id;
	uint8_t device[ID_LEN];

	/* the invitation stays in the store after joining */
	put_meta(f, META_INVITE_ID, bytes(8, ID_LEN));
	put_meta(f, META_INVITE_SIG, bytes(9, SIG_LEN));
	put_joined(f);
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_true(id.joined);
	assert_false(id.has_pin);
	assert_string_equal(id.address, "");
	assert_true(id.size == 0);
	chain_key_id(bytes(1, KEY_LEN).p, device);
	assert_memory_equal(id.device, device, ID_LEN);
	assert_memory_equal(id.root_fpr, bytes(2, HASH_LEN).p, HASH_LEN);
	assert_memory_equal(id.hub_key_id, bytes(3, ID_LEN).p, ID_LEN);
	assert_memory_equal(id.hub_box_pub, bytes(4, KEY_LEN).p, KEY_LEN);

	/* what changes is seen without opening again */
	put_meta(f, META_TLS_PIN, bytes(5, HASH_LEN));
	assert_int_equal(sqlite_exec(f->db,
	    "INSERT INTO leaf (idx, scope, inner_hash, time_ms) VALUES"
	    " (0, zeroblob(8), zeroblob(32), 0),"
	    " (41, zeroblob(8), zeroblob(32), 0)"), ERR_OK);
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_true(id.has_pin);
	assert_memory_equal(id.tls_pin, bytes(5, HASH_LEN).p, HASH_LEN);
	assert_true(id.size == 42);

	for (size_t i = 0; i < COUNT(needed); i++) {
		drop_meta(f, needed[i]);
		assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
		put_joined(f);
		put_meta(f, needed[i], bytes(1, 7));
		assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
		put_joined(f);
	}
	put_meta(f, META_TLS_PIN, bytes(5, 31));
	assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
}

static void
test_address_length(void **state)
{
	struct fixture *f = *state;
	struct outbox_identity id;

	put_joined(f);
	put_meta(f, META_ADDRESS, bytes('a', 511));
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_int_equal(strlen(id.address), 511);
	put_meta(f, META_ADDRESS, bytes('a', 512));
	assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
	put_meta(f, META_ADDRESS, bytes(0, 3));
	assert_int_equal(outbox_identity(f->o, &id), ERR_DAMAGED);
	put_meta(f, META_ADDRESS, (struct span){ NULL, 0 });
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_string_equal(id.address, "");
}

struct seen_logs {
	struct outbox_log logs[8];
	size_t count;
	err answer;
};

static err
keep_log(void *ctx, const struct outbox_log *log)
{
	struct seen_logs *seen = ctx;

	assert_true(seen->count < COUNT(seen->logs));
	seen->logs[seen->count++] = *log;
	return seen->answer;
}

static void
test_logs_that_wait(void **state)
{
	struct fixture *f = *state;
	struct seen_logs seen = { .count = 0 };

	assert_int_equal(outbox_logs(f->o, keep_log, &seen), ERR_OK);
	assert_int_equal(seen.count, 0);
	put_log(f, 2, bytes(2, SCOPE_LEN), 1, 4, 7);
	put_log(f, 3, bytes(3, SCOPE_LEN), 1, 5, 5);	/* nothing waits */
	put_log(f, 4, bytes(4, SCOPE_LEN), 0, 1, 9);	/* not ours */
	put_log(f, 5, bytes(2, SCOPE_LEN), 1, 0, 2);
	put_log(f, 6, bytes(0, SCOPE_LEN), 1, 0, 1);	/* root */
	put_head(f, 2, 7);
	put_head(f, 5, 1);
	put_head(f, 5, 2);
	put_head(f, 6, 1);
	assert_int_equal(outbox_logs(f->o, keep_log, &seen), ERR_OK);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.logs[0].log[0], 6);
	assert_int_equal(seen.logs[1].log[0], 2);
	assert_int_equal(seen.logs[2].log[0], 5);
	assert_memory_equal(seen.logs[0].scope, scope_root, SCOPE_LEN);
	assert_true(seen.logs[1].admitted_seq == 4);
	assert_true(seen.logs[1].written_seq == 7);
	assert_memory_equal(seen.logs[1].head_hash, bytes(0x82, HASH_LEN).p,
	    HASH_LEN);
	assert_memory_equal(seen.logs[2].head_sig, bytes(0x42, SIG_LEN).p,
	    SIG_LEN);
	/* the sink's error ends it */
	seen = (struct seen_logs){ .answer = ERR_NET };
	assert_int_equal(outbox_logs(f->o, keep_log, &seen), ERR_NET);
	assert_int_equal(seen.count, 1);
	/* a last entry that nobody signed */
	assert_int_equal(sqlite_exec(f->db,
	    "DELETE FROM head WHERE log_no = 5 AND seq = 2"), ERR_OK);
	seen = (struct seen_logs){ .count = 0 };
	assert_int_equal(outbox_logs(f->o, keep_log, &seen), ERR_DAMAGED);
	assert_string_not_equal(outbox_why(f->o), "");
}

static void
test_segment_is_cut_at_a_signed_head(void **state)
{
	/* heads at 3, 4, 6 and 9; ten bytes an entry */
	static const struct {
		uint64_t after;
		size_t max;
		err rc;
		uint32_t count;
	} table[] = {
		{ 0, 1000, ERR_OK, 9 },
		{ 0, 90, ERR_OK, 9 },
		{ 0, 89, ERR_OK, 6 },
		{ 0, 60, ERR_OK, 6 },
		{ 0, 59, ERR_OK, 4 },
		{ 0, 39, ERR_OK, 3 },
		{ 0, 30, ERR_OK, 3 },
		{ 0, 29, ERR_OK, 3 },	/* one run goes whole */
		{ 0, 0, ERR_OK, 3 },
		{ 1, 0, ERR_OK, 2 },	/* from the middle of a run */
		{ 3, 0, ERR_OK, 1 },
		{ 3, 29, ERR_OK, 1 },
		{ 3, 30, ERR_OK, 3 },
		{ 8, 1000, ERR_OK, 1 },
		{ 9, 1000, ERR_ABSENT, 0 },
		{ 10, 1000, ERR_ABSENT, 0 },	/* the hub is ahead of us */
		{ UINT64_MAX, 1000, ERR_ABSENT, 0 },
		{ 0, SIZE_MAX, ERR_OK, 9 },
	};
	struct fixture *f = *state;
	struct buf buf = { .p = NULL };

	put_log(f, 1, bytes(2, SCOPE_LEN), 1, 0, 9);
	put_log(f, 2, bytes(2, SCOPE_LEN), 0, 0, 1);
	for (uint64_t seq = 1; seq <= 9; seq++)
		put_entry(f, 1, seq, 10);
	put_entry(f, 2, 1, 10);
	put_head(f, 1, 3);
	put_head(f, 1, 4);
	put_head(f, 1, 6);
	put_head(f, 1, 9);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct segment s = { .first = 12345 };
		uint64_t last = table[i].after + table[i].count;
		err rc = outbox_segment(f->o, bytes(1, ID_LEN).p,
		    table[i].after, table[i].max, &buf, &s);

		if (rc != table[i].rc || s.count != table[i].count)
			fail_msg("row %zu: %s, %u", i, err_name(rc), s.count);
		if (rc != ERR_OK) {
			assert_true(s.first == 12345);
			continue;
		}
		assert_memory_equal(s.log, bytes(1, ID_LEN).p, ID_LEN);
		assert_true(s.first == table[i].after + 1);
		assert_int_equal(s.entries.n, 10 * s.count);
		for (size_t b = 0; b < s.entries.n; b++)
			assert_int_equal(s.entries.p[b], s.first + b / 10);
		assert_memory_equal(s.sig,
		    bytes((uint8_t)(0x40 + last), SIG_LEN).p, SIG_LEN);
	}
	/* another's log, and one that is not there */
	struct segment s;

	assert_int_equal(outbox_segment(f->o, bytes(2, ID_LEN).p, 0, 1000,
	    &buf, &s), ERR_ABSENT);
	assert_int_equal(outbox_segment(f->o, bytes(7, ID_LEN).p, 0, 1000,
	    &buf, &s), ERR_ABSENT);
	buf_free(&buf);
}

static void
test_segment_of_a_damaged_store(void **state)
{
	struct fixture *f = *state;
	struct buf buf = { .p = NULL };
	struct segment s;

	put_log(f, 1, bytes(2, SCOPE_LEN), 1, 0, 4);
	put_entry(f, 1, 1, 10);
	put_entry(f, 1, 3, 10);		/* 2 is missing */
	put_entry(f, 1, 4, 10);
	put_head(f, 1, 3);
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 0, 1000,
	    &buf, &s), ERR_DAMAGED);
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 1, 1000,
	    &buf, &s), ERR_DAMAGED);
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 2, 1000,
	    &buf, &s), ERR_OK);
	assert_int_equal(s.count, 1);
	/* a tail without a signature */
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 3, 1000,
	    &buf, &s), ERR_DAMAGED);
	buf_free(&buf);
}

static void
test_segment_limits(void **state)
{
	struct fixture *f = *state;
	struct buf buf = { .p = NULL };
	struct segment s;

	assert_int_equal(sqlite_begin(f->db), ERR_OK);
	put_log(f, 1, bytes(2, SCOPE_LEN), 1, 0, 1025);
	for (uint64_t seq = 1; seq <= LIMIT_SEGMENT_ENTRIES + 1; seq++)
		put_entry(f, 1, seq, 1);
	put_head(f, 1, LIMIT_SEGMENT_ENTRIES + 1);
	put_log(f, 2, bytes(2, SCOPE_LEN), 1, 0, 5);
	for (uint64_t seq = 1; seq <= 5; seq++)
		put_entry(f, 2, seq, LIMIT_SEGMENT_BYTES / 4);
	put_head(f, 2, 5);
	assert_int_equal(sqlite_commit(f->db), ERR_OK);

	/* no signed head within either limit */
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 0, SIZE_MAX,
	    &buf, &s), ERR_LIMIT);
	assert_int_equal(outbox_segment(f->o, bytes(2, ID_LEN).p, 0, SIZE_MAX,
	    &buf, &s), ERR_LIMIT);
	/* just within */
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 1, 0, &buf,
	    &s), ERR_OK);
	assert_int_equal(s.count, LIMIT_SEGMENT_ENTRIES);
	assert_int_equal(outbox_segment(f->o, bytes(2, ID_LEN).p, 1, 0, &buf,
	    &s), ERR_OK);
	assert_int_equal(s.entries.n, LIMIT_SEGMENT_BYTES);
	/* signed as often as the header asks, it fills a segment */
	for (uint64_t seq = OUTBOX_RUN_ENTRIES; seq <= LIMIT_SEGMENT_ENTRIES;
	    seq += OUTBOX_RUN_ENTRIES)
		put_head(f, 1, seq);
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 0, SIZE_MAX,
	    &buf, &s), ERR_OK);
	assert_int_equal(s.count, LIMIT_SEGMENT_ENTRIES);
	buf_free(&buf);
}

struct seen_wants {
	uint8_t scopes[4];
	uint64_t from[4], to[4];
	size_t count;
	err answer;
};

static err
keep_want(void *ctx, const uint8_t scope[SCOPE_LEN], uint64_t from,
    uint64_t to)
{
	struct seen_wants *seen = ctx;

	assert_true(seen->count < COUNT(seen->scopes));
	seen->scopes[seen->count] = scope[0];
	seen->from[seen->count] = from;
	seen->to[seen->count++] = to;
	return seen->answer;
}

static void
test_wants(void **state)
{
	struct fixture *f = *state;
	struct seen_wants seen = { .count = 0 };

	assert_int_equal(outbox_wants(f->o, keep_want, &seen), ERR_OK);
	assert_int_equal(seen.count, 0);
	assert_int_equal(sqlite_exec(f->db, "INSERT INTO want VALUES"
	    " (x'0300000000000001', 9, 12), (x'0200000000000001', 4, 6),"
	    " (x'0300000000000001', 0, 3)"), ERR_OK);
	assert_int_equal(outbox_wants(f->o, keep_want, &seen), ERR_OK);
	assert_int_equal(seen.count, 3);
	assert_memory_equal(seen.scopes, "\3\2\3", 3);
	assert_true(seen.from[0] == 0 && seen.to[0] == 3);
	assert_true(seen.from[1] == 4 && seen.to[1] == 6);
	assert_true(seen.from[2] == 9 && seen.to[2] == 12);
	seen = (struct seen_wants){ .answer = ERR_FULL };
	assert_int_equal(outbox_wants(f->o, keep_want, &seen), ERR_FULL);
	assert_int_equal(seen.count, 1);
}

/* Nothing stays open that would keep the writer from cutting its WAL. */
static void
test_no_transaction_stays_open(void **state)
{
	struct fixture *f = *state;
	struct outbox_identity id;
	struct seen_logs logs = { .answer = ERR_NET };
	struct seen_wants wants = { .answer = ERR_NET };
	struct buf buf = { .p = NULL };
	struct segment s;

	assert_int_equal(outbox_identity(f->o, &id), ERR_ABSENT);
	put_joined(f);
	put_log(f, 1, bytes(2, SCOPE_LEN), 1, 0, 2);
	put_entry(f, 1, 1, 10);
	put_entry(f, 1, 2, 10);
	put_head(f, 1, 2);
	assert_int_equal(sqlite_exec(f->db, "INSERT INTO want VALUES"
	    " (x'0300000000000001', 9, 12)"), ERR_OK);
	assert_int_equal(outbox_identity(f->o, &id), ERR_OK);
	assert_int_equal(outbox_logs(f->o, keep_log, &logs), ERR_NET);
	assert_int_equal(outbox_segment(f->o, bytes(1, ID_LEN).p, 0, 1, &buf,
	    &s), ERR_OK);
	assert_int_equal(outbox_wants(f->o, keep_want, &wants), ERR_NET);
	assert_int_equal(sqlite_truncate_wal(f->db), ERR_OK);
	buf_free(&buf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open_errors),
		TEST(test_identity_joining),
		TEST(test_identity_joined),
		TEST(test_address_length),
		TEST(test_logs_that_wait),
		TEST(test_segment_is_cut_at_a_signed_head),
		TEST(test_segment_of_a_damaged_store),
		TEST(test_segment_limits),
		TEST(test_wants),
		TEST(test_no_transaction_stays_open),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
