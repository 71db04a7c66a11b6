/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find_names -- looks for people's names and phones in files where nobody's
 * may be: in NFC and NFD, as written, in capitals and in small letters, in
 * UTF-8 and UTF-16 of both byte orders, and without their marks.
 * Usage: find_names [--people FOLDER] [--word WORD]... [--except GLOB]...
 *        PATH...
 *   --people  every full name of two or more words and every phone of
 *             FOLDER/people.csv
 *   --word    a name or a phone besides
 *   --except  names of files to pass over
 *   PATH      a file, or a folder with all that is in it
 * Prints file, offset and the form, never the name, and then what it searched.
 * Exit: 0 nothing found, 1 found, 2 wrong usage or not readable.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "client/store/paths.h"
#include "tests/support/scenario_csv.h"

enum {
	PREFIX = 6,		/* bytes that the filter looks at */
	PLAIN_LEAST = 8,	/* bytes of a form that any text may hold */
	FILTER_BITS = 20,
	FILE_MOST = 1 << 28,
	EXCEPT_MOST = 32,
	SHOWN_MOST = 10,	/* of one file */
};

struct pattern {
	uint8_t *bytes;		/* owned */
	size_t n;
	const char *form;	/* static */
};

struct search {
	struct pattern *patterns;	/* owned; sorted once all are there */
	size_t count, cap;
	uint8_t *filter;		/* owned; by the hash of a prefix */
	const char *except[EXCEPT_MOST];
	size_t excepts;
	uint64_t files, bytes, found;
};

static void
give_up(const char *what, const char *which)
{
	(void)fprintf(stderr, "find_names: %s: %s\n", which, what);
	exit(2);
}

static void *
need(void *p)
{
	if (p == NULL)
		give_up("no memory", "malloc");
	return p;
}

/* ---- the patterns */

static void
add(struct search *s, const void *bytes, size_t n, const char *form)
{
	struct pattern *p;

	if (n < PREFIX)
		return;
	if (s->count == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 4096;
		s->patterns = need(realloc(s->patterns,
		    s->cap * sizeof *s->patterns));
	}
	p = &s->patterns[s->count++];
	p->bytes = need(malloc(n));
	memcpy(p->bytes, bytes, n);
	p->n = n;
	p->form = form;
}

/* The same letters in each encoding; forms: UTF-8, UTF-16LE, UTF-16BE. */
static void
add_encoded(struct search *s, const uint8_t *text, size_t n,
    const char *const forms[3])
{
	size_t units = 0;
	uint16_t *wide = need(u8_to_u16(text, n, NULL, &units));
	uint8_t *out = need(malloc(2 * units + 1));

	add(s, text, n, forms[0]);
	for (size_t i = 0; i < units; i++) {
		out[2 * i] = (uint8_t)wide[i];
		out[2 * i + 1] = (uint8_t)(wide[i] >> 8);
	}
	add(s, out, 2 * units, forms[1]);
	for (size_t i = 0; i < units; i++) {
		out[2 * i] = (uint8_t)(wide[i] >> 8);
		out[2 * i + 1] = (uint8_t)wide[i];
	}
	add(s, out, 2 * units, forms[2]);
	free(out);
	free(wide);
}

/* Base letters alone, as a search would keep them; from decomposed text. */
static void
add_plain(struct search *s, const uint8_t *text, size_t n)
{
	uint8_t *out = need(malloc(n + 1));
	ucs4_t c;
	size_t m = 0;

	for (size_t i = 0; i < n;) {
		int step = u8_mbtouc(&c, text + i, n - i);
		if (c == 0x110 || c == 0x111)
			out[m++] = c == 0x110 ? 'D' : 'd';
		else if (c < 0x80)
			out[m++] = (uint8_t)c;
		i += (size_t)step;
	}
	if (m >= PLAIN_LEAST)
		add(s, out, m, "without marks");
	free(out);
}

static void
add_word(struct search *s, const char *word)
{
	static const char *const forms[2][3][3] = {
		{ { "NFC", "NFC UTF-16LE", "NFC UTF-16BE" },
		  { "NFC capitals", "NFC capitals UTF-16LE",
		    "NFC capitals UTF-16BE" },
		  { "NFC small", "NFC small UTF-16LE",
		    "NFC small UTF-16BE" } },
		{ { "NFD", "NFD UTF-16LE", "NFD UTF-16BE" },
		  { "NFD capitals", "NFD capitals UTF-16LE",
		    "NFD capitals UTF-16BE" },
		  { "NFD small", "NFD small UTF-16LE",
		    "NFD small UTF-16BE" } },
	};
	const uint8_t *text = (const uint8_t *)word;
	size_t n = strlen(word);

	if (u8_check(text, n) != NULL)
		give_up("not UTF-8", "a word");
	for (size_t k = 0; k < 2; k++) {
		uninorm_t norm = k == 0 ? UNINORM_NFC : UNINORM_NFD;
		size_t len[3] = { 0 };
		uint8_t *cased[3];

		cased[0] = need(u8_normalize(norm, text, n, NULL, &len[0]));
		cased[1] = need(u8_toupper(text, n, NULL, norm, NULL,
		    &len[1]));
		cased[2] = need(u8_tolower(text, n, NULL, norm, NULL,
		    &len[2]));
		for (size_t c = 0; c < 3; c++) {
			add_encoded(s, cased[c], len[c], forms[k][c]);
			if (norm == UNINORM_NFD)
				add_plain(s, cased[c], len[c]);
			free(cased[c]);
		}
	}
}

static void
add_people(struct search *s, const char *folder)
{
	struct scenario_csv t = scenario_csv_read(folder, "people.csv");
	size_t name = scenario_csv_column(&t, "full_name");
	size_t phone = scenario_csv_column(&t, "phone");

	for (size_t row = 0; row < t.rows; row++) {
		const char *full = scenario_csv_at(&t, row, name);
		if (strchr(full, ' ') != NULL)
			add_word(s, full);
		add_word(s, scenario_csv_at(&t, row, phone));
	}
	scenario_csv_free(&t);
}

static int
by_bytes(const void *a, const void *b)
{
	const struct pattern *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = memcmp(x->bytes, y->bytes, n);

	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static size_t
hash(uint64_t prefix)
{
	return (size_t)(prefix * 0x9e3779b97f4a7c15u >> (64 - FILTER_BITS));
}

static void
ready(struct search *s)
{
	size_t kept = 0;

	if (s->count == 0)
		give_up("nothing to look for", "--people, --word");
	qsort(s->patterns, s->count, sizeof *s->patterns, by_bytes);
	for (size_t i = 0; i < s->count; i++) {
		if (kept > 0 &&
		    by_bytes(&s->patterns[kept - 1], &s->patterns[i]) == 0)
			free(s->patterns[i].bytes);
		else
			s->patterns[kept++] = s->patterns[i];
	}
	s->count = kept;
	s->filter = need(calloc((size_t)1 << FILTER_BITS, 1));
	for (size_t i = 0; i < s->count; i++) {
		uint64_t prefix = 0;
		for (size_t k = 0; k < PREFIX; k++)
			prefix = prefix << 8 | s->patterns[i].bytes[k];
		s->filter[hash(prefix)] = 1;
	}
}

/* ---- the search */

/* The longest pattern at the beginning of bytes, or NULL. */
static const struct pattern *
match(const struct search *s, const uint8_t *bytes, size_t n)
{
	const struct pattern *longest = NULL;
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (memcmp(s->patterns[mid].bytes, bytes, PREFIX) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->count; low++) {
		const struct pattern *p = &s->patterns[low];
		if (memcmp(p->bytes, bytes, PREFIX) != 0)
			break;
		if (p->n <= n && memcmp(p->bytes, bytes, p->n) == 0)
			longest = p;
	}
	return longest;
}

static void
search_bytes(struct search *s, const char *path, struct span b)
{
	const uint64_t mask = ((uint64_t)1 << 8 * PREFIX) - 1;
	const struct pattern *p;
	uint64_t prefix = 0, found = 0;

	for (size_t i = 0; i < b.n; i++) {
		prefix = (prefix << 8 | b.p[i]) & mask;
		if (i + 1 < PREFIX || s->filter[hash(prefix)] == 0)
			continue;
		size_t at = i + 1 - PREFIX;
		p = match(s, b.p + at, b.n - at);
		if (p != NULL && ++found <= SHOWN_MOST)
			(void)printf("%s: byte %zu: %s\n", path, at, p->form);
	}
	if (found > SHOWN_MOST)
		(void)printf("%s: %llu more\n", path,
		    (unsigned long long)(found - SHOWN_MOST));
	s->found += found;
	s->bytes += b.n;
	s->files++;
}

static bool
is_excepted(const struct search *s, const char *path)
{
	const char *name = strrchr(path, '/');

	name = name != NULL ? name + 1 : path;
	for (size_t i = 0; i < s->excepts; i++)
		if (fnmatch(s->except[i], name, 0) == 0)
			return true;
	return false;
}

static void
search_path(struct search *s, const char *path)
{
	struct buf bytes = { .p = NULL };
	char inner[PATH_BYTES];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (is_excepted(s, path))
		return;
	if (lstat(path, &st) != 0)
		give_up(strerror(errno), path);
	if (S_ISREG(st.st_mode)) {
		if (paths_read(path, FILE_MOST, &bytes) != ERR_OK)
			give_up("not readable", path);
		search_bytes(s, path, buf_span(&bytes));
		buf_free(&bytes);
		return;
	}
	if (!S_ISDIR(st.st_mode))
		return;
	if ((dir = opendir(path)) == NULL)
		give_up(strerror(errno), path);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (paths_join(path, entry->d_name, inner) != ERR_OK)
			give_up("too long", path);
		search_path(s, inner);
	}
	(void)closedir(dir);
}

int
main(int argc, char **argv)
{
	struct search s = { .patterns = NULL };
	int i;

	for (i = 1; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "--people") == 0)
			add_people(&s, argv[i + 1]);
		else if (strcmp(argv[i], "--word") == 0)
			add_word(&s, argv[i + 1]);
		else if (strcmp(argv[i], "--except") == 0 &&
		    s.excepts < EXCEPT_MOST)
			s.except[s.excepts++] = argv[i + 1];
		else
			give_up("not an option", argv[i]);
	}
	if (i >= argc)
		give_up("no file or folder given", "PATH");
	ready(&s);
	for (; i < argc; i++)
		search_path(&s, argv[i]);
	(void)printf("%zu patterns, %llu files, %llu bytes: %llu found\n",
	    s.count, (unsigned long long)s.files,
	    (unsigned long long)s.bytes, (unsigned long long)s.found);
	for (size_t k = 0; k < s.count; k++)
		free(s.patterns[k].bytes);
	free(s.patterns);
	free(s.filter);
	return s.found > 0;
}
