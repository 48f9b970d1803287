"""A secret reaches the service that declares it, and nothing else of the house ever holds it."""
import os
import pathlib

import pytest

from conftest import processes_in, shell, wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="reads the memory of others")
WORD = "correct-horse-battery-staple"


def memory_of(pid):
    """All that the process has mapped and can be read."""
    parts = []
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            first, last = (int(word, 16) for word in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or "[v" in line:
                continue
            try:
                memory.seek(first)
                parts.append(memory.read(last - first))
            except OSError:
                continue  # behind the end of its file
    return b"".join(parts)


def environment_of(pid):
    return pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


@pytest.fixture
def secret(declare):
    path = declare.path / "password"
    path.write_text(f"{WORD}\n")
    path.chmod(0o400)
    return path


def test_nobody_else_has_it(declare, secret):
    declare.service("owner", shell("exec sleep 1000"), secret=f"PASSWORD:{secret}", user="2001",
                    group="2001")
    declare.service("other", shell("exec sleep 1000"), user="2002", group="2002")
    tree = declare.start()
    owner = tree.wait_state("owner", "up")
    tree.wait_state("other", "up")
    wanted = f"PASSWORD={WORD}".encode()
    found = wait_for(lambda: [pid for pid in processes_in(tree.init)
                              if wanted in environment_of(pid)])
    holders = [pid for pid in processes_in(tree.init) if WORD.encode() in memory_of(pid)]
    assert holders == found
    assert len(found) == 1
    assert found[0] != tree.init
    assert owner["pid"] in [int(word) for line in pathlib.Path(f"/proc/{found[0]}/status")
                            .read_text().splitlines() if line.startswith("NSpid:")
                            for word in line.split()[1:]]
    assert WORD not in tree.orlop("status", "--json").stdout
    assert WORD not in tree.output()
    assert tree.stop() == 0
    assert WORD not in tree.output()


def test_a_new_start_reads_it_anew(declare, secret):
    declare.service("owner", shell("echo got $PASSWORD; exec sleep 1000"),
                    secret=f"PASSWORD:{secret}", user="2001", group="2001")
    tree = declare.start()
    wait_for(lambda: f"got {WORD}" in tree.output())
    secret.chmod(0o600)
    secret.write_text("another")
    assert tree.orlop("restart", "owner").returncode == 0
    wait_for(lambda: "got another" in tree.output())


def test_a_secret_that_has_gone_is_named(declare, secret):
    declare.service("owner", shell("exec sleep 1000"), secret=f"PASSWORD:{secret}", user="2001",
                    group="2001")
    tree = declare.start()
    tree.wait_state("owner", "up")
    secret.unlink()
    tree.orlop("restart", "owner")
    expected = f"owner: cannot start: secrets {secret}: No such file or directory"
    wait_for(lambda: expected in tree.output(), message=tree.output())
    assert WORD not in tree.output()


def test_a_path_that_has_gone_is_named(declare):
    data = declare.path / "data"
    data.mkdir()
    os.chown(data, 2001, 2001)
    declare.service("owner", shell("exec sleep 1000"), write=str(data), user="2001", group="2001")
    tree = declare.start()
    tree.wait_state("owner", "up")
    data.rmdir()
    tree.orlop("restart", "owner")
    expected = f"owner: cannot start: declared paths {data}: No such file or directory"
    wait_for(lambda: expected in tree.output(), message=tree.output())
