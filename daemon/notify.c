/* SPDX-License-Identifier: Apache-2.0 */
/* notify.c -- sd_notify, LISTEN_FDS and CREDENTIALS_DIRECTORY. */
#include "daemon/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LISTEN_FIRST = 3 }; /* SD_LISTEN_FDS_START */

/* number(name, ret): an environment variable that holds just digits. */
static int
number(const char *name, uint64_t *ret)
{
	const char *text = getenv(name);
	char *end = NULL;
	unsigned long long v;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0')
		return 0;
	*ret = v;
	return 1;
}

err
notify_send(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n;
	ssize_t sent;
	int fd;

	if (path == NULL || path[0] == '\0')
		return ERR_OK;
	n = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof to.sun_path)
		return ERR_IO;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* the abstract name space */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ERR_IO;
	sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	(void)close(fd); /* nothing was written through it */
	return sent < 0 ? ERR_IO : ERR_OK;
}

uint64_t
notify_watchdog_ms(void)
{
	uint64_t pid;
	uint64_t us;

	if (!number("WATCHDOG_USEC", &us))
		return 0;
	if (getenv("WATCHDOG_PID") != NULL &&
	    (!number("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid()))
		return 0;
	return us / 1000;
}

int
notify_listen_fd(void)
{
	uint64_t pid;
	uint64_t count;

	if (!number("LISTEN_PID", &pid) || pid != (uint64_t)getpid())
		return -1;
	if (!number("LISTEN_FDS", &count) || count < 1)
		return -1;
	if (fcntl(LISTEN_FIRST, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	return LISTEN_FIRST;
}

err
notify_secret(const char *dir, const char *name, char ret[static PATH_BYTES])
{
	const char *handed = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_BYTES];
	err rc;

	if (handed != NULL && handed[0] == '/') {
		if ((rc = paths_join(handed, name, path)) != ERR_OK)
			return rc;
		if (access(path, F_OK) == 0)
			return paths_join(handed, name, ret);
	}
	return paths_join(dir, name, ret);
}
