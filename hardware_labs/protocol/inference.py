"""What the answer to `infer` says: the outputs, and the board's own time for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hardware_labs.errors import BoardGarbled
from hardware_labs.protocol.command_set import inside

CLOCK_US = 1 << 32  # the board's clock starts again from 0 after 71 minutes


@dataclass(frozen=True, eq=False)
class Inference:
    """The model's outputs as real numbers (outputs,), and the board's own time per inference."""

    outputs: np.ndarray
    latency_us: float


def inference(lines: tuple[str, ...], n: int, warmup: int) -> Inference:
    """The inference in the answer to `infer N W`. Raises BoardGarbled where the lines do not say
    one, or say it of another number of runs."""
    for start, times in (("m-infer-start-", n), ("m-warmup-start-", warmup)):
        if any(line.startswith(start) and line != f"{start}{times}" for line in lines):
            raise BoardGarbled(f"The board was asked for {n} inferences and did another number.")
    laps = [line.removeprefix("m-lap-us-") for line in lines if line.startswith("m-lap-us-")]
    try:
        first_us, *_, last_us = (int(lap) for lap in laps)
        outputs = results(lines)
    except ValueError:
        raise BoardGarbled(f"The board's answer to 'infer' is no result: {lines}.") from None
    return Inference(np.array(outputs), (last_us - first_us) % CLOCK_US / n)


def results(lines: tuple[str, ...]) -> list[float]:
    """The numbers of the one line `m-results-[...]`. Raises ValueError where it is not there."""
    (line,) = (line for line in lines if line.startswith("m-results-["))
    return [float(number) for number in inside(line).split(",")]
