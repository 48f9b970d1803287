/* SPDX-License-Identifier: ISC */
/* The report of the audit, for people and for machines. */
#ifndef ORLOP_AUDIT_AUDIT_SHOW_H
#define ORLOP_AUDIT_AUDIT_SHOW_H

#include "audit/audit.h"
#include "lib/json.h"

enum { AUDIT_LISTED = 10 }; /* paths of one code and one service in the table */

void audit_show_text(struct audit const *audit, unsigned score, struct text *text);
void audit_show_json(struct audit const *audit, unsigned score, struct json *json);

/* Whether the `accept` line matched nothing, and so may go; only known when all were audited. */
bool audit_accept_is_idle(struct audit const *audit, uint32_t line);

#endif
