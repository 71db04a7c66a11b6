/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_compare.c -- any bytes as a comparison file.  What is read is written
 * again byte for byte.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "client/records/report_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span in = { data, size };
	struct compare_side *side = NULL;
	struct buf out = { .p = NULL };

	if (report_compare_decode(in, &side) != ERR_OK)
		return 0;
	if (report_compare_encode(side, &out) != ERR_OK ||
	    !span_equal(buf_span(&out), in))
		abort();
	buf_free(&out);
	report_compare_free(side);
	return 0;
}
