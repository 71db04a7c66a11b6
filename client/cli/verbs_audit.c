/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_audit.c -- audit export, verify.
 */
#include "client/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/audit_report.h"

/* ---- audit export */

static int
run_export(struct cli *c, const struct cli_args *a)
{
	char fpr[2 * HASH_LEN + 1];
	int code = EXIT_FINE;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	err rc = store_export_audit(c->store, a->operands[0]);
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

static err
feed(int fd, struct verify *v)
{
	uint8_t *bytes = malloc(READ_BYTES);
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
	}
	free(bytes);
	return rc != ERR_OK ? rc : verify_end(v);
}

/* What could not be tried has a code of its own; another root is a no. */
static int
not_tried(struct cli *c, err rc, const char *file)
{
	if (rc == ERR_FOREIGN) {
		if (c->json)
			(void)printf("{\"valid\":false,\"why\":\"root\"}\n");
		else
			cli_print_plain(c, PHRASE_VERIFY_FOREIGN);
		return EXIT_NO;
	}
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

	if (scope != NULL && strcmp(scope, "commune") != 0 && valid &&
	    !find_scope(v, scope, w)) {
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
	struct verify *v;
	int code;

	if (fd < 0) {
		cli_say(c, VERIFY_NO_FILE, w->file);
		return EXIT_USAGE;
	}
	v = verify_new(root);
	err rc = v != NULL ? feed(fd, v) : ERR_NOMEM;
	(void)close(fd);
	code = rc == ERR_OK ? report(c, v, w, scope) :
	    not_tried(c, rc, w->file);
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
	if (root == NULL || !read_root(root, fpr, hex)) {
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
	{ "root", "FINGERPRINT", PHRASE_OPTION_VERIFY_ROOT, false },
	{ "period", "PERIOD", PHRASE_OPTION_VERIFY_PERIOD, false },
	{ "scope", "CELL", PHRASE_OPTION_VERIFY_SCOPE, false },
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
