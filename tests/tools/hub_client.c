/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_client WHAT ... -- a hub's folder and a device's requests, for scripts
 * that talk to a hub with curl.
 *
 * init DIR         commune, hub.key and root.segment into DIR
 * push N           on stdout: a request of the commune device: it has leaf 0
 *                  and sends the N entries of its first log
 * have SIZE        one that has SIZE leaves and sends nothing
 * stranger         one of a device that the hub does not know
 * show             prints the response on stdin, a line for each frame
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/ledger.h"
#include "protocol/limits.h"
#include "tests/support/hub_folder.h"

static void
put_out(const struct buf *b)
{
	if (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0)
		exit(3);
}

static void
push(struct hub_folder *f, unsigned long entries, struct buf *payload)
{
	struct world_log l;
	struct world_ops ops = { .count = 0 };
	uint8_t subject[ID_LEN] = { 1 };

	world_log_open(&l, &f->commune, scope_root, f->fpr, 0);
	for (unsigned long i = 0; i < entries; i++) {
		if (i == 0)
			world_op_log(&ops, &l, NULL);
		else
			world_op_bare(&ops, KIND_READ, subject);
		world_write(&l, &ops, 0, f->empty_root, HUB_FOLDER_T0 + i);
	}
	hub_folder_have(payload, 1, LIMIT_BODY_BYTES);
	for (uint64_t first = 1; first <= entries; first += 100)
		hub_folder_segment(payload, &l, first,
		    first + 99 < entries ? first + 99 : entries);
	hub_folder_head(payload, &l, entries);
	world_log_free(&l);
}

static void
show_frame(const struct frame *f)
{
	switch (f->type) {
	case FRAME_VERDICT:
		printf("verdict seq %llu reason %s\n",
		    (unsigned long long)f->u.verdict.seq,
		    reason_name((enum reason)f->u.verdict.reason));
		break;
	case FRAME_LEAF:
		printf("leaf %llu first %llu count %u\n",
		    (unsigned long long)f->u.leaf.index,
		    (unsigned long long)f->u.leaf.segment.first,
		    (unsigned)f->u.leaf.segment.count);
		break;
	case FRAME_LEAVES:
		printf("leaves %llu count %zu\n",
		    (unsigned long long)f->u.leaves.index,
		    f->u.leaves.data.n / TREE_LEAF_LEN);
		break;
	case FRAME_RECEIPT:
		printf("receipt %llu first %llu last %llu\n",
		    (unsigned long long)f->u.receipt.index,
		    (unsigned long long)f->u.receipt.first,
		    (unsigned long long)f->u.receipt.last);
		break;
	case FRAME_CHECKPOINT: {
		char hex[2 * HASH_LEN + 1];

		hex_encode(f->u.checkpoint.root, HASH_LEN, hex);
		printf("checkpoint %llu %s\n",
		    (unsigned long long)f->u.checkpoint.size, hex);
		break;
	}
	case FRAME_NEXT:
		printf("next %s %llu\n", f->u.next.more ? "more" : "done",
		    (unsigned long long)f->u.next.wait_s);
		break;
	case FRAME_REFUSED:
		printf("refused %s\n",
		    reason_name((enum reason)f->u.refused.reason));
		break;
	default: printf("frame %llu\n", (unsigned long long)f->type);
	}
}

static int
show(void)
{
	static uint8_t body[LIMIT_BODY_BYTES + 1];
	size_t n = fread(body, 1, sizeof body, stdin);
	struct buf plain = { .p = NULL };
	struct span rest;
	struct frame f;
	size_t used;
	int code = 0;

	if (message_response_parse((struct span){ body, n }, &plain, &rest) !=
	    ERR_OK) {
		printf("not a response: %zu bytes\n", n);
		return 1;
	}
	while (rest.n > 0 && code == 0) {
		if (frame_read(rest, &f, &used) != ERR_OK) {
			puts("a malformed frame");
			code = 1;
			break;
		}
		show_frame(&f);
		rest.p += used;
		rest.n -= used;
	}
	buf_free(&plain);
	return code;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *value = argc > 2 ? argv[2] : "1";
	struct hub_folder f;
	struct actor device;
	struct buf payload = { .p = NULL };
	struct buf body = { .p = NULL };

	hub_folder_open(&f);
	device = f.commune;
	if (strcmp(what, "show") == 0) {
		int code = show();

		hub_folder_close(&f);
		return code;
	}
	if (strcmp(what, "init") == 0 && argc > 2) {
		hub_folder_write(&f, value);
		hub_folder_close(&f);
		return 0;
	}
	if (strcmp(what, "push") == 0) {
		push(&f, strtoul(value, NULL, 10), &payload);
	} else if (strcmp(what, "have") == 0) {
		hub_folder_have(&payload, strtoul(value, NULL, 10),
		    LIMIT_BODY_BYTES);
	} else if (strcmp(what, "stranger") == 0) {
		world_actor("stranger", &device);
		hub_folder_have(&payload, 0, LIMIT_BODY_BYTES);
	} else {
		fputs("hub_client: see the head of hub_client.c\n", stderr);
		return 2;
	}
	hub_folder_request(&f, &device, buf_span(&payload), &body);
	put_out(&body);
	buf_free(&payload);
	buf_free(&body);
	hub_folder_close(&f);
	return 0;
}
