/* SPDX-License-Identifier: Apache-2.0 */
/* listen.c -- the hub's listening socket. */
#include "daemon/hub/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 46, PORT_BYTES = 6, PORT_MOST = 65535, BACKLOG = 256 };

/* split(address, host, port): "1.2.3.4:80" or "[::1]:80". */
static err
split(const char *address, char host[static HOST_BYTES],
    char port[static PORT_BYTES])
{
	const char *colon = strrchr(address, ':');
	const char *begin = address;
	const char *end = colon;
	size_t n;

	if (colon == NULL)
		return ERR_USAGE;
	if (address[0] == '[') {
		begin++;
		if (end[-1] != ']')
			return ERR_USAGE;
		end--;
	}
	if (end <= begin || (size_t)(end - begin) >= HOST_BYTES)
		return ERR_USAGE;
	n = strlen(colon + 1);
	if (n == 0 || n >= PORT_BYTES ||
	    strspn(colon + 1, "0123456789") != n ||
	    strtoul(colon + 1, NULL, 10) > PORT_MOST)
		return ERR_USAGE;
	memcpy(host, begin, (size_t)(end - begin));
	host[end - begin] = '\0';
	memcpy(port, colon + 1, n + 1);
	return ERR_OK;
}

err
listen_open(const char *address, int *ret_fd)
{
	char host[HOST_BYTES];
	char port[PORT_BYTES];
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	const int on = 1;
	int fd = -1;
	err rc;

	if ((rc = split(address, host, port)) != ERR_OK)
		return rc;
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return ERR_USAGE;
	rc = ERR_NET;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		goto out;
	/* so that a restart need not wait for the old connections */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
		goto out;
	if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		if (errno == EADDRINUSE)
			rc = ERR_BUSY;
		goto out;
	}
	*ret_fd = fd;
	fd = -1;
	rc = ERR_OK;
out:
	if (fd >= 0)
		(void)close(fd);
	freeaddrinfo(found);
	return rc;
}

err
listen_name(int fd, char ret[static LISTEN_NAME_BYTES])
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	char host[HOST_BYTES];
	char port[PORT_BYTES];

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 ||
	    (at.ss_family != AF_INET && at.ss_family != AF_INET6))
		return ERR_NET;
	if (getnameinfo((struct sockaddr *)&at, n, host, sizeof host, port,
	    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return ERR_NET;
	(void)snprintf(ret, LISTEN_NAME_BYTES,
	    at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return ERR_OK;
}
