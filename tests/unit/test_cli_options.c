/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_options.c -- what cli_option.h and cli_verb.h promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/cli_text.h"
#include "client/cli/cli_verb.h"

static const struct cli_option options[] = {
	{ "cell", "CODE", PHRASE_OPTION_INVITE_CELL, CLI_MANY },
	{ "name", "NAME", PHRASE_OPTION_NAME, CLI_MAY },
	{ "quick", NULL, PHRASE_OPTION_YES, CLI_MAY },
};
static const struct cli_option needs[] = {
	{ "root", "HEX", PHRASE_OPTION_VERIFY_ROOT, CLI_MUST },
	{ "name", "NAME", PHRASE_OPTION_NAME, CLI_MAY },
};
static const struct cli_verb verbs_a[] = {
	{ "invite", "", PHRASE_VERB_INVITE, options, 3, NULL },
	{ "invite cancel", "ID", PHRASE_VERB_INVITE_CANCEL, NULL, 0, NULL },
	{ "cell add", "CODE NAME", PHRASE_VERB_CELL_ADD, options, 3, NULL },
};
static const struct cli_verb verbs_b[] = {
	{ "status", "", PHRASE_VERB_STATUS, NULL, 0, NULL },
	{ "cell list", "", PHRASE_VERB_CELL_LIST, NULL, 0, NULL },
	{ "verify", "FILE", PHRASE_VERB_VERIFY, needs, 2, NULL },
};
static const struct cli_group group_a = { PHRASE_HELP_COMMUNE, verbs_a, 3 };
static const struct cli_group group_b = { PHRASE_HELP_DEVICE, verbs_b, 3 };
static const struct cli_group *const groups[] = { &group_a, &group_b };

enum { WORDS = 12 };

/* A command line; rows of tests end theirs with NULL. */
static err
common(const char *const *line, struct cli *c, struct cli_words *w,
    struct cli_wrong *wrong)
{
	char *argv[WORDS + 2] = { (char *)(uintptr_t) "nguon" };
	int argc = 1;

	for (; line[argc - 1] != NULL; argc++)
		memcpy(&argv[argc], &line[argc - 1], sizeof argv[argc]);
	*c = (struct cli){ .passphrase_fd = -1 };
	memset(w, 0, sizeof *w);
	memset(wrong, 0, sizeof *wrong);
	return cli_option_common(argc, argv, c, w, wrong);
}

static void
common_options_stand_anywhere(void **state)
{
	static const char *const lines[][WORDS] = {
		{ "--store", "/x", "--json", "cell", "add", "--lang", "en",
		  "--passphrase-fd", "3", "--yes", "A" },
		{ "cell", "--store=/x", "add", "A", "--json", "--yes",
		  "--lang=en", "--passphrase-fd=3" },
	};
	struct cli c;
	struct cli_words w;
	struct cli_wrong wrong;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(common(lines[i], &c, &w, &wrong), ERR_OK);
		assert_string_equal(c.store_option, "/x");
		assert_true(c.json);
		assert_true(c.yes);
		assert_int_equal(c.language, LANGUAGE_EN);
		assert_int_equal(c.passphrase_fd, 3);
		assert_int_equal(w.ask, CLI_ASK_VERB);
		assert_int_equal(w.count, 3);
		assert_int_equal(w.plain, 3);
		assert_string_equal(w.word[0], "cell");
		assert_string_equal(w.word[1], "add");
		assert_string_equal(w.word[2], "A");
		cli_option_words_free(&w);
	}
}

static void
two_dashes_end_the_options(void **state)
{
	static const char *const line[] = { "status", "--", "--json",
		"--help", NULL };
	struct cli c;
	struct cli_words w;
	struct cli_wrong wrong;

	(void)state;
	assert_int_equal(common(line, &c, &w, &wrong), ERR_OK);
	assert_false(c.json);
	assert_int_equal(w.ask, CLI_ASK_VERB);
	assert_int_equal(w.count, 3);
	assert_int_equal(w.plain, 1);
	assert_string_equal(w.word[1], "--json");
	cli_option_words_free(&w);
}

static void
help_and_version_are_asked_for(void **state)
{
	static const struct {
		const char *line[3];
		enum cli_ask ask;
	} rows[] = {
		{ { "--help" }, CLI_ASK_HELP },
		{ { "status", "-h" }, CLI_ASK_HELP },
		{ { "--version" }, CLI_ASK_VERSION },
		{ { "status" }, CLI_ASK_VERB },
	};
	struct cli c;
	struct cli_words w;
	struct cli_wrong wrong;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(common(rows[i].line, &c, &w, &wrong),
		    ERR_OK);
		assert_int_equal(w.ask, rows[i].ask);
		cli_option_words_free(&w);
	}
}

static void
help_is_also_a_word(void **state)
{
	static const struct {
		const char *line[4];
		enum cli_ask ask;
		size_t count;
		const char *first;
	} rows[] = {
		{ { "help" }, CLI_ASK_HELP, 0, NULL },
		{ { "help", "cell", "add" }, CLI_ASK_HELP, 2, "cell" },
		{ { "--lang=en", "help", "status" }, CLI_ASK_HELP, 1,
		  "status" },
		{ { "help", "--version" }, CLI_ASK_VERSION, 0, NULL },
		/* only in front: it may be a word that is searched for */
		{ { "status", "help" }, CLI_ASK_VERB, 2, "status" },
		{ { "--", "help" }, CLI_ASK_VERB, 1, "help" },
	};
	struct cli c;
	struct cli_words w;
	struct cli_wrong wrong;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(common(rows[i].line, &c, &w, &wrong),
		    ERR_OK);
		assert_int_equal(w.ask, rows[i].ask);
		assert_int_equal(w.count, rows[i].count);
		if (rows[i].first != NULL)
			assert_string_equal(w.word[0], rows[i].first);
		cli_option_words_free(&w);
	}
}

static void
a_common_option_used_wrongly_is_named(void **state)
{
	static const struct {
		const char *line[4];
		enum cli_mistake mistake;
		const char *word;
	} rows[] = {
		{ { "--store" }, CLI_MISTAKE_NO_VALUE, "--store" },
		{ { "--store", "--json" }, CLI_MISTAKE_NO_VALUE, "--store" },
		{ { "--store=" }, CLI_MISTAKE_VALUE, "--store=" },
		{ { "--lang", "fr" }, CLI_MISTAKE_VALUE, "--lang" },
		{ { "--passphrase-fd", "x" }, CLI_MISTAKE_VALUE,
		  "--passphrase-fd" },
		{ { "--passphrase-fd", "99999" }, CLI_MISTAKE_VALUE,
		  "--passphrase-fd" },
		{ { "--json=yes" }, CLI_MISTAKE_FLAG_VALUE, "--json=yes" },
	};
	struct cli c;
	struct cli_words w;
	struct cli_wrong wrong;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(common(rows[i].line, &c, &w, &wrong),
		    ERR_USAGE);
		assert_int_equal(wrong.mistake, rows[i].mistake);
		assert_string_equal(wrong.word, rows[i].word);
	}
}

static const struct cli_verb *
find(const char *const *line, struct cli_words *w, size_t *words)
{
	struct cli c;
	struct cli_wrong wrong;

	assert_int_equal(common(line, &c, w, &wrong), ERR_OK);
	return cli_verb_find(groups, 2, w, words);
}

static void
the_longest_name_is_the_verb(void **state)
{
	static const struct {
		const char *line[4];
		const char *verb;
		size_t words;
	} rows[] = {
		{ { "invite" }, "invite", 1 },
		{ { "invite", "cancel", "x" }, "invite cancel", 2 },
		{ { "invite", "other" }, "invite", 1 },
		{ { "cell", "list" }, "cell list", 2 },
		{ { "cell" }, NULL, 0 },
		{ { "cel", "list" }, NULL, 0 },
		{ { "statusx" }, NULL, 0 },
		{ { "--", "status" }, NULL, 0 },
		{ { NULL }, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cli_words w;
		size_t words = 99;
		const struct cli_verb *v = find(rows[i].line, &w, &words);

		if (rows[i].verb == NULL) {
			assert_null(v);
		} else {
			assert_non_null(v);
			assert_string_equal(v->name, rows[i].verb);
		}
		assert_int_equal(words, rows[i].words);
		cli_option_words_free(&w);
	}
}

static void
an_unknown_verb_has_its_nearest(void **state)
{
	static const struct {
		const char *line[3];
		const char *verb;
	} rows[] = {
		{ { "stauts" }, "status" },
		{ { "statu" }, "status" },
		{ { "invit" }, "invite" },
		{ { "cell", "lst" }, "cell list" },
		{ { "cel", "add" }, "cell add" },
		{ { "cel" }, "cell add" },
		{ { "xyzzy" }, NULL },
		{ { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cli_words w;
		size_t words;

		assert_null(find(rows[i].line, &w, &words));
		const struct cli_verb *v = cli_verb_nearest(groups, 2, &w);
		if (rows[i].verb == NULL) {
			assert_null(v);
		} else {
			assert_non_null(v);
			assert_string_equal(v->name, rows[i].verb);
		}
		cli_option_words_free(&w);
	}
}

static err
parse(const char *const *line, struct cli_words *w, struct cli_args *a,
    struct cli_wrong *wrong)
{
	size_t words;
	const struct cli_verb *v = find(line, w, &words);

	assert_non_null(v);
	memset(wrong, 0, sizeof *wrong);
	return cli_option_parse(w, words, v, a, wrong);
}

static void
options_and_operands_are_told_apart(void **state)
{
	static const char *const line[] = { "cell", "add", "--name", "N",
		"A", "--quick", "B", "--", "--name", NULL };
	struct cli_words w;
	struct cli_args a;
	struct cli_wrong wrong;

	(void)state;
	assert_int_equal(parse(line, &w, &a, &wrong), ERR_OK);
	assert_int_equal(a.operand_count, 3);
	assert_string_equal(a.operands[0], "A");
	assert_string_equal(a.operands[1], "B");
	assert_string_equal(a.operands[2], "--name");
	assert_string_equal(cli_option(&a, "name"), "N");
	assert_string_equal(cli_option(&a, "quick"), "");
	assert_null(cli_option(&a, "cell"));
	cli_option_free(&a);
	cli_option_words_free(&w);
}

static void
a_repeated_option_has_several_values(void **state)
{
	static const char *const lines[][WORDS] = {
		{ "invite", "--cell", "A", "--cell", "B", "--cell=C" },
		/* no operands: all words up to the next option are values */
		{ "invite", "--cell", "A", "B", "C", "--quick" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cli_words w;
		struct cli_args a;
		struct cli_wrong wrong;
		size_t cursor = 0;

		assert_int_equal(parse(lines[i], &w, &a, &wrong), ERR_OK);
		assert_int_equal(a.operand_count, 0);
		assert_string_equal(cli_option_next(&a, "cell", &cursor),
		    "A");
		assert_string_equal(cli_option_next(&a, "cell", &cursor),
		    "B");
		assert_string_equal(cli_option_next(&a, "cell", &cursor),
		    "C");
		assert_null(cli_option_next(&a, "cell", &cursor));
		assert_string_equal(cli_option(&a, "cell"), "C");
		cli_option_free(&a);
		cli_option_words_free(&w);
	}
}

static void
an_option_used_wrongly_is_named(void **state)
{
	static const struct {
		const char *line[7];
		enum cli_mistake mistake;
		const char *word;
	} rows[] = {
		{ { "cell", "add", "--other" }, CLI_MISTAKE_UNKNOWN,
		  "--other" },
		{ { "cell", "add", "-x" }, CLI_MISTAKE_UNKNOWN, "-x" },
		{ { "cell", "add", "--nam", "x" }, CLI_MISTAKE_UNKNOWN,
		  "--nam" },
		{ { "cell", "add", "--name" }, CLI_MISTAKE_NO_VALUE,
		  "--name" },
		{ { "cell", "add", "--name", "--quick" },
		  CLI_MISTAKE_NO_VALUE, "--name" },
		{ { "cell", "add", "--quick=1" }, CLI_MISTAKE_FLAG_VALUE,
		  "--quick=1" },
		{ { "cell", "add", "--name", "a", "--name", "b" },
		  CLI_MISTAKE_TWICE, "--name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cli_words w;
		struct cli_args a;
		struct cli_wrong wrong;

		assert_int_equal(parse(rows[i].line, &w, &a, &wrong),
		    ERR_USAGE);
		assert_int_equal(wrong.mistake, rows[i].mistake);
		assert_string_equal(wrong.word, rows[i].word);
		cli_option_words_free(&w);
	}
}

static void
an_option_that_must_stand_is_named(void **state)
{
	static const struct {
		const char *line[5];
		err want;
	} rows[] = {
		{ { "verify", "F" }, ERR_USAGE },
		{ { "verify", "F", "--name", "N" }, ERR_USAGE },
		{ { "verify", "F", "--", "--root" }, ERR_USAGE },
		{ { "verify", "F", "--root", "00" }, ERR_OK },
		{ { "verify", "--root=" }, ERR_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cli_words w;
		struct cli_args a = { 0 };
		struct cli_wrong wrong;

		assert_int_equal(parse(rows[i].line, &w, &a, &wrong),
		    rows[i].want);
		if (rows[i].want != ERR_OK) {
			assert_int_equal(wrong.mistake, CLI_MISTAKE_MISSING);
			assert_ptr_equal(wrong.option, &needs[0]);
		}
		cli_option_free(&a);
		cli_option_words_free(&w);
	}
}

static void
numbers_are_digits_within_bounds(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		err want;
		uint64_t value;
	} rows[] = {
		{ "0", 9, ERR_OK, 0 },
		{ "9", 9, ERR_OK, 9 },
		{ "10", 9, ERR_VALUE, 0 },
		{ "", 9, ERR_VALUE, 0 },
		{ "-1", 9, ERR_VALUE, 0 },
		{ "1 ", 9, ERR_VALUE, 0 },
		{ "18446744073709551615", UINT64_MAX, ERR_OK, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, ERR_VALUE, 0 },
		{ "99999999999999999999999", UINT64_MAX, ERR_VALUE, 0 },
		{ NULL, 9, ERR_VALUE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint64_t got = 0;

		assert_int_equal(cli_option_number(rows[i].text, rows[i].max,
		    &got), rows[i].want);
		assert_true(got == rows[i].value);
	}
}

/* Every line of a help page, in both languages. */
static void
check_lines(const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		assert_true(cli_text_columns((struct span){
		    (const uint8_t *)text, n }) <= CLI_COLUMNS);
		text += n + (text[n] == '\n');
	}
}

static void
help_fits_80_columns(void **state)
{
	static const struct cli_group *const all[] = {
		&verbs_commune, &verbs_device, &verbs_audit,
	};
	struct cli c = { .passphrase_fd = -1 };

	(void)state;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		c.language = (enum language)l;
		assert_true(cli_verb_list(&c, all, 3, NULL, out) > 0);
		for (size_t g = 0; g < 3; g++)
			for (size_t i = 0; i < all[g]->count; i++)
				cli_verb_help(&c, &all[g]->verbs[i], out);
		assert_int_equal(fclose(out), 0);
		check_lines(text);
		free(text);
	}
}

static void
help_shows_what_must_stand_without_brackets(void **state)
{
	struct cli c = { .passphrase_fd = -1 };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	cli_verb_help(&c, &verbs_b[2], out);
	cli_verb_help(&c, &verbs_a[2], out);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text,
	    "nguon verify FILE --root HEX [--name NAME]\n"));
	assert_non_null(strstr(text, "nguon cell add CODE NAME "
	    "[--cell CODE...] [--name NAME] [--quick]\n"));
	free(text);
}

static void
help_of_one_word_lists_its_verbs(void **state)
{
	struct cli c = { .passphrase_fd = -1 };
	FILE *out = tmpfile();

	(void)state;
	assert_non_null(out);
	assert_int_equal(cli_verb_list(&c, groups, 2, "cell", out), 2);
	assert_int_equal(cli_verb_list(&c, groups, 2, "cel", out), 0);
	assert_int_equal(fclose(out), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_options_stand_anywhere),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(help_and_version_are_asked_for),
		cmocka_unit_test(help_is_also_a_word),
		cmocka_unit_test(a_common_option_used_wrongly_is_named),
		cmocka_unit_test(the_longest_name_is_the_verb),
		cmocka_unit_test(an_unknown_verb_has_its_nearest),
		cmocka_unit_test(options_and_operands_are_told_apart),
		cmocka_unit_test(a_repeated_option_has_several_values),
		cmocka_unit_test(an_option_used_wrongly_is_named),
		cmocka_unit_test(an_option_that_must_stand_is_named),
		cmocka_unit_test(numbers_are_digits_within_bounds),
		cmocka_unit_test(help_fits_80_columns),
		cmocka_unit_test(help_shows_what_must_stand_without_brackets),
		cmocka_unit_test(help_of_one_word_lists_its_verbs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
