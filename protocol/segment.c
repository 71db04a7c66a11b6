/* SPDX-License-Identifier: Apache-2.0 */
/*
 * segment.c -- a run of entries of one log under one signature.
 */
#include "protocol/segment.h"

#include <string.h>

#include "protocol/limits.h"

uint64_t
segment_last(const struct segment *s)
{
	return s->first + (s->count - 1);
}

err
segment_next(const struct segment *s, size_t *cursor, struct span *ret_raw)
{
	struct codec_reader r = codec_reader(s->entries);
	struct span raw;
	err rc;

	if (*cursor >= s->entries.n)
		return ERR_ABSENT;
	r.p += *cursor;
	if ((rc = codec_read_value(&r, &raw)) != ERR_OK)
		return rc;
	*cursor += raw.n;
	*ret_raw = raw;
	return ERR_OK;
}

/* Takes count entries, which are skipped over. */
static err
read_entries(struct codec_reader *r, uint32_t count, struct span *ret)
{
	const uint8_t *start = r->p;
	struct span raw;
	err rc;

	for (uint32_t i = 0; i < count; i++) {
		if ((rc = codec_read_value(r, &raw)) != ERR_OK)
			return rc;
		if (raw.n > LIMIT_ENTRY_BYTES)
			return ERR_LIMIT;
	}
	*ret = (struct span){ start, (size_t)(r->p - start) };
	return ret->n > LIMIT_SEGMENT_BYTES ? ERR_LIMIT : ERR_OK;
}

err
segment_read(struct codec_reader *r, struct segment *ret)
{
	struct codec_reader ahead = *r;
	struct segment s;
	const uint8_t *log, *sig;
	err rc;

	if (codec_read_fixed(&ahead, ID_LEN, &log) != ERR_OK ||
	    codec_read_uint(&ahead, &s.first) != ERR_OK ||
	    codec_read_array(&ahead, &s.count) != ERR_OK ||
	    s.first == 0 || s.count == 0)
		return ERR_FORMAT;
	if (s.count > LIMIT_SEGMENT_ENTRIES)
		return ERR_LIMIT;
	if (s.first > UINT64_MAX - s.count)
		return ERR_FORMAT;
	if ((rc = read_entries(&ahead, s.count, &s.entries)) != ERR_OK)
		return rc;
	if (codec_read_fixed(&ahead, SIG_LEN, &sig) != ERR_OK)
		return ERR_FORMAT;
	memcpy(s.log, log, ID_LEN);
	memcpy(s.sig, sig, SIG_LEN);
	*ret = s;
	*r = ahead;
	return ERR_OK;
}

void
segment_put(struct buf *out, const struct segment *s)
{
	codec_put_bin(out, (struct span){ s->log, ID_LEN });
	codec_put_uint(out, s->first);
	codec_put_array(out, s->count);
	buf_put(out, s->entries.p, s->entries.n);
	codec_put_bin(out, (struct span){ s->sig, SIG_LEN });
}
