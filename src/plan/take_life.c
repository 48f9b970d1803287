/* SPDX-License-Identifier: ISC */
/* Takers of the keys that say when a service is ready, healthy, ended, and begun again. */
#include "plan/take.h"

#include "lib/duration.h"
#include "lib/number.h"
#include "lib/signal_text.h"
#include "plan/address.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { SIGNAL_POWER_OFF = 34 + 3 /* RTMIN+3, which systemd's kind of engine sends */ };

int take_ready(struct taking const *t)
{
	struct service *s = t->service;
	char const *const word = t->words.at[0];
	uint64_t fd;

	if (!strcmp(word, "started"))
		return 0;
	if (!strcmp(word, "notify")) {
		s->slot.ready = PLAN_READY_NOTIFY;
		return 0;
	}
	if (!strncmp(word, "fd:", 3)) {
		if (number_parse(word + 3, 10, 1023, &fd) < 0 || fd < 3)
			return keys_fault(t, faults_quote(t->declarations->faults, word),
					  "fd: and a number from 3 to 1023");
		s->slot.ready = PLAN_READY_FD;
		s->slot.ready_fd = (uint32_t)fd;
		return 0;
	}
	s->slot.ready = PLAN_READY_PROBE;
	return address_probe(t->declarations->arena, word, &s->ready_probe, &s->ready_port);
}

int take_health(struct taking const *t)
{
	return address_probe(t->declarations->arena, t->words.at[0], &t->service->health_probe,
			     &t->service->health_port);
}

int take_success(struct taking const *t)
{
	uint8_t *success = t->service->slot.success;
	uint64_t code;

	memset(success, 0, sizeof t->service->slot.success);
	for (uint32_t i = 0; i < t->words.count; i++) {
		if (number_parse(t->words.at[i], 10, 255, &code) < 0)
			return keys_fault(t, faults_quote(t->declarations->faults, t->words.at[i]),
					  t->key->expected);
		success[code / 8] = (uint8_t)(success[code / 8] | 1U << code % 8);
	}
	return 0;
}

int take_restart_delay(struct taking const *t)
{
	struct plan_slot *slot = &t->service->slot;
	char const *const word = t->words.at[0];
	char const *const dots = strstr(word, "..");
	char const *const low = arena_copy(t->declarations->arena, word,
					   dots ? (size_t)(dots - word) : strlen(word));

	if (duration_parse(low, &slot->restart_delay_minimum) < 0 ||
	    duration_parse(dots ? dots + 2 : low, &slot->restart_delay_maximum) < 0)
		return -EINVAL;
	return slot->restart_delay_minimum <= slot->restart_delay_maximum ? 0 : -EINVAL;
}

int take_restart_limit(struct taking const *t)
{
	struct plan_slot *slot = &t->service->slot;
	char const *const word = t->words.at[0];
	char const *const slash = strchr(word, '/');
	uint64_t count;

	slot->restart_limit = 0;
	if (!strcmp(word, "0") || !strcmp(word, "none"))
		return 0;
	if (!slash ||
	    number_parse(arena_copy(t->declarations->arena, word, (size_t)(slash - word)), 10,
			 1000000, &count) < 0 ||
	    count == 0 || duration_parse(slash + 1, &slot->restart_window) < 0 ||
	    slot->restart_window == 0)
		return -EINVAL;
	slot->restart_limit = (uint32_t)count;
	return 0;
}

/* What init does not keep for itself may be passed on. */
static bool is_forwardable(int number)
{
	static int const kept[] = { SIGTERM,	      SIGINT, SIGQUIT, SIGWINCH, SIGPWR,
				    SIGNAL_POWER_OFF, SIGHUP, SIGKILL, SIGSTOP,	 SIGCHLD };

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (number == kept[i])
			return false;
	return number > 0;
}

int take_forward(struct taking const *t)
{
	for (uint32_t i = 0; i < t->words.count; i++) {
		int const number = signal_text_parse(t->words.at[i]);

		if (!is_forwardable(number))
			return keys_fault(t, faults_quote(t->declarations->faults, t->words.at[i]),
					  t->key->expected);
		t->service->slot.forward |= UINT64_C(1) << (number - 1);
	}
	return 0;
}
