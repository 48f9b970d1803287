"""orlop-probe against real servers: yes, no with one line why, usage."""
import pathlib
import shutil
import socket
import struct
import subprocess
import threading
import time

import pytest

from conftest import ORLOP, wait_for


def probe(*words, **more):
    return subprocess.run(["orlop-probe", *words], executable=ORLOP, capture_output=True,
                          text=True, timeout=20, **more)


class Server:
    """Answers every connection with the same bytes, in pieces when asked to."""

    def __init__(self, answer, family=socket.AF_INET, address=("127.0.0.1", 0), piece=None):
        self.answer, self.piece = answer, piece
        self.heard = b""
        self.socket = socket.socket(family)
        self.socket.bind(address)
        self.socket.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def serve(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer:
                if self.answer is None:
                    continue
                self.heard = peer.recv(65536)
                step = self.piece or len(self.answer) or 1
                try:
                    for i in range(0, len(self.answer), step):
                        peer.sendall(self.answer[i:i + step])
                except OSError:
                    pass

    def close(self):
        # A thread in accept(2) is woken by shutdown only.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def serve():
    servers = []

    def start(*arguments, **more):
        servers.append(Server(*arguments, **more))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


def assert_no(result, why):
    assert result.returncode == 1
    assert why in result.stderr
    assert result.stderr.count("\n") == 1


def record(kind, content):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def test_tcp_is_wrong(serve):
    server = serve(None)
    assert probe(f"tcp:127.0.0.1:{server.port}").returncode == 0
    assert probe(f"tcp:localhost:{server.port}").returncode == 0
    port = server.port
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    assert_no(probe(f"tcp:127.0.0.1:{free.getsockname()[1]}"), "Connection refused")
    assert port


def test_unix_is_wrong(serve, tmp_path):
    serve(None, socket.AF_UNIX, str(tmp_path / "s"))
    assert probe(f"unix:{tmp_path}/s").returncode == 0
    assert_no(probe(f"unix:{tmp_path}/other"), "No such file")
    (tmp_path / "file").write_text("")
    assert_no(probe(f"unix:{tmp_path}/file"), "Connection refused")


@pytest.mark.parametrize("answer, why", [
    (b"HTTP/1.1 200 OK\r\n\r\nhello", None),
    (b"HTTP/1.1 302 Found\r\n\r\n", None),
    (b"HTTP/1.1 503 Busy\r\n\r\n", "HTTP status 503"),
    (b"HTTP/1.1 199 No\r\n\r\n", "HTTP status 199"),
    (b"", "no HTTP"),
    (b"HTTP/1.1 2", "no HTTP"),
    (b"\x00\xff" * 100000, "no HTTP"),
], ids=["200", "302", "503", "199", "nothing", "half", "noise"])
@pytest.mark.parametrize("piece", [None, 3])
def test_http_is_wrong(serve, answer, why, piece):
    if piece and len(answer) > 1000:
        pytest.skip("the same in pieces takes long and shows nothing new")
    server = serve(answer, piece=piece)
    result = probe(f"http://127.0.0.1:{server.port}/health?x=1")
    if why:
        assert_no(result, why)
    else:
        assert (result.returncode, result.stderr) == (0, "")
        assert server.heard.startswith(b"GET /health?x=1 HTTP/1.1\r\n")


@pytest.mark.parametrize("answer, why", [
    (record(6, b"Content-Type: text/plain\r\n\r\npong") + record(3, bytes(8)), None),
    (record(6, b"Status: 404 Not Found\r\n\r\nno") + record(3, bytes(8)), "status 404"),
    (record(6, b"A: b\r\n\r\n") + record(3, bytes(8)), "nothing"),
    (b"HTTP/1.1 400 Bad Request\r\n", "no FastCGI"),
    (b"", "no FastCGI"),
    (record(6, b"h" * 60000) * 3, "no FastCGI"),
], ids=["pong", "404", "no-body", "http", "nothing", "no-end"])
def test_fastcgi_is_wrong(serve, answer, why):
    server = serve(answer)
    result = probe(f"fastcgi:127.0.0.1:{server.port}:/ping")
    if why:
        assert_no(result, why)
    else:
        assert (result.returncode, result.stderr) == (0, "")


def test_a_real_php_fpm_is_not_understood(tmp_path):
    fpm = shutil.which("php-fpm8.2") or shutil.which("php-fpm")
    if not fpm:
        pytest.skip("no php-fpm here")
    (tmp_path / "fpm.conf").write_text(
        f"[global]\nerror_log={tmp_path}/log\n[www]\nlisten={tmp_path}/s\nuser=nobody\n"
        "pm=static\npm.max_children=1\nping.path=/ping\n")
    server = subprocess.Popen([fpm, "-F", "-y", tmp_path / "fpm.conf"])
    try:
        assert probe("--wait", "--timeout=10s", f"fastcgi:{tmp_path}/s").returncode == 0
        assert_no(probe(f"fastcgi:{tmp_path}/s:/nothing"), "status 404")
    finally:
        server.terminate()
        server.wait(20)


def test_wait_gives_up_too_early_or_never():
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    begin = time.monotonic()
    assert_no(probe("--wait", "--timeout=300ms", f"tcp:127.0.0.1:{port}"), "refused")
    assert time.monotonic() - begin < 10
    waiting = subprocess.Popen(["orlop-probe", "--wait", f"tcp:127.0.0.1:{port}"],
                               executable=ORLOP)
    wait_for(lambda: pathlib.Path(f"/proc/{waiting.pid}/stat").read_text().split()[2] == "S")
    free.listen(8)
    assert waiting.wait(10) == 0


def test_a_silent_server_hangs_the_probe():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(8)
    port = server.getsockname()[1]
    assert_no(probe("--timeout=100ms", f"http://127.0.0.1:{port}/"), "timed out")


@pytest.mark.parametrize("words", [
    [], ["--wait"], ["tcp:1"], ["udp:127.0.0.1:1"], ["--timeout=0", "unix:/a"],
    ["unix:/a", "unix:/b"], ["--now", "unix:/a"], ["tcp:example.org:80"]])
def test_wrong_words_do_not_exit_100(words):
    result = probe(*words)
    assert result.returncode == 100
    assert "expected" in result.stderr
