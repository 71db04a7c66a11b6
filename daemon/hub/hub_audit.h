/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_audit.h -- the hub's audit file: every leaf, then the checkpoint (SPEC.md
 * section 12, first section).  Holds no sealed part and no salt.
 */
#ifndef NGUON_HUB_AUDIT_H
#define NGUON_HUB_AUDIT_H

#include "daemon/hub/hub_commune.h"

/*
 * hub_audit_export(c, path, ret_leaves): writes path (0600, replaced as a whole
 * at the end) from one moment of the store; c was opened with HUB_STORE_READ
 * and a hub may run meanwhile.
 * Errors: ERR_ABSENT no such folder; ERR_FULL, ERR_IO; those of the store.
 * path is then as it was.
 */
MUST_USE err hub_audit_export(struct commune *c, const char *path,
    uint64_t *ret_leaves);

#endif
