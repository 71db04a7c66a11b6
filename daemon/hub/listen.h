/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen.h -- the hub's listening socket.
 */
#ifndef NGUON_HUB_LISTEN_H
#define NGUON_HUB_LISTEN_H

#include "protocol/err.h"

enum { LISTEN_NAME_BYTES = 64 };

/*
 * listen_open(address, ret_fd): a listening TCP socket on "ADDR:PORT", ADDR a
 * numeric IPv4 address or an IPv6 address in brackets, PORT 0 for any that
 * is free.  Owner: the caller closes it.
 * Errors: ERR_USAGE not such an address; ERR_BUSY it is taken; ERR_NET the
 *         system does not let us have it.
 */
MUST_USE err listen_open(const char *address, int *ret_fd);

/* listen_name(fd, ret): "ADDR:PORT" as the socket really has it.
 * Errors: ERR_NET: not a TCP socket. */
MUST_USE err listen_name(int fd, char ret[static LISTEN_NAME_BYTES]);

#endif
