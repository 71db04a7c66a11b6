/* SPDX-License-Identifier: Apache-2.0 */
/* report_compare_internal.h -- what the files report_compare*.c share. */
#ifndef NGUON_RECORDS_REPORT_COMPARE_INTERNAL_H
#define NGUON_RECORDS_REPORT_COMPARE_INTERNAL_H

#include "client/records/report_compare.h"

/* report_compare_side without the ops. */
MUST_USE err report_compare_heads(struct store *s, const struct period *p,
    struct compare_side **ret);
/* report_compare_take_ops(s, side, after): of each log i the ops of the
 * entries behind seq after[i], the oldest first, at most COMPARE_OPS_MAX. */
MUST_USE err report_compare_take_ops(struct store *s,
    struct compare_side *side, const uint64_t *after);
/* By log id; NULL. */
const struct compare_log *report_compare_log(const struct compare_side *side,
    const uint8_t log[static ID_LEN]);

#endif
