/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/judge.h"

#include <string.h>

#include "protocol/limits.h"

static const uint8_t zeros[ID_LEN];

const char *
judge_verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_EFFECTIVE: return "effective";
	case VERDICT_ROLE: return "role";
	case VERDICT_SCOPE: return "scope";
	case VERDICT_FIELD_ROLE: return "field-role";
	case VERDICT_FIELD_SCOPE: return "field-scope";
	case VERDICT_TYPE: return "type";
	case VERDICT_PARTS: return "parts";
	case VERDICT_SUBJECT: return "subject";
	case VERDICT_CHECK: return "check";
	case VERDICT_CERTIFICATE: return "certificate";
	}
	return "unknown";
}

void
judge_quota_subject(const uint8_t cell[static SCOPE_LEN], uint16_t year,
    uint8_t ret[static ID_LEN])
{
	uint8_t y[2];

	be16_put(y, year);
	crypto_hash16("nguon1/quota",
	    (const struct span[]){ { cell, SCOPE_LEN }, { y, sizeof y } }, 2,
	    ret);
}

/* ---- the fields of an op, looked through once */

struct pair {
	uint64_t number;
	struct span raw;
};

struct fields {
	const struct op *op;
	uint32_t count;
	struct pair pairs[LIMIT_OP_FIELDS];	/* ascending */
};

/* false: no map of as many fields as an op may have. */
static bool
fields_read(const struct op *op, struct fields *ret)
{
	struct codec_reader r = codec_reader(op->fields);

	ret->op = op;
	if (codec_read_map(&r, &ret->count) != ERR_OK ||
	    ret->count > LIMIT_OP_FIELDS)
		return false;
	for (uint32_t i = 0; i < ret->count; i++)
		if (codec_read_uint(&r, &ret->pairs[i].number) != ERR_OK ||
		    codec_read_value(&r, &ret->pairs[i].raw) != ERR_OK)
			return false;
	return true;
}

/* The value of a field; NULL: it is not there. */
static const struct span *
fields_get(const struct fields *f, uint64_t number)
{
	uint32_t i = 0;

	while (i < f->count && f->pairs[i].number < number)
		i++;
	if (i == f->count || f->pairs[i].number != number)
		return NULL;
	return &f->pairs[i].raw;
}

/* ---- field rules (SPEC.md 8.2) */

/* Where the author stands. */
struct author {
	enum role role;
	enum scope_kind scope;
};

static enum verdict
field_allowed(const struct field_rule *rule, const struct author *a)
{
	if (!(rule->roles & 1u << a->role))
		return VERDICT_FIELD_ROLE;
	if (!(rule->scopes & 1u << a->scope))
		return VERDICT_FIELD_SCOPE;
	return VERDICT_EFFECTIVE;
}

/* Steps 6 and 7 are of the commune and the secretary alone. */
static enum verdict
step_allowed(struct span raw, const struct author *a)
{
	struct codec_reader r = codec_reader(raw);
	uint64_t step;

	if (codec_read_uint(&r, &step) != ERR_OK)
		return VERDICT_TYPE;
	if ((step == STEP_ADMITTED || step == STEP_OFFICIAL) &&
	    a->role != ROLE_COMMUNE && a->role != ROLE_SECRETARY)
		return VERDICT_FIELD_ROLE;
	return VERDICT_EFFECTIVE;
}

static enum verdict
public_fields(const struct fields *f, const struct author *a)
{
	enum verdict v;

	for (uint32_t i = 0; i < f->count; i++) {
		const struct pair *p = &f->pairs[i];
		const struct field_rule *rule = field_rule(p->number);

		if (rule == NULL)
			continue;
		if (rule->section != SECTION_PUBLIC)
			return VERDICT_TYPE;
		v = field_allowed(rule, a);
		if (v == VERDICT_EFFECTIVE &&
		    !field_type_ok(rule->type, p->raw))
			v = VERDICT_TYPE;
		if (v == VERDICT_EFFECTIVE && p->number == FIELD_STEP)
			v = step_allowed(p->raw, a);
		if (v != VERDICT_EFFECTIVE)
			return v;
	}
	return VERDICT_EFFECTIVE;
}

/* Field `list` names what is inside the part of `type`. */
static enum verdict
listed_fields(const struct fields *f, uint64_t list, enum part_type type,
    enum section section, const struct author *a)
{
	const struct span *raw = fields_get(f, list);
	const struct field_rule *rule;
	struct codec_reader r;
	enum verdict v;
	uint64_t number, before = 0;
	uint32_t count;

	if (raw == NULL)
		return VERDICT_EFFECTIVE;
	if (entry_part(f->op, type) == NULL)
		return VERDICT_PARTS;
	r = codec_reader(*raw);
	if (codec_read_array(&r, &count) != ERR_OK)
		return VERDICT_TYPE;
	for (uint32_t i = 0; i < count; i++) {
		if (codec_read_uint(&r, &number) != ERR_OK)
			return VERDICT_TYPE;
		if (i > 0 && number <= before)
			return VERDICT_PARTS;
		before = number;
		rule = field_rule(number);
		if (rule == NULL)
			continue;
		if (rule->section != section)
			return VERDICT_TYPE;
		v = field_allowed(rule, a);
		if (v != VERDICT_EFFECTIVE)
			return v;
	}
	return VERDICT_EFFECTIVE;
}

static bool
creates(const struct fields *f)
{
	const struct span *raw = fields_get(f, FIELD_CREATES);
	struct codec_reader r;
	bool v;

	if (raw == NULL)
		return false;
	r = codec_reader(*raw);
	return codec_read_bool(&r, &v) == ERR_OK && v;
}

/* ---- checks of the kinds (SPEC.md 8.1) */

/* The fields that a kind must have, in ascending order, then 0. */
static const uint8_t required[][6] = {
	[KIND_LOG] = { FIELD_SIGN_KEY, FIELD_LOG_SALT, FIELD_SCOPE },
	[KIND_HUB_KEY] = { FIELD_SIGN_KEY, FIELD_BOX_KEY, FIELD_TLS_PIN,
	    FIELD_FROM_SIZE, FIELD_ROOT },
	[KIND_RECOVERY_KEY] = { FIELD_BOX_KEY },
	[KIND_CERTIFY] = { FIELD_SIGN_KEY, FIELD_BOX_KEY, FIELD_TRANSPORT_KEY,
	    FIELD_ROLE, FIELD_SCOPES },
	[KIND_INVITE] = { FIELD_ROLE, FIELD_SCOPES, FIELD_INVITE_KEY },
	[KIND_CLAIM] = { FIELD_SIGN_KEY, FIELD_BOX_KEY, FIELD_TRANSPORT_KEY,
	    FIELD_INVITE_SIGNATURE, FIELD_DEVICE_SIGNATURE },
	[KIND_ENTITLE] = { FIELD_SCOPES },
	[KIND_GRANT] = { FIELD_COMMITMENT },
	[KIND_CELL] = { FIELD_SCOPE, FIELD_CODE, FIELD_NAME },
	[KIND_LANE] = { FIELD_SCOPE, FIELD_CELL, FIELD_ORGANISATION },
	[KIND_QUOTA] = { FIELD_CELL, FIELD_YEAR, FIELD_NUMBER },
	[KIND_DEVICE] = { FIELD_CREATES },
	[KIND_STEP] = { FIELD_STEP },
	[KIND_LINK] = { FIELD_LINK_OUTCOME },
	[KIND_DISTINCT] = { FIELD_PAIR },
};

static bool
has_required(const struct fields *f)
{
	if (f->op->kind >= sizeof required / sizeof required[0])
		return true;
	for (const uint8_t *n = required[f->op->kind]; *n != 0; n++)
		if (fields_get(f, *n) == NULL)
			return false;
	return true;
}

static bool
uint_between(const struct op *op, uint64_t field, uint64_t least,
    uint64_t most)
{
	uint64_t v;

	return field_map_uint(op->fields, field, &v) == ERR_OK &&
	    v >= least && v <= most;
}

static bool
scope_is(const struct op *op, uint64_t field, enum scope_kind kind)
{
	const uint8_t *scope;

	return field_map_fixed(op->fields, field, SCOPE_LEN, &scope) ==
	    ERR_OK && chain_scope_kind(scope) == kind;
}

/* Root certifies and invites the commune, the commune everyone below it. */
static bool
role_fits(const struct op *op, enum role author)
{
	return author == ROLE_ROOT
	    ? uint_between(op, FIELD_ROLE, ROLE_COMMUNE, ROLE_COMMUNE)
	    : uint_between(op, FIELD_ROLE, ROLE_SECRETARY, ROLE_ORGANISATION);
}

/* pair_of: the two subjects, 32 bytes, ascending; false: not such a pair. */
static bool
pair_of(const struct op *op, uint8_t ret[2 * ID_LEN])
{
	const uint8_t *a, *b;
	struct codec_reader r;
	struct span raw;
	uint32_t count;

	if (field_map_get(op->fields, FIELD_PAIR, &raw) != ERR_OK)
		return false;
	r = codec_reader(raw);
	if (codec_read_array(&r, &count) != ERR_OK || count != 2 ||
	    codec_read_fixed(&r, ID_LEN, &a) != ERR_OK ||
	    codec_read_fixed(&r, ID_LEN, &b) != ERR_OK ||
	    memcmp(a, b, ID_LEN) >= 0)
		return false;
	memcpy(ret, a, ID_LEN);
	memcpy(ret + ID_LEN, b, ID_LEN);
	return true;
}

static bool
passes_check(const struct fields *f, const struct author *a, uint64_t seq,
    uint8_t position)
{
	const struct op *op = f->op;
	uint8_t pair[2 * ID_LEN];

	switch (op->kind) {
	case KIND_LOG:
		return seq == 1 && position == 0 &&
		    scope_is(op, FIELD_SCOPE, a->scope);
	case KIND_CLAIM:
		return seq == 1 && position == 1;
	case KIND_CERTIFY:
	case KIND_INVITE:
		return role_fits(op, a->role);
	case KIND_GRANT:
		return entry_part(op, PART_KEY) != NULL;
	case KIND_CELL:
		return scope_is(op, FIELD_SCOPE, SCOPE_CELL);
	case KIND_LANE:
		return scope_is(op, FIELD_SCOPE, SCOPE_LANE) &&
		    scope_is(op, FIELD_CELL, SCOPE_CELL);
	case KIND_QUOTA:
		return scope_is(op, FIELD_CELL, SCOPE_CELL) &&
		    uint_between(op, FIELD_YEAR, 0, UINT16_MAX);
	case KIND_DEVICE:
		return creates(f);
	case KIND_STEP:
		return uint_between(op, FIELD_STEP, 1, UINT8_MAX);
	case KIND_LINK:
		return uint_between(op, FIELD_LINK_OUTCOME, 1, 2);
	case KIND_READ:
		return fields_get(f, FIELD_CITES) == NULL;
	case KIND_DISTINCT:
		return pair_of(op, pair);
	default:
		return true;
	}
}

/* ---- subjects that follow from the fields */

static bool
subject_is_key_id(const struct op *op, uint64_t field)
{
	uint8_t id[ID_LEN];
	const uint8_t *key;

	if (field_map_fixed(op->fields, field, KEY_LEN, &key) != ERR_OK)
		return false;
	chain_key_id(key, id);
	return memcmp(op->subject, id, ID_LEN) == 0;
}

static bool
subject_is_log_id(const struct op *op)
{
	uint8_t id[ID_LEN];
	const uint8_t *key, *salt, *scope;

	if (field_map_fixed(op->fields, FIELD_SIGN_KEY, KEY_LEN, &key) !=
	    ERR_OK ||
	    field_map_fixed(op->fields, FIELD_LOG_SALT, SALT_LEN, &salt) !=
	    ERR_OK ||
	    field_map_fixed(op->fields, FIELD_SCOPE, SCOPE_LEN, &scope) !=
	    ERR_OK)
		return false;
	chain_log_id(key, salt, scope, id);
	return memcmp(op->subject, id, ID_LEN) == 0;
}

static bool
subject_is_scope(const struct op *op)
{
	uint8_t id[ID_LEN];
	const uint8_t *scope;

	if (field_map_fixed(op->fields, FIELD_SCOPE, SCOPE_LEN, &scope) !=
	    ERR_OK)
		return false;
	chain_scope_subject(scope, id);
	return memcmp(op->subject, id, ID_LEN) == 0;
}

static bool
subject_is_quota(const struct op *op)
{
	uint8_t id[ID_LEN];
	const uint8_t *cell;
	uint64_t year;

	if (field_map_fixed(op->fields, FIELD_CELL, SCOPE_LEN, &cell) !=
	    ERR_OK ||
	    field_map_uint(op->fields, FIELD_YEAR, &year) != ERR_OK)
		return false;
	judge_quota_subject(cell, (uint16_t)year, id);
	return memcmp(op->subject, id, ID_LEN) == 0;
}

static bool
subject_follows(const struct op *op)
{
	switch (op->kind) {
	case KIND_LOG:
		return subject_is_log_id(op);
	case KIND_HUB_KEY:
	case KIND_CERTIFY:
		return subject_is_key_id(op, FIELD_SIGN_KEY);
	case KIND_INVITE:
		return subject_is_key_id(op, FIELD_INVITE_KEY);
	case KIND_CELL:
	case KIND_LANE:
		return subject_is_scope(op);
	case KIND_QUOTA:
		return subject_is_quota(op);
	case KIND_RECOVERY_KEY:
	case KIND_TREE_RESTART:
	case KIND_SEGMENT_LOST:
	case KIND_BAD_KEY:
	case KIND_ERASED:
	case KIND_SUPERSEDE:
	case KIND_SETTING:
	case KIND_DISTINCT:
		return memcmp(op->subject, zeros, ID_LEN) == 0;
	default:
		return true;
	}
}

enum verdict
judge_op(const struct op *op, enum role role, enum scope_kind scope,
    uint64_t seq, uint8_t position)
{
	const struct kind_rule *kind = field_kind(op->kind);
	const struct author a = { role, scope };
	struct fields f;
	enum verdict v;

	if (role >= ROLE_NONE)
		return VERDICT_CERTIFICATE;
	if (scope >= SCOPE_UNKNOWN)
		return VERDICT_SCOPE;
	if (kind != NULL && !(kind->roles & 1u << role))
		return VERDICT_ROLE;
	if (kind != NULL && !(kind->scopes & 1u << scope))
		return VERDICT_SCOPE;
	if (!fields_read(op, &f))
		return VERDICT_TYPE;
	v = public_fields(&f, &a);
	if (v == VERDICT_EFFECTIVE)
		v = listed_fields(&f, FIELD_FACTS, PART_FACTS, SECTION_FACTS,
		    &a);
	if (v == VERDICT_EFFECTIVE)
		v = listed_fields(&f, FIELD_SEALED, PART_SEALED,
		    SECTION_SEALED, &a);
	if (v != VERDICT_EFFECTIVE)
		return v;
	if (entry_part(op, PART_FACTS) == NULL && creates(&f))
		return VERDICT_PARTS;
	if (!has_required(&f) || !passes_check(&f, &a, seq, position))
		return VERDICT_CHECK;
	return subject_follows(op) ? VERDICT_EFFECTIVE : VERDICT_SUBJECT;
}

uint8_t
judge_element(const struct op *op, const uint8_t log[static ID_LEN],
    uint64_t seq, uint8_t position, uint8_t *ret_element)
{
	const struct kind_rule *kind = field_kind(op->kind);
	struct op_ref ref = { { 0 }, seq, position };
	uint8_t n = ID_LEN + 8 + 1;
	uint64_t step;
	err rc;

	if (kind == NULL || !kind->element)
		return 0;
	if (op->kind == KIND_DISTINCT)
		return pair_of(op, ret_element) ? 2 * ID_LEN : 0;
	memcpy(ref.log, log, ID_LEN);
	rc = field_map_ref(op->fields, FIELD_CITES, &ref);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return 0;
	if (op->kind == KIND_STEP &&
	    field_map_uint(op->fields, FIELD_STEP, &step) != ERR_OK)
		return 0;
	memcpy(ret_element, ref.log, ID_LEN);
	be64_put(ret_element + ID_LEN, ref.seq);
	ret_element[ID_LEN + 8] = ref.op;
	if (op->kind == KIND_STEP)
		ret_element[n++] = (uint8_t)step;
	return n;
}
