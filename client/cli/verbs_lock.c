/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs_lock.c -- unlock, lock: the passphrase once for a while.
 */
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/cli_option.h"
#include "client/store/clock.h"
#include "client/store/key_agent.h"

enum { DEFAULT_MS = 15 * 60 * 1000, TEXT_MAX = 16 };

/* 90s, 15m, 2h; a bare number is minutes. */
static bool
read_for(const char *text, uint64_t *ret_ms)
{
	static const struct {
		char letter;
		uint64_t ms;
	} units[] = { { 'm', 60000 }, { 's', 1000 }, { 'h', 3600000 } };
	size_t n = strlen(text);
	uint64_t unit = units[0].ms, count = 0;
	char digits[TEXT_MAX];

	if (n == 0 || n >= sizeof digits)
		return false;
	memcpy(digits, text, n + 1);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (digits[n - 1] != units[i].letter)
			continue;
		unit = units[i].ms;
		digits[n - 1] = '\0';
		break;
	}
	if (cli_option_number(digits, KEY_AGENT_MAX_MS / unit, &count) !=
	    ERR_OK || count == 0)
		return false;
	*ret_ms = count * unit;
	return true;
}

/* The device's keys by the passphrase; three tries on a terminal. */
static bool
load_keys(struct cli *c, const char *dir, struct device_keys **ret,
    int *ret_exit)
{
	err rc = ERR_PASS;

	for (int tries = 0; rc == ERR_PASS && tries < 3; tries++) {
		struct span pass = { 0 };
		if (tries > 0)
			(void)cli_fail(c, rc);
		if (!cli_passphrase(c, CLI_PASSPHRASE_OPEN, &pass, ret_exit))
			return false;
		rc = key_file_load(dir, pass, ret);
		crypto_free((void *)(uintptr_t)pass.p);
		if (c->passphrase_fd >= 0 || !cli_terminal())
			break;
	}
	if (rc != ERR_OK)
		*ret_exit = cli_fail(c, rc == ERR_ABSENT ? ERR_DAMAGED : rc);
	return rc == ERR_OK;
}

static void
say_until(struct cli *c, uint64_t left_ms)
{
	uint64_t until = clock_now_ms() + left_ms;
	char when[CLI_TIME_BYTES];
	struct json *j;

	if (!c->json) {
		cli_time(until, when);
		cli_print(c, UNLOCKED_UNTIL, when);
		return;
	}
	j = json_new(stdout);
	json_object(j, NULL);
	json_bool(j, "unlocked", true);
	json_u64(j, "unlocked_until_ms", until);
	json_free(j);
}

static int
run_unlock(struct cli *c, const struct cli_args *a)
{
	const char *text = cli_option(a, "for");
	struct device_keys *keys = NULL;
	uint64_t for_ms = DEFAULT_MS;
	char dir[PATH_BYTES];
	int code = EXIT_FINE;
	err rc = ERR_OK;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (text != NULL && !read_for(text, &for_ms)) {
		cli_say(c, UNLOCK_FOR, text);
		return EXIT_USAGE;
	}
	if (!cli_open_locked(c, &code) || !cli_store_dir(c, dir, &code) ||
	    !load_keys(c, dir, &keys, &code))
		return code;
	if (memcmp(keys->device, store_device(c->store), ID_LEN) != 0)
		rc = ERR_DAMAGED;
	/* a database does not go over to another process */
	store_close(c->store);
	c->store = NULL;
	if (rc == ERR_OK)
		rc = key_agent_start(dir, keys, for_ms);
	key_file_free(keys);
	if (rc == ERR_SCOPE)
		cli_say_plain(c, PHRASE_UNLOCK_FOLDER);
	if (rc != ERR_OK)
		return rc == ERR_SCOPE ? err_exit_code(rc) : cli_fail(c, rc);
	say_until(c, for_ms);
	return EXIT_FINE;
}

static int
run_lock(struct cli *c, const struct cli_args *a)
{
	char dir[PATH_BYTES];
	int code = EXIT_FINE;
	bool was;

	if (a->operand_count != 0)
		return cli_usage(c, a->verb);
	if (!cli_store_dir(c, dir, &code))
		return code;
	was = key_agent_stop(dir) == ERR_OK;
	if (!c->json) {
		cli_print_plain(c, was ? PHRASE_LOCKED : PHRASE_LOCKED_BEFORE);
	} else {
		struct json *j = json_new(stdout);
		json_object(j, NULL);
		json_bool(j, "unlocked", false);
		json_bool(j, "was_unlocked", was);
		json_free(j);
	}
	return EXIT_FINE;
}

static const struct cli_option unlock_options[] = {
	{ "for", "TIME", PHRASE_OPTION_UNLOCK_FOR, CLI_MAY },
};
static const struct cli_verb verbs[] = {
	{ "unlock", "", PHRASE_VERB_UNLOCK, unlock_options,
	  sizeof unlock_options / sizeof unlock_options[0], run_unlock },
	{ "lock", "", PHRASE_VERB_LOCK, NULL, 0, run_lock },
};

const struct cli_group verbs_lock = {
	PHRASE_HELP_LOCK, verbs, sizeof verbs / sizeof verbs[0],
};
