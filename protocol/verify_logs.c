/* SPDX-License-Identifier: Apache-2.0 */
/* verify_logs.c -- the admitted entries of every log, by seq. */
#include "protocol/verify_logs.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/verify_index.h"

struct verify_logs {
	struct verify_index *index;
	struct verify_log *logs;
	size_t count;
	size_t cap;
};

struct verify_logs *
verify_logs_new(void)
{
	struct verify_logs *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->index = verify_index_new();
	if (l->index == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void
verify_logs_free(struct verify_logs *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		free(l->logs[i].past);
	free(l->logs);
	verify_index_free(l->index);
	free(l);
}

static void
make_key(const uint8_t *log, uint8_t *ret_key)
{
	memset(ret_key, 0, SCOPE_LEN);
	memcpy(ret_key + SCOPE_LEN, log, ID_LEN);
}

static err
add_log(struct verify_logs *l, const uint8_t *root_fpr, const uint8_t *log)
{
	struct verify_log *g;

	if (l->count == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		struct verify_log *p = realloc(l->logs, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		l->logs = p;
		l->cap = cap;
	}
	g = &l->logs[l->count++];
	memset(g, 0, sizeof *g);
	memcpy(g->log, log, ID_LEN);
	chain_start(root_fpr, log, g->head);
	return ERR_OK;
}

err
verify_logs_get(struct verify_logs *l, const uint8_t root_fpr[static HASH_LEN],
    const uint8_t log[static ID_LEN], struct verify_log **ret_log)
{
	uint8_t key[VERIFY_KEY_LEN];
	size_t number;
	err rc;

	make_key(log, key);
	rc = verify_index_put(l->index, key, &number);
	while (rc == ERR_OK && l->count <= number)
		rc = add_log(l, root_fpr, log);
	if (rc == ERR_OK)
		*ret_log = &l->logs[number];
	return rc;
}

err
verify_logs_push(struct verify_log *g, const uint8_t hash[static HASH_LEN],
    uint64_t line_seen)
{
	if (g->count == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 16;
		struct verify_past *p = realloc(g->past, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		g->past = p;
		g->cap = cap;
	}
	memcpy(g->past[g->count].hash, hash, HASH_LEN);
	g->past[g->count++].line_seen = line_seen;
	g->head_seq = g->count;
	memcpy(g->head, hash, HASH_LEN);
	return ERR_OK;
}

err
verify_logs_at(const struct verify_logs *l, const uint8_t log[static ID_LEN],
    uint64_t seq, struct verify_past *ret_past)
{
	uint8_t key[VERIFY_KEY_LEN];
	size_t number;
	err rc;

	make_key(log, key);
	rc = verify_index_find(l->index, key, &number);
	if (rc != ERR_OK)
		return rc;
	if (seq == 0 || number >= l->count || seq > l->logs[number].count)
		return ERR_ABSENT;
	*ret_past = l->logs[number].past[seq - 1];
	return ERR_OK;
}
