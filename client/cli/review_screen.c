/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/review_screen.h"

#include <stdarg.h>
#include <string.h>

#include "client/cli/cli_text.h"
#include "client/cli/cli_words.h"
#include "protocol/date.h"

static const char *const reasons[] = { "di-lam-xa", "khong-co-nguyen-vong",
	"trinh-do-thap", "doan-the-yeu", "dich-benh", "khac" };
enum { REASONS = sizeof reasons / sizeof reasons[0], BAR = 40 };

static struct span
text_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

const char *
review_screen_outcome(const struct cli *c, enum review_outcome o)
{
	switch (o) {
	case REVIEW_HOME: return cli_text(c, PHRASE_REVIEW_WORD_HOME);
	case REVIEW_AWAY: return cli_text(c, PHRASE_REVIEW_WORD_AWAY);
	case REVIEW_GONE: return cli_text(c, PHRASE_REVIEW_WORD_GONE);
	case REVIEW_OPEN:
	case REVIEW_OUTCOMES: break;
	}
	return cli_text(c, PHRASE_REVIEW_WORD_OPEN);
}

/* ---- what stands from before */

/* What Enter answers; REVIEW_OPEN: nothing. */
static enum review_outcome
before(const struct review_row *row)
{
	enum review_outcome o = row->now.outcome != REVIEW_OPEN ?
	    row->now.outcome : row->last.outcome;

	return o != REVIEW_OPEN ? o :
	    review_outcome_from(text_span(row->person.text[PEOPLE_RESIDENCE]));
}

static const char *
where_before(const struct review_row *row)
{
	if (row->now.where[0] != '\0')
		return row->now.where;
	return row->last.where[0] != '\0' ? row->last.where :
	    row->person.text[PEOPLE_WORKPLACE];
}

/* ---- moving */

static bool
find_open(struct review_screen *t, size_t from)
{
	for (size_t i = 0; i < t->r->count; i++) {
		size_t row = (from + i) % t->r->count;
		if (t->r->rows[row].now.outcome != REVIEW_OPEN)
			continue;
		t->at = row;
		return true;
	}
	return false;
}

static void
ask_again(struct review_screen *t)
{
	t->mode = REVIEW_ASK;
	t->typed_n = 0;
	crypto_wipe(t->typed, sizeof t->typed);
	memset(&t->answer, 0, sizeof t->answer);
}

bool
review_screen_begin(struct review_screen *t)
{
	ask_again(t);
	return t->r->count > 0 && find_open(t, 0);
}

static void
move(struct review_screen *t, bool back)
{
	t->note[0] = '\0';
	ask_again(t);
	if (back)
		t->at = t->at > 0 ? t->at - 1 : t->r->count - 1;
	else if (!find_open(t, t->at + 1))
		t->at = (t->at + 1) % t->r->count;
}

bool
review_screen_written(struct review_screen *t)
{
	const struct review_row *row = &t->r->rows[t->at];

	(void)snprintf(t->note, sizeof t->note, CATALOGUE_FORMAT(
	    t->c->language, REVIEW_WROTE), row->person.text[PEOPLE_FULL_NAME],
	    review_screen_outcome(t->c, row->now.outcome));
	ask_again(t);
	return find_open(t, t->at + 1);
}

static void
note(struct review_screen *t, enum phrase phrase)
{
	(void)snprintf(t->note, sizeof t->note, "%s", cli_text(t->c, phrase));
}

void
review_screen_changed(struct review_screen *t)
{
	ask_again(t);
	note(t, PHRASE_REVIEW_CHANGED);
}

void
review_screen_refused(struct review_screen *t, enum phrase why)
{
	ask_again(t);
	note(t, why);
}

/* ---- keys */

static enum review_do
answer(struct review_screen *t, enum review_outcome o)
{
	t->note[0] = '\0';
	t->answer = (struct review_answer){ .outcome = o };
	return REVIEW_DO_WRITE;
}

static enum review_do
answer_before(struct review_screen *t)
{
	enum review_outcome o = before(&t->r->rows[t->at]);

	if (o != REVIEW_OPEN)
		return answer(t, o);
	note(t, PHRASE_REVIEW_NOTHING_BEFORE);
	return REVIEW_DO_DRAW;
}

static enum review_do
press_letter(struct review_screen *t, char letter)
{
	switch (letter) {
	case '1':
		return answer(t, REVIEW_HOME);
	case '2':
		t->mode = REVIEW_WHERE;
		t->note[0] = '\0';
		return REVIEW_DO_DRAW;
	case '3':
		if (!review_write_asks_reason(&t->r->rows[t->at]))
			return answer(t, REVIEW_GONE);
		t->mode = REVIEW_REASON;
		t->note[0] = '\0';
		return REVIEW_DO_DRAW;
	case 's': case 'S': case ' ':
		move(t, false);
		return REVIEW_DO_DRAW;
	case 'b': case 'B':
		move(t, true);
		return REVIEW_DO_DRAW;
	case 'q': case 'Q':
		return REVIEW_DO_STOP;
	default:
		return REVIEW_DO_DRAW;
	}
}

static enum review_do
press_asked(struct review_screen *t, const struct review_press *p)
{
	switch (p->key) {
	case REVIEW_KEY_TEXT:
		return p->n == 1 ? press_letter(t, p->text[0]) :
		    REVIEW_DO_DRAW;
	case REVIEW_KEY_ENTER:
		return answer_before(t);
	case REVIEW_KEY_BACK:
	case REVIEW_KEY_RUB_OUT:
		move(t, true);
		return REVIEW_DO_DRAW;
	case REVIEW_KEY_FORTH:
		move(t, false);
		return REVIEW_DO_DRAW;
	case REVIEW_KEY_QUIT:
		return REVIEW_DO_STOP;
	case REVIEW_KEY_ESCAPE:
	case REVIEW_KEY_NONE:
		break;
	}
	return REVIEW_DO_DRAW;
}

static void
rub_out(struct review_screen *t)
{
	while (t->typed_n > 0 &&
	    ((uint8_t)t->typed[t->typed_n - 1] & 0xc0) == 0x80)
		t->typed_n--;
	t->typed_n -= t->typed_n > 0;
}

static enum review_do
answer_where(struct review_screen *t)
{
	bool unknown = t->typed_n == 1 && t->typed[0] == '-';
	struct review_answer a = { .outcome = REVIEW_AWAY };

	if (unknown)
		a.where = text_span("");
	else if (t->typed_n > 0)
		a.where = (struct span){ (const uint8_t *)t->typed,
			t->typed_n };
	t->answer = a;
	return REVIEW_DO_WRITE;
}

static enum review_do
press_where(struct review_screen *t, const struct review_press *p)
{
	switch (p->key) {
	case REVIEW_KEY_TEXT:
		if (t->typed_n + p->n <= sizeof t->typed) {
			memcpy(t->typed + t->typed_n, p->text, p->n);
			t->typed_n += p->n;
		}
		break;
	case REVIEW_KEY_RUB_OUT:
		rub_out(t);
		break;
	case REVIEW_KEY_ENTER:
		return answer_where(t);
	case REVIEW_KEY_ESCAPE:
		ask_again(t);
		break;
	case REVIEW_KEY_QUIT:
		return REVIEW_DO_STOP;
	case REVIEW_KEY_BACK:
	case REVIEW_KEY_FORTH:
	case REVIEW_KEY_NONE:
		break;
	}
	return REVIEW_DO_DRAW;
}

static enum review_do
press_reason(struct review_screen *t, const struct review_press *p)
{
	if (p->key == REVIEW_KEY_QUIT)
		return REVIEW_DO_STOP;
	if (p->key == REVIEW_KEY_ENTER)
		return answer(t, REVIEW_GONE);
	if (p->key == REVIEW_KEY_ESCAPE || p->key == REVIEW_KEY_RUB_OUT)
		ask_again(t);
	if (p->key != REVIEW_KEY_TEXT || p->n != 1 || p->text[0] < '1' ||
	    p->text[0] >= '1' + REASONS)
		return REVIEW_DO_DRAW;
	t->answer = (struct review_answer){ .outcome = REVIEW_GONE,
		.reason = text_span(reasons[p->text[0] - '1']) };
	return REVIEW_DO_WRITE;
}

enum review_do
review_screen_press(struct review_screen *t, const struct review_press *p)
{
	switch (t->mode) {
	case REVIEW_ASK: return press_asked(t, p);
	case REVIEW_WHERE: return press_where(t, p);
	case REVIEW_REASON: break;
	}
	return press_reason(t, p);
}

/* ---- drawing */

struct drawing {
	const struct review_screen *t;
	unsigned columns, lines;
	struct buf *out;
};

/* As much of s as fits, made safe; how many columns it took. */
static unsigned
put_cut(struct drawing *d, struct span s, unsigned columns)
{
	unsigned sum = 0, wide;
	bool safe;

	for (size_t i = 0, n; i < s.n; i += n) {
		n = cli_text_next((struct span){ s.p + i, s.n - i }, &wide,
		    &safe);
		if (sum + wide > columns)
			break;
		sum += wide;
		if (safe)
			buf_put(d->out, s.p + i, n);
		else
			buf_put_text(d->out, "?");
	}
	return sum;
}

static void
put_blanks(struct drawing *d, unsigned n)
{
	while (n-- > 0)
		buf_put_u8(d->out, ' ');
}

enum look { LOOK_PLAIN, LOOK_BOLD };

/* right may be "". */
static void
put_line(struct drawing *d, enum look look, const char *left,
    const char *right)
{
	bool bold = d->t->colour && look == LOOK_BOLD;
	unsigned width = cli_text_columns(text_span(right)), used;

	if (d->lines == 0)
		return;
	d->lines--;
	if (bold)
		buf_put_text(d->out, "\033[1m");
	used = put_cut(d, text_span(left), d->columns);
	if (bold)
		buf_put_text(d->out, "\033[0m");
	if (width > 0 && used + 1 + width <= d->columns) {
		put_blanks(d, d->columns - used - width);
		(void)put_cut(d, text_span(right), width);
	}
	buf_put_u8(d->out, '\n');
}

__attribute__((format(printf, 3, 4))) static void
put(struct drawing *d, enum look look, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put_line(d, look, text, "");
}
/* Indented. */
static void
put_plain(struct drawing *d, enum phrase phrase)
{
	put(d, LOOK_PLAIN, "  %s", cli_text(d->t->c, phrase));
}
#define SAY(d, ID, ...) \
	do { \
		char said_[1024]; \
		(void)snprintf(said_, sizeof said_, CATALOGUE_FORMAT( \
		    (d)->t->c->language, ID), __VA_ARGS__); \
		put((d), LOOK_PLAIN, "  %s", said_); \
	} while (0)

void
review_screen_found(const struct cli *c, const struct review_found *f,
    char *out, size_t size)
{
	bool where = f->where != NULL && f->where[0] != '\0';

	(void)snprintf(out, size, "%s%s%s", f->year == 0 ? "-" :
	    review_screen_outcome(c, f->outcome), where ? " · " : "",
	    where ? f->where : "");
}

static void
draw_head(struct drawing *d)
{
	const struct review_screen *t = d->t;
	char left[256], right[64], bar[BAR + 3];
	size_t counts[REVIEW_OUTCOMES], done, filled;

	review_count(t->r, counts);
	done = t->r->count - counts[REVIEW_OPEN];
	(void)snprintf(left, sizeof left, CATALOGUE_FORMAT(t->c->language,
	    REVIEW_TITLE), (unsigned long long)t->r->year, t->place);
	(void)snprintf(right, sizeof right, CATALOGUE_FORMAT(t->c->language,
	    REVIEW_LEFT), done, t->r->count, counts[REVIEW_OPEN]);
	put_line(d, LOOK_BOLD, left, right);
	filled = t->r->count > 0 ? done * BAR / t->r->count : 0;
	bar[0] = '[';
	for (size_t i = 0; i < BAR; i++)
		bar[1 + i] = i < filled ? '#' : '.';
	bar[BAR + 1] = ']';
	bar[BAR + 2] = '\0';
	(void)snprintf(right, sizeof right, "%3zu%%", t->r->count > 0 ?
	    done * 100 / t->r->count : 0);
	put(d, LOOK_PLAIN, "%s %s", bar, right);
	put(d, LOOK_PLAIN, "%s", "");
}

static void
draw_person(struct drawing *d)
{
	const struct review_screen *t = d->t;
	const struct review_row *row = &t->r->rows[t->at];
	const struct person *p = &row->person;
	enum step step = steps_now(&p->standing);
	char born[64] = "", date[16] = "", text[512];

	put(d, LOOK_BOLD, "  %s", p->text[PEOPLE_FULL_NAME]);
	if (p->text[PEOPLE_BIRTH_YEAR][0] != '\0')
		(void)snprintf(born, sizeof born, CATALOGUE_FORMAT(
		    t->c->language, REVIEW_BORN), p->text[PEOPLE_BIRTH_YEAR]);
	if (p->standing.has_date)
		date_format(p->standing.date, date);
	put(d, LOOK_PLAIN, "  %s%s%s%s%s", born, born[0] != '\0' ? " · " :
	    "", cli_words_step(t->c, step), date[0] != '\0' ? " " : "", date);
	review_screen_found(t->c, &row->last, text, sizeof text);
	if (row->last.year != 0)
		SAY(d, REVIEW_LAST_YEAR, (unsigned long long)row->last.year,
		    text);
	else
		SAY(d, REVIEW_LAST_LIST, p->text[PEOPLE_RESIDENCE][0] ==
		    '\0' ? "-" : cli_words_code(t->c,
		    p->text[PEOPLE_RESIDENCE]));
	review_screen_found(t->c, &row->now, text, sizeof text);
	SAY(d, REVIEW_NOW_IS, row->now.year != 0 ? text :
	    cli_text(t->c, PHRASE_REVIEW_WORD_OPEN));
	put(d, LOOK_PLAIN, "%s", "");
}

static void
draw_asked(struct drawing *d)
{
	const struct review_screen *t = d->t;
	const struct review_row *row = &t->r->rows[t->at];
	enum review_outcome o = before(row);
	const char *where = o == REVIEW_GONE ? "" : where_before(row);
	char text[512];

	put(d, LOOK_BOLD, "  %s", cli_text(t->c, PHRASE_REVIEW_ANSWERS));
	(void)snprintf(text, sizeof text, "%s%s%s", o == REVIEW_OPEN ? "-" :
	    review_screen_outcome(t->c, o), where[0] != '\0' ? " · " : "",
	    where);
	put(d, LOOK_PLAIN, "%s", "");
	if (o != REVIEW_OPEN)
		SAY(d, REVIEW_ENTER, text);
	put_plain(d, PHRASE_REVIEW_MOVES);
}

static void
draw_where(struct drawing *d)
{
	const struct review_screen *t = d->t;
	const char *where = where_before(&t->r->rows[t->at]);

	put(d, LOOK_BOLD, "  %s", cli_text(t->c, PHRASE_REVIEW_ASK_WHERE));
	put(d, LOOK_PLAIN, "  > %.*s_", (int)t->typed_n, t->typed);
	if (where[0] != '\0')
		SAY(d, REVIEW_ASK_WHERE_KEEP, where);
	else
		put_plain(d, PHRASE_REVIEW_ASK_WHERE_NONE);
}

static void
draw_reason(struct drawing *d)
{
	const struct review_screen *t = d->t;

	put(d, LOOK_BOLD, "  %s", cli_text(t->c, PHRASE_REVIEW_ASK_REASON));
	for (size_t i = 0; i < REASONS; i++)
		put(d, LOOK_PLAIN, "  [%zu] %s", i + 1,
		    cli_words_code(t->c, reasons[i]));
	put_plain(d, PHRASE_REVIEW_ASK_REASON_NONE);
}

err
review_screen_draw(const struct review_screen *t, unsigned columns,
    unsigned lines, struct buf *out)
{
	struct drawing d = { t, columns, lines, out };
	size_t counts[REVIEW_OUTCOMES];

	review_count(t->r, counts);
	draw_head(&d);
	draw_person(&d);
	switch (t->mode) {
	case REVIEW_ASK:
		draw_asked(&d);
		break;
	case REVIEW_WHERE:
		draw_where(&d);
		break;
	case REVIEW_REASON:
		draw_reason(&d);
		break;
	}
	put(&d, LOOK_PLAIN, "%s", "");
	put(&d, LOOK_PLAIN, "%s%s", t->note[0] != '\0' ? "  " : "", t->note);
	if (t->note[0] != '\0')
		put(&d, LOOK_PLAIN, "%s", "");
	SAY(&d, REVIEW_SUMMARY, (unsigned long long)t->r->year,
	    counts[REVIEW_HOME], counts[REVIEW_AWAY], counts[REVIEW_GONE],
	    counts[REVIEW_OPEN]);
	return buf_err(out);
}
