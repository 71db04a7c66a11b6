/* SPDX-License-Identifier: Apache-2.0 */
/* test_nominations.c -- what a reader of nominations.h may rely on: a union
 * and a cell, with real stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/conflicts.h"
#include "client/records/nominations.h"
#include "tests/support/cell_world.h"

static struct cell_world world;
static const uint8_t zeros[ID_LEN];
enum { DAY = 18659 };			/* 2021-02-01 */

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

static void
nominate(const char *name, uint8_t ret[static ID_LEN])
{
	struct people_draft draft = { .text = { { NULL, 0 } } };

	draft.text[PEOPLE_FULL_NAME] = text(name);
	draft.text[PEOPLE_BIRTH_YEAR] = text("2001");
	draft.text[PEOPLE_PHONE] = text("0988");
	draft.text[PEOPLE_RESIDENCE] = text("di-lam-xa");
	ok(nominations_add(world.s[AT_UNION], world.lane, &draft, DAY, ret));
}

static struct nomination_list *
listed(enum cell_world_device d, unsigned outcomes, size_t count)
{
	struct nomination_list *list = NULL;

	ok(nominations_list(world.s[d], outcomes, &list));
	assert_int_equal(list->count, count);
	return list;
}

static void
answer(enum cell_world_device d, const struct nomination_answer *a, err want,
    uint8_t ret_person[static ID_LEN])
{
	struct nomination_list *list = listed(d, 0, 1);
	enum steps_verdict verdict = STEPS_FINE;

	assert_string_equal(err_name(nominations_answer(world.s[d],
	    &list->items[0], a, &verdict, ret_person)), err_name(want));
	nominations_free(list);
}

static struct nomination_answer
of_person(enum cell_world_device d, const uint8_t *person)
{
	struct nomination_answer a = { .what = ANSWER_PERSON, .date = DAY };
	const struct state *state = NULL;

	memcpy(a.person, person, ID_LEN);
	ok(store_state(world.s[d], world.cell, person, &state));
	state_version(state, a.version);
	return a;
}

/* What the union sees of the steps: "listed nominated". */
static const char *
steps_seen(void)
{
	static char line[256];
	struct nomination_list *list = listed(AT_UNION, 0, 1);
	const struct nomination *n = &list->items[0];

	line[0] = '\0';
	for (size_t i = 0; i < n->step_count; i++) {
		assert_false(n->steps[i].again);
		if (i > 0)
			strcat(line, " ");
		strcat(line, field_step_name(n->steps[i].step));
	}
	nominations_free(list);
	return line;
}

static size_t
steps_of_person(enum cell_world_device d, const uint8_t *person,
    struct step_record ret[static 8])
{
	const struct state *state = NULL;
	struct step_record *steps = NULL;
	size_t count = 0;

	ok(store_state(world.s[d], world.cell, person, &state));
	ok(steps_of(store_lines(world.s[d]), state, &steps, &count));
	assert_true(count <= 8);
	memcpy(ret, steps, count * sizeof *steps);
	free(steps);
	return count;
}

static void
a_nomination_becomes_a_new_person(void **state)
{
	const struct nomination_answer fresh = { .what = ANSWER_NEW,
		.date = DAY };
	uint8_t subject[ID_LEN], person[ID_LEN];
	struct step_record steps[8];
	struct nomination_list *list;

	(void)state;
	nominate("Lò Thị Én", subject);
	list = listed(AT_UNION, 1u << NOMINATION_OPEN, 1);
	assert_string_equal(list->items[0].name, "Lò Thị Én");
	assert_string_equal(list->items[0].organisation, CELL_WORLD_UNION);
	assert_string_equal(list->items[0].code, CELL_WORLD_CODE);
	assert_int_equal(list->items[0].birth_year, 2001);
	assert_int_equal(list->items[0].date, DAY);
	assert_false(list->items[0].received);
	nominations_free(list);
	nominations_free(listed(AT_SECRETARY, 0, 0));

	cell_world_sync(&world);
	nominations_free(listed(AT_OFFICE, 0, 1));
	answer(AT_SECRETARY, &fresh, ERR_OK, person);
	cell_world_sync(&world);
	assert_string_equal(cell_world_read(&world, AT_DEPUTY, world.cell,
	    person, FIELD_FULL_NAME), "Lò Thị Én");
	assert_string_equal(cell_world_read(&world, AT_DEPUTY, world.cell,
	    person, FIELD_PHONE), "0988");
	assert_string_equal(cell_world_read(&world, AT_DEPUTY, world.cell,
	    person, FIELD_RESIDENCE), "di-lam-xa");
	assert_int_equal(steps_of_person(AT_OFFICE, person, steps), 2);
	assert_int_equal(steps[0].step, STEP_LISTED);
	assert_int_equal(steps[1].step, STEP_NOMINATED);
	assert_string_equal(steps[1].organisation, CELL_WORLD_UNION);
	assert_int_equal(steps[1].date, DAY);

	list = listed(AT_UNION, 1u << NOMINATION_LINKED, 1);
	assert_true(list->items[0].received);
	assert_memory_equal(list->items[0].person, person, ID_LEN);
	nominations_free(list);
	assert_string_equal(steps_seen(), "listed nominated");
	nominations_free(listed(AT_SECRETARY, 1u << NOMINATION_OPEN, 0));
}

static void
the_union_reads_the_lane_and_nothing_of_the_cell(void **state)
{
	const struct state *person_state = NULL;
	uint8_t subject[ID_LEN], person[ID_LEN];

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2021-01-02",
	    person);
	nominate("Lo Thi En", subject);
	cell_world_sync(&world);
	struct nomination_answer a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_OK, subject);
	assert_memory_equal(subject, person, ID_LEN);
	cell_world_sync(&world);
	assert_int_equal(store_state(world.s[AT_UNION], world.cell, person,
	    &person_state), ERR_ABSENT);
	assert_string_equal(steps_seen(), "listed nominated");
	/* the name that it wrote stays its own */
	struct nomination_list *list = listed(AT_UNION, 0, 1);
	assert_string_equal(list->items[0].name, "Lo Thi En");
	nominations_free(list);
}

static void
later_steps_come_by_the_device_that_records_them(void **state)
{
	uint8_t subject[ID_LEN], person[ID_LEN];
	struct conflict_list *conflicts = NULL;
	uint64_t written = 9;

	(void)state;
	ok(nominations_copy_steps(world.s[AT_SECRETARY], &written));
	assert_int_equal(written, 0);
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2021-01-02",
	    person);
	nominate("Lò Thị Én", subject);
	cell_world_sync(&world);
	struct nomination_answer a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_OK, subject);
	cell_world_sync(&world);
	cell_world_step(&world, AT_DEPUTY, person, STEP_INTRODUCED,
	    "2021-03-01");
	cell_world_sync(&world);
	/* everybody looks; the one that wrote the step copies it, once */
	for (int d = 0; d < CELL_WORLD_DEVICES; d++) {
		ok(nominations_copy_steps(world.s[d], &written));
		assert_int_equal(written, d == AT_DEPUTY);
	}
	cell_world_sync(&world);
	assert_string_equal(steps_seen(), "listed nominated introduced");
	for (int d = 0; d < CELL_WORLD_DEVICES; d++) {
		ok(nominations_copy_steps(world.s[d], NULL));
		ok(conflicts_list(world.s[d], &conflicts));
		assert_int_equal(conflicts->count, 0);
		conflicts_free(conflicts);
	}
}

static void
corrections_and_voids_are_copied_too(void **state)
{
	uint8_t subject[ID_LEN], person[ID_LEN];
	struct step_record steps[8];
	uint64_t written;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2021-01-02",
	    person);
	nominate("Lò Thị Én", subject);
	cell_world_sync(&world);
	struct nomination_answer a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_OK, subject);
	cell_world_step(&world, AT_SECRETARY, person, STEP_INTRODUCED,
	    "2021-03-01");
	ok(nominations_copy_steps(world.s[AT_SECRETARY], &written));
	assert_int_equal(written, 1);
	assert_int_equal(steps_of_person(AT_SECRETARY, person, steps), 3);
	for (int voided = 0; voided < 2; voided++) {
		struct store_op op = { .kind = KIND_STEP,
			.fields = field_draft_new() };
		struct op_ref ref = { .seq = be64_get(steps[2].element +
		    ID_LEN), .op = steps[2].element[ID_LEN + 8] };
		memcpy(ref.log, steps[2].element, ID_LEN);
		memcpy(op.subject, person, ID_LEN);
		field_draft_put_ref(op.fields, FIELD_CITES, &ref);
		field_draft_put_uint(op.fields, FIELD_STEP, STEP_INTRODUCED);
		if (voided)
			field_draft_put_bool(op.fields, FIELD_VOIDED, true);
		else
			field_draft_put_int(op.fields, FIELD_DATE, 18700);
		ok(store_write(world.s[AT_SECRETARY], world.cell, &op, 1,
		    NULL, 0, NULL));
		field_draft_free(op.fields);
		ok(nominations_copy_steps(world.s[AT_SECRETARY], &written));
		assert_int_equal(written, 1);
		cell_world_sync(&world);
		assert_string_equal(steps_seen(), voided ?
		    "listed nominated" : "listed nominated introduced");
	}
	ok(nominations_copy_steps(world.s[AT_SECRETARY], &written));
	assert_int_equal(written, 0);
}

static void
a_refusal_has_a_reason_and_can_be_changed(void **state)
{
	struct nomination_answer a = { .what = ANSWER_REFUSE };
	uint8_t subject[ID_LEN], person[ID_LEN];
	struct nomination_list *list;

	(void)state;
	nominate("Lò Thị Én", subject);
	cell_world_sync(&world);
	answer(AT_SECRETARY, &a, ERR_VALUE, person);
	a.why = text("đã ở danh sách xã khác");
	answer(AT_SECRETARY, &a, ERR_OK, person);
	cell_world_sync(&world);
	list = listed(AT_UNION, 1u << NOMINATION_REFUSED, 1);
	assert_string_equal(list->items[0].why, "đã ở danh sách xã khác");
	assert_memory_equal(list->items[0].person, zeros, ID_LEN);
	assert_int_equal(list->items[0].step_count, 0);
	nominations_free(list);
	a = (struct nomination_answer){ .what = ANSWER_NEW, .date = DAY };
	answer(AT_DEPUTY, &a, ERR_OK, person);
	cell_world_sync(&world);
	nominations_free(listed(AT_UNION, 1u << NOMINATION_LINKED, 1));
	assert_string_equal(steps_seen(), "listed nominated");
}

/* Two people of the cell answer the same nomination, each in their way. */
static void
two_answers_are_settled_in_the_lane(void **state)
{
	struct conflict_choice choice = { .keep = 0 };
	struct conflict_list *conflicts = NULL;
	struct nomination_list *list;
	struct nomination_answer a;
	uint8_t subject[ID_LEN], person[2][ID_LEN];
	struct codec_reader r;
	const uint8_t *kept;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2021-01-02",
	    person[0]);
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Em", "2021-01-02",
	    person[1]);
	nominate("Lò Thị Én", subject);
	cell_world_sync(&world);
	a = of_person(AT_SECRETARY, person[0]);
	answer(AT_SECRETARY, &a, ERR_OK, subject);
	a = of_person(AT_DEPUTY, person[1]);
	answer(AT_DEPUTY, &a, ERR_OK, subject);
	cell_world_sync(&world);
	ok(conflicts_list(world.s[AT_SECRETARY], &conflicts));
	assert_int_equal(conflicts->count, 1);
	const struct conflict *c = &conflicts->items[0];
	assert_int_equal(c->field, FIELD_LINKED_PERSON);
	assert_string_equal(c->name, "Lò Thị Én");
	assert_string_equal(c->code, CELL_WORLD_CODE);
	for (size_t i = 0; i < c->count; i++) {
		r = codec_reader(c->values[i].value);
		ok(codec_read_fixed(&r, ID_LEN, &kept));
		if (memcmp(kept, person[0], ID_LEN) == 0)
			choice.keep = i + 1;
	}
	ok(conflicts_settle(world.s[AT_SECRETARY], c, &choice));
	conflicts_free(conflicts);
	cell_world_sync(&world);
	list = listed(AT_UNION, 1u << NOMINATION_LINKED, 1);
	assert_memory_equal(list->items[0].person, person[0], ID_LEN);
	nominations_free(list);
	for (int d = 0; d < CELL_WORLD_DEVICES; d++) {
		ok(conflicts_list(world.s[d], &conflicts));
		assert_int_equal(conflicts->count, 0);
		conflicts_free(conflicts);
	}
}

static void
rules_versions_and_roles_are_kept(void **state)
{
	struct people_draft draft = { .text = { { NULL, 0 } } };
	uint8_t subject[ID_LEN], person[ID_LEN], other[ID_LEN];
	struct step_record steps[8];
	struct nomination_answer a;

	(void)state;
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2021-06-01",
	    person);
	cell_world_step(&world, AT_SECRETARY, person, STEP_WITHDRAWN,
	    "2021-06-02");
	nominate("Lò Thị Én", subject);
	cell_world_sync(&world);
	/* before the day on which the person left */
	a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_RULE, other);
	a.date = DAY + 365;
	a.version[0] ^= 1;
	answer(AT_SECRETARY, &a, ERR_CHANGED, other);
	a.version[0] ^= 1;
	answer(AT_UNION, &a, ERR_ABSENT, other);
	assert_int_equal(steps_of_person(AT_SECRETARY, person, steps), 2);
	nominations_free(listed(AT_SECRETARY, 1u << NOMINATION_OPEN, 1));
	answer(AT_SECRETARY, &a, ERR_OK, other);
	assert_int_equal(steps_of_person(AT_SECRETARY, person, steps), 3);
	/* a second one links to the same round: no second step */
	a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_OK, other);
	assert_int_equal(steps_of_person(AT_SECRETARY, person, steps), 3);
	/* a list may be typed in later than the nomination */
	cell_world_person(&world, AT_SECRETARY, "Lò Thị Én", "2022-01-01",
	    person);
	a = of_person(AT_SECRETARY, person);
	answer(AT_SECRETARY, &a, ERR_OK, other);
	assert_int_equal(steps_of_person(AT_SECRETARY, person, steps), 2);

	draft.text[PEOPLE_FULL_NAME] = text("Ai Đó");
	assert_int_equal(nominations_add(world.s[AT_SECRETARY], world.lane,
	    &draft, DAY, other), ERR_ROLE);
	draft.text[PEOPLE_FULL_NAME] = text("");
	assert_int_equal(nominations_add(world.s[AT_UNION], world.lane,
	    &draft, DAY, other), ERR_VALUE);
}

static void
lanes_and_nominations_are_found(void **state)
{
	uint8_t lane[SCOPE_LEN], a[ID_LEN], b[ID_LEN];
	char hex[2 * ID_LEN + 1];
	struct nomination_list *list;

	(void)state;
	ok(nominations_lane(world.s[AT_UNION], NULL, NULL, lane));
	assert_memory_equal(lane, world.lane, SCOPE_LEN);
	ok(nominations_lane(world.s[AT_UNION], CELL_WORLD_CODE,
	    CELL_WORLD_UNION, lane));
	assert_int_equal(nominations_lane(world.s[AT_UNION], "khac", NULL,
	    lane), ERR_ABSENT);
	assert_int_equal(nominations_lane(world.s[AT_UNION], NULL,
	    "hoi-phu-nu", lane), ERR_ABSENT);
	nominate("Lò Thị Én", a);
	nominate("Đỗ Văn Đức", b);
	list = listed(AT_UNION, 0, 2);
	hex_encode(a, ID_LEN, hex);
	assert_memory_equal(nominations_find(list, hex)->subject, a, ID_LEN);
	hex[6] = '\0';
	assert_memory_equal(nominations_find(list, hex)->subject, a, ID_LEN);
	hex[5] = '\0';
	assert_null(nominations_find(list, hex));
	assert_memory_equal(nominations_find(list, "do van duc")->subject, b,
	    ID_LEN);
	assert_null(nominations_find(list, "Do Van"));
	nominations_free(list);
	nominate("đỗ văn đức", a);
	list = listed(AT_UNION, 0, 3);
	assert_null(nominations_find(list, "do van duc"));
	nominations_free(list);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(a_nomination_becomes_a_new_person),
		WITH(the_union_reads_the_lane_and_nothing_of_the_cell),
		WITH(later_steps_come_by_the_device_that_records_them),
		WITH(corrections_and_voids_are_copied_too),
		WITH(a_refusal_has_a_reason_and_can_be_changed),
		WITH(two_answers_are_settled_in_the_lane),
		WITH(rules_versions_and_roles_are_kept),
		WITH(lanes_and_nominations_are_found),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("nominations", tests, NULL, NULL);
}
