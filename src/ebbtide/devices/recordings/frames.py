"""From columns of raw values to frames of judged samples."""

from collections.abc import Iterator, Mapping, Sequence

from ebbtide.devices.recordings.columns import CUFF
from ebbtide.devices.sources import Frame, Sample, judged, judged_cuff
from ebbtide.science.vitals.validity import Quality, Quantity


def build_frames(
    offsets_s: Sequence[float], columns: Mapping[Quantity, Sequence[float | str | None]]
) -> tuple[Frame, ...]:
    """Judge every value and make one frame per row.

    A cuff reading appears once, in the row where it is new. Recorders either leave the
    rows between two readings blank or repeat the last one in them; neither is a reading.

    Args:
        offsets_s: Offset of each row, in seconds.
        columns: Raw values of each quantity in its unit, one per row.
    """
    continuous = [quantity for quantity in columns if quantity not in CUFF]
    cuffs = _cuffs(len(offsets_s), columns)
    return tuple(
        Frame(
            offset_s,
            (*(judged(quantity, columns[quantity][row]) for quantity in continuous), *cuff),
        )
        for row, (offset_s, cuff) in enumerate(zip(offsets_s, cuffs, strict=True))
    )


def _cuffs(
    rows: int, columns: Mapping[Quantity, Sequence[float | str | None]]
) -> Iterator[tuple[Sample, ...]]:
    """Samples of the cuff for each row, empty where nothing new was measured."""
    if Quantity.SYSTOLIC not in columns and Quantity.DIASTOLIC not in columns:
        yield from ((),) * rows
        return
    before: tuple[float | None, ...] = ()
    for row in range(rows):
        raw = [columns[quantity][row] if quantity in columns else None for quantity in CUFF]
        seen = tuple(judged(q, value).value for q, value in zip(CUFF, raw, strict=True))
        is_new = seen != before and any(value is not None for value in seen)
        yield judged_cuff(*raw) if is_new else ()
        before = seen


def is_without_value(frames: Sequence[Frame]) -> bool:
    """Whether no frame holds a single usable value."""
    return all(sample.quality is not Quality.OK for frame in frames for sample in frame.samples)
