/* SPDX-License-Identifier: Apache-2.0 */
/* test_codec.c -- what a reader of codec.h may rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/codec.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct codec_bounds wide = {
	.depth = 8, .items = 256, .values = 1000, .text_bytes = 1024,
	.bin_bytes = 65536,
};

struct row {
	const char *hex;
	err want;
};

/* The bytes of a hex string, at an address of their own so that a read past
 * their end is seen by the sanitizer. */
static struct span
bytes_new(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *p = malloc(n == 0 ? 1 : n);

	assert_non_null(p);
	assert_int_equal(hex_decode(hex, p, n), ERR_OK);
	return (struct span){ p, n };
}

static void
bytes_free(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

static void
scan_rows(const struct row *rows, size_t count,
    const struct codec_bounds *bounds)
{
	for (size_t i = 0; i < count; i++) {
		struct span in = bytes_new(rows[i].hex);
		err rc = codec_scan(in, bounds, NULL);

		if (rc != rows[i].want)
			fail_msg("%s: %d, not %d", rows[i].hex, (int)rc,
			    (int)rows[i].want);
		bytes_free(in);
	}
}

static void
canonical_values_pass(void **state)
{
	static const struct row rows[] = {
		{ "c0", ERR_OK }, { "c2", ERR_OK }, { "c3", ERR_OK },
		{ "00", ERR_OK }, { "7f", ERR_OK }, { "cc80", ERR_OK },
		{ "ccff", ERR_OK }, { "cd0100", ERR_OK },
		{ "cdffff", ERR_OK }, { "ce00010000", ERR_OK },
		{ "ceffffffff", ERR_OK }, { "cf0000000100000000", ERR_OK },
		{ "cfffffffffffffffff", ERR_OK }, { "ff", ERR_OK },
		{ "e0", ERR_OK }, { "d0df", ERR_OK }, { "d080", ERR_OK },
		{ "d1ff7f", ERR_OK }, { "d18000", ERR_OK },
		{ "d2ffff7fff", ERR_OK }, { "d280000000", ERR_OK },
		{ "d3ffffffff7fffffff", ERR_OK },
		{ "d38000000000000000", ERR_OK },
		{ "a0", ERR_OK }, { "a161", ERR_OK }, { "c400", ERR_OK },
		{ "c40100", ERR_OK }, { "90", ERR_OK }, { "80", ERR_OK },
		{ "9301c0a162", ERR_OK }, { "8200c001c0", ERR_OK },
		{ "827f80cc8090", ERR_OK },
		{ "8100820190028101c0", ERR_OK },
	};

	(void)state;
	scan_rows(rows, COUNT(rows), &wide);
}

static void
longer_forms_are_refused(void **state)
{
	static const struct row rows[] = {
		{ "cc7f", ERR_FORMAT }, { "cd00ff", ERR_FORMAT },
		{ "ce0000ffff", ERR_FORMAT },
		{ "cf00000000ffffffff", ERR_FORMAT },
		{ "d0e0", ERR_FORMAT }, { "d0ff", ERR_FORMAT },
		{ "d1ff80", ERR_FORMAT }, { "d2ffff8000", ERR_FORMAT },
		{ "d3ffffffff80000000", ERR_FORMAT },
		/* signed forms of what is not negative */
		{ "d000", ERR_FORMAT }, { "d07f", ERR_FORMAT },
		{ "d17fff", ERR_FORMAT }, { "d27fffffff", ERR_FORMAT },
		{ "d37fffffffffffffff", ERR_FORMAT },
		{ "d90161", ERR_FORMAT }, { "da000161", ERR_FORMAT },
		{ "db0000000161", ERR_FORMAT }, { "c5000100", ERR_FORMAT },
		{ "c60000000100", ERR_FORMAT }, { "dc000100", ERR_FORMAT },
		{ "dd0000000100", ERR_FORMAT }, { "de00010000", ERR_FORMAT },
		{ "df000000010000", ERR_FORMAT },
	};

	(void)state;
	scan_rows(rows, COUNT(rows), &wide);
}

static void
foreign_types_are_refused(void **state)
{
	static const char *const first[] = {
		"c1", "c7", "c8", "c9", "ca", "cb", "d4", "d5", "d6", "d7",
		"d8",
	};
	char hex[64];

	(void)state;
	for (size_t i = 0; i < COUNT(first); i++) {
		struct row row = { hex, ERR_FORMAT };

		(void)memset(hex, '0', sizeof hex);
		memcpy(hex, first[i], 2);
		hex[2 * 18] = '\0';
		scan_rows(&row, 1, &wide);
		memcpy(hex, "91", 2);
		memcpy(hex + 2, first[i], 2);
		scan_rows(&row, 1, &wide);
	}
}

static void
map_keys_are_unsigned_and_ascend(void **state)
{
	static const struct row rows[] = {
		{ "8201c001c0", ERR_FORMAT }, { "8201c000c0", ERR_FORMAT },
		{ "8300c001c001c0", ERR_FORMAT }, { "81a161c0", ERR_FORMAT },
		{ "81ffc0", ERR_FORMAT }, { "81c0c0", ERR_FORMAT },
		{ "81c2c0", ERR_FORMAT }, { "8190c0", ERR_FORMAT },
		{ "81c400c0", ERR_FORMAT }, { "81cc01c0", ERR_FORMAT },
		{ "820081ff0001c0", ERR_FORMAT },
		/* an inner map does not disturb the outer one's order */
		{ "8200820ac00bc001c0", ERR_OK },
		{ "8205820ac00bc005c0", ERR_FORMAT },
		{ "82cffffffffffffffffec0cfffffffffffffffffc0", ERR_OK },
		{ "82cfffffffffffffffffc000c0", ERR_FORMAT },
	};

	(void)state;
	scan_rows(rows, COUNT(rows), &wide);
}

static void
text_is_well_formed(void **state)
{
	static const struct row rows[] = {
		{ "a3e1bb85", ERR_OK }, { "a100", ERR_FORMAT },
		{ "a2c080", ERR_FORMAT }, { "a3eda080", ERR_FORMAT },
		{ "a4f4908080", ERR_FORMAT }, { "a2e1bb", ERR_FORMAT },
		{ "d9206161616161616161616161616161616161616161616161616161"
		  "6161616161616100", ERR_FORMAT },
		{ "c401ff", ERR_OK },	/* a bin is no text */
	};

	(void)state;
	scan_rows(rows, COUNT(rows), &wide);
}

static void
what_is_cut_off_or_followed_is_refused(void **state)
{
	static const char whole[] =
	    "9400cd0123a3e1bb858201c40411223344ccff91d0df";
	char hex[sizeof whole + 2];
	struct span in;
	size_t used = 77;

	(void)state;
	for (size_t n = 0; n < strlen(whole); n += 2) {
		struct row row = { hex, ERR_FORMAT };

		memcpy(hex, whole, n);
		hex[n] = '\0';
		scan_rows(&row, 1, &wide);
	}
	memcpy(hex, whole, sizeof whole);
	memcpy(hex + strlen(whole), "00", 3);
	in = bytes_new(hex);
	assert_int_equal(codec_scan(in, &wide, NULL), ERR_FORMAT);
	assert_int_equal(codec_scan(in, &wide, &used), ERR_OK);
	assert_int_equal(used, strlen(whole) / 2);
	in.n = 3;
	used = 77;
	assert_int_equal(codec_scan(in, &wide, &used), ERR_FORMAT);
	assert_int_equal(used, 77);
	assert_int_equal(codec_scan((struct span){ NULL, 0 }, &wide, NULL),
	    ERR_FORMAT);
	bytes_free(in);
}

static void
claims_are_bounded_before_what_follows(void **state)
{
	static const struct codec_bounds narrow = {
		.depth = 2, .items = 3, .values = 6, .text_bytes = 4,
		.bin_bytes = 5,
	};
	static const struct row rows[] = {
		/* four billion elements, nothing behind them */
		{ "ddffffffff", ERR_LIMIT }, { "dfffffffff", ERR_LIMIT },
		{ "dbffffffff", ERR_LIMIT }, { "c6ffffffff", ERR_LIMIT },
		{ "93000000", ERR_OK }, { "9400000000", ERR_LIMIT },
		{ "94", ERR_LIMIT }, { "8200000100", ERR_OK },
		{ "84", ERR_LIMIT }, { "a461626364", ERR_OK },
		{ "a56162636465", ERR_LIMIT }, { "a5", ERR_LIMIT },
		{ "c4050000000000", ERR_OK }, { "c406", ERR_LIMIT },
		{ "9190", ERR_OK }, { "919190", ERR_LIMIT },
		{ "8100810190", ERR_LIMIT },
		/* siblings are not nested */
		{ "93909090", ERR_OK },
		/* six values: container, three elements, two inside */
		{ "9300910092", ERR_LIMIT }, { "9300920000", ERR_FORMAT },
		{ "930092000000", ERR_OK }, { "93930000000000", ERR_LIMIT },
		{ "83000001000200", ERR_LIMIT },
		{ "93009300000000", ERR_LIMIT },
	};
	static const struct codec_bounds none = { .values = 1 };
	static const struct row scalars[] = {
		{ "00", ERR_OK }, { "a0", ERR_OK }, { "c400", ERR_OK },
		{ "90", ERR_LIMIT }, { "80", ERR_LIMIT },
	};
	static const struct codec_bounds nothing = { .depth = 1 };
	static const struct row one = { "00", ERR_LIMIT };

	(void)state;
	scan_rows(rows, COUNT(rows), &narrow);
	scan_rows(scalars, COUNT(scalars), &none);
	scan_rows(&one, 1, &nothing);
}

static void
depth_has_a_ceiling_of_its_own(void **state)
{
	static const struct codec_bounds all = {
		.depth = UINT32_MAX, .items = UINT32_MAX,
		.values = UINT32_MAX, .text_bytes = UINT32_MAX,
		.bin_bytes = UINT32_MAX,
	};
	uint8_t deep[CODEC_DEPTH_MAX + 1];

	(void)state;
	(void)memset(deep, 0x91, sizeof deep);
	deep[CODEC_DEPTH_MAX - 1] = 0x90;
	assert_int_equal(codec_scan((struct span){ deep, CODEC_DEPTH_MAX },
	    &all, NULL), ERR_OK);
	deep[CODEC_DEPTH_MAX - 1] = 0x91;
	deep[CODEC_DEPTH_MAX] = 0x90;
	assert_int_equal(codec_scan((struct span){ deep, sizeof deep },
	    &all, NULL), ERR_LIMIT);
	/* without bounds a claim must still be covered by bytes */
	scan_rows(&(struct row){ "dd7fffffff", ERR_FORMAT }, 1, &all);
	scan_rows(&(struct row){ "df7fffffff", ERR_FORMAT }, 1, &all);
}

static void
integers_are_written_shortest(void **state)
{
	static const struct { int64_t v; const char *hex; } rows[] = {
		{ 0, "00" }, { 127, "7f" }, { 128, "cc80" }, { 255, "ccff" },
		{ 256, "cd0100" }, { 65535, "cdffff" },
		{ 65536, "ce00010000" }, { 4294967295, "ceffffffff" },
		{ 4294967296, "cf0000000100000000" },
		{ INT64_MAX, "cf7fffffffffffffff" }, { -1, "ff" },
		{ -32, "e0" }, { -33, "d0df" }, { -128, "d080" },
		{ -129, "d1ff7f" }, { -32768, "d18000" },
		{ -32769, "d2ffff7fff" }, { INT32_MIN, "d280000000" },
		{ (int64_t)INT32_MIN - 1, "d3ffffffff7fffffff" },
		{ INT64_MIN, "d38000000000000000" },
	};
	struct buf b = { .p = NULL };
	struct codec_reader r;
	enum codec_type type;
	char hex[64];
	uint64_t u;
	int64_t v;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_reset(&b);
		codec_put_int(&b, rows[i].v);
		hex_encode(b.p, b.n, hex);
		assert_string_equal(hex, rows[i].hex);
		assert_int_equal(codec_scan(buf_span(&b), &wide, NULL),
		    ERR_OK);
		r = codec_reader(buf_span(&b));
		assert_int_equal(codec_peek(&r, &type), ERR_OK);
		assert_int_equal(type, rows[i].v < 0 ? CODEC_INT : CODEC_UINT);
		assert_int_equal(codec_read_int(&r, &v), ERR_OK);
		assert_true(v == rows[i].v);
		if (rows[i].v < 0)
			continue;
		buf_reset(&b);
		codec_put_uint(&b, (uint64_t)rows[i].v);
		hex_encode(b.p, b.n, hex);
		assert_string_equal(hex, rows[i].hex);
	}
	buf_reset(&b);
	codec_put_uint(&b, UINT64_MAX);
	assert_memory_equal(b.p, "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9);
	assert_int_equal(b.n, 9);
	r = codec_reader(buf_span(&b));
	assert_int_equal(codec_read_int(&r, &v), ERR_FORMAT);
	assert_int_equal(codec_read_uint(&r, &u), ERR_OK);
	assert_true(u == UINT64_MAX);
	buf_free(&b);
}

static void
headers_are_written_shortest(void **state)
{
	static const struct {
		uint32_t n;
		const char *text, *bin, *array, *map;
	} rows[] = {
		{ 0, "a0", "c400", "90", "80" },
		{ 15, "af", "c40f", "9f", "8f" },
		{ 16, "b0", "c410", "dc0010", "de0010" },
		{ 31, "bf", "c41f", "dc001f", "de001f" },
		{ 32, "d920", "c420", "dc0020", "de0020" },
		{ 255, "d9ff", "c4ff", "dc00ff", "de00ff" },
		{ 256, "da0100", "c50100", "dc0100", "de0100" },
		{ 65535, "daffff", "c5ffff", "dcffff", "deffff" },
		{ 65536, "db00010000", "c600010000", "dd00010000",
		    "df00010000" },
	};
	static uint8_t filler[65536];
	struct buf b[4] = { { .p = NULL } };

	(void)state;
	(void)memset(filler, 'x', sizeof filler);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *want[4] = {
			rows[i].text, rows[i].bin, rows[i].array, rows[i].map,
		};
		struct span s = { filler, rows[i].n };

		for (size_t k = 0; k < 4; k++)
			buf_reset(&b[k]);
		codec_put_text(&b[0], s);
		codec_put_bin(&b[1], s);
		codec_put_array(&b[2], rows[i].n);
		codec_put_map(&b[3], rows[i].n);
		for (size_t k = 0; k < 4; k++) {
			size_t n = strlen(want[k]) / 2;
			char hex[16];

			hex_encode(b[k].p, n, hex);
			assert_string_equal(hex, want[k]);
			assert_int_equal(b[k].n, n + (k < 2 ? s.n : 0));
		}
	}
	for (size_t k = 0; k < 4; k++)
		buf_free(&b[k]);
}

static void
long_texts_and_bins_pass_and_are_read(void **state)
{
	static const size_t sizes[] = {
		0, 31, 32, 255, 256, 65535, 65536, 70000,
	};
	static const struct codec_bounds big = {
		.depth = 1, .items = 2, .values = 3, .text_bytes = 70000,
		.bin_bytes = 70000,
	};
	static uint8_t filler[70000];
	struct buf b = { .p = NULL };
	struct codec_reader r;
	struct span text, bin;
	uint32_t count;

	(void)state;
	(void)memset(filler, 'y', sizeof filler);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		buf_reset(&b);
		codec_put_array(&b, 2);
		codec_put_text(&b, (struct span){ filler, sizes[i] });
		codec_put_bin(&b, (struct span){ filler, sizes[i] });
		assert_int_equal(codec_scan(buf_span(&b), &big, NULL),
		    ERR_OK);
		r = codec_reader(buf_span(&b));
		assert_int_equal(codec_read_array(&r, &count), ERR_OK);
		assert_int_equal(count, 2);
		assert_int_equal(codec_read_text(&r, &text), ERR_OK);
		assert_int_equal(codec_read_bin(&r, &bin), ERR_OK);
		assert_int_equal(text.n, sizes[i]);
		assert_true(span_equal(text, bin));
		assert_true(codec_at_end(&r));
	}
	buf_free(&b);
}

/* [nil, true, false, 5, -5, "hé", h'0102', [1], {7: nil}] */
static const char sample[] =
    "99c0c3c205fba368c3a9c402010291018107c0";

static void
a_reader_takes_each_type(void **state)
{
	struct span in = bytes_new(sample), text, bin;
	struct codec_reader r = codec_reader(in), before;
	const uint8_t *fixed = NULL;
	uint32_t count = 0;
	uint64_t u = 0;
	int64_t v = 0;
	bool yes = false, no = true;

	(void)state;
	assert_int_equal(codec_read_array(&r, &count), ERR_OK);
	assert_int_equal(count, 9);
	assert_int_equal(codec_read_nil(&r), ERR_OK);
	assert_int_equal(codec_read_bool(&r, &yes), ERR_OK);
	assert_int_equal(codec_read_bool(&r, &no), ERR_OK);
	assert_true(yes && !no);
	assert_int_equal(codec_read_uint(&r, &u), ERR_OK);
	assert_int_equal(u, 5);
	assert_int_equal(codec_read_int(&r, &v), ERR_OK);
	assert_int_equal(v, -5);
	assert_int_equal(codec_read_text(&r, &text), ERR_OK);
	assert_int_equal(text.n, 3);
	before = r;
	assert_int_equal(codec_read_fixed(&r, 3, &fixed), ERR_FORMAT);
	assert_null(fixed);
	assert_ptr_equal(r.p, before.p);
	assert_int_equal(codec_read_bin(&r, &bin), ERR_OK);
	assert_int_equal(bin.n, 2);
	assert_int_equal(codec_read_fixed(&before, 2, &fixed), ERR_OK);
	assert_ptr_equal(fixed, bin.p);
	assert_int_equal(codec_read_value(&r, &bin), ERR_OK);
	assert_int_equal(bin.n, 2);
	assert_int_equal(codec_read_map(&r, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(codec_read_uint(&r, &u), ERR_OK);
	assert_int_equal(codec_read_nil(&r), ERR_OK);
	assert_true(codec_at_end(&r));
	assert_int_equal(codec_read_nil(&r), ERR_FORMAT);
	bytes_free(in);
}

static void
peek_names_each_type_and_takes_nothing(void **state)
{
	static const enum codec_type want[] = {
		CODEC_NIL, CODEC_BOOL, CODEC_BOOL, CODEC_UINT, CODEC_INT,
		CODEC_TEXT, CODEC_BIN, CODEC_ARRAY, CODEC_MAP,
	};
	struct span in = bytes_new(sample), raw;
	struct codec_reader r = codec_reader(in);
	enum codec_type type;
	uint32_t count;

	(void)state;
	assert_int_equal(codec_read_array(&r, &count), ERR_OK);
	for (size_t i = 0; i < COUNT(want); i++) {
		const uint8_t *at = r.p;

		assert_int_equal(codec_peek(&r, &type), ERR_OK);
		assert_int_equal(type, want[i]);
		assert_ptr_equal(r.p, at);
		assert_int_equal(codec_read_value(&r, &raw), ERR_OK);
		assert_ptr_equal(raw.p, at);
		assert_ptr_equal(raw.p + raw.n, r.p);
	}
	assert_int_equal(codec_peek(&r, &type), ERR_FORMAT);
	bytes_free(in);
}

/* Every reading function on one hostile input: none may succeed, and none
 * may move the reader. */
static void
refuse_all(struct span in)
{
	struct codec_reader r = codec_reader(in);
	const uint8_t *p = NULL;
	enum codec_type type;
	struct span s = { NULL, 0 };
	uint32_t count;
	uint64_t u;
	int64_t v;
	bool b;

	assert_int_equal(codec_peek(&r, &type), ERR_FORMAT);
	assert_int_equal(codec_read_uint(&r, &u), ERR_FORMAT);
	assert_int_equal(codec_read_int(&r, &v), ERR_FORMAT);
	assert_int_equal(codec_read_bool(&r, &b), ERR_FORMAT);
	assert_int_equal(codec_read_nil(&r), ERR_FORMAT);
	assert_int_equal(codec_read_text(&r, &s), ERR_FORMAT);
	assert_int_equal(codec_read_bin(&r, &s), ERR_FORMAT);
	assert_int_equal(codec_read_fixed(&r, 1, &p), ERR_FORMAT);
	assert_int_equal(codec_read_array(&r, &count), ERR_FORMAT);
	assert_int_equal(codec_read_map(&r, &count), ERR_FORMAT);
	assert_int_equal(codec_read_value(&r, &s), ERR_FORMAT);
	assert_ptr_equal(r.p, in.p);
	assert_null(s.p);
	assert_null(p);
}

static void
a_reader_is_safe_on_any_bytes(void **state)
{
	static const char *const bad[] = {
		"", "c1", "cc", "cc7f", "cd01", "ce010000", "cf01", "d0",
		"d000", "a261", "d9", "d920", "da0100", "dbffffffff", "c4",
		"c402ff", "c5ffff", "c6ffffffff", "92c0", "dc", "dcffff",
		"ddffffffff", "81c0", "de", "dfffffffff", "ca00000000",
		"d40000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct span in = bytes_new(bad[i]);

		refuse_all(in);
		bytes_free(in);
	}
	refuse_all((struct span){ NULL, 0 });
}

static void
skipping_is_safe_on_deep_and_cut_values(void **state)
{
	static uint8_t deep[100000];
	struct codec_reader r = codec_reader(
	    (struct span){ deep, sizeof deep });
	struct span raw = { NULL, 0 };

	(void)state;
	(void)memset(deep, 0x91, sizeof deep);
	assert_int_equal(codec_read_value(&r, &raw), ERR_FORMAT);
	deep[sizeof deep - 1] = 0xc0;
	assert_int_equal(codec_read_value(&r, &raw), ERR_OK);
	assert_int_equal(raw.n, sizeof deep);
}

static void
a_full_buffer_shows_at_buf_err(void **state)
{
	struct buf b = { .p = NULL, .failed = ERR_NOMEM };

	(void)state;
	codec_put_nil(&b);
	codec_put_bool(&b, true);
	codec_put_uint(&b, 1);
	codec_put_cstr(&b, "x");
	assert_int_equal(buf_err(&b), ERR_NOMEM);
	assert_int_equal(b.n, 0);
	buf_reset(&b);
	codec_put_cstr(&b, "chi bộ");
	codec_put_bool(&b, false);
	codec_put_nil(&b);
	assert_int_equal(buf_err(&b), ERR_OK);
	assert_memory_equal(b.p, "\xa8" "chi b\xe1\xbb\x99\xc2\xc0", 11);
	assert_int_equal(b.n, 11);
	buf_free(&b);
	codec_put_bin(&b, (struct span){ NULL, (size_t)UINT32_MAX + 1 });
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_values_pass),
		cmocka_unit_test(longer_forms_are_refused),
		cmocka_unit_test(foreign_types_are_refused),
		cmocka_unit_test(map_keys_are_unsigned_and_ascend),
		cmocka_unit_test(text_is_well_formed),
		cmocka_unit_test(what_is_cut_off_or_followed_is_refused),
		cmocka_unit_test(claims_are_bounded_before_what_follows),
		cmocka_unit_test(depth_has_a_ceiling_of_its_own),
		cmocka_unit_test(integers_are_written_shortest),
		cmocka_unit_test(headers_are_written_shortest),
		cmocka_unit_test(long_texts_and_bins_pass_and_are_read),
		cmocka_unit_test(a_reader_takes_each_type),
		cmocka_unit_test(peek_names_each_type_and_takes_nothing),
		cmocka_unit_test(a_reader_is_safe_on_any_bytes),
		cmocka_unit_test(skipping_is_safe_on_deep_and_cut_values),
		cmocka_unit_test(a_full_buffer_shows_at_buf_err),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
