/* SPDX-License-Identifier: Apache-2.0 */
/* test_commune.c -- what commune.h promises, over a real store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "protocol/frame.h"
#include "tests/support/new_commune.h"

static struct span
of(const char *s)
{
	return new_commune_text(s);
}

/* ---- init */

static void
an_address_names_its_host(void **state)
{
	static const struct {
		const char *url, *host;		/* NULL: not valid */
	} rows[] = {
		{ "https://hub.example", "hub.example" },
		{ "https://hub.example:8443", "hub.example" },
		{ "https://127.0.0.1:1", "127.0.0.1" },
		{ "https://[::1]:8443", "::1" },
		{ "https://[::1]", "::1" },
		{ "http://hub.example", NULL },
		{ "hub.example", NULL },
		{ "https://", NULL },
		{ "https://:80", NULL },
		{ "https://a:", NULL },
		{ "https://a:0", NULL },
		{ "https://a:65536", NULL },
		{ "https://a:99999999999999999999", NULL },
		{ "https://a:8x", NULL },
		{ "https://a/path", NULL },
		{ "https://a b", NULL },
		{ "https://user@a", NULL },
		{ "https://[::1", NULL },
		{ "https://[::1]x", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf host = { 0 };
		err rc = commune_init_host(rows[i].url, &host);

		assert_int_equal(rc, rows[i].host != NULL ? ERR_OK :
		    ERR_VALUE);
		if (rows[i].host != NULL)
			assert_string_equal(buf_cstr(&host), rows[i].host);
		buf_free(&host);
	}
}

static void
check_file(const char *dir, const char *name, off_t size, mode_t mode)
{
	char path[PATH_BYTES];
	struct stat st;

	new_commune_path(dir, name, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, mode);
	if (size > 0)
		assert_int_equal(st.st_size, size);
}

/* What the hub will do with root.segment at its first start. */
static void
check_root_segment(const struct new_commune *f)
{
	char path[PATH_BYTES];
	struct buf bytes = { 0 };
	struct frame frame;
	size_t used = 0;
	enum reason reason = REASON_COUNT;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	struct certificate c;
	struct hub_key hub;
	struct ledger *l = ledger_new(f->root.fingerprint, NULL);

	assert_non_null(l);
	new_commune_path(f->hub, "root.segment", path);
	assert_int_equal(paths_read(path, 65536, &bytes), ERR_OK);
	assert_int_equal(frame_read(buf_span(&bytes), &frame, &used), ERR_OK);
	assert_int_equal(used, bytes.n);
	assert_int_equal(frame.type, FRAME_SEGMENT);
	assert_int_equal(ledger_admit(l, &frame.u.segment, 1, NULL, NULL,
	    &reason, &inner, scope), ERR_OK);
	assert_int_equal(reason, REASON_ADMITTED);
	assert_int_equal(roster_by_device(ledger_roster(l),
	    store_device(f->s), &c), ERR_OK);
	assert_int_equal(c.role, ROLE_COMMUNE);
	assert_int_equal(roster_hub_key(ledger_roster(l), 1, &hub), ERR_OK);
	assert_int_equal(hub.tls_pin[31], 7);
	assert_int_equal(hub.address.n, strlen("https://hub.example:8443"));
	buf_free(&bytes);
	ledger_free(l);
}

static void
init_makes_the_store_and_the_hubs_folder(void **state)
{
	struct new_commune *f = *state;
	struct buf name = { 0 }, file = { 0 };
	char path[PATH_BYTES], hex[2 * HASH_LEN + 1];

	assert_int_equal(store_role(f->s), ROLE_COMMUNE);
	assert_true(store_unlocked(f->s));
	assert_memory_equal(store_fingerprint(f->s), f->root.fingerprint,
	    HASH_LEN);
	assert_int_equal(commune_name(f->s, &name), ERR_OK);
	assert_string_equal(buf_cstr(&name), "Hương Sơn");
	check_file(f->hub, "hub.key", 64, 0600);
	check_file(f->hub, "commune", 65, 0644);
	check_file(f->hub, "root.segment", 0, 0644);
	check_file(f->store, "transport.key", 32, 0600);
	check_file(f->store, "device.key", 0, 0600);
	new_commune_path(f->hub, "commune", path);
	assert_int_equal(paths_read(path, 100, &file), ERR_OK);
	hex_encode(f->root.fingerprint, HASH_LEN, hex);
	assert_memory_equal(file.p, hex, 64);
	assert_int_equal(file.p[64], '\n');
	check_root_segment(f);
	buf_free(&name);
	buf_free(&file);
}

static bool
holds(const struct buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + n <= b->n; i++)
		if (memcmp(b->p + i, p, n) == 0)
			return true;
	return false;
}

static void
root_is_on_no_machine_after_init(void **state)
{
	struct new_commune *f = *state;
	const char *const files[][2] = {
		{ f->store, "nguon.db" }, { f->store, "nguon.db-wal" },
		{ f->store, "device.key" }, { f->hub, "hub.key" },
		{ f->hub, "root.segment" },
	};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct buf b = { 0 };
		char path[PATH_BYTES];

		new_commune_path(files[i][0], files[i][1], path);
		if (paths_read(path, 1 << 24, &b) == ERR_OK) {
			assert_false(holds(&b, f->secret, KEY_LEN));
			assert_false(holds(&b, f->root.sign_seed, KEY_LEN));
			assert_false(holds(&b, f->root.box_secret, KEY_LEN));
		}
		buf_free(&b);
	}
}

static void
init_never_takes_what_is_there(void **state)
{
	struct new_commune *f = *state;
	struct commune_new n = new_commune_arguments(f);
	struct store *s = NULL;
	char other[PATH_BYTES];

	assert_int_equal(commune_init(&n, f->secret, &s), ERR_EXISTS);
	new_commune_path(f->dir, "other", other);
	n.dir = other;			/* the hub's folder is there still */
	assert_int_equal(commune_init(&n, f->secret, &s), ERR_EXISTS);
	n.dir = f->store;
	n.hub_dir = other;
	assert_int_equal(commune_init(&n, f->secret, &s), ERR_EXISTS);
	n.hub_url = "http://x";
	assert_int_equal(commune_init(&n, f->secret, &s), ERR_VALUE);
	assert_null(s);
}

static void
an_init_that_failed_can_be_done_again(void **state)
{
	static const char *const scripts[] = {
		"#!/bin/sh\nexit 1\n",
		"#!/bin/sh\necho no pin\n",
		"#!/bin/sh\nexit 0\n",
	};
	struct new_commune *f = *state;
	struct commune_new n = new_commune_arguments(f);

	for (size_t i = 0; i < 3; i++) {
		new_commune_nguond(f, scripts[i]);
		assert_int_equal(commune_init(&n, f->secret, &f->s),
		    ERR_UNABLE);
		assert_null(f->s);
	}
	new_commune_nguond(f, NULL);
	assert_int_equal(commune_init(&n, f->secret, &f->s), ERR_OK);
	assert_int_equal(store_role(f->s), ROLE_COMMUNE);
}

/* ---- cells, lanes, quotas */

static void
cells_are_added_found_and_in_order(void **state)
{
	static const char *const order[] = { "C1", "C2", "C010", "C11", "D" };
	struct new_commune *f = *state;
	struct commune_cell cell, *all = NULL;
	size_t count = 0;
	uint8_t scope[SCOPE_LEN];

	new_commune_cell(f, "C11", "Mười Một", &cell);
	new_commune_cell(f, "C2", "Hai", &cell);
	new_commune_cell(f, "D", "Đê", &cell);
	new_commune_cell(f, "C1", "Ba Mô", &cell);
	new_commune_cell(f, "C010", "Mười", &cell);
	assert_int_equal(commune_cell_add(f->s, of("C2"), of("x"), 1, scope),
	    ERR_EXISTS);
	assert_int_equal(commune_cell_by_code(f->s, "C1", &cell), ERR_OK);
	assert_string_equal(cell.name, "Ba Mô");
	assert_int_equal(cell.members, 12);
	assert_int_equal(commune_cell_by_code(f->s, "c1", &cell), ERR_ABSENT);
	assert_int_equal(commune_cell_by_scope(f->s, cell.scope, &cell),
	    ERR_OK);
	assert_string_equal(cell.code, "C1");
	assert_int_equal(commune_cell_all(f->s, &all, &count), ERR_OK);
	assert_int_equal(count, 5);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(all[i].code, order[i]);
	free(all);
}

static void
a_cell_with_a_bad_value_is_not_added(void **state)
{
	struct new_commune *f = *state;
	uint8_t scope[SCOPE_LEN];
	char longer[300];

	memset(longer, 'a', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	static const char *const codes[] = { "", "a b", "ậ", "a/b", "a\n",
		"commune", "all", "root", "All", "COMMUNE" };
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_int_equal(commune_cell_add(f->s, of(codes[i]),
		    of("x"), 1, scope), ERR_VALUE);
	assert_int_equal(commune_cell_add(f->s, of(longer), of("x"), 1,
	    scope), ERR_VALUE);
	assert_true(commune_cell_code_ok(of("commune-1")));
	assert_true(commune_cell_code_ok(of("al")));
	assert_true(commune_cell_code_ok(of("roots")));
	assert_int_equal(commune_cell_add(f->s, of("A"), of(""), 1, scope),
	    ERR_VALUE);
	assert_int_equal(commune_cell_add(f->s, of("A"), of("\xff"), 1,
	    scope), ERR_VALUE);
	assert_int_equal(commune_cell_add(f->s, of("A"), of("x"), 1u << 30,
	    scope), ERR_VALUE);
}

/* Looks for the grant to the recovery box in a cell. */
struct searching {
	const struct new_commune *f;
	const uint8_t *scope;
	uint8_t recovery[ID_LEN];
	size_t opened;
};

static err
look_for_grant(void *ctx, const struct store_entry *e)
{
	struct searching *q = ctx;
	struct entry entry = { 0 };

	if (memcmp(e->place.scope, q->scope, SCOPE_LEN) != 0)
		return ERR_OK;
	assert_int_equal(entry_parse(e->bytes, &entry), ERR_OK);
	for (uint32_t i = 0; i < entry.op_count; i++) {
		const struct op *op = &entry.ops[i];
		const struct part *part = entry_part(op, PART_KEY);
		const uint8_t *commitment;
		struct cell_key key;

		if (op->kind != KIND_GRANT ||
		    memcmp(op->subject, q->recovery, ID_LEN) != 0)
			continue;
		assert_int_equal(field_map_fixed(op->fields,
		    FIELD_COMMITMENT, HASH_LEN, &commitment), ERR_OK);
		assert_int_equal(seal_open_grant(q->f->root.box_secret,
		    part->bytes, q->scope, commitment, &key), ERR_OK);
		q->opened++;
	}
	entry_free(&entry);
	return ERR_OK;
}

static void
a_cells_key_opens_here_and_for_the_sheet(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell;
	struct cell_key key;

	new_commune_cell(f, "C1", "Ba Mô", &cell);
	assert_int_equal(store_key_current(f->s, cell.scope, &key), ERR_OK);
	struct searching q = { .f = f, .scope = cell.scope };
	chain_key_id(f->root.box_pub, q.recovery);
	assert_int_equal(store_each_entry(f->s, NULL, look_for_grant, &q),
	    ERR_OK);
	assert_int_equal(q.opened, 1);
}

static void
a_quota_changes_only_with_a_reason(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell;
	struct commune_quota *all = NULL;
	uint64_t old = 0;
	size_t count = 0;
	struct span none = of("");

	new_commune_cell(f, "C1", "Ba Mô", &cell);
	assert_int_equal(commune_quota_set(f->s, 2022, cell.scope, 3, none,
	    &old), ERR_OK);
	assert_true(old == UINT64_MAX);
	assert_int_equal(commune_quota_set(f->s, 2022, cell.scope, 3, none,
	    &old), ERR_EXISTS);
	assert_int_equal(commune_quota_set(f->s, 2022, cell.scope, 4, none,
	    &old), ERR_RULE);
	assert_int_equal(commune_quota_set(f->s, 2022, cell.scope, 4,
	    of("điều chỉnh"), &old), ERR_OK);
	assert_true(old == 3);
	assert_int_equal(commune_quota_set(f->s, 2021, cell.scope, 0, none,
	    NULL), ERR_OK);
	assert_int_equal(commune_quota_set(f->s, 0, cell.scope, 1, none,
	    NULL), ERR_VALUE);
	assert_int_equal(commune_quota_set(f->s, 2022, cell.scope, 1u << 20,
	    none, NULL), ERR_VALUE);
	assert_int_equal(commune_quota_all(f->s, 0, &all, &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_int_equal(all[0].year, 2021);
	assert_int_equal(all[1].number, 4);
	assert_string_equal(all[1].code, "C1");
	assert_false(all[1].conflict);
	free(all);
	assert_int_equal(commune_quota_all(f->s, 2021, &all, &count), ERR_OK);
	assert_int_equal(count, 1);
	free(all);
}

int
main(void)
{
#define BEGUN(t) \
	cmocka_unit_test_setup_teardown(t, new_commune_begun, new_commune_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_names_its_host),
		BEGUN(init_makes_the_store_and_the_hubs_folder),
		BEGUN(root_is_on_no_machine_after_init),
		BEGUN(init_never_takes_what_is_there),
		cmocka_unit_test_setup_teardown(
		    an_init_that_failed_can_be_done_again, new_commune_bare,
		    new_commune_end),
		BEGUN(cells_are_added_found_and_in_order),
		BEGUN(a_cell_with_a_bad_value_is_not_added),
		BEGUN(a_cells_key_opens_here_and_for_the_sheet),
		BEGUN(a_quota_changes_only_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
