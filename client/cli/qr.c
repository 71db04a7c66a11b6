/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "protocol/crypto.h"

enum { QUIET = 2, WIDEST = 80 };

static int
dark(const QRcode *q, int x, int y)
{
	if (x < 0 || y < 0 || x >= q->width || y >= q->width)
		return 0;
	return q->data[y * q->width + x] & 1;
}

static void
print_rows(FILE *out, const QRcode *q, enum qr_ground ground)
{
	static const char *const half[4] = { " ", "▄", "▀", "█" };

	for (int y = -QUIET; y < q->width + QUIET; y += 2) {
		(void)fputs(ground == QR_SCREEN ? "\033[30;107m" : "", out);
		for (int x = -QUIET; x < q->width + QUIET; x++)
			(void)fputs(half[dark(q, x, y) * 2 +
			    dark(q, x, y + 1)], out);
		(void)fputs(ground == QR_SCREEN ? "\033[0m\n" : "\n", out);
	}
}

err
qr_print(FILE *out, const char *text, enum qr_case letters,
    enum qr_ground ground)
{
	QRcode *q = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8,
	    letters == QR_AS_IS);

	if (q == NULL)
		return errno == ENOMEM ? ERR_NOMEM : ERR_LIMIT;
	err rc = q->width + 2 * QUIET > WIDEST ? ERR_LIMIT : ERR_OK;
	if (rc == ERR_OK)
		print_rows(out, q, ground);
	/* it may have been a secret */
	crypto_wipe(q->data, (size_t)q->width * (size_t)q->width);
	QRcode_free(q);
	return rc;
}
