"""The real server in a process of its own, and a client logged in to it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

EBBTIDE = Path(sys.executable).with_name("ebbtide")
HOST = "127.0.0.1"
FIRST_PAGE = "/account/login/"
PATIENCE_S = 60.0
KEPT_ALIVE_S = 3.0  # the server drops a connection that is idle for 5 s


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    """This process's, without what slows Django's start down."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for a clinic, its key beside it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ebbtide-bench-") as folder:
        yield Path(folder) / "data"


@contextmanager
def serving(folder: Path, *, speed: float = 1.0) -> Iterator[tuple[int, int]]:
    """Serve a data folder while inside; gives the port and the process."""
    port = free_port()
    command = [EBBTIDE, "serve", "--demo", "--data", folder, "--port", str(port)]
    process = subprocess.Popen(
        [*map(str, command), "--speed", str(speed)],
        env=environment(),
        stdout=subprocess.DEVNULL,
    )
    try:
        until_answering(port, process)
        yield port, process.pid
    finally:
        end(process)


def until_answering(
    port: int, process: "subprocess.Popen[bytes]", *, patience_s: float = PATIENCE_S
) -> None:
    """Wait for the first page.

    Raises:
        RuntimeError: The server ended, or did not answer in time.
    """
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
            connection.request("GET", FIRST_PAGE)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the server did not answer")


def cpu_ms(pid: int) -> float:
    """Processor time that a process has taken so far."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return 1000 * sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Visitor:
    """A person's browser, as far as plain HTTP goes: one connection, cookies, a login."""

    def __init__(self, port: int, username: str) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._asked_s = 0.0
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
        self._log_in(username)

    def get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def post(self, path: str, *, seen_at: str, **fields: str) -> None:
        """Send a form of the page at `seen_at`."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', self.get(seen_at))
        assert token, f"no form on {seen_at}"
        self._ask("POST", path, urlencode(fields | {"csrfmiddlewaretoken": token[1].decode()}))

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def stream(self, path: str) -> Iterator[tuple[int, str]]:
        """Samples of a live stream as they come: the id and the JSON of each frame."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_S)
        connection.request("GET", path, headers={"Cookie": self.cookie_header()})
        with connection.getresponse() as response:
            yield from _sample_events(response)

    def _log_in(self, username: str) -> None:
        from ebbtide.cli.demo_data.cast import PASSWORD

        self.post(FIRST_PAGE, seen_at=FIRST_PAGE, login=username, password=PASSWORD)
        assert "sessionid" in self.cookies, f"{username} could not log in"

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        if time.monotonic() - self._asked_s > KEPT_ALIVE_S:
            self._connection.close()  # the next request opens it again
        self._asked_s = time.monotonic()
        headers = {"Cookie": self.cookie_header(), "Referer": f"http://{HOST}:{self.port}/"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        page = response.read()
        assert response.status < http.HTTPStatus.BAD_REQUEST, f"{response.status} {path}"
        for cookie in response.msg.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return page


def _sample_events(lines: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    number, kind = 0, ""
    for line in lines:
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name == "id":
            number = int(value)
        elif name == "event":
            kind = value
        elif name == "data" and kind == "samples":
            yield number, value
