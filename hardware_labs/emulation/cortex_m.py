"""A Cortex-M4 that runs the real firmware: the only file that imports unicorn.

Code runs in unicorn's CPU; the serial port, the timer and the cycle counter at the nRF52840's own
addresses are ours. Instructions are counted exactly: every basic block is decoded once (a Thumb-2
instruction has 2 or 4 bytes, as the top five bits of its first half tell) and added when it runs.
The same firmware with the same input gives the same count on every machine.
"""

from __future__ import annotations

import struct
import time
from collections import deque
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.clock import SLACK_S, Clock
from hardware_labs.emulation.wire import FOREVER, RecordedWire, Wire
from hardware_labs.errors import BoardError, missing_library

try:
    import unicorn
    from unicorn import arm_const
except ImportError:
    raise missing_library("unicorn", "An emulated board") from None

RAM_START = 0x20000000
PAGE = 0x1000
UART, TIMER, DWT, SYSTEM = 0x40002000, 0x40008000, 0xE0001000, 0xE000E000
RXDRDY, TXDRDY, RXD, TXD, BAUDRATE = 0x108, 0x11C, 0x518, 0x51C, 0x524
CAPTURE1, COMPARE0, CC0, CC1 = 0x044, 0x140, 0x540, 0x544
CYCCNT = 0x004
BITS_PER_BYTE = 10
BAUD = 115200
BAUD_UNIT = 16_000_000 / 2**32  # of the BAUDRATE register (Product Specification, UART)
FULL = 2048


def instructions_in(code: bytes) -> int:
    """How many Thumb-2 instructions `code` holds."""
    at = count = 0
    while at < len(code):
        half = code[at] | code[at + 1] << 8
        at += 4 if half >> 11 in (0b11101, 0b11110, 0b11111) else 2
        count += 1
    return count


def segments(elf: bytes) -> list[tuple[int, bytes]]:
    """(load address, bytes) of each part of a 32-bit little-endian ELF file that has bytes."""
    start, count = struct.unpack_from("<I", elf, 28)[0], struct.unpack_from("<H", elf, 44)[0]
    parts = []
    for k in range(count):
        kind, offset, _, address, size = struct.unpack_from("<5I", elf, start + 32 * k)
        if kind == 1 and size:
            parts.append((address, elf[offset : offset + size]))
    return parts


class Emulator:
    """A board with firmware in it. `run()` returns when its wire has no more to say."""

    def __init__(self, elf: Path, kind: BoardKind, wire: Wire, realtime: bool = False) -> None:
        self.wire, self.clock = wire, Clock(kind.clock_hz, realtime)
        self._byte_cycles = kind.clock_hz * BITS_PER_BYTE // BAUD
        self._coming: deque[tuple[int, int]] = deque()
        self._going = bytearray()
        self._sent_at = self._came_at = 0
        self._alarm = self._captured = 0
        self._counts: dict[tuple[int, int], int] = {}
        self._cpu = self._power_on(elf.read_bytes(), kind)

    @property
    def instructions(self) -> int:
        """Executed since power-on."""
        return self.clock.instructions

    def run(self) -> None:
        """Runs from reset until the wire ends. Raises BoardError where the firmware crashes."""
        stack, start = struct.unpack("<II", self._cpu.mem_read(0, 8))
        self._cpu.reg_write(arm_const.UC_ARM_REG_SP, stack)
        try:
            self._cpu.emu_start(start | 1, 0xFFFFFFFF)
        except unicorn.UcError as error:
            at = self._cpu.reg_read(arm_const.UC_ARM_REG_PC)
            raise BoardError(f"The firmware crashed at address {at:#x}: {error}.") from None

    def _power_on(self, elf: bytes, kind: BoardKind) -> unicorn.Uc:
        cpu = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        cpu.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M4)
        cpu.mem_map(0, kind.flash_bytes, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        cpu.mem_map(RAM_START, kind.ram_bytes)
        cpu.mem_map(SYSTEM, PAGE)
        for address, data in segments(elf):
            cpu.mem_write(address, data)
        cpu.mmio_map(UART, PAGE, self._uart_read, None, self._uart_write, None)
        cpu.mmio_map(TIMER, PAGE, self._timer_read, None, self._timer_write, None)
        cpu.mmio_map(DWT, PAGE, self._dwt_read, None, self._ignore, None)
        cpu.hook_add(unicorn.UC_HOOK_BLOCK, self._block)
        return cpu

    def _block(self, cpu: unicorn.Uc, address: int, size: int, _: object) -> None:
        count = self._counts.get((address, size))
        if count is None:
            count = instructions_in(bytes(cpu.mem_read(address, size)))
            self._counts[address, size] = count
        self.clock.instructions += count

    def _uart_read(self, _cpu: unicorn.Uc, offset: int, _size: int, _: object) -> int:
        if offset == RXDRDY:
            return self._byte_has_come()
        if offset == RXD:
            return self._coming.popleft()[1] if self._coming else 0
        if offset == TXDRDY:
            self._wait_until(self._sent_at)
            return 1
        return 0

    def _uart_write(self, _cpu: unicorn.Uc, offset: int, _size: int, value: int, _: object) -> None:
        if offset == BAUDRATE:
            self._byte_cycles = round(self.clock.hz * BITS_PER_BYTE / (value * BAUD_UNIT))
        if offset == TXD:
            self._going.append(value & 0xFF)
            self._sent_at = max(self.clock.cycles, self._sent_at) + self._byte_cycles
            if len(self._going) >= FULL:
                self._flush()

    def _timer_read(self, _cpu: unicorn.Uc, offset: int, _size: int, _: object) -> int:
        if offset == CC0:
            return self._alarm
        if offset == CC1:
            return self._captured
        return self._alarm_has_rung() if offset == COMPARE0 else 0

    def _timer_write(
        self, _cpu: unicorn.Uc, offset: int, _size: int, value: int, _: object
    ) -> None:
        if offset == CC0:
            self._alarm = value
        elif offset == CAPTURE1:
            self._captured = self.clock.us & 0xFFFFFFFF

    def _dwt_read(self, _cpu: unicorn.Uc, offset: int, _size: int, _: object) -> int:
        return self.clock.cycles & 0xFFFFFFFF if offset == CYCCNT else 0

    def _ignore(self, _cpu: unicorn.Uc, offset: int, _size: int, value: int, _: object) -> None:
        pass

    def _byte_has_come(self) -> int:
        """With an alarm set the firmware polls; without one it has nothing to do but wait here."""
        if self._alarm:
            self._listen(0)
            return int(bool(self._coming) and self._coming[0][0] <= self.clock.cycles)
        while not self._coming:
            self._wait_until(self._sent_at, slack_s=0)
            self._flush()
            try:
                self._listen(FOREVER)
            except EOFError:
                self._cpu.emu_stop()
                return 0
        self._wait_until(self._coming[0][0])
        return 1

    def _alarm_has_rung(self) -> int:
        """Nothing happens before the alarm but a byte from the host: the clock moves to either."""
        left_us = (self._alarm - self.clock.us + 2**31) % 2**32 - 2**31
        if not self._alarm or left_us <= 0:
            return int(bool(self._alarm))
        due = self.clock.cycles + self.clock.cycles_of(left_us / 1e6)
        self._flush()
        self._listen(self.clock.ahead_s(due))
        self.clock.move_to(min(due, self._coming[0][0]) if self._coming else due)
        return int(self.clock.cycles >= due)

    def _listen(self, timeout_s: float | None) -> None:
        """Takes what the host sent; at 115200 baud one byte arrives every 87 us."""
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
            self._flush()
        self.clock.move_to(cycles)

    def _flush(self) -> None:
        if self._going:
            data = bytes(self._going)
            self._going.clear()
            self.wire.write(data)


def converse(elf: Path, kind: BoardKind, *commands: str) -> tuple[str, int]:
    """What the board says to `commands`, and the instructions it needed: the same on every run."""
    wire = RecordedWire(*(f"{command}%".encode() for command in commands))
    emulator = Emulator(elf, kind, wire)
    emulator.run()
    return wire.said.decode("ascii", "replace"), emulator.instructions
