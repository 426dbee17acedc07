"""What a firmware takes of a board's memory, read from the ELF file that would be flashed.

Flash holds the code, the constants and the start values of variables; RAM holds the variables, and
what is left is the stack's. Numbers are those of the linker: sections, and the symbols in them.
Source: Tool Interface Standard, Executable and Linking Format, version 1.2 (1995).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

WRITABLE, ALLOCATED, NO_BITS, SYMBOL_TABLE = 1, 2, 8, 2
OBJECT, FUNCTION, GLOBAL = 1, 2, 1


@dataclass(frozen=True)
class Section:
    """A part of the memory image. `in_file` is False for what start-up code fills with zeros;
    `in_ram` is true for what the program may write, wherever a board has its RAM.
    """

    name: str
    address: int
    size_bytes: int
    in_file: bool
    in_ram: bool


@dataclass(frozen=True)
class Symbol:
    """A function or a variable: its name as in the C source, its section, its bytes. `is_global`:
    every file of the program sees it, and there is one of that name."""

    name: str
    section: str
    address: int
    size_bytes: int
    is_function: bool = False
    is_global: bool = False


@dataclass(frozen=True)
class Sizes:
    """Sections in order of address, symbols with the largest first."""

    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]

    @property
    def flash_bytes(self) -> int:
        """Code, constants, and the start values of variables."""
        return sum(section.size_bytes for section in self.sections if section.in_file)

    @property
    def ram_bytes(self) -> int:
        """Variables, with the gaps that alignment leaves; without the stack."""
        parts = [s for s in self.sections if s.in_ram and s.name != ".stack" and s.size_bytes]
        if not parts:
            return 0
        return max(s.address + s.size_bytes for s in parts) - min(s.address for s in parts)

    @property
    def stack_bytes(self) -> int:
        """What the linker script keeps free for the stack at least."""
        return sum(s.size_bytes for s in self.sections if s.name == ".stack")

    def symbol_bytes(self, *names: str) -> int:
        """All symbols of these names together; 0 where there are none."""
        return sum(symbol.size_bytes for symbol in self.symbols if symbol.name in names)


def sizes(elf: Path | bytes) -> Sizes:
    """The sizes in a 32-bit little-endian ELF file. Raises ValueError where it is none."""
    data = elf if isinstance(elf, bytes) else elf.read_bytes()
    if data[:6] != b"\x7fELF\x01\x01":
        raise ValueError("Not a 32-bit little-endian ELF file.")
    headers = _section_headers(data)
    names = [_text(data, headers[_name_table(data)], header[0]) for header in headers]
    sections = [
        Section(name, header[3], header[5], header[1] != NO_BITS, bool(header[2] & WRITABLE))
        for name, header in zip(names, headers, strict=True)
        if header[2] & ALLOCATED
    ]
    return Sizes(
        tuple(sorted(sections, key=lambda s: (s.address, s.name))),
        tuple(sorted(_symbols(data, headers, names), key=lambda s: (-s.size_bytes, s.name))),
    )


def _section_headers(data: bytes) -> list[tuple[int, ...]]:
    """(name, type, flags, address, offset, size, link, ...) of each section."""
    start, (size, count) = (
        struct.unpack_from("<I", data, 32)[0],
        struct.unpack_from("<HH", data, 46),
    )
    return [struct.unpack_from("<10I", data, start + size * k) for k in range(count)]


def _name_table(data: bytes) -> int:
    return int(struct.unpack_from("<H", data, 50)[0])


def _text(data: bytes, table: tuple[int, ...], at: int) -> str:
    start = table[4] + at
    return data[start : data.index(b"\0", start)].decode("utf-8", "replace")


def _symbols(data: bytes, headers: list[tuple[int, ...]], sections: list[str]) -> list[Symbol]:
    symbols = []
    for header in headers:
        if header[1] != SYMBOL_TABLE:
            continue
        for at in range(header[4], header[4] + header[5], 16):
            name, address, size, info, _, section = struct.unpack_from("<3IBBH", data, at)
            if info & 15 in (OBJECT, FUNCTION) and size and section < len(sections):
                text = _text(data, headers[header[6]], name)
                is_function = info & 15 == FUNCTION  # whose lowest bit of the address says Thumb
                place = sections[section], address & ~is_function, size
                symbols.append(Symbol(text, *place, is_function, info >> 4 == GLOBAL))
    return symbols


def segments(elf: bytes) -> list[tuple[int, bytes]]:
    """(load address, bytes) of each part of a 32-bit little-endian ELF file that has bytes."""
    start, count = struct.unpack_from("<I", elf, 28)[0], struct.unpack_from("<H", elf, 44)[0]
    parts = []
    for k in range(count):
        kind, offset, _, address, size = struct.unpack_from("<5I", elf, start + 32 * k)
        if kind == 1 and size:
            parts.append((address, elf[offset : offset + size]))
    return parts
