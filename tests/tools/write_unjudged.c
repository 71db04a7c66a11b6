/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_unjudged -- a device that writes what it may not: an admission in an
 * organisation's own lane, or a step in any scope, signed as usual.  Everybody
 * else must find it void.  The client itself refuses to write such a thing.
 *
 * Usage: write_unjudged STORE SUBJECT-HEX STEP YYYY-MM-DD
 * in the scope where the store has the subject.  The passphrase is the first
 * line of standard input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/store.h"
#include "protocol/date.h"

/* The subject, and the scope in which the store has it. */
struct wanted {
	uint8_t subject[ID_LEN];
	uint8_t scope[SCOPE_LEN];
	bool found;
};

static err
look(void *ctx, const uint8_t scope[SCOPE_LEN], const uint8_t subject[ID_LEN],
    const struct state *state)
{
	struct wanted *w = ctx;

	(void)state;
	if (memcmp(subject, w->subject, ID_LEN) == 0) {
		memcpy(w->scope, scope, SCOPE_LEN);
		w->found = true;
	}
	return ERR_OK;
}

static err
write_step(struct store *s, char **argv)
{
	struct store_op op = { .kind = KIND_STEP };
	struct span name = { (const uint8_t *)argv[3], strlen(argv[3]) };
	struct span day = { (const uint8_t *)argv[4], strlen(argv[4]) };
	struct wanted w = { .found = false };
	enum step step = field_step_from_name(name);
	int64_t date;
	err rc = step == STEP_NONE ? ERR_USAGE : date_parse(day, &date);

	if (rc == ERR_OK)
		rc = hex_decode(argv[2], w.subject, ID_LEN);
	if (rc == ERR_OK)
		rc = store_each(s, NULL, 0, look, &w);
	if (rc == ERR_OK && !w.found)
		rc = ERR_ABSENT;
	if (rc != ERR_OK)
		return rc;
	memcpy(op.subject, w.subject, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_uint(op.fields, FIELD_STEP, (uint64_t)step);
	field_draft_put_int(op.fields, FIELD_DATE, date);
	store_skip_judgement(s);
	rc = store_write(s, w.scope, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

int
main(int argc, char **argv)
{
	struct store *s = NULL;
	char line[1024];
	err rc = crypto_start();

	if (argc != 5 || fgets(line, sizeof line, stdin) == NULL) {
		(void)fprintf(stderr,
		    "usage: write_unjudged STORE SUBJECT STEP DATE\n");
		return 2;
	}
	struct span pass = { (const uint8_t *)line, strcspn(line, "\n") };
	if (rc == ERR_OK)
		rc = store_open(argv[1], pass, &s);
	if (rc == ERR_OK)
		rc = write_step(s, argv);
	store_close(s);
	if (rc != ERR_OK)
		(void)fprintf(stderr, "write_unjudged: %s\n", err_name(rc));
	return err_exit_code(rc);
}
