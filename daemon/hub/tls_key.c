/* SPDX-License-Identifier: Apache-2.0 */
/* tls_key.c -- an Ed25519 key and its certificate by GnuTLS. */
#include "daemon/hub/tls_key.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum {
	NAME_MAX_BYTES = 253,
	SERIAL_LEN = 16,
	HOUR_S = 3600,
	YEAR_S = 31557600,
};

static err
err_of(int code)
{
	if (code >= 0)
		return ERR_OK;
	return code == GNUTLS_E_MEMORY_ERROR ? ERR_NOMEM : ERR_UNABLE;
}

static err
set_name(gnutls_x509_crt_t crt, const char *name)
{
	uint8_t ip[16];
	size_t n = strlen(name);
	unsigned ip_len = 0;
	int code;

	if (inet_pton(AF_INET, name, ip) == 1)
		ip_len = 4;
	else if (inet_pton(AF_INET6, name, ip) == 1)
		ip_len = 16;
	else if (n == 0 || n > NAME_MAX_BYTES ||
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-") != n)
		return ERR_VALUE;
	code = ip_len ?
	    gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS,
		ip, ip_len, GNUTLS_FSAN_SET) :
	    gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME,
		name, (unsigned)n, GNUTLS_FSAN_SET);
	if (code < 0)
		return err_of(code);
	return err_of(gnutls_x509_crt_set_dn_by_oid(crt,
	    GNUTLS_OID_X520_COMMON_NAME, 0, "nguon", 5));
}

static err
sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, uint64_t now_ms)
{
	uint8_t serial[SERIAL_LEN];
	time_t now = (time_t)(now_ms / 1000);
	int code;

	crypto_random(serial, sizeof serial);
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); /* positive */
	/* an hour back, for clocks that are a little behind */
	if ((code = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
	    (code = gnutls_x509_crt_set_serial(crt, serial, SERIAL_LEN)) < 0 ||
	    (code = gnutls_x509_crt_set_activation_time(crt,
		    now > HOUR_S ? now - HOUR_S : 0)) < 0 ||
	    (code = gnutls_x509_crt_set_expiration_time(crt,
		    now + (time_t)TLS_KEY_YEARS * YEAR_S)) < 0 ||
	    (code = gnutls_x509_crt_set_key(crt, key)) < 0)
		return err_of(code);
	return err_of(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA512,
	    0));
}

static void
take(struct buf *out, gnutls_datum_t *pem)
{
	if (pem->data == NULL)
		return;
	buf_put(out, pem->data, pem->size);
	crypto_wipe(pem->data, pem->size);
	gnutls_free(pem->data);
	pem->data = NULL;
}

err
tls_key_make(const char *name, uint64_t now_ms, struct buf *key_pem,
    struct buf *crt_pem)
{
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t crt = NULL;
	gnutls_datum_t pem = { NULL, 0 };
	err rc;

	if ((rc = err_of(gnutls_x509_privkey_init(&key))) != ERR_OK ||
	    (rc = err_of(gnutls_x509_crt_init(&crt))) != ERR_OK ||
	    (rc = set_name(crt, name)) != ERR_OK ||
	    (rc = err_of(gnutls_x509_privkey_generate(key,
		    GNUTLS_PK_EDDSA_ED25519, 256, 0))) != ERR_OK ||
	    (rc = sign(crt, key, now_ms)) != ERR_OK)
		goto out;
	rc = err_of(gnutls_x509_privkey_export2_pkcs8(key,
	    GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem));
	if (rc != ERR_OK)
		goto out;
	take(key_pem, &pem);
	rc = err_of(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem));
	if (rc != ERR_OK)
		goto out;
	take(crt_pem, &pem);
	if ((rc = buf_err(key_pem)) == ERR_OK)
		rc = buf_err(crt_pem);
out:
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	if (key != NULL)
		gnutls_x509_privkey_deinit(key);
	return rc;
}

err
tls_key_pin(struct span crt_pem, uint8_t ret[static HASH_LEN])
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_pubkey_t key = NULL;
	gnutls_datum_t spki = { NULL, 0 };
	gnutls_datum_t pem = { NULL, (unsigned)crt_pem.n };
	struct buf copy = { .p = NULL }; /* GnuTLS takes no const */
	struct span der;
	err rc;

	buf_put(&copy, crt_pem.p, crt_pem.n);
	if ((rc = buf_err(&copy)) != ERR_OK)
		goto out;
	pem.data = copy.p;
	if ((rc = err_of(gnutls_x509_crt_init(&crt))) != ERR_OK ||
	    (rc = err_of(gnutls_pubkey_init(&key))) != ERR_OK)
		goto out;
	if (gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) < 0) {
		rc = ERR_FORMAT;
		goto out;
	}
	if ((rc = err_of(gnutls_pubkey_import_x509(key, crt, 0))) != ERR_OK ||
	    (rc = err_of(gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER,
		    &spki))) != ERR_OK)
		goto out;
	der = (struct span){ spki.data, spki.size };
	crypto_sha256(&der, 1, ret);
out:
	gnutls_free(spki.data);
	if (key != NULL)
		gnutls_pubkey_deinit(key);
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	buf_free(&copy);
	return rc;
}

/* Compares what names the public key of each. */
static err
compare(gnutls_x509_privkey_t key, gnutls_x509_crt_t crt)
{
	uint8_t ids[2][HASH_LEN];
	size_t n = sizeof ids[0], m = sizeof ids[1];
	err rc;

	rc = err_of(gnutls_x509_privkey_get_key_id(key,
	    GNUTLS_KEYID_USE_SHA256, ids[0], &n));
	if (rc == ERR_OK)
		rc = err_of(gnutls_x509_crt_get_key_id(crt,
		    GNUTLS_KEYID_USE_SHA256, ids[1], &m));
	if (rc == ERR_OK && (n != m || memcmp(ids[0], ids[1], n) != 0))
		rc = ERR_FORMAT;
	return rc;
}

err
tls_key_fits(struct span key_pem, struct span crt_pem)
{
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t crt = NULL;
	struct buf copy = { .p = NULL }; /* GnuTLS takes no const */
	gnutls_datum_t key_text = { NULL, (unsigned)key_pem.n };
	gnutls_datum_t crt_text = { NULL, (unsigned)crt_pem.n };
	err rc;

	buf_put(&copy, key_pem.p, key_pem.n);
	buf_put(&copy, crt_pem.p, crt_pem.n);
	if ((rc = buf_err(&copy)) != ERR_OK ||
	    (rc = err_of(gnutls_x509_privkey_init(&key))) != ERR_OK ||
	    (rc = err_of(gnutls_x509_crt_init(&crt))) != ERR_OK)
		goto out;
	key_text.data = copy.p;
	crt_text.data = copy.p + key_pem.n;
	rc = gnutls_x509_privkey_import(key, &key_text,
	    GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_x509_crt_import(crt, &crt_text,
	    GNUTLS_X509_FMT_PEM) < 0 ? ERR_FORMAT : compare(key, crt);
out:
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	if (key != NULL)
		gnutls_x509_privkey_deinit(key);
	if (copy.p != NULL)
		crypto_wipe(copy.p, copy.cap);
	buf_free(&copy);
	return rc;
}
