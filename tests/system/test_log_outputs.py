"""The logger and what its output may be: a pipe, files, a terminal; slow, full, or gone."""
import collections
import os
import pathlib
import pty
import select
import signal
import termios

import pytest

from conftest import wait_for
from logged import LoggedTree, Reader, commands, to_file, to_pipe

KILLS = 50


def terminal():
    """Both ends of a terminal that changes no byte."""
    near, far = pty.openpty()
    modes = termios.tcgetattr(far)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(far, termios.TCSANOW, modes)
    return near, far


def output_of(kind, path):
    """The descriptor to write to, and who knows what came of it."""
    if kind == "terminal":
        near, far = terminal()
        return far, Reader(near)
    return to_pipe() if kind == "pipe" else to_file(path, kind == "append")


def kill_loggers(tree, count):
    """Kills that many loggers, each one that is seen, and returns how many there were."""
    seen = {}
    for _ in range(200 * count):
        path = f"/proc/{tree.init}/task/{tree.init}/children"
        for pid in pathlib.Path(path).read_text().split():
            try:
                name = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
                if name.startswith(b"orlop-log") and pid not in seen:
                    os.kill(int(pid), signal.SIGKILL)
                    seen[pid] = True
            except OSError:
                continue
        if len(seen) >= count:
            break
        select.select([], [], [], 0.002)
    return len(seen)


def numbered(name):
    """Says numbered lines as fast as it can until it is told to stop, then how many there were."""
    script = ("i=0; trap 'stop=1' TERM;"
              f" while [ -z \\\"$stop\\\" ]; do echo {name} $i {name}; i=$((i+1)); done;"
              f" echo {name} $i last")
    return f'command = sh -c "{script}"'


@pytest.mark.parametrize("kind", ["pipe", "append", "file", "terminal"])
def test_killed_loggers_lose_repeat_or_tear_lines(declare, kind):
    names = ["a", "bb", "ccc", "dddd", "eeeee"]
    for name in names:
        declare.service(name, numbered(name))
    descriptor, output = output_of(kind, declare.path / "log")
    tree = LoggedTree(declare, descriptor)
    for name in names:
        tree.wait_state(name, "up")
    assert kill_loggers(tree, KILLS) == KILLS
    assert tree.stop() == 0
    said = collections.defaultdict(list)
    last = {}
    for line in output.text().splitlines():
        words = line.split()
        if words[0] in ("orlop:", "orlop-log:"):
            continue
        assert len(words) == 3 and words[0] in names, f"torn: {line}"
        if words[2] == "last":
            last[words[0]] = int(words[1])
        else:
            assert words[2] == words[0], f"torn: {line}"
            said[words[0]].append(int(words[1]))
    for name in names:
        assert said[name] == list(range(last[name]))
        assert last[name] > 0


def test_a_terminal_that_was_hung_up_blocks_the_services(declare):
    declare.service("talker", 'command = seq 0 99999\ntype = oneshot\n')
    declare.service("idle", "sleep 1000")
    near, far = terminal()
    tree = LoggedTree(declare, far)
    tree.wait_state("idle", "up")
    assert tree.services()["talker"]["state"] == "starting"
    os.close(near)
    tree.wait_state("talker", "done")
    assert tree.stop() == 0


def test_a_line_without_end_silences_the_others(declare):
    declare.service("endless", "sh -c \"exec tr '\\\\0' x </dev/zero\"")
    declare.service("talker", 'command = sh -c "while :; do echo here I am; sleep 0.01; done"\n')
    descriptor, output = to_pipe()
    tree = LoggedTree(declare, descriptor)
    start = 0

    def heard():
        nonlocal start
        length = len(output.got)
        found = output.got.find(b"\nhere I am\n", start)
        start = max(0, length - 20)
        return found >= 0
    wait_for(lambda: len(output.got) > 1 << 20, 20)
    start = len(output.got)
    wait_for(heard, 20)
    tree.kill()


def test_a_long_line_is_torn(declare):
    declare.service("long", "command = sh -c \"head -c 10000000 /dev/zero | tr '\\\\0' x; echo\"\n"
                    "type = oneshot\n")
    declare.service("talker", "command = seq 1 50000\ntype = oneshot\n")
    declare.service("idle", "sleep 1000")
    descriptor, output = to_file(declare.path / "log")
    tree = LoggedTree(declare, descriptor)
    tree.wait_state("long", "done")
    tree.wait_state("talker", "done")
    assert tree.stop() == 0
    lines = output.text().splitlines()
    assert lines.count("x" * 10000000) == 1
    assert [line for line in lines if line.isdigit()] == [str(i) for i in range(1, 50001)]


def test_a_full_disk_stops_more_than_the_talkers(declare):
    declare.settings("stop-timeout = 1s\n")
    declare.service("talker", 'command = sh -c "while :; do echo here I am; done"\n')
    declare.service("quiet", "sleep 1000")
    tree = LoggedTree(declare, os.open("/dev/full", os.O_WRONLY))
    tree.wait_state("quiet", "up")
    assert tree.orlop("restart", "quiet").returncode == 0
    assert tree.orlop("health").returncode == 0
    assert tree.stop() == 0


def test_a_service_without_a_log_is_heard_or_has_no_output(declare):
    declare.service("mute", 'command = sh -c "echo heard && echo heard >&2 && exec sleep 1000"',
                    log="none")
    descriptor, output = to_pipe()
    tree = LoggedTree(declare, descriptor)
    wait_for(lambda: b"sleep\0" b"1000\0" in commands(tree).values())
    assert tree.stop() == 0
    assert "heard" not in output.text()
