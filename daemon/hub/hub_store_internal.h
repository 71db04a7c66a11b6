/* SPDX-License-Identifier: Apache-2.0 */
/* hub_store_internal.h -- what the files of the hub's store share. */
#ifndef NGUON_HUB_STORE_INTERNAL_H
#define NGUON_HUB_STORE_INTERNAL_H

#include "client/store/sqlite.h"
#include "daemon/hub/hub_store.h"

struct hub_store {
	struct sqlite *db;
	/* The log that was asked for last: entries come in runs. */
	bool has_last;
	uint8_t last_log[ID_LEN];
	uint64_t last_no;
};

/* hub_store_log_no: ERR_ABSENT there is no such log. */
MUST_USE err hub_store_log_no(struct hub_store *s,
    const uint8_t log[static ID_LEN], uint64_t *ret_no);

#endif
