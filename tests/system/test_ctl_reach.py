"""The user's command where a tree is missing, stopping, without supervisor, or not the user's."""
import os
import pathlib
import signal
import subprocess

from conftest import BED, INIT, ORLOP, read_proc, shell, wait_for
from logged import commands


def run(*arguments, **more):
    return subprocess.run([ORLOP, *arguments], capture_output=True, text=True, timeout=20, **more)


def supervisor(tree):
    return next(pid for pid, command in commands(tree).items()
                if command.startswith(b"orlop-supervise"))


# ---- where no tree is ----

def test_a_process_that_is_not_there_is_not_told():
    result = run("status", "--pid=2147483647")
    assert result.returncode == 1
    assert "no process 2147483647" in result.stderr


def test_a_process_that_is_no_init_is_not_told():
    result = run("status", f"--pid={os.getpid()}")
    assert result.returncode == 1
    assert "no service tree" in result.stderr


def test_an_environment_without_sense_is_taken_for_pid_1():
    assert run("status", env={"ORLOP_PID": "first"}).returncode == 100


def test_plain_mode_is_taken_for_a_tree():
    process = subprocess.Popen([*BED, INIT, "sleep", "1000"])
    try:
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        init = wait_for(children.read_text).split()[0]
        wait_for(lambda: pathlib.Path(f"/proc/{init}/task/{init}/children").read_text())
        for verb in (["status"], ["health"], ["stop", "one"]):
            result = run(*verb, f"--pid={init}")
            assert result.returncode == 1
            assert "no service tree (plain mode" in result.stderr
    finally:
        process.kill()
        process.wait()


# ---- stopping, and no supervisor ----

def test_a_tree_that_stops_is_healthy_or_takes_orders(declare):
    declare.service("slow", shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done"))
    declare.service("other", "sleep 1000", needs="slow")
    tree = declare.start()
    tree.wait_state("other", "up")
    wait_for(lambda: "deaf" in tree.output())
    tree.send(signal.SIGTERM)
    tree.wait_state("slow", "stopping")
    text = tree.orlop("status").stdout.splitlines()
    assert text[0].startswith("ending, up ") and text[0].endswith(", exit status 0")
    assert tree.status()["exit_status"] == 0
    result = tree.orlop("health")
    assert (result.returncode, result.stdout) == (1, "the container is ending\n")
    result = tree.orlop("start", "other")
    assert result.returncode == 1
    assert result.stderr == "orlop start: the container is stopping\n"
    assert tree.stop() == 0


def test_a_dead_supervisor_is_not_told(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    pid = supervisor(tree)
    # Not SIGKILL: what crashes by itself is started again after a second only.
    os.kill(pid, signal.SIGSEGV)
    wait_for(lambda: tree.status()["supervisor"]["pid"] is None)
    assert ", no supervisor runs" in tree.orlop("status").stdout
    assert tree.orlop("health").returncode == 0
    result = tree.orlop("stop", "--timeout=10ms", "one")
    assert result.returncode == 1
    assert result.stderr == "orlop stop: one: still up: the supervisor does not answer\n"
    # What it was asked for is not lost with it.
    tree.wait_state("one", "down")
    assert ", supervisor restarts 1" in tree.orlop("status").stdout


# ---- who may ----

def test_another_user_may_look(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    result = run("status", f"--pid={tree.init}", user=65534, group=65534, extra_groups=[])
    assert result.returncode == 111
    assert "not permitted" in result.stderr and result.stdout == ""


def test_the_tree_is_not_found_by_its_pid(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    assert "one " in run("status", f"--pid={tree.init}").stdout
    assert "one " in run("status", env={"ORLOP_PID": str(tree.init)}).stdout
    # The option is nearer than the environment.
    result = run("status", f"--pid={tree.init}", env={"ORLOP_PID": str(os.getpid())})
    assert result.returncode == 0


def test_a_service_can_control_the_tree(declare):
    declare.service("one", "sleep 1000")
    declare.service("spy", f'sh -c "{ORLOP} stop one; echo result $?; exec sleep 1000"')
    tree = declare.start()
    tree.wait_state("spy", "up")
    wait_for(lambda: "result " in tree.output())
    assert "result 111" in tree.output()
    assert tree.services()["one"]["state"] == "up"


def test_status_needs_the_supervisor(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    stopped = supervisor(tree)
    os.kill(stopped, signal.SIGSTOP)
    assert tree.services()["one"]["state"] == "up"
    assert read_proc(stopped, "State")[0] == "T"
    result = tree.orlop("stop", "--timeout=50ms", "one")
    assert result.returncode == 1
    assert result.stderr == "orlop stop: one: still up: the supervisor does not answer\n"
    os.kill(stopped, signal.SIGCONT)
    tree.wait_state("one", "down")
