/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_agent_serve.h -- what the two sides of key_agent.h say to each other,
 * and the side that keeps the keys.
 *
 * A question is one byte; the answer to it is all of a struct
 * key_agent_answer, and then the connection ends.
 */
#ifndef NGUON_KEY_AGENT_SERVE_H
#define NGUON_KEY_AGENT_SERVE_H

#include "client/store/key_file.h"
#include "client/store/paths.h"

enum {
	KEY_AGENT_GIVE = 'k',		/* the keys */
	KEY_AGENT_ASK = 's',		/* how long */
	KEY_AGENT_END = 'e',		/* wipe them, then answer */
};
/* Both sides are one program, so this goes over as it is. */
enum { KEY_AGENT_VERSION = 1 };
struct key_agent_answer {
	uint64_t version;
	uint64_t left_ms;		/* 0: none any more */
	struct device_keys keys;	/* zeros unless asked for */
};

/* Whether the process at the other end is of our own user. */
bool key_agent_serve_same_user(int fd);

struct key_agent_serve {
	int fd;				/* listens */
	char path[PATH_BYTES];		/* of the socket, and which it is */
	uint64_t device, inode;
	uint64_t until_ms;		/* clock_boot_ms */
	struct device_keys *keys;	/* owned */
};
/* Serves until the end, then frees the keys and removes the socket. */
void key_agent_serve_run(struct key_agent_serve *a);

#endif
