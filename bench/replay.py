"""A recording through the whole pipeline at 100 times real time, without a lost sample.

    .venv/bin/python bench/replay.py [--json] [--recording FILE]

A patient is checked in over HTTP at a room whose monitor replays the recording; the real server
stores each frame and streams it to two clients: one that stays, and one that drops its connection
every few seconds and takes it up again where it was. What is stored and what each client saw is
compared with the file, value by value and in order. Without `../shared/data/sedation/P045.csv` an
hour at 1 s is made up.
"""

import json
import math
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import _clinic
from _figures import options, tell
from _server import Visitor, data_folder, serving

from ebbtide.devices.recordings import Recording, open_recording

REAL = Path(__file__).parents[2] / "shared" / "data" / "sedation" / "P045.csv"
SPEED = 100.0
DROP_AFTER_S = 5.0
PATIENCE_S = 30.0
MADE_UP_S = 3600

Values = tuple[tuple[str, float | None, str], ...]  # quantity, value, quality of one frame


@dataclass(slots=True)
class Client:
    """Somebody who listens: every frame in the order it came."""

    visitor: Visitor
    visit: str
    frames: list[tuple[int, Values]] = field(default_factory=list)
    last_s: float = 0.0
    reconnects: int = 0

    def listen(self, *, drop_after_s: float) -> None:
        """Take the stream from where it stands; leave it after some seconds, with a frame due."""
        began_s = time.monotonic()
        cursor = self.frames[-1][0] if self.frames else 0
        for number, text in self.visitor.stream(f"/live/visits/{self.visit}/?after={cursor}"):
            samples = json.loads(text)["samples"]
            values = tuple((s["quantity"], s["value"], s["quality"]) for s in samples)
            self.frames.append((number, values))
            self.last_s = time.monotonic()
            if self.last_s - began_s > drop_after_s:
                return

    def listen_on(self, *, drop_after_s: float = math.inf) -> None:
        while True:
            try:
                self.listen(drop_after_s=drop_after_s)
            except OSError:
                return  # the server was stopped
            self.reconnects += 1


def run(path: Path, expected: list[Values]) -> dict[str, float]:
    with data_folder() as folder:
        booking = _clinic.ask("booking", folder, path)
        with serving(folder, speed=SPEED) as (port, _):
            nurse = Visitor(port, "nurse")
            nurse.post(f"/bookings/{booking}/check-in/", seen_at="/today/")
            began_s = time.monotonic()
            visit = visit_on(nurse.get("/board/"))
            clients = [Client(nurse, visit), Client(nurse, visit)]
            for client, drop_after_s in zip(clients, (math.inf, DROP_AFTER_S), strict=True):
                listening = threading.Thread(
                    target=client.listen_on, kwargs={"drop_after_s": drop_after_s}, daemon=True
                )
                listening.start()
            wait_for(clients, len(expected), began_s)
        rows = _clinic.ask("samples", folder, visit)
    stored = [tuple((r[1], r[4], r[5]) for r in frame) for _, frame in groupby(rows, by_moment)]
    steady, dropping = clients
    return {
        "file_frames": len(expected),
        "stored_frames": len(stored),
        "seen_frames": len(steady.frames),
        "seen_by_dropping_client_frames": len(dropping.frames),
        "dropped_connections": dropping.reconnects,
        "replay_s": steady.last_s - began_s,
        "wrong_stored_frames": differing(expected, stored),
        "wrong_seen_frames": differing(expected, [values for _, values in steady.frames]),
        "wrong_seen_by_dropping_client_frames": differing(
            expected, [values for _, values in dropping.frames]
        ),
    }


def by_moment(row: Any) -> int:
    return int(row[2])


def wait_for(clients: list[Client], frames: int, began_s: float) -> None:
    """Until every client has heard all, or nothing came for too long."""
    while min(len(client.frames) for client in clients) < frames:
        last_s = max(began_s, *(client.last_s for client in clients))
        if time.monotonic() - last_s > PATIENCE_S:
            return
        time.sleep(0.1)


def visit_on(board: bytes) -> str:
    """The one visit of the board."""
    return board.split(b'href="/visits/')[1].split(b"/")[0].decode()


def differing(expected: list[Values], found: list[Values]) -> int:
    """Frames lost, doubled, moved or changed: places at which the two differ."""
    places = sum(one != other for one, other in zip(expected, found, strict=False))
    return places + abs(len(expected) - len(found))


def frames_of(recording: Recording) -> list[Values]:
    return [
        tuple((s.quantity.value, s.value, s.quality.value) for s in frame.samples)
        for frame in recording.frames
    ]


def make_up(folder: Path) -> Path:
    """An hour at 1 s, no two neighbours alike."""
    path = folder / "made-up.csv"
    rows = [
        f"01/03/2026 {9 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02},"
        f"{35 + second % 7},{95 + second % 5},{60 + second % 11}"
        for second in range(MADE_UP_S)
    ]
    path.write_text("\n".join(["Time,co2,spo2,pr", *rows]) + "\n", encoding="utf-8")
    return path


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--recording", type=Path, default=REAL, help="default: %(default)s")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.recording if chosen.recording.exists() else make_up(Path(folder))
        recording = open_recording(path)
        figures = run(path.absolute(), frames_of(recording))
    recorded_s = recording.frames[-1].offset_s
    figures |= {"recorded_s": recorded_s, "times_real_time": recorded_s / figures["replay_s"]}
    limits = {name: 0.0 for name in figures if name.startswith("wrong_")}
    # What is over a hundredth: opening the visit and the last frame's way to the client.
    limits["replay_s"] = recorded_s / SPEED + 1.0
    return tell("replay", figures, limits, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
