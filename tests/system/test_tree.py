"""The tree: each promise of orlop-init and its supervisor, in a pid namespace of its own."""
import os
import pathlib
import shlex
import signal
import subprocess

import pytest

from conftest import BED, INIT, processes_in, read_proc, shell, wait_for

# Ready once the trap is set: a TERM before it would end the shell.
STUBBORN = shell("trap : TERM; echo >&3; while :; do sleep 1000 & wait; done")
READY = {"ready": "fd:3"}
STOPS = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGWINCH, signal.SIGPWR, 37]


def inner_pid(tree, name):
    """The pid of a service as its own namespace knows it."""
    return tree.services()[name]["pid"]


def outer(tree, pid):
    """The same process seen from here."""
    for candidate in processes_in(tree.init):
        if int(read_proc(candidate, "NSpid")[-1]) == pid:
            return candidate
    return None


def mapping(tree):
    return {name: s["pid"] for name, s in tree.services().items() if s["pid"]}


def words_of(pid):
    """The command line of a process that may be gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]


def supervisor(tree):
    return next((p for p in processes_in(tree.init) if words_of(p)[0] == b"orlop-supervise"), None)


def logger(tree):
    return next((p for p in processes_in(tree.init) if words_of(p)[0] == b"orlop-log"), None)


def test_service_does_not_come_up(declare):
    declare.service("one", "sleep 1000")
    tree = declare.start()
    service = tree.wait_state("one", "up")
    assert service["pid"] > 1
    assert tree.stop() == 0


@pytest.mark.parametrize("number", STOPS)
def test_stop_signal_does_not_stop(declare, number):
    declare.service("one", "sleep 1000")
    declare.service("two", "sleep 1000", needs="one")
    tree = declare.start()
    tree.wait_state("two", "up")
    assert tree.stop(number) == 0


def test_stop_while_starting_is_ignored(declare):
    # s6-overlay ignores a stop while it waits for readiness; here it works at once.
    declare.service("slow", "sleep 1000", ready="fd:3")
    declare.service("next", "sleep 1000", needs="slow")
    tree = declare.start()
    tree.wait_state("slow", "starting")
    assert tree.stop() == 0


def test_stop_waits_for_a_oneshot(declare):
    declare.service("once", "sleep 1000", type="oneshot")
    declare.service("next", "sleep 1000", needs="once")
    tree = declare.start()
    tree.wait_state("once", "starting")
    assert tree.stop() == 0
    assert "killed" not in tree.output()


@pytest.mark.parametrize("round_", range(10))
def test_stop_while_the_plan_is_made_is_lost(declare, round_):
    # At whatever instant it arrives; that orlop-plan has just ended is plain_test's to play.
    declare.service("one", "sleep 1000")
    tree = declare.start()
    pid = tree.init

    def takes_signals():
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return "Name:\torlop-init" in status and "SigBlk:\tffff" in status
    wait_for(takes_signals)
    assert tree.stop() == 0


def test_second_signal_does_not_end_it_now(declare):
    declare.service("stubborn", STUBBORN,
                    stop_timeout="1h", **READY)
    declare.settings("stop-timeout = 1h\n")
    tree = declare.start()
    tree.wait_state("stubborn", "up")
    tree.send(signal.SIGTERM)
    tree.wait_state("stubborn", "stopping")
    tree.send(signal.SIGTERM)
    assert tree.wait() == 0


def test_stop_is_not_bounded(declare):
    declare.service("stubborn", STUBBORN,
                    stop_timeout="1h", **READY)
    declare.settings("stop-timeout = 1s\n")
    tree = declare.start()
    tree.wait_state("stubborn", "up")
    assert tree.stop() == 0
    assert "stop-timeout" in tree.output()


def test_stop_is_not_bounded_without_a_supervisor(declare):
    declare.service("stubborn", STUBBORN,
                    stop_timeout="1h", **READY)
    declare.settings("stop-timeout = 1s\n")
    tree = declare.start()
    tree.wait_state("stubborn", "up")
    os.kill(supervisor(tree), signal.SIGSTOP)
    assert tree.stop() == 0


def test_stop_timeout_does_not_kill(declare):
    declare.service("stubborn", STUBBORN,
                    stop_timeout="100ms", **READY)
    declare.service("other", "sleep 1000", needs="stubborn")
    tree = declare.start()
    tree.wait_state("other", "up")
    assert tree.stop() == 0
    assert "stubborn" in tree.output()


def test_stopped_process_costs_its_whole_stop_timeout(declare):
    # SIGTERM alone stays pending in a process in state T.
    declare.service("frozen", "sleep 1000", stop_timeout="1h")
    declare.settings("stop-timeout = 1h\n")
    tree = declare.start()
    pid = outer(tree, tree.wait_state("frozen", "up")["pid"])
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: read_proc(pid, "State")[0] == "T")
    assert tree.stop() == 0


def test_daemon_that_left_its_group_holds_the_end_up(declare):
    # It has the log pipe open: without being killed it would keep the logger reading.
    declare.service("parent", shell("setsid sh -c 'echo daemon; exec sleep 1000' & "
                                    "echo >&3; exec sleep 1000"), **READY)
    declare.settings("stop-timeout = 1h\n")
    tree = declare.start()
    tree.wait_state("parent", "up")
    wait_for(lambda: "daemon" in tree.output())
    assert tree.stop() == 0


def test_order_of_start_and_stop(declare):
    """a <- b <- c: starts in order of needs, stops in the exact reverse."""
    script = "echo start-$0; trap 'echo stop-$0; exit' TERM; echo >&3; " \
             "while :; do sleep 1000 & wait; done"
    declare.service("c", shell(script, "c"), ready="fd:3", needs="b")
    declare.service("b", shell(script, "b"), ready="fd:3", needs="a")
    declare.service("a", shell(script, "a"), ready="fd:3")
    tree = declare.start()
    tree.wait_state("c", "up")
    assert tree.stop() == 0
    words = [line for line in tree.output().split() if line.startswith(("start-", "stop-"))]
    assert words == ["start-a", "start-b", "start-c", "stop-c", "stop-b", "stop-a"]


def test_oneshot_is_not_waited_for(declare):
    declare.service("migrate", shell("echo migrated"), type="oneshot")
    declare.service("web", shell("echo serving; exec sleep 1000"), needs="migrate")
    tree = declare.start()
    tree.wait_state("web", "up")
    assert tree.services()["migrate"]["state"] == "done"
    wait_for(lambda: "serving" in tree.output())
    assert tree.output().index("migrated") < tree.output().index("serving")
    assert tree.stop() == 0


def test_failed_oneshot_does_not_end_the_boot(declare):
    declare.service("migrate", shell("exit 7"), type="oneshot")
    declare.service("web", shell("echo serving; exec sleep 1000"), needs="migrate")
    declare.service("other", "sleep 1000")
    tree = declare.start()
    assert tree.wait() == 7
    assert "migrate" in tree.output() and "serving" not in tree.output()


def test_end_does_not_name_the_need_that_failed(declare):
    declare.service("db", shell("exit 9"), restart="never", essential="no")
    declare.service("web", "sleep 1000", after="db", needs="db")
    tree = declare.start()
    assert tree.wait() == 9
    assert "stopping: web cannot do without db, which has failed" in tree.output()


def test_service_that_dies_is_not_restarted(declare):
    declare.service("one", "sleep 1000", restart_delay="1ms..2ms")
    tree = declare.start()
    before = tree.wait_state("one", "up")["pid"]
    os.kill(outer(tree, before), signal.SIGKILL)
    wait_for(lambda: (tree.services().get("one", {}).get("pid") or before) != before)
    service = tree.wait_state("one", "up")
    assert service["restarts"] == 1
    assert "SIGKILL" in tree.output()


def test_orphans_of_a_dead_master_keep_running(declare):
    # php-fpm's workers outlive their killed master and keep the port.
    declare.service("master", shell("sleep 4711 & sleep 4712 & wait"), restart_delay="1ms..2ms")
    tree = declare.start()
    before = tree.wait_state("master", "up")["pid"]

    def sleepers():
        found = {}
        for pid in processes_in(tree.init):
            words = words_of(pid)
            if words[0] == b"sleep":
                found[pid] = words[1]
        return found
    old = wait_for(lambda: sleepers() if len(sleepers()) == 2 else None)
    os.kill(outer(tree, before), signal.SIGKILL)
    wait_for(lambda: len(sleepers()) == 2 and not set(sleepers()) & set(old))


def test_restart_limit_is_ignored(declare):
    declare.service("crash", shell("exit 9"), restart_delay="1ms..2ms", restart_limit="3/60s")
    tree = declare.start()
    assert tree.wait() == 9
    assert "for good" in tree.output()


def test_nonessential_failure_ends_the_container(declare):
    declare.service("crash", shell("exit 9"), restart_delay="1ms..2ms", restart_limit="2/60s",
                    essential="no")
    declare.service("web", "sleep 1000")
    tree = declare.start()
    tree.wait_state("crash", "failed")
    assert tree.services()["web"]["state"] == "up"
    assert tree.stop() == 0


def test_finished_essential_service_does_not_end_the_container(declare):
    declare.service("job", shell("exit 0"), restart="never")
    declare.service("web", "sleep 1000")
    tree = declare.start()
    assert tree.wait() == 0


def test_missing_binary_at_run_time_is_not_said(declare):
    path = declare.path / "program"
    path.write_text("#!/bin/sh\nrm \"$0\"; exit 1\n")
    path.chmod(0o755)
    declare.path.chmod(0o777)
    declare.service("gone", str(path), restart_delay="1ms..2ms", restart_limit="3/60s",
                    essential="no")
    declare.service("web", "sleep 1000")
    declare.path.chmod(0o755)
    os.chown(declare.path, 0, 0)
    declare.service("gone", str(path), restart_delay="1ms..2ms", restart_limit="3/60s",
                    essential="no", user="root")
    tree = declare.start()
    service = tree.wait_state("gone", "failed")
    assert "No such file" in tree.output(), tree.output()
    assert "No such file" in str(service) or "limit" in str(service)


def test_each_service_does_not_have_its_own_uid(declare):
    declare.service("a", "sleep 1000")
    declare.service("b", "sleep 1000")
    declare.service("c", "sleep 1000", user="nobody")
    tree = declare.start()
    for name in "abc":
        tree.wait_state(name, "up")
    uids = {}
    for name in "abc":
        pid = outer(tree, inner_pid(tree, name))
        uids[name] = read_proc(pid, "Uid")
        assert len(set(uids[name])) == 1 and uids[name][0] != "0"
        assert read_proc(pid, "CapEff") == ["0000000000000000"]
        assert read_proc(pid, "CapBnd") == ["0000000000000000"]
        assert read_proc(pid, "NoNewPrivs") == ["1"]
        assert read_proc(pid, "Groups") in ([], read_proc(pid, "Gid")[:1])
    assert len({u[0] for u in uids.values()}) == 3
    assert uids["c"][0] == "65534"


def test_service_inherits_descriptors(declare):
    declare.service("a", "sleep 1000")
    tree = declare.start()
    tree.wait_state("a", "up")
    pid = outer(tree, inner_pid(tree, "a"))
    assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]


def test_dropped_uid_cannot_open_dev_stdout(declare):
    # php-fpm and nginx open /dev/stderr anew; everybody else's pipe belongs to root.
    declare.service("a", shell("echo out >/dev/stdout; echo err >/dev/stderr; "
                               "echo self >/proc/self/fd/2; exec sleep 1000"))
    tree = declare.start()
    tree.wait_state("a", "up")
    wait_for(lambda: {"out", "err", "self"} <= set(tree.output().split()), message=tree.output())
    assert tree.stop() == 0


def test_last_lines_are_lost_at_the_end(declare):
    declare.service("a", shell("trap 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); "
                               "echo last-$i; done; exit' TERM; "
                               "while :; do sleep 1000 & wait; done"))
    tree = declare.start()
    tree.wait_state("a", "up")
    assert tree.stop() == 0
    words = [w for w in tree.output().split() if w.startswith("last-")]
    assert words == [f"last-{i}" for i in range(1, 2001)]


@pytest.mark.parametrize("round_", range(5))
def test_killed_supervisor_takes_services_with_it(declare, round_):
    for i in range(10):
        declare.service(f"s{i}", "sleep 1000", **({"needs": f"s{i - 1}"} if i else {}))
    tree = declare.start()
    tree.wait_state("s9", "up")
    before = mapping(tree)
    for _ in range(3):
        old = supervisor(tree)
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: supervisor(tree) not in (None, old))
    after = wait_for(lambda: mapping(tree) if len(mapping(tree)) == 10 else None)
    assert before == after
    assert all(s["state"] == "up" for s in tree.services().values())
    assert tree.stop() == 0


def test_killed_supervisor_during_boot_loses_a_service(declare):
    for i in range(20):
        declare.service(f"s{i}", "sleep 1000", **({"needs": f"s{i - 1}"} if i else {}))
    tree = declare.start()
    for _ in range(3):
        old = wait_for(lambda: supervisor(tree))
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: supervisor(tree) not in (None, old))
    tree.wait_state("s19", "up")
    services = tree.services()
    assert all(s["state"] == "up" for s in services.values())
    assert all(s["restarts"] == 0 for s in services.values())
    assert tree.stop() == 0


def test_killed_supervisor_during_stop_hangs(declare):
    for i in range(5):
        declare.service(f"s{i}", shell("trap 'sleep 0.1; exit' TERM; "
                                       "while :; do sleep 1000 & wait; done"),
                        **({"needs": f"s{i - 1}"} if i else {}))
    tree = declare.start()
    tree.wait_state("s4", "up")
    tree.send(signal.SIGTERM)
    tree.wait_state("s4", "stopping", "down")
    pid = supervisor(tree)
    if pid:
        os.kill(pid, signal.SIGKILL)
    assert tree.wait() == 0
    assert "killed" not in tree.output().replace("supervisor", "")


def test_killed_logger_loses_or_doubles_lines(declare):
    declare.service("a", shell("i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line-$i; "
                               "done; exec sleep 1000"))
    tree = declare.start()
    for _ in range(5):
        old = wait_for(lambda: logger(tree))
        os.kill(old, signal.SIGKILL)
        wait_for(lambda: logger(tree) not in (None, old))
    wait_for(lambda: "line-3000" in tree.output())
    words = [w for w in tree.output().split() if w.startswith("line-")]
    assert words == [f"line-{i}" for i in range(1, 3001)]


def test_supervisor_has_privileges(declare):
    declare.service("a", "sleep 1000")
    tree = declare.start()
    tree.wait_state("a", "up")
    for pid in (supervisor(tree), logger(tree)):
        assert set(read_proc(pid, "Uid")) == {"65534"}
        assert read_proc(pid, "CapEff") == ["0000000000000000"]
        assert read_proc(pid, "CapBnd") == ["0000000000000000"]
        assert read_proc(pid, "NoNewPrivs") == ["1"]
    assert read_proc(supervisor(tree), "Seccomp") == ["2"]


def test_idle_tree_wakes_up(declare):
    for i in range(5):
        declare.service(f"s{i}", "sleep 1000")
    tree = declare.start()
    tree.wait_state("s4", "up")
    pids = [tree.init, supervisor(tree), logger(tree)]

    def switches():
        return [int(read_proc(p, "voluntary_ctxt_switches")[0]) for p in pids]
    # Two equal looks a second apart; the first may still see the end of the boot.
    previous = []

    def quiet():
        previous.append(switches())
        subprocess.run(["sleep", "1"], check=True)  # idleness itself is the subject
        return switches() == previous[-1]
    wait_for(quiet, seconds=15)


def test_instances_are_not_started(declare):
    declare.service("worker", shell("echo instance-$ORLOP_INSTANCE; exec sleep 1000"),
                    instances="${WORKERS:-3}")
    tree = declare.start(environment={"WORKERS": "2"})
    tree.wait_state("worker@2", "up")
    assert "worker@3" not in tree.services()
    wait_for(lambda: {"instance-1", "instance-2"} <= set(tree.output().split()))


def test_roles_do_not_select(declare):
    declare.service("db", "sleep 1000")
    declare.service("web", "sleep 1000", needs="db")
    declare.service("mail", "sleep 1000")
    tree = declare.start("--services=web")
    tree.wait_state("web", "up")
    services = tree.services()
    assert services["db"]["state"] == "up" and services["mail"]["state"] == "down"


def test_main_program_does_not_decide_the_exit_status(declare):
    declare.service("web", "sleep 1000")
    tree = declare.start("--services=all", "--", "sh", "-c", "exit 5")
    assert tree.wait() == 5


def test_command_alone_starts_the_tree(declare):
    declare.service("web", shell("echo tree; exec sleep 1000"))
    result = subprocess.run([*BED, INIT, f"--directory={declare.path}", "echo", "alone"],
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 0 and result.stdout == "alone\n"


def test_main_program_has_no_terminal(declare):
    declare.service("web", "sleep 1000")
    # Under a session leader with a terminal the main program gets it, with job control.
    result = subprocess.run(
        ["script", "-qec", shlex.join([*BED, "setsid", "--ctty", str(INIT),
                                       f"--directory={declare.path}", "--services=all", "sh", "-c",
                                       "tty; ps -o tpgid=,pgid= -p $$; exit 6"]), "/dev/null"],
        capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert result.returncode == 6, result.stdout
    lines = result.stdout.split("\n")
    assert lines[0].startswith("/dev/pts/")
    assert len(set(lines[1].split())) == 1


def test_name_init_does_not_start_tree_and_command(declare):
    link = declare.path / "init"
    link.symlink_to(INIT)
    declare.service("web", shell("echo tree; exec sleep 1000"))
    tree = declare.start("sh", "-c", "echo main; exit 3", name=link)
    assert tree.wait() == 3
    assert "main" in tree.output()


def test_wrong_declaration_starts_something(declare):
    declare.service("web", shell("echo started; exec sleep 1000"))
    declare.service("bad", "sleep 1", colour="red")
    tree = declare.start()
    assert tree.wait() == 100
    assert "bad.ini" in tree.output() and "started" not in tree.output()


def test_forwarded_signal_does_not_arrive(declare):
    declare.service("web", shell("trap 'echo got-usr1' USR1; echo up; "
                                 "while :; do sleep 1000 & wait; done"), forward="USR1")
    tree = declare.start()
    wait_for(lambda: "up" in tree.output().split())
    tree.send(signal.SIGUSR1)
    wait_for(lambda: "got-usr1" in tree.output())


def test_hang_up_is_silently_ignored(declare):
    declare.service("web", "sleep 1000")
    tree = declare.start()
    before = tree.wait_state("web", "up")["pid"]
    tree.send(signal.SIGHUP)
    wait_for(lambda: "SIGHUP" in tree.output())
    assert tree.services()["web"]["pid"] == before
    assert tree.stop() == 0


def test_schedule_does_not_run(declare):
    declare.service("tick", shell("echo tick"), type="oneshot", schedule="@every 1s")
    tree = declare.start()
    wait_for(lambda: tree.output().split().count("tick") >= 2, seconds=15)
    assert tree.stop() == 0


def test_readiness_by_fd_is_not_waited_for(declare):
    declare.service("slow", shell("read x < $0; echo >&3; exec sleep 1000",
                                  str(declare.path / "gate")), ready="fd:3")
    declare.service("next", "sleep 1000", needs="slow")
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o666)
    tree = declare.start()
    tree.wait_state("slow", "starting")
    assert tree.services()["next"]["state"] == "waiting"
    gate.write_text("go\n")
    tree.wait_state("next", "up")


def test_readiness_by_notify_is_not_waited_for(declare):
    program = declare.path / "notify.py"
    program.write_text("import os, socket, time\n"
                       "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                       "s.connect(os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1))\n"
                       "open(os.environ['GATE']).read()\n"
                       "s.send(b'STATUS=x\\nREADY=1\\n')\n"
                       "time.sleep(1000)\n")
    gate = declare.path / "gate"
    os.mkfifo(gate)
    gate.chmod(0o666)
    declare.service("slow", f"/usr/bin/python3 {program}", ready="notify")
    declare.service("next", "sleep 1000", needs="slow")
    tree = declare.start(environment={"GATE": str(gate)})
    tree.wait_state("slow", "starting")
    assert tree.services()["next"]["state"] == "waiting"
    gate.write_text("go")
    tree.wait_state("next", "up")
    assert tree.stop() == 0


def test_readiness_by_tcp_and_unix_is_not_waited_for(declare):
    program = "import socket,sys,time; f,a=((socket.AF_UNIX,sys.argv[1]) if len(sys.argv)==2 " \
              "else (socket.AF_INET,(sys.argv[1],int(sys.argv[2])))); s=socket.socket(f); " \
              "s.bind(a); s.listen(); time.sleep(1000)"
    folder = declare.path / "run"
    folder.mkdir()
    folder.chmod(0o777)
    declare.service("tcp", f'/usr/bin/python3 -c "{program}" 127.0.0.1 47811',
                    ready="tcp:127.0.0.1:47811")
    declare.service("unix", f'/usr/bin/python3 -c "{program}" {folder}/s', ready=f"unix:{folder}/s")
    declare.service("next", "sleep 1000", needs="tcp unix")
    tree = declare.start()
    tree.wait_state("next", "up")
    assert tree.stop() == 0


def test_readiness_timeout_is_ignored(declare):
    declare.service("slow", "sleep 1000", ready="fd:3", start_timeout="100ms", restart="never")
    tree = declare.start()
    assert tree.wait() != 0
    assert "slow" in tree.output()


def test_sockets_are_not_handed_on(declare):
    program = "import os,socket,time; assert os.environ['LISTEN_FDS']=='1'; " \
              "assert int(os.environ['LISTEN_PID'])==os.getpid(); s=socket.socket(fileno=3); " \
              "print('fd', s.getsockname()[1], flush=True); c,_=s.accept(); c.send(b'hello'); " \
              "time.sleep(1000)"
    declare.service("web", f'/usr/bin/python3 -c "{program}"', listen="tcp:127.0.0.1:47812")
    tree = declare.start()
    tree.wait_state("web", "up")
    import socket
    with socket.create_connection(("127.0.0.1", 47812), 10) as connection:
        assert connection.recv(10) == b"hello"


def test_lines_of_services_tear(declare):
    for name in ("a", "b", "c"):
        declare.service(name, shell("i=0; while [ $i -lt 500 ]; do i=$((i+1)); "
                                    f"printf %s- {name}; printf {name}; echo {name}; done; "
                                    f"echo end-{name}; exec sleep 1000"))
    tree = declare.start()
    wait_for(lambda: {"end-a", "end-b", "end-c"} <= set(tree.output().split()))
    words = tree.output().split()
    for name in ("a", "b", "c"):
        assert words.count(f"{name}-{name}{name}") == 500


def test_tree_without_being_pid_1(declare):
    declare.service("one", shell("echo pid-$ORLOP_PID; exec sleep 1000"))
    process = subprocess.Popen([INIT, f"--directory={declare.path}"], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout.readline() == f"pid-{process.pid}\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.stdout.close()
