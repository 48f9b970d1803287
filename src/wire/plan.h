/* SPDX-License-Identifier: ISC */
/*
 * The plan: all declarations, read once by orlop-plan, checked, with every name turned into a
 * number. A sealed memfd, so whoever maps it need not fear that it changes. PID 1, the cage, the
 * supervisor and the user's command work from its fixed records and never see text.
 *
 *	offset	0	struct plan_header, 256 bytes, with the slots of supervisor and logger behind it
 *		…	struct plan_slot [2]: the helpers (PLAN_SUPERVISOR, PLAN_LOGGER)
 *		…	struct plan_slot [count]: slot i, sorted by name; probes last
 *		…	lists and strings, each where a reference says
 *
 * References are byte offsets from the start of the plan. A `uint32_t` that names a string is 0
 * for none, else the offset of a NUL-terminated string. A struct plan_list names `count` elements
 * of the type that its comment gives, 8-byte aligned. The last byte of the plan is NUL, so no
 * string runs out of it; plan_check() proves that every reference lies inside, once, before use.
 *
 * One slot is one process at a time. A service with the `instances` key has one slot for each,
 * NAME@1 …, and a bundle slot NAME that needs them all. A probe (readiness, health, stop-command)
 * is a slot of its own with the user and the cage of the slot that it serves; `status` hides it.
 */
#ifndef ORLOP_WIRE_PLAN_H
#define ORLOP_WIRE_PLAN_H

#include <stddef.h>
#include <stdint.h>

enum {
	PLAN_MAGIC = 0x4f524c50, /* "ORLP" */
	PLAN_VERSION = 1,
	PLAN_NONE = 0x7fffffff,	     /* no such slot, pipe or socket */
	PLAN_ARGUMENTS_MAX = 4096,   /* words of one command */
	PLAN_ENVIRONMENT_MAX = 8192, /* variables of one service */
	PLAN_GROUPS_MAX = 64,
	PLAN_LISTEN_MAX = 64, /* sockets of one service */
	PLAN_LISTEN_V6_ONLY = 1,
	PLAN_NAME_MAX = 63
};

#define PLAN_SYSCALL_DENY UINT32_C(0x80000000)

enum plan_helper { PLAN_SUPERVISOR = 0, PLAN_LOGGER = 1, PLAN_HELPERS = 2 };

enum plan_kind {
	PLAN_LONGRUN = 0,
	PLAN_ONESHOT = 1,
	PLAN_BUNDLE = 2, /* no process */
	PLAN_MAIN = 3,	 /* the container's command: uncaged, on the container's own stdio */
	PLAN_PROBE = 4,	 /* serves `parent`; started and stopped with it by the supervisor */
	PLAN_HELPER = 5	 /* supervisor and logger */
};

enum plan_flag {
	PLAN_ENABLED = 1 << 0,	     /* enabled-if holds; a slot without it counts as met */
	PLAN_SELECTED = 1 << 1,	     /* starts at boot (ORLOP_SERVICES and what they need) */
	PLAN_ESSENTIAL = 1 << 2,     /* failed or finished for good: the container stops */
	PLAN_PASS_ALL = 1 << 3,	     /* all of the container's environment */
	PLAN_TTY = 1 << 4,	     /* becomes the foreground of init's terminal, if it has one */
	PLAN_NICE = 1 << 5,	     /* nice is set */
	PLAN_OOM = 1 << 6,	     /* oom_score_adjust is set */
	PLAN_FILE_CAGE = 1 << 7,     /* read, write or execute was declared */
	PLAN_BIND_CAGE = 1 << 8,     /* bind was declared */
	PLAN_CONNECT_CAGE = 1 << 9,  /* connect was declared */
	PLAN_SYSCALLS_ALL = 1 << 10, /* syscalls = all */
	PLAN_KEEP_USER = 1 << 11,    /* run with init's own ids and capabilities (main program) */
	PLAN_INSTANCE_GROUP = 1 << 12, /* the bundle that stands for a service's instances */
	PLAN_BUILD = 1 << 13 /* phase = build: runs while the image is made, never at boot */
};

enum plan_confine { PLAN_BEST_EFFORT = 0, PLAN_STRICT = 1, PLAN_UNCONFINED = 2 };

enum plan_ready {
	PLAN_READY_STARTED = 0,
	PLAN_READY_FD = 1,     /* a newline on descriptor ready_fd */
	PLAN_READY_NOTIFY = 2, /* READY=1 on NOTIFY_SOCKET */
	PLAN_READY_PROBE = 3   /* ready_probe exits 0 */
};

enum plan_restart { PLAN_ALWAYS = 0, PLAN_ON_FAILURE = 1, PLAN_NEVER = 2 };

enum plan_listen_env { PLAN_LISTEN_SYSTEMD = 1, PLAN_LISTEN_PHP_FPM = 2, PLAN_LISTEN_NGINX = 3 };

enum plan_log {
	PLAN_LOG_PLAIN = 0,
	PLAN_LOG_PREFIX = 1,
	PLAN_LOG_JSON = 2,
	PLAN_LOG_FILE = 3,
	PLAN_LOG_NONE = 4
};

enum plan_host {
	PLAN_HOST_SHARED_UID = 1 << 0,	   /* ids cannot be changed here: all run as header.uid */
	PLAN_HOST_LANDLOCK_SCOPE = 1 << 1, /* Landlock ABI 6: signals and abstract sockets */
	PLAN_HOST_SECCOMP = 1 << 2,
	PLAN_HOST_PID1 = 1 << 3
};

/* What a service may do to the files below a path; the cage turns it into Landlock's rights. */
enum plan_right {
	PLAN_READ = 1 << 0,    /* read files, list directories */
	PLAN_WRITE = 1 << 1,   /* make, change and remove files and directories; not run them */
	PLAN_EXECUTE = 1 << 2, /* run files */
	PLAN_DEVICE = 1 << 3,  /* ioctl on devices */
	PLAN_MAY_MISS = 1 << 4 /* no error when there is no such path at start */
};

/* Why lockdown wants a path as it does, and how exactly. */
enum plan_rule_flag {
	PLAN_RULE_RECURSIVE =
	    1 << 0, /* what is below too, unless a rule with a longer path has it */
	PLAN_RULE_DECLARED = 1 << 1, /* a line of [files]: exactly these modes */
	PLAN_RULE_WRITE = 1 << 2,    /* derived from `write`: these modes or stricter ones */
	PLAN_RULE_READ = 1 << 3,     /* derived from `read` or `execute`: nobody else may write */
	PLAN_RULE_SECRET = 1 << 4,   /* derived from `secret` */
	PLAN_RULE_MAY_MISS = 1 << 5, /* no error when there is no such path */
	PLAN_RULE_SHARED = 1 << 6    /* PLAN_RULE_READ by services of different groups */
};

struct plan_list {
	uint32_t offset;
	uint32_t count;
};

struct plan_path {
	uint32_t path;	 /* string, absolute, without '?' */
	uint32_t rights; /* bits of enum plan_right */
};

/* Ownership and modes of one path; of several rules the one with the longest path counts. */
struct plan_rule {
	uint32_t path;		 /* string, absolute */
	uint32_t uid;		 /* UINT32_MAX: leave */
	uint32_t gid;		 /* UINT32_MAX: leave */
	uint32_t file_mode;	 /* UINT32_MAX: leave; PLAN_RULE_READ: bits that are taken away */
	uint32_t directory_mode; /* the same */
	uint32_t flags;		 /* bits of enum plan_rule_flag */
	uint32_t slot;		 /* the service that it was derived from, or PLAN_NONE */
	uint32_t line;		 /* in orlop.ini, for PLAN_RULE_DECLARED */
};

/* An account that a declaration names and the image lacks; only in a plan for an image. */
struct plan_account {
	uint32_t name;	/* string */
	uint32_t group; /* 1: a group, 0: a user, and the group of its name */
	uint32_t id;
	uint32_t gid; /* of a user */
};

struct plan_limit {
	uint32_t resource; /* RLIMIT_* of this architecture */
	uint32_t reserved;
	uint64_t soft; /* UINT64_MAX: unlimited */
	uint64_t hard;
};

struct plan_listen {
	uint32_t domain;	    /* AF_INET, AF_INET6, AF_UNIX */
	uint32_t length;	    /* bytes of address */
	uint32_t mode;		    /* of a unix path; or PLAN_LISTEN_V6_ONLY */
	uint32_t uid;		    /* of a unix path; UINT32_MAX: leave */
	uint32_t gid;		    /* of a unix path; UINT32_MAX: leave */
	uint32_t name;		    /* string, as declared, for messages and LISTEN_FDNAMES */
	unsigned char address[112]; /* a struct sockaddr_*, ready for bind(2) */
};

/* The times of `schedule`, bit n of each is value n; Sunday is bit 0. */
struct plan_schedule {
	uint64_t every;	  /* @every: nanoseconds, 0 when it is a cron expression */
	uint64_t minutes; /* 0-59 */
	uint32_t hours;	  /* 0-23 */
	uint32_t days;	  /* 1-31 */
	uint16_t months;  /* 1-12 */
	uint8_t weekdays; /* 0-6 */
	uint8_t either;	  /* both day fields restricted: one of them is enough, as in cron(8) */
	uint32_t reserved;
};

struct plan_slot {
	uint32_t name;	   /* string, e.g. "worker@2" */
	uint32_t service;  /* string, e.g. "worker" */
	uint32_t file;	   /* string: where it was declared, 0 for helpers and the main program */
	uint32_t instance; /* from 1; 0: no instances key */
	uint32_t kind;	   /* enum plan_kind */
	uint32_t flags;	   /* enum plan_flag */
	uint32_t parent;   /* slot index a probe serves, else PLAN_NONE */
	uint32_t reserved0;

	/* what runs */
	uint32_t executable;	      /* string, absolute path; 0 for a bundle */
	struct plan_list arguments;   /* of uint32_t strings, argv[0] first */
	struct plan_list environment; /* of uint32_t strings "NAME=value", set last */
	struct plan_list pass;	      /* of uint32_t strings: names let through; see PASS_ALL */
	uint32_t directory;	      /* string */
	struct plan_list secrets;     /* of uint32_t strings, pairs: NAME, path */
	uint32_t reserved1;

	/* as whom */
	uint32_t uid;
	uint32_t gid;
	struct plan_list groups; /* of uint32_t, sorted, without gid */
	uint32_t user;		 /* string: its name, or its number as text */
	uint32_t umask;
	int32_t nice;
	int32_t oom_score_adjust;
	struct plan_list limits; /* of struct plan_limit */
	uint64_t capabilities;	 /* bit n is capability n */

	/* in which cage */
	uint32_t confine; /* enum plan_confine */
	uint32_t reserved2;
	struct plan_list read; /* as declared: of uint32_t strings, absolute; '?': may be missing */
	struct plan_list write;	   /* the same */
	struct plan_list execute;  /* the same */
	struct plan_list paths;	   /* of struct plan_path: all that the file cage allows, the base
				     paths too; nobody but PLAN_FILE_CAGE looks at it */
	struct plan_list bind;	   /* of uint32_t ports */
	struct plan_list connect;  /* of uint32_t ports */
	struct plan_list syscalls; /* of uint32_t: a system call's number here, to be allowed, or
				      with PLAN_SYSCALL_DENY to be denied, beside the default list */

	/* order */
	struct plan_list needs;	 /* of uint32_t slot indices */
	struct plan_list after;	 /* of uint32_t slot indices */
	struct plan_list needed; /* inverse of needs and after: who waits for this slot to start */

	/* readiness, health */
	uint32_t ready;	       /* enum plan_ready */
	uint32_t ready_fd;     /* descriptor number in the service, for PLAN_READY_FD */
	uint32_t ready_probe;  /* slot index or PLAN_NONE */
	uint32_t notify;       /* index in the notify blocks or PLAN_NONE */
	uint32_t health_probe; /* slot index or PLAN_NONE */
	uint32_t health_failures;
	uint64_t start_timeout;	  /* nanoseconds, 0: none */
	uint64_t health_interval; /* nanoseconds */
	uint64_t watchdog;	  /* nanoseconds, 0: none */

	/* end and restart */
	uint32_t restart;		/* enum plan_restart */
	uint32_t restart_limit;		/* failures, 0: no limit */
	uint64_t restart_window;	/* nanoseconds */
	uint64_t restart_delay_minimum; /* nanoseconds */
	uint64_t restart_delay_maximum;
	uint8_t success[32]; /* bit n of byte n/8: exit code n is a success */
	uint32_t stop_signal;
	uint32_t reload_signal;
	uint64_t stop_timeout; /* nanoseconds */
	uint32_t stop_command; /* slot index or PLAN_NONE */
	uint32_t reserved3;
	uint64_t forward; /* bit n-1: signal n that reaches init is passed on */

	/* sockets and logs */
	struct plan_list listen; /* of struct plan_listen */
	uint32_t listen_first;	 /* index of the first in the block of sockets, or PLAN_NONE */
	uint32_t listen_env;	 /* bits 1 << enum plan_listen_env */
	uint32_t log_out;	 /* index in the log blocks or PLAN_NONE (/dev/null) */
	uint32_t log_err;	 /* may be the same as log_out */
	uint32_t log;		 /* enum plan_log */
	uint32_t log_option;	 /* string: the words behind it, joined by a space */

	struct plan_schedule schedule;
	uint32_t scheduled; /* 1: schedule is meant */
	uint32_t reserved4;
};

struct plan_header {
	uint32_t magic;		    /*  0 PLAN_MAGIC */
	uint32_t version;	    /*  4 PLAN_VERSION */
	uint32_t size;		    /*  8 of the whole plan */
	uint32_t slot_size;	    /* 12 sizeof(struct plan_slot) */
	uint32_t count;		    /* 16 slots, probes included */
	uint32_t visible;	    /* 20 slots without the probes, which are the last */
	uint32_t slots;		    /* 24 offset of slot 0 */
	uint32_t helpers;	    /* 28 offset of the two helpers */
	uint32_t main;		    /* 32 slot index of the main program, or PLAN_NONE */
	uint32_t host;		    /* 36 enum plan_host */
	uint32_t uid;		    /* 40 init's own */
	uint32_t gid;		    /* 44 */
	uint32_t landlock_abi;	    /* 48 0: none */
	uint32_t log_count;	    /* 52 of descriptors.h */
	uint32_t notify_count;	    /* 56 */
	uint32_t listen_count;	    /* 60 */
	uint64_t stop_timeout;	    /* 64 nanoseconds, the whole stop */
	uint64_t forward;	    /* 72 or of all slots' forward */
	uint64_t built;		    /* 80 CLOCK_REALTIME nanoseconds */
	uint32_t timezone;	    /* 88 string: TZ, or 0 */
	uint32_t directory;	    /* 92 string: where the declarations were read */
	struct plan_list operators; /* 96 of uint32_t uids */
	struct plan_list notices;   /* 104 of uint32_t strings: what cannot be had here */
	struct plan_list listens;   /* 112 of struct plan_listen, all, in block order */
	struct plan_list notifies;  /* 120 of struct plan_listen, in block order; length 0: a pipe,
				       else a datagram socket to bind */
	struct plan_list rules;	    /* 128 of struct plan_rule, sorted by path: `lockdown` */
	struct plan_list accepts;   /* 136 of uint32_t strings: an `accept` line each, its words
				      joined by a space */
	struct plan_list accounts;  /* 144 of struct plan_account */
	uint64_t reserved[13];
};

_Static_assert(sizeof(struct plan_header) == 256, "the plan's header is 256 bytes");
_Static_assert(sizeof(struct plan_slot) % 8 == 0, "records stay aligned");
_Static_assert(sizeof(struct plan_listen) == 136, "a listen record is 136 bytes");

/* 0 when `plan` of `size` bytes is whole: every reference inside, every index below its count. */
int plan_check(void const *plan, size_t size);

static inline struct plan_header const *plan_header(void const *plan)
{
	return plan;
}

static inline struct plan_slot const *plan_slot(void const *plan, uint32_t index)
{
	return (struct plan_slot const *)((char const *)plan + plan_header(plan)->slots) + index;
}

static inline struct plan_slot const *plan_helper(void const *plan, enum plan_helper which)
{
	return (struct plan_slot const *)((char const *)plan + plan_header(plan)->helpers) + which;
}

/* The string at `offset`; "" for 0. */
static inline char const *plan_string(void const *plan, uint32_t offset)
{
	return offset ? (char const *)plan + offset : "";
}

static inline uint32_t const *plan_words(void const *plan, struct plan_list list)
{
	return (uint32_t const *)(void const *)((char const *)plan + list.offset);
}

static inline struct plan_limit const *plan_limits(void const *plan, struct plan_list list)
{
	return (struct plan_limit const *)(void const *)((char const *)plan + list.offset);
}

static inline struct plan_path const *plan_paths(void const *plan, struct plan_list list)
{
	return (struct plan_path const *)(void const *)((char const *)plan + list.offset);
}

static inline struct plan_rule const *plan_rules(void const *plan, struct plan_list list)
{
	return (struct plan_rule const *)(void const *)((char const *)plan + list.offset);
}

static inline struct plan_account const *plan_accounts(void const *plan, struct plan_list list)
{
	return (struct plan_account const *)(void const *)((char const *)plan + list.offset);
}

static inline struct plan_listen const *plan_listens(void const *plan, struct plan_list list)
{
	return (struct plan_listen const *)(void const *)((char const *)plan + list.offset);
}

#endif
