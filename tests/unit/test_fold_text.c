/* SPDX-License-Identifier: Apache-2.0 */
/* test_fold_text.c -- what a reader of fold_text.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/records/fold_text.h"
#include "protocol/limits.h"

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

typedef err (*fold)(struct span s, struct buf *out);

static void
check(fold f, const char *in, const char *want)
{
	struct buf out = { .p = NULL };

	buf_put_text(&out, "> ");
	assert_int_equal(f(text(in), &out), ERR_OK);
	assert_string_equal(buf_cstr(&out) + 2, want);
	buf_free(&out);
}

static void
normal_form_is_composed_and_trimmed(void **state)
{
	(void)state;
	check(fold_text_nfc, "", "");
	check(fold_text_nfc, "Lê Văn Đức", "Lê Văn Đức");
	/* decomposed: e + circumflex, a + breve, u + acute */
	check(fold_text_nfc, "Le\xcc\x82 Va\xcc\x86n \xc4\x90u\xcc\x9b\xcc\x81"
	    "c", "Lê Văn Đức");
	/* dot below before circumflex, as some keyboards write it */
	check(fold_text_nfc, "vie\xcc\xa3\xcc\x82t", "việt");
	check(fold_text_nfc, " \t a \r\n\xc2\xa0 b\x01\x7f  ", "a b");
	check(fold_text_nfc, "  \xe2\x80\x83 ", "");
}

static void
search_form_has_no_marks(void **state)
{
	static const char *const rows[][2] = {
		{ "Đức", "duc" },
		{ "ĐỖ  THỊ Hoà", "do thi hoa" },
		{ "Hòa", "hoa" },
		{ "Hoa\xcc\x80", "hoa" },
		{ "Nguyễn Thị Ngọc-Ánh", "nguyen thi ngoc anh" },
		{ "ưỜng, ƠI!", "uong oi" },
		{ "0912.345.678", "0912 345 678" },
		{ "...", "" },
		{ "\xcc\x81", "" },
		{ "Straße", "strasse" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(fold_text_search, rows[i][0], rows[i][1]);
	check(fold_text_code, "Đoàn Thanh niên", "doan-thanh-nien");
	check(fold_text_code, "hoi-phu-nu", "hoi-phu-nu");
}

static void
words_match_in_any_order(void **state)
{
	static const struct {
		const char *name, *words;
		bool match;
	} rows[] = {
		{ "Lê Văn Đức", "duc le", true },
		{ "Lê Văn Đức", "Đức", true },
		{ "Lê Văn Đức", "đ v l", true },
		{ "Lê Văn Đức", "", true },
		{ "Lê Văn Đức", "uc", false },
		{ "Lê Văn Đức", "duc an", false },
		{ "Lê Văn Đức", "duc duc", false },
		{ "Lê Văn Đức", "d duc", false },
		{ "Lê Đức Đức", "d duc", true },
		{ "Nguyễn Thị Nga", "n nguyen", true },
		{ "Nguyễn Thị Nga", "n nguyen nga", false },
		{ "", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf a = { .p = NULL }, b = { .p = NULL };

		assert_int_equal(fold_text_search(text(rows[i].name), &a),
		    ERR_OK);
		assert_int_equal(fold_text_search(text(rows[i].words), &b),
		    ERR_OK);
		assert_int_equal(fold_text_match(buf_span(&a), buf_span(&b)),
		    rows[i].match);
		if (fold_text_match_whole(buf_span(&a), buf_span(&b)))
			assert_true(rows[i].match);
		buf_free(&a);
		buf_free(&b);
	}
}

static void
whole_words_match_in_any_order(void **state)
{
	(void)state;
	assert_true(fold_text_match_whole(text("le van quan"),
	    text("quan le")));
	assert_false(fold_text_match_whole(text("le quang"), text("quan")));
	assert_false(fold_text_match_whole(text("le quan"),
	    text("quan quan")));
	assert_true(fold_text_match_whole(text("x"), text("")));
}

static void
names_are_sorted_by_given_name(void **state)
{
	static const char *const order[] = {
		"", "Lê Văn An", "Lê Văn Ân", "Lê Thị Bình", "Cao Văn Bình",
		"Lê Văn Bình", "Lê Dung", "Lê Đạt", "Trần Hoa", "Lê Hoà",
		"Lê Hỏa", "Lê Hoã", "Lê Hóa", "Lê Hoạ", "Lê Hoan", "Lê Oanh",
		"Lê Ổn", "Lê Ơn", "Lê Tú", "Lê Tư",
	};
	struct buf last = { .p = NULL }, next = { .p = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		struct buf swap = last;

		buf_reset(&next);
		assert_int_equal(fold_text_sort_key(text(order[i]), &next),
		    ERR_OK);
		if (i > 0 && span_compare(buf_span(&last), buf_span(&next)) >=
		    0)
			fail_msg("%s does not come after %s", order[i],
			    order[i - 1]);
		last = next;
		next = swap;
	}
	/* the same name, however it was typed */
	buf_reset(&last);
	buf_reset(&next);
	assert_int_equal(fold_text_sort_key(text("Lê  văn HÒA"), &last),
	    ERR_OK);
	assert_int_equal(fold_text_sort_key(text("Lê Văn Hoà"), &next),
	    ERR_OK);
	assert_true(span_equal(buf_span(&last), buf_span(&next)));
	buf_free(&last);
	buf_free(&next);
}

static void
what_is_no_text_is_refused(void **state)
{
	static const char *const bad[] = {
		"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80",
	};
	static const fold folds[] = { fold_text_nfc, fold_text_search,
		fold_text_code, fold_text_sort_key };
	static uint8_t big[LIMIT_CSV_FIELD_BYTES + 1];
	struct buf out = { .p = NULL };

	(void)state;
	memset(big, 'a', sizeof big);
	buf_put_text(&out, "x");
	for (size_t k = 0; k < sizeof folds / sizeof folds[0]; k++) {
		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
			assert_int_equal(folds[k](text(bad[i]), &out),
			    ERR_FORMAT);
		assert_int_equal(folds[k]((struct span){ big, sizeof big },
		    &out), ERR_LIMIT);
		assert_int_equal(folds[k]((struct span){ NULL, 0 }, &out),
		    ERR_OK);
		assert_int_equal(out.n, 1);
	}
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_form_is_composed_and_trimmed),
		cmocka_unit_test(search_form_has_no_marks),
		cmocka_unit_test(words_match_in_any_order),
		cmocka_unit_test(whole_words_match_in_any_order),
		cmocka_unit_test(names_are_sorted_by_given_name),
		cmocka_unit_test(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
