/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_relay.h -- stands between a device and its hub on loopback and counts
 * the bytes of TCP that go through, TLS and all.  What fails ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_RELAY_H
#define NGUON_TESTS_SUPPORT_BENCH_RELAY_H

#include <stdint.h>

struct bench_relay;
struct bench_traffic {
	uint64_t up, down;		/* bytes since the start */
	uint64_t connections;
};

/* bench_relay_open: to 127.0.0.1:to; its own port is chosen.  Owner: the
 * caller, bench_relay_close. */
struct bench_relay *bench_relay_open(unsigned to);
unsigned bench_relay_port(const struct bench_relay *r);
void bench_relay_close(struct bench_relay *r);
struct bench_traffic bench_relay_traffic(struct bench_relay *r);
/* bench_relay_quiet: returns when nothing has gone through for half a second,
 * after something has since `before`, or when 10 s are over. */
void bench_relay_quiet(struct bench_relay *r,
    const struct bench_traffic *before);

#endif
