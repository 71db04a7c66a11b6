/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.c -- class, name and exit code of every error.
 *
 * The switches have no default: -Wswitch-enum names a code that was
 * forgotten.  What stands behind them serves a number that is no code.
 */
#include "protocol/err.h"

enum err_class
err_class(err e)
{
	switch (e) {
	case ERR_OK: return CLASS_OK;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_FULL:
	case ERR_BUSY:
	case ERR_NET:
	case ERR_HUB_BUSY: return CLASS_RETRY;
	case ERR_FORMAT:
	case ERR_LIMIT:
	case ERR_VERSION:
	case ERR_CHAIN:
	case ERR_SIG:
	case ERR_SEEN: return CLASS_QUARANTINE;
	case ERR_FORK:		/* both signed heads are kept as evidence */
	case ERR_TREE:		/* both signed statements likewise */
	case ERR_DAMAGED:
	case ERR_CERT:
	case ERR_SCOPE:
	case ERR_KEY:
	case ERR_FOREIGN: return CLASS_ALARM;
	case ERR_ROLE:
	case ERR_PASS:
	case ERR_USAGE:
	case ERR_VALUE:
	case ERR_RULE:
	case ERR_EXISTS:
	case ERR_ABSENT:
	case ERR_CHANGED:
	case ERR_UNABLE: return CLASS_REFUSE;
	}
	return CLASS_ALARM;
}

const char *
err_name(err e)
{
	switch (e) {
	case ERR_OK: return "ok";
	case ERR_NOMEM: return "no-memory";
	case ERR_IO: return "io";
	case ERR_FULL: return "disk-full";
	case ERR_BUSY: return "busy";
	case ERR_NET: return "network";
	case ERR_HUB_BUSY: return "hub-busy";
	case ERR_FORMAT: return "format";
	case ERR_LIMIT: return "limit";
	case ERR_VERSION: return "version";
	case ERR_CHAIN: return "chain";
	case ERR_FORK: return "fork";
	case ERR_SIG: return "signature";
	case ERR_TREE: return "tree";
	case ERR_SEEN: return "seen";
	case ERR_DAMAGED: return "damaged";
	case ERR_CERT: return "certificate";
	case ERR_SCOPE: return "scope";
	case ERR_ROLE: return "role";
	case ERR_KEY: return "key";
	case ERR_PASS: return "passphrase";
	case ERR_FOREIGN: return "foreign";
	case ERR_USAGE: return "usage";
	case ERR_VALUE: return "value";
	case ERR_RULE: return "rule";
	case ERR_EXISTS: return "exists";
	case ERR_ABSENT: return "absent";
	case ERR_CHANGED: return "changed";
	case ERR_UNABLE: return "unable";
	}
	return "unknown";
}

enum exit_code {
	EXIT_FINE = 0,
	EXIT_NO = 1,
	EXIT_USAGE = 2,
	EXIT_DAMAGED = 3,
	EXIT_BUSY = 4,
	EXIT_NETWORK = 5,
	EXIT_REFUSED = 6,
};

int
err_exit_code(err e)
{
	switch (e) {
	case ERR_OK: return EXIT_FINE;
	case ERR_EXISTS:
	case ERR_ABSENT:
	case ERR_CHANGED: return EXIT_NO;
	case ERR_USAGE:
	case ERR_VALUE: return EXIT_USAGE;
	case ERR_FORMAT:
	case ERR_LIMIT:
	case ERR_VERSION:
	case ERR_CHAIN:
	case ERR_FORK:
	case ERR_SIG:
	case ERR_TREE:
	case ERR_SEEN:
	case ERR_DAMAGED: return EXIT_DAMAGED;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_FULL:
	case ERR_BUSY:
	case ERR_PASS: return EXIT_BUSY; /* the store stays locked */
	case ERR_NET:
	case ERR_HUB_BUSY: return EXIT_NETWORK;
	case ERR_CERT:
	case ERR_SCOPE:
	case ERR_ROLE:
	case ERR_KEY:
	case ERR_FOREIGN:
	case ERR_RULE:
	case ERR_UNABLE: return EXIT_REFUSED;
	}
	return EXIT_DAMAGED;
}
