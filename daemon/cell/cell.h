/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell.h -- `nguond cell`: carries between a device's store and the hub.
 */
#ifndef NGUON_CELL_H
#define NGUON_CELL_H

/* cell_main: argv[0] is "cell".  Returns the exit code (err.h). */
int cell_main(int argc, char **argv);

#endif
