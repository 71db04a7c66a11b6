/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/tasks.h"

#include <stdarg.h>
#include <stdio.h>

#include "protocol/catalogue.h"
#include "protocol/date.h"

enum { SENTENCE = 1024, DAY_TEXT = 16 };

const char *
tasks_words_urgency(enum task_urgency u, enum language language)
{
	static const enum phrase phrases[] = {
		[TASK_OVERDUE] = PHRASE_TASK_OVERDUE,
		[TASK_WEEK] = PHRASE_TASK_WEEK,
		[TASK_SOON] = PHRASE_TASK_SOON,
		[TASK_LATER] = PHRASE_TASK_LATER,
	};

	return catalogue_text(language, phrases[u]);
}

const char *
tasks_words_by(enum task_by by, enum language language)
{
	static const enum phrase phrases[] = {
		[TASK_BY_THIS] = PHRASE_TASK_BY_THIS,
		[TASK_BY_SECRETARY] = PHRASE_TASK_BY_SECRETARY,
		[TASK_BY_CELL] = PHRASE_TASK_BY_CELL,
		[TASK_BY_DEVICE] = PHRASE_TASK_BY_DEVICE,
	};

	return catalogue_text(language, phrases[by]);
}

__attribute__((format(printf, 2, 3)))
static void
say(struct buf *out, const char *format, ...)
{
	char text[SENTENCE];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (n > 0)
		buf_put_text(out, text);
}

#define SAY(ID, ...) say(out, CATALOGUE_FORMAT(language, ID), __VA_ARGS__)

static void
person_reason(const struct task *t, const char *since, unsigned long long n,
    enum language language, struct buf *out)
{
	if (t->rule == TASK_TRIAL)
		SAY(TASK_REASON_TRIAL, since, n);
	else if (t->rule == TASK_ADMISSION)
		SAY(TASK_REASON_ADMISSION, since, n);
	else if (t->rule == TASK_OFFICIAL)
		SAY(TASK_REASON_OFFICIAL, since);
	else if (t->next == STEP_INTRODUCED)
		SAY(TASK_REASON_CLASS, since, n);
	else
		SAY(TASK_REASON_CLASS_END, since, n);
}

void
tasks_words_reason(const struct task *t, enum language language,
    struct buf *out)
{
	unsigned long long n = t->n, of = t->of;
	char since[DAY_TEXT] = "";

	if (t->has_since)
		date_format(t->since, since);
	switch (t->rule) {
	case TASK_CLASS:
	case TASK_TRIAL:
	case TASK_ADMISSION:
	case TASK_OFFICIAL:
		person_reason(t, since, n, language, out);
		break;
	case TASK_REVIEW:
		SAY(TASK_REASON_REVIEW, t->year, n, of);
		break;
	case TASK_QUOTA:
		SAY(TASK_REASON_QUOTA, t->year, of, n);
		break;
	case TASK_REMINDER:
		SAY(TASK_REASON_REMINDER, since, t->text);
		break;
	case TASK_CONFLICTS:
		SAY(TASK_REASON_CONFLICTS, n);
		break;
	case TASK_SILENT:
		SAY(TASK_REASON_SILENT, since, n);
		break;
	case TASK_UNRECEIVED:
		SAY(TASK_REASON_UNRECEIVED, n, since);
		break;
	case TASK_CLOCK:
		if (t->ahead)
			SAY(TASK_REASON_FAST, n);
		else
			SAY(TASK_REASON_SLOW, n);
		break;
	case TASK_RULES:
		break;
	}
}
