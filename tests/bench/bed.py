# SPDX-License-Identifier: ISC
"""Where an init lies while it is measured: as PID 1 of a pid and mount namespace of its own.

The services write the time of their first instruction into a shared file of 64-bit cells
(service.c), all of CLOCK_MONOTONIC, which every pid namespace shares; cell 0 is the moment just
before the exec of the init. So the bench itself may look late without measuring late.
"""

import mmap
import os
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time

PATIENCE = 120  # seconds until a program that does not come up or go down counts as failed


class Failed(Exception):
    """A program did not run, so there is nothing to measure."""


class Workshop:
    """A folder that nobody may look through too, with the programs copied as if installed."""

    def __init__(self, build):
        self.path = tempfile.mkdtemp(prefix="orlop-bench.")
        os.chmod(self.path, 0o711)
        for name in ("orlop-init", "orlop-confine", "orlop"):
            if os.path.exists(os.path.join(build, name)):
                shutil.copy(os.path.join(build, name), self.path)
                os.chmod(os.path.join(self.path, name), 0o755)
        sources = os.path.dirname(os.path.abspath(__file__))
        compiler = os.environ.get("MUSL_CC", "musl-gcc")
        for name in ("service", "floor", "minimal", "flood"):
            subprocess.run([compiler, "-std=c11", "-D_GNU_SOURCE", "-O2", "-static", "-s", "-o",
                            self.file(name), os.path.join(sources, name + ".c")], check=True)

    def file(self, *names):
        return os.path.join(self.path, *names)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Stamps:
    """Cells that the services write and the bench reads. Its name is that of its tree."""

    def __init__(self, path, count):
        self.path = path
        self.count = count
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.fchmod(self.file, 0o666)  # the services are nobody
        os.ftruncate(self.file, 8 * (count + 1))
        self.cells = mmap.mmap(self.file, 8 * (count + 1))

    def clear(self):
        self.cells[:] = bytes(len(self.cells))

    def read(self):
        return struct.unpack(f"{self.count + 1}Q", self.cells[:])

    def get(self, index):
        return struct.unpack_from("Q", self.cells, 8 * index)[0]

    def set(self, index, value):
        struct.pack_into("Q", self.cells, 8 * index, value)

    def close(self):
        self.cells.close()
        os.close(self.file)


class Bed:
    """One run of one init; a context manager, so that nothing of it is left behind."""

    def __init__(self, shop, stamps, command, environment=None):
        self.shop = shop
        self.stamps = stamps
        self.log = open(stamps.path + ".log", "w+b")
        stamps.clear()
        self.unshare = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--mount", "--mount-proc", "--kill-child", "--",
             shop.file("service"), stamps.path, "0", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.unshare.poll() is None:
            for pid in children(self.unshare.pid):
                kill(pid, signal.SIGKILL)
            try:
                self.unshare.wait(10)
            except subprocess.TimeoutExpired:
                self.unshare.kill()
                self.unshare.wait()
        self.log.close()

    def failed(self, what):
        self.log.seek(0)
        said = self.log.read()[-1500:].decode(errors="replace").strip()
        return Failed(f"{what}: {' '.join(self.unshare.args[10:])}\n{said}")

    def boot(self):
        """Seconds from the exec of the init to the last service's first instruction."""
        self.await_cells(lambda: 0 not in self.stamps.read(), "did not start every service")
        cells = self.stamps.read()
        return (max(cells[1:]) - cells[0]) / 1e9

    def await_cells(self, seen, complaint, step=0.002):
        end = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > end:
                raise self.failed(complaint)
            if self.unshare.poll() is not None and not seen():
                raise self.failed(f"ended with {self.unshare.returncode} and {complaint}")
            time.sleep(step)

    def init(self):
        """The init's pid, out here."""
        found = children(self.unshare.pid)
        if not found:
            raise self.failed("is gone")
        return found[0]

    def stop(self):
        """Seconds from TERM to the end of PID 1, which is the end of everything in there."""
        pid = self.init()
        watch = select.poll()
        fd = os.pidfd_open(pid)
        watch.register(fd, select.POLLIN)
        try:
            begin = time.monotonic_ns()
            os.kill(pid, signal.SIGTERM)
            if not watch.poll(PATIENCE * 1000):
                raise self.failed("did not stop")
            took = time.monotonic_ns() - begin
        finally:
            os.close(fd)
        status = self.unshare.wait()
        if status != 0:
            raise self.failed(f"stopped with status {status}")
        return took / 1e9

    def processes(self):
        """(the init and its helpers, {index: pid} of the services)."""
        keepers, services, wanted = [], {}, [self.init()]
        while wanted:
            pid = wanted.pop()
            wanted += children(pid)
            try:
                program = os.readlink(f"/proc/{pid}/exe")
                words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
            except OSError:
                continue  # it ended meanwhile
            if program == self.shop.file("service"):
                services[int(words[2])] = pid
            else:
                keepers.append(pid)
        return keepers, services


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as names:
            return [int(word) for word in names.read().split()]
    except OSError:
        return []


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
