"""PID 1 under attack: what it stands on crashes, hangs or is taken away, and it goes on and ends."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from conftest import INIT, ORLOP, processes_in, read_proc, shell, wait_for

POLITE = shell("trap 'echo good-bye; exit 0' TERM; while :; do sleep 1000 & wait; done")
CRASHES = """
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **words, char **environment)
{
	(void)count;
	if (strcmp(words[0], "WHICH") == 0 && access("HEALED", F_OK) < 0)
		abort();
	execve("REAL", words, environment);
	return 111;
}
"""


def process(tree, name):
    """The process of the tree whose command line begins so, or None."""
    for pid in processes_in(tree.init):
        try:
            if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(name.encode() + b"\0"):
                return pid
        except OSError:
            continue
    return None


@pytest.fixture
def crashing(declare, tmp_path):
    """A tree whose helper crashes at once whenever it is started again, until HEALED is there."""
    def start(which):
        folder = declare.path / "bin"
        folder.mkdir()
        shutil.copy(INIT, folder)
        shutil.copy(ORLOP, folder / "orlop")
        shutil.copy(ORLOP, folder / "real")
        source = CRASHES.replace("WHICH", which).replace("REAL", str(folder / "real"))
        (tmp_path / "stub.c").write_text(source.replace("HEALED", str(folder / "healed")))
        subprocess.run(["gcc", "-static", "-o", folder / "stub", tmp_path / "stub.c"], check=True)
        declare.service("one", POLITE)
        tree = declare.start(name=folder / "orlop-init")
        tree.wait_state("one", "up")
        os.rename(folder / "stub", folder / "orlop")
        os.kill(process(tree, which), signal.SIGKILL)
        return tree, folder
    return start


def starts(tree, helper):
    return tree.status()[helper]["restarts"]


@pytest.mark.parametrize("which, helper", [("orlop-supervise", "supervisor"), ("orlop-log", "logger")])
def test_a_helper_that_always_crashes_spins_or_ends_the_container(declare, crashing, which, helper):
    declare.settings("stop-timeout = 2s\n")
    tree, _ = crashing(which)
    wait_for(lambda: starts(tree, helper) >= 3)
    time.sleep(1)  # in the third back-off, of four seconds
    assert starts(tree, helper) == 3
    begun = time.monotonic()
    assert tree.stop() == 0
    assert time.monotonic() - begun < 4  # bounded by PID 1 alone
    if helper == "supervisor":
        assert "supervisor died" in tree.output()


def test_a_stop_finds_the_supervisor_in_its_back_off(declare, crashing):
    declare.settings("stop-timeout = 20s\n")
    tree, folder = crashing("orlop-supervise")
    wait_for(lambda: starts(tree, "supervisor") >= 3)
    (folder / "healed").touch()
    assert tree.stop() == 0
    assert "good-bye" in tree.output()  # in order, not by SIGKILL
    assert "is killed" not in tree.output()


def test_a_helper_that_cannot_be_executed_is_silent(declare, crashing):
    tree, folder = crashing("orlop-supervise")
    (folder / "orlop").unlink()
    wait_for(lambda: "cannot start supervisor or logger: exec: No such file" in tree.output(),
             seconds=15)
    shutil.copy(ORLOP, folder / "healed")
    os.rename(folder / "healed", folder / "orlop")
    assert tree.stop() == 0


def test_a_mad_supervisor_takes_the_table_from_under_init(declare):
    # The next look at a memfd that was cut short would be a SIGBUS in PID 1.
    declare.service("one", "sleep 1000", restart_delay="1ms..1ms")
    tree = declare.start()
    pid = tree.wait_state("one", "up")["pid"]
    mad = process(tree, "orlop-supervise")
    for number in (4, 5):
        descriptor = os.open(f"/proc/{mad}/fd/{number}", os.O_RDWR)
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)
    os.kill(process(tree, "sleep"), signal.SIGKILL)
    wait_for(lambda: tree.services()["one"]["pid"] not in (None, pid))
    assert tree.stop() == 0


def test_closed_stdio_goes_to_something_else(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start(prefix=["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-'])
    tree.wait_state("one", "up")
    for number in (0, 1, 2):
        assert os.readlink(f"/proc/{process(tree, 'orlop-log')}/fd/{number}") == "/dev/null"
    assert tree.stop() == 0


def test_a_low_soft_limit_of_descriptors_ends_the_boot(declare):
    declare.service("one", shell("ulimit -Sn; exec sleep 1000"))
    tree = declare.start(prefix=["sh", "-c", 'ulimit -Sn 10; exec "$0" "$@"'])
    tree.wait_state("one", "up")
    wait_for(lambda: "10" in tree.output().split())
    assert tree.stop() == 0


def test_without_proc_there_is_no_tree(declare):
    declare.service("one", POLITE)
    tree = declare.start(prefix=["sh", "-c", 'umount -l /proc; exec "$0" "$@"'])
    wait_for(lambda: process(tree, "sh"))
    wait_for(lambda: process(tree, "sleep"))
    assert tree.stop() == 0
    assert "good-bye" in tree.output()


def stuck(declare, timeout):
    """A tree whose standard output is a pipe that nobody reads, full of lines."""
    fifo = declare.path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    declare.service("talks", "yes")
    declare.settings(f"stop-timeout = {timeout}\n")
    tree = declare.start(prefix=["sh", "-c", f'exec "$0" "$@" >{fifo} 2>&1'])
    tree.wait_state("talks", "up")
    return tree, reader


def test_a_stopped_reader_holds_up_the_end(declare):
    tree, reader = stuck(declare, "2s")
    begun = time.monotonic()
    assert tree.stop() == 0
    assert time.monotonic() - begun < 4
    os.close(reader)


def test_a_second_signal_waits_for_a_stopped_reader(declare):
    tree, reader = stuck(declare, "1h")
    tree.send(signal.SIGTERM)
    wait_for(lambda: process(tree, "yes") is None)
    # Whether the first stop is over or not: the second one means now.
    tree.send(signal.SIGTERM)
    assert tree.wait() == 0
    os.close(reader)


def test_too_many_words_are_a_broken_plan(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start("--services=all", "--", "/bin/true", *["x"] * 4095)
    assert tree.wait() == 100
    assert "too many words" in tree.output()


def test_a_storm_of_signals_starves_the_tree(declare):
    declare.service("one", "sleep 1000", restart_delay="1ms..1ms", forward="USR1")
    tree = declare.start()
    first = tree.wait_state("one", "up")["pid"]
    pid = tree.init
    storm = subprocess.Popen(["/usr/bin/python3", "-c", "import os, sys\nwhile True:\n"
                              " for n in (12, 40, 41, 1): os.kill(int(sys.argv[1]), n)", str(pid)],
                             stderr=subprocess.DEVNULL)
    try:
        os.kill(process(tree, "sleep"), signal.SIGKILL)
        wait_for(lambda: tree.services()["one"]["pid"] not in (None, first))
        assert tree.stop() == 0
    finally:
        storm.kill()
        storm.wait()


def test_a_service_that_forks_for_ever_outlives_the_stop(declare, tmp_path):
    (tmp_path / "bomb.c").write_text("""
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
""")
    subprocess.run(["gcc", "-o", declare.path / "bomb", tmp_path / "bomb.c"], check=True)
    declare.service("bomb", str(declare.path / "bomb"), limits="nproc=100", stop_timeout="100ms")
    declare.settings("stop-timeout = 1s\n")
    tree = declare.start()
    tree.wait_state("bomb", "up")
    wait_for(lambda: len(processes_in(tree.init)) > 50)
    assert tree.stop() == 0


FAULTS = [("ppoll", "EINTR"), ("ppoll", "ENOMEM"), ("read", "EINTR"), ("read", "EIO"),
          ("wait4", "EINTR"), ("waitid", "EINTR"), ("clone", "EAGAIN"), ("clone", "ENOMEM"),
          ("dup3", "EMFILE"), ("write", "EINTR"), ("write", "EIO")]


@pytest.mark.skipif(not shutil.which("strace"), reason="strace makes the calls fail")
@pytest.mark.parametrize("call, error", FAULTS)
@pytest.mark.parametrize("when", [1, 3])
def test_a_failing_call_ends_or_hangs_init(declare, call, error, when):
    declare.service("one", "sleep 1000", restart_delay="1ms..1ms")
    tree = declare.start()
    tree.wait_state("one", "up")
    pid = tree.init
    strace = subprocess.Popen(
        ["strace", "-qq", "-o", declare.path / "trace", "-p", str(pid), "-e", f"trace={call}",
         "-e", f"inject={call}:error={error}:when={when}"])
    try:
        wait_for(lambda: read_proc(pid, "TracerPid") != ["0"])
        for _ in range(3):
            old = wait_for(lambda: process(tree, "sleep"))
            os.kill(old, signal.SIGKILL)
            wait_for(lambda: process(tree, "sleep") not in (None, old))
        assert tree.stop() == 0
        assert "is killed" not in tree.output()
    finally:
        strace.kill()
        strace.wait()
