/* SPDX-License-Identifier: Apache-2.0 */
/* test_store.c -- what a reader of store.h may rely on: making, opening,
 * locking, who a device is, its keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/outbox.h"
#include "tests/support/little_hub.h"
#include "tests/support/temp_folder.h"

static const struct span locked = { NULL, 0 };

static struct span
text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void
ok(err e)
{
	assert_string_equal(err_name(e), err_name(ERR_OK));
}

struct fixture {
	char *dir, *other;
	struct little_hub hub;
	struct store *s;
};

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .dir = temp_folder_make(),
		.other = temp_folder_make() };
	little_hub_open(&f.hub);
	f.s = little_hub_commune(&f.hub, f.dir);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	little_hub_close(&f->hub);
	temp_folder_remove(f->dir);
	temp_folder_remove(f->other);
	return 0;
}

static void
a_new_commune_knows_who_it_is(void **state)
{
	struct fixture *f = *state;
	uint8_t id[ID_LEN];
	struct certificate c;

	assert_true(store_unlocked(f->s));
	assert_int_equal(store_role(f->s), ROLE_COMMUNE);
	assert_memory_equal(store_fingerprint(f->s), f->hub.fpr, HASH_LEN);
	assert_string_equal(store_dir(f->s), f->dir);
	assert_int_equal(ledger_size(store_ledger(f->s)), 0);
	ok(roster_by_device(store_roster(f->s), store_device(f->s), &c));
	chain_key_id(c.sign_pub, id);
	assert_memory_equal(id, store_device(f->s), ID_LEN);
	assert_true(store_covers(f->s, scope_root));
	assert_true(store_covers(f->s, scope_commune));
}

static void
a_store_is_never_made_over_another(void **state)
{
	struct fixture *f = *state;
	struct device_keys *keys = key_file_generate();
	struct invite_keys invite = {0};
	struct store_new n = { .dir = f->dir, .keys = keys,
		.passphrase = text(LITTLE_HUB_PASS) };
	struct segment root;
	struct store *s = NULL;

	world_segment(&f->hub.root_log, 1, 1, &root);
	assert_int_equal(store_create_commune(&n, &root, &s), ERR_EXISTS);
	assert_int_equal(store_create_joining(f->dir, &invite, locked),
	    ERR_EXISTS);
	assert_null(s);
	key_file_free(keys);
	store_close(f->s);
	f->s = NULL;
	ok(store_open(f->dir, text(LITTLE_HUB_PASS), &f->s));
}

/* Root's segment names another device: no store stays behind. */
static void
a_segment_of_others_makes_no_store(void **state)
{
	struct fixture *f = *state;
	struct device_keys *keys = key_file_generate();
	uint8_t pub[KEY_LEN];
	struct store_new n = { .dir = f->other, .keys = keys,
		.passphrase = text(LITTLE_HUB_PASS) };
	struct segment root;
	struct store *s = NULL;

	ok(key_file_transport_new(f->other, pub));
	world_segment(&f->hub.root_log, 1, 1, &root);
	memcpy(n.root_fpr, f->hub.fpr, HASH_LEN);
	assert_int_equal(store_create_commune(&n, &root, &s), ERR_CERT);
	root.sig[3] ^= 1;
	assert_int_equal(store_create_commune(&n, &root, &s), ERR_SIG);
	assert_null(s);
	assert_int_equal(access(temp_folder_path(f->other, "nguon.db"), F_OK),
	    -1);
	assert_int_equal(access(temp_folder_path(f->other, "device.key"),
	    F_OK), -1);
	key_file_free(keys);
}

static void
opening_tells_what_is_there(void **state)
{
	struct fixture *f = *state;
	struct invite_keys invite = { .id = { 4 } };
	struct store *s = NULL;

	assert_int_equal(store_open(f->other, locked, &s), ERR_ABSENT);
	ok(store_create_joining(f->other, &invite, text("https://h:1")));
	assert_int_equal(store_open(f->other, locked, &s), ERR_ABSENT);
	assert_int_equal(store_open(f->dir, text("mot mat khau khac"), &s),
	    ERR_PASS);
	assert_null(s);
	ok(store_open(f->dir, locked, &s));
	assert_false(store_unlocked(s));
	assert_int_equal(store_role(s), ROLE_COMMUNE);
	assert_memory_equal(store_device(s), store_device(f->s), ID_LEN);
	store_close(s);
	store_close(NULL);
}

/* A disk that failed is no device that waits for its invitation. */
static void
what_was_lost_is_damage(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;

	store_close(f->s);
	f->s = NULL;
	assert_int_equal(unlink(temp_folder_path(f->dir, "device.key")), 0);
	assert_int_equal(store_open(f->dir, text(LITTLE_HUB_PASS), &s),
	    ERR_DAMAGED);
	ok(store_open(f->dir, locked, &s));
	store_close(s);
	s = NULL;
	assert_int_equal(truncate(temp_folder_path(f->dir, "nguon.db"), 0),
	    0);
	assert_int_equal(store_open(f->dir, locked, &s), ERR_DAMAGED);
	assert_null(s);
}

static void
a_locked_store_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_op op = { .kind = KIND_READ };
	struct cell_key key;
	struct take_in sum;
	struct store *s = NULL;

	ok(store_open(f->dir, locked, &s));
	assert_int_equal(store_write(s, scope_root, &op, 1, NULL, 0, NULL),
	    ERR_PASS);
	assert_int_equal(store_batch_begin(s), ERR_PASS);
	assert_int_equal(store_take_in(s, &sum), ERR_PASS);
	assert_int_equal(store_key_new(s, scope_commune, &key), ERR_PASS);
	assert_int_equal(store_key_current(s, scope_commune, &key), ERR_PASS);
	assert_int_equal(store_do_duties(s, NULL), ERR_PASS);
	store_close(s);
}

static void
meta_keeps_what_was_put(void **state)
{
	struct fixture *f = *state;
	struct buf out = { 0 };

	assert_int_equal(store_meta_get(f->s, "x", &out), ERR_ABSENT);
	ok(store_meta_put(f->s, "x", text("một")));
	ok(store_meta_put(f->s, "x", text("hai")));
	ok(store_meta_get(f->s, "x", &out));
	assert_true(span_equal(buf_span(&out), text("hai")));
	buf_free(&out);
}

static void
keys_stay_and_the_newest_is_current(void **state)
{
	struct fixture *f = *state;
	const uint8_t cell[SCOPE_LEN] = { 2, 7 };
	struct cell_key first, second, now;

	assert_int_equal(store_key_current(f->s, cell, &now), ERR_KEY);
	ok(store_key_new(f->s, cell, &first));
	ok(store_key_new(f->s, cell, &second));
	ok(store_key_current(f->s, cell, &now));
	assert_memory_equal(now.key, second.key, KEY_LEN);
	store_close(f->s);
	f->s = NULL;
	ok(store_open(f->dir, text(LITTLE_HUB_PASS), &f->s));
	ok(store_key_current(f->s, cell, &now));
	assert_memory_equal(now.key, second.key, KEY_LEN);
	assert_memory_not_equal(now.key, first.key, KEY_LEN);
}

static void
the_daemon_finds_the_hub(void **state)
{
	struct fixture *f = *state;
	struct outbox_identity id;
	struct outbox *o = NULL;

	ok(outbox_open(f->dir, &o));
	ok(outbox_identity(o, &id));
	assert_true(id.joined);
	assert_memory_equal(id.root_fpr, f->hub.fpr, HASH_LEN);
	assert_memory_equal(id.hub_key_id, f->hub.hub.id, ID_LEN);
	assert_memory_equal(id.hub_box_pub, f->hub.hub.box_pub, KEY_LEN);
	assert_memory_equal(id.device, store_device(f->s), ID_LEN);
	outbox_close(o);
}

static void
mark_read(struct store *s, uint8_t what)
{
	struct store_op op = { .kind = KIND_READ, .subject = { 9, what } };

	ok(store_write(s, scope_root, &op, 1, NULL, 0, NULL));
}

static void
two_processes_take_turns(void **state)
{
	struct fixture *f = *state;
	const uint8_t what[ID_LEN] = { 9, 2 };
	const struct state *st = NULL;
	struct store *other = NULL;

	mark_read(f->s, 1);
	ok(store_open(f->dir, text(LITTLE_HUB_PASS), &other));
	mark_read(other, 2);
	mark_read(f->s, 3);	/* behind what the other wrote */
	mark_read(other, 4);
	ok(store_refresh(f->s));
	ok(store_state(f->s, scope_root, what, &st));
	assert_true(state_has_kind(st, KIND_READ));
	store_close(other);
	little_hub_sync(&f->hub, f->s);	/* one chain, no fork */
	assert_int_equal(ledger_size(store_ledger(f->s)), f->hub.count);
}

/* A waiting store takes the invitation that the daemon brought. */
static void
the_invitation_is_found(void **state)
{
	struct fixture *f = *state;
	struct invite_keys invite = { .id = { 4, 4 } };
	struct buf fields = { 0 }, part = { 0 };
	struct sqlite *ex;
	struct sqlite_stmt *st = NULL;

	ok(store_create_joining(f->other, &invite, locked));
	assert_int_equal(store_invitation(f->other, &fields, &part),
	    ERR_ABSENT);
	ex = little_hub_exchange(f->other);
	ok(sqlite_get(ex, "INSERT INTO invitation (id, fields, key_part)"
	    " VALUES (?, ?, ?)", &st));
	sqlite_bind_blob(st, 1, (struct span){ invite.id, ID_LEN });
	sqlite_bind_blob(st, 2, text("fields"));
	sqlite_bind_blob(st, 3, text("part"));
	ok(sqlite_run(st));
	sqlite_close(ex);
	ok(store_invitation(f->other, &fields, &part));
	assert_true(span_equal(buf_span(&fields), text("fields")));
	assert_true(span_equal(buf_span(&part), text("part")));
	buf_free(&fields);
	buf_free(&part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_commune_knows_who_it_is,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_store_is_never_made_over_another, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_segment_of_others_makes_no_store, setup, teardown),
		cmocka_unit_test_setup_teardown(opening_tells_what_is_there,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_lost_is_damage,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(a_locked_store_writes_nothing,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(meta_keeps_what_was_put,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    keys_stay_and_the_newest_is_current, setup, teardown),
		cmocka_unit_test_setup_teardown(the_daemon_finds_the_hub,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(two_processes_take_turns,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(the_invitation_is_found,
		    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
