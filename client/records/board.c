/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/board.h"

#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/quota_view.h"
#include "client/records/reminders.h"
#include "client/records/tasks.h"
#include "client/store/clock.h"

#define DAY_MS UINT64_C(86400000)

void
board_free(struct board *b)
{
	if (b == NULL)
		return;
	free(b->rows);
	free(b);
}

uint64_t
board_days(const struct board *b, uint64_t ms)
{
	return ms < b->now_ms ? (b->now_ms - ms) / DAY_MS : 0;
}

static struct board_row *
find_row(struct board *b, const uint8_t *scope)
{
	for (size_t i = 0; i < b->count; i++)
		if (memcmp(b->rows[i].scope, scope, SCOPE_LEN) == 0)
			return &b->rows[i];
	return NULL;
}

/* ---- quotas, and where people stand */

static err
add_quotas(struct store *s, struct board *b)
{
	struct quota_view *v = NULL;
	err rc = quota_view_make(s, b->year, NULL, &v);

	for (size_t i = 0; rc == ERR_OK && i < v->count; i++) {
		const struct quota_row *from = &v->rows[i];
		struct board_row *row = find_row(b, from->scope);

		if (row == NULL)
			continue;
		row->quota = from->quota;
		row->admitted = from->admitted;
		row->in_trial = from->in_trial;
		row->in_class = from->in_class;
	}
	quota_view_free(v);
	return rc;
}

/* ---- what is asked of the cell */

static err
add_reminders(struct store *s, struct board *b)
{
	struct reminder_list *list = NULL;
	err rc = reminders_list(s, NULL, 1u << REMINDER_OPEN |
	    1u << REMINDER_SEEN, &list);

	for (size_t i = 0; rc == ERR_OK && i < list->count; i++) {
		struct board_row *row = find_row(b, list->items[i].scope);
		if (row != NULL)
			row->reminders++;
	}
	reminders_free(list);
	return rc;
}

/* Silence has its own columns. */
static err
add_tasks(struct store *s, struct board *b)
{
	struct task_list *list = NULL;
	err rc = tasks_list(s, NULL, &list);

	for (size_t i = 0; rc == ERR_OK && i < list->count; i++) {
		const struct task *t = &list->items[i];
		struct board_row *row = find_row(b, t->scope);

		if (row != NULL && t->urgency == TASK_OVERDUE &&
		    t->rule != TASK_SILENT)
			row->overdue++;
	}
	tasks_free(list);
	return rc;
}

/* ---- when something last came */

static void
note(struct board_row *row, const struct log_head *log, enum role role,
    uint64_t time_ms)
{
	if (memcmp(log->scope, row->scope, SCOPE_LEN) == 0 &&
	    (!row->has_received || row->received_ms < time_ms)) {
		row->has_received = true;
		row->received_ms = time_ms;
	}
	if (role == ROLE_SECRETARY &&
	    (!row->has_secretary || row->secretary_ms < time_ms)) {
		row->has_secretary = true;
		row->secretary_ms = time_ms;
	}
}

static err
add_log(struct store *s, struct board *b, const struct log_head *log)
{
	uint8_t device[ID_LEN];
	struct certificate c;
	uint64_t time_ms = 0;
	err rc;

	chain_key_id(log->author, device);
	if (roster_by_device(store_roster(s), device, &c) != ERR_OK ||
	    (c.role != ROLE_SECRETARY && c.role != ROLE_DEPUTY))
		return ERR_OK;
	rc = store_log_received(s, log->log, &time_ms);
	if (rc != ERR_OK)
		return rc == ERR_ABSENT ? ERR_OK : rc;
	for (size_t i = 0; i < b->count; i++)
		if (roster_names(&c, b->rows[i].scope))
			note(&b->rows[i], log, c.role, time_ms);
	return ERR_OK;
}

static err
add_logs(struct store *s, struct board *b)
{
	const struct ledger *l = store_ledger(s);
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < ledger_log_count(l); i++)
		rc = add_log(s, b, ledger_log_at(l, i));
	return rc;
}

/* ---- the order */

static uint64_t
missing(const struct board_row *r)
{
	return r->quota > r->admitted ? r->quota - r->admitted : 0;
}

static int
more(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

/* Codes are in order already, and so they stay. */
struct sorted {
	struct board_row row;
	uint64_t place, silent;
};

static int
compare(const void *pa, const void *pb)
{
	const struct sorted *a = pa, *b = pb;
	int c = more(a->row.overdue, b->row.overdue);

	if (c == 0)
		c = more(missing(&a->row), missing(&b->row));
	if (c == 0)
		c = more(a->silent, b->silent);
	return c != 0 ? c : -more(a->place, b->place);
}

static err
sort(struct board *b)
{
	struct sorted *s = calloc(b->count + 1, sizeof *s);

	if (s == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < b->count; i++) {
		s[i].row = b->rows[i];
		s[i].place = i;
		s[i].silent = b->rows[i].has_received ?
		    board_days(b, b->rows[i].received_ms) : UINT64_MAX;
	}
	qsort(s, b->count, sizeof *s, compare);
	for (size_t i = 0; i < b->count; i++)
		b->rows[i] = s[i].row;
	free(s);
	return ERR_OK;
}

/* ---- all of it */

static err
add_cells(struct store *s, struct board *b)
{
	struct commune_cell *cells = NULL;
	size_t count = 0;
	err rc = commune_cell_all(s, &cells, &count);

	if (rc != ERR_OK)
		return rc;
	b->rows = calloc(count + 1, sizeof *b->rows);
	for (size_t i = 0; b->rows != NULL && i < count; i++) {
		struct board_row *row = &b->rows[b->count];

		if (!store_covers(s, cells[i].scope))
			continue;
		memcpy(row->scope, cells[i].scope, SCOPE_LEN);
		memcpy(row->code, cells[i].code, sizeof row->code);
		memcpy(row->name, cells[i].name, sizeof row->name);
		b->count++;
	}
	free(cells);
	return b->rows == NULL ? ERR_NOMEM : ERR_OK;
}

err
board_make(struct store *s, int year, struct board **ret)
{
	struct board *b;
	err rc;

	if (store_role(s) != ROLE_COMMUNE &&
	    store_role(s) != ROLE_COMMISSIONER)
		return ERR_ROLE;
	if (!store_unlocked(s))
		return ERR_PASS;
	b = calloc(1, sizeof *b);
	if (b == NULL)
		return ERR_NOMEM;
	b->year = year;
	b->now_ms = clock_now_ms();
	rc = add_cells(s, b);
	if (rc == ERR_OK)
		rc = add_quotas(s, b);
	if (rc == ERR_OK)
		rc = add_reminders(s, b);
	if (rc == ERR_OK)
		rc = add_tasks(s, b);
	if (rc == ERR_OK)
		rc = add_logs(s, b);
	if (rc == ERR_OK)
		rc = sort(b);
	if (rc != ERR_OK) {
		board_free(b);
		return rc;
	}
	*ret = b;
	return ERR_OK;
}
