/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_key_file.c -- what a reader of key_file.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/key_file.h"
#include "client/store/paths.h"
#include "protocol/chain.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define PASS "mat khau cua toi dai"

enum { OFFSET_VERSION = 8, OFFSET_PASSES = 9, OFFSET_MEMORY = 13,
	OFFSET_SALT = 21, OFFSET_SEALED = 37, FILE_BYTES = 141 };

static int
group_setup(void **state)
{
	(void)state;
	return crypto_start() == ERR_OK ? 0 : -1;
}

static int
setup(void **state)
{
	*state = temp_folder_make();
	return 0;
}

static int
teardown(void **state)
{
	temp_folder_remove(*state);
	return 0;
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
test_passphrase_rule(void **state)
{
	static const struct {
		const char *words;
		err want;
	} table[] = {
		{ "", ERR_VALUE },
		{ "12345678901", ERR_VALUE },
		{ "123456789012", ERR_OK },
		{ "a b c d", ERR_VALUE },
		{ "a b c d e", ERR_OK },
		{ "  a\tb \n c  d ", ERR_VALUE },
		{ "            ", ERR_VALUE },
		{ "   1234567   ", ERR_VALUE },
		/* 11 and 12 characters of three bytes each */
		{ "ệệệệệệệệệệệ", ERR_VALUE },
		{ "ệệệệệệệệệệệệ", ERR_OK },
		{ "\xff" "23456789012", ERR_VALUE },
		{ "123456789012\xc3", ERR_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		if (key_file_passphrase_ok(text(table[i].words)) !=
		    table[i].want)
			fail_msg("%s", table[i].words);
	assert_int_equal(key_file_passphrase_ok((struct span){ NULL, 0 }),
	    ERR_VALUE);
	assert_int_equal(key_file_passphrase_ok((struct span){
	    (const uint8_t *)"12345\0" "6789012", 13 }), ERR_VALUE);
}

static void
test_generate(void **state)
{
	struct device_keys *a = key_file_generate();
	struct device_keys *b = key_file_generate();
	uint8_t pub[KEY_LEN], id[ID_LEN], sig[SIG_LEN];

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_memory_not_equal(a->sign_seed, b->sign_seed, KEY_LEN);
	assert_memory_not_equal(a->box_secret, b->box_secret, KEY_LEN);
	assert_memory_not_equal(a->sign_seed, a->box_secret, KEY_LEN);
	crypto_sign_message(a->sign_seed, text("hello"), sig);
	assert_int_equal(crypto_verify(a->sign_pub, text("hello"), sig),
	    ERR_OK);
	crypto_box_public(a->box_secret, pub);
	assert_memory_equal(pub, a->box_pub, KEY_LEN);
	chain_key_id(a->sign_pub, id);
	assert_memory_equal(id, a->device, ID_LEN);
	key_file_free(a);
	key_file_free(b);
	key_file_free(NULL);
}

/* Saves keys in dir; what was saved. */
static struct device_keys *
saved(const char *dir)
{
	struct device_keys *k = key_file_generate();

	assert_non_null(k);
	assert_int_equal(key_file_save(dir, k, text(PASS)), ERR_OK);
	return k;
}

static void
test_save_and_load(void **state)
{
	const char *dir = *state;
	struct device_keys *k = saved(dir), *l = NULL;
	struct buf file = { .p = NULL };
	struct stat st;
	const char *path = temp_folder_path(dir, KEY_FILE_DEVICE);

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(paths_read(path, 4096, &file), ERR_OK);
	assert_int_equal(file.n, FILE_BYTES);
	assert_memory_equal(file.p, "NGUONKEY\1", 9);
	for (size_t i = 0; i + KEY_LEN <= file.n; i++) {
		assert_memory_not_equal(file.p + i, k->sign_seed, KEY_LEN);
		assert_memory_not_equal(file.p + i, k->box_secret, KEY_LEN);
	}
	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_OK);
	assert_memory_equal(l, k, sizeof *k);
	/* a second one does not replace it */
	assert_int_equal(key_file_save(dir, l, text("another passphrase")),
	    ERR_EXISTS);
	key_file_free(l);
	l = NULL;
	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_OK);
	key_file_free(l);
	key_file_free(k);
	buf_free(&file);
}

static void
test_wrong_passphrase(void **state)
{
	static const char *const wrong[] = {
		"", "mat khau cua toi da", PASS " ", "Mat khau cua toi dai",
	};
	const char *dir = *state;
	struct device_keys *k = saved(dir), *l = NULL;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_int_equal(key_file_load(dir, text(wrong[i]), &l),
		    ERR_PASS);
		assert_null(l);
	}
	key_file_free(k);
}

static void
test_absent(void **state)
{
	const char *dir = *state;
	struct device_keys *k = key_file_generate(), *l = NULL;

	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_ABSENT);
	assert_int_equal(key_file_save(temp_folder_path(dir, "no"), k,
	    text(PASS)), ERR_ABSENT);
	key_file_free(k);
}

static void
put_file(const char *path, const struct buf *file, size_t n)
{
	assert_int_equal(paths_write(path, (struct span){ file->p, n }, 0600,
	    PATHS_REPLACE), ERR_OK);
}

static void
test_cut_anywhere_is_damaged(void **state)
{
	const char *dir = *state;
	const char *path = temp_folder_path(dir, KEY_FILE_DEVICE);
	struct device_keys *k = saved(dir), *l = NULL;
	struct buf file = { .p = NULL };

	assert_int_equal(paths_read(path, 4096, &file), ERR_OK);
	for (size_t n = 0; n < file.n; n++) {
		put_file(path, &file, n);
		assert_int_equal(key_file_load(dir, text(PASS), &l),
		    ERR_DAMAGED);
	}
	buf_put_u8(&file, 0);
	put_file(path, &file, file.n);
	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_DAMAGED);
	for (int i = 0; i < 70000; i++)
		buf_put_u8(&file, 0);
	put_file(path, &file, file.n);
	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_DAMAGED);
	assert_null(l);
	buf_free(&file);
	key_file_free(k);
}

/* Every byte counts, those of the header too. */
static void
test_altered_anywhere_does_not_open(void **state)
{
	const char *dir = *state;
	const char *path = temp_folder_path(dir, KEY_FILE_DEVICE);
	struct device_keys *k = saved(dir), *l = NULL;
	struct buf file = { .p = NULL };

	assert_int_equal(paths_read(path, 4096, &file), ERR_OK);
	for (size_t i = 0; i < file.n; i++) {
		err rc;

		file.p[i] ^= 1;
		put_file(path, &file, file.n);
		rc = key_file_load(dir, text(PASS), &l);
		if (i < OFFSET_VERSION)
			assert_int_equal(rc, ERR_DAMAGED);
		else if (i >= OFFSET_SALT)
			assert_int_equal(rc, ERR_PASS);
		else
			assert_int_not_equal(rc, ERR_OK);
		file.p[i] ^= 1;
	}
	assert_null(l);
	buf_free(&file);
	key_file_free(k);
}

static void
test_version_and_parameters(void **state)
{
	static const struct {
		uint8_t version;
		uint32_t passes;
		uint64_t memory;
		err want;
	} table[] = {
		{ 0, 1, 65536, ERR_DAMAGED },
		{ 2, 1, 65536, ERR_VERSION },
		{ 255, 0, 0, ERR_VERSION },
		{ 1, 0, 65536, ERR_LIMIT },
		{ 1, 65, 65536, ERR_LIMIT },
		{ 1, UINT32_MAX, 65536, ERR_LIMIT },
		{ 1, 1, 8191, ERR_LIMIT },
		{ 1, 1, 0, ERR_LIMIT },
		{ 1, 1, 1073741825, ERR_LIMIT },
		{ 1, 1, UINT64_MAX, ERR_LIMIT },
		{ 1, 1, UINT64_C(1) << 32 | 65536, ERR_LIMIT },
		{ 1, 64, 8192, ERR_PASS },	/* lawful, but not ours */
		{ 1, 2, 65536, ERR_PASS },
		{ 1, 1, 131072, ERR_PASS },
	};
	const char *dir = *state;
	const char *path = temp_folder_path(dir, KEY_FILE_DEVICE);
	struct device_keys *k = saved(dir), *l = NULL;
	struct buf file = { .p = NULL };

	assert_int_equal(paths_read(path, 4096, &file), ERR_OK);
	/* those of a test build */
	assert_int_equal(be32_get(file.p + OFFSET_PASSES), 1);
	assert_true(be64_get(file.p + OFFSET_MEMORY) == 65536);
	for (size_t i = 0; i < COUNT(table); i++) {
		file.p[OFFSET_VERSION] = table[i].version;
		be32_put(file.p + OFFSET_PASSES, table[i].passes);
		be64_put(file.p + OFFSET_MEMORY, table[i].memory);
		put_file(path, &file, file.n);
		assert_int_equal(key_file_load(dir, text(PASS), &l),
		    table[i].want);
	}
	assert_null(l);
	buf_free(&file);
	key_file_free(k);
}

static void
test_transport(void **state)
{
	const char *dir = *state;
	const char *path = temp_folder_path(dir, KEY_FILE_TRANSPORT);
	uint8_t pub[KEY_LEN], again[KEY_LEN], secret[KEY_LEN], of[KEY_LEN];
	struct stat st;

	assert_int_equal(key_file_transport_load(dir, secret, again),
	    ERR_ABSENT);
	assert_int_equal(key_file_transport_new(dir, pub), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, KEY_LEN);
	assert_int_equal(key_file_transport_new(dir, again), ERR_EXISTS);
	assert_int_equal(key_file_transport_load(dir, secret, again), ERR_OK);
	assert_memory_equal(pub, again, KEY_LEN);
	crypto_box_public(secret, of);
	assert_memory_equal(pub, of, KEY_LEN);
	assert_int_equal(truncate(path, KEY_LEN - 1), 0);
	assert_int_equal(key_file_transport_load(dir, secret, again),
	    ERR_DAMAGED);
	assert_int_equal(truncate(path, KEY_LEN + 1), 0);
	assert_int_equal(key_file_transport_load(dir, secret, again),
	    ERR_DAMAGED);
}

static void
test_links_are_refused(void **state)
{
	const char *dir = *state;
	struct device_keys *k = saved(dir), *l = NULL;
	uint8_t secret[KEY_LEN], pub[KEY_LEN];

	assert_int_equal(key_file_transport_new(dir, pub), ERR_OK);
	assert_int_equal(rename(temp_folder_path(dir, KEY_FILE_DEVICE),
	    temp_folder_path(dir, "d")), 0);
	assert_int_equal(symlink("d", temp_folder_path(dir, KEY_FILE_DEVICE)),
	    0);
	assert_int_equal(rename(temp_folder_path(dir, KEY_FILE_TRANSPORT),
	    temp_folder_path(dir, "t")), 0);
	assert_int_equal(symlink("t", temp_folder_path(dir,
	    KEY_FILE_TRANSPORT)), 0);
	assert_int_equal(key_file_load(dir, text(PASS), &l), ERR_IO);
	assert_int_equal(key_file_transport_load(dir, secret, pub), ERR_IO);
	assert_null(l);
	key_file_free(k);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passphrase_rule),
		cmocka_unit_test(test_generate),
		TEST(test_save_and_load),
		TEST(test_wrong_passphrase),
		TEST(test_absent),
		TEST(test_cut_anywhere_is_damaged),
		TEST(test_altered_anywhere_does_not_open),
		TEST(test_version_and_parameters),
		TEST(test_transport),
		TEST(test_links_are_refused),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
