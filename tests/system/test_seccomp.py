# SPDX-License-Identifier: ISC
"""The filter of system calls on the running kernel: what it refuses is tried from inside, what
programs need still works, and each attempt is proved to be one that nothing else would refuse."""
import errno
import os
import pathlib
import platform
import shutil
import signal
import subprocess

import pytest

from conftest import BUILD, ORLOP

CONFINE = str(BUILD / "orlop-confine")
SOURCE = pathlib.Path(__file__).with_name("attempts.c")
PYTHON = "/usr/bin/python3"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "HOME": "/tmp"}
INTEL = platform.machine() == "x86_64"

# What is meant to go on working, with what the kernel itself says to these arguments.
ALLOWED = {
    "prlimit64 of itself": 0, "sched_setaffinity of itself": errno.EINVAL,
    "setpriority of itself": 0, "unshare of descriptors": 0, "personality that asks": 0,
    "fchmod": errno.EBADF, "openat with a mode for nothing": errno.EFAULT, "ioctl": errno.EBADF,
    "AF_INET": 0, "AF_UNIX": 0,
}
# Programs do without these when they are not there at all.
MISSING = ("clone3", "openat2")
# An unprivileged process is refused these anyway.
REFUSED_ANYWAY = {"pivot_root", "move_mount", "fsopen", "userfaultfd", "reboot", "swapon",
                  "swapoff", "acct", "syslog", "fanotify_init"}

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes ids")


@pytest.fixture(scope="module")
def attempts():
    """The program, where every uid can run it."""
    folder = pathlib.Path(subprocess.check_output(
        ["mktemp", "-d", "/tmp/orlop-test.XXXXXX"], text=True).strip())
    folder.chmod(0o755)
    program = folder / "attempts"
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o",
                    str(program), str(SOURCE)], check=True)
    yield str(program)
    shutil.rmtree(folder, ignore_errors=True)


def confine(*words):
    return subprocess.run([CONFINE, *words], capture_output=True, text=True, timeout=60, cwd="/",
                          env=ENVIRONMENT)


def answers(text):
    return {name: int(number) for name, number in
            (line.rsplit(" ", 1) for line in text.splitlines())}


def tried(*words):
    run = confine(*words)
    assert run.returncode == 0, run.stderr
    return answers(run.stdout)


def expected(found):
    """The golden answers to all attempts that the program knows here."""
    wanted = {name: errno.EPERM for name in found}
    wanted.update({name: errno.ENOSYS for name in MISSING})
    wanted.update(ALLOWED)
    if INTEL:
        wanted["getpid of i386"] = -signal.SIGSYS
    return wanted


def test_every_attempt_is_refused(attempts):
    found = tried("--", attempts)
    assert len(found) > 60
    assert found == expected(found)


@as_root
def test_every_attempt_is_refused_to_another_user(attempts):
    found = tried("-u", "12345", "--", attempts)
    assert found == expected(found)


@as_root
def test_nothing_else_would_refuse(attempts):
    """Without the filter none of them is an EPERM but those that need a privilege."""
    found = tried("-u", "12345", "-y", "all", "--", attempts)
    refused = {name for name, number in found.items() if number == errno.EPERM}
    assert refused <= REFUSED_ANYWAY
    assert found["clone3"] == errno.EINVAL and found["openat2"] == errno.EFAULT


def test_calls_given_back_and_taken(attempts):
    found = tried("-y", "+ptrace", "-y", "+ioctl", "-y", "-unshare", "--", attempts, "ptrace",
                  "TIOCSTI", "unshare of descriptors", "kcmp")
    assert found == {"ptrace": errno.ESRCH, "TIOCSTI": errno.EBADF,
                     "unshare of descriptors": errno.EPERM, "kcmp": errno.EPERM}


def test_filter_stays_after_exec_and_fork(attempts):
    found = tried("--", "sh", "-c", f"({attempts} ptrace mount); true")
    assert found == {"ptrace": errno.EPERM, "mount": errno.EPERM}


@as_root
def test_a_service_of_a_tree(declare, attempts):
    output = declare.path / "answers"
    output.touch()
    output.chmod(0o666)
    declare.service("try", f'sh -c "{attempts} >{output}"', user="12345", restart="never")
    tree = declare.start()
    assert tree.wait() == 0, tree.output()
    found = answers(output.read_text())
    assert len(found) > 60
    assert found == expected(found)


@as_root
@pytest.mark.parametrize("keys,status", [
    ({}, errno.EPERM), ({"syscalls": "default +prlimit64"}, 0), ({"confine": "off"}, 0)])
def test_limits_of_pid_1(declare, keys, status):
    """Root without a capability is still PID 1's uid: only the filter keeps its hands off."""
    code = ("import ctypes,sys; c=ctypes.CDLL(None,use_errno=True);"
            "sys.exit(ctypes.get_errno() if c.prlimit(1,4,(ctypes.c_ulong*2)(0,0),None) else 0)")
    declare.service("try", f'{PYTHON} -c "{code}"', user="root", restart="never", **keys)
    tree = declare.start()
    assert tree.wait() == status, tree.output()


@as_root
def test_a_call_that_a_program_cannot_do_without(declare):
    """It is the program that fails then, not the cage."""
    declare.service("try", "cat /etc/hostname", user="12345", restart="never",
                    syscalls="default -openat")
    tree = declare.start()
    assert tree.wait() == 127, tree.output()
    assert "Operation not permitted" in tree.output()


@as_root
@pytest.mark.parametrize("call", ("execve", "write", "exit_group"))
def test_a_call_that_the_start_cannot_do_without(declare, call):
    declare.service("try", "true", syscalls=f"default -{call}")
    check = subprocess.run([ORLOP, "check", f"--directory={declare.path}"], capture_output=True,
                           text=True, env=ENVIRONMENT, timeout=60)
    assert check.returncode == 100
    assert f'syscalls: found "-{call}", expected a system call that a start can do without' \
        in check.stderr
    run = confine("-y", f"-{call}", "--", "true")
    assert run.returncode in (100, 111) and run.stderr


PROGRAMS = {
    "sh": ["sh", "-c", "echo a | tr a b; (exit 3); test $? = 3"],
    "threads and processes": [PYTHON, "-c", """
import concurrent.futures, multiprocessing, os, resource, socket, subprocess, tempfile, threading
threads = [threading.Thread(target=os.getpid) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
assert subprocess.run(["true"]).returncode == 0
assert os.system("exit 2") >> 8 == 2
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(abs, [-1, 2]) == [1, 2]
with tempfile.TemporaryDirectory() as d:
    open(d + "/f", "w").close(); os.chmod(d + "/f", 0o750); os.mkfifo(d + "/p")
socket.getaddrinfo("127.0.0.1", 80); socket.socketpair(); os.nice(1)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.sched_setaffinity(0, os.sched_getaffinity(0))
"""],
    "php": ["php", "-r", "$p = proc_open(['true'], [], $x); exit(proc_close($p));"],
    "php-fpm": ["php-fpm8.2", "-t"],
    "nginx": ["sh", "-c", "d=$(mktemp -d) && printf 'pid %s/pid; events {}' $d >$d/conf && "
              "nginx -t -q -e stderr -c $d/conf; s=$?; rm -r $d; exit $s"],
    "git": ["git", "--version"],
    "apt": ["apt-get", "--version"],
    "dpkg": ["dpkg", "--status", "dpkg"],
    "tar": ["sh", "-c", "d=$(mktemp -d) && cp -r /etc/init.d $d && tar -C $d -cf $d/t init.d && "
            "tar -C $d -xpf $d/t && rm -r $d"],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_work(name):
    words = PROGRAMS[name]
    program = name if name == "nginx" else words[0]
    if not shutil.which(program, path=ENVIRONMENT["PATH"]):
        pytest.skip(f"no {program} here")
    run = confine("--", *words)
    assert run.returncode == 0, run.stderr
