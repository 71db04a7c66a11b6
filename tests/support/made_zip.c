/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/made_zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zip.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/" \
	"relationships/"

static void
must(bool done, const char *what)
{
	if (done)
		return;
	(void)fprintf(stderr, "made_zip: %s\n", what);
	exit(1);
}

/* ---- a file that is mostly blanks, made as it is asked for */

struct blanks {
	struct made_file file;
	size_t at, head, total;
};

static uint8_t
byte_at(const struct blanks *b, size_t at)
{
	size_t head = b->head;

	if (at < head)
		return (uint8_t)b->file.head[at];
	at -= head;
	return at < b->file.blanks ? ' ' :
	    (uint8_t)b->file.tail[at - b->file.blanks];
}

static zip_int64_t
give(void *ctx, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
	struct blanks *b = ctx;
	zip_stat_t *st = data;
	size_t k = 0;

	if (command == ZIP_SOURCE_OPEN)
		b->at = 0;
	if (command == ZIP_SOURCE_FREE)
		free(b);
	if (command == ZIP_SOURCE_SUPPORTS)
		return ZIP_SOURCE_SUPPORTS_READABLE;
	if (command == ZIP_SOURCE_READ) {
		for (; k < n && b->at < b->total; k++, b->at++)
			((uint8_t *)data)[k] = byte_at(b, b->at);
		return (zip_int64_t)k;
	}
	if (command == ZIP_SOURCE_STAT) {
		zip_stat_init(st);
		st->size = b->total;
		st->valid = ZIP_STAT_SIZE;
		return sizeof *st;
	}
	return 0;
}

static zip_source_t *
source_of(zip_t *zip, const struct made_file *f)
{
	struct blanks *b;

	if (f->text != NULL)
		return zip_source_buffer(zip, f->text, strlen(f->text), 0);
	b = calloc(1, sizeof *b);
	must(b != NULL, "memory");
	b->file = *f;
	b->head = strlen(f->head);
	b->total = b->head + f->blanks + strlen(f->tail);
	return zip_source_function(zip, give, b);
}

/* ---- archives */

static void
take(zip_source_t *whole, struct buf *out)
{
	uint8_t piece[4096];
	zip_int64_t n;

	must(zip_source_open(whole) == 0, "open");
	while ((n = zip_source_read(whole, piece, sizeof piece)) > 0)
		buf_put(out, piece, (size_t)n);
	must(n == 0 && buf_err(out) == ERR_OK, "read");
	(void)zip_source_close(whole);
}

void
made_zip(const struct made_file *files, size_t count, struct buf *out)
{
	zip_error_t e;
	zip_source_t *whole;
	zip_t *zip;

	zip_error_init(&e);
	whole = zip_source_buffer_create(NULL, 0, 0, &e);
	must(whole != NULL, "source");
	zip_source_keep(whole);
	zip = zip_open_from_source(whole, ZIP_TRUNCATE, &e);
	must(zip != NULL, "archive");
	for (size_t i = 0; i < count; i++) {
		zip_int64_t at = zip_file_add(zip, files[i].name,
		    source_of(zip, &files[i]), ZIP_FL_ENC_UTF_8);
		must(at >= 0, files[i].name);
		must(zip_set_file_compression(zip, (zip_uint64_t)at,
		    files[i].stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 1) == 0,
		    "method");
	}
	must(zip_close(zip) == 0, "close");
	take(whole, out);
	zip_source_free(whole);
	zip_error_fini(&e);
}

/* ---- workbooks */

static const char *
join(char **kept, const char *a, const char *b, const char *c)
{
	size_t n = strlen(a) + strlen(b) + strlen(c) + 1;

	*kept = malloc(n);
	must(*kept != NULL, "memory");
	(void)snprintf(*kept, n, "%s%s%s", a, b, c);
	return *kept;
}

void
made_zip_book(const struct made_book *b, struct buf *out)
{
	static const char root[] = HEAD "<Relationships>"
	    "<Relationship Id=\"r1\" Type=\"" OFFICE "officeDocument\" "
	    "Target=\"xl/workbook.xml\"/></Relationships>";
	static const char relations[] = HEAD "<Relationships>"
	    "<Relationship Id=\"r7\" Type=\"" OFFICE "worksheet\" "
	    "Target=\"worksheets/one.xml\"/>"
	    "<Relationship Id=\"r2\" Type=\"" OFFICE "sharedStrings\" "
	    "Target=\"/xl/sharedStrings.xml\"/>"
	    "<Relationship Id=\"r3\" Type=\"" OFFICE "styles\" "
	    "Target=\"styles.xml\"/></Relationships>";
	char *kept[4];
	struct made_file files[6] = {
		{ .name = "_rels/.rels", .text = root },
		{ .name = "xl/_rels/workbook.xml.rels", .text = relations },
		{ .name = "xl/workbook.xml", .text = join(&kept[0],
		    HEAD "<workbook><workbookPr date1904=\"",
		    b->calendar_1904 ? "1" : "0", "\"/><sheets>"
		    "<sheet name=\"hidden\" state=\"hidden\" r:id=\"r8\"/>"
		    "<sheet name=\"one\" sheetId=\"1\" r:id=\"r7\"/>"
		    "</sheets></workbook>") },
		{ .name = "xl/sharedStrings.xml", .text = join(&kept[1],
		    HEAD "<sst>", b->strings != NULL ? b->strings : "",
		    "</sst>") },
		{ .name = "xl/styles.xml", .text = join(&kept[2],
		    HEAD "<styleSheet>", b->styles != NULL ? b->styles : "",
		    "</styleSheet>") },
		{ .name = "xl/worksheets/one.xml", .text = join(&kept[3],
		    HEAD "<worksheet><sheetData>", b->rows,
		    "</sheetData></worksheet>"), .stored = b->stored },
	};

	made_zip(files, 6, out);
	for (size_t i = 0; i < 4; i++)
		free(kept[i]);
}
