"""`orlop audit` on a small root file system of its own: one planted fault, one finding."""
import os
import struct
import subprocess

import pytest

from auditbed import WEB, WORKER, acl, found, new_root
from conftest import ORLOP


@pytest.fixture
def root():
    with new_root() as made:
        yield made


def test_a_clean_image_is_clean(root):
    result = root.run()
    assert result.returncode == 0, result.stdout + result.stderr
    assert "score 100: no findings" in result.stdout
    report = root.audit()
    assert report["score"] == 100 and report["notices"] == [] and report["idle_accepts"] == []
    assert [s["name"] for s in report["services"]] == ["web", "worker"]


def test_own_code(root):
    root.file("srv/app/index.php", uid=WEB)
    assert found(root.audit(), "web") == [("writes-own", "/srv/app/index.php")]


def test_an_owner_without_the_write_bit(root):
    root.file("srv/app/index.php", uid=WEB, mode=0o444)
    assert found(root.audit(), "web") == [("writes-own", "/srv/app/index.php")]


def test_code_of_another(root):
    root.directory("srv/app/lib", mode=0o777)
    root.file("srv/app/lib/x.php", mode=0o666)
    report = root.audit()
    assert found(report, "web") == [("writes-own", "/srv/app/lib")]
    assert found(report, "worker") == [("writes-other", "/srv/app/lib")]


def test_what_nobody_can_reach(root):
    """The kernel is asked, and it says no: a mode alone would have been a finding."""
    root.directory("srv/app/hidden", mode=0o700)
    root.file("srv/app/hidden/x.php", mode=0o666)
    assert found(root.audit(), "worker") == []


def test_an_access_control_list(root):
    path = root.file("srv/app/index.php")
    none = 0xffffffff
    entries = [(1, 6, none), (2, 6, WEB), (4, 4, none), (16, 6, none), (32, 4, none)]
    try:
        os.setxattr(path, "system.posix_acl_access", acl(*entries))
    except OSError:
        pytest.skip("no access control lists in /tmp")
    report = root.audit()
    assert found(report, "web") == [("writes-own", "/srv/app/index.php")]
    assert found(report, "worker") == []


def test_a_directory_above(root):
    root.directory("srv", mode=0o777)
    assert found(root.audit(), "web") == [("writes-own", "/srv")]


def test_a_directory_that_a_link_leads_through(root):
    root.directory("opt/new", uid=WORKER)
    root.program("opt/new/webd")
    (root.path / "usr/bin/webd").unlink()
    (root.path / "usr/bin/webd").symlink_to("/opt/new/webd")
    assert ("writes-other", "/opt/new") in found(root.audit(), "worker")


def test_the_system(root):
    root.file("usr/lib/libx.so", mode=0o666)
    report = root.audit()
    expected = [("writes-system", "/usr/lib/libx.so")]
    assert found(report, "web") == found(report, "worker") == expected


def test_a_link_into_what_a_service_writes(root):
    root.file("var/worker/php.ini", uid=WORKER)
    (root.path / "etc/php.ini").symlink_to("/var/worker/php.ini")
    assert found(root.audit(), "worker") == [("writes-system", "/etc/php.ini")]


def test_the_script_among_the_arguments(root):
    root.file("srv/run", "#!/usr/bin/webd\n", uid=WORKER, mode=0o755)
    root.service("web", "command = /usr/bin/webd run\ndirectory = /srv\nuser = web\n"
                 "read = /srv/app")
    assert found(root.audit(), "worker") == [("writes-other", "/srv/run")]


def test_the_interpreter_of_a_script(root):
    root.directory("opt")
    root.program("opt/interpreter", uid=WORKER)
    root.file("usr/bin/webd", "#!/opt/interpreter\n", mode=0o755)
    assert found(root.audit(), "worker") == [("writes-other", "/opt/interpreter")]


def test_the_search_path(root):
    root.directory("opt/bin", uid=WORKER)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "[environment]\nPATH = /opt/bin:/usr/bin")
    assert found(root.audit(), "worker") == [("writes-other", "/opt/bin")]


def test_a_write_path_that_is_executed(root):
    root.directory("srv/bin", uid=WEB)
    root.service("web", "command = /usr/bin/webd\nuser = web\nwrite = /srv/bin\nexecute = /srv/bin")
    assert found(root.audit(), "web") == [("writes-own", "/srv/bin")]


def test_a_write_path_that_is_read(root):
    root.directory("srv/app/var", uid=WEB)
    root.file("srv/app/var/cache", uid=WEB)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "write = /srv/app/var")
    assert found(root.audit(), "web") == []


def test_a_directory_above_the_declarations(root):
    root.directory("etc", mode=0o777)
    report = root.audit()
    assert found(report, "web") == [("writes-declarations", "/etc")]
    assert report["score"] == 0


def test_a_preset(root):
    root.directory("usr/share/orlop/presets", mode=0o777)
    report = root.audit()
    assert found(report, "web") == [("writes-declarations", "/usr/share/orlop/presets")]
    assert report["score"] == 0


def test_orlop_itself(root):
    (root.path / "usr/bin/orlop-init").chmod(0o777)
    assert found(root.audit(), "web") == [("writes-orlop", "/usr/bin/orlop-init")]


def test_root_and_no_paths(root):
    root.service("web", "command = /usr/bin/webd\nuser = root")
    assert found(root.audit(), "web") == [("root", None), ("no-paths", None)]


def test_no_cage(root):
    root.service("web", "command = /usr/bin/webd\nuser = web\nconfine = off")
    assert found(root.audit(), "web") == [("unconfined", None)]


def test_all_system_calls(root):
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\nsyscalls = all")
    assert found(root.audit(), "web") == [("syscalls-all", None)]


def test_capabilities(root):
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "capabilities = net_bind_service perfmon")
    report = root.audit()
    assert found(report, "web") == [("capability", None)]
    assert "perfmon" in report["services"][0]["findings"][0]["reason"]


def test_one_uid_for_two(root):
    root.service("worker", "command = /usr/bin/workerd\nuser = web\nread = /srv/app")
    report = root.audit()
    assert found(report, "web") == found(report, "worker") == [("shared-uid", None)]


def test_instances_of_one_service_are_one(root):
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\ninstances = 3")
    report = root.audit()
    assert [s["name"] for s in report["services"]] == ["web", "worker"]
    assert report["open"] == 0


def test_the_uid_of_the_supervisor(root):
    root.service("web", "command = /usr/bin/webd\nuser = nobody\nread = /srv/app")
    assert found(root.audit(), "web") == [("shared-uid", None)]


def test_privileged_programs(root):
    root.program("usr/bin/su", mode=0o4755)
    root.program("usr/bin/wall", mode=0o2755)
    root.program("usr/bin/ping")
    root.file("usr/lib/data", mode=0o4644)  # no program: it cannot be run
    os.setxattr(root.path / "usr/bin/ping", "security.capability",
                struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
    report = root.audit()
    assert found(report) == [("setuid", "/usr/bin/su"), ("setgid", "/usr/bin/wall"),
                             ("file-capability", "/usr/bin/ping")]
    assert report["image"]["score"] == 50


def test_accepted_findings(root):
    root.program("usr/bin/su", mode=0o4755)
    root.program("usr/bin/mount", mode=0o4755)
    root.file("etc/orlop/orlop.ini", "accept = setuid /usr/bin/s*\naccept = root web\n")
    report = root.audit()
    assert found(report) == [("setuid", "/usr/bin/mount")]
    assert report["idle_accepts"] == ["root web"]
    (root.path / "usr/bin/mount").unlink()
    result = root.run()
    assert result.returncode == 0
    assert "setuid (accepted)" in result.stdout
    assert "accept = root web: matches nothing" in result.stdout
    assert "score 100: no findings, 1 accepted" in result.stdout


def test_services_by_name(root):
    root.program("usr/bin/su", mode=0o4755)
    root.file("srv/app/index.php", uid=WEB)
    report = root.audit("worker")
    assert report["open"] == 0 and report["image"] is None
    assert [s["name"] for s in report["services"]] == ["worker"]
    result = root.run("nothing")
    assert result.returncode == 100
    assert "found nothing, expected a service" in result.stderr


def test_services_of_the_build_are_left_out(root):
    root.service("composer", "command = /usr/bin/webd\ntype = oneshot\nphase = build\nuser = root")
    assert [s["name"] for s in root.audit()["services"]] == ["web", "worker"]


def test_many_files_are_counted(root):
    for i in range(250):
        root.file(f"srv/app/{i}.php", uid=WEB)
    result = root.run()
    assert "and 240 more" in result.stdout
    report = root.audit()
    assert report["services"][0]["unlisted"] == 50 and report["open"] == 250


def test_nobody_but_root_can_ask(root):
    result = root.run(user=WEB)
    assert result.returncode == 111
    assert "only root" in result.stderr


def test_wrong_usage(root):
    result = subprocess.run([ORLOP, "audit", "--pid=1"], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 100
    assert "unknown option --pid=1" in result.stderr and "usage: orlop audit" in result.stderr
    root.service("web", "comand = x")
    assert root.run().returncode == 100
