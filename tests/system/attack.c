/* SPDX-License-Identifier: ISC */
/*
 * What somebody who may write in a tree does while root gives that tree away. Each round makes the
 * tree anew, lets an attacker work in it for as long as COMMAND runs, and looks at the victims.
 *
 *	attack exchange|link|churn ROUNDS DIRECTORY COMMAND...
 *
 * exchange: directories of the tree and links to the victims' change places, as uid 1000; link:
 * files of the tree and hard links to the victims do, as root, since whether a user may make those
 * is a setting of the machine; churn: files come and go. Exit 0: no victim was touched and, for
 * churn, COMMAND was content; 1: one was, and the round is printed; 2: this program failed.
 */
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDERS = 4, FILES = 5, ATTACKER = 1000, EXCHANGE = 2 };

static void name(char *text, size_t size, char const *format, int a, int b)
{
	snprintf(text, size, format, a, b);
}

static void touch(char const *path, unsigned mode)
{
	int const fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

	if (fd < 0 || fchmod(fd, mode) || close(fd))
		err(2, "%s", path);
}

static void folder(char const *path, unsigned uid)
{
	if (mkdir(path, 0755) || chown(path, uid, uid))
		err(2, "%s", path);
}

static void make_victims(void)
{
	char path[64];

	folder("victim", 0);
	for (int f = 0; f < FILES; f++) {
		name(path, sizeof path, "victim/%d", f, 0);
		touch(path, 0600);
	}
}

/* top/d0/0 …, the attacker's, and top/l0 …, links to the victims' directory. */
static void make_tree(void)
{
	char path[64];

	folder("top", ATTACKER);
	for (int d = 0; d < FOLDERS; d++) {
		name(path, sizeof path, "top/d%d", d, 0);
		folder(path, ATTACKER);
		name(path, sizeof path, "top/l%d", d, 0);
		if (symlink("../victim", path))
			err(2, "%s", path);
		for (int f = 0; f < FILES; f++) {
			name(path, sizeof path, "top/d%d/%d", d, f);
			touch(path, 0644);
			if (chown(path, ATTACKER, ATTACKER))
				err(2, "%s", path);
		}
	}
}

static int remove_one(char const *path, struct stat const *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static void remove_tree(void)
{
	if (nftw("top", remove_one, 16, FTW_DEPTH | FTW_PHYS))
		err(2, "cannot remove the tree");
}

static void exchange(int top)
{
	char one[16];
	char other[16];

	for (int d = 0; d < FOLDERS; d++) {
		name(one, sizeof one, "d%d", d, 0);
		name(other, sizeof other, "l%d", d, 0);
		(void)syscall(SYS_renameat2, top, one, top, other, EXCHANGE);
	}
}

static void plant(int top)
{
	char victim[32];
	char place[32];

	for (int d = 0; d < FOLDERS; d++)
		for (int f = 0; f < FILES; f++) {
			name(victim, sizeof victim, "../victim/%d", f, 0);
			name(place, sizeof place, "d%d/%d", d, f);
			if (linkat(top, victim, top, "new", 0) == 0)
				(void)renameat(top, "new", top, place);
			/* and a file of the attacker's own again */
			(void)close(openat(top, "new", O_CREAT | O_EXCL | O_WRONLY, 0644));
			(void)fchownat(top, "new", ATTACKER, ATTACKER, 0);
			(void)renameat(top, "new", top, place);
		}
}

static void churn(int top)
{
	static unsigned count;
	char place[32];

	snprintf(place, sizeof place, "d%u/new%u", count % FOLDERS, count);
	count++;
	(void)close(openat(top, place, O_CREAT | O_EXCL | O_WRONLY, 0666));
	(void)unlinkat(top, place, 0);
}

static pid_t start_attacker(void (*act)(int), bool as_user)
{
	int const top = open("top", O_RDONLY | O_DIRECTORY);
	pid_t const pid = fork();

	if (top < 0 || pid < 0)
		err(2, "attacker");
	if (pid == 0) {
		if (as_user && (setgid(ATTACKER) || setuid(ATTACKER)))
			err(2, "uid %d", ATTACKER);
		for (;;)
			act(top);
	}
	close(top);
	return pid;
}

static int run(char **command)
{
	pid_t const pid = fork();
	int status;

	if (pid == 0) {
		execvp(command[0], command);
		err(2, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(2, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

static bool victims_are_untouched(void)
{
	char path[64];
	struct stat status;

	if (stat("victim", &status) || status.st_uid || (status.st_mode & 07777) != 0755)
		return false;
	for (int f = 0; f < FILES; f++) {
		name(path, sizeof path, "victim/%d", f, 0);
		if (stat(path, &status) || status.st_uid || status.st_gid ||
		    (status.st_mode & 07777) != 0600)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	bool const churns = argc > 4 && !strcmp(argv[1], "churn");
	bool const links = argc > 4 && !strcmp(argv[1], "link");

	if (argc < 5 || chdir(argv[3]))
		errx(2, "usage: attack exchange|link|churn ROUNDS DIRECTORY COMMAND...");
	umask(022);
	make_victims();
	for (int round = 1; round <= atoi(argv[2]); round++) {
		pid_t attacker;
		int status;

		make_tree();
		attacker = start_attacker(churns ? churn : links ? plant : exchange, !links);
		status = run(argv + 4);
		kill(attacker, SIGKILL);
		waitpid(attacker, NULL, 0);
		remove_tree();
		if (!victims_are_untouched() || (churns && status)) {
			printf("round %d, status %d\n", round, status);
			return 1;
		}
		if (status == 100)
			errx(2, "the command was not understood");
	}
	return 0;
}
