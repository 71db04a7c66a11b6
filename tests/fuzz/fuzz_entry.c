/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_entry.c -- any bytes as an entry, and as a fields map.  What passes
 * keeps its hash in every copy, and every copy passes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
read_map(struct span map)
{
	static const uint64_t numbers[] = { 0, 1, 3, 4, 20, UINT64_MAX };
	const uint8_t *p;
	struct op_ref ref;
	struct entry_ref entry;
	struct span s;
	uint64_t u;
	int64_t i;
	bool b;

	for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
		uint64_t n = numbers[k];

		if (field_map_get(map, n, &s) == ERR_OK)
			must(s.n > 0 && s.p > map.p &&
			    s.n <= (size_t)(map.p + map.n - s.p));
		(void)!field_map_uint(map, n, &u);
		(void)!field_map_int(map, n, &i);
		(void)!field_map_bool(map, n, &b);
		(void)!field_map_text(map, n, &s);
		(void)!field_map_fixed(map, n, 16, &p);
		(void)!field_map_ref(map, n, &ref);
		(void)!field_map_entry_ref(map, n, &entry);
		(void)field_map_lists(map, n, 100);
	}
}

static void
check_copy(const struct entry *e, const struct part_policy *policy,
    const uint8_t want[static HASH_LEN])
{
	struct entry again = { .ops = NULL };
	struct buf out = { .p = NULL };
	uint8_t prev[HASH_LEN] = { 1 }, hash[HASH_LEN];

	must(entry_copy(e, policy, &out) == ERR_OK);
	must(entry_parse(buf_span(&out), &again) == ERR_OK);
	entry_hash(&again, prev, hash);
	must(memcmp(hash, want, HASH_LEN) == 0);
	entry_free(&again);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct part_policy later = {
		KEEP_LATER, KEEP_LATER, KEEP_LATER,
	};
	static const struct part_policy same = {
		KEEP_AS_IS, KEEP_AS_IS, KEEP_AS_IS,
	};
	struct span raw = { data, size };
	struct entry e = { .ops = NULL };
	uint8_t prev[HASH_LEN] = { 1 }, hash[HASH_LEN];

	read_map(raw);
	if (entry_parse(raw, &e) == ERR_OK) {
		must(span_equal(e.raw, raw) && e.op_count > 0);
		for (uint32_t i = 0; i < e.op_count; i++) {
			read_map(e.ops[i].fields);
			for (uint8_t j = 0; j < e.ops[i].part_count; j++)
				read_map(entry_facts_map(&e.ops[i].parts[j]));
		}
		entry_hash(&e, prev, hash);
		check_copy(&e, &part_policy_audit, hash);
		check_copy(&e, &later, hash);
		check_copy(&e, &same, hash);
	}
	entry_free(&e);
	return 0;
}
