/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_daemon.h -- real `nguond` processes for bench programs.  The program
 * is $NGUOND.  What fails ends the program.
 */
#ifndef NGUON_TESTS_SUPPORT_BENCH_DAEMON_H
#define NGUON_TESTS_SUPPORT_BENCH_DAEMON_H

#include <sys/types.h>

/* bench_daemon_hub: a hub of that folder; returns when it listens. */
pid_t bench_daemon_hub(const char *dir, unsigned *ret_port);
/* bench_daemon_cell: `nguond cell` against 127.0.0.1:port, until it is
 * stopped. */
pid_t bench_daemon_cell(const char *store, unsigned port);
/* bench_daemon_once: `nguond cell --once`; returns when it has ended well. */
void bench_daemon_once(const char *store, unsigned port);
void bench_daemon_stop(pid_t pid);	/* SIGTERM, and waits */
/* Private dirty memory of a process, in megabytes. */
double bench_daemon_memory(pid_t pid);

#endif
