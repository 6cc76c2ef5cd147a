"""A room page with the server's side of its contracts and nothing behind it.

Run as a program, so that a test can kill it. Commands come as JSON lines on standard input:

    {"frame": {...}}        a stream event `samples`, kept for replay
    {"event": ["changed", {...}]}
    {"beats": false}        heartbeats stop
    {"drop": true}          every open stream is closed
    {"trace": {...}}        what the trace answers from now on
    {"answers": [[422, {...}], ...]}   the next answers to entries, then 201 again
    {"delay_s": 4}          how long an entry's answer is under way
    {"pump_seq": 14}        what the panel says the pump's last change was

Entries it has answered for are lines in the file given as second argument, on disk before the
answer leaves, so that a test can count them across a kill.
"""

import json
import os
import queue
import re
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[2]
STATIC = {
    "web": ROOT / "src/ebbtide/clinic/web/static/web",
    "infusions": ROOT / "src/ebbtide/clinic/infusions/static/infusions",
}
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
CSP = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'"
BEAT_S = 2.0
VISIT = "0d5d6b0e-7d5c-4c55-9b1c-000000000001"


class State:
    """What the commands have set."""

    def __init__(self, received: Path) -> None:
        self.lock = threading.Lock()
        self.frames: list[dict] = []
        self.streams: set[queue.Queue] = set()
        self.beats = True
        self.trace: dict | None = None
        self.answers: list[tuple[int, dict]] = []
        self.pump_seq = 12
        self.delay_s = 0.0
        self.received = received
        lines = received.read_text().splitlines() if received.exists() else []
        self.ids = [json.loads(line)["entry_id"] for line in lines]

    def command(self, command: dict) -> None:
        with self.lock:
            if "frame" in command:
                self.frames.append(command["frame"])
                self.tell(("samples", command["frame"]))
            if "event" in command:
                self.tell(tuple(command["event"]))
            if "drop" in command:
                self.tell(None)
            self.beats = command.get("beats", self.beats)
            self.trace = command.get("trace", self.trace)
            self.answers += command.get("answers", [])
            self.pump_seq = command.get("pump_seq", self.pump_seq)
            self.delay_s = command.get("delay_s", self.delay_s)

    def tell(self, event) -> None:
        for stream in self.streams:
            stream.put(event)

    def take(self, path: str, fields: dict[str, str]) -> tuple[int, dict]:
        with self.lock:
            entry_id = fields["entry_id"]
            if entry_id in self.ids:
                return 200, {"seq": self.ids.index(entry_id) + 1, "findings": [], "repeat": True}
            if self.answers:
                return self.answers.pop(0)
            with self.received.open("a") as file:
                file.write(json.dumps({"path": path, **fields}) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self.ids.append(entry_id)
            return 201, {"seq": len(self.ids), "findings": []}


def now_ms() -> int:
    return int(time.time() * 1000)


class Handler(BaseHTTPRequestHandler):
    """The room's addresses."""

    protocol_version = "HTTP/1.1"
    state: State

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self.answer(200, page().encode(), "text/html; charset=utf-8")
        elif path.startswith("/static/"):
            self.static(path)
        elif path.startswith("/live/"):
            self.stream()
        elif path.endswith("/trace/"):
            trace = self.state.trace or empty_trace()
            self.answer(200, json.dumps(trace).encode(), "application/json")
        elif path == "/panel/":
            panel = f'<p data-pump-seq="{self.state.pump_seq}">panel</p>'
            self.answer(200, panel.encode(), "text/html")
        else:
            self.answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        fields = {name: values[0] for name, values in body.items()}
        status, answer = self.state.take(self.path, fields)
        time.sleep(self.state.delay_s)
        if status == 302:
            self.send_response(302)
            self.send_header("Location", "/login/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.answer(status, json.dumps(answer).encode(), "application/json")

    def static(self, path: str) -> None:
        _, _, app, rest = path.split("/", 3)
        file = STATIC[app] / rest
        if not file.is_file():
            self.answer(404, b"", "text/plain")
            return
        self.answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))

    def stream(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        after = int(self.headers.get("Last-Event-ID") or asked["after"][0])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        events: queue.Queue = queue.Queue()
        with self.state.lock:
            missed = [frame for frame in self.state.frames if frame["id"] > after]
            self.state.streams.add(events)
        try:
            for frame in missed:
                self.event("samples", frame)
            beat_at = 0.0
            while True:
                if self.state.beats and time.monotonic() - beat_at > BEAT_S:
                    beat_at = time.monotonic()
                    self.event("beat", {"now_ms": now_ms(), "speed": 1})
                try:
                    event = events.get(timeout=0.2)
                except queue.Empty:
                    continue
                if event is None:
                    return
                self.event(*event)
        except OSError:
            return
        finally:
            self.close_connection = True
            with self.state.lock:
                self.state.streams.discard(events)

    def event(self, kind: str, data: dict) -> None:
        lines = [f"event: {kind}", f"data: {json.dumps(data)}"]
        if "id" in data:
            lines.append(f"id: {data['id']}")
        self.wfile.write(("\n".join(lines) + "\n\n").encode())
        self.wfile.flush()

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


def empty_trace() -> dict:
    at = now_ms()
    return {
        "now_ms": at,
        "from_ms": at - 60_000,
        "cursor": 0,
        "vitals": {},
        "level": None,
        "plan": None,
    }


def page() -> str:
    text = Path(__file__).with_name("stub_room.html").read_text()
    values = {"VISIT": VISIT, "NOW": datetime.now(UTC).isoformat(), "NOW_MS": str(now_ms())}
    return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], text)


def main() -> None:
    """Serve on the port given until killed or until standard input ends."""
    Handler.state = State(Path(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for line in sys.stdin:
        Handler.state.command(json.loads(line))
        print("done", flush=True)


if __name__ == "__main__":
    main()
