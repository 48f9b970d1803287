"""The logger, end to end: no line lost, none twice, none torn, whatever is killed or full."""
import collections
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import BED, INIT, processes_in, wait_for

LINES = 4000


def logger(tree):
    for pid in processes_in(tree.init):
        try:
            if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"orlop-log"):
                return pid
        except OSError:
            continue
    return None


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
@pytest.mark.parametrize("output", ["pipe", "append", "file"])
def test_a_killed_logger_loses_or_repeats_lines(declare, output, mode):
    names = ["aa", "bbbb"]
    for name in names:
        declare.service(name, talker(name, more=f"log = {mode}\n"))
    declare.service("idle", "sleep 1000")
    path = declare.path / "log"
    stdout = {"pipe": subprocess.PIPE, "append": open(path, "ab"), "file": open(path, "wb")}[output]
    reader = None
    if output == "pipe":
        # A real pipe with a reader that takes it all.
        ends = os.pipe()
        reader = subprocess.Popen(["cat"], stdin=ends[0], stdout=open(path, "wb"))
        os.close(ends[0])
        stdout = ends[1]
    command = [*BED, INIT, f"--directory={declare.path}"]
    tree = declare.start()
    tree.kill()
    tree.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout,
                                    stderr=stdout)
    if output == "pipe":
        os.close(stdout)
    kills = 0
    while not all(tree.services().get(name, {}).get("state") == "done" for name in names):
        pid = logger(tree)
        if pid:
            os.kill(pid, signal.SIGKILL)
            kills += 1
    assert kills > 0
    assert tree.status()["logger"]["restarts"] > 0
    assert tree.stop() == 0
    if reader:
        assert reader.wait(20) == 0
    text = path.read_text()
    prefixes = {name: f"{name} | " if mode == "prefix" else "" for name in names}
    for name, prefix in prefixes.items():
        lines = [line for line in text.splitlines() if line.startswith(f"{prefix}{name} ")]
        numbers = [int(line[len(prefix):].split()[1]) for line in lines]
        repeated = [n for n, count in collections.Counter(numbers).items() if count > 1]
        assert sorted(set(numbers)) == list(range(LINES))
        assert repeated == [] or (mode == "prefix" and output == "pipe")
        assert numbers == sorted(numbers)


def test_a_stopped_reader_stops_more_than_the_talkers(declare):
    declare.service("aa", talker("aa", 20000))
    declare.service("quiet", "sleep 1000")
    ends = os.pipe()
    tree = declare.start()
    tree.kill()
    tree.process = subprocess.Popen([*BED, INIT, f"--directory={declare.path}"],
                                    stdin=subprocess.DEVNULL, stdout=ends[1],
                                    stderr=subprocess.DEVNULL)
    os.close(ends[1])
    tree.wait_state("quiet", "up")
    # Nobody reads: the talker waits, everything else works.
    pid = wait_for(lambda: logger(tree))
    wait_for(lambda: pathlib.Path(f"/proc/{pid}/wchan").read_text() in ("ep_poll", "0",
                                                                        "do_epoll_wait"))
    assert tree.services()["aa"]["state"] == "starting"
    assert tree.orlop("restart", "quiet").returncode == 0
    path = declare.path / "log"
    reader = subprocess.Popen(["cat"], stdin=ends[0], stdout=open(path, "wb"))
    os.close(ends[0])
    tree.wait_state("aa", "done", seconds=30)
    assert tree.stop() == 0
    assert reader.wait(20) == 0
    assert said(path.read_text(), "aa") == list(range(20000))


def test_a_closed_output_blocks_the_services(declare):
    declare.service("aa", talker("aa", 20000))
    declare.service("idle", "sleep 1000")
    ends = os.pipe()
    tree = declare.start()
    tree.kill()
    os.close(ends[0])
    tree.process = subprocess.Popen([*BED, INIT, f"--directory={declare.path}"],
                                    stdin=subprocess.DEVNULL, stdout=ends[1],
                                    stderr=subprocess.DEVNULL)
    os.close(ends[1])
    tree.wait_state("aa", "done", seconds=30)
    assert tree.stop() == 0


def test_outputs_are_mixed_up(declare):
    declare.service("aa", 'command = sh -c "echo to-out; echo to-err >&2"\ntype = oneshot\n')
    declare.service("idle", "sleep 1000")
    out, err = declare.path / "out", declare.path / "err"
    tree = declare.start()
    tree.kill()
    tree.process = subprocess.Popen([*BED, INIT, f"--directory={declare.path}"],
                                    stdin=subprocess.DEVNULL, stdout=open(out, "wb"),
                                    stderr=open(err, "wb"))
    tree.wait_state("aa", "done")
    assert tree.stop() == 0
    assert out.read_text() == "to-out\n"
    assert "to-err\n" in err.read_text()


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


def test_modes_that_are_not_there_are_silent(declare):
    declare.service("aa", "sleep 1000", log="json")
    tree = declare.start()
    tree.wait_state("aa", "up")
    wait_for(lambda: "lines stay plain: aa" in tree.output())
