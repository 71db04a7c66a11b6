/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_audit.c -- audit export, verify.
 */
#include "client/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cli/audit_report.h"
#include "client/cli/cli_progress.h"

/* ---- audit export */

static int
run_export(struct cli *c, const struct cli_args *a)
{
	struct cli_progress progress;
	char fpr[2 * HASH_LEN + 1];
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	cli_progress_begin(&progress, c, PHRASE_PROGRESS_EXPORT);
	store_watch(c->store, cli_progress_at, &progress);
	err rc = store_export_audit(c->store, a->operands[0]);
	store_watch(c->store, NULL, NULL);
	cli_progress_end(&progress);
	if (rc == ERR_ABSENT)
		rc = ERR_IO;	/* the folder: nothing else was looked for */
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	hex_encode(store_fingerprint(c->store), HASH_LEN, fpr);
	if (c->json) {
		struct json *j = json_new(stdout);
		json_object(j, NULL);
		json_cstr(j, "file", a->operands[0]);
		json_cstr(j, "fingerprint", fpr);
		json_free(j);
		return EXIT_FINE;
	}
	cli_print(c, AUDIT_DONE, a->operands[0]);
	(void)printf("  %s\n", fpr);
	return EXIT_FINE;
}

/* ---- verify */

enum { READ_BYTES = 65536 };

/* 64 hex digits; blanks between them do not count. */
static bool
read_root(const char *text, uint8_t ret[static HASH_LEN],
    char hex[static 2 * HASH_LEN + 1])
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '\t' || *text == '\n')
			continue;
		if (n == (size_t)2 * HASH_LEN)
			return false;
		hex[n++] = *text >= 'A' && *text <= 'F' ?
		    (char)(*text - 'A' + 'a') : *text;
	}
	hex[n] = '\0';
	return hex_decode(hex, ret, HASH_LEN) == ERR_OK;
}

/* How far it is, in KiB of the file. */
static void
tell(struct cli_progress *p, int fd, uint64_t done)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		cli_progress_at(p, done / 1024, (uint64_t)st.st_size / 1024);
}

static err
feed(int fd, struct verify *v, struct cli_progress *p)
{
	uint8_t *bytes = malloc(READ_BYTES);
	uint64_t done = 0;
	err rc = bytes != NULL ? ERR_OK : ERR_NOMEM;

	while (rc == ERR_OK) {
		ssize_t n = read(fd, bytes, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = ERR_IO;
		if (n <= 0)
			break;
		rc = verify_feed(v, (struct span){ bytes, (size_t)n });
		done += (uint64_t)n;
		tell(p, fd, done);
	}
	free(bytes);
	return rc != ERR_OK ? rc : verify_end(v);
}

/* A file of another root is not judged, which is no yes. */
static int
not_judged(struct cli *c, const uint8_t *root)
{
	struct span fpr = { root, HASH_LEN };
	char hex[2 * HASH_LEN + 1];

	hex_encode(root, HASH_LEN, hex);
	if (c->json) {
		struct json *j = json_new(stdout);
		json_object(j, NULL);
		json_bool(j, "valid", false);
		json_bool(j, "judged", false);
		json_cstr(j, "why", "root");
		json_hex(j, "root", fpr);
		json_free(j);
	} else {
		cli_print(c, VERIFY_FOREIGN, hex);
	}
	return EXIT_NO;
}

/* What could not be tried has a code of its own. */
static int
not_tried(struct cli *c, err rc, const char *file)
{
	if (rc != ERR_FORMAT)
		return cli_fail(c, rc);
	cli_say(c, VERIFY_NO_AUDIT, file);
	return EXIT_DAMAGED;
}

static bool
find_scope(const struct verify *v, const char *code, struct audit_wanted *w)
{
	const struct figures *f = verify_figures_provisional(v);

	if (f == NULL)
		f = verify_figures(v);
	for (size_t i = 0; f != NULL && i < figures_cell_count(f); i++) {
		if (strcmp(figures_cell(f, i)->code, code) == 0) {
			w->scope = figures_cell(f, i)->scope;
			w->scope_code = figures_cell(f, i)->code;
			return true;
		}
	}
	return false;
}

static int
report(struct cli *c, const struct verify *v, struct audit_wanted *w,
    const char *scope)
{
	bool valid = verify_totals(v)->failures == 0;

	if (scope != NULL && strcmp(scope, "commune") != 0 &&
	    audit_report_sound(v) && !find_scope(v, scope, w)) {
		cli_say(c, VERIFY_NO_SCOPE, scope);
		return EXIT_USAGE;
	}
	if (!(c->json ? audit_report_json(v, w) :
	    audit_report_text(c, v, w)))
		return cli_fail(c, ERR_NOMEM);
	return valid ? EXIT_FINE : EXIT_NO;
}

static int
verify(struct cli *c, const uint8_t *root, struct audit_wanted *w,
    const char *scope)
{
	int fd = open(w->file, O_RDONLY | O_CLOEXEC);
	struct cli_progress progress;
	struct verify *v;
	int code;

	if (fd < 0) {
		cli_say(c, VERIFY_NO_FILE, w->file);
		return EXIT_USAGE;
	}
	v = verify_new(root);
	cli_progress_begin(&progress, c, PHRASE_PROGRESS_VERIFY);
	err rc = v != NULL ? feed(fd, v, &progress) : ERR_NOMEM;
	cli_progress_end(&progress);
	(void)close(fd);
	if (rc == ERR_OK)
		code = report(c, v, w, scope);
	else if (rc == ERR_FOREIGN)
		code = not_judged(c, verify_foreign(v));
	else
		code = not_tried(c, rc, w->file);
	verify_free(v);
	return code;
}

static int
run_verify(struct cli *c, const struct cli_args *a)
{
	const char *root = cli_option(a, "root");
	const char *period = cli_option(a, "period");
	uint8_t fpr[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	struct period p;
	struct audit_wanted w = { .root = hex, .scope_code = "" };

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!read_root(root, fpr, hex)) {
		cli_say_plain(c, PHRASE_VERIFY_NO_ROOT);
		return EXIT_USAGE;
	}
	if (period != NULL && period_parse(period, &p) != ERR_OK) {
		cli_say(c, VERIFY_PERIOD, period);
		return EXIT_USAGE;
	}
	w.file = a->operands[0];
	w.period = period != NULL ? &p : NULL;
	return verify(c, fpr, &w, cli_option(a, "scope"));
}

/* ---- the table */

static const struct cli_option verify_options[] = {
	{ "root", "FINGERPRINT", PHRASE_OPTION_VERIFY_ROOT, CLI_MUST },
	{ "period", "PERIOD", PHRASE_OPTION_VERIFY_PERIOD, CLI_MAY },
	{ "scope", "CELL", PHRASE_OPTION_VERIFY_SCOPE, CLI_MAY },
};
static const struct cli_verb verbs[] = {
	{ "audit export", "FILE", PHRASE_VERB_AUDIT_EXPORT, NULL, 0,
	  run_export },
	{ "verify", "FILE", PHRASE_VERB_VERIFY, verify_options,
	  sizeof verify_options / sizeof verify_options[0], run_verify },
};

const struct cli_group verbs_audit = {
	PHRASE_HELP_AUDIT, verbs, sizeof verbs / sizeof verbs[0],
};
