/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commune.c -- a commune begins: root's first segment, the hub's folder, the
 * office's store.
 */
#include "client/records/commune.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "client/records/nguond.h"
#include "client/store/clock.h"
#include "client/store/meta_names.h"
#include "client/store/paths.h"
#include "protocol/frame.h"
#include "protocol/utf8.h"

enum { COMMUNE_NAME_BYTES = 200, COMMUNE_URL_BYTES = 500 };

static const uint8_t nobody[ID_LEN];

static struct span
as_span(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

/* ---- what must hold before */

static bool
port_ok(const char *p)
{
	unsigned long n = 0;

	for (; *p != '\0'; p++) {
		if (!isdigit((unsigned char)*p))
			return false;
		n = n * 10 + (unsigned long)(*p - '0');
		if (n > 65535)
			return false;
	}
	return n > 0;
}

err
commune_init_host(const char *url, struct buf *ret_host)
{
	static const char scheme[] = "https://";
	const char *host = url + sizeof scheme - 1, *end;
	size_t n;

	if (strncmp(url, scheme, sizeof scheme - 1) != 0 ||
	    strlen(url) > COMMUNE_URL_BYTES)
		return ERR_VALUE;
	if (*host == '[') {
		n = strspn(++host, "0123456789abcdefABCDEF:.");
		if (host[n] != ']')
			return ERR_VALUE;
		end = host + n + 1;
	} else {
		n = strspn(host, "0123456789abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-.");
		end = host + n;
	}
	if (n == 0 || (*end == ':' && !port_ok(end + 1)) ||
	    (*end != ':' && *end != '\0'))
		return ERR_VALUE;
	buf_put(ret_host, host, n);
	return buf_err(ret_host);
}

static bool
there(const char *dir, const char *name)
{
	char path[PATH_BYTES];

	return paths_join(dir, name, path) == ERR_OK &&
	    access(path, F_OK) == 0;
}

err
commune_init_begin(const struct commune_new *n)
{
	struct buf host = { 0 };
	err rc = commune_init_host(n->hub_url, &host);

	buf_free(&host);
	if (rc != ERR_OK)
		return rc;
	if (n->name.n == 0 || n->name.n > COMMUNE_NAME_BYTES ||
	    !utf8_lawful(n->name) || !utf8_lawful(n->holder) ||
	    n->holder.n > COMMUNE_NAME_BYTES)
		return ERR_VALUE;
	if (there(n->dir, "nguon.db") || there(n->dir, KEY_FILE_DEVICE) ||
	    there(n->hub_dir, "hub.key") || there(n->hub_dir, "commune"))
		return ERR_EXISTS;
	return ERR_OK;
}

/* ---- root's first segment */

/* All secrets of one init, in guarded memory. */
struct secrets {
	struct root_keys root;
	uint8_t hub_seed[KEY_LEN], hub_box[KEY_LEN];
};
struct beginning {
	const struct commune_new *n;
	struct secrets *secret;
	struct device_keys *keys;
	uint8_t transport_pub[KEY_LEN];
	uint8_t hub_sign_pub[KEY_LEN], hub_box_pub[KEY_LEN];
	uint8_t tls_pin[HASH_LEN];
	uint8_t log[ID_LEN], log_salt[SALT_LEN];
	struct buf entry, frame;
};

enum { ROOT_OPS = 4 };
struct root_ops {
	struct op_draft op[ROOT_OPS];
	struct field_draft *draft[ROOT_OPS];
	struct buf fields[ROOT_OPS];
};

static void
put(struct field_draft *d, uint64_t field, const uint8_t *p, size_t n)
{
	field_draft_put_bin(d, field, (struct span){ p, n });
}

static void
draft_log(const struct beginning *b, struct field_draft *d)
{
	put(d, FIELD_SIGN_KEY, b->secret->root.sign_pub, KEY_LEN);
	put(d, FIELD_LOG_SALT, b->log_salt, SALT_LEN);
	put(d, FIELD_SCOPE, scope_root, SCOPE_LEN);
}

static void
draft_hub_key(const struct beginning *b, struct field_draft *d)
{
	uint8_t empty[HASH_LEN];

	crypto_sha256(NULL, 0, empty);
	put(d, FIELD_SIGN_KEY, b->hub_sign_pub, KEY_LEN);
	put(d, FIELD_BOX_KEY, b->hub_box_pub, KEY_LEN);
	put(d, FIELD_TLS_PIN, b->tls_pin, HASH_LEN);
	field_draft_put_text(d, FIELD_ADDRESS, as_span(b->n->hub_url));
	field_draft_put_uint(d, FIELD_FROM_SIZE, 0);
	put(d, FIELD_ROOT, empty, HASH_LEN);
}

static err
draft_certify(const struct beginning *b, struct field_draft *d)
{
	struct buf scopes = { 0 };

	put(d, FIELD_SIGN_KEY, b->keys->sign_pub, KEY_LEN);
	put(d, FIELD_BOX_KEY, b->keys->box_pub, KEY_LEN);
	put(d, FIELD_TRANSPORT_KEY, b->transport_pub, KEY_LEN);
	field_draft_put_uint(d, FIELD_ROLE, ROLE_COMMUNE);
	codec_put_array(&scopes, 1);
	codec_put_bin(&scopes, (struct span){ scope_root, SCOPE_LEN });
	err rc = buf_err(&scopes);
	if (rc == ERR_OK)
		field_draft_put_raw(d, FIELD_SCOPES, buf_span(&scopes));
	buf_free(&scopes);
	return rc;
}

static err
make_ops(const struct beginning *b, struct root_ops *o)
{
	static const uint64_t kinds[ROOT_OPS] = {
		KIND_LOG, KIND_HUB_KEY, KIND_RECOVERY_KEY, KIND_CERTIFY,
	};
	err rc = ERR_OK;

	for (size_t i = 0; i < ROOT_OPS; i++)
		if ((o->draft[i] = field_draft_new()) == NULL)
			return ERR_NOMEM;
	draft_log(b, o->draft[0]);
	draft_hub_key(b, o->draft[1]);
	put(o->draft[2], FIELD_BOX_KEY, b->secret->root.box_pub, KEY_LEN);
	rc = draft_certify(b, o->draft[3]);
	for (size_t i = 0; rc == ERR_OK && i < ROOT_OPS; i++) {
		rc = field_draft_encode(o->draft[i], &o->fields[i]);
		o->op[i] = (struct op_draft){ .kind = kinds[i],
		    .fields = buf_span(&o->fields[i]) };
	}
	memcpy(o->op[0].subject, b->log, ID_LEN);
	chain_key_id(b->hub_sign_pub, o->op[1].subject);
	memcpy(o->op[3].subject, b->keys->device, ID_LEN);
	return rc;
}

static void
free_ops(struct root_ops *o)
{
	for (size_t i = 0; i < ROOT_OPS; i++) {
		field_draft_free(o->draft[i]);
		buf_free(&o->fields[i]);
	}
}

/* The one entry of root's first log, signed. */
static err
make_segment(struct beginning *b, struct segment *ret)
{
	struct root_ops o = { 0 };
	struct entry e = { 0 };
	uint8_t empty[HASH_LEN], hash[HASH_LEN];
	struct entry_draft d = {
		.time_ms = clock_now_ms(), .has_root = true, .root = empty,
		.ops = o.op, .op_count = ROOT_OPS,
	};
	err rc;

	crypto_sha256(NULL, 0, empty);
	crypto_random(b->log_salt, SALT_LEN);
	chain_log_id(b->secret->root.sign_pub, b->log_salt, scope_root,
	    b->log);
	rc = make_ops(b, &o);
	if (rc == ERR_OK)
		rc = entry_encode(&d, &b->entry);
	if (rc == ERR_OK)
		rc = entry_parse(buf_span(&b->entry), &e);
	if (rc == ERR_OK) {
		chain_start(b->secret->root.fingerprint, b->log, hash);
		entry_hash(&e, hash, hash);
		memcpy(ret->log, b->log, ID_LEN);
		ret->first = 1;
		ret->count = 1;
		ret->entries = buf_span(&b->entry);
		chain_sign_head(b->secret->root.sign_seed, b->log, 1, hash,
		    ret->sig);
	}
	entry_free(&e);
	free_ops(&o);
	return rc;
}

/* ---- the hub's folder */

static const char *const hub_files[] = {
	"hub.key", "tls.key", "tls.crt", "root.segment", "commune",
};

static void
remove_hub(const char *dir)
{
	char path[PATH_BYTES];

	for (size_t i = 0; i < sizeof hub_files / sizeof hub_files[0]; i++)
		if (paths_join(dir, hub_files[i], path) == ERR_OK)
			(void)unlink(path);	/* it may never have been */
}

static err
put_file(const char *dir, const char *name, struct span bytes, unsigned mode)
{
	char path[PATH_BYTES];
	err rc = paths_join(dir, name, path);

	return rc != ERR_OK ? rc :
	    paths_write(path, bytes, mode, PATHS_NEW_ONLY);
}

static err
make_tls(struct beginning *b)
{
	struct buf host = { 0 }, said = { 0 };
	int status = 0;
	err rc = commune_init_host(b->n->hub_url, &host);
	const char *const argv[] = {
		"nguond", "hub", "--dir", b->n->hub_dir, "--make-tls",
		buf_cstr(&host), NULL,
	};

	if (rc == ERR_OK)
		rc = nguond_run(argv, NGUOND_LOG_SHOWN, &said, &status);
	if (rc == ERR_OK && status != 0)
		rc = ERR_UNABLE;
	if (rc == ERR_OK) {
		char *end = strchr(buf_cstr(&said), '\n');
		if (end != NULL)
			*end = '\0';
		rc = hex_decode((const char *)said.p, b->tls_pin, HASH_LEN) ==
		    ERR_OK ? ERR_OK : ERR_UNABLE;
	}
	buf_free(&host);
	buf_free(&said);
	return rc;
}

static err
make_hub_keys(struct beginning *b)
{
	uint8_t *both = crypto_alloc((size_t)2 * KEY_LEN);
	err rc;

	if (both == NULL)
		return ERR_NOMEM;
	crypto_random(b->secret->hub_seed, KEY_LEN);
	crypto_random(b->secret->hub_box, KEY_LEN);
	crypto_sign_public(b->secret->hub_seed, b->hub_sign_pub);
	crypto_box_public(b->secret->hub_box, b->hub_box_pub);
	memcpy(both, b->secret->hub_seed, KEY_LEN);
	memcpy(both + KEY_LEN, b->secret->hub_box, KEY_LEN);
	rc = put_file(b->n->hub_dir, "hub.key",
	    (struct span){ both, (size_t)2 * KEY_LEN }, 0600);
	crypto_free(both);
	return rc;
}

/* Everything of the hub's folder, and the segment. */
static err
make_hub(struct beginning *b, struct segment *ret)
{
	char fpr[2 * HASH_LEN + 2];
	struct frame f = { .type = FRAME_SEGMENT };
	err rc = paths_make_folder(b->n->hub_dir);

	if (rc == ERR_OK)
		rc = make_hub_keys(b);
	if (rc == ERR_OK)
		rc = make_tls(b);
	if (rc == ERR_OK)
		rc = make_segment(b, ret);
	if (rc != ERR_OK)
		return rc;
	f.u.segment = *ret;
	frame_put(&b->frame, &f);
	rc = buf_err(&b->frame);
	if (rc == ERR_OK)
		rc = put_file(b->n->hub_dir, "root.segment",
		    buf_span(&b->frame), 0644);
	hex_encode(b->secret->root.fingerprint, HASH_LEN, fpr);
	fpr[sizeof fpr - 2] = '\n';
	if (rc == ERR_OK)
		rc = put_file(b->n->hub_dir, "commune",
		    (struct span){ (const uint8_t *)fpr, sizeof fpr - 1 },
		    0644);
	return rc;
}

/* ---- the office's store */

static err
make_transport(struct beginning *b)
{
	uint8_t secret[KEY_LEN];
	err rc = paths_make_folder(b->n->dir);

	if (rc != ERR_OK)
		return rc;
	rc = key_file_transport_new(b->n->dir, b->transport_pub);
	if (rc != ERR_EXISTS)
		return rc;
	/* of an init that did not come to an end */
	rc = key_file_transport_load(b->n->dir, secret, b->transport_pub);
	crypto_wipe(secret, sizeof secret);
	return rc;
}

static err
write_name(struct store *s, struct span name)
{
	struct store_op op = { .kind = KIND_SETTING };
	err rc;

	memcpy(op.subject, nobody, ID_LEN);
	op.fields = field_draft_new();
	if (op.fields == NULL)
		return ERR_NOMEM;
	field_draft_put_text(op.fields, FIELD_COMMUNE_NAME, name);
	rc = store_write(s, scope_root, &op, 1, NULL, 0, NULL);
	field_draft_free(op.fields);
	return rc;
}

static err
make_all(struct beginning *b, struct store **ret)
{
	struct segment root;
	struct store *s = NULL;
	err rc = make_transport(b);

	if (rc != ERR_OK)
		return rc;
	rc = make_hub(b, &root);
	if (rc == ERR_OK) {
		struct store_new n = {
			.dir = b->n->dir, .keys = b->keys,
			.passphrase = b->n->passphrase,
			.holder_name = b->n->holder,
		};
		memcpy(n.root_fpr, b->secret->root.fingerprint, HASH_LEN);
		memcpy(n.root_pub, b->secret->root.sign_pub, KEY_LEN);
		rc = store_create_commune(&n, &root, &s);
	}
	if (rc != ERR_OK) {
		remove_hub(b->n->hub_dir);
		return rc;
	}
	rc = write_name(s, b->n->name);
	if (rc == ERR_OK)
		*ret = s;
	else
		store_close(s);
	return rc;
}

err
commune_init(const struct commune_new *n, const uint8_t secret[static KEY_LEN],
    struct store **ret)
{
	struct beginning b = { .n = n };
	err rc = commune_init_begin(n);

	if (rc != ERR_OK)
		return rc;
	b.secret = crypto_alloc(sizeof *b.secret);
	b.keys = key_file_generate();
	if (b.secret == NULL || b.keys == NULL) {
		rc = ERR_NOMEM;
	} else {
		recovery_derive(secret, &b.secret->root);
		rc = make_all(&b, ret);
	}
	buf_free(&b.entry);
	buf_free(&b.frame);
	key_file_free(b.keys);
	crypto_free(b.secret);
	return rc;
}

err
commune_name(struct store *s, struct buf *out)
{
	const struct state *state = NULL;
	struct span name;
	err rc = store_state(s, scope_root, nobody, &state);

	if (rc == ERR_OK)
		rc = state_text(state, FIELD_COMMUNE_NAME, (struct span){ 0 },
		    clock_now_ms(), &name);
	if (rc == ERR_OK) {
		buf_put(out, name.p, name.n);
		return buf_err(out);
	}
	if (rc == ERR_ABSENT)	/* what the invitation said */
		rc = store_meta_get(s, META_COMMUNE_NAME, out);
	return rc == ERR_ABSENT ? ERR_OK : rc;
}
