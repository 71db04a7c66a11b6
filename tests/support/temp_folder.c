/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temp_folder.c -- a folder for one test, under TMPDIR.
 */
#include "tests/support/temp_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CHARS = 4096, SLOTS = 4 };

char *
temp_folder_make(void)
{
	const char *base = getenv("TMPDIR");
	char *dir = malloc(PATH_CHARS);

	if (dir == NULL)
		abort();
	(void)snprintf(dir, PATH_CHARS, "%s/nguon.XXXXXX",
	    base == NULL ? "/tmp" : base);
	if (mkdtemp(dir) == NULL)
		abort();
	return dir;
}

static void
remove_all(const char *path)
{
	char inner[PATH_CHARS];
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		(void)unlink(path);
		return;
	}
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0 ||
		    snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >=
		    (int)sizeof inner)
			continue;
		remove_all(inner);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(path);
}

void
temp_folder_remove(char *dir)
{
	if (dir == NULL)
		return;
	remove_all(dir);
	free(dir);
}

const char *
temp_folder_path(const char *dir, const char *name)
{
	static char slots[SLOTS][PATH_CHARS];
	static unsigned next;
	char *slot = slots[next++ % SLOTS];

	if (snprintf(slot, PATH_CHARS, "%s/%s", dir, name) >= PATH_CHARS)
		abort();
	return slot;
}
