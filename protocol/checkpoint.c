/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint.c -- C2SP tlog-checkpoint over C2SP signed-note: the text, the
 * signature line, and a strict reader of both.
 */
#include "protocol/checkpoint.h"

#include <string.h>

#include "protocol/limits.h"
#include "protocol/utf8.h"

enum {
	NOTE_ED25519 = 0x01,	/* signature type, C2SP signed-note */
	ORIGIN_PREFIX_LEN = 6,
	ORIGIN_LEN = ORIGIN_PREFIX_LEN + 2 * CHECKPOINT_COMMUNE_LEN,
	LINE_RAW_LEN = CHECKPOINT_KEY_ID_LEN + SIG_LEN,
	DECIMAL_MAX = 20,	/* digits of UINT64_MAX */
};

static const char ORIGIN_PREFIX[] = "nguon/";
static const char EM_DASH_SPACE[] = "\xe2\x80\x94 ";

static struct span
literal(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static struct span
origin_of(const uint8_t commune[static CHECKPOINT_COMMUNE_LEN],
    char room[static ORIGIN_LEN + 1])
{
	memcpy(room, ORIGIN_PREFIX, ORIGIN_PREFIX_LEN);
	hex_encode(commune, CHECKPOINT_COMMUNE_LEN, room + ORIGIN_PREFIX_LEN);
	return (struct span){ (const uint8_t *)room, ORIGIN_LEN };
}

static void
put_decimal(struct buf *out, uint64_t v)
{
	uint8_t digits[DECIMAL_MAX];
	size_t at = sizeof digits;

	do {
		digits[--at] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_put(out, digits + at, sizeof digits - at);
}

void
checkpoint_key_id(struct span name, const uint8_t pub[static KEY_LEN],
    uint8_t ret_key_id[static CHECKPOINT_KEY_ID_LEN])
{
	static const uint8_t middle[2] = { '\n', NOTE_ED25519 };
	const struct span parts[3] = {
		name, { middle, sizeof middle }, { pub, KEY_LEN },
	};
	uint8_t hash[HASH_LEN];

	crypto_sha256(parts, 3, hash);
	memcpy(ret_key_id, hash, CHECKPOINT_KEY_ID_LEN);
}

void
checkpoint_put_line(struct span name, const uint8_t pub[static KEY_LEN],
    const uint8_t sig[static SIG_LEN], struct buf *out)
{
	uint8_t raw[LINE_RAW_LEN];

	checkpoint_key_id(name, pub, raw);
	memcpy(raw + CHECKPOINT_KEY_ID_LEN, sig, SIG_LEN);
	buf_put_text(out, EM_DASH_SPACE);
	buf_put(out, name.p, name.n);
	buf_put_u8(out, ' ');
	base64_put(out, (struct span){ raw, sizeof raw });
	buf_put_u8(out, '\n');
}

err
checkpoint_text(const uint8_t commune[static CHECKPOINT_COMMUNE_LEN],
    uint64_t size, const uint8_t root[static HASH_LEN], struct buf *out)
{
	char room[ORIGIN_LEN + 1];
	struct span origin = origin_of(commune, room);

	buf_put(out, origin.p, origin.n);
	buf_put_u8(out, '\n');
	put_decimal(out, size);
	buf_put_u8(out, '\n');
	base64_put(out, (struct span){ root, HASH_LEN });
	buf_put_u8(out, '\n');
	return buf_err(out);
}

err
checkpoint_sign(const uint8_t hub_seed[static KEY_LEN],
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], uint8_t ret_sig[static SIG_LEN])
{
	struct buf text = { .p = NULL };
	err rc;

	rc = checkpoint_text(commune, size, root, &text);
	if (rc == ERR_OK)
		crypto_sign_message(hub_seed, buf_span(&text), ret_sig);
	buf_free(&text);
	return rc;
}

err
checkpoint_note(const uint8_t hub_pub[static KEY_LEN],
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN],
    struct buf *out)
{
	char room[ORIGIN_LEN + 1];
	err rc;

	if ((rc = checkpoint_text(commune, size, root, out)) != ERR_OK)
		return rc;
	buf_put_u8(out, '\n');
	checkpoint_put_line(origin_of(commune, room), hub_pub, sig, out);
	return buf_err(out);
}

/* --- reading ----------------------------------------------------------- */

/* signed-note: UTF-8 without control characters other than newline. */
static bool
note_text_ok(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 && s.p[i] != '\n')
			return false;
	return utf8_lawful(s);
}

/* Does well-formed UTF-8 have a Unicode White_Space character here? */
static bool
space_at(const uint8_t *p, size_t n)
{
	uint32_t v;

	if (p[0] == ' ')
		return true;
	if (n >= 2 && p[0] == 0xc2)
		return p[1] == 0x85 || p[1] == 0xa0;
	if (n < 3)
		return false;
	v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	return v == 0xe19a80 ||				/* U+1680 */
	    (v >= 0xe28080 && v <= 0xe2808a) ||		/* U+2000..200A */
	    v == 0xe280a8 || v == 0xe280a9 ||		/* U+2028, 2029 */
	    v == 0xe280af || v == 0xe2819f ||		/* U+202F, 205F */
	    v == 0xe38080;				/* U+3000 */
}

/* signed-note: a key name is not empty and has no space and no plus.  s is
 * part of a note that note_text_ok passed. */
static bool
key_name_ok(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '+' || space_at(s.p + i, s.n - i))
			return false;
	return s.n != 0;
}

/* Takes what stands before the next end (which is taken too) off *s; false,
 * with *s as it was, when there is no end. */
static bool
take_until(struct span *s, uint8_t end, struct span *ret_before)
{
	const uint8_t *p;

	if (s->n == 0 || (p = memchr(s->p, end, s->n)) == NULL)
		return false;
	*ret_before = (struct span){ s->p, (size_t)(p - s->p) };
	s->n -= ret_before->n + 1;
	s->p = p + 1;
	return true;
}

static bool
take_prefix(struct span *s, struct span prefix)
{
	if (s->n < prefix.n || memcmp(s->p, prefix.p, prefix.n) != 0)
		return false;
	s->p += prefix.n;
	s->n -= prefix.n;
	return true;
}

/* The note's last blank line divides text from signature lines. */
static err
note_split(struct span note, struct span *ret_text, struct span *ret_lines)
{
	size_t i;

	if (note.n > LIMIT_CHECKPOINT_BYTES)
		return ERR_LIMIT;
	if (note.n < 3 || note.p[note.n - 1] != '\n' || !note_text_ok(note))
		return ERR_FORMAT;
	for (i = note.n - 1; i > 0; i--) {
		if (note.p[i] != '\n' || note.p[i - 1] != '\n')
			continue;
		if (i + 1 == note.n)	/* no signature line */
			return ERR_FORMAT;
		*ret_text = (struct span){ note.p, i };
		*ret_lines = (struct span){ note.p + i + 1, note.n - i - 1 };
		return ERR_OK;
	}
	return ERR_FORMAT;
}

/* Takes one signature line off *lines; raw gets key id and signature. */
static err
line_take(struct span *lines, struct span *ret_name, struct buf *raw)
{
	struct span line, name;
	err rc;

	if (!take_until(lines, '\n', &line) ||
	    !take_prefix(&line, literal(EM_DASH_SPACE)) ||
	    !take_until(&line, ' ', &name) || !key_name_ok(name))
		return ERR_FORMAT;
	buf_reset(raw);
	if ((rc = base64_decode(line, raw)) != ERR_OK)
		return rc;
	if (raw->n <= CHECKPOINT_KEY_ID_LEN)
		return ERR_FORMAT;
	*ret_name = name;
	return ERR_OK;
}

err
checkpoint_open(struct span note, struct span name, struct span *ret_text,
    uint8_t ret_key_id[static CHECKPOINT_KEY_ID_LEN],
    uint8_t ret_sig[static SIG_LEN])
{
	struct buf raw = { .p = NULL };
	struct span text, lines, who;
	uint8_t ours[LINE_RAW_LEN];
	size_t found = 0;
	err rc;

	if ((rc = note_split(note, &text, &lines)) != ERR_OK)
		goto out;
	while (lines.n != 0) {
		if ((rc = line_take(&lines, &who, &raw)) != ERR_OK)
			goto out;
		if (!span_equal(who, name) || raw.n != LINE_RAW_LEN)
			continue;
		memcpy(ours, raw.p, LINE_RAW_LEN);
		found++;
	}
	if (found != 1) {
		rc = ERR_FORMAT;
		goto out;
	}
	*ret_text = text;
	memcpy(ret_key_id, ours, CHECKPOINT_KEY_ID_LEN);
	memcpy(ret_sig, ours + CHECKPOINT_KEY_ID_LEN, SIG_LEN);
out:
	buf_free(&raw);
	return rc;
}

static err
origin_read(struct span line, uint8_t ret_commune[CHECKPOINT_COMMUNE_LEN])
{
	uint8_t commune[CHECKPOINT_COMMUNE_LEN];
	char hex[2 * CHECKPOINT_COMMUNE_LEN + 1];
	char again[ORIGIN_LEN + 1];

	if (line.n != ORIGIN_LEN)
		return ERR_FORMAT;
	memcpy(hex, line.p + ORIGIN_PREFIX_LEN, sizeof hex - 1);
	hex[sizeof hex - 1] = '\0';
	if (hex_decode(hex, commune, sizeof commune) != ERR_OK)
		return ERR_FORMAT;
	/* prefix, and lower case */
	if (!span_equal(line, origin_of(commune, again)))
		return ERR_FORMAT;
	memcpy(ret_commune, commune, sizeof commune);
	return ERR_OK;
}

static err
decimal_read(struct span line, uint64_t *ret)
{
	uint64_t v = 0, digit;
	size_t i;

	if (line.n == 0 || line.n > DECIMAL_MAX)
		return ERR_FORMAT;
	if (line.p[0] == '0' && line.n != 1)
		return ERR_FORMAT;
	for (i = 0; i < line.n; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return ERR_FORMAT;
		digit = (uint64_t)(line.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return ERR_FORMAT;
		v = v * 10 + digit;
	}
	*ret = v;
	return ERR_OK;
}

static err
root_read(struct span line, uint8_t ret_root[HASH_LEN])
{
	struct buf raw = { .p = NULL };
	err rc;

	rc = base64_decode(line, &raw);
	if (rc == ERR_OK && raw.n != HASH_LEN)
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		memcpy(ret_root, raw.p, HASH_LEN);
	buf_free(&raw);
	return rc;
}

err
checkpoint_parse(struct span note, struct checkpoint *ret_checkpoint)
{
	struct checkpoint c;
	struct span origin, line, text, rest = note;
	err rc;

	if (note.n > LIMIT_CHECKPOINT_BYTES)
		return ERR_LIMIT;
	if (!take_until(&rest, '\n', &origin))
		return ERR_FORMAT;
	if ((rc = origin_read(origin, c.commune)) != ERR_OK)
		return rc;
	rc = checkpoint_open(note, origin, &text, c.key_id, c.sig);
	if (rc != ERR_OK)
		return rc;
	if (!take_until(&text, '\n', &line) ||	/* origin again */
	    !take_until(&text, '\n', &line))
		return ERR_FORMAT;
	if ((rc = decimal_read(line, &c.size)) != ERR_OK)
		return rc;
	if (!take_until(&text, '\n', &line))
		return ERR_FORMAT;
	if ((rc = root_read(line, c.root)) != ERR_OK)
		return rc;
	if (text.n != 0)	/* extension lines */
		return ERR_FORMAT;
	*ret_checkpoint = c;
	return ERR_OK;
}

err
checkpoint_verify_fields(
    const uint8_t commune[static CHECKPOINT_COMMUNE_LEN],
    const uint8_t hub_pub[static KEY_LEN], uint64_t size,
    const uint8_t root[static HASH_LEN], const uint8_t sig[static SIG_LEN])
{
	struct buf text = { .p = NULL };
	err rc;

	rc = checkpoint_text(commune, size, root, &text);
	if (rc == ERR_OK)
		rc = crypto_verify(hub_pub, buf_span(&text), sig);
	buf_free(&text);
	return rc;
}

err
checkpoint_verify(const struct checkpoint *c,
    const uint8_t fpr[static HASH_LEN], const uint8_t hub_pub[static KEY_LEN])
{
	uint8_t key_id[CHECKPOINT_KEY_ID_LEN];
	char room[ORIGIN_LEN + 1];

	if (memcmp(c->commune, fpr, CHECKPOINT_COMMUNE_LEN) != 0)
		return ERR_FOREIGN;
	checkpoint_key_id(origin_of(c->commune, room), hub_pub, key_id);
	if (memcmp(c->key_id, key_id, sizeof key_id) != 0)
		return ERR_SIG;
	return checkpoint_verify_fields(c->commune, hub_pub, c->size, c->root,
	    c->sig);
}
