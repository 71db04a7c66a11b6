/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario_rounds.h -- the round of each row of events.csv: who left and is
 * nominated again begins the next one.  For tests: lack of memory, or a date
 * that is none, ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_SCENARIO_ROUNDS_H
#define NGUON_TESTS_SUPPORT_SCENARIO_ROUNDS_H

#include <stdint.h>

#include "tests/support/scenario_csv.h"

/* By row; days in their order, rows of a day in that of the file.  Owner: the
 * caller, free(). */
uint64_t *scenario_rounds(const struct scenario_csv *events);

#endif
