/* SPDX-License-Identifier: Apache-2.0 */
/* test_reminders.c -- what a reader of reminders.h, read_marks.h and
 * review_notes.h may rely on: a commissioner and two cells, with real
 * stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/reminders.h"
#include "client/records/review_notes.h"
#include "client/store/outbox.h"
#include "tests/support/cell_world.h"

static struct cell_world world;
enum { DUE = 18800 };
#define TEXT "Gặp Hà Văn Phúc trước cuối tháng"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static void
is(err e, err want)
{
	assert_string_equal(err_name(e), err_name(want));
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static int
setup(void **state)
{
	(void)state;
	cell_world_open(&world);
	cell_world_commissioner(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

static void
send(enum cell_world_device d, const uint8_t *about,
    uint8_t ret[static ID_LEN])
{
	const struct reminder_draft draft = { .text = text(TEXT),
		.has_due = true, .due = DUE, .about = about };

	ok(reminders_send(world.s[d], world.cell, &draft, ret));
}

static struct reminder_list *
listed(enum cell_world_device d, unsigned states, size_t count)
{
	struct reminder_list *list = NULL;

	ok(reminders_list(world.s[d], NULL, states, &list));
	assert_int_equal(list->count, count);
	return list;
}

static void
is_in(enum cell_world_device d, enum reminder_state state, size_t marks)
{
	struct reminder_list *list = listed(d, 1u << state, 1);

	assert_int_equal(list->items[0].state, state);
	assert_int_equal(list->items[0].marks.count, marks);
	reminders_free(list);
}

static void
done(enum cell_world_device d, err want)
{
	struct reminder_list *list = listed(d, 0, 1);

	is(reminders_done(world.s[d], &list->items[0]), want);
	reminders_free(list);
}

static void
seen(enum cell_world_device d, size_t want)
{
	size_t written = 9;

	ok(reminders_mark_seen(world.s[d], &written));
	assert_int_equal(written, want);
}

static void
a_reminder_is_sent_seen_and_done(void **state)
{
	struct reminder_list *list;
	uint8_t id[ID_LEN], person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	send(AT_COMMISSIONER, person, id);
	list = listed(AT_COMMISSIONER, 1u << REMINDER_OPEN, 1);
	assert_false(list->items[0].received);
	reminders_free(list);
	cell_world_sync(&world);

	list = listed(AT_SECRETARY, 0, 1);
	assert_string_equal(list->items[0].text, TEXT);
	assert_string_equal(list->items[0].code, CELL_WORLD_CODE);
	assert_string_equal(list->items[0].about_name, "Hà Văn Phúc");
	assert_memory_equal(list->items[0].about, person, ID_LEN);
	assert_true(list->items[0].has_due);
	assert_int_equal(list->items[0].due, DUE);
	assert_true(list->items[0].received);
	assert_int_equal(list->items[0].from.role, ROLE_COMMISSIONER);
	assert_string_equal(list->items[0].from.name, LITTLE_HUB_HOLDER);
	assert_false(list->items[0].shown);
	assert_false(reminders_overdue(&list->items[0], DUE));
	assert_true(reminders_overdue(&list->items[0], DUE + 1));
	reminders_free(list);

	/* once a device, and only where it is for */
	seen(AT_COMMISSIONER, 0);
	seen(AT_OFFICE, 0);
	seen(AT_UNION, 0);
	seen(AT_OTHER, 0);
	seen(AT_SECRETARY, 1);
	seen(AT_SECRETARY, 0);
	is_in(AT_SECRETARY, REMINDER_SEEN, 1);
	seen(AT_DEPUTY, 1);
	cell_world_sync(&world);
	is_in(AT_COMMISSIONER, REMINDER_SEEN, 2);
	is_in(AT_OFFICE, REMINDER_SEEN, 2);

	done(AT_COMMISSIONER, ERR_ROLE);
	done(AT_OFFICE, ERR_ROLE);
	done(AT_DEPUTY, ERR_OK);
	done(AT_DEPUTY, ERR_EXISTS);
	cell_world_sync(&world);
	list = listed(AT_COMMISSIONER, 1u << REMINDER_DONE, 1);
	assert_non_null(list->items[0].done);
	assert_int_equal(list->items[0].done->author.role, ROLE_DEPUTY);
	assert_true(list->items[0].done->received);
	assert_false(reminders_overdue(&list->items[0], DUE + 1));
	reminders_free(list);
	reminders_free(listed(AT_SECRETARY, 1u << REMINDER_OPEN |
	    1u << REMINDER_SEEN, 0));
	seen(AT_SECRETARY, 0);
}

static void
it_is_sealed_and_nobody_else_reads_it(void **state)
{
	uint8_t id[ID_LEN];
	const struct state *found = NULL;

	(void)state;
	send(AT_OFFICE, NULL, id);
	cell_world_sync(&world);
	reminders_free(listed(AT_UNION, 0, 0));
	reminders_free(listed(AT_OTHER, 0, 0));
	is(store_state(world.s[AT_OTHER], world.cell, id, &found), ERR_ABSENT);
	reminders_free(listed(AT_DEPUTY, 0, 1));
	for (size_t i = 0; i < world.hub.count; i++) {
		const struct buf *b = &world.hub.leaves[i].frame;
		for (size_t k = 0; k + 10 < b->n; k++)
			assert_memory_not_equal(b->p + k, TEXT, 10);
	}
}

static void
who_may_not_remind_is_refused(void **state)
{
	static const struct {
		enum cell_world_device d;
		err want;
	} rows[] = {
		{ AT_SECRETARY, ERR_ROLE }, { AT_DEPUTY, ERR_ROLE },
		{ AT_UNION, ERR_ROLE }, { AT_OTHER, ERR_ROLE },
	};
	struct reminder_draft d = { .text = text(TEXT) };
	struct reminder_list *list;
	uint8_t id[ID_LEN];
	char long_text[1100];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is(reminders_send(world.s[rows[i].d], world.cell, &d, id),
		    rows[i].want);
	is(reminders_send(world.s[AT_COMMISSIONER], world.other, &d, id),
	    ERR_SCOPE);
	ok(reminders_send(world.s[AT_OFFICE], world.other, &d, id));
	d.text.n = 0;
	is(reminders_send(world.s[AT_OFFICE], world.cell, &d, id), ERR_VALUE);
	memset(long_text, 'a', sizeof long_text);
	d.text = (struct span){ (const uint8_t *)long_text,
		sizeof long_text };
	is(reminders_send(world.s[AT_OFFICE], world.cell, &d, id), ERR_VALUE);
	cell_world_sync(&world);
	list = listed(AT_OTHER, 0, 1);
	assert_string_equal(list->items[0].code, CELL_WORLD_OTHER);
	reminders_free(list);
	reminders_free(listed(AT_COMMISSIONER, 0, 0));
}

/* ---- a client that was tampered with */

static void
write_reminder(enum cell_world_device d, err want)
{
	struct store_op op = { .kind = KIND_REMINDER, .creates = true };

	crypto_random(op.subject, ID_LEN);
	op.fields = field_draft_new();
	op.sealed = field_draft_new();
	field_draft_put_int(op.fields, FIELD_DUE, DUE);
	field_draft_put_text(op.sealed, FIELD_REMARK, text(TEXT));
	is(store_write(world.s[d], world.cell, &op, 1, NULL, 0, NULL), want);
	field_draft_free(op.fields);
	field_draft_free(op.sealed);
}

static void
write_mark(enum cell_world_device d, const uint8_t *subject,
    const struct op_ref *cites, bool is_done, err want)
{
	struct store_op op = { .kind = KIND_READ };

	memcpy(op.subject, subject, ID_LEN);
	op.fields = field_draft_new();
	field_draft_put_int(op.fields, FIELD_DATE, DUE);
	field_draft_put_bool(op.fields, FIELD_DONE, is_done);
	if (cites != NULL)
		field_draft_put_ref(op.fields, FIELD_CITES, cites);
	is(store_write(world.s[d], scope_root, &op, 1, NULL, 0, NULL), want);
	field_draft_free(op.fields);
}

struct voids {
	size_t count;
	uint64_t kind;
	enum verdict verdict;
};

static err
count_void(void *ctx, const struct store_void *v)
{
	struct voids *all = ctx;

	all->count++;
	all->kind = v->kind;
	all->verdict = v->verdict;
	return ERR_OK;
}

static void
one_void(enum cell_world_device d, uint64_t kind, enum verdict verdict)
{
	struct voids v = { .count = 0 };

	ok(store_each_void(world.s[d], count_void, &v));
	assert_int_equal(v.count, 1);
	assert_int_equal(v.kind, kind);
	assert_int_equal(v.verdict, verdict);
}

static void
a_secretary_that_reminds_is_void_everywhere(void **state)
{
	static const enum cell_world_device readers[] = { AT_OFFICE,
		AT_SECRETARY, AT_DEPUTY, AT_COMMISSIONER };

	(void)state;
	write_reminder(AT_SECRETARY, ERR_ROLE);
	store_skip_judgement(world.s[AT_SECRETARY]);
	write_reminder(AT_SECRETARY, ERR_OK);
	cell_world_sync(&world);
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		one_void(readers[i], KIND_REMINDER, VERDICT_ROLE);
		reminders_free(listed(readers[i], 0, 0));
	}
}

/* What the hub says of each log of that scope. */
struct offering {
	struct outbox *o;
	enum reason reason;
	size_t count;
};

static err
offer(void *ctx, const struct outbox_log *log)
{
	struct offering *f = ctx;
	struct leaf_inner inner;
	struct buf bytes = { .p = NULL };
	struct segment s;
	uint8_t scope[SCOPE_LEN];

	if (memcmp(log->scope, world.other, SCOPE_LEN) != 0)
		return ERR_OK;
	ok(outbox_segment(f->o, log->log, 0, 65536, &bytes, &s));
	ok(ledger_admit(world.hub.ledger, &s, world.hub.time_ms + 1, NULL,
	    NULL, &f->reason, &inner, scope));
	f->count++;
	buf_free(&bytes);
	return ERR_OK;
}

static void
a_cell_that_is_not_in_charge_is_out_of_reach(void **state)
{
	struct store *s = world.s[AT_COMMISSIONER];
	struct offering f = { .reason = REASON_ADMITTED };
	struct store_op op = { .kind = KIND_REMINDER };

	(void)state;
	store_skip_judgement(s);
	crypto_random(op.subject, ID_LEN);
	/* there is no key to seal with */
	op.sealed = field_draft_new();
	field_draft_put_text(op.sealed, FIELD_REMARK, text(TEXT));
	op.creates = true;
	is(store_write(s, world.other, &op, 1, NULL, 0, NULL), ERR_KEY);
	/* and what needs none does not get past the hub */
	field_draft_free(op.sealed);
	op.sealed = NULL;
	op.creates = false;
	op.fields = field_draft_new();
	field_draft_put_int(op.fields, FIELD_DUE, DUE);
	ok(store_write(s, world.other, &op, 1, NULL, 0, NULL));
	field_draft_free(op.fields);
	ok(outbox_open(world.dir[AT_COMMISSIONER], &f.o));
	ok(outbox_logs(f.o, offer, &f));
	outbox_close(f.o);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reason, REASON_SCOPE);
}

static void
marks_of_others_do_not_count(void **state)
{
	struct reminder_list *list;
	uint8_t id[ID_LEN];

	(void)state;
	send(AT_COMMISSIONER, NULL, id);
	cell_world_sync(&world);
	/* who is not of the cell may write a mark, it does not count here */
	write_mark(AT_OTHER, id, NULL, true, ERR_OK);
	write_mark(AT_UNION, id, NULL, true, ERR_OK);
	write_mark(AT_COMMISSIONER, id, NULL, true, ERR_OK);
	cell_world_sync(&world);
	is_in(AT_COMMISSIONER, REMINDER_OPEN, 0);
	is_in(AT_DEPUTY, REMINDER_OPEN, 0);
	done(AT_SECRETARY, ERR_OK);
	cell_world_sync(&world);
	is_in(AT_COMMISSIONER, REMINDER_DONE, 1);

	/* nor may anybody touch another's mark */
	list = listed(AT_COMMISSIONER, 0, 1);
	const struct op_ref ref = { .seq = list->items[0].done->stamp.seq,
		.op = list->items[0].done->stamp.op };
	struct op_ref of_secretary = ref;
	memcpy(of_secretary.log, list->items[0].done->stamp.log, ID_LEN);
	reminders_free(list);
	write_mark(AT_OTHER, id, &of_secretary, false, ERR_VALUE);
	store_skip_judgement(world.s[AT_OTHER]);
	write_mark(AT_OTHER, id, &of_secretary, false, ERR_OK);
	cell_world_sync(&world);
	for (int d = 0; d < CELL_WORLD_MOST; d++)
		one_void((enum cell_world_device)d, KIND_READ, VERDICT_CHECK);
	is_in(AT_COMMISSIONER, REMINDER_DONE, 1);
	is_in(AT_OFFICE, REMINDER_DONE, 1);
}

static void
a_reminder_may_be_withdrawn(void **state)
{
	struct reminder_list *list, *old;
	uint8_t id[ID_LEN];

	(void)state;
	send(AT_COMMISSIONER, NULL, id);
	cell_world_sync(&world);
	list = listed(AT_SECRETARY, 0, 1);
	is(reminders_withdraw(world.s[AT_SECRETARY], &list->items[0],
	    text("thôi")), ERR_ROLE);
	old = listed(AT_COMMISSIONER, 0, 1);
	is(reminders_withdraw(world.s[AT_COMMISSIONER], &old->items[0],
	    text("")), ERR_VALUE);
	ok(reminders_withdraw(world.s[AT_COMMISSIONER], &old->items[0],
	    text("nhầm chi bộ")));
	is(reminders_withdraw(world.s[AT_COMMISSIONER], &old->items[0],
	    text("nhầm chi bộ")), ERR_CHANGED);
	reminders_free(old);
	cell_world_sync(&world);
	is(reminders_done(world.s[AT_SECRETARY], &list->items[0]),
	    ERR_CHANGED);
	reminders_free(list);
	reminders_free(listed(AT_SECRETARY, 0, 0));
	reminders_free(listed(AT_OFFICE, 0, 0));
}

static void
order_and_ids(void **state)
{
	static const struct {
		const char *text;
		bool has_due;
		int64_t due;
	} rows[] = {
		{ "c", false, 0 }, { "b", true, DUE + 5 }, { "a", true, DUE },
		{ "d", true, DUE - 5 },
	};
	struct reminder_list *list;
	char hex[2 * ID_LEN + 1];
	uint8_t id[ID_LEN];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct reminder_draft d = { .text = text(rows[i].text),
			.has_due = rows[i].has_due, .due = rows[i].due };
		ok(reminders_send(world.s[AT_OFFICE], world.cell, &d, id));
	}
	cell_world_sync(&world);
	list = listed(AT_SECRETARY, 0, 4);
	assert_string_equal(list->items[0].text, "d");
	ok(reminders_done(world.s[AT_SECRETARY], &list->items[0]));
	reminders_free(list);
	list = listed(AT_SECRETARY, 0, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(list->items[i].text[0], "abcd"[i]);
	hex_encode(list->items[2].subject, ID_LEN, hex);
	assert_ptr_equal(reminders_find(list, hex), &list->items[2]);
	hex[8] = '\0';
	assert_ptr_equal(reminders_find(list, hex), &list->items[2]);
	hex[5] = '\0';
	assert_null(reminders_find(list, hex));
	assert_null(reminders_find(list, "000000000000"));
	reminders_free(list);
	assert_string_equal(reminders_state_name(REMINDER_SEEN), "seen");
}

static void
notes_about_a_person(void **state)
{
	struct review_notes notes;
	uint8_t person[ID_LEN], nobody[ID_LEN] = { 9 };

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	is(review_notes_add(world.s[AT_SECRETARY], world.cell, person,
	    text(TEXT)), ERR_ROLE);
	is(review_notes_add(world.s[AT_UNION], world.cell, person, text(TEXT)),
	    ERR_ROLE);
	is(review_notes_add(world.s[AT_COMMISSIONER], world.other, person,
	    text(TEXT)), ERR_SCOPE);
	is(review_notes_add(world.s[AT_COMMISSIONER], world.cell, person,
	    text("")), ERR_VALUE);
	is(review_notes_add(world.s[AT_COMMISSIONER], world.cell, nobody,
	    text(TEXT)), ERR_KEY);
	ok(review_notes_add(world.s[AT_COMMISSIONER], world.cell, person,
	    text(TEXT)));
	ok(review_notes_add(world.s[AT_OFFICE], world.cell, person,
	    text("hai")));
	cell_world_sync(&world);
	ok(review_notes_of(world.s[AT_DEPUTY], world.cell, person, &notes));
	assert_int_equal(notes.count, 2);
	for (size_t i = 0; i < 2; i++) {
		bool first = notes.items[i].from.role == ROLE_COMMISSIONER;
		assert_string_equal(notes.items[i].text, first ? TEXT : "hai");
		assert_true(notes.items[i].received);
		assert_false(notes.items[i].unreadable);
	}
	review_notes_free(&notes);
	ok(review_notes_of(world.s[AT_DEPUTY], world.cell, nobody, &notes));
	assert_int_equal(notes.count, 0);
	review_notes_free(&notes);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(a_reminder_is_sent_seen_and_done),
		WITH(it_is_sealed_and_nobody_else_reads_it),
		WITH(who_may_not_remind_is_refused),
		WITH(a_secretary_that_reminds_is_void_everywhere),
		WITH(a_cell_that_is_not_in_charge_is_out_of_reach),
		WITH(marks_of_others_do_not_count),
		WITH(a_reminder_may_be_withdrawn),
		WITH(order_and_ids),
		WITH(notes_about_a_person),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("reminders", tests, NULL, NULL);
}
