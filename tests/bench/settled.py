# SPDX-License-Identifier: ISC
"""What can be measured of trees that have been up for a while. All of them are booted at once and
settle together: a service that has been up for ten seconds is restarted without a delay by
Orlop, and what it watches after a change (a supervisor that hangs) has run out by then too."""

import mmap
import os
import signal
import statistics
import struct
import subprocess
import tempfile
import time

from trees import Caged, Orlop, Runit, S6, Supervisord

KINDS = (Orlop, Caged, S6, Runit, Supervisord)
SMALL, LARGE = 10, 110
SETTLED = 11
WATCHED = 5
RESTARTS = 40
SLOW = {"s6": 5, "supervisord": 5}  # restarts, of a second each
SUPERVISORS = 15
CHECKS = 40


class Settled:
    """The beds of all contestants, at N = 10 and at N = 110, from boot to the last measure."""

    def __init__(self, shop):
        self.shop = shop
        self.trees, self.beds = [], {}

    def __enter__(self):
        try:
            for count in (SMALL, LARGE):
                for kind in KINDS:
                    tree = kind(self.shop, count)
                    self.trees.append(tree)
                    bed = tree.boot()
                    self.beds[tree.name, count] = bed
                    bed.boot()
        except BaseException:
            self.__exit__()
            raise
        self.begin = time.monotonic()
        return self

    def __exit__(self, *_):
        for bed in self.beds.values():
            bed.__exit__()
        for tree in self.trees:
            tree.remove()

    def settle(self, seconds):
        time.sleep(max(0, self.begin + seconds - time.monotonic()))


def measure_settled(shop, table, rows):
    with Settled(shop) as settled:
        settled.settle(2)
        if "memory" in rows:
            measure_memory(settled, table)
        if "processes" in rows:
            measure_processes(settled, table)
        if {"idle", "restart"} & set(rows):
            settled.settle(SETTLED)
        if "idle" in rows:
            measure_idle(settled, table)
        if "restart" in rows:
            measure_restart(settled, table)
        if "supervisor" in rows:
            measure_supervisor(settled, table)
        if "health" in rows:
            measure_health(settled, table)


def private_dirty(pid):
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1])
    return 0


def measure_memory(settled, table):
    used = {key: sum(map(private_dirty, bed.processes()[0])) for key, bed in settled.beds.items()}
    for kind in KINDS:
        small = used[kind.name, SMALL]
        table.add(f"private dirty memory, N = {SMALL}", kind.name, [small], "KiB",
                  budget=("value", 300) if issubclass(kind, Orlop) else None)
    for kind in KINDS:
        each = (used[kind.name, LARGE] - used[kind.name, SMALL]) / (LARGE - SMALL)
        table.add("and for each service more", kind.name, [each], "KiB",
                  budget=("value", 1) if issubclass(kind, Orlop) else None)


def measure_processes(settled, table):
    for kind in KINDS:
        keepers = len(settled.beds[kind.name, LARGE].processes()[0])
        table.add(f"processes besides, N = {LARGE}", kind.name, [keepers], "",
                  budget=("value", 3) if issubclass(kind, Orlop) else None)


def switches(pid):
    """How often it has slept and woken up."""
    return sum(int(line.split()[1]) for line in open(f"/proc/{pid}/status")
               if line.startswith("voluntary_ctxt_switches:"))


def measure_idle(settled, table):
    """Two looks of five seconds: at the counters of the kernel, then through strace."""
    keepers = {kind.name: settled.beds[kind.name, SMALL].processes()[0] for kind in KINDS}
    before = {name: sum(map(switches, pids)) for name, pids in keepers.items()}
    time.sleep(WATCHED)
    for name, pids in keepers.items():
        woken = sum(map(switches, pids)) - before[name]
        table.add(f"wake-ups in {WATCHED} s", name, [woken], "",
                  budget=("value", 0) if name.startswith("orlop") else None)
    for name, called in traced(keepers).items():
        table.add(f"system calls in {WATCHED} s", name, [called], "",
                  budget=("value", 0) if name.startswith("orlop") else None)


def traced(keepers):
    """Lines that strace writes once it has settled: attaching to a process ends its sleep once."""
    watchers = {}
    for name, pids in keepers.items():
        log = tempfile.TemporaryFile()
        targets = [word for pid in pids for word in ("-p", str(pid))]
        watchers[name] = (subprocess.Popen(["strace", "-q", *targets], stderr=log), log)
    time.sleep(1)
    before = {name: lines(log) for name, (_, log) in watchers.items()}
    time.sleep(WATCHED)
    calls = {name: lines(log) - before[name] for name, (_, log) in watchers.items()}
    for watcher, log in watchers.values():
        watcher.terminate()
        watcher.wait()
        log.close()
    return calls


def lines(log):
    return os.pread(log.fileno(), 1 << 24, 0).count(b"\n")


def measure_restart(settled, table):
    """SIGKILL of a service to its successor's first instruction; each dies once, in turn."""
    times = {kind.name: [] for kind in KINDS}
    services = {kind.name: settled.beds[kind.name, LARGE].processes()[1] for kind in KINDS}
    for index in range(1, RESTARTS + 1):
        for kind in KINDS:
            if index > SLOW.get(kind.name, RESTARTS):
                continue
            bed = settled.beds[kind.name, LARGE]
            bed.stamps.set(index, 0)
            begin = time.monotonic_ns()
            os.kill(services[kind.name][index], signal.SIGKILL)
            bed.await_cells(lambda: bed.stamps.get(index), "did not restart", 0.0005)
            times[kind.name].append((bed.stamps.get(index) - begin) / 1e6)
    budgets = {"orlop": ("value", 1.0), "orlop caged": ("value", 1.4)}
    for name, samples in times.items():
        table.add("restart of a settled service", name, samples, budget=budgets.get(name))
    cage = statistics.median(times["orlop caged"]) - statistics.median(times["orlop"])
    table.add("the cage's cost per start", "orlop caged", [cage], budget=("value", 0.35))


def measure_supervisor(settled, table):
    """SIGKILL of the supervisor to its successor's READY, as the slot table says (wire/slot.h)."""
    for kind in (Orlop, Caged):
        bed = settled.beds[kind.name, LARGE]
        before = bed.processes()[1]
        with open(f"/proc/{bed.init()}/fd/4", "rb") as file:
            header = mmap.mmap(file.fileno(), 128, prot=mmap.PROT_READ)
        samples = [kill_supervisor(bed, header) for _ in range(SUPERVISORS)]
        header.close()
        if bed.processes()[1] != before:
            raise bed.failed("lost a service with its supervisor")
        table.add("supervisor killed to ready", kind.name, samples, budget=("value", 5))


def measure_health(settled, table):
    """orlop health from fork to its exit status, as HEALTHCHECK runs it."""
    for kind in (Orlop, Caged):
        bed = settled.beds[kind.name, LARGE]
        command = [settled.shop.file("orlop"), "health", f"--pid={bed.init()}"]
        samples = []
        for _ in range(CHECKS):
            begin = time.monotonic_ns()
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  check=False)
            samples.append((time.monotonic_ns() - begin) / 1e6)
            if done.returncode:
                raise bed.failed(f"is not healthy: {done.stdout.decode()}")
        table.add(f"orlop health, N = {LARGE}", kind.name, samples, budget=("value", 5))


def kill_supervisor(bed, header):
    starts, ready = 32, 60

    def field(offset):
        return struct.unpack_from("I", header, offset)[0]

    bed.await_cells(lambda: field(ready) == field(starts), "has no supervisor that is ready")
    time.sleep(0.05)
    generation = field(starts)
    pid = next(pid for pid in bed.processes()[0]
               if open(f"/proc/{pid}/cmdline", "rb").read().startswith(b"orlop-supervise\0"))
    begin = time.monotonic_ns()
    os.kill(pid, signal.SIGKILL)
    bed.await_cells(lambda: field(ready) > generation, "has no new supervisor", 0.00005)
    return (time.monotonic_ns() - begin) / 1e6
