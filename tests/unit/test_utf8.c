/* SPDX-License-Identifier: Apache-2.0 */
/* test_utf8.c -- what a reader of utf8.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "protocol/utf8.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* The bytes of a code point in a sequence of len bytes, lawful or not. */
static void
encode(uint32_t c, size_t len, uint8_t out[4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (uint8_t)(lead[len] | c);
}

static bool
lawful(const uint8_t *p, size_t n)
{
	return utf8_lawful((struct span){ p, n });
}

static void
every_code_point_has_one_form(void **state)
{
	static const uint32_t first[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t raw[4];

	(void)state;
	for (uint32_t c = 0; c < 0x200000; c++) {
		bool scalar = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

		for (size_t len = 1; len <= 4; len++) {
			bool shortest = c >= first[len] &&
			    (len == 4 || c < first[len + 1]);

			if (len == 1 && c >= 0x80)
				continue;
			if ((len == 2 && c >= 0x800) ||
			    (len == 3 && c >= 0x10000))
				continue;
			if (len == 1)
				shortest = c != 0;
			encode(c, len, raw);
			if (lawful(raw, len) != (scalar && shortest))
				fail_msg("U+%04X in %zu", (unsigned)c, len);
		}
	}
}

static void
a_fault_is_seen_at_every_place(void **state)
{
	static const struct { const char *bytes; size_t n; } bad[] = {
		{ "\0", 1 }, { "\x80", 1 }, { "\xff", 1 }, { "\xc3", 1 },
		{ "\xe1\xbb", 2 }, { "\xf0\x90\x80", 3 }, { "\xc3\x41", 2 },
		{ "\xe1\x41\x80", 3 }, { "\xe1\xbb\x41", 3 },
		{ "\xf0\x90\x80\x41", 4 },
	};
	uint8_t raw[32];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		for (size_t at = 0; at + bad[i].n <= sizeof raw; at++) {
			(void)memset(raw, 'a', sizeof raw);
			assert_true(lawful(raw, sizeof raw));
			memcpy(raw + at, bad[i].bytes, bad[i].n);
			assert_false(lawful(raw, sizeof raw));
			assert_false(lawful(raw, at + bad[i].n));
			assert_true(lawful(raw, at));
		}
	}
}

static void
vietnamese_and_nothing_pass(void **state)
{
	static const char text[] = "Nguyễn Thị Hồng Ngát, xã Mường Lát";
	static const uint8_t low[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x7f };

	(void)state;
	assert_true(lawful((const uint8_t *)text, strlen(text)));
	assert_false(lawful((const uint8_t *)text, sizeof text));
	assert_true(lawful(low, sizeof low));
	assert_true(lawful(NULL, 0));
}

static void
a_copy_ends_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *want;
	} table[] = {
		{ "Thôn", 16, "Thôn" },
		{ "Thôn", 6, "Thôn" },		/* five bytes and the NUL */
		{ "Thôn", 5, "Thô" },
		{ "Thôn", 4, "Th" },		/* not half of ô */
		{ "ệ", 3, "" },
		{ "a", 1, "" },
		{ "", 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char out[16] = "???????????????";

		utf8_copy(out, table[i].size, (struct span){
		    (const uint8_t *)table[i].text, strlen(table[i].text) });
		assert_string_equal(out, table[i].want);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_has_one_form),
		cmocka_unit_test(a_copy_ends_between_characters),
		cmocka_unit_test(a_fault_is_seen_at_every_place),
		cmocka_unit_test(vietnamese_and_nothing_pass),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
