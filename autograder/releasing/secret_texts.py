"""What students must not see: the secrets of the instructor's notebooks.

A secret is a line of a solution, hidden test or mark scheme that tells something (see
`statements`), a run of two or more lines of a solution that tell something together, or such a part
as a whole. What stands in a cell that students see, in a stub or in the header of every notebook is
no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, SCHEME, SOLUTION, Cell, Notebook
from autograder.releasing.normal_form import encoded, normal, normal_code
from autograder.releasing.statements import (
    DECORATION,
    MIN_LINE_CHARS,
    Statement,
    run_tells,
    statements,
)
from autograder.releasing.text_index import index_of, texts_in

MARKERS_BY_KIND = {"solution": SOLUTION, "hidden test": HIDDEN, "mark scheme": SCHEME}
STUBS = ("raise NotImplementedError()", "YOUR CODE HERE", "YOUR ANSWER HERE")
DECORATED = encoded(DECORATION)
EXCERPT_CHARS = 60
MAX_RUN_LINES = 8
BETWEEN = b"\x01"  # no normal form has this byte, so no text reaches over two cells


@dataclass(frozen=True)
class Secret:
    """A text that students must not see.

    cell: the cell it stands in. excerpt: its first characters, as written. text: the normal form
    that is searched for. lines: the normal forms of the lines of a run. is_single_line: there is
    no other line in it.
    """

    cell: str
    kind: str
    excerpt: str
    text: bytes
    lines: tuple[bytes, ...] = ()
    is_single_line: bool = False

    @property
    def is_solution_line(self) -> bool:
        """One line of a solution, be it all of it: code and data that students have may hold it."""
        return self.is_single_line and self.kind.endswith(" solution")

    @property
    def is_part_of_solution(self) -> bool:
        """A line of a solution or a run of them: code that students have may hold it."""
        return self.is_solution_line or bool(self.lines)


@dataclass(frozen=True)
class Region:
    """A part of a cell that a release takes out, and the text around it that is secret with it."""

    cell: str
    kind: str
    text: str
    block: str
    prose: bool


@dataclass(frozen=True)
class PublicTexts:
    """What students see in any case: the normal form of all of it, and of each line."""

    text: bytes
    lines: frozenset[bytes]


def secrets(
    sources: Iterable[Notebook], public_files: Iterable[Path] = (), given_texts: Iterable[str] = ()
) -> list[Secret]:
    """What students must not see of the notebooks, each text once.

    public_files: code that students have in any case. A part of a solution that stands there is no
    secret, the whole is. given_texts: stubs, and what every released notebook begins with.
    """
    notebooks = list(sources)
    public = _public_texts([*map(_visible_text, notebooks), *STUBS, *given_texts])
    code = b"\n".join(normal_code(path.read_text("utf-8", "replace")) for path in public_files)
    regions = [region for notebook in notebooks for region in _regions(notebook)]
    open_lines = _public_lines(regions, public)
    candidates = [secret for region in regions for secret in _secrets_of(region, open_lines)]
    visible_texts = texts_in(index_of(secret.text for secret in candidates), public.text)
    called = texts_in(index_of(secret.text for secret in candidates), code)
    by_text: dict[bytes, Secret] = {}
    for secret in candidates:
        is_called = secret.is_part_of_solution and secret.text in called
        if secret.text not in visible_texts and not is_called:
            by_text.setdefault(secret.text, secret)
    return list(by_text.values())


def cells_with_secrets(notebook: Notebook) -> list[str]:
    """The names of the cells of which a release takes something out, in order."""
    return list(dict.fromkeys(region.cell for region in _regions(notebook)))


def _public_texts(texts: list[str]) -> PublicTexts:
    forms = [form for text in texts for form in (normal(text), normal_code(text))]
    lines = {
        statement.normal
        for text in texts
        for prose in (True, False)
        for statement in statements(text, prose)
    }
    return PublicTexts(BETWEEN.join(forms), frozenset(lines))


def _public_lines(regions: list[Region], public: PublicTexts) -> frozenset[bytes]:
    """The lines of the regions that students see anyway; of prose, however it is emphasized."""
    lines = [line for region in regions for line in _lines_of(region)]
    plain = {line.normal: _undecorated(line.normal) for line in lines if line.prose}
    visible_lines = texts_in(index_of(line.normal for line in lines), public.text)
    shown_plain = texts_in(index_of(plain.values()), _undecorated(public.text))
    return (
        public.lines | visible_lines | {line for line, text in plain.items() if text in shown_plain}
    )


def _secrets_of(region: Region, open_lines: frozenset[bytes]) -> Iterator[Secret]:
    lines = _lines_of(region)
    secret_lines = [line for line in lines if line.normal not in open_lines]
    for line in secret_lines:
        if line.tells:
            kind, excerpt = f"a line of the {region.kind}", _excerpt(line)
            yield Secret(region.cell, kind, excerpt, line.normal, is_single_line=True)
    if region.kind == "solution":
        for run in _runs(lines, open_lines):
            normals = tuple(line.normal for line in run)
            kind, excerpt = "lines of the solution", _excerpt(run[0])
            yield Secret(region.cell, kind, excerpt, b"".join(normals), normals)
    full_text = normal(region.block) if region.kind == "mark scheme" else normal_code(region.block)
    is_long = len(full_text.decode("utf-8", "replace")) >= MIN_LINE_CHARS
    if is_long and any(not line.is_head for line in secret_lines):
        is_single_line = "\n" not in region.block.strip()
        kind, excerpt = f"the whole {region.kind}", _excerpt(lines[-1])
        yield Secret(region.cell, kind, excerpt, full_text, is_single_line=is_single_line)


def _runs(lines: list[Statement], open_lines: frozenset[bytes]) -> Iterator[list[Statement]]:
    """From each line the shortest run that tells something; a public line or a head ends a run."""
    run: list[Statement] = []
    for line in lines:
        run = [] if line.is_head or line.normal in open_lines else [*run, line][-MAX_RUN_LINES:]
        while run_tells(run[1:]):
            run = run[1:]
        if run_tells(run):
            yield run
            run = run[1:]


def _excerpt(statement: Statement) -> str:
    return statement.line.strip()[:EXCERPT_CHARS]


def _lines_of(region: Region) -> list[Statement]:
    return statements(region.text, region.prose, region.kind == "mark scheme")


def _regions(notebook: Notebook) -> Iterator[Region]:
    for cell in notebook["cells"]:
        name = cells.grade_id(cell) or str(cell.get("id", ""))
        prose = cell["cell_type"] != "code"
        for kind, text in _hidden_parts(cell):
            block = _without_markers(cells.source(cell)) if kind == "solution" else text
            yield Region(name, kind, text, block, prose)


def _hidden_parts(cell: Cell) -> Iterator[tuple[str, str]]:
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


def _without_markers(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not any(m in line for m in SOLUTION))


def _undecorated(text: bytes) -> bytes:
    """A normal form without the marks of emphasis, quotation and lists."""
    return text.translate(None, DECORATED)
