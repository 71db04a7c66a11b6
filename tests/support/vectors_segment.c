/* SPDX-License-Identifier: Apache-2.0 */
/* vectors_segment.c -- segment.txt: frames `segment` and their signature. */
#include "tests/support/vectors.h"

#include <string.h>

#include "protocol/frame.h"
#include "protocol/limits.h"
#include "tests/support/world.h"

struct made_log {
	struct world_log log;
	struct actor author;
	uint8_t fpr[HASH_LEN];
};

/* Three entries in a cell. */
static void
write_log(struct made_log *m)
{
	struct world_ops ops = { 0 };
	struct actor root;
	uint8_t scope[SCOPE_LEN], person[ID_LEN], empty[HASH_LEN];

	world_actor("root", &root);
	world_actor("secretary", &m->author);
	chain_root_fingerprint(root.pub, m->fpr);
	world_scope(SCOPE_CELL, 0, scope);
	crypto_sha256(NULL, 0, empty);
	vectors_count_up(person, ID_LEN, 0x50);
	world_log_open(&m->log, &m->author, scope, m->fpr, 0);
	world_op_log(&ops, &m->log, NULL);
	world_write(&m->log, &ops, 0, empty, 1000);
	world_op_bare(&ops, KIND_PERSON, person);
	world_write(&m->log, &ops, 0, empty, 2000);
	world_op_bare(&ops, KIND_PERSON, person);
	world_write(&m->log, &ops, 0, empty, 3000);
}

static void
row(struct buf *out, const struct made_log *m, const char *name,
    const char *expected, const struct segment *s)
{
	struct frame f = { .type = FRAME_SEGMENT, .u.segment = *s };
	uint8_t prev[HASH_LEN];
	struct buf bytes = { 0 };

	chain_start(m->fpr, m->log.id, prev);
	if (s->first > 1 && s->first - 2 < m->log.seq)
		memcpy(prev, m->log.entry[s->first - 2].hash, HASH_LEN);
	vectors_row(out, name, expected);
	vectors_bytes(out, m->author.pub, KEY_LEN);
	vectors_bytes(out, prev, HASH_LEN);
	frame_put(&bytes, &f);
	vectors_must(buf_err(&bytes), "frame");
	vectors_hex(out, buf_span(&bytes));
	vectors_end(out);
	buf_free(&bytes);
}

/* What is wrong with the frame as such. */
static void
put_malformed(struct buf *out, struct made_log *m)
{
	static const uint8_t one[] = { 0xc0 };
	struct segment s;
	struct buf many = { 0 };

	world_segment(&m->log, 2, 3, &s);
	s.first = 0;
	row(out, m, "first-seq-0", "format", &s);
	s.first = UINT64_MAX;
	row(out, m, "seq-runs-over", "format", &s);
	s.first = 2;
	s.count = 0;
	s.entries.n = 0;
	row(out, m, "no-entry", "format", &s);
	s.count = 1;
	s.entries = (struct span){ one, sizeof one };
	row(out, m, "entry-is-nil", "format", &s);
	s.count = LIMIT_SEGMENT_ENTRIES + 1;
	for (uint32_t i = 0; i < s.count; i++)
		buf_put_u8(&many, 0xc0);
	s.entries = buf_span(&many);
	row(out, m, "1025-entries", "limit", &s);
	buf_free(&many);
}

static void
put_forged(struct buf *out, struct made_log *m)
{
	struct segment s, other;
	struct actor stranger;

	world_actor("other", &stranger);
	world_segment(&m->log, 2, 2, &other);
	world_segment(&m->log, 2, 3, &s);
	s.sig[5] ^= 4;
	row(out, m, "signature-changed", "signature", &s);
	memcpy(s.sig, other.sig, SIG_LEN);
	row(out, m, "signature-of-another-head", "signature", &s);
	chain_sign_head(stranger.seed, m->log.id, 3, m->log.entry[2].hash,
	    s.sig);
	row(out, m, "signature-of-another-device", "signature", &s);
	chain_sign_head(m->author.seed, m->log.id, 4, m->log.entry[2].hash,
	    s.sig);
	row(out, m, "signature-of-another-seq", "signature", &s);
	crypto_sign_message(m->author.seed,
	    (struct span){ m->log.entry[2].hash, HASH_LEN }, s.sig);
	row(out, m, "signature-without-tag", "signature", &s);
	world_segment(&m->log, 2, 3, &s);
	s.log[0] ^= 1;
	row(out, m, "another-log", "signature", &s);
	world_segment(&m->log, 2, 3, &s);
	m->log.cut.p[m->log.entry[1].raw.n - 3] ^= 1;
	row(out, m, "entry-changed", "signature", &s);
	world_segment(&m->log, 2, 3, &s);
	s.count = 1;
	s.entries.n = m->log.entry[1].raw.n;
	row(out, m, "entry-taken-out", "signature", &s);
}

void
vectors_segment(struct buf *out, unsigned which)
{
	struct made_log m;
	struct segment s;

	(void)which;
	write_log(&m);
	vectors_note(out, "Frames `segment`, SPEC.md sections 6 and 11: the"
	    " entries follow the previous hash (hash_0 at seq 1).");
	vectors_table(out, "segments | name | expected | device public key"
	    " | previous hash | frame");
	world_segment(&m.log, 1, 1, &s);
	row(out, &m, "first-entry", "ok", &s);
	world_segment(&m.log, 1, 3, &s);
	row(out, &m, "all-entries", "ok", &s);
	world_segment(&m.log, 2, 3, &s);
	row(out, &m, "from-seq-2", "ok", &s);
	put_malformed(out, &m);
	put_forged(out, &m);
	world_log_free(&m.log);
}
