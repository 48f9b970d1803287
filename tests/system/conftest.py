"""Fixtures of the system tests: Orlop as PID 1 of a namespace of its own, in milliseconds.

Every test gets its own pid and mount namespace through unshare(1); nothing outlives it, since the
namespace dies with its PID 1.
"""
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ORLOP_BUILD", ROOT / "build"))
INIT = BUILD / "orlop-init"
ORLOP = BUILD / "orlop"
# A /run of its own too: notify sockets and the like stay off the machine's.
BED = ["unshare", "--pid", "--fork", "--mount-proc", "--mount", "--kill-child",
       "sh", "-c", 'mount -t tmpfs -o mode=0755 tmpfs /run && exec "$0" "$@"']


def wait_for(what, seconds=10, message=None):
    """Waits for what() to be true and returns its value; an event, bounded, never a fixed sleep."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(message or f"not within {seconds} s: {what}")
        select.select([], [], [], 0.005)


def shell(script, *arguments):
    """A command line that runs a shell script, in the words of a service file."""
    quoted = script.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(["sh", "-c", f'"{quoted}"', *arguments])


class Tree:
    """orlop-init in tree mode, its output read into a file, its namespace reachable from here."""

    def __init__(self, directory, arguments=(), environment=None, name=None, prefix=(), **popen):
        self.directory = directory
        self.log_path = directory / "output"
        self.log = open(self.log_path, "wb")
        program = [name or INIT, f"--directory={directory}", *arguments]
        self.process = subprocess.Popen(
            [*BED, *prefix, *program], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env={**os.environ, **(environment or {})}, **popen)

    @property
    def init(self):
        """The pid of init, seen from outside."""
        def child():
            path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
            try:
                pids = pathlib.Path(path).read_text().split()
            except (FileNotFoundError, ProcessLookupError):
                return None
            return int(pids[0]) if pids else None
        return wait_for(child, message=f"init did not start: {self.output()}")

    def orlop(self, *arguments, check=False, **run):
        """The user's command, inside the namespace."""
        command = ["nsenter", "--pid", "--mount", "--target", str(self.init), str(ORLOP)]
        return subprocess.run([*command, *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=check, **run)

    def status(self):
        """`orlop status --json`, or None while there is no tree to ask yet."""
        result = self.orlop("status", "--json")
        return json.loads(result.stdout) if result.returncode == 0 and result.stdout else None

    def services(self):
        status = self.status()
        return {s["name"]: s for s in status["services"]} if status else {}

    def wait_state(self, name, *states, seconds=10):
        """Waits until the service is in one of the states; its entry."""
        def look():
            service = self.services().get(name)
            return service if service and service["state"] in states else None
        return wait_for(look, seconds, f"{name} is not {states}: {self.services()}\n{self.output()}")

    def output(self):
        return self.log_path.read_text(errors="replace")

    def send(self, number):
        os.kill(self.init, number)

    def wait(self, seconds=20):
        """The exit status of the container."""
        return self.process.wait(seconds)

    def stop(self, number=signal.SIGTERM):
        self.send(number)
        return self.wait()

    def kill(self):
        # By init's own pid: unshare's --kill-child is not armed in its first instant.
        if self.process.poll() is None:
            try:
                os.kill(self.init, signal.SIGKILL)
            except (AssertionError, ProcessLookupError):
                pass  # it has ended meanwhile
            self.process.kill()
        self.process.wait()
        self.log.close()


class Declarations:
    """A directory of declarations, owned as orlop-plan wants it."""

    def __init__(self, path):
        self.path = path
        (path / "services").mkdir(mode=0o755)
        self.trees = []

    def service(self, name, text, **more):
        lines = text if text.startswith("command") else f"command = {text}"
        extra = "".join(f"{key.replace('_', '-')} = {value}\n" for key, value in more.items())
        (self.path / "services" / f"{name}.ini").write_text(f"{lines}\n{extra}")
        (self.path / "services" / f"{name}.ini").chmod(0o644)

    def settings(self, text):
        (self.path / "orlop.ini").write_text(text)
        (self.path / "orlop.ini").chmod(0o644)

    def start(self, *arguments, **more):
        tree = Tree(self.path, arguments, **more)
        self.trees.append(tree)
        return tree


@pytest.fixture
def declare():
    """A fresh declarations directory, readable by every uid, and the trees started from it."""
    path = pathlib.Path(subprocess.check_output(["mktemp", "-d", "/tmp/orlop-test.XXXXXX"],
                                                text=True).strip())
    path.chmod(0o755)
    declarations = Declarations(path)
    yield declarations
    for tree in declarations.trees:
        tree.kill()
    shutil.rmtree(path, ignore_errors=True)


def read_proc(pid, name):
    """A field of /proc/PID/status."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return re.search(rf"^{name}:[ \t]*(.*)$", text, re.M).group(1).split()


def processes_in(init):
    """All processes in init's pid namespace, outside pids."""
    namespace = os.readlink(f"/proc/{init}/ns/pid")
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.readlink(entry / "ns" / "pid") == namespace:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
