"""The mark: a CRC-32 in eight letters, which tells a spoiled command or answer from a whole one.

    name*focdhoag%          the letters are the CRC-32 of "name"
    m-name-dut-[nano33]
    m-ready*fbnigbog        and these of "name" and of every byte of the answer before the mark

The published command set has no check sums: one garbled digit inside `m-results` would be another
result. The mark is asked for command by command, so a board that was reset needs no reminder, and
a board that does not know it answers `e-[Unknown command: name*focdhoag]`. Letters from a to p
stand for four bits each: a digit less or more than was meant could turn "infer 1" into "infer 15".
"""

from __future__ import annotations

import re
import zlib

STAR = "*"
MARK_LENGTH = 9


def letters(crc: int) -> str:
    """Eight letters for the 32 bits of `crc`, high bits first: "a" is 0 and "p" is 15."""
    return "".join(chr(ord("a") + (crc >> shift & 15)) for shift in range(28, -1, -4))


def is_mark(text: str) -> bool:
    """Whether `text` is eight letters from a to p."""
    return re.fullmatch("[a-p]{8}", text) is not None


def mark(data: bytes, crc: int = 0) -> str:
    """The letters for the CRC-32 of `data`, going on from `crc`."""
    return letters(zlib.crc32(data, crc))


def cut(line: bytes) -> tuple[bytes, str]:
    """The command in `line` and the letters of its mark, "" where it has none."""
    command, _, end = line.partition(STAR.encode())
    text = end.decode("ascii", "replace")
    return (command, text) if is_mark(text) else (line, "")


def marked(command: str) -> str:
    """The command with its mark: what is sent, but for the '%'."""
    return f"{command}{STAR}{mark(command.encode('ascii'))}"
