/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_agent_serve.c -- the side that keeps the keys.
 */
#define _GNU_SOURCE			/* struct ucred */
#include "client/store/key_agent_serve.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "client/store/clock.h"

/* How often it looks whether its socket is still there, and how long one
 * connection may keep the others waiting. */
enum { LOOK_MS = 3000, PATIENCE_US = 500000 };

bool
key_agent_serve_same_user(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t n = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	    n == sizeof peer && peer.uid == geteuid();
}

static uint64_t
left(const struct key_agent_serve *a)
{
	uint64_t now = clock_boot_ms();

	return now < a->until_ms ? a->until_ms - now : 0;
}

/* Wakes at the end even if the machine slept until then. */
static int
alarm_at_end(const struct key_agent_serve *a)
{
	uint64_t ms = left(a);
	struct itimerspec t = { .it_value = {
	    .tv_sec = (time_t)(ms / 1000),
	    .tv_nsec = (long)(ms % 1000) * 1000000 + 1 } };
	int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);

	/* without one it looks every LOOK_MS */
	if (fd >= 0)
		(void)timerfd_settime(fd, 0, &t, NULL);
	return fd;
}

/* Whether the socket's file is still that of this agent. */
static bool
is_there(const struct key_agent_serve *a)
{
	struct stat now;

	return lstat(a->path, &now) == 0 && now.st_ino == a->inode &&
	    now.st_dev == a->device;
}

/* A new agent may have taken the name since. */
static void
wipe(struct key_agent_serve *a)
{
	crypto_free(a->keys);
	a->keys = NULL;
	if (is_there(a))
		(void)unlink(a->path);
}

/* One question. */
static void
answer(struct key_agent_serve *a, int fd)
{
	struct timeval patience = { .tv_usec = PATIENCE_US };
	struct key_agent_answer out = { .version = KEY_AGENT_VERSION };
	char question = 0;

	if (!key_agent_serve_same_user(fd) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof patience) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof patience) != 0 || recv(fd, &question, 1, 0) != 1)
		return;
	out.left_ms = left(a);
	if (question == KEY_AGENT_END || out.left_ms == 0) {
		wipe(a);
		out.left_ms = 0;
	} else if (question == KEY_AGENT_GIVE) {
		out.keys = *a->keys;
	}
	(void)send(fd, &out, sizeof out, MSG_NOSIGNAL);
	crypto_wipe(&out, sizeof out);
}

void
key_agent_serve_run(struct key_agent_serve *a)
{
	struct pollfd fds[2] = {
		{ .fd = a->fd, .events = POLLIN },
		{ .fd = alarm_at_end(a), .events = POLLIN },
	};
	int fd;

	while (a->keys != NULL && left(a) > 0 && is_there(a)) {
		if (poll(fds, 2, LOOK_MS) < 0 && errno != EINTR)
			break;
		if ((fds[0].revents & POLLIN) == 0)
			continue;
		fd = accept(a->fd, NULL, NULL);
		if (fd < 0)
			continue;
		answer(a, fd);
		(void)close(fd);
	}
	if (a->keys != NULL)
		wipe(a);
	if (fds[1].fd >= 0)
		(void)close(fds[1].fd);
	(void)close(a->fd);
}
