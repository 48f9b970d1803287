"""`orlop audit` of what a service can read: secrets and keys of others, and what it has to."""
import os
import subprocess

import pytest

from auditbed import WEB, WORKER, found, new_root


@pytest.fixture
def root():
    with new_root() as made:
        yield made


def test_a_secret_of_another(root):
    root.file("srv/password", "x", uid=WEB, mode=0o444)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "secret = PASSWORD:/srv/password")
    report = root.audit()
    assert found(report, "worker") == [("reads-secret", "/srv/password")]
    assert found(report, "web") == []
    root.file("srv/password", "x", uid=WEB, mode=0o400)
    assert found(root.audit(), "worker") == []


def test_a_secret_of_both(root):
    root.file("srv/password", "x", mode=0o444)
    secret = "secret = PASSWORD:/srv/password"
    root.service("web", f"command = /usr/bin/webd\nuser = web\nread = /srv/app\n{secret}")
    root.service("worker", f"command = /usr/bin/workerd\nuser = worker\nread = /srv/app\n{secret}")
    assert root.audit()["open"] == 0


def test_the_way_to_its_own_secret(root):
    """Its file is read as root: with a link in its place, any file would be."""
    root.directory("srv/keys", WEB)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "secret = PASSWORD:/srv/keys/later/password")
    report = root.audit()
    assert found(report, "web") == [("writes-own", "/srv/keys")]
    assert found(report, "worker") == []
    root.directory("srv/keys")
    root.directory("srv/keys/later", WORKER)
    report = root.audit()
    assert found(report, "web") == []
    assert found(report, "worker") == [("writes-other", "/srv/keys/later")]
    assert "read as root for web" in root.run().stdout
    root.directory("srv/keys/later")
    root.file("srv/keys/later/password", uid=WEB, mode=0o400)
    assert root.audit()["open"] == 0


def test_a_write_path_below_anothers(root):
    root.directory("var/worker/web", WEB, mode=0o750)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\n"
                 "write = ?/var/worker/web")
    report = root.audit()
    assert ("nested-write", "/var/worker") in found(report, "worker")
    assert "above /var/worker/web, written by web" in root.run().stdout
    root.directory("var/worker", mode=0o755)
    root.directory("var/worker/worker", WORKER, mode=0o750)
    root.service("worker", "command = /usr/bin/workerd\nuser = worker\n"
                 "write = /var/worker/worker")
    assert root.audit()["open"] == 0


def test_data_of_another_below_what_is_read(root):
    root.directory("srv/app/var", WORKER, mode=0o750)
    root.file("srv/app/var/private", uid=WORKER, mode=0o600)
    root.service("worker", "command = /usr/bin/workerd\nuser = worker\nwrite = /srv/app/var")
    assert root.audit()["open"] == 0


def test_a_secret_below_what_another_reads(root):
    """As lockdown leaves it: its service owns it, and the other's cage leaves it out."""
    root.file("srv/app/password", "x", uid=WORKER, mode=0o400)
    root.service("worker", "command = /usr/bin/workerd\nuser = worker\nwrite = /var/worker\n"
                 "secret = PASSWORD:/srv/app/password")
    assert root.audit()["open"] == 0


def test_a_secret_behind_a_link(root):
    root.directory("srv/keys")
    root.file("srv/keys/tls.key", "x", uid=WORKER, mode=0o400)
    (root.path / "keys").symlink_to("/srv/keys")
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app /srv/keys")
    root.service("worker", "command = /usr/bin/workerd\nuser = worker\nwrite = /var/worker\n"
                 "secret = PASSWORD:/keys/tls.key")
    assert root.audit()["open"] == 0
    (root.path / "srv/keys/tls.key").chmod(0o404)
    assert found(root.audit(), "web") == [("reads-secret", "/srv/keys/tls.key")]


def test_what_is_written_behind_a_link(root):
    root.directory("srv/data", WORKER)
    root.file("srv/data/tls.key", "x", uid=WORKER)
    (root.path / "data").symlink_to("/srv/data")
    root.service("worker", "command = /usr/bin/workerd\nuser = worker\nwrite = /data")
    report = root.audit()
    assert found(report, "worker") == []
    assert found(report, "web") == [("reads-key", "/srv/data/tls.key")]


def test_a_path_behind_a_link_is_told_once(root):
    root.directory("srv/private", mode=0o700)
    (root.path / "private").symlink_to("/srv/private")
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /private")
    assert found(root.audit(), "web") == [("cannot-read", "/private")]


def test_what_is_too_deep_to_be_asked_about(root):
    fd = os.open(root.path / "srv/app", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, 0o755, dir_fd=fd)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    notices = root.audit()["notices"]
    subprocess.run(["rm", "-rf", root.path / "srv"], check=True)  # too deep for Python's own
    assert len(notices) == 1
    assert notices[0].startswith("cannot look at /srv/app/ddd")
    assert notices[0].endswith("File name too long")


def test_files_with_telling_names(root):
    root.file("srv/app/.env", "PASSWORD=x")
    root.file("srv/app/tls.key", "x", mode=0o600)
    root.file("usr/lib/doc.key", "x")
    report = root.audit()
    # web declares that it reads there.
    assert found(report, "worker") == [("reads-key", "/srv/app/.env")]
    assert ("reads-key", "/srv/app/.env") not in found(report, "web")


def test_what_a_service_could_not_use(root):
    root.directory("srv/app/private", mode=0o700)
    root.file("srv/app/config.php", mode=0o600)
    root.program("usr/bin/webd", mode=0o700)
    root.directory("var/worker", uid=0)
    root.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app\nwrite = /var/none")
    report = root.audit()
    assert found(report, "web") == [("cannot-run", "/usr/bin/webd"),
                                    ("cannot-read", "/srv/app/config.php"),
                                    ("cannot-read", "/srv/app/private"),
                                    ("missing-write", "/var/none")]
    assert found(report, "worker") == [("cannot-write", "/var/worker")]
