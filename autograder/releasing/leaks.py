"""Nothing secret may be in what students get: solutions, hidden tests, mark schemes.

A secret is a line that an instructor wrote for staff alone, and that says something of its own: it
stands nowhere in the part of the notebooks that students see, has twelve characters or more, and
is an assert or has three words that are not Python's own. `for i in range(n):`, a signature or
`lines.append(line)` stand in any library and give nothing away; what consists of such lines is a
secret as one whole, a solution together with its signature. Every file is searched as text, by its
name, with escapes undone, inside archives and base64; blanks, quotes, brackets and comments hide
nothing.
"""

from __future__ import annotations

import builtins
import keyword
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, SOLUTION, Cell, Notebook
from autograder.releasing.unpack import readings

SHORTEST = 12
KINDS = {"solution": SOLUTION, "hidden test": HIDDEN, "mark scheme": SCHEME}
METHODS = (name for kind in (str, list, dict, set) for name in dir(kind))
COMMON = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *METHODS, "self", "np", "numpy"}
STUBS = ("raise NotImplementedError()", "YOUR CODE HERE", "YOUR ANSWER HERE")


@dataclass(frozen=True)
class Secret:
    """What to keep: the cell it stands in, its kind, as written, and as it is searched for."""

    cell: str
    kind: str
    shown: str
    text: str

    @property
    def is_solution_line(self) -> bool:
        return self.kind == "a line of the solution"


@dataclass(frozen=True)
class Leak:
    """A secret found in a file (`a.zip!b.ipynb` for a member of an archive).

    cell: the cell of the released notebook it stands in, '' for anywhere else in the file.
    """

    file: str
    cell: str
    secret: Secret

    def __str__(self) -> str:
        place = f"{self.file}, cell '{self.cell}'," if self.cell else self.file
        whose = f" of cell '{self.secret.cell}'" if self.secret.cell else ""
        return f"{place} shows {self.secret.kind}{whose}: {self.secret.shown}"


def leaks(
    sources: Iterable[Notebook], files: Iterable[Path], handed_out: Iterable[Path] = ()
) -> list[Leak]:
    """Every secret of the instructor's notebooks that is found in one of `files`.

    handed_out: code that students have in any case, the course's own packages. A solution calls
    them as they call each other, so a single line of a solution that stands there is no secret; a
    whole solution, a hidden test or a mark scheme is.
    """
    return search(secrets(sources, handed_out), files)


def search(kept: Iterable[Secret], files: Iterable[Path]) -> list[Leak]:
    """Where each of the secrets stands in `files`, once per file; files are named from the
    folder that holds them all."""
    kept, paths = list(kept), list(files)
    folder = os.path.commonpath([path.absolute().parent for path in paths]) if paths else "."
    found: dict[tuple[str, Secret], Leak] = {}
    for path in paths:
        name = path.absolute().relative_to(folder).as_posix()
        for file, cell, text in readings(name, path.read_bytes()):
            for leak in _in_text(kept, file, cell, text):
                found.setdefault((leak.file, leak.secret), leak)
    return list(found.values())


def _in_text(kept: list[Secret], file: str, cell: str, text: str) -> Iterator[Leak]:
    whole, code = _squeezed(text), _joined(text)
    for secret in kept:
        if secret.text in whole or secret.text in code:
            yield Leak(file, cell, secret)
    if file.endswith(".ipynb"):
        for kind, (begin, _end) in KINDS.items():
            if f"### {begin}" in text:
                yield Leak(file, cell, Secret("", f"the marker of a {kind}", begin, begin))


def secrets(sources: Iterable[Notebook], handed_out: Iterable[Path] = ()) -> list[Secret]:
    """What students must not see of the notebooks, each line once."""
    notebooks = list(sources)
    public = "\n".join(_joined(path.read_text("utf-8", "replace")) for path in handed_out)
    shown = "\n".join(
        [_joined(_visible(notebook)) for notebook in notebooks] + [*map(_bare, STUBS)]
    )
    found: dict[str, Secret] = {}
    for secret in (secret for notebook in notebooks for secret in _all(notebook)):
        if secret.text not in shown and not (secret.is_solution_line and secret.text in public):
            found.setdefault(secret.text, secret)
    return list(found.values())


def _all(notebook: Notebook) -> Iterator[Secret]:
    for cell in notebook["cells"]:
        name = cells.grade_id(cell) or str(cell.get("id", ""))
        for kind, hidden in _hidden(cell):
            yield from (
                Secret(name, f"a line of the {kind}", line.strip()[:60], _bare(line))
                for line in hidden.split("\n")
                if _says_something(line)
            )
            whole = cells.source(cell) if kind == "solution" else hidden
            if _joined(hidden) and len(_joined(whole)) >= SHORTEST:
                yield Secret(name, f"the whole {kind}", _last_line(whole), _joined(whole))


def _hidden(cell: Cell) -> Iterator[tuple[str, str]]:
    """(kind, text) of what a release takes out of a cell.

    As in nbgrader, a solution cell without a marked region is a solution from top to bottom.
    """
    text = cells.source(cell)
    for kind, markers in KINDS.items():
        yield from ((kind, region) for region in cells.regions(text, markers))
    if _is_all_solution(cell):
        yield "solution", text


def _is_all_solution(cell: Cell) -> bool:
    return cells.is_solution(cell) and SOLUTION[0] not in cells.source(cell)


def _visible(notebook: Notebook) -> str:
    """What a release shows: every cell without what it takes out."""
    texts = []
    for cell in notebook["cells"]:
        text = "" if _is_all_solution(cell) else cells.source(cell)
        for markers in KINDS.values():
            text = cells.remove_regions(text, markers)
        texts.append(text)
    return "\n".join(texts)


def _last_line(text: str) -> str:
    return [line for line in text.split("\n") if _joined(line)][-1].strip()[:60]


def _joined(text: str) -> str:
    """A text without its comments (so without the markers too) and what reformatting changes."""
    return _squeezed("\n".join(_uncommented(line) for line in text.split("\n")))


def _bare(line: str) -> str:
    """A line of code or prose in the same way; one that is all comment is kept."""
    return _joined(line) or _squeezed(line)


def _uncommented(line: str) -> str:
    return re.sub(r"(?<!\S)#+\s.*$", "", line)


def _squeezed(text: str) -> str:
    """Without blanks, quotes, brackets, commas and backslashes, which a formatter may move."""
    return re.sub(r"[\s\"'(),\\]+", "", text)


def _says_something(line: str) -> bool:
    words = set(re.findall(r"\w\w+", _uncommented(line) or line)) - COMMON
    if len(_bare(line)) < SHORTEST or re.match(r"\s*(import|from|def|class) ", line):
        return False
    return len(words) >= 3 or bool(re.match(r"\s*assert ", line))
