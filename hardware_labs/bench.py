"""How fast a board and its wire are, measured from here, beside what the wire allows.

On 8N1 a byte takes ten bit times, so at 115,200 baud at most 11,520 bytes a second go by; loaded in
hexadecimal each byte is two. An emulated board that is not held to the clock on the wall is not
held to that limit either.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hardware_labs.board import Board
from hardware_labs.boards import BITS_PER_BYTE
from hardware_labs.errors import BoardRefused
from hardware_labs.measuring.benchmark import benchmark


@dataclass(frozen=True)
class Measurement:
    """Times of one board. Rates are bytes of payload per second; `latency_us` is the board's own
    time per inference, `infer_ms` that from sending the input to having the outputs."""

    board: str
    model: str
    port: str
    baud: int
    times: int
    input_bytes: int
    ping_ms: float
    ping_p95_ms: float
    binary_bytes_s: float
    binary_limit_bytes_s: float
    hex_bytes_s: float
    hex_limit_bytes_s: float
    infer_ms: float
    inferences_s: float
    latency_us: float


def measure(board: Board, times: int) -> dict[str, Any]:
    """A Measurement as a dict: each thing done `times` times, the median taken.

    Raises BoardRefused where the board does not tell what its model takes.
    """
    model = board.model()
    if not model.input_bytes:
        raise BoardRefused(
            "The board does not tell how many bytes its model takes, so there is nothing to send. "
            "With inputs of your own: hardware_labs.measuring.benchmark.benchmark(board, inputs)."
        )
    inputs = model.random_inputs(times, np.random.default_rng(0))
    data = model.bytes_of(inputs[0])
    baud = int(getattr(board.link, "baud", 115200))
    pings = [board.ping() for _ in range(times)]
    inferences = benchmark(board, inputs, warmup=0)
    infer_ms = float(np.median(inferences.round_trip_ms))
    return asdict(
        Measurement(
            board=board.name,
            model=model.name,
            port=board.port,
            baud=baud,
            times=times,
            input_bytes=len(data),
            ping_ms=statistics.median(pings),
            ping_p95_ms=float(np.percentile(pings, 95)),
            binary_bytes_s=len(data) / _median_s(lambda: board.load(data), times),
            binary_limit_bytes_s=baud / BITS_PER_BYTE,
            hex_bytes_s=len(data) / _median_s(lambda: board.load(data, in_hex=True), times),
            hex_limit_bytes_s=baud / BITS_PER_BYTE / 2,
            infer_ms=infer_ms,
            inferences_s=1e3 / infer_ms,
            latency_us=inferences.median_us,
        )
    )


def table(measurement: dict[str, Any]) -> str:
    """The measurement for a person to read."""
    m = Measurement(**measurement)
    return "\n".join(
        [
            f"{m.board} with {m.model} on {m.port}, {m.baud} baud, medians of {m.times}",
            f"round trip           {m.ping_ms:10.2f} ms   (95 % within {m.ping_p95_ms:.2f} ms)",
            _rate("load, binary", m.binary_bytes_s, m.binary_limit_bytes_s),
            _rate("load, hexadecimal", m.hex_bytes_s, m.hex_limit_bytes_s),
            f"inference, from here {m.infer_ms:10.2f} ms   ({m.inferences_s:.1f} a second,"
            f" {m.input_bytes} bytes of input each)",
            f"inference, on board  {m.latency_us / 1e3:10.3f} ms   (by its own clock)",
        ]
    )


def _rate(label: str, bytes_s: float, limit_bytes_s: float) -> str:
    share = 100 * bytes_s / limit_bytes_s
    return f"{label:20} {bytes_s:10.0f} B/s  ({share:.0f} % of the wire's {limit_bytes_s:.0f})"


def _median_s(action: Callable[[], object], times: int) -> float:
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)
