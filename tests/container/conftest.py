# SPDX-License-Identifier: ISC
"""Fixtures: the demo's image in root's and in a normal user's podman, and containers of it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from .boxes import ROOT, Box, Engine


def can_have_namespaces():
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--pid", "--mount", "--fork",
                           "true"], capture_output=True, check=False)
    return done.returncode == 0


def settle(engine):
    """An engine that refuses is a failure where the machine itself could run containers."""
    refusal = engine.settle()
    if refusal and can_have_namespaces():
        pytest.fail(f"podman refuses here although namespaces work: {refusal}")
    if refusal:
        pytest.skip(f"this machine has no namespaces, so podman cannot work: {refusal}")
    return engine


def make_image(*user, environment=None):
    if shutil.which("podman") is None:
        pytest.skip("podman is not installed; scripts/setup check installs it")
    done = subprocess.run([ROOT / "scripts" / "demo-image", "image", *user], capture_output=True,
                          text=True, check=False, timeout=300, env=environment)
    if done.returncode:
        pytest.fail(f"demo-image failed: {done.stderr}")


@pytest.fixture(scope="session")
def rootful():
    if os.getuid() != 0:
        pytest.skip("podman as root is tested by root only")
    make_image()
    return settle(Engine())


@pytest.fixture(scope="session")
def rootless():
    """podman of a normal user: the caller, or one that is made for the tests and removed."""
    if os.getuid() != 0:
        make_image()
        yield settle(Engine())
        return
    user = f"orloptest{os.getpid()}"
    scratch = Path(tempfile.mkdtemp(prefix="orlop-test.", dir="/var/tmp"))
    home = scratch / "home"
    scratch.chmod(0o711)
    subprocess.run(["useradd", "--system", "--add-subids-for-system", "--home-dir", home,
                    "--create-home", "--shell", "/usr/sbin/nologin", user], check=True)
    try:
        subprocess.run(["install", "-d", "-m", "700", "-o", user, home / "run"], check=True)
        prefix = ["runuser", "-u", user, "--", "env", "-i", f"PATH={os.environ['PATH']}", "LANG=C",
                  f"HOME={home}", f"XDG_RUNTIME_DIR={home}/run",
                  f"STORAGE_DRIVER={os.environ.get('STORAGE_DRIVER', 'overlay')}"]
        make_image(user, environment={**os.environ, "ORLOP_DEMO_HOME": str(home)})
        yield settle(Engine(prefix))
        # Ends the process that holds the user's namespace.
        subprocess.run([*prefix, "podman", "--log-level=error", "system", "migrate"], cwd="/",
                       capture_output=True, check=False)
    finally:
        subprocess.run(["userdel", user], capture_output=True, check=False)
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture
def start():
    """start(engine, *podman options, command=()) -> Box, removed when the test ends."""
    boxes = []

    def begin(engine, *options, command=()):
        boxes.append(Box(engine, *options, command=command))
        return boxes[-1]

    yield begin
    for box in boxes:
        box.remove()


@pytest.fixture(scope="session")
def tree(rootful):
    """One container with the whole example that tests share if they leave it whole."""
    box = Box(rootful)
    try:
        yield box.wait_up()
    finally:
        box.remove()
