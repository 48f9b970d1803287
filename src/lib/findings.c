/* SPDX-License-Identifier: ISC */
/* The table of findings; see findings.h. */
#include "lib/findings.h"

#include <string.h>

/* A weight is how far the finding carries an intruder who has one service: 100 is everything. */
struct finding_kind const finding_kinds[FINDINGS] = {
	[FINDING_WRITES_DECLARATIONS] = { "writes-declarations", 100,
					  "can change the declarations, so become anybody",
					  "chown root and chmod go-w the path; take it out of `write`" },
	[FINDING_WRITES_ORLOP] = { "writes-orlop", 100, "can replace Orlop's own programs",
				   "chown root and chmod go-w the path" },
	[FINDING_ROOT] = { "root", 60, "runs as root, who can write whatever root owns",
			   "give it a user of its own, with `capabilities` for what it needs" },
	[FINDING_UNCONFINED] = { "unconfined", 60, "runs without any cage",
				 "remove `confine = off`" },
	[FINDING_WRITES_SYSTEM] = { "writes-system", 60,
				    "can write programs, libraries or configuration that all use",
				    "chown root and chmod go-w the path; take it out of `write`" },
	[FINDING_WRITES_OTHER] = { "writes-other", 60,
				   "can write what another service executes or loads",
				   "let root own the path (`orlop lockdown`); take it out of "
				   "`write`" },
	[FINDING_WRITES_OWN] = { "writes-own", 50, "can write what it executes or loads itself",
				 "let root own the path (`orlop lockdown`); take it out of "
				 "`write`" },
	[FINDING_NESTED_WRITE] = { "nested-write", 30,
				   "can put something else in place of another service's `write` "
				   "path",
				   "declare the two beside each other, not one below the other" },
	[FINDING_READS_SECRET] = { "reads-secret", 60, "can read a secret of another service",
				   "`orlop lockdown`; keep other services' `read` off it" },
	[FINDING_CAPABILITY] = { "capability", 40, "keeps a capability that opens its cage",
				 "take it out of `capabilities`" },
	[FINDING_SHARED_UID] = { "shared-uid", 20, "has its uid in common with another service",
				 "give each service a user of its own and share by group" },
	[FINDING_READS_KEY] = { "reads-key", 20,
				"can read a file that by its name holds passwords or keys",
				"keep it out of the image, or chmod it 0640 for the group that "
				"needs it, or declare it as `secret`" },
	[FINDING_NO_PATHS] = { "no-paths", 20, "is not held to paths: no read, write or execute",
			       "declare `read` and `write`" },
	[FINDING_SYSCALLS_ALL] = { "syscalls-all", 20, "may make every system call",
				   "use `syscalls = default +NAME` with what it needs" },
	[FINDING_CANNOT_RUN] = { "cannot-run", 10, "cannot execute its own program",
				 "chmod a+rx the program and a+x the directories above it" },
	[FINDING_CANNOT_READ] = { "cannot-read", 10, "cannot read what it declares",
				  "`orlop lockdown`, a common group for those that share it, or "
				  "`umask = 0022` where a service of the build makes it" },
	[FINDING_CANNOT_WRITE] = { "cannot-write", 10, "cannot write where it declares to",
				   "`orlop lockdown`, and chmod a+x the directories above" },
	[FINDING_MISSING_WRITE] = { "missing-write", 10, "has a `write` path that does not exist",
				    "`orlop lockdown` makes it; or mark it with a leading `?`" },
	[FINDING_SETUID] = { "setuid", 20, "runs as its owner, whoever calls it",
			     "chmod u-s, or remove the program" },
	[FINDING_SETGID] = { "setgid", 10, "runs with its group, whoever calls it",
			     "chmod g-s, or remove the program" },
	[FINDING_FILE_CAPABILITY] = { "file-capability", 20,
				      "gives capabilities to whoever calls it",
				      "setcap -r, or remove the program" },
};

bool findings_known(char const *code)
{
	for (int i = 0; i < FINDINGS; i++)
		if (!strcmp(finding_kinds[i].code, code))
			return true;
	return false;
}
