import shutil
import struct

import pytest

from ebbtide.devices.recordings import RecordingError, open_recording, summarise
from ebbtide.science.vitals.validity import Quantity

RECORD = "s00001-2896-10-10-00-31n"
NOT_MEASURED = -32768
SIGNALS = ["PULSE 1/bpm", "SpO2 1/%", "NBPSys 1/mmHg", "NBPDias 1/mmHg", "NBPMean 1/mmHg"]


@pytest.fixture
def record_of(tmp_path):
    """Write a record of five signals and give the path of its header."""

    def write(*rows, rate="0.0166666666667", signals=SIGNALS, length=None, data_file="r.dat"):
        (tmp_path / "r.dat").write_bytes(b"".join(struct.pack("<5h", *row) for row in rows))
        lines = [f"r {len(signals)} {rate} {len(rows) if length is None else length}"]
        for place, signal in enumerate(signals):
            name, gain = signal.split()
            total = sum(row[place] for row in rows)
            total = (total + 2**15) % 2**16 - 2**15
            lines.append(f"{data_file} 16 {gain} 16 0 {rows[0][place]} {total} 0 {name}")
        (tmp_path / "r.hea").write_text("\n".join(lines) + "\n")
        return tmp_path / "r.hea"

    return write


def codes(recording):
    return [finding.code.removeprefix("recording.") for finding in recording.findings]


def series(recording, quantity):
    return [
        next((s.value for s in frame.samples if s.quantity is quantity), "absent")
        for frame in recording.frames
    ]


OFF = (NOT_MEASURED,) * 3
ROWS = [(70, 97, *OFF), (0, 0, 120, 72, 89), (71, 98, 120, 72, 89), (72, 98, *OFF)]


@pytest.mark.real_data
def test_the_real_numerics_are_read_as_they_were_counted(shared_data):
    recording = open_recording(shared_data / "wfdb" / "s00001" / f"{RECORD}.hea")
    by_quantity = {summary.quantity: summary for summary in summarise(recording)}
    assert len(recording.frames) == 1936
    assert recording.period_s == 60
    assert recording.frames[-1].offset_s == 1935 * 60
    systolic, diastolic = by_quantity[Quantity.SYSTOLIC], by_quantity[Quantity.DIASTOLIC]
    assert (systolic.valid, systolic.invalid, systolic.low, systolic.high) == (152, 0, 108, 167)
    assert (diastolic.valid, diastolic.low, diastolic.high) == (152, 51, 88)
    assert by_quantity[Quantity.SPO2].invalid == 363
    assert by_quantity[Quantity.RESP].invalid == 45
    assert codes(recording) == ["unused_column"] * 4
    assert "ABPSys" in recording.findings[0].message
    assert all(frame.device_at is None for frame in recording.frames)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("100-no-len", "no_usable_column"),
        ("a103l", "no_usable_column"),
        ("a103l-no-len", "no_usable_column"),
        ("v102s", "no_usable_column"),
        ("wave_4", "no_usable_column"),
        ("drive02", "companion_missing"),
        ("drive02-no-len", "companion_missing"),
        ("fixed1/v102s", "segments"),
    ],
)
def test_real_records_that_hold_no_numerics_are_refused_in_words(shared_data, name, code):
    with pytest.raises(RecordingError) as refused:
        open_recording(shared_data / "wfdb" / f"{name}.hea")
    assert [finding.code for finding in refused.value.findings] == [f"recording.{code}"]


@pytest.mark.real_data
@pytest.mark.parametrize("size", [20_001, 38_719])
def test_a_real_record_cut_off_is_read_up_to_its_last_whole_row(shared_data, tmp_path, size):
    folder = shared_data / "wfdb" / "s00001"
    shutil.copyfile(folder / f"{RECORD}.hea", tmp_path / f"{RECORD}.hea")
    (tmp_path / "3975656n.dat").write_bytes((folder / "3975656n.dat").read_bytes()[:size])
    whole = open_recording(folder / f"{RECORD}.hea")
    torn = open_recording(tmp_path / f"{RECORD}.hea")
    assert torn.frames == whole.frames[: size // 20]
    assert codes(torn)[-1] == "torn"


def test_zeros_are_sensors_that_were_off_and_a_repeated_cuff_reading_is_one(record_of):
    recording = open_recording(record_of(*ROWS))
    assert series(recording, Quantity.PULSE) == [70, None, 71, 72]
    assert series(recording, Quantity.SPO2) == [97, None, 98, 98]
    assert series(recording, Quantity.SYSTOLIC) == ["absent", 120, "absent", "absent"]
    assert series(recording, Quantity.MEAN) == ["absent", 89, "absent", "absent"]
    assert codes(recording) == []


def test_the_data_file_names_the_record_as_well_as_the_header(record_of):
    header = record_of(*ROWS)
    assert open_recording(header.with_suffix(".dat")) == open_recording(header)


@pytest.mark.parametrize("cut", [0, 1])
def test_a_record_whose_length_is_not_said_is_counted(record_of, cut):
    header = record_of(*ROWS, length="")
    data = header.with_suffix(".dat").read_bytes()
    header.with_suffix(".dat").write_bytes(data + b"\x01" * cut)
    recording = open_recording(header)
    assert len(recording.frames) == 4
    assert codes(recording) == ["no_length"]


def test_altered_data_are_told_by_their_checksum(record_of):
    header = record_of(*ROWS)
    data = bytearray(header.with_suffix(".dat").read_bytes())
    data[0] ^= 1
    header.with_suffix(".dat").write_bytes(data)
    recording = open_recording(header)
    assert codes(recording) == ["checksum"]
    assert "PULSE" in recording.findings[0].message
    assert "SpO2" not in recording.findings[0].message


def test_a_signal_in_another_unit_is_left_out(record_of):
    signals = ["PULSE 1/NU", *SIGNALS[1:]]
    recording = open_recording(record_of(*ROWS, signals=signals))
    assert Quantity.PULSE not in {s.quantity for f in recording.frames for s in f.samples}
    assert "is in nu, not in /min" in recording.findings[0].message


def test_a_waveform_is_refused_whatever_it_is_called(record_of):
    with pytest.raises(RecordingError, match="250 rows a second"):
        open_recording(record_of(*ROWS, rate="250"))


def test_a_header_without_its_data_file_is_refused(record_of):
    header = record_of(*ROWS)
    header.with_suffix(".dat").unlink()
    with pytest.raises(RecordingError, match=r"r\.dat is not beside the header"):
        open_recording(header)


def test_a_header_that_points_into_another_folder_is_refused(record_of):
    with pytest.raises(RecordingError, match="not one of a WFDB record"):
        open_recording(record_of(*ROWS, data_file="../r.dat"))


def test_an_empty_data_file_is_refused(record_of):
    header = record_of(*ROWS)
    header.with_suffix(".dat").write_bytes(b"")
    with pytest.raises(RecordingError, match="no whole row"):
        open_recording(header)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"# only a comment\n",
        b"r\n",
        b"r two 60 4\n",
        b"r 5 0 4\n",
        b"r 0 60 4\n",
        b"r 5 0.0166 4\nr.dat 16\n",
        b"r 1 0.0166 4\nr.dat 999 1/bpm 16 0 0 0 0 PULSE\n",
        b"r 1 0.0166 99999999999999\nr.dat 212 1/bpm 12 0 0 0 0 PULSE\n",
        b"r 1 0.0166\nr.dat 212 1/bpm 12 0 0 0 0 PULSE\n",
        b"r 1 0.0166 4\nr.dat 16 1/bpm 16 0 0 0 0 PULSE\nr.dat 16 1/bpm 16 0 0 0 0 PR\n",
        b"Time,spo2\n9:00,97\n",
        bytes(range(256)),
        b"\xff\xfe\x00r",
    ],
)
def test_a_broken_header_is_refused_in_words(record_of, broken):
    header = record_of(*ROWS)
    header.write_bytes(broken)
    with pytest.raises(RecordingError) as refused:
        open_recording(header)
    assert str(refused.value).endswith(".")


def test_a_header_that_is_not_there_or_far_too_large_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="cannot be opened"):
        open_recording(tmp_path / "none.hea")
    (tmp_path / "large.hea").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(RecordingError, match="1 MiB"):
        open_recording(tmp_path / "large.hea")
