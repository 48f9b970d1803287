/* SPDX-License-Identifier: ISC */
/*
 * Makes the accounts of a plan in /etc/passwd, /etc/group and, where they exist, their shadows. An
 * image need not have useradd(8) or adduser(8), and these differ, so the lines are written here.
 * A file is replaced as a whole, by rename(2), or not touched: whatever kills this program or
 * fills the disk, there are the old lines or the old and the new ones. passwd comes last: as long
 * as it lacks a user, the next run completes the rest.
 */
#ifndef ORLOP_BUILD_ACCOUNT_FILES_H
#define ORLOP_BUILD_ACCOUNT_FILES_H

#include <stddef.h>

/*
 * Makes them in `etc`. How many files were written, or a negative errno; `file` is then the file
 * that it is about, a name in there.
 */
int account_files_make(char const *etc, void const *plan, char const **file);

#endif
