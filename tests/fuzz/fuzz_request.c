/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_request.c -- any bytes as the body of a request, down to the entries
 * in its frames: what a hub does before it knows whether the MAC holds, and
 * after.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/entry.h"
#include "protocol/limits.h"
#include "protocol/message.h"

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

static void
take_segment(const struct segment *s)
{
	struct entry e;
	struct span raw;
	size_t cursor = 0;
	uint32_t count = 0;

	must(s->count >= 1 && s->count <= LIMIT_SEGMENT_ENTRIES);
	must(segment_last(s) >= s->first);
	memset(&e, 0, sizeof e);
	while (segment_next(s, &cursor, &raw) == ERR_OK) {
		count++;
		if (entry_parse(raw, &e) == ERR_OK)
			must(e.raw.n == raw.n);
	}
	must(count == s->count && cursor == s->entries.n);
	entry_free(&e);
}

static void
take_frames(struct span payload)
{
	struct frame f;
	size_t used;

	while (frame_read(payload, &f, &used) == ERR_OK) {
		must(used >= 2 && used <= payload.n);
		must(used <= LIMIT_FRAME_BYTES);
		payload.p += used;
		payload.n -= used;
		if (f.type == FRAME_SEGMENT)
			take_segment(&f.u.segment);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = { data, size }, payload;
	struct mac_context mac;
	struct buf plain = { .p = NULL };
	struct request r;

	if (message_request_parse(body, &r) != ERR_OK)
		return 0;
	memset(&mac, 0, sizeof mac);
	memcpy(mac.root_fpr, r.commune, sizeof r.commune);
	memcpy(mac.device, r.device_prefix, sizeof r.device_prefix);
	must(message_request_verify(&r, &mac) != ERR_NOMEM);
	if (message_request_payload(&r, &plain, &payload) == ERR_OK) {
		must(payload.n <= LIMIT_BODY_PLAIN_BYTES);
		take_frames(payload);
	}
	buf_free(&plain);
	return 0;
}
