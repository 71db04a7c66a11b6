/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_checkpoint.c -- any bytes as a signed note.  A note that parses must
 * say its text again byte for byte, and no note may verify under a key that
 * never signed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/checkpoint.h"
#include "protocol/limits.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t hub_pub[KEY_LEN];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	uint8_t seed[KEY_LEN];

	(void)argc;
	(void)argv;
	if (crypto_start() != ERR_OK)
		abort();
	memset(seed, 0x7e, sizeof seed);
	crypto_sign_public(seed, hub_pub);
	return 0;
}

static void
check_parsed(struct span note, const struct checkpoint *c)
{
	uint8_t fpr[HASH_LEN] = { 0 };
	struct buf text = { .p = NULL };

	if (note.n > LIMIT_CHECKPOINT_BYTES)
		abort();
	if (checkpoint_text(c->commune, c->size, c->root, &text) != ERR_OK)
		abort();
	if (text.n >= note.n || memcmp(text.p, note.p, text.n) != 0 ||
	    note.p[text.n] != '\n')
		abort();
	memcpy(fpr, c->commune, sizeof c->commune);
	if (checkpoint_verify(c, fpr, hub_pub) == ERR_OK)
		abort();
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span note = { data, size };
	struct checkpoint c;

	if (checkpoint_parse(note, &c) == ERR_OK)
		check_parsed(note, &c);
	return 0;
}
