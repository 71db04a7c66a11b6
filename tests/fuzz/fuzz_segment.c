/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_segment.c -- any bytes as the segment of a frame.  What passes is
 * written again byte for byte, and its entries add up.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocol/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct codec_reader r = codec_reader((struct span){ data, size });
	struct entry e = { .ops = NULL };
	struct buf out = { .p = NULL };
	struct segment s;
	struct span raw;
	size_t cursor = 0;
	uint32_t count = 0;

	if (segment_read(&r, &s) != ERR_OK) {
		must(r.p == data);
		return 0;
	}
	while (segment_next(&s, &cursor, &raw) == ERR_OK) {
		count++;
		(void)!entry_parse(raw, &e);
	}
	must(count == s.count && cursor == s.entries.n);
	must(segment_last(&s) >= s.first && s.first > 0);
	segment_put(&out, &s);
	must(span_equal(buf_span(&out),
	    (struct span){ data, (size_t)(r.p - data) }));
	entry_free(&e);
	buf_free(&out);
	return 0;
}
