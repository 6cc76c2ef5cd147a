"""`ebbtide verify` names what was changed, lost or moved, and never what the events say."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from sqlcipher3 import dbapi2 as sqlite
from visit_plugin import Bedside, minute

from ebbtide.cli import main
from ebbtide.science.visit.chain import GENESIS, hash_of, site_hash_of

pytestmark = pytest.mark.django_db


class Folder:
    """A copy of the data folder as an intruder has it: with the key, and time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def change(self, *statements: str) -> None:
        """Run SQL with the triggers out of the way, and put them back."""
        with_triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        database = self.open()
        triggers = database.execute(with_triggers).fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _, sql in triggers:
            database.execute(sql)
        database.close()

    def open(self):
        key = Path(f"{self.path}.key").read_text().strip()
        database = sqlite.connect(str(self.path / "ebbtide.db"), isolation_level=None)
        database.execute(f"PRAGMA key = \"x'{key}'\"")
        database.create_function("sha", 1, hash_of)
        return database

    @property
    def anchors(self) -> Path:
        (path,) = (self.path / "anchors").glob("*.txt")
        return path


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """Where the one folder is kept that every test takes its copy from."""
    return tmp_path_factory.mktemp("original") / "data"


@pytest.fixture
def folder(request, original, tmp_path) -> Folder:
    """Two visits, one signed and one just begun, in a data folder of their own."""
    if not original.exists():
        request.getfixturevalue("written")
    shutil.copytree(original, tmp_path / "data")
    shutil.copy(f"{original}.key", tmp_path / "data.key")
    return Folder(tmp_path / "data")


@pytest.fixture
def written(
    settings, original, booking, nurse, second_nurse, prescriber, make_booking,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    """Write the visits through the clinic, and copy its database as it then is."""
    from ebbtide.clinic.infusions import actions

    if connection.vendor != "sqlite":
        pytest.skip("it reads the embedded database")
    original.mkdir()
    settings.DATA_DIR = original
    people = {"nurse": nurse, "second": second_nurse, "prescriber": prescriber}
    with django_capture_on_commit_callbacks(execute=True):
        for number in (booking, make_booking(200)):
            visit = actions.check_in(booking=number, visit_id=uuid4(), by=nurse, at=minute(0))
            if number == booking:
                Bedside(visit, **people).sign()
        Bedside(visit, **people).weigh_and_draw()
    Path(f"{original}.key").write_text(connection.settings_dict["OPTIONS"]["key"] + "\n")
    copy_tables(connection.connection, Folder(original).open())


def copy_tables(source, target) -> None:
    """Copy what the test's own transaction has not committed, rows before triggers."""
    target.execute("PRAGMA journal_mode = WAL")
    schema = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    parts = sorted(schema.fetchall(), key=lambda part: ("table", "index", "trigger").index(part[0]))
    target.execute("BEGIN")
    for kind, name, sql in parts:
        if name.startswith("sqlite_"):
            continue
        target.execute(sql)
        if kind == "table":
            rows = source.execute(f'SELECT * FROM "{name}"').fetchall()
            for row in rows:
                target.execute(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(row))})', row)
    target.execute("COMMIT")
    target.close()


@pytest.fixture
def verify(monkeypatch, capsys) -> Callable:
    """Runs the command; gives its exit code and the lines it printed."""
    monkeypatch.delenv("EBBTIDE_KEY_FILE", raising=False)

    def run(data: Path, *options: str):
        code = main(["verify", "--data", str(data), *options])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return run


def test_an_untouched_record_holds(folder, verify):
    code, lines, errors = verify(folder.path)
    assert (code, errors) == (0, "")
    assert re.fullmatch(r"\d+ events of 2 visits at 1 site hold", lines[-1])
    assert len(lines) == 1


# Event 4 of the site is a checklist item, 19 the weight, of the first visit.
BODY = "UPDATE infusions_visitevent SET body = replace(body, 'nora', 'nils') WHERE site_seq = 4"
CUT = "DELETE FROM infusions_visitevent WHERE site_seq > 40"
MEND_HEAD = """UPDATE infusions_sitechain SET
    length = (SELECT max(site_seq) FROM infusions_visitevent),
    head = (SELECT site_hash FROM infusions_visitevent ORDER BY site_seq DESC LIMIT 1)"""


@pytest.mark.parametrize(
    ("statements", "first_line"),
    [
        ([BODY], r"site harbor, visit \S+, event 4 \(gate_confirmed\): its content was changed"),
        (
            [BODY, "UPDATE infusions_visitevent SET hash = sha(body) WHERE site_seq = 4"],
            r"event 4 \(gate_confirmed\): does not follow the event before it in the site's chain",
        ),
        (["DELETE FROM infusions_visitevent WHERE site_seq = 4"], r"event 5 .*: 1 event.* missing"),
        (
            [
                "UPDATE infusions_visitevent SET site_seq = 9999 WHERE site_seq = 4",
                "UPDATE infusions_visitevent SET site_seq = 4 WHERE site_seq = 5",
                "UPDATE infusions_visitevent SET site_seq = 5 WHERE site_seq = 9999",
            ],
            r"event 5 \(gate_confirmed\): .* is another one from here|does not follow",
        ),
        (["UPDATE infusions_visitevent SET kind = 'held' WHERE site_seq = 4"], r"event 4 \(held\)"),
        (
            ["UPDATE infusions_visitevent SET id = 'not a number' WHERE site_seq = 4"],
            r"site harbor: event 4 of the site: its index cannot be read",
        ),
        (["UPDATE infusions_visitevent SET body = x'00ff' WHERE site_seq = 4"], r"event 4 "),
        ([CUT], r"site harbor: event\(s\) 41 to \d+ of the site are missing: anchors/harbor"),
        ([CUT, MEND_HEAD], r"site harbor: event\(s\) 41 to \d+ of the site are missing: anchors"),
        (
            ["DELETE FROM infusions_visitevent", "DELETE FROM infusions_sitechain"],
            r"event\(s\) 1 to",
        ),
        (["DELETE FROM infusions_sitechain"], r"site harbor: the head of the site's chain is mis"),
        (
            ["UPDATE infusions_sitechain SET length = 3"],
            r"site harbor: the site's head counts 3 of",
        ),
        (
            ["UPDATE infusions_sitechain SET length = length + 2"],
            r"of the site are missing: its head counts them",
        ),
        (["UPDATE infusions_sitechain SET head = 'f'"], r"the site's head does not name its last"),
    ],
)
def test_what_was_done_to_the_record_is_named(folder, verify, statements, first_line):
    folder.change(*statements)
    code, lines, _ = verify(folder.path)
    assert code == 1
    assert re.search(first_line, lines[0]), lines
    assert re.search(r"read, \d+ faults? found", lines[-1])


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            ["DELETE FROM infusions_visit WHERE rowid = 1"],
            "its events are there, the visit is missing",
        ),
        (
            [
                """INSERT INTO infusions_visit
                (id, created_at, booking_id, chair_id, order_id, patient_id, site_id)
                SELECT 'ab' || substr(id, 3), created_at, 99, chair_id, order_id, patient_id,
                site_id FROM infusions_visit LIMIT 1"""
            ],
            "the visit is there, its events are missing",
        ),
        (["UPDATE sites_site SET code = 'ridge'"], "its events are in the chain of harbor"),
        (
            ["UPDATE people_patient SET number = 'EB-0008'"],
            "filed under another patient than at its check-in",
        ),
        (["UPDATE audit_auditevent SET actor = 'x' WHERE seq = 3"], "audit event 3 was changed"),
        (["UPDATE audit_auditevent SET detail = '{' WHERE seq = 3"], "audit event 3 was changed"),
        (["UPDATE audit_auditevent SET at = 'noon' WHERE seq = 3"], "audit event 3 was changed"),
        (["DELETE FROM audit_auditevent WHERE seq = 3"], "audit event 3 is missing"),
        (
            ["DELETE FROM audit_auditevent WHERE seq > 40"],
            "audit event 41 is missing: the head counts",
        ),
        (["DELETE FROM audit_audithead"], "audit"),
    ],
)  # fmt: skip
def test_what_was_done_around_the_record_is_named(folder, verify, statements, said):
    folder.change(
        "PRAGMA ignore_check_constraints = ON", "PRAGMA writable_schema = ON", *statements
    )
    code, lines, _ = verify(folder.path)
    assert code == 1
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(
    "name",
    [
        *("infusions_visitevent_no_update", "infusions_visitevent_no_delete"),
        *("audit_event_no_update", "audit_event_no_delete"),
        *("audit_head_no_delete", "audit_head_only_grows"),
    ],
)
@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_trigger_that_no_longer_refuses_is_named(folder, verify, name, is_replaced):
    database = folder.open()
    query = "SELECT sql FROM sqlite_master WHERE name = ?"
    (sql,) = database.execute(query, (name,)).fetchone()
    database.execute(f"DROP TRIGGER {name}")
    if is_replaced:
        database.execute(re.sub(r"(WHEN .*)?\s+BEGIN", " WHEN 1 = 0 BEGIN", sql))
    database.close()
    code, lines, _ = verify(folder.path)
    assert code == 1
    assert name in lines[0]


def test_a_record_that_was_shortened_and_mended_contradicts_its_anchors(folder, verify):
    database = folder.open()
    rows = database.execute(
        "SELECT rowid, site_seq, body FROM infusions_visitevent ORDER BY site_seq"
    ).fetchall()
    heads, site_head, statements = {}, GENESIS, []
    for rowid, site_seq, stored in rows:
        event = json.loads(stored)
        body = stored.replace(event["previous"], heads.get(event["visit"], GENESIS))
        body = body.replace('"80"', '"81"').replace('"lot":""', '"lot":"other"')
        digest = heads[event["visit"]] = hash_of(body)
        site_head = site_hash_of(
            previous=site_head, site="harbor", site_seq=site_seq, event_hash=digest
        )
        quoted = body.replace("'", "''")
        statements.append(
            f"UPDATE infusions_visitevent SET body = '{quoted}', hash = '{digest}', "
            f"site_hash = '{site_head}' WHERE rowid = {rowid}"
        )
    database.close()
    folder.change(*statements, MEND_HEAD)
    code, lines, _ = verify(folder.path)
    assert code == 1
    assert re.search(r"event \d+ \(dose_drawn\): the site's chain is another one", lines[0])
    assert len(lines) == 2


def test_anchors_may_lag_and_an_unfinished_line_is_being_written(folder, verify):
    lines = folder.anchors.read_text().splitlines()
    folder.anchors.write_text("\n".join(lines[:30]) + "\n31 abc")
    assert verify(folder.path)[0] == 0
    shutil.rmtree(folder.path / "anchors")
    assert verify(folder.path)[0] == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("scribble\n", "cannot be read"),
        (f"3 {'0' * 64}\n", "contradicts an earlier one"),
        (f"9999 {'0' * 64}\n", "of the site are missing: anchors/harbor.txt names them"),
    ],
)
def test_an_anchor_that_cannot_be_is_named(folder, verify, line, said):
    with folder.anchors.open("a") as anchors:
        anchors.write(line)
    code, lines, _ = verify(folder.path)
    assert code == 1
    assert said in lines[0]


def test_a_damaged_page_names_the_events_on_it_and_the_rest_is_still_checked(folder, verify):
    database = folder.open()
    size = int(database.execute("PRAGMA cipher_page_size").fetchone()[0])
    database.close()
    file = folder.path / "ebbtide.db"
    whole = file.read_bytes()
    found = set()
    for page in range(2, len(whole) // size + 1):
        torn = bytearray(whole)
        torn[(page - 1) * size + 200] ^= 1
        file.write_bytes(torn)
        code, lines, errors = verify(folder.path)
        assert code in (1, 2), page
        assert (code == 2) == ("damaged where its tables are listed" in errors)
        found |= {line for line in lines if re.search(r"visit \S+, event \d+: it cannot be", line)}
        assert any("damaged" in line for line in [*lines, errors]), (page, lines)
    assert len(found) > 10
    file.write_bytes(whole)
    assert verify(folder.path)[0] == 0


def test_it_changes_nothing_and_leaves_nothing(folder, verify):
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    verify(folder.path)
    assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before


def test_it_sees_what_a_running_server_has_just_written(folder, verify):
    server = folder.open()
    server.execute("PRAGMA journal_mode = WAL")
    server.execute("PRAGMA wal_autocheckpoint = 0")
    assert verify(folder.path)[0] == 0
    server.execute("DROP TRIGGER infusions_visitevent_no_update")
    server.execute(BODY)
    code, lines, _ = verify(folder.path)
    server.close()
    assert code == 1
    assert "event 4 (gate_confirmed)" in lines[0]


def test_it_prints_nothing_of_what_the_events_say(folder, verify):
    folder.change("UPDATE infusions_visitevent SET body = body || ' ', hash = 'x'")
    code, lines, _ = verify(folder.path)
    everything = "\n".join([*lines, *verify(folder.path, "--json")[1]])
    assert code == 1
    for word in ("Testwell", "weight_kg", "payload", "nora", "EB-0007"):
        assert word not in everything


def test_many_faults_are_counted_not_poured_out(folder, verify, monkeypatch):
    monkeypatch.setattr("ebbtide.cli.verify.MOST_LINES", 10)
    folder.change("UPDATE infusions_visitevent SET body = body || ' '")
    _, lines, _ = verify(folder.path)
    assert len(lines) == 12
    assert re.fullmatch(r"… and \d+ more; --json lists them all", lines[10])


def test_for_programs_it_prints_json(folder, verify):
    _, lines, _ = verify(folder.path, "--json")
    told = json.loads("\n".join(lines))
    assert (told["holds"], told["visits"], told["sites"], told["faults"]) == (True, 2, 1, [])
    folder.change(BODY)
    _, lines, _ = verify(folder.path, "--json")
    told = json.loads("\n".join(lines))
    assert told["holds"] is False
    fault = told["faults"][0]
    assert (fault["site"], fault["seq"], fault["event"]) == ("harbor", 4, "gate_confirmed")


def test_it_needs_no_web_framework(folder):
    program = (
        "import sys, importlib.abc\n"
        "class Refuse(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'rules', 'allauth', 'uvicorn'):\n"
        "            raise ImportError('no framework here: ' + name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from ebbtide.cli import main\n"
        "raise SystemExit(main(sys.argv[1:]))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "EBBTIDE_KEY_FILE"}
    command = [sys.executable, "-c", program, "verify", "--data", str(folder.path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hold" in done.stdout


class TestWhatCannotBeRead:
    def refused(self, verify, data: Path, said: str) -> None:
        code, lines, errors = verify(data)
        assert (code, lines) == (2, [])
        assert said in errors
        assert len(errors.splitlines()) == 1

    def test_no_folder(self, verify, tmp_path):
        self.refused(verify, tmp_path / "nowhere", "There is no folder")

    def test_no_key(self, verify, tmp_path):
        self.refused(verify, tmp_path, "EBBTIDE_KEY_FILE may name another")

    def test_a_key_that_is_none(self, folder, verify):
        Path(f"{folder.path}.key").write_text("secret")
        self.refused(verify, folder.path, "must hold 64 hexadecimal digits")

    def test_no_database(self, folder, verify):
        (folder.path / "ebbtide.db").unlink()
        self.refused(verify, folder.path, "There is no database")

    def test_another_key(self, folder, verify):
        Path(f"{folder.path}.key").write_text("ab" * 32)
        self.refused(verify, folder.path, "does not open")

    def test_a_file_that_is_no_database(self, folder, verify):
        (folder.path / "ebbtide.db").write_bytes(b"scribble" * 1000)
        self.refused(verify, folder.path, "or it is no database")

    def test_a_database_of_something_else(self, folder, verify):
        database = folder.open()
        database.execute("ALTER TABLE infusions_visitevent RENAME TO elsewhere")
        database.close()
        self.refused(verify, folder.path, "holds no record of visits")

    def test_an_option_it_does_not_know(self, folder, capsys):
        with pytest.raises(SystemExit) as left:
            main(["verify", "--data", str(folder.path), "--loudly"])
        assert left.value.code == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_key_may_lie_elsewhere(folder, verify, monkeypatch, tmp_path):
    key = Path(f"{folder.path}.key").rename(tmp_path / "kept.key")
    monkeypatch.setenv("EBBTIDE_KEY_FILE", str(key))
    assert verify(folder.path)[0] == 0


def test_on_a_terminal_it_says_how_far_it_is(folder, verify, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    _, _, errors = verify(folder.path)
    assert re.search(r"(\d+) of \1 events checked", errors)
