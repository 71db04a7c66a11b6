/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/tasks_rules.h"

#include "protocol/date.h"

#define DAY_MS UINT64_C(86400000)

enum { OFFICIAL_MONTHS = 12 };

static const char *const names[TASK_RULES] = {
	[TASK_CLOCK] = "clock",
	[TASK_UNRECEIVED] = "unreceived",
	[TASK_CONFLICTS] = "conflicts",
	[TASK_REMINDER] = "reminder",
	[TASK_REVIEW] = "review",
	[TASK_CLASS] = "class",
	[TASK_TRIAL] = "trial",
	[TASK_ADMISSION] = "admission",
	[TASK_OFFICIAL] = "official",
	[TASK_QUOTA] = "quota",
	[TASK_SILENT] = "silent",
};
static const char *const urgencies[] = {
	[TASK_OVERDUE] = "overdue",
	[TASK_WEEK] = "week",
	[TASK_SOON] = "soon",
	[TASK_LATER] = "later",
};

const char *
tasks_rules_name(enum task_rule rule)
{
	return names[rule];
}

const char *
tasks_rules_urgency_name(enum task_urgency urgency)
{
	return urgencies[urgency];
}

/* ---- days */

static int64_t
days_of(const struct task_day *d, enum setting which)
{
	return (int64_t)d->settings->value[which];
}

enum task_urgency
tasks_rules_urgency(int64_t due, const struct task_day *d)
{
	if (due < d->today)
		return TASK_OVERDUE;
	if (due - d->today < TASK_WEEK_DAYS)
		return TASK_WEEK;
	return due - d->today <= days_of(d, SETTING_SOON_DAYS) ? TASK_SOON :
	    TASK_LATER;
}

static void
put_due(struct task *t, int64_t due, const struct task_day *d)
{
	t->has_due = true;
	t->due = due;
	t->urgency = tasks_rules_urgency(due, d);
}

static void
soon_at_least(struct task *t)
{
	if (t->urgency == TASK_LATER)
		t->urgency = TASK_SOON;
}

static void
put_since(struct task *t, int64_t since)
{
	t->has_since = true;
	t->since = since;
}

/* ---- people */

/* The date of a step in that round; INT64_MIN: there is none. */
static int64_t
date_of(const struct step_record *records, size_t count, uint64_t round,
    enum step step)
{
	for (size_t i = 0; i < count; i++)
		if (records[i].round == round && records[i].step == step &&
		    !records[i].again)
			return records[i].date;
	return INT64_MIN;
}

struct wait {
	enum step from;			/* what it is counted from */
	enum task_rule rule;
	enum setting days;		/* SETTINGS: 12 months */
	enum step next;
};

/* What somebody at that step waits for. */
static bool
wait_of(enum step step, struct wait *ret)
{
	switch (step) {
	case STEP_NOMINATED:
		*ret = (struct wait){ STEP_NOMINATED, TASK_CLASS,
			SETTING_DAYS_TO_CLASS, STEP_INTRODUCED };
		return true;
	case STEP_INTRODUCED:
		*ret = (struct wait){ STEP_NOMINATED, TASK_CLASS,
			SETTING_DAYS_TO_CLASS, STEP_CLASS_COMPLETED };
		return true;
	case STEP_CLASS_COMPLETED:
		*ret = (struct wait){ STEP_CLASS_COMPLETED, TASK_TRIAL,
			SETTING_DAYS_TO_TRIAL, STEP_TRIAL_STARTED };
		return true;
	case STEP_TRIAL_STARTED:
		*ret = (struct wait){ STEP_TRIAL_STARTED, TASK_ADMISSION,
			SETTING_TRIAL_DAYS, STEP_ADMITTED };
		return true;
	case STEP_ADMITTED:
		*ret = (struct wait){ STEP_ADMITTED, TASK_OFFICIAL, SETTINGS,
			STEP_OFFICIAL };
		return true;
	case STEP_NONE:
	case STEP_LISTED:
	case STEP_OFFICIAL:
	case STEP_WITHDRAWN:
	case STEP_POSTPONED:
	case STEP_MOVED:
		break;
	}
	return false;
}

bool
tasks_rules_person(const struct step_record *records, size_t count,
    const struct task_day *d, struct task *ret)
{
	struct steps_standing standing;
	struct wait w;
	int64_t since;

	steps_standing(records, count, &standing);
	if (standing.exit != STEP_NONE || !wait_of(standing.last, &w))
		return false;
	since = date_of(records, count, standing.round, w.from);
	if (since == INT64_MIN)
		return false;
	ret->rule = w.rule;
	ret->next = w.next;
	put_since(ret, since);
	if (w.days == SETTINGS) {
		ret->n = OFFICIAL_MONTHS;
		put_due(ret, steps_year_later(since), d);
	} else {
		ret->n = d->settings->value[w.days];
		put_due(ret, since + days_of(d, w.days), d);
	}
	return true;
}

/* ---- cells */

bool
tasks_rules_review(int year, uint64_t seen, uint64_t of,
    const struct task_day *d, struct task *ret)
{
	int this_year, month, day;

	date_to_civil(d->today, &this_year, &month, &day);
	if (seen >= of || year > this_year || year < this_year - 1 ||
	    (year < this_year && seen == 0))
		return false;
	ret->rule = TASK_REVIEW;
	ret->year = year;
	ret->n = seen;
	ret->of = of;
	put_due(ret, settings_review_deadline(d->settings, year), d);
	return true;
}

bool
tasks_rules_quota(int year, uint64_t quota, uint64_t forecast,
    const struct task_day *d, struct task *ret)
{
	int this_year, month, day;
	int64_t begin = 0, next = 0;

	date_to_civil(d->today, &this_year, &month, &day);
	if (year != this_year || month < TASK_PACE_MONTH || quota == 0 ||
	    forecast >= quota || date_from_civil(year, 1, 1, &begin) !=
	    ERR_OK || date_from_civil(year, 12, 31, &next) != ERR_OK)
		return false;
	/* forecast / quota < passed / days of the year; each at most 10000 */
	if (forecast * (uint64_t)(next + 1 - begin) >=
	    quota * (uint64_t)(d->today + 1 - begin))
		return false;
	ret->rule = TASK_QUOTA;
	ret->year = year;
	ret->n = forecast;
	ret->of = quota;
	put_due(ret, next, d);
	soon_at_least(ret);
	return true;
}

bool
tasks_rules_reminder(const int64_t *due, int64_t written,
    const struct task_day *d, struct task *ret)
{
	ret->rule = TASK_REMINDER;
	put_since(ret, written);
	ret->n = d->settings->value[SETTING_REMINDER_DAYS];
	put_due(ret, due != NULL ? *due : written +
	    days_of(d, SETTING_REMINDER_DAYS), d);
	soon_at_least(ret);
	return true;
}

bool
tasks_rules_conflicts(uint64_t count, struct task *ret)
{
	if (count == 0)
		return false;
	ret->rule = TASK_CONFLICTS;
	ret->urgency = TASK_WEEK;
	ret->n = count;
	return true;
}

/* ---- devices */

bool
tasks_rules_silent(int64_t newest, const struct task_day *d, struct task *ret)
{
	int64_t due = newest + days_of(d, SETTING_SILENT_DAYS);

	if (due >= d->today)
		return false;
	ret->rule = TASK_SILENT;
	ret->n = d->settings->value[SETTING_SILENT_DAYS];
	put_since(ret, newest);
	put_due(ret, due, d);
	return true;
}

bool
tasks_rules_unreceived(uint64_t count, int64_t oldest,
    const struct task_day *d, struct task *ret)
{
	int64_t due = oldest + days_of(d, SETTING_UNRECEIVED_DAYS);

	if (count == 0 || due >= d->today)
		return false;
	ret->rule = TASK_UNRECEIVED;
	ret->n = count;
	put_since(ret, oldest);
	put_due(ret, due, d);
	return true;
}

bool
tasks_rules_clock(uint64_t now_ms, uint64_t newest_leaf_ms, uint64_t own_ms,
    uint64_t own_leaf_ms, struct task *ret)
{
	uint64_t slow = newest_leaf_ms > now_ms ? newest_leaf_ms - now_ms : 0;
	uint64_t fast = own_leaf_ms != 0 && own_ms > own_leaf_ms ?
	    own_ms - own_leaf_ms : 0;

	if (slow <= DAY_MS && fast <= DAY_MS)
		return false;
	ret->rule = TASK_CLOCK;
	ret->urgency = TASK_OVERDUE;
	ret->ahead = slow <= DAY_MS;
	ret->n = (ret->ahead ? fast : slow) / DAY_MS;
	return true;
}
