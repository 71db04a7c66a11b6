/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/merge.h"

#include <stdlib.h>
#include <string.h>

enum { CLOCK_AHEAD_MS = 600000 };	/* how far a clock may run ahead */

struct line {
	uint8_t log[ID_LEN];
	struct entry_ref predecessor;
};

/* Invariants: 1. sorted by log.  2. no log is its own ancestor. */
struct merge_lines {
	struct line *line;
	size_t count, capacity;
};

struct merge_lines *
merge_lines_new(void)
{
	return calloc(1, sizeof(struct merge_lines));
}

void
merge_lines_free(struct merge_lines *m)
{
	if (m == NULL)
		return;
	free(m->line);
	free(m);
}

/* Index of the first line whose log is not below `log`. */
static size_t
line_slot(const struct merge_lines *m, const uint8_t log[static ID_LEN])
{
	size_t lo = 0, hi = m->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(m->line[mid].log, log, ID_LEN) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct entry_ref *
predecessor_of(const struct merge_lines *m, const uint8_t log[static ID_LEN])
{
	size_t i;

	if (m == NULL || m->count == 0)
		return NULL;
	i = line_slot(m, log);
	if (i == m->count || memcmp(m->line[i].log, log, ID_LEN) != 0)
		return NULL;
	return &m->line[i].predecessor;
}

static bool
same_ref(const struct entry_ref *a, const struct entry_ref *b)
{
	return a->seq == b->seq && memcmp(a->log, b->log, ID_LEN) == 0 &&
	    memcmp(a->hash, b->hash, HASH_LEN) == 0;
}

err
merge_lines_add(struct merge_lines *m, const uint8_t log[static ID_LEN],
    const struct entry_ref *predecessor)
{
	const struct entry_ref *p = predecessor_of(m, log);
	struct line *grown;
	size_t i, capacity;

	if (p != NULL)
		return same_ref(p, predecessor) ? ERR_OK : ERR_EXISTS;
	if (predecessor->seq == 0)
		return ERR_FORMAT;
	for (p = predecessor; p != NULL; p = predecessor_of(m, p->log))
		if (memcmp(p->log, log, ID_LEN) == 0)
			return ERR_FORMAT;
	if (m->count == m->capacity) {
		capacity = m->capacity == 0 ? 8 : 2 * m->capacity;
		grown = realloc(m->line, capacity * sizeof *grown);
		if (grown == NULL)
			return ERR_NOMEM;
		m->line = grown;
		m->capacity = capacity;
	}
	i = line_slot(m, log);
	memmove(&m->line[i + 1], &m->line[i],
	    (m->count - i) * sizeof *m->line);
	memcpy(m->line[i].log, log, ID_LEN);
	m->line[i].predecessor = *predecessor;
	m->count++;
	return ERR_OK;
}

/* Is a in the line of b (SPEC.md section 9, rule 1)? */
static bool
in_line(const struct merge_lines *m, const struct stamp *a,
    const struct stamp *b)
{
	const struct entry_ref *p;

	if (memcmp(a->log, b->log, ID_LEN) == 0)
		return a->seq < b->seq || (a->seq == b->seq && a->op < b->op);
	for (p = predecessor_of(m, b->log); p != NULL;
	    p = predecessor_of(m, p->log))
		if (memcmp(a->log, p->log, ID_LEN) == 0)
			return a->seq <= p->seq;
	return false;
}

bool
merge_before(const struct merge_lines *m, const struct stamp *a,
    const struct stamp *b)
{
	uint64_t eff = b->leaf < b->line_seen ? b->leaf : b->line_seen;

	if (memcmp(a->log, b->log, ID_LEN) != 0 && a->leaf < eff)
		return true;
	return in_line(m, a, b);
}

static uint64_t
rank_time(const struct stamp *s, uint64_t now_ms)
{
	uint64_t bound = s->leaf == MERGE_NO_LEAF ? now_ms : s->leaf_time;

	bound = bound > UINT64_MAX - CLOCK_AHEAD_MS ? UINT64_MAX
						    : bound + CLOCK_AHEAD_MS;
	return s->time_ms < bound ? s->time_ms : bound;
}

int
merge_rank(const struct stamp *a, const struct stamp *b, uint64_t now_ms)
{
	uint64_t ta = rank_time(a, now_ms), tb = rank_time(b, now_ms);
	int c;

	if (ta != tb)
		return ta < tb ? -1 : 1;
	c = memcmp(a->log, b->log, ID_LEN);
	if (c != 0)
		return c;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return (a->op > b->op) - (a->op < b->op);
}
