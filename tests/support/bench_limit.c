/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_limit.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/crypto.h"
#include "tests/support/bench_table.h"

enum { RUNS = 3, COPY_BYTES = 1 << 20 };

struct work {
	uint8_t seed[KEY_LEN], pub[KEY_LEN], sig[SIG_LEN];
	uint8_t *from, *to;
	size_t bytes;
};

static void
hash_once(struct work *w)
{
	const struct span part = { w->from, w->bytes };

	crypto_hash32("bench", &part, 1, w->from);
}

static void
verify_once(struct work *w)
{
	if (crypto_verify(w->pub, (struct span){ w->from, 100 }, w->sig) !=
	    ERR_OK)
		abort();
}

static void
sign_once(struct work *w)
{
	crypto_sign_message(w->seed, (struct span){ w->from, 100 }, w->sig);
}

static void
copy_once(struct work *w)
{
	memcpy(w->to, w->from, COPY_BYTES);
	w->from[0] = w->to[1];
}

static double
rate(struct work *w, void (*once)(struct work *), size_t batch)
{
	double v[RUNS];

	for (size_t i = 0; i < RUNS; i++) {
		double begin = bench_table_worked(), took;
		size_t done = 0;

		do {
			for (size_t k = 0; k < batch; k++)
				once(w);
			done += batch;
			took = bench_table_worked() - begin;
		} while (took < 0.1);
		v[i] = (double)done / took;
	}
	return bench_table_median(v, RUNS);
}

static double
measure(void (*once)(struct work *), size_t batch, size_t bytes)
{
	struct work w = { .bytes = bytes };
	double r;

	w.from = calloc(1, COPY_BYTES + bytes);
	w.to = calloc(1, COPY_BYTES);
	if (w.from == NULL || w.to == NULL || crypto_start() != ERR_OK)
		abort();
	crypto_sign_public(w.seed, w.pub);
	sign_once(&w);
	r = rate(&w, once, batch);
	free(w.from);
	free(w.to);
	return r;
}

double
bench_limit_hash(size_t bytes)
{
	return measure(hash_once, 1000, bytes);
}

double
bench_limit_verify(void)
{
	return measure(verify_once, 100, 0);
}

double
bench_limit_sign(void)
{
	return measure(sign_once, 100, 0);
}

double
bench_limit_copy(void)
{
	return measure(copy_once, 10, 0) * COPY_BYTES;
}
