# SPDX-License-Identifier: ISC
"""Containers for the tests: podman as root or as a user, and one container with the example tree.

Nothing here judges; it starts, asks, waits with a bound, and cleans up after itself.
"""

import itertools
import json
import os
import re
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "localhost/orlop-demo"
WAIT = 30  # seconds at most for one thing to come true
numbers = itertools.count(1)

# Asks the page from inside, as the network is the container's own: PATH [FORM] -> code, body.
FETCH = """
    $http = ["timeout" => 10, "ignore_errors" => true, "follow_location" => 0];
    if (isset($argv[2])) {
        $http += ["method" => "POST", "content" => $argv[2],
            "header" => "Content-Type: application/x-www-form-urlencoded"];
    }
    $body = @file_get_contents("http://127.0.0.1:8080$argv[1]", false,
        stream_context_create(["http" => $http]));
    echo explode(" ", $http_response_header[0] ?? "- 0")[1], "\\n", $body;
"""


def until(look, what):
    """Looks every 50 ms until `look()` is true; the value, or an error that names `what`."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        value = look()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {WAIT} s: {what}")


class Engine:
    """podman as one user, with the runtime and limits that this machine lets it use."""

    CANDIDATES = [
        (runtime, limits)
        for runtime in (["--runtime", "runc"], [])
        for limits in (
            [],
            ["--ulimit", "host"],
            ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
        )
    ]

    def __init__(self, prefix=()):
        self.prefix = list(prefix)
        self.runtime = []
        self.options = ["--pull", "never", "--network", "none"]

    def podman(self, *arguments, check=True, timeout=60):
        command = [*self.prefix, "podman", "--log-level=error", *self.runtime, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, cwd="/", check=False)
        if check and done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}: {done.stderr}")
        return done

    def settle(self):
        """Chooses the first runtime and limits with which a container starts; else the refusal."""
        common = self.options
        for self.runtime, limits in self.CANDIDATES:
            self.options = common + limits
            done = self.podman("run", "--rm", *self.options, "--entrypoint", "/bin/true", IMAGE,
                               check=False)
            if done.returncode == 0:
                return None
        return done.stderr.strip()

    def once(self, *arguments, options=(), timeout=60):
        """Runs the image with a command to its end, as a user of a plain container would."""
        return self.podman("run", "--rm", *self.options, *options, IMAGE, *arguments,
                           check=False, timeout=timeout)


class Box:
    """One container of the image."""

    def __init__(self, engine, *options, command=()):
        self.engine = engine
        self.name = f"orlop-test-{os.getpid()}-{next(numbers)}"
        self.variables = []  # of each exec
        try:
            engine.podman("run", "--detach", "--name", self.name, *engine.options,
                          "--env", "PRUNE_EVERY=1s", "--env", "PRUNE_AFTER=5",
                          *options, IMAGE, *command)
        except BaseException:
            self.remove()
            raise

    def remove(self):
        self.engine.podman("rm", "--force", "--volumes", "--time", "0", "--ignore", self.name,
                           check=False)

    def exec(self, *command, check=True):
        return self.engine.podman("exec", *self.variables, self.name, *command, check=check)

    def shell(self, script, *arguments, check=True):
        return self.exec("sh", "-c", script, "sh", *arguments, check=check)

    def status(self):
        return json.loads(self.exec("orlop", "status", "--json").stdout)

    def services(self):
        return {service["name"]: service for service in self.status()["services"]}

    def wait_up(self):
        """Until `orlop health` says yes, looked at from inside; with its log when it never does."""
        done = self.shell('i=0; until orlop health; do i=$((i + 1)); [ $i -lt 400 ] || exit 1; '
                          'sleep 0.05; done', check=False)
        assert done.returncode == 0, f"not up: {done.stdout[-500:]} {done.stderr}\n{self.logs()}"
        return self

    def page(self, path="/", form=None):
        """(HTTP code, body)"""
        done = self.exec("php", "-r", FETCH, "--", path, *([] if form is None else [form]))
        code, _, body = done.stdout.partition("\n")
        return int(code), body

    def add_job(self, text):
        code, body = self.page("/", f"add={text}")
        assert code == 303, body
        return int(re.fullmatch(r"added job (\d+)\n", body)[1])

    def job(self, number):
        """The cells of one job's line of the page; None once it has been pruned."""
        code, body = self.page()
        assert code == 200, body
        line = re.search(rf'<tr id="job-{number}"><td>(.*)</tr>', body)
        return line and line[1].split("<td>")

    def kernel(self, pid):
        """/proc/PID/status as a dictionary."""
        lines = self.exec("cat", f"/proc/{pid}/status").stdout.splitlines()
        return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}

    def signal(self, name):
        self.engine.podman("kill", "--signal", name, self.name)

    def wait(self):
        """The exit status, once it has ended."""
        done = self.engine.podman("wait", "--interval", "10ms", self.name, timeout=WAIT)
        return int(done.stdout)

    def logs(self):
        done = self.engine.podman("logs", self.name, check=False)
        return done.stdout + done.stderr
