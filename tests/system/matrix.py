"""The bed of the sandbox matrix: a tree of two services, in one of the ways that containers are run.

matrix.c is the service that tries; matrix.txt has what must come of it, a line an act, a column a
set-up. Where they differ, either a wall has fallen or one has been built: look, then change the
table.
"""
import errno
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("ORLOP_BUILD", HERE.parents[1] / "build"))
TABLE = HERE / "matrix.txt"
SUBJECT, SIBLING, USER = 2001, 2002, 1000

DOCKER = ("chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,"
          "sys_chroot,mknod,audit_write,setfcap")
ONLY = "-all," + ",".join(f"+{name}" for name in DOCKER.split(","))
NAMESPACES = ["--pid", "--fork", "--mount-proc", "--mount", "--net", "--kill-child"]
# The network is its own too: ports and abstract sockets are the bed's alone.
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LOOPBACK = ("import fcntl, socket, struct; fcntl.ioctl(socket.socket(), "
            f"{SIOCSIFFLAGS}, struct.pack('16sH14x', b'lo', {IFF_UP}))")
PREPARE = (f'{sys.executable} -c "{LOOPBACK}" && mount -t tmpfs -o mode=0755 tmpfs /run && '
           'mount -t tmpfs -o mode=1777 tmpfs "$0/data" && ')
READ_ONLY = "mount -o remount,bind,ro / && "
AS_USER = ["--reuid", str(USER), "--regid", str(USER), "--clear-groups"]

# set-up: (words before the namespaces, script in them, words of setpriv, who runs it)
SETUPS = {
    "root": ([], "", ["--bounding-set", ONLY], 0),
    "user": ([], "", ["--bounding-set", ONLY, *AS_USER], USER),
    "none": ([], READ_ONLY, ["--bounding-set", "-all", "--no-new-privs"], 0),
    "none-user": ([], READ_ONLY, ["--bounding-set", "-all", "--no-new-privs", *AS_USER], USER),
    "userns": (["setpriv", *AS_USER, "unshare", "--user", "--map-root-user"], "", [], USER),
    "pidns": ([], "", [], 0),
}
CONTAINERS = ["rootless"]


class Bed:
    """The files of one set-up; `owner` is who they belong to, and who runs the tree."""

    def __init__(self, owner, ids=(SUBJECT, SIBLING)):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="orlop-matrix.", dir="/tmp"))
        for name in ("bin", "code", "data", "secrets", "etc", "etc/services"):
            (self.path / name).mkdir()
        self.compile()
        self.put("code/file", "code\n", 0o644)
        for name in ("subject", "sibling"):
            self.put(f"secrets/{name}", f"{name}'s\n", 0o400)
        self.service("sibling", ids[1], "TOKEN", "ready = fd:9\n")
        self.service("subject", ids[0], "PASSWORD", "needs = sibling\ntype = oneshot\n"
                     f"read = {self.path}/code\nwrite = {self.path}/data\n"
                     "bind = 30221\nconnect = 30221\n")
        for path in (self.path, *self.path.rglob("*")):
            shutil.chown(path, owner, owner)
            if path.is_dir():
                path.chmod(0o755)

    def compile(self):
        for compiler in ("musl-gcc", "gcc"):
            if shutil.which(compiler) and subprocess.run(
                    [compiler, "-std=gnu11", "-O1", "-static", "-idirafter", BUILD /
                     "kernel-headers", "-o", self.path / "bin/subject", HERE / "matrix.c"],
                    check=False).returncode == 0:
                shutil.copy(self.path / "bin/subject", self.path / "bin/sibling")
                return
        raise AssertionError("matrix.c cannot be compiled")

    def put(self, name, text, mode):
        (self.path / name).write_text(text)
        (self.path / name).chmod(mode)

    def service(self, name, uid, secret, more):
        self.put(f"etc/services/{name}.ini",
                 f"command = {self.path}/bin/{name} {self.path}\nuser = {uid}\ngroup = {uid}\n"
                 f"secret = {secret}:{self.path}/secrets/{name}\nlog = plain\n{more}", 0o644)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def run(setup):
    """{act: outcome} of one set-up that needs no engine."""
    before, script, privileges, owner = SETUPS[setup]
    bed = Bed(owner)
    try:
        inside = PREPARE + script + 'exec setpriv "$@"'
        process = subprocess.Popen(
            [*before, "unshare", *NAMESPACES, "sh", "-c", inside, bed.path, *privileges, "--",
             BUILD / "orlop-init", f"--directory={bed.path}/etc"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            return outcomes(process.stdout)
        finally:
            end(process)
    finally:
        bed.remove()


def end(process):
    """Kills PID 1 and so its namespace: a change of uid has undone unshare's --kill-child."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in children.read_text().split():
        os.kill(int(pid), signal.SIGKILL)
    process.kill()
    process.wait()
    process.stdout.close()


def outcomes(lines):
    """Reads lines to the end of the matrix."""
    found, seen = {}, []
    for line in lines:
        if line.startswith("end of matrix"):
            return found
        seen.append(line)
        act, _, outcome = line.strip().partition(" ")
        if act.startswith(("status.", "secret.")):
            found[act] = outcome or "-"
        elif re.fullmatch(r"signal \d+", outcome):
            found[act] = signal.Signals(int(outcome[7:])).name
        elif act.isidentifier() and outcome.isdigit():
            found[act] = errno.errorcode[int(outcome)] if int(outcome) else "ok"
    raise AssertionError("no end of the matrix:\n" + "".join(seen))


def golden():
    """{set-up: {act: outcome}} of matrix.txt."""
    rows = [line.split() for line in TABLE.read_text().splitlines()
            if line.strip() and not line.startswith("#")]
    columns = rows[0][1:]
    return {column: {row[0]: row[i + 1] for row in rows[1:]} for i, column in enumerate(columns)}


def differences(setup, found):
    """["act: expected X, found Y"], empty when all is as the table says."""
    expected = golden()[setup]
    return [f"{act}: expected {expected.get(act)}, found {found.get(act)}"
            for act in sorted(expected.keys() | found.keys())
            if expected.get(act) != found.get(act)]
