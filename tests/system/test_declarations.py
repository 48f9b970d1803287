"""Declarations that are wrong must be told, each at its line, and never make a plan."""
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile

import pytest

from conftest import ORLOP

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
SEALS = 0x1 | 0x2 | 0x4 | 0x8  # SEAL, SHRINK, GROW, WRITE
GET_SEALS = 1034


class Declarations:
    """A directory like /etc/orlop, and orlop-plan run on it."""

    def __init__(self, directory):
        self.directory = directory
        (directory / "services").mkdir()
        directory.chmod(0o755)

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o644)
        return path

    def service(self, name, text):
        return self.write(f"services/{name}.ini", text)

    def check(self, *arguments, environment=None, **popen):
        return subprocess.run(
            ["orlop-plan", "--check", f"--directory={self.directory}", *arguments],
            executable=popen.pop("executable", ORLOP), capture_output=True, text=True,
            env={**ENVIRONMENT, **(environment or {})}, timeout=30, check=False, **popen)

    def plan(self, *arguments, environment=None):
        """The bytes of the plan, its seals, and how orlop-plan ended."""
        memfd = os.memfd_create("plan", os.MFD_ALLOW_SEALING)
        reader, writer = os.pipe()
        pid = os.posix_spawn(
            ORLOP, ["orlop-plan", f"--directory={self.directory}", *arguments],
            {**ENVIRONMENT, **(environment or {})},
            file_actions=[(os.POSIX_SPAWN_DUP2, writer, 2), (os.POSIX_SPAWN_DUP2, memfd, 3)])
        os.close(writer)
        with os.fdopen(reader) as errors:
            text = errors.read()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        data = os.pread(memfd, os.fstat(memfd).st_size, 0)
        seals = fcntl.fcntl(memfd, GET_SEALS)
        os.close(memfd)
        return status, data, seals, text


@pytest.fixture
def declarations(tmp_path):
    return Declarations(tmp_path)


def refused(result, *pieces):
    """Exit 100, every piece in its own words, and the count in the last line."""
    assert result.returncode == 100, result.stderr
    for piece in pieces:
        assert piece in result.stderr
    lines = result.stderr.splitlines()
    assert lines[-1].startswith(f"orlop: {len(lines) - 1} error"), result.stderr
    assert result.stdout == ""


BAD = {
    "unknown key": ("comand = sleep 1\n", ':1: found the key "comand"'),
    "repeated key": ("command = sleep 1\ncommand = sleep 2\n", ":2: command: found a second time"),
    "bad value": ("command = sleep 1\numask = 99\n",
                  ':2: umask: found "99", expected an octal number from 0 to 0777'),
    "bad duration": ("command = sleep 1\nstop-timeout = soon\n", ':2: stop-timeout: found "soon"'),
    "unterminated quote": ('command = sleep "1\n', ":1: command: found a quote without its end"),
    "unterminated block": ("command = if { true\n", ":1: command: found a { without its }"),
    "block elsewhere": ("command = sleep 1\nuser = { a }\n", ":2: user: found a { block }"),
    "NUL byte": (b"command = sleep\x00 1\n", ":1: found the control character 0x00"),
    "control character": (b"command = sleep 1\n; \x1b[2J\n",
                          ":2: found the control character 0x1b"),
    "Windows line end": (b"command = sleep 1\r\n", "0x0d (a line end of Windows)"),
    "line of 1 MB": (b"command = sleep " + b"1" * 1000000 + b"\n",
                     ":1: found a line of 1000016 bytes"),
    "file of 2 MiB": (b"# comment\n" * 210000, ": found a file of more than 1 MiB"),
    "empty file": ("", ":1: found no command"),
    "no key": ("command\n", ':1: found "command", expected key = value'),
    "section": ("command = sleep 1\n[enviroment]\nA = b\n", 'the section "enviroment"'),
    "unknown user": ("command = sleep 1\nuser = no-such-user\n",
                     ':2: user: found "no-such-user", expected a user of /etc/passwd'),
    "unknown group": ("command = sleep 1\ngroup = no-such-group\n", ":2: group: found"),
    "uid too large": ("command = sleep 1\nuser = 4294967295\n", "expected a number up to 4294967294"),
    "missing executable": ("command = no-such-program\n",
                           "expected a program in /usr/sbin:/usr/bin:/sbin:/bin"),
    "missing path": ("command = /no/such/program\n", "No such file or directory"),
    "not executable": ("command = /etc/passwd\n", "/etc/passwd: not executable"),
    "need of nobody": ("command = sleep 1\nneeds = nobody\n",
                       ':2: needs: found "nobody", expected the name of a service'),
    "need of itself": ("command = sleep 1\nneeds = a\n", "another service than itself"),
    "no instances": ("command = sleep 1\ninstances = 0\n", 'instances: found "0"'),
    "10^9 instances": ("command = sleep 1\ninstances = 1000000000\n",
                       "expected a number from 1 to 8192"),
    "unset variable": ("command = sleep ${NO_SUCH}\n",
                       ":1: command: found the variable NO_SUCH unset"),
    "unset instances": ("command = sleep 1\ninstances = ${NO_SUCH}\n", "NO_SUCH unset"),
    "bad schedule": ("command = true\nschedule = 61 * * * *\n", ':2: schedule: found "61"'),
    "command of a bundle": ("type = bundle\nneeds = b\ncommand = true\n", "found on a bundle"),
    "restarted oneshot": ("type = oneshot\ncommand = true\nrestart = always\n",
                          ":3: restart: found always on a oneshot"),
    "two readies": ("command = sleep 1\nready = notify\nready-command = true\n", "one of the two"),
    "ready on a socket": ("command = sleep 1\nlisten = tcp:80\nready = fd:3\n",
                          ":3: ready: found fd:3"),
    "unknown preset": ("preset = no-such\ncommand = sleep 1\n", ':1: preset: found "no-such"'),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(declarations, name):
    text, expected = BAD[name]
    path = declarations.service("a", text)
    declarations.service("b", "command = sleep 1\n")
    result = declarations.check()
    refused(result, expected)
    assert all(line.startswith(f"{path}:") for line in result.stderr.splitlines()[:-1])


def test_all_errors_of_all_files_at_once(declarations):
    declarations.service("c", "command = sleep 1\nnice = 99\nuser = nosuch\n")
    declarations.service("a", "command = nosuch\n")
    declarations.write("orlop.ini", "stop-timeout = never\n")
    result = declarations.check()
    refused(result)
    places = [line.split(": ")[0].removeprefix(f"{declarations.directory}/")
              for line in result.stderr.splitlines()[:-1]]
    assert places == ["orlop.ini:1", "services/a.ini:1", "services/c.ini:2", "services/c.ini:3"]


def test_a_circle_is_told_whole(declarations):
    declarations.service("a", "command = sleep 1\nneeds = b\n")
    declarations.service("b", "command = sleep 1\nafter = c\n")
    declarations.service("c", "command = sleep 1\nneeds = a\n")
    refused(declarations.check(), "a.ini:2: needs: found the cycle a -> b -> c -> a")


def test_what_is_no_file(declarations):
    (declarations.directory / "services/a.ini").mkdir()
    os.mkfifo(declarations.directory / "services/b.ini")
    os.symlink("/nowhere", declarations.directory / "services/c.ini")
    refused(declarations.check(), "a.ini: found a directory", "b.ini: found a named pipe",
            "c.ini: found a link to nothing")


def test_a_link_is_as_good_as_a_file(declarations):
    declarations.write("elsewhere/real", "command = sleep 1\n")
    os.symlink("../elsewhere/real", declarations.directory / "services/a.ini")
    assert declarations.check().returncode == 0


@pytest.mark.parametrize("mode", [0o646, 0o664, 0o666])
def test_a_file_that_others_can_write(declarations, mode):
    declarations.service("a", "command = sleep 1\n").chmod(mode)
    refused(declarations.check(), f"a.ini: found mode 0{mode:o}, expected one that neither group")


def test_a_directory_that_others_can_write(declarations):
    declarations.service("a", "command = sleep 1\n")
    (declarations.directory / "services").chmod(0o1777)
    refused(declarations.check(), "services: found mode 1777")
    (declarations.directory / "services").chmod(0o755)
    declarations.directory.chmod(0o775)
    refused(declarations.check(), "found mode 0775")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else(declarations):
    os.chown(declarations.service("a", "command = sleep 1\n"), 1234, 0)
    refused(declarations.check(), "a.ini: found the owner 1234, expected root or the user who")


@pytest.mark.skipif(os.geteuid() != 0, reason="root has to become somebody who cannot read")
def test_an_unreadable_file():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="orlop-declarations-", dir="/tmp"))
    try:
        declarations = Declarations(directory)
        declarations.service("a", "command = sleep 1\n").chmod(0o600)
        shutil.copy(ORLOP, directory / "orlop")
        result = declarations.check(executable=directory / "orlop", user=65534, group=65534,
                                    extra_groups=[])
        refused(result, "a.ini: cannot be read: Permission denied")
    finally:
        shutil.rmtree(directory)


def test_nothing_declared(declarations):
    refused(declarations.check(), "services: found no service")
    (declarations.directory / "services").rmdir()
    refused(declarations.check(), "services: found nothing, expected a directory")


def test_ten_thousand_services(declarations):
    for i in range(10000):
        (declarations.directory / f"services/s{i}.ini").touch()
    result = declarations.check()
    refused(result, "services: found 10000 services, expected at most 8192")
    assert len(result.stderr.splitlines()) == 2


def test_more_slots_than_there_are(declarations):
    declarations.service("a", "command = sleep 1\ninstances = 5000\n")
    declarations.service("b", "command = sleep 1\ninstances = 5000\n")
    refused(declarations.check(), "found 10002 slots", "expected at most 8192")


def test_a_service_that_is_off_is_forgiven(declarations):
    declarations.service("a", "command = ${DB_TOOL} x\nuser = nosuch\nenabled-if = env:DB_TOOL\n")
    declarations.service("b", "command = sleep 1\nneeds = a\n")
    assert declarations.check().returncode == 0
    refused(declarations.check(environment={"DB_TOOL": "nosuch"}), "command: found", "user: found")


@pytest.mark.parametrize("value", ["b c", '"', "{ }", "${HOME}", "\\", "# x", "a\nb"])
def test_what_comes_in_is_never_parsed(declarations, value):
    declarations.service("a", "command = printf x${VALUE}y z\n")
    status, data, _, errors = declarations.plan(environment={"VALUE": value})
    assert status == 0, errors
    assert b"\0x" + value.encode() + b"y\0z\0" in data


def test_roles(declarations):
    declarations.service("a", "command = sleep 1\n")
    assert declarations.check("--services=a").returncode == 0
    refused(declarations.check("--services=a,nosuch"), '--services: found "nosuch"')
    refused(declarations.check(environment={"ORLOP_SERVICES": "nosuch"}), "ORLOP_SERVICES: found")


def test_usage(declarations):
    result = declarations.check("--nonsense")
    assert result.returncode == 100
    assert "usage" in result.stderr


def header(data):
    names = "magic version size slot_size count visible slots helpers main host uid gid".split()
    return dict(zip(names, struct.unpack_from("=12I", data)))


def test_a_plan_is_written_and_sealed(declarations):
    declarations.service("worker", "command = sleep 1\ninstances = 2\nlog = none\n")
    declarations.service("web", "command = sleep 1\nuser = nobody\nready = tcp:80\n"
                                "[environment]\nGREETING = hello  world\n")
    status, data, seals, errors = declarations.plan()
    assert status == 0, errors
    assert seals == SEALS
    plan = header(data)
    assert plan["magic"] == 0x4F524C50
    assert plan["size"] == len(data)
    assert (plan["count"], plan["visible"]) == (5, 4)
    names = []
    for i in range(plan["count"]):
        offset, = struct.unpack_from("=I", data, plan["slots"] + i * plan["slot_size"])
        names.append(data[offset:data.index(0, offset)].decode())
    assert names == ["web", "worker", "worker@1", "worker@2", "web.ready"]
    assert b"\0GREETING=hello world\0" in data
    assert b"HOME=/root\0" not in data  # the container's own values stay with PID 1
    assert data[-1] == 0


def test_nothing_is_written_when_anything_is_wrong(declarations):
    declarations.service("a", "command = sleep 1\n")
    declarations.service("b", "command = nosuch\n")
    status, data, seals, errors = declarations.plan()
    assert status == 100
    assert data == b""
    assert seals == 0
    assert "1 error in the declarations" in errors


def test_a_main_program_has_a_slot(declarations):
    declarations.service("a", "command = sleep 1\n")
    status, data, _, errors = declarations.plan("--", "sh", "-c", "exit 3")
    assert status == 0, errors
    assert header(data)["count"] == 2
    assert header(data)["main"] == 1
    status, _, _, errors = declarations.plan("--", "nosuch")
    assert status == 100
    assert 'the command: found "nosuch"' in errors


def test_the_same_declarations_make_the_same_uids(declarations):
    for name in ("a", "b", "c"):
        declarations.service(name, "command = sleep 1\n")
    first = declarations.plan()[1]
    declarations.service("b2", "command = sleep 1\n")
    second = declarations.plan()[1]
    for name in (b"a", b"b", b"c"):
        user = b"\0USER=" + name + b"\0"
        assert user in first and user in second
    uids = [set(part for part in data.split(b"\0") if part.isdigit() and len(part) == 5)
            for data in (first, second)]
    assert len(uids[0] - {b"65534"}) == 3
    assert uids[0] < uids[1]


def accounts_of(data):
    """(name, is a group, id) of header.accounts."""
    offset, count = struct.unpack_from("<II", data, 144)
    found = []
    for i in range(count):
        name, group, number, _ = struct.unpack_from("<IIII", data, offset + 16 * i)
        found.append((data[name:data.index(b"\0", name)].decode(), bool(group), number))
    return found


def test_an_image_gets_a_plan_for_what_it_lacks(declarations):
    """No account, no variable, no host: the plan of an image is about files alone."""
    declarations.service("web", "command = sleep ${HOW_LONG}\nuser = orlop-nobodyyet\n"
                                "write = /srv/not/there/yet\nsecret = PW\n")
    status, data, _, errors = declarations.plan("--image")
    assert status == 0, errors
    assert errors.count("notice") == 1 and "found the variable HOW_LONG unset" in errors
    ((name, group, number),) = accounts_of(data)
    assert (name, group) == ("orlop-nobodyyet", False) and 61184 <= number <= 65519
    assert b"/srv/not/there/yet" in data
    assert not pathlib.Path("/srv/not").exists()
    status, _, _, errors = declarations.plan()
    assert status == 100
    for piece in ("found the variable HOW_LONG unset", 'user: found "orlop-nobodyyet"',
                  'write: found "/srv/not/there/yet"', 'secret: found "PW"'):
        assert piece in errors


def test_the_build_phase_alone(declarations):
    declarations.service("web", "command = sleep ${HOW_LONG}\nuser = orlop-nobodyyet\n")
    declarations.service("make", "command = true\ntype = oneshot\nphase = build\n")
    status, _, _, errors = declarations.plan("--services=phase:build")
    assert (status, errors) == (0, "")
    status, _, _, errors = declarations.plan("--services=make")
    assert status == 100


def test_files_that_nobody_may_have(declarations):
    declarations.write("orlop.ini", "accept = nosuchcode x\n[files]\n/a = nosuchuser\n"
                                    "/b/../c = root\n")
    declarations.service("a", "command = sleep 1\nuser = 7\nwrite = /var /tmp\n")
    declarations.service("b", "command = sleep 1\nuser = 8\nread = /nosuch ?/nosuch2\n"
                              "syscalls = +bfp\n")
    refused(declarations.check(), 'orlop.ini:1: accept: found "nosuchcode"',
            '[files] /a: found "nosuchuser"', 'orlop.ini:4: /b/../c: found "/b/../c"',
            'a.ini:3: write: found "/var"', 'b.ini:3: read: found "/nosuch"',
            'b.ini:4: syscalls: found "+bfp", expected the system call bpf')


def test_a_mounted_volume_is_given_to_its_service(declarations, tmp_path):
    """Its top at boot, nothing below it, once; and by orlop check nothing at all."""
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o022 and not parent.stat().st_mode & 0o1000:
            pytest.skip("somebody else can write above the test's directory")
    tmp_path.chmod(0o755)
    volume = tmp_path / "volume"
    volume.mkdir(mode=0o755)
    (volume / "below").write_text("")
    declarations.service("a", f"command = sleep 1\nuser = 7\ngroup = 8\nwrite = {volume}\n")
    assert declarations.check().returncode == 0
    assert volume.stat().st_uid == 0
    status, _, _, errors = declarations.plan()
    assert status == 0
    assert f"{volume}: was 0:0 0755, is now 7:8 0750, for a" in errors
    assert (volume.stat().st_uid, volume.stat().st_gid) == (7, 8)
    assert (volume / "below").stat().st_uid == 0
    assert declarations.plan()[3] == ""
