/* SPDX-License-Identifier: ISC */
/* Words of commands that only a shell would understand: a notice, as there is none. */
#ifndef ORLOP_PLAN_SHELL_WORDS_H
#define ORLOP_PLAN_SHELL_WORDS_H

#include "plan/declaration.h"

/* For all commands of all services that are wanted. */
void shell_words_all(struct declarations *declarations);

#endif
