# Orlop. Two commands do everything on Debian 12: `make demo` and `make check`.
# SPDX-License-Identifier: ISC
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all check lint check-unit check-valgrind check-system check-container check-style demo bench install dist clean setup

PREFIX ?= /usr
DESTDIR ?=
# make V=1 shows the commands
Q := $(if $(V),,@)
VERSION := 0.1.0
B := build

# What each program is made of. confine is a library as well as a program.
WIRE := $(wildcard src/wire/*.c)
CONFINE := $(filter-out src/confine/main.c,$(wildcard src/confine/*.c))
SYS := $(filter-out src/sys/fake.c,$(wildcard src/sys/*.c))
INIT := $(wildcard $(patsubst %,src/%/*.c,init boot renew hold plain)) \
	$(filter-out src/confine/users.c src/confine/host.c src/confine/base_paths.c src/confine/syscalls.c src/confine/arguments%,$(CONFINE)) $(WIRE) $(SYS)
CONFINE_PROGRAM := src/confine/main.c $(CONFINE) $(WIRE) $(SYS)
ORLOP := $(wildcard $(patsubst %,src/%/*.c,ctl plan supervise log probe lockdown audit build lib)) \
	$(CONFINE) $(WIRE) $(SYS)
TESTED := $(filter-out %/main.c src/sys/real.c src/lib/tz_sscanf.c,$(ORLOP) $(INIT)) src/sys/fake.c
TESTS := $(wildcard tests/unit/*_test.c)
MANUALS := $(wildcard src/*/*.[1578])

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla -Werror
CFLAGS ?= -O2
# Nobody unwinds a stack; and orlop is small before it is fast: together 53 kB less.
BARE := -fno-asynchronous-unwind-tables
SMALL := -Os $(BARE)
BASE := -std=c11 -D_GNU_SOURCE -DORLOP_VERSION='"$(VERSION)"' \
	-DORLOP_FOLDER='"$(PREFIX)/bin/"' -DORLOP_SHARE='"$(PREFIX)/share/orlop"' -Isrc -MMD -MP $(WARNINGS) \
	-fstack-protector-strong -fno-strict-aliasing
HARDEN := -D_FORTIFY_SOURCE=2 -fPIE
LINK := -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--as-needed
# glibc 2.36 relocates itself with 8 bytes for what took 1500
LINK_PIE := -static-pie -Wl,-z,pack-relative-relocs
SECTIONS := -ffunction-sections -fdata-sections
CC := gcc
MUSL_CC ?= musl-gcc
# musl-gcc hides the system's headers; the kernel's alone are wanted back.
KERNEL := $(B)/kernel-headers
MUSL_FLAGS = $(BASE) $(HARDEN) $(SECTIONS) $(CFLAGS) $(BARE) -idirafter $(KERNEL)
GLIBC_FLAGS = $(BASE) $(HARDEN) $(SECTIONS) $(CFLAGS) $(SMALL)
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
TEST_FLAGS = $(BASE) -Itests/unit -g -O1 $(SANITIZE)
SKALIBS := -lexecline -lskarnet
FLAGS = $(PREFIX) $(subst ',,$(MUSL_FLAGS) $(SMALL) $(TEST_FLAGS) $(LINK) $(LINK_PIE))

all: $(B)/orlop-init $(B)/orlop-confine $(B)/orlop

musl = $(patsubst %.c,$(B)/musl/%.o,$(1))
glibc = $(patsubst %.c,$(B)/glibc/%.o,$(1))
tested = $(patsubst %.c,$(B)/test/%.o,$(1))

$(KERNEL): | scripts/setup
	@scripts/setup build
	@mkdir -p $@
	@ln -sfn /usr/include/linux $@/linux
	@ln -sfn /usr/include/asm-generic $@/asm-generic
	@ln -sfn /usr/include/$$($(CC) -print-multiarch)/asm $@/asm

# Paths are compiled in: another PREFIX, like other flags, makes everything anew.
$(B)/flags: FORCE
	@mkdir -p $(B) && echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
.PHONY: FORCE

$(B)/musl/%.o: %.c $(B)/flags | $(KERNEL)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(MUSL_FLAGS) -c -o $@ $<
$(B)/glibc/%.o: %.c $(B)/flags | $(KERNEL)
	@mkdir -p $(@D)
	$(Q)$(CC) $(GLIBC_FLAGS) -c -o $@ $<
$(B)/test/%.o: %.c $(B)/flags | $(KERNEL)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_FLAGS) -c -o $@ $<

$(B)/orlop-init: $(call musl,$(INIT))
	$(Q)$(MUSL_CC) -static $(LINK) -s -o $@ $^
$(B)/orlop-confine: $(call musl,$(CONFINE_PROGRAM))
	$(Q)$(MUSL_CC) -static $(LINK) -s -o $@ $^
$(B)/orlop: $(call glibc,$(ORLOP))
	$(Q)$(CC) $(LINK_PIE) $(LINK) -s -o $@ $^ $(SKALIBS)

$(B)/test/liborlop.a: $(call tested,$(sort $(TESTED)))
	@rm -f $@
	@ar rcs $@ $^
$(B)/test/%_test: $(B)/test/tests/unit/%_test.o $(B)/test/liborlop.a
	$(Q)$(CC) $(SANITIZE) -o $@ $^ -lcmocka $(SKALIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# Tests. pytest's closing line comes last.
check: check-style lint check-unit check-valgrind all
	scripts/setup check
	/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/system tests/container

check-style: setup
	scripts/check-style
check-unit: setup $(patsubst tests/unit/%.c,$(B)/test/%,$(TESTS))
	@for t in $(patsubst tests/unit/%.c,$(B)/test/%,$(TESTS)); do \
		$$t >$$t.log 2>&1 || { cat $$t.log; echo "FAILED: $$t"; exit 1; }; done
	@echo "unit tests: $(words $(TESTS)) programs passed"
# Without the sanitizers, under valgrind. Those left out test limits, descriptors and clone(2),
# which valgrind takes for itself, and openat2(2), which it does not know.
VALGRIND := $(filter-out $(addprefix tests/unit/,assemble_test.c halves_test.c limits_test.c \
	mend_refused_test.c placing_test.c signals_test.c stage_test.c walk_test.c),$(TESTS))
check-valgrind: setup
	$(Q)$(MAKE) --no-print-directory B=$(B)/valgrind SANITIZE= check-unit >/dev/null
	@for t in $(patsubst tests/unit/%.c,$(B)/valgrind/test/%,$(VALGRIND)); do \
		valgrind -q --error-exitcode=9 --child-silent-after-fork=yes $$t >$$t.log 2>&1 || \
			{ cat $$t.log; echo "FAILED under valgrind: $$t"; exit 1; }; done
	@echo "valgrind: $(words $(VALGRIND)) programs clean"
check-system: all
	/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/system
check-container: all
	/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/container

demo: all
	scripts/setup demo
	scripts/demo
bench: all
	scripts/setup bench
	tests/bench/run

setup:
	@scripts/setup build check demo

# Both compilers and musl's, every warning an error, without linking.
lint:
	scripts/lint

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/orlop/presets
	install -m 0755 $(B)/orlop-init $(B)/orlop-confine $(B)/orlop $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/share/orlop/build/lib
	install -m 0755 $(filter-out %/lib,$(wildcard scripts/build/*)) $(DESTDIR)$(PREFIX)/share/orlop/build/
	install -m 0755 scripts/build/lib/* $(DESTDIR)$(PREFIX)/share/orlop/build/lib/
	install -m 0644 etc/presets/*.ini $(DESTDIR)$(PREFIX)/share/orlop/presets/
	sed -i 's|/usr/share/orlop/|$(PREFIX)/share/orlop/|' $(DESTDIR)$(PREFIX)/share/orlop/presets/build-*.ini
	install -D -m 0644 etc/completion/orlop.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/orlop
	install -D -m 0644 etc/completion/_orlop $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_orlop
	@for page in $(MANUALS); do \
		install -D -m 0644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done

# A tarball to unpack over any image: ADD orlop.tar.gz /
dist: all
	rm -rf $(B)/dist && mkdir -p $(B)/dist
	$(MAKE) --no-print-directory install DESTDIR=$(CURDIR)/$(B)/dist
	cd $(B)/dist && find * -type f | LC_ALL=C sort | tar --owner=0 --group=0 --numeric-owner \
		--mtime=@0 -czf ../orlop.tar.gz -T - # files alone: no directory of the image changes
	@ls -l $(B)/orlop.tar.gz

clean:
	rm -rf $(B)
