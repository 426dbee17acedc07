"""This machine, measured, as one more device: `calibrate().hardware` is a row like any other.

Every figure is the median of at least seven runs after a warm-up, and its samples are kept. A size
is grown until one run takes long enough to be timed well; nothing is assumed about the machine.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any

import numpy as np

from perfsim.catalog import Hardware
from perfsim.errors import PerfsimError

REPEATS = 7
LONG_ENOUGH_S = 0.05
RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")
GEMM_SIZES = {"fp32": (256, 2048), "int8": (64, 256)}
NUMPY_DTYPES = {"fp32": np.float32, "int8": np.int32}


@dataclass(frozen=True)
class Measured:
    """Samples in seconds after the warm-up, and how much work each of them did."""

    samples_s: tuple[float, ...]
    amount: float

    @property
    def median_s(self) -> float:
        return float(np.median(self.samples_s))

    @property
    def iqr_s(self) -> float:
        """The distance between the quartiles: how much the machine was disturbed."""
        low, high = np.percentile(self.samples_s, [25, 75])
        return float(high - low)

    @property
    def rate(self) -> float:
        """Amount per second, from the median."""
        return self.amount / self.median_s

    def plain(self) -> dict[str, Any]:
        return {"samples_s": list(self.samples_s), "amount": self.amount, "iqr_s": self.iqr_s}


@dataclass(frozen=True)
class Calibration:
    """The device 'mine', the seconds of one call from Python, and every measurement behind it."""

    hardware: Hardware
    dispatch_s: float
    measured: dict[str, Measured]
    peak_rss_bytes: float | None
    joules: float | None
    joules_method: str | None
    threads: int

    def plain(self) -> dict[str, Any]:
        """Everything as plain JSON values, for a record."""
        return {
            "device": {"name": self.hardware.name, **self.hardware.facts()},
            "dispatch_s": self.dispatch_s,
            "measured": {name: m.plain() for name, m in self.measured.items()},
            "peak_rss_bytes": self.peak_rss_bytes,
            "joules": self.joules,
            "joules_method": self.joules_method,
            "threads": self.threads,
        }


def calibrate(repeats: int = REPEATS, seed: int = 0) -> Calibration:
    """Measures this machine in about two seconds. PerfsimError for fewer than seven repeats."""
    before = counter_j()
    rng = np.random.default_rng(seed)
    measured = {f"gemm_{dtype}": gemm(dtype, rng, repeats) for dtype in GEMM_SIZES}
    measured["copy"] = copy(repeats)
    measured["dispatch"] = dispatch(repeats)
    after = counter_j()
    joules = None if before is None or after is None or after < before else after - before
    return Calibration(
        hardware=_as_device(measured),
        dispatch_s=1 / measured["dispatch"].rate,
        measured=measured,
        peak_rss_bytes=peak_rss_bytes(),
        joules=joules,
        joules_method=None if joules is None else "rapl",
        threads=int(os.environ.get("OPENBLAS_NUM_THREADS") or os.cpu_count() or 1),
    )


def timed(call: Callable[[], object], amount: float, repeats: int = REPEATS) -> Measured:
    """`call` run once to warm up, then `repeats` times by the clock."""
    if repeats < REPEATS:
        raise PerfsimError(f"a median needs at least {REPEATS} repeats, not {repeats}.")
    call()
    return Measured(tuple(_seconds(call) for _ in range(repeats)), amount)


def _seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def gemm(dtype: str, rng: np.random.Generator, repeats: int = REPEATS) -> Measured:
    """A square matrix product, 2*n**3 operations, of the size that reaches the best rate.

    n is doubled until one product takes long enough: a small one says more about starting threads
    than about computing. int8 stands for NumPy's integers, accumulated in 32 bits without a
    library, and so quite slow.
    """
    size, largest = GEMM_SIZES[dtype]
    trials = [_trial(dtype, rng, size)]
    while size < largest and trials[-1].median_s < LONG_ENOUGH_S:
        size *= 2
        trials.append(_trial(dtype, rng, size))
    best = max(trials, key=lambda trial: trial.rate)
    product = _product(dtype, rng, round((best.amount / 2) ** (1 / 3)))
    return timed(product, best.amount, repeats)


def _trial(dtype: str, rng: np.random.Generator, size: int) -> Measured:
    """The better of two products, to choose a size by."""
    product = _product(dtype, rng, size)
    return Measured((min(_seconds(product), _seconds(product)),), 2.0 * size**3)


def _product(dtype: str, rng: np.random.Generator, size: int) -> Callable[[], np.ndarray]:
    a, b = rng.integers(-100, 100, (2, size, size)).astype(NUMPY_DTYPES[dtype])
    return lambda: a @ b


def copy(repeats: int = REPEATS, megabytes: int = 64) -> Measured:
    """A copy between two blocks larger than most caches: bytes read plus bytes written.

    STREAM's rule (McCalpin 1995): the extra read of the target's lines is not counted.
    """
    source = np.ones(megabytes * 1_000_000 // 4, dtype=np.float32)
    target = np.zeros_like(source)
    return timed(lambda: np.copyto(target, source), 2.0 * source.nbytes, repeats)


def dispatch(repeats: int = REPEATS, calls: int = 300) -> Measured:
    """NumPy calls whose work is nothing: product, bias and maximum of one number, per layer."""
    operand = np.ones((1, 1), dtype=np.float32)

    def many() -> None:
        for _ in range(calls):
            np.maximum(operand @ operand + operand, 0)

    return timed(many, calls, repeats)


def peak_rss_bytes() -> float | None:
    """The most memory this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)


def memory_bytes() -> float | None:
    """The memory of this machine, or of the container it runs in; None where it is not told."""
    try:
        total = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return None
    limit = _text(Path("/sys/fs/cgroup/memory.max"))
    return min(total, float(limit)) if limit.isdigit() else total


def counter_j() -> float | None:
    """The processor's energy counter (RAPL) in joules; None where it cannot be read."""
    text = _text(RAPL)
    return float(text) * 1e-6 if text.isdigit() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _as_device(measured: dict[str, Measured]) -> Hardware:
    rates = {dtype: measured[f"gemm_{dtype}"].rate for dtype in GEMM_SIZES}
    return Hardware(
        id="mine",
        name=f"this machine ({platform.machine() or 'unknown'}, {os.cpu_count()} cores)",
        kind="mine",
        peak=MappingProxyType(rates),
        fallback=MappingProxyType({"fp16": "fp32"}),
        memory_bytes=memory_bytes(),
        bandwidth=measured["copy"].rate,
        source="perfsim.calibrate on this machine",
        confidence="measured",
        notes="rates of NumPy on this machine, not of its data sheet",
    )
