/* SPDX-License-Identifier: Apache-2.0 */
/* test_join.c -- what join.h promises, and what a device knows that has just
 * joined. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/commune.h"
#include "client/records/import.h"
#include "client/records/invites.h"
#include "client/records/join.h"
#include "client/store/meta_names.h"
#include "tests/support/cell_world.h"
#include "tests/support/new_commune.h"

static struct span
of(const char *s)
{
	return new_commune_text(s);
}

/* An invitation as the daemon brings it: the fields and the sealed part. */
struct bringing {
	const uint8_t *id;
	struct join *j;
	struct buf part;
};

static err
bring(void *ctx, const struct store_entry *e)
{
	struct bringing *b = ctx;
	struct entry entry = { 0 };

	assert_int_equal(entry_parse(e->bytes, &entry), ERR_OK);
	for (uint32_t i = 0; i < entry.op_count; i++) {
		const struct op *op = &entry.ops[i];
		struct span part;

		if (op->kind != KIND_INVITE ||
		    memcmp(op->subject, b->id, ID_LEN) != 0)
			continue;
		part = entry_part(op, PART_KEY)->bytes;
		buf_put(&b->j->fields, op->fields.p, op->fields.n);
		buf_put(&b->part, part.p, part.n);
	}
	entry_free(&entry);
	return ERR_OK;
}

/* The device of that invite, in the folder `name`, that never synced. */
static struct store *
join_alone(struct store *office, const struct invite_made *m,
    const char *dir)
{
	struct join j;
	struct bringing b = { .id = m->id, .j = &j };
	struct store *s = NULL;

	assert_int_equal(join_read(m->code, "https://hub.example", &j),
	    ERR_OK);
	assert_int_equal(store_each_entry(office, NULL, bring, &b), ERR_OK);
	assert_int_equal(invite_open(&j.invite, buf_span(&j.fields),
	    buf_span(&b.part), &j.plain, &j.body), ERR_OK);
	chain_root_fingerprint(j.body.root_pub, j.root_fpr);
	assert_int_equal(join_claim(dir, &j, of("mật khẩu của máy"), of("Lan"),
	    &s), ERR_OK);
	buf_free(&b.part);
	join_free(&j);
	return s;
}

static void
a_device_that_just_joined_knows_its_cell(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell, known, *all = NULL;
	struct invite_new n = { .role = ROLE_SECRETARY, .cell_count = 1,
		.cells = (const uint8_t(*)[SCOPE_LEN]) & cell.scope };
	struct import_options o = { .cell = "ba-mo" };
	struct import_fault fault;
	struct import *i = NULL;
	struct invite_made m;
	struct store *s;
	char dir[PATH_BYTES];
	size_t count = 0, written = 0;

	new_commune_cell(f, "ba-mo", "Thôn Ba Mô", &cell);
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	new_commune_path(f->dir, "cell", dir);
	s = join_alone(f->s, &m, dir);
	assert_int_equal(commune_cell_by_code(s, "ba-mo", &known), ERR_OK);
	assert_memory_equal(known.scope, cell.scope, SCOPE_LEN);
	assert_string_equal(known.name, "Thôn Ba Mô");
	assert_int_equal(known.members, 0);
	assert_int_equal(commune_cell_by_code(s, "ba-mo-2", &known),
	    ERR_ABSENT);
	assert_int_equal(commune_cell_by_scope(s, cell.scope, &known), ERR_OK);
	assert_string_equal(known.code, "ba-mo");
	assert_int_equal(commune_cell_by_scope(s, scope_commune, &known),
	    ERR_ABSENT);
	assert_int_equal(commune_cell_all(s, &all, &count), ERR_OK);
	assert_int_equal(count, 1);
	free(all);
	assert_int_equal(import_read(s, IMPORT_PEOPLE,
	    of("ref,cell,full_name\n1,ba-mo,Lê A\n2,ba-ma,Lê B\n"), &o, &i,
	    &fault), ERR_OK);
	assert_int_equal(import_row(i, 0)->colour, IMPORT_GREEN);
	assert_int_equal(import_row(i, 1)->colour, IMPORT_PASSED_OVER);
	assert_int_equal(import_write(i, &written), ERR_OK);
	assert_int_equal(written, 1);
	import_free(i);
	store_close(s);
}

/* What the commune says of the cell is more than what the invitation said. */
static void
the_cells_record_counts_before_the_invitation(void **state)
{
	static struct cell_world w;
	struct commune_cell cell;
	struct store *s;

	(void)state;
	cell_world_open(&w);
	s = w.s[AT_SECRETARY];
	assert_int_equal(store_meta_put(s, META_CELL_SCOPE,
	    (struct span){ w.cell, SCOPE_LEN }), ERR_OK);
	assert_int_equal(store_meta_put(s, META_CELL_CODE, of("old")),
	    ERR_OK);
	assert_int_equal(store_meta_put(s, META_CELL_NAME, of("Old")),
	    ERR_OK);
	assert_int_equal(commune_cell_by_code(s, "old", &cell), ERR_ABSENT);
	assert_int_equal(commune_cell_by_scope(s, w.cell, &cell), ERR_OK);
	assert_string_equal(cell.code, CELL_WORLD_CODE);
	assert_int_equal(cell.members, 11);
	cell_world_close(&w);
}

static void
put_status(const char *dir, const char *name, uint64_t value)
{
	struct sqlite *ex = NULL;
	struct sqlite_stmt *st = NULL;
	static const char *const steps[] = { "" };
	static const struct sqlite_schema schema = { 0x4e677865, steps, 1 };
	char path[PATH_BYTES];

	new_commune_path(dir, "exchange.db", path);
	assert_int_equal(sqlite_open(path, SQLITE_MODE_WRITE, &schema, &ex),
	    ERR_OK);
	assert_int_equal(sqlite_get(ex, "INSERT OR REPLACE INTO status"
	    " (name, value) VALUES (?, ?)", &st), ERR_OK);
	sqlite_bind_text(st, 1, of(name));
	sqlite_bind_u64(st, 2, value);
	assert_int_equal(sqlite_run(st), ERR_OK);
	sqlite_close(ex);
}

static void
why_the_invitation_does_not_come_is_told(void **state)
{
	struct new_commune *f = *state;
	enum reason reason = REASON_BUSY;

	assert_int_equal(store_invitation_refused(f->dir, &reason),
	    ERR_ABSENT);
	sqlite_close(little_hub_exchange(f->dir));
	assert_int_equal(store_invitation_refused(f->dir, &reason),
	    ERR_ABSENT);
	put_status(f->dir, "last_reason", REASON_CLAIM_TAKEN);
	assert_int_equal(store_invitation_refused(f->dir, &reason),
	    ERR_ABSENT);
	put_status(f->dir, "last_error", ERR_EXISTS);
	assert_int_equal(store_invitation_refused(f->dir, &reason), ERR_OK);
	assert_int_equal(reason, REASON_CLAIM_TAKEN);
	put_status(f->dir, "last_reason", REASON_COUNT);
	assert_int_equal(store_invitation_refused(f->dir, &reason),
	    ERR_ABSENT);
}

static void
a_code_is_read_as_it_was_handed_over(void **state)
{
	struct invite_made m = { .address = "https://hub.example:8443" };
	uint8_t secret[INVITE_SECRET_LEN] = { 1, 2, 3 };
	char line[INVITES_LINE_BYTES], qr[INVITES_LINE_BYTES];
	struct join j;

	(void)state;
	invite_code_encode(secret, m.code);
	memset(m.fingerprint, 0xab, HASH_LEN);
	invites_line(&m, line, sizeof line);
	invites_qr(&m, qr, sizeof qr);
	assert_int_equal(join_read(line, NULL, &j), ERR_OK);
	assert_string_equal(j.address, m.address);
	assert_false(j.has_fingerprint);
	join_free(&j);
	assert_int_equal(join_read(qr, NULL, &j), ERR_OK);
	assert_string_equal(j.address, m.address);
	assert_true(j.has_fingerprint);
	assert_memory_equal(j.fingerprint, m.fingerprint, HASH_LEN);
	join_free(&j);
	assert_int_equal(join_read(m.code, "https://other/", &j), ERR_OK);
	assert_string_equal(j.address, "https://other");
	join_free(&j);
	assert_int_equal(join_read(m.code, NULL, &j), ERR_OK);
	assert_string_equal(j.address, "");
	join_free(&j);
	assert_int_equal(join_read(m.code, "ftp://x", &j), ERR_VALUE);
	assert_int_equal(join_read("ABC", NULL, &j), ERR_FORMAT);
	assert_int_equal(join_read("", NULL, &j), ERR_FORMAT);
	m.code[0] = m.code[0] == '7' ? '8' : '7';
	assert_int_equal(join_read(m.code, NULL, &j), ERR_VALUE);
	join_free(NULL);
}

static void
a_joining_store_says_where_it_is(void **state)
{
	struct new_commune *f = *state;
	uint8_t secret[INVITE_SECRET_LEN] = { 1, 2, 3 };
	char code[INVITE_CODE_TEXT];
	enum join_step step = JOIN_OTHER;
	struct join j;
	char dir[PATH_BYTES];

	invite_code_encode(secret, code);
	assert_int_equal(join_read(code, "https://hub.example", &j), ERR_OK);
	new_commune_path(f->dir, "cell", dir);
	assert_int_equal(join_where(dir, &j, &step), ERR_OK);
	assert_int_equal(step, JOIN_NEW);
	assert_int_equal(join_wait(dir, &j), ERR_OK);
	assert_int_equal(join_where(dir, &j, &step), ERR_OK);
	assert_int_equal(step, JOIN_WAITING);
	assert_int_equal(join_open(dir, &j), ERR_ABSENT);
	assert_int_equal(join_where(f->store, &j, &step), ERR_OK);
	assert_int_equal(step, JOIN_OTHER);
	join_free(&j);
}

int
main(void)
{
#define BEGUN(t) \
	cmocka_unit_test_setup_teardown(t, new_commune_begun, new_commune_end)
	const struct CMUnitTest tests[] = {
		BEGUN(a_device_that_just_joined_knows_its_cell),
		BEGUN(why_the_invitation_does_not_come_is_told),
		BEGUN(a_joining_store_says_where_it_is),
		cmocka_unit_test(
		    the_cells_record_counts_before_the_invitation),
		cmocka_unit_test(a_code_is_read_as_it_was_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
