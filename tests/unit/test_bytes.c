/* SPDX-License-Identifier: Apache-2.0 */
/* test_bytes.c -- what a reader of bytes.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "protocol/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
puts_append_in_order_big_endian(void **state)
{
	static const uint8_t want[] = {
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		'x', 'y', 0xff,
	};
	struct buf b = { .p = NULL };

	(void)state;
	buf_put_u8(&b, 1);
	buf_put_u16(&b, 0x0203);
	buf_put_u32(&b, 0x04050607);
	buf_put_u64(&b, 0x08090a0b0c0d0e0f);
	buf_put_text(&b, "xy");
	buf_put(&b, "\xff", 1);
	buf_put(&b, NULL, 0);
	assert_int_equal(buf_err(&b), ERR_OK);
	assert_true(span_equal(buf_span(&b),
	    (struct span){ want, sizeof want }));
	buf_free(&b);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	buf_free(NULL);
}

static void
a_buffer_grows_and_keeps_its_bytes(void **state)
{
	struct buf b = { .p = NULL };

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		buf_put_u32(&b, i);
	assert_int_equal(buf_err(&b), ERR_OK);
	assert_int_equal(b.n, 400000);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(be32_get(b.p + 4 * (size_t)i), i);
	buf_free(&b);
}

static void
a_failure_stays_until_reset(void **state)
{
	struct buf b = { .p = NULL };
	uint8_t *kept;

	(void)state;
	buf_put_u8(&b, 7);
	kept = b.p;
	buf_put(&b, "x", SIZE_MAX);	/* no such length: nothing is read */
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	buf_put_u8(&b, 8);
	assert_int_equal(b.n, 1);
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	assert_string_equal(buf_cstr(&b), "");
	buf_reset(&b);
	assert_int_equal(buf_err(&b), ERR_OK);
	assert_int_equal(b.n, 0);
	assert_ptr_equal(b.p, kept);
	buf_free(&b);
}

static void
cstr_ends_the_text_and_counts_no_nul(void **state)
{
	struct buf b = { .p = NULL };

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	for (size_t i = 1; i <= 200; i++) {
		buf_put_u8(&b, 'a');
		assert_int_equal(strlen(buf_cstr(&b)), i);
		assert_int_equal(b.n, i);
	}
	buf_free(&b);
}

static void
integers_round_trip(void **state)
{
	static const uint64_t v[] = {
		0, 1, 0x7f, 0x80, 0xff, 0x100, 0xfedc, 0x89abcdef,
		0x0123456789abcdef, UINT64_MAX,
	};
	uint8_t raw[8];

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++) {
		be16_put(raw, (uint16_t)v[i]);
		assert_true(be16_get(raw) == (uint16_t)v[i]);
		be32_put(raw, (uint32_t)v[i]);
		assert_true(be32_get(raw) == (uint32_t)v[i]);
		be64_put(raw, v[i]);
		assert_true(be64_get(raw) == v[i]);
	}
	be64_put(raw, 0x0102030405060708);
	assert_memory_equal(raw, "\1\2\3\4\5\6\7\10", 8);
}

static void
spans_compare_by_bytes_then_length(void **state)
{
	static const struct { const char *a, *b; int want; } rows[] = {
		{ "", "", 0 }, { "", "a", -1 }, { "a", "", 1 },
		{ "a", "a", 0 }, { "a", "b", -1 }, { "b", "ab", 1 },
		{ "ab", "a", 1 }, { "\x7f", "\x80", -1 },
	};
	struct span none = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span a = text_span(rows[i].a);
		struct span b = text_span(rows[i].b);
		int c = span_compare(a, b);

		assert_int_equal((c > 0) - (c < 0), rows[i].want);
		assert_int_equal(span_equal(a, b), rows[i].want == 0);
	}
	assert_true(span_equal(none, text_span("")));
	assert_int_equal(span_compare(none, none), 0);
}

static void
hex_is_strict_and_round_trips(void **state)
{
	static const uint8_t raw[] = { 0x00, 0x9a, 0xbc, 0xde, 0xf5 };
	static const char *const bad[] = {
		"", "009abcdef", "009abcdef5a", "009abcdef5a0", "009abcdefg",
		" 09abcdef5", "009abcdef5 ", "0x9abcdef5", "+09abcdef5",
	};
	uint8_t out[5] = { 1, 2, 3, 4, 5 }, before[5];
	char text[11];

	(void)state;
	hex_encode(raw, sizeof raw, text);
	assert_string_equal(text, "009abcdef5");
	hex_encode(NULL, 0, text);
	assert_string_equal(text, "");
	memcpy(before, out, sizeof out);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(hex_decode(bad[i], out, 5), ERR_FORMAT);
		assert_memory_equal(out, before, sizeof out);
	}
	assert_int_equal(hex_decode("009aBCDeF5", out, 5), ERR_OK);
	assert_memory_equal(out, raw, sizeof raw);
	assert_int_equal(hex_decode("", out, 0), ERR_OK);
}

/* RFC 4648 section 10. */
static const struct { const char *plain, *text; } base64_rows[] = {
	{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbf", "+/+/" },
};

static void
base64_gives_the_rfc_vectors(void **state)
{
	struct buf b = { .p = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(base64_rows); i++) {
		buf_reset(&b);
		base64_put(&b, text_span(base64_rows[i].plain));
		assert_string_equal(buf_cstr(&b), base64_rows[i].text);
		buf_reset(&b);
		buf_put_u8(&b, '>');
		assert_int_equal(base64_decode(
		    text_span(base64_rows[i].text), &b), ERR_OK);
		assert_string_equal(buf_cstr(&b) + 1, base64_rows[i].plain);
	}
	buf_free(&b);
}

static void
base64_takes_one_text_for_one_value(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==Zg==", "====",
		"Z===", "Zm9v\n", "Zm 9", "Zm-_", "=Zm9", "Z=m9", "Zm=v",
		"Zm9vYg=a", "Zm9vYh==",
	};
	struct buf b = { .p = NULL };

	(void)state;
	buf_put_text(&b, "kept");
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(base64_decode(text_span(bad[i]), &b),
		    ERR_FORMAT);
		assert_int_equal(b.n, 4);
	}
	assert_int_equal(base64_decode((struct span){
	    (const uint8_t *)"Zg\0=", 4 }, &b), ERR_FORMAT);
	assert_string_equal(buf_cstr(&b), "kept");
	buf_put(&b, "", SIZE_MAX);
	assert_int_equal(base64_decode(text_span("Zg=="), &b), ERR_LIMIT);
	buf_free(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_append_in_order_big_endian),
		cmocka_unit_test(a_buffer_grows_and_keeps_its_bytes),
		cmocka_unit_test(a_failure_stays_until_reset),
		cmocka_unit_test(cstr_ends_the_text_and_counts_no_nul),
		cmocka_unit_test(integers_round_trip),
		cmocka_unit_test(spans_compare_by_bytes_then_length),
		cmocka_unit_test(hex_is_strict_and_round_trips),
		cmocka_unit_test(base64_gives_the_rfc_vectors),
		cmocka_unit_test(base64_takes_one_text_for_one_value),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
