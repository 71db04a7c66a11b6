/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_scenario [OPTION...] FOLDER OUT -- a scenario's tables as the signed
 * history that a commune would have made of them, in an audit file.  Prints
 * the root fingerprint.  The same input gives the same bytes, always.
 *
 * --tamper WHAT   a forged copy; a second line says what was hit and what
 *                 verify has to find there:
 *                 tampered WHAT log ID seq N M finds CODE
 *   flip          one bit of an entry
 *   drop-entry    an entry taken out of its segment
 *   swap-segments two segments of a log in each other's place
 *   forge-head    a head signed by another device
 *   bad-root      a device that states a root which is not the tree's
 *   lying-seen    a device that has seen more than there is
 *   void-role     an op that its author may not write: valid, and void
 * --segment N     most entries of a segment (256)
 * --copies N      each person N times, for measurements (1)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/figures.h"
#include "protocol/judge.h"
#include "tests/support/history.h"
#include "tests/support/history_forge.h"
#include "tests/support/scenario_rounds.h"

enum tamper {
	TAMPER_NONE, TAMPER_FLIP, TAMPER_DROP, TAMPER_SWAP, TAMPER_FORGE,
	TAMPER_ROOT, TAMPER_SEEN, TAMPER_VOID, TAMPER_COUNT,
};

static const struct {
	const char *name, *finds;
} tampers[TAMPER_COUNT] = {
	[TAMPER_NONE] = { "none", "" },
	[TAMPER_FLIP] = { "flip", "signature" },
	[TAMPER_DROP] = { "drop-entry", "signature" },
	[TAMPER_SWAP] = { "swap-segments", "chain" },
	[TAMPER_FORGE] = { "forge-head", "signature" },
	[TAMPER_ROOT] = { "bad-root", "root" },
	[TAMPER_SEEN] = { "lying-seen", "seen" },
	[TAMPER_VOID] = { "void-role", "role" },
};

struct cell {
	const char *code;
	uint8_t scope[SCOPE_LEN];
	struct history_device device;
	struct invite_keys invite;
	struct history_log *root_log, *log;
};

struct scenario {
	struct history *h;
	struct scenario_csv cells, quotas, people, events, activities;
	struct cell *cell;
	uint8_t (*person)[ID_LEN];	/* by row of people */
	uint64_t *round;		/* by row of events */
	int64_t listed;			/* days: the date of all listings */
	uint32_t segment_entries;
	uint32_t copies;
	enum tamper tamper;
	/* what was hit */
	uint8_t hit_log[ID_LEN];
	uint64_t hit_seq, hit_last;
};

static void
die(const char *what, const char *why)
{
	(void)fprintf(stderr, "write_scenario: %s: %s\n", what, why);
	exit(2);
}

static int64_t
date_of(const char *text)
{
	int64_t days = 0;

	if (date_parse((struct span){ (const uint8_t *)text, strlen(text) },
	    &days) != ERR_OK)
		die(text, "not a date");
	return days;
}

static uint64_t
number_of(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		die(text, "not a number");
	return n;
}

/* A number that may be missing. */
static void
put_number(struct field_draft *d, uint64_t field, const char *text)
{
	if (text[0] != '\0')
		field_draft_put_uint(d, field, number_of(text));
}

/* A text that may be missing. */
static void
put_text(struct field_draft *d, uint64_t field, const char *text)
{
	if (text[0] != '\0')
		history_text(d, field, text);
}

/* A field of a row, by the name of its column. */
static const char *
get(const struct scenario_csv *t, size_t row, const char *column)
{
	return scenario_csv_at(t, row, scenario_csv_column(t, column));
}

static struct cell *
cell_of(struct scenario *s, const char *code)
{
	for (size_t i = 0; i < s->cells.rows; i++)
		if (strcmp(s->cell[i].code, code) == 0)
			return &s->cell[i];
	die(code, "no such cell");
	return NULL;
}

static void
hit(struct scenario *s, const struct history_log *g, uint64_t seq)
{
	memcpy(s->hit_log, g->id, ID_LEN);
	s->hit_seq = s->hit_last = seq;
}

/* ---- the commune office: cells, quotas, invites */

static void
write_cells(struct scenario *s, struct history_log *g)
{
	static const uint8_t zeros[ID_LEN];
	struct history_op *op = history_op(g, KIND_SETTING, zeros);

	history_text(op->fields, FIELD_COMMUNE_NAME, "Xã Hương Sơn");
	history_commit(s->h, g);
	for (size_t i = 0; i < s->cells.rows; i++) {
		struct cell *c = &s->cell[i];
		uint8_t subject[ID_LEN];

		c->code = get(&s->cells, i, "cell");
		history_random(s->h, c->scope, SCOPE_LEN);
		c->scope[0] = SCOPE_CELL;
		chain_scope_subject(c->scope, subject);
		op = history_op(g, KIND_CELL, subject);
		history_bytes(op->fields, FIELD_SCOPE, c->scope, SCOPE_LEN);
		history_text(op->fields, FIELD_CODE, c->code);
		history_text(op->fields, FIELD_NAME,
		    get(&s->cells, i, "name"));
		put_number(op->fields, FIELD_MEMBERS,
		    get(&s->cells, i, "members"));
		put_text(op->fields, FIELD_COMMISSIONER,
		    get(&s->cells, i, "commissioner"));
		history_commit(s->h, g);
	}
}

static void
put_quota(struct history_log *g, const uint8_t *cell, uint64_t year,
    uint64_t number)
{
	struct history_op *op;
	uint8_t subject[ID_LEN];

	judge_quota_subject(cell, (uint16_t)year, subject);
	op = history_op(g, KIND_QUOTA, subject);
	history_bytes(op->fields, FIELD_CELL, cell, SCOPE_LEN);
	field_draft_put_uint(op->fields, FIELD_YEAR, year);
	field_draft_put_uint(op->fields, FIELD_NUMBER, number);
}

static void
write_office(struct scenario *s)
{
	struct history_log *g = history_log_open(s->h, &s->h->commune,
	    scope_root);

	history_commit(s->h, g);
	write_cells(s, g);
	for (size_t i = 0; i < s->quotas.rows; i++) {
		put_quota(g, cell_of(s, get(&s->quotas, i, "cell"))->scope,
		    number_of(get(&s->quotas, i, "year")),
		    number_of(get(&s->quotas, i, "quota")));
		history_commit(s->h, g);
	}
	for (size_t i = 0; i < s->cells.rows; i++) {
		uint8_t scopes[2][SCOPE_LEN];

		memcpy(scopes[0], scope_root, SCOPE_LEN);
		memcpy(scopes[1], s->cell[i].scope, SCOPE_LEN);
		history_invite(s->h, g, ROLE_SECRETARY,
		    (const uint8_t(*)[SCOPE_LEN])scopes, 2,
		    &s->cell[i].invite);
		history_commit(s->h, g);
	}
	history_cut(s->h, g);
	history_log_free(g);
}

/* ---- the cells' devices */

/* The cell key for oneself, and the holder's name. */
static void
write_device(struct scenario *s, struct cell *c)
{
	struct history_op *op = history_op(c->log, KIND_GRANT, c->device.id);
	char holder[128];

	history_bytes(op->fields, FIELD_COMMITMENT, c->log->cell.commitment,
	    HASH_LEN);
	op->has_key = true;
	op->key_bytes = GRANT_LEN;
	op = history_op(c->log, KIND_DEVICE, c->device.id);
	op->creates = true;
	(void)snprintf(holder, sizeof holder, "Bí thư %s", c->code);
	history_text(op->sealed, FIELD_HOLDER_NAME, holder);
	history_commit(s->h, c->log);
}

static void
join(struct scenario *s, struct cell *c)
{
	history_device(s->h, &c->device);
	c->root_log = history_log_open(s->h, &c->device, scope_root);
	history_claim(s->h, c->root_log, &c->invite);
	history_commit(s->h, c->root_log);
	history_cut(s->h, c->root_log);
	c->log = history_log_open(s->h, &c->device, c->scope);
	write_device(s, c);
}

static void
put_step(struct history_log *g, const uint8_t *person, enum step step,
    uint64_t round, int64_t date, const char *organisation,
    const char *reason)
{
	struct history_op *op = history_op(g, KIND_STEP, person);

	field_draft_put_uint(op->fields, FIELD_STEP, step);
	field_draft_put_int(op->fields, FIELD_DATE, date);
	if (round > 0)
		field_draft_put_uint(op->fields, FIELD_ROUND, round);
	put_text(op->facts, FIELD_ORGANISATION_OF, organisation);
	put_text(op->facts, FIELD_REASON, reason);
}

static void
put_person(struct scenario *s, struct history_log *g, size_t row,
    const uint8_t *person)
{
	static const struct { const char *column; uint64_t field; } sealed[] = {
		{ "full_name", FIELD_FULL_NAME }, { "gender", FIELD_GENDER },
		{ "workplace", FIELD_WORKPLACE },
		{ "education", FIELD_EDUCATION }, { "phone", FIELD_PHONE },
		{ "ref", FIELD_REF },
	};
	struct history_op *op = history_op(g, KIND_PERSON, person);

	op->creates = true;
	put_number(op->facts, FIELD_BIRTH_YEAR,
	    get(&s->people, row, "birth_year"));
	put_text(op->facts, FIELD_RESIDENCE,
	    get(&s->people, row, "residence"));
	put_text(op->facts, FIELD_ORGANISATION_OF,
	    get(&s->people, row, "organisation"));
	for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++)
		put_text(op->sealed, sealed[i].field,
		    get(&s->people, row, sealed[i].column));
	put_step(g, person, STEP_LISTED, 0, s->listed, "", "");
}

/* Ends an entry, and its segment when that is full. */
static void
commit(struct scenario *s, struct history_log *g)
{
	history_commit(s->h, g);
	if (g->pending_count < s->segment_entries)
		return;
	history_cut(s->h, g);
	history_see(s->h, g);
}

static void
write_people(struct scenario *s, struct cell *c)
{
	for (uint32_t n = 0; n < s->copies; n++)
		for (size_t i = 0; i < s->people.rows; i++) {
			if (strcmp(get(&s->people, i, "cell"), c->code) != 0)
				continue;
			history_random(s->h, s->person[i], ID_LEN);
			put_person(s, c->log, i, s->person[i]);
			commit(s, c->log);
		}
}

static void
write_events(struct scenario *s, struct cell *c)
{
	const struct scenario_csv *t = &s->events;

	for (size_t i = 0; i < t->rows; i++) {
		const char *name = get(t, i, "event");
		size_t person = 0;
		enum step step;

		if (strcmp(get(t, i, "cell"), c->code) != 0)
			continue;
		step = field_step_from_name((struct span){
		    (const uint8_t *)name, strlen(name) });
		if (step == STEP_NONE)
			die(name, "no such step");
		while (person < s->people.rows && strcmp(get(t, i, "person"),
		    get(&s->people, person, "ref")) != 0)
			person++;
		if (person == s->people.rows)
			die(get(t, i, "person"), "no such person");
		put_step(c->log, s->person[person], step, s->round[i],
		    date_of(get(t, i, "date")), get(t, i, "organisation"),
		    get(t, i, "reason"));
		commit(s, c->log);
	}
}

static void
write_activities(struct scenario *s, struct cell *c)
{
	const struct scenario_csv *t = &s->activities;

	for (size_t i = 0; i < t->rows; i++) {
		struct history_op *op;
		uint8_t id[ID_LEN];

		if (strcmp(get(t, i, "cell"), c->code) != 0)
			continue;
		history_random(s->h, id, sizeof id);
		op = history_op(c->log, KIND_ACTIVITY, id);
		field_draft_put_int(op->fields, FIELD_DATE,
		    date_of(get(t, i, "date")));
		history_text(op->fields, FIELD_ORGANISATION,
		    get(t, i, "organisation"));
		history_text(op->fields, FIELD_TITLE, get(t, i, "title"));
		put_number(op->fields, FIELD_PARTICIPANTS,
		    get(t, i, "participants"));
		commit(s, c->log);
	}
}

/* What a lying device of the first cell states in its next entry. */
static void
lie(struct scenario *s, struct cell *c)
{
	uint8_t root[HASH_LEN];
	uint64_t size = tree_size(s->h->tree);

	if (c != &s->cell[0] ||
	    (s->tamper != TAMPER_ROOT && s->tamper != TAMPER_SEEN))
		return;
	history_random(s->h, root, sizeof root);
	history_see_as(c->log,
	    s->tamper == TAMPER_SEEN ? size + 100 : size, root);
	hit(s, c->log, c->log->seq + 1);
}

static void
write_void(struct scenario *s)
{
	struct cell *c = &s->cell[0];

	put_quota(c->root_log, c->scope, 2022, 0);
	history_see(s->h, c->root_log);
	history_commit(s->h, c->root_log);
	history_cut(s->h, c->root_log);
	hit(s, c->root_log, c->root_log->seq);
}

/* Each list is a segment of its own, as each import is. */
static void
write_lists(struct scenario *s)
{
	static void (*const lists[])(struct scenario *, struct cell *) = {
		write_people, write_events, write_activities,
	};

	for (size_t n = 0; n < sizeof lists / sizeof lists[0]; n++)
		for (size_t i = 0; i < s->cells.rows; i++) {
			struct cell *c = &s->cell[i];

			if (c->log->seq > 1)
				history_see(s->h, c->log);
			if (n == 1)
				lie(s, c);
			lists[n](s, c);
			if (c->log->pending_count > 0)
				history_cut(s->h, c->log);
		}
}

/* ---- forgeries of what is written already */

/* The n-th segment of the first cell's log, from 0. */
static struct history_leaf *
segment_of(struct scenario *s, size_t n)
{
	for (size_t i = 0; i < s->h->leaf_count; i++)
		if (memcmp(s->h->leaves[i].log, s->cell[0].log->id,
		    ID_LEN) == 0 && n-- == 0)
			return &s->h->leaves[i];
	die("tamper", "too few segments");
	return NULL;
}

static void
tamper(struct scenario *s)
{
	struct history_leaf *leaf = segment_of(s, 0), *other;

	hit(s, s->cell[0].log, leaf->first);
	switch (s->tamper) {
	case TAMPER_FLIP:
		history_forge_flip(leaf);
		break;
	case TAMPER_DROP:
		history_forge_drop(leaf);
		break;
	case TAMPER_FORGE:
		chain_sign_head(s->cell[1].device.seed, leaf->log,
		    leaf->first + leaf->count - 1, leaf->head, leaf->sig);
		break;
	case TAMPER_SWAP:
		leaf = segment_of(s, 1);
		other = segment_of(s, 2);
		s->hit_seq = s->hit_last = other->first;
		history_forge_swap(leaf, other);
		return;
	case TAMPER_NONE:
	case TAMPER_ROOT:
	case TAMPER_SEEN:
	case TAMPER_VOID:
	case TAMPER_COUNT:
		return;
	}
	s->hit_last = leaf->first + leaf->count - 1;
}

/* ---- the program */

static void
read_tables(struct scenario *s, const char *folder)
{
	int64_t first = INT64_MAX;
	int year, month, day;

	s->cells = scenario_csv_read(folder, "cells.csv");
	s->quotas = scenario_csv_read(folder, "quotas.csv");
	s->people = scenario_csv_read(folder, "people.csv");
	s->events = scenario_csv_read(folder, "events.csv");
	s->activities = scenario_csv_read(folder, "activities.csv");
	s->cell = calloc(s->cells.rows + 1, sizeof *s->cell);
	s->person = calloc(s->people.rows + 1, sizeof *s->person);
	s->round = scenario_rounds(&s->events);
	if (s->cell == NULL || s->person == NULL)
		die(folder, "no memory");
	for (size_t i = 0; i < s->events.rows; i++) {
		int64_t date = date_of(get(&s->events, i, "date"));

		if (date < first)
			first = date;
	}
	if (s->events.rows == 0)
		first = 0;
	date_to_civil(first, &year, &month, &day);
	if (date_from_civil(year, 1, 1, &s->listed) != ERR_OK)
		die(folder, "no date");
}

static void
free_all(struct scenario *s)
{
	for (size_t i = 0; i < s->cells.rows; i++) {
		history_log_free(s->cell[i].root_log);
		history_log_free(s->cell[i].log);
	}
	free(s->cell);
	free(s->person);
	free(s->round);
	scenario_csv_free(&s->cells);
	scenario_csv_free(&s->quotas);
	scenario_csv_free(&s->people);
	scenario_csv_free(&s->events);
	scenario_csv_free(&s->activities);
	history_free(s->h);
}

static void
write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
		die(path, "cannot be written");
}

static void
print_result(const struct scenario *s)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(s->h->root.fingerprint, HASH_LEN, hex);
	(void)printf("%s\n", hex);
	if (s->tamper == TAMPER_NONE)
		return;
	hex_encode(s->hit_log, ID_LEN, hex);
	(void)printf("tampered %s log %s seq %llu %llu finds %s\n",
	    tampers[s->tamper].name, hex, (unsigned long long)s->hit_seq,
	    (unsigned long long)s->hit_last, tampers[s->tamper].finds);
}

static int
read_options(struct scenario *s, int argc, char **argv)
{
	int i = 1;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		const char *value = argv[i + 1];

		if (strcmp(argv[i], "--segment") == 0) {
			s->segment_entries = (uint32_t)number_of(value);
		} else if (strcmp(argv[i], "--copies") == 0) {
			s->copies = (uint32_t)number_of(value);
		} else if (strcmp(argv[i], "--tamper") == 0) {
			for (int t = TAMPER_FLIP; t < TAMPER_COUNT; t++)
				if (strcmp(value, tampers[t].name) == 0)
					s->tamper = (enum tamper)t;
			if (s->tamper == TAMPER_NONE)
				die(value, "no such forgery");
		} else {
			die(argv[i], "no such option");
		}
	}
	return i;
}

int
main(int argc, char **argv)
{
	struct scenario s = { .segment_entries = 256, .copies = 1 };
	struct buf out = { 0 };
	int i = read_options(&s, argc, argv);

	if (argc - i != 2)
		die("usage", "write_scenario [OPTION...] FOLDER OUT");
	if (crypto_start() != ERR_OK)
		die("crypto", "does not start");
	read_tables(&s, argv[i]);
	s.h = history_new("huong-son");
	write_office(&s);
	for (size_t c = 0; c < s.cells.rows; c++)
		join(&s, &s.cell[c]);
	write_lists(&s);
	if (s.tamper == TAMPER_VOID)
		write_void(&s);
	else if (s.tamper != TAMPER_ROOT && s.tamper != TAMPER_SEEN &&
	    s.tamper != TAMPER_NONE)
		tamper(&s);
	history_put(s.h, &out);
	if (buf_err(&out) != ERR_OK)
		die(argv[i + 1], "no memory");
	write_file(argv[i + 1], &out);
	print_result(&s);
	buf_free(&out);
	free_all(&s);
	return 0;
}
