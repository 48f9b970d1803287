# SPDX-License-Identifier: ISC
"""The same image in every way that containers are run: plain commands, any uid, no privilege."""

import time

import pytest

from .boxes import until

ARBITRARY = ["--user", "12345:0", "--tmpfs", "/srv/app/var:mode=1777"]
NO_PRIVILEGE = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]

# What a tree asks of root in a container: to change ids, own pipes, signal other uids.
FEW = ["--cap-add", "CHOWN,KILL,SETGID,SETUID,SETPCAP"]

TREES = {
    "user 12345:0": ARBITRARY,
    "read-only": ["--read-only"],
    "read-only, tmpfs": ["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/run", "--tmpfs",
                         "/tmp"],
    "read-only, no tmpfs": ["--read-only", "--read-only-tmpfs=false"],
    "few capabilities, no_new_privs": NO_PRIVILEGE + FEW,
    "no privilege": NO_PRIVILEGE + ARBITRARY,
    "no privilege, read-only": NO_PRIVILEGE + ARBITRARY + ["--read-only"],
}


def works(box):
    """The whole example: page, queue, worker; then an ordered stop."""
    box.wait_up()
    code, body = box.page()
    assert code == 200 and "<h1>Queue</h1>" in body
    number = box.add_job("mode")
    until(lambda: (job := box.job(number)) is None or job[2] == "done", "job done")
    upgrades(box)
    box.signal("TERM")
    assert box.wait() == 0, box.logs()


def upgrades(box):
    """The engine's profile lets PID 1 execute itself anew, and what runs stays."""
    before = {name: service["pid"] for name, service in box.services().items()}
    box.shell("orlop upgrade")
    after = {name: service["pid"] for name, service in box.services().items()}
    assert all(after[name] == before[name] for name in ("nginx", "php-fpm", "worker@1")), after
    assert box.status()["upgrades"] == 1
    assert box.page()[0] == 200


@pytest.mark.parametrize("options", TREES.values(), ids=TREES.keys())
def test_tree_runs(start, rootful, options):
    works(start(rootful, *options))


def test_arbitrary_uid_is_what_every_service_has(start, rootful):
    box = start(rootful, *ARBITRARY).wait_up()
    status = box.status()
    assert status["shared_uid"] is True
    assert status["notices"], "what cannot be had here is said"
    for service in status["services"]:
        if service["pid"]:
            assert service["uid"] == 12345
            assert box.kernel(service["pid"])["Uid"] == ["12345"] * 4
            assert box.kernel(service["pid"])["NoNewPrivs"] == ["1"]


def test_few_capabilities_still_give_each_service_its_uid(start, rootful):
    box = start(rootful, *NO_PRIVILEGE, *FEW).wait_up()
    running = [service for service in box.services().values() if service["pid"]]
    uids = {service["service"]: service["uid"] for service in running}
    assert len(set(uids.values())) == 3 and 0 not in uids.values(), uids
    for service in running:
        assert box.kernel(service["pid"])["Uid"] == [str(service["uid"])] * 4


def test_root_without_capabilities_runs_what_can_run_there(start, rootful):
    # php-fpm and nginx change ids themselves when they find uid 0; the workers do not ask.
    box = start(rootful, *NO_PRIVILEGE, "--env", "ORLOP_SERVICES=worker,prune").wait_up()
    services = box.services()
    assert {services["worker@1"]["state"], services["worker@2"]["state"]} == {"up"}
    assert int(box.kernel(services["worker@1"]["pid"])["CapEff"][0], 16) == 0
    box.signal("TERM")
    assert box.wait() == 0


def test_unwritable_queue_is_said_and_ends_the_container(start, rootful):
    box = start(rootful, "--user", "12345:0")
    assert box.wait() != 0
    assert "uid 12345 cannot write /srv/app/var/queue.sqlite" in box.logs()


def test_tree_runs_under_another_init(start, rootful):
    box = start(rootful, "--init")
    pid = until(lambda: box.shell('grep -l "^Name:.orlop-init$" /proc/[0-9]*/status', check=False)
                .stdout.split("/")[2:3], "orlop-init under the engine's init")[0]
    assert pid != "1"
    box.variables = ["--env", f"ORLOP_PID={pid}"]
    works(box)


def test_rootless_tree_runs_under_four_uids(start, rootless):
    box = start(rootless).wait_up()
    services = box.services()
    uids = {services[name]["service"]: services[name]["uid"]
            for name in ("nginx", "php-fpm", "worker@1", "prune")}
    assert len(set(uids.values())) == 4 and 0 not in uids.values(), uids
    for name in ("nginx", "php-fpm", "worker@1"):
        assert box.kernel(services[name]["pid"])["Uid"] == [str(services[name]["uid"])] * 4
    works(box)


def test_rootless_restricted_tree_runs(start, rootless):
    works(start(rootless, *NO_PRIVILEGE, *ARBITRARY, "--read-only"))


PLAIN = {
    "root": [],
    "user 12345:0": ["--user", "12345:0"],
    "read-only, no tmpfs": ["--read-only", "--read-only-tmpfs=false"],
    "no privilege": NO_PRIVILEGE + ["--user", "12345:0"],
    "init": ["--init"],
}


@pytest.mark.parametrize("options", PLAIN.values(), ids=PLAIN.keys())
def test_plain_command_is_a_plain_container(rootful, options):
    done = rootful.once("echo", "hi", options=options)
    assert (done.stdout, done.stderr, done.returncode) == ("hi\n", "", 0)


def test_plain_command_rootless(rootless):
    done = rootless.once("sh", "-c", "id -u; exit 3")
    assert (done.stdout, done.stderr, done.returncode) == ("0\n", "", 3)


@pytest.mark.parametrize("command, status", [
    (["true"], 0),
    (["sh", "-c", "exit 3"], 3),
    (["/etc/passwd"], 126),
    (["no-such-command"], 127),
    (["sh", "-c", "kill -KILL $$"], 137),
    (["sh", "-c", "kill -TERM $$"], 143),
    (["sh", "-c", "kill -42 $$"], 170),
])
def test_plain_exit_status(rootful, command, status):
    assert rootful.once(*command).returncode == status


@pytest.mark.parametrize("signal, status", [("TERM", 143), ("QUIT", 131), ("USR1", 138)])
def test_plain_signal_reaches_the_command(start, rootful, signal, status):
    box = start(rootful, command=["sleep", "60"])
    until(lambda: box.shell('grep -l "^Name:.sleep" /proc/[0-9]*/status', check=False).stdout,
          "the command runs")
    began = time.monotonic()
    box.signal(signal)
    assert box.wait() == status
    print(f"{signal}: ended in {time.monotonic() - began:.3f} s, the engine's time included")


def test_plain_orphans_are_reaped(start, rootful):
    script = "(sh -c 'sleep 0.1 & exit 0'); exec sleep 60"
    box = start(rootful, command=["sh", "-c", script])
    until(lambda: box.shell('grep -l "^Name:.sleep" /proc/[0-9]*/status', check=False).stdout
          .count("status") == 1, "the orphan has ended")
    zombies = box.shell('grep -l "^State:.Z" /proc/[0-9]*/status', check=False).stdout
    assert zombies == ""
