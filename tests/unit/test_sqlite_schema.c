/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sqlite_schema.c -- what sqlite.h says about opening: whose file it
 * is, its versions, what is made and what is left alone.
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
#include <unistd.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "client/store/sqlite.h"
#include "client/store/store_schema.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const first_steps[] = {
	"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB, w TEXT,"
	" c INTEGER CHECK (c < 10)) STRICT;"
	"CREATE TABLE child (k INTEGER REFERENCES t (k)) STRICT;",
};
static const char *const both_steps[] = {
	"SELECT this step has run already",
	"ALTER TABLE t ADD COLUMN later INTEGER",
};
static const char *const bad_steps[] = {
	"SELECT 1",
	"CREATE TABLE half (k INTEGER); CREATE TABLE t (k INTEGER)",
};
static const struct sqlite_schema v1 = { 0x74657374, first_steps, 1 };
static const struct sqlite_schema v2 = { 0x74657374, both_steps, 2 };
static const struct sqlite_schema v2_bad = { 0x74657374, bad_steps, 2 };
static const struct sqlite_schema other = { 0x6f746872, first_steps, 1 };

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
test_create_makes_0600_whatever_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	struct fixture *f = *state;
	struct sqlite *db;
	struct stat st;

	for (size_t i = 0; i < COUNT(masks); i++) {
		const char *path = temp_folder_path(f->dir, "u.db");
		char wal[PATH_BYTES];
		mode_t before = umask(masks[i]);

		assert_int_equal(sqlite_open(path, SQLITE_MODE_CREATE, &v1,
		    &db), ERR_OK);
		(void)umask(before);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		(void)snprintf(wal, sizeof wal, "%s-wal", path);
		assert_int_equal(stat(wal, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		sqlite_close(db);
		assert_int_equal(unlink(path), 0);
	}
}

static void
test_open_errors(void **state)
{
	struct fixture *f = *state;
	struct fixture none = { .dir = f->dir };
	struct fixture folder = { .dir = f->dir };

	(void)snprintf(none.file, sizeof none.file, "%s/none.db", f->dir);
	(void)snprintf(folder.file, sizeof folder.file, "%s", f->dir);
	assert_int_equal(open_as(f, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_OK);
	assert_int_equal(open_as(f, SQLITE_MODE_READ, &v1), ERR_OK);
	assert_int_equal(open_as(&none, SQLITE_MODE_WRITE, &v1), ERR_ABSENT);
	assert_int_equal(open_as(&none, SQLITE_MODE_READ, &v1), ERR_ABSENT);
	assert_int_not_equal(access(none.file, F_OK), 0);
	assert_int_equal(open_as(&folder, SQLITE_MODE_WRITE, &v1), ERR_IO);
	assert_int_equal(open_as(&folder, SQLITE_MODE_CREATE, &v1),
	    ERR_EXISTS);
	(void)snprintf(none.file, sizeof none.file, "%s/a/b.db", f->dir);
	assert_int_equal(open_as(&none, SQLITE_MODE_CREATE, &v1), ERR_ABSENT);
}

static void
test_identity(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &other), ERR_DAMAGED);
	assert_int_equal(open_as(f, SQLITE_MODE_READ, &other), ERR_DAMAGED);
	assert_int_equal(open_as(f, SQLITE_MODE_CREATE, &other), ERR_EXISTS);
	assert_int_equal(sqlite_exec(f->db, "PRAGMA user_version=3"), ERR_OK);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_VERSION);
	assert_int_equal(open_as(f, SQLITE_MODE_READ, &v2), ERR_VERSION);
	assert_int_equal(open_as(f, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
}

static void
test_a_foreign_file_stays_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct fixture g = { .dir = f->dir };
	struct buf before = { .p = NULL }, after = { .p = NULL };
	static const char junk[] = "this is no database, but a text of some "
	    "length that somebody wrote to a file of that name, and that is "
	    "longer than the hundred bytes of a header";

	/* a database of another kind, made with other hands */
	assert_int_equal(sqlite_exec(f->db,
	    "PRAGMA application_id=7; PRAGMA wal_checkpoint(TRUNCATE);"
	    "PRAGMA journal_mode=DELETE"), ERR_OK);
	sqlite_close(f->db);
	f->db = NULL;
	assert_int_equal(paths_read(f->file, 1 << 20, &before), ERR_OK);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_DAMAGED);
	assert_int_equal(open_as(f, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
	assert_int_equal(paths_read(f->file, 1 << 20, &after), ERR_OK);
	assert_true(span_equal(buf_span(&before), buf_span(&after)));

	(void)snprintf(g.file, sizeof g.file, "%s/junk.db", f->dir);
	assert_int_equal(paths_write(g.file, text(junk), 0600,
	    PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(open_as(&g, SQLITE_MODE_WRITE, &v1), ERR_DAMAGED);
	assert_int_equal(open_as(&g, SQLITE_MODE_READ, &v1), ERR_DAMAGED);
	assert_int_equal(open_as(&g, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
	buf_reset(&after);
	assert_int_equal(paths_read(g.file, 1 << 20, &after), ERR_OK);
	assert_true(span_equal(text(junk), buf_span(&after)));
	buf_free(&before);
	buf_free(&after);
}

/* A crash between the making of the file and its first commit. */
static void
test_an_unfinished_file_is_taken_up(void **state)
{
	struct fixture *f = *state;
	struct fixture g = { .dir = f->dir };

	(void)snprintf(g.file, sizeof g.file, "%s/cut.db", f->dir);
	assert_int_equal(paths_write(g.file, text(""), 0600, PATHS_NEW_ONLY),
	    ERR_OK);
	assert_int_equal(open_as(&g, SQLITE_MODE_READ, &v1), ERR_ABSENT);
	assert_int_equal(open_as(&g, SQLITE_MODE_CREATE, &v1), ERR_OK);
	assert_int_equal(open_as(&g, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
	assert_int_equal(open_as(&g, SQLITE_MODE_READ, &v1), ERR_OK);

	/* but not one that others may read, nor a link */
	assert_int_equal(paths_write(g.file, text(""), 0644, PATHS_REPLACE),
	    ERR_OK);
	assert_int_equal(open_as(&g, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
	assert_int_equal(unlink(g.file), 0);
	assert_int_equal(symlink("elsewhere.db", g.file), 0);
	assert_int_equal(open_as(&g, SQLITE_MODE_CREATE, &v1), ERR_EXISTS);
}

static void
test_missing_steps_run_once(void **state)
{
	struct fixture *f = *state;
	struct sqlite *db;

	assert_int_equal(open_as(f, SQLITE_MODE_READ, &v2), ERR_BUSY);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v2), ERR_OK);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v2), ERR_OK);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_READ, &v2, &db),
	    ERR_OK);
	expect_text(db, "PRAGMA user_version", "2");
	expect_text(db, "SELECT count(later) FROM t", "0");
	sqlite_close(db);
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_VERSION);
}

static void
test_steps_are_all_or_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v2_bad), ERR_DAMAGED);
	expect_text(f->db, "PRAGMA user_version", "1");
	expect_text(f->db,
	    "SELECT count(*) FROM sqlite_schema WHERE name = 'half'", "0");
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_OK);
}

static void
test_only_one_of_two_creates(void **state)
{
	struct fixture *f = *state;
	struct fixture g = { .dir = f->dir };
	int made = 0;

	for (int round = 0; round < 20; round++) {
		pid_t child;
		int status;
		err mine;

		(void)snprintf(g.file, sizeof g.file, "%s/race%d.db", f->dir,
		    round);
		if ((child = fork()) == 0)
			_exit((int)open_as(&g, SQLITE_MODE_CREATE, &v1));
		mine = open_as(&g, SQLITE_MODE_CREATE, &v1);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		made = (mine == ERR_OK) + (WEXITSTATUS(status) == ERR_OK);
		assert_int_equal(made, 1);
		assert_int_equal(mine == ERR_OK ? (err)WEXITSTATUS(status) :
		    mine, ERR_EXISTS);
	}
}

static void
test_read_never_writes(void **state)
{
	struct fixture *f = *state;
	struct buf before = { .p = NULL }, after = { .p = NULL };
	struct sqlite *db;

	assert_int_equal(sqlite_exec(f->db,
	    "INSERT INTO t (k, w) VALUES (1, 'mot')"), ERR_OK);
	/* beside a writer */
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_READ, &v1, &db),
	    ERR_OK);
	expect_text(db, "SELECT w FROM t", "mot");
	assert_int_equal(sqlite_exec(db, "DELETE FROM t"), ERR_IO);
	assert_int_not_equal(sqlite_exec(db, "PRAGMA user_version=9"), ERR_OK);
	sqlite_close(db);
	/* alone, with no WAL there, and last to close */
	sqlite_close(f->db);
	f->db = NULL;
	assert_int_equal(paths_read(f->file, 1 << 20, &before), ERR_OK);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_READ, &v1, &db),
	    ERR_OK);
	expect_text(db, "SELECT w FROM t", "mot");
	assert_int_not_equal(sqlite_exec(db, "DELETE FROM t"), ERR_OK);
	sqlite_close(db);
	assert_int_equal(paths_read(f->file, 1 << 20, &after), ERR_OK);
	assert_true(span_equal(buf_span(&before), buf_span(&after)));
	assert_int_equal(open_as(f, SQLITE_MODE_WRITE, &v1), ERR_OK);
	buf_free(&before);
	buf_free(&after);
}

/* A writer that was killed leaves a WAL: READ recovers what was committed
 * without touching the file. */
static void
test_read_after_a_killed_writer(void **state)
{
	struct fixture *f = *state;
	struct buf before = { .p = NULL }, after = { .p = NULL };
	struct sqlite *db;
	pid_t child;
	int status;

	sqlite_close(f->db);
	f->db = NULL;
	if ((child = fork()) == 0) {
		if (sqlite_open(f->file, SQLITE_MODE_WRITE, &v1, &db) !=
		    ERR_OK || sqlite_exec(db,
		    "INSERT INTO t (k, w) VALUES (1, 'hai')") != ERR_OK ||
		    sqlite_begin(db) != ERR_OK || sqlite_exec(db,
		    "INSERT INTO t (k, w) VALUES (0, 'mat')") != ERR_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	(void)unlink(temp_folder_path(f->dir, "t.db-shm"));
	assert_int_equal(paths_read(f->file, 1 << 20, &before), ERR_OK);
	assert_int_equal(sqlite_open(f->file, SQLITE_MODE_READ, &v1, &db),
	    ERR_OK);
	expect_text(db, "SELECT w FROM t ORDER BY k", "hai");
	sqlite_close(db);
	assert_int_equal(paths_read(f->file, 1 << 20, &after), ERR_OK);
	assert_true(span_equal(buf_span(&before), buf_span(&after)));
	buf_free(&before);
	buf_free(&after);
}

static void
test_the_store_schema_is_lawful(void **state)
{
	static const char *const tables[] = {
		"SELECT count(*) FROM meta", "SELECT count(*) FROM log",
		"SELECT count(*) FROM entry", "SELECT count(*) FROM head",
		"SELECT count(*) FROM leaf", "SELECT count(*) FROM want",
		"SELECT count(*) FROM subject",
		"SELECT count(*) FROM void_op",
	};
	struct fixture *f = *state;
	struct sqlite *db;

	assert_int_equal(sqlite_open(temp_folder_path(f->dir, STORE_FILE),
	    SQLITE_MODE_CREATE, &store_schema, &db), ERR_OK);
	for (size_t i = 0; i < COUNT(tables); i++)
		expect_text(db, tables[i], "0");
	expect_text(db, "PRAGMA application_id", "1315403119");
	assert_int_equal(sqlite_quick_check(db), ERR_OK);
	sqlite_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create_makes_0600_whatever_the_umask),
		TEST(test_open_errors),
		TEST(test_identity),
		TEST(test_a_foreign_file_stays_as_it_is),
		TEST(test_an_unfinished_file_is_taken_up),
		TEST(test_missing_steps_run_once),
		TEST(test_steps_are_all_or_nothing),
		TEST(test_only_one_of_two_creates),
		TEST(test_read_never_writes),
		TEST(test_read_after_a_killed_writer),
		TEST(test_the_store_schema_is_lawful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
