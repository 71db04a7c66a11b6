/* SPDX-License-Identifier: Apache-2.0 */
#include "client/records/join.h"

#include <string.h>
#include <unistd.h>

#include "client/records/commune.h"
#include "client/store/meta_names.h"
#include "client/store/outbox.h"
#include "client/store/paths.h"
#include "protocol/utf8.h"

enum { JOIN_CODE_BYTES = 128, JOIN_HOLDER_BYTES = 200 };

/* ---- the code */

static err
read_address(const char *p, size_t n, struct join *j)
{
	struct buf host = { 0 };

	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n >= sizeof j->address)
		return ERR_VALUE;
	memcpy(j->address, p, n);
	j->address[n] = '\0';
	err rc = commune_init_host(j->address, &host);
	buf_free(&host);
	return rc;
}

static err
read_code(const char *text, const char *hub, struct join *j)
{
	static const char scheme[] = "nguon:";
	uint8_t secret[INVITE_SECRET_LEN];
	size_t n;
	err rc;

	if (strncmp(text, scheme, sizeof scheme - 1) == 0)
		text += sizeof scheme - 1;
	n = strcspn(text, "@#");
	if (n > JOIN_CODE_BYTES)
		return ERR_FORMAT;
	rc = invite_code_decode((struct span){ (const uint8_t *)text, n },
	    secret);
	if (rc != ERR_OK)
		return rc;
	invite_derive(secret, &j->invite);
	crypto_wipe(secret, sizeof secret);
	text += n;
	if (*text == '@') {
		n = strcspn(++text, "#");
		if (hub == NULL)
			rc = read_address(text, n, j);
		text += n;
	}
	if (rc == ERR_OK && *text == '#') {
		j->has_fingerprint = true;
		rc = hex_decode(text + 1, j->fingerprint, HASH_LEN);
	}
	if (rc == ERR_OK && hub != NULL)
		rc = read_address(hub, strlen(hub), j);
	return rc;
}

err
join_read(const char *text, const char *hub, struct join *ret)
{
	struct join j = { .role = ROLE_NONE };
	err rc = read_code(text, hub, &j);

	if (rc == ERR_OK)
		*ret = j;
	crypto_wipe(&j, sizeof j);
	return rc;
}

void
join_free(struct join *j)
{
	if (j == NULL)
		return;
	invite_body_free(&j->body);
	if (j->plain.p != NULL)
		crypto_wipe(j->plain.p, j->plain.cap);
	buf_free(&j->plain);
	buf_free(&j->fields);
	crypto_wipe(j, sizeof *j);
}

/* ---- the steps */

/* Of a store that waits: whether it is for this invite. */
static err
where_waiting(const char *dir, const struct join *j, enum join_step *ret)
{
	struct outbox_identity id;
	struct outbox *o = NULL;
	err rc = outbox_open(dir, &o);

	if (rc == ERR_OK)
		rc = outbox_identity(o, &id);
	if (rc == ERR_OK)
		*ret = memcmp(id.invite, j->invite.id, ID_LEN) == 0 ?
		    JOIN_WAITING : JOIN_OTHER;
	outbox_close(o);
	return rc;
}

/* Of a store that is there: whether it is of this invite. */
static err
where_joined(const char *dir, const struct join *j, enum join_step *ret)
{
	struct store *s = NULL;
	struct buf id = { 0 };
	err rc = store_open(dir, (struct span){ 0 }, &s);

	if (rc == ERR_ABSENT)		/* no identity yet */
		return where_waiting(dir, j, ret);
	if (rc != ERR_OK)
		return rc;
	rc = store_meta_get(s, META_INVITE_ID, &id);
	if (rc == ERR_OK || rc == ERR_ABSENT) {
		*ret = rc == ERR_OK && span_equal(buf_span(&id),
		    (struct span){ j->invite.id, ID_LEN }) ? JOIN_CLAIMED :
		    JOIN_OTHER;
		rc = ERR_OK;
	}
	buf_free(&id);
	store_close(s);
	return rc;
}

err
join_where(const char *dir, const struct join *j, enum join_step *ret)
{
	char file[PATH_BYTES];
	err rc = paths_join(dir, "nguon.db", file);

	if (rc != ERR_OK)
		return rc;
	if (access(file, F_OK) != 0) {
		*ret = JOIN_NEW;
		return ERR_OK;
	}
	return where_joined(dir, j, ret);
}

err
join_wait(const char *dir, const struct join *j)
{
	return store_create_joining(dir, &j->invite, (struct span){
	    (const uint8_t *)j->address, strlen(j->address) });
}

static err
check_root(struct join *j)
{
	uint64_t role = ROLE_NONE;
	err rc = field_map_uint(buf_span(&j->fields), FIELD_ROLE, &role);

	if (rc != ERR_OK || role < ROLE_COMMUNE || role > ROLE_ORGANISATION)
		return ERR_FORMAT;
	j->role = (enum role)role;
	chain_root_fingerprint(j->body.root_pub, j->root_fpr);
	if (j->has_fingerprint &&
	    memcmp(j->root_fpr, j->fingerprint, HASH_LEN) != 0)
		return ERR_FOREIGN;
	return ERR_OK;
}

err
join_open(const char *dir, struct join *j)
{
	struct buf part = { 0 };
	err rc;

	buf_reset(&j->fields);
	rc = store_invitation(dir, &j->fields, &part);
	if (rc == ERR_OK)
		rc = invite_open(&j->invite, buf_span(&j->fields),
		    buf_span(&part), &j->plain, &j->body);
	if (rc == ERR_OK)
		rc = check_root(j);
	buf_free(&part);
	return rc;
}

err
join_claim(const char *dir, const struct join *j, struct span passphrase,
    struct span holder, struct store **ret)
{
	struct store_new n = {
		.dir = dir, .passphrase = passphrase, .holder_name = holder,
	};
	err rc;

	if (holder.n > JOIN_HOLDER_BYTES || !utf8_lawful(holder))
		return ERR_VALUE;
	memcpy(n.root_fpr, j->root_fpr, HASH_LEN);
	memcpy(n.root_pub, j->body.root_pub, KEY_LEN);
	n.keys = key_file_generate();
	if (n.keys == NULL)
		return ERR_NOMEM;
	rc = store_claim(&n, &j->invite, buf_span(&j->fields), &j->body, ret);
	key_file_free(n.keys);
	return rc;
}
