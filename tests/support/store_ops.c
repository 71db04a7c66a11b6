/* SPDX-License-Identifier: Apache-2.0 */
/* store_ops.c -- see the header. */
#include "tests/support/store_ops.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/clock.h"
#include "client/store/paths.h"
#include "protocol/judge.h"

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

struct span
store_ops_text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static struct span
bin(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

void
store_ops_cell(struct store *office, const char *code,
    uint8_t ret_scope[static SCOPE_LEN])
{
	struct store_op op = { .kind = KIND_CELL,
		.fields = field_draft_new() };
	struct cell_key key;

	chain_scope_new(SCOPE_CELL, ret_scope);
	chain_scope_subject(ret_scope, op.subject);
	field_draft_put_bin(op.fields, FIELD_SCOPE, bin(ret_scope, SCOPE_LEN));
	field_draft_put_text(op.fields, FIELD_CODE, store_ops_text(code));
	field_draft_put_text(op.fields, FIELD_NAME,
	    store_ops_text("Chi bộ bản Lác"));
	field_draft_put_uint(op.fields, FIELD_MEMBERS, 21);
	ok(store_key_new(office, ret_scope, &key));
	ok(store_write(office, scope_root, &op, 1, NULL, 0, NULL));
	field_draft_free(op.fields);
	ok(store_do_duties(office, NULL));
}

void
store_ops_quota(struct store *office, const uint8_t *cell, uint16_t year,
    uint64_t number)
{
	struct store_op op = { .kind = KIND_QUOTA,
		.fields = field_draft_new() };

	judge_quota_subject(cell, year, op.subject);
	field_draft_put_bin(op.fields, FIELD_CELL, bin(cell, SCOPE_LEN));
	field_draft_put_uint(op.fields, FIELD_YEAR, year);
	field_draft_put_uint(op.fields, FIELD_NUMBER, number);
	field_draft_put_text(op.fields, FIELD_WHY,
	    store_ops_text("giao đầu năm"));
	ok(store_write(office, scope_root, &op, 1, NULL, 0, NULL));
	field_draft_free(op.fields);
}

err
store_ops_person(struct store *s, const uint8_t *cell, const char *name,
    const struct store_expect *expect, size_t count,
    uint8_t ret_person[static ID_LEN])
{
	struct store_op op = {
		.kind = KIND_PERSON, .facts = field_draft_new(),
		.sealed = field_draft_new(), .creates = true,
	};

	crypto_random(op.subject, ID_LEN);
	memcpy(ret_person, op.subject, ID_LEN);
	field_draft_put_uint(op.facts, FIELD_BIRTH_YEAR, 1999);
	field_draft_put_text(op.facts, FIELD_RESIDENCE,
	    store_ops_text("di-lam-xa"));
	field_draft_put_text(op.sealed, FIELD_FULL_NAME,
	    store_ops_text(name));
	err rc = store_write(s, cell, &op, 1, expect, count, NULL);
	field_draft_free(op.facts);
	field_draft_free(op.sealed);
	return rc;
}

err
store_ops_rename(struct store *s, const uint8_t *cell, const uint8_t *person,
    const char *name, const struct store_expect *expect, size_t count)
{
	struct store_op op = {
		.kind = KIND_PERSON, .sealed = field_draft_new(),
	};

	memcpy(op.subject, person, ID_LEN);
	field_draft_put_text(op.sealed, FIELD_FULL_NAME,
	    store_ops_text(name));
	field_draft_put_text(op.sealed, FIELD_WORKPLACE,
	    store_ops_text("Khu công nghiệp Yên Phong"));
	err rc = store_write(s, cell, &op, 1, expect, count, NULL);
	field_draft_free(op.sealed);
	return rc;
}

err
store_ops_step(struct store *s, const uint8_t *cell, const uint8_t *person,
    enum step step, int64_t date)
{
	struct store_op op = { .kind = KIND_STEP,
		.fields = field_draft_new() };

	memcpy(op.subject, person, ID_LEN);
	field_draft_put_uint(op.fields, FIELD_STEP, step);
	field_draft_put_int(op.fields, FIELD_DATE, date);
	err rc = store_write(s, cell, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

void
store_ops_version(struct store *s, const uint8_t *scope,
    const uint8_t *subject, struct store_expect *ret)
{
	const struct state *st = NULL;
	err rc = store_state(s, scope, subject, &st);

	memset(ret, 0, sizeof *ret);
	memcpy(ret->scope, scope, SCOPE_LEN);
	memcpy(ret->subject, subject, ID_LEN);
	if (rc == ERR_OK)
		state_version(st, ret->version);
	else
		assert_int_equal(rc, ERR_ABSENT);
}

void
store_ops_assert_name(struct store *s, const uint8_t *cell,
    const uint8_t *person, const char *name)
{
	const struct span none = { NULL, 0 };
	const struct state *st = NULL;
	struct span got;

	ok(store_state(s, cell, person, &st));
	ok(state_text(st, FIELD_FULL_NAME, none, clock_now_ms(), &got));
	assert_true(span_equal(got, store_ops_text(name)));
	assert_false(state_conflict(state_find(st, FIELD_FULL_NAME, none)));
}

void
store_ops_assert_same(struct store *a, struct store *b, const uint8_t *scope,
    const uint8_t *subject)
{
	static const uint8_t absent[HASH_LEN];
	struct store_expect x, y;

	store_ops_version(a, scope, subject, &x);
	store_ops_version(b, scope, subject, &y);
	assert_memory_not_equal(x.version, absent, HASH_LEN);
	assert_memory_equal(x.version, y.version, HASH_LEN);
}

static err
count_one(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	uint64_t *n = ctx;

	(void)scope;
	(void)subject;
	assert_non_null(state);
	(*n)++;
	return ERR_OK;
}

uint64_t
store_ops_count(struct store *s, const uint8_t *scope, uint64_t kind)
{
	uint64_t n = 0;

	ok(store_each(s, scope, kind, count_one, &n));
	return n;
}

void
store_ops_assert_hidden(const char *dir, const char *text)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PATH_BYTES];
	size_t n = strlen(text);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		struct buf all = { 0 };
		if (e->d_name[0] == '.')
			continue;
		ok(paths_join(dir, e->d_name, path));
		ok(paths_read(path, 1u << 28, &all));
		for (size_t i = 0; i + n <= all.n; i++)
			if (memcmp(all.p + i, text, n) == 0)
				fail_msg("%s holds %s", e->d_name, text);
		buf_free(&all);
	}
	(void)closedir(d);
}
