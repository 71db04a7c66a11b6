/* SPDX-License-Identifier: Apache-2.0 */
/*
 * person_places.h -- whose record counts where, as this device knows it:
 * people who were moved to another cell or merged into somebody.
 */
#ifndef NGUON_RECORDS_PERSON_PLACES_H
#define NGUON_RECORDS_PERSON_PLACES_H

#include "client/store/store.h"
#include "protocol/places.h"

/* person_places(s, ret): for places_counts and places_went of the people that
 * this device reads.  Owner: the caller, places_free.  Errors: ERR_NOMEM;
 * those of the store. */
MUST_USE err person_places(struct store *s, struct places **ret);

#endif
