/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/sqlite.h"
#include "protocol/crypto.h"
#include "tests/support/bench_table.h"
#include "tests/support/temp_folder.h"

enum { BYTES_MAX = 65536, SUBJECTS = 1000 };

static const char *const steps[] = {
	"CREATE TABLE entry (log_no INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" hash BLOB NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (log_no, seq))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE head (log_no INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" sig BLOB NOT NULL, PRIMARY KEY (log_no, seq)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE log (no INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
	" hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE subject (scope BLOB NOT NULL, subject BLOB NOT NULL,"
	" state BLOB NOT NULL, PRIMARY KEY (scope, subject))"
	" STRICT, WITHOUT ROWID;"
	"INSERT INTO log VALUES (1, 0, x'00');",
};
static const struct sqlite_schema schema = { 0x62656e63, steps, 1 };

struct bench_rows {
	struct sqlite *db;
	uint8_t bytes[BYTES_MAX];
	uint64_t seq;
};

static void
must(err rc)
{
	if (rc == ERR_OK)
		return;
	(void)fprintf(stderr, "bench_rows: %s\n", err_name(rc));
	exit(2);
}

struct bench_rows *
bench_rows_open(const char *dir, const char *name)
{
	struct bench_rows *r = calloc(1, sizeof *r);
	char file[64];

	if (r == NULL)
		abort();
	must(crypto_start());
	crypto_random(r->bytes, sizeof r->bytes);
	(void)snprintf(file, sizeof file, "%s.db", name);
	must(sqlite_open(temp_folder_path(dir, file), SQLITE_MODE_CREATE,
	    &schema, &r->db));
	return r;
}

void
bench_rows_close(struct bench_rows *r)
{
	sqlite_close(r->db);
	free(r);
}

static struct span
some(const struct bench_rows *r, size_t n)
{
	return (struct span){ r->bytes, n < BYTES_MAX ? n : BYTES_MAX };
}

static void
put_entry(struct bench_rows *r, size_t n)
{
	struct sqlite_stmt *st = NULL;

	must(sqlite_get(r->db, "INSERT INTO entry VALUES (1, ?, ?, ?)", &st));
	sqlite_bind_u64(st, 1, ++r->seq);
	sqlite_bind_blob(st, 2, some(r, HASH_LEN));
	sqlite_bind_blob(st, 3, some(r, n));
	must(sqlite_run(st));
}

static void
put_change(struct bench_rows *r, size_t entry_bytes, size_t state_bytes)
{
	struct sqlite_stmt *st = NULL;

	put_entry(r, entry_bytes);
	must(sqlite_get(r->db, "INSERT INTO head VALUES (1, ?, ?)", &st));
	sqlite_bind_u64(st, 1, r->seq);
	sqlite_bind_blob(st, 2, some(r, SIG_LEN));
	must(sqlite_run(st));
	must(sqlite_get(r->db, "UPDATE log SET seq = ?, hash = ? WHERE no = 1",
	    &st));
	sqlite_bind_u64(st, 1, r->seq);
	sqlite_bind_blob(st, 2, some(r, HASH_LEN));
	must(sqlite_run(st));
	must(sqlite_get(r->db, "INSERT INTO subject VALUES (?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET state = excluded.state", &st));
	sqlite_bind_blob(st, 1, some(r, SCOPE_LEN));
	sqlite_bind_blob(st, 2, (struct span){ r->bytes +
	    (r->seq * 7919) % SUBJECTS * ID_LEN, ID_LEN });
	sqlite_bind_blob(st, 3, some(r, state_bytes));
	must(sqlite_run(st));
}

double
bench_rows_single(struct bench_rows *r, size_t bytes, size_t commits)
{
	double begin = bench_table_now();

	for (size_t i = 0; i < commits; i++) {
		must(sqlite_begin(r->db));
		put_entry(r, bytes);
		must(sqlite_commit(r->db));
	}
	return (double)commits / (bench_table_now() - begin);
}

double
bench_rows_change(struct bench_rows *r, size_t entry_bytes,
    size_t state_bytes, size_t commits)
{
	double begin = bench_table_now();

	for (size_t i = 0; i < commits; i++) {
		must(sqlite_begin(r->db));
		put_change(r, entry_bytes, state_bytes);
		must(sqlite_commit(r->db));
	}
	return (double)commits / (bench_table_now() - begin);
}

double
bench_rows_bulk(struct bench_rows *r, size_t bytes, size_t rows, size_t group)
{
	double begin = bench_table_now();

	for (size_t done = 0; done < rows; done += group) {
		must(sqlite_begin(r->db));
		for (size_t i = 0; i < group && done + i < rows; i++)
			put_entry(r, bytes);
		must(sqlite_commit(r->db));
	}
	return (double)rows / (bench_table_now() - begin);
}
