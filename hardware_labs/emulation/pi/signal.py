"""The test signal of `firmware/c/stream.c` in Python: the same numbers, sample for sample."""

from __future__ import annotations

from collections.abc import Iterator

SEED = 0xACE1


def wave(period: int, amplitude: int, noise: int) -> Iterator[int]:
    """Sample after sample: a wave of parabolas, close to a sine, plus noise of -noise to noise."""
    lfsr, k = SEED, 0
    while True:
        for _ in range(8):
            lfsr = lfsr >> 1 ^ (0xB400 if lfsr & 1 else 0)
        phase = k % period * 1024 // period
        half = phase & 511
        wave = half * (512 - half) // 64 * amplitude // 1024
        yield (-wave if phase & 512 else wave) + lfsr % (2 * noise + 1) - noise
        k += 1
