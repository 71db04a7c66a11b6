/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/golden.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SCREEN_BYTES = 65536, COLUMNS = 80 };

static struct {
	int terminal;			/* the stdout that was */
	FILE *taken;
	char printed[SCREEN_BYTES], wanted[SCREEN_BYTES];
} golden;

static void
need(int fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "golden: %s\n", what);
	abort();
}

void
golden_begin(void)
{
	need(setenv("TZ", "UTC", 1) == 0, "TZ");
	tzset();
	(void)fflush(stdout);
	golden.terminal = dup(STDOUT_FILENO);
	golden.taken = tmpfile();
	need(golden.terminal >= 0 && golden.taken != NULL, "a file");
	need(dup2(fileno(golden.taken), STDOUT_FILENO) >= 0, "stdout");
}

static void
read_all(FILE *f, char *out)
{
	size_t n = fread(out, 1, SCREEN_BYTES - 1, f);

	need(n < SCREEN_BYTES - 1 && ferror(f) == 0, "a screen to read");
	out[n] = '\0';
}

/* Letters that combine with the one before do not occur: texts are NFC. */
static int
too_wide(const char *text)
{
	int columns = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			columns = 0;
		else if (((unsigned char)*text & 0xc0) != 0x80 &&
		    ++columns > COLUMNS)
			return 1;
	}
	return 0;
}

const char *
golden_end(const char *name)
{
	const char *wrong = NULL;
	char path[256];
	FILE *f;

	(void)fflush(stdout);
	need(dup2(golden.terminal, STDOUT_FILENO) >= 0, "stdout");
	(void)close(golden.terminal);
	rewind(golden.taken);
	read_all(golden.taken, golden.printed);
	(void)fclose(golden.taken);
	(void)snprintf(path, sizeof path, "tests/unit/golden/%s", name);
	if (getenv("GOLDEN_WRITE") != NULL) {
		f = fopen(path, "w");
		need(f != NULL && fputs(golden.printed, f) >= 0 &&
		    fclose(f) == 0, path);
	}
	f = fopen(path, "r");
	need(f != NULL, path);
	read_all(f, golden.wanted);
	(void)fclose(f);
	if (strstr(name, ".json") == NULL && too_wide(golden.printed))
		wrong = "more than 80 columns";
	else if (strcmp(golden.printed, golden.wanted) != 0)
		wrong = "not what the file says";
	if (wrong != NULL)
		fprintf(stderr, "%s: %s\n%s", path, wrong, golden.printed);
	return wrong;
}
