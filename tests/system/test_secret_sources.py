"""A secret, wherever it comes from, reaches the one service that declares it and no other."""
import os
import pathlib
import subprocess

import pytest

from conftest import ORLOP, shell, wait_for

VALUE = "hunter2-correct-horse"
READY = "[environment]\nORLOP_READY = 1\n"
SLEEP = "sleep 1000"


def plan_of(directory, environment):
    """How orlop-plan ends, and the bytes of the plan, as PID 1 would have them."""
    memfd = os.memfd_create("plan", os.MFD_ALLOW_SEALING)
    pid = os.posix_spawn(ORLOP, ["orlop-plan", f"--directory={directory}"], environment,
                         file_actions=[(os.POSIX_SPAWN_DUP2, memfd, 3)])
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    data = os.pread(memfd, os.fstat(memfd).st_size, 0)
    os.close(memfd)
    return status, data


@pytest.fixture
def secret(declare):
    """A directory with the secret's file in it, for root alone."""
    path = declare.path / "secrets"
    path.mkdir(mode=0o755)
    (path / "db").write_text(VALUE + "\n")
    (path / "db").chmod(0o400)
    (path / "plain").write_text("plain\n")
    return path


def told(tree, name):
    """The environment that the service's process has, as the kernel tells it to root."""
    def environment():
        service = tree.services().get(name)
        if not service or service["state"] != "up":
            return None
        result = subprocess.run(
            ["nsenter", "--pid", "--mount", "--target", str(tree.init), "sh", "-c",
             'tr "\\0" "\\n" </proc/"$0"/environ', str(service["pid"])],
            capture_output=True, text=True, timeout=30, check=False)
        return result.stdout if "ORLOP_READY" in result.stdout else None
    return wait_for(environment, message=tree.output())


def memfds(tree):
    """What PID 1's memory files have in them: the plan, the tables."""
    data = b""
    for entry in pathlib.Path(f"/proc/{tree.init}/fd").iterdir():
        if os.readlink(entry).startswith("/memfd:"):
            data += entry.read_bytes()
    return data


def services(declare, secret_key):
    declare.service("db", SLEEP, secret=secret_key)
    declare.service("web", SLEEP)
    declare.service("narrow", SLEEP, environment_pass="DB_* HOME")
    for name in ("db", "web", "narrow"):
        path = declare.path / "services" / f"{name}.ini"
        path.write_text(path.read_text() + READY)


def only_the_service_has_it(tree):
    assert f"DB_PASSWORD={VALUE}\n" in told(tree, "db")
    assert "DB_PASSWORD=" not in told(tree, "web")
    assert "DB_PASSWORD=" not in told(tree, "narrow")
    tables = memfds(tree)
    assert b"narrow" in tables  # the plan was among them
    assert VALUE.encode() not in tables
    for words in (["status", "--json"], ["tree"]):
        result = tree.orlop(*words)
        assert VALUE not in result.stdout + result.stderr
    assert tree.stop() == 0
    assert VALUE not in tree.output()


def test_a_file(declare, secret):
    services(declare, f"DB_PASSWORD:{secret}/db")
    only_the_service_has_it(declare.start())


def test_the_path_in_a_variable(declare, secret):
    services(declare, "DB_PASSWORD")
    tree = declare.start(environment={"DB_PASSWORD_FILE": f"{secret}/db"})
    assert "DB_PASSWORD_FILE=" not in told(tree, "db")
    only_the_service_has_it(tree)


def test_the_variable_of_the_container(declare):
    services(declare, "DB_PASSWORD")
    tree = declare.start(environment={"DB_PASSWORD": VALUE})
    only_the_service_has_it(tree)
    assert "environment-pass of narrow: DB_PASSWORD is a secret of db" in tree.output()


def test_what_the_file_says_holds(declare, secret):
    services(declare, f"DB_PASSWORD:{secret}/db")
    only_the_service_has_it(declare.start(environment={"DB_PASSWORD": "old"}))


def test_a_shared_uid(declare, secret):
    """Without another uid: the file cage keeps the file, the domain keeps the environment."""
    os.chown(secret / "db", 12345, 12345)
    look = (f"cat {secret}/plain; cat {secret}/db; "
            "for e in /proc/[0-9]*/environ; do cat $e; done 2>&1 | tr '\\0' '\\n' "
            "| grep ^DB_PASSWORD; echo looked")
    services(declare, f"DB_PASSWORD:{secret}/db")
    declare.service("spy", shell(look), type="oneshot", read=secret, needs="db")
    tree = declare.start(prefix=["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"])
    wait_for(lambda: "looked" in tree.output(), message=tree.output())
    output = tree.output()
    assert "plain" in output
    assert "Permission denied" in output
    assert VALUE not in output
    assert "shared uid: narrow and 1 more can read the secret files" in output


def test_another_uid_cannot_read_the_file(declare, secret):
    declare.service("db", SLEEP, secret=f"DB_PASSWORD:{secret}/db")
    declare.service("spy", shell(f"cat {secret}/db; echo looked"), type="oneshot")
    tree = declare.start()
    wait_for(lambda: "looked" in tree.output(), message=tree.output())
    assert "Permission denied" in tree.output()
    assert VALUE not in tree.output()


def test_a_missing_file(declare, secret):
    declare.service("db", SLEEP, secret=f"DB_PASSWORD:{secret}/nosuch")
    tree = declare.start()
    assert tree.wait() == 100
    assert "db.ini:2: secret: found" in tree.output()
    declare.service("db", shell('echo "<$DB_PASSWORD>"'), type="oneshot",
                    secret=f"DB_PASSWORD:?{secret}/nosuch")
    tree = declare.start()
    wait_for(lambda: "<>" in tree.output(), message=tree.output())


def test_the_plan_has_no_value(declare, secret):
    services(declare, f"DB_PASSWORD TOKEN:{secret}/db")
    status, data = plan_of(declare.path, {"PATH": os.environ["PATH"],
                                          "DB_PASSWORD": "other-value"})
    assert status == 0
    assert VALUE.encode() not in data and b"other-value" not in data
    assert b"DB_PASSWORD" in data


def test_it_must_not_be_used_in_a_declaration(declare):
    services(declare, "DB_PASSWORD")
    declare.service("web", "sleep ${DB_PASSWORD}")
    result = subprocess.run(["orlop-plan", "--check", f"--directory={declare.path}"],
                            executable=ORLOP, env={"PATH": os.environ["PATH"],
                                                   "DB_PASSWORD": VALUE},
                            capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 100
    assert "secret: found ${DB_PASSWORD} in a declaration" in result.stderr
    assert VALUE not in result.stderr
