/* SPDX-License-Identifier: ISC */
/* orlop timeline: boot and run so far as a picture (SVG) on standard output. */
#include "ctl/ctl.h"
#include "ctl/report.h"
#include "ctl/timeline.h"

#include <string.h>

/* The first line of what `status` says; the plan's notices have no place in a picture. */
static void add_headline(struct house const *house, struct text *title)
{
	char const *end;

	text_add(title, "orlop: ");
	report_container(house, title);
	end = strchr(text_string(title), '\n');
	if (end)
		title->bytes.len = (size_t)(end - title->bytes.s);
}

int verb_timeline(int argc, char const *const *argv, char const *const *envp)
{
	struct text title = TEXT_EMPTY;
	struct text svg = TEXT_EMPTY;
	struct timeline timeline;
	struct report report;
	int const status = report_begin(&report, "timeline", argc, argv, envp);

	if (status)
		return status;
	if (timeline_gather(&timeline, &report.house, report.pick.slots, report.pick.count) == 0) {
		add_headline(&report.house, &title);
		timeline_draw(&timeline, text_string(&title), &svg);
	} else {
		svg.failed = true;
	}
	timeline_free(&timeline);
	text_free(&title);
	report_end(&report);
	return report_print(&svg, EXIT_YES);
}
