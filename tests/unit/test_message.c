/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_message.c -- what a reader of message.h may rely on.  The MAC is that
 * of Python's hashlib.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/compress.h"
#include "protocol/limits.h"
#include "protocol/message.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
enum { SYNC_HEAD = 39 };

static const struct span abc = { (const uint8_t *)"abc", 3 };

static struct mac_context
a_context(void)
{
	struct mac_context c;

	memset(c.root_fpr, 0x11, HASH_LEN);
	memset(c.hub_key_id, 0x22, ID_LEN);
	memset(c.device, 0x33, ID_LEN);
	memset(c.mac_key, 0x44, KEY_LEN);
	return c;
}

static void
a_sync_request_is_as_computed_elsewhere(void **state)
{
	static const char want[] = "010100" "1111111111111111"
	    "3333333333333333" "00000007" "b640edb5722e8dc869e5c4a9b5994982"
	    "616263";
	struct mac_context c = a_context();
	struct buf out = { 0 };
	char hex[256];

	(void)state;
	buf_put_text(&out, "x");
	assert_int_equal(message_request_sync(&c, 7, abc, &out), ERR_OK);
	hex_encode(out.p + 1, out.n - 1, hex);
	assert_string_equal(hex, want);
	buf_free(&out);
}

static void
a_sync_request_is_parsed_and_verified(void **state)
{
	struct mac_context c = a_context();
	struct buf out = { 0 }, plain = { 0 };
	struct span payload;
	struct request r;

	(void)state;
	assert_int_equal(message_request_sync(&c, 0xfffffffe, abc, &out),
	    ERR_OK);
	assert_int_equal(message_request_parse(buf_span(&out), &r), ERR_OK);
	assert_int_equal(r.type, REQUEST_SYNC);
	assert_int_equal(r.flags, 0);
	assert_int_equal(r.counter, 0xfffffffe);
	assert_memory_equal(r.commune, c.root_fpr, sizeof r.commune);
	assert_memory_equal(r.device_prefix, c.device,
	    sizeof r.device_prefix);
	assert_int_equal(message_request_verify(&r, &c), ERR_OK);
	assert_int_equal(message_request_payload(&r, &plain, &payload),
	    ERR_OK);
	assert_true(span_equal(payload, abc));
	assert_int_equal(plain.n, 0);
	buf_free(&out);
}

static void
the_mac_covers_every_byte_and_its_context(void **state)
{
	struct mac_context c = a_context(), other;
	uint8_t zeros[500] = { 0 };
	struct buf out = { 0 };
	struct request r;

	(void)state;
	assert_int_equal(message_request_sync(&c, 7,
	    (struct span){ zeros, sizeof zeros }, &out), ERR_OK);
	for (size_t i = 0; i < out.n; i++) {
		out.p[i] ^= 1;
		if (message_request_parse(buf_span(&out), &r) == ERR_OK)
			assert_int_equal(message_request_verify(&r, &c),
			    ERR_SIG);
		else
			assert_true(i < 2);
		out.p[i] ^= 1;
	}
	assert_int_equal(message_request_parse(buf_span(&out), &r), ERR_OK);
	for (size_t i = 0; i < sizeof c; i++) {
		other = c;
		((uint8_t *)&other)[i] ^= 1;
		assert_int_equal(message_request_verify(&r, &other),
		    ERR_SIG);
	}
	buf_free(&out);
}

static void
both_sides_make_the_same_mac_key(void **state)
{
	uint8_t a[KEY_LEN], b[KEY_LEN], a_pub[KEY_LEN], b_pub[KEY_LEN];
	uint8_t at_a[KEY_LEN], at_b[KEY_LEN], swapped[KEY_LEN];
	uint8_t small[KEY_LEN] = { 1 };

	(void)state;
	crypto_random(a, sizeof a);
	crypto_random(b, sizeof b);
	crypto_box_public(a, a_pub);
	crypto_box_public(b, b_pub);
	assert_int_equal(message_mac_key(a, b_pub, a_pub, b_pub, at_a),
	    ERR_OK);
	assert_int_equal(message_mac_key(b, a_pub, a_pub, b_pub, at_b),
	    ERR_OK);
	assert_memory_equal(at_a, at_b, KEY_LEN);
	assert_int_equal(message_mac_key(a, b_pub, b_pub, a_pub, swapped),
	    ERR_OK);
	assert_memory_not_equal(at_a, swapped, KEY_LEN);
	assert_int_equal(message_mac_key(a, small, a_pub, b_pub, at_a),
	    ERR_KEY);
}

static void
payloads_are_compressed_when_that_helps(void **state)
{
	static const uint8_t zeros[100000];
	struct span in = { zeros, sizeof zeros }, payload;
	struct mac_context c = a_context();
	struct buf out = { 0 }, plain = { 0 };
	struct request r;

	(void)state;
	assert_int_equal(message_request_sync(&c, 7, in, &out), ERR_OK);
	assert_true(out.n < 200);
	assert_int_equal(message_request_parse(buf_span(&out), &r), ERR_OK);
	assert_int_equal(r.flags, MESSAGE_FLAG_ZSTD);
	assert_int_equal(message_request_verify(&r, &c), ERR_OK);
	assert_int_equal(message_request_payload(&r, &plain, &payload),
	    ERR_OK);
	assert_true(span_equal(payload, in));
	buf_reset(&out);
	buf_reset(&plain);
	assert_int_equal(message_response(in, &out), ERR_OK);
	assert_true(out.n < 200);
	assert_int_equal(out.p[1], MESSAGE_FLAG_ZSTD);
	assert_int_equal(message_response_parse(buf_span(&out), &plain,
	    &payload), ERR_OK);
	assert_true(span_equal(payload, in));
	buf_free(&out);
	buf_free(&plain);
}

static void
an_invite_fetch_is_parsed(void **state)
{
	uint8_t invite[ID_LEN], sig[SIG_LEN];
	struct buf out = { 0 }, plain = { 0 };
	struct mac_context c = a_context();
	struct span payload;
	struct request r;

	(void)state;
	memset(invite, 5, sizeof invite);
	memset(sig, 6, sizeof sig);
	message_request_invite(invite, sig, &out);
	assert_int_equal(out.n, 83);
	assert_int_equal(message_request_parse(buf_span(&out), &r), ERR_OK);
	assert_int_equal(r.type, REQUEST_INVITE);
	assert_memory_equal(r.invite, invite, ID_LEN);
	assert_memory_equal(r.sig, sig, SIG_LEN);
	assert_int_equal(message_request_verify(&r, &c), ERR_SIG);
	assert_int_equal(message_request_payload(&r, &plain, &payload),
	    ERR_OK);
	assert_int_equal(payload.n, 0);
	for (size_t cut = 0; cut < out.n; cut++)
		assert_int_equal(message_request_parse(
		    (struct span){ out.p, cut }, &r), ERR_FORMAT);
	buf_put_u8(&out, 0);
	assert_int_equal(message_request_parse(buf_span(&out), &r),
	    ERR_FORMAT);
	buf_free(&out);
}

static void
malformed_requests_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		err want;
	} cases[] = {
		{ 0, 0, ERR_FORMAT }, { 0, 2, ERR_VERSION },
		{ 0, 255, ERR_VERSION }, { 1, 0, ERR_FORMAT },
		{ 1, 2, ERR_FORMAT }, { 1, 3, ERR_FORMAT },
		{ 2, 2, ERR_FORMAT }, { 2, 0x80, ERR_FORMAT },
		{ 2, 1, ERR_OK },
	};
	struct mac_context c = a_context();
	struct buf out = { 0 }, plain = { 0 };
	struct span payload;
	struct request r;

	(void)state;
	assert_int_equal(message_request_sync(&c, 7, abc, &out), ERR_OK);
	for (size_t cut = 0; cut < SYNC_HEAD; cut++)
		assert_int_equal(message_request_parse(
		    (struct span){ out.p, cut }, &r), ERR_FORMAT);
	assert_int_equal(message_request_parse(
	    (struct span){ out.p, SYNC_HEAD }, &r), ERR_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t was = out.p[cases[i].at];

		out.p[cases[i].at] = cases[i].byte;
		assert_int_equal(message_request_parse(buf_span(&out), &r),
		    cases[i].want);
		out.p[cases[i].at] = was;
	}
	/* the last one said that its payload is compressed: it is not */
	assert_int_equal(message_request_payload(&r, &plain, &payload),
	    ERR_FORMAT);
	buf_free(&out);
	buf_free(&plain);
}

static void
malformed_responses_are_refused(void **state)
{
	static const struct {
		uint8_t body[3];
		size_t n;
		err want;
	} cases[] = {
		{ { 0 }, 0, ERR_FORMAT }, { { 1 }, 1, ERR_FORMAT },
		{ { 1, 0 }, 2, ERR_OK }, { { 1, 0, 9 }, 3, ERR_OK },
		{ { 0, 0, 9 }, 3, ERR_FORMAT }, { { 2 }, 1, ERR_VERSION },
		{ { 1, 2, 9 }, 3, ERR_FORMAT }, { { 1, 1, 9 }, 3, ERR_FORMAT },
		{ { 1, 1 }, 2, ERR_FORMAT },
	};
	struct buf plain = { 0 };
	struct span payload;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(message_response_parse(
		    (struct span){ cases[i].body, cases[i].n }, &plain,
		    &payload), cases[i].want);
	buf_free(&plain);
}

static void
bodies_have_a_largest_size(void **state)
{
	struct mac_context c = a_context();
	size_t n = LIMIT_BODY_PLAIN_BYTES + 1;
	uint8_t *bytes = calloc(1, n);
	struct buf out = { 0 }, plain = { 0 };
	struct span payload;
	struct request r;
	bool shorter;

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(message_response((struct span){ bytes, n }, &out),
	    ERR_LIMIT);
	assert_int_equal(message_request_sync(&c, 1,
	    (struct span){ bytes, n }, &out), ERR_LIMIT);
	assert_int_equal(out.n, 0);
	/* more than that, packed by somebody else */
	buf_put_u8(&out, 1);
	buf_put_u8(&out, MESSAGE_FLAG_ZSTD);
	assert_int_equal(compress_zstd((struct span){ bytes, n }, &out,
	    &shorter), ERR_OK);
	assert_int_equal(message_response_parse(buf_span(&out), &plain,
	    &payload), ERR_LIMIT);
	assert_int_equal(plain.cap, 0);
	/* the most that is taken */
	buf_reset(&out);
	assert_int_equal(message_response((struct span){ bytes, n - 1 },
	    &out), ERR_OK);
	assert_int_equal(message_response_parse(buf_span(&out), &plain,
	    &payload), ERR_OK);
	assert_int_equal(payload.n, n - 1);
	/* what does not compress */
	buf_reset(&out);
	crypto_random(bytes, n);
	assert_int_equal(message_response((struct span){ bytes,
	    LIMIT_BODY_BYTES }, &out), ERR_LIMIT);
	assert_int_equal(out.n, 0);
	assert_int_equal(message_response((struct span){ bytes,
	    LIMIT_BODY_BYTES - 2 }, &out), ERR_OK);
	assert_int_equal(message_response_parse(buf_span(&out), &plain,
	    &payload), ERR_OK);
	bytes[0] = 1;
	assert_int_equal(message_request_parse((struct span){ bytes,
	    LIMIT_BODY_BYTES + 1 }, &r), ERR_LIMIT);
	assert_int_equal(message_response_parse((struct span){ bytes,
	    LIMIT_BODY_BYTES + 1 }, &plain, &payload), ERR_LIMIT);
	free(bytes);
	buf_free(&out);
	buf_free(&plain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sync_request_is_as_computed_elsewhere),
		cmocka_unit_test(a_sync_request_is_parsed_and_verified),
		cmocka_unit_test(the_mac_covers_every_byte_and_its_context),
		cmocka_unit_test(both_sides_make_the_same_mac_key),
		cmocka_unit_test(payloads_are_compressed_when_that_helps),
		cmocka_unit_test(an_invite_fetch_is_parsed),
		cmocka_unit_test(malformed_requests_are_refused),
		cmocka_unit_test(malformed_responses_are_refused),
		cmocka_unit_test(bodies_have_a_largest_size),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
