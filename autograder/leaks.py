"""Nothing secret may be in what students get: solution lines, hidden tests, mark schemes.

A secret is a line inside such a region of the instructor's notebook that no student could know: it
stands nowhere in the part of the notebook they may see, and it says something of its own (twelve
characters or more, two words at least: `return self` or `else:` give nothing away). Every file is
searched, whatever it is: as text, with JSON's escapes undone, inside zips and wheels, inside
base64; comments and blanks do not hide a line.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import cells
from autograder.cells import HIDDEN, SCHEME, SOLUTION, Notebook

SHORTEST = 12
KINDS = {"solution": SOLUTION, "hidden test": HIDDEN, "mark scheme": SCHEME}


@dataclass(frozen=True)
class Secret:
    """A line to keep: in which cell it stands, what it is, and the line without its blanks."""

    cell: str
    kind: str
    text: str


@dataclass(frozen=True)
class Leak:
    """A secret found in a file (`a.zip!b.ipynb` for a member of an archive)."""

    file: str
    secret: Secret

    def __str__(self) -> str:
        kind, cell = self.secret.kind, self.secret.cell
        return f"{self.file} shows a {kind} line of cell '{cell}': {self.secret.text[:60]}"


def leaks(sources: Iterable[Notebook], files: Iterable[Path]) -> list[Leak]:
    """Every secret of the instructor's notebooks that is found in one of `files`."""
    kept = secrets(sources)
    return [
        Leak(name, secret)
        for path in files
        for name, data in _inside(path.name, path.read_bytes())
        for secret in _found(kept, name, data)
    ]


def secrets(sources: Iterable[Notebook]) -> list[Secret]:
    """The lines of the notebooks that students must not see, each once."""
    notebooks = list(sources)
    shown = {_bare(line) for nb in notebooks for line in _visible_lines(nb)}
    found = {
        secret.text: secret
        for notebook in notebooks
        for secret in _regions(notebook)
        if _says_something(secret.text) and not any(secret.text in line for line in shown)
    }
    return list(found.values())


def _regions(notebook: Notebook) -> Iterator[Secret]:
    for cell in notebook["cells"]:
        name = cells.grade_id(cell) or str(cell.get("id", ""))
        for kind, markers in KINDS.items():
            for region in cells.regions(cells.source(cell), markers):
                yield from (Secret(name, kind, _bare(line)) for line in region.split("\n"))


def _visible_lines(notebook: Notebook) -> Iterator[str]:
    """What a release shows: every cell without its secret regions."""
    for cell in notebook["cells"]:
        text = cells.source(cell)
        for markers in KINDS.values():
            text = cells.without(text, markers)
        yield from text.split("\n")


def _bare(line: str) -> str:
    """A line of code or prose without its comment and its blanks."""
    code = re.sub(r"(?<!\S)#\s.*$", "", line)
    return "".join((code if code.strip() else line).split())


def _says_something(bare: str) -> bool:
    return len(bare) >= SHORTEST and len(re.findall(r"[^\W_]+", bare)) >= 2


def _found(kept: list[Secret], name: str, data: bytes) -> Iterator[Secret]:
    texts = ["".join(text.split()) for text in _readings(name, data)]
    bare = ["".join(_bare(line) for line in text.split("\n")) for text in _readings(name, data)]
    for secret in kept:
        if any(secret.text in text for text in [*texts, *bare]):
            yield secret


def _readings(name: str, data: bytes) -> Iterator[str]:
    """A file as text: as it is, with escapes undone, and what its base64 pieces say."""
    text = data.decode("utf-8", errors="replace")
    yield f"{name}\n{text}"
    if "\\" in text:
        yield from _unescaped(text)
    for piece in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            yield base64.b64decode(piece + "=" * (-len(piece) % 4)).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue


def _unescaped(text: str) -> Iterator[str]:
    try:
        yield "\n".join(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        yield text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def _strings(value: object) -> Iterator[str]:
    """Every string of a JSON document; a list of strings is also one text, as in a notebook."""
    if isinstance(value, str):
        yield value
        if "\\" in value:
            yield from _unescaped(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *_strings(inner))
    elif isinstance(value, list):
        yield "".join(part for part in value if isinstance(part, str))
        for inner in value:
            yield from _strings(inner)


def _inside(name: str, data: bytes, depth: int = 3) -> Iterator[tuple[str, bytes]]:
    """A file, and every member where it is an archive (a zip or a wheel)."""
    yield name, data
    if not depth or not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                inner = archive.read(member)
                yield from _inside(f"{name}!{member.filename}", inner, depth - 1)
