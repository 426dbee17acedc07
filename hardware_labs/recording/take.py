"""One recording: the samples that a board sent while somebody did what the label says."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware_labs.board import Board
from hardware_labs.errors import BoardRefused, Stopped
from hardware_labs.protocol.command_set import Sample

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
MOST_SAMPLES = 1_000_000


@dataclass(frozen=True)
class Take:
    """`samples` of one label, asked for at `rate_hz`; `wanted` is how many should have come.

    seconds: from the first sample to the last by the host's clock, 0 for fewer than two.
    """

    label: str
    rate_hz: int
    wanted: int
    samples: tuple[Sample, ...]
    seconds: float

    @property
    def lost(self) -> int:
        """Samples that the board could not send in time, or that did not arrive."""
        return self.wanted - len(self.samples)

    @property
    def channels(self) -> int:
        return len(self.samples[0].values) if self.samples else 0

    @property
    def measured_hz(self) -> float:
        """The rate at which samples came, by the host's clock; 0 where it cannot be told."""
        steps = len(self.samples) - 1
        return steps / self.seconds if steps > 0 and self.seconds > 0 else 0.0


def checked_label(text: str) -> str:
    """`text` if it may be a label: 1 to 32 letters, digits, '-' or '_'. Raises ValueError."""
    if not LABEL.fullmatch(text):
        raise ValueError(
            f"A label has 1 to 32 letters, digits, '-' or '_', and begins with a letter or a "
            f"digit; {text[:40]!r} does not. Name what is done, as in 'wave' or 'idle'."
        )
    return text


def record(
    board: Board,
    label: str,
    rate_hz: int,
    seconds: float,
    *,
    stopped: Callable[[], bool] = lambda: False,
    on_sample: Callable[[Sample], None] = lambda sample: None,
) -> Take:
    """The take of `seconds` at `rate_hz`. `on_sample` is called with every sample as it comes.

    Raises ValueError, before the board is asked, for a label, a rate or a length that cannot be;
    Stopped when `stopped()` turns true; what came until then is dropped.
    """
    checked_label(label)
    sample_count = round(rate_hz * seconds)
    if not 1 <= sample_count <= MOST_SAMPLES:
        raise ValueError(
            f"{seconds:g} s at {rate_hz} Hz are {sample_count} samples; a take has 1 to "
            f"{MOST_SAMPLES:,}. Choose another length or rate."
        )
    samples, times = [], []
    for sample in board.stream(checked_rate(rate_hz), sample_count):
        if stopped():
            raise Stopped(f"The take of '{label}' was stopped and is not kept.")
        samples.append(sample)
        times.append(time.monotonic())
        on_sample(sample)
    check_channels(samples)
    length_s = times[-1] - times[0] if times else 0.0
    return Take(label, rate_hz, sample_count, tuple(samples), length_s)


def checked_rate(rate_hz: int) -> int:
    if not 1 <= rate_hz <= 10_000:
        raise ValueError(f"A rate is 1 to 10000 Hz, not {rate_hz}.")
    return rate_hz


def check_channels(samples: list[Sample]) -> None:
    """Raises BoardRefused unless there are samples and all have the same number of values."""
    widths = {len(sample.values) for sample in samples}
    if len(widths) != 1:
        problem = "no sample came" if not widths else f"the samples have {sorted(widths)} values"
        raise BoardRefused(
            f"A take needs the same channels throughout, and {problem}. Record again."
        )
