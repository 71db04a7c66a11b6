/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h -- every length and count that a peer can choose, and its bound.
 * Checked before anything is allocated (SPEC.md section 4 has the same table;
 * tests/unit/test_limits.c compares the two).
 */
#ifndef NGUON_LIMITS_H
#define NGUON_LIMITS_H

enum {
	LIMIT_TEXT_BYTES = 1024,		/* one text value */
	LIMIT_BIN_BYTES = 65536,		/* one bin inside an entry */
	LIMIT_PART_BYTES = 65536,		/* one part's bytes */
	LIMIT_OP_FIELDS = 64,			/* fields of one op's map */
	LIMIT_LIST_ITEMS = 256,			/* items of a list value */
	LIMIT_ENTRY_OPS = 256,			/* ops of one entry */
	LIMIT_ENTRY_BYTES = 262144,		/* one entry */
	LIMIT_ENTRY_VALUES = 65536,		/* msgpack values in an entry */
	LIMIT_ENTRY_DEPTH = 8,
	LIMIT_SEGMENT_ENTRIES = 1024,		/* entries of one segment */
	LIMIT_SEGMENT_BYTES = 1048576,		/* one segment's entries */
	LIMIT_BODY_BYTES = 4194304,		/* HTTP body as sent */
	LIMIT_BODY_PLAIN_BYTES = 16777216,	/* the same, decompressed */
	LIMIT_FRAME_BYTES = 1050624,	/* one frame of a body or file */
	LIMIT_FRAMES = 65536,			/* frames of one body */
	LIMIT_LEAF_RUN = 16384,		/* foreign leaves in one frame */
	LIMIT_CHECKPOINT_BYTES = 2048,
	LIMIT_SCOPES = 512,			/* scopes of one certificate */
	LIMIT_INVITE_BYTES = 32768,		/* sealed part of an invite */
	LIMIT_CSV_BYTES = 67108864,
	LIMIT_CSV_ROWS = 200000,
	LIMIT_CSV_FIELD_BYTES = 4096,
	LIMIT_CONFIG_BYTES = 65536,
};

#endif
