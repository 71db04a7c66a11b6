/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks_rules.h -- when something is to be done: one rule each, over what was
 * read already and a day that is given.  Nothing is read or kept here.
 *
 * Each rule returns false where there is nothing to do, and then leaves *ret
 * alone; else it fills in what it knows of *ret, which the caller zeroed.
 */
#ifndef NGUON_RECORDS_TASKS_RULES_H
#define NGUON_RECORDS_TASKS_RULES_H

#include "client/records/settings.h"
#include "client/records/steps.h"

enum task_rule {
	TASK_CLOCK,		/* this machine's clock is wrong */
	TASK_UNRECEIVED,	/* own entries the commune does not have */
	TASK_CONFLICTS,		/* something is to be settled */
	TASK_REMINDER,		/* a reminder is not answered */
	TASK_REVIEW,		/* the yearly review is not finished */
	TASK_CLASS,		/* nominated, and no class */
	TASK_TRIAL,		/* class completed, and no trial */
	TASK_ADMISSION,		/* the trial has its usual length */
	TASK_OFFICIAL,		/* admitted 12 months ago */
	TASK_QUOTA,		/* behind the pace of the year */
	TASK_SILENT,		/* a device of which nothing comes */
	TASK_RULES
};
enum task_urgency { TASK_OVERDUE, TASK_WEEK, TASK_SOON, TASK_LATER };
enum { TASK_WEEK_DAYS = 7, TASK_PACE_MONTH = 3 };

/* Who can end it. */
enum task_by {
	TASK_BY_THIS,		/* who holds this device */
	TASK_BY_SECRETARY,	/* the cell's secretary alone */
	TASK_BY_CELL,		/* its secretary or deputy */
	TASK_BY_DEVICE,		/* whoever holds that other device */
};

enum { TASK_TEXT = 256, TASK_COMMAND = 192 };
/* `n` and `of` are: days set (CLASS, TRIAL, ADMISSION, SILENT); 12 (OFFICIAL);
 * seen, of how many (REVIEW); forecast, quota (QUOTA); how many (CONFLICTS,
 * UNRECEIVED); days it is wrong (CLOCK). */
struct task {
	enum task_rule rule;
	enum task_urgency urgency;
	bool has_due;
	int64_t due;			/* days; overdue after it */
	bool has_since;
	int64_t since;			/* days: what it is counted from */
	uint64_t n, of;
	int year;			/* REVIEW, QUOTA */
	bool ahead;			/* CLOCK: it is fast, not slow */
	enum step next;			/* the step that ends it */
	/* filled in by tasks_list */
	enum task_by by;
	uint8_t scope[SCOPE_LEN];	/* of the cell; zeros: of none */
	char code[64];			/* of the cell; "" */
	bool has_subject;
	uint8_t subject[ID_LEN];	/* person, reminder or device */
	char who[TASK_TEXT];	/* person, or holder of a device; "" */
	enum role role;			/* of that device */
	char text[TASK_TEXT];		/* of the reminder; cut; "" */
	char command[TASK_COMMAND];	/* what ends it, word for word */
	char remind[TASK_COMMAND];	/* what this device can do about what
					 * others end; "" */
};

/* What the rules go by. */
struct task_day {
	int64_t today;			/* days */
	const struct settings *settings;
};
/* Of something due on that day: WEEK within seven days, today included. */
enum task_urgency tasks_rules_urgency(int64_t due, const struct task_day *d);

/* CLASS, TRIAL, ADMISSION or OFFICIAL, by the last step of the last round; of
 * who has left, none.  records: steps_of. */
bool tasks_rules_person(const struct step_record *records, size_t count,
    const struct task_day *d, struct task *ret);
/* REVIEW, until the deadline and after it; of last year only what was begun. */
bool tasks_rules_review(int year, uint64_t seen, uint64_t of,
    const struct task_day *d, struct task *ret);
/*
 * QUOTA: from 1 March on, if the forecast by the year's end is a smaller part
 * of the quota than the days that have passed are of the year.  Due at the
 * year's end, and shown as soon at least.
 */
bool tasks_rules_quota(int year, uint64_t quota, uint64_t forecast,
    const struct task_day *d, struct task *ret);
/* REMINDER: due on its own day, else reminder-days after it was written; shown
 * as soon at least.  due: NULL if it has none. */
bool tasks_rules_reminder(const int64_t *due, int64_t written,
    const struct task_day *d, struct task *ret);
/* CONFLICTS: this week, however old. */
bool tasks_rules_conflicts(uint64_t count, struct task *ret);
/* SILENT: more than silent-days since the newest leaf of it. */
bool tasks_rules_silent(int64_t newest, const struct task_day *d,
    struct task *ret);
/* UNRECEIVED: the oldest of `count` was written more than unreceived-days
 * ago. */
bool tasks_rules_unreceived(uint64_t count, int64_t oldest,
    const struct task_day *d, struct task *ret);
/*
 * CLOCK, all in ms, 0: not known.  Slow: now is more than a day before the
 * newest leaf.  Fast: this device's newest entry that was received bears a
 * time more than a day after that of its leaf.  (That now is after the newest
 * leaf says nothing: there may have been no network.)
 */
bool tasks_rules_clock(uint64_t now_ms, uint64_t newest_leaf_ms,
    uint64_t own_ms, uint64_t own_leaf_ms, struct task *ret);

/* "class" ...: the rule in JSON; "overdue", "week", "soon", "later". */
const char *tasks_rules_name(enum task_rule rule);
const char *tasks_rules_urgency_name(enum task_urgency urgency);

#endif
