/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_paths.c -- what a reader of paths.h may rely on.
 */
#include <dirent.h>
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

#include "client/store/paths.h"
#include "tests/support/temp_folder.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

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
set_env(const char *name, const char *value)
{
	if (value == NULL)
		assert_int_equal(unsetenv(name), 0);
	else
		assert_int_equal(setenv(name, value, 1), 0);
}

static void
expect_file(const char *path, const char *want)
{
	struct buf b = { .p = NULL };

	assert_int_equal(paths_read(path, 1 << 20, &b), ERR_OK);
	assert_true(span_equal(buf_span(&b), text(want)));
	buf_free(&b);
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return (unsigned)st.st_mode & 0777;
}

/* How many names are in the folder. */
static size_t
count_names(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	assert_int_equal(closedir(d), 0);
	return n - 2;
}

static void
test_store_is_found_in_order(void **state)
{
	static const struct {
		const char *option, *store, *xdg, *home, *want;
	} table[] = {
		{ "/o", "/s", "/x", "/h", "/o" },
		{ "rel/o", NULL, NULL, NULL, "rel/o" },
		{ NULL, "/s", "/x", "/h", "/s" },
		{ "", "/s", "/x", "/h", "/s" },
		{ NULL, NULL, "/x", "/h", "/x/nguon" },
		{ NULL, "", "/x/", "/h", "/x/nguon" },
		{ NULL, NULL, "relative", "/h", "/h/.local/share/nguon" },
		{ NULL, NULL, "", "/h", "/h/.local/share/nguon" },
		{ NULL, NULL, NULL, "/h", "/h/.local/share/nguon" },
		{ NULL, NULL, NULL, "", NULL },
		{ NULL, NULL, NULL, NULL, NULL },
	};
	char *home = getenv("HOME") == NULL ? NULL : strdup(getenv("HOME"));

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char ret[PATH_BYTES] = "as it was";
		err rc;

		set_env("NGUON_STORE", table[i].store);
		set_env("XDG_DATA_HOME", table[i].xdg);
		set_env("HOME", table[i].home);
		rc = paths_store(table[i].option, ret);
		if (table[i].want == NULL) {
			assert_int_equal(rc, ERR_USAGE);
			assert_string_equal(ret, "as it was");
		} else {
			assert_int_equal(rc, ERR_OK);
			assert_string_equal(ret, table[i].want);
		}
	}
	set_env("NGUON_STORE", NULL);
	set_env("XDG_DATA_HOME", NULL);
	set_env("HOME", home);
	free(home);
}

static void
test_join_and_its_limit(void **state)
{
	char ret[PATH_BYTES] = "as it was";
	char longest[PATH_BYTES + 1];

	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[PATH_BYTES] = '\0';
	assert_int_equal(paths_store(longest, ret), ERR_LIMIT);
	assert_int_equal(paths_join(longest, "b", ret), ERR_LIMIT);
	longest[PATH_BYTES - 2] = '\0';	/* with /b one too many */
	assert_int_equal(paths_join(longest, "b", ret), ERR_LIMIT);
	assert_string_equal(ret, "as it was");
	longest[PATH_BYTES - 3] = '\0';
	assert_int_equal(paths_join(longest, "b", ret), ERR_OK);
	assert_int_equal(strlen(ret), PATH_BYTES - 1);
	assert_int_equal(paths_join("/a", "b", ret), ERR_OK);
	assert_string_equal(ret, "/a/b");
	assert_int_equal(paths_join("/", "b", ret), ERR_OK);
	assert_string_equal(ret, "/b");
}

static void
test_make_folder(void **state)
{
	const char *dir = *state;
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/a//b/c/", dir);
	assert_int_equal(paths_make_folder(path), ERR_OK);
	assert_int_equal(paths_make_folder(path), ERR_OK);	/* again */
	assert_int_equal(mode_of(temp_folder_path(dir, "a")), 0700);
	assert_int_equal(mode_of(temp_folder_path(dir, "a/b")), 0700);
	assert_int_equal(mode_of(temp_folder_path(dir, "a/b/c")), 0700);
	/* what is there stays as it is */
	assert_int_equal(chmod(temp_folder_path(dir, "a"), 0755), 0);
	assert_int_equal(paths_make_folder(path), ERR_OK);
	assert_int_equal(mode_of(temp_folder_path(dir, "a")), 0755);
	/* a file in the way */
	assert_int_equal(paths_write(temp_folder_path(dir, "f"), text("x"),
	    0600, PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(paths_make_folder(temp_folder_path(dir, "f")),
	    ERR_IO);
	assert_int_equal(paths_make_folder(temp_folder_path(dir, "f/g")),
	    ERR_IO);
	assert_int_equal(paths_make_folder(""), ERR_USAGE);
}

static void
test_read(void **state)
{
	const char *dir = *state;
	const char *path = temp_folder_path(dir, "f");
	struct buf b = { .p = NULL };
	uint8_t *large = malloc(10000);

	memset(large, 'z', 10000);
	assert_int_equal(paths_read(path, 10, &b), ERR_ABSENT);
	assert_int_equal(paths_write(path, text("0123456789"), 0600,
	    PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(paths_read(path, 9, &b), ERR_LIMIT);
	buf_reset(&b);
	assert_int_equal(paths_read(path, 10, &b), ERR_OK);
	assert_int_equal(paths_read(path, 10, &b), ERR_OK);	/* appends */
	assert_true(span_equal(buf_span(&b), text("01234567890123456789")));
	assert_int_equal(paths_write(path, (struct span){ large, 10000 },
	    0600, PATHS_REPLACE), ERR_OK);
	buf_reset(&b);
	assert_int_equal(paths_read(path, 10000, &b), ERR_OK);
	assert_int_equal(b.n, 10000);
	assert_memory_equal(b.p, large, 10000);
	assert_int_equal(paths_read(dir, 10, &b), ERR_IO);
	assert_int_equal(mkfifo(temp_folder_path(dir, "p"), 0600), 0);
	assert_int_equal(paths_read(temp_folder_path(dir, "p"), 10, &b),
	    ERR_IO);
	free(large);
	buf_free(&b);
}

static void
test_secrets_are_not_read_through_links(void **state)
{
	const char *dir = *state;
	const char *file = temp_folder_path(dir, "f");
	const char *link = temp_folder_path(dir, "link");
	struct buf b = { .p = NULL };

	assert_int_equal(paths_write(file, text("secret"), 0600,
	    PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(symlink("f", link), 0);
	expect_file(link, "secret");
	assert_int_equal(paths_read_secret(link, 10, &b), ERR_IO);
	assert_int_equal(b.n, 0);
	assert_int_equal(paths_read_secret(file, 10, &b), ERR_OK);
	assert_true(span_equal(buf_span(&b), text("secret")));
	buf_free(&b);
}

static void
test_write(void **state)
{
	static const mode_t masks[] = { 0, 077, 0777 };
	const char *dir = *state;
	const char *path = temp_folder_path(dir, "f");

	for (size_t i = 0; i < COUNT(masks); i++) {
		mode_t before = umask(masks[i]);

		assert_int_equal(paths_write(path, text("one"), 0600,
		    PATHS_REPLACE), ERR_OK);
		assert_int_equal(mode_of(path), 0600);
		expect_file(path, "one");
		assert_int_equal(paths_write(path, text("two"), 0644,
		    PATHS_REPLACE), ERR_OK);
		assert_int_equal(mode_of(path), 0644);
		expect_file(path, "two");
		(void)umask(before);
	}
	assert_int_equal(paths_write(path, text("three"), 0600,
	    PATHS_NEW_ONLY), ERR_EXISTS);
	expect_file(path, "two");
	assert_int_equal(paths_write(path, text(""), 0600, PATHS_REPLACE),
	    ERR_OK);
	expect_file(path, "");
	assert_int_equal(paths_write(temp_folder_path(dir, "no/f"), text("x"),
	    0600, PATHS_REPLACE), ERR_ABSENT);
	assert_int_equal(count_names(dir), 1);	/* no temporary file stays */
}

static void
test_write_and_links(void **state)
{
	const char *dir = *state;
	const char *file = temp_folder_path(dir, "f");
	const char *link = temp_folder_path(dir, "link");

	assert_int_equal(paths_write(file, text("kept"), 0600,
	    PATHS_NEW_ONLY), ERR_OK);
	assert_int_equal(symlink("f", link), 0);
	assert_int_equal(paths_write(link, text("new"), 0600,
	    PATHS_NEW_ONLY), ERR_EXISTS);
	assert_int_equal(paths_write(link, text("new"), 0600,
	    PATHS_REPLACE), ERR_OK);
	expect_file(file, "kept");
	expect_file(link, "new");
	assert_int_equal(mode_of(link), 0600);
	assert_int_equal(count_names(dir), 2);
	/* a folder has the name */
	assert_int_equal(mkdir(temp_folder_path(dir, "d"), 0700), 0);
	assert_int_equal(paths_write(temp_folder_path(dir, "d"), text("x"),
	    0600, PATHS_REPLACE), ERR_IO);
	assert_int_equal(paths_write(temp_folder_path(dir, "d"), text("x"),
	    0600, PATHS_NEW_ONLY), ERR_EXISTS);
	assert_int_equal(count_names(dir), 3);
}

static void
test_bare_name(void **state)
{
	char before[PATH_BYTES];

	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(paths_write("bare", text("x"), 0600, PATHS_NEW_ONLY),
	    ERR_OK);
	expect_file("bare", "x");
	assert_int_equal(paths_make_folder("sub"), ERR_OK);
	assert_int_equal(chdir(before), 0);
}

/* A crash left its temporary file behind. */
static void
test_an_old_temporary_file_is_no_hindrance(void **state)
{
	const char *path = temp_folder_path(*state, "f");
	char temp[PATH_BYTES + 64];
	FILE *file;

	(void)snprintf(temp, sizeof temp, "%s.%ld-0.tmp", path,
	    (long)getpid());
	file = fopen(temp, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(paths_write(path, text("x"), 0600, PATHS_NEW_ONLY),
	    ERR_OK);
	expect_file(path, "x");
}

static void
test_bell(void **state)
{
	const char *dir = *state;
	const char *bell = temp_folder_path(dir, "bell");
	struct timespec past[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct stat st;

	paths_ring_bell(temp_folder_path(dir, "none"));	/* no error */
	paths_ring_bell(dir);
	assert_int_equal(mode_of(bell), 0600);
	assert_int_equal(utimensat(-1, bell, past, 0), 0);
	paths_ring_bell(dir);
	assert_int_equal(stat(bell, &st), 0);
	assert_true(st.st_mtime > 1000);
	assert_int_equal(st.st_size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store_is_found_in_order),
		cmocka_unit_test(test_join_and_its_limit),
		TEST(test_make_folder),
		TEST(test_read),
		TEST(test_secrets_are_not_read_through_links),
		TEST(test_write),
		TEST(test_write_and_links),
		TEST(test_bare_name),
		TEST(test_an_old_temporary_file_is_no_hindrance),
		TEST(test_bell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
