/* SPDX-License-Identifier: ISC */
/*
 * orlop-init: PID 1 of a container. Runs one command alone (plain.c) or a tree of services (tree.c),
 * as choice.c has it from how it was started; see orlop-init(8).
 */
#include "boot/choice.h"
#include "init/init.h"
#include "plain/plain.h"
#include "renew/renew.h"
#include "sys/say.h"
#include "sys/signals.h"
#include "sys/sys.h"

#include <sys/prctl.h>

int main(int argc, char **argv, char **environment)
{
	void const *plan = renew_take(argc, argv, environment);
	struct choice choice;
	struct plain plain;
	int signals;

	init.environment = environment;
	if (plan)
		sys_exit(tree_go_on(plan));
	signals = signals_take(); /* before it PID 1 is deaf: a stop would be lost */
	choice = choice_make(argc, argv);
	plain = (struct plain){ choice.command[0], choice.command, environment, true, false };
	if (signals < 0) {
		say("orlop-init", "fatal: signalfd: ", say_error(-signals), NULL);
		sys_exit(111);
	}
	if (sys_getpid() != 1)
		(void)sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!choice.tree)
		sys_exit(plain_run(signals, &plain));
	sys_exit(tree_run(signals, choice.plan));
}
