# SPDX-License-Identifier: ISC
"""`RUN orlop build` as the last line of the example's Dockerfile: what passes, what fails, why."""

import os
import re
import shutil
import subprocess

import pytest

from .boxes import IMAGE, ROOT

LAST = 'RUN ["orlop", "build"]\n'
NOTHING = 'RUN ["true"]\n'
BROKEN = """
command = sh -c "echo because; exit 7"
type    = oneshot
phase   = build
"""


class Context:
    """A copy of the example's build context, and podman build of it."""

    def __init__(self, engine, base, path):
        self.engine, self.base, self.path = engine, base, path
        self.tag = f"{IMAGE}-test-{os.getpid()}"

    def before(self, *lines):
        """Puts lines in front of `RUN orlop build`."""
        self.change(lambda text: text.replace(LAST, "\n".join([*lines, LAST])))

    def again(self):
        """Builds in a second step too, and has a step that does nothing, to compare with."""
        self.change(lambda text: text.replace(LAST, LAST + LAST + NOTHING))

    def change(self, how):
        file = self.path / "Dockerfile"
        text = file.read_text()
        assert LAST in text
        file.write_text(how(text))

    def service(self, name, text):
        file = self.path / "orlop" / "services" / f"{name}.ini"
        file.write_text(text)
        file.chmod(0o644)

    def build(self, isolation="chroot", layers=False):
        options = ["--pull-never", f"--isolation={isolation}", f"--layers={str(layers).lower()}",
                   "--build-arg", f"BASE={self.base}", "--tag", self.tag]
        if isolation == "oci":
            options += ["--network", "none", "--ulimit", "nofile=4096:4096", "--ulimit",
                        "nproc=4096:4096"]
        done = self.engine.podman("build", *options, self.path, check=False, timeout=180)
        return done.returncode, done.stdout + done.stderr

    def run(self, *command):
        return self.engine.podman("run", "--rm", *self.engine.options, self.tag, *command).stdout


@pytest.fixture(scope="session")
def example(tmp_path_factory, rootful):
    path = tmp_path_factory.mktemp("example") / "context"
    done = subprocess.run([ROOT / "scripts" / "demo-image", "context", path], capture_output=True,
                          text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return rootful, done.stdout.strip(), path


@pytest.fixture
def context(example, tmp_path):
    engine, base, path = example
    copy = Context(engine, base, tmp_path / "context")
    shutil.copytree(path, copy.path)
    yield copy
    engine.podman("rmi", "--force", copy.tag, check=False)


@pytest.mark.parametrize("isolation", ["chroot", "oci"])
def test_example_passes(context, isolation):
    status, output = context.build(isolation)
    assert status == 0, output
    assert "warm-up | code " in output
    assert "orlop build: done in " in output
    assert "score 100: no findings" in output
    assert context.run("stat", "-c", "%u:%g %a", "/srv/app/var") == "0:33 2770\n"
    assert context.run("stat", "-c", "%u %a", "/srv/app/cache/facts.php") == "0 644\n"
    left = context.run("sh", "-c", "ls -A /run /tmp /etc | grep -i orlop")
    assert left == "orlop\n", "its declarations, and nothing else"


@pytest.mark.parametrize("plant, path", [
    ("chown www-data /usr/bin/php8.2", "/usr/bin/php8.2"),
    ("chmod o+w /usr/sbin/nginx", "/usr/sbin/nginx"),
    ("install -m 666 /dev/null /usr/share/php/spoilt.php", "/usr/share/php/spoilt.php"),
    ("chmod u+s /usr/bin/su", "/usr/bin/su"),
])
def test_bad_permission_fails_with_path_and_remedy(context, plant, path):
    context.before(f"RUN {plant}")
    status, output = context.build()
    assert status != 0
    assert path in output
    assert "remedy: ch" in output, output
    assert "orlop build: audit has failed" in output


def test_world_writable_file_of_the_application_is_mended(context):
    context.before("RUN chmod 666 /srv/app/public/index.php && chown 33 /srv/app/src/Queue.php")
    status, output = context.build()
    assert status == 0, output
    assert context.run("stat", "-c", "%u %a", "/srv/app/public/index.php") == "0 644\n"
    assert context.run("stat", "-c", "%u %a", "/srv/app/src/Queue.php") == "0 644\n"


def test_failing_service_fails_the_build_with_its_name(context):
    context.service("broken", BROKEN)
    status, output = context.build()
    assert status != 0
    assert "broken | because" in output
    assert "broken: exited 7" in output
    assert "orlop build: a service with phase = build has failed" in output


def test_missing_user_is_made(context):
    service = context.path / "orlop" / "services" / "worker.ini"
    service.write_text(service.read_text() + "user = queue\n")
    status, output = context.build()
    assert status == 0, output
    line = context.run("grep", "^queue:", "/etc/passwd").strip()
    assert line.endswith("::/nonexistent:/usr/sbin/nologin"), line
    assert f"made queue (uid {line.split(':')[2]})" in output


def test_second_step_changes_nothing(context):
    service = context.path / "orlop" / "services" / "worker.ini"
    service.write_text(service.read_text() + "user = queue\n")
    # What the warm-up writes is new each time; the rest must not be touched.
    (context.path / "orlop" / "services" / "warm-up.ini").unlink()
    context.again()
    status, output = context.build(layers=True)
    assert status == 0, output
    history = context.engine.podman("history", "--no-trunc", "--format",
                                    "{{.CreatedBy}} {{.Size}}", context.tag).stdout
    sizes = re.findall(r'\["(orlop|true)".*\] (.*)', history)
    assert [command for command, _ in sizes] == ["true", "orlop", "orlop"], history
    assert sizes[1][1] == sizes[0][1] != sizes[2][1], history
