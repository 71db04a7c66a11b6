/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_commune.c -- init, cell, quota.
 */
#include "client/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_option.h"
#include "client/cli/sheet.h"
#include "client/cli/verbs_quota.h"
#include "client/records/commune.h"
#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/limits.h"

enum { MEMBERS_MAX = 100000 };

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- init */

struct init {
	struct commune_new n;
	const char *sheet_path;		/* --recovery-out; NULL: terminal */
	char dir[PATH_BYTES], hub_dir[PATH_BYTES];
	char url[512];
	char date[16];
	struct buf name, holder;
	struct span pass;
	uint8_t *secret;
};

static bool
read_url(struct cli *c, const char *url, struct init *in, int *ret_exit)
{
	struct buf host = { 0 };
	size_t n = strlen(url);
	err rc = ERR_VALUE;

	while (n > 0 && url[n - 1] == '/')
		n--;
	if (n < sizeof in->url) {
		memcpy(in->url, url, n);
		in->url[n] = '\0';
		rc = commune_init_host(in->url, &host);
	}
	buf_free(&host);
	if (rc == ERR_OK)
		return true;
	cli_say(c, INIT_URL, url);
	*ret_exit = EXIT_USAGE;
	return false;
}

static bool
read_hub_dir(struct cli *c, const char *given, struct init *in, int *ret_exit)
{
	int n = given != NULL ?
	    snprintf(in->hub_dir, sizeof in->hub_dir, "%s", given) :
	    snprintf(in->hub_dir, sizeof in->hub_dir, "%s-hub", in->dir);

	if (n > 0 && (size_t)n < sizeof in->hub_dir)
		return true;
	*ret_exit = cli_fail(c, ERR_LIMIT);
	return false;
}

/* All that the line says, and whether init may begin. */
static bool
read_init(struct cli *c, const struct cli_args *a, struct init *in,
    int *ret_exit)
{
	const char *name = cli_option(a, "commune");
	const char *url = cli_option(a, "hub");
	const char *holder = cli_option(a, "name");
	int64_t today = (int64_t)(clock_now_ms() / 86400000);

	if (a->operand_count > 0) {
		*ret_exit = cli_usage(c, a->verb);
		return false;
	}
	in->sheet_path = cli_option(a, "recovery-out");
	if (in->sheet_path == NULL && !cli_terminal()) {
		cli_say_plain(c, PHRASE_SHEET_NEEDS);
		*ret_exit = EXIT_USAGE;
		return false;
	}
	if (!cli_store_dir(c, in->dir, ret_exit) ||
	    !read_hub_dir(c, cli_option(a, "hub-dir"), in, ret_exit) ||
	    !read_url(c, url, in, ret_exit) ||
	    !cli_typed(c, name, &in->name, ret_exit) ||
	    (holder != NULL && !cli_typed(c, holder, &in->holder, ret_exit)))
		return false;
	date_format(today, in->date);
	in->n = (struct commune_new){
		.dir = in->dir, .hub_dir = in->hub_dir, .hub_url = in->url,
		.name = buf_span(&in->name), .holder = buf_span(&in->holder),
	};
	err rc = commune_init_begin(&in->n);
	if (rc == ERR_EXISTS) {
		cli_say(c, INIT_THERE, in->dir, in->hub_dir);
		*ret_exit = err_exit_code(rc);
	} else if (rc != ERR_OK) {
		*ret_exit = cli_fail(c, rc);
	}
	return rc == ERR_OK;
}

static bool
give_sheet(struct cli *c, struct init *in, int *ret_exit)
{
	const char *name = buf_cstr(&in->name);

	if (in->sheet_path == NULL) {
		if (sheet_show(c, in->secret, name, in->date))
			return true;
		cli_say_plain(c, PHRASE_SHEET_GIVEN_UP);
		*ret_exit = EXIT_NO;
		return false;
	}
	err rc = sheet_save(c, in->sheet_path, in->secret, name, in->date);
	if (rc == ERR_OK)
		return true;
	cli_say(c, SHEET_NOT_SAVED, in->sheet_path);
	*ret_exit = err_exit_code(rc);
	return false;
}

static void
report_init(struct cli *c, const struct init *in)
{
	char fpr[2 * HASH_LEN + 1];

	hex_encode(store_fingerprint(c->store), HASH_LEN, fpr);
	if (c->json) {
		struct json *j = json_new(stdout);
		json_object(j, NULL);
		json_text(j, "commune", in->n.name);
		json_cstr(j, "fingerprint", fpr);
		json_cstr(j, "store", in->dir);
		json_cstr(j, "hub_dir", in->hub_dir);
		json_cstr(j, "hub", in->url);
		json_free(j);
		return;
	}
	cli_print(c, INIT_DONE, (const char *)in->name.p);
	cli_print_plain(c, PHRASE_INIT_FINGERPRINT);
	(void)printf("  %s\n", fpr);
	cli_print(c, INIT_STORE, in->dir);
	if (in->sheet_path != NULL)
		cli_print(c, SHEET_SAVED, in->sheet_path);
	cli_print(c, INIT_HUB_DIR, in->hub_dir);
	cli_print_plain(c, PHRASE_INIT_HUB_KEYS);
	cli_print(c, INIT_NEXT, in->hub_dir);
}

static int
make(struct cli *c, struct init *in)
{
	int code = EXIT_FINE;

	if (!cli_passphrase(c, CLI_PASSPHRASE_NEW, &in->pass, &code))
		return code;
	in->n.passphrase = in->pass;
	crypto_random(in->secret, KEY_LEN);
	if (!give_sheet(c, in, &code))
		return code;
	err rc = commune_init(&in->n, in->secret, &c->store);
	if (rc == ERR_OK) {
		report_init(c, in);
		return EXIT_FINE;
	}
	/* a sheet of a root that does not exist would only mislead */
	if (in->sheet_path != NULL)
		(void)unlink(in->sheet_path);
	if (rc != ERR_UNABLE)
		return cli_fail(c, rc);
	cli_say_plain(c, PHRASE_INIT_NO_NGUOND);
	return err_exit_code(rc);
}

static int
run_init(struct cli *c, const struct cli_args *a)
{
	struct init *in = calloc(1, sizeof *in);
	int code = EXIT_FINE;

	if (in == NULL)
		return cli_fail(c, ERR_NOMEM);
	in->secret = crypto_alloc(KEY_LEN);
	if (in->secret == NULL)
		code = cli_fail(c, ERR_NOMEM);
	else if (read_init(c, a, in, &code))
		code = make(c, in);
	crypto_free(in->secret);
	crypto_free((void *)(uintptr_t)in->pass.p);
	buf_free(&in->name);
	buf_free(&in->holder);
	free(in);
	return code;
}

/* ---- cells */

static int
number_wrong(struct cli *c, const char *text)
{
	cli_say(c, COMMUNE_NUMBER, text);
	return EXIT_USAGE;
}

static int
add_cell(struct cli *c, const char *code, const char *typed, uint64_t members)
{
	uint8_t scope[SCOPE_LEN];
	struct buf name = { 0 };
	int exit_code = EXIT_FINE;

	if (strlen(typed) > LIMIT_TEXT_BYTES) {
		cli_say_plain(c, PHRASE_COMMUNE_NAME_LONG);
		return EXIT_USAGE;
	}
	if (!cli_typed(c, typed, &name, &exit_code))
		return exit_code;
	err rc = commune_cell_add(c->store, as_span(code), buf_span(&name),
	    members, scope);
	if (rc == ERR_OK) {
		cli_print(c, COMMUNE_CELL_ADDED, code, buf_cstr(&name));
	} else if (rc == ERR_EXISTS) {
		cli_say(c, COMMUNE_CODE_TAKEN, code);
		exit_code = err_exit_code(rc);
	} else {
		exit_code = cli_fail(c, rc);
	}
	buf_free(&name);
	return exit_code;
}

static int
run_cell_add(struct cli *c, const struct cli_args *a)
{
	const char *text = cli_option(a, "members");
	uint64_t members = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (!commune_cell_code_ok(as_span(a->operands[0]))) {
		cli_say(c, COMMUNE_CODE, a->operands[0]);
		return EXIT_USAGE;
	}
	if (text != NULL &&
	    cli_option_number(text, MEMBERS_MAX, &members) != ERR_OK)
		return number_wrong(c, text);
	if (!cli_open(c, &code))
		return code;
	return add_cell(c, a->operands[0], a->operands[1], members);
}

/* The organisations with a lane in the cell, "a, b". */
static void
lane_names(const struct commune_lane *lanes, size_t count,
    const uint8_t *cell, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(lanes[i].cell, cell, SCOPE_LEN) != 0)
			continue;
		buf_put_text(out, out->n > 0 ? ", " : "");
		buf_put_text(out, lanes[i].organisation);
	}
}

static void
cells_json(const struct commune_cell *cells, size_t count,
    const struct commune_lane *lanes, size_t lane_count)
{
	struct json *j = json_new(stdout);

	json_array(j, NULL);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		json_cstr(j, "code", cells[i].code);
		json_cstr(j, "name", cells[i].name);
		json_hex(j, "scope", (struct span){ cells[i].scope,
		    SCOPE_LEN });
		json_u64(j, "members", cells[i].members);
		json_cstr(j, "commissioner", cells[i].commissioner);
		json_array(j, "organisations");
		for (size_t k = 0; k < lane_count; k++)
			if (memcmp(lanes[k].cell, cells[i].scope,
			    SCOPE_LEN) == 0)
				json_cstr(j, NULL, lanes[k].organisation);
		json_close(j);
		json_close(j);
	}
	json_free(j);
}

static bool
cells_table(struct cli *c, const struct commune_cell *cells, size_t count,
    const struct commune_lane *lanes, size_t lane_count)
{
	struct cli_table *t = cli_table_new(5);
	struct buf names = { 0 };

	cli_table_heading(t, 0, cli_text(c, PHRASE_HEAD_CODE), CLI_LEFT);
	cli_table_heading(t, 1, cli_text(c, PHRASE_HEAD_NAME), CLI_LEFT);
	cli_table_heading(t, 2, cli_text(c, PHRASE_HEAD_MEMBERS), CLI_RIGHT);
	cli_table_heading(t, 3, cli_text(c, PHRASE_HEAD_COMMISSIONER),
	    CLI_LEFT);
	cli_table_heading(t, 4, cli_text(c, PHRASE_HEAD_LANES), CLI_LEFT);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&names);
		lane_names(lanes, lane_count, cells[i].scope, &names);
		cli_table_cell(t, cells[i].code);
		cli_table_cell(t, cells[i].name);
		cli_table_u64(t, cells[i].members);
		cli_table_cell(t, cells[i].commissioner);
		cli_table_cell(t, buf_cstr(&names));
	}
	bool fine = cli_table_print(t, stdout);
	cli_table_free(t);
	buf_free(&names);
	return fine;
}

static int
run_cell_list(struct cli *c, const struct cli_args *a)
{
	struct commune_cell *cells = NULL;
	struct commune_lane *lanes = NULL;
	size_t count = 0, lane_count = 0;
	int code = EXIT_FINE;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_open_locked(c, &code))
		return code;
	err rc = commune_cell_all(c->store, &cells, &count);
	if (rc == ERR_OK)
		rc = commune_lane_all(c->store, NULL, &lanes, &lane_count);
	if (rc != ERR_OK)
		code = cli_fail(c, rc);
	else if (c->json)
		cells_json(cells, count, lanes, lane_count);
	else if (count == 0)
		cli_print_plain(c, PHRASE_COMMUNE_EMPTY);
	else if (!cells_table(c, cells, count, lanes, lane_count))
		code = cli_fail(c, ERR_NOMEM);
	free(cells);
	free(lanes);
	return code;
}

/* ---- quotas */

static int
set_quota(struct cli *c, const struct cli_args *a, uint64_t year,
    uint64_t number, const char *why)
{
	const char *const *o = a->operands;
	struct commune_cell cell;
	uint64_t old = UINT64_MAX;
	err rc = commune_cell_by_code(c->store, o[1], &cell);

	if (rc == ERR_ABSENT) {
		cli_say(c, COMMUNE_NO_CELL, o[1]);
		return err_exit_code(rc);
	}
	if (rc == ERR_OK)
		rc = commune_quota_set(c->store, year, cell.scope, number,
		    as_span(why != NULL ? why : ""), &old);
	if (rc == ERR_EXISTS) {
		cli_print(c, QUOTA_SAME, o[0], o[1], o[2]);
		return EXIT_FINE;
	}
	if (rc == ERR_RULE) {
		cli_say_plain(c, PHRASE_QUOTA_WHY);
		return err_exit_code(rc);
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (old != UINT64_MAX)
		cli_print(c, QUOTA_CHANGED, o[0], o[1], o[2],
		    (unsigned long long)old);
	else
		cli_print(c, QUOTA_DONE, o[0], o[1], o[2]);
	return EXIT_FINE;
}

static int
run_quota_set(struct cli *c, const struct cli_args *a)
{
	uint64_t year = 0, number = 0;
	struct buf why = { 0 };
	const char *typed = cli_option(a, "why");
	int code = EXIT_FINE;

	if (a->operand_count != 3)
		return cli_usage(c, a->verb);
	if (cli_option_number(a->operands[0], QUOTA_YEAR_MAX, &year) !=
	    ERR_OK || year < QUOTA_YEAR_MIN)
		return number_wrong(c, a->operands[0]);
	if (cli_option_number(a->operands[2], QUOTA_MAX, &number) != ERR_OK)
		return number_wrong(c, a->operands[2]);
	if (cli_open(c, &code) &&
	    (typed == NULL || cli_choose_why(c, typed, &why, &code)))
		code = set_quota(c, a, year, number,
		    typed != NULL ? buf_cstr(&why) : NULL);
	buf_free(&why);
	return code;
}

/* ---- the table */

static const struct cli_option init_options[] = {
	{ "commune", "NAME", PHRASE_OPTION_INIT_COMMUNE, CLI_MUST },
	{ "hub", "URL", PHRASE_OPTION_INIT_HUB, CLI_MUST },
	{ "hub-dir", "DIR", PHRASE_OPTION_INIT_HUB_DIR, CLI_MAY },
	{ "recovery-out", "FILE", PHRASE_OPTION_INIT_RECOVERY_OUT, CLI_MAY },
	{ "name", "HOLDER", PHRASE_OPTION_NAME, CLI_MAY },
};
static const struct cli_option cell_options[] = {
	{ "members", "N", PHRASE_OPTION_CELL_MEMBERS, CLI_MAY },
};
static const struct cli_option quota_list_options[] = {
	{ "year", "YEAR", PHRASE_OPTION_QUOTA_YEAR, CLI_MAY },
	{ "cell", "CODE", PHRASE_OPTION_QUOTA_CELL, CLI_MAY },
	{ "history", NULL, PHRASE_OPTION_QUOTA_HISTORY, CLI_MAY },
	{ "out", "FILE", PHRASE_OPTION_OUT, CLI_MAY },
};
static const struct cli_option quota_options[] = {
	{ "why", "TEXT", PHRASE_OPTION_QUOTA_WHY, CLI_MAY },
};
#define OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])
static const struct cli_verb verbs[] = {
	{ "init", "", PHRASE_VERB_INIT, OPTIONS(init_options), run_init },
	{ "cell add", "CODE NAME", PHRASE_VERB_CELL_ADD,
	  OPTIONS(cell_options), run_cell_add },
	{ "cell list", "", PHRASE_VERB_CELL_LIST, NULL, 0, run_cell_list },
	{ "quota set", "YEAR CELL N", PHRASE_VERB_QUOTA_SET,
	  OPTIONS(quota_options), run_quota_set },
	{ "quota list", "[YEAR]", PHRASE_VERB_QUOTA_LIST,
	  OPTIONS(quota_list_options), verbs_quota_list },
};

const struct cli_group verbs_commune = {
	PHRASE_HELP_COMMUNE, verbs, sizeof verbs / sizeof verbs[0],
};
