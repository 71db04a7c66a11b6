/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta_names.h -- the names in the table meta of nguon.db.
 *
 * A store that joins has META_INVITE_ID, META_INVITE_PUB, META_INVITE_SIG and
 * META_ADDRESS, and no META_SIGN_PUB.  One that belongs to a commune has
 * META_SIGN_PUB, META_ROOT_FPR and the hub's keys, all from one commit.
 */
#ifndef NGUON_META_NAMES_H
#define NGUON_META_NAMES_H

#define META_ROOT_FPR "root_fpr"		/* 32: root fingerprint */
#define META_ROOT_PUB "root_pub"		/* 32: root's signing key */
#define META_RECOVERY_PUB "recovery_pub"	/* 32: recovery box key */
#define META_COMMUNE_NAME "commune_name"	/* text */

/* Of an invite for one cell, as it said them: all three or none. */
#define META_CELL_SCOPE "cell_scope"		/* 8 */
#define META_CELL_CODE "cell_code"		/* text */
#define META_CELL_NAME "cell_name"		/* text */

#define META_SIGN_PUB "sign_pub"		/* 32: of this device */
#define META_BOX_PUB "box_pub"			/* 32: of this device */
#define META_TRANSPORT_PUB "transport_pub"	/* 32: of this device */
#define META_CERTIFICATE "certificate"		/* 16: certificate id */
#define META_ROLE "role"			/* 1: enum role */
#define META_SCOPES "scopes"		/* 8 each: of the invite */
#define META_HOLDER "holder"		/* the person's name, sealed */

#define META_HUB_SIGN_PUB "hub_sign_pub"	/* 32 */
#define META_HUB_BOX_PUB "hub_box_pub"		/* 32 */
#define META_HUB_KEY_ID "hub_key_id"		/* 16: id of hub_sign_pub */
#define META_TLS_PIN "tls_pin"			/* 32: absent: no pin yet */
#define META_ADDRESS "address"			/* text, may be absent */

#define META_INVITE_ID "invite_id"		/* 16 */
#define META_INVITE_PUB "invite_pub"		/* 32 */
#define META_INVITE_SIG "invite_sig"		/* 64: invite_fetch_sign */

#endif
