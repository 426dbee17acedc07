"""A bad wire: bytes get lost, spoiled or doubled, packets are cut, the line hangs up.

A client that survives this link on every seed survives a long cable. All faults are drawn from the
generator passed in, so a run that failed can be run again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hardware_labs.errors import BoardLost
from hardware_labs.transports.link import Inner, Link


@dataclass(frozen=True)
class Faults:
    """The chance of each fault per byte; `split`: that the rest of a packet comes later."""

    drop: float = 0.0
    garble: float = 0.0
    duplicate: float = 0.0
    split: float = 0.0

    def __post_init__(self) -> None:
        if not all(
            0 <= chance <= 1 for chance in (self.drop, self.garble, self.duplicate, self.split)
        ):
            raise ValueError(f"A chance is a number from 0 to 1: {self}.")


def spoiled(data: bytes, faults: Faults, rng: np.random.Generator) -> bytes:
    """`data` after the wire: each byte lost, another, twice, or as it was."""
    spoiled_bytes = bytearray()
    for byte in data:
        drop_draw, other, twice = rng.random(3)
        if drop_draw < faults.drop:
            continue
        if other < faults.garble:
            byte ^= int(rng.integers(1, 256))
        spoiled_bytes += bytes([byte]) * (1 + (twice < faults.duplicate))
    return bytes(spoiled_bytes)


class FaultyLink:
    """`link` over such a wire: `FaultyLink(link, rng, drop=0.01, hang_up_after=5_000)`.

    drop, garble, duplicate: the chance of each byte, both ways. split: the chance after each byte
    received that the rest comes with a later read, joined to what comes then. After `hang_up_after`
    bytes, both ways together, the board is lost. The bytes of `link` itself are counted.
    """

    name, closed = Inner[str](), Inner[bool]()
    sent_bytes, received_bytes = Inner[int](), Inner[int]()

    def __init__(
        self,
        link: Link,
        rng: np.random.Generator,
        *,
        drop: float = 0.0,
        garble: float = 0.0,
        duplicate: float = 0.0,
        split: float = 0.0,
        hang_up_after: int | None = None,
    ) -> None:
        self.link, self.faults = link, Faults(drop, garble, duplicate, split)
        self._rng, self._hang_up_after = rng, hang_up_after
        self._late = b""

    def write(self, data: bytes) -> None:
        self._hang_up_when_due()
        self.link.write(spoiled(data, self.faults, self._rng))

    def read(self, timeout_s: float) -> bytes:
        self._hang_up_when_due()
        news = self.link.read(0 if self._late else timeout_s)
        data = self._late + spoiled(news, self.faults, self._rng)
        cut = self._cut(len(data))
        self._late = data[cut:]
        return data[:cut]

    def close(self) -> None:
        self.link.close()

    def _cut(self, length: int) -> int:
        cuts = np.flatnonzero(self._rng.random(length) < self.faults.split)
        return int(cuts[0]) + 1 if len(cuts) else length

    def _hang_up_when_due(self) -> None:
        passed = self.sent_bytes + self.received_bytes
        if self._hang_up_after is not None and passed >= self._hang_up_after:
            self.close()
            raise BoardLost(f"The line to the board on {self.name} was cut after {passed} bytes.")
