/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tamper_audit -- a copy of an audit file with one thing wrong in it, framed
 * and with a trailer as if nothing had happened:
 *   flip   one bit of one entry
 *   drop   one entry taken out of its segment
 *   swap   two leaves exchanged
 * Usage: tamper_audit flip|drop|swap FILE OUT
 * Prints which leaf it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/paths.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/packet.h"

enum { FILE_MOST = 1 << 28 };

struct frames {
	struct packet_header header;
	struct buf *items;
	size_t count, cap;
};

static err
keep(struct frames *f, struct span frame)
{
	if (f->count == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 256;
		struct buf *more = realloc(f->items, cap * sizeof *more);

		if (more == NULL)
			return ERR_NOMEM;
		f->items = more;
		f->cap = cap;
	}
	f->items[f->count] = (struct buf){ 0 };
	buf_put(&f->items[f->count], frame.p, frame.n);
	return buf_err(&f->items[f->count++]);
}

static err
read_frames(struct span file, struct frames *f)
{
	struct packet_reader *r = packet_reader_new();
	enum packet_event event = PACKET_NEED_MORE;
	struct span frame;
	err rc = r ? packet_feed(r, file) : ERR_NOMEM;

	while (rc == ERR_OK && event != PACKET_END) {
		rc = packet_next(r, &event, &f->header, &frame);
		if (rc == ERR_OK && event == PACKET_NEED_MORE)
			rc = ERR_FORMAT;
		if (rc == ERR_OK && event == PACKET_FRAME)
			rc = keep(f, frame);
	}
	packet_reader_free(r);
	return rc;
}

/* The last leaf whose segment has more than two entries. */
static bool
pick(const struct frames *f, size_t *ret_i, struct frame *ret)
{
	for (size_t i = f->count; i-- > 0;) {
		struct frame x;
		size_t used;

		if (frame_read(buf_span(&f->items[i]), &x, &used) == ERR_OK &&
		    x.type == FRAME_LEAF && x.u.leaf.segment.count > 2) {
			*ret_i = i;
			*ret = x;
			return true;
		}
	}
	return false;
}

static err
drop_entry(struct buf *item, struct frame *x)
{
	struct segment *s = &x->u.leaf.segment;
	struct buf out = { 0 };
	struct span first;
	size_t cursor = 0;
	err rc = segment_next(s, &cursor, &first);

	if (rc != ERR_OK)
		return rc;
	s->entries.p += first.n;
	s->entries.n -= first.n;
	s->count--;
	frame_put(&out, x);
	if ((rc = buf_err(&out)) == ERR_OK) {
		buf_free(item);
		*item = out;
	}
	return rc;
}

static err
tamper(const char *how, struct frames *f)
{
	struct frame x;
	size_t i;

	if (!pick(f, &i, &x) || i == 0)
		return ERR_ABSENT;
	(void)printf("leaf %llu\n", (unsigned long long)x.u.leaf.index);
	if (strcmp(how, "flip") == 0) {
		size_t at = (size_t)(x.u.leaf.segment.entries.p -
		    f->items[i].p) + x.u.leaf.segment.entries.n / 2;

		f->items[i].p[at] ^= 1;
		return ERR_OK;
	}
	if (strcmp(how, "drop") == 0)
		return drop_entry(&f->items[i], &x);
	if (strcmp(how, "swap") == 0) {
		struct buf one = f->items[i];

		f->items[i] = f->items[i - 1];
		f->items[i - 1] = one;
		return ERR_OK;
	}
	return ERR_USAGE;
}

static err
write_frames(const char *path, const struct frames *f)
{
	struct buf out = { 0 };
	struct packet_writer *w = packet_writer_new(&f->header, &out);
	err rc = w ? ERR_OK : ERR_NOMEM;

	for (size_t i = 0; rc == ERR_OK && i < f->count; i++)
		rc = packet_put(w, buf_span(&f->items[i]), &out);
	if (rc == ERR_OK)
		rc = packet_end(w, &out);
	if (rc == ERR_OK)
		rc = paths_write(path, buf_span(&out), 0644, PATHS_REPLACE);
	packet_writer_free(w);
	buf_free(&out);
	return rc;
}

int
main(int argc, char **argv)
{
	struct frames f = { .count = 0 };
	struct buf file = { 0 };
	err rc = crypto_start();

	if (argc != 4) {
		(void)fprintf(stderr,
		    "usage: tamper_audit flip|drop|swap FILE OUT\n");
		return 2;
	}
	if (rc == ERR_OK)
		rc = paths_read(argv[2], FILE_MOST, &file);
	if (rc == ERR_OK)
		rc = read_frames(buf_span(&file), &f);
	if (rc == ERR_OK)
		rc = tamper(argv[1], &f);
	if (rc == ERR_OK)
		rc = write_frames(argv[3], &f);
	for (size_t i = 0; i < f.count; i++)
		buf_free(&f.items[i]);
	free(f.items);
	buf_free(&file);
	if (rc != ERR_OK)
		(void)fprintf(stderr, "tamper_audit: %s\n", err_name(rc));
	return err_exit_code(rc);
}
