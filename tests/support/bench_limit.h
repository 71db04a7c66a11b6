/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_limit.h -- what one core can do at most: medians of three runs of
 * about a tenth of a second of work.  What fails ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_LIMIT_H
#define NGUON_TESTS_SUPPORT_BENCH_LIMIT_H

#include <stddef.h>

double bench_limit_hash(size_t bytes);	/* BLAKE2b-256 of that many, a second */
double bench_limit_verify(void);	/* Ed25519 verifications a second */
double bench_limit_sign(void);
double bench_limit_copy(void);		/* bytes a second, of 1 MiB each */

#endif
