/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cli_words.h"

#include <inttypes.h>
#include <string.h>

#include "protocol/date.h"

/* ---- codes and numbers */

const char *
cli_words_step(const struct cli *c, enum step step)
{
	switch (step) {
	case STEP_LISTED: return cli_text(c, PHRASE_WORD_STEP_LISTED);
	case STEP_NOMINATED: return cli_text(c, PHRASE_WORD_STEP_NOMINATED);
	case STEP_INTRODUCED: return cli_text(c, PHRASE_WORD_STEP_INTRODUCED);
	case STEP_CLASS_COMPLETED:
		return cli_text(c, PHRASE_WORD_STEP_CLASS_COMPLETED);
	case STEP_TRIAL_STARTED:
		return cli_text(c, PHRASE_WORD_STEP_TRIAL_STARTED);
	case STEP_ADMITTED: return cli_text(c, PHRASE_WORD_STEP_ADMITTED);
	case STEP_OFFICIAL: return cli_text(c, PHRASE_WORD_STEP_OFFICIAL);
	case STEP_WITHDRAWN: return cli_text(c, PHRASE_WORD_STEP_WITHDRAWN);
	case STEP_POSTPONED: return cli_text(c, PHRASE_WORD_STEP_POSTPONED);
	case STEP_MOVED: return cli_text(c, PHRASE_WORD_STEP_MOVED);
	case STEP_NONE: break;
	}
	return "-";
}

const char *
cli_words_code(const struct cli *c, const char *code)
{
	static const struct {
		const char *code;
		enum phrase word;
	} words[] = {
		{ "doan-thanh-nien", PHRASE_WORD_DOAN },
		{ "hoi-phu-nu", PHRASE_WORD_HOI_PHU_NU },
		{ "hoi-nong-dan", PHRASE_WORD_HOI_NONG_DAN },
		{ "tai-dia-phuong", PHRASE_WORD_TAI_DIA_PHUONG },
		{ "di-lam-xa", PHRASE_WORD_DI_LAM_XA },
		{ "khong-co-nguyen-vong", PHRASE_WORD_KHONG_CO_NGUYEN_VONG },
		{ "trinh-do-thap", PHRASE_WORD_TRINH_DO_THAP },
		{ "doan-the-yeu", PHRASE_WORD_DOAN_THE_YEU },
		{ "dich-benh", PHRASE_WORD_DICH_BENH },
		{ "khac", PHRASE_WORD_KHAC },
		{ "unknown", PHRASE_WORD_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].code, code) == 0)
			return cli_text(c, words[i].word);
	return code;
}

struct number_word {
	uint64_t number;
	enum phrase word;
};

static const struct number_word field_words[] = {
	{ FIELD_ORGANISATION, PHRASE_WORD_FIELD_ORGANISATION },
	{ FIELD_CODE, PHRASE_WORD_FIELD_CODE },
	{ FIELD_NAME, PHRASE_WORD_FIELD_NAME },
	{ FIELD_MEMBERS, PHRASE_WORD_FIELD_MEMBERS },
	{ FIELD_COMMISSIONER, PHRASE_WORD_FIELD_COMMISSIONER },
	{ FIELD_NUMBER, PHRASE_WORD_FIELD_NUMBER },
	{ FIELD_WHY, PHRASE_WORD_FIELD_REASON },
	{ FIELD_DATE, PHRASE_WORD_FIELD_DATE },
	{ FIELD_ROUND, PHRASE_WORD_FIELD_ROUND },
	{ FIELD_VOIDED, PHRASE_WORD_FIELD_VOIDED },
	{ FIELD_HELPERS, PHRASE_WORD_FIELD_HELPERS },
	{ FIELD_TITLE, PHRASE_WORD_FIELD_TITLE },
	{ FIELD_PARTICIPANTS, PHRASE_WORD_FIELD_PARTICIPANTS },
	{ FIELD_LINKED_PERSON, PHRASE_WORD_FIELD_LINKED_PERSON },
	{ FIELD_LINK_OUTCOME, PHRASE_WORD_FIELD_LINK_OUTCOME },
	{ FIELD_TEXT, PHRASE_WORD_FIELD_TEXT },
	{ FIELD_DUE, PHRASE_WORD_FIELD_DUE },
	{ FIELD_DONE, PHRASE_WORD_FIELD_DONE },
	{ FIELD_WITHDRAWN, PHRASE_WORD_FIELD_WITHDRAWN },
	{ FIELD_ABOUT, PHRASE_WORD_FIELD_ABOUT },
	{ FIELD_BIRTH_YEAR, PHRASE_WORD_FIELD_BIRTH_YEAR },
	{ FIELD_RESIDENCE, PHRASE_WORD_FIELD_RESIDENCE },
	{ FIELD_ORGANISATION_OF, PHRASE_WORD_FIELD_ORGANISATION },
	{ FIELD_REASON, PHRASE_WORD_FIELD_REASON },
	{ FIELD_FULL_NAME, PHRASE_WORD_FIELD_FULL_NAME },
	{ FIELD_BIRTH_DATE, PHRASE_WORD_FIELD_BIRTH_DATE },
	{ FIELD_GENDER, PHRASE_WORD_FIELD_GENDER },
	{ FIELD_WORKPLACE, PHRASE_WORD_FIELD_WORKPLACE },
	{ FIELD_EDUCATION, PHRASE_WORD_FIELD_EDUCATION },
	{ FIELD_PHONE, PHRASE_WORD_FIELD_PHONE },
	{ FIELD_NOTES, PHRASE_WORD_FIELD_NOTES },
	{ FIELD_REF, PHRASE_WORD_FIELD_REF },
	{ FIELD_HOLDER_NAME, PHRASE_WORD_FIELD_FULL_NAME },
	{ FIELD_SEEN_AT_REVIEW, PHRASE_WORD_FIELD_SEEN },
	{ FIELD_NOTICE_DATE, PHRASE_WORD_FIELD_NOTICE },
	{ FIELD_REMARK, PHRASE_WORD_FIELD_REMARK },
};
static const struct number_word kind_words[] = {
	{ KIND_PERSON, PHRASE_WORD_KIND_PERSON },
	{ KIND_STEP, PHRASE_WORD_KIND_STEP },
	{ KIND_NOMINATION, PHRASE_WORD_KIND_NOMINATION },
	{ KIND_LINK, PHRASE_WORD_KIND_LINK },
	{ KIND_ACTIVITY, PHRASE_WORD_KIND_ACTIVITY },
	{ KIND_QUOTA, PHRASE_WORD_KIND_QUOTA },
	{ KIND_CELL, PHRASE_WORD_KIND_CELL },
	{ KIND_INVITE, PHRASE_WORD_KIND_INVITE },
	{ KIND_ERASE, PHRASE_WORD_KIND_ERASE },
	{ KIND_DIRECTIVE, PHRASE_WORD_KIND_DIRECTIVE },
	{ KIND_READ, PHRASE_WORD_KIND_READ },
	{ KIND_REMINDER, PHRASE_WORD_KIND_REMINDER },
	{ KIND_REVIEW_NOTE, PHRASE_WORD_KIND_REVIEW_NOTE },
};

static const char *
find_word(const struct cli *c, const struct number_word *words, size_t count,
    uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].number == number)
			return cli_text(c, words[i].word);
	return NULL;
}

const char *
cli_words_field(const struct cli *c, uint64_t field)
{
	const char *word = find_word(c, field_words,
	    sizeof field_words / sizeof field_words[0], field);
	const struct field_rule *rule = field_rule(field);

	return word != NULL ? word : rule != NULL ? rule->name : "?";
}

const char *
cli_words_kind(const struct cli *c, uint64_t kind)
{
	const char *word = find_word(c, kind_words,
	    sizeof kind_words / sizeof kind_words[0], kind);
	const struct kind_rule *rule = field_kind(kind);

	return word != NULL ? word : rule != NULL ? rule->name : "?";
}

/* ---- figures */

void
cli_words_figure(const struct cli *c, const char *name,
    char ret[static CLI_WORDS_BYTES])
{
	static const struct {
		const char *name;
		enum phrase word;
	} plain[] = {
		{ "quota", PHRASE_REPORT_QUOTA },
		{ "percent", PHRASE_REPORT_PERCENT },
		{ "people", PHRASE_REPORT_PEOPLE },
		{ "events", PHRASE_REPORT_EVENTS },
		{ "activities", PHRASE_REPORT_ACTIVITIES },
		{ "participants", PHRASE_REPORT_PARTICIPANTS },
	};
	const char *colon = strchr(name, ':');
	enum step step = field_step_from_name(
	    (struct span){ (const uint8_t *)name, strlen(name) });
	const char *word = step != STEP_NONE ? cli_words_step(c, step) : name;

	if (colon != NULL) {
		word = cli_words_code(c, colon + 1);
		if (strncmp(name, "nominated:", 10) == 0)
			(void)snprintf(ret, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
			    c->language, REPORT_BY), word);
		else if (strncmp(name, "withdrawn:", 10) == 0)
			(void)snprintf(ret, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
			    c->language, REPORT_BECAUSE), word);
		else
			(void)snprintf(ret, CLI_WORDS_BYTES, CATALOGUE_FORMAT(
			    c->language, REPORT_WHERE), word);
		return;
	}
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (strcmp(plain[i].name, name) == 0)
			word = cli_text(c, plain[i].word);
	(void)snprintf(ret, CLI_WORDS_BYTES, "%s", word);
}

/* ---- values */

static bool
is_date(uint64_t field)
{
	return field == FIELD_DATE || field == FIELD_BIRTH_DATE ||
	    field == FIELD_DUE || field == FIELD_NOTICE_DATE;
}

static void
put_text(const struct cli *c, uint64_t field, struct span text,
    struct buf *out)
{
	char code[64];

	if (text.n == 0) {
		buf_put_text(out, cli_text(c, PHRASE_WORD_EMPTY));
		return;
	}
	if (text.n >= sizeof code || (field != FIELD_RESIDENCE &&
	    field != FIELD_REASON && field != FIELD_ORGANISATION_OF &&
	    field != FIELD_ORGANISATION)) {
		buf_put(out, text.p, text.n);
		return;
	}
	memcpy(code, text.p, text.n);
	code[text.n] = '\0';
	buf_put_text(out, cli_words_code(c, code));
}

static void
put_hex(struct span bytes, struct buf *out)
{
	char hex[2 * 4 + 1];

	hex_encode(bytes.p, bytes.n < 4 ? bytes.n : 4, hex);
	buf_put_text(out, hex);
}

static void
put_number(const struct cli *c, uint64_t field, struct codec_reader *r,
    struct buf *out)
{
	char text[32];
	int64_t v = 0;

	if (codec_read_int(r, &v) != ERR_OK)
		buf_put_text(out, "?");
	else if (is_date(field)) {
		date_format(v, text);
		buf_put_text(out, text);
	} else if (field == FIELD_LINK_OUTCOME) {
		buf_put_text(out, cli_text(c, v == 1 ? PHRASE_WORD_YES :
		    PHRASE_WORD_NO));
	} else {
		(void)snprintf(text, sizeof text, "%" PRId64, v);
		buf_put_text(out, text);
	}
}

void
cli_words_value(const struct cli *c, uint64_t field, struct span raw,
    struct buf *out)
{
	struct codec_reader r = codec_reader(raw);
	enum codec_type type;
	struct span value;
	uint32_t count;
	bool yes;

	if (codec_peek(&r, &type) != ERR_OK)
		type = CODEC_MAP;
	switch (type) {
	case CODEC_UINT:
	case CODEC_INT:
		put_number(c, field, &r, out);
		return;
	case CODEC_TEXT:
		if (codec_read_text(&r, &value) == ERR_OK)
			put_text(c, field, value, out);
		return;
	case CODEC_BIN:
		if (codec_read_bin(&r, &value) == ERR_OK)
			put_hex(value, out);
		return;
	case CODEC_BOOL:
		if (codec_read_bool(&r, &yes) == ERR_OK)
			buf_put_text(out, cli_text(c, yes ? PHRASE_WORD_YES :
			    PHRASE_WORD_NO));
		return;
	case CODEC_ARRAY:
		if (codec_read_array(&r, &count) != ERR_OK)
			return;
		for (uint32_t i = 0; i < count &&
		    codec_read_value(&r, &value) == ERR_OK; i++) {
			if (i > 0)
				buf_put_text(out, ", ");
			struct codec_reader item = codec_reader(value);
			if (codec_read_bin(&item, &value) == ERR_OK)
				put_hex(value, out);
			else
				buf_put_text(out, "?");
		}
		return;
	case CODEC_NIL:
		buf_put_text(out, cli_text(c, PHRASE_WORD_EMPTY));
		return;
	case CODEC_MAP:
		break;
	}
	buf_put_text(out, "?");
}

void
cli_words_author(const struct cli *c, const struct author *a,
    char ret[static CLI_WORDS_BYTES])
{
	char hex[9], who[AUTHOR_NAME_BYTES + 32];

	hex_encode(a->device, 4, hex);
	if (a->name[0] != '\0')
		(void)snprintf(who, sizeof who, "%s", a->name);
	else if (a->own)
		(void)snprintf(who, sizeof who, "%s",
		    cli_text(c, PHRASE_CONFLICTS_THIS_DEVICE));
	else
		(void)snprintf(who, sizeof who, CATALOGUE_FORMAT(c->language,
		    CONFLICTS_DEVICE), hex);
	(void)snprintf(ret, CLI_WORDS_BYTES, "%s (%s)", who,
	    cli_role(c, a->role));
}
