/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_vectors FOLDER -- writes every file of protocol/vectors but its
 * README.md, always the same bytes.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "protocol/crypto.h"
#include "tests/support/vectors.h"

static int
write_file(const char *folder, const struct vectors_file *f)
{
	char path[1024];
	struct buf text = { 0 };
	FILE *to;
	size_t written = 0;

	f->fill(&text, f->which);
	if (buf_err(&text) != ERR_OK)
		return 1;
	(void)snprintf(path, sizeof path, "%s/%s", folder, f->name);
	to = fopen(path, "wb");
	if (to != NULL) {
		written = fwrite(text.p, 1, text.n, to);
		if (fclose(to) != 0)
			written = 0;
	}
	if (to == NULL || written != text.n)
		perror(path);
	buf_free(&text);
	return to == NULL || written == 0;
}

int
main(int argc, char **argv)
{
	char path[1024];
	int bad = 0;

	if (argc != 2 || strlen(argv[1]) > 900) {
		(void)fputs("write_vectors FOLDER\n", stderr);
		return 2;
	}
	if (crypto_start() != ERR_OK)
		return 1;
	(void)snprintf(path, sizeof path, "%s/audit", argv[1]);
	(void)mkdir(argv[1], 0777);
	(void)mkdir(path, 0777);
	for (size_t i = 0; i < vectors_file_count; i++)
		bad += write_file(argv[1], &vectors_files[i]);
	return bad != 0;
}
