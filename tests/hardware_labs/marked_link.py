"""A scripted board that marks its answers as the lab firmware does, in plain Python."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from hardware_labs.transports.link import ScriptedLink, unknown


def letters(crc: int) -> str:
    """Four bits a letter, from the hexadecimal digits: the specification of the mark."""
    return f"{crc:08x}".translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def marked(command: str) -> str:
    return f"{command}*{letters(zlib.crc32(command.encode()))}"


class MarkedLink(ScriptedLink):
    """`spoil(answer bytes) -> bytes` stands for the wire to the host."""

    def __init__(self, answer, spoil: Callable[[bytes], bytes] = bytes, **options) -> None:
        super().__init__(answer, **options)
        self.spoil = spoil

    def write(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        *complete, self._partial = (self._partial + data).split(b"%")
        for raw in complete:
            self.queue_bytes(self.spoil(self.answer_bytes(raw.decode("ascii", "replace"))))

    def answer_bytes(self, line: str) -> bytes:
        """The bytes of the whole answer."""
        match = re.fullmatch(r"(.*)\*([a-p]{8})", line)
        command = match[1] if match else line
        self.commands.append(command)
        if match and line != marked(command):
            return b"e-[The command came damaged]\r\nm-ready\r\n"
        lines = self.answer(command)
        if lines is None:
            return b""
        text = "".join(f"{answer_line}\r\n" for answer_line in lines) + "m-ready"
        mark = f"*{letters(zlib.crc32((command + text).encode()))}" if match else ""
        return f"{text}{mark}\r\n".encode()


def lab(command: str) -> list[str]:
    """Some answers of the lab firmware."""
    word = command.split(" ")[0]
    answers = {
        "name": ["m-name-dut-[nano33]"],
        "timestamp": ["m-lap-us-5"],
        "db": ["m-load-done"],
        "infer": ["m-infer-start-1", "m-lap-us-10", "m-lap-us-52", "m-results-[0.250,0.750]"],
    }
    return answers.get(word, unknown(command))
