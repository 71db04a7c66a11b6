/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_schema.c -- the versions of nguon.db.
 */
#include "client/store/store_schema.h"

/* A database that has been handed out is only ever changed by a further
 * step. */
static const char *const steps[] = {
#include "client/store/schema.sql.h"
};

const struct sqlite_schema store_schema = {
	.application_id = 0x4e67756f,	/* "Nguo" */
	.steps = steps,
	.step_count = sizeof steps / sizeof steps[0],
};
