"""Plain mode: a command under orlop-init behaves as if it were run alone."""
import os
import pathlib
import pty
import select
import signal
import subprocess

import pytest

from conftest import BED, INIT, wait_for


def run(*command, bed=True, **more):
    return subprocess.run([*(BED if bed else ()), INIT, *command], capture_output=True, text=True,
                          timeout=30, stdin=subprocess.DEVNULL, **more)


@pytest.fixture(params=["pid 1", "not pid 1"])
def bed(request):
    return request.param == "pid 1"


@pytest.mark.parametrize("status", [0, 1, 7, 100, 111, 255])
def test_exit_status_of_the_command_is_lost(status, bed):
    assert run("sh", "-c", f"exit {status}", bed=bed).returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGHUP])
def test_death_by_signal_is_not_128_plus_n(number, bed):
    result = run("sh", "-c", f"kill -{int(number)} $$; sleep 9", bed=bed)
    assert result.returncode == 128 + number


def test_missing_command_is_not_127(bed):
    result = run("no-such-command", bed=bed)
    assert result.returncode == 127
    assert "no-such-command" in result.stderr and "No such file" in result.stderr


def test_command_that_cannot_be_executed_is_not_126(bed):
    assert run("/etc/passwd", bed=bed).returncode == 126


def test_directory_as_command_is_not_126(bed):
    assert run("/usr", bed=bed).returncode == 126


def test_double_dash_is_taken_for_the_command(bed):
    assert run("--", "sh", "-c", "exit 3", bed=bed).returncode == 3


def test_options_of_the_command_are_taken_for_ours(bed):
    assert run("sh", "-c", "echo $1", "x", "--services=all", bed=bed).stdout == "--services=all\n"


def test_help_and_version():
    assert "--services" in run("-h", bed=False).stdout
    version = run("--version", bed=False)
    assert version.returncode == 0 and version.stdout.startswith("orlop-init: ")


def test_no_command_and_no_service_is_not_refused():
    result = run("--directory=/nonexistent")
    assert result.returncode == 100
    assert "no command" in result.stderr


def test_unknown_option_is_swallowed():
    result = run("--srevices=all", "true")
    assert result.returncode == 100 and "--srevices=all" in result.stderr


def forwarded(numbers, bed):
    """Starts a recorder of signals under init, sends each, returns what it got."""
    program = r"""
import os, signal, sys
numbers = [int(n) for n in sys.argv[1:]]
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
print("ready", flush=True)
for n in numbers:
    print(signal.sigwaitinfo(numbers).si_signo, flush=True)
"""
    command = [*(BED if bed else ()), INIT, "/usr/bin/python3", "-c", program,
               *map(str, numbers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True) as process:
        assert process.stdout.readline() == "ready\n"
        target = process.pid
        if bed:
            children = pathlib.Path(f"/proc/{target}/task/{target}/children").read_text()
            target = int(children.split()[0])
        got = []
        for number in numbers:
            os.kill(target, number)
            got.append(int(process.stdout.readline()))
        assert process.wait(10) == 0
    return got


def test_a_signal_is_not_forwarded(bed):
    skipped = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
    numbers = [n for n in range(1, 65) if n not in skipped and n not in (32, 33)]
    assert forwarded(numbers, bed) == numbers


def test_signal_mask_and_dispositions_are_not_the_callers():
    program = "import signal; print(signal.getsignal(signal.SIGUSR2) == signal.SIG_IGN, " \
              "signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, []), " \
              "signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, []))"

    def before():
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    result = subprocess.run([INIT, "/usr/bin/python3", "-c", program], capture_output=True,
                            text=True, preexec_fn=before, timeout=30)
    assert result.stdout == "True True False\n"


def test_ignored_sigchld_loses_the_exit_status():
    result = subprocess.run([INIT, "sh", "-c", "exit 9"], timeout=30,
                            preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    assert result.returncode == 9


def test_orphans_are_not_reaped(bed):
    # A grandchild whose parent is gone becomes init's; once dead it must not stay a zombie.
    script = """
(sh -c 'exit 0' & echo $! > "$1"; exec true) &
wait
pid=$(cat "$1")
while [ -e /proc/$pid ]; do :; done
echo reaped
"""
    path = subprocess.check_output(["mktemp"], text=True).strip()
    result = run("timeout", "10", "sh", "-c", script, "sh", path, bed=bed)
    os.unlink(path)
    assert result.stdout == "reaped\n"


def test_descriptors_of_the_engine_do_not_reach_the_command():
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    result = run("sh", "-c", f"echo here >/proc/self/fd/{writer}", bed=False, pass_fds=[writer])
    assert result.returncode == 0, result.stderr
    assert os.read(reader, 10) == b"here\n"
    os.close(reader)
    os.close(writer)


class Terminal:
    """A pseudo-terminal with a command on it."""

    def __init__(self, *command):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execvp(command[0], list(command))
        self.text = ""

    def read(self):
        if select.select([self.master], [], [], 0.01)[0]:
            try:
                self.text += os.read(self.master, 4096).decode(errors="replace")
            except OSError:
                pass  # EIO: nobody has the other side open any more

    def expect(self, text, seconds=10):
        def look():
            self.read()
            return text in self.text
        try:
            wait_for(look, seconds)
        except AssertionError:
            raise AssertionError(f"{text!r} not on the terminal: {self.text!r}") from None
        self.text = self.text.split(text, 1)[1]

    def in_front(self):
        """The name of the foreground process group's leader."""
        try:
            return pathlib.Path(f"/proc/{os.tcgetpgrp(self.master)}/comm").read_text().strip()
        except OSError:
            return None

    def type(self, text):
        os.write(self.master, text.encode())

    def wait(self):
        ended = []

        def look():
            self.read()  # a shell drains its terminal before it ends
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            ended.append(status)
            return pid
        try:
            wait_for(look, 10, f"the terminal's command does not end: {self.text!r}")
        finally:
            os.close(self.master)
        return os.waitstatus_to_exitcode(ended[-1])


@pytest.mark.parametrize("prefix", [[], BED])
def test_interrupt_key_does_not_reach_the_command(prefix):
    terminal = Terminal(*prefix, str(INIT), "sh", "-c", "echo up; exec sleep 100")
    terminal.expect("up")
    terminal.type("\x03")
    assert terminal.wait() == 130


@pytest.mark.parametrize("prefix", [[], BED])
def test_shell_has_no_job_control(prefix):
    terminal = Terminal(*prefix, str(INIT), "bash", "--norc", "-i")
    terminal.type("PS1='$ '; sleep 100\n")
    terminal.expect("sleep 100")
    wait_for(lambda: terminal.in_front() == "sleep")
    terminal.type("\x1a")
    terminal.expect("Stopped")
    terminal.type("fg\n")
    wait_for(lambda: terminal.in_front() == "sleep")
    terminal.type("\x03")
    wait_for(lambda: terminal.in_front() == "bash")
    terminal.type("exit 7\n")
    assert terminal.wait() == 7


def test_stop_key_does_not_stop_init_under_a_shell():
    # Under an interactive shell ^Z must give the prompt back, and fg must resume the command.
    terminal = Terminal("bash", "--norc", "-i")
    terminal.type(f"PS1='prompt> '; {INIT} sh -c 'echo up; read x; echo got-$x'\n")
    terminal.expect("up\r\n")
    terminal.type("\x1a")
    terminal.expect("Stopped")
    terminal.type("fg\n")
    terminal.expect("sh -c")
    terminal.type("word\n")
    terminal.expect("got-word")
    terminal.type("exit 0\n")
    terminal.wait()
