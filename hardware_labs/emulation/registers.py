"""A table of registers: what reading and writing each address of a chip does.

A register that is in no table is a word of memory: it reads what was written, at first 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hardware_labs.emulation.peripherals import Peripherals

PAGE_BYTES = 0x1000


@dataclass(frozen=True)
class Register:
    """`read` gets the peripherals and what was last written here; `write` gets what is written."""

    read: Callable[[Peripherals, int], int] | None = None
    write: Callable[[Peripherals, int], None] | None = None


RegisterTable = dict[int, Register]


def pages(table: RegisterTable) -> list[int]:
    """The first addresses of the pages on which the registers lie."""
    return sorted({address - address % PAGE_BYTES for address in table})


class RegisterFile:
    """The registers of one board, with what was written into them."""

    def __init__(self, table: RegisterTable, peripherals: Peripherals) -> None:
        self._table, self._peripherals = table, peripherals
        self._values: dict[int, int] = {}

    def read(self, address: int) -> int:
        """What the processor finds there, 32 bits."""
        register, value = self._table.get(address), self._values.get(address, 0)
        if register is None or register.read is None:
            return value
        return register.read(self._peripherals, value) & 0xFFFFFFFF

    def write(self, address: int, value: int) -> None:
        """Stores `value` and does what it causes."""
        self._values[address] = value
        register = self._table.get(address)
        if register is not None and register.write is not None:
            register.write(self._peripherals, value)

    def memory(self) -> dict[int, int]:
        """All that was written, by address."""
        return dict(self._values)

    def put_back(self, values: dict[int, int]) -> None:
        """Makes what was written as it was, without doing again what it caused."""
        self._values = dict(values)
