"""The user's command: what each verb promises, asked of a real tree."""
import json
import subprocess
import time

import pytest

from conftest import ORLOP, shell, wait_for


def run(*arguments, **more):
    return subprocess.run([ORLOP, *arguments], capture_output=True, text=True, timeout=20, **more)


def pid_of(tree, name):
    return tree.services()[name]["pid"]


# ---- words ----

@pytest.mark.parametrize("words, found", [
    ([], "no verb"),
    (["frobnicate"], "frobnicate"),
    (["status", "--jsn"], "--jsn"),
    (["status", "--json=1"], "--json=1"),
    (["status", "--pid=x"], "--pid=x"),
    (["start"], "no NAME"),
    (["signal"], "no SIGNAL"),
    (["signal", "TERM"], "no NAME"),
    (["check", "web.ini"], "web.ini"),
    (["stop", "--timeout=5parsecs", "a"], "--timeout=5parsecs"),
    (["health", "--no-wait"], "--no-wait"),
])
def test_wrong_words_do_not_exit_100_or_do_not_say_what_was_found(words, found):
    result = run(*words)
    assert result.returncode == 100
    assert found in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("verb", ["check", "status", "tree", "start", "stop", "restart", "signal",
                                  "health"])
def test_a_verb_has_no_help(verb):
    result = run(verb, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: orlop {verb} ")
    assert verb in run("--help").stdout


def test_version_is_not_told():
    assert run("--version").stdout.startswith("orlop ")


def test_an_unwritable_output_is_taken_for_success():
    with open("/dev/full", "w") as full:
        result = subprocess.run([ORLOP, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 111
    assert result.stderr == "orlop: cannot write to standard output: No space left on device\n"


def test_a_full_output_is_not_told_by_what_reads_the_tables(declare):
    declare.service("one", shell("echo hello; exec sleep 1000"))
    tree = declare.start()
    tree.wait_state("one", "up")
    wait_for(lambda: "hello" in tree.orlop("logs", "one").stdout, message="nothing was said")
    with open("/dev/full", "w") as full:
        for verb in "status", "logs", "events", "timeline":
            result = subprocess.run(["nsenter", "-p", "-m", "-t", str(tree.init), ORLOP, verb], stdout=full,
                                    stderr=subprocess.PIPE, text=True)
            assert result.returncode == 111, verb
            assert "cannot write to standard output: No space left" in result.stderr, verb


# ---- check ----

def test_check_does_not_say_where_the_error_is(declare):
    declare.service("one", "command = sleep 1\nuser = no-such-user-here\n")
    result = run("check", f"--directory={declare.path}")
    assert result.returncode == 100
    assert "one.ini:2" in result.stderr


def test_check_refuses_what_is_right(declare):
    declare.service("one", "sleep 1")
    result = run("check", f"--directory={declare.path}")
    assert (result.returncode, result.stderr) == (0, "")


# ---- status, tree ----

def test_status_does_not_show_user_pid_and_reason(declare):
    declare.service("one", "sleep 1000", user="daemon")
    declare.service("bad", 'sh -c "exit 3"', essential="no", restart="never")
    tree = declare.start()
    tree.wait_state("one", "up")
    tree.wait_state("bad", "failed")
    text = tree.orlop("status").stdout.splitlines()
    assert text[0].startswith("running, up ")
    assert text[1].split() == ["NAME", "STATE", "USER", "PID", "SINCE", "RESTARTS", "DETAIL"]
    rows = {line.split()[0]: line.split() for line in text[2:]}
    assert rows["one"][1] == "up"
    assert rows["one"][2].startswith("daemon(")
    assert rows["one"][3] == str(pid_of(tree, "one"))
    assert " ".join(rows["bad"][6:]) == "exit 3"
    assert all(line == line.rstrip() for line in text)


def test_status_colours_what_is_not_a_terminal(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    assert "\033" not in tree.orlop("status").stdout


def test_status_of_named_ones_shows_others(declare):
    declare.service("one", "sleep 1000")
    declare.service("many", "sleep 1000", instances=2)
    tree = declare.start()
    tree.wait_state("many", "up")
    text = tree.orlop("status", "many").stdout
    assert "many@1" in text and "many@2" in text and "one" not in text
    result = tree.orlop("status", "many@3", "nobody", "one")
    assert result.returncode == 100
    assert "many@3, nobody" in result.stderr


def test_status_shows_why_it_cannot_start(declare):
    declare.service("one", "sleep 1000")
    declare.service("lost", "/bin/sleep 1000", essential="no", directory="/nowhere-at-all",
                    restart="never")
    tree = declare.start()
    tree.wait_state("lost", "failed")
    detail = tree.services()["lost"]["detail"]
    assert detail == "cannot start: working directory /nowhere-at-all: No such file or directory"


def test_json_lacks_a_promised_member(declare):
    declare.service("one", "sleep 1000")
    declare.service("two", "sleep 1000", needs="one")
    tree = declare.start()
    tree.wait_state("two", "up")
    status = json.loads(tree.orlop("status", "--json").stdout)
    assert status["version"] == 1 and status["phase"] == "running"
    assert status["supervisor"]["restarts"] == 0 and status["supervisor"]["pid"] > 1
    two = {s["name"]: s for s in status["services"]}["two"]
    assert set(two) == {
        "name", "service", "instance", "kind", "user", "uid", "gid", "state", "wanted", "good",
        "healthy",
        "essential", "enabled", "pid", "since_seconds", "generation", "restarts", "reason",
        "reason_argument", "detail", "next_run", "needs", "after"}
    assert two["needs"] == ["one"] and two["good"] is True


def test_the_container_is_not_as_old_as_it_is(declare):
    begin = time.monotonic()
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    assert tree.status()["up_seconds"] <= time.monotonic() - begin


def test_tree_does_not_show_needs_below(declare):
    declare.service("db", "sleep 1000")
    declare.service("app", "sleep 1000", needs="db")
    declare.service("web", "sleep 1000", needs="app db")
    tree = declare.start()
    tree.wait_state("web", "up")
    lines = tree.orlop("tree").stdout.splitlines()[1:]
    assert lines == ["web  up", "|- app  up", "|  `- db  up", "`- db  up"]
    assert json.loads(tree.orlop("tree", "--json").stdout)["roots"] == ["web"]


# ---- start, stop, restart ----

def test_stop_leaves_it_running_or_start_does_not_bring_it_back(declare):
    declare.service("one", "sleep 1000")
    declare.service("two", "sleep 1000", needs="one")
    tree = declare.start()
    tree.wait_state("two", "up")
    assert tree.orlop("stop", "one").returncode == 0
    services = tree.services()
    assert services["one"]["state"] == services["two"]["state"] == "down"
    assert services["one"]["pid"] is None and services["one"]["detail"] == "stopped by hand"
    assert tree.orlop("start", "two").returncode == 0
    services = tree.services()
    assert services["one"]["state"] == services["two"]["state"] == "up"


def test_restart_touches_others(declare):
    declare.service("one", "sleep 1000")
    declare.service("two", "sleep 1000", needs="one")
    tree = declare.start()
    tree.wait_state("two", "up")
    before = {name: pid_of(tree, name) for name in ("one", "two")}
    assert tree.orlop("restart", "one").returncode == 0
    assert pid_of(tree, "one") != before["one"]
    assert pid_of(tree, "two") == before["two"]


def test_a_group_is_not_all_of_its_instances(declare):
    declare.service("many", "sleep 1000", instances=3)
    tree = declare.start()
    tree.wait_state("many", "up")
    before = {pid_of(tree, f"many@{i}") for i in (1, 2, 3)}
    assert tree.orlop("restart", "many").returncode == 0
    assert not before & {pid_of(tree, f"many@{i}") for i in (1, 2, 3)}
    assert tree.orlop("stop", "many").returncode == 0
    assert [pid_of(tree, f"many@{i}") for i in (1, 2, 3)] == [None] * 3
    assert tree.orlop("start", "many").returncode == 0
    assert all(pid_of(tree, f"many@{i}") for i in (1, 2, 3))


def test_a_failed_start_is_taken_for_success(declare):
    declare.service("one", "sleep 1000")
    declare.service("bad", 'sh -c "exit 7"', type="oneshot", essential="no", restart="never")
    tree = declare.start()
    tree.wait_state("bad", "failed")
    result = tree.orlop("start", "bad")
    assert result.returncode == 1
    assert result.stderr == "orlop start: bad: failed: exit 7\n"


def test_a_start_that_takes_too_long_is_not_told(declare):
    declare.service("one", "sleep 1000")
    declare.service("slow", "sleep 1000", essential="no", ready="fd:3")
    tree = declare.start()
    tree.wait_state("slow", "starting")
    result = tree.orlop("start", "--timeout=50ms", "slow")
    assert result.returncode == 1
    assert "slow: still starting" in result.stderr


def test_a_scheduled_job_does_not_run_now(declare):
    declare.service("one", "sleep 1000")
    declare.service("job", "echo ran", schedule="@every 1h")
    tree = declare.start()
    tree.wait_state("one", "up")
    before = tree.services()["job"]["generation"]
    assert tree.orlop("start", "job").returncode == 0
    assert tree.services()["job"]["generation"] == before + 1
    assert "next run " in tree.services()["job"]["detail"]


def test_unknown_names_start_something(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    tree.wait_state("one", "up")
    before = pid_of(tree, "one")
    result = tree.orlop("restart", "one", "nobody", "nothing")
    assert result.returncode == 100
    assert "nobody, nothing; there are one" in result.stderr
    assert pid_of(tree, "one") == before


# ---- signal ----

def test_a_signal_does_not_arrive(declare):
    declare.service("one", "sh -c \"trap 'echo got-usr1' USR1; echo trapped;"
                           " while :; do sleep 0.05; done\"")
    tree = declare.start()
    tree.wait_state("one", "up")
    wait_for(lambda: "trapped" in tree.output())
    assert tree.orlop("signal", "USR1", "one").returncode == 0
    wait_for(lambda: "got-usr1" in tree.output())


def test_a_signal_to_what_does_not_run_is_taken_for_sent(declare):
    declare.service("one", "sleep 1000")
    declare.service("bad", 'sh -c "exit 7"', essential="no", restart="never")
    tree = declare.start()
    tree.wait_state("bad", "failed")
    result = tree.orlop("signal", "HUP", "bad")
    assert result.returncode == 1 and "does not run" in result.stderr
    assert tree.orlop("signal", "NOSUCH", "one").returncode == 100


# ---- health ----

def test_health_is_not_what_it_should_be(declare):
    declare.service("one", "sleep 1000")
    declare.service("extra", 'sh -c "exit 7"', essential="no", restart="never")
    tree = declare.start()
    tree.wait_state("one", "up")
    tree.wait_state("extra", "failed")
    result = tree.orlop("health")
    assert result.returncode == 0
    assert result.stdout == "extra is failed (not essential): exit 7\n"
    assert tree.orlop("health", "one").returncode == 0
    assert tree.orlop("health", "extra").returncode == 1
    assert json.loads(tree.orlop("health", "--json").stdout)["healthy"] is True


def test_health_while_starting_is_yes(declare):
    declare.service("slow", "sleep 1000", ready="fd:3")
    tree = declare.start()
    tree.wait_state("slow", "starting")
    result = tree.orlop("health")
    assert result.returncode == 1
    assert "the container is booting" in result.stdout
    assert "slow is starting" in result.stdout


def test_a_slow_service_that_is_not_essential_makes_the_boot_unhealthy(declare):
    declare.service("one", "sleep 1000")
    declare.service("slow", "sleep 1000", ready="fd:3", essential="no")
    tree = declare.start()
    tree.wait_state("one", "up")
    tree.wait_state("slow", "starting")
    result = tree.orlop("health")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "the container is booting"
    assert result.stdout.splitlines()[1].startswith("slow is starting (not essential)")
    assert json.loads(tree.orlop("health", "--json").stdout)["healthy"] is True


def test_tree_of_a_pool_shows_each_instance_twice(declare):
    declare.service("pool", "sleep 1000", instances=2)
    declare.service("web", "sleep 1000", needs="pool")
    tree = declare.start()
    tree.wait_state("web", "up")
    lines = tree.orlop("tree", "pool").stdout.splitlines()[1:]
    assert lines == ["pool  up", "|- pool@1  up", "`- pool@2  up"]
    assert json.loads(tree.orlop("tree", "--json", "pool").stdout)["roots"] == ["pool"]
    assert tree.orlop("tree", "pool@2").stdout.splitlines()[1:] == ["pool@2  up"]
