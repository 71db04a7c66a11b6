/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_invite_code.c -- any text as an invite code and as a recovery sheet:
 * what is taken is the only secret that it spells.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/invite.h"
#include "protocol/recovery.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(crypto_start() == ERR_OK);
	return 0;
}

static void
try_code(struct span text)
{
	uint8_t secret[INVITE_SECRET_LEN], again[INVITE_SECRET_LEN];
	char code[INVITE_CODE_TEXT];
	struct span s = { (const uint8_t *)code, INVITE_CODE_TEXT - 1 };

	if (invite_code_decode(text, secret) != ERR_OK)
		return;
	must(text.n >= 30);
	invite_code_encode(secret, code);
	must(strlen(code) == s.n);
	must(invite_code_decode(s, again) == ERR_OK);
	must(memcmp(secret, again, sizeof secret) == 0);
}

static void
try_sheet(struct span text)
{
	uint8_t secret[KEY_LEN], again[KEY_LEN];
	char sheet[RECOVERY_TEXT];
	struct span s = { (const uint8_t *)sheet, 0 };
	unsigned word = 1000;
	err rc = recovery_decode(text, secret, &word);

	must(word <= RECOVERY_SYLLABLES);
	if (rc != ERR_OK)
		return;
	recovery_encode(secret, sheet);
	s.n = strlen(sheet);
	must(recovery_decode(s, again, &word) == ERR_OK);
	must(memcmp(secret, again, sizeof secret) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { data, size };

	try_code(text);
	try_sheet(text);
	return 0;
}
