/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_verify.c -- `nguon verify` without the reading of the file: the Hương
 * Sơn scenario with each person a hundred times, in segments of 256 and of 10
 * entries, and what memory it takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/verify.h"
#include "tests/support/bench_limit.h"
#include "tests/support/bench_table.h"
#include "tests/support/temp_folder.h"

enum { RUNS = 5, SLICE = 65536, COPIES = 100 };

struct history_file {
	uint8_t fpr[HASH_LEN];
	uint8_t *bytes;
	size_t n;
};

_Noreturn static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_verify: %s\n", what);
	exit(2);
}

static void
read_file(const char *path, struct history_file *f)
{
	FILE *file = fopen(path, "rb");
	long n;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
	    (n = ftell(file)) <= 0)
		die("no history");
	rewind(file);
	f->n = (size_t)n;
	f->bytes = malloc(f->n);
	if (f->bytes == NULL || fread(f->bytes, 1, f->n, file) != f->n)
		die("the history cannot be read");
	(void)fclose(file);
}

static void
write_history(const char *dir, int copies, int segment,
    struct history_file *f)
{
	const char *tools = getenv("TOOLS"), *path;
	char command[8192], fpr[128];
	FILE *out;

	path = temp_folder_path(dir, "history");
	if (snprintf(command, sizeof command, "'%s/write_scenario'"
	    " --copies %d --segment %d tests/scenario/huong-son '%s'",
	    tools ? tools : "build/tests/tools", copies, segment, path) >=
	    (int)sizeof command)
		die("TOOLS is too long");
	out = popen(command, "r");
	if (out == NULL || fgets(fpr, sizeof fpr, out) == NULL ||
	    pclose(out) != 0)
		die("write_scenario failed");
	fpr[strcspn(fpr, "\n")] = '\0';
	if (hex_decode(fpr, f->fpr, HASH_LEN) != ERR_OK)
		die("no fingerprint");
	read_file(path, f);
}

/* Seconds. */
static double
verify(const struct history_file *f, struct verify_totals *ret)
{
	double begin = bench_table_worked();
	struct verify *v = verify_new(f->fpr);

	if (v == NULL)
		die("no memory");
	for (size_t at = 0; at < f->n; at += SLICE)
		if (verify_feed(v, (struct span){ f->bytes + at,
		    f->n - at < SLICE ? f->n - at : SLICE }) != ERR_OK)
			die("not an audit file");
	if (verify_end(v) != ERR_OK || verify_totals(v)->failures > 0)
		die("does not verify");
	*ret = *verify_totals(v);
	verify_free(v);
	return bench_table_worked() - begin;
}

/* Megabytes that verifying adds to a process of its own. */
static double
memory(const struct history_file *f)
{
	int ends[2];
	double mb = 0;
	pid_t pid = -1;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		die("no process");
	if (pid == 0) {
		struct verify_totals t;
		struct rusage before, after;

		for (size_t i = 0; i < f->n; i += 4096)
			ends[0] += f->bytes[i] & 0;	/* its pages are ours */
		(void)getrusage(RUSAGE_SELF, &before);
		(void)verify(f, &t);
		(void)getrusage(RUSAGE_SELF, &after);
		mb = (double)(after.ru_maxrss - before.ru_maxrss) / 1024;
		_exit(write(ends[1], &mb, sizeof mb) == sizeof mb ? 0 : 1);
	}
	if (read(ends[0], &mb, sizeof mb) != sizeof mb)
		die("no answer");
	(void)waitpid(pid, NULL, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return mb;
}

/* Entries a second if there were nothing but the file's hash, each entry's
 * place in its chain, the digest of its facts, and the signatures. */
static double
bound(const struct history_file *f, const struct verify_totals *t)
{
	size_t entry = f->n / t->entries;
	double each = 1 / bench_limit_hash(entry + HASH_LEN) +
	    1 / bench_limit_hash(80) +
	    (double)entry / (bench_limit_hash(65536) * 65536);

	each += (double)t->segments / (double)t->entries /
	    bench_limit_verify();
	return 1 / each;
}

static double
speed(const struct history_file *f, struct verify_totals *ret)
{
	double v[RUNS];

	for (size_t i = 0; i < RUNS; i++) {
		v[i] = verify(f, ret);
		v[i] = (double)ret->entries / v[i];
	}
	return bench_table_median(v, RUNS);
}

static void
measure(struct bench_table *t, const char *dir, int segment)
{
	struct history_file f;
	struct verify_totals totals;
	double ours;
	struct bench_row row = { .unit = "entries/s",
		.rule = BENCH_AT_LEAST };

	write_history(dir, COPIES, segment, &f);
	ours = speed(&f, &totals);
	row.ours = ours;
	if (segment == 256) {
		row.figure = "verify, 256 entries a segment";
		row.against = "BLAKE2b-256 of 200 bytes";
		row.baseline = bench_limit_hash(200);
		row.target = 1000000;
	} else {
		row.figure = "verify, 10 entries a segment";
		row.against = "Ed25519 verifications, times 10";
		row.baseline = 10 * bench_limit_verify();
		row.target = 180000;
	}
	bench_table_row(t, &row);
	bench_table_row(t, &(struct bench_row){ "the same", "entries/s", ours,
	    "its hashes and signatures alone", bound(&f, &totals),
	    BENCH_NO_TARGET, 0 });
	if (segment == 256) {
		struct history_file small;
		double mb = memory(&f), less;

		write_history(dir, COPIES / 4, segment, &small);
		less = memory(&small);
		bench_table_row(t, &(struct bench_row){
		    "memory of verify, 133,000 entries", "MB", mb,
		    "a quarter of the entries", less, BENCH_RATIO_AT_MOST,
		    1.1 });
		free(small.bytes);
	}
	free(f.bytes);
}

int
main(void)
{
	char *dir = bench_table_folder();
	struct bench_table *t;

	if (crypto_start() != ERR_OK)
		die("no crypto");
	t = bench_table_open("bench_verify",
	    "verify: whole history, tree and figures, one core");
	measure(t, dir, 256);
	measure(t, dir, 10);
	bench_table_note(t, "What each effective op wrote is held until the "
	    "figures are made: 280 bytes a new person.");
	bench_table_close(t);
	temp_folder_remove(dir);
	return 0;
}
