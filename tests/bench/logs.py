# SPDX-License-Identifier: ISC
"""How fast a service's lines get to a file, and what that costs the logger: from the first line to
the last one in the file, while nobody else writes. The floor writes the file by itself."""

import os
import shutil
import subprocess
import time

from bed import Failed, PATIENCE, Stamps, children

MEGABYTES = 1000
ROUNDS = 3
LINE = 100
TICKS = os.sysconf("SC_CLK_TCK")
# What is added to each line, or None where that is not known beforehand.
MODES = {"plain": 0, "prefix": len("flood | "), "json": None, "file": 0}
BUDGETS = {"plain": 1500, "prefix": 600}


class Flood:
    """One contestant's run: `sink` is the file that grows, `size` what it grows to."""

    def __init__(self, shop, name):
        self.shop = shop
        self.folder = shop.file("logs-" + name)
        os.mkdir(self.folder, 0o755)
        self.stamps = Stamps(self.folder + ".stamps", 1)
        self.sink = os.path.join(self.folder, "sink")
        self.size = MEGABYTES * 1000000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stamps.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def words(self):
        return [self.shop.file("flood"), self.stamps.path, "1", str(MEGABYTES)]

    def finish(self, process):
        """Megabytes a second, once all is in the file."""
        end = time.monotonic() + PATIENCE
        while True:
            now = time.monotonic_ns()
            grown = os.path.getsize(self.sink) if os.path.exists(self.sink) else 0
            if grown >= self.size and self.stamps.get(1):
                return MEGABYTES / ((now - self.stamps.get(1)) / 1e9)
            if time.monotonic() > end or process.poll() not in (None, 0):
                raise Failed(f"{self.folder}: {grown} of {self.size} bytes came")
            time.sleep(0.001)


def used(pid):
    """Seconds of CPU time of a process."""
    words = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS


def logger(init):
    for pid in children(init):
        if open(f"/proc/{pid}/cmdline", "rb").read().startswith(b"orlop-log\0"):
            return pid
    raise Failed("there is no logger")


def orlop(shop, mode):
    """(megabytes a second, seconds of the logger's CPU time for 2^30 bytes)"""
    with Flood(shop, mode) as flood:
        os.mkdir(os.path.join(flood.folder, "services"), 0o755)
        log = f"file:{flood.folder}/of size=2G" if mode == "file" else mode
        with open(os.path.join(flood.folder, "services", "flood.ini"), "w") as file:
            file.write(f"command = {' '.join(flood.words())}\ntype = oneshot\nuser = nobody\n"
                       f"log = {log}\n")
        with open(os.path.join(flood.folder, "services", "idle.ini"), "w") as file:
            file.write("command = sleep 1000\nuser = nobody\nlog = none\n")
        if mode == "file":
            flood.sink = os.path.join(flood.folder, "of", "flood.log")
        added = MODES[mode]
        if added is None:
            added = len('{"time":"2026-11-24T09:46:40.123456Z","service":"flood",'
                        '"stream":"stdout","line":""}')
        flood.size += added * (flood.size // LINE)
        with open(flood.sink if mode != "file" else os.devnull, "wb") as output:
            process = subprocess.Popen(
                ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--kill-child", "--",
                 shop.file("orlop-init"), f"--directory={flood.folder}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        try:
            rate = flood.finish(process)
            cost = used(logger(children(process.pid)[0]))
        finally:
            for pid in children(process.pid):
                os.kill(pid, 9)
            process.wait()
    return rate, cost * (1 << 30) / (MEGABYTES * 1e6)


def floor(shop):
    with Flood(shop, "floor") as flood, open(flood.sink, "wb") as output:
        process = subprocess.Popen(flood.words(), stdout=output)
        process.wait()
        return flood.finish(process), 0


def s6_log(shop):
    with Flood(shop, "s6") as flood:
        directory = os.path.join(flood.folder, "of")
        flood.sink = os.path.join(directory, "current")
        writer = subprocess.Popen(flood.words(), stdout=subprocess.PIPE)
        reader = subprocess.Popen(["s6-log", "n2", "s268435455", directory], stdin=writer.stdout)
        writer.stdout.close()
        begin = time.monotonic()
        writer.wait()
        _, status, usage = os.wait4(reader.pid, 0)
        reader.returncode = os.waitstatus_to_exitcode(status)
        if reader.returncode:
            raise Failed("s6-log failed")
        cost = usage.ru_utime + usage.ru_stime
        return MEGABYTES / (time.monotonic() - begin), cost * (1 << 30) / (MEGABYTES * 1e6)


def measure_logs(shop, table):
    """Each round has all of them, so that they meet the same machine."""
    runs = {"floor": lambda: floor(shop)}
    for mode in MODES:
        runs[f"orlop {mode}"] = lambda mode=mode: orlop(shop, mode)
    if shutil.which("s6-log"):
        runs["s6-log"] = lambda: s6_log(shop)
    found = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            found[name].append(run())
    for name, samples in found.items():
        least = BUDGETS.get(name.rpartition(" ")[2])
        table.add("lines of 100 bytes to a file", name, [rate for rate, _ in samples], "MB/s",
                  budget=("least", least) if least else None)
    for name, samples in found.items():
        if name != "floor":
            table.add("the logger's CPU time for a GiB", name, [cost for _, cost in samples], "s",
                      budget=("value", 1) if name[:12] in ("orlop plain", "orlop prefix") else None)
