/* SPDX-License-Identifier: Apache-2.0 */
/* vectors.c -- the lines of the files, and the list of all of them. */
#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/vectors_audit.h"

enum { RUN_MIN = 24 };	/* equal bytes that are written as a run */

const struct vectors_file vectors_files[] = {
	{ "ed25519.txt", vectors_ed25519, 0 },
	{ "ids.txt", vectors_ids, 0 },
	{ "codec.txt", vectors_codec, 0 },
	{ "entry.txt", vectors_entry, 0 },
	{ "segment.txt", vectors_segment, 0 },
	{ "tree.txt", vectors_tree, 0 },
	{ "checkpoint.txt", vectors_checkpoint, 0 },
	{ "seal.txt", vectors_seal, 0 },
	{ "invite.txt", vectors_invite, 0 },
	{ "recovery.txt", vectors_recovery, 0 },
	{ "message.txt", vectors_message, 0 },
	{ "packet.txt", vectors_packet, 0 },
	{ "judge.txt", vectors_judge, 0 },
	{ "merge.txt", vectors_merge, 0 },
	{ "admission.txt", vectors_admission, 0 },
	{ "example.txt", vectors_example, 0 },
	{ "audit.txt", vectors_audit, 0 },
#define FILE(ID, NAME) { "audit/" NAME ".hex", vectors_audit_file, ID },
	VECTORS_AUDIT_FILES
#undef FILE
};
const size_t vectors_file_count =
    sizeof vectors_files / sizeof vectors_files[0];

void
vectors_must(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	(void)fprintf(stderr, "vectors: %s: %s\n", what, err_name(rc));
	abort();
}

void
vectors_note(struct buf *out, const char *text)
{
	buf_put_text(out, "# ");
	buf_put_text(out, text);
	buf_put_text(out, "\n");
}

void
vectors_table(struct buf *out, const char *columns)
{
	buf_put_text(out, "\n@ ");
	buf_put_text(out, columns);
	buf_put_text(out, "\n");
}

void
vectors_word(struct buf *out, const char *word)
{
	buf_put_text(out, " | ");
	buf_put_text(out, word);
}

void
vectors_row(struct buf *out, const char *name, const char *expected)
{
	buf_put_text(out, name);
	vectors_word(out, expected);
}

/* How many bytes from p on are equal. */
static size_t
run_at(const uint8_t *p, size_t n)
{
	size_t run = 1;

	while (run < n && p[run] == p[0])
		run++;
	return run;
}

void
vectors_hex(struct buf *out, struct span bytes)
{
	bool blank = false;	/* is one due before what follows? */
	char hex[3];

	if (bytes.n == 0) {
		vectors_none(out);
		return;
	}
	vectors_word(out, "");
	for (size_t i = 0; i < bytes.n; i++) {
		size_t run = run_at(bytes.p + i, bytes.n - i);

		if (blank || (run >= RUN_MIN && i > 0))
			buf_put_text(out, " ");
		hex_encode(bytes.p + i, 1, hex);
		buf_put_text(out, hex);
		blank = run >= RUN_MIN;
		if (!blank)
			continue;
		buf_put_text(out, "*");
		vectors_digits(out, run);
		i += run - 1;
	}
}

void
vectors_bytes(struct buf *out, const void *p, size_t n)
{
	vectors_hex(out, (struct span){ p, n });
}

void
vectors_digits(struct buf *out, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	buf_put_text(out, text);
}

void
vectors_number(struct buf *out, uint64_t number)
{
	vectors_word(out, "");
	vectors_digits(out, number);
}

void
vectors_none(struct buf *out)
{
	vectors_word(out, "-");
}

void
vectors_end(struct buf *out)
{
	buf_put_text(out, "\n");
}

void
vectors_count_up(uint8_t *out, size_t n, uint8_t start)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(start + i);
}

void
vectors_unhex(const char *hex, struct buf *out)
{
	char pair[3] = { 0 };
	uint8_t byte;

	for (; *hex != '\0'; hex += 2) {
		while (*hex == ' ')
			hex++;
		memcpy(pair, hex, 2);
		vectors_must(hex_decode(pair, &byte, 1), "hex");
		buf_put_u8(out, byte);
	}
}
