"""log = json and log = file:, php-fpm's decoration, and what `orlop logs` shows of all that."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading

import pytest

from conftest import ORLOP, read_proc, shell, wait_for
from logged import LoggedTree, logger, to_file, to_pipe
from test_log_outputs import kill_loggers, numbered, terminal

KILLS = 40


def said(lines, name):
    """The numbers that numbered() said, and how many there are to be."""
    words = [line.split() for line in lines]
    assert all(len(w) == 3 and w[0] == name for w in words), "torn"
    assert words[-1][2] == "last"
    return [int(w[1]) for w in words[:-1]], int(words[-1][1])


def assert_exact(lines, name):
    numbers, last = said(lines, name)
    assert last > 0
    assert numbers == list(range(last))


def to_say(declare, text):
    """A file with these bytes that any service can read."""
    path = declare.path / "text"
    path.write_bytes(text)
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("kind", ["pipe", "append", "file"])
def test_json_lines_are_lost_repeated_or_torn_by_kills(declare, kind):
    names = ["a", "bb", "ccc"]
    for name in names:
        declare.service(name, numbered(name), log="json")
    descriptor, output = to_pipe() if kind == "pipe" else to_file(declare.path / "log",
                                                                  kind == "append")
    tree = LoggedTree(declare, descriptor)
    for name in names:
        tree.wait_state(name, "up")
    assert kill_loggers(tree, KILLS) == KILLS
    assert tree.stop() == 0
    entries = [json.loads(line) for line in output.text().splitlines() if line[0] == "{"]
    for name in names:
        own = [entry for entry in entries if entry["service"] == name]
        assert {entry["stream"] for entry in own} == {"stdout"}
        assert_exact([entry["line"] for entry in own], name)
        times = [entry["time"] for entry in own]
        assert times == sorted(times)


def test_json_is_not_valid_or_tells_the_wrong_things(declare):
    text = to_say(declare, b'q"b\\s\t\x01\x1b[1m\xff\xc3\xa4\n')
    declare.service("odd", f"command = {shell(f'cat {text}; echo error >&2')}\n"
                    "type = oneshot\nlog = json\n")
    declare.service("worker", "command = sh -c \"echo here; exec sleep 1000\"\ninstances = 2\n"
                    "log = json\n")
    descriptor, output = to_file(declare.path / "log")
    tree = LoggedTree(declare, descriptor)
    tree.wait_state("odd", "done")
    tree.wait_state("worker@2", "up")
    assert tree.stop() == 0
    entries = [json.loads(line) for line in output.text().splitlines() if line[0] == "{"]
    odd = {entry["stream"]: entry for entry in entries if entry["service"] == "odd"}
    assert odd["stdout"]["line"] == 'q"b\\s\t\x01\x1b[1m\ufffd\u00e4'
    assert odd["stderr"]["line"] == "error"
    assert "instance" not in odd["stdout"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", odd["stdout"]["time"])
    workers = [entry["instance"] for entry in entries if entry["service"] == "worker"]
    assert sorted(workers) == [1, 2]


def test_a_line_of_100_megabytes_takes_memory_or_is_lost(declare):
    declare.service("long", f"command = {shell('head -c 100000000 /dev/zero | tr  0 x; echo')}\n"
                    "type = oneshot\nlog = json\n")
    declare.service("quiet", "sleep 1000")
    descriptor, output = to_file(declare.path / "log")
    tree = LoggedTree(declare, descriptor)
    tree.wait_state("long", "done", seconds=60)
    assert int(read_proc(logger(tree), "VmHWM")[0]) < 8192
    assert tree.stop() == 0
    whole = 0
    for line in output.path.open():
        entry = json.loads(line) if line[0] == "{" else {}
        if entry.get("service") == "long":
            whole += len(entry["line"])
            last = entry
    assert whole == 100000000
    assert "partial" not in last


def files(directory, name):
    """All that was written, archives first, and how many archives there are."""
    archives = sorted(directory.glob(f"{name}.*.log"))
    current = directory / f"{name}.log"
    return archives + ([current] if current.exists() else [])


@pytest.fixture
def directory(declare):
    """A directory that nobody may enter but its owner, as the files' parent."""
    path = declare.path / "logs"
    path.mkdir(mode=0o755)
    return path


@pytest.mark.parametrize("mode", ["", " json"])
def test_files_lose_repeat_or_tear_lines_by_kills(declare, directory, mode):
    names = ["a", "bb"]
    for name in names:
        declare.service(name, numbered(name), log=f"file:{directory}/of size=8K keep=10000{mode}")
    tree = declare.start()
    for name in names:
        tree.wait_state(name, "up")
    assert kill_loggers(tree, KILLS) == KILLS
    assert tree.stop() == 0
    for name in names:
        found = files(directory / "of", name)
        assert len(found) > 2
        lines = []
        for path in found:
            text = path.read_text()
            assert text == "" or text[-1] == "\n"
            # JSON is measured by what was said, and a kill can leave a line to be finished.
            assert len(text) < 8192 + (65536 * 4 if mode else 50)
            lines += text.splitlines()
        if mode:
            lines = [json.loads(line)["line"] for line in lines]
        assert_exact(lines, name)


def test_archives_are_not_limited(declare, directory):
    declare.service("talker", "command = seq 1 20000\ntype = oneshot\n",
                    log=f"file:{directory}/of size=4096 keep=3")
    declare.service("quiet", "sleep 1000")
    tree = declare.start()
    tree.wait_state("talker", "done")
    assert tree.stop() == 0
    found = files(directory / "of", "talker")
    assert len(found) == 4
    assert all(path.stat().st_size <= 4096 for path in found)
    text = "".join(path.read_text() for path in found)
    assert text.endswith("\n20000\n")
    numbers = [int(word) for word in text.split()]
    assert numbers == list(range(numbers[0], 20001))


def test_services_reach_each_others_files(declare, directory):
    of = directory / "of"
    declare.service("talker", 'command = sh -c "echo said; exec sleep 1000"',
                    log=f"file:{of}", user="daemon")
    theft = shell(f"echo x >>{of}/talker.log || rm {of}/talker.log || exit 7")
    declare.service("thief", f"command = {theft}\n"
                    "type = oneshot\nessential = no\nneeds = talker\nuser = games\n")
    tree = declare.start()
    tree.wait_state("thief", "failed")
    wait_for(lambda: (of / "talker.log").exists() and (of / "talker.log").read_text() == "said\n")
    uid = read_proc(logger(tree), "Uid")[0]
    assert of.stat().st_uid == int(uid) != 0
    assert of.stat().st_mode & 0o777 == 0o750
    assert tree.stop() == 0
    assert (of / "talker.log").read_text() == "said\n"


def test_a_directory_in_use_is_given_away(declare, directory):
    (directory / "precious").write_text("x")
    declare.service("talker", "sleep 1000", log=f"file:{directory}")
    tree = declare.start()
    assert tree.wait() == 100
    assert "talker.ini:2: log: " in tree.output() and "with files in it" in tree.output()
    assert directory.stat().st_uid == 0


def test_files_need_root(declare, directory):
    declare.service("talker", 'command = sh -c "echo said; exec sleep 1000"',
                    log=f"file:{directory}/of")
    as_daemon = {"prefix": ["setpriv", "--reuid=1", "--regid=1", "--clear-groups"]}
    tree = declare.start(**as_daemon)
    assert tree.wait() == 100
    assert f'log: "{directory}/of": found Permission denied' in tree.output()
    directory.chmod(0o777)
    tree = declare.start(**as_daemon)
    path = directory / "of" / "talker.log"
    wait_for(lambda: path.exists() and path.read_text() == "said\n")
    assert path.stat().st_uid == 1
    assert tree.stop() == 0


def test_an_emptied_or_deleted_file_swallows_lines(declare, directory):
    declare.service("talker", "command = " + shell("trap 'echo again' USR1; echo once;"
                    " while :; do sleep 1000 & wait $!; done"), log=f"file:{directory}/of")
    path = directory / "of" / "talker.log"
    tree = declare.start()
    wait_for(lambda: path.exists() and path.read_text() == "once\n")
    path.write_text("")
    assert tree.orlop("signal", "USR1", "talker").returncode == 0
    wait_for(lambda: path.read_text() == "again\n")
    path.unlink()
    assert tree.orlop("signal", "USR1", "talker").returncode == 0
    wait_for(lambda: path.exists() and path.read_text() == "again\n")
    assert tree.stop() == 0


def test_a_full_disk_loses_lines_or_stops_others(declare):
    disk = declare.path / "disk"
    disk.mkdir()
    declare.service("talker", numbered("talker"), log=f"file:{disk}/of size=1M keep=100")
    declare.service("other", numbered("other"), log="prefix")
    mount = f'mount -t tmpfs -o size=256k tmpfs {disk} && exec "$0" "$@"'
    tree = declare.start(prefix=["sh", "-c", mount])
    wait_for(lambda: tree.output().count("trying each second") == 1)
    assert f"{disk}/of/talker.log cannot be written (No space left" in tree.output()
    before = tree.output().count("other | ")
    wait_for(lambda: tree.output().count("other | ") > before + 1000)
    assert tree.orlop("health").returncode == 0
    inside = ["nsenter", "--mount", "--target", str(tree.init)]
    subprocess.run([*inside, "mount", "-o", "remount,size=100m", disk], check=True)
    wait_for(lambda: int(subprocess.check_output([*inside, "stat", "-c", "%s",
                                                  f"{disk}/of/talker.log"])) > 400000)
    keep = subprocess.Popen([*inside, "sh", "-c", f"cd {disk}/of && exec sleep 1000"])
    try:
        wait_for(lambda: os.readlink(f"/proc/{keep.pid}/cwd").endswith("/of"))
        assert tree.stop() == 0
        found = files(pathlib.Path(f"/proc/{keep.pid}/cwd"), "talker")
        lines = "".join(path.read_text() for path in found).splitlines()
    finally:
        keep.kill()
        keep.wait()
    assert_exact(lines, "talker")
    assert tree.output().count("trying each second") == 1


DECORATED = '[24-Nov-2026 09:54:14] WARNING: [pool www] child {} said into stderr: "{}"\n'


def test_the_decoration_of_php_fpm_stays(declare):
    piece = "x" * (1023 - len(DECORATED.format(12, "")) + 1)
    text = ("[24-Nov-2026 09:54:14] NOTICE: ready\n" + DECORATED.format(12, 'a "q" b') +
            DECORATED.format(12, piece) + DECORATED.format(12, "end"))
    path = to_say(declare, text.encode())
    for name, mode in (("pre", "prefix fpm"), ("js", "json fpm"), ("raw", "plain fpm")):
        declare.service(name, f"command = cat {path}\ntype = oneshot\nlog = {mode}\n")
    declare.service("quiet", "sleep 1000")
    descriptor, output = to_file(declare.path / "log")
    tree = LoggedTree(declare, descriptor)
    for name in ("pre", "js", "raw"):
        tree.wait_state(name, "done")
    assert tree.stop() == 0
    wanted = ["[24-Nov-2026 09:54:14] NOTICE: ready", 'a "q" b', piece + "end"]
    lines = output.text().splitlines()
    assert [line[6:] for line in lines if line.startswith("pre | ")] == wanted
    assert [json.loads(line)["line"] for line in lines if line[0] == "{"] == wanted
    assert [line for line in lines if line in wanted] == wanted


def test_a_service_commands_the_terminal_in_prefix_mode(declare):
    text = to_say(declare, b"\x1b[2Jred\tx\n")
    declare.service("rude", f"command = cat {text}\ntype = oneshot\nlog = prefix\n")
    declare.service("quiet", "sleep 1000")
    near, far = terminal()
    got = bytearray()

    def read():
        try:
            while part := os.read(near, 4096):
                got.extend(part)
        except OSError:
            pass
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    tree = LoggedTree(declare, far)
    tree.wait_state("rude", "done")
    wait_for(lambda: b"rude | " in got)
    assert tree.stop() == 0
    reader.join(10)
    os.close(near)
    assert b"rude | \\x1b[2Jred\tx\n" in got and b"\x1b" not in got


def shown(tree, *arguments):
    result = tree.orlop("logs", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.parametrize("mode", ["plain", "prefix", "json", "file"])
def test_logs_does_not_show_the_last_lines(declare, directory, mode):
    log = f"file:{directory}/of size=4096 keep=2" if mode == "file" else mode
    declare.service("talker", "command = sh -c \"seq 1 3000; exec sleep 1000\"", log=log)
    declare.service("other", "command = sh -c \"echo other >&2; exec sleep 1000\"", log=log)
    tree = declare.start()
    tree.wait_state("talker", "up")
    wait_for(lambda: shown(tree, "talker")[-1:] == ["3000"])
    wait_for(lambda: shown(tree, "other") == ["other"])
    assert shown(tree, "talker") == [str(i) for i in range(2901, 3001)]
    assert shown(tree, "-n", "3", "talker") == ["2998", "2999", "3000"]
    assert shown(tree, "-n2", "talker") == shown(tree, "--lines=2", "talker") == ["2999", "3000"]
    assert shown(tree, "-n", "0", "talker") == []
    both = shown(tree, "-n1")
    assert sorted(both) == ["other | other", "talker | 3000"]
    assert tree.stop() == 0


def test_a_line_without_an_end_is_read_again_and_again_and_never_shown(declare, directory):
    """Each look would take all of it once more, and as much memory."""
    declare.service("talker", "command = " + shell(
        "head -c 3000000 /dev/zero; echo ready >&3; exec sleep 1000"),
        log=f"file:{directory}/of size=64M", ready="fd:3")
    tree = declare.start()
    tree.wait_state("talker", "up")
    wait_for(lambda: (directory / "of" / "talker.log").stat().st_size == 3000000)
    lines = shown(tree, "talker")
    assert len(lines) == 2 and all(1 << 20 <= len(line) < 2 << 20 for line in lines)
    assert tree.stop() == 0


@pytest.mark.parametrize("mode", ["plain", "file"])
def test_following_loses_lines(declare, directory, mode):
    log = f"file:{directory}/of size=4096 keep=3" if mode == "file" else mode
    declare.service("talker", "command = " + shell(
        "i=0; trap 'i=$((i+1)); echo line $i' USR1; echo begun;"
        " while :; do sleep 1000 & wait $!; done"), log=log)
    tree = declare.start()
    tree.wait_state("talker", "up")
    wait_for(lambda: shown(tree, "talker") == ["begun"])
    command = ["nsenter", "--pid", "--mount", "--target", str(tree.init), ORLOP]
    with subprocess.Popen([*command, "logs", "-f", "-n", "1", "talker"], stdout=subprocess.PIPE,
                          text=True) as follower:
        assert follower.stdout.readline() == "begun\n"
        for number in range(1, 6):
            assert tree.orlop("signal", "USR1", "talker").returncode == 0
            assert follower.stdout.readline() == f"line {number}\n"
            if mode == "file":
                (directory / "of" / "talker.log").rename(
                    directory / "of" / f"talker.2026112{number}T000000.000000Z.log")
        assert tree.stop() == 0
        assert follower.stdout.read() == ""


def test_a_service_without_a_log_is_shown_as_if_it_had_said_nothing(declare):
    declare.service("mute", "sleep 1000", log="none")
    declare.service("other", "sleep 1000")
    tree = declare.start()
    tree.wait_state("mute", "up")
    result = tree.orlop("logs", "mute")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "orlop logs: mute: log = none: nothing of it is kept\n"
    assert tree.orlop("logs").stderr == ""
    assert tree.stop() == 0


@pytest.mark.parametrize("said", ["", "echo said;"])
def test_a_directory_that_is_gone_holds_up_the_stop_with_nothing_to_write(declare, directory, said):
    declare.service("filed", shell(f"{said} exec sleep 1000"), log=f"file:{directory}/of")
    tree = declare.start()
    tree.wait_state("filed", "up")
    log = directory / "of" / "filed.log"
    wait_for(lambda: not said or log.exists() and log.read_text() == "said\n")
    (directory / "of").rename(directory / "gone")
    assert tree.stop() == 0
    assert "cannot be written" not in tree.output()
    assert (directory / "gone" / "filed.log").exists() == bool(said)


def test_one_directory_that_is_gone_ends_the_following_of_all(declare, directory):
    declare.service("filed", "sleep 1000", log=f"file:{directory}")
    declare.service("talker", shell("echo said; exec sleep 1000"))
    tree = declare.start()
    tree.wait_state("talker", "up")
    wait_for(lambda: "said" in tree.orlop("logs", "talker").stdout, message="nothing was said")
    directory.rename(f"{directory}.gone")
    follower = subprocess.Popen(
        ["nsenter", "-p", "-m", "-t", str(tree.init), ORLOP, "logs", "-f"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert follower.stdout.readline() == "talker | said\n"
    assert "filed: " in follower.stderr.readline()
    assert tree.orlop("logs").returncode == 111
    assert follower.poll() is None
    assert tree.stop() == 0
    follower.communicate(timeout=30)


def test_logs_tells_nothing_of_what_cannot_be_read(declare):
    declare.service("talker", "sleep 1000")
    tree = declare.start()
    tree.wait_state("talker", "up")
    assert tree.orlop("logs", "nobody").returncode == 100
    assert tree.orlop("logs", "-n", "few").returncode == 100
    assert tree.orlop("logs", "-n").returncode == 100
    assert tree.orlop("status", "-f").returncode == 100
    assert shown(tree) == []
    assert tree.stop() == 0
