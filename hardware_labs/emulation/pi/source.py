"""Where a stream takes its values: the test signal of `firmware/c/stream.c`, or a recording."""

from __future__ import annotations

from collections.abc import Iterator

from hardware_labs.emulation.pi.refusal import Refusal, is_number
from hardware_labs.emulation.sensor_data import recording
from hardware_labs.emulation.sensor_files import names

SEED = 0xACE1


def wave(period: int, amplitude: int, noise: int) -> Iterator[int]:
    """A wave of parabolas, close to a sine, plus noise of -noise to noise: as the firmware's."""
    lfsr, k = SEED, 0
    while True:
        for _ in range(8):
            lfsr = lfsr >> 1 ^ (0xB400 if lfsr & 1 else 0)
        phase = k % period * 1024 // period
        half = phase & 511
        size = half * (512 - half) // 64 * amplitude // 1024
        yield (-size if phase & 512 else size) + lfsr % (2 * noise + 1) - noise
        k += 1


def sources() -> tuple[str, ...]:
    """What `set source` takes."""
    return ("test", *names())


class Source:
    """What was chosen with `set`."""

    def __init__(self) -> None:
        self.name, self._class = "test", -1
        self._wave = {"period": 50, "amplitude": 1000, "noise": 40}

    def set(self, key: str, value: str) -> bool:
        """Whether `key` is one of the stream's and `value` may be. Raises Refusal for a class."""
        if key == "source" and value in sources():
            if value != "test":
                recording(value)  # loaded now, and not in the first sample's time
            self.name, self._class = value, -1
        elif key == "class" and is_number(value):
            self._choose(int(value))
        elif key in self._wave and is_number(value) and (key == "period") <= int(value) <= 10_000:
            self._wave[key] = int(value)
        else:
            return False
        return True

    def facts(self) -> dict[str, str]:
        """What `info` says of it."""
        if self.name == "test":
            return {"source": "test", "source_data": "synthesised by the agent"}
        played = recording(self.name)
        return played.facts() | {"source_rows": str(len(played.rows_of(self._class)))}

    def samples(self) -> Iterator[tuple[int, ...]]:
        """Sample after sample, without end."""
        if self.name == "test":
            yield from ((value,) for value in wave(**self._wave))
        played = recording(self.name)
        rows = played.rows_of(self._class)
        while True:
            yield from (tuple(map(int, played.values[row])) for row in rows)

    def _choose(self, number: int) -> None:
        if self.name == "test" or not len(recording(self.name).rows_of(number)):
            raise Refusal("set class takes the number of a class in the recording, or -1 for all")
        self._class = number
