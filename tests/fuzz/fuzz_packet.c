/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_packet.c -- any bytes as a packet.  The first byte says in which steps
 * the rest is fed: that changes nothing of what comes out.  What is read to
 * its end, written again, gives the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/packet.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(crypto_start() == ERR_OK);
	return 0;
}

struct outcome {
	err rc;
	enum packet_event last;
	uint64_t offset;
};

/* Takes all events there are; what comes out is written to again. */
static err
drain(struct packet_reader *r, struct packet_writer **w, struct buf *again,
    enum packet_event *ret_last)
{
	struct packet_header h;
	struct span frame;
	err rc;

	do {
		rc = packet_next(r, ret_last, &h, &frame);
		if (rc != ERR_OK)
			return rc;
		if (*ret_last == PACKET_HEADER) {
			must((*w = packet_writer_new(&h, again)) != NULL);
		} else if (*ret_last == PACKET_FRAME) {
			must(packet_put(*w, frame, again) == ERR_OK);
		}
	} while (*ret_last != PACKET_NEED_MORE && *ret_last != PACKET_END);
	return ERR_OK;
}

static struct outcome
read_all(struct span file, size_t step)
{
	struct packet_reader *r = packet_reader_new();
	struct packet_writer *w = NULL;
	struct outcome o = { ERR_OK, PACKET_NEED_MORE, 0 };
	struct buf again = { .p = NULL };

	must(r != NULL);
	for (size_t at = 0; at < file.n && o.rc == ERR_OK; at += step) {
		size_t n = file.n - at < step ? file.n - at : step;

		o.rc = packet_feed(r, (struct span){ file.p + at, n });
		if (o.rc == ERR_OK)
			o.rc = drain(r, &w, &again, &o.last);
	}
	o.offset = packet_offset(r);
	must(o.offset <= file.n);
	if (o.rc == ERR_OK && o.last == PACKET_END) {
		must(packet_end(w, &again) == ERR_OK);
		must(span_equal(buf_span(&again), file));
	} else {
		must(again.n <= file.n);
	}
	packet_reader_free(r);
	packet_writer_free(w);
	buf_free(&again);
	return o;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, steps;
	struct span file;

	if (size < 2)
		return 0;
	file = (struct span){ data + 1, size - 1 };
	whole = read_all(file, file.n);
	steps = read_all(file, 1 + (size_t)data[0]);
	must(whole.rc == steps.rc);
	if (whole.rc == ERR_OK)
		must(whole.last == steps.last && whole.offset == steps.offset);
	return 0;
}
