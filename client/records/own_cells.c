/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/own_cells.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"

static bool
is_held(struct store *s, const uint8_t *scope)
{
	struct cell_key key;
	bool held = store_covers(s, scope) &&
	    store_key_current(s, scope, &key) == ERR_OK;

	crypto_wipe(&key, sizeof key);
	return held;
}

static bool
is_known(const struct own_cell *cells, size_t count, const uint8_t *scope)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(cells[i].scope, scope, SCOPE_LEN) == 0)
			return true;
	return false;
}

err
own_cells(struct store *s, struct own_cell **ret, size_t *ret_count)
{
	struct certificate mine = { .scope_count = 0 };
	struct commune_cell *known = NULL;
	struct own_cell *cells = NULL;
	size_t n = 0, count = 0;
	err rc = commune_cell_all(s, &known, &n);

	if (rc == ERR_OK && roster_by_device(store_roster(s), store_device(s),
	    &mine) != ERR_OK)
		mine.scope_count = 0;
	if (rc == ERR_OK) {
		cells = calloc(n + mine.scope_count + 1, sizeof *cells);
		rc = cells == NULL ? ERR_NOMEM : ERR_OK;
	}
	if (rc != ERR_OK)
		goto out;
	for (; count < n; count++) {
		memcpy(cells[count].scope, known[count].scope, SCOPE_LEN);
		memcpy(cells[count].code, known[count].code,
		    sizeof cells[count].code);
		memcpy(cells[count].name, known[count].name,
		    sizeof cells[count].name);
		cells[count].held = is_held(s, known[count].scope);
	}
	for (size_t i = 0; i < mine.scope_count; i++) {
		const uint8_t *scope = mine.scopes[i];
		if (chain_scope_kind(scope) != SCOPE_CELL ||
		    is_known(cells, count, scope))
			continue;
		memcpy(cells[count].scope, scope, SCOPE_LEN);
		cells[count++].held = is_held(s, scope);
	}
	*ret = cells;
	*ret_count = count;
out:
	free(known);
	return rc;
}

const struct own_cell *
own_cells_find(const struct own_cell *cells, size_t count, struct span code)
{
	for (size_t i = 0; i < count; i++)
		if (code.n > 0 && code.n == strlen(cells[i].code) &&
		    memcmp(code.p, cells[i].code, code.n) == 0)
			return &cells[i];
	return NULL;
}

err
own_cells_choose(struct store *s, const char *code,
    uint8_t ret[static SCOPE_LEN])
{
	const struct own_cell *found = NULL;
	struct own_cell *cells = NULL;
	size_t count = 0, held = 0;
	err rc = own_cells(s, &cells, &count);

	if (rc != ERR_OK)
		return rc;
	if (code != NULL) {
		found = own_cells_find(cells, count,
		    (struct span){ (const uint8_t *)code, strlen(code) });
		if (found == NULL)
			rc = ERR_ABSENT;
		else if (!found->held)
			rc = ERR_SCOPE;
	} else {
		for (size_t i = 0; i < count; i++)
			if (cells[i].held) {
				found = &cells[i];
				held++;
			}
		if (held != 1)
			rc = ERR_VALUE;
	}
	if (rc == ERR_OK)
		memcpy(ret, found->scope, SCOPE_LEN);
	free(cells);
	return rc;
}
