/* SPDX-License-Identifier: ISC */
/*
 * What orlop-init tells the program that it is to go on as, in the memfd FD_RENEW of 4096 bytes:
 * all that is neither in the tables nor kept by the kernel over execve(2). Before init becomes
 * that program a child of it does: the trial, which looks whether it understands the tables and
 * writes its verdict here. Whatever changes here, in the tables or in the numbers of descriptors
 * needs a new version of what it belongs to; a program of another version is refused.
 */
#ifndef ORLOP_WIRE_RENEW_H
#define ORLOP_WIRE_RENEW_H

#include <stdint.h>

enum {
	RENEW_MAGIC = 0x4f524c4e, /* "ORLN" */
	RENEW_VERSION = 1,
	RENEW_FITS = 0x46495453, /* "FITS" */
	RENEW_PATH = 4040
};

/* The one argument. */
#define RENEW_TRIAL "--renew=trial"
#define RENEW_GO    "--renew=go"

struct renew {
	uint32_t magic;	       /*  0 RENEW_MAGIC */
	uint32_t version;      /*  4 RENEW_VERSION */
	uint32_t verdict;      /*  8 RENEW_FITS, or 0 */
	int32_t error;	       /* 12 errno that speaks against it, 0 for none */
	uint32_t of_helper;    /* 16 1: that is the supervisor's and logger's program's */
	uint32_t limit_raised; /* 20 1: init has raised its own limit of descriptors */
	uint64_t limit_soft;   /* 24 what it was before, which children get */
	uint64_t limit_hard;   /* 32 */
	char name[16];	       /* 40 of the process, ended by zero bytes */
	char path[RENEW_PATH]; /* 56 of init's program, ended by zero bytes */
};

_Static_assert(sizeof(struct renew) == 4096, "a page");

#endif
