# SPDX-License-Identifier: ISC
"""orlop explain: what is shown is what was declared, for every kind of service; no value of a
variable or a secret is among it."""
import json
import os
import subprocess

import pytest

from conftest import ORLOP

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="declarations belong to root")


def explain(declare, *words, **environment):
    return subprocess.run([ORLOP, "explain", f"--directory={declare.path}", *words], text=True,
                          capture_output=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", **environment})


def shown(declare, *words, **environment):
    run = explain(declare, *words, **environment)
    assert run.returncode == 0, run.stderr
    return run.stdout


def services(declare, *words, **environment):
    document = json.loads(shown(declare, "--json", *words, **environment))
    assert document["version"] == 1
    return document["services"]


def lines(text, label):
    """The words behind a label, its continued lines too."""
    found, on = [], False
    for line in text.splitlines():
        if line[2:16].strip():
            on = line[2:16].strip() == label
        if on:
            found.append(line[16:])
    return " ".join(found)


@pytest.fixture
def web(declare):
    (declare.path / "app" / "var").mkdir(parents=True)
    (declare.path / "token").write_text("hidden-value")
    declare.service("migrate", "true", type="oneshot")
    declare.service(
        "web", "sleep 1000", user="www-data", needs="migrate", umask="0077", nice="3",
        read=declare.path / "app", write=declare.path / "app" / "var", bind="80 443",
        capabilities="net_bind_service", limits="nofile=100 core=0",
        secret=f"TOKEN:{declare.path}/token", syscalls="default +ptrace -getpid",
        ready="tcp:127.0.0.1:80", stop_signal="QUIT", environment_pass="APP_*")
    with open(declare.path / "services" / "web.ini", "a") as file:
        file.write("[environment]\nVISIBLE = other-value\n")
    return declare


def test_what_was_declared_is_shown(web):
    text = shown(web, "web")
    assert text.startswith(f"web: longrun, declared in {web.path}/services/web.ini\n")
    assert lines(text, "program").endswith("/sleep")
    assert lines(text, "arguments").endswith("sleep 1000")
    assert lines(text, "user") == "www-data"
    assert lines(text, "uid") == "33"
    assert lines(text, "umask") == "0077"
    assert lines(text, "nice") == "3"
    assert lines(text, "limits") == "nofile=100 core=0"
    assert lines(text, "capabilities") == "net_bind_service"
    assert lines(text, "bind") == "80 443"
    assert lines(text, "connect") == "all TCP ports"
    assert lines(text, "no_new_privs") == "yes"
    assert lines(text, "secrets") == f"TOKEN from {web.path}/token"
    assert lines(text, "needs") == "migrate"
    assert lines(text, "stop signal") == "SIGQUIT"
    assert lines(text, "but allowed") == "ptrace"
    assert lines(text, "and declared") == "getpid"
    assert "VISIBLE" in lines(text, "variables")


def test_words_with_blanks_look_like_many(declare):
    declare.service("one", 'sh -c "echo \\"a  b\\"" ""')
    assert lines(shown(declare, "one"), "arguments") == 'sh -c "echo \\"a  b\\"" ""'
    assert services(declare, "one")[0]["arguments"] == ["sh", "-c", 'echo "a  b"', ""]


def test_paths_and_what_lockdown_makes_of_them(web):
    text = shown(web, "web")
    assert lines(text, "read") == f"{web.path}/app"
    assert f"{web.path}/app/var" in lines(text, "may rw-")
    assert "/usr" in lines(text, "may r-x").split()
    assert f"{web.path}/app/var owner 33 group 33 files 0640 directories 0750" in \
        lines(text, "lockdown")
    assert "0400 (secret)" in lines(text, "lockdown")


def test_no_value_is_shown(web):
    for words in (["web"], ["--json", "web"]):
        text = shown(web, *words, APP_KEY="third-value")
        assert "VISIBLE" in text and "APP_KEY" in text
        for value in ("hidden-value", "other-value", "third-value"):
            assert value not in text


def test_denied_calls_as_adjusted(web):
    brief = shown(web, "web")
    listed = shown(web, "--syscalls", "web")
    assert "prlimit64*" in lines(brief, "denied calls").split()
    assert "process_vm_readv: reads another process's memory" in lines(listed, "denied calls")
    assert "ptrace" not in lines(brief, "denied calls").replace("prlimit64", "").split()
    denied = {call["name"]: call for call in services(web, "web")[0]["syscalls_denied"]}
    assert denied["getpid"]["group"] == "declared"
    assert denied["clone3"]["error"] == "ENOSYS"
    assert denied["mount"]["always"] and not denied["prlimit64"]["always"]
    assert "ptrace" not in denied


def test_json_has_all_members_for_every_kind(web):
    web.service("off", "true", enabled_if="env:NEVER", confine="off", type="oneshot")
    web.service("job", "true", schedule="*/20 3 * * 1", type="oneshot", syscalls="all")
    web.service("prepare", "true", phase="build", type="oneshot")
    web.service("pool", "sleep 9", instances="3")
    everything = services(web, "web", "off", "job", "prepare", "pool", "pool@2")
    assert len({frozenset(service) for service in everything}) == 1
    found = {service["name"]: service for service in everything}
    assert found["off"]["enabled"] is False and found["off"]["paths"] is None
    assert found["off"]["no_new_privs"] is False and found["off"]["syscalls_denied"] is None
    assert found["job"]["schedule"] == "0,20,40 3 * * 1" and found["job"]["syscalls_denied"] == []
    assert found["prepare"]["phase"] == "build" and found["web"]["phase"] == "run"
    assert found["pool@1"]["instance"] == 1 and found["pool@2"]["instance"] == 2
    assert found["web"]["paths"][0]["path"] == "/usr"
    assert found["web"]["ready_command"][0] == "orlop-probe"
    assert found["web"]["bind"] == [80, 443] and found["web"]["connect"] is None


def test_how_often_health_is_asked_is_not_shown(declare):
    declare.service("one", "sleep 9", health="tcp:127.0.0.1:7", health_interval="7s", health_failures="4")
    text = shown(declare, "one")
    assert lines(text, "each") == "7s" and lines(text, "failures") == "4"
    one = services(declare, "one")[0]
    assert (one["health_interval_seconds"], one["health_failures"]) == (7, 4)


def test_a_bundle(web):
    (web.path / "services" / "all.ini").write_text("type = bundle\nneeds = web\n")
    text = shown(web, "all")
    assert lines(text, "needs") == "web"
    assert "denied calls" not in text
    assert services(web, "all")[0]["needs"] == ["web"]


def test_unknown_names_all_at_once(web):
    run = explain(web, "wed", "web", "migrat")
    assert run.returncode == 100 and run.stdout == ""
    assert run.stderr == "orlop explain: no such service: wed, migrat; there are migrate web\n"


def test_wrong_use(web):
    assert explain(web).returncode == 100
    assert explain(web, "--pid=1", "web").returncode == 100
    assert "--syscalls" in explain(web, "--help").stdout


def test_wrong_declarations_are_told(web):
    web.service("bad", "true", nonsense="1")
    run = explain(web, "web")
    assert run.returncode == 100 and "nonsense" in run.stderr
