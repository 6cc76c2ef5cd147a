"""The same visit without a page: the addresses and forms of the room, posted by hand."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any
from uuid import uuid4

from tests.browser.nurse import BASELINE, ESCORT, RECOVERED
from tests.browser.server import PASSWORD

PATIENCE_S = 30


class PostedVisit:
    """One nurse's session with the server, and the visit it opens."""

    def __init__(self, url: str) -> None:
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._token = _token_of(self.get("/account/login/"))
        self._post("/account/login/", login="nurse", password=PASSWORD)
        today = self.get("/today/")
        self._token = _token_of(today)  # logging in made a new one
        place = re.search(r'action="(/bookings/\d+/check-in/)"', today)[1]
        opened = self._post(place)
        self.visit = re.search(r"/visits/([0-9a-f-]{36})/", opened.geturl())[1]

    def get(self, path: str) -> str:
        with self._opener.open(self.url + path, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def room(self, path: str = "") -> str:
        """A page of the visit."""
        return self.get(f"/visits/{self.visit}/{path}")

    def fetch_record(self) -> bytes:
        place = f"{self.url}/visits/{self.visit}/record.pdf"
        with self._opener.open(place, timeout=PATIENCE_S) as answer:
            assert answer.headers["Content-Type"] == "application/pdf"
            return answer.read()

    def enter(self, path: str, /, **fields: Any) -> dict:
        """Post one entry; it is taken, or the findings are the failure."""
        address = f"/visits/{self.visit}/{path}/"
        fields = {"entry_id": uuid4(), **fields}
        try:
            with self._post(address, accept="application/json", **fields) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{path}: {refused.code} {refused.read().decode()}") from None

    def give(self) -> None:
        """Everything from the weight to the STOP, one hold and one change of rate among it."""
        self.prepare()
        self.start()
        self.enter("entries/held")
        self.enter("entries/resumed", rate_ml_per_h=90)
        self.enter("entries/rate_changed", rate_ml_per_h=100)
        self.enter("entries/reading_entered", systolic_mmhg=141, diastolic_mmhg=86, moaas=4)
        self.enter("stop")

    def prepare(self) -> None:
        """Everything that must be so before the start."""
        room = self.room()
        last = re.search(r"last time ([\d.]+) kg", room)
        self.enter("entries/weight_taken", weight_kg=last[1] if last else 80, prosthesis="off")
        self.enter("entries/dose_drawn", stock_mg_per_ml=50, vial_ml=10)
        room = self.room()
        drawn = re.search(r'name="drawn" value="([0-9a-f-]{36})"', room)[1]
        self.enter("entries/dose_checked", drawn=drawn, witness="nurse2", password=PASSWORD)
        self.enter("entries/line_placed", limb="right arm", place="forearm")
        self._confirm(room, "gate_confirmed")
        self._score("cadss-6", [0] * 6)
        self.enter("entries/reading_entered", **BASELINE)

    def start(self) -> None:
        """At the rate that the start sheet proposes."""
        self.enter("entries/started", rate_ml_per_h=_rate(self.room()))

    def leave(self) -> None:
        """Everything from the first recovery reading to the signature."""
        self.hand_over()
        self.sign()

    def hand_over(self) -> None:
        """Recovered, and gone home early for a reason."""
        for _ in range(2):
            self.enter("entries/recovery_reading_entered", **RECOVERED)
        self._score("aldrete", [2] * 5)
        self._score("cadss-6", [0] * 6)
        self._confirm(self.room(), "discharge_confirmed")
        reason = "Prescriber agrees: alert, escort stays the night."
        self.enter("entries/handed_over", **ESCORT, reason=reason)

    def sign(self) -> None:
        self.enter("sign", password=PASSWORD)

    def _confirm(self, room: str, kind: str) -> None:
        forms = re.findall(rf'entries/{kind}/".*?name="item" value="(\w+)"', room, re.DOTALL)
        assert forms
        for item in forms:
            self.enter(f"entries/{kind}", item=item, answer="yes")

    def _score(self, instrument: str, answers: list[int]) -> None:
        named = {f"answer_{number}": answer for number, answer in enumerate(answers, start=1)}
        self.enter("entries/score_taken", instrument=instrument, **named)

    def _post(self, path: str, /, *, accept: str = "text/html", **fields: Any) -> Any:
        data = urllib.parse.urlencode(fields).encode()
        headers = {"Accept": accept, "X-CSRFToken": self._token}
        request = urllib.request.Request(self.url + path, data, headers)
        return self._opener.open(request, timeout=PATIENCE_S)


def _token_of(page: str) -> str:
    return re.search(r'name="csrf-token" content="(\w+)"', page)[1]


def _rate(room: str) -> str:
    """The rate that the start sheet proposes, mL/h."""
    field = re.search(r'<input[^>]*id="started-rate_ml_per_h"[^>]*>', room)[0]
    return re.search(r'value="([\d.]+)"', field)[1]
