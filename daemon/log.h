/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h -- one line on stderr for each thing that an operator should know.
 * Under systemd (JOURNAL_STREAM is set) a line begins with its priority,
 * "<4>" (sd-daemon(3)); otherwise it is plain.
 *
 * A line never holds personal data, keys, or an address of a peer: devices
 * and logs are named by the hex of their ids.  Lower case, no full stop.
 */
#ifndef NGUON_DAEMON_LOG_H
#define NGUON_DAEMON_LOG_H

#include <stdarg.h>

#include "protocol/bytes.h"

enum log_level {			/* syslog(3) priorities */
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
};

enum {
	LOG_LINE_BYTES = 1024,		/* one line, its line feed included */
	LOG_QUOTED_BYTES = 128,		/* see log_quote */
	LOG_ID_BYTES = 33,		/* see log_id */
};

/* log_line: writes one line with one write(2); longer ones are cut. */
void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum log_target { LOG_TO_TERMINAL, LOG_TO_JOURNAL };
/* log_format: the line that log_line writes, with its line feed; control
 * characters become '?', so one call is one line.  Returns its length. */
size_t log_format(char out[static LOG_LINE_BYTES], enum log_target target,
    enum log_level level, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

/* log_quote: text that somebody else chose, in quotes; whatever is not
 * printable ASCII stands as \xNN, and what does not fit is cut to "...".
 * Returns out. */
const char *log_quote(struct span text, char out[static LOG_QUOTED_BYTES]);
const char *log_quote_word(const char *word,
    char out[static LOG_QUOTED_BYTES]);

/* log_id: 16 bytes as 32 hex digits.  Returns out. */
const char *log_id(const uint8_t id[static 16], char out[static LOG_ID_BYTES]);

#endif
