/* SPDX-License-Identifier: Apache-2.0 */
/* hub_commune.c -- the hub's folder: keys, ledger and store of one commune. */
#include "daemon/hub/hub_commune.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/store/paths.h"
#include "daemon/hub/admit.h"
#include "daemon/notify.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

#define ADMITTED "admitted"

enum { FINGERPRINT_FILE = 2 * HASH_LEN + 1, HUB_KEY_FILE = 2 * KEY_LEN };

static err
read_file(const char *dir, const char *name, size_t max, struct buf *out)
{
	char path[PATH_BYTES];
	err rc;

	if ((rc = paths_join(dir, name, path)) != ERR_OK)
		return rc;
	rc = paths_read(path, max, out);
	return rc == ERR_LIMIT ? ERR_DAMAGED : rc;
}

static err
read_fingerprint(const char *dir, uint8_t ret[static HASH_LEN])
{
	struct buf text = { .p = NULL };
	char hex[FINGERPRINT_FILE];
	err rc;

	rc = read_file(dir, "commune", FINGERPRINT_FILE, &text);
	if (rc == ERR_OK &&
	    (text.n != FINGERPRINT_FILE || text.p[text.n - 1] != '\n'))
		rc = ERR_DAMAGED;
	if (rc == ERR_OK) {
		memcpy(hex, text.p, FINGERPRINT_FILE - 1);
		hex[FINGERPRINT_FILE - 1] = '\0';
		if (hex_decode(hex, ret, HASH_LEN) != ERR_OK)
			rc = ERR_DAMAGED;
	}
	buf_free(&text);
	return rc;
}

static err
read_keys(const char *dir, struct commune *c)
{
	char path[PATH_BYTES];
	struct buf raw = { .p = NULL };
	err rc;

	c->seed = crypto_alloc(KEY_LEN);
	c->box_secret = crypto_alloc(KEY_LEN);
	if (c->seed == NULL || c->box_secret == NULL)
		return ERR_NOMEM;
	if ((rc = notify_secret(dir, "hub.key", path)) != ERR_OK)
		return rc;
	rc = paths_read_secret(path, HUB_KEY_FILE, &raw);
	if (rc == ERR_LIMIT || (rc == ERR_OK && raw.n != HUB_KEY_FILE))
		rc = ERR_DAMAGED;
	if (rc == ERR_OK) {
		memcpy(c->seed, raw.p, KEY_LEN);
		memcpy(c->box_secret, raw.p + KEY_LEN, KEY_LEN);
		crypto_sign_public(c->seed, c->sign_pub);
		crypto_box_public(c->box_secret, c->box_pub);
		chain_key_id(c->sign_pub, c->key_id);
	}
	if (raw.p != NULL)
		crypto_wipe(raw.p, raw.n);
	buf_free(&raw);
	return rc;
}

static err
take_lock(const char *dir, int *ret_fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_BYTES];
	int fd;
	err rc;

	if ((rc = paths_join(dir, "hub.lock", path)) != ERR_OK)
		return rc;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ERR_IO;
	if (fcntl(fd, F_SETLK, &whole) != 0) {
		(void)close(fd); /* nothing was written */
		return ERR_BUSY;
	}
	*ret_fd = fd;
	return ERR_OK;
}

/* ---- the ledger from the store */

static err
host_entry_at(void *ctx, const uint8_t log[ID_LEN], uint64_t seq,
    uint8_t ret_hash[HASH_LEN], uint64_t *ret_line_seen)
{
	struct commune *c = ctx;

	return hub_store_entry_at(c->store, log, seq, ret_hash,
	    ret_line_seen);
}

struct loading {
	struct commune *c;
	struct ledger *ledger;
	struct place place;
	struct entry entry;
	uint64_t next;
};

static err
load_leaf(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct loading *l = ctx;
	uint8_t hash[HASH_LEN];

	(void)ret_stop; /* all of them */
	if (leaf->index != l->next++)
		return ERR_DAMAGED;
	tree_inner_hash(&leaf->inner, hash);
	return ledger_load_leaf(l->ledger, leaf->scope, hash,
	    leaf->inner.time_ms);
}

static err
load_root_entry(void *ctx, const struct hub_entry *e)
{
	struct loading *l = ctx;
	err rc;

	rc = entry_parse(e->raw, &l->entry);
	if (rc != ERR_OK)
		return rc == ERR_NOMEM ? rc : ERR_DAMAGED;
	l->place.seq = e->seq;
	l->place.line_seen = e->line_seen;
	return ledger_load_root_entry(l->ledger, &l->place, &l->entry);
}

static err
load_root_leaf(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct loading *l = ctx;

	(void)ret_stop; /* all of them */
	if (memcmp(leaf->scope, scope_root, SCOPE_LEN) != 0)
		return ERR_OK;
	memcpy(l->place.scope, leaf->scope, SCOPE_LEN);
	memcpy(l->place.log, leaf->inner.log, ID_LEN);
	memcpy(l->place.author, leaf->author, KEY_LEN);
	l->place.leaf = leaf->index;
	l->place.leaf_time = leaf->inner.time_ms;
	return hub_store_entries(l->c->store, leaf->inner.log,
	    leaf->inner.first, leaf->inner.last, load_root_entry, l);
}

static err
load_log(void *ctx, const struct log_head *head)
{
	struct loading *l = ctx;

	return ledger_load_log(l->ledger, head);
}

err
hub_commune_load(struct commune *c)
{
	struct loading l = { .c = c };
	err rc = ERR_NOMEM;

	atomic_store(&c->broken, true);
	ledger_free(c->ledger);
	c->ledger = NULL;
	l.ledger = ledger_new(c->root_fpr, &c->host);
	if (l.ledger == NULL)
		goto out;
	rc = hub_store_leaves(c->store, 0, UINT64_MAX, load_leaf, &l);
	if (rc == ERR_OK)
		rc = hub_store_leaves(c->store, 0, UINT64_MAX,
		    load_root_leaf, &l);
	if (rc == ERR_OK)
		rc = hub_store_logs(c->store, load_log, &l);
	if (rc != ERR_OK)
		goto out;
	c->ledger = l.ledger;
	l.ledger = NULL;
	atomic_store(&c->broken, false);
out:
	entry_free(&l.entry);
	ledger_free(l.ledger);
	return rc;
}

/* ---- opening */

/* The first leaf: root's own segment, from the folder. */
static err
admit_root(const char *dir, struct commune *c)
{
	struct buf raw = { .p = NULL };
	struct frame frame;
	struct admission a;
	size_t used;
	err rc;

	admit_begin(&a, c);
	rc = read_file(dir, "root.segment", LIMIT_FRAME_BYTES, &raw);
	if (rc != ERR_OK)
		goto out;
	rc = frame_read(buf_span(&raw), &frame, &used);
	if (rc == ERR_OK && (used != raw.n || frame.type != FRAME_SEGMENT))
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		rc = admit_segment(&a, &frame.u.segment);
	if (rc == ERR_OK)
		rc = admit_commit(&a);
	if (rc == ERR_OK && ledger_size(c->ledger) != 1)
		rc = ERR_DAMAGED; /* or root of another commune wrote it */
	if (rc == ERR_FORMAT || rc == ERR_LIMIT)
		rc = ERR_DAMAGED;
out:
	admit_end(&a);
	buf_free(&raw);
	return rc;
}

static err
check_key(const struct commune *c)
{
	struct hub_key key;

	if (roster_hub_key(ledger_roster(c->ledger), ledger_size(c->ledger),
		&key) != ERR_OK ||
	    memcmp(key.sign_pub, c->sign_pub, KEY_LEN) != 0 ||
	    memcmp(key.box_pub, c->box_pub, KEY_LEN) != 0)
		return ERR_KEY;
	return ERR_OK;
}

/* note_admitted: from now on a folder without hub.db has lost it. */
static err
note_admitted(const char *dir)
{
	static const char text[] =
	    "Entries were admitted here.  They are in hub.db.\n";
	char path[PATH_BYTES];
	err rc;

	if ((rc = paths_join(dir, ADMITTED, path)) != ERR_OK)
		return rc;
	rc = paths_write(path,
	    (struct span){ (const uint8_t *)text, sizeof text - 1 }, 0644,
	    PATHS_NEW_ONLY);
	return rc == ERR_EXISTS ? ERR_OK : rc;
}

/* check_lost: what admitted once must not begin a second tree by itself; nor
 * may a tree that is there be begun anew. */
static err
check_lost(const char *dir, enum hub_store_mode mode, const struct commune *c)
{
	struct hub_store *s = NULL;
	char path[PATH_BYTES];
	uint64_t leaves = 0;
	err rc;

	rc = hub_store_open(dir, HUB_STORE_READ, c->root_fpr, &s);
	if (rc == ERR_OK)
		rc = hub_store_size(s, &leaves);
	hub_store_close(s);
	if (rc == ERR_BUSY)
		return ERR_OK; /* of an older version: it is there */
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	if (leaves > 0)
		return mode == HUB_STORE_ANEW ? ERR_EXISTS : ERR_OK;
	if (mode == HUB_STORE_ANEW)
		return ERR_OK;
	if ((rc = paths_join(dir, ADMITTED, path)) != ERR_OK)
		return rc;
	return access(path, F_OK) == 0 ? ERR_ABSENT : ERR_OK;
}

static err
open_writing(const char *dir, enum hub_store_mode mode, struct commune *c,
    const char **what)
{
	err rc;

	*what = "hub.lock";
	if ((rc = take_lock(dir, &c->lock_fd)) != ERR_OK)
		return rc;
	*what = "hub.db";
	if ((rc = check_lost(dir, mode, c)) != ERR_OK)
		return rc;
	rc = hub_store_open(dir, mode, c->root_fpr, &c->store);
	if (rc != ERR_OK || (rc = hub_commune_load(c)) != ERR_OK)
		return rc;
	*what = "root.segment";
	if (ledger_size(c->ledger) == 0 && (rc = admit_root(dir, c)) != ERR_OK)
		return rc;
	*what = ADMITTED;
	if ((rc = note_admitted(dir)) != ERR_OK)
		return rc;
	*what = "hub.key";
	return check_key(c);
}

err
hub_commune_open(const char *dir, enum hub_store_mode mode,
    const char **ret_what, struct commune **ret)
{
	const char *what = "memory";
	struct commune *c = calloc(1, sizeof *c);
	err rc = ERR_NOMEM;

	if (c == NULL)
		goto out;
	c->lock_fd = -1;
	c->host = (struct ledger_host){ c, host_entry_at };
	atomic_init(&c->stopping, false);
	atomic_init(&c->broken, true);
	if (pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c);
		c = NULL;
		goto out;
	}
	what = "commune";
	if ((rc = read_fingerprint(dir, c->root_fpr)) != ERR_OK)
		goto out;
	what = "hub.key";
	if ((rc = read_keys(dir, c)) != ERR_OK)
		goto out;
	if (mode != HUB_STORE_READ) {
		rc = open_writing(dir, mode, c, &what);
	} else {
		what = "hub.db";
		rc = hub_store_open(dir, mode, c->root_fpr, &c->store);
	}
	if (rc != ERR_OK)
		goto out;
	*ret = c;
	c = NULL;
out:
	if (rc != ERR_OK)
		*ret_what = what;
	hub_commune_close(c);
	return rc;
}

void
hub_commune_close(struct commune *c)
{
	if (c == NULL)
		return;
	ledger_free(c->ledger);
	hub_store_close(c->store);
	crypto_free(c->seed);
	crypto_free(c->box_secret);
	if (c->lock_fd >= 0)
		(void)close(c->lock_fd); /* only held, never written */
	(void)pthread_mutex_destroy(&c->lock); /* nobody holds it */
	free(c);
}

void
hub_commune_stop(struct commune *c)
{
	atomic_store(&c->stopping, true);
}

bool
hub_commune_alive(struct commune *c, unsigned wait_s)
{
	struct timespec until;

	if (clock_gettime(CLOCK_REALTIME, &until) != 0)
		return false;
	until.tv_sec += (time_t)wait_s;
	if (pthread_mutex_timedlock(&c->lock, &until) != 0)
		return false;
	(void)pthread_mutex_unlock(&c->lock); /* it is ours */
	return !atomic_load(&c->broken);
}
