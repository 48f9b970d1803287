/* SPDX-License-Identifier: ISC */
/* Reading all services; see load.h. */
#include "plan/load.h"

#include "plan/coherence.h"
#include "plan/keys.h"
#include "plan/settings.h"
#include "plan/source.h"
#include "plan/variables.h"
#include "sys/sys.h"
#include "wire/slot.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* One file's lines by key, so that a preset's can stand behind the file's own. */
struct lines {
	char const *file;
	struct ini ini;
	struct ini_entry const *keys[KEY_COUNT];
};

bool load_is_name(char const *name)
{
	size_t const length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return length >= 1 && length <= PLAN_NAME_MAX && name[length] == '\0' && *name != '_' &&
	       *name != '-';
}

static void sort_out_key(struct declarations *d, struct lines *lines, struct ini_entry const *entry)
{
	struct place const place = { lines->file, entry->line };
	enum service_key const key = keys_find(entry->key);

	if (key == KEY_COUNT) {
		char const *const near = keys_near(entry->key);

		faults_add(d->faults, place, "found the key ", faults_quote(d->faults, entry->key),
			   ", expected ", near ? near : "one of orlop-service(5)", NULL);
		return;
	}
	if (lines->keys[key]) {
		faults_add(d->faults, place, entry->key,
			   ": found a second time, expected once (line ",
			   arena_number(d->arena, lines->keys[key]->line), ")", NULL);
		return;
	}
	lines->keys[key] = entry;
}

static void sort_out(struct declarations *d, struct lines *lines)
{
	char const *complained = NULL;

	for (uint32_t i = 0; i < lines->ini.count; i++) {
		struct ini_entry const *entry = &lines->ini.entries[i];

		if (*entry->section == '\0') {
			sort_out_key(d, lines, entry);
		} else if (strcmp(entry->section, "environment") && entry->section != complained) {
			complained = entry->section;
			faults_add(d->faults, (struct place){ lines->file, entry->line },
				   "found the section ", faults_quote(d->faults, entry->section),
				   ", expected [environment]", NULL);
		}
	}
}

static int read_preset(struct declarations *d, char const *directory, char const *name,
		       struct lines *lines)
{
	int const fd = source_open_directory(d, directory);
	int error = fd;

	if (fd < 0)
		return error;
	lines->file = arena_join(d->arena, directory, "/", name, ".ini", NULL);
	error = source_read(d, fd, lines->file + strlen(directory) + 1, lines->file, &lines->ini);
	(void)sys_close(fd); /* nothing was written */
	return error;
}

/* The preset that `own` names, or NULL; one that cannot be had is a fault. */
static struct lines const *find_preset(struct declarations *d, struct lines const *own)
{
	struct ini_entry const *const entry = own->keys[KEY_PRESET];
	struct lines *lines;
	int error;

	if (!entry)
		return NULL;
	lines = arena_take(d->arena, sizeof *lines);
	error = -ENOENT;
	if (load_is_name(entry->value)) {
		error = read_preset(d, arena_join(d->arena, d->directory, "/presets", NULL),
				    entry->value, lines);
		if (error == -ENOENT)
			error = read_preset(d, LOAD_PRESETS, entry->value, lines);
	}
	if (error == -ENOENT)
		faults_add(d->faults, (struct place){ own->file, entry->line }, "preset: found ",
			   faults_quote(d->faults, entry->value),
			   ", expected the name of a file in ", d->directory,
			   "/presets or " LOAD_PRESETS, NULL);
	if (error < 0)
		return NULL;
	sort_out(d, lines);
	if (lines->keys[KEY_PRESET])
		faults_add(d->faults, (struct place){ lines->file, lines->keys[KEY_PRESET]->line },
			   "preset: found in a preset, expected only in a service's file", NULL);
	return lines;
}

static void set_defaults(struct declarations const *d, struct service *s)
{
	struct plan_slot *slot = &s->slot;

	slot->umask = 0027;
	slot->health_interval = UINT64_C(10000000000);
	slot->health_failures = 3;
	slot->restart_limit = 5;
	slot->restart_window = UINT64_C(60000000000);
	slot->restart_delay_minimum = UINT64_C(200000000);
	slot->restart_delay_maximum = UINT64_C(30000000000);
	slot->success[0] = 1;
	slot->stop_signal = SIGTERM;
	slot->reload_signal = SIGHUP;
	slot->stop_timeout = UINT64_C(8000000000);
	slot->log = d->settings.log;
	s->log_option = d->settings.log_option;
	s->directory = "/";
	s->essential = 1;
	s->instances = 1;
}

static void take_keys(struct declarations *d, struct service *s, struct lines const *own,
		      struct lines const *preset, enum service_key first, enum service_key end)
{
	for (enum service_key key = first; key < end; key++) {
		struct lines const *from = own->keys[key] ? own : preset;

		if (!from || !from->keys[key])
			continue;
		s->places[key] = (struct place){ from->file, from->keys[key]->line };
		keys_take(d, s, key, s->places[key], from->keys[key]->value);
	}
}

static void take_all(struct declarations *d, struct service *s, struct lines const *own,
		     struct lines const *preset)
{
	take_keys(d, s, own, preset, 0, KEY_PHASE + 1);
	/* While an image is made nothing else starts, so nothing else has to be there. */
	if (d->build && !d->image && !s->phase)
		s->flags |= SERVICE_DISABLED;
	/* In an engine's output it stands beside that of other steps. */
	if (s->phase) {
		s->slot.log = PLAN_LOG_PREFIX;
		s->log_option = "";
	}
	take_keys(d, s, own, preset, KEY_PHASE + 1, KEY_COUNT);
	variables_declare(d, s, (struct place){ preset ? preset->file : NULL, 0 },
			  preset ? &preset->ini : NULL, &own->ini);
	coherence_check(d, s);
}

static void load_service(struct declarations *d, int directory, char const *path, char const *name)
{
	struct service *s = &d->services[d->count];
	struct lines own = { .file = arena_join(d->arena, path, "/", name, ".ini", NULL) };
	int error;

	if (!load_is_name(name)) {
		faults_add(d->faults, (struct place){ own.file, 0 }, "found the service's name ",
			   faults_quote(d->faults, name),
			   ", expected [a-z0-9][a-z0-9_-]* of at most 63 characters", NULL);
		return;
	}
	s->name = name;
	s->place = (struct place){ own.file, 1 };
	names_enter(&d->by_name, d->arena, name, d->count++);
	set_defaults(d, s);
	error = source_read(d, directory, own.file + strlen(path) + 1, own.file, &own.ini);
	if (error == -ENOENT)
		faults_add(d->faults, (struct place){ own.file, 0 },
			   "found a link to nothing, expected a file", NULL);
	if (error < 0)
		return;
	sort_out(d, &own);
	take_all(d, s, &own, find_preset(d, &own));
}

static void load_listed(struct declarations *d, int fd, char const *path, struct words const *names)
{
	struct place const place = { path, 0 };

	if (names->count == 0)
		faults_add(d->faults, place, "found no service, expected at least one NAME.ini",
			   NULL);
	if (names->count > SLOT_MAX) {
		faults_add(d->faults, place, "found ", arena_number(d->arena, names->count),
			   " services, expected at most 8192", NULL);
		return;
	}
	d->services = arena_array(d->arena, names->count, sizeof *d->services);
	for (uint32_t i = 0; i < names->count; i++)
		load_service(d, fd, path, names->at[i]);
}

static void load_services(struct declarations *d)
{
	char const *const path = arena_join(d->arena, d->directory, "/services", NULL);
	struct place const place = { path, 0 };
	int const fd = source_open_directory(d, path);
	struct words names;

	if (fd == -ENOENT)
		faults_add(d->faults, place,
			   "found nothing, expected a directory with NAME.ini files", NULL);
	if (fd < 0)
		return;
	if (source_list(d, fd, path, &names) == 0)
		load_listed(d, fd, path, &names);
	(void)sys_close(fd); /* nothing was written */
}

void load_all(struct declarations *d)
{
	size_t const before = faults_count(d->faults);
	int const fd = source_open_directory(d, d->directory);

	settings_defaults(&d->settings);
	if (fd >= 0)
		settings_read(d, fd);
	if (fd >= 0 || faults_count(d->faults) == before)
		load_services(d);
}
