/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/verbs_conflicts.h"

#include <stdlib.h>
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_option.h"
#include "client/cli/cli_why.h"
#include "client/cli/cli_words.h"
#include "client/records/conflicts.h"
#include "protocol/date.h"

/* ---- one of them in words */

/* "Điện thoại"; "Kết nạp: Ngày"; "Kết nạp: ghi hai lần". */
static void
what_words(const struct cli *c, const struct conflict *x,
    char out[static CLI_WORDS_BYTES])
{
	const char *step = cli_words_step(c, x->step);
	char date[32] = "-";
	int64_t days;
	struct codec_reader r;

	switch (x->what) {
	case CONFLICT_VALUES:
		if (x->step == STEP_NONE)
			(void)snprintf(out, CLI_WORDS_BYTES, "%s",
			    cli_words_field(c, x->field));
		else
			(void)snprintf(out, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
			    c->language, CONFLICTS_OF_STEP), step,
			    cli_words_field(c, x->field));
		return;
	case CONFLICT_DOUBLED:
		(void)snprintf(out, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
		    c->language, CONFLICTS_DOUBLED), step);
		return;
	case CONFLICT_LATE:
		(void)snprintf(out, CLI_WORDS_BYTES, "%s",
		    cli_text(c, PHRASE_CONFLICTS_LATE));
		return;
	case CONFLICT_ORDER:
		break;
	}
	r = codec_reader(x->values[0].value);
	if (codec_read_int(&r, &days) == ERR_OK)
		date_format(days, date);
	(void)snprintf(out, CLI_WORDS_BYTES, CATALOGUE_FORMAT(c->language,
	    CONFLICTS_ORDER), step, date);
}

/* "Điện thoại: ", "Kết nạp, Ngày: ". */
static void
put_late(const struct cli *c, const struct conflict_value *v, struct buf *out)
{
	enum { STEP_AT = ID_LEN + 8 + 1 };

	if (v->element_len == STEP_AT + 1) {
		buf_put_text(out, cli_words_step(c,
		    (enum step)v->element[STEP_AT]));
		buf_put_text(out, ", ");
	}
	buf_put_text(out, cli_words_field(c, v->field));
	buf_put_text(out, ": ");
}

/* The value; of a step its date, and who or why. */
static void
value_words(const struct cli *c, const struct conflict *x,
    const struct conflict_value *v, struct buf *out)
{
	const bool late = x->what == CONFLICT_LATE;
	bool step = x->what != CONFLICT_VALUES && !late;

	if (late)
		put_late(c, v, out);
	if (v->unreadable)
		buf_put_text(out, cli_text(c, PHRASE_WORD_UNREADABLE));
	else if (v->value.n == 0)
		buf_put_text(out, cli_text(c, step ? PHRASE_WORD_NO_DATE :
		    PHRASE_WORD_EMPTY));
	else
		cli_words_value(c, step ? FIELD_DATE : late ? v->field :
		    x->field, v->value,
		    out);
	if (v->detail.n > 0) {
		buf_put_text(out, " · ");
		cli_words_value(c, FIELD_ORGANISATION_OF, v->detail, out);
	}
}

static void
print_value(struct cli *c, const struct conflict *x, size_t number)
{
	const struct conflict_value *v = &x->values[number - 1];
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES];
	struct buf words = { 0 };

	value_words(c, x, v, &words);
	cli_words_author(c, &v->author, who);
	cli_time(v->stamp.time_ms, when);
	cli_print(c, CONFLICTS_VALUE, number, buf_cstr(&words));
	cli_print(c, CONFLICTS_WHO, who, when, cli_text(c, v->received ?
	    PHRASE_CONFLICTS_RECEIVED : PHRASE_CONFLICTS_WAITS),
	    v->winner && x->count > 1 ?
	    cli_text(c, PHRASE_CONFLICTS_WINNER) : "");
	buf_free(&words);
}

static void
print_text(struct cli *c, const struct conflict_list *list)
{
	char what[CLI_WORDS_BYTES];

	if (list->count == 0) {
		cli_print_plain(c, PHRASE_CONFLICTS_NONE);
		return;
	}
	cli_print(c, CONFLICTS_COUNT, list->count);
	for (size_t i = 0; i < list->count; i++) {
		const struct conflict *x = &list->items[i];

		(void)fputc('\n', stdout);
		what_words(c, x, what);
		cli_print(c, CONFLICTS_HEAD, i + 1, x->id, x->code,
		    x->code[0] != '\0' ? " · " : "", x->name, what);
		for (size_t k = 1; k <= x->count; k++)
			print_value(c, x, k);
		if (x->what == CONFLICT_ORDER)
			cli_print(c, CONFLICTS_VERDICT,
			    cli_text(c, steps_phrase(x->verdict)));
	}
	(void)fputc('\n', stdout);
	cli_print_plain(c, PHRASE_CONFLICTS_HOW);
}

/* ---- JSON */

static void
json_author(struct json *j, const struct author *a)
{
	json_hex(j, "device", (struct span){ a->device, ID_LEN });
	json_cstr(j, "who", a->name);
	json_cstr(j, "role", role_name(a->role));
	json_bool(j, "own", a->own);
}

static void
json_conflict(const struct cli *c, struct json *j, const struct conflict *x)
{
	static const char *const what[] = { "values", "doubled", "order",
		"late" };
	const struct field_rule *rule = field_rule(x->field);

	json_object(j, NULL);
	json_cstr(j, "id", x->id);
	json_cstr(j, "what", what[x->what]);
	json_hex(j, "scope", (struct span){ x->scope, SCOPE_LEN });
	json_hex(j, "subject", (struct span){ x->subject, ID_LEN });
	json_cstr(j, "cell", x->code);
	json_cstr(j, "name", x->name);
	json_cstr(j, "field", rule != NULL ? rule->name : "");
	if (x->step != STEP_NONE)
		json_cstr(j, "step", field_step_name(x->step));
	json_array(j, "values");
	for (size_t i = 0; i < x->count; i++) {
		const struct conflict_value *v = &x->values[i];
		struct buf words = { 0 };

		value_words(c, x, v, &words);
		json_object(j, NULL);
		json_u64(j, "number", i + 1);
		json_text(j, "value", buf_span(&words));
		json_author(j, &v->author);
		json_u64(j, "time_ms", v->stamp.time_ms);
		json_bool(j, "received", v->received);
		json_bool(j, "winner", v->winner);
		json_bool(j, "readable", !v->unreadable);
		json_close(j);
		buf_free(&words);
	}
	json_close(j);
	json_close(j);
}

static int
print_json(struct cli *c, const struct conflict_list *list)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_array(j, "conflicts");
	for (size_t i = 0; i < list->count; i++)
		json_conflict(c, j, &list->items[i]);
	json_close(j);
	json_close(j);
	json_free(j);
	return EXIT_FINE;
}

int
verbs_conflicts_list(struct cli *c, const struct cli_args *a)
{
	struct conflict_list *list = NULL;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	rc = conflicts_list(c->store, &list);
	if (rc == ERR_OK)
		rc = conflicts_remember(c->store, list);
	if (rc != ERR_OK) {
		conflicts_free(list);
		return cli_fail(c, rc);
	}
	if (c->json)
		code = print_json(c, list);
	else
		print_text(c, list);
	if (code == EXIT_FINE && list->count > 0)
		code = EXIT_NO;
	conflicts_free(list);
	return code;
}

/* ---- settle */

static bool
read_choice(struct cli *c, const struct cli_args *a,
    struct conflict_choice *ret)
{
	const char *keep = cli_option(a, "keep");
	const char *value = cli_option(a, "value");
	uint64_t number = 0;

	*ret = (struct conflict_choice){ .drop =
	    cli_option(a, "drop") != NULL };
	if ((keep != NULL) + (value != NULL) + ret->drop != 1 ||
	    (keep != NULL && (cli_option_number(keep, 999, &number) !=
	    ERR_OK || number == 0))) {
		cli_say_plain(c, PHRASE_CONFLICTS_ONE_CHOICE);
		return false;
	}
	ret->keep = (size_t)number;
	if (value != NULL)
		ret->text = (struct span){ (const uint8_t *)value,
			strlen(value) };
	return true;
}

static int
settle(struct cli *c, const struct conflict *x,
    const struct conflict_choice *choice)
{
	char what[CLI_WORDS_BYTES];
	err rc = conflicts_seen(c->store, x);

	if (rc == ERR_ABSENT) {
		cli_say_plain(c, PHRASE_CONFLICTS_NOT_SHOWN);
		return EXIT_NO;
	}
	if (rc == ERR_OK)
		rc = conflicts_settle(c->store, x, choice);
	if (rc == ERR_VALUE && (choice->text.p == NULL ||
	    x->what != CONFLICT_VALUES)) {
		cli_say_plain(c, PHRASE_CONFLICTS_NO_FIT);
		return EXIT_USAGE;
	}
	if (rc == ERR_RULE) {
		cli_say_plain(c, PHRASE_CONFLICTS_NEEDS_WHY);
		return EXIT_USAGE;
	}
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	what_words(c, x, what);
	cli_print(c, CONFLICTS_SETTLED, x->id, what);
	return EXIT_FINE;
}

int
verbs_conflicts_settle(struct cli *c, const struct cli_args *a)
{
	struct conflict_choice choice;
	struct conflict_list *list = NULL;
	const char *why_typed = cli_option(a, "why");
	const struct conflict *x;
	struct buf why = { 0 };
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count != 1)
		return cli_usage(c, a->verb);
	if (!read_choice(c, a, &choice))
		return EXIT_USAGE;
	if (!cli_open(c, &code) || (why_typed != NULL &&
	    !cli_choose_why(c, why_typed, &why, &code))) {
		buf_free(&why);
		return code;
	}
	choice.why = buf_span(&why);
	rc = conflicts_list(c->store, &list);
	if (rc != ERR_OK) {
		buf_free(&why);
		return cli_fail(c, rc);
	}
	x = conflicts_find(list, a->operands[0]);
	if (x == NULL) {
		cli_say(c, CONFLICTS_ABSENT, a->operands[0]);
		code = EXIT_NO;
	} else {
		code = settle(c, x, &choice);
	}
	buf_free(&why);
	conflicts_free(list);
	return code;
}

/* ---- void */

static void
print_void(struct cli *c, const struct conflict_void *v, size_t number)
{
	char who[CLI_WORDS_BYTES], when[CLI_TIME_BYTES], date[16] = "";

	if (v->has_date)
		date_format(v->date, date);
	cli_print(c, CONFLICTS_VOID_LINE, number,
	    v->step != STEP_NONE ? cli_words_step(c, v->step) :
	    cli_words_kind(c, v->op.kind), date[0] != '\0' ? " · " : "", date);
	cli_print(c, CONFLICTS_VOID_WHY, cli_why_void(c, v->op.verdict));
	cli_words_author(c, &v->author, who);
	cli_time(v->time_ms, when);
	cli_print(c, CONFLICTS_WHO, who, when, cli_text(c, v->received ?
	    PHRASE_CONFLICTS_RECEIVED : PHRASE_CONFLICTS_WAITS), "");
}

static int
print_void_json(struct cli *c, const struct conflict_void *v, size_t count)
{
	struct json *j = json_new(stdout);

	if (j == NULL)
		return cli_fail(c, ERR_NOMEM);
	json_object(j, NULL);
	json_array(j, "void");
	for (size_t i = 0; i < count; i++) {
		const struct kind_rule *kind = field_kind(v[i].op.kind);

		json_object(j, NULL);
		json_hex(j, "log", (struct span){ v[i].op.log, ID_LEN });
		json_u64(j, "seq", v[i].op.seq);
		json_u64(j, "op", v[i].op.op);
		json_hex(j, "scope", (struct span){ v[i].op.scope,
		    SCOPE_LEN });
		json_cstr(j, "kind", kind != NULL ? kind->name : "");
		if (v[i].step != STEP_NONE)
			json_cstr(j, "step", field_step_name(v[i].step));
		json_cstr(j, "why", judge_verdict_name(v[i].op.verdict));
		json_author(j, &v[i].author);
		json_u64(j, "time_ms", v[i].time_ms);
		json_bool(j, "received", v[i].received);
		json_close(j);
	}
	json_close(j);
	json_close(j);
	json_free(j);
	return EXIT_FINE;
}

int
verbs_conflicts_void(struct cli *c, const struct cli_args *a)
{
	struct conflict_void *v = NULL;
	size_t count = 0;
	int code = EXIT_FINE;
	err rc;

	if (a->operand_count > 0)
		return cli_usage(c, a->verb);
	if (!cli_open(c, &code))
		return code;
	rc = conflicts_void(c->store, &v, &count);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (c->json) {
		code = print_void_json(c, v, count);
	} else if (count == 0) {
		cli_print_plain(c, PHRASE_CONFLICTS_VOID_NONE);
	} else {
		cli_print(c, CONFLICTS_VOID_COUNT, count);
		for (size_t i = 0; i < count; i++) {
			(void)fputc('\n', stdout);
			print_void(c, &v[i], i + 1);
		}
		(void)fputc('\n', stdout);
		cli_print_plain(c, PHRASE_CONFLICTS_VOID_NOTE);
	}
	free(v);
	return code;
}
