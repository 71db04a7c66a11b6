/* SPDX-License-Identifier: Apache-2.0 */
/* test_report_compare.c -- what a reader of report_compare.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/records/report_compare.h"
#include "tests/support/cell_world.h"

static struct cell_world world;

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

/* What one device wrote, as another reads it. */
static struct compare_side *
carried(enum cell_world_device from)
{
	struct compare_side *side = NULL, *again = NULL;
	struct period period;
	struct buf file = { .p = NULL };

	ok(period_parse("2023", &period));
	ok(report_compare_side(world.s[from], &period, &side));
	ok(report_compare_encode(side, &file));
	ok(report_compare_decode(buf_span(&file), &again));
	assert_int_equal(again->log_count, side->log_count);
	assert_int_equal(again->row_count, side->row_count);
	assert_string_equal(again->period, "2023");
	report_compare_free(side);
	buf_free(&file);
	return again;
}

struct compared {
	struct compare_side *theirs, *mine;
	struct compare_diff *diff;
};

static void
compare(enum cell_world_device here, enum cell_world_device there,
    struct compared *ret)
{
	ret->theirs = carried(there);
	ok(report_compare_diff(world.s[here], ret->theirs, &ret->diff,
	    &ret->mine));
}

static void
compared_free(struct compared *c)
{
	report_compare_diff_free(c->diff);
	report_compare_free(c->mine);
	report_compare_free(c->theirs);
}

/* The only one of that side and reason. */
static const struct compare_missing *
only(const struct compare_diff *d, enum compare_side_of side,
    enum compare_why why)
{
	const struct compare_missing *found = NULL;

	for (size_t i = 0; i < d->missing_count; i++)
		if (d->missing[i].side == side && d->missing[i].why == why) {
			assert_null(found);
			found = &d->missing[i];
		}
	assert_non_null(found);
	return found;
}

/* What is missing for another reason than its scope. */
static size_t
missing(const struct compare_diff *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->missing_count; i++)
		n += d->missing[i].why != COMPARE_SCOPE;
	return n;
}

static void
person(enum cell_world_device d, const char *name, uint8_t ret[static ID_LEN])
{
	cell_world_person(&world, d, name, "2023-01-02", ret);
	cell_world_step(&world, d, ret, STEP_NOMINATED, "2023-02-01");
}

static const struct compare_figure *
figure(const struct compare_diff *d, const char *name)
{
	for (size_t i = 0; i < d->figure_count; i++)
		if (strcmp(d->figures[i].name, name) == 0)
			return &d->figures[i];
	return NULL;
}

static void
the_same_records_are_equal(void **state)
{
	struct compared c;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	cell_world_sync(&world);
	compare(AT_SECRETARY, AT_DEPUTY, &c);
	assert_true(c.diff->same_rules);
	assert_int_equal(c.diff->common, 1);
	assert_int_equal(c.diff->figure_count, 0);
	assert_int_equal(c.diff->missing_count, 0);
	compared_free(&c);
	/* the office reads more: not for the deputy, and it is said */
	compare(AT_OFFICE, AT_DEPUTY, &c);
	assert_int_equal(c.diff->figure_count, 0);
	assert_int_equal(missing(c.diff), 0);
	assert_true(c.diff->missing_count > 0);
	for (size_t i = 0; i < c.diff->missing_count; i++) {
		assert_int_equal(c.diff->missing[i].side, COMPARE_THERE);
		assert_true(c.diff->missing[i].logs > 0);
	}
	compared_free(&c);
}

static void
what_was_not_sent_is_named(void **state)
{
	const struct compare_missing *m;
	const struct compare_figure *f;
	struct compared c;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	cell_world_sync(&world);
	person(AT_SECRETARY, "Hà Văn Hai", id);
	/* at the secretary: it is mine, and I can name it */
	compare(AT_SECRETARY, AT_DEPUTY, &c);
	assert_int_equal(missing(c.diff), 1);
	m = only(c.diff, COMPARE_THERE, COMPARE_NOT_SENT);
	assert_memory_equal(m->scope, world.cell, SCOPE_LEN);
	assert_memory_equal(m->device, store_device(world.s[AT_SECRETARY]),
	    ID_LEN);
	assert_int_equal(m->role, ROLE_SECRETARY);
	assert_string_not_equal(m->holder, "");
	assert_int_equal(m->last - m->first + 1, 2);
	/* a person, with the step listed, and nominated */
	assert_int_equal(m->kinds[KIND_PERSON], 1);
	assert_int_equal(m->kinds[KIND_STEP], 2);
	assert_int_equal(m->people_count, 1);
	assert_string_equal(m->people[0], "Hà Văn Hai");
	assert_false(m->partly);
	assert_true(m->from_ms > 0 && m->from_ms <= m->to_ms);
	f = figure(c.diff, "nominated");
	assert_non_null(f);
	assert_string_equal(f->scope, CELL_WORLD_CODE);
	assert_string_equal(f->mine, "2");
	assert_string_equal(f->theirs, "1");
	compared_free(&c);
	/* at the deputy: the kinds come with the file, no name does */
	compare(AT_DEPUTY, AT_SECRETARY, &c);
	assert_int_equal(missing(c.diff), 1);
	m = only(c.diff, COMPARE_HERE, COMPARE_NOT_SENT);
	assert_int_equal(m->kinds[KIND_STEP], 2);
	assert_int_equal(m->people_count, 1);
	assert_int_equal(strlen(m->people[0]), 8);
	assert_string_not_equal(m->holder, "");
	f = figure(c.diff, "nominated");
	assert_non_null(f);
	assert_string_equal(f->mine, "1");
	assert_string_equal(f->theirs, "2");
	compared_free(&c);
}

static void
a_step_of_somebody_known_here_is_named(void **state)
{
	const struct compare_missing *m;
	struct compared c;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	cell_world_sync(&world);
	cell_world_step(&world, AT_SECRETARY, id, STEP_INTRODUCED,
	    "2023-03-01");
	compare(AT_OFFICE, AT_SECRETARY, &c);
	m = only(c.diff, COMPARE_HERE, COMPARE_NOT_SENT);
	assert_int_equal(m->people_count, 1);
	assert_string_equal(m->people[0], "Hà Văn Một");
	assert_non_null(figure(c.diff, "introduced"));
	compared_free(&c);
}

static void
what_came_to_the_commune_and_not_here(void **state)
{
	const struct compare_missing *m;
	struct compared c;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	(void)little_hub_sync(&world.hub, world.s[AT_SECRETARY]);
	person(AT_SECRETARY, "Hà Văn Hai", id);
	compare(AT_DEPUTY, AT_SECRETARY, &c);
	m = only(c.diff, COMPARE_HERE, COMPARE_NOT_RECEIVED);
	assert_true(m->first <= m->last);
	assert_int_equal(only(c.diff, COMPARE_HERE,
	    COMPARE_NOT_SENT)->first, m->last + 1);
	compared_free(&c);
	/* and the other way round */
	compare(AT_SECRETARY, AT_DEPUTY, &c);
	m = only(c.diff, COMPARE_THERE, COMPARE_NOT_RECEIVED);
	assert_string_equal(m->people[0], "Hà Văn Một");
	compared_free(&c);
}

static void
two_versions_of_one_log(void **state)
{
	struct compare_diff *d = NULL;
	struct compare_side *theirs, *mine = NULL;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	cell_world_sync(&world);
	theirs = carried(AT_SECRETARY);
	for (size_t i = 0; i < theirs->log_count; i++)
		if (memcmp(theirs->logs[i].scope, world.cell, SCOPE_LEN) ==
		    0 && memcmp(theirs->logs[i].device,
		    store_device(world.s[AT_SECRETARY]), ID_LEN) == 0)
			theirs->logs[i].hash[0] ^= 1;
	ok(report_compare_diff(world.s[AT_DEPUTY], theirs, &d, &mine));
	assert_non_null(only(d, COMPARE_HERE, COMPARE_FORKED));
	report_compare_diff_free(d);
	report_compare_free(mine);
	report_compare_free(theirs);
}

static void
a_file_holds_no_name(void **state)
{
	struct compare_side *side = NULL;
	struct period period;
	struct buf file = { .p = NULL };
	static const char *const names[] = { "Hà Văn Một", "Một",
		LITTLE_HUB_HOLDER, "1999" };
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	ok(period_parse("all", &period));
	ok(report_compare_side(world.s[AT_SECRETARY], &period, &side));
	ok(report_compare_encode(side, &file));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t at = 0; at + strlen(names[i]) <= file.n; at++)
			assert_true(memcmp(file.p + at, names[i],
			    strlen(names[i])) != 0);
	report_compare_free(side);
	buf_free(&file);
}

/* ---- files that are not what they should be */

static void
bytes_from_outside(void **state)
{
	struct compare_side *side = NULL, *again = NULL;
	struct period period;
	struct buf file = { .p = NULL };
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	ok(period_parse("2023", &period));
	ok(report_compare_side(world.s[AT_SECRETARY], &period, &side));
	ok(report_compare_encode(side, &file));
	report_compare_free(side);
	/* cut anywhere */
	for (size_t n = 0; n < file.n; n += n < 200 ? 1 : 7)
		assert_int_not_equal(report_compare_decode(
		    (struct span){ file.p, n }, &again), ERR_OK);
	/* any bit altered: refused, or read to another side */
	for (size_t i = 0; i < file.n; i++) {
		file.p[i] ^= (uint8_t)(1u << i % 8);
		if (report_compare_decode(buf_span(&file), &again) == ERR_OK)
			report_compare_free(again);
		file.p[i] ^= (uint8_t)(1u << i % 8);
	}
	/* the version stands behind the 14 bytes of the text and two keys */
	assert_int_equal(file.p[17], COMPARE_VERSION);
	file.p[17] = COMPARE_VERSION + 1;
	is(report_compare_decode(buf_span(&file), &again), ERR_VERSION);
	file.p[17] = 0;
	is(report_compare_decode(buf_span(&file), &again), ERR_FORMAT);
	is(report_compare_decode((struct span){ NULL, 0 }, &again),
	    ERR_FORMAT);
	buf_free(&file);
}

static void
another_commune_and_another_period(void **state)
{
	struct compare_side *theirs = carried(AT_DEPUTY), *mine = NULL;
	struct compare_diff *d = NULL;

	(void)state;
	(void)snprintf(theirs->period, sizeof theirs->period, "never");
	is(report_compare_diff(world.s[AT_SECRETARY], theirs, &d, &mine),
	    ERR_VALUE);
	theirs->fingerprint[0] ^= 1;
	is(report_compare_diff(world.s[AT_SECRETARY], theirs, &d, &mine),
	    ERR_FOREIGN);
	report_compare_free(theirs);
}

static void
another_rule_compares_no_figure(void **state)
{
	struct compare_side *theirs, *mine = NULL;
	struct compare_diff *d = NULL;
	uint8_t id[ID_LEN];

	(void)state;
	person(AT_SECRETARY, "Hà Văn Một", id);
	theirs = carried(AT_DEPUTY);
	theirs->rules++;
	ok(report_compare_diff(world.s[AT_SECRETARY], theirs, &d, &mine));
	assert_false(d->same_rules);
	assert_int_equal(d->figure_count, 0);
	assert_int_equal(missing(d), 1);
	report_compare_diff_free(d);
	report_compare_free(mine);
	report_compare_free(theirs);
}

int
main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_same_records_are_equal),
		WITH(what_was_not_sent_is_named),
		WITH(a_step_of_somebody_known_here_is_named),
		WITH(what_came_to_the_commune_and_not_here),
		WITH(two_versions_of_one_log),
		WITH(a_file_holds_no_name),
		WITH(bytes_from_outside),
		WITH(another_commune_and_another_period),
		WITH(another_rule_compares_no_figure),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests_name("report compare", tests, NULL,
	    NULL);
}
