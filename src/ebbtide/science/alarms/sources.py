"""Where each single number of the alarm limits comes from."""

from typing import Final

from ebbtide.science.screening.parts import Grade, Source, Tag


def _source(item: str, reference: str, tag: Tag, note: str = "") -> Source:
    return Source(item=item, tag=tag, grade=Grade.NONE, reference=reference, note=note)


SOURCES: Final = (
    _source(
        "limits",
        "clinic_practice",
        Tag.SYNTHESIS,
        "Proposed starting limits, not from one standard; a patient's own need a reason.",
    ),
    _source("bands", "clinic_practice", Tag.SYNTHESIS, "None for end-tidal CO₂ and for pressures."),
    _source("waits", "clinic_practice", Tag.SYNTHESIS),
    _source("hops", "cvach2014", Tag.RECALLED, "Escalation by pager cut number and length."),
    _source(
        "longest_gap_s", "clinic_practice", Tag.SYNTHESIS, "Then the technical alarm takes over."
    ),
    _source("clear_s", "clinic_practice", Tag.SYNTHESIS),
    _source("stale_s", "clinic_practice", Tag.SYNTHESIS),
    _source("off_medium_s", "clinic_practice", Tag.SYNTHESIS, "30 s in all at one value a second."),
    _source("absent_s", "clinic_practice", Tag.SYNTHESIS, "10 s in all at one value a second."),
    _source(
        "unlikely_spo2_percent",
        "ebbtide",
        Tag.SYNTHESIS,
        "As for typed values: sooner half a number or a slipped probe than a living patient's.",
    ),
    _source("disagree_percent", "clinic_practice", Tag.SYNTHESIS),
    _source(
        "disagree_s", "clinic_practice", Tag.SYNTHESIS, "Sooner where it withholds a pulse alarm."
    ),
    _source("cuff_hold_s", "clinic_practice", Tag.SYNTHESIS, "Never a physiological alarm."),
    _source("rise_mmhg", "clinic_practice", Tag.SYNTHESIS),
    _source("rise_percent", "clinic_practice", Tag.SYNTHESIS, "Whichever is reached first."),
    _source("clock_jump_s", "ebbtide", Tag.SYNTHESIS, "A notice, never an alarm."),
    _source("audio_pause_s", "iec60601_1_8", Tag.RECALLED, "No approved limits may allow more."),
    _source("receipt_s", "ebbtide", Tag.SYNTHESIS),
)
