/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/field.h"

#include <string.h>

#include "protocol/codec.h"
#include "protocol/limits.h"

/* The words of field.def. */
enum {
	ROOT = 1 << SCOPE_ROOT,
	COMMUNE = 1 << SCOPE_COMMUNE,
	CELL = 1 << SCOPE_CELL,
	LANE = 1 << SCOPE_LANE,
	ANYWHERE = ROOT | COMMUNE | CELL | LANE,

	R = 1 << ROLE_ROOT,
	C = 1 << ROLE_COMMUNE,
	S = 1 << ROLE_SECRETARY,
	D = 1 << ROLE_DEPUTY,
	M = 1 << ROLE_COMMISSIONER,
	O = 1 << ROLE_ORGANISATION,
	H = 1 << ROLE_HUB,
	DEVICE = C | S | D | M | O,
	ANYONE = R | DEVICE | H,
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define FIELD(ID, NUMBER, NAME, SECTION, TYPE, SCOPES, ROLES)
#define KIND(ID, NUMBER, NAME, SCOPES, ROLES, ELEMENT) \
	[NUMBER] = { NUMBER, NAME, SCOPES, ROLES, ELEMENT },
static const struct kind_rule kinds[] = {
#include "protocol/field.def"
};
#undef KIND
#undef FIELD

#define KIND(ID, NUMBER, NAME, SCOPES, ROLES, ELEMENT)
#define FIELD(ID, NUMBER, NAME, SECTION, TYPE, SCOPES, ROLES) \
	[NUMBER] = { NUMBER, NAME, SECTION_##SECTION, VALUE_##TYPE, SCOPES, \
		ROLES },
static const struct field_rule fields[] = {
#include "protocol/field.def"
};
#undef KIND
#undef FIELD

static const struct {
	enum step step;
	const char *name;
} steps[] = {
	{ STEP_LISTED, "listed" },
	{ STEP_NOMINATED, "nominated" },
	{ STEP_INTRODUCED, "introduced" },
	{ STEP_CLASS_COMPLETED, "class_completed" },
	{ STEP_TRIAL_STARTED, "trial_started" },
	{ STEP_ADMITTED, "admitted" },
	{ STEP_OFFICIAL, "official" },
	{ STEP_WITHDRAWN, "withdrawn" },
	{ STEP_POSTPONED, "postponed" },
	{ STEP_MOVED, "moved" },
};

static const char *const residences[] = { "tai-dia-phuong", "di-lam-xa" };

static const char *const reasons[] = {
	"di-lam-xa", "khong-co-nguyen-vong", "trinh-do-thap", "doan-the-yeu",
	"dich-benh", "khac",
};

/* Both tables have a line for each number; one without a name is not used. */
const struct kind_rule *
field_kind(uint64_t number)
{
	if (number >= COUNT(kinds) || kinds[number].name == NULL)
		return NULL;
	return &kinds[number];
}

const struct field_rule *
field_rule(uint64_t number)
{
	if (number >= COUNT(fields) || fields[number].name == NULL)
		return NULL;
	return &fields[number];
}

const struct field_rule *
field_by_name(const char *name)
{
	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i].name != NULL && strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static bool
fixed_ok(struct codec_reader *r, size_t n)
{
	const uint8_t *p;

	return codec_read_fixed(r, n, &p) == ERR_OK;
}

/* A list of bins of n bytes, or of uints when n is 0. */
static bool
list_ok(struct codec_reader *r, size_t n, uint32_t most)
{
	uint32_t count;
	uint64_t v;

	if (codec_read_array(r, &count) != ERR_OK || count > most)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (n == 0 && codec_read_uint(r, &v) != ERR_OK)
			return false;
		if (n != 0 && !fixed_ok(r, n))
			return false;
	}
	return true;
}

static bool
text_ok(struct codec_reader *r)
{
	struct span text;

	return codec_read_text(r, &text) == ERR_OK &&
	    text.n <= LIMIT_TEXT_BYTES;
}

static bool
value_ok(enum value_type type, struct codec_reader *r)
{
	struct span raw;
	uint64_t u;
	int64_t i;
	bool b;

	switch (type) {
	case VALUE_UINT: return codec_read_uint(r, &u) == ERR_OK;
	case VALUE_INT: return codec_read_int(r, &i) == ERR_OK;
	case VALUE_BOOL: return codec_read_bool(r, &b) == ERR_OK;
	case VALUE_TEXT: return text_ok(r);
	case VALUE_BIN8: return fixed_ok(r, 8);
	case VALUE_BIN16: return fixed_ok(r, 16);
	case VALUE_BIN32: return fixed_ok(r, 32);
	case VALUE_BIN64: return fixed_ok(r, 64);
	case VALUE_LIST_UINT: return list_ok(r, 0, LIMIT_LIST_ITEMS);
	case VALUE_LIST_BIN8: return list_ok(r, 8, LIMIT_SCOPES);
	case VALUE_LIST_BIN16: return list_ok(r, 16, LIMIT_LIST_ITEMS);
	case VALUE_REF:
	case VALUE_ENTRY:
	case VALUE_ANY: return codec_read_value(r, &raw) == ERR_OK;
	}
	return false;
}

bool
field_type_ok(enum value_type type, struct span raw)
{
	struct codec_reader r = codec_reader(raw);
	struct op_ref ref;
	struct entry_ref entry;

	if (!value_ok(type, &r) || !codec_at_end(&r))
		return false;
	if (type == VALUE_REF)
		return field_value_ref(raw, &ref) == ERR_OK;
	if (type == VALUE_ENTRY)
		return field_value_entry_ref(raw, &entry) == ERR_OK;
	return true;
}

const char *
field_step_name(enum step step)
{
	for (size_t i = 0; i < COUNT(steps); i++)
		if (steps[i].step == step)
			return steps[i].name;
	return NULL;
}

static bool
is_word(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

enum step
field_step_from_name(struct span name)
{
	for (size_t i = 0; i < COUNT(steps); i++)
		if (is_word(name, steps[i].name))
			return steps[i].step;
	return STEP_NONE;
}

bool
field_residence_ok(struct span code)
{
	for (size_t i = 0; i < COUNT(residences); i++)
		if (is_word(code, residences[i]))
			return true;
	return false;
}

bool
field_reason_ok(struct span code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (is_word(code, reasons[i]))
			return true;
	return false;
}
