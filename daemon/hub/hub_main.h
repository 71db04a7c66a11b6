/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hub_main.h -- `nguond hub`: the commune's hub.
 */
#ifndef NGUON_HUB_MAIN_H
#define NGUON_HUB_MAIN_H

/* hub_main: argv[0] is "hub".  Runs until SIGTERM or SIGINT, or does what
 * --make-tls or --audit-export ask.  Returns the exit code (err.h). */
int hub_main(int argc, char **argv);

#endif
