/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c -- `nguon`: the groups of verbs, and what is done before and after
 * one.
 */
#include "client/cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_verb.h"
#include "client/records/nominations.h"
#include "client/store/key_agent.h"

#define NGUON_VERSION "0.1"

/* In the order of --help. */
static const struct cli_group *const groups[] = {
	&verbs_commune,
	&verbs_device,
	&verbs_lock,
	&verbs_person,
	&verbs_moves,
	&verbs_review,
	&verbs_rights,
	&verbs_work,
	&verbs_nomination,
	&verbs_tasks,
	&verbs_board,
	&verbs_reminder,
	&verbs_directive,
	&verbs_figures,
	&verbs_audit,
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

static int
say_wrong(struct cli *c, const struct cli_wrong *w)
{
	switch (w->mistake) {
	case CLI_MISTAKE_UNKNOWN:
		cli_say(c, CLI_OPTION_UNKNOWN, w->word);
		break;
	case CLI_MISTAKE_NO_VALUE:
		cli_say(c, CLI_OPTION_NO_VALUE, w->word);
		break;
	case CLI_MISTAKE_VALUE:
		cli_say(c, CLI_OPTION_VALUE, w->word);
		break;
	case CLI_MISTAKE_TWICE:
		cli_say(c, CLI_OPTION_TWICE, w->word);
		break;
	case CLI_MISTAKE_FLAG_VALUE:
		cli_say(c, CLI_OPTION_FLAG, w->word);
		break;
	case CLI_MISTAKE_MISSING:
		cli_say(c, CLI_OPTION_MISSING, w->option->name,
		    w->option->value);
		break;
	case CLI_MISTAKE_NONE:
		break;
	}
	return EXIT_USAGE;
}

static void
general_help(const struct cli *c, FILE *out)
{
	cli_line(out, "%s", cli_text(c, PHRASE_HELP_INTRO));
	(void)cli_verb_list(c, groups, GROUPS, NULL, out);
	cli_verb_common(c, out);
	cli_verb_option(c, "--version", PHRASE_OPTION_VERSION, out);
	(void)fputc('\n', out);
	cli_line(out, "%s", cli_text(c, PHRASE_HELP_OUTRO));
}

/* Whether verbs of two words begin with that one. */
static bool
first_word(const char *word)
{
	size_t n = strlen(word);

	for (size_t g = 0; g < GROUPS; g++)
		for (size_t i = 0; i < groups[g]->count; i++)
			if (strncmp(groups[g]->verbs[i].name, word, n) == 0 &&
			    groups[g]->verbs[i].name[n] == ' ')
				return true;
	return false;
}

/* No verb has that name. */
static int
unknown(struct cli *c, const struct cli_words *w)
{
	if (w->plain == 0) {
		cli_say_plain(c, PHRASE_CLI_NO_VERB);
		return EXIT_USAGE;
	}
	if (w->word[0][0] == '-') {
		cli_say(c, CLI_OPTION_UNKNOWN, w->word[0]);
		return EXIT_USAGE;
	}
	if (w->ask == CLI_ASK_HELP &&
	    cli_verb_list(c, groups, GROUPS, w->word[0], stdout) > 0)
		return EXIT_FINE;
	const struct cli_verb *near = cli_verb_nearest(groups, GROUPS, w);
	if (first_word(w->word[0]))
		cli_say(c, CLI_VERB_SECOND, w->word[0]);
	else if (near != NULL)
		cli_say(c, CLI_VERB_NEAR, w->word[0], near->name);
	else
		cli_say(c, CLI_VERB_UNKNOWN, w->word[0]);
	(void)cli_verb_list(c, groups, GROUPS, w->word[0], stderr);
	return EXIT_USAGE;
}

static int
run(struct cli *c, const struct cli_words *w)
{
	struct cli_args args = { 0 };
	struct cli_wrong wrong = { 0 };
	size_t words = 0;
	int code;

	if (w->ask == CLI_ASK_VERSION) {
		(void)printf("nguon %s\n", NGUON_VERSION);
		return EXIT_FINE;
	}
	if (w->count == 0) {
		bool asked = w->ask == CLI_ASK_HELP;
		general_help(c, asked ? stdout : stderr);
		return asked ? EXIT_FINE : EXIT_USAGE;
	}
	const struct cli_verb *verb = cli_verb_find(groups, GROUPS, w,
	    &words);
	if (verb == NULL)
		return unknown(c, w);
	if (w->ask == CLI_ASK_HELP) {
		cli_verb_help(c, verb, stdout);
		return EXIT_FINE;
	}
	err rc = cli_option_parse(w, words, verb, &args, &wrong);
	if (rc == ERR_USAGE)
		return say_wrong(c, &wrong);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	code = verb->run(c, &args);
	/* what is not copied now is copied by the next verb */
	if (c->store != NULL && store_unlocked(c->store))
		(void)!nominations_copy_steps(c->store, NULL);
	cli_option_free(&args);
	store_close(c->store);
	c->store = NULL;
	return code;
}

int
main(int argc, char **argv)
{
	struct cli c = { .passphrase_fd = -1 };
	struct cli_words words = { 0 };
	struct cli_wrong wrong = { 0 };
	int code;
	err rc;

	key_agent_no_dumps();
	(void)setlocale(LC_CTYPE, "");
	(void)signal(SIGPIPE, SIG_IGN);
	c.language = catalogue_language(NULL, getenv("LANG"));
	rc = cli_option_common(argc, argv, &c, &words, &wrong);
	if (rc == ERR_USAGE)
		return say_wrong(&c, &wrong);
	if (rc == ERR_OK)
		rc = crypto_start();
	code = rc != ERR_OK ? cli_fail(&c, rc) : run(&c, &words);
	cli_option_words_free(&words);
	/* a result that could not be written is no result */
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_FINE)
		code = cli_fail(&c, ERR_IO);
	return code;
}
