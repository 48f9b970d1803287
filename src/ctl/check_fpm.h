/* SPDX-License-Identifier: ISC */
/*
 * The configuration of every service that is a php-fpm, asked of php-fpm itself. For `orlop check`,
 * which `orlop build` begins with; never at boot, which reads nothing but declarations.
 */
#ifndef ORLOP_CTL_CHECK_FPM_H
#define ORLOP_CTL_CHECK_FPM_H

#include <stdint.h>

/*
 * Of the slots that have all `flags` (enum plan_flag). EXIT_YES, EXIT_USAGE after messages on
 * standard error, or EXIT_SYSTEM.
 */
int check_fpm(void const *plan, uint32_t flags, char const *const *environment);

#endif
