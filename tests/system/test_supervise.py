"""What the supervisor decides, with real processes: order under fire, and lines for the night."""
import os
import pathlib
import signal

from conftest import shell, wait_for

# Says that it goes down, and takes its time, so that a wrong order has time to show.
SLOW = "trap 'sleep 0.05; echo down {}; exit 0' TERM; echo >&3; while :; do sleep 1000 & wait; done"


def supervisor(tree):
    """The supervisor's pid as seen from here, None while there is none."""
    try:
        children = pathlib.Path(f"/proc/{tree.init}/task/{tree.init}/children").read_text().split()
    except (OSError, AssertionError):
        return None
    for pid in children:
        try:
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if command.startswith(b"orlop-supervise"):
            return int(pid)
    return None


def test_killed_supervisors_disturb_the_order_of_a_stop(declare):
    for i in range(10):
        needs = {"needs": f"s{i - 1}"} if i else {}
        declare.service(f"s{i}", shell(SLOW.format(i)), ready="fd:3", **needs)
    declare.settings("stop-timeout = 30s\n")
    tree = declare.start()
    tree.wait_state("s9", "up")
    tree.send(signal.SIGTERM)
    for _ in range(20):
        pid = wait_for(lambda: supervisor(tree) or tree.process.poll() is not None)
        if tree.process.poll() is not None:
            break
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        wait_for(lambda: supervisor(tree) != pid)
    assert tree.wait(40) == 0
    order = [line.split()[1] for line in tree.output().splitlines() if line.startswith("down ")]
    assert order == [str(i) for i in range(9, -1, -1)]
    assert "killed" not in tree.output()


def test_a_start_that_fails_does_not_say_on_what(declare):
    declare.service("lost", "sleep 1000", directory="/no/such/place", restart="never")
    tree = declare.start()
    assert tree.wait() == 111
    assert ("orlop: lost: cannot start: working directory /no/such/place: "
            "No such file or directory; failed for good") in tree.output()


def test_a_need_that_fails_at_once_hides_why_its_dependents_are_down(declare):
    # The dependent is often starting when the end of its need is seen.
    declare.service("bad", shell("exit 3"), essential="no", restart="never")
    for i in range(5):
        declare.service(f"d{i}", "sleep 1000", needs="bad", essential="no")
    declare.service("good", "sleep 1000")
    tree = declare.start()
    for i in range(5):
        assert tree.wait_state(f"d{i}", "failed")["reason"] == "need-failed"
    assert tree.services()["good"]["state"] == "up"


def test_an_operator_leaves_no_trace(declare):
    declare.service("base", "sleep 1000")
    declare.service("web", "sleep 1000", needs="base")
    tree = declare.start()
    tree.wait_state("web", "up")
    assert tree.orlop("stop", "base").returncode == 0
    wait_for(lambda: "orlop: web: goes down, as base, which it needs, is stopped" in tree.output())
    assert "orlop: base: stopping: asked by an operator" in tree.output()
