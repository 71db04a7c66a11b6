/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h -- the one error type of nguon.  Pure.
 *
 * Every function that can fail returns err; ERR_OK is 0.  err_class() alone
 * decides what a caller does about an error: try again, set the thing aside,
 * or tell a person.  A code that is not classed does not compile
 * (-Wswitch-enum in err.c).
 */
#ifndef NGUON_ERR_H
#define NGUON_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

typedef enum err {
	ERR_OK = 0,
	/* this machine: may pass by itself */
	ERR_NOMEM,	/* allocation refused */
	ERR_IO,		/* read, write, fsync or rename failed */
	ERR_FULL,	/* no space left on the device */
	ERR_BUSY,	/* somebody else holds the store */
	/* the link: may pass by itself */
	ERR_NET,	/* no connection, or it broke */
	ERR_HUB_BUSY,	/* the hub answered: come back later */
	/* bytes that are not what they must be */
	ERR_FORMAT,	/* not canonical, or not of the stated shape */
	ERR_LIMIT,	/* larger than limits.h allows */
	ERR_VERSION,	/* written by a newer version of nguon */
	ERR_CHAIN,	/* gap, or does not continue the log's head */
	ERR_FORK,	/* another entry at a seq that is already known */
	ERR_SIG,	/* signature, MAC or authentication tag is wrong */
	ERR_TREE,	/* root, leaf or checkpoint differs from our own */
	ERR_SEEN,	/* seen decreases, or is above the tree */
	ERR_DAMAGED,	/* a file of our own is not as we wrote it */
	/* who may do what */
	ERR_CERT,	/* no certificate valid at this leaf */
	ERR_SCOPE,	/* scope not in the certificate */
	ERR_ROLE,	/* the role may not write this */
	ERR_KEY,	/* a key is missing or does not open */
	ERR_PASS,	/* wrong passphrase */
	ERR_FOREIGN,	/* of another commune (root fingerprint) */
	/* the person at the keyboard */
	ERR_USAGE,	/* wrong words on the command line */
	ERR_VALUE,	/* a value outside of what the field takes */
	ERR_RULE,	/* a rule of the work forbids it (step order ...) */
	ERR_EXISTS,	/* it is there already */
	ERR_ABSENT,	/* it is not there */
	ERR_CHANGED,	/* changed meanwhile: look again (compare-and-set) */
	ERR_UNABLE,	/* this version cannot do that yet */
} err;

enum err_class {
	CLASS_OK,
	CLASS_RETRY,		/* nothing lost; try again */
	CLASS_QUARANTINE,	/* set the bytes aside, go on with the rest */
	CLASS_ALARM,		/* tell a person; sending may stop */
	CLASS_REFUSE,		/* the request was wrong; nothing was written */
};

/* err_class(e): what to do about e.  Total: every code has a class. */
enum err_class err_class(err e);

/* err_name(e): stable lower-case word for --json and logs, e.g. "chain".
 * Static storage; never NULL. */
const char *err_name(err e);

/* err_exit_code(e): the exit code that a verb ends with (README):
 * 0 fine, 1 no, 2 usage, 3 damaged, 4 locked or busy, 5 network,
 * 6 refused, 7 partly done (never from here). */
int err_exit_code(err e);

#endif
