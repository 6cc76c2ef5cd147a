import contextlib
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebbtide.devices.recordings import (
    Recording,
    RecordingError,
    RecordingSource,
    open_recording,
    summarise,
)
from ebbtide.science.findings import Severity
from ebbtide.science.vitals.validity import Quality, Quantity

# rows, invalid saturations, and runs of saturation below 90 of at least 1, 5, 10, 15, 19 s;
# counted upstream of this project with a few lines of another program (recorded).
GOLDEN = {
    "P003": (1839, 40, (1, 1, 1, 0, 0)),
    "P004": (2049, 1361, (7, 4, 4, 3, 2)),
    "P040": (3303, 4, (0, 0, 0, 0, 0)),
    "P045": (7684, 304, (0, 0, 0, 0, 0)),
    "P051": (4155, 4148, (1, 1, 0, 0, 0)),
    "P055": (1777, 328, (10, 9, 8, 6, 6)),
    "P066": (1207, 20, (13, 12, 11, 8, 6)),
    "P126": (4863, 336, (2, 1, 1, 1, 1)),
    "P021": (1718, 0, (0, 0, 0, 0, 0)),
    "P085": (3019, 127, (0, 0, 0, 0, 0)),
    "P127": (4335, 4227, (0, 0, 0, 0, 0)),
}
HEADER = "Time              ,co2,spo2,pr\r\n"


@pytest.fixture
def recording_of(tmp_path):
    """Write a file and read it as a recording."""
    numbers = itertools.count()

    def read(content, name="visit"):
        path = tmp_path / f"{name}{next(numbers)}.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_recording(path)

    return read


@pytest.fixture
def refusal_of(recording_of):
    """Write a file that cannot be used and give the codes and words of the refusal."""

    def read(content):
        with pytest.raises(RecordingError) as refused:
            recording_of(content)
        findings = refused.value.findings
        assert all(finding.severity is Severity.BLOCK for finding in findings)
        return [finding.code for finding in findings], str(refused.value)

    return read


def codes(recording):
    return [finding.code.removeprefix("recording.") for finding in recording.findings]


def offsets(recording):
    return [frame.offset_s for frame in recording.frames]


def series(recording, quantity):
    return [
        next((s.value for s in frame.samples if s.quantity is quantity), "absent")
        for frame in recording.frames
    ]


def stamped(*clock_times, end="\n"):
    rows = [f"09/08/2019 {clock},45,97,70" for clock in clock_times]
    return HEADER + end.join(rows) + end


def runs_below_90(values):
    low = (value is not None and 1 <= value < 90 for value in values)
    return [len(list(run)) for is_low, run in itertools.groupby(low) if is_low]


@pytest.mark.real_data
@pytest.mark.parametrize("name", GOLDEN)
def test_a_real_recording_is_read_as_it_was_counted(shared_data, name):
    rows, invalid, runs = GOLDEN[name]
    recording = open_recording(shared_data / "sedation" / f"{name}.csv")
    saturation = series(recording, Quantity.SPO2)
    lengths = runs_below_90(saturation)
    assert len(recording.frames) == rows
    assert saturation.count(None) == invalid
    assert tuple(sum(n >= least for n in lengths) for least in (1, 5, 10, 15, 19)) == runs
    assert recording.period_s == 1.0
    assert offsets(recording) == pytest.approx(range(rows), abs=1.0)
    assert codes(recording) == (["minute_stamps"] if name == "P085" else [])


@pytest.mark.real_data
def test_no_true_date_leaves_a_real_recording(shared_data):
    for path in sorted((shared_data / "sedation").glob("P*.csv")):
        recording = open_recording(path)
        assert recording.frames[0].offset_s == 0
        assert all(frame.device_at is None for frame in recording.frames)
        assert not any(year in str(recording.findings) for year in ("2019", "2020"))


def test_a_zero_a_blank_and_a_word_are_no_reading(recording_of):
    recording = recording_of(
        HEADER
        + "09/08/2019 2:09:13,            ,0,71\r\n"
        + "09/08/2019 2:09:14,44.5,-100,\r\n"
        + "09/08/2019 2:09:15,NaN,97,leads off\r\n"
    )
    assert series(recording, Quantity.CO2) == [None, 44.5, None]
    assert series(recording, Quantity.SPO2) == [None, None, 97]
    assert series(recording, Quantity.PULSE) == [71, None, None]
    assert codes(recording) == ["not_numbers", "not_numbers"]
    assert "leads off" in recording.findings[1].message


def test_an_impossible_value_is_kept_and_marked(recording_of):
    recording = recording_of(HEADER + "09/08/2019 2:09:13,44,197,70\n")
    spo2 = next(s for s in recording.frames[0].samples if s.quantity is Quantity.SPO2)
    assert (spo2.value, spo2.quality) == (197, Quality.OUT_OF_RANGE)


@pytest.mark.parametrize(
    "text",
    [
        "time,spo2,pr\n2031-03-04T09:00:00,97,70\n2031-03-04T09:00:01,96,71\n",
        "time,spo2,pr\n2031-03-04 09:00:00Z,97,70\n2031-03-04 09:00:01Z,96,71\n",
        "\ufefftime,spo2,pr\r\n2031-03-04 09:00:00,97,70\r\n2031-03-04 09:00:01,96,71\r\n",
        "pr;SpO2 (%);Time\n70;97;04/03/2031 09:00:00\n71;96;04/03/2031 09:00:01\n",
        '"Time","SpO2","PR"\n"04/03/2031 9:00:00","97","70"\n"04/03/2031 9:00:01","96","71"\n',
        "time\tspo2_percent\tpulse_per_min\n9:00:00\t97\t70\n9:00:01\t96\t71\n",
        "seconds,spo2,pulse [bpm]\n0,97,70\n1,96,71\n",
        "t (ms),spo2,pulse rate\n5000,97,70\n6000,96,71\n",
        "date,time,spo2,pr\n4/3/2031,9:00:00,97,70\n4/3/2031,9:00:01,96,71\n",
        "Time,SpO2,PR\n03/04/2031 11:59:59 PM,97,70\n03/05/2031 12:00:00 AM,96,71\n",
        "Time,SpO2,PR\n23:59:59,97,70\n00:00:00,96,71\n",
        "time,spo2,pr\r2031-03-04 09:00:00.0,97.0,70\r2031-03-04 09:00:01.0,96.0,71\r",
    ],
    ids=[
        "ISO",
        "zone",
        "byte order mark",
        "semicolons in another order",
        "quoted",
        "tabs and units in names",
        "seconds",
        "milliseconds",
        "date apart",
        "month first over midnight",
        "no date over midnight",
        "carriage returns",
    ],
)
def test_other_files_of_the_kind_are_read(recording_of, text):
    recording = recording_of(text)
    assert series(recording, Quantity.SPO2) == [97, 96]
    assert series(recording, Quantity.PULSE) == [70, 71]
    assert offsets(recording) == [0, 1]
    assert codes(recording) == []


def test_a_utf_16_file_with_decimal_commas_is_read(recording_of):
    text = "Time;temp (°C);spo2\n09:00:00;36,7;97\n09:00:01;36,8;97\n"
    recording = recording_of(text.encode("utf-16"))
    assert series(recording, Quantity.TEMPERATURE) == [36.7, 36.8]


def test_dates_that_could_be_read_either_way_are_read_so_that_days_follow(recording_of):
    # 3 to 4 April in month-first order; day first would leap a month.
    text = "time,spo2\n04/03/2031 23:59:59,97\n04/04/2031 0:00:00,97\n"
    assert offsets(recording_of(text)) == [0, 1]


def test_lines_before_the_header_are_passed_over_and_told(recording_of):
    recording = recording_of("Device,SDM\nSerial,12\n" + HEADER + "09/08/2019 2:09:13,44,97,70\n")
    assert codes(recording) == ["preamble"]
    assert series(recording, Quantity.SPO2) == [97]


def test_more_quantities_are_found_by_their_names(recording_of):
    recording = recording_of(
        "time,hr,rr,sbp,dbp,map,etco2,temp,spo2\n09:00:00,66,14,120,80,93,38,36.6,98\n"
    )
    assert {s.quantity: s.value for s in recording.frames[0].samples} == {
        Quantity.PULSE: 66,
        Quantity.RESP: 14,
        Quantity.SYSTOLIC: 120,
        Quantity.DIASTOLIC: 80,
        Quantity.MEAN: 93,
        Quantity.ETCO2: 38,
        Quantity.TEMPERATURE: 36.6,
        Quantity.SPO2: 98,
    }
    assert codes(recording) == ["heart_rate_as_pulse"]


def test_a_heart_rate_beside_a_pulse_is_left_out(recording_of):
    recording = recording_of("time,hr,pr\n09:00:00,180,70\n")
    assert series(recording, Quantity.PULSE) == [70]
    assert codes(recording) == ["unused_column"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("etco2 (kPa)", "kpa"),
        ("temp_f", "is in f"),
        ("HR (ms)", "is in ms"),
        ("ABPSys", "not a quantity used here"),
        ("SpO2", "a second column of SpO₂"),
    ],
)
def test_a_column_that_is_not_clear_is_left_out_and_told(recording_of, column, words):
    recording = recording_of(f"time,spo2,{column}\n09:00:00,97,5\n")
    assert codes(recording) == ["unused_column"]
    assert words in recording.findings[0].message
    assert len(recording.frames[0].samples) == 1


@pytest.mark.parametrize("between", [",,", "0,0,0", "120,80,93"])
def test_a_cuff_reading_appears_once_in_the_row_where_it_is_new(recording_of, between):
    rows = ["120,80,93", between, between, "131,85,100", ",,", "131,85,100"]
    text = "time,sbp,dbp,map\n" + "".join(f"09:00:0{i},{row}\n" for i, row in enumerate(rows))
    assert series(recording_of(text), Quantity.SYSTOLIC) == [
        120,
        "absent",
        "absent",
        131,
        "absent",
        131,
    ]


def test_a_cuff_reading_whose_numbers_do_not_fit_is_suspect_as_a_whole(recording_of):
    recording = recording_of("time,sbp,dbp\n09:00:00,84,80\n09:00:01,120,\n")
    assert {s.quality for s in recording.frames[0].samples} == {Quality.SUSPECT}
    assert [(s.value, s.quality) for s in recording.frames[1].samples] == [
        (None, Quality.NO_READING)
    ] * 2


def test_minute_stamps_are_spread_evenly_and_told(recording_of):
    clock = ["9:38:00"] * 20 + ["9:39:00"] * 60 + ["9:40:00"] * 60 + ["9:41:00"] * 30
    recording = recording_of(stamped(*clock))
    assert offsets(recording) == list(range(170))
    assert codes(recording) == ["minute_stamps"]


def test_minute_stamps_with_a_row_missing_still_fill_their_minutes(recording_of):
    clock = ["9:38:00"] * 60 + ["9:39:00"] * 59 + ["9:40:00"] * 61 + ["9:41:00"] * 60
    recording = recording_of(stamped(*clock))
    assert offsets(recording)[60] == 60
    assert offsets(recording)[119] == 120
    assert offsets(recording)[180] == 180


def test_one_row_a_minute_is_a_period_and_not_minute_stamps(recording_of):
    recording = recording_of(stamped("9:38:00", "9:39:00", "9:40:00"))
    assert (recording.period_s, codes(recording)) == (60, [])


def test_a_clock_that_jumps_back_keeps_every_row_in_order(recording_of):
    recording = recording_of(
        stamped("9:00:00", "9:00:01", "9:00:02", "8:00:03", "8:00:04", "8:00:05")
    )
    assert offsets(recording) == [0, 1, 2, 3, 4, 5]
    assert codes(recording) == ["clock_back"]
    assert "at row 4 by 3599 s" in recording.findings[0].message


def test_a_clock_that_leaps_further_than_a_visit_leaves_no_hole(recording_of):
    text = HEADER + "".join(
        f"{day}/08/2019 9:00:0{second},45,97,70\n"
        for day, second in [(9, 0), (9, 1), (9, 2), (19, 3), (19, 4)]
    )
    recording = recording_of(text)
    assert offsets(recording) == [0, 1, 2, 3, 4]
    assert codes(recording) == ["clock_forward"]


def test_a_gap_is_kept_as_a_gap_and_told(recording_of):
    recording = recording_of(stamped("9:00:00", "9:00:01", "9:00:02", "9:00:42", "9:00:43"))
    assert offsets(recording) == [0, 1, 2, 42, 43]
    assert codes(recording) == ["gaps"]
    assert "39 s in all" in recording.findings[0].message


def test_repeated_stamps_are_spread_up_to_the_next(recording_of):
    recording = recording_of(stamped("9:00:00", "9:00:01", "9:00:01", "9:00:03", "9:00:04"))
    assert offsets(recording) == [0, 1, 2, 3, 4]
    assert codes(recording) == ["repeated_stamps"]
    crowded = recording_of(stamped("9:00:00", "9:00:01", "9:00:01", "9:00:02", "9:00:03"))
    assert offsets(crowded) == [0, 1, 1.5, 2, 3]


def test_stamps_that_never_move_leave_one_row_a_second(recording_of):
    recording = recording_of(stamped(*["9:00:07"] * 4))
    assert offsets(recording) == [0, 1, 2, 3]
    assert codes(recording) == ["repeated_stamps"]


def test_more_rows_than_milliseconds_still_have_offsets_of_their_own(recording_of):
    recording = recording_of(stamped(*["9:00:00"] * 3000, "9:00:01"))
    assert len(set(offsets(recording))) == 3001
    assert offsets(recording) == sorted(offsets(recording))


def test_zones_are_taken_into_account(recording_of):
    recording = recording_of(
        "time,spo2\n2031-03-04T10:00:00+01:00,97\n2031-03-04T09:00:01Z,97\n"
        "2031-03-04T03:30:02-0530,97\n"
    )
    assert offsets(recording) == [0, 1, 2]


def test_rows_that_run_backwards_are_refused(refusal_of):
    assert refusal_of(stamped("9:00:04", "9:00:03", "9:00:02", "9:00:01"))[0] == [
        "recording.backwards"
    ]


@pytest.mark.parametrize(
    "row",
    [
        "garbage",
        "09/08/2019 9:00:02",
        "99/99/2019 9:00:02,45,80,70",
        "09/08/2019 25:00:02,45,80,70",
        ",45,80,70",
        "09/08/2019 9:00:02,45,80,70,1,2,3",
    ],
)
def test_an_unreadable_row_is_kept_as_no_reading_in_its_place(recording_of, row):
    before, after = stamped("9:00:00", "9:00:01"), "09/08/2019 9:00:03,45,97,70\n"
    recording = recording_of(before + row + "\n" + after)
    assert series(recording, Quantity.SPO2) == [97, 97, None, 97]
    assert offsets(recording) == [0, 1, 2, 3]
    assert codes(recording) == ["unreadable_rows"]
    assert "1 of 4 rows" in recording.findings[0].message


def test_unreadable_rows_at_the_beginning_are_kept_as_well(recording_of):
    recording = recording_of(HEADER + "?\n?\n" + stamped("9:00:00", "9:00:01").split("\n", 1)[1])
    assert series(recording, Quantity.SPO2) == [None, None, 97, 97]
    assert offsets(recording) == [0, 1, 2, 3]


@pytest.mark.parametrize("cut", range(1, 26))
def test_a_torn_last_row_gives_no_value_wherever_it_was_cut(recording_of, cut):
    whole = stamped("9:00:00", "9:00:01", "9:00:02", end="\r\n")
    recording = recording_of(whole.encode()[: -1 - cut])
    assert len(recording.frames) == 3
    assert set(series(recording, Quantity.SPO2)[:2]) == {97}
    assert series(recording, Quantity.SPO2)[2] is None
    assert series(recording, Quantity.PULSE)[2] is None
    assert codes(recording) == ["torn"]
    assert offsets(recording) == [0, 1, 2]


def test_a_recording_without_one_value_is_read_and_told(recording_of):
    recording = recording_of(HEADER + "09/08/2019 2:09:13, ,0,0\n09/08/2019 2:09:14, ,0,0\n")
    assert codes(recording) == ["no_values"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\n  ", "empty"),
        (b"\xef\xbb\xbf", "not_a_recording"),
        (HEADER.encode(), "empty"),
        (b"Dear nurse,\nplease call.\n", "not_a_recording"),
        (b"09/08/2019 9:00:00,45,97,70\n09/08/2019 9:00:01,45,97,70\n", "not_a_recording"),
        (b"time,bis,emg\n9:00:00,40,30\n", "no_usable_column"),
        (b"spo2,pr\n97,70\n", "no_time"),
        (b"time,spo2\nsoon,97\nlater,97\n", "no_time"),
        (bytes(range(256)) * 40, "not_text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text"),
        (b"<html><body>404</body></html>\n", "not_a_recording"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(refusal_of, content, code):
    found, words = refusal_of(content)
    assert found == [f"recording.{code}"]
    assert words.endswith(".")
    assert "\n" not in words


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / ("x" * 300), "nul\0byte.csv"):
        with pytest.raises(RecordingError, match="cannot be opened"):
            open_recording(path)


def test_a_file_too_large_for_a_visit_is_refused_unread(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(RecordingError, match="64 MiB"):
        open_recording(path)


def test_a_recording_source_gives_every_row_and_then_none(recording_of):
    recording = recording_of(stamped("9:00:00", "9:00:01", "9:00:02"))
    source = RecordingSource(recording)
    given = [source.next_frame(given_mg=0.0) for _ in range(4)]
    assert given == [*recording.frames, None]
    later = RecordingSource(recording, from_offset_s=1.5)
    assert later.next_frame(given_mg=0.0).offset_s == 2
    assert source.period_s == 1
    assert recording.name in source.name


def check_whole(recording):
    assert isinstance(recording, Recording)
    assert recording.frames[0].offset_s == 0
    assert all(a.offset_s < b.offset_s for a, b in itertools.pairwise(recording.frames))
    assert recording.period_s > 0
    for frame in recording.frames:
        quantities = [sample.quantity for sample in frame.samples]
        assert len(quantities) == len(set(quantities))
        assert all((s.value is None) == (s.quality is Quality.NO_READING) for s in frame.samples)
    summarise(recording)


numbers = ["0", "97", "-100", "NaN", "1e999", "1e5", "+5", ".5", "5.", "٣", "9" * 400]
times = ["9:00", "1:2", "24:00:00", "9999-12-31T23:59:60", "2031-03-04T09:00:00+99:99"]
dates = ["0000-00-00T00:00:00", "09/08/2019 9:00:0", "31/02/2019 9:00:00", "01/02/03 4:05"]
bad_cells = st.sampled_from([*numbers, *times, *dates, "x", '"', " ", "\x0b", "\u2028"])
clocks = st.builds("{:02d}:{:02d}:{:02d}".format, *[st.integers(0, 62)] * 3)
rows = st.lists(st.one_of(bad_cells, clocks, st.text(max_size=8)), max_size=6)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=400))
def test_any_bytes_give_a_recording_or_a_refusal(recording_of, content):
    with contextlib.suppress(RecordingError):
        check_whole(recording_of(content))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    header=st.sampled_from(["time,spo2,pr,sbp,dbp", "seconds;spo2;pr", "pr|time|date", "spo2\tt"]),
    lines=st.lists(rows, max_size=12),
    end=st.sampled_from(["\n", "\r\n", "\r", ""]),
)
def test_any_rows_under_a_good_header_give_a_recording_or_a_refusal(
    recording_of, header, lines, end
):
    separator = next(character for character in ",;|\t" if character in header)
    text = header + "\n" + (end or "\n").join(separator.join(line) for line in lines) + end
    with contextlib.suppress(RecordingError):
        check_whole(recording_of(text.encode("utf-8", "surrogatepass")))
