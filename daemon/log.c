/* SPDX-License-Identifier: Apache-2.0 */
/* log.c -- lines on stderr. */
#include "daemon/log.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

size_t
log_format(char out[static LOG_LINE_BYTES], enum log_target target,
    enum log_level level, const char *format, va_list args)
{
	size_t begin = 0;
	size_t n;
	int got;

	if (target == LOG_TO_JOURNAL) {
		(void)snprintf(out, LOG_LINE_BYTES, "<%d>", (int)level);
		begin = 3;
	}
	got = vsnprintf(out + begin, LOG_LINE_BYTES - 1 - begin, format, args);
	n = begin + (got < 0 ? 0 : (size_t)got);
	if (n > LOG_LINE_BYTES - 2)
		n = LOG_LINE_BYTES - 2;
	for (size_t i = begin; i < n; i++)
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			out[i] = '?';
	out[n] = '\n';
	out[n + 1] = '\0';
	return n + 1;
}

void
log_line(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_BYTES];
	size_t n;
	va_list args;

	va_start(args, format);
	n = log_format(line,
	    getenv("JOURNAL_STREAM") ? LOG_TO_JOURNAL : LOG_TO_TERMINAL, level,
	    format, args);
	va_end(args);
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* there is nobody left to tell */
}

const char *
log_quote(struct span text, char out[static LOG_QUOTED_BYTES])
{
	size_t n = 0;

	out[n++] = '\'';
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		/* one escape, "...", the quote and the NUL must fit */
		if (n + 4 + 3 + 2 > LOG_QUOTED_BYTES) {
			(void)snprintf(out + n, LOG_QUOTED_BYTES - n, "...");
			n += 3;
			break;
		}
		if (c < 0x20 || c > 0x7e || c == '\\' || c == '\'') {
			(void)snprintf(out + n, LOG_QUOTED_BYTES - n, "\\x%02x",
			    (unsigned)c);
			n += 4;
		} else {
			out[n++] = (char)c;
		}
	}
	out[n++] = '\'';
	out[n] = '\0';
	return out;
}

const char *
log_quote_word(const char *word, char out[static LOG_QUOTED_BYTES])
{
	return log_quote((struct span){ (const uint8_t *)word, strlen(word) },
	    out);
}

const char *
log_id(const uint8_t id[static 16], char out[static LOG_ID_BYTES])
{
	hex_encode(id, 16, out);
	return out;
}
