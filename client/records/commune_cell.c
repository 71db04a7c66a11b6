/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune_cell.c -- the village cells: add, find, list.
 */
#include "client/records/commune.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune_key.h"
#include "client/store/clock.h"
#include "client/store/meta_names.h"
#include "protocol/utf8.h"

enum { CELL_CODE_BYTES = 63, CELL_NAME_BYTES = 200, CELL_MEMBERS = 100000 };

/* The word, in whatever case. */
static bool
is_word(struct span code, const char *word)
{
	for (size_t i = 0; i < code.n; i++)
		if ((code.p[i] | 0x20) != (uint8_t)word[i])
			return false;
	return word[code.n] == '\0';
}

/* What stands for more than a cell, in reports and options. */
static bool
is_reserved(struct span code)
{
	static const char *const words[] = { "commune", "all", "root" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_word(code, words[i]))
			return true;
	return false;
}

bool
commune_cell_code_ok(struct span code)
{
	if (code.n == 0 || code.n > CELL_CODE_BYTES)
		return false;
	for (size_t i = 0; i < code.n; i++) {
		uint8_t c = code.p[i];
		bool digit = c >= '0' && c <= '9';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!digit && !letter && c != '-' && c != '_' && c != '.')
			return false;
	}
	return !is_reserved(code);
}

/* ---- reading */

static void
copy_field(const struct state *state, uint64_t field, char *out, size_t size)
{
	struct span text;

	out[0] = '\0';
	if (state_text(state, field, (struct span){ 0 }, clock_now_ms(),
		&text) == ERR_OK)
		utf8_copy(out, size, text);
}

static void
read_cell(const uint8_t *subject, const struct state *state,
    struct commune_cell *ret)
{
	memcpy(ret->scope, subject, SCOPE_LEN);
	copy_field(state, FIELD_CODE, ret->code, sizeof ret->code);
	copy_field(state, FIELD_NAME, ret->name, sizeof ret->name);
	copy_field(state, FIELD_COMMISSIONER, ret->commissioner,
	    sizeof ret->commissioner);
	if (state_uint(state, FIELD_MEMBERS, (struct span){0},
	    clock_now_ms(), &ret->members) != ERR_OK)
		ret->members = 0;
}

static err
read_meta(struct store *s, const char *name, char *out, size_t size)
{
	struct buf text = { 0 };
	err rc = store_meta_get(s, name, &text);

	if (rc == ERR_OK)
		utf8_copy(out, size, buf_span(&text));
	buf_free(&text);
	return rc;
}

/* The cell that the invitation named, while nothing else is known of it.
 * ERR_ABSENT. */
static err
read_invited(struct store *s, struct commune_cell *ret)
{
	const struct state *state = NULL;
	struct commune_cell cell = { .members = 0 };
	struct buf scope = { 0 };
	uint8_t subject[ID_LEN];
	err rc = store_meta_get(s, META_CELL_SCOPE, &scope);

	if (rc == ERR_OK && scope.n != SCOPE_LEN)
		rc = ERR_DAMAGED;
	if (rc == ERR_OK)
		memcpy(cell.scope, scope.p, SCOPE_LEN);
	buf_free(&scope);
	if (rc == ERR_OK)
		rc = read_meta(s, META_CELL_CODE, cell.code,
		    sizeof cell.code);
	if (rc == ERR_OK)
		rc = read_meta(s, META_CELL_NAME, cell.name,
		    sizeof cell.name);
	if (rc != ERR_OK)
		return rc;
	chain_scope_subject(cell.scope, subject);
	rc = store_state(s, scope_root, subject, &state);
	if (rc == ERR_OK && state_has_kind(state, KIND_CELL))
		return ERR_ABSENT;
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	*ret = cell;
	return ERR_OK;
}

struct cells {
	struct commune_cell *cell;
	size_t count, cap;
};

/* One more, to be filled in; NULL: no memory. */
static struct commune_cell *
next_cell(struct cells *all)
{
	if (all->count == all->cap) {
		size_t cap = all->cap == 0 ? 32 : all->cap * 2;
		struct commune_cell *more = realloc(all->cell,
		    cap * sizeof *more);
		if (more == NULL)
			return NULL;
		all->cell = more;
		all->cap = cap;
	}
	return &all->cell[all->count];
}

static err
collect(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct cells *all = ctx;
	struct commune_cell *cell = next_cell(all);

	(void)scope;
	if (cell == NULL)
		return ERR_NOMEM;
	read_cell(subject, state, cell);
	all->count++;
	return ERR_OK;
}

/* The one that is known by the invitation alone. */
static err
collect_invited(struct store *s, struct cells *all)
{
	struct commune_cell cell, *to;
	err rc = read_invited(s, &cell);

	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	to = next_cell(all);
	if (to == NULL)
		return ERR_NOMEM;
	*to = cell;
	all->count++;
	return ERR_OK;
}

/* By letters; a run of digits counts by its value. */
static int
compare_codes(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		size_t n = strspn(a, "0123456789");
		size_t m = strspn(b, "0123456789");
		if (n > 0 && m > 0) {
			for (; n > 1 && *a == '0'; n--)
				a++;
			for (; m > 1 && *b == '0'; m--)
				b++;
			if (n != m)
				return n < m ? -1 : 1;
			int by = memcmp(a, b, n);
			if (by != 0)
				return by;
			a += n;
			b += n;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return (*a != '\0') - (*b != '\0');
}

static int
compare_cells(const void *a, const void *b)
{
	const struct commune_cell *x = a, *y = b;
	int by = compare_codes(x->code, y->code);

	return by != 0 ? by : memcmp(x->scope, y->scope, SCOPE_LEN);
}

err
commune_cell_all(struct store *s, struct commune_cell **ret, size_t *ret_count)
{
	struct cells all = { 0 };
	err rc = store_each(s, scope_root, KIND_CELL, collect, &all);

	if (rc == ERR_OK)
		rc = collect_invited(s, &all);
	if (rc != ERR_OK) {
		free(all.cell);
		return rc;
	}
	if (all.count > 1)
		qsort(all.cell, all.count, sizeof *all.cell, compare_cells);
	*ret = all.cell;
	*ret_count = all.count;
	return ERR_OK;
}

struct looking {
	const char *code;
	struct commune_cell *ret;
	bool found;
};

/* Where two offices gave one code away, the lower scope has it. */
static err
look(void *ctx, const uint8_t scope[SCOPE_LEN], const uint8_t subject[ID_LEN],
    const struct state *state)
{
	struct looking *l = ctx;
	struct commune_cell cell;

	(void)scope;
	read_cell(subject, state, &cell);
	if (strcmp(cell.code, l->code) == 0 && (!l->found ||
	    memcmp(cell.scope, l->ret->scope, SCOPE_LEN) < 0)) {
		*l->ret = cell;
		l->found = true;
	}
	return ERR_OK;
}

err
commune_cell_by_code(struct store *s, const char *code,
    struct commune_cell *ret)
{
	struct looking l = { .code = code, .ret = ret };
	struct commune_cell cell;
	err rc = store_each(s, scope_root, KIND_CELL, look, &l);

	if (rc != ERR_OK || l.found)
		return rc;
	rc = read_invited(s, &cell);
	if (rc == ERR_OK && strcmp(cell.code, code) != 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		*ret = cell;
	return rc;
}

static err
invited_by_scope(struct store *s, const uint8_t *scope,
    struct commune_cell *ret)
{
	struct commune_cell cell;
	err rc = read_invited(s, &cell);

	if (rc == ERR_OK && memcmp(cell.scope, scope, SCOPE_LEN) != 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		*ret = cell;
	return rc;
}

err
commune_cell_by_scope(struct store *s, const uint8_t scope[static SCOPE_LEN],
    struct commune_cell *ret)
{
	const struct state *state = NULL;
	uint8_t subject[ID_LEN];

	chain_scope_subject(scope, subject);
	err rc = store_state(s, scope_root, subject, &state);
	if (rc == ERR_OK && !state_has_kind(state, KIND_CELL))
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		read_cell(subject, state, ret);
	return rc == ERR_ABSENT ? invited_by_scope(s, scope, ret) : rc;
}

/* ---- adding */

static err
write_cell(struct store *s, const uint8_t *scope, struct span code,
    struct span name, uint64_t members)
{
	struct store_op op = { .kind = KIND_CELL };
	err rc;

	chain_scope_subject(scope, op.subject);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_bin(op.fields, FIELD_SCOPE,
	    (struct span){ scope, SCOPE_LEN });
	field_draft_put_text(op.fields, FIELD_CODE, code);
	field_draft_put_text(op.fields, FIELD_NAME, name);
	field_draft_put_uint(op.fields, FIELD_MEMBERS, members);
	rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

err
commune_cell_add(struct store *s, struct span code, struct span name,
    uint64_t members, uint8_t ret_scope[static SCOPE_LEN])
{
	struct commune_cell old;
	char text[CELL_CODE_BYTES + 1];
	uint8_t scope[SCOPE_LEN];
	bool single = false;
	err rc;

	if (!commune_cell_code_ok(code) || name.n == 0 ||
	    name.n > CELL_NAME_BYTES || !utf8_lawful(name) ||
	    members > CELL_MEMBERS)
		return ERR_VALUE;
	utf8_copy(text, sizeof text, code);
	rc = commune_cell_by_code(s, text, &old);
	if (rc != ERR_ABSENT)
		return rc == ERR_OK ? ERR_EXISTS : rc;
	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	rc = commune_key_begin(s, &single);
	if (rc != ERR_OK)
		return rc;
	chain_scope_new(SCOPE_CELL, scope);
	rc = write_cell(s, scope, code, name, members);
	if (rc == ERR_OK)
		rc = commune_key_make(s, scope);
	rc = commune_key_end(s, single, rc);
	if (rc == ERR_OK)
		memcpy(ret_scope, scope, SCOPE_LEN);
	return rc;
}
