/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reminders.h -- what the commissioner in charge or the commune asks of a
 * cell: a signed text with a day by which it is due.
 *
 * The text is sealed and may name a person; the day is public.  A reminder is
 * seen when a device of the cell's secretary or deputy has shown it, and done
 * when one of the two says so; both are marks of read_marks.h.
 */
#ifndef NGUON_RECORDS_REMINDERS_H
#define NGUON_RECORDS_REMINDERS_H

#include "client/records/read_marks.h"

enum reminder_state { REMINDER_OPEN, REMINDER_SEEN, REMINDER_DONE };
/* "open", "seen", "done". */
const char *reminders_state_name(enum reminder_state state);

struct reminder {
	uint8_t scope[SCOPE_LEN];	/* the cell */
	uint8_t subject[ID_LEN];	/* its id; of its marks too */
	uint8_t version[HASH_LEN];	/* state_version */
	uint8_t element_len;
	uint8_t element[ELEMENT_MAX];
	char code[64];			/* of the cell; "" not known */
	char *text;			/* owned; "" when it cannot be read */
	bool unreadable;
	bool has_due;
	int64_t due;			/* days; a task is overdue after it */
	bool has_about;
	uint8_t about[ID_LEN];		/* a person of the cell */
	char about_name[256];		/* "" when it cannot be read */
	struct author from;
	uint64_t time_ms;		/* when it was written */
	bool received;			/* the commune has it */
	enum reminder_state state;
	struct read_marks marks;	/* of the cell's secretary and deputy,
					 * by time */
	const struct read_mark *done;	/* the first that says so; NULL */
	bool shown;			/* by this device already */
};
struct reminder_list {
	size_t count;
	struct reminder *items;
};
/*
 * reminders_list(s, scope, states, ret): scope NULL: of all cells of this
 * device.  states: bits 1 << enum reminder_state; 0: all.  Withdrawn ones are
 * left out.  What is not done comes first, then by due day (none last), then
 * by when it was written.  None is not an error.  Owner: reminders_free.
 * Errors: ERR_PASS the store is locked; ERR_NOMEM; those of the store.
 */
MUST_USE err reminders_list(struct store *s, const uint8_t *scope,
    unsigned states, struct reminder_list **ret);
void reminders_free(struct reminder_list *list);	/* wipes the texts */
/* By six or more digits that its id begins with; NULL: none, or several. */
const struct reminder *reminders_find(const struct reminder_list *list,
    const char *id);
/* Whether the due day is before today and it is not done. */
bool reminders_overdue(const struct reminder *r, int64_t today);

struct reminder_draft {
	struct span text;		/* fold_text_nfc */
	bool has_due;
	int64_t due;
	const uint8_t *about;		/* ID_LEN; NULL: nobody */
};
/*
 * reminders_send(s, cell, d, ret_subject): Errors: ERR_ROLE neither
 * commissioner nor commune; ERR_SCOPE not in charge of that cell; ERR_VALUE no
 * text or too long; those of store_write.
 */
MUST_USE err reminders_send(struct store *s,
    const uint8_t cell[static SCOPE_LEN], const struct reminder_draft *d,
    uint8_t ret_subject[static ID_LEN]);
/* reminders_withdraw: by who may send it.  why is public.  Errors: ERR_VALUE
 * no reason; ERR_CHANGED; as reminders_send. */
MUST_USE err reminders_withdraw(struct store *s, const struct reminder *r,
    struct span why);

/*
 * reminders_mark_seen(s, ret_written): call it when reminders were shown.  On
 * a device of a secretary or deputy it marks those that are not done and that
 * this device has not marked yet; on any other it does nothing.  ret_written
 * may be NULL.
 */
MUST_USE err reminders_mark_seen(struct store *s, size_t *ret_written);
/* reminders_done: Errors: ERR_ROLE not of the cell's secretary or deputy;
 * ERR_EXISTS it is done already; ERR_CHANGED; those of store_write. */
MUST_USE err reminders_done(struct store *s, const struct reminder *r);

#endif
