/* SPDX-License-Identifier: Apache-2.0 */
/* made_scenario.c -- everything but the steps. */
#include "tests/support/made_scenario.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/made_scenario_internal.h"

const char *const made_scenario_organisations[MADE_ORGANISATIONS] = {
	"doan-thanh-nien", "hoi-phu-nu", "hoi-nong-dan", "hoi-cuu-chien-binh",
	"cong-doan", "to-lien-gia-2",
};

void *
made_scenario_add(void *list, size_t *count, size_t size)
{
	/* room is doubled when the count is a power of two */
	if ((*count & (*count - 1)) == 0) {
		list = realloc(list, (*count == 0 ? 1 : 2 * *count) * size);
		if (list == NULL) {
			(void)fprintf(stderr, "made_scenario: no memory\n");
			exit(2);
		}
	}
	memset((char *)list + *count * size, 0, size);
	(*count)++;
	return list;
}

static void
add_cells(struct dice *d, struct made_scenario *s, size_t count)
{
	static const char *const slugs[] = { "ba-mo", "xom-chua", "go_dinh",
		"Thon.", "khu-", "doi" };
	static const char *const names[] = { "Thôn Ba Mô", "Xóm Chùa",
		"Thôn Gò Đình", "Thôn \"Mới\", khu 2", "Khu Bãi Trên" };

	for (size_t i = 0; i < count; i++) {
		struct made_cell *c;

		s->cells = made_scenario_add(s->cells, &s->cell_count,
		    sizeof *c);
		c = &s->cells[i];
		(void)snprintf(c->code, sizeof c->code, "%s%zu",
		    MADE_PICK(d, slugs), i);
		made_name_form(d, MADE_PICK(d, names), c->name);
		if (!dice_chance(d, 15))
			(void)snprintf(c->members, sizeof c->members, "%u",
			    dice_below(d, 60));
		if (!dice_chance(d, 15))
			(void)snprintf(c->commissioner, sizeof c->commissioner,
			    "uy-vien-%02u", dice_below(d, 9));
	}
}

static void
add_quotas(struct dice *d, struct made_scenario *s)
{
	static const unsigned numbers[] = { 0, 0, 1, 1, 1, 2, 3, 7, 8, 16, 32,
		40, 80 };

	if (dice_chance(d, 8))
		return;
	for (int year = s->first_year - 1; year <= s->last_year; year++)
		for (size_t c = 0; c < s->cell_count; c++) {
			struct made_quota q = { year, c,
				MADE_PICK(d, numbers) };

			if (dice_chance(d, 15))
				continue;
			s->quotas = made_scenario_add(s->quotas,
			    &s->quota_count, sizeof q);
			s->quotas[s->quota_count - 1] = q;
		}
}

static const char *
maybe(struct dice *d, const char *text)
{
	return dice_chance(d, 12) ? "" : text;
}

static void
add_person(struct dice *d, struct made_scenario *s)
{
	static const char *const workplaces[] = { "Làm ruộng",
		"Công ty linh kiện, KCN Khai Quang", "Xưởng \"Hai Anh Em\"",
		"Chợ huyện\nsạp 12", "Nhà máy A; ca đêm", "Tự do" };
	static const char *const education[] = { "THCS", "THPT", "Cao đẳng",
		"Đại học" };
	size_t n = s->person_count;
	struct made_person *p;

	s->people = made_scenario_add(s->people, &s->person_count, sizeof *p);
	p = &s->people[n];
	p->cell = dice_below(d, (unsigned)s->cell_count);
	(void)snprintf(p->ref, sizeof p->ref, "P%05zu", n + 1);
	made_name(d, p->full_name);
	if (!dice_chance(d, 8))
		(void)snprintf(p->birth_year, sizeof p->birth_year, "%u",
		    dice_chance(d, 2) ? 2016 : 1950 + dice_below(d, 57));
	if (n > 0 && dice_chance(d, 12)) {
		const struct made_person *same = &s->people[dice_below(d,
		    (unsigned)n)];

		memcpy(p->full_name, same->full_name, sizeof p->full_name);
		memcpy(p->birth_year, same->birth_year, sizeof p->birth_year);
		p->cell = same->cell;
	}
	if (!dice_chance(d, 30))
		(void)snprintf(p->phone, sizeof p->phone, "0%09u",
		    dice_below(d, 1000000000));
	p->gender = maybe(d, dice_chance(d, 50) ? "nam" : "nu");
	p->organisation = maybe(d, made_scenario_organisations[dice_below(d,
	    MADE_ORGANISATIONS)]);
	p->residence = maybe(d, dice_chance(d, 60) ? "di-lam-xa" :
	    "tai-dia-phuong");
	p->workplace = maybe(d, MADE_PICK(d, workplaces));
	p->education = maybe(d, MADE_PICK(d, education));
}

static void
add_activity(struct dice *d, struct made_scenario *s)
{
	static const char *const titles[] = { "Vệ sinh đường làng",
		"Sinh hoạt chuyên đề \"Tự soi\"", "Hội thao, văn nghệ",
		"Ngày chủ nhật xanh; trồng cây", "Họp thôn\nphổ biến quy chế" };
	struct made_activity *a;

	s->activities = made_scenario_add(s->activities, &s->activity_count,
	    sizeof *a);
	a = &s->activities[s->activity_count - 1];
	/* two rows that are wholly equal are two activities */
	if (s->activity_count > 1 && dice_chance(d, 12)) {
		*a = s->activities[dice_below(d,
		    (unsigned)s->activity_count - 1)];
		return;
	}
	a->date = made_day(d, s->first_year - 1, s->last_year);
	a->cell = dice_below(d, (unsigned)s->cell_count);
	a->organisation = made_scenario_organisations[dice_below(d,
	    MADE_ORGANISATIONS)];
	(void)snprintf(a->title, sizeof a->title, "%s, đợt %zu",
	    MADE_PICK(d, titles), s->activity_count);
	if (!dice_chance(d, 10))
		(void)snprintf(a->participants, sizeof a->participants, "%u",
		    dice_below(d, 250));
}

/* ---- periods */

/* From a quarter of a year to another; quarter 0: the whole year. */
static void
add_period(struct made_scenario *s, int first, int from_quarter, int last,
    int to_quarter)
{
	static const int last_days[] = { 331, 630, 930, 1231 };
	struct made_period p = { .first_year = first, .last_year = last };
	char *at = p.text;

	p.from = first * 10000 +
	    (from_quarter == 0 ? 1 : 3 * from_quarter - 2) * 100 + 1;
	p.to = last * 10000 + last_days[to_quarter == 0 ? 3 : to_quarter - 1];
	at += snprintf(at, 8, "%04d", first);
	if (from_quarter > 0)
		at += snprintf(at, 4, "Q%d", from_quarter % 10);
	if (first != last || from_quarter != to_quarter)
		at += snprintf(at, 8, "-%04d", last);
	if ((first != last || from_quarter != to_quarter) && to_quarter > 0)
		(void)snprintf(at, 4, "Q%d", to_quarter % 10);
	s->periods = made_scenario_add(s->periods, &s->period_count, sizeof p);
	s->periods[s->period_count - 1] = p;
}

static void
add_periods(struct dice *d, struct made_scenario *s)
{
	int a = s->first_year, b = s->last_year;

	s->periods = made_scenario_add(s->periods, &s->period_count,
	    sizeof *s->periods);
	s->periods[0] = (struct made_period){ .text = "all", .all = true };
	for (int year = a - 1; year <= b + 1; year++)
		add_period(s, year, 0, year, 0);
	for (int n = 0; n < 4; n++) {
		int q = 1 + (int)dice_below(d, 4);
		int year = a + (int)dice_below(d, (unsigned)(b - a + 1));

		add_period(s, year, q, year, q);
	}
	add_period(s, a, 1 + (int)dice_below(d, 4), b + 1,
	    1 + (int)dice_below(d, 4));
	if (a == b)
		return;
	add_period(s, a, 0, b, 0);
	add_period(s, a, 0, b, 1);
	add_period(s, a, 4, b, 1);
	add_period(s, a, 3, b, 0);
}

/* ---- made_scenario.h */

struct made_scenario *
made_scenario_new(uint64_t seed)
{
	struct dice d = { seed };
	struct made_scenario *s = calloc(1, sizeof *s);
	size_t cells, people, activities;

	if (s == NULL)
		exit(2);
	cells = dice_chance(&d, 20) ? 1 : 1 + dice_below(&d, 40);
	people = dice_chance(&d, 10) ? 0 : dice_chance(&d, 25) ?
	    dice_below(&d, 2001) : dice_below(&d, 300);
	activities = dice_chance(&d, 10) ? 0 : dice_below(&d, 150);
	s->first_year = 1998 + (int)dice_below(&d, 27);
	s->last_year = s->first_year + (int)dice_below(&d, 6);
	add_cells(&d, s, cells);
	add_quotas(&d, s);
	while (s->person_count < people)
		add_person(&d, s);
	made_event_all(&d, s);
	while (s->activity_count < activities)
		add_activity(&d, s);
	add_periods(&d, s);
	return s;
}

void
made_scenario_free(struct made_scenario *s)
{
	if (s == NULL)
		return;
	free(s->cells);
	free(s->quotas);
	free(s->people);
	free(s->events);
	free(s->activities);
	free(s->periods);
	free(s);
}
