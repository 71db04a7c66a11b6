/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bench_commune.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/records/commune.h"
#include "client/records/import.h"
#include "tests/support/bench_table.h"
#include "tests/support/temp_folder.h"

enum { LISTED_DAY = 19000 };	/* 2022-01-08 */

void
bench_commune_must(err rc, const char *what)
{
	if (rc == ERR_OK)
		return;
	(void)fprintf(stderr, "bench: %s: %s\n", what, err_name(rc));
	exit(2);
}

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* nguond stands beside nguon, not beside a bench program. */
static void
find_nguond(void)
{
	const char *build = getenv("BUILD"), *old = getenv("PATH");
	char path[8192];

	(void)snprintf(path, sizeof path, "%s:%s", build ? build : "build",
	    old ? old : "");
	(void)setenv("PATH", path, 1);
}

void
bench_commune_open(struct bench_commune *b)
{
	struct commune_new n = { .hub_url = "https://127.0.0.1:8443",
		.name = text("Hương Sơn"), .holder = text("Giữ Sổ"),
		.passphrase = text("quyen so la cua xa") };
	uint8_t secret[KEY_LEN];
	char code[16];

	find_nguond();
	bench_commune_must(crypto_start(), "crypto");
	b->work = bench_table_folder();
	(void)snprintf(b->dir, sizeof b->dir, "%s/store", b->work);
	(void)snprintf(b->hub, sizeof b->hub, "%s/hub", b->work);
	n.dir = b->dir;
	n.hub_dir = b->hub;
	crypto_random(secret, sizeof secret);
	bench_commune_must(commune_init(&n, secret, &b->store), "init");
	for (int i = 0; i < BENCH_CELLS; i++) {
		(void)snprintf(code, sizeof code, "cell-%d", i + 1);
		bench_commune_must(commune_cell_add(b->store, text(code),
		    text("Chi bộ"), 20, b->cell[i]), "cell");
	}
}

void
bench_commune_close(struct bench_commune *b)
{
	store_close(b->store);
	temp_folder_remove(b->work);
}

static const char *const family[] = { "Nguyễn", "Trần", "Lê", "Hoàng", "Bùi",
	"Đào", "Trịnh", "Vàng", "Lò", "Phạm" };
static const char *const given[] = { "Văn An", "Thị Mai", "Công Quân",
	"Ngọc Tuấn", "Thị Hồng", "Hữu Thắng", "Minh Châu" };

/* A name for each number up to 7,000, then again. */
static void
name_of(size_t i, char *ret, size_t n)
{
	static const char *const middle[] = { "", " Bích", " Lan", " Sơn",
		" Hà", " Đức", " Khánh", " Giang", " Tâm", " Phúc" };

	(void)snprintf(ret, n, "%s %s%s%s", family[i % 10], given[i / 10 % 7],
	    middle[i / 70 % 10], middle[i / 700 % 10]);
}

void
bench_commune_table(size_t n, struct buf *out)
{
	static const char *const where[] = { "Làm ruộng", "Buôn bán nhỏ",
		"Công ty linh kiện Khai Quang", "Công ty gạch ốp lát" };
	static const char *const school[] = { "THCS", "THPT", "Cao đẳng",
		"Đại học" };
	char name[128], line[512];

	buf_put_text(out, "ref,cell,full_name,birth_year,gender,organisation,"
	    "residence,workplace,education,phone\n");
	for (size_t i = 0; i < n; i++) {
		name_of(i, name, sizeof name);
		(void)snprintf(line, sizeof line, "P%06zu,cell-%zu,%s,%zu,%s,"
		    "%s,%s,%s,%s,0%09zu\n", i, i % BENCH_CELLS + 1, name,
		    1985 + i / 7000 % 8 + i % 12, i % 2 ? "nam" : "nu",
		    i % 3 ? "doan-thanh-nien" : "hoi-phu-nu",
		    i % 4 ? "tai-dia-phuong" : "di-lam-xa", where[i % 4],
		    school[i / 4 % 4], 700000000 + (i * 7919) % 299999999);
		buf_put_text(out, line);
	}
	bench_commune_must(buf_err(out), "table");
}

double
bench_commune_import(struct bench_commune *b, struct span table)
{
	const struct import_options o = { .has_date = true,
		.date = LISTED_DAY };
	struct import_fault fault = { .missing = NULL };
	struct import *i = NULL;
	size_t written = 0;
	double begin = bench_table_now(), took;

	bench_commune_must(import_read(b->store, IMPORT_PEOPLE, table, &o, &i,
	    &fault), "import");
	bench_commune_must(import_write(i, &written), "import");
	took = bench_table_now() - begin;
	if (written != import_count(i))
		bench_commune_must(ERR_VALUE, "import: not all was written");
	import_free(i);
	return took;
}

static void
write_op(struct bench_commune *b, size_t number, const struct store_op *op,
    size_t count)
{
	bench_commune_must(store_write(b->store,
	    b->cell[number % BENCH_CELLS], op, count, NULL, 0, NULL),
	    "write");
}

void
bench_commune_person(struct bench_commune *b, size_t number,
    uint8_t ret_person[static ID_LEN])
{
	struct store_op op = { .kind = KIND_PERSON, .creates = true,
		.facts = field_draft_new(), .sealed = field_draft_new() };
	char name[128], phone[32];

	crypto_random(op.subject, ID_LEN);
	memcpy(ret_person, op.subject, ID_LEN);
	name_of(number, name, sizeof name);
	(void)snprintf(phone, sizeof phone, "0%09zu",
	    700000000 + (number * 7919) % 299999999);
	field_draft_put_uint(op.facts, FIELD_BIRTH_YEAR, 1990 + number % 15);
	field_draft_put_text(op.facts, FIELD_RESIDENCE, text("di-lam-xa"));
	field_draft_put_text(op.sealed, FIELD_FULL_NAME, text(name));
	field_draft_put_text(op.sealed, FIELD_PHONE, text(phone));
	field_draft_put_text(op.sealed, FIELD_WORKPLACE, text("Làm ruộng"));
	field_draft_put_text(op.sealed, FIELD_EDUCATION, text("THPT"));
	field_draft_put_text(op.sealed, FIELD_GENDER, text("nu"));
	write_op(b, number, &op, 1);
	field_draft_free(op.facts);
	field_draft_free(op.sealed);
}

void
bench_commune_sealed(struct bench_commune *b, size_t number,
    const uint8_t person[static ID_LEN])
{
	struct store_op op = { .kind = KIND_PERSON,
		.sealed = field_draft_new() };
	char phone[32];

	memcpy(op.subject, person, ID_LEN);
	(void)snprintf(phone, sizeof phone, "0%09zu",
	    800000000 + (number * 6151) % 99999999);
	field_draft_put_text(op.sealed, FIELD_PHONE, text(phone));
	write_op(b, number, &op, 1);
	field_draft_free(op.sealed);
}

void
bench_commune_step(struct bench_commune *b, size_t number,
    const uint8_t person[static ID_LEN])
{
	struct store_op op = { .kind = KIND_STEP,
		.fields = field_draft_new() };

	memcpy(op.subject, person, ID_LEN);
	field_draft_put_uint(op.fields, FIELD_STEP, STEP_INTRODUCED);
	field_draft_put_int(op.fields, FIELD_DATE, LISTED_DAY);
	write_op(b, number, &op, 1);
	field_draft_free(op.fields);
}
