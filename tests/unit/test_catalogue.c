/* SPDX-License-Identifier: Apache-2.0 */
/* test_catalogue.c -- what a reader of catalogue.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/catalogue.h"

static const char *const ids[] = {
#define PHRASE(id, vi, en) #id,
#include "protocol/catalogue.def"
#undef PHRASE
};

/* The next placeholder of *text as its type ("s", "lu", "%", "*d"), with
 * *text behind it; 0 at the end, -1 when it is none of those allowed. */
static int
next_placeholder(const char **text, char type[8])
{
	const char *p = strchr(*text, '%');
	size_t n = 0, length;

	if (p == NULL)
		return 0;
	p++;
	p += strspn(p, "-+ #0'");
	for (int dot = 0; dot < 2; dot++) {
		if (*p == '*') {
			type[n++] = *p++;
		} else {
			p += strspn(p, "0123456789");
		}
		if (dot == 0 && *p == '.')
			p++;
		else
			break;
	}
	length = strspn(p, "hljzt");
	if (length > 2 || *p == '\0' || p[length] == '\0')
		return -1;
	memcpy(type + n, p, length);
	n += length;
	p += length;
	if (strchr("sducx%", *p) == NULL)
		return -1;
	type[n++] = *p++;
	type[n] = '\0';
	*text = p;
	return 1;
}

/* NULL when a and b take the same arguments, else what is wrong. */
static const char *
formats_differ(const char *a, const char *b)
{
	char type_a[8], type_b[8];

	for (;;) {
		int got_a = next_placeholder(&a, type_a);
		int got_b = next_placeholder(&b, type_b);

		if (got_a < 0 || got_b < 0)
			return "a placeholder that is not allowed";
		while (got_a == 1 && strcmp(type_a, "%") == 0)
			got_a = next_placeholder(&a, type_a);
		while (got_b == 1 && strcmp(type_b, "%") == 0)
			got_b = next_placeholder(&b, type_b);
		if (got_a < 0 || got_b < 0)
			return "a placeholder that is not allowed";
		if (got_a != got_b)
			return "one has more placeholders";
		if (got_a == 0)
			return NULL;
		if (strcmp(type_a, type_b) != 0)
			return "the types differ";
	}
}

static void
the_comparison_of_formats_can_fail(void **state)
{
	static const struct {
		const char *a, *b;
		int same;
	} rows[] = {
		{ "không có gì", "nothing", 1 },
		{ "%s: %u", "%s has %u", 1 },
		{ "100 %%: %-10s", "%20s is all", 1 },
		{ "%.*s %lu", "%5.*s %08lu", 1 },
		{ "%s %u", "%u %s", 0 },
		{ "%s", "%s %s", 0 },
		{ "%lu", "%u", 0 },
		{ "%zu", "%lu", 0 },
		{ "%n", "%n", 0 },
		{ "%", "%", 0 },
		{ "%1$s", "%1$s", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(formats_differ(rows[i].a, rows[i].b) == NULL,
		    rows[i].same);
}

static void
both_languages_take_the_same_arguments(void **state)
{
	int wrong = 0;

	(void)state;
	for (int i = 0; i < PHRASE_COUNT; i++) {
		const char *why = formats_differ(
		    catalogue_text(LANGUAGE_VI, (enum phrase)i),
		    catalogue_text(LANGUAGE_EN, (enum phrase)i));

		if (why != NULL) {
			print_error("PHRASE(%s): %s\n", ids[i], why);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void
every_phrase_has_both_texts(void **state)
{
	int wrong = 0;

	(void)state;
	for (int i = 0; i < PHRASE_COUNT; i++) {
		if (*catalogue_text(LANGUAGE_VI, (enum phrase)i) != '\0' &&
		    *catalogue_text(LANGUAGE_EN, (enum phrase)i) != '\0')
			continue;
		print_error("PHRASE(%s) is empty\n", ids[i]);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_string_equal(catalogue_text(LANGUAGE_EN, PHRASE_COUNT), "");
}

static void
every_error_has_a_sentence_of_its_own(void **state)
{
	(void)state;
	for (int l = LANGUAGE_VI; l <= LANGUAGE_EN; l++)
		for (int e = ERR_OK; e <= ERR_UNABLE; e++) {
			const char *text = catalogue_error((enum language)l,
			    (err)e);

			assert_null(strchr(text, '%'));
			assert_int_equal(text[strlen(text) - 1], '.');
			for (int other = ERR_OK; other < e; other++)
				assert_string_not_equal(text,
				    catalogue_error((enum language)l,
					(err)other));
		}
}

static void
a_format_can_be_chosen_by_name(void **state)
{
	char line[64];

	(void)state;
	assert_string_equal(CATALOGUE_FORMAT(LANGUAGE_EN, ERR_OK), "Done.");
	assert_string_equal(CATALOGUE_FORMAT(LANGUAGE_VI, ERR_OK), "Đã xong.");
	(void)snprintf(line, sizeof line,
	    CATALOGUE_FORMAT(LANGUAGE_EN, ERR_OK));
	assert_string_equal(line, "Done.");
}

static void
it_speaks_vietnamese_unless_told_english(void **state)
{
	static const struct {
		const char *option, *env;
		enum language want;
	} rows[] = {
		{ NULL, NULL, LANGUAGE_VI },
		{ NULL, "", LANGUAGE_VI },
		{ NULL, "C.UTF-8", LANGUAGE_VI },
		{ NULL, "vi_VN.UTF-8", LANGUAGE_VI },
		{ NULL, "en", LANGUAGE_EN },
		{ NULL, "en_GB.UTF-8", LANGUAGE_EN },
		{ "", "en_US", LANGUAGE_EN },
		{ "vi", "en_US", LANGUAGE_VI },
		{ "en", "vi_VN", LANGUAGE_EN },
		{ "fr", "en_US", LANGUAGE_VI },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum language got = catalogue_language(rows[i].option,
		    rows[i].env);

		assert_int_equal(got, rows[i].want);
	}
}

/* Whether a number stands before a word that is right for several only. */
static bool
counts_several(const char *text)
{
	static const char *const verbs[] = { "is", "was", "has", "this" };
	char type[8];

	while (next_placeholder(&text, type) == 1) {
		size_t n = *text == ' ' ? strspn(text + 1,
		    "abcdefghijklmnopqrstuvwxyz") : 0;
		bool verb = false;
		for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
			verb = verb || (strlen(verbs[i]) == n &&
			    strncmp(text + 1, verbs[i], n) == 0);
		if (n > 1 && text[n] == 's' && !verb &&
		    strchr("ux", type[strlen(type) - 1]) != NULL)
			return true;
	}
	return false;
}

/* "1 fields" is wrong, "Fields: 1" is not. */
static void
no_number_asks_for_a_plural(void **state)
{
	(void)state;
	assert_true(counts_several("%s: %zu fields"));
	assert_false(counts_several("%s fields: %zu; %u is one"));
	for (size_t i = 0; i < PHRASE_COUNT; i++) {
		const char *text = catalogue_text(LANGUAGE_EN,
		    (enum phrase)i);

		if (counts_several(text))
			fail_msg("%s: %s", ids[i], text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_comparison_of_formats_can_fail),
		cmocka_unit_test(both_languages_take_the_same_arguments),
		cmocka_unit_test(every_phrase_has_both_texts),
		cmocka_unit_test(every_error_has_a_sentence_of_its_own),
		cmocka_unit_test(a_format_can_be_chosen_by_name),
		cmocka_unit_test(no_number_asks_for_a_plural),
		cmocka_unit_test(it_speaks_vietnamese_unless_told_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
