/* SPDX-License-Identifier: ISC */
/* The cage of a service: paths, ports, and what of it this kernel lacks; see explain.h. */
#include "ctl/explain.h"

#include "confine/landlock_rights.h"

enum { RIGHTS = PLAN_READ | PLAN_WRITE | PLAN_EXECUTE };

static void paths_json(struct json *json, struct explained const *about)
{
	struct plan_list const list = about->slot->paths;

	json_open(json, "paths", '[');
	for (uint32_t i = 0; i < list.count; i++) {
		struct plan_path const *path = plan_paths(about->plan, list) + i;

		json_open(json, NULL, '{');
		json_string(json, "path", plan_string(about->plan, path->path));
		json_boolean(json, "read", path->rights & PLAN_READ);
		json_boolean(json, "write", path->rights & PLAN_WRITE);
		json_boolean(json, "execute", path->rights & PLAN_EXECUTE);
		json_boolean(json, "device", path->rights & PLAN_DEVICE);
		json_boolean(json, "may_miss", path->rights & PLAN_MAY_MISS);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* A line for each set of rights that some path has. */
static void paths_text(struct sheet *sheet, struct explained const *about)
{
	struct plan_list const list = about->slot->paths;

	for (uint32_t rights = RIGHTS; rights > 0; rights--) {
		char const label[] = { 'm',
				       'a',
				       'y',
				       ' ',
				       rights & PLAN_READ ? 'r' : '-',
				       rights & PLAN_WRITE ? 'w' : '-',
				       rights & PLAN_EXECUTE ? 'x' : '-',
				       '\0' };
		bool any = false;

		for (uint32_t i = 0; i < list.count; i++) {
			struct plan_path const *path = plan_paths(about->plan, list) + i;

			if ((path->rights & RIGHTS) != rights)
				continue;
			if (!any)
				sheet_begin(sheet, label, NULL);
			any = true;
			sheet_word(sheet, plan_string(about->plan, path->path));
		}
		if (any)
			sheet_end(sheet, "");
	}
}

static void paths(struct sheet *sheet, struct explained const *about)
{
	struct plan_slot const *slot = about->slot;

	if (!(slot->flags & PLAN_FILE_CAGE)) {
		sheet_line(sheet, "files",
			   "all that its uid may; read, write or execute would limit it");
		sheet_null(sheet, "paths");
		return;
	}
	if (sheet->as_json) {
		paths_json(&sheet->json, about);
		return;
	}
	explain_strings(sheet, "read", "read", "nothing of its own", about->plan, slot->read);
	explain_strings(sheet, "write", "write", "nothing of its own", about->plan, slot->write);
	if (slot->execute.count)
		explain_strings(sheet, "execute", NULL, "", about->plan, slot->execute);
	sheet_line(sheet, "", "in all, with what every service needs:");
	paths_text(sheet, about);
}

static void ports(struct sheet *sheet, struct explained const *about, char const *key, bool limited,
		  struct plan_list list)
{
	if (!limited) {
		sheet_line(sheet, key, "all TCP ports");
		sheet_null(sheet, key);
		return;
	}
	sheet_begin(sheet, key, key);
	for (uint32_t i = 0; i < list.count; i++)
		sheet_word_number(sheet, plan_words(about->plan, list)[i]);
	sheet_end(sheet, "no TCP port");
}

static void kernel(struct sheet *sheet, struct explained const *about)
{
	static struct {
		uint32_t abi;
		char const *right;
	} const rights[] = {
		{ ABI_REFER, "a domain of its own" },
		{ ABI_TRUNCATE, "truncate" },
		{ ABI_PORTS, "TCP ports" },
		{ ABI_IOCTL, "ioctl on devices" },
		{ ABI_SCOPE, "signals" },
		{ ABI_SCOPE, "abstract sockets" },
	};
	uint32_t const abi = plan_header(about->plan)->landlock_abi;

	sheet_number(sheet, "landlock ABI", "landlock_abi", abi);
	if (abi >= ABI_SCOPE && !sheet->as_json)
		return;
	sheet_begin(sheet, "not limited", "landlock_missing");
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
		if (abi < rights[i].abi)
			sheet_word(sheet, rights[i].right);
	sheet_end(sheet, "");
}

static void nothing(struct sheet *sheet)
{
	static char const *const keys[] = { "paths",
					    "bind",
					    "connect",
					    "landlock_abi",
					    "landlock_missing",
					    "syscalls_denied",
					    "syscalls_allowed" };

	sheet_line(sheet, "", "no limit to files, ports and system calls");
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		sheet_null(sheet, keys[i]);
}

void explain_cage(struct sheet *sheet, struct explained const *about)
{
	static char const *const names[] = { [PLAN_BEST_EFFORT] = "best-effort",
					     [PLAN_STRICT] = "strict",
					     [PLAN_UNCONFINED] = "off" };
	struct plan_slot const *slot = about->slot;

	sheet_string(sheet, "confine", "confine",
		     slot->confine <= PLAN_UNCONFINED ? names[slot->confine] : "?");
	sheet_boolean(sheet, "no_new_privs", "no_new_privs", slot->confine != PLAN_UNCONFINED);
	if (slot->confine == PLAN_UNCONFINED) {
		nothing(sheet);
		return;
	}
	paths(sheet, about);
	ports(sheet, about, "bind", slot->flags & PLAN_BIND_CAGE, slot->bind);
	ports(sheet, about, "connect", slot->flags & PLAN_CONNECT_CAGE, slot->connect);
	kernel(sheet, about);
	explain_calls(sheet, about);
}
