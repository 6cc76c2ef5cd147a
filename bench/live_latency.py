"""A sample from the monitor to the screen: one room, then twenty at 1 Hz.

    .venv/bin/python bench/live_latency.py [--json] [--seconds N]

The real server in a process of its own with simulated monitors, a real browser on one room page,
and for the other rooms a live stream each over HTTP, all on one machine of two cores. From the
moment the gateway took the frame (stored with each sample as `received_ms`) to the moment the page
has been drawn with it: an animation frame and the task after it, the tile's number compared with
the sample's. p99 of N samples is the slowest of them while N is at most 100.
"""

import http.client
import os
import re
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import _clinic
from _figures import options, percentile, tell
from _server import HOST, Visitor, data_folder, serving
from playwright.sync_api import Browser, Page, sync_playwright

LIMITS_MS = {1: 250.0, 20: 500.0}
MINUTES_BEFORE = 40
SETTLING_S = 5.0
WATCH = """
window.seen = [];
const drawn = (act) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = act;
  port2.postMessage(0);
});
document.addEventListener("feed:vitals", ({ detail }) => {
  let changed;
  queueMicrotask(() => { changed = Date.now(); });
  drawn(() => {
    const shown = document.querySelector("vital-tile[quantity=pulse] .tile-number").textContent;
    window.seen.push({ id: detail.id, changed, drawn: Date.now(), shown, samples: detail.samples });
  });
});
"""


@dataclass(slots=True)
class Heard:
    """What one stream brought: the id of each frame and when it was read, ms since 1970."""

    at_ms: dict[int, float] = field(default_factory=dict)

    def listen(self, visitor: Visitor, visit: str, cursor: int) -> None:
        for number, _ in visitor.stream(f"/live/visits/{visit}/?after={cursor}"):
            self.at_ms[number] = time.time() * 1000


def measure(rooms: int, *, seconds: float, browser: Browser) -> dict[str, float]:
    with data_folder() as folder:
        visits = _clinic.ask("rooms", folder, rooms, MINUTES_BEFORE)
        with serving(folder) as (port, _):
            watched, heard = watch(visits, port, seconds=seconds, browser=browser)
        received = {
            number: received_ms
            for visit in visits
            for number, _, _, received_ms, _, _ in _clinic.ask("samples", folder, visit)
        }
    drawn = [frame["drawn"] - received[frame["id"]] for frame in watched]
    changed = [frame["changed"] - received[frame["id"]] for frame in watched]
    assert len(drawn) >= 0.9 * seconds, f"only {len(drawn)} frames in {seconds} s"
    name = f"{rooms}_room" if rooms == 1 else f"{rooms}_rooms"
    figures = {
        f"{name}_drawn_p99_ms": percentile(drawn, 99),
        f"{name}_drawn_p50_ms": percentile(drawn, 50),
        f"{name}_dom_p99_ms": percentile(changed, 99),
    }
    streamed = [at - received[number] for one in heard for number, at in one.at_ms.items()]
    assert len(streamed) >= 0.9 * seconds * len(heard), f"only {len(streamed)} frames streamed"
    if streamed:
        figures[f"{name}_streams_p99_ms"] = percentile(streamed, 99)
        figures[f"{name}_streams_p50_ms"] = percentile(streamed, 50)
        figures[f"{name}_frames_measured"] = len(drawn) + len(streamed)
    return figures


def watch(
    visits: list[str], port: int, *, seconds: float, browser: Browser
) -> tuple[list[dict[str, Any]], list[Heard]]:
    """One room in the browser, the others as streams, for some seconds."""
    visitor = Visitor(port, "nurse")
    heard = [Heard() for _ in visits[1:]]
    for one, visit in zip(heard, visits[1:], strict=True):
        cursor = cursor_on(visitor.get(f"/visits/{visit}/"))
        threading.Thread(target=quietly, args=(one, visitor, visit, cursor), daemon=True).start()
    page = room_page(browser, visitor, visits[0])
    page.wait_for_timeout(SETTLING_S * 1000)
    began_ms = time.time() * 1000
    page.evaluate("window.seen = []")
    page.wait_for_timeout(seconds * 1000)
    watched = page.evaluate("window.seen")
    ended_ms = time.time() * 1000
    page.context.close()
    check_shown(watched)
    for one in heard:
        one.at_ms = {n: at for n, at in one.at_ms.items() if began_ms <= at <= ended_ms}
    return watched, heard


def cursor_on(page: bytes) -> int:
    """Up to which sample a room page shows what is stored."""
    found = re.search(rb'<live-feed [^>]*after="(\d+)"', page)
    assert found, "the room page has no live feed"
    return int(found[1])


def quietly(one: Heard, visitor: Visitor, visit: str, cursor: int) -> None:
    try:
        one.listen(visitor, visit, cursor)
    except (OSError, http.client.HTTPException):
        return  # the server was stopped


def room_page(browser: Browser, visitor: Visitor, visit: str) -> Page:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    context.add_cookies(
        [
            {"name": name, "value": value, "domain": HOST, "path": "/"}
            for name, value in visitor.cookies.items()
        ]
    )
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"http://{HOST}:{visitor.port}/visits/{visit}/")
    return page


def check_shown(watched: list[dict[str, Any]]) -> None:
    """The tile showed the very number of each frame that had one."""
    for frame in watched:
        pulse = next((s for s in frame["samples"] if s["quantity"] == "pulse"), None)
        if pulse and pulse["quality"] == "ok":
            assert abs(float(frame["shown"]) - pulse["value"]) <= 0.5, frame


def executable() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("EBBTIDE_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    assert found, "no browser; name one in EBBTIDE_CHROMIUM"
    return str(Path(found))


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to watch, each")
    chosen = parser.parse_args()
    figures: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        for rooms in LIMITS_MS:
            figures |= measure(rooms, seconds=chosen.seconds, browser=browser)
        browser.close()
    limits = {
        "1_room_drawn_p99_ms": LIMITS_MS[1],
        "20_rooms_drawn_p99_ms": LIMITS_MS[20],
        "20_rooms_streams_p99_ms": LIMITS_MS[20],
    }
    return tell("live_latency", figures, limits, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
