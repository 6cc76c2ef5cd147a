"""WFDB numerics: a header (.hea) in text and its data file (.dat) beside it."""

import warnings
from pathlib import Path
from typing import Any, Final

from ebbtide.devices.recordings.columns import Columns, Title, bare_name, match_columns
from ebbtide.devices.recordings.frames import build_frames, is_without_value
from ebbtide.devices.recordings.recording import Recording, notice, unusable
from ebbtide.science.findings import Finding

MAX_NUMERICS_HZ: Final = 20.0  # above this it is a waveform, whatever it is called

_MAX_HEADER_BYTES: Final = 2**20
_BYTES_PER_VALUE: Final = {"80": 1, "16": 2, "61": 2, "24": 3, "32": 4}
_CHECKSUM_MODULUS: Final = 2**16


def read_wfdb(path: Path) -> Recording:
    """Read a numerics record by its header.

    A sensor that was off is a zero and no reading. Arterial pressures, heart rates beside
    a pulse, and waveforms are left out and named in the findings.

    Raises:
        RecordingError: Nothing in the record can be used; it says why in words.
    """
    header = _header(path)
    columns = match_columns(
        [
            Title(name, bare_name(name), unit.lower())
            for name, unit in zip(header.sig_name, header.units, strict=True)
        ]
    )
    if not columns.by_quantity:
        names = ", ".join(str(name)[:20] for name in header.sig_name[:12])
        raise unusable("no_usable_column", f"No signal is a known quantity among: {names}.")
    if header.fs > MAX_NUMERICS_HZ:
        raise unusable("waveform", f"The record has {header.fs:g} rows a second: waveforms.")
    rows, torn = _rows(path, header)
    signals, damaged = _signals(path, header, columns, rows)
    period_s = max(0.001, round(1 / header.fs, 3))
    offsets_s = [round(row * period_s, 3) for row in range(rows)]
    frames = build_frames(offsets_s, signals)
    findings = [*columns.findings, *torn, *([] if torn else damaged)]
    if is_without_value(frames):
        findings.append(notice("no_values", "No row holds a single usable value."))
    return Recording(path.stem, period_s, frames, tuple(findings))


def _wfdb() -> Any:
    """The package, loaded only when a record is read: it is large and slow to load."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it asks of its own dependencies
        import wfdb
    return wfdb


def _header(path: Path) -> Any:
    wfdb = _wfdb()
    try:
        size = path.stat().st_size
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise unusable("unreadable", f"The header cannot be opened: {reason}.") from error
    if size > _MAX_HEADER_BYTES:
        raise unusable("too_large", "The header is over 1 MiB: not the header of a record.")
    try:
        header = wfdb.rdheader(str(path.resolve().with_suffix("")))
    except Exception as error:  # the parser fails in as many ways as there are bad files
        raise unusable("bad_header", "The header is not one of a WFDB record.") from error
    if isinstance(header, wfdb.MultiRecord):
        segments = ", ".join(str(name)[:40] for name in header.seg_name[:5])
        message = f"The record is in several segments; open one of them: {segments}."
        raise unusable("segments", message)
    _check(header)
    return header


def _check(header: Any) -> None:
    """Refuse a header that leaves out a rate, or a signal's name, unit, file or format."""
    described = (header.sig_name, header.units, header.file_name, header.fmt)
    if not all(described) or any(None in part for part in described):
        raise unusable("bad_header", "The header does not describe its signals.")
    if not header.fs or not 0 < header.fs < float("inf"):
        raise unusable("bad_header", "The header does not say how often a row comes.")


def _rows(path: Path, header: Any) -> tuple[int, list[Finding]]:
    """How many whole rows there are, and whether that is fewer than the header says."""
    sizes: dict[str, int] = {}
    for file in header.file_name:
        try:
            sizes[file] = path.with_name(file).stat().st_size
        except OSError as error:
            message = f"The data file {file[:60]} is not beside the header."
            raise unusable("companion_missing", message) from error
    declared = header.sig_len
    if any(form not in _BYTES_PER_VALUE for form in header.fmt):
        if not declared:
            raise unusable("bad_header", "The header does not say how many rows there are.")
        return int(declared), []
    present = min(
        max(0, size - _skipped(header, file)) // _row_bytes(header, file)
        for file, size in sizes.items()
    )
    if not present:
        raise unusable("empty", "The data file holds no whole row.")
    if declared and present < declared:
        message = f"The data file is cut off: {present} of {declared} rows are there."
        return present, [notice("torn", message)]
    if not declared:
        message = f"The header does not say how many rows there are; the data file has {present}."
        return present, [notice("no_length", message)]
    return int(declared), []


def _row_bytes(header: Any, file: str) -> int:
    parts = zip(header.file_name, header.fmt, header.samps_per_frame, strict=True)
    return sum(_BYTES_PER_VALUE[form] * per_row for name, form, per_row in parts if name == file)


def _skipped(header: Any, file: str) -> int:
    offset: int | None = header.byte_offset[header.file_name.index(file)]
    return offset or 0


def _signals(
    path: Path, header: Any, columns: Columns, rows: int
) -> tuple[dict[Any, list[float]], list[Finding]]:
    """Values of the used signals in their units, and whether their checksums are right."""
    channels = sorted(columns.by_quantity.values())
    try:
        record = _wfdb().rdrecord(
            str(path.resolve().with_suffix("")),
            sampto=rows if header.sig_len else None,  # the reader counts for itself if it must
            channels=channels,
            physical=False,
        )
        sums = record.calc_checksum()
        values = record.dac()
    except Exception as error:  # as above
        raise unusable("damaged", "The data file does not fit its header.") from error
    signals = {
        quantity: values[:, channels.index(channel)].tolist()
        for quantity, channel in columns.by_quantity.items()
    }
    return signals, _damage(header, channels, sums)


def _damage(header: Any, channels: list[int], sums: list[int]) -> list[Finding]:
    """Compare the sum of each signal with the one the header gives."""
    wrong = [
        str(header.sig_name[channel])[:20]
        for channel, actual in zip(channels, sums, strict=True)
        if header.checksum[channel] is not None
        and header.samps_per_frame[channel] == 1
        and (actual - header.checksum[channel]) % _CHECKSUM_MODULUS
    ]
    if not wrong:
        return []
    message = f"The data differ from the header's checksum: {', '.join(wrong)}."
    return [notice("checksum", message)]
