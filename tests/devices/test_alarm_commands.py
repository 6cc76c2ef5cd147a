"""`ebbtide alarms` and `ebbtide episodes`, on made-up and on real recordings."""

import json

import pytest

from ebbtide.cli import alarms, episodes, main
from ebbtide.devices.recordings import open_recording

# Runs of SpO2 below 90 for at least 1, 5, 10, 15 and 19 s, below 88 for 15 s, pulse 130 for 10 s.
GOLDEN = {
    "P003": (1839, 40, 1, 1, 1, 0, 0, 0, 0),
    "P004": (2049, 1361, 7, 4, 4, 3, 2, 1, 1),
    "P021": (1718, 0, 0, 0, 0, 0, 0, 0, 0),
    "P040": (3303, 4, 0, 0, 0, 0, 0, 0, 1),
    "P045": (7684, 304, 0, 0, 0, 0, 0, 0, 1),
    "P051": (4155, 4148, 1, 1, 0, 0, 0, 0, 1),
    "P055": (1777, 328, 10, 9, 8, 6, 6, 4, 9),
    "P066": (1207, 20, 13, 12, 11, 8, 6, 0, 0),
    "P085": (3019, 127, 0, 0, 0, 0, 0, 0, 0),
    "P126": (4863, 336, 2, 1, 1, 1, 1, 1, 0),
    "P127": (4335, 4227, 0, 0, 0, 0, 0, 0, 0),
}
COUNTED = [
    *(("spo2", "--below", "90", seconds) for seconds in (1, 5, 10, 15, 19)),
    ("spo2", "--below", "88", 15),
    ("pulse", "--from", "130", 10),
]


@pytest.fixture
def file_of(tmp_path):
    def write(rows, head="spo2,pr"):
        path = tmp_path / "visit.csv"
        stamps = (f"9:{row // 60:02}:{row % 60:02}" for row in range(len(rows)))
        lines = (f"{stamp},{row}" for stamp, row in zip(stamps, rows, strict=True))
        path.write_text("\n".join([f"Time,{head}", *lines, ""]))
        return str(path)

    return write


@pytest.mark.real_data
@pytest.mark.parametrize("name", GOLDEN)
def test_plain_runs_of_real_recordings_are_the_golden_counts(name, shared_data, capsys):
    path = str(shared_data / "sedation" / f"{name}.csv")
    told = []
    for quantity, side, number, seconds in COUNTED:
        asked = ["--quantity", quantity, side, number, "--seconds", str(seconds), "--json"]
        assert episodes.run([path, *asked]) == 0
        told.append(json.loads(capsys.readouterr().out))
        assert len(told[-1]["runs"]) == told[-1]["count"]
    found = (told[0]["rows"], told[0]["invalid"], *(each["count"] for each in told))
    assert found == GOLDEN[name]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["P021", "P040", "P045", "P051", "P085", "P127"])
def test_no_sentinel_or_artefact_is_taken_for_hypoxia(name, shared_data):
    recording = open_recording(shared_data / "sedation" / f"{name}.csv")
    graver = [a for a in alarms.alarms_of(recording) if a.condition == "spo2.below"]
    assert [alarm for alarm in graver if alarm.limit <= 90] == []


def test_alarms_are_told_with_value_limit_and_delay(file_of, capsys):
    path = file_of([*["97,70"] * 5, *["89,70"] * 15, *["97,70"] * 5])
    assert alarms.run([path, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 25
    assert "monitor's own alarms come first" in told["note"]
    assert told["alarms"] == [
        {
            "number": 1,
            "quantity": "spo2",
            "condition": "spo2.below",
            "priority": "medium",
            "raised_s": 19,
            "cleared_s": 22,
            "value": 89,
            "unit": "%",
            "limit": 90,
            "delay_s": 15,
        }
    ]


def test_people_read_the_same(file_of, capsys):
    rows = [*["97,70"] * 5, *["84,130"] * 15, *["0,0"] * 6]
    assert alarms.run([file_of(rows)]) == 0
    out = capsys.readouterr().out
    assert "4 alarms: 1 High, 1 Medium, 2 Low" in out
    assert "below 85% for 5 s" in out
    assert "130 /min  above 120 /min for 15 s" in out
    assert "SpO₂ no values" in out
    assert "This is a second display: the bedside monitor's own alarms come first" in out


def test_cuff_readings_of_a_file_are_judged_once_each(file_of, capsys):
    rows = ["97,190,112", *["97,190,112"] * 5, "97,120,80"]
    assert alarms.run([file_of(rows, head="spo2,sbp,dbp")]) == 0
    out = capsys.readouterr().out
    assert "1 alarm: 1 High" in out
    assert "above 180 mmHg, each reading once" in out


def test_a_gap_between_rows_is_a_silent_monitor(tmp_path, capsys):
    path = tmp_path / "gap.csv"
    path.write_text("Time,spo2\n9:00:00,97\n9:00:01,97\n9:00:02,97\n9:00:40,97\n9:00:41,97\n")
    assert alarms.run([str(path)]) == 0
    assert "Monitor" in capsys.readouterr().out


def test_a_file_without_alarms_says_so(file_of, capsys):
    assert alarms.run([file_of(["97,70"] * 5)]) == 0
    assert "0 alarms: 0 High, 0 Medium, 0 Low" in capsys.readouterr().out


def test_above_is_more_and_from_is_that_number_and_more(file_of, capsys):
    path = file_of(["97,130", "97,131", "97,129"])
    for side, count in (("--above", 1), ("--from", 2)):
        episodes.run([path, "--quantity", "pulse", side, "130", "--json"])
        [run] = json.loads(capsys.readouterr().out)["runs"]
        assert (run["seconds"], run["extreme"]) == (count, 131)


def test_runs_are_told_to_people(file_of, capsys):
    path = file_of(["97,70", "88,70", "87,70", "0,70"])
    assert episodes.run([path, "--quantity", "spo2", "--below", "90"]) == 0
    out = capsys.readouterr().out
    assert "4 rows, 1 without a valid SpO₂" in out
    assert "from 1 s for 2 s, 87% at worst" in out
    assert "monitor's own alarms come first" in out


@pytest.mark.parametrize(
    "asked",
    [
        ["alarms", "missing.csv"],
        ["alarms"],
        ["episodes", "missing.csv", "--quantity", "spo2", "--below", "90"],
        ["episodes", "FILE", "--quantity", "etco2", "--below", "90"],
        ["episodes", "FILE", "--quantity", "blood", "--below", "90"],
        ["episodes", "FILE", "--quantity", "spo2"],
        ["episodes", "FILE", "--quantity", "spo2", "--below", "90", "--above", "95"],
        ["episodes", "FILE", "--quantity", "spo2", "--below", "x"],
        ["episodes", "FILE", "--quantity", "spo2", "--below", "90", "--seconds", "0"],
    ],
)
def test_what_cannot_be_used_is_one_line_and_2(asked, file_of, capsys):
    path = file_of(["97,70", "96,70"])
    try:
        code = main([path if word == "FILE" else word for word in asked])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
