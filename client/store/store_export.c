/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_export.c -- the audit file (SPEC.md section 12), streamed to a
 * temporary file that takes the place of the old one when it is whole.
 */
#include "client/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/store/clock.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/packet.h"

enum { FLUSH_BYTES = 262144 };

struct exporting {
	struct store *s;
	struct packet_writer *w;
	struct buf out;			/* not yet in the file */
	struct buf frame, entries;
	int fd;
	uint64_t now_ms;
};

/* ---- the file */

static err
write_out(struct exporting *x)
{
	size_t done = 0;

	while (done < x->out.n) {
		ssize_t n = write(x->fd, x->out.p + done, x->out.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_FULL :
			    ERR_IO;
		done += (size_t)n;
	}
	buf_reset(&x->out);
	return ERR_OK;
}

static err
put_frame(struct exporting *x, const struct frame *f)
{
	err rc;

	buf_reset(&x->frame);
	frame_put(&x->frame, f);
	rc = buf_err(&x->frame);
	if (rc == ERR_OK)
		rc = packet_put(x->w, buf_span(&x->frame), &x->out);
	if (rc == ERR_OK && x->out.n >= FLUSH_BYTES)
		rc = write_out(x);
	return rc;
}

/* ---- entries as an auditor gets them */

static err
gather(struct exporting *x, int64_t log_no, uint64_t first, uint64_t last,
    struct segment *ret)
{
	struct sqlite_stmt *st = NULL;
	struct entry e = { 0 };
	bool row = false;
	err rc = sqlite_get(x->s->db, "SELECT bytes FROM entry"
	    " WHERE log_no = ? AND seq >= ? AND seq <= ? ORDER BY seq", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_i64(st, 1, log_no);
	sqlite_bind_u64(st, 2, first);
	sqlite_bind_u64(st, 3, last);
	if (last - first >= LIMIT_SEGMENT_ENTRIES) {
		sqlite_done(st);
		return ERR_DAMAGED;
	}
	buf_reset(&x->entries);
	ret->first = first;
	ret->count = 0;
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = entry_parse(sqlite_blob(st, 0), &e);
		if (rc == ERR_FORMAT || rc == ERR_LIMIT)
			rc = ERR_DAMAGED;
		if (rc == ERR_OK)
			rc = entry_copy(&e, &part_policy_audit, &x->entries);
		ret->count++;
	}
	entry_free(&e);
	sqlite_done(st);
	if (rc == ERR_OK && ret->count != last - first + 1)
		rc = ERR_DAMAGED;
	ret->entries = buf_span(&x->entries);
	return rc;
}

/* ---- first section */

static err
put_bare(struct exporting *x, struct sqlite_stmt *st, uint64_t idx)
{
	struct frame f = { .type = FRAME_BARE };
	struct span inner = sqlite_blob(st, 5);
	err rc;

	if (inner.n != TREE_INNER_LEN)
		return ERR_UNABLE;	/* its segment is still asked for */
	f.u.bare.index = idx;
	rc = sqlite_fixed(st, 1, f.u.bare.scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = tree_inner_decode(inner, &f.u.bare.inner);
	return rc != ERR_OK ? rc : put_frame(x, &f);
}

static err
put_leaf(struct exporting *x, struct sqlite_stmt *st)
{
	struct frame f = { .type = FRAME_LEAF };
	uint64_t idx = sqlite_u64(st, 0);
	err rc;

	if (sqlite_is_null(st, 2))
		return put_bare(x, st, idx);
	f.u.leaf.index = idx;
	f.u.leaf.time_ms = sqlite_u64(st, 7);
	rc = sqlite_fixed(st, 1, f.u.leaf.scope, SCOPE_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 6, f.u.leaf.segment.log, ID_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 5, f.u.leaf.segment.sig, SIG_LEN);
	if (rc == ERR_OK)
		rc = gather(x, sqlite_i64(st, 2), sqlite_u64(st, 3),
		    sqlite_u64(st, 4), &f.u.leaf.segment);
	return rc != ERR_OK ? rc : put_frame(x, &f);
}

static err
put_leaves(struct exporting *x, uint64_t size)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(x->s->db, "SELECT leaf.idx, leaf.scope,"
	    " leaf.log_no, leaf.first, leaf.last, leaf.sig, log.id,"
	    " leaf.time_ms FROM leaf LEFT JOIN log ON log.no = leaf.log_no"
	    " WHERE leaf.idx < ? ORDER BY leaf.idx", &st);

	if (rc != ERR_OK)
		return rc;
	sqlite_bind_u64(st, 1, size);
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = put_leaf(x, st);
		store_tell(x->s, sqlite_u64(st, 0) + 1, size);
	}
	sqlite_done(st);
	return rc;
}

/* The newest one that verified; every one kept did.  Size 0: none yet. */
static err
find_checkpoint(struct store *s, struct frame *ret)
{
	struct sqlite_stmt *st = NULL;
	bool row = false;
	err rc = sqlite_get(s->db, "SELECT size, root, sig FROM checkpoint"
	    " ORDER BY size DESC LIMIT 1", &st);

	*ret = (struct frame){ .type = FRAME_CHECKPOINT };
	if (rc != ERR_OK)
		return rc;
	rc = sqlite_step(st, &row);
	if (rc == ERR_OK && row) {
		ret->u.checkpoint.size = sqlite_u64(st, 0);
		rc = sqlite_fixed(st, 1, ret->u.checkpoint.root, HASH_LEN);
		if (rc == ERR_OK)
			rc = sqlite_fixed(st, 2, ret->u.checkpoint.sig,
			    SIG_LEN);
	}
	sqlite_done(st);
	return rc;
}

/* ---- second section */

/* One signed head that waits: the entries behind the one before it.  *at
 * keeps what has been written of the log. */
static err
put_head(struct exporting *x, struct sqlite_stmt *st, int64_t *log_no,
    uint64_t *at)
{
	struct frame f = { .type = FRAME_SEGMENT };
	uint64_t last = sqlite_u64(st, 3);
	err rc;

	if (sqlite_i64(st, 0) != *log_no) {
		*log_no = sqlite_i64(st, 0);
		*at = sqlite_u64(st, 2);
	}
	if (last <= *at)
		return ERR_DAMAGED;
	rc = sqlite_fixed(st, 1, f.u.segment.log, ID_LEN);
	if (rc == ERR_OK)
		rc = sqlite_fixed(st, 4, f.u.segment.sig, SIG_LEN);
	if (rc == ERR_OK)
		rc = gather(x, *log_no, *at + 1, last, &f.u.segment);
	*at = last;
	return rc != ERR_OK ? rc : put_frame(x, &f);
}

static err
put_waiting(struct exporting *x)
{
	struct frame f = { .type = FRAME_EXPORT };
	struct sqlite_stmt *st = NULL;
	int64_t log_no = -1;
	uint64_t at = 0;
	bool row = false;
	err rc;

	f.u.export.time_ms = x->now_ms;
	memcpy(f.u.export.device, x->s->device, ID_LEN);
	rc = put_frame(x, &f);
	if (rc == ERR_OK)
		rc = sqlite_get(x->s->db, "SELECT log.no, log.id,"
		    " log.admitted_seq, head.seq, head.sig FROM head"
		    " JOIN log ON log.no = head.log_no"
		    " WHERE head.seq > log.admitted_seq"
		    " ORDER BY log.scope <> zeroblob(8), log.no, head.seq",
		    &st);
	while (rc == ERR_OK) {
		rc = sqlite_step(st, &row);
		if (rc != ERR_OK || !row)
			break;
		rc = put_head(x, st, &log_no, &at);
	}
	sqlite_done(st);
	return rc;
}

/* ---- all of it */

static err
put_all(struct exporting *x)
{
	struct packet_header h = {
		.type = PACKET_AUDIT, .created_ms = x->now_ms,
	};
	struct frame checkpoint;
	err rc = find_checkpoint(x->s, &checkpoint);

	memcpy(h.root_fpr, x->s->fingerprint, HASH_LEN);
	memcpy(h.sender, x->s->device, ID_LEN);
	x->w = packet_writer_new(&h, &x->out);
	if (x->w == NULL)
		return ERR_NOMEM;
	if (rc == ERR_OK)
		rc = put_leaves(x, checkpoint.u.checkpoint.size);
	if (rc == ERR_OK && checkpoint.u.checkpoint.size > 0)
		rc = put_frame(x, &checkpoint);
	if (rc == ERR_OK)
		rc = put_waiting(x);
	if (rc == ERR_OK)
		rc = packet_end(x->w, &x->out);
	if (rc == ERR_OK)
		rc = write_out(x);
	return rc == ERR_OK && fsync(x->fd) != 0 ? ERR_IO : rc;
}

err
store_export_audit(struct store *s, const char *path)
{
	struct exporting x = { .s = s, .fd = -1, .now_ms = clock_now_ms() };
	char temp[PATH_BYTES];
	err rc = store_role(s) == ROLE_COMMUNE ? ERR_OK : ERR_ROLE;
	int n = snprintf(temp, sizeof temp, "%s.part", path);

	if (rc == ERR_OK && (n < 0 || (size_t)n >= sizeof temp))
		rc = ERR_LIMIT;
	if (rc != ERR_OK)
		return rc;
	if (unlink(temp) != 0 && errno != ENOENT)
		return ERR_IO;
	x.fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (x.fd < 0)
		return errno == ENOENT ? ERR_ABSENT : ERR_IO;
	rc = sqlite_begin_read(s->db);
	if (rc == ERR_OK) {
		rc = put_all(&x);
		sqlite_rollback(s->db);	/* ends the reading */
	}
	if (close(x.fd) != 0 && rc == ERR_OK)
		rc = ERR_IO;
	if (rc == ERR_OK && rename(temp, path) != 0)
		rc = ERR_IO;
	if (rc != ERR_OK)
		(void)unlink(temp);	/* what it was for is lost already */
	packet_writer_free(x.w);
	buf_free(&x.out);
	buf_free(&x.frame);
	buf_free(&x.entries);
	return rc;
}
