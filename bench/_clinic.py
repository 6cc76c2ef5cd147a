"""A clinic to measure on, made in a data folder; and what its database holds afterwards.

A process of its own, so that a bench neither loads the server's code nor shares its memory:

    python bench/_clinic.py rooms DIR COUNT MINUTES   that many rooms, each with a visit running
    python bench/_clinic.py booking DIR FILE          one patient booked where FILE is replayed
    python bench/_clinic.py samples DIR VISIT         what is stored of a visit, one row a value
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

HOUSE = "harbor"


def ask(verb: str, folder: Path, *words: object) -> Any:
    """Run one verb in a process of its own and read its answer."""
    command = [sys.executable, __file__, verb, str(folder), *map(str, words)]
    environment = os.environ | {"EBBTIDE_DEMO": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{verb}: {done.stderr}")
    return json.loads(done.stdout)


def rooms(count: int, minutes: int) -> list[str]:
    """Visits checked in that many minutes ago, the drug running since the 26th."""
    from ebbtide.cli.demo_data import bedside
    from ebbtide.cli.demo_data.visits import Detail, keep, tell_visit, watch_until
    from ebbtide.clinic.web import clock

    bedside.KEPT_EVERY_S = 0.0  # the demo's samples are thinned, a room's are not
    now = clock.now().replace(microsecond=0)
    place, protocols = open_house(now)
    visits = []
    for number in range(count):
        chart = chart_of(place, protocols, number, now)
        told = tell_visit(
            chart,
            chair_of(place, number),
            number=1,
            began=now - timedelta(minutes=minutes),
            until=now,
            last_weight_kg=None,
            detail=Detail.FED,
        )
        watch_until(told, now)
        keep(told, by=place.director.username, at=now)
        visits.append(str(told.visit.pk))
    return visits


def booking(recording: str) -> int:
    """A patient who may be checked in, on a chair whose monitor replays a recording."""
    from ebbtide.cli.demo_data.visits import book
    from ebbtide.clinic.sites.models import Device, DeviceKind
    from ebbtide.clinic.web import clock

    now = clock.now().replace(microsecond=0)
    place, protocols = open_house(now)
    Device.objects.filter(kind=DeviceKind.MONITOR).update(source=f"recording:{recording}")
    return int(book(chart_of(place, protocols, 0, now), place.chairs[0], now).pk)


def samples(visit: str) -> list[tuple[Any, ...]]:
    """Id, quantity, times in ms, value and quality, in the order they were stored."""
    from ebbtide.clinic.monitoring.models import Sample

    rows = Sample.objects.filter(visit=visit).order_by("id")
    return list(rows.values_list("id", "quantity", "at_ms", "received_ms", "value", "quality"))


def open_house(now: datetime) -> Any:
    from ebbtide.cli.demo_data.places import open_sites
    from ebbtide.cli.demo_data.protocols import approve
    from ebbtide.clinic.sites.models import Site

    if Site.objects.filter(code=HOUSE).exists():
        return place_there(), protocols_there()
    place = open_sites(now=now)[HOUSE]
    return place, approve(director=place.director, now=now)


def place_there() -> Any:
    """The house of a group that is there already."""
    from ebbtide.cli.demo_data.places import Place
    from ebbtide.clinic.people.models import User
    from ebbtide.clinic.sites.models import Site

    staff = {
        name: User.objects.get(username=name)
        for name in ("desk", "nurse", "nurse2", "prescriber", "director")
    }
    return Place(site=Site.objects.get(code=HOUSE), chairs=(), **staff)


def protocols_there() -> dict[str, Any]:
    from ebbtide.clinic.plans.models import ProtocolVersion

    return {version.indication: version for version in ProtocolVersion.objects.all()}


def chart_of(place: Any, protocols: Any, number: int, now: datetime) -> Any:
    from ebbtide.cli.demo_data.charts import open_chart
    from ebbtide.cli.demo_data.patients import PATIENTS

    plain = next(person for person in PATIENTS if person.stage == "preparing")
    person = replace(plain, given=f"Bench {number + 1}", mark="")
    day = now.astimezone(place.site.zone).date()
    return open_chart(
        person,
        number=9000 + number,
        place=place,
        protocol=protocols[person.indication],
        first_on=day,
        rng=Random(number),
        now=now,
    )


def chair_of(place: Any, number: int) -> Any:
    """A chair in a room of its own, with a simulated monitor and a pump."""
    from ebbtide.cli.demo_data.places import PUMP
    from ebbtide.clinic.sites.models import Chair, Device, DeviceKind, Room

    room = Room.objects.create(site=place.site, name=f"Bench {number + 1}")
    same = {"site": place.site, "room": room, "serial": f"SYN-BENCH-{number + 1}"}
    monitor = f"Bench monitor {number + 1}"
    Device.objects.create(kind=DeviceKind.MONITOR, label=monitor, source="simulator", **same)
    Device.objects.create(
        kind=DeviceKind.PUMP,
        label=f"Bench pump {number + 1}",
        max_rate_ml_per_h=PUMP.max_rate_ml_per_h,
        rate_step_ml_per_h=PUMP.rate_step_ml_per_h,
        **same,
    )
    return Chair.objects.create(room=room, name="Chair")


def main() -> None:
    verb, folder, *words = sys.argv[1:]

    from ebbtide.cli import clinic

    clinic.load(Path(folder))
    clinic.migrate()
    from django.db import transaction

    with transaction.atomic():
        if verb == "rooms":
            answer: Any = rooms(int(words[0]), int(words[1]))
        elif verb == "booking":
            answer = booking(words[0])
        else:
            answer = samples(words[0])
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
