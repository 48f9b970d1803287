"""orlop-confine on the running kernel: what the program in the cage is, and what it cannot do."""
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys

import pytest

from conftest import BUILD

CONFINE = str(BUILD / "orlop-confine")
PYTHON = "/usr/bin/python3"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SOMEBODY = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups"]
NET_BIND_SERVICE = 1 << 10

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="changes ids")


def landlock_abi():
    create_ruleset, version = 444, 1
    return ctypes.CDLL(None, use_errno=True).syscall(create_ruleset, None, 0, version)


scoped = pytest.mark.skipif(landlock_abi() < 6, reason="no Landlock scopes in this kernel")


def confine(*words, prefix=(), **options):
    """Runs `orlop-confine WORDS` from the root directory and returns what became of it."""
    return subprocess.run([*prefix, CONFINE, *words], capture_output=True, text=True, timeout=20,
                          cwd=options.pop("cwd", "/"), env={"PATH": PATH, "LANG": "C"}, **options)


def status(*words, **options):
    """/proc/self/status of the program in the cage."""
    run = confine(*words, "--", "cat", "/proc/self/status", **options)
    assert run.returncode == 0, run.stderr
    return dict(line.split(":", 1) for line in run.stdout.splitlines())


def numbers(field):
    return [int(word) for word in field.split()]


def capabilities(fields):
    return {name: int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd",
                                                     "CapAmb")}


def assert_no_capability(fields, bounding=0):
    assert capabilities(fields) == {"CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapAmb": 0,
                                    "CapBnd": bounding}


# The user

@as_root
def test_nobody_has_nothing():
    nobody = pwd.getpwnam("nobody")
    fields = status("-u", "nobody")
    assert numbers(fields["Uid"]) == [nobody.pw_uid] * 4
    assert numbers(fields["Gid"]) == [nobody.pw_gid] * 4
    assert numbers(fields["Groups"]) == []
    assert fields["NoNewPrivs"].strip() == "1"
    assert_no_capability(fields)


@as_root
def test_inherited_groups_and_capabilities_are_gone():
    caps = "+chown,+setuid"
    fields = status("-u", "nobody", prefix=["setpriv", "--groups", "0,4,27", "--inh-caps", caps,
                                            "--ambient-caps", caps])
    assert numbers(fields["Groups"]) == []
    assert_no_capability(fields)


@as_root
def test_one_capability_is_kept_and_no_other():
    fields = status("-u", "nobody", "-c", "net_bind_service")
    assert set(capabilities(fields).values()) == {NET_BIND_SERVICE}
    assert numbers(fields["Uid"])[0] == pwd.getpwnam("nobody").pw_uid


@as_root
def test_root_without_capabilities():
    fields = status("-u", "root")
    assert numbers(fields["Uid"]) == [0] * 4
    assert_no_capability(fields)


@as_root
def test_without_user_the_ids_stay_and_the_capabilities_go():
    fields = status()
    assert numbers(fields["Uid"]) == [0] * 4
    assert_no_capability(fields)


@as_root
def test_ids_by_number():
    fields = status("-u", "54321")
    assert numbers(fields["Uid"]) == [54321] * 4
    assert numbers(fields["Gid"]) == [54321] * 4
    fields = status("-u", "54321:7", "-G", "9,8")
    assert numbers(fields["Gid"]) == [7] * 4
    assert numbers(fields["Groups"]) == [8, 9]
    assert numbers(status("-u", "4294967294")["Uid"]) == [4294967294] * 4


@as_root
def test_user_by_name_has_its_groups(tmp_path):
    passwd, group = tmp_path / "passwd", tmp_path / "group"
    passwd.write_text("someone:x:700:701::/home/someone:/bin/false\n")
    members = ",".join(f"user{n}" for n in range(10000))
    group.write_text(f"one:x:710:{members},someone\ntwo:x:711:someoneelse\nthree:x:712:someone\n")
    script = ('mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && '
              'exec "$@"')
    prefix = ["unshare", "--mount", "sh", "-c", script, "sh", passwd, group]
    fields = status("-u", "someone", prefix=prefix)
    assert numbers(fields["Uid"])[0] == 700
    assert numbers(fields["Gid"])[0] == 701
    assert numbers(fields["Groups"]) == [710, 712]
    run = confine("-u", "700", "--", "env", prefix=prefix)
    assert {"HOME=/home/someone", "USER=someone", "LOGNAME=someone", "SHELL=/bin/false"} <= set(
        run.stdout.split())


@pytest.mark.parametrize("user", ["no-such-user", "0x10", "-1", "4294967295", "", "root:", "0:-1",
                                  "18446744073709551616", "root:no-such-group", "+0"])
def test_users_that_are_none(user):
    run = confine("-u", user, "--", "id")
    assert run.returncode == 100
    assert run.stdout == ""
    assert run.stderr.startswith("orlop-confine: fatal: ")


# What the program in the cage can do

@as_root
@scoped
def test_processes_outside_get_no_signal():
    with subprocess.Popen(["sleep", "60"], user="nobody") as outside:
        try:
            script = f"kill -0 {outside.pid}"
            control = subprocess.run(["sh", "-c", script], user="nobody", check=False)
            assert control.returncode == 0
            run = confine("-u", "nobody", "--", "sh", "-c", script)
            assert run.returncode != 0
            assert "not permitted" in run.stderr
        finally:
            outside.kill()


@scoped
def test_own_children_do_get_signals():
    run = confine("sh", "-c", "sleep 60 & kill $! && wait $!; echo $?")
    assert run.stdout == f"{128 + signal.SIGTERM}\n"


@as_root
@pytest.mark.skipif(landlock_abi() < 2, reason="no Landlock domain in this kernel")
def test_environment_of_the_same_user_outside_is_not_readable():
    with subprocess.Popen(["sleep", "60"], user="nobody", env={"SECRET": "x"}) as outside:
        try:
            script = ["cat", f"/proc/{outside.pid}/environ"]
            control = subprocess.run(script, user="nobody", capture_output=True, check=False)
            assert control.stdout == b"SECRET=x\0"
            assert confine("-u", "nobody", "--", *script).returncode != 0
        finally:
            outside.kill()


@scoped
def test_abstract_sockets_outside_are_out_of_reach():
    name = f"\0orlop-test-{os.getpid()}"
    script = f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})"
    with socket.socket(socket.AF_UNIX) as outside:
        outside.bind(name)
        outside.listen()
        assert subprocess.run([PYTHON, "-c", script], check=False).returncode == 0
        run = confine(PYTHON, "-c", script)
    assert "PermissionError" in run.stderr


def test_files_still_move_between_directories(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "file").write_text("x")
    script = f"import os; os.rename('{tmp_path}/one/file', '{tmp_path}/two/file')"
    assert confine("-d", str(tmp_path), "--", PYTHON, "-c", script).returncode == 0


@as_root
def test_setuid_files_give_nothing(tmp_path):
    tmp_path.chmod(0o755)
    for directory in (tmp_path.parent, tmp_path.parent.parent):
        directory.chmod(0o755)
    tool = tmp_path / "cat"
    tool.write_bytes(open("/bin/cat", "rb").read())
    tool.chmod(0o4755)
    run = confine("-u", "nobody", "--", str(tool), "/proc/self/status")
    fields = dict(line.split(":", 1) for line in run.stdout.splitlines())
    assert numbers(fields["Uid"]) == [pwd.getpwnam("nobody").pw_uid] * 4


def test_descriptors_above_two_are_closed():
    script = "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd')))"
    with open("/etc/passwd", "rb") as leak:
        high = os.dup2(leak.fileno(), 200)
        try:
            run = confine(PYTHON, "-c", script, pass_fds=[leak.fileno(), high])
            kept = confine("-k", PYTHON, "-c", script, pass_fds=[leak.fileno(), high])
        finally:
            os.close(high)
    assert run.stdout == "[0, 1, 2, 3]\n"  # 3 is the listing itself
    assert "200" in kept.stdout


def test_signals_begin_as_new():
    def block_and_ignore():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGQUIT])
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    fields = status(preexec_fn=block_and_ignore, restore_signals=False)
    assert int(fields["SigBlk"], 16) == 0
    assert int(fields["SigIgn"], 16) == 0


def test_a_shells_job_stays_one():
    run = confine(PYTHON, "-c", "import os; print(os.getsid(0))")
    assert int(run.stdout) == os.getsid(0)


# The file cage

caged = pytest.mark.skipif(landlock_abi() < 3, reason="no Landlock for truncation in this kernel")


@pytest.fixture
def tree(tmp_path):
    """Two directories with a file each, a program, and every uid can walk and write there."""
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(0o755)
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o777)
        (tmp_path / name / "file").write_text(f"{name}\n")
        (tmp_path / name / "file").chmod(0o666)
        program = tmp_path / name / "program"
        program.write_bytes(open("/bin/echo", "rb").read())
        program.chmod(0o755)
    return tmp_path


# Each prints nothing but "denied" where the kernel says EACCES or EXDEV.
ACTS = {
    "read": "open({0!r} + '/file').read()",
    "list": "os.listdir({0!r})",
    "change": "os.close(os.open({0!r} + '/file', os.O_WRONLY))",
    "append": "open({0!r} + '/file', 'a').write('')",
    "truncate": "os.truncate({0!r} + '/file', 3)",
    "make": "open({0!r} + '/new', 'w').write('x'); os.unlink({0!r} + '/new')",
    "directory": "os.mkdir({0!r} + '/new'); os.rmdir({0!r} + '/new')",
    "symlink": "os.symlink('x', {0!r} + '/new'); os.unlink({0!r} + '/new')",
    "fifo": "os.mkfifo({0!r} + '/new'); os.unlink({0!r} + '/new')",
    "socket": "socket.socket(socket.AF_UNIX).bind({0!r} + '/new'); os.unlink({0!r} + '/new')",
    "rename": "os.rename({0!r} + '/file', {0!r} + '/new'); "
              "os.rename({0!r} + '/new', {0!r} + '/file')",
    "take": "os.rename({0!r} + '/file', {1!r} + '/taken'); "
            "os.rename({1!r} + '/taken', {0!r} + '/file')",
    "link": "os.link({0!r} + '/file', {1!r} + '/linked'); os.unlink({1!r} + '/linked')",
    "execute": "subprocess.run([{0!r} + '/program'], check=True, capture_output=True)",
    "remove": "os.unlink({0!r} + '/file'); open({0!r} + '/file', 'w').write('again')",
}
READS = {"read", "list"}
WRITES = {"change", "append", "truncate", "make", "directory", "symlink", "fifo", "socket",
          "rename", "take", "link", "remove"}


def outcomes(options, directory, other):
    """What of ACTS on the directory can be done in the cage; all else says EACCES or EXDEV."""
    script = ["import errno, os, socket, subprocess"]
    for name, act in ACTS.items():
        script += ["try:", f"    {act.format(str(directory), str(other))}",
                   f"    print({name!r})", "except OSError as error:",
                   "    if error.errno not in (errno.EACCES, errno.EXDEV): print(error)"]
    run = confine("-u", "nobody", *options, "--", PYTHON, "-c", "\n".join(script))
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split("\n")) - {""}


@as_root
@caged
@pytest.mark.parametrize("option, expected", [("-r", READS), ("-w", READS | WRITES),
                                              ("-x", READS | {"execute"})])
def test_paths_give_their_rights_and_no_others(tree, option, expected):
    scratch = tree / "scratch"
    scratch.mkdir()
    scratch.chmod(0o777)
    options = [option, str(tree / "inside"), "-w", str(scratch)]
    # Without protected_hardlinks' own opinion: the file belongs to nobody.
    for name in ("inside", "outside"):
        os.chown(tree / name / "file", *pwd.getpwnam("nobody")[2:4])
    if option == "-x":
        options += ["-x", "/usr"]
    assert outcomes([], tree / "outside", scratch) == set(ACTS)
    assert outcomes(options, tree / "inside", scratch) == expected
    assert outcomes(options, tree / "outside", scratch) == set()


@as_root
@caged
def test_writing_is_not_running(tree):
    run = confine("-w", str(tree / "inside"), "--", "sh", "-c",
                  f"cp /bin/echo {tree}/inside/mine && exec {tree}/inside/mine ran")
    assert run.returncode != 0
    assert "ran" not in run.stdout


@caged
def test_base_paths_are_there(tree):
    script = ("import os; open('/etc/passwd').read(); os.listdir('/usr/bin'); "
              "open('/proc/self/status').read(); open('/dev/urandom', 'rb').read(1); "
              "open('/dev/null', 'w').write('x'); open('/sys/devices/system/cpu/possible').read()")
    run = confine("-r", str(tree / "inside"), "--", PYTHON, "-c", script)
    assert (run.returncode, run.stderr) == (0, "")
    for path in ("/dev/kmsg", "/sys/kernel/uevent_seqnum", "/var/log", "/root", "/run"):
        run = confine("-r", str(tree / "inside"), "--", "ls", path)
        assert confine("ls", path).returncode == 0
        assert run.returncode == 0 or "Permission denied" in run.stderr
        opened = confine("-r", str(tree / "inside"), "--", PYTHON, "-c",
                         f"import os; os.open({path!r}, os.O_RDONLY)")
        assert "PermissionError" in opened.stderr, path


@caged
def test_execute_lists_all_that_runs(tree):
    """The program itself needs no mention, nor the loader that the kernel runs for it."""
    assert confine("-x", str(tree / "inside"), "--", "sh", "-c", "echo x").stdout == "x\n"
    run = confine("-x", str(tree / "inside"), "--", "sh", "-c", "ls /usr")
    assert run.returncode == 126
    run = confine("-x", str(tree / "inside"), "-x", "/usr/bin/ls", "--", "sh", "-c", "ls /usr")
    assert run.returncode == 0
    script = tree / "outside" / "script"
    script.write_text(f"#!/usr/bin/env {PYTHON}\nprint('ran')\n")
    script.chmod(0o755)
    assert confine("-x", str(tree / "inside"), "--", str(script)).stdout == "ran\n"


@caged
def test_log_pipes_can_be_opened_again(tree):
    """What php-fpm and nginx do with /dev/stderr."""
    script = "echo out >/dev/stdout; echo err >/dev/stderr; echo fd >/proc/self/fd/2"
    run = confine("-r", str(tree), "--", "sh", "-c", script)
    assert (run.returncode, run.stdout, run.stderr) == (0, "out\n", "err\nfd\n")


@caged
def test_missing_paths(tree):
    missing = str(tree / "missing")
    run = confine("-r", missing, "true")
    assert (run.returncode, run.stderr) == (
        111, f"orlop-confine: fatal: declared paths: {missing}: No such file or directory\n")
    assert confine("-r", f"?{missing}", "-w", f"?{missing}", "true").returncode == 0


@caged
def test_relative_paths_are_the_callers(tree):
    run = confine("-r", "inside", "-d", "/", "--", "cat", str(tree / "inside" / "file"), cwd=tree)
    assert run.stdout == "inside\n"


@as_root
@caged
def test_paths_that_the_user_cannot_reach_are_opened_before(tree):
    """As root it may walk there; as the user it may not, and the cage makes no difference."""
    (tree / "outside").chmod(0o700)
    run = confine("-u", "nobody", "-r", str(tree / "outside" / "file"), "--", "cat",
                  str(tree / "outside" / "file"))
    assert "Permission denied" in run.stderr and run.returncode == 1
    (tree / "outside").chmod(0o755)
    run = confine("-u", "nobody", "-r", str(tree / "outside" / "file"), "--", "cat",
                  str(tree / "outside" / "file"))
    assert run.stdout == "outside\n"


@caged
@pytest.mark.parametrize("outer", [[], ["-w", "/tmp", "-x", "/usr", "-x", str(BUILD)]])
def test_cage_in_a_cage(tree, outer):
    """As a script in a service has it: the inner one can do what the outer one lets it do."""
    outer = [word if word != "/tmp" else str(tree) for word in outer]
    script = (f"import os; os.rename('{tree}/inside/file', '{tree}/outside/moved'); "
              f"os.rename('{tree}/outside/moved', '{tree}/inside/file'); print('moved'); "
              f"open('{tree}/inside/file').read()")
    run = confine(*outer, "--", CONFINE, "-w", str(tree), "--", PYTHON, "-c", script)
    assert (run.returncode, run.stdout) == (0, "moved\n"), run.stderr


# Ports

@pytest.mark.skipif(landlock_abi() < 4, reason="no Landlock for ports in this kernel")
def test_ports():
    script = """
import errno, socket, sys
for port in sys.argv[2:]:
    with socket.socket() as s:
        try:
            getattr(s, sys.argv[1])(("127.0.0.1", int(port)))
        except OSError as error:
            if error.errno == errno.EACCES:
                continue
        print(port)
"""
    with socket.socket() as one, socket.socket() as two:
        for listener in (one, two):
            listener.bind(("127.0.0.1", 0))
            listener.listen()
        mine, other = (str(listener.getsockname()[1]) for listener in (one, two))
        for option, call, free in (("-b", "bind", "connect"), ("-t", "connect", "bind")):
            for asked, expected in ((call, [mine]), (free, [other, mine])):
                run = confine(option, mine, "--", PYTHON, "-c", script, asked, other, mine)
                assert run.stdout.split() == expected, run.stderr


# System calls

def test_system_calls():
    script = "import ctypes; print(ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0))"
    assert confine(PYTHON, "-c", script).stdout == "-1\n"
    assert confine("-y", "+ptrace", "--", PYTHON, "-c", script).stdout == "0\n"
    assert confine("-y", "all", "--", PYTHON, "-c", script).stdout == "0\n"
    run = confine("-y", "-mkdir", "-y", "-mkdirat", "--", "mkdir", "/tmp/never")
    assert "Operation not permitted" in run.stderr


# Secrets

@as_root
def test_secret_is_read_before_the_drop(tree):
    secret = tree / "secret"
    secret.write_text("word\n")
    secret.chmod(0o400)
    run = confine("-u", "nobody", "-r", str(tree / "inside"), "-s", f"DB:{secret}",
                  "-e", "DB=wrong", "--", "sh", "-c", f"env; cat {secret}")
    assert [line for line in run.stdout.split("\n") if line.startswith("DB=")] == ["DB=word"]
    assert "Permission denied" in run.stderr


def test_secrets_that_are_none(tmp_path):
    run = confine("-s", f"A:{tmp_path}/missing", "true")
    assert (run.returncode, run.stderr) == (
        111, f"orlop-confine: fatal: secrets: {tmp_path}/missing: No such file or directory\n")
    assert "A=" not in confine("-s", f"A:?{tmp_path}/missing", "env").stdout
    (tmp_path / "nul").write_bytes(b"a\0b")
    assert confine("-s", f"A:{tmp_path}/nul", "true").returncode == 111


# Options

def test_options_are_applied():
    run = confine("-m", "077", "-l", "nofile=64:128", "-d", "/usr", "-n", "7", "-o", "600",
                  "-e", "APP=1", "--", "sh", "-c",
                  "umask; ulimit -Sn; ulimit -Hn; ulimit -c; pwd; nice; echo $APP; "
                  "cat /proc/self/oom_score_adj")
    assert run.stdout.split() == ["0077", "64", "128", "0", "/usr", "7", "1", "600"]


def test_too_high_a_limit_is_as_high_as_allowed():
    run = confine("-l", "nofile=1T", "--", "sh", "-c", "ulimit -Sn; ulimit -Hn")
    assert run.returncode == 0
    soft, hard = run.stdout.split()
    assert soft == hard
    run = confine("--strict", "-l", "nofile=1T", "--", "true")
    assert run.returncode == 111
    assert run.stderr == "orlop-confine: fatal: limits: Operation not permitted\n"


@pytest.mark.parametrize("words", [[], ["-k"], ["-u"], ["-q", "true"], ["-m", "9", "true"],
                                   ["-n", "20", "true"], ["-o", "1001", "true"],
                                   ["-l", "nofile", "true"], ["-c", "all", "true"],
                                   ["-e", "A", "true"], ["-G", "1,,2", "true"], ["-r", "", "true"],
                                   ["-b", "x", "true"], ["-y", "+x", "true"], ["-s", "x", "true"]])
def test_wrong_usage(words):
    run = confine(*words)
    assert run.returncode == 100
    assert "usage: orlop-confine" in run.stderr
    assert run.stdout == ""


def test_help_and_version():
    assert confine("-h").stdout.startswith("usage: orlop-confine")
    assert confine("--version").stdout.startswith("orlop-confine ")


# Failures, and what they are called

def test_exit_status_is_the_programs():
    assert confine("sh", "-c", "exit 7").returncode == 7
    assert confine("sh", "-c", "kill -TERM $$").returncode == -signal.SIGTERM


def test_program_that_is_not_there(tmp_path):
    run = confine("no-such-program")
    assert run.returncode == 127
    assert run.stderr == "orlop-confine: fatal: exec: no-such-program: No such file or directory\n"
    text = tmp_path / "text"
    text.write_text("echo a shell script without #!\n")
    assert confine(str(text)).returncode == 126
    text.chmod(0o755)
    assert confine(str(text)).returncode == 126


def test_directory_that_is_not_there():
    run = confine("-d", "/no/such/directory", "true")
    assert run.returncode == 111
    assert run.stderr == ("orlop-confine: fatal: working directory: /no/such/directory: "
                          "No such file or directory\n")


@as_root
def test_directory_that_the_user_may_not_enter(tmp_path):
    tmp_path.chmod(0o700)
    run = confine("-u", "nobody", "true", cwd=tmp_path)
    assert run.returncode == 111
    assert "working directory: .: Permission denied" in run.stderr


@as_root
def test_directory_outside_of_the_root():
    """Where a leaked directory would lead out of the container: CVE-2024-21626."""
    script = ('mount -t tmpfs tmpfs /mnt && cd /mnt && umount -l /mnt && exec "$@"')
    run = confine("true", prefix=["unshare", "--mount", "sh", "-c", script, "sh"])
    assert run.returncode == 111
    assert "working directory" in run.stderr


# Where ids cannot be changed

@as_root
def test_unprivileged_caller():
    fields = status("-u", "nobody", prefix=SOMEBODY)
    assert numbers(fields["Uid"]) == [12345] * 4
    assert fields["NoNewPrivs"].strip() == "1"
    assert [int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")] == [0] * 4


@as_root
def test_unprivileged_caller_is_told():
    run = confine("-u", "nobody", "-c", "chown", "true", prefix=SOMEBODY)
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        "orlop-confine: notice: user: nobody: ids cannot be changed here, they stay",
        "orlop-confine: notice: capabilities: some cannot be had here"]
    run = confine("-u", "12345:12345", "true", prefix=SOMEBODY)
    assert (run.returncode, run.stderr) == (0, "")


@as_root
@pytest.mark.parametrize("words", [["-u", "nobody"], ["-c", "chown"], ["-n", "-5"],
                                   ["-o", "-1000"]])
def test_strict_refuses_what_cannot_be_had(words):
    prefix = ["setpriv", "--bounding-set", "-sys_resource", *SOMEBODY[1:]]
    assert confine("--strict", *words, "true", prefix=prefix).returncode == 111
    assert confine(*words, "true", prefix=prefix).returncode == 0


@as_root
def test_ambient_setuid_of_another_than_root_is_used_up():
    """Leaving a uid that is not 0 keeps capabilities, unless they are laid down."""
    caps = "+setuid,+setgid"
    fields = status("-u", "nobody", prefix=[*SOMEBODY, "--inh-caps", caps, "--ambient-caps", caps])
    assert numbers(fields["Uid"]) == [pwd.getpwnam("nobody").pw_uid] * 4
    assert int(fields["CapPrm"], 16) == 0
    assert int(fields["CapAmb"], 16) == 0


def user_namespaces():
    probe = ["unshare", "--user", "--map-root-user", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not user_namespaces(), reason="no user namespaces here")
def test_root_of_a_user_namespace():
    fields = status("-u", "nobody", prefix=["unshare", "--user", "--map-root-user"])
    assert numbers(fields["Uid"]) == [0] * 4
    assert fields["NoNewPrivs"].strip() == "1"
    assert_no_capability(fields)


@pytest.mark.skipif(sys.maxsize < 2**32, reason="64-bit only")
def test_it_needs_nothing_of_the_image():
    """Static, no interpreter: it works in an image without a libc."""
    with open(CONFINE, "rb") as program:
        content = program.read()
    assert content[:4] == b"\x7fELF"
    assert b"/lib64/ld-linux" not in content and b"/lib/ld-musl" not in content


# Where the kernel has less; the outer cage plays an old one

NO_LANDLOCK = [CONFINE, "-y", "-landlock_create_ruleset", "--"]


def test_what_the_kernel_cannot_limit_is_said_in_one_line():
    run = confine("-r", "/srv", "-b", "80", "--", "echo", "x", prefix=NO_LANDLOCK)
    assert (run.returncode, run.stdout) == (0, "x\n")
    assert run.stderr == (
        "orlop-confine: notice: landlock: not limited by this kernel: access to other processes, "
        "files, truncation, TCP ports, ioctl on devices, signals, abstract sockets\n")
    run = confine("true", prefix=NO_LANDLOCK)
    assert run.stderr == (
        "orlop-confine: notice: landlock: not limited by this kernel: access to other processes, "
        "signals, abstract sockets\n")


def test_strict_refuses_where_the_kernel_cannot_limit():
    run = confine("--strict", "-r", "/srv", "--", "echo", "x", prefix=NO_LANDLOCK)
    assert (run.returncode, run.stdout) == (111, "")
    assert run.stderr.startswith("orlop-confine: fatal: landlock: not limited by this kernel: ")


def test_without_seccomp_it_is_said():
    prefix = [CONFINE, "-y", "-seccomp", "--"]
    run = confine("echo", "x", prefix=prefix)
    assert (run.returncode, run.stdout) == (0, "x\n")
    assert run.stderr == ("orlop-confine: notice: seccomp: not here, system calls are not "
                          "filtered\n")
    assert confine("-y", "all", "true", prefix=prefix).stderr == ""
    assert confine("--strict", "true", prefix=prefix).returncode == 111
