/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_admission.c -- what a hub does with segments: judged by the ledger
 * alone, and kept in hub.db, durable, as in one request.  Entries are people
 * with facts and a sealed part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/hub/admit.h"
#include "tests/support/bench_limit.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_table.h"
#include "tests/support/hub_folder.h"
#include "tests/support/temp_folder.h"

enum { ROUNDS = 3, SEALED_BYTES = 160, FACTS_BYTES = 41 };

static void
must(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	(void)fprintf(stderr, "bench_admission: %s: %s\n", what,
	    err_name(rc));
	exit(2);
}

/* All segments of one log, each with bytes of its own. */
struct load {
	struct segment *segment;
	size_t count;
	uint64_t entries;
	size_t bytes;
};

static void
write_entry(struct hub_folder *f, struct world_log *l)
{
	/* 16 bytes of salt, then { 100: 1999, 101: "di-lam-xa" } */
	static const uint8_t facts[FACTS_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 9,
		10, 11, 12, 13, 14, 15, 16, 0x82, 0x64, 0xcd, 0x07, 0xcf,
		0x65, 0xa9, 'd', 'i', '-', 'l', 'a', 'm', '-', 'x', 'a' };
	static const uint8_t in_facts[] = { 0x92, 100, 101 };
	static const uint8_t in_sealed[] = { 0x94, 120, 122, 123, 125 };
	struct world_ops ops = { .count = 0 };
	struct field_draft *d = field_draft_new();
	uint8_t subject[ID_LEN], sealed[SEALED_BYTES];
	struct op_draft *op;

	if (l->seq == 0)
		world_op_log(&ops, l, NULL);
	crypto_random(subject, sizeof subject);
	crypto_random(sealed, sizeof sealed);
	field_draft_put_raw(d, FIELD_FACTS, (struct span){ in_facts, 3 });
	field_draft_put_raw(d, FIELD_SEALED, (struct span){ in_sealed, 5 });
	field_draft_put_bool(d, FIELD_CREATES, true);
	op = world_op(&ops, KIND_PERSON, subject, d);
	op->facts = (struct span){ facts, 32 };
	op->sealed = (struct span){ sealed, sizeof sealed };
	world_write(l, &ops, 0, f->empty_root, HUB_FOLDER_T0 + l->seq);
}

static void
make_load(struct hub_folder *f, uint64_t entries, uint32_t segment,
    struct load *ret)
{
	struct world_log l;
	uint8_t scope[SCOPE_LEN];

	world_scope(SCOPE_CELL, 1, scope);
	world_log_open(&l, &f->commune, scope, f->fpr, 1);
	for (uint64_t i = 0; i < entries; i++)
		write_entry(f, &l);
	*ret = (struct load){ .entries = entries };
	ret->segment = calloc((size_t)(entries / segment),
	    sizeof *ret->segment);
	for (uint64_t at = 1; at + segment <= entries + 1; at += segment) {
		struct segment *s = &ret->segment[ret->count++];
		uint8_t *copy;

		world_segment(&l, at, at + segment - 1, s);
		copy = malloc(s->entries.n);
		if (copy == NULL)
			abort();
		memcpy(copy, s->entries.p, s->entries.n);
		s->entries.p = copy;
		ret->bytes += s->entries.n;
	}
	world_log_free(&l);
}

static void
free_load(struct load *l)
{
	for (size_t i = 0; i < l->count; i++)
		free((void *)(uintptr_t)l->segment[i].entries.p);
	free(l->segment);
}

/* Entries a second, by the ledger alone. */
static double
judge(struct hub_folder *f, const struct load *load)
{
	struct ledger *l = ledger_new(f->fpr, NULL);
	enum reason reason = REASON_ADMITTED;
	struct leaf_inner inner;
	uint8_t scope[SCOPE_LEN];
	struct segment root;
	double begin;

	if (l == NULL) {
		must(ERR_NOMEM, "ledger");
		return 0;
	}
	world_segment(&f->root_log, 1, 1, &root);
	must(ledger_admit(l, &root, HUB_FOLDER_T0, NULL, NULL, &reason,
	    &inner, scope), "root");
	begin = bench_table_worked();
	for (size_t i = 0; i < load->count; i++) {
		must(ledger_admit(l, &load->segment[i],
		    HUB_FOLDER_T0 + i + 1, NULL, NULL, &reason, &inner,
		    scope), "admit");
		must(reason_err(reason), "admit");
	}
	begin = bench_table_worked() - begin;
	ledger_free(l);
	return (double)load->entries / begin;
}

/* Entries a second, durable. */
static double
keep(struct hub_folder *f, const struct load *load)
{
	char *dir = bench_table_folder();
	const char *what = "hub";
	struct commune *c = NULL;
	struct admission a;
	double begin;

	hub_folder_write(f, dir);
	must(hub_commune_open(dir, HUB_STORE_WRITE, &what, &c), what);
	begin = bench_table_now();
	admit_begin(&a, c);
	for (size_t i = 0; i < load->count; i++)
		must(admit_segment(&a, &load->segment[i]), "admit");
	must(admit_commit(&a), "commit");
	begin = bench_table_now() - begin;
	if (a.entries != load->entries)
		must(ERR_VALUE, "not all was admitted");
	admit_end(&a);
	hub_commune_close(c);
	temp_folder_remove(dir);
	return (double)load->entries / begin;
}

static double
raw(const struct load *load)
{
	char *dir = bench_table_folder();
	struct bench_rows *r = bench_rows_open(dir, "raw");
	double rate = bench_rows_bulk(r, load->bytes / load->entries,
	    load->entries, ADMIT_GROUP_ENTRIES);

	bench_rows_close(r);
	temp_folder_remove(dir);
	return rate;
}

int
main(void)
{
	static const struct {
		uint64_t entries;
		uint32_t segment;
		double target;
	} table[] = {
		{ 65536, 256, 150000 }, { 20000, 10, 100000 },
		{ 6000, 1, 14000 },
	};
	struct hub_folder f;
	struct bench_table *t;

	hub_folder_open(&f);
	t = bench_table_open("bench_admission", "hub admission, one core");
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		double pure[ROUNDS], kept[ROUNDS], rows[ROUNDS], bound;
		struct load load;
		char figure[128];

		make_load(&f, table[i].entries, table[i].segment, &load);
		for (size_t k = 0; k < ROUNDS; k++) {
			pure[k] = judge(&f, &load);
			kept[k] = keep(&f, &load);
			rows[k] = raw(&load);
		}
		bound = 1 / (1 / (table[i].segment * bench_limit_verify()) +
		    1 / bench_limit_hash(load.bytes / load.entries) +
		    1 / bench_table_median(rows, ROUNDS));
		(void)snprintf(figure, sizeof figure,
		    "admission, durable, %u entr%s a segment",
		    table[i].segment, table[i].segment == 1 ? "y" : "ies");
		bench_table_row(t, &(struct bench_row){ figure, "entries/s",
		    bench_table_median(kept, ROUNDS),
		    "SQLite rows, signatures and hashes alone", bound,
		    BENCH_AT_LEAST, table[i].target });
		bench_table_row(t, &(struct bench_row){
		    "the same, judged and not kept", "entries/s",
		    bench_table_median(pure, ROUNDS),
		    "Ed25519 verifications, times the entries",
		    table[i].segment * bench_limit_verify(), BENCH_NO_TARGET,
		    0 });
		free_load(&load);
	}
	bench_table_close(t);
	hub_folder_close(&f);
	return 0;
}
