/* SPDX-License-Identifier: Apache-2.0 */
/* verify_report.c -- a list that hostile files cannot make endless. */
#include "protocol/verify_report.h"

#include <stdlib.h>
#include <string.h>

void
verify_report_free(struct verify_report *r)
{
	free(r->list);
	memset(r, 0, sizeof *r);
}

err
verify_report_add(struct verify_report *r, const char *code,
    const struct finding *f)
{
	bool mild = f->level != FINDING_FAIL;
	struct finding *place;
	size_t n = strlen(code);

	if (!mild)
		r->failures++;
	if (r->count == VERIFY_REPORT_MAX ||
	    (mild && r->mild == VERIFY_REPORT_MAX / 2))
		return ERR_OK;
	if (r->count == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct finding *p = realloc(r->list, cap * sizeof *p);

		if (p == NULL)
			return ERR_NOMEM;
		r->list = p;
		r->cap = cap;
	}
	place = &r->list[r->count++];
	*place = *f;
	memset(place->code, 0, sizeof place->code);
	memcpy(place->code, code,
	    n < sizeof place->code ? n : sizeof place->code - 1);
	if (mild)
		r->mild++;
	return ERR_OK;
}
