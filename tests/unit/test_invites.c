/* SPDX-License-Identifier: Apache-2.0 */
/* test_invites.c -- what invites.h promises, over a real store. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/commune.h"
#include "client/records/invites.h"
#include "client/records/short_id.h"
#include "tests/support/cell_world.h"
#include "tests/support/new_commune.h"

static struct span
of(const char *s)
{
	return new_commune_text(s);
}

static bool
names_scope(const struct certificate *c, const uint8_t *scope)
{
	for (size_t i = 0; i < c->scope_count; i++)
		if (memcmp(c->scopes[i], scope, SCOPE_LEN) == 0)
			return true;
	return false;
}

static void
a_lane_is_added_to_its_cells_certificates(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell[2];
	struct commune_lane lane, again;
	struct invite_made made[3];
	struct certificate c;

	for (size_t i = 0; i < 2; i++) {
		new_commune_cell(f, i == 0 ? "C1" : "C2", "Tên", &cell[i]);
		struct invite_new n = { .role = ROLE_SECRETARY,
			.cells = (const uint8_t(*)[SCOPE_LEN]) & cell[i].scope,
			.cell_count = 1 };
		assert_int_equal(invites_make(f->s, &n, NULL, &made[i]),
		    ERR_OK);
	}
	assert_int_equal(commune_lane_add(f->s, cell[0].scope,
	    of("doan-thanh-nien"), &lane), ERR_OK);
	assert_int_equal(commune_lane_add(f->s, cell[0].scope,
	    of("doan-thanh-nien"), &again), ERR_EXISTS);
	assert_int_equal(commune_lane_add(f->s, cell[0].scope, of("có dấu"),
	    &again), ERR_VALUE);
	assert_int_equal(commune_lane_find(f->s, cell[0].scope,
	    of("doan-thanh-nien"), &again), ERR_OK);
	assert_memory_equal(again.scope, lane.scope, SCOPE_LEN);
	assert_int_equal(commune_lane_find(f->s, cell[1].scope,
	    of("doan-thanh-nien"), &again), ERR_ABSENT);
	assert_int_equal(roster_by_id(store_roster(f->s), made[0].id, &c),
	    ERR_OK);
	assert_true(names_scope(&c, cell[0].scope));
	assert_true(names_scope(&c, lane.scope));
	assert_int_equal(roster_by_id(store_roster(f->s), made[1].id, &c),
	    ERR_OK);
	assert_false(names_scope(&c, lane.scope));
}

/* Finds an invite's op among the entries, and opens it with its code. */
struct opening {
	struct invite_keys keys;
	struct buf plain;
	struct invite_body body;
	bool found;
};

static err
open_invite(void *ctx, const struct store_entry *e)
{
	struct opening *o = ctx;
	struct entry entry = { 0 };

	assert_int_equal(entry_parse(e->bytes, &entry), ERR_OK);
	for (uint32_t i = 0; i < entry.op_count; i++) {
		const struct op *op = &entry.ops[i];
		const struct part *part = entry_part(op, PART_KEY);

		if (op->kind != KIND_INVITE ||
		    memcmp(op->subject, o->keys.id, ID_LEN) != 0)
			continue;
		assert_int_equal(invite_open(&o->keys, op->fields,
		    part->bytes, &o->plain, &o->body), ERR_OK);
		o->found = true;
	}
	entry_free(&entry);
	return ERR_OK;
}

static void
open_made(struct new_commune *f, const struct invite_made *m, struct opening *o)
{
	uint8_t secret[INVITE_SECRET_LEN];

	memset(o, 0, sizeof *o);
	assert_int_equal(invite_code_decode(of(m->code), secret), ERR_OK);
	invite_derive(secret, &o->keys);
	assert_memory_equal(o->keys.id, m->id, ID_LEN);
	assert_int_equal(store_each_entry(f->s, NULL, open_invite, o),
	    ERR_OK);
	assert_true(o->found);
	assert_memory_equal(o->body.root_pub, f->root.sign_pub, KEY_LEN);
	assert_memory_equal(o->body.recovery_pub, f->root.box_pub, KEY_LEN);
	assert_int_equal(o->body.tls_pin[31], 7);
}

static void
close_made(struct opening *o)
{
	invite_body_free(&o->body);
	buf_free(&o->plain);
}

static void
an_invite_holds_what_the_joiner_needs(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell[2];
	struct opening o;
	struct invite_made m;
	struct invite_new n = { .role = ROLE_ORGANISATION, .cell_count = 1,
		.organisation = of("hoi-phu-nu") };

	new_commune_cell(f, "C1", "Ba Mô", &cell[0]);
	new_commune_cell(f, "C2", "Nà Ngần", &cell[1]);
	n.cells = (const uint8_t(*)[SCOPE_LEN]) & cell[0].scope;
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	assert_true(m.lane_made);
	open_made(f, &m, &o);
	assert_int_equal(o.body.key_count, 1);	/* its lane, not the cell */
	assert_int_equal(chain_scope_kind(o.body.keys[0].scope), SCOPE_LANE);
	assert_true(span_equal(o.body.organisation, of("hoi-phu-nu")));
	assert_true(span_equal(o.body.cell_code, of("C1")));
	assert_true(span_equal(o.body.cell_name, of("Ba Mô")));
	assert_true(span_equal(o.body.commune_name, of("Hương Sơn")));
	assert_true(span_equal(o.body.address,
	    of("https://hub.example:8443")));
	close_made(&o);
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	assert_false(m.lane_made);

	n = (struct invite_new){ .role = ROLE_DEPUTY, .cells = n.cells,
		.cell_count = 1 };
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	open_made(f, &m, &o);
	assert_int_equal(o.body.key_count, 2);	/* the cell and its lane */
	close_made(&o);

	uint8_t both[2][SCOPE_LEN];
	memcpy(both[0], cell[0].scope, SCOPE_LEN);
	memcpy(both[1], cell[1].scope, SCOPE_LEN);
	n = (struct invite_new){ .role = ROLE_COMMISSIONER,
		.cells = (const uint8_t(*)[SCOPE_LEN])both, .cell_count = 2 };
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	open_made(f, &m, &o);
	assert_int_equal(o.body.key_count, 2);	/* two cells, no lane */
	assert_int_equal(o.body.cell_code.n, 0);
	close_made(&o);
}

static void
cells_and_organisation_fit_the_role(void **state)
{
	struct new_commune *f = *state;
	uint8_t cells[2][SCOPE_LEN] = { { 2, 1 }, { 2, 2 } };
	static const struct {
		enum role role;
		size_t cells;
		const char *organisation;
		bool sheet;
	} rows[] = {
		{ ROLE_SECRETARY, 0, "", false },
		{ ROLE_SECRETARY, 2, "", false },
		{ ROLE_SECRETARY, 1, "x", false },
		{ ROLE_SECRETARY, 1, "", true },
		{ ROLE_DEPUTY, 0, "", false },
		{ ROLE_COMMISSIONER, 0, "", false },
		{ ROLE_COMMISSIONER, 1, "x", false },
		{ ROLE_ORGANISATION, 1, "", false },
		{ ROLE_ORGANISATION, 0, "x", false },
		{ ROLE_ORGANISATION, 2, "x", false },
		{ ROLE_COMMUNE, 0, "", false },
		{ ROLE_COMMUNE, 1, "", true },
		{ ROLE_COMMUNE, 0, "x", true },
		{ ROLE_ROOT, 0, "", false },
		{ ROLE_HUB, 0, "", false },
		{ ROLE_NONE, 0, "", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct invite_made m;
		struct invite_new n = { .role = rows[i].role,
			.cells = (const uint8_t(*)[SCOPE_LEN])cells,
			.cell_count = rows[i].cells,
			.organisation = of(rows[i].organisation) };

		assert_int_equal(invites_make(f->s, &n, rows[i].sheet ?
		    f->secret : NULL, &m), ERR_USAGE);
	}
}

static void
root_invites_another_office(void **state)
{
	struct new_commune *f = *state;
	struct invite_new n = { .role = ROLE_COMMUNE };
	struct invite_made m, second;
	struct certificate c;
	struct commune_cell cell;
	struct opening o;
	uint8_t other[KEY_LEN], scope[SCOPE_LEN];

	new_commune_cell(f, "C1", "Ba Mô", &cell);
	memset(other, 9, sizeof other);
	assert_int_equal(invites_make(f->s, &n, other, &m), ERR_FOREIGN);
	assert_int_equal(invites_make(f->s, &n, f->secret, &m), ERR_OK);
	assert_int_equal(invites_make(f->s, &n, f->secret, &second), ERR_OK);
	assert_int_equal(roster_by_id(store_roster(f->s), m.id, &c), ERR_OK);
	assert_int_equal(c.role, ROLE_COMMUNE);
	open_made(f, &m, &o);
	assert_int_equal(o.body.key_count, 1);
	close_made(&o);
	/* this device goes on in its own log */
	assert_int_equal(commune_cell_add(f->s, of("C2"), of("x"), 1, scope),
	    ERR_OK);
	assert_int_equal(store_role(f->s), ROLE_COMMUNE);
}

static void
an_invite_is_cancelled_once(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell;
	struct invite_made m;
	struct invite_new n = { .role = ROLE_SECRETARY, .cell_count = 1 };
	uint8_t unknown[ID_LEN] = { 1 };

	new_commune_cell(f, "C1", "Ba Mô", &cell);
	n.cells = (const uint8_t(*)[SCOPE_LEN]) & cell.scope;
	assert_int_equal(invites_make(f->s, &n, NULL, &m), ERR_OK);
	assert_int_equal(invites_cancel(f->s, unknown), ERR_ABSENT);
	assert_int_equal(invites_cancel(f->s, m.id), ERR_OK);
	assert_int_equal(invites_cancel(f->s, m.id), ERR_EXISTS);
}

/* What the office sees of one: role, cells, organisation, state. */
static void
check_listed(const struct invite_listed *v, enum role role,
    const char *cells, const char *organisation, enum invite_state state)
{
	assert_int_equal(v->role, role);
	assert_string_equal(v->cells, cells);
	assert_string_equal(v->organisation, organisation);
	assert_int_equal(v->state, state);
}

static void
invites_are_listed(void **state)
{
	struct new_commune *f = *state;
	struct commune_cell cell[2];
	uint8_t both[2][SCOPE_LEN];
	struct invite_listed *list = NULL;
	struct invite_made m[3];
	struct invite_new n = { .role = ROLE_SECRETARY, .cell_count = 1,
		.cells = (const uint8_t(*)[SCOPE_LEN])both };
	char hex[2 * ID_LEN + 1];
	uint8_t id[ID_LEN];
	size_t count = 9;

	assert_int_equal(invites_list(f->s, INVITES_ALL, &list, &count),
	    ERR_OK);
	assert_int_equal(count, 0);	/* the office itself was certified */
	invites_list_free(list, count);
	new_commune_cell(f, "C1", "Ba Mô", &cell[0]);
	new_commune_cell(f, "C2", "Nà Ngần", &cell[1]);
	memcpy(both[0], cell[0].scope, SCOPE_LEN);
	memcpy(both[1], cell[1].scope, SCOPE_LEN);
	assert_int_equal(invites_make(f->s, &n, NULL, &m[0]), ERR_OK);
	n.role = ROLE_ORGANISATION;
	n.organisation = of("hoi-phu-nu");
	assert_int_equal(invites_make(f->s, &n, NULL, &m[1]), ERR_OK);
	n = (struct invite_new){ .role = ROLE_COMMISSIONER, .cell_count = 2,
		.cells = (const uint8_t(*)[SCOPE_LEN])both };
	assert_int_equal(invites_make(f->s, &n, NULL, &m[2]), ERR_OK);
	assert_int_equal(invites_cancel(f->s, m[0].id), ERR_OK);
	assert_int_equal(invites_list(f->s, INVITES_ALL, &list, &count),
	    ERR_OK);
	assert_int_equal(count, 3);
	check_listed(&list[0], ROLE_SECRETARY, "C1", "", INVITE_CANCELLED);
	check_listed(&list[1], ROLE_ORGANISATION, "C1", "hoi-phu-nu",
	    INVITE_OPEN);
	assert_memory_equal(list[1].id, m[1].id, ID_LEN);
	assert_false(list[1].sent);
	assert_int_equal(list[1].expires_ms, 0);
	invites_list_free(list, count);
	assert_int_equal(invites_list(f->s, INVITES_OPEN, &list, &count),
	    ERR_OK);
	assert_int_equal(count, 2);
	hex_encode(m[2].id, ID_LEN, hex);
	assert_int_equal(invites_find(f->s, hex, id), ERR_OK);
	assert_memory_equal(id, m[2].id, ID_LEN);
	hex[SHORT_ID_MIN] = '\0';
	for (size_t i = 0; hex[i] != '\0'; i++)
		hex[i] = (char)toupper((unsigned char)hex[i]);
	assert_int_equal(invites_find(f->s, hex, id), ERR_OK);
	hex[SHORT_ID_MIN - 1] = '\0';
	assert_int_equal(invites_find(f->s, hex, id), ERR_FORMAT);
	assert_int_equal(invites_find(f->s, "abcdeg", id), ERR_FORMAT);
	/* an office's own certificate is no invite */
	hex_encode(store_device(f->s), ID_LEN, hex);
	assert_int_equal(invites_find(f->s, hex, id), ERR_ABSENT);
	check_listed(&list[1], ROLE_COMMISSIONER, "C1 C2", "", INVITE_OPEN);
	invites_list_free(list, count);
	invites_list_free(NULL, 0);
}

/* The little hub's clock stands in 2023. */
static void
used_and_old_invites_are_told(void **state)
{
	static struct cell_world w;
	struct invite_listed *list = NULL;
	struct invite_made m;
	struct invite_new n = { .role = ROLE_DEPUTY, .cell_count = 1,
		.cells = (const uint8_t(*)[SCOPE_LEN]) & w.cell };
	size_t count = 0;

	(void)state;
	cell_world_open(&w);
	assert_int_equal(invites_make(w.s[AT_OFFICE], &n, NULL, &m), ERR_OK);
	cell_world_sync(&w);
	assert_int_equal(invites_list(w.s[AT_OFFICE], INVITES_OPEN, &list,
	    &count), ERR_OK);
	assert_int_equal(count, 0);
	invites_list_free(list, count);
	assert_int_equal(invites_list(w.s[AT_OFFICE], INVITES_ALL, &list,
	    &count), ERR_OK);
	assert_int_equal(count, 4);
	check_listed(&list[0], ROLE_SECRETARY, CELL_WORLD_CODE, "",
	    INVITE_CLAIMED);
	check_listed(&list[2], ROLE_ORGANISATION, CELL_WORLD_CODE,
	    CELL_WORLD_UNION, INVITE_CLAIMED);
	check_listed(&list[3], ROLE_DEPUTY, CELL_WORLD_CODE, "",
	    INVITE_EXPIRED);
	assert_true(list[3].sent);
	assert_true(list[3].expires_ms > UINT64_C(1700000000000));
	invites_list_free(list, count);
	cell_world_close(&w);
}

int
main(void)
{
#define BEGUN(t) \
	cmocka_unit_test_setup_teardown(t, new_commune_begun, new_commune_end)
	const struct CMUnitTest tests[] = {
		BEGUN(a_lane_is_added_to_its_cells_certificates),
		BEGUN(an_invite_holds_what_the_joiner_needs),
		BEGUN(cells_and_organisation_fit_the_role),
		BEGUN(root_invites_another_office),
		BEGUN(an_invite_is_cancelled_once),
		BEGUN(invites_are_listed),
		cmocka_unit_test(used_and_old_invites_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
