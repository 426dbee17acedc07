"""The virtual time of an emulated board, in cycles, and how it is held to the time on the wall.

An instruction is taken as one cycle; while the board waits (for a byte, a timer, its serial port)
the clock is moved on. In real time the emulator then sleeps until the wall has caught up, so a
stream of 100 Hz takes as long as on the desk. Without it the same cycles pass as fast as they can.
"""

from __future__ import annotations

import time

SLACK_S = 0.002


class Clock:
    """`instructions` is counted up by the emulator; `cycles` adds the time spent waiting."""

    def __init__(self, hz: int, realtime: bool) -> None:
        self.hz, self.realtime = hz, realtime
        self.instructions = 0
        self._waited = 0
        self._zero_s = time.monotonic()

    @property
    def cycles(self) -> int:
        return self.instructions + self._waited

    @property
    def us(self) -> int:
        return self.cycles * 1_000_000 // self.hz

    def cycles_of(self, seconds: float) -> int:
        return round(seconds * self.hz)

    def move_to(self, cycles: int) -> None:
        """Moves on to `cycles`; does nothing where that has passed."""
        self._waited += max(0, cycles - self.cycles)

    def ahead_s(self, cycles: int) -> float:
        """How long until the wall reaches `cycles`; 0 unless in real time."""
        if not self.realtime:
            return 0.0
        return max(0.0, self._zero_s + cycles / self.hz - time.monotonic())

    def catch_up(self) -> None:
        """After a wait of unknown length: what passed on the wall has passed for the board."""
        if self.realtime:
            self.move_to(round((time.monotonic() - self._zero_s) * self.hz))
