"""The nurse as a source: what is typed goes the way of what a monitor sends."""

from ebbtide.devices.sources import Frame, Sample, judged, judged_cuff
from ebbtide.science.vitals.reading import Reading
from ebbtide.science.vitals.validity import Quality, Quantity


def frame_from_reading(reading: Reading) -> Frame:
    """Turn the vital signs of a reading into samples, judged as a device's would be.

    What was not measured is absent, not "no reading": nothing failed. Scores, oxygen and
    symptoms stay in the reading; they are not samples.
    """
    typed = (
        (Quantity.SPO2, reading.spo2_percent),
        (Quantity.PULSE, reading.pulse_per_min),
        (Quantity.RESP, reading.resp_per_min),
        (Quantity.TEMPERATURE, reading.temperature_c),
    )
    samples = [_typed(quantity, float(raw)) for quantity, raw in typed if raw is not None]
    pressures = (reading.systolic_mmhg, reading.diastolic_mmhg, reading.mean_mmhg)
    if any(pressure is not None for pressure in pressures):
        samples += judged_cuff(*pressures)
    return Frame(0.0, tuple(samples))


def _typed(quantity: Quantity, value: float) -> Sample:
    # A device's 0 is a lead that fell off; a nurse's 0 breaths is a patient who does not breathe.
    if quantity is Quantity.RESP and value == 0:
        return Sample(quantity, 0.0, Quality.OK)
    return judged(quantity, value)
