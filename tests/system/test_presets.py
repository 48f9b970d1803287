"""Each preset is loaded by a tree, and does with the real program what its first lines promise."""
import shutil
import socket
import struct

import pytest

from conftest import ROOT, shell, wait_for
from imagebed import Image

PRESETS = sorted(path.stem for path in (ROOT / "etc/presets").glob("*.ini"))
BRINGS_COMMAND = {"laravel-worker", "symfony-worker", "schedule"}
DRAIN = 200_000_000  # bytes, more than sockets can hold


def missing(program, path="/usr/sbin:/usr/bin"):
    return pytest.mark.skipif(not shutil.which(program, path=path), reason=f"{program} is missing")


@pytest.fixture
def image():
    image = Image()
    image.run("rm", "-rf", "/etc/orlop")
    image.run("mkdir", "-p", "/var/www/html/vendor")
    yield image
    image.close()


@pytest.fixture
def presets(declare):
    shutil.copytree(ROOT / "etc/presets", declare.path / "presets")
    for path in [declare.path / "presets", *(declare.path / "presets").iterdir()]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return declare


@missing("php")
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_does_not_load(image, name):
    command = "" if name.startswith("build-") or name in BRINGS_COMMAND else "command = sleep 1000\n"
    user = "" if "user " in image.read(f"/usr/share/orlop/presets/{name}.ini") else "user = nobody\n"
    image.write("/etc/orlop/services/x.ini", f"preset = {name}\n{command}{user}")
    image.write("/etc/orlop/services/z.ini", "command = sleep 1000\nuser = daemon\n")
    assert image.run("orlop", "check") == ""
    assert image.run("orlop", "check", "--image") == ""
    assert image.read(f"/usr/share/orlop/presets/{name}.ini").startswith("; SPDX-License-Identifier: ISC\n; ")


class Slow:
    """A client that begins to read an answer and reads on later."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(b"GET /big HTTP/1.0\r\n\r\n")
        self.got = len(self.socket.recv(1000))
        assert self.got

    def rest(self):
        while data := self.socket.recv(1 << 20):
            self.got += len(data)
        self.socket.close()
        return self.got


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def nginx(declare, port, root):
    (declare.path / "nginx.conf").write_text(f"""daemon off; worker_processes 1; error_log stderr notice;
        pid {root}/pid; events {{ }} http {{ access_log off; send_timeout 60s;
        client_body_temp_path {root}; fastcgi_temp_path {root}; proxy_temp_path {root};
        scgi_temp_path {root}; uwsgi_temp_path {root};
        server {{ listen 127.0.0.1:{port}; root {root}; }} }}""")
    return f"command = nginx -e stderr -c {declare.path}/nginx.conf"


def apache(declare, port, root):
    modules = "/usr/lib/apache2/modules"
    (declare.path / "apache.conf").write_text(f"""ServerName x
        LoadModule mpm_event_module {modules}/mod_mpm_event.so
        LoadModule authz_core_module {modules}/mod_authz_core.so
        Listen 127.0.0.1:{port}
        PidFile {root}/pid
        DefaultRuntimeDir {root}
        ErrorLog /proc/self/fd/2
        DocumentRoot {root}
        User ${{APACHE_RUN_USER}}
        <Directory {root}>
        Require all granted
        </Directory>""")
    return f"command = apache2 -f {declare.path}/apache.conf -D FOREGROUND"


@pytest.mark.parametrize("name, make", [pytest.param("nginx", nginx, marks=missing("nginx")),
                                        pytest.param("apache", apache, marks=missing("apache2"))])
def test_a_stop_cuts_an_answer_off(presets, name, make):
    port = free_port()
    root = presets.path / "root"
    root.mkdir(mode=0o755)
    with open(root / "big", "wb") as big:
        big.truncate(DRAIN)
    shutil.chown(root, "nobody", "nogroup")
    presets.service("web", f"{make(presets, port, root)}\npreset = {name}\nuser = nobody\n"
                           f"ready = tcp:127.0.0.1:{port}\nstop-timeout = 60s")
    presets.settings("stop-timeout = 60s\n")
    tree = presets.start()
    tree.wait_state("web", "up")
    client = Slow(port)
    tree.send(15)
    wait_for(lambda: tree.services()["web"]["state"] == "stopping", message=tree.output())
    assert client.rest() > DRAIN, tree.output()
    assert tree.wait() == 0, tree.output()


def fastcgi(port, script):
    """A request to php-fpm on its way; what the pages of a web server would be."""
    def pair(name, value):
        return bytes([len(name), len(value)]) + name.encode() + value.encode()

    def record(kind, content):
        return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content
    connection = socket.create_connection(("127.0.0.1", port))
    variables = pair("SCRIPT_FILENAME", script) + pair("REQUEST_METHOD", "GET")
    connection.sendall(record(1, b"\0\1\0\0\0\0\0\0") + record(4, variables) + record(4, b"") + record(5, b""))
    return connection


@missing("php-fpm8.2")
def test_a_stop_cuts_a_request_off(presets):
    port = free_port()
    gate = presets.path / "gate"
    begun = presets.path / "begun"
    begun.mkdir()
    begun.chmod(0o777)
    (presets.path / "page.php").write_text(
        f"<?php touch('{begun}/x'); while (!file_exists('{gate}')) {{ clearstatcache(); usleep(1000); }}"
        " echo 'the whole answer';")
    (presets.path / "fpm.conf").write_text(f"""[global]\nerror_log = /proc/self/fd/2\nlog_limit = 8192
process_control_timeout = 50s\n[www]\nlisten = 127.0.0.1:{port}\npm = static\npm.max_children = 1
clear_env = no\ncatch_workers_output = yes\ndecorate_workers_output = no\n""")
    presets.service("php", f"php-fpm8.2 -n --nodaemonize -y {presets.path}/fpm.conf\npreset = php-fpm\n"
                           f"user = www-data\nlisten = tcp:127.0.0.1:{port}\nlisten-env = php-fpm\n"
                           "ready = notify\nstop-timeout = 60s")
    presets.settings("stop-timeout = 60s\n")
    tree = presets.start()
    tree.wait_state("php", "up")
    connection = fastcgi(port, f"{presets.path}/page.php")
    wait_for((begun / "x").exists, message=tree.output())
    tree.send(15)
    wait_for(lambda: tree.services()["php"]["state"] == "stopping", message=tree.output())
    gate.touch()
    answer = b""
    while data := connection.recv(65536):
        answer += data
    connection.close()  # which php-fpm waits for
    assert b"the whole answer" in answer
    assert tree.wait() == 0, tree.output()


@pytest.mark.parametrize("preset", ["worker", "laravel-worker", "symfony-worker"])
@pytest.mark.parametrize("code", [0, 12, 1])
def test_a_limit_of_a_worker_is_a_failure(presets, preset, code):
    """More ends than restart-limit has, each with the same code; the log has what came of it."""
    script = (f'n=$(($(cat {presets.path}/runs/n 2>/dev/null || echo 0) + 1)); echo $n >{presets.path}/runs/n; '
              f'[ $n -gt 8 ] && exec sleep 1000; exit {code}')
    (presets.path / "runs").mkdir()
    (presets.path / "runs").chmod(0o777)
    presets.service("worker", shell(script), preset=preset, user="nobody", restart_delay="1ms..2ms",
                    directory="/", essential="no")
    presets.service("other", "sleep 1000", user="nobody")
    tree = presets.start()
    success = code == 0 or (code == 12 and preset != "symfony-worker")
    if success:
        wait_for(lambda: (presets.path / "runs/n").exists() and
                 (presets.path / "runs/n").read_text() == "9\n", 20, tree.output())
        tree.wait_state("worker", "up")
    else:
        tree.wait_state("worker", "failed", seconds=20)
    assert tree.stop() == 0


def test_a_worker_does_not_finish_its_job(presets):
    script = 'trap "echo finished its job; exit 0" TERM; echo begun; while :; do sleep 0.01; done'
    presets.service("worker", shell(script), preset="worker", user="nobody")
    tree = presets.start()
    wait_for(lambda: "begun" in tree.output())
    assert tree.stop() == 0
    assert "finished its job" in tree.output()


def build(image, name, status=0, service="", **variables):
    """The build service of a preset in its own cage, as orlop build runs it."""
    image.write(f"/etc/orlop/services/{name}.ini", f"preset = build-{name}\n{service}")
    image.write("/etc/orlop/services/z.ini", "command = sleep 1000\nuser = daemon\n")
    return image.run("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "orlop-init",
                     "--services=phase:build", "--", "true", status=status, **variables)


@missing("execlineb")
@missing("php-fpm8.2")
def test_a_cage_of_a_build_service_is_too_narrow(image):
    """Each in its cage does all that it does without one."""
    fpm = "/etc/php/8.2/fpm"
    image.run("phpdismod", "sysvmsg")
    assert "wrote" in build(image, "php-ini", TZ="UTC")
    image.run("test", "-f", f"{fpm}/conf.d/zz-orlop.ini")
    build(image, "php-fpm-pool", PHP_FPM_LISTEN="127.0.0.1:9000")
    image.run("test", "-f", f"{fpm}/pool.d/zz-orlop.conf")
    build(image, "php-extensions", PHP_EXTENSIONS="sysvmsg")
    image.run("test", "-e", f"{fpm}/conf.d/20-sysvmsg.ini")
    image.run("cp", "/bin/true", "/usr/local/bin/suid")
    image.run("chmod", "4755", "/usr/local/bin/suid")
    image.run("chown", "daemon:", "/usr/local/bin/suid")
    image.run("chmod", "4755", "/usr/local/bin/suid")
    build(image, "strip-setuid")
    assert image.run("find", "/", "-xdev", "-type", "f", "-perm", "/6000") == ""
    image.write("/usr/local/sbin/hook", "#!/bin/sh\necho hooked >/etc/hooked\n", "0755")
    build(image, "post-build", POST_BUILD_HOOK="hook")
    assert image.read("/etc/hooked") == "hooked\n"


@missing("execlineb")
def test_a_package_manager_in_its_cage_cannot_do_its_work(image):
    image.write("/usr/bin/apt-get", "#!/bin/sh\nset -e\ncp /bin/true /usr/bin/new\nchown www-data: /usr/bin/new\n"
                "chmod 4755 /usr/bin/new\nsetpriv --reuid=33 --regid=33 --clear-groups true\n"
                "echo x >/etc/for-everybody\n", "0755")
    build(image, "packages", SYSTEM_PACKAGES="nosuchpackage")
    assert image.run("stat", "-c", "%a", "/etc/for-everybody") == "644\n"
    assert image.run("stat", "-c", "%a %U", "/usr/bin/new") == "4755 www-data\n"


def application(image, more=""):
    """A composer project in /srv/app with a lock file and one library, from a path repository."""
    image.write("/srv/lib/composer.json",
                '{"name": "test/lib", "version": "1.0.0", "autoload": {"files": ["lib.php"]}}')
    image.write("/srv/lib/lib.php", "<?php function lib() { return 'from lib'; }")
    image.write("/srv/app/composer.json", """{"name": "test/app", "require": {"test/lib": "1.0.0"},
        "repositories": [{"type": "path", "url": "/srv/lib", "options": {"symlink": false}},
                         {"packagist.org": false}]""" + more + "}")
    image.run("sh", "-c", "cd /srv/app && composer update --no-install --no-scripts -q",
              COMPOSER_CACHE_DIR="/dev/null", HOME="/tmp")


@missing("execlineb")
@missing("composer")
def test_composer_in_its_cage_writes_elsewhere_or_nothing(image):
    application(image)
    image.run("install", "-d", "-o", "www-data", "/srv/app/vendor")
    before = image.state("/srv/app/composer.json", "/srv/app/composer.lock")
    build(image, "composer-install", APP_DIRECTORY="/srv/app", service="read = /srv/app /srv/lib\n")
    assert image.run("php", "-r", "require '/srv/app/vendor/autoload.php'; echo lib();") == "from lib"
    assert image.run("stat", "-c", "%U", "/srv/app/vendor/autoload.php") == "www-data\n"
    assert image.state("/srv/app/composer.json", "/srv/app/composer.lock") == before


ORLOP_BUILD = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "orlop", "build"]


@missing("execlineb")
@missing("composer")
def test_an_application_of_two_users_cannot_be_made_or_is_not_roots(image):
    """As Laravel's: composer's scripts fill caches, and the page and a worker load all of it."""
    application(image, ', "scripts": {"post-autoload-dump": "echo x >bootstrap/cache/packages.php"}')
    image.run("mkdir", "-p", "/srv/app/bootstrap/cache", "/srv/app/storage")
    image.write("/srv/app/artisan", "<?php require 'vendor/autoload.php';"
                "file_put_contents('bootstrap/cache/config.php', lib()); touch('storage/x');")
    image.write("/etc/orlop/services/composer.ini", "preset = build-composer-install\nread = /srv/app /srv/lib\n")
    image.write("/etc/orlop/services/warm.ini", "preset = build-warm-cache\nafter = composer\n")
    image.write("/etc/orlop/services/page.ini", "command = sleep 1000\nuser = www-data\n"
                "read = /srv/app\nwrite = /srv/app/storage\n")
    image.write("/etc/orlop/services/worker.ini", "preset = laravel-worker\nread = /srv/app\n")
    image.write("/etc/orlop/orlop.ini", "accept = setuid *\naccept = setgid *\naccept = file-capability *\n")
    image.run(*ORLOP_BUILD, APP_USER="app", APP_DIRECTORY="/srv/app")
    owners = image.run("find", "/srv/app/vendor", "/srv/app/bootstrap", "-printf", "%U\n")
    assert set(owners.split()) == {"0"}
    assert image.read("/srv/app/bootstrap/cache/config.php") == "from lib"
    assert image.run("stat", "-c", "%U", "/srv/app/storage/x") == "www-data\n"


@missing("execlineb")
@missing("composer")
@missing("php-fpm8.2")
def test_an_image_that_configures_itself_is_not_right_in_the_end(image):
    """Nothing but presets: php-fpm as installed would fail the check, as configured it passes."""
    application(image)
    for name, more in [("php-ini", ""), ("php-fpm-pool", ""), ("composer-install", "read = /srv/app /srv/lib\n")]:
        image.write(f"/etc/orlop/services/{name}.ini", f"preset = build-{name}\n{more}")
    image.write("/etc/orlop/services/php-fpm.ini", """preset = php-fpm
        command = php-fpm8.2 --nodaemonize\nuser = www-data\nlisten = tcp:127.0.0.1:9000
        listen-env = php-fpm\nread = /srv/app /srv/app/vendor\nwrite = /srv/app/var\n""".replace(" " * 8, ""))
    image.write("/etc/orlop/orlop.ini", "accept = setuid *\naccept = setgid *\naccept = file-capability *\n")
    given = {"APP_DIRECTORY": "/srv/app", "TIMEZONE": "Europe/Berlin"}
    assert "refuses its configuration" in image.run("orlop", "check", "--image", status=100)
    told = image.run(*ORLOP_BUILD, status=100, PHP_FPM_LISTEN="127.0.0.1:9001", **given)
    assert "[www] listen: found 127.0.0.1:9001, expected 127.0.0.1:9000" in told
    image.run(*ORLOP_BUILD, PHP_FPM_LISTEN="127.0.0.1:9000", **given)
    assert image.run("stat", "-c", "%U", "/srv/app/vendor/autoload.php", "/srv/app/vendor") == "root\nroot\n"
    assert image.value("date.timezone") == "Europe/Berlin"
