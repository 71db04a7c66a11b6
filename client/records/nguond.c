/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/nguond.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/store/paths.h"

extern char **environ;

/* The nguond beside this program; false: there is none. */
static bool
beside(char ret[static PATH_BYTES])
{
	static const char name[] = "nguond";
	ssize_t n = readlink("/proc/self/exe", ret, PATH_BYTES - 1);
	char *slash;

	if (n <= 0 || n >= PATH_BYTES - 1)
		return false;
	ret[n] = '\0';
	slash = strrchr(ret, '/');
	if (slash == NULL ||
	    (size_t)(slash - ret) + 1 + sizeof name > PATH_BYTES)
		return false;
	memcpy(slash + 1, name, sizeof name);
	return access(ret, X_OK) == 0;
}

static err
start(const char *const argv[], enum nguond_log log, int out_fd,
    pid_t *ret_pid)
{
	char path[PATH_BYTES];
	char *words[NGUOND_WORDS + 1] = { NULL };
	posix_spawn_file_actions_t fa;
	int rc;

	/* what posix_spawn takes is not const and is not written to */
	for (size_t i = 0; argv[i] != NULL; i++) {
		if (i == NGUOND_WORDS)
			return ERR_LIMIT;
		memcpy(&words[i], &argv[i], sizeof words[i]);
	}
	if (posix_spawn_file_actions_init(&fa) != 0)
		return ERR_NOMEM;
	rc = posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&fa, out_fd,
		    STDOUT_FILENO);
	if (rc == 0 && log == NGUOND_LOG_DROPPED)
		rc = posix_spawn_file_actions_addopen(&fa, STDERR_FILENO,
		    "/dev/null", O_WRONLY, 0);
	if (rc == 0)
		rc = beside(path) ?
		    posix_spawn(ret_pid, path, &fa, NULL, words, environ) :
		    posix_spawnp(ret_pid, argv[0], &fa, NULL, words, environ);
	(void)posix_spawn_file_actions_destroy(&fa);
	if (rc == 0)
		return ERR_OK;
	return rc == ENOENT || rc == EACCES ? ERR_UNABLE :
	    rc == ENOMEM ? ERR_NOMEM : ERR_IO;
}

/* All that comes is read, so that it can end; what is too much is dropped. */
static void
drain(int fd, struct buf *out)
{
	uint8_t bytes[4096];
	size_t room = NGUOND_OUTPUT_BYTES;

	for (;;) {
		ssize_t n = read(fd, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		size_t keep = (size_t)n < room ? (size_t)n : room;
		buf_put(out, bytes, keep);
		room -= keep;
	}
}

static err
await(pid_t pid, int *ret_status)
{
	int status = 0;
	pid_t got;

	do {
		got = waitpid(pid, &status, 0);
	} while (got < 0 && errno == EINTR);
	if (got != pid)
		return ERR_IO;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	return ERR_OK;
}

err
nguond_run(const char *const argv[], enum nguond_log log, struct buf *out,
    int *ret_status)
{
	int ends[2];
	pid_t pid = -1;

	if (pipe(ends) != 0)
		return ERR_IO;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	err rc = start(argv, log, ends[1], &pid);
	(void)close(ends[1]);
	if (rc == ERR_OK) {
		drain(ends[0], out);
		rc = await(pid, ret_status);
	}
	(void)close(ends[0]);
	if (rc == ERR_OK && *ret_status == 127)
		rc = ERR_UNABLE;	/* what a shell says of no program */
	return rc != ERR_OK ? rc : buf_err(out);
}

err
nguond_sync(const char *dir)
{
	const char *const argv[] = {
		"nguond", "cell", "--once", "--store", dir, NULL,
	};
	struct buf out = { 0 };
	int status = 0;
	err rc = nguond_run(argv, NGUOND_LOG_DROPPED, &out, &status);

	buf_free(&out);
	if (rc != ERR_OK)
		return rc;
	switch (status) {
	case 0:
	case 1:
	case 7:
		return ERR_OK;
	case 2:
		return ERR_USAGE;
	case 4:
		return ERR_BUSY;
	case 5:
		return ERR_NET;
	case 6:
		return ERR_CERT;
	default:
		return ERR_DAMAGED;
	}
}
