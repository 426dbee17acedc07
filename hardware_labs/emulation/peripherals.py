"""What the peripherals of an emulated board do: a serial port and a timer, at no address yet.

Where a chip has them, and what its registers are called, is in `chips/`. The two belong together:
a board that has set no alarm and looks for a byte has nothing to do but wait for one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from hardware_labs.boards import BITS_PER_BYTE
from hardware_labs.emulation.clock import SLACK_S, Clock
from hardware_labs.emulation.wire import FOREVER, Wire

FULL = 2048


class Peripherals:
    """Serial port and timer. `halt` is called when the wire has no more to say, `listens` each time
    the board looks for what the host sent."""

    def __init__(
        self,
        clock: Clock,
        wire: Wire,
        halt: Callable[[], None],
        listens: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock, self.wire, self._halt, self._listens = clock, wire, halt, listens
        self._byte_cycles = 0
        self._coming: deque[tuple[int, int]] = deque()
        self._going = bytearray()
        self._sent_at = self._came_at = 0
        self._is_sending = False
        self.alarm_us = self.captured_us = 0

    def set_baud(self, baud: float) -> None:
        """From here on a byte takes ten bits at that rate; at a rate of 0 it takes no time."""
        self._byte_cycles = round(self.clock.hz * BITS_PER_BYTE / baud) if baud else 0

    def send(self, byte: int) -> None:
        """Puts a byte on the wire; it takes its time there."""
        self._is_sending = True
        self._going.append(byte & 0xFF)
        self._sent_at = max(self.clock.cycles, self._sent_at) + self._byte_cycles
        if len(self._going) >= FULL:
            self.flush()

    def has_sent(self) -> bool:
        """True, once all that was sent is out: the board would only look again until then."""
        self._wait_until(self._sent_at)
        return True

    def has_byte(self) -> bool:
        """With an alarm set the firmware polls; without one it has nothing to do but wait here."""
        if self.alarm_us:
            self._listen(0)
            return bool(self._coming) and self._coming[0][0] <= self.clock.cycles
        while not self._coming:
            self._wait_until(self._sent_at, slack_s=0)
            self.flush()
            try:
                self._listen(FOREVER)
            except EOFError:
                self._halt()
                return False
        self._wait_until(self._coming[0][0])
        return True

    def has_byte_unless_sending(self) -> bool:
        """For a status register that tells of both directions at once, where the port has a buffer
        of one byte: right after sending, the firmware looks whether the wire has taken its byte.
        """
        if not self._is_sending:
            return self.has_byte()
        self._is_sending = False
        self._wait_until(self._sent_at - self._byte_cycles)
        return False

    def take(self) -> int:
        """The oldest byte that has come, 0 where there is none."""
        return self._coming.popleft()[1] if self._coming else 0

    def now_us(self) -> int:
        """The board's time in a register of 32 bits."""
        return self.clock.us & 0xFFFFFFFF

    def capture(self) -> None:
        """Keeps this moment in `captured_us`."""
        self.captured_us = self.now_us()

    def set_alarm(self, us: int) -> None:
        """Sets the alarm to that moment of `now_us`; 0 is none."""
        self.alarm_us = us

    def alarm_has_rung(self) -> bool:
        """Nothing happens before the alarm but a byte from the host: the clock moves to either."""
        left_us = (self.alarm_us - self.clock.us + 2**31) % 2**32 - 2**31
        if not self.alarm_us or left_us <= 0:
            return bool(self.alarm_us)
        due = self.clock.cycles + self.clock.cycles_of(left_us / 1e6)
        self.flush()
        self._listen(self.clock.ahead_s(due))
        self.clock.move_to(min(due, self._coming[0][0]) if self._coming else due)
        return self.clock.cycles >= due

    def flush(self) -> None:
        """Hands the host what has been sent."""
        if self._going:
            data = bytes(self._going)
            self._going.clear()
            self.wire.write(data)

    def _listen(self, timeout_s: float | None) -> None:
        """Takes what the host sent: a byte at a time, at the rate that the firmware has set."""
        self._listens()
        data = self.wire.read(timeout_s)
        if data:
            self.clock.catch_up()
        for byte in data:
            self._came_at = max(self.clock.cycles, self._came_at) + self._byte_cycles
            self._coming.append((self._came_at, byte))

    def _wait_until(self, cycles: int, slack_s: float = SLACK_S) -> None:
        """What has been sent by then reaches the host then, and not before."""
        ahead_s = self.clock.ahead_s(cycles)
        if ahead_s > slack_s:
            time.sleep(ahead_s)
            self.flush()
        self.clock.move_to(cycles)
