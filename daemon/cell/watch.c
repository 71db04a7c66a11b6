/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c -- signals, clock, store folder and link behind one poll(2). */
#include "daemon/cell/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

enum {
	EVENT_BYTES = 8192,	/* read at a time */
	LOOK_AGAIN_MS = 10000,	/* for a folder that is not there */
};

struct watch {
	const char *dir;		/* borrowed */
	int signal_fd, timer_fd;
	int inotify_fd, netlink_fd;	/* -1: done without */
	int folder;			/* inotify's watch of dir; -1: none */
	unsigned pending;		/* signals seen, WATCH_STOP for good */
	sigset_t old_mask;
};

uint64_t
watch_now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_BOOTTIME, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);	/* nothing was written */
}

/* ---- opening */

static int
open_netlink(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
		    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address,
	    sizeof address) != 0) {
		close_fd(fd);
		fd = -1;
	}
	return fd;
}

/* The folder, once it is there. */
static bool
watch_folder(struct watch *w)
{
	if (w->folder >= 0 || w->inotify_fd < 0)
		return false;
	w->folder = inotify_add_watch(w->inotify_fd, w->dir,
	    IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO |
	    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
	return w->folder >= 0;
}

err
watch_open(const char *dir, struct watch **ret)
{
	struct watch *w = calloc(1, sizeof *w);
	sigset_t set;

	if (w == NULL)
		return ERR_NOMEM;
	w->dir = dir;
	w->folder = -1;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, &w->old_mask);
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->timer_fd = timerfd_create(CLOCK_BOOTTIME,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	w->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w->netlink_fd = open_netlink();
	if (w->signal_fd < 0 || w->timer_fd < 0) {
		watch_close(w);
		return ERR_IO;
	}
	(void)watch_folder(w);	/* tried again at each wait */
	*ret = w;
	return ERR_OK;
}

void
watch_close(struct watch *w)
{
	if (w == NULL)
		return;
	close_fd(w->signal_fd);
	close_fd(w->timer_fd);
	close_fd(w->inotify_fd);
	close_fd(w->netlink_fd);
	(void)sigprocmask(SIG_SETMASK, &w->old_mask, NULL);
	free(w);
}

/* ---- reading what happened */

static void
take_signals(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof info) ==
	    (ssize_t)sizeof info)
		w->pending |= info.ssi_signo == SIGHUP ? WATCH_PERSON :
		    WATCH_STOP;
}

/* What the daemon itself writes in the folder (exchange.db) must not wake it.
 * The WAL of nguon.db tells too early: before its commit can be seen. */
static bool
is_ours(const struct inotify_event *e, const char *name)
{
	if (e->len == 0)
		return false;
	if (strcmp(name, "bell") == 0)
		return true;
	return (e->mask & (IN_CREATE | IN_MOVED_TO)) != 0 &&
	    strcmp(name, "nguon.db") == 0;
}

static unsigned
take_folder(struct watch *w)
{
	char bytes[EVENT_BYTES];
	struct inotify_event e;
	unsigned events = 0;
	ssize_t n;

	while ((n = read(w->inotify_fd, bytes, sizeof bytes)) > 0) {
		size_t at = 0;

		while ((size_t)n - at >= sizeof e) {
			memcpy(&e, bytes + at, sizeof e);
			if ((e.mask & IN_Q_OVERFLOW) != 0 ||
			    is_ours(&e, bytes + at + sizeof e))
				events |= WATCH_STORE;
			if ((e.mask & IN_MOVE_SELF) != 0 && w->folder >= 0)
				(void)inotify_rm_watch(w->inotify_fd,
				    w->folder);
			if ((e.mask & IN_IGNORED) != 0)
				w->folder = -1;	/* it is gone */
			at += sizeof e + e.len;
		}
	}
	return events;
}

/* Whether an address came, or a route to everywhere. */
static bool
is_link_up(const struct nlmsghdr *h, const char *body, size_t n)
{
	struct rtmsg route;

	if (h->nlmsg_type == RTM_NEWADDR)
		return true;
	if (h->nlmsg_type != RTM_NEWROUTE || n < sizeof route)
		return false;
	memcpy(&route, body, sizeof route);
	return route.rtm_dst_len == 0;
}

static unsigned
take_link(struct watch *w)
{
	char bytes[EVENT_BYTES];
	struct nlmsghdr h;
	unsigned events = 0;
	ssize_t n;

	while ((n = recv(w->netlink_fd, bytes, sizeof bytes, 0)) > 0) {
		size_t at = 0;

		while ((size_t)n - at >= sizeof h) {
			size_t left = (size_t)n - at;

			memcpy(&h, bytes + at, sizeof h);
			if (h.nlmsg_len < sizeof h || h.nlmsg_len > left)
				break;
			if (is_link_up(&h, bytes + at + sizeof h,
			    h.nlmsg_len - sizeof h))
				events |= WATCH_LINK;
			at += ((size_t)h.nlmsg_len + 3) & ~(size_t)3;
			if (at > (size_t)n)
				break;
		}
	}
	if (n < 0 && errno == ENOBUFS)
		events |= WATCH_LINK;	/* some were lost */
	return events;
}

bool
watch_stopping(struct watch *w)
{
	take_signals(w);
	return (w->pending & WATCH_STOP) != 0;
}

/* ---- waiting */

static err
set_timer(struct watch *w, uint64_t until_ms)
{
	struct itimerspec t = { .it_value = { .tv_sec = 0 } };

	t.it_value.tv_sec = (time_t)(until_ms / 1000);
	t.it_value.tv_nsec = (long)(until_ms % 1000) * 1000000;
	if (until_ms == 0)
		t.it_value.tv_nsec = 1;		/* zeros would disarm it */
	return timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &t, NULL) ==
	    0 ? ERR_OK : ERR_IO;
}

/* One poll(2); *ret_events may be 0. */
static err
wait_once(struct watch *w, unsigned *ret_events)
{
	struct pollfd fds[] = {
		{ .fd = w->signal_fd, .events = POLLIN },
		{ .fd = w->timer_fd, .events = POLLIN },
		/* skipped if -1 */
		{ .fd = w->inotify_fd, .events = POLLIN },
		{ .fd = w->netlink_fd, .events = POLLIN },
	};
	int timeout_ms = w->folder < 0 ? LOOK_AGAIN_MS : -1;
	unsigned events = 0;

	if (poll(fds, sizeof fds / sizeof fds[0], timeout_ms) < 0)
		return errno == EINTR ? ERR_OK : ERR_IO;
	if (fds[1].revents != 0)
		events |= WATCH_TIME;
	if (fds[2].revents != 0)
		events |= take_folder(w);
	if (fds[3].revents != 0)
		events |= take_link(w);
	if (watch_folder(w))
		events |= WATCH_STORE;
	*ret_events = events;
	return ERR_OK;
}

err
watch_wait(struct watch *w, uint64_t until_ms, unsigned *ret_events)
{
	unsigned events = 0;
	err rc;

	if ((rc = set_timer(w, until_ms)) != ERR_OK)
		return rc;
	if (watch_folder(w))
		events |= WATCH_STORE;
	take_signals(w);
	while ((events | w->pending) == 0) {
		if ((rc = wait_once(w, &events)) != ERR_OK)
			return rc;
		take_signals(w);
	}
	*ret_events = events | w->pending;
	w->pending &= WATCH_STOP;
	return ERR_OK;
}
