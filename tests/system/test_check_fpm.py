"""orlop check asks a real php-fpm for its configuration: what would cut requests off, lose lines or
ignore the service's socket has to be told before it happens."""
import os
import shutil
import subprocess

import pytest

from conftest import ORLOP, wait_for

FPM = shutil.which("php-fpm8.2", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(not FPM, reason="php-fpm8.2 is missing")

RIGHT = {
    "global": {"error_log": "/proc/self/fd/2", "log_limit": "8192", "process_control_timeout": "5s",
               "daemonize": "no"},
    "www": {"listen": "127.0.0.1:9000", "pm": "static", "pm.max_children": "1", "clear_env": "no",
            "catch_workers_output": "yes", "decorate_workers_output": "no"},
}
SERVICE = {"user": "www-data", "preset": "php-fpm", "listen": "tcp:127.0.0.1:9000", "listen-env": "php-fpm"}


def check(declare, wrong=(), service=(), arguments=("-n",), command=FPM, extra=(), environment=None,
          prefix=(), options=()):
    """orlop check with a php-fpm whose configuration is right but for what is given."""
    path = declare.path / "fpm.conf"
    text = ""
    for section, keys in {s: dict(k) for s, k in RIGHT.items()}.items():
        keys.update({key: value for s, key, value in wrong if s == section})
        text += f"[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None)
    path.write_text(text)
    path.chmod(0o644)
    (declare.path / "presets").mkdir(exist_ok=True)
    shutil.copy(os.path.join(os.path.dirname(__file__), "../../etc/presets/php-fpm.ini"),
                declare.path / "presets/php-fpm.ini")
    keys = {**SERVICE, **dict(service)}
    declare.service("php", f"command = {command} --nodaemonize {' '.join(arguments)} -y {path}\n" + "".join(
        f"{key} = {value}\n" for key, value in keys.items() if value is not None))
    for name, lines in extra:
        declare.service(name, lines)
    result = subprocess.run([*prefix, ORLOP, "check", f"--directory={declare.path}", *options],
                            capture_output=True, text=True, timeout=60, check=False,
                            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **(environment or {})})
    return result.returncode, result.stderr


def test_a_right_one_is_refused(declare):
    assert check(declare) == (0, "")


@pytest.mark.parametrize("section, key, value, expected", [
    ("global", "process_control_timeout", None, "found 0s, expected more than 0 and less than"),
    ("global", "process_control_timeout", "8s", "found 8s, expected more than 0 and less than the "
                                                "stop-timeout of 8s"),
    ("global", "log_limit", None, "found 1024, expected more"),
    ("global", "error_log", "/dev/null", "found /dev/null, expected /proc/self/fd/2"),
    ("www", "listen", "127.0.0.1:9001", "found 127.0.0.1:9001, expected 127.0.0.1:9000"),
    ("www", "catch_workers_output", None, "found no, expected yes"),
    ("www", "decorate_workers_output", None, "found yes, expected no"),
    ("www", "clear_env", None, "found yes, expected no"),
])
def test_a_wrong_value_is_not_told(declare, section, key, value, expected):
    status, told = check(declare, [(section, key, value)])
    assert status == 100
    assert f"{declare.path}/fpm.conf: [{section}] {key}: {expected}" in told
    assert told.count("\n") == 1 and "(service php)" in told


def test_only_the_first_wrong_value_is_told(declare):
    status, told = check(declare, [("global", "process_control_timeout", "0"), ("www", "clear_env", "yes"),
                                   ("www", "listen", "9001")])
    assert status == 100 and told.count("expected") == 3


def test_a_higher_stop_timeout_does_not_count(declare):
    assert check(declare, [("global", "process_control_timeout", "20s")], {"stop-timeout": "25s"}) == (0, "")


def test_what_php_fpm_refuses_is_not_told(declare):
    status, told = check(declare, [("www", "pm", "fast")])
    assert status == 100
    assert "php.ini: php: run as www-data, php-fpm refuses its configuration: " in told
    assert "fpm.conf" in told and told.count("\n") == 1


def test_a_log_that_its_user_cannot_write_is_not_told(declare):
    status, told = check(declare, [("global", "error_log", "/var/log/of-root.log")])
    assert status == 100 and "failed to open error_log (/var/log/of-root.log)" in told
    assert not os.path.exists("/var/log/of-root.log")


def test_it_is_run_as_root_or_without_its_arguments_and_variables(declare):
    """A php-fpm behind a wrapper, that writes down how it was started and then is the real one."""
    told = declare.path / "told"
    told.write_text("")
    told.chmod(0o666)
    fake = declare.path / "php-fpm-told"
    fake.write_text(f'#!/bin/sh\n{{ id -u; id -g; echo "$A-$B" "$PWD" "$*"\n'
                    f'grep -E "^(NoNewPrivs|CapEff):" /proc/self/status; }} >{told}\nexec {FPM} "$@"\n')
    wrapper = declare.path / "entrypoint"
    wrapper.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    wrapper.chmod(0o755)
    assert check(declare, [], {"environment-pass": "A", "directory": "/usr"}, command=f"{wrapper} {fake}",
                 arguments=["-n", "-d", "x=y"], environment={"A": "a", "B": "b"}) == (0, "")
    uid, gid, words, capabilities, privileges = told.read_text().splitlines()
    assert (uid, gid) == ("33", "33")
    assert words == f"a- /usr --nodaemonize -n -d x=y -y {declare.path}/fpm.conf -tt"
    assert capabilities.split()[1] == "0000000000000000" and privileges.split()[1] == "1"


def test_variables_in_the_pool_are_not_those_of_the_service(declare):
    assert check(declare, [("www", "listen", "${ADDRESS}")], environment={"ADDRESS": "127.0.0.1:9000"}) == (0, "")
    status, told = check(declare, [("www", "listen", "${ADDRESS}")], {"environment-pass": ""},
                         environment={"ADDRESS": "127.0.0.1:9000"})
    assert status == 100 and "listen" in told


@pytest.mark.parametrize("listen, address", [
    ("tcp:0.0.0.0:9000", "9000"), ("tcp:0.0.0.0:9000", "0.0.0.0:9000"), ("tcp:[::1]:9000", "[::1]:9000"),
    ("tcp:9000", "9000"), ("unix:/run/fpm.sock", "/run/fpm.sock"),
])
def test_the_same_address_in_another_form_is_refused(declare, listen, address):
    assert check(declare, [("www", "listen", address)], {"listen": listen}) == (0, "")


def test_two_sockets_and_one_pool_pass(declare):
    status, told = check(declare, service={"listen": "tcp:127.0.0.1:9000 tcp:127.0.0.1:9001"})
    assert status == 100 and "found no pool with 127.0.0.1:9001, expected one" in told


def test_a_php_fpm_with_its_own_sockets_is_refused(declare):
    assert check(declare, [("www", "listen", "127.0.0.1:9005")], {"listen": None, "listen-env": None}) == (0, "")


def test_other_services_are_asked(declare):
    assert check(declare, extra=[("other", "sleep inf\nuser = nobody")]) == (0, "")


def test_another_user_gets_an_error_instead_of_a_notice(declare):
    status, told = check(declare, prefix=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
                         wrong=[("global", "error_log", "/var/log/of-root.log")])
    assert status == 0 and "notice: php: its php-fpm cannot be asked" in told


def test_a_missing_orlop_confine_is_an_error(declare):
    shutil.copy(ORLOP, declare.path / "orlop")
    check(declare)
    result = subprocess.run([declare.path / "orlop", "check", f"--directory={declare.path}"],
                            capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0
    assert "notice: php: its php-fpm cannot be asked for its configuration here: No such file" in result.stderr


def test_a_log_level_that_hides_the_configuration_is_not_told(declare):
    status, told = check(declare, [("global", "log_level", "warning"), ("www", "clear_env", "yes")])
    assert status == 0
    assert "notice: php: its php-fpm cannot be asked" in told and "a log_level above notice" in told


def test_one_that_does_not_end_hangs_the_check_or_stays(declare):
    wrapper = declare.path / "php-fpm-exporter"
    pids = declare.path / "pids"
    pids.write_text("")
    pids.chmod(0o666)
    wrapper.write_text(f"#!/bin/sh\nsleep 1000 &\necho $$ $! >{pids}\nwait\n")
    wrapper.chmod(0o755)
    status, told = check(declare, command=wrapper, service={"ready": "notify", "start-timeout": "500ms"})
    assert status == 0
    assert "notice: php: its php-fpm cannot be asked for its configuration here: it does not end" in told
    for pid in pids.read_text().split():
        wait_for(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), message="left running")


def test_declarations_that_are_wrong_are_checked_against_php_fpm(declare):
    status, told = check(declare, [("www", "clear_env", "yes")], extra=[("other", "command = nothere")])
    assert status == 100 and "nothere" in told and "clear_env" not in told


@pytest.mark.parametrize("wrong", [[], [("www", "clear_env", "yes")]])
def test_an_image_is_not_checked(declare, wrong):
    """--image is what orlop build does: the container's variables are not there yet."""
    status, told = check(declare, wrong, options=["--image"], extra=[("x", "sleep ${UNSET}\nuser = nobody")])
    assert status == (100 if wrong else 0) and ("clear_env" in told) == bool(wrong)


def test_boot_asks_php_fpm(declare):
    """A wrong configuration is for check to tell; boot reads nothing but declarations."""
    check(declare, [("www", "catch_workers_output", "no")])
    tree = declare.start()
    tree.wait_state("php", "up")
    assert "catch_workers_output" not in tree.output()
    assert tree.stop() == 0


def test_a_php_fpm_of_another_role_is_judged(declare):
    """One image, many roles: only what would start is asked."""
    wrong = [("global", "log_limit", None)]
    extra = [("worker", "command = sleep 1\n")]
    assert check(declare, wrong, extra=extra)[0] == 100
    assert check(declare, wrong, extra=extra, options=["--services=worker"]) == (0, "")
    assert check(declare, wrong, extra=extra, environment={"ORLOP_SERVICES": "worker"}) == (0, "")
    assert check(declare, wrong, extra=extra, options=["--image"])[0] == 100


def test_a_volume_of_another_role_must_be_there(declare):
    extra = [("worker", "command = sleep 1\nread = /nosuch/volume\n")]
    assert check(declare, extra=extra, options=["--services=php"]) == (0, "")
    status, text = check(declare, extra=extra)
    assert status == 100 and 'read: found "/nosuch/volume"' in text


def test_services_of_an_image_are_chosen_in_silence(declare):
    status, text = check(declare, options=["--image", "--services=php"])
    assert status == 100 and "found --image and --services, expected one of them" in text


def test_a_cage_without_tmp_ends_php_fpm_and_nobody_says_why(declare):
    """opcache cannot make its lock then: "Unable to create lock file: Permission denied"."""
    status, text = check(declare, service=[("write", "/var/tmp")])
    assert status == 0 and "notice: php: write: found no /tmp, expected it" in text
    assert check(declare, service=[("write", "/var/tmp /tmp")]) == (0, "")
    assert check(declare, service=[("write", "/var/tmp")],
                 arguments=("-n", "-d opcache.lockfile_path=/var/tmp")) == (0, "")
