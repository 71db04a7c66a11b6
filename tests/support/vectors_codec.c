/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_codec.c -- codec.txt: one value a row. */
#include "tests/support/vectors.h"

#define A8 "6161616161616161"

static const struct {
	const char *name, *expected, *hex;
} rows[] = {
	{ "nil", "ok", "c0" },
	{ "false", "ok", "c2" },
	{ "true", "ok", "c3" },
	{ "uint-0", "ok", "00" },
	{ "uint-127", "ok", "7f" },
	{ "uint-128", "ok", "cc80" },
	{ "uint-256", "ok", "cd0100" },
	{ "uint-65536", "ok", "ce00010000" },
	{ "uint-2^32", "ok", "cf0000000100000000" },
	{ "uint-largest", "ok", "cfffffffffffffffff" },
	{ "int-minus-1", "ok", "ff" },
	{ "int-minus-32", "ok", "e0" },
	{ "int-minus-33", "ok", "d0df" },
	{ "int-minus-129", "ok", "d1ff7f" },
	{ "int-minus-32769", "ok", "d2ffff7fff" },
	{ "int-smallest", "ok", "d38000000000000000" },
	{ "str-empty", "ok", "a0" },
	{ "str-31", "ok", "bf" A8 A8 A8 "61616161616161" },
	{ "str-32", "ok", "d920" A8 A8 A8 A8 },
	{ "str-vietnamese", "ok", "a54ee1baa16e" },
	{ "bin-empty", "ok", "c400" },
	{ "bin-1", "ok", "c4017f" },
	{ "array-empty", "ok", "90" },
	{ "array-16", "ok", "dc001000000000000000000000000000000000" },
	{ "map-empty", "ok", "80" },
	{ "map-ascending", "ok", "820101cc80c0" },
	{ "map-in-map", "ok", "8200820ac00bc001c0" },
	{ "bin-not-utf8", "ok", "c401ff" },

	{ "empty", "format", "" },
	{ "cut-off", "format", "cd01" },
	{ "something-after", "format", "c0c0" },
	{ "uint8-for-127", "format", "cc7f" },
	{ "uint16-for-255", "format", "cd00ff" },
	{ "uint32-for-65535", "format", "ce0000ffff" },
	{ "uint64-for-2^32-1", "format", "cf00000000ffffffff" },
	{ "int8-for-0", "format", "d000" },
	{ "int8-for-127", "format", "d07f" },
	{ "int16-for-32767", "format", "d17fff" },
	{ "int32-for-2^31-1", "format", "d27fffffff" },
	{ "int64-for-2^63-1", "format", "d37fffffffffffffff" },
	{ "int8-for-minus-32", "format", "d0e0" },
	{ "int16-for-minus-128", "format", "d1ff80" },
	{ "int32-for-minus-32768", "format", "d2ffff8000" },
	{ "int64-for-minus-2^31", "format", "d3ffffffff80000000" },
	{ "str8-for-1", "format", "d90161" },
	{ "str16-for-1", "format", "da000161" },
	{ "str32-for-1", "format", "db0000000161" },
	{ "bin16-for-1", "format", "c5000100" },
	{ "bin32-for-1", "format", "c60000000100" },
	{ "array16-for-1", "format", "dc000100" },
	{ "array32-for-1", "format", "dd0000000100" },
	{ "map16-for-1", "format", "de00010000" },
	{ "map32-for-1", "format", "df000000010000" },
	{ "never-used", "format", "c1" },
	{ "float32", "format", "ca00000000" },
	{ "float64", "format", "cb0000000000000000" },
	{ "ext8", "format", "c70100" "00" },
	{ "ext16", "format", "c8000100" "00" },
	{ "ext32", "format", "c90000000100" "00" },
	{ "fixext1", "format", "d40000" },
	{ "fixext2", "format", "d5000000" },
	{ "timestamp32", "format", "d6ff00000000" },
	{ "timestamp64", "format", "d7ff0000000000000000" },
	{ "fixext16", "format", "d80000000000000000000000000000000000" },
	{ "float-in-array", "format", "91ca00000000" },
	{ "key-twice", "format", "8201c001c0" },
	{ "keys-descend", "format", "8201c000c0" },
	{ "key-is-text", "format", "81a161c0" },
	{ "key-is-negative", "format", "81ffc0" },
	{ "key-is-nil", "format", "81c0c0" },
	{ "key-is-bool", "format", "81c2c0" },
	{ "key-is-bin", "format", "81c400c0" },
	{ "key-is-array", "format", "8190c0" },
	{ "key-not-shortest", "format", "81cc01c0" },
	{ "str-with-nul", "format", "a100" },
	{ "str-overlong", "format", "a2c080" },
	{ "str-surrogate", "format", "a3eda080" },
	{ "str-above-10ffff", "format", "a4f4908080" },
	{ "str-cut-in-a-character", "format", "a2e1bb" },
	{ "str-lone-continuation", "format", "a180" },
};

void
vectors_codec(struct buf *out, unsigned which)
{
	struct buf bytes = { 0 };

	(void)which;
	vectors_note(out, "Canonical MessagePack, SPEC.md section 3: the whole"
	    " of the bytes is one value.");
	vectors_table(out, "values | name | expected | bytes");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&bytes);
		vectors_unhex(rows[i].hex, &bytes);
		vectors_row(out, rows[i].name, rows[i].expected);
		vectors_hex(out, buf_span(&bytes));
		vectors_end(out);
	}
	buf_free(&bytes);
}
