"""The search for secrets in students' files: solutions, hidden tests and mark schemes.

A secret is a line that an instructor wrote for staff alone. It stands nowhere in the visible part
of the notebooks, has twelve characters or more, and is an assert or has three words that are not
Python's own, since `for i in range(n):` or `lines.append(line)` stand in any library. Each
solution, hidden test and mark scheme is a secret as a whole too. Every file is searched in all
forms that `unpack` reads; blanks, quotes, brackets and comments make no difference.
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

MIN_SECRET_CHARS = 12
MARKERS_BY_KIND = {"solution": SOLUTION, "hidden test": HIDDEN, "mark scheme": SCHEME}
METHOD_NAMES = (name for kind in (str, list, dict, set) for name in dir(kind))
COMMON_NAMES = {
    *keyword.kwlist,
    *keyword.softkwlist,
    *dir(builtins),
    *METHOD_NAMES,
    "self",
    "np",
    "numpy",
}
STUBS = ("raise NotImplementedError()", "YOUR CODE HERE", "YOUR ANSWER HERE")


@dataclass(frozen=True)
class Secret:
    """A text that students must not see.

    cell: the cell it stands in. excerpt: its first characters, as written. text: the normalized
    form that is searched for.
    """

    cell: str
    kind: str
    excerpt: str
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
        owner = f" of cell '{self.secret.cell}'" if self.secret.cell else ""
        return f"{place} shows {self.secret.kind}{owner}: {self.secret.excerpt}"


def leaks(
    sources: Iterable[Notebook], files: Iterable[Path], public_files: Iterable[Path] = ()
) -> list[Leak]:
    """Every place in `files` that shows a secret of the instructor's notebooks.

    public_files: code that students have in any case, the course's own packages. A solution calls
    them as they call each other, so a single line of a solution that stands there is no secret; a
    whole solution, a hidden test or a mark scheme is.
    """
    return search(secrets(sources, public_files), files)


def search(private: Iterable[Secret], files: Iterable[Path]) -> list[Leak]:
    """Every leak of the secrets `private` in `files`, once per file; the names of files are
    relative to the folder that holds them all."""
    searched, paths = list(private), list(files)
    folder = os.path.commonpath([path.absolute().parent for path in paths]) if paths else "."
    first_leaks: dict[tuple[str, Secret], Leak] = {}
    for path in paths:
        name = path.absolute().relative_to(folder).as_posix()
        for file, cell, text in readings(name, path.read_bytes()):
            for leak in _leaks_in_text(searched, file, cell, text):
                first_leaks.setdefault((leak.file, leak.secret), leak)
    return list(first_leaks.values())


def _leaks_in_text(searched: list[Secret], file: str, cell: str, text: str) -> Iterator[Leak]:
    with_comments, code = _without_punctuation(text), _normalized(text)
    for secret in searched:
        if secret.text in with_comments or secret.text in code:
            yield Leak(file, cell, secret)
    if file.endswith(".ipynb"):
        for kind, (begin, _end) in MARKERS_BY_KIND.items():
            if f"### {begin}" in text:
                yield Leak(file, cell, Secret("", f"the marker of a {kind}", begin, begin))


def secrets(sources: Iterable[Notebook], public_files: Iterable[Path] = ()) -> list[Secret]:
    """What students must not see of the notebooks, each text once.

    public_files: as in `leaks`.
    """
    notebooks = list(sources)
    public = "\n".join(_normalized(path.read_text("utf-8", "replace")) for path in public_files)
    visible = "\n".join(
        [_normalized(_visible_text(notebook)) for notebook in notebooks]
        + [*map(_normalized_line, STUBS)]
    )
    by_text: dict[str, Secret] = {}
    for secret in (secret for notebook in notebooks for secret in _secrets_of(notebook)):
        if secret.text not in visible and not (secret.is_solution_line and secret.text in public):
            by_text.setdefault(secret.text, secret)
    return list(by_text.values())


def _secrets_of(notebook: Notebook) -> Iterator[Secret]:
    for cell in notebook["cells"]:
        name = cells.grade_id(cell) or str(cell.get("id", ""))
        for kind, region in _hidden_regions(cell):
            yield from (
                Secret(name, f"a line of the {kind}", line.strip()[:60], _normalized_line(line))
                for line in region.split("\n")
                if _is_telling(line)
            )
            block = cells.source(cell) if kind == "solution" else region
            if _normalized(region) and len(_normalized(block)) >= MIN_SECRET_CHARS:
                yield Secret(name, f"the whole {kind}", _last_line(block), _normalized(block))


def _hidden_regions(cell: Cell) -> Iterator[tuple[str, str]]:
    """(kind, text) of each part that a release takes out of a cell.

    As in nbgrader, a solution cell without a marked region is a solution from top to bottom.
    """
    text = cells.source(cell)
    for kind, markers in MARKERS_BY_KIND.items():
        yield from ((kind, region) for region in cells.regions(text, markers))
    if _is_all_solution(cell):
        yield "solution", text


def _is_all_solution(cell: Cell) -> bool:
    return cells.is_solution(cell) and SOLUTION[0] not in cells.source(cell)


def _visible_text(notebook: Notebook) -> str:
    """The text that students see: every cell without its solutions, hidden tests and schemes."""
    texts = []
    for cell in notebook["cells"]:
        text = "" if _is_all_solution(cell) else cells.source(cell)
        for markers in MARKERS_BY_KIND.values():
            text = cells.remove_regions(text, markers)
        texts.append(text)
    return "\n".join(texts)


def _last_line(text: str) -> str:
    return [line for line in text.split("\n") if _normalized(line)][-1].strip()[:60]


def _normalized(text: str) -> str:
    """A text without comments (so without markers) and without what a formatter may move."""
    return _without_punctuation("\n".join(_without_comment(line) for line in text.split("\n")))


def _normalized_line(line: str) -> str:
    """A line of code or prose, normalized; a line that is all comment keeps its words."""
    return _normalized(line) or _without_punctuation(line)


def _without_comment(line: str) -> str:
    return re.sub(r"(?<!\S)#+\s.*$", "", line)


def _without_punctuation(text: str) -> str:
    """A text without blanks, quotes, brackets, commas and backslashes."""
    return re.sub(r"[\s\"'(),\\]+", "", text)


def _is_telling(line: str) -> bool:
    """Is the line long and particular enough to give something away?"""
    words = set(re.findall(r"\w\w+", _without_comment(line) or line)) - COMMON_NAMES
    if len(_normalized_line(line)) < MIN_SECRET_CHARS or re.match(
        r"\s*(import|from|def|class) ", line
    ):
        return False
    return len(words) >= 3 or bool(re.match(r"\s*assert ", line))
