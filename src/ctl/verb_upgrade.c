/* SPDX-License-Identifier: ISC */
/*
 * orlop upgrade: PID 1 goes on as the program that its file is now, the supervisor and the logger
 * are started again from theirs, and no service notices. Done when all three are the new ones.
 */
#include "ctl/ctl.h"
#include "ctl/record.h"
#include "ctl/report.h"
#include "lib/now.h"
#include "sys/sys.h"

#include <errno.h>
#include <skalibs/strerr.h>
#include <string.h>

#define MILLISECOND UINT64_C(1000000)

/* Init gives a new program ten seconds to answer. */
static uint64_t const patience = 15000 * MILLISECOND;

struct upgrade {
	struct report report;
	uint64_t deadline;
	uint32_t taken; /* records that the supervisor had taken before */
	uint32_t upgrades;
	uint32_t refused;
	uint32_t supervisors;
	uint32_t loggers;
};

enum outcome { PENDING, DONE, REFUSED, ENDING };

static void look_before(struct upgrade *u)
{
	struct slot_header const *slots = house_slots(&u->report.house);

	u->taken = record_taken(&u->report.house);
	u->upgrades = atomic_load(&slots->upgrades);
	u->refused = atomic_load(&slots->upgrades_refused);
	u->supervisors = atomic_load(&slots->supervisor_starts);
	u->loggers = atomic_load(&slots->logger_starts);
}

static enum outcome look(struct upgrade *u)
{
	struct slot_header const *slots;

	house_refresh(&u->report.house);
	slots = house_slots(&u->report.house);
	if (atomic_load(&slots->upgrades_refused) != u->refused)
		return REFUSED;
	if (atomic_load(&slots->upgrades) != u->upgrades &&
	    atomic_load(&slots->supervisor_ready) > u->supervisors &&
	    atomic_load(&slots->logger_starts) > u->loggers)
		return DONE;
	return atomic_load(&house_status(&u->report.house)->phase) >= STATUS_ENDING ? ENDING
										    : PENDING;
}

static char const *reason(int error)
{
	switch (error) {
	case EPROTO:
		return "the file is no orlop-init that understands the tables of this one";
	case ETIMEDOUT:
		return "the new program does not answer";
	case EBUSY:
		return "the container is stopping";
	default:
		return strerror(error);
	}
}

static int tell(struct upgrade const *u, enum outcome outcome)
{
	struct slot_header const *slots = house_slots(&u->report.house);

	if (outcome == DONE)
		return EXIT_YES;
	if (outcome == REFUSED)
		strerr_warn(PROG, " upgrade: refused, nothing has changed: ",
			    reason(atomic_load(&slots->upgrade_error)));
	else if (outcome == ENDING)
		strerr_warn(PROG, " upgrade: the container is stopping");
	else if (record_taken(&u->report.house) == u->taken)
		strerr_warn(PROG, " upgrade: the supervisor does not answer");
	else
		strerr_warn(PROG, " upgrade: not done yet");
	return EXIT_NO;
}

static int watch(struct upgrade *u)
{
	uint64_t length = HOUSE_NAP;
	enum outcome outcome;

	while ((outcome = look(u)) == PENDING && now_read(CLOCK_MONOTONIC) < u->deadline)
		house_nap(&length);
	return tell(u, outcome);
}

static int carry_out(struct upgrade *u)
{
	struct options const *options = &u->report.options;
	struct verb verb = { .kind = VERB_UPGRADE };
	int fd;
	int error;

	if (options->word_count)
		return ctl_usage("upgrade", "found a NAME, expected none");
	u->deadline = now_read(CLOCK_MONOTONIC) +
		      (options->given & OPTION_TIMEOUT ? options->timeout : patience);
	look_before(u);
	verb.sequence = u->upgrades + u->refused + 1;
	error = fd = record_open(&u->report.house);
	if (fd >= 0) {
		error = record_send(&u->report.house, fd, &verb, u->deadline);
		(void)sys_close(fd);
	}
	if (error < 0)
		return record_complain("upgrade", error);
	return options->given & OPTION_NO_WAIT ? EXIT_YES : watch(u);
}

int verb_upgrade(int argc, char const *const *argv, char const *const *envp)
{
	struct upgrade upgrade;
	int status = report_begin(&upgrade.report, "upgrade", argc, argv, envp);

	if (status)
		return status;
	status = carry_out(&upgrade);
	report_end(&upgrade.report);
	return status;
}
