/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors_admission.h -- what the files that make admission.txt share: a
 * commune whose ledger takes what is admitted.
 */
#ifndef NGUON_TESTS_SUPPORT_VECTORS_ADMISSION_H
#define NGUON_TESTS_SUPPORT_VECTORS_ADMISSION_H

#include "tests/support/office.h"
#include "tests/support/vectors.h"

#define SCOPES(p) ((const uint8_t(*)[SCOPE_LEN])(p))

/* The file under way. */
struct desk {
	struct buf *out;
	struct office o;
	struct actor other, second, third;
	struct world_log log;		/* of the case at hand */
	struct segment s;
	uint64_t time_ms;		/* 0: one second a leaf */
};

/* The segment at hand as a row, and its log forgotten; what is admitted goes
 * to the ledger. */
void vectors_admission_row(struct desk *d, const char *name,
    const char *expected);
/* The ops at hand as the log's next entry, admitted, as a row. */
void vectors_admission_step(struct desk *d, const char *name,
    struct world_log *l);
/* Makes the segment at hand that of a new log with nothing but its log op. */
void vectors_admission_first(struct desk *d, const struct actor *author,
    const uint8_t *scope, const struct entry_ref *predecessor);

/* vectors_standings.c: what follows from certificates that come and go. */
void vectors_standings(struct desk *d);

#endif
