"""orlop upgrade: PID 1 becomes another program, and nothing that it holds or knows is lost."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from conftest import INIT, ORLOP, ROOT, processes_in, read_proc, shell, wait_for
from test_not_pid1 import CHAIN, alive, orlop  # noqa: F401 (a fixture)

POLITE = shell("trap 'echo good-bye; exit 0' TERM; echo >&3; while :; do sleep 1000 & wait; done")
READY = {"ready": "fd:3"}
# What orlop-init is made of.
FOLDERS = ("init", "boot", "renew", "hold", "plain", "confine", "wire", "sys")
NOT_INIT = {"confine": ("main", "users", "host", "base_paths", "syscalls"), "sys": ("fake",)}


def process(tree, name):
    """The process of the tree whose command line begins so, or None."""
    for pid in processes_in(tree.init):
        try:
            if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(name.encode() + b"\0"):
                return pid
        except OSError:
            continue
    return None


def replace(file, source, mode=0o755):
    """As a package manager does it: by another inode under the same name."""
    new = file.with_suffix(".new")
    shutil.copy(source, new)
    new.chmod(mode)
    os.rename(new, file)


@pytest.fixture
def upgradable(declare):
    """Starts a tree from a copy of the programs; `.bin` is where they are."""
    folder = declare.path / "bin"
    folder.mkdir()
    for program in (INIT, ORLOP):
        shutil.copy(program, folder)

    def start(*arguments, **more):
        tree = declare.start(*arguments, name=folder / "orlop-init", **more)
        tree.bin = folder
        return tree
    return start


@pytest.fixture(scope="module")
def next_version(tmp_path_factory):
    """An orlop-init that says that its version is 9.9.9."""
    path = tmp_path_factory.mktemp("next") / "orlop-init"
    path.write_bytes(INIT.read_bytes().replace(b"0.1.0\0", b"9.9.9\0"))
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def other_tables(tmp_path_factory):
    """An orlop-init whose slot table has another layout."""
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(ROOT / "src", folder / "src")
    header = folder / "src" / "wire" / "slot.h"
    header.write_text(header.read_text().replace("SLOT_VERSION = 1,", "SLOT_VERSION = 2,"))
    files = [str(file) for name in FOLDERS for file in sorted((folder / "src" / name).glob("*.c"))
             if file.stem not in NOT_INIT.get(name, ()) and not file.stem.startswith("arguments")]
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-static", '-DORLOP_VERSION="8"',
                    '-DORLOP_FOLDER="/nowhere/"', '-DORLOP_SHARE="/nowhere"', f"-I{folder}/src",
                    "-o", folder / "orlop-init", *files], check=True)
    return folder / "orlop-init"


def upgrade(tree):
    result = tree.orlop("upgrade")
    assert (result.returncode, result.stderr) == (0, ""), tree.output()


def same_file(pid, path):
    there, here = os.stat(f"/proc/{pid}/exe"), path.stat()
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def numbered(tree, word):
    """The numbers of the lines WORD-N, the last one aside if it is cut."""
    lines = [line for line in tree.output().split("\n")[:-1] if line.startswith(f"{word}-")]
    return [int(line.split("-")[1]) for line in lines]


def test_an_upgrade_loses_or_doubles_something(declare, upgradable):
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o666)
    for i in range(5):
        declare.service(f"sleeper{i}", "sleep 1000")
    declare.service("talks", shell("i=0; while :; do i=$((i+1)); echo line-$i; done"))
    declare.service("dies", shell("echo life; echo >&3; exit 3"), restart_delay="1ms..1ms",
                    restart_limit="1000000/1s", **READY)
    declare.service("late", shell("read x <$0; echo >&3; exec sleep 1000", str(gate)), **READY)
    declare.settings("stop-timeout = 60s\n")
    tree = upgradable()
    tree.wait_state("sleeper4", "up")
    tree.wait_state("late", "starting")
    before = {name: s["pid"] for name, s in tree.services().items() if name != "dies"}
    for turn in range(20):
        lives = tree.services()["dies"]["generation"]
        if turn % 3 == 1:
            os.kill(wait_for(lambda: process(tree, "orlop-supervise")), signal.SIGKILL)
        if turn % 3 == 2:
            os.kill(wait_for(lambda: process(tree, "orlop-log")), signal.SIGKILL)
        upgrade(tree)
        wait_for(lambda: tree.services()["dies"]["generation"] > lives)
    services = tree.services()
    assert {name: s["pid"] for name, s in services.items() if name != "dies"} == before
    assert services["late"]["state"] == "starting"
    assert all(s["restarts"] == 0 for name, s in services.items() if name != "dies")
    assert tree.status()["upgrades"] == 20
    assert "upgrades 20" in tree.orlop("status").stdout
    gate.write_text("go\n")
    tree.wait_state("late", "up")
    assert tree.orlop("stop", "dies").returncode == 0
    dies = tree.services()["dies"]
    assert dies["generation"] - dies["restarts"] in (0, 1)  # it was stopped in a life or in between
    assert tree.stop() == 0
    output = tree.output()
    # The last life may have been stopped before it said so.
    assert 0 <= dies["generation"] - output.split("\n").count("life") <= 1
    lines = numbered(tree, "line")
    assert lines == list(range(1, len(lines) + 1))
    assert "is killed" not in output and "died" not in output


def test_the_programs_that_run_are_still_the_old_ones(declare, upgradable, next_version):
    declare.service("one", POLITE, **READY)
    tree = upgradable()
    tree.wait_state("one", "up")
    replace(tree.bin / "orlop-init", next_version)
    replace(tree.bin / "orlop", ORLOP)
    upgrade(tree)
    wait_for(lambda: "orlop-init: upgraded to version 9.9.9\n" in tree.output())
    assert same_file(tree.init, tree.bin / "orlop-init")
    for name in ("orlop-supervise", "orlop-log"):
        assert same_file(wait_for(lambda n=name: process(tree, n)), tree.bin / "orlop")
    assert pathlib.Path(f"/proc/{tree.init}/comm").read_text() == "orlop-init\n"
    # Where its file is was not forgotten with the program.
    replace(tree.bin / "orlop-init", INIT)
    upgrade(tree)
    assert same_file(tree.init, tree.bin / "orlop-init")
    assert tree.stop() == 0
    assert "good-bye" in tree.output()


def other_machine(path):
    program = bytearray(INIT.read_bytes())
    program[18:20] = (0xf3).to_bytes(2, "little")  # e_machine: RISC-V
    path.write_bytes(program)


def older(path):
    path.write_bytes(INIT.read_bytes().replace(b"--renew=trial", b"--not-yet-known"[:13]))


BROKEN = {
    "missing": (lambda path: path.unlink(), "No such file or directory"),
    "not executable": (lambda path: path.chmod(0o644), "Permission denied"),
    "of another machine": (other_machine, "Exec format error"),
    "empty": (lambda path: path.write_bytes(b""), "Exec format error"),
    "something else": (lambda path: replace(path, "/bin/true"), "no orlop-init that understands"),
    "too old": (older, "no orlop-init that understands"),
}


def assert_refused(tree, reason):
    result = tree.orlop("upgrade")
    assert result.returncode == 1
    assert "nothing has changed" in result.stderr and reason in result.stderr
    wait_for(lambda: "not upgraded" in tree.output())
    said = [line for line in tree.output().split("\n") if "not upgraded" in line]
    assert len(said) == 1 and reason in said[0], said


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_does_not_do_ends_the_container(declare, upgradable, broken):
    declare.service("one", "sleep 1000", restart_delay="1ms..1ms")
    tree = upgradable()
    before = tree.wait_state("one", "up")["pid"]
    supervisor = tree.status()["supervisor"]
    spoil, reason = BROKEN[broken]
    replace(tree.bin / "orlop-init", INIT)  # that of the running program is not touched
    spoil(tree.bin / "orlop-init")
    assert_refused(tree, reason)
    status = tree.status()
    assert (status["upgrades"], status["supervisor"]) == (0, supervisor)
    assert tree.services()["one"]["pid"] == before
    replace(tree.bin / "orlop-init", INIT)
    upgrade(tree)
    # The table is still the one that is written.
    os.kill(process(tree, "sleep"), signal.SIGKILL)
    wait_for(lambda: tree.services()["one"]["pid"] not in (None, before))
    # And what the upgrade took is nothing that a service is given.
    sleeper = wait_for(lambda: process(tree, "sleep"))
    # Its loader has a library open for a moment.
    wait_for(lambda: sorted(os.listdir(f"/proc/{sleeper}/fd")) == ["0", "1", "2"])
    assert tree.stop() == 0


def test_another_table_is_taken_for_its_own(declare, upgradable, other_tables):
    declare.service("one", POLITE, **READY)
    tree = upgradable()
    tree.wait_state("one", "up")
    replace(tree.bin / "orlop-init", other_tables)
    assert_refused(tree, "no orlop-init that understands")
    assert tree.stop() == 0
    assert "good-bye" in tree.output()


def test_without_a_supervisor_there_is_no_way_back(declare, upgradable):
    declare.service("one", "sleep 1000")
    tree = upgradable()
    tree.wait_state("one", "up")
    (tree.bin / "orlop").chmod(0o644)
    assert_refused(tree, "Permission denied")
    assert "the supervisor's program" in tree.output()
    (tree.bin / "orlop").chmod(0o755)
    upgrade(tree)
    assert tree.stop() == 0


@pytest.mark.skipif(not shutil.which("strace"), reason="strace makes the call fail")
def test_a_failing_exec_loses_the_table(declare, upgradable):
    declare.service("one", "sleep 1000", restart_delay="1ms..1ms")
    tree = upgradable()
    before = tree.wait_state("one", "up")["pid"]
    pid = tree.init
    strace = subprocess.Popen(
        ["strace", "-qq", "-o", declare.path / "trace", "-p", str(pid), "-e", "trace=execveat",
         "-e", "inject=execveat:error=EACCES:when=1"])
    try:
        wait_for(lambda: read_proc(pid, "TracerPid") != ["0"])
        assert_refused(tree, "Permission denied")
        os.kill(process(tree, "sleep"), signal.SIGKILL)
        wait_for(lambda: tree.services()["one"]["pid"] not in (None, before))
        upgrade(tree)
    finally:
        strace.kill()
        strace.wait()
    assert tree.stop() == 0


@pytest.mark.parametrize("round_", range(8))
def test_a_stop_signal_is_lost_in_an_upgrade(declare, upgradable, round_):
    declare.service("one", POLITE, **READY)
    declare.settings("stop-timeout = 1h\n")
    tree = upgradable()
    tree.wait_state("one", "up")
    assert tree.orlop("upgrade", "--no-wait").returncode == 0
    if round_ % 2:
        wait_for(lambda: "upgrading" in tree.output())
    assert tree.stop() == 0
    assert tree.output().count("good-bye") == 1


def test_an_upgrade_cuts_a_stop_short(declare, upgradable):
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o666)
    declare.service("slow", shell("trap 'read x <$0; echo good-bye; exit 0' TERM; echo >&3; "
                                  "while :; do sleep 1000 & wait; done", str(gate)),
                    stop_timeout="1h", **READY)
    declare.settings("stop-timeout = 1h\n")
    tree = upgradable()
    tree.wait_state("slow", "up")
    tree.send(signal.SIGTERM)
    tree.wait_state("slow", "stopping")
    result = tree.orlop("upgrade")
    assert (result.returncode, "is stopping" in result.stderr) == (1, True)
    gate.write_text("go\n")
    assert tree.wait() == 0
    assert tree.output().count("good-bye") == 1


def test_an_upgrade_breaks_the_boot(declare, upgradable):
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o666)
    declare.service("first", shell("read x <$0; echo first", str(gate)), type="oneshot")
    declare.service("second", shell("echo second; exec sleep 1000"), needs="first")
    tree = upgradable()
    tree.wait_state("first", "starting")
    upgrade(tree)
    assert tree.services()["second"]["state"] == "waiting"
    gate.write_text("go\n")
    wait_for(lambda: "second" in tree.output().split())
    assert tree.stop() == 0
    words = tree.output().split()
    assert words.count("first") == 1 and words.count("second") == 1


SERVER = """
import socket
server = socket.socket(fileno=3)
while True:
    connection, _ = server.accept()
    with connection:
        while data := connection.recv(100):
            connection.sendall(data)
"""


def test_sockets_and_connections_are_closed(declare, upgradable):
    (declare.path / "server.py").write_text(SERVER)
    declare.service("echo", f"/usr/bin/python3 {declare.path}/server.py",
                    listen="unix:/run/echo.sock mode=0666", restart_delay="1ms..1ms")
    tree = upgradable()
    tree.wait_state("echo", "up")
    path = f"/proc/{tree.init}/root/run/echo.sock"

    def talk(client, text):
        client.sendall(text)
        return client.recv(100) == text
    with socket.socket(socket.AF_UNIX) as old:
        old.settimeout(10)
        old.connect(path)
        assert talk(old, b"before")
        upgrade(tree)
        assert talk(old, b"behind")
    with socket.socket(socket.AF_UNIX) as new:
        new.settimeout(10)
        new.connect(path)
        assert talk(new, b"new")
    # A new process gets the socket from the new program.
    before = tree.services()["echo"]["pid"]
    os.kill(process(tree, "/usr/bin/python3"), signal.SIGKILL)
    wait_for(lambda: tree.services()["echo"]["pid"] not in (None, before))
    with socket.socket(socket.AF_UNIX) as third:
        third.settimeout(10)
        third.connect(path)
        assert talk(third, b"third")
    assert tree.stop() == 0


def test_who_looks_at_the_table_goes_on_looking_at_the_old_one(declare, upgradable):
    declare.service("one", "sleep 1000")
    tree = upgradable()
    tree.wait_state("one", "up")
    command = ["nsenter", "--pid", "--mount", "--target", str(tree.init), str(ORLOP), "wait",
               "--down", "one"]
    with subprocess.Popen(command) as waiting:
        try:
            wait_for(lambda: any("orlop-slots" in line for line in pathlib.Path(
                f"/proc/{child_of(waiting.pid)}/maps").read_text().split("\n")))
            upgrade(tree)
            assert tree.orlop("stop", "one").returncode == 0
            assert waiting.wait(20) == 0
        finally:
            waiting.kill()
    assert tree.stop() == 0


def child_of(pid):
    """nsenter --pid forks, and waits for what it has executed."""
    def look():
        pids = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return pids and pids[0]
    return wait_for(look)


def test_the_exit_status_is_forgotten(declare, upgradable):
    gate = declare.path / "gate"
    os.mkfifo(gate)
    declare.service("one", "sleep 1000")
    tree = upgradable("--services=all", "--", "sh", "-c", f"read x <{gate}; exit 5")
    tree.wait_state("one", "up")
    upgrade(tree)
    gate.write_text("go\n")
    assert tree.wait() == 5


def test_a_user_who_is_not_roots_cannot_upgrade(declare, upgradable):
    declare.service("one", shell("trap 'echo good-bye; exit 0' TERM; echo up >&2; "
                                 "while :; do sleep 1000 & wait; done"))
    tree = upgradable(prefix=["setpriv", "--reuid=4711", "--regid=4711", "--clear-groups",
                              "--inh-caps=-all", "--bounding-set=-all"])
    tree.wait_state("one", "up")
    wait_for(lambda: "up" in tree.output().split())
    upgrade(tree)
    assert read_proc(tree.init, "Uid") == ["4711"] * 4
    assert tree.stop() == 0
    assert "good-bye" in tree.output()


def test_not_pid_1_forgets_that_it_reaps_for_all(declare, orlop):  # noqa: F811
    (declare.path / "chain").write_text(CHAIN)
    (declare.path / "chain").chmod(0o755)
    declare.service("parent", f"{declare.path}/chain 2 2", **READY)
    one = orlop()
    one.ready("parent")
    last = one.pid_of("last")
    result = subprocess.run([ORLOP, "upgrade", f"--pid={one.process.pid}"], capture_output=True,
                            text=True, timeout=20, check=False)
    assert (result.returncode, result.stderr) == (0, ""), one.output()
    assert one.stop() == 0
    assert not alive(last)
    assert "is killed" not in one.output()
