/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS = 16, BYTES = 65536, QUIET_MS = 500, PATIENCE_MS = 10000 };

struct bench_relay {
	int listener;
	unsigned port, to;
	int near[PAIRS], far[PAIRS];	/* the device's end, the hub's */
	int pairs;
	atomic_ullong up, down, connections;
	atomic_bool stop;
	pthread_t thread;
	uint8_t bytes[BYTES];
};

_Noreturn static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_relay: %s\n", what);
	exit(2);
}

static struct sockaddr_in
loopback(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static void
set_nodelay(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void
take_connection(struct bench_relay *r)
{
	struct sockaddr_in hub = loopback(r->to);
	int near = accept(r->listener, NULL, NULL), far;

	if (near < 0)
		return;
	far = socket(AF_INET, SOCK_STREAM, 0);
	if (r->pairs == PAIRS || far < 0 ||
	    connect(far, (struct sockaddr *)&hub, sizeof hub) != 0) {
		(void)close(near);
		(void)close(far);
		return;
	}
	set_nodelay(near);
	set_nodelay(far);
	r->near[r->pairs] = near;
	r->far[r->pairs++] = far;
	atomic_fetch_add(&r->connections, 1);
}

/* false: the connection has ended. */
static bool
carry(struct bench_relay *r, int from, int to, atomic_ullong *counter)
{
	ssize_t n = read(from, r->bytes, BYTES), done = 0, m;

	if (n <= 0)
		return false;
	atomic_fetch_add(counter, (unsigned long long)n);
	for (; done < n; done += m) {
		m = send(to, r->bytes + done, (size_t)(n - done),
		    MSG_NOSIGNAL);
		if (m <= 0)
			return false;
	}
	return true;
}

static void
drop(struct bench_relay *r, int i)
{
	(void)close(r->near[i]);
	(void)close(r->far[i]);
	r->pairs--;
	r->near[i] = r->near[r->pairs];
	r->far[i] = r->far[r->pairs];
}

static void *
run(void *arg)
{
	struct bench_relay *r = arg;

	while (!atomic_load(&r->stop)) {
		struct pollfd fds[1 + 2 * PAIRS];
		int pairs = r->pairs;

		fds[0] = (struct pollfd){ r->listener, POLLIN, 0 };
		for (int i = 0; i < pairs; i++) {
			fds[1 + 2 * i] = (struct pollfd){ r->near[i], POLLIN,
				0 };
			fds[2 + 2 * i] = (struct pollfd){ r->far[i], POLLIN,
				0 };
		}
		if (poll(fds, (nfds_t)(1 + 2 * pairs), 50) <= 0)
			continue;
		for (int i = pairs - 1; i >= 0; i--)
			if ((fds[1 + 2 * i].revents != 0 &&
			    !carry(r, r->near[i], r->far[i], &r->up)) ||
			    (fds[2 + 2 * i].revents != 0 &&
			    !carry(r, r->far[i], r->near[i], &r->down)))
				drop(r, i);
		if (fds[0].revents != 0)
			take_connection(r);
	}
	return NULL;
}

struct bench_relay *
bench_relay_open(unsigned to)
{
	struct bench_relay *r = calloc(1, sizeof *r);
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof a;

	if (r == NULL)
		die("no memory");
	r->to = to;
	r->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (r->listener < 0 ||
	    bind(r->listener, (struct sockaddr *)&a, sizeof a) != 0 ||
	    listen(r->listener, PAIRS) != 0 ||
	    getsockname(r->listener, (struct sockaddr *)&a, &n) != 0)
		die("no port");
	r->port = ntohs(a.sin_port);
	if (pthread_create(&r->thread, NULL, run, r) != 0)
		die("no thread");
	return r;
}

unsigned
bench_relay_port(const struct bench_relay *r)
{
	return r->port;
}

void
bench_relay_close(struct bench_relay *r)
{
	atomic_store(&r->stop, true);
	(void)pthread_join(r->thread, NULL);
	while (r->pairs > 0)
		drop(r, 0);
	(void)close(r->listener);
	free(r);
}

struct bench_traffic
bench_relay_traffic(struct bench_relay *r)
{
	return (struct bench_traffic){ atomic_load(&r->up),
		atomic_load(&r->down), atomic_load(&r->connections) };
}

void
bench_relay_quiet(struct bench_relay *r, const struct bench_traffic *before)
{
	const struct timespec step = { 0, 10000000 };	/* 10 ms */
	uint64_t seen = before->up + before->down;
	int quiet = 0;

	for (int ms = 0; ms < PATIENCE_MS && quiet < QUIET_MS; ms += 10) {
		struct bench_traffic t;

		(void)nanosleep(&step, NULL);
		t = bench_relay_traffic(r);
		if (t.up + t.down == before->up + before->down)
			continue;
		quiet = t.up + t.down == seen ? quiet + 10 : 0;
		seen = t.up + t.down;
	}
}
