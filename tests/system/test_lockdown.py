"""orlop lockdown on real files: what it changes, what it leaves, what an attacker can make of it,
and what is left when the file system fails in the middle."""
import json
import os
import pathlib
import stat
import subprocess

import pytest

from conftest import ORLOP

WEB = 33  # www-data
OTHER = 1000


@pytest.fixture
def web(declare):
    """A service `web` whose code is declare.path/app and whose own files are app/var."""
    app = declare.path / "app"
    (app / "var").mkdir(parents=True)
    declare.service("web", "sleep 1000", user="www-data", read=app, write=app / "var")
    declare.app = app
    return declare


def lockdown(declare, *options, prefix=()):
    return subprocess.run([*prefix, str(ORLOP), "lockdown", f"--directory={declare.path}", *options],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def bed(script):
    """Runs shell commands, then what follows, in a mount namespace of its own."""
    return ["unshare", "--mount", "sh", "-ec", f'{script}\nexec "$@"', "sh"]


def put(path, uid=0, gid=0, mode=0o666, content=b"x"):
    path.write_bytes(content)
    os.chown(path, uid, gid)
    path.chmod(mode)
    return path


def state(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)


def test_a_tree_is_made_right_once(web):
    put(web.app / "index.php", OTHER, OTHER)
    put(web.app / "tool", 0, 0, 0o6777)
    put(web.app / "var" / "log", 0, 0, 0o644)
    os.chown(web.app, OTHER, OTHER)
    assert lockdown(web, "--check").returncode == 1
    listed = lockdown(web, "--dry-run")
    assert listed.returncode == 0
    assert b"app/tool: root:root 6777 -> root:root 0755 (read of web)\n" in listed.stdout
    assert state(web.app / "tool") == (0, 0, 0o6777)
    done = lockdown(web)
    assert done.returncode == 0 and done.stderr == b"", done
    assert state(web.app) == (0, OTHER, 0o755)
    assert state(web.app / "index.php") == (0, OTHER, 0o644)
    assert state(web.app / "tool") == (0, 0, 0o755)
    assert state(web.app / "var") == (WEB, WEB, 0o750)
    assert state(web.app / "var" / "log") == (WEB, WEB, 0o640)
    assert b" 0 changed" in lockdown(web).stdout
    assert lockdown(web, "--check").returncode == 0


def test_the_rules_of_the_image(web):
    web.settings(f"[files]\n{web.app}/shared = www-data:nogroup 0660 2770 recursive\n"
                 f"{web.app}/one = root 0600\n")
    (web.app / "shared").mkdir()
    put(web.app / "shared" / "x")
    put(web.app / "one", WEB, WEB)
    put(web.app / "var" / "two", OTHER, OTHER)
    done = lockdown(web, "--json")
    assert done.returncode == 0, done
    assert state(web.app / "shared") == (WEB, 65534, 0o2770)
    assert state(web.app / "shared" / "x") == (WEB, 65534, 0o660)
    assert state(web.app / "one")[::2] == (0, 0o600)
    assert state(web.app / "var" / "two") == (WEB, WEB, 0o640)
    entries = {e["path"]: e for e in json.loads(done.stdout)["entries"]}
    two = entries[f"{web.app}/var/two"]
    assert two["before"] == {"uid": OTHER, "gid": OTHER, "mode": "0666", "capabilities": False}
    assert two["rule"] == "write of web" and two["outcome"] == "change"
    assert entries[f"{web.app}/one"]["rule"] == "[files] in line 3 of orlop.ini"


def test_a_missing_directory_is_made(declare):
    path = declare.path / "a" / "b"
    declare.service("web", "sleep 1000", user="www-data", write=path)
    assert b"/a/b: missing -> www-data:www-data 0750" in lockdown(declare, "--check").stdout
    assert not path.parent.exists()
    assert lockdown(declare).returncode == 0
    assert state(path) == (WEB, WEB, 0o750) and state(path.parent) == (0, 0, 0o755)


def test_a_write_path_with_a_line_of_its_own_is_made(declare):
    """Two services that share a directory have to have one, and lockdown makes it as ever."""
    path = declare.path / "shared"
    declare.settings(f"[files]\n{path} = root:www-data 0660 2770 recursive\n")
    declare.service("web", "sleep 1000", user="www-data", write=path)
    declare.service("worker", "sleep 1000", user="nobody", write=path)
    assert b"/shared: missing -> root:www-data 2770" in lockdown(declare, "--dry-run").stdout
    done = lockdown(declare)
    assert done.returncode == 0 and state(path) == (0, WEB, 0o2770), done
    assert lockdown(declare, "--check").returncode == 0


def test_a_directory_for_everybody_stays(web):
    """It has no owner to be given to, and a second run must not see what the first has made of it."""
    web.service("web", "sleep 1000", user="www-data", read=web.app, write=web.app / "tmp")
    (web.app / "var").rename(web.app / "tmp").chmod(0o1777)
    put(web.app / "code")
    put(web.app / "tmp" / "somebodys", OTHER, OTHER, 0o600)
    for _ in range(2):
        done = lockdown(web)
        assert done.returncode == 0, done
        assert state(web.app / "tmp") == (0, 0, 0o1777)
        assert state(web.app / "tmp" / "somebodys") == (OTHER, OTHER, 0o600)
    assert state(web.app / "code") == (0, 0, 0o644)


def test_two_lines_for_one_place(web):
    os.symlink("app", web.path / "link")
    put(web.app / "file")
    web.settings(f"[files]\n{web.app}/file = root 0640\n{web.path}/link/file = root 0600\n")
    done = lockdown(web)
    assert done.returncode == 1
    assert f"{web.path}/link/file: refused: it is the same place as {web.app}/file,".encode() \
        in done.stderr and b"([files] in line 3 of orlop.ini)" in done.stderr
    assert state(web.app / "file") == (0, 0, 0o640)


def test_usage(declare):
    assert lockdown(declare, "--check", "--dry-run").returncode == 100
    assert lockdown(declare, "word").returncode == 100
    declare.service("web", "sleep 1000", user="nobody-is-called-so-!", write="relative")
    assert lockdown(declare).returncode == 100


def test_odd_names_and_great_depth(web):
    names = [b"new\nline", b"\xff\xfe", b" ", b"n" * 255, b"\\x", b"\x1b[31m"]
    var = os.fsencode(web.app / "var")
    for name in names:
        put(pathlib.Path(os.fsdecode(var + b"/" + name)))
    fd = os.open(var, os.O_RDONLY)
    for _ in range(2000):
        os.mkdir("deep-directory", 0o777, dir_fd=fd)
        below = os.open("deep-directory", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    listed = lockdown(web, "--dry-run")
    assert b"\x1b" not in listed.stdout and b"new\nline" not in listed.stdout
    done = lockdown(web)
    assert done.returncode == 0, done
    for name in names:
        assert state(os.path.join(var, name)) == (WEB, WEB, 0o640)
    status = os.fstat(fd)
    os.close(fd)
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (WEB, 0o750)
    assert b" 0 changed" in lockdown(web).stdout
    assert json.loads(lockdown(web, "--json").stdout.decode())["seen"] > 2000
    subprocess.run(["rm", "-rf", web.app], check=True)  # too deep for Python's own


def test_what_is_refused_is_named(web):
    secret = put(web.path / "victim", 0, 0, 0o600)
    os.link(secret, web.app / "var" / "planted")
    os.symlink(secret, web.app / "var" / "link")
    (web.app / "var" / "mounted").mkdir(mode=0o777)
    mount = bed(f"mount -t tmpfs none {web.app}/var/mounted")
    done = lockdown(web, prefix=mount)
    assert done.returncode == 1
    assert f"{web.app}/var/planted: refused: it has another name".encode() in done.stderr
    assert f"{web.app}/var/mounted: refused: another file system".encode() in done.stderr
    assert state(secret) == (0, 0, 0o600)
    assert state(web.app / "var") == (WEB, WEB, 0o750)  # the rest is done


def test_a_file_in_somebody_elses_directory_is_refused_each_time(web):
    web.settings(f"[files]\n{web.app}/var/one = root 0600\n")
    put(web.app / "var" / "one", WEB, WEB)
    for _ in range(2):
        done = lockdown(web)
        assert done.returncode == 1 and b"/var above it belongs to somebody else" in done.stderr
    assert state(web.app / "var" / "one") == (WEB, WEB, 0o666)
    assert state(web.app / "var") == (WEB, WEB, 0o750)


def test_somebody_elses_in_a_sticky_directory_is_refused(web):
    """He could put something else there, and does not have to be given it."""
    path = web.app / "tmp"
    web.settings(f"[files]\n{path} = root 1777\n")
    web.service("web", "sleep 1000", user="www-data", write=path / "web")
    (path / "web").mkdir(parents=True)
    path.chmod(0o1777)
    os.chown(path / "web", OTHER, OTHER)
    done = lockdown(web)
    assert done.returncode == 1 and b"/tmp above it belongs to somebody else" in done.stderr
    assert state(path / "web") == (OTHER, OTHER, 0o755)
    os.chown(path / "web", 0, 0)
    assert lockdown(web).returncode == 0 and state(path / "web") == (WEB, WEB, 0o750)
    assert lockdown(web, "--check").returncode == 0


def test_a_link_of_the_service_is_not_followed(declare):
    home = declare.path / "home"
    home.mkdir()
    (declare.path / "etc").mkdir()
    os.symlink("../etc", home / "var")
    os.chown(home, WEB, WEB)
    declare.service("web", "sleep 1000", user="www-data", write=home / "var")
    done = lockdown(declare)
    assert done.returncode == 1 and b"home/var: refused: a symbolic link" in done.stderr
    assert state(declare.path / "etc") == (0, 0, 0o755)
    os.chown(home, 0, 0)  # one that root made where root alone may write means what root meant
    assert lockdown(declare).returncode == 0
    assert state(declare.path / "etc") == (WEB, WEB, 0o750)


@pytest.fixture(scope="session")
def attack(tmp_path_factory):
    program = tmp_path_factory.mktemp("attack") / "attack"
    source = pathlib.Path(__file__).with_name("attack.c")
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-o", program, source], check=True)

    def run(kind, rounds, directory, *command):
        return subprocess.run([program, kind, str(rounds), directory, *command],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                              check=False)
    return run


@pytest.fixture
def arena(declare):
    """A directory in which `top` is the service's; attack.c makes and removes it."""
    path = declare.path / "arena"
    path.mkdir()
    declare.service("web", "sleep 1000", user="www-data", write=path / "top")
    declare.arena = path
    declare.command = [str(ORLOP), "lockdown", f"--directory={declare.path}"]
    return declare


def test_directories_exchanged_with_links_give_nothing_away(arena, attack):
    result = attack("exchange", 1000, arena.arena, *arena.command)
    assert result.returncode == 0, result.stdout
    assert b"replaced while it was looked at" in result.stderr  # the attacker was at work


def test_planted_hard_links_give_nothing_away(arena, attack):
    result = attack("link", 1000, arena.arena, *arena.command)
    assert result.returncode == 0, result.stdout
    assert b"a hard link" in result.stderr


@pytest.mark.parametrize("kind, naive", [
    ("exchange", ["find", "top", "-exec", "chown", "33", "{}", "+"]),
    ("link", ["chown", "-R", "33", "top"])])
def test_the_attacks_are_real(arena, attack, kind, naive):
    """Against what entrypoint scripts do they win, so the two tests above can fail."""
    assert attack(kind, 1000, arena.arena, *naive).returncode == 1


def test_files_that_vanish_are_no_trouble(arena, attack):
    result = attack("churn", 200, arena.arena, *arena.command)
    assert result.returncode == 0, (result.stdout, result.stderr)


def overlay(path, size):
    """A bed in which path/app is an overlay over path/lower, its upper layer on a small tmpfs."""
    return bed(f"""mkdir -p {path}/upper {path}/app
        mount -t tmpfs -o size={size} none {path}/upper
        mkdir {path}/upper/u {path}/upper/w
        mount -t overlay -o lowerdir={path}/lower,upperdir={path}/upper/u,workdir={path}/upper/w \
            none {path}/app""")


@pytest.fixture
def layered(declare):
    var = declare.path / "lower" / "var"
    var.mkdir(parents=True)
    for i in range(40):
        put(var / f"file{i}", content=b"x" * 65536)
    (declare.path / "app").mkdir()
    declare.service("web", "sleep 1000", user="www-data", write="?" + str(declare.path / "app/var"))
    return declare


def script_in(declare, size, script):
    """A shell script in the overlay's bed; $LOCKDOWN is the command, $P the directory."""
    return subprocess.run([*overlay(declare.path, size), "sh", "-ec", script],
                          env={**os.environ, "P": str(declare.path), "LOCKDOWN":
                               f"{ORLOP} lockdown --directory={declare.path}"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                          check=False)


STATES = 'find $P/app/var -mindepth 1 -printf "%U:%G %m\\n" | sort | uniq -c'


def test_a_full_disk_in_the_middle(layered):
    result = script_in(layered, "1M", f"""
        $LOCKDOWN && exit 9 || echo status $?
        {STATES}
        mount -o remount,size=64M $P/upper
        $LOCKDOWN; {STATES}; $LOCKDOWN --check""")
    assert result.returncode == 0, result
    failures = result.stderr.splitlines()
    lines = result.stdout.splitlines()
    assert "status 111" in lines and "No space left on device" in result.stderr
    counts = {line.split(maxsplit=1)[1]: int(line.split()[0]) for line in lines if ":" in line}
    untouched = int(next(line for line in lines if line.endswith("0:0 666")).split()[0])
    assert 0 < untouched < 40  # some were done, and every other one is named
    assert len([f for f in failures if "/file" in f]) == untouched
    assert counts["33:33 640"] == 40 and "0 to be changed" in lines[-1]


def test_what_is_right_is_not_copied_up(layered):
    result = script_in(layered, "64M", """
        chown -R 33:33 $P/lower/var; chmod 0750 $P/lower/var; chmod 0640 $P/lower/var/*
        count() { find $P/upper/u -mindepth 1 | wc -l; }
        $LOCKDOWN; count
        $LOCKDOWN --check; count""")
    assert result.returncode == 0, result
    assert [line for line in result.stdout.splitlines() if line.isdigit()] == ["0", "0"]


def test_one_wrong_file_copies_one_up(layered):
    result = script_in(layered, "64M", """
        chown -R 33:33 $P/lower/var; chmod 0750 $P/lower/var; chmod 0640 $P/lower/var/*
        chmod 0666 $P/lower/var/file7
        $LOCKDOWN; find $P/upper/u -type f; $LOCKDOWN; find $P/upper/u -type f | wc -l""")
    assert result.returncode == 0, result
    paths = [line for line in result.stdout.splitlines() if line.startswith("/")]
    assert [os.path.basename(path) for path in paths] == ["file7"]
    assert result.stdout.splitlines()[-1] == "1"


@pytest.mark.parametrize("error, message", [("EIO", b"Input/output error"),
                                            ("EROFS", b"Read-only file system")])
def test_an_error_in_the_middle(web, error, message):
    files = [put(web.app / "var" / f"file{i}") for i in range(10)]
    strace = ["strace", "-qq", "-f", "-o", "/dev/null", "-e", "trace=fchownat",
              "-e", f"inject=fchownat:error={error}:when=7..12"]
    done = lockdown(web, prefix=strace)
    assert done.returncode == 111, done
    wrong = [f for f in files if state(f) != (WEB, WEB, 0o640)]
    assert 0 < len(wrong) < 10
    for path in wrong:
        assert f"{path}: ".encode() + message in done.stderr
        assert state(path)[2] & 0o006 == 0  # taken away before anything is given
    assert lockdown(web).returncode == 0
    assert all(state(f) == (WEB, WEB, 0o640) for f in files)


def test_a_reader_who_is_gone(web):
    """A pipe that breaks must not leave half of the files as they were."""
    files = [put(web.app / "var" / f"file{i}") for i in range(1000)]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([str(ORLOP), "lockdown", f"--directory={web.path}", "--verbose"],
                          stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE,
                          timeout=120, check=False)
    os.close(writer)
    assert done.returncode == 111 and b"Broken pipe" in done.stderr, done
    assert all(state(f) == (WEB, WEB, 0o640) for f in files)


def test_a_file_system_that_is_read_only(web):
    put(web.app / "var" / "file")
    read_only = bed(f"mount --bind {web.app} {web.app}; mount -o remount,bind,ro {web.app}")
    done = lockdown(web, prefix=read_only)
    assert done.returncode == 111 and done.stderr.count(b"Read-only file system") == 2
    assert lockdown(web, "--check", prefix=read_only).returncode == 1


def test_without_root(web):
    file = put(web.app / "var" / "file")
    user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"]
    done = lockdown(web, prefix=user)
    assert done.returncode == 111
    assert f"{file}: Operation not permitted".encode() in done.stderr
    assert state(file) == (0, 0, 0o666)
    assert lockdown(web, "--check", prefix=user).returncode == 1
    assert lockdown(web).returncode == 0
    # its own files, of which it may see everything, are right to their user too
    owner = ["setpriv", f"--reuid={WEB}", f"--regid={WEB}", "--clear-groups"]
    assert lockdown(web, prefix=owner).returncode == 0


def test_root_that_may_not_chown(web):
    file = put(web.app / "var" / "file")
    done = lockdown(web, prefix=["setpriv", "--bounding-set=-chown"])
    assert done.returncode == 111
    assert f"{file}: Operation not permitted".encode() in done.stderr
    assert state(file)[:2] == (0, 0)
    assert lockdown(web).returncode == 0
