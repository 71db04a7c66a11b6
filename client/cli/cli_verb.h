/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_verb.h -- finding a verb in the groups, and help.
 */
#ifndef NGUON_CLI_VERB_H
#define NGUON_CLI_VERB_H

#include "client/cli/cli_option.h"

/* cli_verb_find: the verb that the words begin with, two words before one;
 * *ret_words of them are its name.  NULL: none. */
const struct cli_verb *cli_verb_find(const struct cli_group *const *groups,
    size_t count, const struct cli_words *w, size_t *ret_words);
/* cli_verb_nearest: the verb whose name is nearest to the words by the number
 * of letters to change; NULL: none is near. */
const struct cli_verb *cli_verb_nearest(const struct cli_group *const *groups,
    size_t count, const struct cli_words *w);
/* nguon --help, of all groups or (word not NULL) of the verbs that begin with
 * that word; returns how many verbs it showed. */
size_t cli_verb_list(const struct cli *c,
    const struct cli_group *const *groups, size_t count, const char *word,
    FILE *out);
/* The options that every verb has, under their title; and one more line of
 * that kind. */
void cli_verb_common(const struct cli *c, FILE *out);
void cli_verb_option(const struct cli *c, const char *usage,
    enum phrase help, FILE *out);
/* nguon VERB --help. */
void cli_verb_help(const struct cli *c, const struct cli_verb *verb,
    FILE *out);

#endif
