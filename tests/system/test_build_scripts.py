"""The scripts that configure an image while it is made, on a copy of this machine's root."""
import os
import shutil

import pytest

from imagebed import SCRIPTS, Image

need_execline = pytest.mark.skipif(not shutil.which("execlineb"), reason="execline is missing")
need_php = pytest.mark.skipif(not os.path.isdir("/etc/php/8.2/fpm"), reason="php8.2-fpm is missing")
pytestmark = need_execline


@pytest.fixture
def image():
    image = Image()
    yield image
    image.close()


@need_php
def test_php_settings_do_not_reach_php(image):
    image.script("php-ini", TIMEZONE="Europe/Berlin", PHP_MEMORY_LIMIT="77M", ZEND_PROFILE="production")
    assert image.value("date.timezone") == "Europe/Berlin"
    assert image.value("memory_limit") == "77M"
    assert image.value("display_errors") == "" or image.value("display_errors") == "0"
    assert image.value("zend.assertions") == "-1"
    for sapi in "cli", "fpm":
        assert "memory_limit = '77M'" in image.read(f"/etc/php/8.2/{sapi}/conf.d/zz-orlop.ini")


@need_php
def test_development_is_not_development(image):
    image.script("php-ini", PHP_PROFILE="development")
    assert image.value("display_errors") == "1"
    assert image.value("zend.assertions") == "1"


@need_php
@pytest.mark.parametrize("name", ["DEV", "Development", "dev"])
def test_zendphps_spelling_of_a_profile_is_refused(image, name):
    image.script("php-ini", ZEND_PROFILE=name)
    assert image.value("zend.assertions") == "1"


@need_php
@pytest.mark.parametrize("value", [
    "/usr/sbin/sendmail -t -i", "it's", 'a "quoted" b', "'", '"', "''\"\"''", "a; b # c", "${HOME} $x",
    r"back\slash \n \\", "/a/b&c|d", "  blank  ", "=[x]=", "é*?~!", "-n", "(", "%s%n",
])
def test_a_value_does_not_arrive_as_it_was_given(image, value):
    image.script("php-ini", PHP_SENDMAIL_PATH=value)
    assert image.value("sendmail_path") == value


@need_php
def test_a_second_run_touches_something(image):
    given = {"TZ": "UTC", "PHP_PROFILE": "dev", "APP_DIRECTORY": "/srv"}
    places = "/etc/php", "/var/lib/php/modules"
    image.script("php-ini", **given)
    image.script("php-fpm-pool", **given)
    image.script("php-extensions", PHP_EXTENSIONS="posix,sockets intl")
    before = image.state(*places)
    image.script("php-ini", **given)
    image.script("php-fpm-pool", **given)
    image.script("php-extensions", PHP_EXTENSIONS="posix,sockets intl")
    assert image.state(*places) == before
    assert "orlop-new" not in before


@need_php
@pytest.mark.parametrize("script, name, value, expected", [
    ("php-ini", "TIMEZONE", "Europe/Atlantis", 'found "Europe/Atlantis", expected a time zone'),
    ("php-ini", "TZ", "CET-1CEST", 'found "CET-1CEST", expected a time zone'),
    ("php-ini", "TZ", "a'b", 'TIMEZONE: found "a\'b", expected a time zone'),
    ("php-ini", "PHP_PROFILE", "devil", 'found "devil", expected development or production'),
    ("php-ini", "PHP_PROFILE", "staging", 'found "staging", expected development or production'),
    ("php-ini", "PHP_MEMORY_LIMIT", "much", 'PHP_MEMORY_LIMIT: found "much", expected a size'),
    ("php-ini", "PHP_MEMORY_LIMIT", "1M\nx = y", "found a control character, expected a size"),
    ("php-ini", "PHP_SENDMAIL_PATH", "a\nextension = evil.so", "found a control character"),
    ("php-ini", "PHP_SENDMAIL_PATH", "\033[2J", "found a control character"),
    ("php-ini", "PHP_PROFILE", "dev\n", "found a control character"),
    ("php-fpm-pool", "PHP_FPM_PM", "fast", 'found "fast", expected static, dynamic or ondemand'),
    ("php-fpm-pool", "PHP_FPM_PM_MAX_CHILDREN", "0", 'found "0", expected a number above 0'),
    ("php-fpm-pool", "PHP_FPM_PROCESS_CONTROL_TIMEOUT", "0", "expected a duration above 0"),
    ("php-fpm-pool", "PHP_FPM_POOL", "a]\n[b", "PHP_FPM_POOL: found something else"),
    ("php-fpm-pool", "PHP_FPM_POOL", "www\n]\nuser = root\n[x", "PHP_FPM_POOL: found something else"),
    ("php-fpm-pool", "RUN_FPM_AS_ZENDPHP_USER", "x\ntrue", "found a control character, expected true"),
    ("php-fpm-pool", "PHP_FPM_LISTEN", "9000\nuser = root", "found a control character"),
    ("php-fpm-pool", "APP_DIRECTORY", "/nowhere", 'found "/nowhere", expected the absolute path'),
    ("php-fpm-pool", "APP_DIRECTORY", "/srv\n", "expected the absolute path of a directory"),
    ("php-fpm-pool", "RUN_FPM_AS_ZENDPHP_USER", "maybe", "expected true or false"),
    ("php-extensions", "PHP_EXTENSIONS", "nothere", 'found "nothere", expected one of those'),
    ("php-extensions", "PHP_EXTENSIONS", "../x", 'found "../x", expected the name of an extension'),
    ("packages", "SYSTEM_PACKAGES", "git --allow-downgrades", 'found "--allow-downgrades", expected'),
    ("apache-modules", "APACHE_MODULES", "a.b", 'found "a.b", expected the name of a module'),
    ("composer-install", "APP_DIRECTORY", "/srv", "found no composer.json"),
    ("warm-cache", "APP_DIRECTORY", "/srv", "found neither artisan nor bin/console"),
    ("post-build", "POST_BUILD_HOOK", "nothere", 'found "/usr/local/sbin/nothere", expected an exec'),
])
def test_a_wrong_value_is_taken_or_not_told(image, script, name, value, expected):
    before = image.state("/etc/php")
    assert expected in image.script(script, status=100, **{name: value})
    assert image.state("/etc/php") == before


@pytest.mark.parametrize("script", ["php-ini", "php-extensions", "packages", "apache-modules", "post-build"])
def test_nothing_given_is_an_error_or_changes_something(image, script):
    before = image.state("/etc/php", "/usr/local")
    assert "nothing" in image.script(script)
    assert image.state("/etc/php", "/usr/local") == before


def test_an_image_without_php_gets_no_message(image):
    image.run("rm", "-rf", "/etc/php", "/usr/local/etc/php")
    assert "found no configuration of php, expected" in image.script("php-ini", status=100, TZ="UTC")


def test_a_full_disk_is_not_named_or_leaves_half_a_file(image):
    image.run("rm", "-rf", "/etc/php")
    image.run("mkdir", "-p", "/usr/local/etc/php/conf.d")
    image.run("sh", "-c", "mount -t tmpfs -o size=4k none /usr/local/etc/php/conf.d && "
              "echo >/usr/local/etc/php/conf.d/full")
    told = image.script("php-ini", status=111, TZ="UTC")
    assert "No space left on device" in told
    assert "/usr/local/etc/php/conf.d/zz-orlop.ini cannot be written" in told
    assert image.run("ls", "/usr/local/etc/php/conf.d") == "full\n"


@need_php
def test_the_places_of_other_images_are_not_found(image):
    image.run("rm", "-rf", "/etc/php")
    image.run("mkdir", "-p", "/usr/local/etc/php/conf.d", "/usr/local/etc/php-fpm.d",
              "/etc/php83/conf.d", "/etc/php83/php-fpm.d", "/etc/zendphp/conf.d",
              "/etc/zendphp/cli/conf.d", "/etc/zendphp/php-fpm.d", "/etc/zendphp/fpm/pool.d")
    image.script("php-ini", TZ="UTC")
    image.script("php-fpm-pool")
    for path in ("/usr/local/etc/php/conf.d/zz-orlop.ini", "/etc/php83/conf.d/zz-orlop.ini",
                 "/etc/zendphp/conf.d/zz-orlop.ini", "/etc/zendphp/cli/conf.d/zz-orlop.ini"):
        assert "date.timezone = 'UTC'" in image.read(path)
    for path in ("/usr/local/etc/php-fpm.d/zz-orlop.conf", "/etc/php83/php-fpm.d/zz-orlop.conf",
                 "/etc/zendphp/php-fpm.d/zz-orlop.conf", "/etc/zendphp/fpm/pool.d/zz-orlop.conf"):
        assert "process_control_timeout = '5s'" in image.read(path)


@need_php
def test_the_pool_is_not_what_was_asked_for(image):
    image.run("mkdir", "-p", "/srv/my app's")
    image.script("php-fpm-pool", PHP_FPM_PM="static", PHP_FPM_PM_MAX_CHILDREN="3",
                 PHP_FPM_LISTEN="127.0.0.1:9000", RUN_FPM_AS_ZENDPHP_USER_APPDIR="/srv/my app's",
                 PHP_FPM_USER="www-data", PHP_FPM_GROUP="www-data", PHP_FPM_PING_PATH="/ping")
    told = image.run("php-fpm8.2", "-tt")
    for line in ("process_control_timeout = 5s", "log_limit = 8192", "error_log = /proc/self/fd/2",
                 "daemonize = no", "listen = 127.0.0.1:9000", "pm = static", "pm.max_children = 3",
                 "chdir = /srv/my app's", "clear_env = no", "catch_workers_output = yes",
                 "decorate_workers_output = no", "user = www-data", "ping.path = /ping"):
        assert f"\t{line}\n" in told
    assert "test is successful" in told


@need_php
def test_zendphps_own_names_are_not_understood(image):
    image.run("useradd", "--system", "zendphp")
    image.script("php-fpm-pool", RUN_FPM_AS_ZENDPHP_USER="true", RUN_FPM_AS_ZENDPHP_USER_APPDIR="/srv")
    told = image.run("php-fpm8.2", "-tt")
    for line in "user = zendphp", "group = zendphp", "chdir = /srv":
        assert f"\t{line}\n" in told


@need_php
def test_an_extension_stays_off(image):
    image.run("phpdismod", "sysvmsg")
    assert image.run("php", "-r", "var_dump(extension_loaded('sysvmsg'));") == "bool(false)\n"
    assert "switched on sysvmsg" in image.script("php-extensions", ZEND_EXTENSIONS_LIST="sysvmsg,posix")
    assert image.run("php", "-r", "var_dump(extension_loaded('sysvmsg'));") == "bool(true)\n"


@need_php
@pytest.mark.parametrize("name, word", [("sysvmsg", "extension"), ("opcache", "zend_extension")])
def test_an_extension_stays_off_without_phpenmod(image, name, word):
    image.run("phpdismod", name)
    image.run("rm", "/usr/sbin/phpenmod")
    image.run("mkdir", "-p", "/usr/local/etc/php/conf.d")
    image.script("php-extensions", PHP_EXTENSIONS=name)
    path = f"/usr/local/etc/php/conf.d/50-orlop-{name}.ini"
    assert image.read(path) == f"{word} = {name}.so\n"
    loaded = image.run("php", "-d", f"{word}={name}.so", "-m")
    assert name in loaded.lower() and "Warning" not in loaded
    assert 'found "nothere", expected one of those in /usr/lib/php/' in image.script(
        "php-extensions", status=100, PHP_EXTENSIONS="nothere")
    image.script("php-extensions", PHP_EXTENSIONS="posix")  # php has it already
    assert "posix" not in image.run("ls", "/usr/local/etc/php/conf.d")


def fake(image, path, status=0):
    """A program that writes down how it was called."""
    image.write(path, f'#!/bin/sh\necho "${{0##*/}} $*" >>/tmp/called\nexit {status}\n', "0755")


def test_packages_are_not_installed_or_leave_lists_behind(image):
    fake(image, "/usr/bin/apt-get")
    image.write("/var/lib/apt/lists/some_list", "x")
    assert "fatal" not in image.script("packages",
                                       SYSTEM_PACKAGES="bash, nosuchpackage\tlibfoo2.0=1:2+b~1")
    assert image.read("/tmp/called") == (
        "apt-get -q update\n"
        "apt-get -q install -y --no-install-recommends bash nosuchpackage libfoo2.0=1:2+b~1\n"
        "apt-get clean\n")
    assert image.run("find", "/var/lib/apt/lists", "-type", "f") == ""


def test_packages_that_are_there_ask_the_network(image):
    fake(image, "/usr/bin/apt-get", 100)
    assert "all of them are installed" in image.script("packages", SYSTEM_PACKAGES="bash coreutils")
    image.run("test", "!", "-e", "/tmp/called")


def test_a_failed_installation_is_a_success(image):
    fake(image, "/usr/bin/apt-get", 100)
    image.script("packages", status=111, SYSTEM_PACKAGES="nosuchpackage")


@pytest.mark.parametrize("has, status, more", [("false", 0, "apk add --no-cache git curl\n"),
                                               ("false", 9, "apk add --no-cache git curl\n"), ("true", 9, "")])
def test_apk_is_not_used_as_needed(image, has, status, more):
    image.write("/sbin/apk", f'#!/bin/sh\necho "apk $*" >>/tmp/called\n[ $1 = add ] || exec {has}\n'
                f"exit {status}\n", "0755")
    image.script("packages", status=111 if status and more else 0, SYSTEM_PACKAGES="git,curl")
    assert image.read("/tmp/called") == f"apk info -e git curl\n{more}"


def test_an_image_without_a_package_manager_is_not_told(image):
    image.run("rm", "/usr/bin/apt-get")
    assert "found neither apt-get nor apk" in image.script("packages", status=111, SYSTEM_PACKAGES="git")


def test_an_apache_module_stays_off(image):
    image.run("mkdir", "-p", "/etc/apache2/mods-available")
    image.write("/etc/apache2/mods-available/rewrite.load", "")
    fake(image, "/usr/sbin/a2enmod")
    image.script("apache-modules", APACHE_MODULES="rewrite")
    assert image.read("/tmp/called") == "a2enmod -q rewrite\n"
    assert 'found "nothere", expected one of those in /etc/apache2/mods-available' in image.script(
        "apache-modules", status=100, APACHE_MODULES="rewrite nothere")


def test_setuid_programs_stay(image):
    for name in "a b", "kept", "by its other name":
        image.run("cp", "/bin/true", f"/usr/local/bin/{name}")
        image.run("chmod", "6755", f"/usr/local/bin/{name}")
    image.run("mkdir", "-m", "2775", "/srv/shared")
    if shutil.which("setcap"):
        image.run("cp", "/bin/true", "/usr/local/bin/with caps")
        image.run("setcap", "cap_net_raw+ep", "/usr/local/bin/with caps")
    image.run("ln", "-s", "/usr/local/bin/by its other name", "/link")
    keep = "/usr/local/bin/kept, /link"
    told = image.script("strip-setuid", KEEP_SETUID=keep)
    assert "took bits off /usr/local/bin/a b\n" in told
    assert "kept /usr/local/bin/kept\n" in told
    left = image.run("find", "/", "-xdev", "-type", "f", "-perm", "/6000")
    assert sorted(left.splitlines()) == ["/usr/local/bin/by its other name", "/usr/local/bin/kept"]
    assert image.run("stat", "-c", "%a", "/usr/local/bin/a b", "/srv/shared") == "755\n2775\n"
    if shutil.which("setcap"):
        assert "took capabilities off /usr/local/bin/with caps\n" in told
        assert image.run("getcap", "/usr/local/bin/with caps") == ""
    assert "took" not in image.script("strip-setuid", KEEP_SETUID=keep)


@pytest.mark.parametrize("file, expected", [
    ("artisan", "php artisan optimize --no-interaction\n"),
    ("bin/console", "php bin/console cache:warmup --no-interaction\n"),
])
def test_caches_stay_cold(image, file, expected):
    image.write(f"/srv/my app/{file}", "<?php")
    image.write("/usr/local/bin/php", '#!/bin/sh\necho "$PWD php $*"\n', "0755")
    assert image.script("warm-cache", APP_DIRECTORY="/srv/my app") == f"/srv/my app {expected}"


@pytest.mark.parametrize("profile, arguments", [
    ("", "--no-interaction --no-progress --no-dev --optimize-autoloader"),
    ("development", "--no-interaction --no-progress"),
])
def test_composer_is_run_otherwise(image, profile, arguments):
    image.write("/srv/my app/composer.json", "{}")
    image.write("/usr/local/bin/composer", '#!/bin/sh\necho "$PWD $* $COMPOSER_CACHE_DIR"\n'
                'test -d "$COMPOSER_HOME" && echo x >"$COMPOSER_HOME/x"\nexit $STATUS\n', "0755")
    told = image.script("composer-install", APP_DIRECTORY="/srv/my app", PHP_PROFILE=profile, STATUS=0)
    assert told == f"/srv/my app install {arguments} /dev/null\n"
    image.script("composer-install", status=7, APP_DIRECTORY="/srv/my app", STATUS=7)
    assert image.run("ls", "/tmp") == ""


@need_php
@pytest.mark.skipif(not shutil.which("composer"), reason="composer is missing")
def test_real_composer_installs_nothing_or_twice(image):
    image.write("/srv/lib/composer.json",
                '{"name": "test/lib", "version": "1.0.0", "autoload": {"files": ["lib.php"]}}')
    image.write("/srv/lib/lib.php", "<?php function lib() { return 'from lib'; }")
    image.write("/srv/app/composer.json", """{"name": "test/app", "require": {"test/lib": "1.0.0"},
        "repositories": [{"type": "path", "url": "/srv/lib", "options": {"symlink": false}},
                         {"packagist.org": false}]}""")
    image.run("chown", "-R", "www-data:", "/srv/app")
    composer = ["setpriv", "--reuid=33", "--regid=33", "--clear-groups", f"{SCRIPTS}/composer-install"]
    image.run(*composer, APP_DIRECTORY="/srv/app")
    assert image.run("php", "-r", "require '/srv/app/vendor/autoload.php'; echo lib();") == "from lib"
    before = image.state("/srv/app/vendor/test", "/srv/app/composer.lock")
    image.run(*composer, APP_DIRECTORY="/srv/app")
    assert image.state("/srv/app/vendor/test", "/srv/app/composer.lock") == before
    assert image.run("ls", "/tmp") == ""


def test_the_hook_is_not_run(image):
    image.write("/usr/local/sbin/my hook", "#!/bin/sh\necho hooked $0\nexit 3\n", "0755")
    for name in "my hook", "/usr/local/sbin/my hook":
        assert image.script("post-build", status=3, POST_BUILD_HOOK=name) == (
            "hooked /usr/local/sbin/my hook\n")
    image.write("/usr/local/sbin/plain", "echo plain $BASH_VERSION\n")
    assert "plain 5" in image.script("post-build", POST_BUILD_BASH="plain")
    assert "expected an executable" in image.script("post-build", status=100, POST_BUILD_HOOK="plain")
    image.run("chmod", "755", "/usr/local/sbin/plain")  # and still without its first line
    assert "plain 5" in image.script("post-build", POST_BUILD_BASH="plain")
    image.write("/usr/local/sbin/own", "#!/usr/bin/env php\n<?php echo 'own ', 6;\n", "0755")
    assert "own 6" in image.script("post-build", POST_BUILD_BASH="own")
