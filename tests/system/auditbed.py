"""A small root file system of its own for `orlop audit`, in which a test plants one fault."""
import contextlib
import json
import os
import pathlib
import shutil
import struct
import subprocess

from conftest import BUILD

WEB = 1001
WORKER = 1002
# /proc is what the program finds itself by; the namespace takes it away again.
ENTER = ["unshare", "--mount", "sh", "-c",
         'mount -t proc proc "$1/proc" && shift && exec chroot "$@"', "sh"]


class Root:
    """A root file system in which two services run: web reads /srv/app, worker writes its data."""

    def __init__(self, path):
        self.path = path
        path.chmod(0o755)
        for name in ("proc", "tmp", "etc/orlop/services", "srv/app", "usr/bin", "usr/lib",
                     "var/worker"):
            self.directory(name)
        self.directory("tmp", mode=0o1777)
        self.directory("var/worker", WORKER, mode=0o750)
        for name in ("orlop", "orlop-init", "orlop-confine"):
            shutil.copy(BUILD / name, path / "usr/bin" / name)
        self.program("usr/bin/webd")
        self.program("usr/bin/workerd")
        self.file("srv/app/index.php", "<?php")
        self.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"
                  f"web:x:{WEB}:{WEB}::/srv:/bin/sh\nworker:x:{WORKER}:{WORKER}::/srv:/bin/sh\n"
                  "nobody:x:65534:65534::/:/bin/sh\n")
        self.file("etc/group", f"root:x:0:\nweb:x:{WEB}:\nworker:x:{WORKER}:\nnogroup:x:65534:\n")
        self.service("web", "command = /usr/bin/webd\nuser = web\nread = /srv/app")
        self.service("worker", "command = /usr/bin/workerd\nuser = worker\nwrite = /var/worker")

    def directory(self, name, uid=0, mode=0o755):
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, uid, uid)
        path.chmod(mode)

    def file(self, name, text="", uid=0, mode=0o644):
        path = self.path / name
        path.write_text(text)
        os.chown(path, uid, uid)
        path.chmod(mode)
        return path

    def program(self, name, uid=0, mode=0o755):
        # Any static program will do; none is started.
        shutil.copy(BUILD / "orlop-confine", self.path / name)
        os.chown(self.path / name, uid, uid)
        (self.path / name).chmod(mode)

    def service(self, name, text):
        self.file(f"etc/orlop/services/{name}.ini", text + "\n")

    def run(self, *arguments, user=None):
        as_user = [f"--userspec={user}:{user}"] if user else []
        command = [*ENTER, str(self.path), *as_user, str(self.path), "/usr/bin/orlop", "audit",
                   *arguments]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False,
                              env={"PATH": "/usr/bin:/usr/sbin:/bin:/sbin"})

    def audit(self, *arguments):
        result = self.run("--json", *arguments)
        assert result.returncode in (0, 1), result.stderr
        report = json.loads(result.stdout)
        assert (result.returncode == 1) == (report["open"] > 0)
        return report


def found(report, name=None):
    """(code, path) of every finding about a service, or about the image, that is open."""
    one = report["image"] if name is None else \
        next(s for s in report["services"] if s["name"] == name)
    return [(f["code"], f["path"]) for f in one["findings"] if not f["accepted"]]


def acl(*entries):
    """A POSIX access control list as the kernel keeps it: (tag, bits, id) each."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@contextlib.contextmanager
def new_root():
    path = pathlib.Path(subprocess.check_output(["mktemp", "-d", "/tmp/orlop-test.XXXXXX"],
                                                text=True).strip())
    try:
        yield Root(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
