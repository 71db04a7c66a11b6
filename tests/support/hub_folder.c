/* SPDX-License-Identifier: Apache-2.0 */
/* hub_folder.c -- see the header. */
#include "tests/support/hub_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "hub_folder: %s\n", what);
	abort();
}

void
hub_folder_open(struct hub_folder *f)
{
	memset(f, 0, sizeof *f);
	need(crypto_start() == ERR_OK, "no crypto");
	world_actor("root", &f->root);
	world_actor("hub", &f->hub);
	world_actor("commune", &f->commune);
	chain_root_fingerprint(f->root.pub, f->fpr);
	crypto_sha256(NULL, 0, f->empty_root);
	world_init(&f->root_log, &f->root, &f->hub, &f->commune,
	    HUB_FOLDER_T0);
}

void
hub_folder_close(struct hub_folder *f)
{
	world_log_free(&f->root_log);
}

static void
write_file(const char *dir, const char *name, const void *p, size_t n)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	file = fopen(path, "wb");
	need(file != NULL, "a file cannot be made");
	need(fwrite(p, 1, n, file) == n, "a file cannot be written");
	need(fclose(file) == 0, "a file cannot be closed");
}

void
hub_folder_write(struct hub_folder *f, const char *dir)
{
	char hex[2 * HASH_LEN + 2];
	uint8_t key[2 * KEY_LEN];
	struct buf root = { .p = NULL };

	hex_encode(f->fpr, HASH_LEN, hex);
	hex[sizeof hex - 2] = '\n';
	write_file(dir, "commune", hex, 2 * HASH_LEN + 1);
	memcpy(key, f->hub.seed, KEY_LEN);
	memcpy(key + KEY_LEN, f->hub.box_secret, KEY_LEN);
	write_file(dir, "hub.key", key, sizeof key);
	hub_folder_segment(&root, &f->root_log, 1, 1);
	write_file(dir, "root.segment", root.p, root.n);
	buf_free(&root);
}

void
hub_folder_have(struct buf *payload, uint64_t size, uint64_t max_bytes)
{
	struct frame f = { .type = FRAME_HAVE };

	f.u.have.size = size;
	f.u.have.max_bytes = max_bytes;
	frame_put(payload, &f);
	need(buf_err(payload) == ERR_OK, "no memory");
}

void
hub_folder_segment(struct buf *payload, struct world_log *l, uint64_t first,
    uint64_t last)
{
	struct frame f = { .type = FRAME_SEGMENT };

	world_segment(l, first, last, &f.u.segment);
	frame_put(payload, &f);
	need(buf_err(payload) == ERR_OK, "no memory");
}

void
hub_folder_head(struct buf *payload, const struct world_log *l, uint64_t seq)
{
	struct frame f = { .type = FRAME_HEAD };

	memcpy(f.u.head.log, l->id, ID_LEN);
	f.u.head.seq = seq;
	memcpy(f.u.head.hash, l->entry[seq - 1].hash, HASH_LEN);
	chain_sign_head(l->author.seed, l->id, seq, f.u.head.hash,
	    f.u.head.sig);
	frame_put(payload, &f);
	need(buf_err(payload) == ERR_OK, "no memory");
}

void
hub_folder_request(const struct hub_folder *f, const struct actor *device,
    struct span payload, struct buf *out)
{
	struct mac_context mac;

	err rc = message_mac_key(device->transport_secret, f->hub.box_pub,
	    device->transport_pub, f->hub.box_pub, mac.mac_key);
	need(rc == ERR_OK, "no MAC key");
	memcpy(mac.root_fpr, f->fpr, HASH_LEN);
	memcpy(mac.hub_key_id, f->hub.id, ID_LEN);
	memcpy(mac.device, device->id, ID_LEN);
	need(message_request_sync(&mac, 1, payload, out) == ERR_OK,
	    "no request");
}
