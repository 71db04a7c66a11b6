/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_file.h -- device.key: the device's signing and box keys under Argon2id
 * of the passphrase, and transport.key for the daemon.
 *
 * device.key: "NGUONKEY" version u8 = 1, passes u32, memory bytes u64, salt
 * 16, then seal_blob (purpose "device-key", all before it as associated data)
 * of (sign seed 32, box secret 32); 0600.
 */
#ifndef NGUON_KEY_FILE_H
#define NGUON_KEY_FILE_H

#include "protocol/crypto.h"

struct device_keys {
	uint8_t sign_seed[KEY_LEN];
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_secret[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t device[ID_LEN];		/* key id of sign_pub */
};

#define KEY_FILE_DEVICE "device.key"
#define KEY_FILE_TRANSPORT "transport.key"

enum { PASSPHRASE_MIN_CHARS = 12, PASSPHRASE_MIN_WORDS = 5 };
/* ERR_VALUE: neither 12 characters nor 5 words (UTF-8 characters; blanks part
 * words and do not count at the two ends), or not text.  The bytes are used
 * as they are: who asks for a passphrase brings it to NFC first. */
MUST_USE err key_file_passphrase_ok(struct span passphrase);

/* New random keys, in memory of crypto_alloc.  NULL: no memory. */
struct device_keys *key_file_generate(void);
void key_file_free(struct device_keys *k);		/* wipes */
/* dir is there already.  ERR_EXISTS: a key file is there; it stays.
 * ERR_NOMEM, ERR_IO, ERR_FULL. */
MUST_USE err key_file_save(const char *dir, const struct device_keys *k,
    struct span passphrase);
/* Owner: the caller, key_file_free.  ERR_PASS: wrong passphrase, or the sealed
 * bytes were altered (the two look alike); ERR_DAMAGED not of this shape;
 * ERR_VERSION; ERR_ABSENT; ERR_LIMIT: the file asks for more than 1 GiB or 64
 * passes, or for less than 8 KiB or one pass; ERR_NOMEM; ERR_IO. */
MUST_USE err key_file_load(const char *dir, struct span passphrase,
    struct device_keys **ret);

/* transport.key: 32 bytes of X25519 secret, 0600, readable by the daemon,
 * which runs as the same user.  new: ERR_EXISTS; load: ERR_ABSENT,
 * ERR_DAMAGED when it has another length. */
MUST_USE err key_file_transport_new(const char *dir,
    uint8_t ret_pub[static KEY_LEN]);
MUST_USE err key_file_transport_load(const char *dir,
    uint8_t ret_secret[static KEY_LEN], uint8_t ret_pub[static KEY_LEN]);

#endif
