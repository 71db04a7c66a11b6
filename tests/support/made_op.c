/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/made_op.h"

#include <stdlib.h>
#include <string.h>

const uint8_t made_key[KEY_LEN] = { 7, 7 };
const uint8_t made_log[ID_LEN] = { 0xaa, 1 };
const uint8_t made_other[ID_LEN] = { 0xbb, 2 };
const uint8_t made_cell[SCOPE_LEN] = { 2, 1 };
const uint8_t made_lane[SCOPE_LEN] = { 3, 1 };
static const uint8_t signature[SIG_LEN] = { 9 };

static void
need(bool ok)
{
	if (!ok)
		abort();
}

struct span
made_bin(const uint8_t *p, size_t n)
{
	return (struct span){ p, n };
}

void
made_start(struct made *m, uint64_t kind)
{
	memset(m, 0, sizeof *m);
	m->draft = field_draft_new();
	need(m->draft != NULL);
	m->op.kind = kind;
	m->op.subject = m->subject;
}

void
made_free(struct made *m)
{
	field_draft_free(m->draft);
	buf_free(&m->map);
}

void
made_part(struct made *m, enum part_type type)
{
	m->op.parts[m->op.part_count].type = type;
	m->op.parts[m->op.part_count++].form = PART_DIGEST;
}

enum verdict
made_judge(struct made *m, enum role role, enum scope_kind scope,
    uint64_t seq, uint8_t position)
{
	buf_reset(&m->map);
	need(field_draft_encode(m->draft, &m->map) == ERR_OK);
	m->op.fields = buf_span(&m->map);
	return judge_op(&m->op, role, scope, seq, position);
}

void
made_list(struct made *m, uint64_t field, const uint64_t *number, size_t n)
{
	struct buf b = { 0 };

	codec_put_array(&b, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		codec_put_uint(&b, number[i]);
	field_draft_put_raw(m->draft, field, buf_span(&b));
	buf_free(&b);
}

void
made_bins(struct made *m, uint64_t field, const uint8_t *a, const uint8_t *b,
    size_t bytes)
{
	struct buf list = { 0 };

	codec_put_array(&list, 1u + (b != NULL));
	codec_put_bin(&list, made_bin(a, bytes));
	if (b != NULL)
		codec_put_bin(&list, made_bin(b, bytes));
	field_draft_put_raw(m->draft, field, buf_span(&list));
	buf_free(&list);
}

static void
put_key(struct made *m, uint64_t field)
{
	field_draft_put_bin(m->draft, field, made_bin(made_key, KEY_LEN));
}

static void
put_keys(struct made *m)
{
	put_key(m, FIELD_SIGN_KEY);
	put_key(m, FIELD_BOX_KEY);
	put_key(m, FIELD_TRANSPORT_KEY);
}

void
made_scope(struct made *m, uint64_t field, const uint8_t *scope)
{
	field_draft_put_bin(m->draft, field, made_bin(scope, SCOPE_LEN));
}

static void
fill_log(struct made *m, enum scope_kind scope)
{
	uint8_t id[SCOPE_LEN] = { (uint8_t)scope };

	made_scope(m, FIELD_SCOPE, id);
	put_key(m, FIELD_SIGN_KEY);
	field_draft_put_bin(m->draft, FIELD_LOG_SALT,
	    made_bin(made_key, SALT_LEN));
	chain_log_id(made_key, made_key, id, m->subject);
}

/* The offices: kinds 2 to 12. */
static void
fill_office(struct made *m, enum role role)
{
	struct field_draft *d = m->draft;

	switch (m->op.kind) {
	case KIND_HUB_KEY:
		put_key(m, FIELD_SIGN_KEY);
		put_key(m, FIELD_TLS_PIN);
		put_key(m, FIELD_ROOT);
		field_draft_put_uint(d, FIELD_FROM_SIZE, 0);
		chain_key_id(made_key, m->subject);
		/* fall through */
	case KIND_RECOVERY_KEY:
		put_key(m, FIELD_BOX_KEY);
		break;
	case KIND_CERTIFY:
	case KIND_INVITE:
		if (m->op.kind == KIND_CERTIFY)
			put_keys(m);
		else
			put_key(m, FIELD_INVITE_KEY);
		chain_key_id(made_key, m->subject);
		field_draft_put_uint(d, FIELD_ROLE,
		    role == ROLE_ROOT ? ROLE_COMMUNE : ROLE_SECRETARY);
		/* fall through */
	case KIND_ENTITLE:
		made_bins(m, FIELD_SCOPES, made_cell, NULL, SCOPE_LEN);
		break;
	case KIND_CLAIM:
		put_keys(m);
		field_draft_put_bin(d, FIELD_INVITE_SIGNATURE,
		    made_bin(signature, SIG_LEN));
		field_draft_put_bin(d, FIELD_DEVICE_SIGNATURE,
		    made_bin(signature, SIG_LEN));
		break;
	case KIND_GRANT:
		put_key(m, FIELD_COMMITMENT);
		made_part(m, PART_KEY);
		break;
	default:
		break;
	}
}

/* The work: kinds from 20 on. */
static void
fill_work(struct made *m)
{
	struct field_draft *d = m->draft;

	switch (m->op.kind) {
	case KIND_CELL:
		made_scope(m, FIELD_SCOPE, made_cell);
		field_draft_put_text(d, FIELD_CODE, made_bin(made_key, 1));
		field_draft_put_text(d, FIELD_NAME, made_bin(made_key, 1));
		chain_scope_subject(made_cell, m->subject);
		break;
	case KIND_LANE:
		made_scope(m, FIELD_SCOPE, made_lane);
		made_scope(m, FIELD_CELL, made_cell);
		field_draft_put_text(d, FIELD_ORGANISATION,
		    made_bin(made_key, 1));
		chain_scope_subject(made_lane, m->subject);
		break;
	case KIND_QUOTA:
		made_scope(m, FIELD_CELL, made_cell);
		field_draft_put_uint(d, FIELD_YEAR, 2022);
		field_draft_put_uint(d, FIELD_NUMBER, 3);
		judge_quota_subject(made_cell, 2022, m->subject);
		break;
	case KIND_DEVICE:
		field_draft_put_bool(d, FIELD_CREATES, true);
		made_part(m, PART_FACTS);
		break;
	case KIND_STEP:
		field_draft_put_uint(d, FIELD_STEP, STEP_NOMINATED);
		break;
	case KIND_LINK:
		field_draft_put_uint(d, FIELD_LINK_OUTCOME, 1);
		break;
	case KIND_DISTINCT:
		made_bins(m, FIELD_PAIR, made_log, made_other, ID_LEN);
		break;
	default:
		break;
	}
}

/* An op of that kind with no more than it must have. */
void
made_least(struct made *m, uint64_t kind, enum role role,
    enum scope_kind scope)
{
	made_start(m, kind);
	if (kind == KIND_LOG)
		fill_log(m, scope);
	fill_office(m, role);
	fill_work(m);
}

uint8_t
made_position(uint64_t kind)
{
	return kind == KIND_LOG ? 0 : 1;
}
