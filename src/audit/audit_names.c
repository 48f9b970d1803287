/* SPDX-License-Identifier: ISC */
/*
 * File names by which a file that holds passwords or private keys is known. The list is short on
 * purpose: a name that is as often something harmless would teach people to look away.
 */
#include "audit/audit_names.h"

#include <string.h>

static char const *const known[] = {
	".env",	    ".env.local", ".env.production",  ".htpasswd", ".netrc",
	".pgpass",  ".my.cnf",	  ".git-credentials", "auth.json", "id_rsa",
	"id_ecdsa", "id_ed25519", "wp-config.php",
};

bool audit_name_is_key(char const *name)
{
	size_t const length = strlen(name);

	if (length > 4 && !strcmp(name + length - 4, ".key"))
		return true;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (!strcmp(name, known[i]))
			return true;
	return false;
}
