from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebbtide.devices.code_units import SEA_LEVEL_NOTE
from ebbtide.devices.codes import Why
from ebbtide.devices.dialects import (
    PROFILES,
    Action,
    Priority,
    profile_named,
    read_report,
    recognise,
    samples,
)
from ebbtide.devices.dialects import (
    Kind as AlarmKind,
)
from ebbtide.devices.errors import DeviceError
from ebbtide.devices.hl7v2 import read_batch, read_message
from ebbtide.devices.sources import Sample
from ebbtide.science.vitals.validity import Quality, Quantity

ZONE = ZoneInfo("Europe/Paris")
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
IHE = "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.1^ISO"
MMHG = "266016^MDC_DIM_MMHG^MDC"
SPO2 = "150456^MDC_PULS_OXIM_SAT_O2^MDC"
SYS, DIA, MEAN = (
    "150021^MDC_PRESS_BLD_NONINV_SYS^MDC",
    "150022^MDC_PRESS_BLD_NONINV_DIA^MDC",
    "150023^MDC_PRESS_BLD_NONINV_MEAN^MDC",
)


def header(sender="MON^1^EUI-64", *, kind="ORU^R01^ORU_R01", profile=IHE, control_id="7"):
    at = "20261122100000+0000"
    return f"MSH|^~\\&|{sender}||||{at}||{kind}|{control_id}|P|2.6|||NE|AL|||||{profile}"


def mindray(control_id, *lines):
    head = f"MSH|^~\\&|||||||ORU^R01|{control_id}|P|2.3.1"
    return "\r".join([head, *lines])


def obx(
    code, value, unit="", *, kind="NM", status="R", flags="", time="", sub_id="1.1.1.1", own=""
):
    fields = ["OBX", "1", kind, code, sub_id, value, unit, "", flags, "", "", status, "", "", time]
    return "|".join([*fields, "", "", "", own]).rstrip("|")


def report(*lines, head=None, obr="OBR|1|||69965^X^MDC|||20261122100000+0000"):
    text = "\r".join([head or header(), obr, *lines])
    return read_report(read_message(text.encode()), connection="chair-1", zone=ZONE)


def only(*lines, **options):
    (seen,) = report(*lines, **options).observations
    return seen


# Recognising


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (mindray("204", "OBX||NM|160^SpO2|2105|97||||||F"), "mindray"),
        (header("MINDRAY_EGATEWAY^00A037009A0000^EUI-64"), "mindray-egateway"),
        (header("NC_Monitor"), "comen"),
        (header("X") + "\rOBR|1|||1^MON_PARAM^99COMEN", "comen"),
        (header("^EfficiaCM"), "philips"),
        (header("") + "\r" + obx("0002-4bb8^SpO2^MDIL", "97"), "philips"),
        (header("VSP^0080^EUI-64"), "ge-vsp"),
        (header("X") + "\r" + obx("327680^SPO2_SPO2^EHC", "97"), "edan"),
        (header("PAT_DEVICE_BBRAUN^1^EUI-64"), "bbraun"),
        (header("VITAL_SIGNS"), "vital-recorder"),
        (header("X"), "ihe-pcd"),
        (header("X", profile=""), "generic"),
    ],
)
def test_a_message_shows_its_family(text, name):
    assert recognise(read_message(text.encode())).name == name


def test_profiles_are_found_by_name_and_the_last_takes_all():
    assert [profile_named(profile.name) for profile in PROFILES] == list(PROFILES)
    assert PROFILES[-1].name == "generic"
    with pytest.raises(ValueError, match="generic"):
        profile_named("toaster")


# Values


def test_a_value_is_kept_as_sent_and_judged():
    seen = only(obx(SPO2, "97", "262688^MDC_DIM_PERCENT^MDC", time="20261122100005+0000"))
    assert seen.sample == Sample(Quantity.SPO2, 97.0, Quality.OK)
    assert seen.value == Decimal(97)
    assert (seen.raw, seen.number, seen.system, seen.sub_id) == ("97", "150456", "MDC", "1.1.1.1")
    assert seen.measured_at == AT.replace(second=5)
    assert not seen.is_zone_assumed
    assert seen.device == "chair-1"
    assert seen.action is Action.RECORD


@pytest.mark.parametrize(
    ("own", "group", "measured_at"),
    [
        ("20261122100005+0000", "20261122100003+0000", AT.replace(second=5)),
        ("", "20261122100003+0000", AT.replace(second=3)),
        ("00000000000000", "20261122100003+0000", AT.replace(second=3)),
        ('""', "20261122100003+0000", AT.replace(second=3)),
        ("later", "20261122100003+0000", None),
        ("", "", AT),
        ("", "00000000000000", AT),
        ("20261122110005", "", AT.replace(second=5)),
    ],
)
def test_the_time_is_the_values_else_the_groups_else_the_messages(own, group, measured_at):
    seen = only(obx(SPO2, "97", time=own), obr=f"OBR|1||||||{group}")
    assert seen.measured_at == measured_at
    assert seen.is_zone_assumed == (own == "20261122110005")


@pytest.mark.parametrize(
    ("raw", "kind", "status", "flags", "value", "quality"),
    [
        ("97", "NM", "R", "", 97.0, Quality.OK),
        ("97", "NM", "F", "L", 97.0, Quality.OK),
        ("97", "NM", "P", "", 97.0, Quality.OK),
        ("97", "NM", "", "", 97.0, Quality.OK),
        ("97", "ST", "R", "", 97.0, Quality.OK),
        ("=^97", "SN", "R", "", 97.0, Quality.OK),
        ("^97", "SN", "R", "", 97.0, Quality.OK),
        (">^97", "SN", "R", "", None, Quality.NO_READING),
        ("97", "NM", "S", "", 97.0, Quality.SUSPECT),
        ("97", "NM", "U", "", 97.0, Quality.SUSPECT),
        ("97", "NM", "?", "", 97.0, Quality.SUSPECT),
        ("97", "NM", "R", "QUES", 97.0, Quality.SUSPECT),
        ("97", "NM", "R", "EARLY~INV", 97.0, Quality.SUSPECT),
        ("97", "NM", "R", "TEST", 97.0, Quality.SUSPECT),
        ("97", "NM", "X", "", None, Quality.NO_READING),
        ("", "NM", "R", "", None, Quality.NO_READING),
        ("0", "NM", "R", "", None, Quality.NO_READING),
        ("-100", "NM", "R", "", None, Quality.NO_READING),
        ("-32768", "NM", "R", "", None, Quality.NO_READING),
        ("probe unplugged", "ST", "R", "", None, Quality.NO_READING),
        ("nan", "NM", "R", "", None, Quality.NO_READING),
        ("97~98", "NM", "R", "", None, Quality.NO_READING),
        ("1e99", "NM", "R", "", 1e99, Quality.OUT_OF_RANGE),
        ("384.5", "NM", "R", "", 384.5, Quality.OUT_OF_RANGE),
        ("384.5", "NM", "R", "QUES", 384.5, Quality.OUT_OF_RANGE),
    ],
)
def test_what_a_value_is_worth(raw, kind, status, flags, value, quality):
    seen = only(obx(SPO2, raw, kind=kind, status=status, flags=flags))
    assert seen.sample == Sample(Quantity.SPO2, value, quality)
    assert seen.raw == raw


def test_corrections_and_deletions_are_said():
    assert only(obx(SPO2, "97", status="C")).action is Action.REPLACE
    deleted = only(obx(SPO2, "97", status="D"))
    assert deleted.action is Action.DELETE
    assert samples([deleted]) == ()


def test_parts_of_the_device_are_not_data():
    assert report(obx("69965^MDC_DEV_X^MDC", "", kind="", status="X")).observations == ()


def test_fahrenheit_kilopascals_and_shares_are_turned():
    assert only(obx("150344^MDC_TEMP^MDC", "98.6", "266560^MDC_DIM_FAHR^MDC")).sample == Sample(
        Quantity.TEMPERATURE, 37.0, Quality.OK
    )
    assert only(obx(SYS, "16", "kPa")).sample.value == pytest.approx(120.00992)
    co2 = only(obx("151708^MDC_CONC_AWAY_CO2_ET^MDC", "5", "%"))
    assert (co2.sample.value, co2.note) == (38.0, SEA_LEVEL_NOTE)
    failed = only(obx("150344^MDC_TEMP^MDC", "-100", "266560^MDC_DIM_FAHR^MDC"))
    assert failed.sample.quality is Quality.NO_READING


@pytest.mark.parametrize(
    ("code", "unit", "why"),
    [
        ("150457^MDC_PULS_OXIM_SAT_O2^MDC", "", Why.DISAGREE),
        ("1^X^99LOCAL", "", Why.SYSTEM),
        (SYS, "", Why.NO_UNIT),
        (SYS, "furlong", Why.UNIT),
    ],
)
def test_what_cannot_be_mapped_is_kept_with_its_reason(code, unit, why):
    said = report(obx(code, "97", unit))
    (seen,) = said.observations
    assert (seen.code, seen.sample, seen.raw, seen.why_unmapped) == (None, None, "97", why)
    assert said.unmapped == (seen,)


def test_an_alternate_code_of_the_standard_is_read():
    seen = only(obx(f"2708-6^SpO2^LN^{SPO2}", "97"))
    assert seen.sample == Sample(Quantity.SPO2, 97.0, Quality.OK)
    assert seen.number == "150456"


@pytest.mark.parametrize(
    ("pressures", "quality"),
    [
        (("120", "80", "93"), Quality.OK),
        (("120", "80", None), Quality.OK),
        (("120", "115", "117"), Quality.SUSPECT),
        (("120", "80", "70"), Quality.SUSPECT),
        (("300", "80", "93"), Quality.OUT_OF_RANGE),
        (("120", "-100", "93"), Quality.NO_READING),
    ],
)
def test_a_cuff_reading_is_judged_as_one(pressures, quality):
    lines = [
        obx(code, value, MMHG)
        for code, value in zip((SYS, DIA, MEAN), pressures, strict=True)
        if value is not None
    ]
    seen = report(*lines).observations
    assert {each.sample.quality for each in seen} == {quality}
    assert all((each.sample.value is None) == (quality is Quality.NO_READING) for each in seen)


def test_one_doubtful_pressure_makes_the_cuff_reading_doubtful():
    said = report(obx(SYS, "120", MMHG, flags="QUES"), obx(DIA, "80", MMHG))
    assert [each.sample.quality for each in said.observations] == [Quality.SUSPECT] * 2


def test_two_cuff_readings_of_one_message_are_judged_apart():
    lines = [
        obx(code, value, MMHG, time=time)
        for time, values in (("202611221000", ("120", "80")), ("202611221005", ("120", "115")))
        for code, value in zip((SYS, DIA), values, strict=True)
    ]
    qualities = [each.sample.quality for each in report(*lines).observations]
    assert qualities == [Quality.OK] * 2 + [Quality.SUSPECT] * 2


def test_values_of_several_groups_keep_their_own_time_and_cuff():
    second = "OBR|2||||||20261122100500+0000"
    said = report(obx(SYS, "120", MMHG), obx(DIA, "80", MMHG), second, obx(SYS, "85", MMHG))
    assert [each.measured_at for each in said.observations] == [AT, AT, AT.replace(minute=5)]
    assert [each.order for each in said.observations] == [0, 0, 1]
    assert {each.sample.quality for each in said.observations} == {Quality.OK}


def test_a_mean_that_failed_leaves_the_other_two():
    said = report(obx(SYS, "120", MMHG), obx(DIA, "80", MMHG), obx(MEAN, "-100", MMHG))
    assert [each.sample.quality for each in said.observations] == [
        *(Quality.OK, Quality.OK, Quality.NO_READING)
    ]


def test_a_value_sent_again_has_the_same_key_and_another_has_not():
    again = [
        only(obx(SPO2, "97"), head=header(control_id=control_id)).key for control_id in ("7", "8")
    ]
    assert again[0] == again[1]
    others = {
        only(obx(SPO2, "98")).key,
        only(obx(SPO2, "97", sub_id="1.1.2.1")).key,
        only(obx(SPO2, "97", time="20261122100001+0000")).key,
        only(obx("149530^MDC_PULS_OXIM_PULS_RATE^MDC", "97")).key,
        only(obx(SPO2, "97", own="ABC")).key,
    }
    assert len(others | {again[0]}) == 6


def test_several_devices_on_one_connection_are_told_apart():
    said = report(
        obx("69965^X^MDC", "", kind="", sub_id="1", own="0123456789ABCDEF^^EUI-64"),
        obx(SPO2, "97", sub_id="1.1.1.1"),
        obx(SPO2, "95", sub_id="2.1.1.1"),
    )
    assert [each.device for each in said.observations] == [
        *("chair-1/0123456789ABCDEF^^EUI-64", "chair-1")
    ]


def test_of_several_pulses_the_best_that_may_be_shown_is_taken():
    ecg = obx("147842^MDC_ECG_HEART_RATE^MDC", "74")
    pleth, lost = (obx("149530^MDC_PULS_OXIM_PULS_RATE^MDC", raw) for raw in ("71", "0"))
    assert samples(report(ecg, pleth).observations) == (Sample(Quantity.PULSE, 71.0, Quality.OK),)
    assert samples(report(lost, ecg).observations) == (Sample(Quantity.PULSE, 74.0, Quality.OK),)


def test_messages_that_hold_no_results_are_not_for_us():
    said = report(obx(SPO2, "97"), head=header(kind="ADT^A01"))
    assert not said.is_for_us
    assert said.observations == ()
    assert said.sent_at == AT


# Mindray


def read_mindray(*args):
    return read_report(read_message(mindray(*args).encode()), connection="chair-1", zone=ZONE)


def test_mindray_values_are_read_without_units_and_without_time():
    said = read_mindray("204", "OBX||NM|160^SpO2|2105|97||||||F", "OBX||NM|161^PR|2105|-100||||||F")
    assert [each.sample for each in said.observations] == [
        Sample(Quantity.SPO2, 97.0, Quality.OK),
        Sample(Quantity.PULSE, None, Quality.NO_READING),
    ]
    assert {each.measured_at for each in said.observations} == {None}


def test_a_mindray_cuff_reading_carries_its_own_time():
    line = "OBX||NM|{}|2104|{}||||||F||APERIODIC|20261122110000"
    said = read_mindray(
        "503", *(line.format(*each) for each in [("170^Sys", "128"), ("171^Dia", "78")])
    )
    assert [each.sample.value for each in said.observations] == [128.0, 78.0]
    assert {each.measured_at for each in said.observations} == {AT}
    assert all(each.is_zone_assumed for each in said.observations)


@pytest.mark.parametrize(
    ("control_id", "kind"), [("54", AlarmKind.PHYSIOLOGICAL), ("56", AlarmKind.TECHNICAL)]
)
def test_mindray_alarms_show_their_priority_by_stars(control_id, kind):
    said = read_mindray(control_id, "OBX||CE|2|1|10023^**SpO2 Too Low||||||F|||20261122110000")
    (alarm,) = said.alarms
    assert (alarm.event, alarm.text, alarm.kind) == ("10023", "SpO2 Too Low", kind)
    assert (alarm.priority, alarm.priority_sent, alarm.at) == (Priority.MEDIUM, "**", AT)
    assert said.observations == ()


def test_mindrays_sign_of_life_holds_nothing():
    said = read_mindray("106")
    assert said.is_for_us
    assert (said.observations, said.alarms, said.pumps) == ((), (), ())


# Alarms


def test_an_ihe_alarm_is_read_from_start_to_end():
    def alarm(phase, state, inactivation):
        said = report(
            obx(
                "196616^MDC_EVT_ALARM^MDC", "196670^MDC_EVT_LO^MDC", kind="CWE", sub_id="1.1.1.1.1"
            ),
            "OBX|2|NM|" + SPO2 + "|1.1.1.1.2|88|262688^MDC_DIM_PERCENT^MDC|90-100|L|||R",
            obx("68481^MDC_ATTR_EVENT_PHASE^MDC", phase, kind="ST"),
            obx("68482^MDC_ATTR_ALARM_STATE^MDC", state, kind="ST"),
            obx("68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC", inactivation, kind="ST"),
            obx("68484^MDC_ATTR_ALARM_PRIORITY^MDC", "PM", kind="ST"),
            obx("68485^MDC_ATTR_ALERT_TYPE^MDC", "SP", kind="ST"),
            obx("68546^MDC_ATTR_EVT_TEXT^MDC", "SpO2 low \\T\\ falling", kind="ST"),
            head=header(kind="ORU^R40^ORU_R40"),
        )
        assert said.observations == ()
        return said.alarms[0]

    first, paused, last = (
        alarm("start", "active", "enabled"),
        alarm("update", "active", "audio-paused"),
        alarm("end", "inactive", "alarm-off"),
    )
    assert (first.event, first.source, first.value, first.limits) == (
        *("196670", "150456", "88", "90-100"),
    )
    assert (first.priority, first.kind) == (Priority.MEDIUM, AlarmKind.PHYSIOLOGICAL)
    assert first.text == "SpO2 low & falling"
    assert first.at == AT
    assert first.key == paused.key == last.key
    assert [each.has_ended for each in (first, paused, last)] == [False, False, True]
    assert paused.inactivation == "audio-paused"


def test_an_alarms_source_may_be_coded_as_a_value():
    said = report(
        obx("196648^MDC_EVT_HI^MDC", "", kind="CWE"),
        obx("68480^MDC_ATTR_ALERT_SOURCE^MDC", SPO2, kind="CWE"),
        head=header(kind="ORU^R40^ORU_R40"),
    )
    assert (said.alarms[0].event, said.alarms[0].source) == ("196648", "150456")
    assert said.alarms[0].priority is Priority.UNKNOWN


def test_an_alarm_without_a_time_of_its_own_has_the_groups():
    (alarm,) = report(
        obx("196648^MDC_EVT_HI^MDC", "", kind="CWE", time="00000000000000"),
        head=header(kind="ORU^R40^ORU_R40"),
    ).alarms
    assert alarm.at == AT


def test_a_heartbeat_is_no_alarm():
    said = report(obx("196614^MDC_EVT_ACTIVE^MDC", "", kind="ST"), head=header(kind="ORU^R40"))
    assert said.alarms[0].is_heartbeat


def test_philips_alarms_come_by_colour_and_clear_when_empty():
    raised, cleared = (
        report(
            obx("2^Yellow^MDIL-ALERT", text, kind="TX", sub_id="0"),
            obx("6^Soft Inop^MDIL-ALERT", "LEADS OFF", kind="TX", sub_id="0"),
            obx("0002-4bb8^SpO2^MDIL", "88", "0004-0220^%^MDIL"),
            head=header("^EfficiaCM"),
        )
        for text in ("** SpO2 LOW", "")
    )
    assert [(each.priority, each.kind) for each in raised.alarms] == [
        (Priority.MEDIUM, AlarmKind.PHYSIOLOGICAL),
        (Priority.LOW, AlarmKind.TECHNICAL),
    ]
    assert [each.has_ended for each in cleared.alarms] == [True, False]
    assert samples(cleared.observations) == (Sample(Quantity.SPO2, 88.0, Quality.OK),)


# Pumps

PUMP = [
    ("158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC", "52.5", "265266^MDC_DIM_MILLI_L_PER_HR^MDC"),
    ("157884^MDC_VOL_FLUID_TBI^MDC", "35", "263762^MDC_DIM_MILLI_L^MDC"),
    ("157872^MDC_VOL_FLUID_TBI_REMAIN^MDC", "12.30", "263762^MDC_DIM_MILLI_L^MDC"),
    ("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "22.70", "263762^MDC_DIM_MILLI_L^MDC"),
    ("157760^MDC_CONC_DRUG^MDC", "1", "264306^MDC_DIM_MILLI_G_PER_ML^MDC"),
    ("157916^MDC_TIME_PD_REMAIN^MDC", "14", "min"),
]
WEIGHT = obx("68063^MDC_ATTR_PT_WEIGHT^MDC", "70", "263875^MDC_DIM_KILO_G^MDC", sub_id="1.0.0.3")


def pump_lines(channel="1.1.2", rate="52.5"):
    lines = [obx(code, value, unit, sub_id=f"{channel}.1") for code, value, unit in PUMP]
    lines[0] = obx(PUMP[0][0], rate, PUMP[0][2], sub_id=f"{channel}.1")
    drug = obx("184514^MDC_DRUG_NAME_LABEL^MDC", "Ketamine", kind="ST", sub_id=f"{channel}.7")
    return [*lines, drug]


def test_a_pump_says_its_rate_volumes_and_drug_exactly_as_sent():
    (pump,) = report(*pump_lines()).pumps
    assert str(pump.rate_ml_per_h) == "52.5"
    assert str(pump.remaining_ml) == "12.30"
    assert (pump.to_be_infused_ml, pump.delivered_ml) == (Decimal(35), Decimal("22.70"))
    assert (pump.drug_mg_per_ml, pump.remaining_s) == (1, 840)
    assert (pump.drug, pump.channel, pump.measured_at) == ("Ketamine", "1.1", AT)
    assert pump.set_rate_ml_per_h is None
    assert not pump.is_keeping_vein_open


def test_a_pump_that_only_keeps_the_vein_open_is_not_infusing():
    done = obx(PUMP[2][0], "0", PUMP[2][2], sub_id="1.1.2.1")
    slow = obx(PUMP[0][0], "3", PUMP[0][2], sub_id="1.1.2.1")
    still = obx(PUMP[0][0], "0", PUMP[0][2], sub_id="1.1.2.1")
    assert report(done, slow).pumps[0].is_keeping_vein_open
    assert not report(done, still).pumps[0].is_keeping_vein_open
    assert not report(slow).pumps[0].is_keeping_vein_open


def test_pumps_of_one_station_are_told_apart_by_their_own_id():
    own = "67972^MDC_ATTR_SYS_ID^MDC"
    said = report(
        obx(own, "PUMP-A", kind="ST", sub_id="1.0.0.1", own="STATION"),
        *pump_lines("1.1.2"),
        obx(own, "PUMP-B", kind="ST", sub_id="2.0.0.1", own="STATION"),
        *pump_lines("2.1.2", rate="5.25"),
    )
    assert [(pump.device, str(pump.rate_ml_per_h)) for pump in said.pumps] == [
        ("chair-1/PUMP-A", "52.5"),
        ("chair-1/PUMP-B", "5.25"),
    ]


def test_two_channels_of_one_pump_share_what_the_pump_says():
    weight = obx(
        "68063^MDC_ATTR_PT_WEIGHT^MDC", "70", "263875^MDC_DIM_KILO_G^MDC", sub_id="1.0.0.3"
    )
    said = report(weight, *pump_lines("1.1.2"), *pump_lines("1.2.2", rate="1"))
    assert [(pump.channel, pump.weight_kg) for pump in said.pumps] == [("1.1", 70), ("1.2", 70)]


def test_what_a_pump_takes_back_is_not_its_status():
    taken_back = obx(PUMP[0][0], "99", PUMP[0][2], status="D", sub_id="1.1.2.1")
    (pump,) = report(*pump_lines(), taken_back).pumps
    assert str(pump.rate_ml_per_h) == "52.5"


def test_a_monitors_weight_is_no_pump():
    weight = obx(
        "68063^MDC_ATTR_PT_WEIGHT^MDC", "70", "263875^MDC_DIM_KILO_G^MDC", sub_id="1.0.0.3"
    )
    assert report(weight).pumps == ()


def test_a_rate_in_an_unknown_unit_is_not_a_rate():
    said = report(obx(PUMP[0][0], "5", "drops/min"), obx(PUMP[1][0], "35", PUMP[1][2]))
    assert said.pumps[0].rate_ml_per_h is None
    assert said.unmapped[0].why_unmapped == Why.UNIT


# Whatever comes

VALUES = st.sampled_from(["", "97", "-100", "0", "x", "1e99", "9" * 40, "^", "1~2", "=^9", "\\S\\"])
CODES = st.sampled_from(
    [SPO2, SYS, DIA, MEAN, PUMP[0][0], "160^SpO2", "1^Red^MDIL-ALERT", "", "^^"]
)
LINE = st.builds(
    obx,
    CODES,
    VALUES,
    st.sampled_from(["", MMHG, "kPa", "%", "[degF]", "^^", "?"]),
    kind=st.sampled_from(["NM", "SN", "CE", "TX", ""]),
    status=st.sampled_from(["R", "X", "C", "D", "S", "", "?"]),
    flags=st.sampled_from(["", "QUES", "L~H"]),
    time=st.sampled_from(["", "20261122100000", "0", "99999999999999", "20261122100000-9959"]),
    sub_id=st.sampled_from(["", "1", "1.0.0.1", "1.1.2.1", "...", "x"]),
    own=st.sampled_from(["", "A^B", "~", "^"]),
)
HEADS = st.sampled_from(
    [
        header(),
        header(kind="ORU^R40"),
        header("^EfficiaCM"),
        header("NC_Monitor"),
        *(mindray(number) for number in ("204", "503", "54", "56", "106", "101")),
    ]
)


@settings(max_examples=300)
@given(HEADS, st.lists(LINE, max_size=6), st.binary(max_size=20))
def test_no_message_raises_anything_but_the_readers_own_error(head, lines, noise):
    payload = "\r".join([head, *lines]).encode() + noise
    try:
        messages = read_batch(payload).messages
    except DeviceError:
        return
    for message in messages:
        for profile in (None, *PROFILES):
            said = read_report(message, connection="c", zone=ZONE, profile=profile)
            samples(said.observations)
            assert all(each.code is not None or each.why_unmapped for each in said.observations)


@pytest.mark.real_data
def test_real_messages_of_the_profile_give_their_values(shared_data):
    folder = shared_data / "hl7" / "ipf"

    def shown(name):
        message = read_message((folder / name).read_bytes())
        said = read_report(message, connection="c", zone=UTC)
        return {sample.quantity: sample.value for sample in samples(said.observations)}

    cuff = {Quantity.SYSTOLIC: 120, Quantity.DIASTOLIC: 80, Quantity.MEAN: 100}
    assert shown("commons_pcd01/valid-pcd01-request.hl7v2") == cuff
    assert shown("commons_wan/valid-bp-continua-wan.hl7v2") == cuff
    assert shown("commons_wan/valid-oximeter-continua-wan.hl7v2") == {Quantity.SPO2: 80.5}
    assert shown("commons_wan/valid-thermometer-continua-wan.hl7v2") == {Quantity.TEMPERATURE: 37}
    # An arterial line is not a cuff.
    assert shown("commons_pcd01/valid-pcd01-request2.hl7v2") == {Quantity.PULSE: 60}
