"""Health checks, watchdogs and stop-commands of real services: what they find out must have
consequences, and a service that is well must be left alone."""
import pathlib
import signal
import subprocess

from conftest import ORLOP, shell, wait_for

NOTIFY = """
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = os.environ["NOTIFY_SOCKET"]
s.connect("\\0" + name[1:] if name[0] == "@" else name)
"""


def script(declare, name, text):
    path = declare.path / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def command_lines(tree):
    """Of all processes of the tree."""
    found = []
    for entry in pathlib.Path(f"/proc/{tree.init}/root/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.append((entry / "cmdline").read_bytes().decode(errors="replace"))
            except OSError:
                continue  # it has ended
    return found


def test_a_service_that_fails_its_checks_is_restarted(declare):
    mark = declare.path / "well"
    mark.touch()
    declare.service("one", "sleep 1000", health="unix:" + str(declare.path / "socket"),
                    health_interval="100ms", health_failures="2")
    declare.service("two", "sleep 1000")
    tree = declare.start()
    tree.wait_state("two", "up")
    wait_for(lambda: tree.services().get("one", {}).get("restarts"))
    assert "one: unhealthy: 2 checks in a row failed, stopping it" in tree.output()
    assert "one: was stopped, restarting" in tree.output()
    assert tree.services()["two"]["restarts"] == 0
    assert tree.stop() == 0


def test_a_service_that_answers_its_checks_is_healthy(declare):
    server = script(declare, "server.py", f"""
import socket
s = socket.socket(socket.AF_UNIX)
s.bind("{declare.path}/socket")
s.listen()
while True:
    s.accept()[0].close()
""")
    declare.path.chmod(0o777)
    (declare.path / "services").chmod(0o755)
    work = declare.path / "work"
    work.mkdir()
    work.chmod(0o777)
    declare.path.chmod(0o755)
    server.write_text(server.read_text().replace(f"{declare.path}/socket", f"{work}/socket"))
    # Asked at once, and given up after the interval, which a busy machine may need.
    declare.service("one", f"/usr/bin/python3 {server}", health=f"unix:{work}/socket",
                    health_interval="5s", health_failures="3", umask="0000",
                    ready=f"unix:{work}/socket")
    tree = declare.start()
    wait_for(lambda: tree.services().get("one", {}).get("healthy") is True, 20,
             "never found healthy")
    health = tree.orlop("health", "one")
    assert health.returncode == 0, health.stdout + health.stderr
    assert tree.services()["one"]["restarts"] == 0
    assert tree.stop() == 0


def test_a_watchdog_that_is_not_fed_ends_the_run(declare):
    hung = script(declare, "hung.py", NOTIFY + """
for _ in range(5):
    s.send(b"WATCHDOG=1")
    time.sleep(0.1)
time.sleep(1000)
""")
    fed = script(declare, "fed.py", NOTIFY + """
while True:
    s.send(b"WATCHDOG=1")
    time.sleep(0.1)
""")
    declare.service("hung", f"/usr/bin/python3 {hung}", watchdog="1500ms")
    declare.service("fed", f"/usr/bin/python3 {fed}", watchdog="30s")
    tree = declare.start()
    wait_for(lambda: tree.services().get("hung", {}).get("restarts"), 30)
    assert "hung: no WATCHDOG=1 within 1.5 s, stopping it" in tree.output()
    assert tree.services()["fed"]["restarts"] == 0
    assert tree.services()["fed"]["state"] == "up"
    assert tree.stop() == 0


def test_a_stop_command_runs_as_the_service_before_the_signal(declare):
    notes = declare.path / "notes"
    notes.write_text("")
    notes.chmod(0o666)
    service = shell(f'trap "echo signal >>{notes}; exit 0" TERM; echo >&3; '
                    "while :; do sleep 0.05; done")
    stop = shell(f"id -u >>{notes}; echo command >>{notes}")
    declare.service("one", service, ready="fd:3", stop_command=stop, user="12345")
    tree = declare.start()
    tree.wait_state("one", "up")
    assert tree.stop(signal.SIGTERM) == 0
    assert pathlib.Path(notes).read_text().split() == ["12345", "command", "signal"]


def as_user(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def ask_as(tree, uid, *names):
    return subprocess.run(["nsenter", "--pid", "--mount", "--target", str(tree.init),
                           *as_user(uid), str(ORLOP), "health", *names],
                          capture_output=True, text=True, timeout=60, check=False)


def test_health_needs_root(declare):
    """HEALTHCHECK runs as the container's user, whichever that is."""
    declare.service("one", "sleep 1000")
    declare.service("two", "false", restart="never", essential="no")
    tree = declare.start(prefix=as_user(1234))
    wait_for(lambda: ask_as(tree, 1234, "two").stdout.startswith("two is failed"), 20)
    all_ = ask_as(tree, 1234)
    assert (all_.returncode, all_.stderr) == (0, "")
    assert all_.stdout.startswith("two is failed (not essential): ")
    assert all_.stdout.count("\n") == 1
    two = ask_as(tree, 1234, "two")
    assert (two.returncode, two.stdout.count("\n"), two.stderr) == (1, 1, "")
    stranger = ask_as(tree, 4321)
    assert (stranger.returncode, stranger.stdout, stranger.stderr.count("\n")) == (111, "", 1)
    assert "not permitted" in stranger.stderr


def test_a_stop_waits_for_an_answer_to_a_probe(declare):
    """What listens but never answers holds up neither the boot for ever nor a stop at all."""
    declare.service("mute", "sleep 1000", listen="unix:/run/mute/socket",
                    ready="fastcgi:/run/mute/socket:/ping", start_timeout="1000s")
    tree = declare.start()
    tree.wait_state("mute", "starting")
    wait_for(lambda: any("orlop-probe" in words for words in command_lines(tree)))
    assert tree.stop() == 0
    assert "killed" not in tree.output()


def test_a_probe_is_not_in_the_cage(declare):
    notes = declare.path / "notes"
    notes.write_text("")
    notes.chmod(0o666)
    other = declare.path / "other"
    other.write_text("read\n")
    other.chmod(0o644)
    asked = shell(f"while read -r line; do echo \"$line\"; done </proc/self/status >>{notes}; "
                  f"read -r line <{other} && echo \"$line\" >>{notes}; "
                  f"cat /etc/hostname && echo executed >>{notes}; true")
    declare.service("one", "sleep 1000", user="12345", ready_command=asked,
                    read=str(declare.path / "services"), write=str(notes), execute="")
    tree = declare.start()
    tree.wait_state("one", "up")
    text = notes.read_text()
    for line in ("Uid:\t12345\t12345\t12345\t12345", "CapBnd:\t0000000000000000",
                 "NoNewPrivs:\t1", "Seccomp:\t2"):
        assert line in text
    assert "read\n" not in text and "executed" not in text
