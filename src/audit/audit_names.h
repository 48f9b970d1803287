/* SPDX-License-Identifier: ISC */
/* Whether a file's name says that it holds a secret: .env, id_rsa, *.key … */
#ifndef ORLOP_AUDIT_AUDIT_NAMES_H
#define ORLOP_AUDIT_AUDIT_NAMES_H

#include <stdbool.h>

bool audit_name_is_key(char const *name);

#endif
