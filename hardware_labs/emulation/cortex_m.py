"""A Cortex-M that runs the real firmware: the only file that imports unicorn.

Code runs in unicorn's CPU; the peripherals, at the chip's own addresses, are ours. Instructions are
counted exactly: every basic block is decoded once (a Thumb-2 instruction has 2 or 4 bytes, as the
top five bits of its first half tell) and added when it runs. The same firmware with the same input
gives the same count on every machine.
"""

from __future__ import annotations

import ctypes
import math
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hardware_labs.boards import BoardKind
from hardware_labs.emulation.chips.tables import TABLES
from hardware_labs.emulation.clock import Clock
from hardware_labs.emulation.peripherals import Peripherals
from hardware_labs.emulation.registers import PAGE_BYTES, Register, RegisterFile, pages
from hardware_labs.emulation.sensor import Sensor
from hardware_labs.emulation.wire import RecordedWire, Wire
from hardware_labs.errors import BoardError, missing_library
from hardware_labs.firmware.elf import segments, sizes
from hardware_labs.firmware.thumb import instructions_in, wide_products

try:
    import unicorn
    from unicorn import arm_const
except ImportError as error:
    raise missing_library("unicorn", "An emulated board", error) from None

CORES = {
    "cortex-m4": arm_const.UC_CPU_ARM_CORTEX_M4,
    "cortex-m7": arm_const.UC_CPU_ARM_CORTEX_M7,
}
ARGUMENTS = tuple(getattr(arm_const, f"UC_ARM_REG_R{k}") for k in range(4))
SYSTEM = 0xE000E000
TRANSLATED_BYTES = 16 << 20  # unicorn's own choice is 1 GiB, more than a graded notebook may map
MAX_INSTRUCTIONS = 400_000_000  # some 20 s; one image of vww01 takes 67 million
ACCESS_PRICE = 50  # a register is read in Python, in the time of that many instructions
NOWHERE = 0xFFFFFFFF
CYCCNT = {0xE0001004: Register(read=lambda p, _: p.clock.cycles)}


@dataclass(frozen=True, eq=False)
class Memory:
    """The registers of a processor, (address, bytes) of all its RAM, and what its peripherals
    were told."""

    registers: unicorn.unicorn.UcContext
    places: tuple[tuple[int, bytes], ...]
    register_values: dict[int, int]


class Emulator:
    """A board with firmware in it. `run()` returns when its wire has no more to say.

    `wide_products` counts the instructions that multiplied to more than 32 bits. A firmware whose
    count of instructions reaches `stop_at` is stopped. `patience`: that many
    instructions after it last listened to the host, or last began to run the model.
    """

    def __init__(
        self,
        elf: Path,
        kind: BoardKind,
        wire: Wire,
        realtime: bool = False,
        patience: float = math.inf,
    ) -> None:
        if kind.emulator != "unicorn":
            raise BoardError(
                f"A {kind.title} is not emulated in Python. Take nano33, nicla or m4 for this."
            )
        self.clock = Clock(kind.clock_hz, realtime)
        self.stop_at, self._patience = patience, patience
        self._kind, self._has_ended = kind, False
        self._counts: dict[tuple[int, int], tuple[int, int]] = {}
        self.wide_products = 0
        self._cpu = self._power_on(elf.read_bytes(), kind)
        symbols = sizes(elf).symbols
        self._addresses = {s.name: s.address for s in symbols if s.is_global}
        self._variables = {s.name: s for s in symbols if not s.is_function}
        if patience < math.inf:
            self._watch(self._addresses["infer_once"])
        table = TABLES[kind.chip] | CYCCNT | Sensor().registers()
        peripherals = Peripherals(self.clock, wire, self._end, self._is_alive)
        self._registers = RegisterFile(table, peripherals)
        for page in pages(table):
            self._cpu.mmio_map(page, PAGE_BYTES, self._read, page, self._write, page)

    @property
    def instructions(self) -> int:
        """Executed since power-on."""
        return self.clock.instructions

    def run(self) -> None:
        """Runs from reset until the wire ends. Raises BoardError where the firmware crashes, or is
        stopped at `stop_at`."""
        stack, start = self._start()
        self._cpu.reg_write(arm_const.UC_ARM_REG_SP, stack)
        self._go(start, NOWHERE)
        if not self._has_ended:
            raise BoardError(f"The firmware came to a halt at address {self._at():#x}.")

    def call(self, function: str, *arguments: int) -> int:
        """Runs one function of the firmware until it returns, with up to four int32 arguments; the
        int32 it returns, where it returns one. Raises BoardError where it crashes, is stopped at
        `stop_at`, or waits for the host."""
        back, self._has_ended = self._kind.flash_address + self._kind.flash_bytes - 2, False
        self._cpu.reg_write(arm_const.UC_ARM_REG_SP, self._start()[0])
        self._cpu.reg_write(arm_const.UC_ARM_REG_LR, back | 1)
        for register, argument in zip(ARGUMENTS, arguments, strict=False):
            self._cpu.reg_write(register, argument & 0xFFFFFFFF)
        self._go(self._addresses[function], back)
        if self._has_ended:
            raise BoardError(
                "The firmware waits for the host in the middle of an inference: does a kernel read "
                "the serial port?"
            )
        if self._at() != back:
            raise BoardError(f"The firmware came to a halt at address {self._at():#x}.")
        returned = int(self._cpu.reg_read(ARGUMENTS[0]))
        return returned - ((returned & 0x80000000) << 1)

    def write(self, name: str, data: bytes) -> None:
        """Puts `data` where the firmware has the variable of that name."""
        self._cpu.mem_write(self._addresses[name], data)

    def read(self, name: str, offset: int, count: int) -> bytes:
        """`count` bytes of the variable of that name."""
        return bytes(self._cpu.mem_read(self._addresses[name] + offset, count))

    def variable(self, name: str) -> bytes:
        """All bytes of a variable, also of one that only its file knows. Raises BoardError where
        there is none of that name."""
        if name not in self._variables:
            raise BoardError(f"The firmware has no variable '{name}'.")
        symbol = self._variables[name]
        return bytes(self._cpu.mem_read(symbol.address, symbol.size_bytes))

    def memory(self) -> Memory:
        """All that can change, as it is now."""
        places = [(at, bytes(self._cpu.mem_read(at, size))) for at, size in _ram(self._kind)]
        return Memory(self._cpu.context_save(), tuple(places), self._registers.memory())

    def put_back(self, memory: Memory) -> None:
        """Makes registers and memory as they were."""
        for address, data in memory.places:
            self._cpu.mem_write(address, data)
        self._cpu.context_restore(memory.registers)
        self._registers.put_back(memory.register_values)

    def _start(self) -> tuple[int, int]:
        """The first words of flash: where the stack begins, and the first instruction."""
        stack, start = struct.unpack("<II", self._cpu.mem_read(self._kind.flash_address, 8))
        return stack, start

    def _go(self, start: int, until: int) -> None:
        try:
            self._cpu.emu_start(start | 1, until)
        except unicorn.UcError as error:
            raise BoardError(f"The firmware crashed at address {self._at():#x}: {error}.") from None
        if self.instructions >= self.stop_at:
            raise BoardError(
                f"The firmware did not come back after {self.instructions:,} instructions and was "
                "stopped: is there a loop that never ends?"
            )

    def _at(self) -> int:
        return int(self._cpu.reg_read(arm_const.UC_ARM_REG_PC))

    def _end(self) -> None:
        self._has_ended = True
        self._cpu.emu_stop()

    def _is_alive(self) -> None:
        if self._patience < math.inf:
            self.stop_at = self.instructions + self._patience

    def _watch(self, address: int) -> None:
        """Each time the function there begins is a sign of life."""
        self._cpu.hook_add(
            unicorn.UC_HOOK_CODE, lambda *_: self._is_alive(), begin=address, end=address
        )

    def _power_on(self, elf: bytes, kind: BoardKind) -> unicorn.Uc:
        cpu = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        cpu.ctl_set_cpu_model(CORES[kind.core])
        translated = ctypes.c_uint32(TRANSLATED_BYTES)
        cpu.ctl(unicorn.UC_CTL_TCG_BUFFER_SIZE, unicorn.UC_CTL_IO_WRITE, translated)
        read_and_run = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC
        cpu.mem_map(kind.flash_address, kind.flash_bytes, read_and_run)
        for address, size in _ram(kind):  # no code of ours runs there, and none shall
            cpu.mem_map(address, size, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        for address, data in segments(elf):
            cpu.mem_write(address, data)
        cpu.hook_add(unicorn.UC_HOOK_BLOCK, self._block)
        return cpu

    def _block(self, cpu: unicorn.Uc, address: int, size: int, _: object) -> None:
        counts = self._counts.get((address, size))
        if counts is None:
            code = bytes(cpu.mem_read(address, size))
            counts = self._counts[address, size] = (instructions_in(code), wide_products(code))
        self.clock.instructions += counts[0]
        self.wide_products += counts[1]
        if self.clock.instructions >= self.stop_at:
            cpu.emu_stop()

    def _read(self, _cpu: unicorn.Uc, offset: int, _size: int, page: int) -> int:
        self.stop_at -= ACCESS_PRICE
        return self._registers.read(page + offset)

    def _write(self, _cpu: unicorn.Uc, offset: int, _size: int, value: int, page: int) -> None:
        self.stop_at -= ACCESS_PRICE
        self._registers.write(page + offset, value)


def _ram(kind: BoardKind) -> list[tuple[int, int]]:
    """(address, bytes) of all that a program may write, the system's own page with it."""
    banks = [(bank.address, bank.size_bytes) for bank in kind.banks]
    return [(kind.ram_address, kind.ram_bytes), *banks, (SYSTEM, PAGE_BYTES)]


@dataclass(frozen=True)
class Exchange:
    """A command, what the board said to it, and the instructions from its first byte until the
    board waited for the next."""

    command: str
    said: str
    instructions: int


def exchanges(
    elf: Path, kind: BoardKind, *commands: str, max_instructions: int = MAX_INSTRUCTIONS
) -> list[Exchange]:
    """`commands` put to a board that was just switched on, and the emulator's own count for each:
    the same on every run, whatever the firmware says. A firmware that reads the port by itself can
    move instructions from one command to the next; `counted_inferences` does not ask it anything.

    A command may take `max_instructions`. Raises BoardError as `Emulator.run` does.
    """
    text, pauses = _played(elf, kind, commands, max_instructions)
    return [
        Exchange(command, text[start:end], after - before)
        for command, ((start, before), (end, after)) in zip(commands, pairwise(pauses), strict=True)
    ]


def converse(elf: Path, kind: BoardKind, *commands: str) -> tuple[str, int]:
    """All the board says to `commands`, its banner first, and all instructions it needed."""
    text, pauses = _played(elf, kind, commands, MAX_INSTRUCTIONS)
    return text, pauses[-1][1]


def _played(
    elf: Path, kind: BoardKind, commands: tuple[str, ...], max_instructions: int
) -> tuple[str, list[tuple[int, int]]]:
    """All that the board says; and each time it waits, what it has said so far, in bytes, and its
    instructions so far."""
    pauses: list[tuple[int, int]] = []

    def note() -> None:
        pauses.append((len(wire.said), emulator.instructions))
        emulator.stop_at = emulator.instructions + max_instructions

    wire = RecordedWire(*(f"{command}%".encode() for command in commands), waits=note)
    emulator = Emulator(elf, kind, wire)
    emulator.stop_at = max_instructions
    emulator.run()
    if len(pauses) != len(commands) + 1:
        raise BoardError("The firmware reads the port without waiting for a command.")
    return wire.said.decode("ascii", "replace"), pauses
