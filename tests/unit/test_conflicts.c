/* SPDX-License-Identifier: Apache-2.0 */
/* test_conflicts.c -- what a reader of conflicts.h may rely on: two devices
 * of one cell, with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/conflicts.h"
#include "protocol/figures.h"
#include "tests/support/cell_world.h"

static struct cell_world world;

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
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
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cell_world_close(&world);
	return 0;
}

static struct conflict_list *
listed(enum cell_world_device d, size_t count)
{
	struct conflict_list *list = NULL;

	ok(conflicts_list(world.s[d], &list));
	assert_int_equal(list->count, count);
	return list;
}

static void
none(enum cell_world_device d)
{
	conflicts_free(listed(d, 0));
}

static void
edit(enum cell_world_device d, const uint8_t *person, uint64_t field,
    const char *value)
{
	cell_world_text(&world, d, world.cell, person, KIND_PERSON, field,
	    value);
}

static bool
value_is(const struct conflict_value *v, const char *want)
{
	struct codec_reader r = codec_reader(v->value);
	struct span got;

	return codec_read_text(&r, &got) == ERR_OK &&
	    span_equal(got, text(want));
}

/* 1 to count: the value of that text. */
static size_t
number_of(const struct conflict *c, const char *want)
{
	for (size_t i = 0; i < c->count; i++)
		if (value_is(&c->values[i], want))
			return i + 1;
	fail_msg("no value %s", want);
	return 0;
}

static void
the_same_field_is_a_conflict_and_the_choice_arrives(void **state)
{
	struct conflict_choice choice = { .keep = 0 };
	struct conflict_list *list;
	uint8_t person[ID_LEN];
	char id[CONFLICT_ID_BYTES];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	edit(AT_SECRETARY, person, FIELD_PHONE, "0911");
	edit(AT_DEPUTY, person, FIELD_PHONE, "0922");
	edit(AT_DEPUTY, person, FIELD_WORKPLACE, "Khu công nghiệp");
	none(AT_SECRETARY);
	none(AT_DEPUTY);
	cell_world_sync(&world);

	list = listed(AT_SECRETARY, 1);
	const struct conflict *c = &list->items[0];
	assert_int_equal(c->what, CONFLICT_VALUES);
	assert_int_equal(c->field, FIELD_PHONE);
	assert_string_equal(c->name, "Hà Văn Phúc");
	assert_string_equal(c->code, CELL_WORLD_CODE);
	assert_int_equal(c->count, 2);
	assert_int_equal(c->values[0].winner + c->values[1].winner, 1);
	const struct conflict_value *v = &c->values[number_of(c, "0922") - 1];
	assert_true(v->received);
	assert_false(v->author.own);
	assert_int_equal(v->author.role, ROLE_DEPUTY);
	assert_memory_equal(v->author.device, store_device(world.s[AT_DEPUTY]),
	    ID_LEN);
	assert_string_equal(v->author.name, LITTLE_HUB_HOLDER);
	assert_true(v->stamp.time_ms > 0);
	memcpy(id, c->id, sizeof id);
	assert_ptr_equal(conflicts_find(list, id), c);
	id[4] = '\0';
	assert_ptr_equal(conflicts_find(list, id), c);
	assert_null(conflicts_find(list, "zzzzzzzz"));

	choice.keep = number_of(c, "0922");
	ok(conflicts_settle(world.s[AT_SECRETARY], c, &choice));
	conflicts_free(list);
	none(AT_SECRETARY);
	cell_world_sync(&world);
	for (int d = AT_OFFICE; d <= AT_DEPUTY; d++) {
		none((enum cell_world_device)d);
		assert_string_equal(cell_world_read(&world,
		    (enum cell_world_device)d, world.cell, person,
		    FIELD_PHONE), "0922");
	}
}

static void
a_new_value_settles_too_and_is_checked(void **state)
{
	struct conflict_choice choice = { .keep = 0 };
	struct conflict_list *list;
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	edit(AT_SECRETARY, person, FIELD_RESIDENCE, "tai-dia-phuong");
	edit(AT_DEPUTY, person, FIELD_RESIDENCE, "o-dau-do");
	cell_world_sync(&world);
	list = listed(AT_OFFICE, 1);
	choice.text = text("cung-trang");
	assert_int_equal(conflicts_settle(world.s[AT_OFFICE],
	    &list->items[0], &choice), ERR_VALUE);
	choice.keep = 1;
	assert_int_equal(conflicts_settle(world.s[AT_OFFICE],
	    &list->items[0], &choice), ERR_VALUE);
	choice = (struct conflict_choice){ .keep = 3 };
	assert_int_equal(conflicts_settle(world.s[AT_OFFICE],
	    &list->items[0], &choice), ERR_VALUE);
	choice = (struct conflict_choice){ .text = text("di-lam-xa") };
	ok(conflicts_settle(world.s[AT_OFFICE], &list->items[0], &choice));
	conflicts_free(list);
	cell_world_sync(&world);
	none(AT_DEPUTY);
	assert_string_equal(cell_world_read(&world, AT_DEPUTY, world.cell,
	    person, FIELD_RESIDENCE), "di-lam-xa");
}

static void
equal_values_are_no_conflict(void **state)
{
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	edit(AT_SECRETARY, person, FIELD_PHONE, "0911");
	edit(AT_DEPUTY, person, FIELD_PHONE, "0911");
	cell_world_sync(&world);
	none(AT_OFFICE);
	none(AT_SECRETARY);
	none(AT_DEPUTY);
}

static void
what_changed_meanwhile_is_not_settled(void **state)
{
	struct conflict_choice choice = { .keep = 1 };
	struct conflict_list *list, *later;
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	edit(AT_SECRETARY, person, FIELD_PHONE, "0911");
	edit(AT_DEPUTY, person, FIELD_PHONE, "0922");
	cell_world_sync(&world);
	list = listed(AT_SECRETARY, 1);
	assert_int_equal(conflicts_seen(world.s[AT_SECRETARY],
	    &list->items[0]), ERR_ABSENT);
	ok(conflicts_remember(world.s[AT_SECRETARY], list));
	ok(conflicts_seen(world.s[AT_SECRETARY], &list->items[0]));
	edit(AT_SECRETARY, person, FIELD_PHONE, "0933");
	edit(AT_OFFICE, person, FIELD_PHONE, "0944");
	cell_world_sync(&world);
	later = listed(AT_SECRETARY, 1);
	assert_string_equal(later->items[0].id, list->items[0].id);
	assert_int_equal(conflicts_seen(world.s[AT_SECRETARY],
	    &later->items[0]), ERR_CHANGED);
	assert_int_equal(conflicts_settle(world.s[AT_SECRETARY],
	    &list->items[0], &choice), ERR_CHANGED);
	conflicts_free(list);
	conflicts_free(later);
}

static uint64_t
unsettled(enum cell_world_device d);

static void
a_step_recorded_twice_is_settled_by_voiding_the_other(void **state)
{
	struct conflict_choice choice = { .text = text("2021-02-01") };
	struct conflict_list *list;
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	cell_world_step(&world, AT_SECRETARY, person, STEP_NOMINATED,
	    "2021-02-01");
	cell_world_step(&world, AT_DEPUTY, person, STEP_NOMINATED,
	    "2021-02-03");
	cell_world_sync(&world);
	list = listed(AT_OFFICE, 1);
	assert_int_equal(list->items[0].what, CONFLICT_DOUBLED);
	assert_int_equal(list->items[0].step, STEP_NOMINATED);
	assert_int_equal(list->items[0].count, 2);
	assert_int_equal(unsettled(AT_OFFICE), 1);
	assert_true(value_is(&(struct conflict_value){ .value =
	    list->items[0].values[0].detail }, CELL_WORLD_UNION));
	assert_int_equal(conflicts_settle(world.s[AT_OFFICE],
	    &list->items[0], &choice), ERR_VALUE);
	choice = (struct conflict_choice){ .keep = 1 };
	ok(conflicts_settle(world.s[AT_OFFICE], &list->items[0], &choice));
	conflicts_free(list);
	cell_world_sync(&world);
	none(AT_OFFICE);
	none(AT_SECRETARY);
	none(AT_DEPUTY);
	assert_int_equal(unsettled(AT_DEPUTY), 0);
}

static err
add_subject(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *s)
{
	return figures_add(ctx, scope, subject, s);
}

static uint64_t
unsettled(enum cell_world_device d)
{
	struct figures *f = figures_new(0);
	uint64_t count;

	ok(store_each(world.s[d], NULL, 0, add_subject, f));
	count = figures_unsettled(f);
	figures_free(f);
	return count;
}

/* One device sends the person away, the other goes on. */
static void
a_step_out_of_order_is_listed_and_can_be_dropped(void **state)
{
	struct conflict_choice choice = { .keep = 1 };
	struct conflict_list *list;
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_step(&world, AT_SECRETARY, person, STEP_NOMINATED,
	    "2021-02-01");
	cell_world_sync(&world);
	cell_world_step(&world, AT_SECRETARY, person, STEP_WITHDRAWN,
	    "2021-03-01");
	cell_world_step(&world, AT_DEPUTY, person, STEP_INTRODUCED,
	    "2021-04-01");
	none(AT_DEPUTY);
	cell_world_sync(&world);
	list = listed(AT_DEPUTY, 1);
	assert_int_equal(list->items[0].what, CONFLICT_ORDER);
	assert_int_equal(list->items[0].step, STEP_INTRODUCED);
	assert_int_equal(list->items[0].verdict, STEPS_LEFT);
	assert_int_equal(conflicts_settle(world.s[AT_DEPUTY],
	    &list->items[0], &choice), ERR_VALUE);
	choice = (struct conflict_choice){ .drop = true };
	ok(conflicts_settle(world.s[AT_DEPUTY], &list->items[0], &choice));
	conflicts_free(list);
	cell_world_sync(&world);
	none(AT_SECRETARY);
	none(AT_OFFICE);
}

/* Sent away on one device and nominated, later, on the other: by the rules
 * that would have been a new round. */
static void
a_step_behind_an_exit_is_out_of_order(void **state)
{
	struct conflict_list *list;
	uint8_t person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_sync(&world);
	cell_world_step(&world, AT_SECRETARY, person, STEP_WITHDRAWN,
	    "2021-03-01");
	cell_world_step(&world, AT_DEPUTY, person, STEP_NOMINATED,
	    "2021-04-01");
	cell_world_sync(&world);
	list = listed(AT_OFFICE, 1);
	assert_int_equal(list->items[0].what, CONFLICT_ORDER);
	assert_int_equal(list->items[0].verdict, STEPS_LEFT);
	conflicts_free(list);
}

/* The date of one step corrected twice: an element's register. */
static void
a_corrected_date_is_settled_in_its_element(void **state)
{
	struct conflict_choice choice = { .text = text("5/2/2021") };
	struct conflict_list *list;
	const struct state *merged;
	struct step_record *steps;
	uint8_t person[ID_LEN];
	struct op_ref ref;
	size_t count;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	cell_world_step(&world, AT_SECRETARY, person, STEP_NOMINATED,
	    "2021-02-01");
	cell_world_sync(&world);
	ok(store_state(world.s[AT_OFFICE], world.cell, person, &merged));
	ok(steps_of(store_lines(world.s[AT_OFFICE]), merged, &steps, &count));
	assert_int_equal(count, 2);
	memcpy(ref.log, steps[1].element, ID_LEN);
	ref.seq = be64_get(steps[1].element + ID_LEN);
	ref.op = steps[1].element[ID_LEN + 8];
	free(steps);
	for (int d = AT_SECRETARY; d <= AT_DEPUTY; d++) {
		struct store_op op = { .kind = KIND_STEP,
			.fields = field_draft_new() };
		memcpy(op.subject, person, ID_LEN);
		field_draft_put_ref(op.fields, FIELD_CITES, &ref);
		field_draft_put_uint(op.fields, FIELD_STEP, STEP_NOMINATED);
		field_draft_put_int(op.fields, FIELD_DATE, 18660 + d);
		ok(store_write(world.s[d], world.cell, &op, 1, NULL, 0, NULL));
		field_draft_free(op.fields);
	}
	cell_world_sync(&world);
	list = listed(AT_SECRETARY, 1);
	assert_int_equal(list->items[0].field, FIELD_DATE);
	assert_int_equal(list->items[0].step, STEP_NOMINATED);
	ok(conflicts_settle(world.s[AT_SECRETARY], &list->items[0], &choice));
	conflicts_free(list);
	cell_world_sync(&world);
	none(AT_OFFICE);
	ok(store_state(world.s[AT_OFFICE], world.cell, person, &merged));
	ok(steps_of(store_lines(world.s[AT_OFFICE]), merged, &steps, &count));
	assert_int_equal(count, 2);
	assert_int_equal(steps[1].date, 18663);
	free(steps);
}

/* An activity is its own subject; the element is that of its first op. */
static void
an_activity_is_settled_in_its_element(void **state)
{
	struct conflict_choice choice = { .text = text("25") };
	struct conflict_list *list;
	uint8_t subject[ID_LEN] = { 7 }, element[ELEMENT_MAX];
	const struct state *merged;
	struct op_ref ref;
	uint64_t people = 0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		enum cell_world_device d = round == 2 ? AT_DEPUTY :
		    AT_SECRETARY;
		struct store_op op = { .kind = KIND_ACTIVITY,
			.fields = field_draft_new() };
		memcpy(op.subject, subject, ID_LEN);
		if (round > 0)
			field_draft_put_ref(op.fields, FIELD_CITES, &ref);
		else
			field_draft_put_text(op.fields, FIELD_TITLE,
			    text("Vệ sinh đường làng"));
		field_draft_put_uint(op.fields, FIELD_PARTICIPANTS,
		    20 + (uint64_t)round);
		ok(store_write(world.s[d], world.cell, &op, 1, NULL, 0,
		    round == 0 ? &ref : NULL));
		field_draft_free(op.fields);
		if (round == 0)
			cell_world_sync(&world);
	}
	cell_world_sync(&world);
	list = listed(AT_OFFICE, 1);
	assert_int_equal(list->items[0].field, FIELD_PARTICIPANTS);
	assert_string_equal(list->items[0].name, "Vệ sinh đường làng");
	ok(conflicts_settle(world.s[AT_OFFICE], &list->items[0], &choice));
	conflicts_free(list);
	cell_world_sync(&world);
	none(AT_DEPUTY);
	memcpy(element, ref.log, ID_LEN);
	be64_put(element + ID_LEN, ref.seq);
	element[ID_LEN + 8] = ref.op;
	ok(store_state(world.s[AT_DEPUTY], world.cell, subject, &merged));
	ok(state_uint(merged, FIELD_PARTICIPANTS,
	    (struct span){ element, ID_LEN + 9 }, 0, &people));
	assert_int_equal(people, 25);
}

static void
an_op_without_effect_is_listed_everywhere(void **state)
{
	const struct steps_wanted admitted = { .step = STEP_ADMITTED,
		.has_date = true, .date = 18800 };
	struct conflict_void *voids = NULL;
	uint8_t person[ID_LEN];
	size_t count = 9;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Hà Văn Phúc", "2021-01-02",
	    person);
	ok(conflicts_void(world.s[AT_OFFICE], &voids, &count));
	assert_int_equal(count, 0);
	free(voids);
	assert_int_equal(steps_write(world.s[AT_UNION], world.lane, person,
	    &admitted, 0, NULL), ERR_ROLE);
	store_skip_judgement(world.s[AT_UNION]);
	ok(steps_write(world.s[AT_UNION], world.lane, person, &admitted, 0,
	    NULL));
	cell_world_sync(&world);
	for (int d = 0; d < CELL_WORLD_DEVICES; d++) {
		ok(conflicts_void(world.s[d], &voids, &count));
		assert_int_equal(count, 1);
		assert_int_equal(voids->op.kind, KIND_STEP);
		assert_int_equal(voids->op.verdict, VERDICT_ROLE);
		assert_int_equal(voids->step, STEP_ADMITTED);
		assert_true(voids->has_date);
		assert_int_equal(voids->date, 18800);
		assert_true(voids->received);
		assert_int_equal(voids->author.role, ROLE_ORGANISATION);
		assert_string_equal(voids->author.name, LITTLE_HUB_HOLDER);
		free(voids);
	}
}

static void
typed_values_by_field(void **state)
{
	static const struct {
		uint64_t field;
		const char *typed;
		err want;
		const char *raw;	/* NUL ends */
	} rows[] = {
		{ FIELD_BIRTH_YEAR, "1999", ERR_OK, "\xcd\x07\xcf" },
		{ FIELD_BIRTH_YEAR, "19x", ERR_VALUE, "" },
		{ FIELD_BIRTH_YEAR, "", ERR_VALUE, "" },
		{ FIELD_BIRTH_YEAR, "1234567890123456789", ERR_VALUE, "" },
		{ FIELD_BIRTH_DATE, "2/1/1970", ERR_OK, "\x01" },
		{ FIELD_BIRTH_DATE, "31/2/1970", ERR_VALUE, "" },
		{ FIELD_VOIDED, "true", ERR_OK, "\xc3" },
		{ FIELD_VOIDED, "yes", ERR_VALUE, "" },
		{ FIELD_RESIDENCE, "di-lam-xa", ERR_OK, "\xa9" "di-lam-xa" },
		{ FIELD_RESIDENCE, "xa", ERR_VALUE, "" },
		{ FIELD_REASON, "khac", ERR_OK, "\xa4khac" },
		{ FIELD_REASON, "vi sao", ERR_VALUE, "" },
		{ FIELD_FULL_NAME, "  A  B ", ERR_OK, "\xa3" "A B" },
		{ FIELD_FULL_NAME, " ", ERR_VALUE, "" },
		{ FIELD_PHONE, "", ERR_OK, "\xa0" },
		{ FIELD_NOTES, "\xff", ERR_VALUE, "" },
		{ FIELD_HELPERS, "x", ERR_VALUE, "" },
		{ 9999, "x", ERR_VALUE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = { 0 };
		err got = conflicts_settle_value(rows[i].field,
		    text(rows[i].typed), &out);

		assert_string_equal(err_name(got), err_name(rows[i].want));
		if (got == ERR_OK)
			assert_true(span_equal(buf_span(&out),
			    text(rows[i].raw)));
		buf_free(&out);
	}
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_same_field_is_a_conflict_and_the_choice_arrives),
		WITH(a_new_value_settles_too_and_is_checked),
		WITH(equal_values_are_no_conflict),
		WITH(what_changed_meanwhile_is_not_settled),
		WITH(a_step_recorded_twice_is_settled_by_voiding_the_other),
		WITH(a_step_out_of_order_is_listed_and_can_be_dropped),
		WITH(a_step_behind_an_exit_is_out_of_order),
		WITH(a_corrected_date_is_settled_in_its_element),
		WITH(an_activity_is_settled_in_its_element),
		WITH(an_op_without_effect_is_listed_everywhere),
		cmocka_unit_test(typed_values_by_field),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("conflicts", tests, NULL, NULL);
}
