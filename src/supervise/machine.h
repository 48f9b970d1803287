/* SPDX-License-Identifier: ISC */
/*
 * The supervisor's machine: what state follows a state and an event, and what has to be done on
 * the way. Pure; the states are those of wire/status.h. Whoever calls it decides which event
 * happened (graph: may it start; restart: what does this end mean), and carries the actions out.
 */
#ifndef ORLOP_SUPERVISE_MACHINE_H
#define ORLOP_SUPERVISE_MACHINE_H

#include <stdint.h>

enum machine_event {
	EVENT_WANT,	    /* it shall be up: at boot, or an operator says so */
	EVENT_MET,	    /* all that it needs is there */
	EVENT_ARMED,	    /* the same, of a slot that waits for its schedule */
	EVENT_RUN,	    /* its scheduled time has come */
	EVENT_READY,	    /* it is ready; of a bundle: all that it needs is there */
	EVENT_LOST,	    /* a bundle: something that it needs is away */
	EVENT_RESTART,	    /* an operator wants it down and up again */
	EVENT_UNWANT,	    /* its process shall end, and nothing that needs it is left */
	EVENT_DEADLINE,	    /* the timer of this state ran out */
	EVENT_ENDED_DOWN,   /* nothing runs, and that is what was wanted */
	EVENT_ENDED_DONE,   /* it has done its work */
	EVENT_ENDED_AGAIN,  /* start it again at once */
	EVENT_ENDED_LATER,  /* start it again after a delay */
	EVENT_ENDED_FAILED, /* for good */
	EVENT_COUNT
};

enum machine_action {
	ACTION_NONE = 0,
	ACTION_SPAWN = 1, /* ask init for a new run */
	ACTION_STOP = 2,  /* send the stop signal, set the stop timer */
	ACTION_KILL = 4	  /* SIGKILL to the whole process group */
};

struct machine_step {
	uint8_t state;
	uint8_t action;
};

struct machine_step machine_next(uint32_t state, enum machine_event event);

#endif
