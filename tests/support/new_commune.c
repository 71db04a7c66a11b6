/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/new_commune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/support/temp_folder.h"

static const char works[] =
    "#!/bin/sh\n"
    "[ \"$1 $2 $4\" = 'hub --dir --make-tls' ] || exit 2\n"
    "[ \"$5\" = hub.example ] || exit 2\n"
    "echo key >\"$3/tls.key\"; echo crt >\"$3/tls.crt\"\n"
    "printf '%064d\\n' 7\n";

struct span
new_commune_text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

void
new_commune_path(const char *dir, const char *name,
    char ret[static PATH_BYTES])
{
	assert_int_equal(paths_join(dir, name, ret), ERR_OK);
}

void
new_commune_nguond(const struct new_commune *f, const char *script)
{
	char path[PATH_BYTES], all[2 * PATH_BYTES];

	new_commune_path(f->dir, "nguond", path);
	assert_int_equal(paths_write(path, new_commune_text(
	    script != NULL ? script : works), 0600, PATHS_REPLACE), ERR_OK);
	assert_int_equal(chmod(path, 0700), 0);
	(void)snprintf(all, sizeof all, "%s:/usr/bin:/bin", f->dir);
	assert_int_equal(setenv("PATH", all, 1), 0);
}

struct commune_new
new_commune_arguments(const struct new_commune *f)
{
	return (struct commune_new){
		.dir = f->store, .hub_dir = f->hub,
		.hub_url = "https://hub.example:8443",
		.name = new_commune_text("Hương Sơn"),
		.holder = new_commune_text("Trần Thị Hà"),
		.passphrase = new_commune_text("một mật khẩu đủ dài"),
	};
}

int
new_commune_bare(void **state)
{
	struct new_commune *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_int_equal(crypto_start(), ERR_OK);
	f->dir = temp_folder_make();
	new_commune_path(f->dir, "xa", f->store);
	new_commune_path(f->dir, "xa-hub", f->hub);
	memset(f->secret, 7, KEY_LEN);
	recovery_derive(f->secret, &f->root);
	new_commune_nguond(f, NULL);
	*state = f;
	return 0;
}

int
new_commune_begun(void **state)
{
	(void)new_commune_bare(state);
	struct new_commune *f = *state;
	struct commune_new n = new_commune_arguments(f);
	assert_int_equal(commune_init(&n, f->secret, &f->s), ERR_OK);
	return 0;
}

int
new_commune_end(void **state)
{
	struct new_commune *f = *state;

	store_close(f->s);
	temp_folder_remove(f->dir);
	free(f);
	return 0;
}

void
new_commune_cell(struct new_commune *f, const char *code, const char *name,
    struct commune_cell *ret)
{
	uint8_t scope[SCOPE_LEN];

	assert_int_equal(commune_cell_add(f->s, new_commune_text(code),
	    new_commune_text(name), 12, scope), ERR_OK);
	assert_int_equal(chain_scope_kind(scope), SCOPE_CELL);
	assert_true(store_covers(f->s, scope));
	assert_int_equal(commune_cell_by_code(f->s, code, ret), ERR_OK);
}
