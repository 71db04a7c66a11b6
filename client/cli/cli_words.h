/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_words.h -- what stands in the records, in words.  Static texts are those
 * of the catalogue; a code that it does not have is shown as it is.
 */
#ifndef NGUON_CLI_WORDS_H
#define NGUON_CLI_WORDS_H

#include "client/cli/cli.h"
#include "client/records/author.h"

const char *cli_words_step(const struct cli *c, enum step step);
/* A code of organisation, residence or reason; borrows code. */
const char *cli_words_code(const struct cli *c, const char *code);
/* "Điện thoại"; the field's own name where there is no word. */
const char *cli_words_field(const struct cli *c, uint64_t field);
const char *cli_words_kind(const struct cli *c, uint64_t kind);

/* One figure of figures.h: "Kết nạp", "  do Đoàn Thanh niên". */
enum { CLI_WORDS_BYTES = 256 };
void cli_words_figure(const struct cli *c, const char *name,
    char ret[static CLI_WORDS_BYTES]);
/* A raw value of that field; appended, without a zero byte. */
void cli_words_value(const struct cli *c, uint64_t field, struct span raw,
    struct buf *out);
/* "Hà Thị Lan, bí thư chi bộ"; the device's first digits without a name. */
void cli_words_author(const struct cli *c, const struct author *a,
    char ret[static CLI_WORDS_BYTES]);

#endif
