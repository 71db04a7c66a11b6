/* SPDX-License-Identifier: Apache-2.0 */
/* test_store_converge.c -- three devices write and sync in any order: in the
 * end all hold the same states, and the states are the fold of the entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/little_hub.h"
#include "tests/support/store_ops.h"
#include "tests/support/temp_folder.h"

enum { DEVICES = 3, PEOPLE = 4, RUNS = 12, ACTS = 60 };

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

struct fixture {
	char *dir[DEVICES];
	struct store *s[DEVICES];
	struct little_hub hub;
	uint8_t cell[1][SCOPE_LEN];
	uint8_t person[PEOPLE][ID_LEN];
	uint32_t random;
};

static uint32_t
roll(struct fixture *f, uint32_t below)
{
	f->random = f->random * 1664525u + 1013904223u;
	return (f->random >> 8) % below;
}

static void
begin(struct fixture *f, uint32_t seed)
{
	memset(f, 0, sizeof *f);
	f->random = seed;
	little_hub_open(&f->hub);
	for (size_t i = 0; i < DEVICES; i++)
		f->dir[i] = temp_folder_make();
	f->s[0] = little_hub_commune(&f->hub, f->dir[0]);
	store_ops_cell(f->s[0], "CB01", f->cell[0]);
	for (size_t i = 1; i < DEVICES; i++)
		f->s[i] = little_hub_join(&f->hub, f->s[0], f->dir[i],
		    i == 1 ? ROLE_SECRETARY : ROLE_DEPUTY,
		    (const uint8_t(*)[SCOPE_LEN])f->cell, 1);
	for (size_t i = 0; i < PEOPLE; i++)
		ok(store_ops_person(f->s[0], f->cell[0], "Người", NULL, 0,
		    f->person[i]));
	little_hub_admit(&f->hub, f->dir[0]);
	for (size_t i = 0; i < DEVICES; i++)
		little_hub_sync(&f->hub, f->s[i]);
}

static void
end(struct fixture *f)
{
	for (size_t i = 0; i < DEVICES; i++) {
		store_close(f->s[i]);
		temp_folder_remove(f->dir[i]);
	}
	little_hub_close(&f->hub);
}

static void
act(struct fixture *f, int n)
{
	uint32_t i = roll(f, DEVICES);
	const uint8_t *person = f->person[roll(f, PEOPLE)];
	struct take_in sum;
	char name[32];

	switch (roll(f, 7)) {
	case 0:
	case 1:
		(void)snprintf(name, sizeof name, "Tên %d", n);
		ok(store_ops_rename(f->s[i], f->cell[0], person, name, NULL,
		    0));
		break;
	case 2:
		ok(store_ops_step(f->s[i], f->cell[0], person, STEP_LISTED,
		    n));
		break;
	case 3:
		little_hub_admit(&f->hub, f->dir[i]);
		break;
	case 4:	/* a part of what there is */
		little_hub_serve(&f->hub, f->s[i],
		    roll(f, (uint32_t)f->hub.count + 1));
		ok(store_take_in(f->s[i], &sum));
		assert_false(sum.alarmed);
		break;
	case 5:
		little_hub_take(&f->hub, f->s[i]);
		break;
	default:
		store_close(f->s[i]);
		f->s[i] = NULL;
		ok(store_open(f->dir[i], store_ops_text(LITTLE_HUB_PASS),
		    &f->s[i]));
		break;
	}
}

static void
assert_all_same(struct fixture *f)
{
	for (size_t i = 1; i < DEVICES; i++) {
		for (size_t p = 0; p < PEOPLE; p++)
			store_ops_assert_same(f->s[0], f->s[i], f->cell[0],
			    f->person[p]);
		for (size_t d = 0; d < DEVICES; d++)
			store_ops_assert_same(f->s[0], f->s[i], f->cell[0],
			    store_device(f->s[d]));
		assert_int_equal(store_ops_count(f->s[0], scope_root, 0),
		    store_ops_count(f->s[i], scope_root, 0));
	}
}

static void
all_come_to_the_same(void **state)
{
	struct fixture f;

	(void)state;
	for (uint32_t seed = 1; seed <= RUNS; seed++) {
		begin(&f, seed);
		for (int n = 0; n < ACTS; n++)
			act(&f, n);
		for (int round = 0; round < 2; round++)
			for (size_t i = 0; i < DEVICES; i++)
				little_hub_sync(&f.hub, f.s[i]);
		for (size_t i = 0; i < DEVICES; i++)
			little_hub_take(&f.hub, f.s[i]);
		assert_all_same(&f);
		ok(store_refold(f.s[seed % DEVICES]));
		assert_all_same(&f);
		end(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
