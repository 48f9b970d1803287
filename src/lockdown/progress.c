/* SPDX-License-Identifier: ISC */
/* See progress.h. The clock is not even looked at more often than every 256 files. */
#include "lockdown/progress.h"

#include "lib/text.h"
#include "sys/moment.h"
#include "sys/sys.h"

#include <string.h>
#include <unistd.h>

enum { EVERY = 256, WIDTH = 60 };

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){ .terminal = isatty(STDERR_FILENO) };
	if (progress->terminal)
		progress->next = moment_now() + MOMENT_SECOND;
}

void progress_tick(struct progress *progress, uint64_t files, char const *path)
{
	struct text line = TEXT_EMPTY;
	size_t const length = strlen(path);
	uint64_t now;

	if (!progress->terminal || files % EVERY)
		return;
	now = moment_now();
	if (now < progress->next)
		return;
	progress->next = now + MOMENT_SECOND / 10;
	progress->shown = true;
	text_add(&line, "\r\033[K");
	text_add_unsigned(&line, files);
	text_add(&line, length > WIDTH ? " files, at ..." : " files, at ");
	text_add_plain(&line, length > WIDTH ? path + length - WIDTH : path);
	(void)text_write(&line, STDERR_FILENO); /* it is for looks only */
	text_free(&line);
}

void progress_clear(struct progress *progress)
{
	struct text line = TEXT_EMPTY;

	if (!progress->shown)
		return;
	progress->shown = false;
	text_add(&line, "\r\033[K");
	(void)text_write(&line, STDERR_FILENO); /* it is for looks only */
	text_free(&line);
}
