import json

import pytest

from ebbtide.cli.recording import run

CLEAN = "Time,spo2,pr\n9:00:00,97,70\n9:00:01,0,72\n9:00:02,99,0\n"


@pytest.fixture
def file_of(tmp_path):
    def write(content):
        path = tmp_path / "visit.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def test_a_clean_recording_is_described_and_exits_0(file_of, capsys):
    assert run([file_of(CLEAN)]) == 0
    out = capsys.readouterr().out
    assert "visit" in out
    assert "3 rows, one each 1 s, 0 h 00 min 02 s" in out
    table = {line.split()[0]: line.split()[1:] for line in out.splitlines() if "/min" in line}
    assert table["Pulse"] == ["2", "1", "70", "71", "72", "/min"]


def test_a_recording_with_findings_names_them_and_exits_1(file_of, capsys):
    assert run([file_of(CLEAN + "9:00:09,98,70\n")]) == 1
    assert "1 gap between rows, 6 s in all" in capsys.readouterr().out


def test_json_holds_the_same(file_of, capsys):
    assert run([file_of(CLEAN + "9:00:09,0,70\n"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["period_s"], told["length_s"]) == (4, 1, 9)
    assert told["quantities"][0] == {
        "quantity": "spo2",
        "unit": "%",
        "valid": 2,
        "invalid": 2,
        "min": 97,
        "median": 98,
        "max": 99,
    }
    assert [finding["code"] for finding in told["findings"]] == ["recording.gaps"]


def test_a_quantity_without_a_value_is_shown_as_such(file_of, capsys):
    assert run([file_of("Time,spo2\n9:00:00,0\n9:00:01,0\n")]) == 1
    assert "–" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "Time,bis\n9:00:00,40\n"])
def test_an_unusable_file_is_one_line_on_stderr_and_exits_2(file_of, capsys, content):
    path = file_of(content)
    with pytest.raises(SystemExit) as left:
        run([path])
    assert left.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert path in told.err


@pytest.mark.parametrize("argv", [[], ["a.csv", "b.csv"], ["a.csv", "--colour"]])
def test_wrong_arguments_are_one_line_on_stderr_and_exit_2(capsys, argv):
    with pytest.raises(SystemExit) as left:
        run(argv)
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.real_data
def test_real_recordings_are_described(shared_data, capsys):
    assert run([str(shared_data / "sedation" / "P003.csv")]) == 0
    assert run([str(shared_data / "sedation" / "P085.csv")]) == 1
    with pytest.raises(SystemExit) as left:
        run([str(shared_data / "wfdb" / "a103l.hea")])
    assert left.value.code == 2
    assert "1839 rows" in capsys.readouterr().out
