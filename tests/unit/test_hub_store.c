/* SPDX-License-Identifier: Apache-2.0 */
/* test_hub_store.c -- what a reader of hub_store.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/hub/hub_store.h"
#include "tests/support/temp_folder.h"

static void
ok(err e)
{
	assert_int_equal(e, ERR_OK);
}

struct fixture {
	char *dir;
	struct hub_store *s;
	uint8_t fpr[HASH_LEN];
};

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .dir = temp_folder_make(), .fpr = { 7 } };
	if (hub_store_open(f.dir, HUB_STORE_WRITE, f.fpr, &f.s) != ERR_OK)
		return 1;
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	hub_store_close(f->s);
	temp_folder_remove(f->dir);
	return 0;
}

static void
reopen(struct fixture *f)
{
	hub_store_close(f->s);
	f->s = NULL;
	ok(hub_store_open(f->dir, HUB_STORE_WRITE, f->fpr, &f->s));
}

/* One leaf of `count` entries behind `first`; bytes of an entry are its seq,
 * as often as its seq says. */
static void
put_leaf(struct hub_store *s, uint64_t index, uint8_t log, uint64_t first,
    uint64_t count)
{
	struct log_head head = {
		.log = { log }, .scope = { 2, log }, .author = { 9, log },
		.seq = first + count - 1, .hash = { log, 1 }, .seen = index,
		.root = { 3 }, .line_seen = index + 1,
	};
	struct leaf_inner inner = {
		.log = { log }, .first = first, .last = first + count - 1,
		.head = { log, 1 }, .sig = { 5 }, .time_ms = 1000 + index,
	};

	for (uint64_t i = 0; i < count; i++) {
		uint8_t raw[64];
		struct entry e = { .raw = { raw, (size_t)(first + i) } };
		struct admitted_entry a = {
			.place = { .seq = first + i, .line_seen = index },
			.entry = &e,
			.hash = { log, (uint8_t)(first + i) },
		};

		memset(raw, (int)(first + i), sizeof raw);
		memcpy(a.place.log, head.log, ID_LEN);
		memcpy(a.place.scope, head.scope, SCOPE_LEN);
		memcpy(a.place.author, head.author, KEY_LEN);
		ok(hub_store_put_entry(s, &a));
	}
	ok(hub_store_put_leaf(s, index, head.scope, &inner, &head));
}

static void
put_committed(struct hub_store *s, uint64_t index, uint8_t log,
    uint64_t first, uint64_t count)
{
	ok(hub_store_begin(s));
	put_leaf(s, index, log, first, count);
	ok(hub_store_commit(s));
}

static uint64_t
size_of(struct hub_store *s)
{
	uint64_t n = 99;

	ok(hub_store_size(s, &n));
	return n;
}

static void
opening_tells_absent_and_foreign(void **state)
{
	struct fixture *f = *state;
	struct hub_store *s = NULL;
	uint8_t other[HASH_LEN] = { 8 };
	char *empty = temp_folder_make();

	assert_int_equal(hub_store_open(empty, HUB_STORE_READ, f->fpr, &s),
	    ERR_ABSENT);
	assert_int_equal(hub_store_open(f->dir, HUB_STORE_WRITE, other, &s),
	    ERR_FOREIGN);
	assert_int_equal(hub_store_open(f->dir, HUB_STORE_READ, other, &s),
	    ERR_FOREIGN);
	assert_null(s);
	temp_folder_remove(empty);
}

static err
collect(void *ctx, const struct hub_entry *e)
{
	uint64_t *next = ctx;

	assert_int_equal(e->seq, *next);
	assert_int_equal(e->raw.n, e->seq);
	assert_int_equal(e->raw.p[0], e->seq);
	(*next)++;
	return ERR_OK;
}

static void
committed_rows_survive_and_read_back(void **state)
{
	struct fixture *f = *state;
	const uint8_t log[ID_LEN] = { 4 };
	const uint8_t hash2[HASH_LEN] = { 4, 2 };
	uint8_t hash[HASH_LEN];
	uint64_t line_seen;
	uint64_t next = 1;
	struct hub_leaf leaf;

	put_committed(f->s, 0, 4, 1, 3);
	reopen(f);
	assert_int_equal(size_of(f->s), 1);
	ok(hub_store_entry_at(f->s, log, 2, hash, &line_seen));
	assert_memory_equal(hash, hash2, HASH_LEN);
	assert_int_equal(line_seen, 0);
	assert_int_equal(hub_store_entry_at(f->s, log, 4, hash, NULL),
	    ERR_ABSENT);
	ok(hub_store_entries(f->s, log, 1, 3, collect, &next));
	assert_int_equal(next, 4);
	ok(hub_store_leaf(f->s, 0, &leaf));
	assert_int_equal(leaf.inner.first, 1);
	assert_int_equal(leaf.inner.last, 3);
	assert_int_equal(leaf.inner.time_ms, 1000);
	assert_int_equal(leaf.inner.sig[0], 5);
	assert_int_equal(leaf.author[0], 9);
	assert_int_equal(leaf.scope[0], 2);
	assert_int_equal(hub_store_leaf(f->s, 1, &leaf), ERR_ABSENT);
}

static void
rolled_back_rows_are_gone(void **state)
{
	struct fixture *f = *state;
	const uint8_t log[ID_LEN] = { 4 };
	uint8_t hash[HASH_LEN];

	ok(hub_store_begin(f->s));
	put_leaf(f->s, 0, 4, 1, 1);
	ok(hub_store_entry_at(f->s, log, 1, hash, NULL));
	hub_store_rollback(f->s);
	assert_int_equal(hub_store_entry_at(f->s, log, 1, hash, NULL),
	    ERR_ABSENT);
	assert_int_equal(size_of(f->s), 0);
	put_committed(f->s, 0, 4, 1, 1); /* the log is made again */
	assert_int_equal(size_of(f->s), 1);
}

static void
an_entry_that_lacks_is_damage(void **state)
{
	struct fixture *f = *state;
	const uint8_t log[ID_LEN] = { 4 };
	uint64_t next = 1;

	put_committed(f->s, 0, 4, 1, 2);
	assert_int_equal(hub_store_entries(f->s, log, 1, 3, collect, &next),
	    ERR_DAMAGED);
}

static void
an_entry_may_change_its_form(void **state)
{
	struct fixture *f = *state;
	const uint8_t log[ID_LEN] = { 4 };
	const uint8_t two[2] = { 2, 2 };
	uint64_t next = 2;

	put_committed(f->s, 0, 4, 1, 2);
	ok(hub_store_begin(f->s));
	ok(hub_store_replace_entry(f->s, log, 2, (struct span){ two, 2 }));
	ok(hub_store_commit(f->s));
	ok(hub_store_entries(f->s, log, 2, 2, collect, &next));
}

struct walk {
	uint64_t next, stop_at;
};

static err
walk_leaf(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct walk *w = ctx;

	assert_int_equal(leaf->index, w->next++);
	*ret_stop = leaf->index == w->stop_at;
	return ERR_OK;
}

static void
leaves_come_in_order_from_where_asked(void **state)
{
	struct fixture *f = *state;
	struct walk w = { 2, 99 };

	for (uint8_t i = 0; i < 6; i++)
		put_committed(f->s, i, (uint8_t)(10 + i), 1, 1);
	ok(hub_store_leaves(f->s, 2, 5, walk_leaf, &w));
	assert_int_equal(w.next, 5);
	w = (struct walk){ 0, 3 };
	ok(hub_store_leaves(f->s, 0, UINT64_MAX, walk_leaf, &w));
	assert_int_equal(w.next, 4);
	w = (struct walk){ 77, 99 };
	ok(hub_store_leaves(f->s, 6, 99, walk_leaf, &w));
	ok(hub_store_leaves(f->s, UINT64_MAX - 1, UINT64_MAX, walk_leaf, &w));
	assert_int_equal(w.next, 77);
}

static err
one_log(void *ctx, const struct log_head *head)
{
	unsigned *n = ctx;

	(*n)++;
	assert_int_equal(head->log[0], 4);
	assert_int_equal(head->seq, 5);
	assert_int_equal(head->seen, 1);
	assert_int_equal(head->line_seen, 2);
	assert_int_equal(head->root[0], 3);
	assert_false(head->has_predecessor);
	return ERR_OK;
}

static void
a_log_has_its_newest_head(void **state)
{
	struct fixture *f = *state;
	unsigned n = 0;

	put_committed(f->s, 0, 4, 1, 3);
	put_committed(f->s, 1, 4, 4, 2);
	ok(hub_store_logs(f->s, one_log, &n));
	assert_int_equal(n, 1);
}

static void
the_highest_announced_head_is_kept(void **state)
{
	struct fixture *f = *state;
	struct signed_head head = { .log = { 4 }, .hash = { 1 } };
	struct signed_head got;
	static const uint64_t seqs[] = { 7, 9, 8 };

	put_committed(f->s, 0, 4, 1, 1);
	assert_int_equal(hub_store_head_announced(f->s, head.log, &got),
	    ERR_ABSENT);
	for (size_t i = 0; i < 3; i++) {
		head.seq = seqs[i];
		ok(hub_store_begin(f->s));
		ok(hub_store_head_announce(f->s, &head));
		ok(hub_store_commit(f->s));
	}
	ok(hub_store_head_announced(f->s, head.log, &got));
	assert_int_equal(got.seq, 9);
	head.log[0] = 5;
	assert_int_equal(hub_store_head_announce(f->s, &head), ERR_ABSENT);
}

static err
count_fork(void *ctx, const struct signed_head *head)
{
	unsigned *n = ctx;

	assert_int_equal(head->log[0], 4);
	(*n)++;
	return ERR_OK;
}

static void
forks_are_kept_once_and_not_without_end(void **state)
{
	struct fixture *f = *state;
	struct signed_head head = { .log = { 4 }, .seq = 1 };
	unsigned n = 0;
	bool is_new;

	put_committed(f->s, 0, 4, 1, 1);
	ok(hub_store_begin(f->s));
	for (unsigned i = 0; i < HUB_STORE_FORKS + 3; i++) {
		head.hash[0] = (uint8_t)i;
		ok(hub_store_head_fork(f->s, &head, 1, &is_new));
		assert_int_equal(is_new, i < HUB_STORE_FORKS);
		ok(hub_store_head_fork(f->s, &head, 1, &is_new));
		assert_false(is_new);
	}
	ok(hub_store_commit(f->s));
	ok(hub_store_head_forks(f->s, count_fork, &n));
	assert_int_equal(n, HUB_STORE_FORKS);
}

static void
a_reader_sees_one_moment_beside_the_writer(void **state)
{
	struct fixture *f = *state;
	struct hub_store *r = NULL;

	put_committed(f->s, 0, 4, 1, 1);
	ok(hub_store_open(f->dir, HUB_STORE_READ, f->fpr, &r));
	ok(hub_store_begin_read(r));
	assert_int_equal(size_of(r), 1);
	put_committed(f->s, 1, 4, 2, 1);
	assert_int_equal(size_of(r), 1);
	hub_store_rollback(r);
	assert_int_equal(size_of(r), 2);
	hub_store_close(r);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(opening_tells_absent_and_foreign),
		TEST(committed_rows_survive_and_read_back),
		TEST(rolled_back_rows_are_gone),
		TEST(an_entry_that_lacks_is_damage),
		TEST(an_entry_may_change_its_form),
		TEST(leaves_come_in_order_from_where_asked),
		TEST(a_log_has_its_newest_head),
		TEST(the_highest_announced_head_is_kept),
		TEST(forks_are_kept_once_and_not_without_end),
		TEST(a_reader_sees_one_moment_beside_the_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
