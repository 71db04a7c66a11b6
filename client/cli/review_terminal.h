/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review_terminal.h -- a terminal that hands over each key at once, on a screen
 * of its own.  It is given back as it was whatever ends the program, and what
 * was shown, names, goes with it.
 */
#ifndef NGUON_CLI_REVIEW_TERMINAL_H
#define NGUON_CLI_REVIEW_TERMINAL_H

#include <signal.h>
#include <termios.h>

#include "client/cli/review_screen.h"

/* Zero it first. */
struct review_terminal {
	bool open;
	struct termios before;
	int signals;			/* a file of them */
	sigset_t mask_before;
	int ended_by;			/* the signal that asks to end; 0 */
};

/* Whether standard input and output are a terminal. */
bool review_terminal_there(void);
/* review_terminal_open(t): of standard input and output.  Errors: ERR_ABSENT
 * they are no terminal; ERR_IO. */
MUST_USE err review_terminal_open(struct review_terminal *t);
/* Gives it back, and then ends the program if a signal asked for that.
 * Harmless when it is not open. */
void review_terminal_close(struct review_terminal *t);
/* Columns and lines now; 80 by 24 where they are not known. */
void review_terminal_size(unsigned *ret_columns, unsigned *ret_lines);
/* Shows a screen anew. */
MUST_USE err review_terminal_show(struct span text);
/* The next key.  REVIEW_KEY_NONE: the size changed.  ERR_ABSENT: a signal
 * asks to end; ERR_IO: the terminal is gone. */
MUST_USE err review_terminal_key(struct review_terminal *t,
    struct review_press *ret);

#endif
