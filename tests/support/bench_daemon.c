/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

_Noreturn static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_daemon: %s\n", what);
	exit(2);
}

/* stderr goes to /dev/null: a line a round is of no use here. */
static pid_t
start(const char *const argv[])
{
	const char *program = getenv("NGUOND");
	pid_t pid = fork();

	if (pid < 0)
		die("no process");
	if (pid > 0)
		return pid;
	if (getenv("BENCH_VERBOSE") == NULL) {
		int nothing = open("/dev/null", O_WRONLY);

		if (nothing >= 0)
			(void)dup2(nothing, STDERR_FILENO);
	}
	(void)execv(program ? program : "build/nguond", (char *const *)argv);
	_exit(127);
}

pid_t
bench_daemon_hub(const char *dir, unsigned *ret_port)
{
	const char *const argv[] = { "nguond", "hub", "--dir", dir, "--listen",
		"127.0.0.1:0", NULL };
	const struct timespec step = { 0, 5000000 };	/* 5 ms */
	char path[8192];
	pid_t pid;

	(void)snprintf(path, sizeof path, "%s/listen", dir);
	(void)unlink(path);
	pid = start(argv);
	for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
		FILE *f = fopen(path, "r");
		unsigned port = 0;

		if (f != NULL) {
			if (fscanf(f, "127.0.0.1:%u", &port) != 1)
				port = 0;
			(void)fclose(f);
		}
		if (port != 0) {
			*ret_port = port;
			return pid;
		}
		(void)nanosleep(&step, NULL);
	}
	die("the hub does not listen");
}

pid_t
bench_daemon_cell(const char *store, unsigned port)
{
	char url[64];
	const char *const argv[] = { "nguond", "cell", "--store", store,
		"--hub", url, NULL };

	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u", port);
	return start(argv);
}

void
bench_daemon_once(const char *store, unsigned port)
{
	char url[64];
	const char *const argv[] = { "nguond", "cell", "--once", "--store",
		store, "--hub", url, NULL };
	int status = 0;
	pid_t pid;

	(void)snprintf(url, sizeof url, "https://127.0.0.1:%u", port);
	pid = start(argv);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		die("nguond cell --once failed");
}

void
bench_daemon_stop(pid_t pid)
{
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
}

double
bench_daemon_memory(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "Private_Dirty: %ld kB", &kb) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);
	return (double)kb / 1024;
}
