/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packet.c -- what a reader of packet.h may rely on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/limits.h"
#include "protocol/packet.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Computed by a Python program of a few lines: one frame, "abc". */
static const char SMALL[] = "4e47554f4e0d0a1a01010000"
    "1111111111111111111111111111111111111111111111111111111111111111"
    "33333333333333333333333333333333" "0000011f71fb04cb"
    "00000003616263" "00000000"
    "05913cc8c928021e8f901d14344cabf45aecc8ca49480594ab9399c51d4a7b0c";
enum { SMALL_LEN = 68 + 7 + 4 + 32 };

static struct packet_header
a_header(void)
{
	struct packet_header h = {
		.type = PACKET_EXCHANGE, .created_ms = 1234567890123,
	};

	memset(h.root_fpr, 0x11, HASH_LEN);
	memset(h.sender, 0x33, ID_LEN);
	return h;
}

/* A file with frames of these sizes, each filled with its number. */
static void
write_file(const size_t *sizes, size_t count, struct buf *out)
{
	struct packet_header h = a_header();
	struct packet_writer *w = packet_writer_new(&h, out);

	assert_non_null(w);
	for (size_t i = 0; i < count; i++) {
		uint8_t *frame = malloc(sizes[i]);

		assert_non_null(frame);
		memset(frame, (int)i + 1, sizes[i]);
		assert_int_equal(packet_put(w,
		    (struct span){ frame, sizes[i] }, out), ERR_OK);
		free(frame);
	}
	assert_int_equal(packet_end(w, out), ERR_OK);
	packet_writer_free(w);
}

struct seen {
	bool header;
	size_t frames;
	size_t bytes;		/* of frames */
	bool end;
	err rc;
};

/* Reads a file in steps of so many bytes. */
static struct seen
read_file(struct span file, size_t step)
{
	struct packet_reader *r = packet_reader_new();
	struct seen seen = { .rc = ERR_OK };
	enum packet_event event = PACKET_NEED_MORE;
	struct packet_header h;
	struct span frame;

	assert_non_null(r);
	for (size_t at = 0; at < file.n && seen.rc == ERR_OK; at += step) {
		size_t n = file.n - at < step ? file.n - at : step;

		seen.rc = packet_feed(r, (struct span){ file.p + at, n });
		while (seen.rc == ERR_OK) {
			seen.rc = packet_next(r, &event, &h, &frame);
			if (seen.rc != ERR_OK || event == PACKET_NEED_MORE ||
			    event == PACKET_END)
				break;
			seen.header |= event == PACKET_HEADER;
			if (event != PACKET_FRAME)
				continue;
			seen.frames++;
			seen.bytes += frame.n;
			for (size_t i = 0; i < frame.n; i++)
				if (frame.p[i] != seen.frames)
					seen.rc = ERR_DAMAGED;
		}
	}
	seen.end = seen.rc == ERR_OK && event == PACKET_END;
	if (seen.end)
		assert_int_equal(packet_offset(r), file.n);
	packet_reader_free(r);
	return seen;
}

static void
a_file_is_as_computed_elsewhere(void **state)
{
	uint8_t want[SMALL_LEN];
	struct packet_header h = a_header();
	struct buf out = { 0 };
	struct packet_writer *w = packet_writer_new(&h, &out);

	(void)state;
	assert_non_null(w);
	assert_int_equal(packet_put(w,
	    (struct span){ (const uint8_t *)"abc", 3 }, &out), ERR_OK);
	assert_int_equal(packet_end(w, &out), ERR_OK);
	packet_writer_free(w);
	assert_int_equal(hex_decode(SMALL, want, sizeof want), ERR_OK);
	assert_int_equal(out.n, sizeof want);
	assert_memory_equal(out.p, want, sizeof want);
	buf_free(&out);
}

/* The buffer may be handed on and emptied after each call. */
static void
writing_goes_piece_by_piece(void **state)
{
	uint8_t want[SMALL_LEN];
	struct packet_header h = a_header();
	struct buf out = { 0 }, file = { 0 };
	struct packet_writer *w = packet_writer_new(&h, &out);

	(void)state;
	buf_put(&file, out.p, out.n);
	buf_reset(&out);
	assert_int_equal(packet_put(w,
	    (struct span){ (const uint8_t *)"abc", 3 }, &out), ERR_OK);
	buf_put(&file, out.p, out.n);
	buf_reset(&out);
	assert_int_equal(packet_end(w, &out), ERR_OK);
	buf_put(&file, out.p, out.n);
	packet_writer_free(w);
	assert_int_equal(hex_decode(SMALL, want, sizeof want), ERR_OK);
	assert_int_equal(file.n, sizeof want);
	assert_memory_equal(file.p, want, sizeof want);
	buf_free(&out);
	buf_free(&file);
}

static void
frames_that_no_reader_takes_are_not_written(void **state)
{
	static const uint8_t zeros[LIMIT_FRAME_BYTES + 1];
	struct packet_header h = a_header();
	struct buf out = { 0 };
	struct packet_writer *w = packet_writer_new(&h, &out);

	(void)state;
	assert_int_equal(packet_put(w, (struct span){ NULL, 0 }, &out),
	    ERR_FORMAT);
	assert_int_equal(packet_put(w, (struct span){ zeros, sizeof zeros },
	    &out), ERR_LIMIT);
	assert_int_equal(out.n, PACKET_HEADER_LEN);
	assert_int_equal(packet_put(w,
	    (struct span){ (const uint8_t *)"abc", 3 }, &out), ERR_OK);
	assert_int_equal(packet_end(w, &out), ERR_OK);
	assert_int_equal(out.n, SMALL_LEN);
	packet_writer_free(w);
	packet_writer_free(NULL);
	buf_free(&out);
}

static void
the_header_is_handed_out(void **state)
{
	struct packet_reader *r = packet_reader_new();
	struct packet_header h, want = a_header();
	enum packet_event event;
	struct span frame;
	struct buf file = { 0 };

	(void)state;
	write_file(NULL, 0, &file);
	assert_int_equal(packet_next(r, &event, &h, &frame), ERR_OK);
	assert_int_equal(event, PACKET_NEED_MORE);
	assert_int_equal(packet_feed(r, buf_span(&file)), ERR_OK);
	assert_int_equal(packet_next(r, &event, &h, &frame), ERR_OK);
	assert_int_equal(event, PACKET_HEADER);
	assert_int_equal(packet_offset(r), PACKET_HEADER_LEN);
	assert_int_equal(h.type, want.type);
	assert_int_equal(h.created_ms, want.created_ms);
	assert_memory_equal(h.root_fpr, want.root_fpr, HASH_LEN);
	assert_memory_equal(h.sender, want.sender, ID_LEN);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(packet_next(r, &event, &h, &frame), ERR_OK);
		assert_int_equal(event, PACKET_END);
	}
	packet_reader_free(r);
	packet_reader_free(NULL);
	buf_free(&file);
}

static void
any_steps_give_the_same_frames(void **state)
{
	static const size_t sizes[] = { 1, 3, 100, 255, 256, 70000, 1, 4 };
	static const size_t steps[] = { 1, 2, 3, 5, 31, 67, 68, 69, 4096,
		1000000 };
	struct buf file = { 0 };
	struct seen seen;

	(void)state;
	write_file(sizes, COUNT(sizes), &file);
	for (size_t i = 0; i < COUNT(steps); i++) {
		seen = read_file(buf_span(&file), steps[i]);
		assert_int_equal(seen.rc, ERR_OK);
		assert_true(seen.header && seen.end);
		assert_int_equal(seen.frames, COUNT(sizes));
		assert_int_equal(seen.bytes, 70620);
	}
	buf_free(&file);
}

static void
a_file_cut_anywhere_gives_the_frames_before(void **state)
{
	static const size_t sizes[] = { 1, 30, 100, 2 };
	static const size_t ends[] = { 68 + 5, 107, 211, 217 };
	struct buf file = { 0 };
	struct seen seen;
	size_t whole;

	(void)state;
	write_file(sizes, COUNT(sizes), &file);
	assert_int_equal(file.n, 217 + 36);
	for (size_t cut = 0; cut < file.n; cut++) {
		whole = 0;
		while (whole < COUNT(ends) && ends[whole] <= cut)
			whole++;
		for (size_t step = 1; step <= file.n; step += 63) {
			seen = read_file((struct span){ file.p, cut }, step);
			assert_int_equal(seen.rc, ERR_OK);
			assert_false(seen.end);
			assert_int_equal(seen.header, cut >= 68);
			assert_int_equal(seen.frames, whole);
		}
	}
	buf_free(&file);
}

static void
any_changed_byte_is_noticed(void **state)
{
	static const size_t sizes[] = { 1, 30 };
	struct buf file = { 0 };
	struct seen seen;

	(void)state;
	write_file(sizes, COUNT(sizes), &file);
	for (size_t i = 0; i < file.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			file.p[i] ^= (uint8_t)(1u << bit);
			seen = read_file(buf_span(&file), 50);
			assert_false(seen.end);
			file.p[i] ^= (uint8_t)(1u << bit);
		}
	}
	file.p[file.n - 1] ^= 1;
	seen = read_file(buf_span(&file), 7);
	assert_int_equal(seen.rc, ERR_DAMAGED);
	assert_int_equal(seen.frames, 2);
	buf_free(&file);
}

static void
what_is_no_such_file_is_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		err want;
	} cases[] = {
		{ 0, 'M', ERR_FORMAT }, { 7, 0, ERR_FORMAT },
		{ 8, 0, ERR_FORMAT }, { 8, 2, ERR_VERSION },
		{ 8, 255, ERR_VERSION }, { 9, 0, ERR_FORMAT },
		{ 9, 2, ERR_DAMAGED }, { 9, 3, ERR_FORMAT },
		{ 10, 1, ERR_FORMAT }, { 11, 1, ERR_FORMAT },
		{ 12, 0, ERR_DAMAGED }, { 68, 0x80, ERR_LIMIT },
		{ 69, 0x11, ERR_LIMIT },
	};
	uint8_t file[SMALL_LEN];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(hex_decode(SMALL, file, sizeof file), 0);
		memset(file + 72, 1, 3);	/* so that frames count */
		file[cases[i].at] = cases[i].byte;
		assert_int_equal(read_file((struct span){ file, sizeof file },
		    sizeof file).rc, cases[i].want);
		assert_int_equal(read_file((struct span){ file, sizeof file },
		    1).rc, cases[i].want);
	}
	/* at the first byte, not after 68 of them */
	assert_int_equal(read_file((struct span){ (const uint8_t *)"{", 1 },
	    1).rc, ERR_FORMAT);
}

static void
nothing_may_follow_the_trailer(void **state)
{
	static const size_t sizes[] = { 5 };
	struct buf file = { 0 };

	(void)state;
	write_file(sizes, 1, &file);
	buf_put_u8(&file, 0);
	for (size_t step = 1; step <= file.n; step++)
		assert_int_equal(read_file(buf_span(&file), step).rc,
		    ERR_FORMAT);
	buf_free(&file);
}

static void
what_is_not_taken_is_not_fed_without_end(void **state)
{
	static const uint8_t zeros[LIMIT_FRAME_BYTES];
	struct packet_reader *r = packet_reader_new();
	struct packet_header h;
	enum packet_event event;
	struct span frame;

	(void)state;
	assert_int_equal(packet_feed(r, (struct span){ NULL, 0 }), ERR_OK);
	assert_int_equal(packet_feed(r, (struct span){ zeros,
	    sizeof zeros }), ERR_OK);
	assert_int_equal(packet_feed(r, (struct span){ zeros, 4 }), ERR_OK);
	assert_int_equal(packet_feed(r, (struct span){ zeros, 1 }),
	    ERR_LIMIT);
	assert_int_equal(packet_next(r, &event, &h, &frame), ERR_FORMAT);
	assert_int_equal(packet_next(r, &event, &h, &frame), ERR_FORMAT);
	assert_int_equal(packet_feed(r, (struct span){ zeros, 1 }),
	    ERR_FORMAT);
	packet_reader_free(r);
}

static void
a_frame_of_the_largest_size_passes(void **state)
{
	static const size_t sizes[] = { LIMIT_FRAME_BYTES, LIMIT_FRAME_BYTES };
	struct buf file = { 0 };
	struct seen seen;

	(void)state;
	write_file(sizes, COUNT(sizes), &file);
	seen = read_file(buf_span(&file), 65536);
	assert_true(seen.end);
	assert_int_equal(seen.frames, 2);
	buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_as_computed_elsewhere),
		cmocka_unit_test(writing_goes_piece_by_piece),
		cmocka_unit_test(frames_that_no_reader_takes_are_not_written),
		cmocka_unit_test(the_header_is_handed_out),
		cmocka_unit_test(any_steps_give_the_same_frames),
		cmocka_unit_test(a_file_cut_anywhere_gives_the_frames_before),
		cmocka_unit_test(any_changed_byte_is_noticed),
		cmocka_unit_test(what_is_no_such_file_is_refused),
		cmocka_unit_test(nothing_may_follow_the_trailer),
		cmocka_unit_test(what_is_not_taken_is_not_fed_without_end),
		cmocka_unit_test(a_frame_of_the_largest_size_passes),
	};

	if (crypto_start() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
