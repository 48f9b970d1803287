"""An image to work on in tests: an overlay over this machine's root in a mount namespace of its own.

What is written is seen there alone, and is gone with the namespace. Orlop, its presets and its build
scripts are where an installation has them.
"""
import os
import subprocess
import tempfile

from conftest import BUILD, ROOT

SCRIPTS = "/usr/share/orlop/build"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SETUP = """set -e
mount -t tmpfs -o mode=0755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$1/root/tmp"
if [ -d /var/lib/containers ]; then mount -t tmpfs tmpfs "$1/root/var/lib/containers"; fi
mkdir -p "$1/root/usr/share/orlop" "$1/root/usr/local/sbin"
rm -rf "$1/root/usr/share/orlop/build" "$1/root/usr/share/orlop/presets"
cp -R "$2/scripts/build" "$1/root/usr/share/orlop/build"
cp -R "$2/etc/presets" "$1/root/usr/share/orlop/presets"
chmod -R u=rwX,go=rX "$1/root/usr/share/orlop"
cp "$3"/orlop "$3"/orlop-init "$3"/orlop-confine "$1/root/usr/bin/"
echo ready
exec cat
"""


class Image:
    """A root file system that is this machine's until something is written."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="orlop-image.")
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", SETUP, "sh", self.work, str(ROOT), str(BUILD)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "ready\n"

    def run(self, *command, status=0, **variables):
        """Runs a command in the image with these variables alone; what it wrote."""
        result = subprocess.run(
            ["nsenter", "--mount", "--target", str(self.holder.pid), "chroot",
             f"{self.work}/root", "env", "-i", f"PATH={PATH}",
             *(f"{name}={value}" for name, value in variables.items()), *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == status, (result.returncode, result.stdout, result.stderr)
        return result.stdout + result.stderr

    def script(self, name, status=0, **variables):
        return self.run(f"{SCRIPTS}/{name}", status=status, **variables)

    def write(self, path, text, mode="0644"):
        self.run("mkdir", "-p", os.path.dirname(path))
        self.run("sh", "-c", 'printf %s "$TEXT" >"$1" && chmod "$2" "$1"', "sh", path, mode, TEXT=text)

    def read(self, path):
        return self.run("cat", path)

    def state(self, *paths):
        """Inode, size, times and modes of all that is there: what a second run must leave alone."""
        return self.run("find", *paths, "-printf", "%p %i %s %T@ %C@ %m %U %G\n")

    def value(self, key, sapi="php"):
        """What php itself has for a setting."""
        return self.run(sapi, "-r", "echo ini_get($argv[1]);", "--", key)

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(20)
        os.rmdir(self.work)
