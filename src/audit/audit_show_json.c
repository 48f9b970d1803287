/* SPDX-License-Identifier: ISC */
/* For machines: the same as the table, with every finding that was kept; see orlop-audit(8). */
#include "audit/audit_show.h"

static void put_found(struct json *json, struct audit_found const *found)
{
	struct finding_kind const *const kind = &finding_kinds[found->code];

	json_open(json, NULL, '{');
	json_string(json, "code", kind->code);
	json_number(json, "weight", kind->weight);
	if (found->path)
		json_string(json, "path", found->path);
	else
		json_null(json, "path");
	json_string(json, "reason", *found->reason ? found->reason : kind->meaning);
	json_string(json, "remedy", kind->remedy);
	json_boolean(json, "accepted", found->accepted);
	json_close(json, '}');
}

static void put_findings(struct audit const *audit, uint32_t service, struct json *json)
{
	uint32_t all = 0;
	uint32_t kept = 0;

	json_open(json, "findings", '[');
	for (uint32_t i = 0; i < audit->found_count; i++) {
		if (audit->found[i].service != service)
			continue;
		put_found(json, &audit->found[i]);
		kept++;
	}
	json_close(json, ']');
	for (int code = 0; code < FINDINGS; code++)
		all += audit->services[service].open[code] +
		       audit->services[service].accepted[code];
	json_number(json, "unlisted", all - kept);
}

static void put_services(struct audit const *audit, struct json *json)
{
	json_open(json, "services", '[');
	for (uint32_t i = 0; i < audit->service_count; i++) {
		struct audit_service const *const service = &audit->services[i];

		if (!service->shown)
			continue;
		json_open(json, NULL, '{');
		json_string(json, "name", service->name);
		json_string(json, "user", service->user);
		json_number(json, "uid", service->slot->uid);
		json_number(json, "score", service->score);
		put_findings(audit, i, json);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_image(struct audit const *audit, struct json *json)
{
	struct audit_service const *const image = &audit->services[audit->service_count];

	if (!image->shown) {
		json_null(json, "image");
		return;
	}
	json_open(json, "image", '{');
	json_number(json, "score", image->score);
	put_findings(audit, audit->service_count, json);
	json_close(json, '}');
}

void audit_show_json(struct audit const *audit, unsigned score, struct json *json)
{
	struct plan_list const accepts = plan_header(audit->plan)->accepts;
	uint32_t const *lines = plan_words(audit->plan, accepts);

	json_open(json, NULL, '{');
	json_number(json, "version", 1);
	json_number(json, "score", score);
	json_number(json, "open", audit_open(audit));
	put_services(audit, json);
	put_image(audit, json);
	json_open(json, "idle_accepts", '[');
	for (uint32_t i = 0; i < accepts.count; i++)
		if (audit_accept_is_idle(audit, i))
			json_string(json, NULL, plan_string(audit->plan, lines[i]));
	json_close(json, ']');
	json_open(json, "notices", '[');
	for (uint32_t i = 0; i < audit->notice_count; i++)
		json_string(json, NULL, audit->notices[i]);
	json_close(json, ']');
	json_close(json, '}');
	text_add(&json->text, "\n");
}
