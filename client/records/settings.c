/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/settings.h"

#include <stdio.h>
#include <string.h>

#include "client/store/clock.h"
#include "protocol/date.h"
#include "protocol/limits.h"
#include "protocol/utf8.h"

/* The commune's settings are one subject, 16 zero bytes. */
static const uint8_t commune[ID_LEN];

enum { LEAP_YEAR = 2000, YEAR_END = 1231 };

static const struct setting_rule rules[SETTINGS] = {
	[SETTING_DAYS_TO_CLASS] = { "days-to-class", FIELD_DAYS_TO_CLASS, 90,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_DAYS_TO_CLASS },
	[SETTING_DAYS_TO_TRIAL] = { "days-to-trial", FIELD_DAYS_TO_TRIAL, 60,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_DAYS_TO_TRIAL },
	[SETTING_TRIAL_DAYS] = { "trial-days", FIELD_TRIAL_DAYS, 365,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_TRIAL_DAYS },
	[SETTING_SILENT_DAYS] = { "silent-days", FIELD_SILENT_DAYS, 30,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_SILENT_DAYS },
	[SETTING_REMINDER_DAYS] = { "reminder-days", FIELD_REMINDER_DAYS, 14,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_REMINDER_DAYS },
	[SETTING_SOON_DAYS] = { "soon-days", FIELD_SOON_DAYS, 30,
	    1, SETTING_DAYS_MAX, false, PHRASE_SETTING_SOON_DAYS },
	[SETTING_REVIEW_DEADLINE] = { "review-deadline",
	    FIELD_REVIEW_DEADLINE, YEAR_END, 101, YEAR_END, true,
	    PHRASE_SETTING_REVIEW_DEADLINE },
	[SETTING_UNRECEIVED_DAYS] = { "unreceived-days",
	    FIELD_UNRECEIVED_DAYS, 14, 1, SETTING_DAYS_MAX, false,
	    PHRASE_SETTING_UNRECEIVED_DAYS },
};

const struct setting_rule *
settings_rule(enum setting which)
{
	return &rules[which];
}

enum setting
settings_from_name(const char *name)
{
	int i = 0;

	while (i < SETTINGS && strcmp(rules[i].name, name) != 0)
		i++;
	return (enum setting)i;
}

static bool
is_fine(enum setting which, uint64_t value)
{
	const struct setting_rule *r = &rules[which];
	int64_t day;

	if (value < r->min || value > r->max)
		return false;
	return !r->is_day || date_from_civil(LEAP_YEAR, (int)(value / 100),
	    (int)(value % 100), &day) == ERR_OK;
}

/* ---- as text */

/* At most 4 digits; what follows them.  NULL: there are none. */
static const char *
read_number(const char *text, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; text[i] >= '0' && text[i] <= '9' && i < 4; i++)
		n = n * 10 + (uint64_t)(text[i] - '0');
	*ret = n;
	return i == 0 ? NULL : text + i;
}

err
settings_parse(enum setting which, const char *text, uint64_t *ret)
{
	uint64_t first = 0, second = 0, value;
	const char *rest = read_number(text, &first);
	char mark = rest == NULL ? '\0' : *rest;

	if (rest == NULL)
		return ERR_VALUE;
	if (rules[which].is_day) {
		if (mark != '-' && mark != '/')
			return ERR_VALUE;
		rest = read_number(rest + 1, &second);
		if (rest == NULL || first > 99 || second > 99)
			return ERR_VALUE;
		value = mark == '-' ? first * 100 + second :
		    second * 100 + first;
	} else {
		value = first;
	}
	if (*rest != '\0' || !is_fine(which, value))
		return ERR_VALUE;
	*ret = value;
	return ERR_OK;
}

void
settings_format(enum setting which, uint64_t value,
    char ret[static SETTING_TEXT])
{
	if (rules[which].is_day)
		(void)snprintf(ret, SETTING_TEXT, "%02u-%02u",
		    (unsigned)(value / 100 % 100), (unsigned)(value % 100));
	else
		(void)snprintf(ret, SETTING_TEXT, "%llu",
		    (unsigned long long)value);
}

/* ---- reading */

void
settings_standard(struct settings *ret)
{
	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < SETTINGS; i++)
		ret->value[i] = rules[i].standard;
}

static void
read_all(const struct state *state, struct settings *ret)
{
	for (int i = 0; i < SETTINGS; i++) {
		struct span none = { NULL, 0 };
		const struct reg *r = state_find(state, rules[i].field, none);
		uint64_t value = 0;

		if (r == NULL || state_uint(state, rules[i].field, none,
		    clock_now_ms(), &value) != ERR_OK ||
		    !is_fine((enum setting)i, value))
			continue;
		ret->value[i] = value;
		ret->written[i] = true;
		ret->conflict[i] = state_conflict(r);
	}
}

err
settings_read(struct store *s, struct settings *ret)
{
	const struct state *state = NULL;
	struct settings read;
	err rc = store_state(s, scope_root, commune, &state);

	settings_standard(&read);
	if (rc == ERR_OK)
		read_all(state, &read);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	*ret = read;
	return ERR_OK;
}

int64_t
settings_review_deadline(const struct settings *s, int year)
{
	uint64_t value = s->value[SETTING_REVIEW_DEADLINE];
	int64_t day = 0;

	if (date_from_civil(year, (int)(value / 100), (int)(value % 100),
	    &day) != ERR_OK)
		/* 29 February; a year out of range has no tasks */
		(void)!date_from_civil(year, 2, 28, &day);
	return day;
}

/* ---- writing */

static err
write_value(struct store *s, enum setting which, uint64_t value,
    struct span why, const struct store_expect *expect)
{
	struct store_op op = { .kind = KIND_SETTING };
	err rc;

	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_uint(op.fields, rules[which].field, value);
	if (why.n > 0)
		field_draft_put_text(op.fields, FIELD_WHY, why);
	rc = store_write(s, scope_root, &op, 1, expect, 1, NULL);
	field_draft_free(op.fields);
	return rc;
}

err
settings_set(struct store *s, enum setting which, uint64_t value,
    struct span why, uint64_t *ret_old)
{
	struct store_expect expect = { .scope = { 0 } };
	const struct state *state = NULL;
	struct settings now;
	err rc;

	if (!is_fine(which, value) || why.n > LIMIT_TEXT_BYTES ||
	    !utf8_lawful(why))
		return ERR_VALUE;
	if (store_role(s) != ROLE_COMMUNE)
		return ERR_ROLE;
	rc = settings_read(s, &now);
	if (rc != ERR_OK)
		return rc;
	if (now.written[which] && !now.conflict[which] &&
	    now.value[which] == value)
		return ERR_EXISTS;
	rc = store_state(s, scope_root, commune, &state);
	if (rc != ERR_OK && rc != ERR_ABSENT)
		return rc;
	memcpy(expect.scope, scope_root, SCOPE_LEN);
	memcpy(expect.subject, commune, ID_LEN);
	if (rc == ERR_OK)
		state_version(state, expect.version);
	rc = write_value(s, which, value, why, &expect);
	if (rc == ERR_OK && ret_old != NULL)
		*ret_old = now.value[which];
	return rc;
}
