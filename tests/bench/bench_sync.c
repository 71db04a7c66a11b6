/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_sync.c -- real hub and daemon over loopback TLS: 15,000 changes
 * (10,000 new people, 5,000 new telephone numbers) from one device to an
 * empty hub, bytes a change on the wire, and what the steady state costs.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bench_commune.h"
#include "tests/support/bench_daemon.h"
#include "tests/support/bench_relay.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_table.h"

enum {
	PEOPLE = 10000,
	UPDATES = 5000,
	CHANGES = PEOPLE + UPDATES,
	BACKLOG = 1000,
	BATCH = 250,
	ROUNDS = 3,
};

typedef void change_fn(struct bench_commune *b, size_t number,
    uint8_t person[static ID_LEN]);

static void
new_person(struct bench_commune *b, size_t number,
    uint8_t person[static ID_LEN])
{
	bench_commune_person(b, number, person);
}

static void
new_number(struct bench_commune *b, size_t number,
    uint8_t person[static ID_LEN])
{
	bench_commune_sealed(b, number, person);
}

static void
new_step(struct bench_commune *b, size_t number,
    uint8_t person[static ID_LEN])
{
	bench_commune_step(b, number, person);
}

static void
make(struct bench_commune *b, size_t n, change_fn *change,
    uint8_t (*person)[ID_LEN])
{
	for (size_t i = 0; i < n; i++) {
		if (i % BATCH == 0)
			bench_commune_must(store_batch_begin(b->store),
			    "batch");
		change(b, i, person[i]);
		if (i % BATCH == BATCH - 1 || i == n - 1)
			bench_commune_must(store_batch_commit(b->store),
			    "batch");
	}
}

static void
take_in(struct bench_commune *b)
{
	struct take_in t = { .leaves = 0 };

	bench_commune_must(store_take_in(b->store, &t), "take in");
	if (t.alarmed)
		bench_commune_must(ERR_DAMAGED, t.alarm_code);
}

static err
add_bytes(void *ctx, const struct store_entry *e)
{
	*(double *)ctx += (double)e->bytes.n;
	return ERR_OK;
}

/* Seconds for everything, on a copy of store and hub. */
static double
timed(struct bench_commune *b)
{
	char command[3 * 4096], store[8192], hub[8192];
	unsigned port = 0;
	double begin;
	pid_t pid;

	(void)snprintf(store, sizeof store, "%s/copy/store", b->work);
	(void)snprintf(hub, sizeof hub, "%s/copy/hub", b->work);
	(void)snprintf(command, sizeof command, "cd '%s' && rm -rf copy &&"
	    " mkdir copy && cp -r store hub copy && sync", b->work);
	if (system(command) != 0)
		bench_commune_must(ERR_IO, "copy");
	pid = bench_daemon_hub(hub, &port);
	begin = bench_table_now();
	bench_daemon_once(store, port);
	begin = bench_table_now() - begin;
	bench_daemon_stop(pid);
	return begin;
}

/* Bytes both ways of one `nguond cell --once`. */
static double
carried(struct bench_commune *b, struct bench_relay *r)
{
	struct bench_traffic before = bench_relay_traffic(r), after;

	bench_daemon_once(b->dir, bench_relay_port(r));
	bench_relay_quiet(r, &before);
	after = bench_relay_traffic(r);
	take_in(b);
	return (double)(after.up + after.down - before.up - before.down);
}

static void
row(struct bench_table *t, const char *figure, double ours, double most)
{
	bench_table_row(t, &(struct bench_row){ figure, "bytes", ours, NULL,
	    0, BENCH_AT_MOST, most });
}

static void
backlogs(struct bench_table *t, struct bench_commune *b,
    struct bench_relay *r, uint8_t (*person)[ID_LEN])
{
	static const struct {
		const char *figure;
		change_fn *change;
		double most;
	} table[] = {
		{ "a new sealed person, backlog of 1,000", new_person, 180 },
		{ "a sealed update, backlog of 1,000", new_number, 120 },
		{ "a step, backlog of 1,000", new_step, 45 },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		make(b, BACKLOG, table[i].change, person);
		row(t, table[i].figure, carried(b, r) / BACKLOG,
		    table[i].most);
	}
}

static double
between(const struct bench_traffic *before, const struct bench_traffic *now)
{
	return (double)(now->up + now->down - before->up - before->down);
}

/* A daemon that keeps its connection. */
static void
steady(struct bench_table *t, struct bench_commune *b, struct bench_relay *r,
    uint8_t (*person)[ID_LEN])
{
	struct bench_traffic before = bench_relay_traffic(r), now;
	uint64_t connections;
	pid_t pid;

	pid = bench_daemon_cell(b->dir, bench_relay_port(r));
	bench_relay_quiet(r, &before);
	before = bench_relay_traffic(r);
	connections = before.connections;
	(void)kill(pid, SIGHUP);
	bench_relay_quiet(r, &before);
	now = bench_relay_traffic(r);
	row(t, "an exchange with nothing to say, connection kept",
	    between(&before, &now), 300);
	before = now;
	bench_commune_sealed(b, 0, person[0]);
	bench_relay_quiet(r, &before);
	now = bench_relay_traffic(r);
	row(t, "one change, connection kept", between(&before, &now), 700);
	if (now.connections != connections)
		bench_table_note(t, "The connection was not kept.");
	bench_table_row(t, &(struct bench_row){
	    "memory of nguond cell, idle, private dirty", "MB",
	    bench_daemon_memory(pid), NULL, 0, BENCH_AT_MOST, 3 });
	bench_daemon_stop(pid);
	take_in(b);
	bench_commune_sealed(b, 0, person[0]);
	row(t, "one change, new connection", carried(b, r), 1900);
}

static void
measure(struct bench_table *t, struct bench_commune *b,
    uint8_t (*person)[ID_LEN])
{
	double took[ROUNDS], raw[ROUNDS], bytes = 0;
	struct bench_relay *r;
	unsigned port = 0;
	pid_t hub;

	for (size_t i = 0; i < ROUNDS; i++) {
		char name[32];
		struct bench_rows *rows;

		took[i] = timed(b);
		(void)snprintf(name, sizeof name, "raw%zu", i);
		rows = bench_rows_open(b->work, name);
		raw[i] = CHANGES / bench_rows_bulk(rows, 250, CHANGES, 2000);
		bench_rows_close(rows);
	}
	bench_table_row(t, &(struct bench_row){
	    "sync of 15,000 changes to an empty hub", "s",
	    bench_table_median(took, ROUNDS),
	    "SQLite, as many rows of 250 bytes, durable",
	    bench_table_median(raw, ROUNDS), BENCH_AT_MOST, 0.25 });
	bench_commune_must(store_each_entry(b->store, NULL, add_bytes,
	    &bytes), "entries");
	hub = bench_daemon_hub(b->hub, &port);
	r = bench_relay_open(port);
	bench_table_row(t, &(struct bench_row){
	    "a change of these on the wire", "bytes", carried(b, r) / CHANGES,
	    "its entry as stored", bytes / CHANGES, BENCH_AT_MOST, 150 });
	backlogs(t, b, r, person);
	steady(t, b, r, person);
	bench_daemon_stop(hub);
	bench_relay_close(r);
}

int
main(void)
{
	static struct bench_commune b;
	static uint8_t person[PEOPLE][ID_LEN];
	struct bench_table *t;

	bench_commune_open(&b);
	/* in batches, as an import writes */
	make(&b, PEOPLE, new_person, person);
	make(&b, UPDATES, new_number, person);
	t = bench_table_open("bench_sync", "sync over loopback TLS, real "
	    "processes; bytes of TCP both ways");
	measure(t, &b, person);
	bench_table_close(t);
	bench_commune_close(&b);
	return 0;
}
