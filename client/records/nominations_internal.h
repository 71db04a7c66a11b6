/* SPDX-License-Identifier: Apache-2.0 */
/* nominations_internal.h -- what the files of nominations share. */
#ifndef NGUON_RECORDS_NOMINATIONS_INTERNAL_H
#define NGUON_RECORDS_NOMINATIONS_INTERNAL_H

#include "client/records/nominations.h"

/* Whose steps are copied: at the link everybody's, later each device its own,
 * so that two devices do not both copy one step. */
enum nomination_copy { COPY_ALL, COPY_OWN };
/* nominations_copy_one(s, n, copy, ret_written): of n the lane, cell, subject
 * and person count; the states are read anew. */
MUST_USE err nominations_copy_one(struct store *s, const struct nomination *n,
    enum nomination_copy copy, uint64_t *ret_written);

#endif
