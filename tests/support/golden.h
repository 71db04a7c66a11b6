/* SPDX-License-Identifier: Apache-2.0 */
/*
 * golden.h -- what a program prints, held against a file in
 * tests/unit/golden/.  What cannot be done ends the test program.
 */
#ifndef NGUON_TESTS_SUPPORT_GOLDEN_H
#define NGUON_TESTS_SUPPORT_GOLDEN_H

/* Stdout goes into a file from here to golden_end.  Sets TZ to UTC. */
void golden_begin(void);
/*
 * golden_end(name): NULL when what was printed is tests/unit/golden/NAME and,
 * but for NAME.json, no line of it has more than 80 columns; else what is
 * wrong, and what was printed is on stderr.  With GOLDEN_WRITE=1 in the
 * environment the file is written instead.  Static storage.
 */
const char *golden_end(const char *name);

#endif
