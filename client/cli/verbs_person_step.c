/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_person_step.c -- person step: a step, or the correction of one.
 */
#include <string.h>

#include "client/cli/cli_choose.h"
#include "client/cli/cli_words.h"
#include "client/cli/verbs_person.h"
#include "client/records/corrections.h"
#include "client/records/fold_text.h"
#include "protocol/date.h"

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* What the line asks for.  Owner: asked_free. */
struct asked {
	struct steps_wanted w;
	struct buf organisation, reason, why;
	uint8_t helpers[STEPS_HELPERS][ID_LEN];
	bool correct, drop, has_date;
};

static void
asked_free(struct asked *q)
{
	buf_free(&q->organisation);
	buf_free(&q->reason);
	buf_free(&q->why);
}

/* Codes as people write them; kept in *code. */
static bool
read_code(struct cli *c, const char *typed, struct buf *code, int *ret_exit)
{
	err rc = typed == NULL ? ERR_OK : fold_text_code(as_span(typed), code);

	if (rc != ERR_OK)
		*ret_exit = cli_fail(c, rc == ERR_FORMAT ? ERR_VALUE : rc);
	return rc == ERR_OK;
}

static bool
wrong(struct cli *c, enum phrase phrase, int *ret_exit)
{
	cli_say_plain(c, phrase);
	*ret_exit = EXIT_USAGE;
	return false;
}

static bool
read_asked(struct cli *c, const struct cli_args *a, struct asked *q,
    int *ret_exit)
{
	q->correct = cli_option(a, "correct") != NULL;
	q->drop = cli_option(a, "void") != NULL;
	q->has_date = cli_option(a, "date") != NULL;
	q->w.has_date = true;
	q->w.step = field_step_from_name(as_span(a->operands[1]));
	if (q->w.step == STEP_NONE)
		return wrong(c, steps_phrase(STEPS_UNKNOWN), ret_exit);
	if (q->correct && q->drop)
		return wrong(c, PHRASE_CORRECTIONS_ONE, ret_exit);
	if (cli_option(a, "helper") != NULL &&
	    q->w.step != STEP_TRIAL_STARTED)
		return wrong(c, PHRASE_CORRECTIONS_NO_HELPERS, ret_exit);
	if (!cli_choose_day(c, cli_option(a, "date"), &q->w.date, ret_exit) ||
	    !read_code(c, cli_option(a, "organisation"), &q->organisation,
	    ret_exit) || !read_code(c, cli_option(a, "reason"), &q->reason,
	    ret_exit))
		return false;
	q->w.organisation = buf_span(&q->organisation);
	q->w.reason = buf_span(&q->reason);
	if (q->reason.n > 0 && !field_reason_ok(q->w.reason))
		return wrong(c, steps_phrase(STEPS_BAD_REASON), ret_exit);
	return true;
}

/* ---- helpers: people on record, of any cell that is read here */

static bool
add_helper(struct cli *c, struct asked *q, const uint8_t *of,
    const uint8_t *id, int *ret_exit)
{
	if (memcmp(id, of, ID_LEN) == 0)
		return wrong(c, PHRASE_STEP_HELPER_SELF, ret_exit);
	for (size_t i = 0; i < q->w.helper_count; i++)
		if (memcmp(q->helpers[i], id, ID_LEN) == 0)
			return wrong(c, PHRASE_STEP_HELPER_TWICE, ret_exit);
	if (q->w.helper_count == STEPS_HELPERS)
		return wrong(c, PHRASE_STEP_HELPER_MANY, ret_exit);
	memcpy(q->helpers[q->w.helper_count++], id, ID_LEN);
	return true;
}

static bool
read_helpers(struct cli *c, const struct cli_args *a, struct asked *q,
    const uint8_t *of, int *ret_exit)
{
	size_t cursor = 0;
	const char *who;

	while ((who = cli_option_next(a, "helper", &cursor)) != NULL) {
		struct people_list l = { .count = 0 };
		bool added;

		if (!cli_choose_person(c, NULL, who, &l, ret_exit))
			return false;
		added = add_helper(c, q, of, l.person[0].subject, ret_exit);
		people_list_free(&l);
		if (!added)
			return false;
	}
	q->w.helpers = (const uint8_t(*)[ID_LEN])q->helpers;
	return true;
}

/* ---- a new step */

static int
record(struct cli *c, const struct person *p, const struct steps_wanted *w)
{
	struct store_expect expect;
	enum role role = store_role(c->store);
	uint64_t round = 0;
	char date[16];
	enum steps_verdict v = steps_judge(&p->standing, w, role,
	    steps_today(), &round);
	err rc;

	if (v != STEPS_FINE)
		cli_say_plain(c, steps_phrase(v));
	if (steps_refuses(v))
		return err_exit_code(v == STEPS_ROLE ? ERR_ROLE : ERR_RULE);
	if (v != STEPS_FINE && !cli_confirm(c, PHRASE_PERSON_ASK)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	memcpy(expect.scope, p->scope, SCOPE_LEN);
	memcpy(expect.subject, p->subject, ID_LEN);
	memcpy(expect.version, p->version, HASH_LEN);
	rc = steps_write(c->store, p->scope, p->subject, w, round, &expect);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	date_format(w->date, date);
	cli_print(c, PERSON_STEPPED, p->text[PEOPLE_FULL_NAME],
	    cli_words_step(c, w->step), date);
	if (steps_late(w->date, steps_today()))
		cli_say_plain(c, PHRASE_STEP_LATE_SAID);
	return EXIT_FINE;
}

/* ---- the correction of one */

static int
correct(struct cli *c, const struct person *p, const struct asked *q)
{
	const struct correction fix = { .drop = q->drop,
		.has_date = q->has_date, .date = q->w.date,
		.organisation = q->w.organisation, .reason = q->w.reason,
		.helpers = q->w.helpers, .helper_count = q->w.helper_count,
		.why = buf_span(&q->why) };
	struct correction_step at;
	enum corrections_verdict v;
	err rc = corrections_find(c->store, p, q->w.step, &at);

	if (rc != ERR_OK && rc != ERR_ABSENT)
		return cli_fail(c, rc);
	v = rc == ERR_ABSENT ? CORRECTIONS_NO_STEP :
	    corrections_judge(&at, &fix, steps_today());
	if (v != CORRECTIONS_FINE)
		cli_say_plain(c, corrections_phrase(v));
	if (corrections_refuses(v))
		return err_exit_code(v == CORRECTIONS_NO_STEP ? ERR_ABSENT :
		    ERR_RULE);
	if (v != CORRECTIONS_FINE && !cli_confirm(c, PHRASE_PERSON_ASK)) {
		cli_say_plain(c, PHRASE_PERSON_NOT_WRITTEN);
		return EXIT_NO;
	}
	rc = corrections_step(c->store, p, &at, &fix);
	if (rc != ERR_OK)
		return cli_fail(c, rc);
	if (q->drop)
		cli_print(c, CORRECTIONS_DROPPED, p->text[PEOPLE_FULL_NAME],
		    cli_words_step(c, q->w.step));
	else
		cli_print(c, CORRECTIONS_DONE, p->text[PEOPLE_FULL_NAME],
		    cli_words_step(c, q->w.step));
	return EXIT_FINE;
}

int
verbs_person_step(struct cli *c, const struct cli_args *a)
{
	struct asked q = { .w = { .has_date = true } };
	struct people_list l = { .count = 0 };
	int code = EXIT_FINE;

	if (a->operand_count != 2)
		return cli_usage(c, a->verb);
	if (read_asked(c, a, &q, &code) && cli_open(c, &code) &&
	    cli_choose_person(c, cli_option(a, "cell"), a->operands[0], &l,
	    &code) && read_helpers(c, a, &q, l.person[0].subject, &code)) {
		if (!q.correct && !q.drop)
			code = record(c, &l.person[0], &q.w);
		else if (cli_choose_why(c, cli_option(a, "why"), &q.why,
		    &code))
			code = correct(c, &l.person[0], &q);
	}
	people_list_free(&l);
	asked_free(&q);
	return code;
}
