/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sqlite.c -- what a reader of sqlite.h may rely on, with real files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "client/store/sqlite.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const first_steps[] = {
	"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB, w TEXT,"
	" c INTEGER CHECK (c < 10)) STRICT;"
	"CREATE TABLE child (k INTEGER REFERENCES t (k)) STRICT;",
};
static const struct sqlite_schema v1 = { 0x74657374, first_steps, 1 };

struct fixture {
	char *dir;
	char file[PATH_BYTES];
	struct sqlite *db;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->dir = temp_folder_make();
	assert_int_equal(paths_join(f->dir, "t.db", f->file), ERR_OK);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_CREATE, &v1,
	    &f->db), ERR_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	sqlite_close(f->db);
	temp_folder_remove(f->dir);
	free(f);
	return 0;
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* The first column of the first row, as text. */
static void
expect_text(struct sqlite *db, const char *sql, const char *want)
{
	struct sqlite_stmt *st;
	struct span v;
	bool row = false;

	assert_int_equal(sqlite_get(db, sql, &st), ERR_OK);
	assert_int_equal(sqlite_step(st, &row), ERR_OK);
	assert_true(row);
	v = sqlite_text(st, 0);
	if (!span_equal(v, text(want)))
		fail_msg("%s: %.*s, not %s", sql, (int)v.n, (const char *)v.p,
		    want);
	sqlite_done(st);
}

static err
open_as(const struct fixture *f, enum sqlite_mode mode,
    const struct sqlite_schema *schema)
{
	struct sqlite *db = NULL;
	err rc = sqlite_open(f->file, mode, schema, &db);

	if (rc != ERR_OK)
		assert_null(db);
	sqlite_close(db);
	return rc;
}

static void
spoil(const char *path, long offset, const char *bytes, size_t n)
{
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	assert_int_equal(fseek(file, offset, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void
test_pragmas_at_every_open(void **state)
{
	static const struct {
		const char *sql, *want;
	} table[] = {
		{ "PRAGMA journal_mode", "wal" },
		{ "PRAGMA synchronous", "2" },
		{ "PRAGMA foreign_keys", "1" },
		{ "PRAGMA secure_delete", "1" },
		{ "PRAGMA trusted_schema", "0" },
		{ "PRAGMA cell_size_check", "1" },
		{ "PRAGMA temp_store", "2" },
		{ "PRAGMA busy_timeout", "5000" },
		{ "PRAGMA application_id", "1952805748" },
		{ "PRAGMA user_version", "1" },
	};
	static const enum sqlite_mode modes[] = {
		SQLITE_MODE_WRITE, SQLITE_MODE_READ,
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(table); i++)
		expect_text(f->db, table[i].sql, table[i].want);
	for (size_t m = 0; m < COUNT(modes); m++) {
		struct sqlite *db;

		assert_int_equal(sqlite_open(f->file, modes[m], &v1, &db),
		    ERR_OK);
		for (size_t i = 0; i < COUNT(table); i++)
			expect_text(db, table[i].sql, table[i].want);
		sqlite_close(db);
	}
}

static void
test_defensive_and_no_quoted_strings(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sqlite_exec(f->db, "SELECT \"no such column\""),
	    ERR_DAMAGED);
	assert_string_not_equal(sqlite_why(f->db), "");
	assert_int_equal(sqlite_exec(f->db, "PRAGMA writable_schema=ON"),
	    ERR_OK);
	assert_int_not_equal(sqlite_exec(f->db,
	    "DELETE FROM sqlite_schema"), ERR_OK);
}

static void
test_values_come_back(void **state)
{
	static const uint64_t numbers[] = {
		0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX,
	};
	static const char viet[] = "Nguy\xe1\xbb\x85n";
	struct fixture *f = *state;
	struct sqlite_stmt *st;
	bool row;

	for (size_t i = 0; i < COUNT(numbers); i++) {
		uint8_t out[4] = { 9, 9, 9, 9 };

		assert_int_equal(sqlite_get(f->db,
		    "SELECT ?1, ?2, ?3, ?4, ?5, ?6", &st), ERR_OK);
		sqlite_bind_u64(st, 1, numbers[i]);
		sqlite_bind_i64(st, 2, -5);
		sqlite_bind_blob(st, 3, (struct span){ (const uint8_t *)
		    "a\0b", 3 });
		sqlite_bind_text(st, 4, text(viet));
		sqlite_bind_null(st, 5);
		sqlite_bind_blob(st, 6, (struct span){ NULL, 0 });
		assert_int_equal(sqlite_step(st, &row), ERR_OK);
		assert_true(row);
		assert_true(sqlite_u64(st, 0) == numbers[i]);
		assert_true(sqlite_i64(st, 1) == -5);
		assert_true(span_equal(sqlite_blob(st, 2),
		    (struct span){ (const uint8_t *)"a\0b", 3 }));
		assert_true(span_equal(sqlite_text(st, 3), text(viet)));
		assert_true(sqlite_is_null(st, 4));
		assert_false(sqlite_is_null(st, 5));	/* empty, not NULL */
		assert_int_equal(sqlite_blob(st, 5).n, 0);
		assert_int_equal(sqlite_fixed(st, 2, out, 4), ERR_DAMAGED);
		assert_int_equal(sqlite_fixed(st, 2, out, 2), ERR_DAMAGED);
		assert_int_equal(sqlite_fixed(st, 3, out, 4), ERR_DAMAGED);
		assert_int_equal(sqlite_fixed(st, 4, out, 0), ERR_DAMAGED);
		assert_int_equal(out[0], 9);
		assert_int_equal(sqlite_fixed(st, 2, out, 3), ERR_OK);
		assert_memory_equal(out, "a\0b\x09", 4);
		assert_int_equal(sqlite_step(st, &row), ERR_OK);
		assert_false(row);
		sqlite_done(st);
	}
	sqlite_done(NULL);
}

static void
test_statements_are_cached_and_nest(void **state)
{
	static const char sql[] = "SELECT ?1";
	char copy[] = "SELECT ?1";
	struct fixture *f = *state;
	struct sqlite_stmt *a, *b, *c;
	bool row;

	assert_int_equal(sqlite_get(f->db, sql, &a), ERR_OK);
	assert_int_equal(sqlite_get(f->db, copy, &b), ERR_OK);
	assert_ptr_not_equal(a, b);
	sqlite_bind_i64(a, 1, 1);
	sqlite_bind_i64(b, 1, 2);
	assert_int_equal(sqlite_step(a, &row), ERR_OK);
	assert_int_equal(sqlite_step(b, &row), ERR_OK);
	assert_int_equal(sqlite_i64(a, 0), 1);
	assert_int_equal(sqlite_i64(b, 0), 2);
	sqlite_done(a);
	assert_int_equal(sqlite_get(f->db, copy, &c), ERR_OK);
	assert_ptr_equal(a, c);		/* by its text */
	assert_int_equal(sqlite_step(c, &row), ERR_OK);
	assert_true(sqlite_is_null(c, 0));	/* no bindings */
	sqlite_done(c);
	sqlite_done(b);
	/* left in use: close takes it along */
	assert_int_equal(sqlite_get(f->db, sql, &a), ERR_OK);
	assert_int_equal(sqlite_step(a, &row), ERR_OK);
}

static void
test_errors_of_statements(void **state)
{
	static const struct {
		const char *sql;
		err want;
	} table[] = {
		{ "INSERT INTO t (k) VALUES (1)", ERR_OK },
		{ "INSERT INTO t (k) VALUES (1)", ERR_EXISTS },
		{ "INSERT INTO t (k, c) VALUES (2, 11)", ERR_VALUE },
		{ "INSERT INTO t (k, v) VALUES (2, 'text')", ERR_VALUE },
		{ "INSERT INTO child (k) VALUES (77)", ERR_VALUE },
		{ "SELECT zeroblob(33554433)", ERR_LIMIT },
		{ "SELECT nothing FROM nowhere", ERR_DAMAGED },
		{ "COMMIT", ERR_DAMAGED },	/* no transaction */
	};
	struct fixture *f = *state;
	struct sqlite_stmt *st;
	bool row = true;

	for (size_t i = 0; i < COUNT(table); i++) {
		err rc = sqlite_get(f->db, table[i].sql, &st);

		if (rc == ERR_OK)
			rc = sqlite_run(st);
		if (rc != table[i].want)
			fail_msg("%s: %s", table[i].sql, err_name(rc));
	}
	/* a bind that fails comes out of the step, once */
	assert_int_equal(sqlite_get(f->db, "SELECT ?1, 5", &st), ERR_OK);
	sqlite_bind_i64(st, 7, 1);
	sqlite_bind_i64(st, 1, 1);
	assert_int_equal(sqlite_step(st, &row), ERR_UNABLE);
	sqlite_done(st);
	assert_int_equal(sqlite_get(f->db, "SELECT ?1, 5", &st), ERR_OK);
	sqlite_bind_i64(st, 1, 1);
	assert_int_equal(sqlite_step(st, &row), ERR_OK);
	sqlite_done(st);
}

static void
test_full_keeps_what_was_there(void **state)
{
	struct fixture *f = *state;
	struct sqlite_stmt *st;

	assert_int_equal(sqlite_exec(f->db,
	    "INSERT INTO t (k, w) VALUES (1, 'mot');"
	    "PRAGMA max_page_count=8"), ERR_OK);
	assert_int_equal(sqlite_begin(f->db), ERR_OK);
	assert_int_equal(sqlite_get(f->db,
	    "INSERT INTO t (k, v) VALUES (2, zeroblob(100000))", &st), ERR_OK);
	assert_int_equal(sqlite_run(st), ERR_FULL);
	assert_string_not_equal(sqlite_why(f->db), "");
	sqlite_rollback(f->db);
	sqlite_rollback(f->db);		/* no transaction: no error */
	expect_text(f->db, "SELECT count(*) FROM t", "1");
}

static void
test_transactions(void **state)
{
	struct fixture *f = *state;
	struct sqlite *db;
	uint64_t before, after;

	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_WRITE, &v1, &db),
	    ERR_OK);
	assert_int_equal(sqlite_data_version(f->db, &before), ERR_OK);
	assert_int_equal(sqlite_begin(db), ERR_OK);
	assert_int_equal(sqlite_exec(db, "INSERT INTO t (k) VALUES (1)"),
	    ERR_OK);
	sqlite_rollback(db);
	assert_int_equal(sqlite_data_version(f->db, &after), ERR_OK);
	assert_true(before == after);
	expect_text(f->db, "SELECT count(*) FROM t", "0");

	/* who began to read before somebody committed has to begin again */
	assert_int_equal(sqlite_begin_read(f->db), ERR_OK);
	expect_text(f->db, "SELECT count(*) FROM t", "0");
	assert_int_equal(sqlite_begin(db), ERR_OK);
	assert_int_equal(sqlite_exec(db, "INSERT INTO t (k) VALUES (1)"),
	    ERR_OK);
	assert_int_equal(sqlite_commit(db), ERR_OK);
	expect_text(f->db, "SELECT count(*) FROM t", "0");
	assert_int_equal(sqlite_exec(f->db, "INSERT INTO t (k) VALUES (2)"),
	    ERR_BUSY);
	sqlite_rollback(f->db);
	expect_text(f->db, "SELECT count(*) FROM t", "1");
	assert_int_equal(sqlite_data_version(f->db, &after), ERR_OK);
	assert_true(before != after);
	sqlite_close(db);
}

/* begin waits for another process that is in the middle of writing. */
static void
test_begin_waits(void **state)
{
	struct fixture *f = *state;
	struct sqlite *db;
	int ready[2], status;
	pid_t child;
	char c;

	sqlite_close(f->db);		/* not across a fork */
	f->db = NULL;
	assert_int_equal(pipe(ready), 0);
	if ((child = fork()) == 0) {
		struct timespec nap = { .tv_nsec = 200000000 };

		if (sqlite_open(f->file, SQLITE_MODE_WRITE, &v1, &db) !=
		    ERR_OK || sqlite_begin(db) != ERR_OK ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		(void)nanosleep(&nap, NULL);
		if (sqlite_exec(db, "INSERT INTO t (k) VALUES (1)") !=
		    ERR_OK || sqlite_commit(db) != ERR_OK)
			_exit(1);
		sqlite_close(db);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_WRITE, &v1, &db),
	    ERR_OK);
	assert_int_equal(sqlite_begin(db), ERR_OK);
	expect_text(db, "SELECT count(*) FROM t", "1");
	sqlite_rollback(db);
	sqlite_close(db);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static bool
file_has(const char *path, const char *word)
{
	struct buf b = { .p = NULL };
	size_t n = strlen(word);
	bool found = false;

	assert_int_equal(paths_read(path, 1 << 24, &b), ERR_OK);
	for (size_t i = 0; !found && i + n <= b.n; i++)
		found = memcmp(b.p + i, word, n) == 0;
	buf_free(&b);
	return found;
}

static void
test_deleted_bytes_are_gone_after_truncate(void **state)
{
	static const char word[] = "0912-345-678";
	struct fixture *f = *state;
	struct sqlite *db;
	struct stat st;
	const char *wal = temp_folder_path(f->dir, "t.db-wal");

	assert_int_equal(sqlite_exec(f->db,
	    "INSERT INTO t (k, w) VALUES (1, '0912-345-678')"), ERR_OK);
	assert_int_equal(sqlite_truncate_wal(f->db), ERR_OK);
	assert_true(file_has(f->file, word));
	assert_int_equal(sqlite_exec(f->db, "UPDATE t SET w = w || '!'"),
	    ERR_OK);
	assert_int_equal(sqlite_exec(f->db, "DELETE FROM t"), ERR_OK);
	assert_true(file_has(wal, word));

	/* a reader is in the way, and then not */
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_READ, &v1, &db),
	    ERR_OK);
	assert_int_equal(sqlite_begin_read(db), ERR_OK);
	expect_text(db, "SELECT count(*) FROM t", "0");
	assert_int_equal(sqlite_truncate_wal(f->db), ERR_BUSY);
	sqlite_rollback(db);
	assert_int_equal(sqlite_truncate_wal(f->db), ERR_OK);
	sqlite_close(db);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_false(file_has(f->file, word));
	expect_text(f->db, "PRAGMA busy_timeout", "5000");
}

static void
test_damage_is_found(void **state)
{
	struct fixture *f = *state;
	struct sqlite *db;
	struct sqlite_stmt *st;
	char junk[2048];

	for (int i = 1; i <= 200; i++) {
		assert_int_equal(sqlite_get(f->db, "INSERT INTO t (k, v)"
		    " VALUES (?1, zeroblob(900))", &st), ERR_OK);
		sqlite_bind_i64(st, 1, i);
		assert_int_equal(sqlite_run(st), ERR_OK);
	}
	assert_int_equal(sqlite_quick_check(f->db), ERR_OK);
	sqlite_close(f->db);
	f->db = NULL;
	memset(junk, 0xa5, sizeof junk);
	spoil(f->file, 4096 * 9, junk, sizeof junk);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_WRITE, &v1, &db),
	    ERR_OK);
	assert_int_equal(sqlite_quick_check(db), ERR_DAMAGED);
	assert_int_equal(sqlite_exec(db, "SELECT sum(length(v)) FROM t"),
	    ERR_DAMAGED);
	sqlite_close(db);
	spoil(f->file, 0, junk, sizeof junk);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_DAMAGED);
	assert_int_equal(open_as(f, SQLITE_MODE_READ, &v1), ERR_DAMAGED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pragmas_at_every_open),
		TEST(test_defensive_and_no_quoted_strings),
		TEST(test_values_come_back),
		TEST(test_statements_are_cached_and_nest),
		TEST(test_errors_of_statements),
		TEST(test_full_keeps_what_was_there),
		TEST(test_transactions),
		TEST(test_begin_waits),
		TEST(test_deleted_bytes_are_gone_after_truncate),
		TEST(test_damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
