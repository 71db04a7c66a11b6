/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/import_columns.h"

#include <string.h>

#include "client/records/fold_text.h"

enum { WORDS_MAX = 12 };

/* Folded for search.  Within a table no words stand twice. */
static const struct synonyms {
	enum import_table table;
	const char *name;
	const char *words[WORDS_MAX];
} synonyms[] = {
	{ IMPORT_PEOPLE, "full_name", { "ho va ten", "ho ten", "ten day du",
	    "ho ten day du", "ho va ten khai sinh", "ho ten khai sinh",
	    "name" } },
	{ IMPORT_PEOPLE, "birth_date", { "ngay sinh", "ngay thang nam sinh",
	    "sinh ngay", "date of birth" } },
	{ IMPORT_PEOPLE, "birth_year", { "nam sinh", "sinh nam",
	    "year of birth" } },
	{ IMPORT_PEOPLE, "gender", { "gioi tinh", "gioi", "nam nu", "phai",
	    "sex" } },
	{ IMPORT_PEOPLE, "organisation", { "doan the", "to chuc",
	    "to chuc doan the", "doan the gioi thieu", "organization" } },
	{ IMPORT_PEOPLE, "residence", { "noi o", "cho o", "noi cu tru",
	    "cu tru", "noi o hien nay", "hien o", "o nha hay di xa" } },
	{ IMPORT_PEOPLE, "workplace", { "noi lam viec", "noi lam",
	    "noi cong tac", "don vi cong tac", "co quan", "cong ty",
	    "lam viec tai", "viec lam", "work" } },
	{ IMPORT_PEOPLE, "education", { "trinh do", "trinh do hoc van",
	    "hoc van", "trinh do van hoa" } },
	{ IMPORT_PEOPLE, "phone", { "so dien thoai", "dien thoai", "sdt",
	    "dt", "so dt", "di dong", "telephone" } },
	{ IMPORT_PEOPLE, "notes", { "ghi chu", "chu thich", "note" } },
	{ IMPORT_PEOPLE, "ref", { "ma", "ma so", "so hieu", "ma nguoi",
	    "ma trong danh sach", "reference" } },
	{ IMPORT_PEOPLE, "cell", { "chi bo", "ma chi bo", "thon", "xom",
	    "ban", "to dan pho", "chi bo thon" } },
	{ IMPORT_EVENTS, "date", { "ngay", "ngay thang", "thoi gian" } },
	{ IMPORT_EVENTS, "cell", { "chi bo", "ma chi bo", "thon", "xom",
	    "ban", "to dan pho" } },
	{ IMPORT_EVENTS, "person", { "nguoi", "ma nguoi", "ma", "ma so",
	    "ref" } },
	{ IMPORT_EVENTS, "event", { "su kien", "buoc", "step" } },
	{ IMPORT_EVENTS, "organisation", { "doan the", "to chuc",
	    "to chuc doan the", "doan the gioi thieu", "organization" } },
	{ IMPORT_EVENTS, "reason", { "ly do", "vi sao" } },
	{ IMPORT_ACTIVITIES, "date", { "ngay", "ngay thang", "thoi gian" } },
	{ IMPORT_ACTIVITIES, "cell", { "chi bo", "ma chi bo", "thon", "xom",
	    "ban", "to dan pho" } },
	{ IMPORT_ACTIVITIES, "organisation", { "doan the", "to chuc",
	    "to chuc doan the", "organization" } },
	{ IMPORT_ACTIVITIES, "title", { "hoat dong", "ten hoat dong",
	    "noi dung", "tieu de", "activity" } },
	{ IMPORT_ACTIVITIES, "participants", { "so nguoi",
	    "so nguoi tham gia", "nguoi tham gia", "so luong" } },
	{ IMPORT_CELLS, "cell", { "ma", "ma chi bo", "code" } },
	{ IMPORT_CELLS, "name", { "ten", "ten chi bo", "chi bo", "thon" } },
	{ IMPORT_CELLS, "members", { "dang vien", "so dang vien" } },
	{ IMPORT_CELLS, "commissioner", { "phu trach", "uy vien phu trach",
	    "can bo phu trach" } },
	{ IMPORT_QUOTAS, "year", { "nam" } },
	{ IMPORT_QUOTAS, "cell", { "ma", "ma chi bo", "chi bo", "thon" } },
	{ IMPORT_QUOTAS, "quota", { "chi tieu" } },
	{ IMPORT_QUOTAS, "why", { "ly do", "vi sao", "reason" } },
	{ IMPORT_REVIEW, "ref", { "ma", "ma so", "ma nguoi", "person",
	    "nguoi" } },
	{ IMPORT_REVIEW, "full_name", { "ho ten", "ho va ten", "ten",
	    "name" } },
	{ IMPORT_REVIEW, "birth_year", { "nam sinh", "sinh nam",
	    "year of birth" } },
	{ IMPORT_REVIEW, "cell", { "chi bo", "ma chi bo", "thon", "xom",
	    "ban", "to dan pho" } },
	{ IMPORT_REVIEW, "outcome", { "ket qua", "ra soat" } },
	{ IMPORT_REVIEW, "residence", { "noi o", "cho o",
	    "noi o hien nay" } },
	{ IMPORT_REVIEW, "where", { "lam o dau", "o dau", "workplace",
	    "noi lam viec", "noi lam", "cong ty", "viec lam" } },
	{ IMPORT_REVIEW, "reason", { "ly do", "vi sao" } },
	{ IMPORT_REVIEW, "ref", { "ma", "ma so", "ma trong danh sach" } },
	{ IMPORT_REVIEW, "full_name", { "ho va ten", "ho ten", "name" } },
	{ IMPORT_REVIEW, "birth_year", { "nam sinh", "sinh nam" } },
	{ IMPORT_REVIEW, "cell", { "chi bo", "ma chi bo", "thon", "xom",
	    "ban", "to dan pho" } },
	{ IMPORT_REVIEW, "outcome", { "ket qua", "ket qua ra soat" } },
	{ IMPORT_REVIEW, "residence", { "noi o", "cho o", "noi cu tru" } },
	{ IMPORT_REVIEW, "where", { "o dau", "noi lam viec", "noi den",
	    "cong ty" } },
	{ IMPORT_REVIEW, "reason", { "ly do", "vi sao" } },
};

static bool
is_text(struct span s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static bool
means_folded(struct span folded, enum import_table table, const char *name)
{
	for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
		const struct synonyms *s = &synonyms[i];

		if (s->table != table || strcmp(s->name, name) != 0)
			continue;
		for (size_t k = 0; k < WORDS_MAX && s->words[k] != NULL; k++)
			if (is_text(folded, s->words[k]))
				return true;
	}
	return false;
}

/* "birth_year" is also "Birth year". */
static bool
is_name(struct span folded, const char *name)
{
	if (folded.n != strlen(name))
		return false;
	for (size_t i = 0; i < folded.n; i++)
		if (folded.p[i] != (name[i] == '_' ? ' ' : (uint8_t)name[i]))
			return false;
	return true;
}

static err
means(struct span heading, enum import_table table, const char *name,
    bool *ret)
{
	struct buf folded = { .p = NULL };
	err rc = fold_text_search(heading, &folded);

	*ret = rc == ERR_OK && (is_name(buf_span(&folded), name) ||
	    means_folded(buf_span(&folded), table, name));
	buf_free(&folded);
	return rc == ERR_NOMEM ? rc : ERR_OK;	/* else no such name */
}

bool
import_columns_means(struct span heading, enum import_table table,
    const char *name)
{
	bool yes = false;

	return means(heading, table, name, &yes) == ERR_OK && yes;
}

err
import_columns_find(const struct csv *csv, enum import_table table,
    const char *name, size_t *ret)
{
	size_t found = csv_column(csv, name);
	err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && found == CSV_NONE &&
	    i < csv_columns(csv); i++) {
		bool yes = false;

		rc = means(csv_heading(csv, i), table, name, &yes);
		if (yes)
			found = i;
	}
	if (rc == ERR_OK)
		*ret = found;
	return rc;
}

/* ---- steps */

static const struct {
	enum step step;
	enum phrase word;
} steps[] = {
	{ STEP_LISTED, PHRASE_WORD_STEP_LISTED },
	{ STEP_NOMINATED, PHRASE_WORD_STEP_NOMINATED },
	{ STEP_INTRODUCED, PHRASE_WORD_STEP_INTRODUCED },
	{ STEP_CLASS_COMPLETED, PHRASE_WORD_STEP_CLASS_COMPLETED },
	{ STEP_TRIAL_STARTED, PHRASE_WORD_STEP_TRIAL_STARTED },
	{ STEP_ADMITTED, PHRASE_WORD_STEP_ADMITTED },
	{ STEP_OFFICIAL, PHRASE_WORD_STEP_OFFICIAL },
	{ STEP_WITHDRAWN, PHRASE_WORD_STEP_WITHDRAWN },
	{ STEP_POSTPONED, PHRASE_WORD_STEP_POSTPONED },
	{ STEP_MOVED, PHRASE_WORD_STEP_MOVED },
};

/* A word of the catalogue, as it is folded. */
static bool
is_word(struct span folded, enum phrase word)
{
	static const enum language languages[] = { LANGUAGE_VI, LANGUAGE_EN };
	struct buf own = { .p = NULL };
	bool same = false;

	for (size_t i = 0; i < 2 && !same; i++) {
		const char *text = catalogue_text(languages[i], word);

		buf_reset(&own);
		same = fold_text_search((struct span){ (const uint8_t *)text,
		    strlen(text) }, &own) == ERR_OK &&
		    span_equal(buf_span(&own), folded);
	}
	buf_free(&own);
	return same;
}

enum step
import_columns_step(struct span text)
{
	struct buf folded = { .p = NULL };
	enum step found = STEP_NONE;
	char name[64];

	if (fold_text_search(text, &folded) == ERR_OK && folded.n > 0 &&
	    folded.n < sizeof name) {
		/* `class_completed` may come as `Class completed` */
		for (size_t i = 0; i < folded.n; i++)
			name[i] = folded.p[i] == ' ' ? '_' :
			    (char)folded.p[i];
		found = field_step_from_name((struct span){
		    (const uint8_t *)name, folded.n });
		for (size_t i = 0; i < sizeof steps / sizeof steps[0] &&
		    found == STEP_NONE; i++)
			if (is_word(buf_span(&folded), steps[i].word))
				found = steps[i].step;
	}
	buf_free(&folded);
	return found;
}

/* ---- cells */

/* Without "chi bo", "thon" or both before a name. */
static struct span
bare(struct span folded)
{
	static const char *const words[] = { "chi bo ", "thon ", "xom ",
		"ban ", "to dan pho " };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t n = strlen(words[i]);

		if (folded.n > n && memcmp(folded.p, words[i], n) == 0) {
			folded.p += n;
			folded.n -= n;
		}
	}
	return folded;
}

const struct own_cell *
import_columns_cell(const struct own_cell *cells, size_t count,
    struct span text)
{
	const struct own_cell *found = own_cells_find(cells, count, text);
	struct buf wanted = { .p = NULL }, name = { .p = NULL };
	bool several = false;

	if (found == NULL && fold_text_search(text, &wanted) == ERR_OK &&
	    wanted.n > 0)
		for (size_t i = 0; i < count && !several; i++) {
			buf_reset(&name);
			if (fold_text_search((struct span){
			    (const uint8_t *)cells[i].name,
			    strlen(cells[i].name) }, &name) != ERR_OK ||
			    !span_equal(bare(buf_span(&name)),
			    bare(buf_span(&wanted))))
				continue;
			several = found != NULL;
			found = &cells[i];
		}
	buf_free(&wanted);
	buf_free(&name);
	return several ? NULL : found;
}
