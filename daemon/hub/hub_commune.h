/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_commune.h -- what a hub holds of one commune: its keys, the ledger in
 * memory and the store behind it.
 *
 * The folder of a hub:
 *	commune		64 hex digits of the root fingerprint, line feed
 *	hub.key		Ed25519 seed 32, X25519 secret 32; 0600
 *	tls.key, tls.crt	PEM (tls_key.h)
 *	root.segment	one `segment` frame: the first segment of root
 *	hub.db		made at the first start
 *	admitted	there when hub.db has ever had a leaf
 *	hub.lock	held by the one process that writes hub.db
 *	listen		ADDR:PORT that the hub really has, line feed
 */
#ifndef NGUON_HUB_COMMUNE_H
#define NGUON_HUB_COMMUNE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/hub/hub_store.h"

/*
 * Invariants: 1. ledger and store say the same whenever lock is free.
 * 2. ledger is NULL when that could not be kept; hub_commune_load mends it.
 */
struct commune {
	uint8_t root_fpr[HASH_LEN];
	uint8_t *seed;			/* Ed25519; owned, crypto_alloc */
	uint8_t *box_secret;		/* X25519; owned, crypto_alloc */
	uint8_t sign_pub[KEY_LEN];
	uint8_t box_pub[KEY_LEN];
	uint8_t key_id[ID_LEN];
	pthread_mutex_t lock;		/* over ledger and store */
	struct ledger *ledger;
	struct hub_store *store;
	struct ledger_host host;
	int lock_fd;			/* of hub.lock; -1 */
	atomic_bool stopping;		/* finish what is begun, no more */
	atomic_bool broken;		/* ledger is NULL */
};

/*
 * hub_commune_open(dir, mode, ret_what, ret): reads the folder; for
 * HUB_STORE_WRITE takes the lock, makes hub.db if need be, loads the ledger,
 * admits root.segment when the tree is empty, and checks that hub.key is the
 * key that root certified.  HUB_STORE_ANEW: the same for a folder that has
 * lost its hub.db.  For HUB_STORE_READ there is no ledger.  hub.key may be
 * handed over instead (notify.h).
 * Owner: the caller, hub_commune_close.
 * Errors: *ret_what then names the file, in static storage: ERR_ABSENT (of
 * hub.db in HUB_STORE_WRITE: it is lost, nothing was made), ERR_EXISTS ANEW
 * and hub.db is there, ERR_DAMAGED, ERR_BUSY another process has it, ERR_KEY
 * not the certified key, ERR_FOREIGN of another commune, ERR_IO, ERR_FULL,
 * ERR_NOMEM, ERR_VERSION.
 */
MUST_USE err hub_commune_open(const char *dir, enum hub_store_mode mode,
    const char **ret_what, struct commune **ret);
void hub_commune_close(struct commune *c);		/* NULL is allowed */

/* hub_commune_load: the ledger anew from the store, with the lock held.  On an
 * error there is none. */
MUST_USE err hub_commune_load(struct commune *c);

/* hub_commune_stop: what is being admitted ends after its segment. */
void hub_commune_stop(struct commune *c);

/* hub_commune_alive: whether requests are served: takes and gives back the
 * lock.  False when that takes more than wait_s. */
bool hub_commune_alive(struct commune *c, unsigned wait_s);

#endif
