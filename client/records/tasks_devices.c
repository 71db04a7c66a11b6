/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks_devices.c -- tasks about machines: of which nothing comes, and this
 * one.
 */
#include "client/records/tasks_internal.h"
#include "protocol/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct device {
	uint8_t id[ID_LEN];
	uint64_t newest_ms;
	const struct commune_cell *cell;	/* NULL: of none, or several */
	enum role role;
	char name[TASK_TEXT];
};
struct devices {
	struct tasks_looking *l;
	struct device *items;
	size_t count;
};

/* Whether this device looks after that one, and in which cell. */
static bool
in_charge(const struct tasks_looking *l, const struct certificate *c,
    const struct commune_cell **ret)
{
	size_t cells = 0;

	*ret = NULL;
	for (size_t i = 0; i < c->scope_count; i++) {
		const struct commune_cell *cell = tasks_internal_cell(l,
		    c->scopes[i]);

		if (cell == NULL)
			continue;
		cells++;
		*ret = cell;
	}
	if (cells != 1)
		*ret = NULL;
	if (l->only != NULL)
		return cells > 0;
	/* a commissioner does not read the lanes of organisations */
	return l->role == ROLE_COMMUNE || (cells > 0 &&
	    (c->role == ROLE_SECRETARY || c->role == ROLE_DEPUTY));
}

static struct device *
find_device(struct devices *d, const uint8_t *id)
{
	for (size_t i = 0; i < d->count; i++)
		if (memcmp(d->items[i].id, id, ID_LEN) == 0)
			return &d->items[i];
	return NULL;
}

static err
add_devices(struct devices *d)
{
	const struct roster *r = store_roster(d->l->s);
	size_t count = roster_count(r);

	d->items = calloc(count + 1, sizeof *d->items);
	if (d->items == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		struct device *one = &d->items[d->count];
		struct certificate c;
		uint8_t id[ID_LEN];

		if (roster_at(r, i, &c) != ERR_OK || !c.claimed || c.revoked)
			continue;
		chain_key_id(c.sign_pub, id);
		if (memcmp(id, store_device(d->l->s), ID_LEN) == 0 ||
		    find_device(d, id) != NULL ||
		    !in_charge(d->l, &c, &one->cell))
			continue;
		memcpy(one->id, id, ID_LEN);
		one->role = c.role;
		d->count++;
	}
	return ERR_OK;
}

static err
add_times(struct devices *d)
{
	const struct ledger *ledger = store_ledger(d->l->s);
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < ledger_log_count(ledger);
	    i++) {
		const struct log_head *log = ledger_log_at(ledger, i);
		struct device *one;
		uint8_t id[ID_LEN];
		uint64_t time_ms = 0;

		chain_key_id(log->author, id);
		one = find_device(d, id);
		if (one == NULL)
			continue;
		rc = store_log_received(d->l->s, log->log, &time_ms);
		if (rc == ERR_ABSENT)
			rc = ERR_OK;
		else if (rc == ERR_OK && time_ms > one->newest_ms)
			one->newest_ms = time_ms;
	}
	return rc;
}

static err
add_name(void *ctx, const uint8_t scope[SCOPE_LEN],
    const uint8_t subject[ID_LEN], const struct state *state)
{
	struct devices *d = ctx;
	struct device *one = find_device(d, subject);
	struct span name = { NULL, 0 };

	(void)scope;
	if (one != NULL && one->name[0] == '\0' &&
	    state_text(state, FIELD_HOLDER_NAME, (struct span){ NULL, 0 },
	    d->l->now_ms, &name) == ERR_OK)
		utf8_copy(one->name, sizeof one->name, name);
	return ERR_OK;
}

static err
add_silent_one(struct tasks_looking *l, const struct device *one)
{
	struct task t = { .by = TASK_BY_DEVICE };

	if (one->newest_ms == 0 || !tasks_rules_silent(
	    (int64_t)(one->newest_ms / DAY_MS), &l->day, &t))
		return ERR_OK;
	if (one->cell != NULL)
		tasks_internal_put_cell(&t, one->cell);
	t.has_subject = true;
	memcpy(t.subject, one->id, ID_LEN);
	memcpy(t.who, one->name, sizeof t.who);
	t.role = one->role;
	(void)snprintf(t.command, sizeof t.command, "nguon sync");
	tasks_internal_remind(l, &t, NULL);
	return tasks_internal_put(l, &t);
}

err
tasks_devices_silent(struct tasks_looking *l)
{
	struct devices d = { .l = l };
	err rc = ERR_OK;

	if (l->role != ROLE_COMMUNE && l->role != ROLE_COMMISSIONER)
		return ERR_OK;
	rc = add_devices(&d);
	if (rc == ERR_OK)
		rc = add_times(&d);
	if (rc == ERR_OK)
		rc = store_each(l->s, NULL, KIND_DEVICE, add_name, &d);
	for (size_t i = 0; rc == ERR_OK && i < d.count; i++)
		rc = add_silent_one(l, &d.items[i]);
	free(d.items);
	return rc;
}

/* ---- this machine */

struct own {
	uint64_t waiting, oldest_ms;
	uint64_t received_ms, leaf_ms;	/* of the newest that was received */
};

static err
look_own(void *ctx, const struct store_entry *e)
{
	struct own *own = ctx;
	struct codec_reader r = codec_reader(e->bytes);
	uint64_t seen, time_ms;
	uint32_t items;

	if (!e->own || codec_read_array(&r, &items) != ERR_OK ||
	    codec_read_uint(&r, &seen) != ERR_OK ||
	    codec_read_uint(&r, &time_ms) != ERR_OK)
		return ERR_OK;
	if (e->place.leaf == ROSTER_NO_LEAF) {
		if (own->waiting++ == 0 || time_ms < own->oldest_ms)
			own->oldest_ms = time_ms;
	} else if (e->place.leaf_time >= own->leaf_ms) {
		own->leaf_ms = e->place.leaf_time;
		own->received_ms = time_ms;
	}
	return ERR_OK;
}

err
tasks_devices_own(struct tasks_looking *l)
{
	struct task t = { .by = TASK_BY_THIS };
	struct own own = { .waiting = 0 };
	err rc = store_each_entry(l->s, NULL, look_own, &own);

	if (rc == ERR_OK && tasks_rules_unreceived(own.waiting,
	    (int64_t)(own.oldest_ms / DAY_MS), &l->day, &t)) {
		(void)snprintf(t.command, sizeof t.command, "nguon sync");
		rc = tasks_internal_put(l, &t);
		memset(&t, 0, sizeof t);
	}
	if (rc == ERR_OK && tasks_rules_clock(l->now_ms,
	    ledger_last_time(store_ledger(l->s)), own.received_ms,
	    own.leaf_ms, &t)) {
		(void)snprintf(t.command, sizeof t.command,
		    "timedatectl set-ntp true");
		rc = tasks_internal_put(l, &t);
	}
	return rc;
}
