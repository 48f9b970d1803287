"""What has happened: `orlop events` and `orlop timeline` of a real tree, and the reasons of a stop."""
import json
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

from conftest import ORLOP, shell, wait_for

RING = 2048
SVG = "{http://www.w3.org/2000/svg}"


def events(tree, *arguments):
    """`orlop events --json`, read line by line."""
    result = tree.orlop("events", "--json", *arguments, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def states(tree, name):
    return [e["state"] for e in events(tree, name) if e["event"] == "state"]


def flood(tree, name="many"):
    """More events than the ring holds: two for each signal that each of 64 instances gets."""
    for _ in range(RING // 128 + 2):
        tree.orlop("signal", "USR1", name, check=True)


def follower(tree, *arguments, output=subprocess.PIPE):
    """`orlop events --follow`, from outside of the namespace, where it outlives the container."""
    return subprocess.Popen([ORLOP, "events", f"--pid={tree.init}", "--follow", *arguments],
                            stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def many(declare):
    # Ready when the signal no longer kills it.
    declare.service("many", shell('trap "" USR1; echo >&3; while :; do sleep 1000; done'), instances=64,
                    ready="fd:3")


# ---- events ----

def test_a_boot_is_told_out_of_order_or_twice(declare):
    declare.service("db", shell("echo >&3; exec sleep 1000"), ready="fd:3")
    declare.service("web", "sleep 1000", needs="db")
    tree = declare.start()
    tree.wait_state("web", "up")
    told = wait_for(lambda: [e for e in events(tree)
                             if e["event"] != "phase" or e["phase"] == "running"]
                    if any(e.get("phase") == "running" for e in events(tree)) else None)
    assert [(e["name"], e.get("state", e.get("phase"))) for e in told] == [
        ("db", "waiting"), ("web", "waiting"), ("db", "starting"), ("db", "up"),
        ("web", "starting"), ("web", "up"), (None, "running")]
    assert [e["number"] for e in told] == list(range(2, 9))
    times = [e["up_seconds"] for e in told]
    assert times == sorted(times)
    assert states(tree, "db") == ["waiting", "starting", "up"]


def test_a_failure_has_no_reason(declare):
    declare.service("bad", "sh -c \"exit 3\"", essential="no", restart_limit="2/60s")
    declare.service("web", "sleep 1000")
    tree = declare.start()
    tree.wait_state("bad", "failed")
    told = [e for e in events(tree, "bad") if e["event"] == "state"]
    assert [(e["state"], e["detail"]) for e in told if e["reason"] != "none"] == [
        ("backoff", "exit 3"), ("failed", "2 failures in 1m 00s")]
    assert told[-1]["generation"] == 2
    table = tree.orlop("events", "bad").stdout.splitlines()
    assert table[-1].split(maxsplit=3)[1:] == ["bad", "failed", "2 failures in 1m 00s"]


def test_a_killed_supervisor_tells_its_events_again(declare):
    for name in "abcd":
        declare.service(name, "sleep 1000")
    tree = declare.start()
    tree.wait_state("d", "up")
    before = wait_for(lambda: [e for e in events(tree)]
                      if any(e.get("phase") == "running" for e in events(tree)) else None)
    for starts in (1, 2):
        pid = tree.status()["supervisor"]["pid"]
        subprocess.run(["nsenter", "--pid", "--mount", "--target", str(tree.init), "kill", "-9",
                        str(pid)], check=True)
        wait_for(lambda: tree.status()["supervisor"]["restarts"] == starts and
                 events(tree)[-1]["event"] == "supervisor" and
                 events(tree)[-1]["restarts"] == starts)
    after = events(tree)
    # Each look has its own idea of when this machine was started, to the millisecond.
    assert [{**e, "time": 0} for e in after[:len(before)]] == [{**e, "time": 0} for e in before]
    assert [(e["event"], e["kept"]) for e in after[len(before):]] == [("supervisor", 4)] * 2


def test_follow_misses_what_comes_or_outlives_the_container(declare):
    declare.service("a", "sleep 1000")
    declare.service("b", "sleep 1000")
    tree = declare.start()
    tree.wait_state("b", "up")
    process = follower(tree, "--json")
    try:
        seen = []
        while not seen or seen[-1].get("phase") != "running":
            seen.append(json.loads(process.stdout.readline()))
        tree.orlop("restart", "a", check=True)
        while len([e for e in seen if e.get("state") == "up" and e["name"] == "a"]) < 2:
            seen.append(json.loads(process.stdout.readline()))
        assert {"operator", "signal"} <= {e["event"] for e in seen if e["name"] == "a"}
        assert tree.stop() == 0
        assert process.wait(10) == 0
        seen += [json.loads(line) for line in process.stdout]
        assert [e["phase"] for e in seen if e["event"] == "phase"][-2:] == ["ending", "ended"]
        assert [e["number"] for e in seen] == list(range(1, len(seen) + 1))
    finally:
        process.kill()
        process.wait()


def test_follow_goes_on_without_its_reader(declare):
    declare.service("a", "sleep 1000")
    tree = declare.start()
    tree.wait_state("a", "up")
    process = follower(tree)
    try:
        assert process.stdout.readline()
        process.stdout.close()
        process.wait(10)
    finally:
        process.kill()
        process.wait()


def test_what_was_overwritten_is_not_told(declare, tmp_path):
    many(declare)
    tree = declare.start()
    tree.wait_state("many", "up")
    with open(tmp_path / "followed", "wb") as output:
        process = follower(tree, "--json", output=output)
    try:
        wait_for(lambda: b"running" in (tmp_path / "followed").read_bytes())
        process.send_signal(signal.SIGSTOP)
        flood(tree)
        told = events(tree)
        assert told[0]["event"] == "lost"
        assert told[0]["count"] == told[-1]["number"] - RING
        assert [e["number"] for e in told[1:]] == list(
            range(told[-1]["number"] - RING + 1, told[-1]["number"] + 1))
        assert f"({told[0]['count']} events before are no longer kept)" in \
            tree.orlop("events").stdout
        process.send_signal(signal.SIGCONT)
        wait_for(lambda: b'"lost"' in (tmp_path / "followed").read_bytes() and
                 (tmp_path / "followed").read_bytes().endswith(b"\n") and
                 f'"number":{told[-1]["number"]},' in (tmp_path / "followed").read_text())
        followed = [json.loads(line) for line in (tmp_path / "followed").read_text().splitlines()]
        numbers = [e["number"] for e in followed if e["event"] != "lost"]
        lost = sum(e["count"] for e in followed if e["event"] == "lost")
        assert len(numbers) + lost == told[-1]["number"]
        assert numbers == sorted(set(numbers))
    finally:
        process.kill()
        process.wait()
    tree.orlop("timeline", check=True)
    assert "are no longer kept" in picture(tree)[1]


# ---- timeline ----

def picture(tree, *names):
    """The picture as a tree of XML, and all of its text."""
    result = tree.orlop("timeline", *names, check=True)
    root = ElementTree.fromstring(result.stdout)
    return root, "\n".join("".join(e.itertext()) for e in root.iter())


def titles(root):
    """State and title of each bar."""
    return [(bar.get("class"), bar.find(f"{SVG}title").text) for bar in root.iter(f"{SVG}rect")
            if bar.find(f"{SVG}title") is not None]


def test_the_timeline_lacks_a_state_or_a_service(declare):
    declare.service("db", shell("sleep 0.05; echo >&3; exec sleep 1000"), ready="fd:3")
    declare.service("web", "sleep 1000", needs="db")
    declare.service("bad", "sh -c \"exit 3\"", essential="no", restart_limit="2/60s")
    declare.service("once", "true", type="oneshot")
    tree = declare.start()
    tree.wait_state("bad", "failed")
    tree.wait_state("web", "up")
    root, text = picture(tree)
    bars = titles(root)
    for name, state in (("db", "starting"), ("db", "up"), ("web", "waiting"), ("web", "up"),
                        ("bad", "backoff"), ("bad", "failed"), ("once", "done")):
        assert [t for s, t in bars if s == state and t.startswith(f"{name}: {state}, at ")], bars
    assert [t for s, t in bars if s == "backoff"][0].endswith(": exit 3")
    classes = [line.get("class") for line in root.iter(f"{SVG}line")]
    assert "n" in classes and "x" in classes  # web needs db; bad has failed
    assert " ms" in text
    # Bars lie inside the picture, none is wider than it.
    width = float(root.get("width"))
    for bar in root.iter(f"{SVG}rect"):
        if bar.find(f"{SVG}title") is not None:
            assert 0 <= float(bar.get("x")) <= float(bar.get("x")) + float(bar.get("width")) <= width
    for tag in ("script", "image", "foreignObject", "use"):
        assert root.find(f".//{SVG}{tag}") is None
    assert "href" not in tree.orlop("timeline").stdout
    named, _ = picture(tree, "web")
    assert {t.split(":")[0] for _, t in titles(named)} == {"web"}


def test_a_reason_breaks_the_picture(declare):
    program = declare.path / "a<b>&\"c\""
    program.write_text("no program\n")
    program.chmod(0o755)
    quoted = str(program).replace('"', '\\"')
    declare.service("odd", f'"{quoted}"', essential="no", restart_limit="1/60s")
    declare.service("web", "sleep 1000")
    tree = declare.start()
    tree.wait_state("odd", "failed")
    root, text = picture(tree)
    assert str(program) in text
    assert len(titles(root)) >= 3


# ---- reasons, pools ----

def test_what_a_stop_takes_along_reads_as_stopped_by_hand(declare):
    declare.service("db", "sleep 1000")
    declare.service("web", "sleep 1000", needs="db")
    declare.service("front", "sleep 1000", needs="web")
    tree = declare.start()
    tree.wait_state("front", "up")
    assert tree.orlop("stop", "db").returncode == 0
    wait_for(lambda: tree.services()["db"]["state"] == "down")
    services = tree.services()
    assert services["db"]["detail"] == "stopped by hand"
    for name in ("web", "front"):
        assert services[name]["detail"] == "stopped with db, which it needs"
        assert services[name]["reason"] == "need-stopped"
    assert "stopped with db, which it needs" in tree.orlop("events", "front").stdout


def test_one_instance_that_is_stopped_takes_its_pool_along(declare):
    declare.service("pool", "sleep 1000", instances=2)
    declare.service("web", "sleep 1000", needs="pool")
    tree = declare.start()
    tree.wait_state("web", "up")
    pid = tree.services()["web"]["pid"]
    assert tree.orlop("stop", "pool@1").returncode == 0
    services = tree.services()
    assert [services[n]["state"] for n in ("pool", "pool@1", "pool@2", "web")] == \
        ["up", "down", "up", "up"]
    assert services["web"]["pid"] == pid
    assert tree.orlop("health").returncode == 0
    assert tree.orlop("stop", "pool@2").returncode == 0
    services = tree.wait_state("web", "down") and tree.services()
    assert services["web"]["detail"] == "stopped with pool@2, which it needs"
    assert tree.orlop("start", "web").returncode == 0
    services = tree.services()
    assert [services[n]["state"] for n in ("pool", "pool@1", "pool@2", "web")] == ["up"] * 4
    assert tree.stop() == 0
