/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors_keys.c -- checkpoints, seals, invites, sheets, bodies, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/checkpoint.h"
#include "protocol/invite.h"
#include "protocol/ledger.h"
#include "protocol/message.h"
#include "protocol/packet.h"
#include "protocol/recovery.h"
#include "tests/support/vectors_read.h"

static struct span
text_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
checkpoints(void **state)
{
	struct vectors_text t = vectors_read("checkpoint.txt");
	uint8_t fpr[HASH_LEN], pub[KEY_LEN];
	const struct vectors_line *l;
	struct checkpoint c;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "notes", &at)) != NULL) {
		struct buf note = vectors_read_bytes(l, 4);
		err rc = checkpoint_parse(buf_span(&note), &c);

		vectors_read_fixed(l, 2, fpr, HASH_LEN);
		vectors_read_fixed(l, 3, pub, KEY_LEN);
		if (rc == ERR_OK)
			rc = checkpoint_verify(&c, fpr, pub);
		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK) {
			assert_true(c.size == vectors_read_number(l, 5));
			vectors_read_same(l, 6,
			    (struct span){ c.root, HASH_LEN });
			vectors_read_same(l, 7,
			    (struct span){ c.sig, SIG_LEN });
		}
		buf_free(&note);
	}
	vectors_read_free(&t);
}

static void
sealed_parts(void **state)
{
	struct vectors_text t = vectors_read("seal.txt");
	const struct vectors_line *l;
	uint8_t salt[SALT_LEN], key[KEY_LEN], epoch[EPOCH_LEN];
	struct seal_place place;
	struct cell_key k;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "parts", &at)) != NULL) {
		struct buf part = vectors_read_bytes(l, 9), map = { 0 };
		err rc;

		vectors_read_fixed(l, 2, k.scope, SCOPE_LEN);
		vectors_read_fixed(l, 3, k.key, KEY_LEN);
		vectors_read_fixed(l, 4, salt, SALT_LEN);
		vectors_read_fixed(l, 5, place.log, ID_LEN);
		place.seq = vectors_read_number(l, 6);
		place.op = (uint8_t)vectors_read_number(l, 7);
		vectors_read_fixed(l, 8, place.subject, ID_LEN);
		rc = seal_part_head(buf_span(&part), epoch,
		    &place.generation);
		if (rc == ERR_OK) {
			seal_subject_key(&k, place.subject, place.generation,
			    salt, key);
			rc = seal_open_part(key, &place, buf_span(&part),
			    &map);
		}
		vectors_read_check(l, vectors_read_word(rc));
		vectors_read_same(l, 10, buf_span(&map));
		buf_free(&part);
		buf_free(&map);
	}
	vectors_read_free(&t);
}

static void
grants(void **state)
{
	struct vectors_text t = vectors_read("seal.txt");
	uint8_t secret[KEY_LEN], scope[SCOPE_LEN], commitment[HASH_LEN];
	const struct vectors_line *l;
	struct cell_key k;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "grants", &at)) != NULL) {
		struct buf part = vectors_read_bytes(l, 5);
		err rc;

		vectors_read_fixed(l, 2, secret, KEY_LEN);
		vectors_read_fixed(l, 3, scope, SCOPE_LEN);
		vectors_read_fixed(l, 4, commitment, HASH_LEN);
		rc = seal_open_grant(secret, buf_span(&part), scope,
		    commitment, &k);
		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK)
			vectors_read_same(l, 6,
			    (struct span){ k.key, KEY_LEN });
		buf_free(&part);
	}
	vectors_read_free(&t);
}

static void
codes(void **state)
{
	struct vectors_text t = vectors_read("invite.txt");
	uint8_t secret[INVITE_SECRET_LEN];
	const struct vectors_line *l;
	struct invite_keys k;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "codes", &at)) != NULL) {
		err rc = invite_code_decode(text_of(l->column[2]), secret);

		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK)
			vectors_read_same(l, 3,
			    (struct span){ secret, sizeof secret });
	}
	for (at = 0; (l = vectors_read_next(&t, "keys", &at)) != NULL;) {
		vectors_read_fixed(l, 2, secret, sizeof secret);
		invite_derive(secret, &k);
		vectors_read_same_hex(l, k.id, ID_LEN);
		vectors_read_same(l, 3, (struct span){ k.seed, KEY_LEN });
		vectors_read_same(l, 4, (struct span){ k.pub, KEY_LEN });
		vectors_read_same(l, 5, (struct span){ k.seal, KEY_LEN });
	}
	vectors_read_free(&t);
}

static void
bodies_of_invites(void **state)
{
	struct vectors_text t = vectors_read("invite.txt");
	uint8_t secret[INVITE_SECRET_LEN];
	const struct vectors_line *l;
	struct invite_body body;
	struct invite_keys k;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "bodies", &at)) != NULL) {
		struct buf fields = vectors_read_bytes(l, 3), plain = { 0 };
		struct buf part = vectors_read_bytes(l, 4);
		err rc;

		vectors_read_fixed(l, 2, secret, sizeof secret);
		invite_derive(secret, &k);
		rc = invite_open(&k, buf_span(&fields), buf_span(&part),
		    &plain, &body);
		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK) {
			vectors_read_same(l, 5, buf_span(&plain));
			invite_body_free(&body);
		}
		buf_free(&fields);
		buf_free(&plain);
		buf_free(&part);
	}
	vectors_read_free(&t);
}

static void
claims(void **state)
{
	struct vectors_text t = vectors_read("invite.txt");
	uint8_t fpr[HASH_LEN], pub[KEY_LEN], sig[2][SIG_LEN];
	const struct vectors_line *l;
	struct claim c;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "claims", &at)) != NULL) {
		err rc;

		vectors_read_fixed(l, 2, fpr, HASH_LEN);
		vectors_read_fixed(l, 3, pub, KEY_LEN);
		chain_key_id(pub, c.invite);
		vectors_read_fixed(l, 4, c.sign_pub, KEY_LEN);
		vectors_read_fixed(l, 5, c.box_pub, KEY_LEN);
		vectors_read_fixed(l, 6, c.transport_pub, KEY_LEN);
		vectors_read_fixed(l, 7, c.log_salt, SALT_LEN);
		vectors_read_fixed(l, 9, sig[0], SIG_LEN);
		vectors_read_fixed(l, 10, sig[1], SIG_LEN);
		rc = invite_claim_verify(pub, fpr, &c, sig[0]);
		if (rc == ERR_OK)
			rc = invite_claim_verify(c.sign_pub, fpr, &c, sig[1]);
		vectors_read_check(l, vectors_read_word(rc));
		if (!vectors_read_none(l, 8)) {
			struct buf b = vectors_read_bytes(l, 8);

			/* made by hand from SPEC.md: who signs which */
			assert_int_equal(b.n, 16 + 32 + 16 + 96 + 16);
			assert_int_equal(rc, crypto_verify(pub, buf_span(&b),
			    sig[0]) == ERR_OK ? crypto_verify(c.sign_pub,
			    buf_span(&b), sig[1]) : ERR_SIG);
			buf_free(&b);
		}
	}
	vectors_read_free(&t);
}

static void
sheets(void **state)
{
	struct vectors_text t = vectors_read("recovery.txt");
	uint8_t secret[KEY_LEN];
	const struct vectors_line *l;
	struct root_keys k;
	unsigned word;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "keys", &at)) != NULL) {
		vectors_read_fixed(l, 2, secret, KEY_LEN);
		recovery_derive(secret, &k);
		vectors_read_same_hex(l, k.fingerprint, HASH_LEN);
		vectors_read_same(l, 3, (struct span){ k.sign_seed,
		    KEY_LEN });
		vectors_read_same(l, 4, (struct span){ k.sign_pub, KEY_LEN });
		vectors_read_same(l, 5, (struct span){ k.box_secret,
		    KEY_LEN });
		vectors_read_same(l, 6, (struct span){ k.box_pub, KEY_LEN });
	}
	for (at = 0; (l = vectors_read_next(&t, "sheets", &at)) != NULL;) {
		err rc = recovery_decode(text_of(l->column[2]), secret,
		    &word);

		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK)
			vectors_read_same(l, 3,
			    (struct span){ secret, KEY_LEN });
	}
	vectors_read_free(&t);
}

/* ---- the exchange */

static void
frames(void **state)
{
	struct vectors_text t = vectors_read("message.txt");
	const struct vectors_line *l;
	struct frame f;
	char type[32];
	size_t at = 0, used;

	(void)state;
	while ((l = vectors_read_next(&t, "frames", &at)) != NULL) {
		struct buf raw = vectors_read_bytes(l, 2);
		err rc = frame_read(buf_span(&raw), &f, &used);

		(void)snprintf(type, sizeof type, "%llu",
		    (unsigned long long)f.type);
		vectors_read_check(l, rc == ERR_OK ? type :
		    vectors_read_word(rc));
		if (rc == ERR_OK)
			assert_int_equal(used, raw.n);
		buf_free(&raw);
	}
	vectors_read_free(&t);
}

static void
reasons(void **state)
{
	struct vectors_text t = vectors_read("message.txt");
	const struct vectors_line *l;
	size_t at = 0, count = 0;

	(void)state;
	for (; (l = vectors_read_next(&t, "reasons", &at)) != NULL; count++)
		assert_string_equal(l->column[0], reason_name((enum reason)
		    vectors_read_number(l, 1)));
	assert_int_equal(count, REASON_COUNT);
	vectors_read_free(&t);
}

static void
requests(void **state)
{
	struct vectors_text t = vectors_read("message.txt");
	const struct vectors_line *l;
	struct mac_context c;
	struct request r;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "requests", &at)) != NULL) {
		struct buf body = vectors_read_bytes(l, 6), plain = { 0 };
		struct span payload = { NULL, 0 };
		err rc;

		vectors_read_fixed(l, 2, c.mac_key, KEY_LEN);
		vectors_read_fixed(l, 3, c.root_fpr, HASH_LEN);
		vectors_read_fixed(l, 4, c.hub_key_id, ID_LEN);
		vectors_read_fixed(l, 5, c.device, ID_LEN);
		rc = message_request_parse(buf_span(&body), &r);
		if (rc == ERR_OK)
			rc = message_request_verify(&r, &c);
		if (rc == ERR_OK)
			rc = message_request_payload(&r, &plain, &payload);
		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK)
			vectors_read_same(l, 7, payload);
		buf_free(&body);
		buf_free(&plain);
	}
	vectors_read_free(&t);
}

static void
fetches_and_responses(void **state)
{
	struct vectors_text t = vectors_read("message.txt");
	const struct vectors_line *l;
	uint8_t pub[KEY_LEN];
	struct request r;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "fetches", &at)) != NULL) {
		struct buf body = vectors_read_bytes(l, 3);
		err rc = message_request_parse(buf_span(&body), &r);

		vectors_read_fixed(l, 2, pub, KEY_LEN);
		if (rc == ERR_OK)
			rc = invite_fetch_verify(pub, r.sig);
		vectors_read_check(l, vectors_read_word(rc));
		buf_free(&body);
	}
	for (at = 0; (l = vectors_read_next(&t, "responses", &at)) != NULL;) {
		struct buf body = vectors_read_bytes(l, 2), plain = { 0 };
		struct span payload = { NULL, 0 };
		err rc = message_response_parse(buf_span(&body), &plain,
		    &payload);

		vectors_read_check(l, vectors_read_word(rc));
		if (rc == ERR_OK)
			vectors_read_same(l, 3, payload);
		buf_free(&body);
		buf_free(&plain);
	}
	vectors_read_free(&t);
}

static void
files(void **state)
{
	struct vectors_text t = vectors_read("packet.txt");
	const struct vectors_line *l;
	size_t at = 0;

	(void)state;
	while ((l = vectors_read_next(&t, "files", &at)) != NULL) {
		struct buf file = vectors_read_bytes(l, 2);
		struct packet_reader *r = packet_reader_new();
		enum packet_event event = PACKET_HEADER;
		struct packet_header header;
		struct span frame;
		uint64_t count = 0;
		err rc = packet_feed(r, buf_span(&file));

		while (rc == ERR_OK && event != PACKET_END &&
		    event != PACKET_NEED_MORE) {
			rc = packet_next(r, &event, &header, &frame);
			count += rc == ERR_OK && event == PACKET_FRAME;
		}
		vectors_read_check(l, rc != ERR_OK ? vectors_read_word(rc) :
		    event == PACKET_END ? "ok" : "cut-off");
		assert_true(count == vectors_read_number(l, 3));
		packet_reader_free(r);
		buf_free(&file);
	}
	vectors_read_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints),
		cmocka_unit_test(sealed_parts),
		cmocka_unit_test(grants),
		cmocka_unit_test(codes),
		cmocka_unit_test(bodies_of_invites),
		cmocka_unit_test(claims),
		cmocka_unit_test(sheets),
		cmocka_unit_test(frames),
		cmocka_unit_test(reasons),
		cmocka_unit_test(requests),
		cmocka_unit_test(fetches_and_responses),
		cmocka_unit_test(files),
	};

	return crypto_start() != ERR_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
