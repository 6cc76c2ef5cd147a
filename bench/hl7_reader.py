"""HL7 from a monitor: how many messages of nine values are read in a second.

    .venv/bin/python bench/hl7_reader.py [--json]

Cutting: bytes in a frame to segments and fields, with every value's code, number and time taken
out. Reading: from the same bytes to judged samples with their times. Both on one core, the least
of several runs, beside python-hl7 taking out the same fields in the same run.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC

from _figures import options, tell

from ebbtide.devices.dialects import read_report
from ebbtide.devices.hl7v2 import field, read_message
from ebbtide.devices.mllp import BlockSplitter, wrap

RUNS = 5
LIMIT_CUT_US = 50.0
VALUES = (
    ("147842^MDC_ECG_HEART_RATE^MDC", "72", "264864^MDC_DIM_BEAT_PER_MIN^MDC"),
    ("149530^MDC_PULS_OXIM_PULS_RATE^MDC", "71", "264864^MDC_DIM_BEAT_PER_MIN^MDC"),
    ("150456^MDC_PULS_OXIM_SAT_O2^MDC", "97", "262688^MDC_DIM_PERCENT^MDC"),
    ("151578^MDC_TTHOR_RESP_RATE^MDC", "14", "264928^MDC_DIM_RESP_PER_MIN^MDC"),
    ("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "128", "266016^MDC_DIM_MMHG^MDC"),
    ("150022^MDC_PRESS_BLD_NONINV_DIA^MDC", "78", "266016^MDC_DIM_MMHG^MDC"),
    ("150023^MDC_PRESS_BLD_NONINV_MEAN^MDC", "95", "266016^MDC_DIM_MMHG^MDC"),
    ("151708^MDC_CONC_AWAY_CO2_ET^MDC", "38", "266016^MDC_DIM_MMHG^MDC"),
    ("150344^MDC_TEMP^MDC", "36.8", "268192^MDC_DIM_DEGC^MDC"),
)


def messages(count: int) -> list[bytes]:
    """Messages a second apart, about 1.2 kB each."""
    made = []
    for number in range(count):
        at = f"20261122{number // 3600 % 24:02}{number // 60 % 60:02}{number % 60:02}+0000"
        lines = [
            "MSH|^~\\&|MON^0123456789ABCDEF^EUI-64||EBBTIDE||" + at + "||ORU^R01^ORU_R01|"
            f"{number}|P|2.6|||NE|AL|||||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
            "PID|||MRN-0000^^^Clinic^PI||Patient^(synthetic)^^^^^L",
            f"OBR|1|{number}^MON|{number}^MON|69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|||{at}",
        ]
        lines += [
            f"OBX|{place}|NM|{code}|1.1.1.{place}|{value}|{unit}|||||R|||{at}"
            for place, (code, value, unit) in enumerate(VALUES, start=1)
        ]
        made.append("".join(f"{line}\r" for line in lines).encode())
    return made


def cut(stream: bytes) -> int:
    """Frames, segments, fields; the number of values taken out."""
    taken = 0
    for block in BlockSplitter().feed(stream):
        message = read_message(block.payload)
        for segment in message.named("OBX"):
            code, value, at = segment[3], segment[5], field(segment, 14)
            taken += bool(message.components(code)[0] and value and at)
    return taken


def read(stream: bytes) -> int:
    """The whole way to judged samples."""
    taken = 0
    for block in BlockSplitter().feed(stream):
        report = read_report(read_message(block.payload), connection="chair-1", zone=UTC)
        taken += sum(1 for seen in report.observations if seen.sample is not None)
    return taken


def peer(payloads: list[str]) -> int:
    """python-hl7 to the same three fields."""
    import hl7

    taken = 0
    for payload in payloads:
        for segment in hl7.parse(payload).segments("OBX"):
            code, value, at = segment[3], segment[5], segment[14]
            taken += bool(str(code[0][0]) and str(value) and str(at))
    return taken


def least_us(work: Callable[[], int], count: int) -> float:
    """Least microseconds of one message."""
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        taken = work()
        spent.append(time.process_time() - began)
        assert taken == count * len(VALUES), taken
    return 1e6 * min(spent) / count


def main() -> int:
    parser = options(__doc__)
    as_json = parser.parse_args().json
    many = messages(4000)
    stream = b"".join(wrap(each) for each in many)
    few = [each.decode() for each in many[:200]]
    figures = {
        "cut_us": least_us(lambda: cut(stream), len(many)),
        "read_and_judge_us": least_us(lambda: read(stream), len(many)),
        "python_hl7_us": least_us(lambda: peer(few), len(few)),
    }
    for name in list(figures):
        figures[name.replace("_us", "_messages_per_s")] = 1e6 / figures[name]
    return tell("hl7_reader", figures, {"cut_us": LIMIT_CUT_US}, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
