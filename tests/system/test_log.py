"""The logger, end to end: no line lost, none twice, none torn, whatever is killed or full."""
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import wait_for
from logged import LoggedTree, Reader, logger, to_file, to_pipe

LINES = 4000


def talker(name, count=LINES, more=""):
    """A oneshot that says `count` numbered lines."""
    return (f'command = sh -c "i=0; while [ $i -lt {count} ]; do echo {name} $i {name};'
            f' i=$((i+1)); done"\ntype = oneshot\n{more}')


def said(text, name):
    """The numbers of the whole lines of one service, in their order."""
    numbers = []
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[0] == words[2] == name:
            numbers.append(int(words[1]))
    return numbers


def assert_untorn(text, names):
    foreign = [line for line in text.splitlines() if line and not line.startswith("orlop")
               and not (len(line.split()) == 3 and line.split()[0] in names)]
    assert foreign == []


def test_lines_are_torn_or_lost(declare):
    names = ["aa", "bbbb", "cccccc"]
    for name in names:
        declare.service(name, talker(name))
    declare.service("idle", "sleep 1000")
    tree = declare.start()
    for name in names:
        tree.wait_state(name, "done", seconds=30)
    assert tree.stop() == 0
    for name in names:
        assert said(tree.output(), name) == list(range(LINES))
    assert_untorn(tree.output(), names)


@pytest.mark.parametrize("mode", ["plain", "prefix"])
@pytest.mark.parametrize("kind", ["pipe", "append", "file"])
def test_a_killed_logger_loses_or_repeats_lines(declare, kind, mode):
    names = ["aa", "bbbb"]
    for name in names:
        declare.service(name, talker(name, more=f"log = {mode}\n"))
    declare.service("idle", "sleep 1000")
    log = declare.path / "log"
    descriptor, output = to_pipe() if kind == "pipe" else to_file(log, kind == "append")
    tree = LoggedTree(declare, descriptor)
    kills = 0

    def kill_one():
        nonlocal kills
        pid = logger(tree)
        if pid:
            os.kill(pid, signal.SIGKILL)
            kills += 1
        return all(tree.services().get(name, {}).get("state") == "done" for name in names)
    wait_for(kill_one, 30)
    assert kills > 0
    assert tree.status()["logger"]["restarts"] > 0
    assert tree.stop() == 0
    text = output.text()
    for name in names:
        prefix = f"{name} | " if mode == "prefix" else ""
        lines = [line for line in text.splitlines() if line.startswith(f"{prefix}{name} ")]
        numbers = [int(line[len(prefix):].split()[1]) for line in lines]
        assert numbers == list(range(LINES))


def test_a_stopped_reader_stops_more_than_the_talkers(declare):
    declare.service("aa", talker("aa", 20000))
    declare.service("quiet", "sleep 1000")
    near, far = os.pipe()
    tree = LoggedTree(declare, far, subprocess.DEVNULL)
    tree.wait_state("quiet", "up")
    # Nobody reads: the talker waits, everything else works.
    pid = wait_for(lambda: logger(tree))
    wait_for(lambda: pathlib.Path(f"/proc/{pid}/wchan").read_text() in ("ep_poll", "0",
                                                                        "do_epoll_wait"))
    assert tree.services()["aa"]["state"] == "starting"
    assert tree.orlop("restart", "quiet").returncode == 0
    reader = Reader(near)
    tree.wait_state("aa", "done", seconds=30)
    assert tree.stop() == 0
    assert said(reader.text(), "aa") == list(range(20000))


def test_a_closed_output_blocks_the_services(declare):
    declare.service("aa", talker("aa", 20000))
    declare.service("idle", "sleep 1000")
    near, far = os.pipe()
    os.close(near)
    tree = LoggedTree(declare, far, subprocess.DEVNULL)
    tree.wait_state("aa", "done", seconds=30)
    assert tree.stop() == 0


def test_outputs_are_mixed_up(declare):
    declare.service("aa", 'command = sh -c "echo to-out; echo to-err >&2"\ntype = oneshot\n')
    declare.service("idle", "sleep 1000")
    out, written_out = to_file(declare.path / "out")
    err, written_err = to_file(declare.path / "err")
    tree = LoggedTree(declare, out, err)
    tree.wait_state("aa", "done")
    assert tree.stop() == 0
    assert written_out.text() == "to-out\n"
    assert "to-err\n" in written_err.text()


def test_last_words_without_newline_are_lost(declare):
    declare.service("aa", 'command = printf "last words"\ntype = oneshot\n')
    declare.service("idle", "sleep 1000")
    tree = declare.start()
    tree.wait_state("aa", "done")
    wait_for(lambda: "last words" in tree.output())
    assert tree.stop() == 0


def test_devices_of_the_log_cannot_be_opened(declare):
    declare.service("aa", 'command = sh -c "echo by-name >/dev/stdout; echo by-fd >/proc/self/fd/2"'
                          "\ntype = oneshot\nuser = daemon\n")
    declare.service("idle", "sleep 1000")
    tree = declare.start()
    tree.wait_state("aa", "done")
    assert tree.stop() == 0
    assert "by-name\n" in tree.output() and "by-fd\n" in tree.output()


def test_an_idle_logger_wakes_up(declare):
    declare.service("idle", "sleep 1000")
    tree = declare.start()
    tree.wait_state("idle", "up")
    pid = wait_for(lambda: logger(tree))

    def switches():
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return [line for line in text.splitlines() if "ctxt_switches" in line]
    # Two looks far enough apart that any timer of a second would show.
    wait_for(lambda: pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] == "S")
    before = switches()
    subprocess.run(["sleep", "2.2"], check=True)
    assert switches() == before
