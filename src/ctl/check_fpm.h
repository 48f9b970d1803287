/* SPDX-License-Identifier: ISC */
/*
 * The configuration of every service that is a php-fpm, asked of php-fpm itself. For `orlop check`
 * and `orlop build`; never at boot, which reads nothing but declarations.
 */
#ifndef ORLOP_CTL_CHECK_FPM_H
#define ORLOP_CTL_CHECK_FPM_H

/* EXIT_YES, EXIT_USAGE after messages on standard error, or EXIT_SYSTEM. */
int check_fpm(void const *plan, char const *const *environment);

#endif
