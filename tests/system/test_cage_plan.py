"""The list of paths that a cage allows, by those who would like it to be longer."""
import os
import pathlib

import pytest

from conftest import processes_in, shell, wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs several uids")
WORD = "correct-horse-battery-staple"
ONE_UID = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]


def lines(tree, last):
    """What was logged, once the line `last` is there."""
    wait_for(lambda: f"{last}\n" in tree.output(), message=tree.output())
    return tree.output()


@pytest.fixture
def place(declare):
    """Makes a directory or a file below the declarations."""
    def make(name, text=None, uid=0, mode=0o755):
        path = declare.path / name
        if text is None:
            path.mkdir(parents=True)
        else:
            path.write_text(text)
        os.chown(path, uid, uid)
        path.chmod(mode)
        return path
    return make


def test_a_link_left_for_the_next_start(declare, place):
    """Who may write a directory can swap what is in it, and a start follows links as root."""
    data = place("data", uid=2001)
    other = place("other")
    place("other/file", f"{WORD}\n", mode=0o644)
    script = (f"if [ -h {data}/tmp ]; then cat {data}/tmp/file; echo looked; exec sleep 1000; fi; "
              f"rmdir {data}/tmp; ln -s {other} {data}/tmp; echo left")
    place("data/tmp", uid=2001)
    declare.service("spy", shell(script) + "\n[environment]\nTMPDIR = " + str(data / "tmp"))
    text = (declare.path / "services/spy.ini").read_text().split("[environment]")
    (declare.path / "services/spy.ini").write_text(
        f"{text[0]}user = 2001\ngroup = 2001\nwrite = {data}\n[environment]{text[1]}")
    tree = declare.start()
    output = lines(tree, "looked")
    assert "left" in output
    assert "Permission denied" in output
    assert WORD not in output


def test_temporary_files_of_its_own(declare, place):
    """Folded into the path above it, it can still be used."""
    data = place("data", uid=2001)
    place("data/tmp", uid=2001)
    declare.service("one", shell(f"echo made >$TMPDIR/x && cat {data}/tmp/x; exec sleep 1000"),
                    user="2001", group="2001", write=data)
    tree = declare.start(environment={"TMPDIR": str(data / "tmp")})
    lines(tree, "made")


def test_temporary_files_everywhere(declare, place):
    other = place("other", uid=2001)
    declare.service("one", shell(f"echo x >{other}/x; echo looked; exec sleep 1000"),
                    user="2001", group="2001", read="/srv")
    tree = declare.start(environment={"TMPDIR": "/"})
    output = lines(tree, "looked")
    assert 'TMPDIR "/" is no directory that could be declared' in output
    assert "Permission denied" in output
    assert not (other / "x").exists()


def test_a_secret_at_another_mount(declare, place):
    """One uid for all: nothing but the cage hides it, whatever name it is asked for by."""
    place("volume")
    place("volume/keys")
    place("volume/keys/db", f"{WORD}\n", uid=12345, mode=0o400)
    place("volume/plain", "plain\n")
    place("run")
    declare.service("db", "sleep 1000", secret=f"DB_PASSWORD:{declare.path}/run/db",
                    read=declare.path / "run")
    declare.service("spy", shell(f"cat {declare.path}/volume/plain; "
                                 f"cat {declare.path}/volume/keys/db; echo looked; sleep 1000"),
                    read=declare.path / "volume")
    bind = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$2"; shift 2; exec "$@"', "sh",
            str(declare.path / "volume/keys"), str(declare.path / "run")]
    tree = declare.start(prefix=[*bind, *ONE_UID])
    output = lines(tree, "looked")
    assert "plain" in output
    assert "Permission denied" in output
    assert WORD not in output


def test_two_secrets_in_one_directory(declare, place):
    """Each sees its own, by whatever path, and not the other's; nor one that comes later."""
    keys = place("keys", uid=12345)
    place("link").rmdir()
    (declare.path / "link").symlink_to("keys")
    for name in "ab":
        place(f"keys/{name}", f"word-{name}\n", uid=12345, mode=0o400)
    look = "; ".join(f"cat {path} || echo not {path}" for path in (
        f"{keys}/a", f"{keys}/b", f"{declare.path}/link/../keys//b", f"/proc/self/root{keys}/b",
        f"/proc/1/root{keys}/b", f"{keys}/later"))
    declare.service("a", shell(f"{look}; echo looked; sleep 1000"), secret=f"A:{keys}//a",
                    read=f"{declare.path}/link/", needs="b")
    declare.service("b", shell(f"echo word-later >{keys}/later; read forever"), type="oneshot",
                    essential="no", success_exit="0 1", secret=f"B:{declare.path}/link/./b")
    declare.service("c", "sleep 1000", secret=f"C:?{declare.path}/link/later")
    tree = declare.start(prefix=ONE_UID)
    output = lines(tree, "looked")
    assert "word-a" in output
    assert output.count("not ") >= 5
    assert "word-b" not in output and "word-later" not in output
    assert (keys / "later").exists()


def test_only_what_is_named_can_be_run(declare, place):
    """A script behind env(1), its interpreter and its loader; nothing else."""
    script = place("run", "#!/usr/bin/env -S sh -e\necho ran\n/usr/bin/id || echo looked\n"
                   "read forever\n")
    declare.service("one", str(script), user="2001", group="2001", execute="", type="oneshot",
                    essential="no", read=declare.path)
    tree = declare.start()
    output = lines(tree, "looked")
    assert "ran\n" in output
    assert "Permission denied" in output
    assert "uid=" not in output


def test_a_variable_of_the_container_is_in_no_other_process(declare):
    """Of the helpers, the probes and the other services; the command line is the container's own."""
    declare.service("db", "sleep 1000", user="2001", group="2001", secret="DB_PASSWORD",
                    ready_command=shell("tr '\\0' '\\n' </proc/self/environ; true"))
    declare.service("web", "sleep 1000", user="2002", group="2002")
    tree = declare.start(environment={"DB_PASSWORD": WORD})
    tree.wait_state("db", "up")
    tree.wait_state("web", "up")

    def holders():
        return [pid for pid in processes_in(tree.init) if pid != tree.init and
                WORD.encode() in pathlib.Path(f"/proc/{pid}/environ").read_bytes()]
    assert len(wait_for(holders)) == 1
    assert WORD not in tree.output()
