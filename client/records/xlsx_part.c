/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/xlsx_part.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "client/records/xlsx_read.h"

enum { PIECE = 65536, END_LEN = 22, COMMENT_MAX = 65535 };

struct xlsx_archive {
	zip_t *zip;
};

/* ---- the archive */

static uint32_t
le(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* The number of files, as the end of the archive has it, before libzip makes
 * room for them.  An archive beyond 4 GiB says 65535 there. */
static err
count_files(struct span bytes)
{
	size_t last = bytes.n < END_LEN ? 0 : bytes.n - END_LEN;
	size_t first = last > COMMENT_MAX ? last - COMMENT_MAX : 0;

	if (bytes.n < END_LEN)
		return ERR_FORMAT;
	for (size_t at = last + 1; at-- > first;) {
		const uint8_t *p = bytes.p + at;

		if (memcmp(p, "PK\5\6", 4) != 0)
			continue;
		/* libzip may take any of them for the end */
		if (le(p + 8, 2) > XLSX_ENTRIES_MAX ||
		    le(p + 10, 2) > XLSX_ENTRIES_MAX)
			return ERR_LIMIT;
	}
	return ERR_OK;
}

err
xlsx_part_open(struct span bytes, struct xlsx_archive **ret)
{
	struct xlsx_archive *a;
	zip_source_t *source;
	zip_error_t e;
	err rc = count_files(bytes);

	if (rc != ERR_OK)
		return rc;
	a = calloc(1, sizeof *a);
	if (a == NULL)
		return ERR_NOMEM;
	zip_error_init(&e);
	source = zip_source_buffer_create(bytes.p, bytes.n, 0, &e);
	if (source != NULL) {
		a->zip = zip_open_from_source(source, ZIP_RDONLY, &e);
		if (a->zip == NULL)
			zip_source_free(source);
	}
	if (a->zip == NULL)
		rc = zip_error_code_zip(&e) == ZIP_ER_MEMORY ? ERR_NOMEM :
		    ERR_FORMAT;
	else if (zip_get_num_entries(a->zip, 0) > XLSX_ENTRIES_MAX)
		rc = ERR_LIMIT;
	zip_error_fini(&e);
	if (rc == ERR_OK)
		*ret = a;
	else
		xlsx_part_close(a);
	return rc;
}

void
xlsx_part_close(struct xlsx_archive *a)
{
	if (a == NULL)
		return;
	if (a->zip != NULL)
		zip_discard(a->zip);
	free(a);
}

/* ---- XML */

struct reading {
	XML_Parser parser;
	const struct xlsx_sink *sink;
	unsigned depth;
	err failed;
};

static void
stop(struct reading *r, err rc)
{
	if (r->failed == ERR_OK)
		r->failed = rc;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static const char *
local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void XMLCALL
on_start(void *ctx, const XML_Char *name, const XML_Char **attr)
{
	struct reading *r = ctx;
	err rc = r->depth < XLSX_DEPTH_MAX ? ERR_OK : ERR_LIMIT;

	r->depth++;
	if (rc == ERR_OK && r->failed == ERR_OK)
		rc = r->sink->start(r->sink->ctx, local(name),
		    (const char *const *)attr);
	if (rc != ERR_OK)
		stop(r, rc);
}

static void XMLCALL
on_end(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;
	err rc = ERR_OK;

	r->depth--;
	if (r->failed == ERR_OK)
		rc = r->sink->end(r->sink->ctx, local(name));
	if (rc != ERR_OK)
		stop(r, rc);
}

static void XMLCALL
on_text(void *ctx, const XML_Char *text, int n)
{
	struct reading *r = ctx;
	err rc = ERR_OK;

	if (r->failed == ERR_OK && n > 0)
		rc = r->sink->text(r->sink->ctx, (struct span){
		    (const uint8_t *)text, (size_t)n });
	if (rc != ERR_OK)
		stop(r, rc);
}

/* No workbook has one, and entities come from nowhere else. */
static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(ctx, ERR_FORMAT);
}

static err
parse(struct reading *r, const char *bytes, size_t n, bool last)
{
	if (XML_Parse(r->parser, bytes, (int)n, last) == XML_STATUS_OK &&
	    r->failed == ERR_OK)
		return ERR_OK;
	if (r->failed != ERR_OK)
		return r->failed;
	return XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY ?
	    ERR_NOMEM : ERR_FORMAT;
}

/* To the end: only there libzip compares the check sum. */
static err
read_all(struct reading *r, zip_file_t *f)
{
	char *piece = malloc(PIECE);
	size_t total = 0;
	zip_int64_t n = 0;
	err rc = piece == NULL ? ERR_NOMEM : ERR_OK;

	while (rc == ERR_OK && (n = zip_fread(f, piece, PIECE)) > 0) {
		total += (size_t)n;
		rc = total > XLSX_PART_BYTES ? ERR_LIMIT :
		    parse(r, piece, (size_t)n, false);
	}
	if (rc == ERR_OK && n < 0)
		rc = ERR_FORMAT;
	if (rc == ERR_OK)
		rc = parse(r, "", 0, true);
	free(piece);
	return rc;
}

static err
find_part(struct xlsx_archive *a, const char *path, zip_uint64_t *ret)
{
	zip_int64_t at = zip_name_locate(a->zip, path, ZIP_FL_NOCASE);
	zip_stat_t st;

	if (at < 0)
		return ERR_ABSENT;
	zip_stat_init(&st);
	if (zip_stat_index(a->zip, (zip_uint64_t)at, 0, &st) != 0 ||
	    (st.valid & ZIP_STAT_SIZE) == 0 ||
	    (st.valid & ZIP_STAT_COMP_METHOD) == 0 ||
	    (st.comp_method != ZIP_CM_STORE &&
	    st.comp_method != ZIP_CM_DEFLATE))
		return ERR_FORMAT;
	if (st.size > XLSX_PART_BYTES)
		return ERR_LIMIT;
	*ret = (zip_uint64_t)at;
	return ERR_OK;
}

err
xlsx_part_read(struct xlsx_archive *a, const char *path,
    const struct xlsx_sink *sink)
{
	struct reading r = { .sink = sink };
	zip_uint64_t at = 0;
	zip_file_t *f = NULL;
	err rc = find_part(a, path, &at);

	if (rc != ERR_OK)
		return rc;
	f = zip_fopen_index(a->zip, at, 0);
	if (f == NULL)		/* enciphered, or not where it should be */
		return ERR_FORMAT;
	r.parser = XML_ParserCreate(NULL);
	if (r.parser != NULL) {
		XML_SetUserData(r.parser, &r);
		XML_SetElementHandler(r.parser, on_start, on_end);
		XML_SetCharacterDataHandler(r.parser, on_text);
		XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
		rc = read_all(&r, f);
		XML_ParserFree(r.parser);
	} else {
		rc = ERR_NOMEM;
	}
	(void)zip_fclose(f);
	return rc;
}

const char *
xlsx_part_attr(const char *const *attr, const char *name)
{
	for (; attr[0] != NULL; attr += 2)
		if (strcmp(local(attr[0]), name) == 0)
			return attr[1];
	return NULL;
}
