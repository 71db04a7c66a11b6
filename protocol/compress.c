/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compress.c -- zstd behind two functions.
 *
 * Most of what travels is ciphertext, hashes and signatures, which do not
 * compress; levels above the default buy next to nothing on the rest.
 */
#include "protocol/compress.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	LEVEL = 6,
	WINDOW_LOG_MAX = 24,	/* what a peer may make us allocate: 16 MiB */
};

err
compress_zstd(struct span in, struct buf *out, bool *ret_shorter)
{
	uint8_t *packed = NULL;
	size_t room, n;
	err rc = ERR_OK;

	if (in.n <= COMPRESS_SAVES) {
		*ret_shorter = false;
		return buf_err(out);
	}
	room = ZSTD_compressBound(in.n);
	if (ZSTD_isError(room) || (packed = malloc(room)) == NULL)
		return ERR_NOMEM;
	n = ZSTD_compress(packed, room, in.p, in.n, LEVEL);
	if (ZSTD_isError(n)) {
		rc = ERR_NOMEM;	/* with this much room nothing else fails */
		goto out;
	}
	if (n > in.n - COMPRESS_SAVES) {
		*ret_shorter = false;
		goto out;
	}
	buf_put(out, packed, n);
	if ((rc = buf_err(out)) == ERR_OK)
		*ret_shorter = true;
out:
	free(packed);
	return rc;
}

/* Whether zstd's error code r is a size that was refused, no memory, or
 * damage. */
static err
err_of(size_t r)
{
	ZSTD_ErrorCode code = ZSTD_getErrorCode(r);

	if (code == ZSTD_error_memory_allocation)
		return ERR_NOMEM;
	if (code == ZSTD_error_frameParameter_windowTooLarge)
		return ERR_LIMIT;
	return ERR_FORMAT;
}

/* What the header of the frame says, before a decoder is made for it. */
static err
check_header(struct span in, size_t max_bytes)
{
	static const uint8_t magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned long long size;

	if (in.n < sizeof magic || memcmp(in.p, magic, sizeof magic) != 0)
		return ERR_FORMAT;
	size = ZSTD_getFrameContentSize(in.p, in.n);
	if (size == ZSTD_CONTENTSIZE_ERROR)
		return ERR_FORMAT;
	if (size != ZSTD_CONTENTSIZE_UNKNOWN && size > max_bytes)
		return ERR_LIMIT;
	return ERR_OK;
}

/* The decoder's loop.  chunk has chunk_size bytes; at most max_bytes and one
 * chunk are produced. */
static err
inflate(ZSTD_DCtx *decoder, struct span in, size_t max_bytes, uint8_t *chunk,
    size_t chunk_size, struct buf *out)
{
	ZSTD_inBuffer from = { in.p, in.n, 0 };
	size_t start = out->n, r;

	for (;;) {
		ZSTD_outBuffer to = { chunk, chunk_size, 0 };
		size_t before = from.pos;

		r = ZSTD_decompressStream(decoder, &to, &from);
		if (ZSTD_isError(r))
			return err_of(r);
		if (to.pos > max_bytes - (out->n - start))
			return ERR_LIMIT;
		buf_put(out, chunk, to.pos);
		if (buf_err(out) != ERR_OK)
			return buf_err(out);
		if (r == 0)
			return from.pos == from.size ? ERR_OK : ERR_FORMAT;
		if (to.pos == 0 && from.pos == before)
			return ERR_FORMAT;	/* cut off */
	}
}

err
compress_unzstd(struct span in, size_t max_bytes, struct buf *out)
{
	size_t start = out->n, chunk_size = ZSTD_DStreamOutSize();
	ZSTD_DCtx *decoder = NULL;
	uint8_t *chunk = NULL;
	err rc;

	if ((rc = check_header(in, max_bytes)) != ERR_OK)
		return rc;
	decoder = ZSTD_createDCtx();
	chunk = malloc(chunk_size);
	if (decoder == NULL || chunk == NULL) {
		rc = ERR_NOMEM;
		goto out;
	}
	/* a value within the library's bounds: this does not fail */
	(void)ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax,
	    WINDOW_LOG_MAX);
	rc = inflate(decoder, in, max_bytes, chunk, chunk_size, out);
	if (rc != ERR_OK && out->n > start)
		out->n = start;
out:
	free(chunk);
	ZSTD_freeDCtx(decoder);
	return rc;
}
