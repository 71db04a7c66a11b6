/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_file.c -- device.key and transport.key.
 */
#include "client/store/key_file.h"

#include <string.h>

#include "client/store/paths.h"
#include "protocol/chain.h"
#include "protocol/seal.h"
#include "protocol/utf8.h"

static const char magic[] = "NGUONKEY";
static const char purpose[] = "device-key";

enum {
	MAGIC_LEN = 8,
	VERSION = 1,
	/* magic, version, passes, memory, salt */
	HEADER_LEN = MAGIC_LEN + 1 + 4 + 8 + SALT_LEN,
	PLAIN_LEN = 2 * KEY_LEN,
	FILE_LEN = HEADER_LEN + NONCE_LEN + PLAIN_LEN + AEAD_TAG_LEN,
	FILE_MAX = 65536,		/* of a later version */
#ifdef NGUON_TEST_BUILD
	PASSES = 1,
	MEMORY_BYTES = 65536,
#else
	PASSES = 3,
	MEMORY_BYTES = 134217728,
#endif
	/* what a file may ask for */
	PASSES_MAX = 64,
	MEMORY_MIN = 8192,
	MEMORY_MAX = 1073741824,
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

err
key_file_passphrase_ok(struct span passphrase)
{
	size_t from = 0, to = passphrase.n, chars = 0, words = 0;
	bool in_word = false;

	if (!utf8_lawful(passphrase))
		return ERR_VALUE;
	while (from < to && is_blank(passphrase.p[from]))
		from++;
	while (to > from && is_blank(passphrase.p[to - 1]))
		to--;
	for (size_t i = from; i < to; i++) {
		uint8_t c = passphrase.p[i];

		if ((c & 0xc0) != 0x80)		/* not inside of one */
			chars++;
		if (!is_blank(c) && !in_word)
			words++;
		in_word = !is_blank(c);
	}
	if (chars >= PASSPHRASE_MIN_CHARS || words >= PASSPHRASE_MIN_WORDS)
		return ERR_OK;
	return ERR_VALUE;
}

/* The public halves and the id, from the two secrets. */
static void
derive(struct device_keys *k)
{
	crypto_sign_public(k->sign_seed, k->sign_pub);
	crypto_box_public(k->box_secret, k->box_pub);
	chain_key_id(k->sign_pub, k->device);
}

struct device_keys *
key_file_generate(void)
{
	struct device_keys *k = crypto_alloc(sizeof *k);

	if (k == NULL)
		return NULL;
	crypto_random(k->sign_seed, KEY_LEN);
	crypto_random(k->box_secret, KEY_LEN);
	derive(k);
	return k;
}

void
key_file_free(struct device_keys *k)
{
	crypto_free(k);
}

/* The key that the passphrase opens the file with.  Owner: the caller,
 * crypto_free. */
static err
stretch(struct span passphrase, const uint8_t salt[static SALT_LEN],
    uint32_t passes, uint64_t memory_bytes, uint8_t **ret)
{
	uint8_t *key = crypto_alloc(KEY_LEN);
	err rc;

	if (key == NULL)
		return ERR_NOMEM;
	rc = crypto_passphrase_key(passphrase, salt, passes,
	    (size_t)memory_bytes, key);
	if (rc != ERR_OK) {
		crypto_free(key);
		return rc;
	}
	*ret = key;
	return ERR_OK;
}

err
key_file_save(const char *dir, const struct device_keys *k,
    struct span passphrase)
{
	char path[PATH_BYTES];
	uint8_t salt[SALT_LEN];
	uint8_t *key = NULL, *plain = NULL;
	struct buf file = { .p = NULL };
	struct buf sealed = { .p = NULL };
	err rc;

	if ((rc = paths_join(dir, KEY_FILE_DEVICE, path)) != ERR_OK)
		return rc;
	crypto_random(salt, sizeof salt);
	buf_put(&file, magic, MAGIC_LEN);
	buf_put_u8(&file, VERSION);
	buf_put_u32(&file, PASSES);
	buf_put_u64(&file, MEMORY_BYTES);
	buf_put(&file, salt, sizeof salt);
	if ((rc = buf_err(&file)) != ERR_OK ||
	    (rc = stretch(passphrase, salt, PASSES, MEMORY_BYTES, &key)) !=
	    ERR_OK)
		goto out;
	if ((plain = crypto_alloc(PLAIN_LEN)) == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	memcpy(plain, k->sign_seed, KEY_LEN);
	memcpy(plain + KEY_LEN, k->box_secret, KEY_LEN);
	rc = seal_blob(key, purpose, buf_span(&file),
	    (struct span){ plain, PLAIN_LEN }, &sealed);
	if (rc != ERR_OK)
		goto out;
	buf_put(&file, sealed.p, sealed.n);
	if ((rc = buf_err(&file)) != ERR_OK)
		goto out;
	rc = paths_write(path, buf_span(&file), 0600, PATHS_NEW_ONLY);
out:
	crypto_free(plain);
	crypto_free(key);
	buf_free(&sealed);
	buf_free(&file);
	return rc;
}

struct header {
	uint32_t passes;
	uint64_t memory_bytes;
	const uint8_t *salt;
};

static err
read_header(struct span file, struct header *ret)
{
	const uint8_t *p = file.p;
	struct header h;

	if (file.n < MAGIC_LEN + 1 || memcmp(p, magic, MAGIC_LEN) != 0 ||
	    p[MAGIC_LEN] == 0)
		return ERR_DAMAGED;
	if (p[MAGIC_LEN] > VERSION)
		return ERR_VERSION;
	if (file.n != FILE_LEN)
		return ERR_DAMAGED;
	p += MAGIC_LEN + 1;
	h.passes = be32_get(p);
	h.memory_bytes = be64_get(p + 4);
	h.salt = p + 4 + 8;
	if (h.passes < 1 || h.passes > PASSES_MAX ||
	    h.memory_bytes < MEMORY_MIN || h.memory_bytes > MEMORY_MAX)
		return ERR_LIMIT;
	*ret = h;
	return ERR_OK;
}

/* file has FILE_LEN bytes. */
static err
open_keys(struct span file, const uint8_t key[static KEY_LEN],
    struct device_keys **ret)
{
	struct buf plain = { .p = NULL };
	struct device_keys *k;
	err rc;

	rc = seal_open_blob(key, purpose, (struct span){ file.p, HEADER_LEN },
	    (struct span){ file.p + HEADER_LEN, file.n - HEADER_LEN }, &plain);
	if (rc == ERR_KEY)
		rc = ERR_PASS;
	if (rc != ERR_OK)
		goto out;
	if ((k = crypto_alloc(sizeof *k)) == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	memcpy(k->sign_seed, plain.p, KEY_LEN);
	memcpy(k->box_secret, plain.p + KEY_LEN, KEY_LEN);
	derive(k);
	*ret = k;
out:
	crypto_wipe(plain.p, plain.n);
	buf_free(&plain);
	return rc;
}

/* Our own file that grew is damaged, not a limit that somebody could keep. */
static err
read_own(const char *dir, const char *name, size_t max, struct buf *out)
{
	char path[PATH_BYTES];
	err rc;

	if ((rc = paths_join(dir, name, path)) != ERR_OK)
		return rc;
	rc = paths_read_secret(path, max, out);
	return rc == ERR_LIMIT ? ERR_DAMAGED : rc;
}

err
key_file_load(const char *dir, struct span passphrase,
    struct device_keys **ret)
{
	struct buf file = { .p = NULL };
	uint8_t *key = NULL;
	struct header h;
	err rc;

	if ((rc = read_own(dir, KEY_FILE_DEVICE, FILE_MAX, &file)) != ERR_OK ||
	    (rc = read_header(buf_span(&file), &h)) != ERR_OK ||
	    (rc = stretch(passphrase, h.salt, h.passes, h.memory_bytes,
	    &key)) != ERR_OK)
		goto out;
	rc = open_keys(buf_span(&file), key, ret);
out:
	crypto_free(key);
	buf_free(&file);
	return rc;
}

/* ---- the transport key */

err
key_file_transport_new(const char *dir, uint8_t ret_pub[static KEY_LEN])
{
	char path[PATH_BYTES];
	uint8_t secret[KEY_LEN];
	err rc;

	if ((rc = paths_join(dir, KEY_FILE_TRANSPORT, path)) != ERR_OK)
		return rc;
	crypto_random(secret, sizeof secret);
	rc = paths_write(path, (struct span){ secret, sizeof secret }, 0600,
	    PATHS_NEW_ONLY);
	if (rc == ERR_OK)
		crypto_box_public(secret, ret_pub);
	crypto_wipe(secret, sizeof secret);
	return rc;
}

err
key_file_transport_load(const char *dir, uint8_t ret_secret[static KEY_LEN],
    uint8_t ret_pub[static KEY_LEN])
{
	struct buf file = { .p = NULL };
	err rc;

	rc = read_own(dir, KEY_FILE_TRANSPORT, KEY_LEN, &file);
	if (rc == ERR_OK && file.n != KEY_LEN)
		rc = ERR_DAMAGED;
	if (rc == ERR_OK) {
		memcpy(ret_secret, file.p, KEY_LEN);
		crypto_box_public(ret_secret, ret_pub);
	}
	crypto_wipe(file.p, file.n);
	buf_free(&file);
	return rc;
}
