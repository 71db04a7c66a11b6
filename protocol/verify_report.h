/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify_report.h -- the findings of a verification, bounded.  Pure.
 */
#ifndef NGUON_VERIFY_REPORT_H
#define NGUON_VERIFY_REPORT_H

#include "protocol/verify.h"

enum { VERIFY_REPORT_MAX = 10000 };

/* Owner: the struct owns list.  Zero-initialise; verify_report_free. */
struct verify_report {
	struct finding *list;
	size_t count;
	size_t cap;
	size_t mild;		/* those of list that do not fail */
	uint64_t failures;	/* kept or not */
};

void verify_report_free(struct verify_report *r);
/* verify_report_add: code is copied into f; f is kept if there is room, which
 * is not an error.  Errors: ERR_NOMEM. */
MUST_USE err verify_report_add(struct verify_report *r, const char *code,
    const struct finding *f);

#endif
