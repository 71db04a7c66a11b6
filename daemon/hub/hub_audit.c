/* SPDX-License-Identifier: Apache-2.0 */
/* hub_audit.c -- the hub's audit file. */
#include "daemon/hub/hub_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/store/clock.h"
#include "client/store/paths.h"
#include "daemon/hub/leaf_frame.h"
#include "protocol/checkpoint.h"
#include "protocol/frame.h"
#include "protocol/packet.h"

struct export {
	struct commune *c;
	struct packet_writer *writer;
	struct tree *tree;
	struct buf frame;
	struct buf out;
	int fd;
};

static err
io_error(void)
{
	return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

/* drain: what is in out goes to the file. */
static err
drain(struct export *e)
{
	size_t done = 0;
	err rc;

	if ((rc = buf_err(&e->out)) != ERR_OK)
		return rc;
	while (done < e->out.n) {
		ssize_t n = write(e->fd, e->out.p + done, e->out.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return io_error();
		done += (size_t)n;
	}
	buf_reset(&e->out);
	return ERR_OK;
}

static err
put_frame(struct export *e)
{
	err rc;

	rc = packet_put(e->writer, buf_span(&e->frame), &e->out);
	return rc == ERR_OK ? drain(e) : rc;
}

static err
put_leaf(void *ctx, const struct hub_leaf *leaf, bool *ret_stop)
{
	struct export *e = ctx;
	uint8_t hash[HASH_LEN];
	err rc;

	(void)ret_stop; /* all of them */
	if (leaf->index != tree_size(e->tree))
		return ERR_DAMAGED;
	tree_inner_hash(&leaf->inner, hash);
	if ((rc = tree_append(e->tree, leaf->scope, hash)) != ERR_OK)
		return rc;
	buf_reset(&e->frame);
	rc = leaf_frame_put(e->c->store, leaf, LEAF_COPY_AUDIT, &e->frame);
	return rc == ERR_OK ? put_frame(e) : rc;
}

static err
put_checkpoint(struct export *e)
{
	struct frame f = { .type = FRAME_CHECKPOINT };
	err rc;

	f.u.checkpoint.size = tree_size(e->tree);
	if (f.u.checkpoint.size == 0)
		return ERR_OK;
	rc = tree_root_at(e->tree, f.u.checkpoint.size, f.u.checkpoint.root);
	if (rc == ERR_OK)
		rc = checkpoint_sign(e->c->seed, e->c->root_fpr,
		    f.u.checkpoint.size, f.u.checkpoint.root,
		    f.u.checkpoint.sig);
	if (rc != ERR_OK)
		return rc;
	buf_reset(&e->frame);
	frame_put(&e->frame, &f);
	return put_frame(e);
}

static err
put_all(struct export *e)
{
	struct packet_header h = { .type = PACKET_AUDIT };
	err rc;

	memcpy(h.root_fpr, e->c->root_fpr, HASH_LEN);
	memcpy(h.sender, e->c->key_id, ID_LEN);
	h.created_ms = clock_now_ms();
	if ((rc = tree_new(TREE_KEEP_ROOTS, &e->tree)) != ERR_OK)
		return rc;
	e->writer = packet_writer_new(&h, &e->out);
	if (e->writer == NULL)
		return ERR_NOMEM;
	if ((rc = hub_store_begin_read(e->c->store)) != ERR_OK)
		return rc;
	rc = hub_store_leaves(e->c->store, 0, UINT64_MAX, put_leaf, e);
	hub_store_rollback(e->c->store);
	if (rc == ERR_OK)
		rc = put_checkpoint(e);
	if (rc == ERR_OK)
		rc = packet_end(e->writer, &e->out);
	return rc == ERR_OK ? drain(e) : rc;
}

/* sync_folder: so that the new name survives a power cut. */
static err
sync_folder(const char *path)
{
	char dir[PATH_BYTES];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 1 : (size_t)(slash - path) + 1;
	int fd;
	err rc;

	memcpy(dir, slash == NULL ? "." : path, n);
	dir[n] = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	rc = fsync(fd) == 0 ? ERR_OK : ERR_IO;
	(void)close(fd); /* only fsync mattered */
	return rc;
}

err
hub_audit_export(struct commune *c, const char *path, uint64_t *ret_leaves)
{
	struct export e = { .c = c, .fd = -1 };
	char temp[PATH_BYTES];
	bool made = false;
	int n;
	err rc = ERR_LIMIT;

	n = snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof temp)
		goto out;
	e.fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (e.fd < 0) {
		rc = errno == ENOENT ? ERR_ABSENT : io_error();
		goto out;
	}
	made = true;
	if ((rc = put_all(&e)) != ERR_OK)
		goto out;
	if (fsync(e.fd) != 0 || rename(temp, path) != 0) {
		rc = io_error();
		goto out;
	}
	made = false;
	rc = sync_folder(path);
	if (rc == ERR_OK)
		*ret_leaves = tree_size(e.tree);
out:
	if (e.fd >= 0)
		(void)close(e.fd); /* fsync has said what there is to say */
	if (made)
		(void)unlink(temp); /* nothing more can be done */
	packet_writer_free(e.writer);
	tree_free(e.tree);
	buf_free(&e.frame);
	buf_free(&e.out);
	return rc;
}
