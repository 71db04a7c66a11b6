/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temp_folder.h -- a folder for one test, under TMPDIR.
 */
#ifndef NGUON_TEMP_FOLDER_H
#define NGUON_TEMP_FOLDER_H

/* Owner: the caller, temp_folder_remove.  Ends the program when refused. */
char *temp_folder_make(void);
/* Removes the folder with all that is in it, and frees dir. */
void temp_folder_remove(char *dir);
/* dir/name in static storage of four slots, used in turn. */
const char *temp_folder_path(const char *dir, const char *name);

#endif
