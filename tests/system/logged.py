"""Trees whose output goes where a test wants it, and who reads there."""
import os
import pathlib
import subprocess
import threading

from conftest import BED, INIT, Tree, processes_in


class LoggedTree(Tree):
    """A tree with these descriptors as its output; they are closed here."""

    def __init__(self, declare, out, err=None):
        self.directory = declare.path
        self.log_path = declare.path / "output"
        self.log_path.touch()
        self.log = open(self.log_path, "rb")
        declare.trees.append(self)
        self.process = subprocess.Popen(
            [*BED, INIT, f"--directory={declare.path}"], stdin=subprocess.DEVNULL,
            stdout=out, stderr=out if err is None else err)
        for descriptor in {out, err} - {None, subprocess.DEVNULL}:
            os.close(descriptor)


class Reader:
    """Everything that comes out of a descriptor, until its end."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.got = bytearray()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                part = os.read(self.descriptor, 65536)
            except OSError:  # a terminal without another end
                break
            if not part:
                break
            self.got += part
        os.close(self.descriptor)

    def text(self):
        self.thread.join(20)
        assert not self.thread.is_alive()
        return self.got.decode()


class Written:
    """What is in a file when all is over."""

    def __init__(self, path):
        self.path = path

    def text(self):
        return self.path.read_text()


def to_file(path, append=False):
    more = os.O_APPEND if append else 0
    return os.open(path, os.O_WRONLY | os.O_CREAT | more, 0o644), Written(path)


def to_pipe():
    near, far = os.pipe()
    return far, Reader(near)


def commands(tree):
    """The command lines of all processes of the tree, by pid."""
    found = {}
    for pid in processes_in(tree.init):
        try:
            found[pid] = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
    return found


def logger(tree):
    """The logger's pid, or None."""
    for pid, command in commands(tree).items():
        if command.startswith(b"orlop-log"):
            return pid
    return None
