/* SPDX-License-Identifier: ISC */
/*
 * Asking the kernel. A child becomes the identity for good, as a service does, proves it, and asks
 * of each spot what it may do there. So everything counts that counts for the service: access
 * control lists, mount options, directories that cannot be searched. The answers come back through
 * a pipe, a byte for each spot.
 */
#include "audit/audit.h"

#include "confine/caps.h"
#include "confine/steps.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { WITH_EFFECTIVE_IDS = 0x200 }; /* AT_EACCESS */

/*
 * Real and effective ids are the same here, so faccessat(2), which takes the real ones, gives the
 * same answer where a kernel before 5.8 or an old profile does not have the newer call.
 */
static bool may(char const *path, int mode)
{
	static bool old_kernel;

	if (!old_kernel) {
		int const result = sys_faccessat2(AT_FDCWD, path, mode, WITH_EFFECTIVE_IDS);

		if (result != -ENOSYS && result != -EPERM)
			return result == 0;
		if (result == -ENOSYS)
			old_kernel = true;
	}
	return sys_faccessat(AT_FDCWD, path, mode) == 0;
}

static unsigned char answer(struct audit_spot const *spot)
{
	int const search = S_ISDIR(spot->mode) ? X_OK : 0;
	unsigned answers = 0;

	if (spot->flags & SPOT_ASK_WRITE && may(spot->path, W_OK | search))
		answers |= SPOT_ASK_WRITE;
	if (spot->flags & SPOT_ASK_READ && may(spot->path, R_OK | search))
		answers |= SPOT_ASK_READ;
	if (spot->flags & SPOT_ASK_EXECUTE && may(spot->path, X_OK))
		answers |= SPOT_ASK_EXECUTE;
	return (unsigned char)answers;
}

static int become(struct audit const *audit, struct plan_slot const *slot)
{
	struct confine_request const request = { .plan = audit->plan, .slot = slot };
	int result = ids_groups(&request);

	if (result >= 0)
		result = ids_gid(slot);
	if (result >= 0)
		result = ids_uid(slot);
	if (result >= 0)
		result = caps_set(0); /* for a process with other securebits */
	return result < 0 ? result : ids_prove(&request);
}

static int write_all(int fd, void const *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t const n = sys_write(fd, (char const *)bytes + done, size - done);

		if (n < 0 && n != -EINTR)
			return (int)n;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* First whether it could become the identity, then the answers. */
static _Noreturn void child(struct audit const *audit, struct plan_slot const *slot, int fd,
			    unsigned char *answers)
{
	int32_t const error = become(audit, slot);

	if (error == 0)
		for (uint32_t i = 0; i < audit->spot_count; i++)
			answers[i] = answer(&audit->spots[i]);
	if (write_all(fd, &error, sizeof error) == 0 && error == 0)
		(void)write_all(fd, answers, audit->spot_count); /* the reader misses the rest */
	sys_exit(0);
}

static int read_all(int fd, void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t const n = sys_read(fd, (char *)bytes + done, size - done);

		if (n == 0)
			return -EPIPE; /* the child was killed */
		if (n < 0 && n != -EINTR)
			return (int)n;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int take_answers(struct audit const *audit, int fd, unsigned char *answers)
{
	int32_t error = 0;
	int const result = read_all(fd, &error, sizeof error);

	if (result < 0 || error < 0)
		return result < 0 ? result : error;
	return read_all(fd, answers, audit->spot_count);
}

int audit_ask(struct audit *audit, struct audit_identity const *identity, unsigned char *answers)
{
	int ends[2];
	int status;
	int result = sys_pipe2(ends, O_CLOEXEC);
	int pid;

	if (result < 0)
		return result;
	memset(answers, 0, audit->spot_count);
	pid = sys_fork();
	if (pid == 0)
		child(audit, identity->slot, ends[1], answers);
	(void)sys_close(ends[1]); /* nothing was written */
	result = pid < 0 ? pid : take_answers(audit, ends[0], answers);
	(void)sys_close(ends[0]); /* nothing is lost */
	while (pid > 0 && sys_wait4(pid, &status, 0, NULL) == -EINTR)
		;
	return result;
}
