/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_response.c -- any bytes as the body of a response.  A frame of a known
 * type, put again, gives the same bytes: there is one way to say a thing.
 */
#include <stdlib.h>

#include "protocol/limits.h"
#include "protocol/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_known(uint64_t type)
{
	return (type >= FRAME_HAVE && type <= FRAME_INVITATION) ||
	    (type >= FRAME_VERDICT && type <= FRAME_EXPORT);
}

static void
take_frames(struct span payload)
{
	struct buf again = { .p = NULL };
	struct frame f;
	size_t used;

	while (frame_read(payload, &f, &used) == ERR_OK) {
		must(used >= 2 && used <= payload.n);
		if (is_known(f.type)) {
			buf_reset(&again);
			frame_put(&again, &f);
			must(span_equal(buf_span(&again),
			    (struct span){ payload.p, used }));
		}
		payload.p += used;
		payload.n -= used;
	}
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = { data, size }, payload;
	struct buf plain = { .p = NULL };

	take_frames(body);
	if (message_response_parse(body, &plain, &payload) == ERR_OK) {
		must(payload.n <= LIMIT_BODY_PLAIN_BYTES);
		take_frames(payload);
	}
	buf_free(&plain);
	return 0;
}
