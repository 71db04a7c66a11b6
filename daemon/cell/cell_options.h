/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell_options.h -- the command line of `nguond cell`.
 */
#ifndef NGUON_CELL_OPTIONS_H
#define NGUON_CELL_OPTIONS_H

#include <stdbool.h>

#include "client/store/paths.h"
#include "daemon/cell/schedule.h"
#include "protocol/catalogue.h"

enum cell_action { CELL_RUN, CELL_ONCE, CELL_HELP };

/* Texts borrow from argv. */
struct cell_options {
	enum cell_action action;
	enum language language;
	char store[PATH_BYTES];
	const char *hub;		/* NULL: what the store says */
	struct schedule_config schedule;
};

/* cell_options_parse: argv[0] is the verb.  What is wrong is said on stderr.
 * Errors: ERR_USAGE; ret then holds the language alone. */
MUST_USE err cell_options_parse(int argc, char **argv,
    struct cell_options *ret);

#endif
