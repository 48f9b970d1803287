/* SPDX-License-Identifier: ISC */
/* Findings from answers: whose code it is, what is declared, what is folded, what is safe. */
#include "audited.h"

enum { WEB, WORKER, FILE_MODE = S_IFREG | 0666, DIRECTORY = S_IFDIR | 0777 };

static uint32_t const alone[] = { AUDIT_NONE };

/* web can write all spots that it is said it can. */
static void judge(void)
{
	unsigned char answers[16];

	memset(answers, SPOT_ASK_WRITE, sizeof answers);
	audit_judge_writes(&bed.audit, WEB, answers);
}

static void the_owner_of_code_is_mistaken(void **state)
{
	(void)state;
	audited_spot("/own/x", 0, FILE_MODE);
	audited_spot("/other/x", 0, FILE_MODE);
	audited_spot("/etc/orlop/x", 0, FILE_MODE);
	audited_spot("/etc/x", 0, FILE_MODE);
	audited_spot("/elsewhere", 0, FILE_MODE);
	audited_holding(HOLD_CODE, WEB, "/own", alone);
	audited_holding(HOLD_CODE, WORKER, "/other", alone);
	audited_holding(HOLD_SYSTEM, AUDIT_NONE, "/etc", alone);
	audited_holding(HOLD_DECLARATIONS, AUDIT_NONE, "/etc/orlop", alone);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/own/x"), 1);
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/other/x"), 1);
	assert_int_equal(audited_found(FINDING_WRITES_DECLARATIONS, WEB, "/etc/orlop/x"), 1);
	assert_int_equal(audited_found(FINDING_WRITES_SYSTEM, WEB, "/etc/x"), 1);
	assert_int_equal(bed.audit.found_count, 4);
}

static void ten_thousand_files_are_listed(void **state)
{
	(void)state;
	audited_spot("/own/lib/b/deep", 0, FILE_MODE);
	audited_spot("/own/lib", 0, DIRECTORY);
	audited_spot("/own/lib/a", 0, FILE_MODE);
	audited_spot("/own/lib-x", 0, FILE_MODE);
	audited_holding(HOLD_CODE, WEB, "/own", alone);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/own/lib"), 1);
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/own/lib-x"), 1);
	assert_int_equal(bed.audit.found_count, 2);
}

static void declared_data_is_a_finding(void **state)
{
	static char const *writes[] = { "/app/var" };

	(void)state;
	bed.audit.services[WEB].writes = writes;
	bed.audit.services[WEB].write_count = 1;
	audited_spot("/app/var/x", 0, FILE_MODE);
	audited_spot("/app/variant", 0, FILE_MODE);
	audited_holding(HOLD_DATA, WEB, "/app", alone);
	audited_holding(HOLD_DATA, WORKER, "/app", alone);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/app/variant"), 1);
	assert_int_equal(bed.audit.found_count, 1);
}

static void declaring_makes_it_right_to_write_code(void **state)
{
	static char const *writes[] = { "/app" };

	(void)state;
	bed.audit.services[WEB].writes = writes;
	bed.audit.services[WEB].write_count = 1;
	audited_spot("/app/run", 0, FILE_MODE);
	audited_holding(HOLD_CODE, WEB, "/app/run", alone);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/app/run"), 1);
}

static void a_directory_above_is_forgotten(void **state)
{
	uint32_t chain[3] = { 0, 0, AUDIT_NONE };

	(void)state;
	chain[0] = audited_spot("/srv", 0, DIRECTORY);
	chain[1] = audited_spot("/scratch", 0, DIRECTORY | S_ISVTX);
	audited_holding(HOLD_CODE, WORKER, "/srv/app", chain);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/srv"), 1);
	/* Sticky and somebody else's: what is in it is safe. */
	assert_int_equal(bed.audit.found_count, 1);
}

static void a_sticky_directory_of_ones_own_is_safe(void **state)
{
	uint32_t chain[2] = { 0, AUDIT_NONE };

	(void)state;
	chain[0] = audited_spot("/scratch", 1001, DIRECTORY | S_ISVTX);
	audited_holding(HOLD_CODE, WORKER, "/scratch/app", chain);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/scratch"), 1);
}

static void a_sticky_directory_on_the_path_is_safe(void **state)
{
	(void)state;
	audited_spot("/plugins", 0, DIRECTORY | S_ISVTX);
	audited_spot("/plugins/x", 0, FILE_MODE);
	audited_holding(HOLD_CODE, WORKER, "/plugins", alone);
	judge();
	/* It can be added to; and it does not stand for what is in it. */
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/plugins"), 1);
	assert_int_equal(audited_found(FINDING_WRITES_OTHER, WEB, "/plugins/x"), 1);
}

static void an_owner_without_the_right_is_harmless(void **state)
{
	unsigned char const answers[2] = { 0, 0 };

	(void)state;
	audited_spot("/own/mine", 1001, S_IFREG | 0444);
	audited_spot("/own/others", 1002, S_IFREG | 0444);
	audited_holding(HOLD_CODE, WEB, "/own", alone);
	audit_judge_writes(&bed.audit, WEB, answers);
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/own/mine"), 1);
	assert_int_equal(bed.audit.found_count, 1);
}

static void a_link_is_judged_by_its_name(void **state)
{
	static char const *writes[] = { "/app/storage" };
	struct stat const status = { .st_mode = DIRECTORY };

	(void)state;
	bed.audit.services[WEB].writes = writes;
	bed.audit.services[WEB].write_count = 1;
	(void)audit_spot_put(&bed.audit, "/app/public/storage", "/app/storage/public", &status,
			     SPOT_ASK_WRITE | SPOT_LINK);
	(void)audit_spot_put(&bed.audit, "/app/public/plugins", "/var/plugins", &status,
			     SPOT_ASK_WRITE | SPOT_LINK);
	audited_holding(HOLD_DATA, WEB, "/app", alone);
	judge();
	assert_int_equal(audited_found(FINDING_WRITES_OWN, WEB, "/app/public/plugins"), 1);
	assert_int_equal(bed.audit.found_count, 1);
}

int main(void)
{
	struct CMUnitTest const tests[] = {
		AUDITED(the_owner_of_code_is_mistaken),
		AUDITED(ten_thousand_files_are_listed),
		AUDITED(declared_data_is_a_finding),
		AUDITED(declaring_makes_it_right_to_write_code),
		AUDITED(a_directory_above_is_forgotten),
		AUDITED(a_sticky_directory_of_ones_own_is_safe),
		AUDITED(a_sticky_directory_on_the_path_is_safe),
		AUDITED(an_owner_without_the_right_is_harmless),
		AUDITED(a_link_is_judged_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
