"""orlop build on a small root file system of its own: each step, and what a failure leaves."""
import fcntl
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess

import pytest

from conftest import BUILD, shell, wait_for

PROGRAMS = ["sh", "cat", "chmod", "id", "mkdir", "sleep", "touch"]
# A fresh /proc and the devices that an engine gives; nothing is mounted outside.
ENTER = """
    mount -t proc proc "$0/proc" && for node in null zero urandom; do
        mount --bind "/dev/$node" "$0/dev/$node" || exit 1; done
    {extra}
    exec chroot {user} "$0" "$@"
"""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
ACCOUNTS = {"passwd": ("root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/bin/false\n", 0o644),
            "group": ("root:x:0:\nshadow:x:42:\nwww-data:x:33:\n", 0o644),
            "shadow": ("root:*:19000:0:99999:7:::\n", 0o640)}


class Image:
    """A root file system with Orlop, a shell and a service `web` of www-data's."""

    def __init__(self, root):
        self.root = root
        for name in ("bin", "usr/bin", "etc/orlop/services", "proc", "dev", "tmp", "run",
                     "srv/app/public"):
            (root / name).mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        for node in ("null", "zero", "urandom"):
            (root / "dev" / node).touch()
        for name in ("orlop", "orlop-init", "orlop-confine"):
            shutil.copy(BUILD / name, root / "usr/bin" / name)
        for name in PROGRAMS:
            self.copy(shutil.which(name), root / "bin" / name)
        for name, (text, mode) in ACCOUNTS.items():
            self.write(f"etc/{name}", text, mode)
        self.write("srv/app/public/index.php", "<?php\n")
        self.service("web", "sleep 1000", user="www-data", read="/srv/app", write="/srv/app/var")

    def copy(self, program, target):
        shutil.copy(program, target)
        for library in re.findall(r"(/\S+) \(", subprocess.check_output(["ldd", program],
                                                                        text=True)):
            place = self.root / library.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                shutil.copy(library, place)

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.write_text(text)
        path.chmod(mode)

    def service(self, name, command, **keys):
        more = "".join(f"{key.replace('_', '-')} = {value}\n" for key, value in keys.items())
        self.write(f"etc/orlop/services/{name}.ini", f"command = {command}\n{more}")

    def step(self, name, script, **keys):
        """A service of phase = build that runs a shell script, caged to what it writes."""
        keys = {"user": "www-data", "read": "/srv/app", "write": "/srv/app/var", **keys}
        self.service(name, shell(script), type="oneshot", phase="build", **keys)

    def command(self, *words, extra=":", user="", namespaces=()):
        return ["unshare", *namespaces, "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                ENTER.format(extra=extra, user=user), str(self.root), *words]

    def build(self, *words, **more):
        return subprocess.run(self.command("/usr/bin/orlop", "build", *words, **more),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False, env=ENVIRONMENT)

    def done(self, *words, **more):
        result = self.build(*words, **more)
        assert result.returncode == 0, result.stdout + result.stderr
        return result

    def read(self, name):
        return (self.root / name).read_text()

    def owner(self, name):
        status = (self.root / name).lstat()
        return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)

    def state(self):
        """All that a layer would hold of each file: also a write of what was there shows."""
        found = {}
        for folder, names, files in os.walk(self.root):
            for name in [*names, *files, "."]:
                path = pathlib.Path(folder, name)
                status = path.lstat()
                found[str(path)] = (status.st_ino, status.st_mode, status.st_uid, status.st_gid,
                                    status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        return found

    def names(self):
        return set(self.state())


@pytest.fixture
def image():
    path = pathlib.Path(subprocess.check_output(["mktemp", "-d", "/tmp/orlop-test.XXXXXX"],
                                                text=True).strip())
    path.chmod(0o755)
    yield Image(path)
    shutil.rmtree(path, ignore_errors=True)


def test_image_with_nothing_to_run_is_not_made_ready(image):
    result = image.done()
    assert image.owner("srv/app/var") == (33, 33, 0o750)
    assert "accounts  nothing to make" in result.stdout
    assert "services  none is declared with phase = build" in result.stdout
    assert result.stderr == ""


def test_accounts_are_not_made(image):
    image.service("queue", "sleep 1000", user="app", groups="team", read="/srv/app",
                  write="/srv/app/queue")
    result = image.done()
    user = re.search(r"^app:x:(\d+):(\d+)::/nonexistent:(\S+)$", image.read("etc/passwd"), re.M)
    assert user and user[1] == user[2]
    assert image.read("etc/passwd").startswith(ACCOUNTS["passwd"][0])
    assert re.search(rf"^app:x:{user[2]}:$", image.read("etc/group"), re.M)
    assert re.search(r"^team:x:\d+:$", image.read("etc/group"), re.M)
    assert image.read("etc/shadow") == ACCOUNTS["shadow"][0] + "app:!:::::::\n"
    assert not (image.root / "etc/gshadow").exists()
    assert [image.owner(f"etc/{name}")[2] for name in ACCOUNTS] == [0o644, 0o644, 0o640]
    assert image.owner("srv/app/queue")[0] == int(user[1])
    assert f"app (uid {user[1]})" in result.stdout and "group team (gid" in result.stdout


def test_service_of_the_build_is_not_run_as_declared(image):
    image.step("warm", "id -u; umask; echo made >/srv/app/var/cache")
    result = image.done()
    assert "warm | 33\n" in result.stdout
    assert image.read("srv/app/var/cache") == "made\n"
    assert image.owner("srv/app/var/cache") == (33, 33, 0o640)
    assert re.search(r"^ *services +warm \d+\S*$", result.stdout, re.M), result.stdout


def test_service_of_the_build_is_not_caged(image):
    image.step("warm", "echo spoilt >/srv/app/public/index.php")
    (image.root / "srv/app/public/index.php").chmod(0o666)
    result = image.build()
    assert result.returncode == 1
    assert image.read("srv/app/public/index.php") == "<?php\n"


def test_order_of_needs(image):
    # Against the alphabet, which is the order of what has no needs.
    image.step("a", "echo a >>/srv/app/var/order", needs="b")
    image.step("b", "echo b >>/srv/app/var/order", needs="c")
    image.step("c", "echo c >>/srv/app/var/order")
    image.done()
    assert image.read("srv/app/var/order") == "c\nb\na\n"


def test_root_and_no_paths_in_the_build_are_held_against_the_image(image):
    # Packages are installed like that; when the image is used the service is gone.
    image.service("packages", shell("id -u; echo new >/usr/bin/new"), type="oneshot",
                  phase="build", user="root")
    result = image.done()
    assert "packages | 0\n" in result.stdout
    assert image.owner("usr/bin/new")[0] == 0


def test_services_that_run_later_are_started(image):
    image.service("other", shell("touch /tmp/started"), user="app", read="/srv/app", write="/tmp")
    image.step("warm", ":")
    image.done()
    assert not (image.root / "tmp/started").exists()


def test_service_that_fails_does_not_fail_the_build(image):
    image.step("after", "touch /srv/app/var/after", needs="broken")
    image.step("broken", "echo because >&2; exit 7")
    result = image.build()
    assert result.returncode == 1
    output = result.stdout + result.stderr
    assert "broken | because" in output
    assert "broken: exited 7" in output
    assert not (image.root / "srv/app/var/after").exists()
    assert "done in" not in result.stdout


def test_fault_of_a_declaration_changes_something(image):
    image.service("queue", "sleep 1000", user="app", colour="blue")
    image.service("other", "/no/such/program", user="app", read="/no/such/path")
    before = image.state()
    result = image.build()
    assert result.returncode == 100
    assert "colour" in result.stderr and "/no/such/program" in result.stderr
    assert image.state() == before


def test_second_run_writes_something(image):
    image.service("queue", "sleep 1000", user="app", groups="team", read="/srv/app",
                  write="/srv/app/queue", ready="notify")
    image.step("warm", ":")
    image.done()
    before = image.state()
    result = image.done()
    after = image.state()
    assert {name for name in after if before.get(name) != after[name]} == set()
    assert set(before) == set(after)
    assert "accounts  nothing to make" in result.stdout


def test_something_is_left_behind(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app", ready="notify")
    image.step("warm", ":")
    before = image.names()
    image.done()
    assert image.names() - before == {str(image.root / "srv/app/var"),
                                      str(image.root / "srv/app/var/.")}


def test_half_made_account_is_not_completed(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    image.write("etc/group", ACCOUNTS["group"][0] + "app:x:60123:\n")
    image.write("etc/shadow", ACCOUNTS["shadow"][0] + "app:!:::::::\n", 0o640)
    image.done()
    assert re.search(r"^app:x:\d+:60123:", image.read("etc/passwd"), re.M)
    assert image.read("etc/group").count("app:") == 1
    assert image.read("etc/shadow").count("app:") == 1


def test_last_line_of_passwd_without_its_end(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    image.write("etc/passwd", ACCOUNTS["passwd"][0].rstrip("\n"))
    image.done()
    assert "/bin/false\napp:x:" in image.read("etc/passwd")


READ_ONLY = 'mount --bind "$0/etc" "$0/etc" && mount -o remount,bind,ro "$0/etc"'
FULL = 'mount -t tmpfs -o size=64k tmpfs "$0/etc" && cp -a "$0/saved/." "$0/etc" && ' \
       '{ cat /dev/zero >"$0/etc/full" 2>/dev/null; true; }'


@pytest.mark.parametrize("extra, reason", [(READ_ONLY, "Read-only file system"),
                                           (FULL, "No space left on device")])
def test_etc_that_cannot_be_written_is_not_said(image, extra, reason):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    shutil.copytree(image.root / "etc", image.root / "saved")
    result = image.build(extra=extra)
    assert result.returncode == 111
    assert re.search(rf"^orlop build: /etc/\w+: {reason}$", result.stderr, re.M), result.stderr
    assert "app" not in image.read("etc/passwd")
    assert "done in" not in result.stdout


def test_killed_build_leaves_half_a_file_or_a_process(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    image.step("endless", "echo begun; trap 'echo told' TERM; sleep 1000 & wait")
    log = open(image.root.with_suffix(".log"), "wb")
    try:
        # Not as PID 1, whose death would take the rest with it.
        script = "/usr/bin/orlop build; cat"
        process = subprocess.Popen(image.command("/bin/sh", "-c", script), stdin=subprocess.PIPE,
                                   stdout=log, stderr=log, env=ENVIRONMENT)
        wait_for(lambda: "begun" in pathlib.Path(log.name).read_text())
        root = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        sh = int(root.read_text())
        build = int(pathlib.Path(f"/proc/{sh}/task/{sh}/children").read_text().split()[0])
        os.kill(build, signal.SIGKILL)
        # The tree is told, stops in order and is gone: sh's cat is all that is left.
        namespace = os.readlink(f"/proc/{sh}/ns/pid")

        def names():
            found = set()
            for entry in pathlib.Path("/proc").iterdir():
                try:
                    if entry.name.isdigit() and os.readlink(entry / "ns/pid") == namespace:
                        found.add((entry / "comm").read_text().strip())
                except OSError:
                    continue
            return found
        wait_for(lambda: names() == {"sh", "cat"}, message=f"left: {names()}")
        assert "told" in pathlib.Path(log.name).read_text()
        process.communicate()
    finally:
        process.kill()
        process.wait()
        log.close()
        os.unlink(log.name)
    assert image.read("etc/passwd").startswith(ACCOUNTS["passwd"][0])
    image.step("endless", ":")
    image.done()
    assert image.read("etc/passwd").count("app:") == 1


def test_file_of_a_killed_run_stays(image):
    image.write("etc/.passwd.orlop", "root:x:0", 0o600)
    image.done()
    assert not (image.root / "etc/.passwd.orlop").exists()


def test_permission_that_cannot_be_mended_is_not_named(image):
    # Nobody declares /usr/bin, so lockdown leaves it alone; the audit must not.
    os.chown(image.root / "bin/sh", 33, 33)
    result = image.build()
    assert result.returncode == 1
    output = result.stdout + result.stderr
    assert "/bin/sh" in output
    assert "chown root" in output
    assert "done in" not in result.stdout


def test_permission_in_declared_files_is_not_mended(image):
    (image.root / "srv/app/public/index.php").chmod(0o666)
    image.done()
    assert image.owner("srv/app/public/index.php") == (0, 0, 0o644)


def test_another_user_of_the_build_cannot_write_where_it_declares(image):
    # As composer does: the files are root's in the end, and php's group can read them.
    image.write("srv/app/lock", "old\n")
    image.step("install", "echo new >/srv/app/lock; mkdir /srv/app/vendor; "
               "echo code >/srv/app/vendor/x.php", user="composer", write="/srv/app")
    image.done()
    assert image.read("srv/app/lock") == "new\n"
    assert image.owner("srv/app/lock") == (0, 0, 0o644)
    assert image.owner("srv/app/vendor/x.php") == (0, 33, 0o640)


def test_user_who_is_not_root_is_not_refused(image):
    result = image.build(user="--userspec=33:33")
    assert result.returncode == 111
    assert "expected root" in result.stderr


def test_single_mapped_id_is_not_said(image):
    # Rootless without subordinate ids: nothing could be given away, so nothing is proven.
    image.step("warm", ":")
    result = image.build(namespaces=["--user", "--map-root-user"])
    assert result.returncode == 111
    assert "/srv/app/var: its user is not mapped in this user namespace" in result.stderr


def test_program_that_no_service_of_the_build_has_made_passes(image):
    image.service("queue", "tool", user="app", read="/srv/app", write="/srv/app/queue")
    image.step("warm", "echo no tool")
    result = image.build()
    assert result.returncode == 100
    assert re.search(r'/queue.ini: queue: command: found "tool", expected an executable file once',
                     result.stderr)
    image.service("warm", shell("cat /bin/cat >/usr/bin/tool; chmod 755 /usr/bin/tool"),
                  type="oneshot", phase="build", user="root")
    image.done()


def test_link_in_place_of_passwd_gets_no_reason(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    (image.root / "etc/passwd").rename(image.root / "etc/passwd.real")
    (image.root / "etc/passwd").symlink_to("passwd.real")
    result = image.build()
    assert result.returncode == 111
    assert "orlop build: /etc/passwd: found a link, expected the file itself" in result.stderr


def test_two_at_once_take_each_others_new_passwd(image):
    image.service("queue", "sleep 1000", user="app", read="/srv/app")
    etc = os.open(image.root / "etc", os.O_RDONLY)
    fcntl.flock(etc, fcntl.LOCK_EX)
    waits = re.compile(rf"-> FLOCK .*:{os.fstat(etc).st_ino} ")
    with subprocess.Popen(image.command("/usr/bin/orlop", "build"), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT) as build:
        try:
            wait_for(lambda: waits.search(pathlib.Path("/proc/locks").read_text()),
                     message="it does not wait for the other")
            assert image.read("etc/passwd") == ACCOUNTS["passwd"][0]
            os.close(etc)
            output = build.communicate(timeout=60)[0]
        finally:
            build.kill()
    assert build.returncode == 0, output


def test_closed_standard_descriptors_are_taken_for_others(image):
    image.step("warm", "echo said")
    words = image.command("/bin/sh", "-c", "exec /usr/bin/orlop build <&-")
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False,
                            env=ENVIRONMENT)
    assert result.returncode == 0, result.stderr
    assert "warm | said" in result.stdout and "done in" in result.stdout


def test_missing_orlop_init_is_told_as_a_failed_service(image):
    image.step("warm", ":")
    (image.root / "usr/bin/orlop-init").unlink()
    result = image.build()
    assert result.returncode == 111
    assert result.stderr == "orlop build: cannot run /usr/bin/orlop-init: No such file or directory\n"


def test_missing_proc_is_not_said(image):
    result = image.build(extra='umount "$0/proc"')
    assert result.returncode == 111
    assert "/proc/self/exe, is /proc mounted" in result.stderr


def test_words_and_options_that_are_not_known(image):
    for words, piece in [(("now",), "found a word"), (("--force",), "--force")]:
        result = image.build(*words)
        assert result.returncode == 100
        assert piece in result.stderr and "usage:" in result.stderr


def test_help(image):
    result = image.build("--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: orlop build [--directory=DIR]")
