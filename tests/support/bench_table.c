/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { PATH_CHARS = 4096, NUMBER_CHARS = 64, NOTES_CHARS = 4096 };

struct bench_table {
	FILE *file;
	char notes[NOTES_CHARS];
};

_Noreturn static void
die(const char *what)
{
	(void)fprintf(stderr, "bench: %s\n", what);
	exit(2);
}

static void
bench_path(const char *name, char *ret, size_t n)
{
	const char *build = getenv("BUILD");
	int used = snprintf(ret, n, "%s/bench", build ? build : "build");

	if (used < 0 || (size_t)used >= n)
		die("BUILD is too long");
	(void)mkdir(ret, 0777);
	if (snprintf(ret + used, n - (size_t)used, "/%s", name) >=
	    (int)(n - (size_t)used))
		die("BUILD is too long");
}

/* To both places. */
__attribute__((format(printf, 2, 3))) static void
say(struct bench_table *t, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	(void)vprintf(format, args);
	(void)vfprintf(t->file, format, again);
	va_end(again);
	va_end(args);
	(void)fflush(stdout);
}

struct bench_table *
bench_table_open(const char *name, const char *title)
{
	struct bench_table *t = calloc(1, sizeof *t);
	char file[PATH_CHARS], path[PATH_CHARS];

	(void)snprintf(file, sizeof file, "%s.md", name);
	bench_path(file, path, sizeof path);
	if (t == NULL || (t->file = fopen(path, "w")) == NULL)
		die("the table cannot be written");
	say(t, "### %s\n\n", title);
	say(t, "| figure | ours | baseline | ratio | target | |\n");
	say(t, "|---|---|---|---|---|---|\n");
	return t;
}

/* Digits in threes from 1,000 on, three of them below. */
static const char *
number(double v, char out[static NUMBER_CHARS])
{
	char plain[NUMBER_CHARS];
	size_t n, at = 0;

	if (v < 1000) {
		(void)snprintf(out, NUMBER_CHARS, v < 10 ? "%.2f" :
		    v < 100 ? "%.1f" : "%.0f", v);
		return out;
	}
	(void)snprintf(plain, sizeof plain, "%.0f", v);
	n = strlen(plain);
	for (size_t i = 0; i < n && at + 2 < NUMBER_CHARS; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
	return out;
}

void
bench_table_row(struct bench_table *t, const struct bench_row *r)
{
	bool based = r->against != NULL && r->baseline > 0;
	bool of_ratio = r->rule == BENCH_RATIO_AT_LEAST ||
	    r->rule == BENCH_RATIO_AT_MOST;
	bool most = r->rule == BENCH_AT_MOST || r->rule == BENCH_RATIO_AT_MOST;
	double ratio = based ? r->ours / r->baseline : 0;
	double v = of_ratio ? ratio : r->ours;
	char a[NUMBER_CHARS];

	say(t, "| %s | %s %s |", r->figure, number(r->ours, a), r->unit);
	if (based)
		say(t, " %s %s: %s | %.2f |", number(r->baseline, a), r->unit,
		    r->against, ratio);
	else
		say(t, " | |");
	if (r->rule == BENCH_NO_TARGET) {
		say(t, " | |\n");
		return;
	}
	say(t, " at %s %s %s | %s |\n", most ? "most" : "least",
	    number(r->target, a), of_ratio ? "times the baseline" : r->unit,
	    (most ? v <= r->target : v >= r->target) ? "met" : "short");
}

void
bench_table_note(struct bench_table *t, const char *note)
{
	size_t n = strlen(t->notes);

	(void)snprintf(t->notes + n, sizeof t->notes - n, "\n%s\n", note);
}

void
bench_table_close(struct bench_table *t)
{
	say(t, "%s\n", t->notes);
	if (fclose(t->file) != 0)
		die("the table cannot be written");
	free(t);
}

static double
seconds_of(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double
bench_table_now(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

double
bench_table_worked(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
bench_table_median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare);
	return v[n / 2];
}

char *
bench_table_folder(void)
{
	char *path = malloc(PATH_CHARS);

	if (path == NULL)
		die("no memory");
	bench_path("work.XXXXXX", path, PATH_CHARS);
	if (mkdtemp(path) == NULL)
		die("no folder for the files");
	return path;
}
