"""A chapter run from top to bottom: the names its code cells make, what they print, its checks.

Cells run once, in this process, in a folder with the data that the front matter names. All
renderings share what came out.
"""

from __future__ import annotations

import ast
import io
import re
import shutil
import tempfile
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import perfsim
from coursekit import syllabus

from book.catalogues import translator
from book.checks.compute import computed, variants
from book.checks.entries import CheckText, read_check
from book.contents import BOOK, entries
from book.errors import BookError
from book.languages import ENGLISH
from book.source_text import Block, Prose, parts
from book.structure import differences
from book.syntax import faults, hold
from book.time_limit import limited
from book.translatable import mapped, texts

Names = dict[str, Any]
WORDS_A_MINUTE = 200
ID = re.compile(r"[a-z][\w-]*", re.ASCII)
SIMULATOR = Path(perfsim.__file__).parent
DATA = (BOOK.parent / "data", BOOK.parents[1] / "benchmarks")
"""Where data of a chapter may lie, beside its own folder."""
READ = (".py", ".csv", ".json", ".toml")
"""The endings of the files of perfsim, whose functions and tables the cells call."""


@dataclass(frozen=True, eq=False)
class Chapter:
    """data: files that its cells read; names: what the cells made; outputs: what each showed.
    original: of a translation the English chapter."""

    id: str
    data: tuple[Path, ...]
    parts: tuple[Prose | Block, ...]
    names: Names
    outputs: tuple[str, ...]
    checks: tuple[CheckText, ...]
    language: str = ENGLISH.code
    original: Chapter | None = None

    @property
    def title(self) -> str:
        """The heading of the first level."""
        return next(m[1] for m in re.finditer(r"(?m)^# (.+)$", self.prose))

    @property
    def prose(self) -> str:
        """All prose, as it is written."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, Prose))

    @property
    def sources(self) -> list[Path]:
        """The files that its page is made of: when one of them changes, the page is old."""
        own_files = [path for path in (BOOK / "chapters" / self.id).iterdir() if path.is_file()]
        simulator = [path for path in SIMULATOR.rglob("*") if path.suffix in READ]
        return [*own_files, *self.data, *simulator, BOOK / "references.toml", syllabus.home()]

    def blocks(self, name: str) -> list[Block]:
        """The blocks of that name, in their order."""
        return [part for part in self.parts if isinstance(part, Block) and part.name == name]

    def section(self, title: str) -> str:
        """The prose below the heading of the second level with that title, up to the next."""
        match = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", self.prose)
        return match[1].strip() if match else ""

    def heading(self, title: str) -> str:
        """A heading of the English chapter, in the chapter's language."""
        return translator(self.language, domain(self.id))(title)

    @property
    def objectives(self) -> list[str]:
        """The list under 'Learning objectives'."""
        pairs = texts(self.section(self.heading("Learning objectives")) + "\n")
        return [text for text, kind in pairs if kind == "item of a list"]

    @property
    def length_words(self) -> int:
        """The words of prose and captions; code and checks are not counted."""
        captions = " ".join(block.body for block in self.blocks("chart"))
        return word_count(self.prose + captions)

    @property
    def minutes(self) -> int:
        """How long reading takes, at 200 words a minute."""
        return round(self.length_words / WORDS_A_MINUTE)

    def variants(self) -> list[list[dict[str, Any]]]:
        """Each check with its variants."""
        return [self._compute_for(check, variants) for check in self.checks]

    def first_checks(self) -> list[dict[str, Any]]:
        """Each check for the first seed."""
        return [self._compute_for(check, computed) for check in self.checks]

    def check_sections(self) -> list[str]:
        """For each check the heading of the second level under which it stands."""
        headings, title = [], self.title
        for part in self.parts:
            if isinstance(part, Prose):
                title = (re.findall(r"(?m)^## (.+)$", part.text) or [title])[-1]
            elif part.name == "check":
                headings.append(title)
        return headings

    def _compute_for(self, check: CheckText, compute: Any) -> Any:
        """What a function computes of a check; a fault is told with its place."""
        try:
            return compute(check, self.names)
        except BookError as error:
            place = f"{self.id}.md, line {check.line}, check '{check.id}'"
            raise BookError(f"{place}: {error}") from error


def word_count(text: str) -> int:
    """The words of a text in MyST; a role is one word."""
    return len(re.findall(r"[\w{][^\s]*", re.sub(r"\{\w+\}`[^`]*`", "word", text)))


def reading_minutes(text: str) -> int:
    """How long reading a text takes."""
    return round(word_count(text) / WORDS_A_MINUTE)


def domain(chapter_id: str) -> str:
    """The page of a chapter, and the catalogue of its texts."""
    return f"chapters/{chapter_id}/{chapter_id}"


def open_chapter(chapter_id: str, code: str = ENGLISH.code) -> Chapter:
    """The chapter of that id, run, in the language of that code. BookError where a cell fails, and
    where there is no such text yet."""
    source = BOOK / f"{domain(chapter_id)}.md"
    if not source.is_file():
        state = "is only planned" if chapter_id in entries() else "is not in contents.toml"
        raise BookError(f"the chapter '{chapter_id}' {state}: there is no {source}.")
    chapter = _run_file(chapter_id, source)
    return chapter if code == ENGLISH.code else translated(chapter, code)


def _run_file(chapter_id: str, source: Path) -> Chapter:
    try:
        return run(chapter_id, source.read_text(encoding="utf-8"), source.parent)
    except BookError as error:
        raise BookError(f"{source.name}: {error}") from error


@cache
def translated(chapter: Chapter, code: str) -> Chapter:
    """The chapter with the texts of a catalogue; its cells, names and outputs are the same."""
    say = translator(code, domain(chapter.id))
    page = (BOOK / f"{domain(chapter.id)}.md").read_text(encoding="utf-8")
    text = mapped(page, lambda text, _: say(text))
    pieces = tuple(parts(text))
    for fault in (*faults(text), *differences(chapter.parts, pieces)):
        raise BookError(f"{chapter.id}.md in the language {code}: {fault}")
    return replace(chapter, parts=pieces, checks=_checks(pieces), language=code, original=chapter)


@cache
def run(chapter_id: str, text: str, folder: Path) -> Chapter:
    """The chapter with that text, its cells run in `folder`."""
    hold(text)
    pieces = tuple(parts(text))
    _hold_ids(pieces)
    names: Names = {"__name__": f"chapter_{chapter_id}"}
    cells = [part for part in pieces if isinstance(part, Block) and part.name == "code-cell"]
    files = _data(text, folder)
    with tempfile.TemporaryDirectory() as place:
        for path in files:
            shutil.copy(path, place)
        with chdir(place):
            outputs = tuple(_output(cell, names) for cell in cells)
    return Chapter(chapter_id, files, pieces, names, outputs, _checks(pieces))


def _hold_ids(pieces: tuple[Prose | Block, ...]) -> None:
    """BookError where two checks or two figures have one id, or an id is no plain word."""
    blocks = [
        part for part in pieces if isinstance(part, Block) and part.name in ("check", "chart")
    ]
    lines: dict[tuple[str, str], int] = {}
    for block in blocks:
        key = (block.name, block.argument)
        if not ID.fullmatch(block.argument):
            raise BookError(
                f"the block '{{{block.name}}}' in line {block.line} has the id '{block.argument}'; "
                "an id begins with a small letter and holds letters, digits, - and _."
            )
        if key in lines:
            raise BookError(
                f"the blocks '{{{block.name}}}' in lines {lines[key]} and {block.line} are both "
                f"'{block.argument}'. Give each an id of its own."
            )
        lines[key] = block.line


def _checks(pieces: tuple[Prose | Block, ...]) -> tuple[CheckText, ...]:
    blocks = [part for part in pieces if isinstance(part, Block) and part.name == "check"]
    return tuple(read_check(block.argument, block.body, block.line) for block in blocks)


def _data(text: str, folder: Path) -> tuple[Path, ...]:
    """The files that the line `data:` of the front matter names, relative to the folder."""
    match = re.search(r"(?m)^data: (.+)$", text.partition("\n---\n")[0])
    files = tuple((folder / name).resolve() for name in match[1].split()) if match else ()
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise BookError(f"the line 'data:' names {', '.join(missing)}, and there is no such file.")
    places = [place.resolve() for place in (folder, *DATA)]
    for path in files:
        if not any(path.is_relative_to(place) for place in places):
            raise BookError(
                f"the line 'data:' names {path}, which everybody would get with the notebook. Data "
                "lie beside the chapter, in course/data or in benchmarks."
            )
    return files


def _output(cell: Block, names: Names) -> str:
    """What the cell prints, and the value of a last line that is an expression."""
    tree = _parsed(cell)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    printed = io.StringIO()
    value = None
    try:
        with redirect_stdout(printed), limited(cell.line):
            exec(compile(tree, "<cell>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    except BookError:
        raise
    except (Exception, SystemExit) as error:
        raise BookError(
            f"the cell in line {cell.line} fails: {type(error).__name__}: {error}."
        ) from error
    value_text = "" if value is None else f"{value!r}\n"
    return printed.getvalue() + value_text


def _parsed(cell: Block) -> ast.Module:
    try:
        return ast.parse(cell.body)
    except SyntaxError as error:
        place = f"in line {error.lineno} of its code"
        raise BookError(
            f"the cell in line {cell.line} is no Python: {error.msg}, {place}."
        ) from error
