/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli_status.h -- `nguon status`: whether the data is safe at the commune.
 */
#ifndef NGUON_CLI_STATUS_H
#define NGUON_CLI_STATUS_H

#include "client/cli/cli.h"

/* Prints the status of the open store (locked will do).  False: the message
 * of what failed is printed. */
bool cli_status(struct cli *c, int *ret_exit);

#endif
