/* SPDX-License-Identifier: ISC */
/*
 * Signal names from and to text. skalibs knows the classic ones; the real-time ones are counted
 * from the kernel's 34 (what libc leaves of 32) to 64, as kill(1) and systemd do.
 */
#include "lib/signal_text.h"
#include "lib/caseless.h"

#include <errno.h>
#include <skalibs/sig.h>
#include <skalibs/types.h>
#include <stdio.h>
#include <string.h>

enum { FIRST = 34, LAST = 64 };

static int realtime(char const *string)
{
	unsigned offset = 0;
	int const from_last = caseless_same(string, "RTMAX", 5);
	char const *rest = string + 5;

	if (!from_last && !caseless_same(string, "RTMIN", 5))
		return -EINVAL;
	if (*rest) {
		if (*rest != (from_last ? '-' : '+') || !uint0_scan(rest + 1, &offset))
			return -EINVAL;
		if (offset > LAST - FIRST)
			return -EINVAL;
	}
	return from_last ? LAST - (int)offset : FIRST + (int)offset;
}

int signal_text_parse(char const *string)
{
	unsigned number = 0;
	int found = 0;

	if (uint0_scan(string, &number))
		return number >= 1 && number <= LAST ? (int)number : -EINVAL;
	if (sig0_scan(string, &found) && found >= 1 && found <= LAST)
		return found;
	return realtime(caseless_same(string, "SIG", 3) ? string + 3 : string);
}

char const *signal_text_name(int number, char buffer[SIGNAL_TEXT_SIZE])
{
	int const offset = number - FIRST;

	if (number >= 1 && number < FIRST && sig_name(number)[0] != '?')
		(void)snprintf(buffer, SIGNAL_TEXT_SIZE, "SIG%s", sig_name(number));
	else if (number == FIRST)
		(void)snprintf(buffer, SIGNAL_TEXT_SIZE, "SIGRTMIN");
	else if (number > FIRST && number <= LAST)
		(void)snprintf(buffer, SIGNAL_TEXT_SIZE, "SIGRTMIN+%d", offset);
	else
		(void)snprintf(buffer, SIGNAL_TEXT_SIZE, "signal %d", number & 0xffff);
	return buffer;
}
