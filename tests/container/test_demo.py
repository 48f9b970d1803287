# SPDX-License-Identifier: ISC
"""The example tree under podman as root: who runs as whom, what it does, how it recovers, ends."""

import hashlib
import time

import pytest

from .boxes import until

SERVICES = {"nginx", "php-fpm", "worker@1", "worker@2", "prune"}
RUNNING = SERVICES - {"prune"}


def pids(box):
    services = box.services()
    return {name: services[name]["pid"] for name in RUNNING}


def test_status_shows_every_service_under_its_own_unprivileged_uid(tree):
    services = tree.services()
    assert SERVICES <= set(services)
    uids = {services[name]["service"]: services[name]["uid"] for name in SERVICES}
    assert len(set(uids.values())) == 4, uids
    assert 0 not in uids.values(), uids
    assert services["worker@1"]["uid"] == services["worker@2"]["uid"]
    for name in RUNNING:
        assert services[name]["state"] == "up", services[name]


def test_kernel_agrees_with_status_and_has_dropped_everything(tree):
    services = tree.services()
    for name in RUNNING:
        kernel = tree.kernel(services[name]["pid"])
        assert kernel["Uid"] == [str(services[name]["uid"])] * 4, name
        assert kernel["Gid"] == [str(services[name]["gid"])] * 4, name
        assert "0" not in kernel["Groups"], name
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(kernel[kind][0], 16) == 0, (name, kind)
        assert kernel["NoNewPrivs"] == ["1"], name


def test_a_job_is_done_by_a_worker_and_pruned_by_the_scheduled_job(tree):
    services = tree.services()
    number = tree.add_job("anchor")
    done = until(lambda: (job := tree.job(number)) is None or job[2] == "done" and job, "job done")
    if done is not True:  # else it has been pruned before this look, which shows the same
        assert done[3] == hashlib.sha256(b"anchor").hexdigest()
        assert done[4] in ("worker@1", "worker@2")
        assert done[5] == str(services["worker@1"]["uid"])
    until(lambda: tree.job(number) is None, "job pruned")
    assert f"prune: uid {services['prune']['uid']}, runs " in tree.page()[1]
    assert "prune: removed " in tree.logs()


def test_the_page_runs_under_the_uid_of_its_service(tree):
    assert f"<p>page: uid {tree.services()['php-fpm']['uid']}, " in tree.page()[1]


def test_a_request_does_what_its_cage_forbids(tree):
    before = pids(tree)
    lines = tree.page("/try.php")[1].splitlines()
    # No secret is mounted in this box, so that line says nothing about the cage here.
    assert len(lines) == 9 and all(line.startswith("refused") for line in lines), lines
    assert pids(tree) == before


def test_health_and_tree_answer(tree):
    assert tree.exec("orlop", "health").returncode == 0
    shown = tree.exec("orlop", "tree").stdout
    for name in ("nginx", "php-fpm", "worker", "prune"):
        assert name in shown


@pytest.mark.parametrize("signal", ["TERM", "QUIT", "WINCH"])
def test_signal_stops_the_tree_in_order(start, rootful, signal, record_property):
    box = start(rootful).wait_up()
    began = time.monotonic()
    box.signal(signal)
    status = box.wait()
    record_property("seconds", time.monotonic() - began)
    print(f"{signal}: stopped in {time.monotonic() - began:.3f} s, the engine's time included")
    log = box.logs()
    assert status == 0, log
    # each ended by its own stop signal, not by KILL
    assert log.count("stopped between two jobs") == 2, log
    assert "exiting, bye-bye!" in log, log
    # nginx needs php-fpm, so it is gone before php-fpm is told to stop
    graceful, finishing = log.find("gracefully shutting down"), log.find("Finishing ...")
    assert 0 <= graceful < finishing, log


def test_killed_supervisor_changes_no_pid_and_status_stays_right(start, rootful):
    box = start(rootful).wait_up()
    before = pids(box)
    for _ in range(3):
        supervisor = until(lambda: box.status()["supervisor"]["pid"], "a supervisor")
        box.exec("kill", "-KILL", str(supervisor))
        until(lambda old=supervisor: box.status()["supervisor"]["pid"] not in (None, old),
              "another supervisor")
    box.wait_up()
    services = box.services()
    assert {name: services[name]["pid"] for name in RUNNING} == before
    assert {services[name]["state"] for name in RUNNING} == {"up"}
    assert box.status()["supervisor"]["restarts"] == 3
    for pid in before.values():
        box.exec("test", "-d", f"/proc/{pid}")
    assert box.page()[0] == 200
    number = box.add_job("after")
    until(lambda: (job := box.job(number)) is None or job[2] == "done", "job done")
    box.signal("TERM")
    assert box.wait() == 0


# Kills php-fpm's master and, once its orphans are gone too (what they had in hand is lost with
# them), asks 50 times. In one go, so that no engine call lies between: php-fpm is not yet back.
KILL_AND_ASK = """
    $master = (int) $argv[1];
    $orphans = explode(" ", trim(file_get_contents("/proc/$master/task/$master/children")));
    count($orphans) === 3 && posix_kill($master, SIGKILL) || exit(2);
    for ($looks = 0; array_filter($orphans, fn ($pid) => posix_kill((int) $pid, 0)); $looks++) {
        $looks < 5000 || exit(3);
        usleep(1000);
    }
    $failures = 0;
    for ($i = 0; $i < 50; $i++) {
        $page = @file_get_contents("http://127.0.0.1:8080/", false,
            stream_context_create(["http" => ["timeout" => 10]]));
        $failures += !str_contains((string) $page, "<h1>Queue</h1>");
    }
    echo $failures;
"""


def test_killed_php_fpm_recovers_and_no_request_fails(start, rootful):
    box = start(rootful).wait_up()
    before = pids(box)
    done = box.exec("php", "-r", KILL_AND_ASK, "--", str(before["php-fpm"]))
    assert done.stdout == "0", done.stdout
    after = until(lambda: (now := box.services())["php-fpm"]["state"] == "up" and now, "php-fpm up")
    assert after["php-fpm"]["pid"] != before["php-fpm"]
    assert after["php-fpm"]["restarts"] == 1
    for name in RUNNING - {"php-fpm"}:
        assert after[name]["pid"] == before[name], name
    # its orphaned workers were killed with it: all php-fpm that there are belong to the new master
    fpm = box.shell('grep -l "^Name:.php-fpm" /proc/[0-9]*/status').stdout.split()
    parents = {box.kernel(path.split("/")[2])["PPid"][0] for path in fpm}
    assert parents == {"1", str(after["php-fpm"]["pid"])}


def test_one_image_takes_one_role(start, rootful):
    box = start(rootful, "--env", "ORLOP_SERVICES=worker", "--env", "WORKERS=3").wait_up()
    services = box.services()
    running = {name for name, service in services.items() if service["pid"]}
    assert running == {"worker@1", "worker@2", "worker@3"}
    box.signal("TERM")
    assert box.wait() == 0
