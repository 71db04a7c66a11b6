/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet.h -- packet and audit files: header, framed frames, trailer hash
 * (SPEC.md section 12).  Streams: the caller reads and writes the file. Pure.
 */
#ifndef NGUON_PACKET_H
#define NGUON_PACKET_H

#include "protocol/chain.h"

enum packet_type { PACKET_EXCHANGE = 1, PACKET_AUDIT = 2 };
enum { PACKET_HEADER_LEN = 68 };	/* 8+1+1+2+32+16+8 */

struct packet_header {
	enum packet_type type;
	uint8_t root_fpr[HASH_LEN];
	uint8_t sender[ID_LEN];
	uint64_t created_ms;
};

/* Writing: append to out, hand out.p to the file, reset, go on. */
struct packet_writer;
/* packet_writer_new: appends the header.  NULL: no memory. */
struct packet_writer *packet_writer_new(const struct packet_header *h,
    struct buf *out);
void packet_writer_free(struct packet_writer *w);
/* packet_put: one encoded frame.  On an error nothing was put.
 * Errors: ERR_FORMAT an empty frame; ERR_LIMIT above LIMIT_FRAME_BYTES;
 *         ERR_NOMEM. */
MUST_USE err packet_put(struct packet_writer *w, struct span frame,
    struct buf *out);
/* packet_end: the trailer; nothing may be put after it.  On an error nothing
 * was put, and it may be called again.
 * Errors: ERR_NOMEM. */
MUST_USE err packet_end(struct packet_writer *w, struct buf *out);

/*
 * Reading: feed bytes as they come, take events until PACKET_NEED_MORE, feed
 * again.  Frames come out whole, in order, each before the trailer is known:
 * only PACKET_END says that the file is as it was written.
 */
struct packet_reader;
struct packet_reader *packet_reader_new(void);	/* NULL: no memory */
void packet_reader_free(struct packet_reader *r);
/*
 * packet_feed: copies in; what is held is at most one frame and in.n bytes.
 * Errors: ERR_FORMAT bytes behind the end; ERR_LIMIT events were not taken;
 *         ERR_NOMEM; the error of packet_next, again.
 * Not an error: no bytes.
 */
MUST_USE err packet_feed(struct packet_reader *r, struct span in);
enum packet_event {
	PACKET_NEED_MORE, PACKET_HEADER, PACKET_FRAME, PACKET_END,
};
/*
 * packet_next: the next event; *ret_header is set with PACKET_HEADER,
 * *ret_frame with PACKET_FRAME (it borrows until the next call of packet_next
 * or packet_feed).  At the end of the file PACKET_NEED_MORE means that it is
 * cut off.  PACKET_END comes again and again.
 * Errors: ERR_FORMAT not such a file, damaged framing, or bytes behind the
 *         end; ERR_VERSION; ERR_LIMIT a length above LIMIT_FRAME_BYTES;
 *         ERR_DAMAGED trailer differs.  An error comes again and again.
 */
MUST_USE err packet_next(struct packet_reader *r, enum packet_event *ret,
    struct packet_header *ret_header, struct span *ret_frame);
/* packet_offset: bytes consumed: where in the file the next event begins. */
uint64_t packet_offset(const struct packet_reader *r);

#endif
