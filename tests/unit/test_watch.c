/* SPDX-License-Identifier: Apache-2.0 */
/* test_watch.c -- what a reader of watch.h may rely on. */
#include "daemon/cell/watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/store/paths.h"
#include "tests/support/temp_folder.h"

static int
open_folder(void **state)
{
	*state = temp_folder_make();
	return 0;
}

static int
close_folder(void **state)
{
	temp_folder_remove(*state);
	return 0;
}

/* The store's events; what the machine's network does meanwhile is none of
 * the test's. */
static unsigned
wait_for(struct watch *w, uint64_t ms)
{
	uint64_t until_ms = watch_now_ms() + ms;
	unsigned events = 0;

	do
		assert_int_equal(watch_wait(w, until_ms, &events), ERR_OK);
	while ((events &= ~(unsigned)WATCH_LINK) == 0);
	return events;
}

static void
touch(const char *dir, const char *name)
{
	int fd = open(temp_folder_path(dir, name), O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(close(fd), 0);
}

static void
time_comes(void **state)
{
	struct watch *w;
	uint64_t begin_ms = watch_now_ms();

	assert_int_equal(watch_open(*state, &w), ERR_OK);
	assert_int_equal(wait_for(w, 60), WATCH_TIME);
	assert_true(watch_now_ms() - begin_ms >= 60);
	/* a time that is over, and no time at all */
	assert_int_equal(wait_for(w, 0), WATCH_TIME);
	unsigned events;
	assert_int_equal(watch_wait(w, 0, &events), ERR_OK);
	assert_true((events & WATCH_TIME) != 0);
	watch_close(w);
}

static void
bell_is_heard_and_own_files_are_not(void **state)
{
	struct watch *w;

	assert_int_equal(watch_open(*state, &w), ERR_OK);
	paths_ring_bell(*state);		/* made */
	assert_int_equal(wait_for(w, 5000), WATCH_STORE);
	paths_ring_bell(*state);		/* touched */
	assert_int_equal(wait_for(w, 5000), WATCH_STORE);
	touch(*state, "exchange.db");
	touch(*state, "exchange.db-wal");
	touch(*state, "exchange.lock");
	touch(*state, "nguon.db-wal");
	assert_int_equal(wait_for(w, 100), WATCH_TIME);
	touch(*state, "nguon.db");		/* a store is made */
	assert_int_equal(wait_for(w, 5000), WATCH_STORE);
	watch_close(w);
}

static void
folder_may_come_later_and_again(void **state)
{
	char *dir = NULL;
	struct watch *w;
	char path[PATH_BYTES];

	assert_int_equal(paths_join(*state, "later", path), ERR_OK);
	dir = path;
	assert_int_equal(watch_open(dir, &w), ERR_OK);
	assert_int_equal(wait_for(w, 50), WATCH_TIME);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mkdir(dir, 0700), 0);
		assert_int_equal(wait_for(w, 5000), WATCH_STORE);
		paths_ring_bell(dir);
		assert_int_equal(wait_for(w, 5000), WATCH_STORE);
		assert_int_equal(unlink(temp_folder_path(dir, "bell")), 0);
		assert_int_equal(rmdir(dir), 0);
		assert_int_equal(wait_for(w, 50), WATCH_TIME);
	}
	watch_close(w);
}

static void
signals_come_as_events(void **state)
{
	struct watch *w;

	assert_int_equal(watch_open(*state, &w), ERR_OK);
	assert_false(watch_stopping(w));
	assert_int_equal(kill(getpid(), SIGHUP), 0);
	assert_false(watch_stopping(w));	/* kept for the wait */
	assert_int_equal(wait_for(w, 5000), WATCH_PERSON);
	assert_int_equal(wait_for(w, 20), WATCH_TIME);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_true(watch_stopping(w));
	assert_int_equal(wait_for(w, 5000), WATCH_STOP);
	assert_true((wait_for(w, 5000) & WATCH_STOP) != 0);
	watch_close(w);
	watch_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_comes),
		cmocka_unit_test(bell_is_heard_and_own_files_are_not),
		cmocka_unit_test(folder_may_come_later_and_again),
		cmocka_unit_test(signals_come_as_events),
	};

	return cmocka_run_group_tests(tests, open_folder, close_folder);
}
