/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/fold.h"

#include <string.h>

/* One op on its way into one state. */
struct target {
	const struct merge_lines *lines;
	struct state *state;
	struct stamp stamp;
	uint8_t element[ELEMENT_MAX];
	uint8_t element_len;
};

static err
target_write(const struct target *t, uint64_t field, enum section section,
    bool unreadable, struct span value)
{
	const struct write w = { t->stamp, unreadable, value };

	return state_write(t->state, t->lines, field, section,
	    (struct span){ t->element, t->element_len }, &w);
}

static err
write_public(const struct target *t, const struct op *op)
{
	struct codec_reader r = codec_reader(op->fields);
	struct span raw;
	uint64_t number;
	uint32_t pairs;
	err rc;

	if (codec_read_map(&r, &pairs) != ERR_OK)
		return ERR_FORMAT;
	for (; pairs > 0; pairs--) {
		if (codec_read_uint(&r, &number) != ERR_OK ||
		    codec_read_value(&r, &raw) != ERR_OK)
			return ERR_FORMAT;
		if (number <= FIELD_CREATES || field_rule(number) == NULL)
			continue;
		rc = target_write(t, number, SECTION_PUBLIC, false, raw);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

/* A map that is looked through for ascending numbers. */
struct walk {
	struct codec_reader r;
	uint32_t left;		/* pairs */
	uint64_t key;		/* of value, the last one read */
	struct span value;
	bool held;		/* key and value are such */
};

static struct walk
walk_over(struct span map)
{
	struct walk w = { .r = codec_reader(map) };

	if (map.n == 0 || codec_read_map(&w.r, &w.left) != ERR_OK)
		w.left = 0;
	return w;
}

/* The value of number; empty where there is none. */
static struct span
walk_to(struct walk *w, uint64_t number)
{
	while ((!w->held || w->key < number) && w->left > 0) {
		w->left--;
		w->held = codec_read_uint(&w->r, &w->key) == ERR_OK &&
		    codec_read_value(&w->r, &w->value) == ERR_OK;
		if (!w->held)
			w->left = 0;
	}
	if (w->held && w->key == number)
		return w->value;
	return (struct span){ NULL, 0 };
}

/* Writes the fields that list `list` names, with what the map has of them.
 * The list ascends: judge_op has looked. */
static err
write_listed(const struct target *t, const struct op *op, uint64_t list,
    struct span map)
{
	struct walk walk = walk_over(map);
	const struct field_rule *rule;
	struct codec_reader r;
	struct span numbers, raw;
	uint64_t number;
	uint32_t count;
	bool readable;
	err rc;

	if (field_map_get(op->fields, list, &numbers) != ERR_OK)
		return ERR_OK;
	r = codec_reader(numbers);
	if (codec_read_array(&r, &count) != ERR_OK)
		return ERR_FORMAT;
	for (; count > 0; count--) {
		if (codec_read_uint(&r, &number) != ERR_OK)
			return ERR_FORMAT;
		rule = field_rule(number);
		if (rule == NULL)
			continue;
		raw = walk_to(&walk, number);
		readable = raw.n > 0 && field_type_ok(rule->type, raw);
		if (!readable)
			raw = (struct span){ NULL, 0 };
		rc = target_write(t, number, rule->section, !readable, raw);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

static err
write_facts(const struct target *t, const struct op *op)
{
	const struct part *part = entry_part(op, PART_FACTS);
	struct span map = { NULL, 0 };

	if (part == NULL)
		return ERR_OK;		/* then no list names any */
	if (part->form == PART_FULL || part->form == PART_MASKED)
		map = entry_facts_map(part);
	return write_listed(t, op, FIELD_FACTS, map);
}

/* Errors that say no more than that the bytes inside are not readable. */
static bool
is_unreadable(err rc)
{
	return rc == ERR_KEY || rc == ERR_FORMAT || rc == ERR_LIMIT ||
	    rc == ERR_VERSION || rc == ERR_SIG || rc == ERR_ABSENT;
}

static err
write_sealed(const struct fold_host *host, const struct place *place,
    uint8_t position, const struct target *t, const struct op *op)
{
	const struct part *part = entry_part(op, PART_SEALED);
	struct span map = { NULL, 0 };
	struct buf plain = { 0 };
	err rc = ERR_KEY;

	if (host->skip_sealed && t->element_len == 0)
		return ERR_OK;
	if (part != NULL && part->form == PART_FULL && host->open != NULL)
		rc = host->open(host->ctx, place, position, op, t->state,
		    &plain);
	if (rc == ERR_OK) {
		if (entry_part_map(buf_span(&plain)) == ERR_OK)
			map = buf_span(&plain);
	} else if (!is_unreadable(rc)) {
		goto out;
	}
	rc = write_listed(t, op, FIELD_SEALED, map);
out:
	if (plain.p != NULL)
		crypto_wipe(plain.p, plain.cap);
	buf_free(&plain);
	return rc;
}

static err
note_salt(struct state *s, const struct op *op)
{
	const struct part *part = entry_part(op, PART_FACTS);
	bool creates;

	if (part == NULL || part->form != PART_FULL ||
	    part->bytes.n < SALT_LEN ||
	    field_map_bool(op->fields, FIELD_CREATES, &creates) != ERR_OK ||
	    !creates)
		return ERR_OK;
	return state_note_salt(s, part->bytes.p);
}

err
fold_op(const struct fold_host *host, const struct merge_lines *lines,
    const struct place *place, uint8_t position, uint64_t time_ms,
    const struct op *op)
{
	struct target t = { .lines = lines };
	err rc;

	memcpy(t.stamp.log, place->log, ID_LEN);
	t.stamp.seq = place->seq;
	t.stamp.op = position;
	t.stamp.leaf = place->leaf;
	t.stamp.line_seen = place->line_seen;
	t.stamp.time_ms = time_ms;
	t.stamp.leaf_time = place->leaf == ROSTER_NO_LEAF ? 0
							  : place->leaf_time;
	t.element_len = judge_element(op, place->log, place->seq, position,
	    t.element);
	rc = host->state(host->ctx, place->scope, op->subject, &t.state);
	if (rc != ERR_OK)
		return rc;
	state_note_kind(t.state, op->kind);
	if ((rc = note_salt(t.state, op)) != ERR_OK)
		return rc;
	if ((rc = write_public(&t, op)) != ERR_OK)
		return rc;
	if ((rc = write_facts(&t, op)) != ERR_OK)
		return rc;
	return write_sealed(host, place, position, &t, op);
}

/* The one check that needs the roster: the commune revokes no commune. */
static bool
revokes_commune(const struct roster *roster, const struct op *op,
    enum role role, uint64_t leaf)
{
	return op->kind == KIND_REVOKE && role == ROLE_COMMUNE &&
	    roster_is_commune(roster, op->subject, leaf);
}

/* The role in which the author writes there; ROLE_NONE: its certificate does
 * not cover the scope. */
static enum role
author_role(const struct roster *roster, const struct place *place)
{
	if (!roster_covers(roster, place->author, place->scope, place->leaf))
		return ROLE_NONE;
	return roster_role(roster, place->author, place->leaf);
}

static enum verdict
judge_in_role(const struct roster *roster, enum role role,
    const struct place *place, const struct op *op, uint8_t position)
{
	enum verdict v = judge_op(op, role, chain_scope_kind(place->scope),
	    place->seq, position);

	if (v == VERDICT_EFFECTIVE &&
	    revokes_commune(roster, op, role, place->leaf))
		v = VERDICT_CHECK;
	return v;
}

enum verdict
fold_judge(const struct roster *roster, const struct place *place,
    const struct op *op, uint8_t position)
{
	return judge_in_role(roster, author_role(roster, place), place, op,
	    position);
}

err
fold_entry(const struct fold_host *host, const struct merge_lines *lines,
    const struct roster *roster, const struct place *place,
    const struct entry *e)
{
	enum role role = author_role(roster, place);
	enum verdict v;
	err rc = ERR_OK;

	for (uint32_t i = 0; i < e->op_count && rc == ERR_OK; i++) {
		const struct op *op = &e->ops[i];

		v = judge_in_role(roster, role, place, op, (uint8_t)i);
		if (v == VERDICT_EFFECTIVE && host->keep != NULL)
			rc = host->keep(host->ctx, place, (uint8_t)i,
			    e->time_ms, op);
		else if (v == VERDICT_EFFECTIVE)
			rc = fold_op(host, lines, place, (uint8_t)i,
			    e->time_ms, op);
		else if (host->voided != NULL)
			rc = host->voided(host->ctx, place, (uint8_t)i, op, v);
	}
	return rc;
}
