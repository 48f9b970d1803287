"""Orlop that is not PID 1: it leaves nothing of its own behind, and kills nothing of anybody else."""
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import INIT, ORLOP, read_proc, shell, wait_for

# A chain of $1 daemons, each in a session of its own; the last tells its pid.
CHAIN = """#!/bin/sh
[ "$1" = 0 ] && { echo "last=$$"; exec sleep 1000; }
setsid "$0" $(($1 - 1)) &
[ "$1" = "$2" ] && echo >&3
wait
exec sleep 1000
"""
READY = {"ready": "fd:3"}
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Orlop:
    """orlop-init as an ordinary process of this machine."""

    def __init__(self, directory, *arguments, log, prefix=()):
        self.path = pathlib.Path(directory) / log
        with open(self.path, "wb") as output:
            self.process = subprocess.Popen(
                [*prefix, INIT, f"--directory={directory}", *arguments], stdout=output,
                stderr=output, stdin=subprocess.DEVNULL)

    def output(self):
        return self.path.read_text(errors="replace")

    def pid_of(self, name):
        """The pid that was told as `name=pid`, once it was."""
        def look():
            return next((w for w in self.output().split() if w.startswith(f"{name}=")), None)
        return int(wait_for(look, message=f"no {name}: {self.output()}").split("=")[1])

    def ready(self, name):
        def look():
            return subprocess.run([ORLOP, "wait", "--ready", f"--pid={self.process.pid}", name],
                                  capture_output=True, timeout=20, check=False).returncode == 0
        wait_for(look, message=f"{name} is not ready: {self.output()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def alive(pid):
    try:
        return read_proc(pid, "State")[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def orlop(declare):
    """Starts orlop-init on the declarations, and ends what it started."""
    (declare.path / "chain").write_text(CHAIN)
    (declare.path / "chain").chmod(0o755)
    declare.settings("stop-timeout = 1h\n")
    started = []

    def start(*arguments, **more):
        started.append(Orlop(declare.path, *arguments, log=f"log{len(started)}", **more))
        return started[-1]
    yield start
    for one in started:
        # Twice means now; killed, it would leave its services behind.
        for number in (signal.SIGTERM, signal.SIGINT):
            one.process.send_signal(number)
        try:
            one.process.wait(10)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


@pytest.fixture
def stranger():
    """A process that is nobody's child here, under a uid that a service has."""
    process = subprocess.Popen([*AS_NOBODY, "setsid", "sleep", "1000"])
    yield process
    process.kill()
    process.wait()


def daemon(declare, name="parent", depth=1, **more):
    declare.service(name, f"{declare.path}/chain {depth} {depth}", **READY, **more)


@pytest.mark.parametrize("depth", [1, 6])
def test_a_daemon_that_left_its_group_outlives_the_end(declare, orlop, depth):
    # Deeper down each is a child of init only once the one above it is dead.
    daemon(declare, depth=depth)
    one = orlop()
    one.ready("parent")
    last = one.pid_of("last")
    assert one.stop() == 0
    assert not alive(last)
    assert "is killed" not in one.output() and "left behind" not in one.output()


def test_a_daemon_without_a_log_pipe_outlives_the_end(declare, orlop):
    # The logger has read all there is: nothing but the process itself is left to wait for.
    declare.service("parent", shell("setsid sh -c 'echo last=$$; exec sleep 1000 >$0 2>&1' "
                                    "/dev/null & echo >&3; exec sleep 1000"), **READY)
    one = orlop()
    one.ready("parent")
    last = one.pid_of("last")
    wait_for(lambda: os.readlink(f"/proc/{last}/fd/1") == "/dev/null")
    assert one.stop() == 0
    assert not alive(last)


def test_the_end_kills_another_orlop_or_a_stranger(declare, orlop, stranger):
    daemon(declare, user="nobody")
    one, other = orlop(), orlop()
    for each in (one, other):
        each.ready("parent")
    first, second = one.pid_of("last"), other.pid_of("last")
    assert one.stop() == 0
    assert not alive(first)
    assert alive(second) and stranger.poll() is None and other.process.poll() is None
    other.ready("parent")
    assert other.stop() == 0
    assert not alive(second) and stranger.poll() is None


HIDEPID = ["unshare", "--mount", "sh", "-c",
           'mount -t proc -o hidepid=2 proc /proc && exec "$0" "$@"']


@pytest.mark.parametrize("prefix", [[], HIDEPID], ids=["", "hidepid"])
def test_one_that_shares_its_uid_with_all_kills_them(declare, orlop, stranger, prefix):
    daemon(declare)
    one = orlop(prefix=[*prefix, *AS_NOBODY])
    one.ready("parent")
    last = one.pid_of("last")
    assert one.stop() == 0
    assert not alive(last) and stranger.poll() is None


def test_the_orlop_of_a_service_leaves_its_own_behind(declare, orlop):
    # The inner one has no time to end anything: what it had is the outer one's then.
    inner = declare.path / "inner"
    (inner / "services").mkdir(parents=True)
    file = inner / "services" / "parent.ini"
    file.write_text(f"command = {declare.path}/chain 1 1\nready = fd:3\n")
    declare.service("nested", f"{INIT} --directory={inner}", user="root", confine="off")
    one = orlop()
    one.ready("nested")
    last = one.pid_of("last")
    one.process.send_signal(signal.SIGTERM)
    one.process.send_signal(signal.SIGINT)
    assert one.process.wait(20) == 0
    assert not alive(last)


BOMB = """
#include <signal.h>
#include <unistd.h>
int main(void)
{
	for (int i = 1; i < 65; i++)
		signal(i, SIG_IGN);
	for (;;) {
		if (fork() == 0)
			setsid();
		usleep(1000);
	}
}
"""


def of_program(path):
    """Processes that are alive and execute this file."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "exe") == str(path):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_what_forks_for_ever_outlives_the_end(declare, orlop, tmp_path):
    # They are not killed at one stroke, as in a namespace that ends.
    bomb = declare.path / "bomb"
    (tmp_path / "bomb.c").write_text(BOMB)
    subprocess.run(["gcc", "-o", bomb, tmp_path / "bomb.c"], check=True)
    declare.service("bomb", str(bomb), limits="nproc=60", stop_timeout="100ms")
    declare.settings("stop-timeout = 5s\n")
    one = orlop()
    try:
        wait_for(lambda: len(of_program(bomb)) > 40)
        assert one.stop() == 0
        assert not of_program(bomb)
    finally:
        while of_program(bomb):
            subprocess.run(["kill", "-KILL", *map(str, of_program(bomb))], check=False)


def test_without_proc_the_end_hangs_or_is_silent(declare, orlop):
    # The daemon holds the log pipe, so that the end comes with the stop-timeout.
    declare.settings("stop-timeout = 2s\n")
    daemon(declare)
    one = orlop(prefix=["unshare", "--mount"])
    one.ready("parent")
    last = one.pid_of("last")
    subprocess.run(["nsenter", "--mount", f"--target={one.process.pid}", "umount", "-l", "/proc"],
                   check=True)
    try:
        assert one.stop() == 0
        assert one.output().count("may be left behind") == 1
    finally:
        if alive(last):
            os.kill(last, signal.SIGKILL)


def test_without_proc_a_command_alone_is_silent(orlop):
    one = orlop("--services=none", "--", "sh", "-c", "exit 7",
                prefix=["unshare", "--mount", "sh", "-c", 'umount -l /proc; exec "$0" "$@"'])
    assert one.process.wait(20) == 7
    assert one.output().count("may be left behind") == 1


def test_a_command_alone_leaves_its_daemons_behind(declare, orlop, stranger):
    one = orlop("--services=none", "--", "sh", "-c", f"{declare.path}/chain 3 3 3>&1 & "
                f"until grep -q last= {declare.path}/log0; do sleep 0.01; done; exit 7")
    assert one.process.wait(20) == 7
    assert not alive(one.pid_of("last"))
    assert stranger.poll() is None
