/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h -- the tables of SPEC.md section 8: kinds, fields, steps, codes.
 * Generated from field.def, which is the only place that names a number.
 * Pure.
 */
#ifndef NGUON_FIELD_H
#define NGUON_FIELD_H

#include "protocol/chain.h"
#include "protocol/roster.h"

/* enum kind { KIND_LOG = 1, KIND_HUB_KEY = 2, ... }
 * enum field { FIELD_FACTS = 1, ..., FIELD_REMARK = 129 } */
#define KIND(ID, NUMBER, NAME, SCOPES, ROLES, ELEMENT) KIND_##ID = NUMBER,
#define FIELD(ID, NUMBER, NAME, SECTION, TYPE, SCOPES, ROLES)
enum kind {
#include "protocol/field.def"
};
#undef KIND
#undef FIELD
#define KIND(ID, NUMBER, NAME, SCOPES, ROLES, ELEMENT)
#define FIELD(ID, NUMBER, NAME, SECTION, TYPE, SCOPES, ROLES) \
	FIELD_##ID = NUMBER,
enum field {
#include "protocol/field.def"
};
#undef KIND
#undef FIELD

enum section { SECTION_PUBLIC, SECTION_FACTS, SECTION_SEALED };

enum value_type {
	VALUE_UINT, VALUE_INT, VALUE_BOOL, VALUE_TEXT, VALUE_BIN8,
	VALUE_BIN16, VALUE_BIN32, VALUE_BIN64, VALUE_LIST_UINT,
	VALUE_LIST_BIN8, VALUE_LIST_BIN16, VALUE_REF, VALUE_ENTRY, VALUE_ANY,
};

struct kind_rule {
	uint64_t number;
	const char *name;		/* "hub-key" */
	uint8_t scopes;			/* bits 1 << enum scope_kind */
	uint8_t roles;			/* bits 1 << enum role */
	bool element;
};
struct field_rule {
	uint64_t number;
	const char *name;		/* "full_name" */
	enum section section;
	enum value_type type;
	uint8_t scopes, roles;
};
/* NULL: unknown number. */
const struct kind_rule *field_kind(uint64_t number);
const struct field_rule *field_rule(uint64_t number);
const struct field_rule *field_by_name(const char *name);
/* field_type_ok: whether one raw canonical value has that type (and lists
 * are within LIMIT_LIST_ITEMS; scopes within LIMIT_SCOPES). */
bool field_type_ok(enum value_type type, struct span raw);

enum step {
	STEP_NONE = 0,
	STEP_LISTED = 1, STEP_NOMINATED = 2, STEP_INTRODUCED = 3,
	STEP_CLASS_COMPLETED = 4, STEP_TRIAL_STARTED = 5, STEP_ADMITTED = 6,
	STEP_OFFICIAL = 7,
	STEP_WITHDRAWN = 10, STEP_POSTPONED = 11, STEP_MOVED = 12,
};
/* "listed", ...; NULL: no such step. */
const char *field_step_name(enum step step);
enum step field_step_from_name(struct span name);	/* STEP_NONE */
bool field_residence_ok(struct span code);
bool field_reason_ok(struct span code);

#endif
