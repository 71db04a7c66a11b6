/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_compare.h -- where two devices say different figures: which figures,
 * and which records one of them lacks.
 *
 * One device writes a small file; the other reads it.  The file holds the
 * figures of a period, the head of every log that the device holds, and of the
 * newest ops of each log the kind and the subject; no name, no fact, nothing
 * sealed.  It is one canonical MessagePack map (codec.h), keys in this order:
 *
 *	1 "nguon-compare"   2 format version, 1   3 root fingerprint
 *	4 device id   5 role   6 leaves taken in   7 time, ms
 *	8 rule version of the figures   9 period   10 [scope...] of its
 *	certificate   11 [log...]   12 [[scope, figure, value]...], texts
 *	log = [log id, scope, device id, seq, hash, received, time, [op...]]
 *	op = [seq, time, kind, subject]
 *
 * received: the newest seq that has a leaf; 0: none.  Who made the file could
 * have written anything: it explains a difference, and proves none.
 */
#ifndef NGUON_RECORDS_REPORT_COMPARE_H
#define NGUON_RECORDS_REPORT_COMPARE_H

#include "client/records/report.h"

enum {
	COMPARE_VERSION = 1,
	COMPARE_BYTES_MAX = 16777216,
	COMPARE_LOGS_MAX = 16384,
	COMPARE_FIGURES_MAX = 65536,
	COMPARE_OPS = 64,		/* newest of a log, in a file */
	COMPARE_OPS_MAX = 4096,		/* of one log, read or looked at */
};

struct compare_op {
	uint64_t seq, time_ms, kind;
	uint8_t subject[ID_LEN];
};
struct compare_log {
	uint8_t log[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	uint8_t device[ID_LEN];
	uint64_t seq;			/* head */
	uint8_t hash[HASH_LEN];
	uint64_t received;
	uint64_t time_ms;		/* of the head */
	size_t op_count;		/* ascending by seq */
	struct compare_op *ops;
};
struct compare_row {
	char scope[64];			/* report_scope */
	char name[96];
	char value[32];
};
/* What one device has.  Owner: report_compare_free. */
struct compare_side {
	uint8_t fingerprint[HASH_LEN];
	uint8_t device[ID_LEN];
	enum role role;
	uint64_t size, time_ms, rules;
	char period[32];
	size_t scope_count;
	uint8_t (*scopes)[SCOPE_LEN];
	size_t log_count;		/* ascending by log id */
	struct compare_log *logs;
	size_t row_count;
	struct compare_row *rows;
};
/* report_compare_side: as this device has it.  Errors: those of
 * report_make. */
MUST_USE err report_compare_side(struct store *s, const struct period *p,
    struct compare_side **ret);
void report_compare_free(struct compare_side *side);
/* The file: appended; and read, from bytes that may be anything.  Errors of
 * decode: ERR_FORMAT, ERR_LIMIT, ERR_VERSION a later format, ERR_NOMEM. */
MUST_USE err report_compare_encode(const struct compare_side *side,
    struct buf *out);
MUST_USE err report_compare_decode(struct span in, struct compare_side **ret);

/* ---- what differs (report_compare_diff.c) */

/* "" where a side does not have the figure. */
struct compare_figure {
	char scope[64];
	char name[96];
	char mine[32], theirs[32];
};
enum compare_side_of { COMPARE_HERE, COMPARE_THERE };
enum compare_why {
	COMPARE_NOT_SENT,	/* who has it wrote it, and it has no leaf */
	COMPARE_NOT_RECEIVED,	/* it has a leaf, which did not come yet */
	COMPARE_FORKED,		/* two versions of one log */
	COMPARE_SCOPE,		/* not for that side; all logs of a scope */
};
enum { COMPARE_KINDS = 64, COMPARE_PEOPLE = 8, COMPARE_NAME = 128 };
struct compare_missing {
	enum compare_side_of side;	/* which lacks it */
	enum compare_why why;
	uint8_t scope[SCOPE_LEN];
	uint64_t logs;			/* of COMPARE_SCOPE */
	uint8_t log[ID_LEN];
	uint8_t device[ID_LEN];
	enum role role;			/* of that device; ROLE_NONE */
	char holder[COMPARE_NAME];	/* "" not readable here */
	uint64_t first, last;		/* seq */
	uint64_t from_ms, to_ms;	/* 0: not known */
	uint32_t kinds[COMPARE_KINDS];	/* how many ops of each kind */
	bool partly;			/* not of all entries */
	size_t people_count;		/* that it is about; names of the
					 * first, else 8 digits of the id */
	char people[COMPARE_PEOPLE][COMPARE_NAME];
};
struct compare_diff {
	bool same_rules;		/* else no figure is compared */
	size_t common;			/* scopes that both report on */
	size_t figure_count;
	struct compare_figure *figures;
	size_t missing_count;		/* here first, then by scope and log */
	struct compare_missing *missing;
};
/*
 * report_compare_diff(s, theirs, ret, ret_mine): the store against a file, for
 * the period of the file.  Owner: report_compare_diff_free,
 * report_compare_free.
 * Errors: ERR_FOREIGN of another commune; ERR_VALUE its period; those of
 * report_make.
 */
MUST_USE err report_compare_diff(struct store *s,
    const struct compare_side *theirs, struct compare_diff **ret,
    struct compare_side **ret_mine);
void report_compare_diff_free(struct compare_diff *d);	/* wipes names */

#endif
