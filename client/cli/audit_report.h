/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_report.h -- what `nguon verify` found, for people and as JSON.
 */
#ifndef NGUON_CLI_AUDIT_REPORT_H
#define NGUON_CLI_AUDIT_REPORT_H

#include "client/cli/cli.h"
#include "protocol/verify.h"

struct audit_wanted {
	const char *file;
	const char *root;		/* fingerprint, hex */
	const struct period *period;	/* NULL: each year, and all */
	const uint8_t *scope;		/* NULL: the whole commune */
	const char *scope_code;		/* "" for the whole commune */
};
/* audit_report_periods: the years in which anything happened, and `all`;
 * owned by the caller, free().  False: no memory. */
bool audit_report_periods(const struct figures *f, struct period **ret,
    size_t *ret_count);
/* Whether the history holds, whatever was published from it. */
bool audit_report_sound(const struct verify *v);
/* False: memory ran out; what was printed is not whole. */
bool audit_report_text(const struct cli *c, const struct verify *v,
    const struct audit_wanted *w);
bool audit_report_json(const struct verify *v, const struct audit_wanted *w);

#endif
