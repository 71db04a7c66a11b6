/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_options.h -- the command line of `nguond hub`.
 */
#ifndef NGUON_HUB_OPTIONS_H
#define NGUON_HUB_OPTIONS_H

#include <stdbool.h>

#include "protocol/catalogue.h"

enum hub_action { HUB_RUN, HUB_MAKE_TLS, HUB_AUDIT, HUB_HELP };

/* Texts borrow from argv. */
struct hub_options {
	enum hub_action action;
	enum language language;
	const char *dir;
	const char *listen;		/* ADDR:PORT */
	const char *tls_name;		/* --make-tls */
	const char *audit_file;		/* --audit-export */
	bool anew;			/* --begin-anew */
	unsigned connections;
	unsigned per_address;
};

/* hub_options_parse: argv[0] is the verb.  What is wrong is said on stderr.
 * Errors: ERR_USAGE; ret then holds the language alone. */
MUST_USE err hub_options_parse(int argc, char **argv,
    struct hub_options *ret);

#endif
