/* SPDX-License-Identifier: Apache-2.0 */
/* main.c -- `nguond`: the daemon of a device (cell) or of the commune (hub). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/cell/cell.h"
#include "daemon/hub/hub_main.h"
#include "daemon/log.h"
#include "protocol/catalogue.h"

#define NGUOND_VERSION "0.1.0"

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	enum language language = catalogue_language(NULL, getenv("LANG"));
	char quoted[LOG_QUOTED_BYTES];

	if (strcmp(verb, "cell") == 0)
		return cell_main(argc - 1, argv + 1);
	if (strcmp(verb, "hub") == 0)
		return hub_main(argc - 1, argv + 1);
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "help") == 0) {
		fputs(catalogue_text(language, PHRASE_NGUOND_HELP), stdout);
		return 0;
	}
	if (strcmp(verb, "--version") == 0) {
		puts("nguond " NGUOND_VERSION);
		return 0;
	}
	if (argc > 1)
		fprintf(stderr, CATALOGUE_FORMAT(language, NGUOND_VERB),
		    log_quote_word(verb, quoted));
	else
		fputs(catalogue_text(language, PHRASE_NGUOND_HELP), stderr);
	return err_exit_code(ERR_USAGE);
}
