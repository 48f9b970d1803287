"""orlop exec, run and wait: a process in a service's cage that somebody looks at, and waiting for
what the tables say."""
import os
import subprocess
import time

from conftest import ORLOP, shell, wait_for


def test_exec_is_not_in_the_cage(declare):
    declare.service("one", "sleep 1000", user="12345", limits="nofile=77", umask="0077")
    tree = declare.start()
    tree.wait_state("one", "up")
    result = tree.orlop("exec", "one", "--", "/bin/sh", "-c",
                        "id -u; ulimit -n; umask; grep -E 'NoNewPrivs|CapBnd|Seccomp:' "
                        "/proc/self/status")
    assert result.returncode == 0, result.stderr
    words = result.stdout.split()
    assert words[:3] == ["12345", "77", "0077"]
    assert words[3:] == ["CapBnd:", "0" * 16, "NoNewPrivs:", "1", "Seccomp:", "2"]


def test_exec_gives_the_commands_status_and_its_own_errors(declare):
    declare.service("one", "sleep 1000")
    declare.service("two", "sleep 1000", instances="2")
    tree = declare.start()
    tree.wait_state("two", "up")
    assert tree.orlop("exec", "two@2", "--", "/bin/sh", "-c", "exit 7").returncode == 7
    instance = tree.orlop("exec", "two@2", "--", "/bin/sh", "-c", "echo $ORLOP_INSTANCE")
    assert instance.stdout == "2\n"
    missing = tree.orlop("exec", "one", "--", "/no/such")
    assert missing.returncode == 127
    assert missing.stderr == "orlop exec: one: exec /no/such: No such file or directory\n"
    unknown = tree.orlop("exec", "three", "--", "/bin/true")
    assert unknown.returncode == 100 and "three" in unknown.stderr
    assert tree.orlop("exec").returncode == 100
    option = tree.orlop("exec", "one", "ls", "-l")
    assert option.returncode == 100
    assert "unknown option -l; the options of a command stand behind --" in option.stderr


def run(declare, *arguments, **more):
    return subprocess.run([ORLOP, "run", f"--directory={declare.path}", *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                          check=False, **more)


def test_run_is_something_else_than_the_service(declare):
    declare.service("one", shell("id -u; echo $MARK; exit 3"), user="12345")
    (declare.path / "services" / "one.ini").open("a").write("[environment]\nMARK = here\n")
    declare.service("off", shell("exit 0"), enabled_if="env:NO_SUCH_NAME")
    result = run(declare, "one")
    assert (result.returncode, result.stdout) == (3, "12345\nhere\n"), result.stderr
    unknown = run(declare, "nosuch")
    assert unknown.returncode == 100
    assert unknown.stderr == ("orlop run: no such service: nosuch; there is no "
                              f"{declare.path}/services/nosuch.ini\n")
    assert run(declare, "one", "two").returncode == 100


def test_the_file_that_a_step_failed_at_is_not_named(declare):
    gone = declare.path / "gone"
    declare.service("one", "true", directory=gone)
    assert f"run: one: working directory {gone}: No such file" in run(declare, "one").stderr
    secret = declare.path / "secret"
    secret.write_bytes(b"a\0b")
    declare.service("two", "true", secret=f"S:{secret}")
    assert f"run: two: secrets {secret}: Invalid or incomplete" in run(declare, "two").stderr


def test_a_cage_that_runs_nothing_else_is_taken_for_a_wrong_mode(declare):
    declare.service("one", "sleep 1000", execute="")
    tree = declare.start()
    tree.wait_state("one", "up")
    result = tree.orlop("exec", "one")
    assert result.returncode == 126
    assert "exec /bin/sh: Permission denied; its `execute` says what it may run" in result.stderr


def test_a_service_cannot_open_its_standard_error(declare):
    """nginx -t does, and through a pipe of root's it may not."""
    declare.service("one", shell("echo out >/dev/stdout; echo err >/dev/stderr"), user="12345",
                    type="oneshot")
    result = run(declare, "one")
    assert (result.returncode, result.stdout) == (0, "out\n") and "err\n" in result.stderr
    declare.service("two", "sleep 1000", user="12345")
    tree = declare.start()
    tree.wait_state("two", "up")
    result = tree.orlop("exec", "two", "--", "/bin/sh", "-c", "echo err >/dev/stderr")
    assert (result.returncode, result.stderr) == (0, "err\n")


def test_run_opens_the_sockets_and_a_place_to_be_ready(declare):
    socket = declare.path / "socket"
    script = declare.path / "look.py"
    script.write_text("import os, socket\n"
                      "s = socket.socket(fileno=3)\n"
                      "assert os.environ['LISTEN_FDS'] == '1'\n"
                      "assert int(os.environ['LISTEN_PID']) == os.getpid()\n"
                      "os.write(9, b'\\n')\n"
                      "print(s.getsockname())\n")
    declare.service("one", f"/usr/bin/python3 {script}", listen=f"unix:{socket}", ready="fd:9")
    result = run(declare, "one")
    assert result.stdout == f"{socket}\n", result.stderr


def test_wait_returns_before_it_is_ready(declare):
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o644)
    declare.service("slow", shell(f"read x <{gate}; echo >&3; exec sleep 1000"), ready="fd:3")
    declare.service("quick", "sleep 1000")
    tree = declare.start()
    wait_for(lambda: tree.orlop("wait", "--ready", "quick").returncode == 0)
    assert tree.orlop("wait", "slow").returncode == 0
    late = tree.orlop("wait", "--ready", "--timeout=100ms", "slow")
    assert late.returncode == 1 and "slow: still starting" in late.stderr
    waiting = subprocess.Popen(["nsenter", "--pid", "--mount", "--target", str(tree.init),
                                str(ORLOP), "wait", "--ready"], stderr=subprocess.PIPE)
    assert waiting.poll() is None
    gate.write_text("go\n")
    assert waiting.wait(20) == 0, waiting.stderr.read()
    assert tree.services()["slow"]["state"] == "up"


def test_wait_waits_for_what_never_comes(declare):
    declare.service("bad", "false", restart="never", essential="no")
    declare.service("off", "sleep 1000", enabled_if="env:NO_SUCH_NAME")
    declare.service("good", "sleep 1000")
    tree = declare.start()
    tree.wait_state("bad", "failed")
    bad = tree.orlop("wait", "--ready", "bad")
    assert bad.returncode == 1 and "bad: failed: exit 1" in bad.stderr
    assert tree.orlop("wait", "off").returncode == 1
    assert tree.orlop("wait", "--down", "bad", "off").returncode == 0
    start = time.monotonic()
    late = tree.orlop("wait", "--down", "--timeout=100ms", "good")
    assert late.returncode == 1 and time.monotonic() - start >= 0.1
    assert tree.orlop("wait", "--down", "--ready").returncode == 100


def test_wait_outlives_the_tree(declare):
    """Who kills init leaves the tables as they are."""
    declare.service("one", "sleep 1000", ready="fd:3", start_timeout="1000s")
    tree = declare.start()
    tree.wait_state("one", "starting")
    waiting = subprocess.Popen([ORLOP, "wait", "--ready", f"--pid={tree.init}", "one"],
                               stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: open(f"/proc/{waiting.pid}/maps").read().count("memfd:") == 3,
                 message="it does not look at the tables")
        tree.kill()
        _, told = waiting.communicate(timeout=30)
    finally:
        waiting.kill()
    assert waiting.returncode == 1
    assert told == "orlop wait: orlop-init is gone, nothing will change any more\n"
