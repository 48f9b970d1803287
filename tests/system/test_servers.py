"""Real php-fpm and nginx: what they are handed, when they are ready, how they end. What would be
broken: a request that is refused or cut off because a server is restarted or stopped."""
import grp
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys

import pytest

from conftest import ROOT, processes_in, wait_for

FPM = shutil.which("php-fpm8.2") or "php-fpm8.2"
NGINX = shutil.which("nginx") or "nginx"
WEB = 12346  # nginx's uid
VISITORS = pathlib.Path(__file__).with_name("visitors.py")
# A network of its own, so that port 80 is nobody else's.
NETWORK = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']

FPM_CONF = """
[global]
error_log = /proc/self/fd/2
daemonize = no
process_control_timeout = 6s
log_limit = 8192
[www]
listen = {socket}
pm = static
pm.max_children = 4
ping.path = /ping
clear_env = no
catch_workers_output = yes
decorate_workers_output = no
"""

NGINX_CONF = """
daemon off;
worker_processes 2;
error_log stderr;
pid {work}/pid;
events {{ worker_connections 256; }}
http {{
	access_log off;
	client_body_temp_path {work}/body;
	proxy_temp_path {work}/proxy;
	fastcgi_temp_path {work}/fastcgi;
	uwsgi_temp_path {work}/uwsgi;
	scgi_temp_path {work}/scgi;
	keepalive_requests 1000000;
	server {{
		listen 80;
		location = /own {{ return 200 "nginx"; }}
		location / {{
			fastcgi_pass {upstream};
			fastcgi_keep_conn off;
			fastcgi_param REQUEST_METHOD $request_method;
			fastcgi_param SCRIPT_NAME $uri;
			fastcgi_param SCRIPT_FILENAME {app}$uri;
			fastcgi_param REQUEST_URI $request_uri;
		}}
	}}
}}
"""

PAGES = {
    "index.php": '<?php header("Content-Length: 4"); echo "well";',
    # A signal ends one usleep(), not the work.
    "slow.php": '<?php $end = microtime(true) + 3; touch("{work}/began"); '
                'while (microtime(true) < $end) usleep(10000); '
                'header("Content-Length: 4"); echo "well";',
}


def ping():
    """A question for ping.path, in FastCGI records."""
    def record(kind, content):
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    values = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "/ping", "SCRIPT_FILENAME": "/ping"}
    parameters = b"".join(bytes([len(name), len(value)]) + name.encode() + value.encode()
                          for name, value in values.items())
    return (record(1, struct.pack(">HB5x", 1, 0)) + record(4, parameters) + record(4, b"") +
            record(5, b""))


def tree_status(tree, pid):
    """/proc/PID/status of a process of the tree, by its pid in there."""
    text = (root_of(tree) / f"proc/{pid}/status").read_text()
    return {key: value.split() for key, _, value in
            (line.partition(":") for line in text.splitlines())}


def root_of(tree):
    """The site's file system, seen from here."""
    return pathlib.Path(f"/proc/{tree.init}/root")


class Site:
    """nginx on port 80 before php-fpm on a socket, not started yet."""

    def __init__(self, declare, fpm="unix", directory=None):
        self.declare = declare
        self.path = declare.path
        self.socket = "127.0.0.1:9000" if fpm == "tcp" else f"{directory or '/run/php'}/fpm.sock"
        self.fpm_work = self.room("fpm-work", "www-data")
        self.app = self.path / "app"
        self.app.mkdir()
        for name, text in PAGES.items():
            (self.app / name).write_text(text.replace("{work}", str(self.fpm_work)))
        self.write("fpm.conf", FPM_CONF, socket=self.socket)
        self.write("nginx.conf", NGINX_CONF, work=self.room("web-work", WEB), app=self.app,
                   upstream=self.socket if fpm == "tcp" else f"unix:{self.socket}")
        self.listen = f"tcp:{self.socket}" if fpm == "tcp" else \
            f"unix:{self.socket} mode=0660 group={WEB}"
        self.target = f"fastcgi:{self.socket}:/ping"
        shutil.copytree(ROOT / "etc/presets", self.path / "presets")
        self.tree = None

    def room(self, name, owner):
        path = self.path / name
        path.mkdir(mode=0o755)
        shutil.chown(path, owner)
        return path

    def write(self, name, text, **values):
        (self.path / name).write_text(text.format(**values))

    def declare_fpm(self, **more):
        keys = {"preset": "php-fpm", "user": "www-data", "listen": self.listen,
                "listen_env": "php-fpm", "ready": self.target, **more}
        self.declare.service("fpm", f"{FPM} --nodaemonize --fpm-config {self.path}/fpm.conf",
                             **keys)

    def declare_nginx(self, **more):
        keys = {"preset": "nginx", "user": str(WEB), "group": str(WEB), "needs": "fpm",
                "listen": "tcp:80", "listen_env": "nginx", "ready": "http://127.0.0.1/own", **more}
        self.declare.service("web", f"{NGINX} -e stderr -c {self.path}/nginx.conf", **keys)

    def start(self):
        self.tree = self.declare.start(prefix=NETWORK)
        for name in ("fpm", "web"):
            self.tree.wait_state(name, "up", seconds=30)
        return self.tree

    def inside(self, *command):
        """Words that run a command in the site's network."""
        return ["nsenter", "--net", "--mount", "--target", str(self.tree.init), *command]

    def fetch(self, path):
        ask = ("import sys, urllib.request as u; "
               "sys.stdout.buffer.write(u.urlopen('http://127.0.0.1' + sys.argv[1]).read())")
        return subprocess.run(self.inside(sys.executable, "-c", ask, path), check=True,
                              capture_output=True, timeout=60).stdout

    def visitors(self, visitors, count, keep="close", path="/index.php"):
        return subprocess.Popen(
            self.inside(sys.executable, str(VISITORS), str(visitors), "80", str(count), keep,
                        path),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def said(self, visitors, seconds=120):
        return json.loads(visitors.communicate(timeout=seconds)[0].splitlines()[-1])


@pytest.fixture
def site(declare):
    if not (shutil.which("php-fpm8.2") and shutil.which("nginx")):
        pytest.skip("no php-fpm or no nginx here; scripts/setup check installs them")
    guests = []

    def make(**how):
        made = Site(declare, **how)
        guests.append(made)
        return made

    yield make


@pytest.mark.parametrize("keep", ["close", "keep"])
@pytest.mark.parametrize("fpm", ["unix", "tcp"])
def test_requests_are_refused_during_restarts(site, fpm, keep):
    here = site(fpm=fpm)
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    rounds = 0
    count = 10000 if fpm == "unix" else 2500
    with here.visitors(4, count, keep) as visitors:
        while rounds < 10 or not select.select([visitors.stdout], [], [], 0)[0]:
            for name in ("fpm", "web"):
                done = tree.orlop("restart", name)
                assert done.returncode == 0, done.stderr + tree.output()
            rounds += 1
            assert rounds < 500, "there are no visitors"
        said = here.said(visitors)
    assert said["faults"] == [], tree.output()[-3000:]
    assert said["answers"] >= count
    services = tree.services()
    assert [services[name]["restarts"] for name in ("fpm", "web")] == [rounds, rounds]
    assert "connect()" not in tree.output()
    assert tree.stop() == 0


def test_sockets_change_with_the_process(declare):
    notes = declare.path / "notes"
    notes.write_text("")
    notes.chmod(0o666)
    server = declare.path / "server.py"
    server.write_text(f"""
import json, os, signal, socket
told = {{name: os.environ[name] for name in ("LISTEN_FDS", "LISTEN_FDNAMES")}}
told["mine"] = os.environ["LISTEN_PID"] == str(os.getpid())
told["sockets"] = [[os.fstat(fd).st_ino, socket.socket(fileno=fd).family.name]
                   for fd in range(3, 6)]
with open("{notes}", "a") as file:
    print(json.dumps(told), file=file)
signal.pause()
""")
    declare.service("one", f"/usr/bin/python3 -S {server}", user="www-data",
                    listen="tcp:81 tcp:[::]:81 "
                           "unix:/run/one/socket mode=0620 user=12345 group=www-data")
    tree = declare.start(prefix=NETWORK)
    wait_for(lambda: notes.read_text().count("\n") == 1)
    tree.orlop("restart", "one", check=True)
    wait_for(lambda: notes.read_text().count("\n") == 2)
    supervisor = next(pid for pid in processes_in(tree.init) if b"orlop-supervise" in
                      pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0])
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: "supervisor restarted, 1 service kept" in tree.output())
    tree.orlop("restart", "one", check=True)
    wait_for(lambda: notes.read_text().count("\n") == 3)
    first, *others = map(json.loads, notes.read_text().splitlines())
    assert others == [first, first]
    assert first["LISTEN_FDS"] == "3" and first["mine"]
    assert first["LISTEN_FDNAMES"] == "tcp-81:tcp-[--]-81:unix-/run/one/socket"
    assert [family for _, family in first["sockets"]] == ["AF_INET", "AF_INET6", "AF_UNIX"]
    path = (root_of(tree) / "run/one/socket").stat()
    assert (path.st_mode & 0o777, path.st_uid) == (0o620, 12345)
    assert path.st_gid == grp.getgrnam("www-data").gr_gid


def test_nginx_has_port_80_by_a_privilege(site):
    here = site()
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    pid = tree.orlop("status", "--json", "web")
    pid = json.loads(pid.stdout)["services"][0]["pid"]
    status = tree_status(tree, pid)
    assert status["Uid"] == [str(WEB)] * 4
    assert {status[f"Cap{kind}"][0] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == ["1"]
    assert here.fetch("/own") == b"nginx"
    assert here.fetch("/index.php") == b"well"
    bind = "import socket; socket.socket().bind(('127.0.0.1', 81))"
    refused = subprocess.run(
        here.inside("setpriv", f"--reuid={WEB}", f"--regid={WEB}", "--clear-groups",
                    sys.executable, "-c", bind), capture_output=True, text=True, check=False)
    assert "Permission denied" in refused.stderr


def test_a_socket_that_php_fpm_removes_is_gone(site, declare):
    room = declare.path / "sockets"
    room.mkdir()
    shutil.chown(room, "www-data")
    here = site(directory=room)
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    path = room / "fpm.sock"
    inode = path.stat().st_ino
    tree.orlop("stop", "web", check=True)
    tree.orlop("stop", "fpm", check=True)
    wait_for(path.exists, message="php-fpm has removed its socket")
    assert path.stat().st_ino == inode
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.connect(str(path))  # waits in the queue
        tree.orlop("start", "web", check=True)
        tree.wait_state("web", "up")
        waiting.settimeout(30)
        waiting.sendall(ping())
        assert b"pong" in waiting.recv(4096)
    for _ in range(3):
        tree.orlop("restart", "fpm", check=True)
        assert here.fetch("/index.php") == b"well"
    assert tree.stop() == 0


def test_a_second_name_lies_about_for_nothing(site):
    here = site()
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    assert [path.name for path in (root_of(tree) / "run/php").iterdir()] == ["fpm.sock"]


@pytest.mark.parametrize("how", ["restart", "stop"])
def test_a_request_is_cut_off(site, how):
    here = site()
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    with here.visitors(1, 1, path="/slow.php") as visitors:
        visitors.stdin.close()
        visitors.stdin = None
        wait_for((here.fpm_work / "began").exists)
        if how == "restart":
            tree.orlop("restart", "fpm", check=True)
        else:
            assert tree.stop() == 0
        said = here.said(visitors)
    assert (said["answers"], said["faults"]) == (1, []), tree.output()
    assert "killed" not in tree.output()


def test_a_second_signal_waits_for_requests(site):
    here = site()
    here.declare_fpm()
    here.declare_nginx()
    tree = here.start()
    with here.visitors(1, 1, path="/slow.php") as visitors:
        visitors.stdin.close()
        visitors.stdin = None
        wait_for((here.fpm_work / "began").exists)
        tree.send(signal.SIGTERM)
        wait_for(lambda: "stopping: SIGTERM" in tree.output())
        tree.send(signal.SIGTERM)
        assert tree.wait() == 0
        said = here.said(visitors)
    assert said["answers"] == 0 and said["faults"]
    assert "a second stop signal: everything that is left is killed" in tree.output()


def test_a_worker_is_not_given_its_time(declare):
    notes = declare.path / "notes"
    notes.write_text("")
    notes.chmod(0o666)
    worker = declare.path / "worker.php"
    worker.write_text(f"""<?php
pcntl_async_signals(true);
$over = false;
pcntl_signal(SIGTERM, function () use (&$over) {{ $over = true; }});
while (!$over) {{
    $end = microtime(true) + 1;
    file_put_contents("{notes}", "began\n", FILE_APPEND);
    while (microtime(true) < $end) usleep(10000);
    file_put_contents("{notes}", "done\n", FILE_APPEND);
}}
""")
    declare.service("worker", f"php {worker}", preset="worker", user="www-data", instances="2")
    shutil.copytree(ROOT / "etc/presets", declare.path / "presets")
    tree = declare.start()
    wait_for(lambda: notes.read_text().count("began") >= 2)
    assert tree.stop() == 0
    said = notes.read_text().split()
    assert said.count("began") == said.count("done") >= 2
    assert "killed" not in tree.output()


def test_health_of_real_servers_is_not_found(site):
    here = site(fpm="tcp")
    here.declare_fpm(health=here.target, health_interval="10s", health_failures="1")
    here.declare_nginx(health="http://127.0.0.1/index.php", health_interval="10s",
                       health_failures="1")
    tree = here.start()
    for name in ("fpm", "web"):
        wait_for(lambda: tree.services()[name].get("healthy") is True, 20, f"{name} is not well")
        assert tree.services()[name]["restarts"] == 0
    health = tree.orlop("health")
    assert (health.returncode, health.stdout, health.stderr) == (0, "", "")
