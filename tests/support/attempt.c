/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/attempt.h"

void
attempt_refresh(struct attempt *a)
{
	a->size = ledger_size(a->o.ledger);
	assert_int_equal(ledger_root_at(a->o.ledger, a->size, a->root),
	    ERR_OK);
}

void
attempt_mark(struct attempt *a)
{
	world_op_bare(&a->o.ops, KIND_READ, a->o.invite.id);
}

void
attempt_marked(struct attempt *a, struct world_log *l)
{
	attempt_mark(a);
	office_write(&a->o, l);
}

void
attempt_cut(struct attempt *a, struct world_log *l, uint64_t first,
    uint64_t last)
{
	world_segment(l, first, last, &a->s);
}

void
attempt_good(struct attempt *a)
{
	attempt_marked(a, &a->o.secretary_log);
	attempt_cut(a, &a->o.secretary_log, 2, 2);
}

void
attempt_first_log(struct attempt *a, const struct actor *author,
    const uint8_t *scope, void (*more)(struct attempt *a))
{
	world_log_open(&a->log, author, scope, a->o.fpr, 7);
	world_op_log(&a->o.ops, &a->log, NULL);
	if (more != NULL)
		more(a);
	office_write(&a->o, &a->log);
	attempt_cut(a, &a->log, 1, 1);
}

void
attempt_claim(struct attempt *a, const struct actor *device,
    const struct actor *invite)
{
	office_claim(&a->o, &a->log, device, invite);
	attempt_cut(a, &a->log, 1, 1);
}

void
attempt_invite(struct attempt *a)
{
	world_op_invite(&a->o.ops, &a->second, ROLE_DEPUTY, SCOPES(a->o.cell),
	    1);
	office_step(&a->o, &a->o.commune_log);
	attempt_refresh(a);
}

void
attempt_try(const struct attempt_case *c)
{
	struct attempt *a = calloc(1, sizeof *a);
	struct log_head before[8];
	uint8_t root[HASH_LEN];

	assert_non_null(a);
	office_open(&a->o);
	world_actor("other", &a->other);
	world_actor("second", &a->second);
	attempt_refresh(a);
	c->prepare(a);
	attempt_refresh(a);
	uint64_t time_ms = a->time_ms != 0 ? a->time_ms : office_time(&a->o);
	const struct ledger *l = a->o.ledger;
	size_t logs = ledger_log_count(l);
	size_t certs = roster_count(ledger_roster(l));
	size_t rows = a->o.rows;
	assert_in_range(logs, 1, 8);
	for (size_t j = 0; j < logs; j++)
		before[j] = *ledger_log_at(l, j);

	enum reason got = office_admit_at(&a->o, &a->s, time_ms);
	if (got != c->want)
		fail_msg("%s: %s, not %s", c->name, reason_name(got),
		    reason_name(c->want));
	if (got != REASON_ADMITTED) {
		assert_int_equal(ledger_size(l), a->size);
		assert_int_equal(ledger_root_at(l, a->size, root), ERR_OK);
		assert_memory_equal(root, a->root, HASH_LEN);
		assert_int_equal(ledger_log_count(l), logs);
		for (size_t j = 0; j < logs; j++)
			assert_memory_equal(&before[j], ledger_log_at(l, j),
			    sizeof before[j]);
		assert_int_equal(roster_count(ledger_roster(l)), certs);
		assert_int_equal(a->o.rows, rows);
	}
	world_log_free(&a->log);
	buf_free(&a->bytes);
	office_close(&a->o);
	free(a);
}
