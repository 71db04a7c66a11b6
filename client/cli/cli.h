/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h -- what every verb of `nguon` shares: the verb table, options, the
 * passphrase, opening the store, messages, tables and JSON.
 *
 * Results go to stdout, messages to stderr.  A verb returns its exit code.
 */
#ifndef NGUON_CLI_H
#define NGUON_CLI_H

#include <stdio.h>

#include "client/store/paths.h"
#include "client/store/store.h"
#include "protocol/catalogue.h"

/* README, exit codes. */
enum {
	EXIT_FINE = 0,
	EXIT_NO = 1,		/* the answer is no */
	EXIT_USAGE = 2,
	EXIT_DAMAGED = 3,
	EXIT_LOCKED = 4,	/* or busy */
	EXIT_NETWORK = 5,
	EXIT_REFUSED = 6,	/* key, role, permission */
	EXIT_PARTLY = 7,
};

enum { CLI_COLUMNS = 80 };

struct cli {
	enum language language;		/* --lang, LANG */
	bool json;			/* --json */
	bool yes;			/* --yes */
	const char *store_option;	/* --store DIR */
	int passphrase_fd;		/* --passphrase-fd N; -1: prompt */
	struct store *store;		/* opened by cli_open; closed by main */
	char why[512];			/* detail of the last failure */
};

/* CLI_MANY: --cell A --cell B, or --cell A B where the verb takes no operand.
 * CLI_MUST: the verb does nothing without it. */
enum cli_need { CLI_MAY, CLI_MANY, CLI_MUST };

/* One option of a verb, for parsing and --help. */
struct cli_option {
	const char *name;		/* "cell": --cell */
	const char *value;		/* "CODE"; NULL: a flag */
	enum phrase help;
	enum cli_need need;
};

struct cli_args;
/* One verb, or a verb with its second word ("person add"). */
struct cli_verb {
	const char *name;		/* "person add" */
	const char *operands;		/* "CODE NAME", for --help; "" */
	enum phrase summary;		/* one line, without a full stop */
	const struct cli_option *options;
	size_t option_count;
	int (*run)(struct cli *c, const struct cli_args *a);
};

/* Every group of verbs exports its table, verbs_<group>.c; main.c lists the
 * groups. */
struct cli_group {
	enum phrase title;		/* of the group in --help */
	const struct cli_verb *verbs;
	size_t count;
};
extern const struct cli_group verbs_commune;	/* init cell quota */
extern const struct cli_group verbs_device;	/* invite join status sync */
extern const struct cli_group verbs_lock;	/* unlock lock */
extern const struct cli_group verbs_person;	/* person import */
extern const struct cli_group verbs_moves;	/* duplicates person */
extern const struct cli_group verbs_review;	/* review */
extern const struct cli_group verbs_rights;	/* person history print */
extern const struct cli_group verbs_work;	/* activity */
extern const struct cli_group verbs_nomination;	/* nomination */
extern const struct cli_group verbs_tasks;	/* tasks setting */
extern const struct cli_group verbs_board;	/* board */
extern const struct cli_group verbs_reminder;	/* remind reminder */
extern const struct cli_group verbs_directive;	/* directive */
extern const struct cli_group verbs_figures;	/* report conflicts */
extern const struct cli_group verbs_audit;	/* audit verify */

/* Parsed words behind the verb (cli_option.h). */
struct cli_given {
	const char *name;		/* without the dashes */
	const char *value;		/* "" for a flag */
};
struct cli_args {
	const struct cli_verb *verb;
	size_t operand_count;
	const char **operands;
	size_t given_count;
	struct cli_given *given;
};
/* The value of an option; NULL: not given; the last one where repeated. */
const char *cli_option(const struct cli_args *a, const char *name);
/* One after another; *cursor starts at 0; NULL at the end. */
const char *cli_option_next(const struct cli_args *a, const char *name,
    size_t *cursor);

/*
 * cli_open(c, ret_exit): opens the store with the keys that `nguon unlock`
 * left, else with the passphrase (asked once a process), takes in what the
 * daemon brought and says what is wrong with it.
 * cli_open_locked: public data only, nothing is asked.
 * On failure the message is printed and *ret_exit is the verb's exit code;
 * returns false.
 */
bool cli_open(struct cli *c, int *ret_exit);
/* store_take_in, with a bar on a terminal. */
MUST_USE err cli_take_in(struct cli *c, struct take_in *ret);
bool cli_open_locked(struct cli *c, int *ret_exit);
/* The store's folder.  False: the message is printed. */
bool cli_store_dir(struct cli *c, char ret[static PATH_BYTES],
    int *ret_exit);
/* A passphrase, from --passphrase-fd (one line) or a terminal without echo.
 * CLI_PASSPHRASE_NEW: asked twice on a terminal, and long enough.  Owner: the
 * caller wipes and frees ret->p with crypto_free.  False: the message is
 * printed. */
enum cli_passphrase_use { CLI_PASSPHRASE_OPEN, CLI_PASSPHRASE_NEW };
bool cli_passphrase(struct cli *c, enum cli_passphrase_use use,
    struct span *ret, int *ret_exit);
/* Whether a person is at the keyboard: both stdin and stderr are terminals. */
bool cli_terminal(void);
/* A yes-or-no question on the terminal; --yes says yes; without a terminal
 * no. */
bool cli_confirm(struct cli *c, enum phrase question);

/*
 * Messages.  cli_fail prints catalogue_error(e) to stderr, then what stands in
 * c->why, and returns err_exit_code(e).  cli_usage prints how the verb is
 * used and returns EXIT_USAGE.
 */
int cli_fail(struct cli *c, err e);
int cli_usage(struct cli *c, const struct cli_verb *verb);
/* A sentence wrapped at 80 columns and its line feed; control characters of
 * the arguments, line feeds among them, and direction marks are shown as "?".
 * A line that begins with blanks goes on under its first letter. */
__attribute__((format(printf, 2, 3)))
void cli_line(FILE *out, const char *format, ...);
/* One phrase of the catalogue with its arguments (at least one), to stderr
 * and stdout; ID without PHRASE_.  And one without arguments. */
#define cli_say(c, ID, ...) \
	cli_line(stderr, CATALOGUE_FORMAT((c)->language, ID), __VA_ARGS__)
#define cli_print(c, ID, ...) \
	cli_line(stdout, CATALOGUE_FORMAT((c)->language, ID), __VA_ARGS__)
void cli_say_plain(const struct cli *c, enum phrase phrase);
void cli_print_plain(const struct cli *c, enum phrase phrase);
const char *cli_text(const struct cli *c, enum phrase phrase);
/* "bí thư chi bộ". */
const char *cli_role(const struct cli *c, enum role role);
/* The wall time of this machine, YYYY-MM-DD HH:MM; "-" for 0. */
enum { CLI_TIME_BYTES = 32 };
void cli_time(uint64_t ms, char ret[static CLI_TIME_BYTES]);
/* What a person typed, in the form that is kept (fold_text_nfc), appended.
 * False: it is no text; the message is printed. */
bool cli_typed(struct cli *c, const char *text, struct buf *out,
    int *ret_exit);

/*
 * A table for a terminal of 80 columns.  Text goes to the left and is broken
 * at blanks where the columns do not fit; numbers go to the right.
 */
struct cli_table;
struct cli_table *cli_table_new(size_t columns);	/* NULL: no memory */
enum cli_align { CLI_LEFT, CLI_RIGHT };
void cli_table_heading(struct cli_table *t, size_t column, const char *text,
    enum cli_align align);
/* The next cell, row by row; text is copied. */
void cli_table_cell(struct cli_table *t, const char *text);
void cli_table_span(struct cli_table *t, struct span text);
void cli_table_u64(struct cli_table *t, uint64_t value);
/* 25.0 as people write it: 25,0 in Vietnamese. */
void cli_table_decimal(const struct cli *c, struct cli_table *t,
    const char *value);
/* False: memory ran out, and nothing is printed. */
bool cli_table_print(struct cli_table *t, FILE *out);
void cli_table_free(struct cli_table *t);

/* JSON; strings escaped, ids as hex.  key NULL: inside an array, or the
 * outermost value. */
struct json;
struct json *json_new(FILE *out);	/* NULL: no memory */
void json_free(struct json *j);		/* closes what is open; line feed */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close(struct json *j);
void json_text(struct json *j, const char *key, struct span value);
void json_cstr(struct json *j, const char *key, const char *value);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
void json_hex(struct json *j, const char *key, struct span value);

#endif
