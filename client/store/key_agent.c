/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_agent.c -- the side that asks, and starting the one that keeps.
 */
#define _XOPEN_SOURCE 700		/* realpath */
#include "client/store/key_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/store/clock.h"
#include "client/store/key_agent_serve.h"

static const char TAG_NAME[] = "nguon1/agent";

enum { FILES_MAX = 65536, QUEUE = 16, NAME_LEN = 2 * ID_LEN };

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

void
key_agent_no_dumps(void)
{
	struct rlimit none = { 0, 0 };

#ifndef SANITIZED	/* the leak check traces its own process */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)setrlimit(RLIMIT_CORE, &none);
}

/* ---- where the socket is */

/* The folder; sockets of other users' folders are not trusted. */
static err
find_folder(char ret[static PATH_BYTES])
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	int n;

	if (run != NULL && run[0] == '/')
		n = snprintf(ret, PATH_BYTES, "%s/nguon", run);
	else
		n = snprintf(ret, PATH_BYTES, "/tmp/nguon-%lu",
		    (unsigned long)geteuid());
	return n > 0 && n < PATH_BYTES ? ERR_OK : ERR_LIMIT;
}

static err
check_folder(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? ERR_ABSENT : ERR_IO;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	    (st.st_mode & 077) == 0 ? ERR_OK : ERR_SCOPE;
}

/* The socket's address, by the folder of the store as it really is. */
static err
find_socket(const char *dir, struct sockaddr_un *ret)
{
	char folder[PATH_BYTES], name[NAME_LEN + 1];
	char *real = realpath(dir, NULL);
	uint8_t hash[ID_LEN];
	err rc;
	int n;

	if (real == NULL)
		return errno == ENOMEM ? ERR_NOMEM : ERR_ABSENT;
	crypto_hash16(TAG_NAME, &(struct span){ (const uint8_t *)real,
	    strlen(real) }, 1, hash);
	free(real);
	hex_encode(hash, ID_LEN, name);
	rc = find_folder(folder);
	if (rc != ERR_OK)
		return rc;
	memset(ret, 0, sizeof *ret);
	ret->sun_family = AF_UNIX;
	n = snprintf(ret->sun_path, sizeof ret->sun_path, "%s/%s", folder,
	    name);
	if (n <= 0 || n >= (int)sizeof ret->sun_path)
		return ERR_LIMIT;
	return check_folder(folder);
}

/* ---- asking */

/* Reads all of an answer, or nothing is one. */
static err
receive(int fd, struct key_agent_answer *out)
{
	size_t n = 0;

	while (n < sizeof *out) {
		ssize_t got = recv(fd, (uint8_t *)out + n, sizeof *out - n,
		    0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_ABSENT;
		n += (size_t)got;
	}
	return out->version == KEY_AGENT_VERSION ? ERR_OK : ERR_ABSENT;
}

static err
ask(const char *dir, char question, struct key_agent_answer *out)
{
	struct timeval patience = { .tv_sec = 5 };
	struct sockaddr_un address;
	err rc = find_socket(dir, &address);
	int fd;

	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_ABSENT;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ERR_ABSENT;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof patience) != 0 ||
	    connect(fd, (const struct sockaddr *)&address,
	    sizeof address) != 0 || !key_agent_serve_same_user(fd) ||
	    send(fd, &question, 1, MSG_NOSIGNAL) != 1)
		rc = ERR_ABSENT;
	else
		rc = receive(fd, out);
	(void)close(fd);
	return rc;
}

err
key_agent_keys(const char *dir, struct device_keys **ret)
{
	struct key_agent_answer *in = crypto_alloc(sizeof *in);
	struct device_keys *keys = crypto_alloc(sizeof *keys);
	err rc = in != NULL && keys != NULL ?
	    ask(dir, KEY_AGENT_GIVE, in) : ERR_NOMEM;

	if (rc == ERR_OK && in->left_ms == 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK) {
		*keys = in->keys;
		*ret = keys;
		keys = NULL;
	}
	crypto_free(keys);
	crypto_free(in);
	return rc;
}

err
key_agent_left(const char *dir, uint64_t *ret_ms)
{
	struct key_agent_answer in;
	err rc = ask(dir, KEY_AGENT_ASK, &in);

	if (rc == ERR_OK && in.left_ms == 0)
		rc = ERR_ABSENT;
	if (rc == ERR_OK)
		*ret_ms = in.left_ms;
	return rc;
}

err
key_agent_stop(const char *dir)
{
	struct key_agent_answer in;

	return ask(dir, KEY_AGENT_END, &in);
}

/* ---- starting */

static err
make_folder(void)
{
	char folder[PATH_BYTES];
	err rc = find_folder(folder);

	if (rc == ERR_OK && mkdir(folder, 0700) != 0 && errno != EEXIST)
		rc = ERR_IO;
	return rc == ERR_OK ? check_folder(folder) : rc;
}

static err
listen_at(const struct sockaddr_un *address, struct key_agent_serve *a)
{
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return ERR_IO;
	(void)unlink(address->sun_path);
	/* nobody else can enter the folder meanwhile */
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 ||
	    chmod(address->sun_path, 0600) != 0 || listen(fd, QUEUE) != 0 ||
	    lstat(address->sun_path, &st) != 0) {
		(void)close(fd);
		return ERR_IO;
	}
	memcpy(a->path, address->sun_path, sizeof address->sun_path);
	a->device = (uint64_t)st.st_dev;
	a->inode = (uint64_t)st.st_ino;
	a->fd = fd;
	return ERR_OK;
}

static void
close_others(int keep)
{
	long max = sysconf(_SC_OPEN_MAX);
	int null = open("/dev/null", O_RDWR);

	if (max < 0 || max > FILES_MAX)
		max = FILES_MAX;
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)dup2(null, fd);
	for (int fd = 3; fd < max; fd++)
		if (fd != keep)
			(void)close(fd);
}

/* Locked memory is not locked in a child: it takes its own. */
_Noreturn static void
be_agent(struct key_agent_serve *a, const struct device_keys *keys)
{
	key_agent_no_dumps();
	if (setsid() < 0 || chdir("/") != 0)
		_exit(1);
	close_others(a->fd);
	a->keys = crypto_alloc(sizeof *a->keys);
	if (a->keys == NULL)
		_exit(1);
	*a->keys = *keys;
	crypto_free((void *)(uintptr_t)keys);
	key_agent_serve_run(a);
	_exit(0);
}

/* The agent is nobody's child, so nobody needs to wait for it. */
static err
fork_agent(struct key_agent_serve *a, const struct device_keys *keys)
{
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		return ERR_NOMEM;
	if (child == 0) {
		pid_t agent = fork();
		if (agent == 0)
			be_agent(a, keys);
		_exit(agent < 0);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ERR_IO;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_OK :
	    ERR_NOMEM;
}

err
key_agent_start(const char *dir, const struct device_keys *keys,
    uint64_t for_ms)
{
	struct key_agent_serve a = { .fd = -1 };
	struct sockaddr_un address;
	err rc = for_ms >= 1 && for_ms <= KEY_AGENT_MAX_MS ? make_folder() :
	    ERR_VALUE;

	if (rc == ERR_OK)
		rc = find_socket(dir, &address);
	if (rc != ERR_OK)
		return rc;
	/* one that is there has older keys, or another time */
	(void)!key_agent_stop(dir);
	rc = listen_at(&address, &a);
	if (rc != ERR_OK)
		return rc;
	a.until_ms = clock_boot_ms() + for_ms;
	rc = fork_agent(&a, keys);
	if (rc != ERR_OK)
		(void)unlink(address.sun_path);
	(void)close(a.fd);
	return rc;
}
