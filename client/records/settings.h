/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h -- the settings of the commune: when something becomes a task.
 *
 * They are signed, public and the same on every device (SPEC.md section 8.2,
 * fields 71 to 78); the commune writes them.  That somebody is a probationary
 * member for 12 months is a rule, not a setting.
 */
#ifndef NGUON_RECORDS_SETTINGS_H
#define NGUON_RECORDS_SETTINGS_H

#include "client/store/store.h"
#include "protocol/catalogue.h"

enum setting {
	SETTING_DAYS_TO_CLASS,	/* from nominated */
	SETTING_DAYS_TO_TRIAL,	/* from class_completed */
	SETTING_TRIAL_DAYS,	/* usual length of a trial */
	SETTING_SILENT_DAYS,	/* nothing received of a device */
	SETTING_REMINDER_DAYS,	/* a reminder without a day of its own */
	SETTING_SOON_DAYS,	/* how far ahead tasks are shown */
	SETTING_REVIEW_DEADLINE,	/* month * 100 + day */
	SETTING_UNRECEIVED_DAYS,	/* own entries the commune lacks */
	SETTINGS
};
enum { SETTING_DAYS_MAX = 3650, SETTING_TEXT = 24 };

struct setting_rule {
	const char *name;		/* "days-to-class" */
	uint64_t field;
	uint64_t standard;		/* counts where none is written */
	uint64_t min, max;
	bool is_day;			/* of the year */
	enum phrase phrase;		/* what it is */
};
const struct setting_rule *settings_rule(enum setting which);
/* SETTINGS: no such name. */
enum setting settings_from_name(const char *name);
/* Days: "90".  A day of the year: "12-31" (month first), as it is typed too;
 * also "31/12".  ERR_VALUE: another form, or out of bounds. */
MUST_USE err settings_parse(enum setting which, const char *text,
    uint64_t *ret);
void settings_format(enum setting which, uint64_t value,
    char ret[static SETTING_TEXT]);

struct settings {
	uint64_t value[SETTINGS];	/* what counts */
	bool written[SETTINGS];		/* by the commune */
	bool conflict[SETTINGS];	/* several values stand */
};
void settings_standard(struct settings *ret);
/* settings_read: a value out of bounds counts as none.  Works on a locked
 * store.  Errors: those of the store. */
MUST_USE err settings_read(struct store *s, struct settings *ret);
/*
 * settings_set(s, which, value, why, ret_old): why is public and may be empty.
 * ret_old (may be NULL): what counted before.
 * Errors: ERR_VALUE out of bounds; ERR_EXISTS that is written there already;
 * ERR_ROLE not a commune device; ERR_CHANGED; those of store_write.
 */
MUST_USE err settings_set(struct store *s, enum setting which,
    uint64_t value, struct span why, uint64_t *ret_old);
/* The day by which the review of that year is to be finished; 28 February for
 * the 29th where there is none. */
int64_t settings_review_deadline(const struct settings *s, int year);

#endif
