/* SPDX-License-Identifier: Apache-2.0 */
/* test_key_agent.c -- what key_agent.h promises, with real processes. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <dirent.h>

#include <cmocka.h>

#include "client/store/key_agent.h"
#include "client/store/paths.h"
#include "tests/support/little_hub.h"
#include "tests/support/temp_folder.h"

enum { LONG_MS = 900000 };

struct room {
	char *folder;
	char run[PATH_BYTES], store[PATH_BYTES], clock[PATH_BYTES];
	struct device_keys *keys;
};

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

static int
setup(void **state)
{
	struct room *r = calloc(1, sizeof *r);

	r->folder = temp_folder_make();
	ok(paths_join(r->folder, "run", r->run));
	ok(paths_join(r->folder, "store", r->store));
	ok(paths_join(r->folder, "clock", r->clock));
	assert_int_equal(mkdir(r->run, 0700), 0);
	assert_int_equal(mkdir(r->store, 0700), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", r->run, 1), 0);
	assert_int_equal(setenv("NGUON_TEST_BOOT_FILE", r->clock, 1), 0);
	r->keys = key_file_generate();
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct room *r = *state;

	(void)!key_agent_stop(r->store);
	key_file_free(r->keys);
	temp_folder_remove(r->folder);
	free(r);
	return 0;
}

/* The only socket there, or no one. */
static bool
find_socket(const struct room *r, char ret[static PATH_BYTES])
{
	char folder[PATH_BYTES];
	const struct dirent *e;
	bool found = false;
	DIR *d;

	ok(paths_join(r->run, "nguon", folder));
	d = opendir(folder);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.') {
			assert_false(found);
			ok(paths_join(folder, e->d_name, ret));
			found = true;
		}
	if (d != NULL)
		(void)closedir(d);
	return found;
}

static void
expect_none(const struct room *r)
{
	struct device_keys *keys = NULL;
	uint64_t left = 7;

	assert_int_equal(key_agent_keys(r->store, &keys), ERR_ABSENT);
	assert_int_equal(key_agent_left(r->store, &left), ERR_ABSENT);
	assert_int_equal(key_agent_stop(r->store), ERR_ABSENT);
	assert_null(keys);
	assert_int_equal(left, 7);
}

static void
expect_keys(const struct room *r, const struct device_keys *want)
{
	struct device_keys *keys = NULL;

	ok(key_agent_keys(r->store, &keys));
	assert_memory_equal(keys, want, sizeof *want);
	key_file_free(keys);
}

static void
it_gives_them_until_told_to_stop(void **state)
{
	struct room *r = *state;
	char path[PATH_BYTES], same[PATH_BYTES];
	uint64_t left = 0;
	struct stat st;

	expect_none(r);
	ok(key_agent_start(r->store, r->keys, LONG_MS));
	expect_keys(r, r->keys);
	expect_keys(r, r->keys);
	ok(key_agent_left(r->store, &left));
	assert_in_range(left, LONG_MS - 20000, LONG_MS);
	assert_true(find_socket(r, path));
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(S_ISSOCK(st.st_mode));
	/* another way to write the folder */
	ok(paths_join(r->store, "../store/.", same));
	ok(key_agent_left(same, &left));
	ok(key_agent_stop(r->store));
	assert_false(find_socket(r, path));
	expect_none(r);
}

static void
a_new_one_takes_the_place(void **state)
{
	struct room *r = *state;
	struct device_keys *other = key_file_generate();
	uint64_t left = 0;

	ok(key_agent_start(r->store, r->keys, LONG_MS));
	ok(key_agent_start(r->store, other, 60000));
	expect_keys(r, other);
	ok(key_agent_left(r->store, &left));
	assert_in_range(left, 1, 60000);
	ok(key_agent_stop(r->store));
	expect_none(r);
	key_file_free(other);
}

static void
stores_have_agents_of_their_own(void **state)
{
	struct room *r = *state;
	char second[PATH_BYTES];
	uint64_t left;

	ok(paths_join(r->folder, "second", second));
	assert_int_equal(mkdir(second, 0700), 0);
	ok(key_agent_start(r->store, r->keys, LONG_MS));
	assert_int_equal(key_agent_left(second, &left), ERR_ABSENT);
	ok(key_agent_start(second, r->keys, LONG_MS));
	ok(key_agent_stop(second));
	expect_keys(r, r->keys);
	assert_int_equal(key_agent_start("/nowhere/at all", r->keys, 1000),
	    ERR_ABSENT);
}

static void
script(const struct room *r, const char *ms)
{
	ok(paths_write(r->clock, (struct span){ (const uint8_t *)ms,
	    strlen(ms) }, 0600, PATHS_REPLACE));
}

static void
its_time_ends_it(void **state)
{
	struct room *r = *state;
	char path[PATH_BYTES];

	script(r, "0");
	ok(key_agent_start(r->store, r->keys, LONG_MS));
	script(r, "890000");
	expect_keys(r, r->keys);
	script(r, "900001");
	{
		struct device_keys *keys = NULL;

		assert_int_equal(key_agent_keys(r->store, &keys), ERR_ABSENT);
		assert_null(keys);
	}
	assert_false(find_socket(r, path));
	expect_none(r);
	script(r, "0");		/* and it does not come back */
	expect_none(r);
	assert_int_equal(key_agent_start(r->store, r->keys, 0), ERR_VALUE);
	assert_int_equal(key_agent_start(r->store, r->keys,
	    KEY_AGENT_MAX_MS + 1), ERR_VALUE);
}

/* Waits a little for the agent to do something by itself. */
static bool
gone_within(const struct room *r, int seconds)
{
	char path[PATH_BYTES];

	for (int i = 0; i < seconds * 20; i++) {
		if (!find_socket(r, path))
			return true;
		(void)nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	}
	return false;
}

static void
it_ends_by_itself(void **state)
{
	struct room *r = *state;

	ok(key_agent_start(r->store, r->keys, 200));
	assert_true(gone_within(r, 2));
	expect_none(r);
}

/* Whether the process holds that socket. */
static bool
holds_socket(const char *pid, const char *inode)
{
	char path[32], target[64];
	const struct dirent *e;
	bool found = false;
	DIR *d;

	(void)snprintf(path, sizeof path, "/proc/%.10s/fd", pid);
	d = opendir(path);
	while (d != NULL && !found && (e = readdir(d)) != NULL) {
		char link[128];
		ssize_t n;
		(void)snprintf(link, sizeof link, "%s/%.20s", path,
		    e->d_name);
		n = readlink(link, target, sizeof target - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		found = strcmp(target, inode) == 0;
	}
	if (d != NULL)
		(void)closedir(d);
	return found;
}

static void
connection_of_another_user(const char *path, int out)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	uint8_t answer[512];
	ssize_t n = -1;
	int fd;

	memcpy(a.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (setgid(65534) != 0 || setuid(65534) != 0)
		_exit(2);
	if (connect(fd, (const struct sockaddr *)&a, sizeof a) == 0 &&
	    send(fd, "k", 1, MSG_NOSIGNAL) == 1)
		n = recv(fd, answer, sizeof answer, 0);
	(void)!write(out, &n, sizeof n);
	_exit(0);
}

static void
another_user_gets_nothing(void **state)
{
	struct room *r = *state;
	char path[PATH_BYTES], folder[PATH_BYTES];
	ssize_t n = 1;
	int pipes[2];
	pid_t child;

	if (geteuid() != 0) {
		skip();
		return;
	}
	ok(key_agent_start(r->store, r->keys, LONG_MS));
	assert_true(find_socket(r, path));
	/* even where somebody opened the doors */
	ok(paths_join(r->run, "nguon", folder));
	assert_int_equal(chmod(r->folder, 0755), 0);
	assert_int_equal(chmod(r->run, 0755), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (child == 0)
		connection_of_another_user(path, pipes[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(read(pipes[0], &n, sizeof n), sizeof n);
	assert_true(n <= 0);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
	/* nor is a folder trusted that others can enter */
	{
		struct device_keys *keys = NULL;

		assert_int_equal(key_agent_keys(r->store, &keys), ERR_ABSENT);
	}
	assert_int_equal(key_agent_start(r->store, r->keys, LONG_MS),
	    ERR_SCOPE);
	assert_int_equal(chmod(folder, 0700), 0);
	expect_keys(r, r->keys);
}

/* A connection that says nothing, and one that says nonsense. */
static void
it_waits_for_nobody(void **state)
{
	struct room *r = *state;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char path[PATH_BYTES];
	int silent, odd;

	ok(key_agent_start(r->store, r->keys, LONG_MS));
	assert_true(find_socket(r, path));
	memcpy(a.sun_path, path, strlen(path));
	silent = socket(AF_UNIX, SOCK_STREAM, 0);
	odd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(silent, (const struct sockaddr *)&a,
	    sizeof a), 0);
	assert_int_equal(connect(odd, (const struct sockaddr *)&a, sizeof a),
	    0);
	assert_int_equal(send(odd, "?????", 5, MSG_NOSIGNAL), 5);
	(void)close(odd);
	expect_keys(r, r->keys);
	(void)close(silent);
}

/* The kernel's name of the socket at path, as links to open files have it. */
static void
socket_name(const char *path, char ret[static 64])
{
	FILE *f = fopen("/proc/net/unix", "re");
	char line[512];

	assert_non_null(f);
	ret[0] = '\0';
	while (fgets(line, sizeof line, f) != NULL) {
		char number[32], name[200] = "";

		if (sscanf(line, "%*s %*s %*s %*s %*s %*s %31s %199s", number,
		    name) == 2 && strcmp(name, path) == 0)
			(void)snprintf(ret, 64, "socket:[%s]", number);
	}
	(void)fclose(f);
	assert_true(ret[0] != '\0');
}

/* The agent, by the file it holds; 0: it cannot be looked into. */
static pid_t
find_agent(const char *path)
{
	const struct dirent *e;
	char name[64];
	pid_t found = 0;
	DIR *d = opendir("/proc");

	socket_name(path, name);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    holds_socket(e->d_name, name))
			found = (pid_t)atol(e->d_name);
	(void)closedir(d);
	return found;
}

static void
expect_no_core(pid_t agent)
{
	char path[64], text[4096];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof path, "/proc/%ld/limits", (long)agent);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	assert_non_null(strstr(text,
	    "Max core file size        0                    0"));
}

static void
it_ends_when_its_socket_is_gone(void **state)
{
	struct room *r = *state;
	char path[PATH_BYTES];
	pid_t agent;

	ok(key_agent_start(r->store, r->keys, LONG_MS));
	assert_true(find_socket(r, path));
	agent = find_agent(path);
	if (agent == 0) {	/* only root looks into such a process */
		assert_int_not_equal(geteuid(), 0);
		skip();
		return;
	}
	expect_no_core(agent);
	assert_int_equal(unlink(path), 0);
	for (int i = 0; i < 200 && kill(agent, 0) == 0; i++)
		(void)nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	assert_int_not_equal(kill(agent, 0), 0);
}

static void
a_store_opens_with_the_keys(void **state)
{
	struct room *r = *state;
	char *dir = temp_folder_make();
	struct little_hub hub;
	struct device_keys *keys = NULL;
	struct store *s;

	little_hub_open(&hub);
	store_close(little_hub_commune(&hub, dir));
	ok(key_file_load(dir, (struct span){
	    (const uint8_t *)LITTLE_HUB_PASS, strlen(LITTLE_HUB_PASS) },
	    &keys));
	ok(store_open_with_keys(dir, keys, &s));
	assert_true(store_unlocked(s));
	store_close(s);
	assert_int_equal(store_open_with_keys(dir, r->keys, &s), ERR_KEY);
	assert_int_equal(store_open_with_keys(r->run, keys, &s), ERR_ABSENT);
	key_file_free(keys);
	little_hub_close(&hub);
	temp_folder_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define IN_A_ROOM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		IN_A_ROOM(it_gives_them_until_told_to_stop),
		IN_A_ROOM(a_new_one_takes_the_place),
		IN_A_ROOM(stores_have_agents_of_their_own),
		IN_A_ROOM(its_time_ends_it),
		IN_A_ROOM(it_ends_by_itself),
		IN_A_ROOM(another_user_gets_nothing),
		IN_A_ROOM(it_waits_for_nobody),
		IN_A_ROOM(it_ends_when_its_socket_is_gone),
		IN_A_ROOM(a_store_opens_with_the_keys),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
