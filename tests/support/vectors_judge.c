/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_judge.c -- judge.txt: single ops and their verdicts. */
#include "tests/support/vectors.h"

#include <stdio.h>
#include <string.h>

#include "protocol/merge.h"
#include "tests/support/made_op.h"

static const char *const scope_words[] = { "root", "commune", "cell", "lane",
	"unknown" };

/* Where an op stands. */
struct stand {
	enum role role;
	enum scope_kind scope;
	uint64_t seq;
	uint8_t position;
};

static void
row(struct buf *out, const char *name, const char *expected, struct made *m,
    struct stand at)
{
	struct buf op = { 0 };
	uint8_t element[ELEMENT_MAX];

	buf_reset(&m->map);
	vectors_must(field_draft_encode(m->draft, &m->map), name);
	codec_put_array(&op, 4);
	codec_put_uint(&op, m->op.kind);
	codec_put_bin(&op, (struct span){ m->subject, ID_LEN });
	buf_put(&op, m->map.p, m->map.n);
	codec_put_array(&op, m->op.part_count);
	for (uint8_t i = 0; i < m->op.part_count; i++) {
		uint8_t digest[1 + HASH_LEN] = {
			(uint8_t)m->op.parts[i].type };

		codec_put_array(&op, 1);
		codec_put_bin(&op, (struct span){ digest, sizeof digest });
	}
	vectors_must(buf_err(&op), name);
	vectors_row(out, name, expected);
	vectors_word(out, role_name(at.role));
	vectors_word(out, scope_words[at.scope]);
	vectors_number(out, at.seq);
	vectors_number(out, at.position);
	vectors_hex(out, buf_span(&op));
	m->op.fields = buf_span(&m->map);
	if (strcmp(expected, "effective") == 0)
		vectors_bytes(out, element, judge_element(&m->op, made_log,
		    at.seq, at.position, element));
	else
		vectors_none(out);
	vectors_end(out);
	buf_free(&op);
}

/* Each kind as it must be, where it may stand and where not. */
static void
put_kinds(struct buf *out)
{
	for (uint64_t k = 1; k < 64; k++) {
		const struct kind_rule *kind = field_kind(k);
		struct stand at = { ROLE_ROOT, SCOPE_ROOT, 1,
			made_position(k) }, bad;
		struct made m;
		char name[64];

		if (kind == NULL)
			continue;
		while (!(kind->roles >> at.role & 1))
			at.role = (enum role)(at.role + 1);
		while (!(kind->scopes >> at.scope & 1))
			at.scope = (enum scope_kind)(at.scope + 1);
		made_least(&m, k, at.role, at.scope);
		row(out, kind->name, "effective", &m, at);
		for (bad = at; bad.role < ROLE_NONE; bad.role++)
			if (!(kind->roles >> bad.role & 1))
				break;
		(void)snprintf(name, sizeof name, "%s-by-another-role",
		    kind->name);
		if (bad.role < ROLE_NONE)
			row(out, name, "role", &m, bad);
		for (bad = at; bad.scope < SCOPE_UNKNOWN; bad.scope++)
			if (!(kind->scopes >> bad.scope & 1))
				break;
		(void)snprintf(name, sizeof name, "%s-in-another-scope",
		    kind->name);
		if (bad.scope < SCOPE_UNKNOWN)
			row(out, name, "scope", &m, bad);
		made_free(&m);
	}
}

static const struct stand in_cell = { ROLE_SECRETARY, SCOPE_CELL, 2, 0 };
static const struct stand by_deputy = { ROLE_DEPUTY, SCOPE_CELL, 2, 0 };
static const struct stand by_commune = { ROLE_COMMUNE, SCOPE_ROOT, 2, 3 };

static void
put_fields(struct buf *out)
{
	static const struct stand nobody = { ROLE_NONE, SCOPE_CELL, 2, 0 };
	static const struct stand nowhere = { ROLE_COMMUNE, SCOPE_UNKNOWN, 2,
		0 };
	struct made m;

	made_start(&m, KIND_PERSON);
	row(out, "no-certificate", "certificate", &m, nobody);
	row(out, "unknown-scope", "scope", &m, nowhere);
	field_draft_put_text(m.draft, FIELD_DATE, made_bin(made_key, 1));
	row(out, "wrong-type", "type", &m, in_cell);
	field_draft_put_int(m.draft, FIELD_DATE, -5);
	row(out, "negative-date", "effective", &m, in_cell);
	field_draft_put_text(m.draft, 5000, made_bin(made_key, 1));
	row(out, "unknown-field", "effective", &m, in_cell);
	field_draft_put_text(m.draft, FIELD_FULL_NAME, made_bin(made_key, 1));
	row(out, "sealed-field-in-public", "type", &m, in_cell);
	made_free(&m);
	made_start(&m, KIND_PERSON);
	field_draft_put_text(m.draft, FIELD_CODE, made_bin(made_key, 1));
	row(out, "field-of-another-role", "field-role", &m, in_cell);
	row(out, "field-of-another-scope", "field-scope", &m,
	    (struct stand){ ROLE_COMMUNE, SCOPE_CELL, 2, 0 });
	made_free(&m);
	/* the lowest field number that fails decides */
	made_start(&m, KIND_PERSON);
	field_draft_put_text(m.draft, FIELD_CODE, made_bin(made_key, 1));
	field_draft_put_text(m.draft, FIELD_DATE, made_bin(made_key, 1));
	row(out, "the-first-field-decides", "field-role", &m, in_cell);
	made_free(&m);
	made_start(&m, MADE_STRANGE_KIND);
	field_draft_put_text(m.draft, FIELD_TITLE, made_bin(made_key, 1));
	row(out, "unknown-kind", "effective", &m, in_cell);
	field_draft_put_text(m.draft, FIELD_CODE, made_bin(made_key, 1));
	row(out, "unknown-kind-field-of-another-role", "field-role", &m,
	    in_cell);
	made_free(&m);
	for (uint64_t step = STEP_TRIAL_STARTED; step <= STEP_WITHDRAWN;
	    step++) {
		char name[32];
		bool high = step == STEP_ADMITTED || step == STEP_OFFICIAL;

		made_least(&m, KIND_STEP, ROLE_DEPUTY, SCOPE_CELL);
		field_draft_put_uint(m.draft, FIELD_STEP, step);
		(void)snprintf(name, sizeof name, "deputy-step-%u",
		    (unsigned)step);
		row(out, name, high ? "field-role" : "effective", &m,
		    by_deputy);
		made_free(&m);
	}
}

static void
put_long_list(struct buf *out)
{
	uint64_t numbers[257];
	struct made m;

	for (uint64_t i = 0; i < 257; i++)
		numbers[i] = 1000 + i;
	for (size_t n = 256; n <= 257; n++) {
		made_start(&m, KIND_PERSON);
		made_part(&m, PART_FACTS);
		made_list(&m, FIELD_FACTS, numbers, n);
		row(out, n == 256 ? "list-of-256" : "list-of-257",
		    n == 256 ? "effective" : "type", &m, in_cell);
		made_free(&m);
	}
}

static void
put_parts(struct buf *out)
{
	static const struct {
		const char *name, *expected;
		uint64_t field, number[2];
		size_t count;
		enum part_type part;	/* PART_KEY: none */
	} cases[] = {
		{ "facts-listed", "effective", 1, { 100, 101 }, 2,
		  PART_FACTS },
		{ "facts-unknown-number", "effective", 1, { 100, 5000 }, 2,
		  PART_FACTS },
		{ "facts-without-part", "parts", 1, { 100, 101 }, 2,
		  PART_KEY },
		{ "facts-twice", "parts", 1, { 100, 100 }, 2, PART_FACTS },
		{ "facts-descend", "parts", 1, { 101, 100 }, 2, PART_FACTS },
		{ "facts-lists-sealed", "type", 1, { 120, 0 }, 1,
		  PART_FACTS },
		{ "facts-lists-public", "type", 1, { 48, 0 }, 1, PART_FACTS },
		{ "sealed-listed", "effective", 2, { 120, 125 }, 2,
		  PART_SEALED },
		{ "sealed-without-part", "parts", 2, { 120, 125 }, 2,
		  PART_FACTS },
		{ "sealed-empty-without-part", "parts", 2, { 0, 0 }, 0,
		  PART_KEY },
		{ "sealed-lists-facts", "type", 2, { 100, 0 }, 1,
		  PART_SEALED },
		{ "sealed-of-another-role", "field-role", 2, { 129, 0 }, 1,
		  PART_SEALED },
	};
	struct made m;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		made_start(&m, KIND_PERSON);
		if (cases[i].part != PART_KEY)
			made_part(&m, cases[i].part);
		made_list(&m, cases[i].field, cases[i].number,
		    cases[i].count);
		row(out, cases[i].name, cases[i].expected, &m, in_cell);
		made_free(&m);
	}
	made_start(&m, KIND_PERSON);
	made_part(&m, PART_FACTS);
	row(out, "part-without-list", "effective", &m, in_cell);
	m.op.part_count = 0;
	field_draft_put_bool(m.draft, FIELD_CREATES, false);
	row(out, "creates-false", "effective", &m, in_cell);
	field_draft_put_bool(m.draft, FIELD_CREATES, true);
	row(out, "creates-without-facts", "parts", &m, in_cell);
	made_free(&m);
	put_long_list(out);
}

/* A kind whose required field, number 0 of its list, is absent. */
static void
put_required(struct buf *out)
{
	static const struct {
		uint64_t kind;
		struct stand at;
	} cases[] = {
		{ KIND_LOG, { ROLE_SECRETARY, SCOPE_CELL, 1, 0 } },
		{ KIND_HUB_KEY, { ROLE_ROOT, SCOPE_ROOT, 1, 1 } },
		{ KIND_RECOVERY_KEY, { ROLE_ROOT, SCOPE_ROOT, 1, 1 } },
		{ KIND_CERTIFY, { ROLE_ROOT, SCOPE_ROOT, 1, 1 } },
		{ KIND_INVITE, { ROLE_COMMUNE, SCOPE_ROOT, 2, 0 } },
		{ KIND_CLAIM, { ROLE_SECRETARY, SCOPE_ROOT, 1, 1 } },
		{ KIND_ENTITLE, { ROLE_COMMUNE, SCOPE_ROOT, 2, 0 } },
		{ KIND_GRANT, { ROLE_COMMUNE, SCOPE_CELL, 2, 0 } },
		{ KIND_CELL, { ROLE_COMMUNE, SCOPE_ROOT, 2, 0 } },
		{ KIND_LANE, { ROLE_COMMUNE, SCOPE_ROOT, 2, 0 } },
		{ KIND_QUOTA, { ROLE_COMMUNE, SCOPE_ROOT, 2, 0 } },
		{ KIND_DEVICE, { ROLE_DEPUTY, SCOPE_CELL, 2, 0 } },
		{ KIND_STEP, { ROLE_DEPUTY, SCOPE_CELL, 2, 0 } },
		{ KIND_LINK, { ROLE_DEPUTY, SCOPE_LANE, 2, 0 } },
		{ KIND_DISTINCT, { ROLE_SECRETARY, SCOPE_CELL, 2, 0 } },
	};
	struct made m;
	char name[64];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *kind = field_kind(cases[i].kind)->name;

		made_start(&m, cases[i].kind);
		(void)snprintf(name, sizeof name, "%s-without-fields", kind);
		row(out, name, "check", &m, cases[i].at);
		made_free(&m);
	}
	for (uint64_t k = 1; k < 64; k++) {
		const struct kind_rule *kind = field_kind(k);
		enum role role;
		enum scope_kind scope;

		if (kind == NULL || (k > KIND_INVITE && k != KIND_QUOTA &&
		    k != KIND_CELL && k != KIND_LANE && k != KIND_SETTING &&
		    k != KIND_DISTINCT && k != KIND_SUPERSEDE &&
		    k != KIND_ERASED && k != KIND_BAD_KEY &&
		    k != KIND_TREE_RESTART && k != KIND_SEGMENT_LOST))
			continue;
		role = kind->roles & 1 ? ROLE_ROOT : ROLE_COMMUNE;
		scope = kind->scopes & 1 ? SCOPE_ROOT : SCOPE_CELL;
		made_least(&m, k, role, scope);
		m.subject[15] ^= 1;
		(void)snprintf(name, sizeof name, "%s-of-another-subject",
		    kind->name);
		row(out, name, "subject", &m, (struct stand){ role, scope, 1,
		    made_position(k) });
		made_free(&m);
	}
}

static void
uint_row(struct buf *out, const char *name, const char *expected,
    uint64_t kind, struct stand at, uint64_t field, uint64_t value)
{
	struct made m;

	made_least(&m, kind, at.role, at.scope);
	field_draft_put_uint(m.draft, field, value);
	if (kind == KIND_QUOTA)
		judge_quota_subject(made_cell, (uint16_t)value, m.subject);
	row(out, name, expected, &m, at);
	made_free(&m);
}

static void
put_values(struct buf *out)
{
	static const struct stand by_root = { ROLE_ROOT, SCOPE_ROOT, 1, 3 };
	static const struct stand in_lane = { ROLE_DEPUTY, SCOPE_LANE, 2, 0 };

	uint_row(out, "root-certifies-a-secretary", "check", KIND_CERTIFY,
	    by_root, FIELD_ROLE, ROLE_SECRETARY);
	uint_row(out, "root-invites-the-commune", "effective", KIND_INVITE,
	    by_root, FIELD_ROLE, ROLE_COMMUNE);
	uint_row(out, "commune-invites-the-commune", "check", KIND_INVITE,
	    by_commune, FIELD_ROLE, ROLE_COMMUNE);
	uint_row(out, "commune-invites-root", "check", KIND_INVITE,
	    by_commune, FIELD_ROLE, ROLE_ROOT);
	uint_row(out, "commune-invites-a-hub", "check", KIND_INVITE,
	    by_commune, FIELD_ROLE, ROLE_HUB);
	uint_row(out, "commune-invites-an-organisation", "effective",
	    KIND_INVITE, by_commune, FIELD_ROLE, ROLE_ORGANISATION);
	uint_row(out, "quota-of-65535", "effective", KIND_QUOTA, by_commune,
	    FIELD_YEAR, 65535);
	uint_row(out, "quota-of-65536", "check", KIND_QUOTA, by_commune,
	    FIELD_YEAR, 65536);
	uint_row(out, "step-0", "check", KIND_STEP, by_deputy, FIELD_STEP, 0);
	uint_row(out, "step-255", "effective", KIND_STEP, by_deputy,
	    FIELD_STEP, 255);
	uint_row(out, "step-256", "check", KIND_STEP, by_deputy, FIELD_STEP,
	    256);
	uint_row(out, "link-outcome-0", "check", KIND_LINK, in_lane,
	    FIELD_LINK_OUTCOME, 0);
	uint_row(out, "link-outcome-2", "effective", KIND_LINK, in_lane,
	    FIELD_LINK_OUTCOME, 2);
	uint_row(out, "link-outcome-3", "check", KIND_LINK, in_lane,
	    FIELD_LINK_OUTCOME, 3);
}

static void
put_shapes(struct buf *out)
{
	const struct op_ref ref = { { 0xbb, 2 }, 7, 9 };
	struct made m;

	made_least(&m, KIND_LOG, ROLE_DEPUTY, SCOPE_CELL);
	row(out, "log-is-op-1", "check", &m,
	    (struct stand){ ROLE_DEPUTY, SCOPE_CELL, 1, 1 });
	row(out, "log-at-seq-2", "check", &m, by_deputy);
	row(out, "log-of-another-scope-kind", "check", &m,
	    (struct stand){ ROLE_DEPUTY, SCOPE_LANE, 1, 0 });
	made_free(&m);
	made_least(&m, KIND_CLAIM, ROLE_DEPUTY, SCOPE_ROOT);
	row(out, "claim-is-op-2", "check", &m,
	    (struct stand){ ROLE_DEPUTY, SCOPE_ROOT, 1, 2 });
	row(out, "claim-at-seq-2", "check", &m,
	    (struct stand){ ROLE_DEPUTY, SCOPE_ROOT, 2, 1 });
	made_free(&m);
	made_least(&m, KIND_GRANT, ROLE_DEPUTY, SCOPE_CELL);
	m.op.part_count = 0;
	row(out, "grant-without-key-part", "check", &m, by_deputy);
	made_free(&m);
	made_least(&m, KIND_CELL, ROLE_COMMUNE, SCOPE_ROOT);
	made_scope(&m, FIELD_SCOPE, made_lane);
	row(out, "cell-names-a-lane", "check", &m, by_commune);
	made_free(&m);
	made_least(&m, KIND_LANE, ROLE_COMMUNE, SCOPE_ROOT);
	made_scope(&m, FIELD_CELL, made_lane);
	row(out, "lane-of-a-lane", "check", &m, by_commune);
	made_free(&m);
	made_least(&m, KIND_DISTINCT, ROLE_SECRETARY, SCOPE_CELL);
	made_bins(&m, FIELD_PAIR, made_other, made_log, ID_LEN);
	row(out, "pair-descends", "check", &m, in_cell);
	made_bins(&m, FIELD_PAIR, made_other, made_other, ID_LEN);
	row(out, "pair-of-one-twice", "check", &m, in_cell);
	made_bins(&m, FIELD_PAIR, made_other, NULL, ID_LEN);
	row(out, "pair-of-1", "check", &m, in_cell);
	made_free(&m);
	made_least(&m, KIND_ACTIVITY, ROLE_SECRETARY, SCOPE_CELL);
	field_draft_put_ref(m.draft, FIELD_CITES, &ref);
	row(out, "activity-that-cites", "effective", &m, in_cell);
	made_free(&m);
	made_least(&m, KIND_STEP, ROLE_SECRETARY, SCOPE_CELL);
	field_draft_put_ref(m.draft, FIELD_CITES, &ref);
	row(out, "step-that-cites", "effective", &m, in_cell);
	made_free(&m);
}

static void
put_odd(struct buf *out)
{
	static const struct stand in_lane = { ROLE_SECRETARY, SCOPE_LANE, 2,
		0 };
	const struct op_ref ref = { { 0xbb, 2 }, 7, 9 };
	static const uint8_t nil[] = { 0xc0 };
	struct made m;

	made_start(&m, KIND_PERSON);
	field_draft_put_raw(m.draft, FIELD_DATE, made_bin(nil, 1));
	row(out, "nil-is-no-int", "type", &m, in_cell);
	made_free(&m);
	made_start(&m, KIND_PLACE);
	field_draft_put_raw(m.draft, FIELD_PLACE, made_bin(nil, 1));
	row(out, "nil-is-any", "effective", &m, by_commune);
	made_free(&m);
	made_least(&m, KIND_ACTIVITY, ROLE_SECRETARY, SCOPE_LANE);
	row(out, "activity-of-a-secretary-in-a-lane", "effective", &m,
	    in_lane);
	made_free(&m);
	made_least(&m, KIND_READ, ROLE_COMMUNE, SCOPE_ROOT);
	field_draft_put_ref(m.draft, FIELD_CITES, &ref);
	row(out, "read-that-cites", "check", &m, by_commune);
	made_free(&m);
}

void
vectors_judge(struct buf *out, unsigned which)
{
	char hex[2 * ID_LEN + 1], line[96];

	(void)which;
	hex_encode(made_log, ID_LEN, hex);
	(void)snprintf(line, sizeof line, "The log of all of them is %s.",
	    hex);
	vectors_note(out, "Verdicts on single ops, SPEC.md section 8.");
	vectors_note(out, line);
	vectors_table(out, "ops | name | expected | role | kind of scope | seq"
	    " | op number | op | element");
	put_kinds(out);
	put_fields(out);
	put_parts(out);
	put_required(out);
	put_values(out);
	put_shapes(out);
	put_odd(out);
}
