/* SPDX-License-Identifier: Apache-2.0 */
/* beside.c -- the lock, and waiting for who holds it. */
#include "daemon/cell/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "client/store/paths.h"
#include "daemon/cell/exchange.h"
#include "daemon/cell/turn.h"

enum {
	LOOK_MS = 100,
	TICK_MS = 20,		/* more than a tick of a file's time */
};

err
beside_lock(const char *dir, int *ret_fd)
{
	char path[PATH_BYTES];
	err rc = paths_join(dir, "exchange.lock", path);
	int fd;

	if (rc != ERR_OK)
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ERR_IO;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		rc = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
		(void)close(fd);	/* nothing was written */
		return rc;
	}
	*ret_fd = fd;
	return ERR_OK;
}

static void
pause_ms(long ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000 };

	(void)nanosleep(&t, NULL);	/* shorter is no harm */
}

/* What exchange.db says; zeros while it is not there. */
struct sight {
	uint64_t bell_ns, requests, error, reason;
};

static err
look(const char *dir, struct sight *ret)
{
	struct exchange *x = NULL;
	struct sight s = { .bell_ns = 0 };
	bool renewed;
	err rc = exchange_open(dir, EXCHANGE_READ, &renewed, &x);

	if (rc == ERR_OK)
		rc = exchange_get(x, EXCHANGE_BELL_SEEN_NS, &s.bell_ns);
	if (rc == ERR_OK)
		rc = exchange_get(x, EXCHANGE_REQUESTS, &s.requests);
	/* the bell is put last: what is read behind it is as new */
	if (rc == ERR_OK)
		rc = exchange_get(x, EXCHANGE_LAST_ERROR, &s.error);
	if (rc == ERR_OK)
		rc = exchange_get(x, EXCHANGE_LAST_REASON, &s.reason);
	exchange_close(x);
	if (rc == ERR_OK)
		*ret = s;
	return rc;
}

err
beside_ask(const char *dir, struct watch *w, uint64_t wait_ms, int *ret_fd,
    err *ret_error, uint64_t *ret_reason)
{
	struct sight now = { .bell_ns = 0 };
	uint64_t until_ms = watch_now_ms() + wait_ms;
	uint64_t requests = 0;
	uint64_t rung_ns;
	int fd = -1;

	/* so that no earlier ring has the same time */
	pause_ms(TICK_MS);
	paths_ring_bell(dir);
	rung_ns = turn_bell_ns(dir);
	for (;;) {
		if (look(dir, &now) == ERR_OK && now.bell_ns >= rung_ns &&
		    rung_ns != 0) {
			*ret_error = (err)now.error;
			*ret_reason = now.reason;
			break;
		}
		if (beside_lock(dir, &fd) == ERR_OK)
			break;
		if (now.requests != requests) {
			requests = now.requests;
			until_ms = watch_now_ms() + wait_ms;
		}
		if (watch_stopping(w) || watch_now_ms() >= until_ms)
			return ERR_BUSY;
		pause_ms(LOOK_MS);
	}
	*ret_fd = fd;
	return ERR_OK;
}
