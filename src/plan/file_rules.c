/* SPDX-License-Identifier: ISC */
/* From declarations to rules; see file_rules.h. */
#include "plan/file_rules.h"

#include "plan/path_words.h"
#include "plan/rule_merge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* /tmp, /dev/shm and their kin: for all, so not to be made anybody's. */
static bool is_shared_directory(char const *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == 0 &&
	       (status.st_mode & 01002) == 01002;
}

/* In an image the user may be in a variable that only a container has. */
static bool is_user_known(struct service const *s)
{
	return !(s->refused >> KEY_USER & 1);
}

static void add(struct declarations *d, struct file_rules *rules, uint32_t service,
		enum service_key key, char const *word, struct plan_rule record)
{
	struct service const *const s = &d->services[service];
	bool const build = s->flags & SERVICE_BUILD;
	char const *const path = path_words_path(word);

	if (path_words_is_kernel(path) || (key != KEY_SECRET && is_shared_directory(path)))
		return;
	if (*word == '?')
		record.flags |= PLAN_RULE_MAY_MISS;
	rules->at[rules->count++] = (struct derived_rule){
		.path = path,
		.service = service,
		.rank = rule_merge_rank(record.flags, build),
		.key = key,
		.record = record,
	};
}

static void add_writes(struct declarations *d, struct file_rules *rules, uint32_t service)
{
	struct service const *const s = &d->services[service];
	bool const known = is_user_known(s);
	struct plan_rule const record = { .uid = known ? s->slot.uid : UINT32_MAX,
					  .gid = known ? s->slot.gid : UINT32_MAX,
					  .file_mode = 0640,
					  .directory_mode = 0750,
					  .flags = PLAN_RULE_WRITE | PLAN_RULE_RECURSIVE };

	for (uint32_t i = 0; i < s->write.count; i++) {
		char const *const path = path_words_path(s->write.at[i]);
		char const *const real = declaration_real(d, path);
		bool const link = strcmp(path, real) != 0;

		if (path_words_is_system(path) || path_words_is_system(real))
			faults_add(d->faults, s->places[KEY_WRITE], "write: found ",
				   faults_quote(d->faults, path), link ? ", which leads to " : "",
				   link ? real : "",
				   ", expected a directory below it that is the service's own",
				   NULL);
		else
			add(d, rules, service, KEY_WRITE, s->write.at[i], record);
	}
}

/* A system directory is root's and has files for many readers, such as shadow(5): left alone. */
static void add_reads(struct declarations *d, struct file_rules *rules, uint32_t service,
		      enum service_key key, struct words const *words)
{
	struct service const *const s = &d->services[service];
	struct plan_rule const record = { .uid = 0,
					  .gid = s->slot.gid,
					  .file_mode = READ_FILE_BITS,
					  .directory_mode = READ_DIRECTORY_BITS,
					  .flags = PLAN_RULE_READ | PLAN_RULE_RECURSIVE };

	for (uint32_t i = 0; i < words->count; i++) {
		char const *const path = path_words_path(words->at[i]);

		if (!path_words_is_system(path))
			add(d, rules, service, key, words->at[i], record);
	}
}

/* Its file is often there in the container alone. */
static void add_secrets(struct declarations *d, struct file_rules *rules, uint32_t service)
{
	struct service const *const s = &d->services[service];
	bool const known = is_user_known(s);
	struct plan_rule const record = { .uid = known ? s->slot.uid : UINT32_MAX,
					  .gid = known ? s->slot.gid : UINT32_MAX,
					  .file_mode = 0400,
					  .directory_mode = UINT32_MAX,
					  .flags = PLAN_RULE_SECRET | PLAN_RULE_MAY_MISS };

	for (uint32_t i = 1; i < s->secrets.count; i += 2)
		add(d, rules, service, KEY_SECRET, s->secrets.at[i], record);
}

static void add_declared(struct declarations *d, struct file_rules *rules)
{
	for (uint32_t i = 0; i < d->settings.rule_count; i++) {
		struct file_rule const *rule = &d->settings.rules[i];

		rules->at[rules->count++] = (struct derived_rule){
			.path = rule->path,
			.service = PLAN_NONE,
			.rank = rule_merge_rank(rule->record.flags, false),
			.record = rule->record,
		};
	}
}

/* A plan to start from is about what may start; an image is for every service. */
static bool has_rules(struct declarations const *d, struct service const *s)
{
	return s->slot.kind != PLAN_BUNDLE && declaration_is_planned(d, s) &&
	       (d->image || !(s->flags & SERVICE_DISABLED));
}

void file_rules_make(struct declarations *d, struct file_rules *rules)
{
	size_t room = d->settings.rule_count;

	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		room += s->read.count + s->write.count + s->execute.count + s->secrets.count;
	}
	*rules = (struct file_rules){ arena_array(d->arena, room, sizeof *rules->at), 0 };
	add_declared(d, rules);
	for (uint32_t i = 0; i < d->count; i++) {
		struct service const *s = &d->services[i];

		if (!has_rules(d, s))
			continue;
		add_writes(d, rules, i);
		add_reads(d, rules, i, KEY_READ, &s->read);
		add_reads(d, rules, i, KEY_EXECUTE, &s->execute);
		add_secrets(d, rules, i);
	}
	rule_merge_all(d, rules);
}

struct plan_list file_rules_record(struct file_rules const *rules, struct declarations const *d,
				   struct builder *builder)
{
	struct plan_rule *records = arena_array(d->arena, rules->count, sizeof *records);

	for (uint32_t i = 0; i < rules->count; i++) {
		struct derived_rule const *rule = &rules->at[i];

		records[i] = rule->record;
		records[i].path = builder_string(builder, rule->path);
		records[i].slot = rule->service == PLAN_NONE ? (uint32_t)PLAN_NONE
							     : d->services[rule->service].head;
	}
	return builder_list(builder, records, rules->count, sizeof *records);
}
