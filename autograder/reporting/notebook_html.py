"""A notebook as HTML for its student: code, text and outputs, and nothing of the hidden tests.

Graded cells lose their hidden regions and all their outputs (a traceback shows source). An output
elsewhere that repeats a line of a hidden region is left out with a sentence. Formulas in text are
drawn as MathML, which needs no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

from autograder.grading.messages import MIN_QUOTE
from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.reporting.html_page import Markup
from autograder.sanitizing import markdown, mathml, safe_html
from autograder.sanitizing.entities import unescape

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b")
HIGHLIGHTED = 50_000
KEPT_BACK = "[an output was left out: it repeats a part of a hidden test]"
AS_TEXT = "This cell is shown as text: it could not be made into a page."
PICTURES = ("image/png", "image/jpeg", "image/gif")


def secret_lines(notebook: Notebook) -> frozenset[str]:
    """The lines of hidden tests and mark schemes, stripped, that no student may read.

    `notebook` is the instructor's, or a graded one. Lines that also stand in the open part of it,
    and short ones that are no assert (`return False`), are no secret: an answer has them, too. Nor
    is anything in a cell that a student may write in, whatever markers stand there.
    """
    hidden: set[str] = set()
    visible: set[str] = set()
    for cell in notebook["cells"]:
        open_part = _open_part(cell)
        visible |= {line.strip() for line in open_part.splitlines()}
        hidden |= {line.strip() for line in cells.source(cell).splitlines()} - visible
    return frozenset(filter(_tells_something, hidden - visible))


def _tells_something(line: str) -> bool:
    return len(_without_space(line)) >= MIN_QUOTE or line.startswith("assert ")


def _open_part(cell: Cell) -> str:
    """The text of a cell without hidden tests and mark schemes, which only stand in the
    instructor's cells."""
    text = cells.source(cell)
    if cells.is_solution(cell) or not cells.grade_id(cell):
        return text
    return cells.remove_regions(cells.remove_regions(text, cells.HIDDEN), cells.SCHEME)


def without_secrets(text: str, secret: frozenset[str]) -> str:
    """The text, or a sentence in its place where it repeats a secret line.

    Space and backslashes count for nothing: a list of lines printed by Python repeats them too.
    """
    compact = _without_space(text)
    return KEPT_BACK if any(_without_space(line) in compact for line in secret) else text


@lru_cache(maxsize=1024)
def _without_space(text: str) -> str:
    return re.sub(r"[\\\s]+", "", text)


class Part(NamedTuple):
    """A block of a cell. kind: its classes in the style sheet; content: HTML."""

    kind: str
    content: Markup


def cell_parts(cell: Cell, secret: frozenset[str]) -> Iterator[Part]:
    """What a student sees of a cell."""
    yield from _parts(cell, _open_part(cell), secret, not cells.is_test(cell))


def staff_parts(cell: Cell) -> Iterator[Part]:
    """What a marker sees of a cell: all of its text and outputs, which can run nothing here."""
    yield from _parts(cell, cells.source(cell), frozenset(), True)


def _parts(cell: Cell, text: str, secret: frozenset[str], with_outputs: bool) -> Iterator[Part]:
    if cell["cell_type"] == "code":
        if text.strip():
            yield Part("code", _preformatted(_highlighted(text)))
        yield from _outputs(cell.get("outputs", []), secret) if with_outputs else ()
    elif cell["cell_type"] == "raw":
        yield Part("text", _preformatted(text))
    else:
        kind = "text answer" if cells.is_solution(cell) else "text"
        yield Part(kind, _markdown(text, cell.get("attachments", {})))


def _preformatted(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(text)


@lru_cache(maxsize=2048)
def _highlighted(text: str) -> str:
    """Python in colours, as HTML; a very long text as it is."""
    if len(text) > HIGHLIGHTED:
        return text
    lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
    return Markup(highlight(text, lexer, formatter).rstrip("\n"))


def _markdown(text: str, attachments: markdown.Attachments) -> Markup:
    return _attached(text, attachments) if attachments else _text_html(text)


@lru_cache(maxsize=2048)
def _text_html(text: str) -> Markup:
    return _attached(text, {})


def _attached(text: str, attachments: markdown.Attachments) -> Markup:
    try:
        rendered = markdown.html(text, attachments)
    except markdown.MarkdownError:
        return Markup("<p>{}</p>{}").format(AS_TEXT, _preformatted(text))
    return Markup(mathml.with_mathml(_cleaned(rendered)))


def _cleaned(rendered: str) -> Markup:
    """HTML of others that can run nothing, with headings below those of the page."""
    return Markup(
        re.sub(
            r"(?<=<)(/?)h([1-6])\b",
            lambda h: f"{h[1]}h{min(6, int(h[2]) + 2)}",
            safe_html.clean(rendered),
            flags=re.I,
        )
    )


def _outputs(outputs: list[dict[str, Any]], secret: frozenset[str]) -> Iterator[Part]:
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield from _plain(_text(output.get("text", "")), name, secret)
        elif kind == "error":
            lines = "\n".join(_text(line) for line in output.get("traceback", []))
            last = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            yield from _plain(lines or last, "error", secret)
        else:
            yield from _display(output.get("data", {}), secret)


def _plain(text: str, kind: str, secret: frozenset[str]) -> Iterator[Part]:
    plain = without_secrets(ANSI.sub("", text), secret).rstrip("\n")
    if plain:
        yield Part(f"output {kind}".rstrip(), _preformatted(plain))


def _display(data: dict[str, Any], secret: frozenset[str]) -> Iterator[Part]:
    """The richest form that needs no script."""
    for kind in PICTURES:
        if kind in data:
            yield Part("output", _picture(kind, _text(data[kind])))
            return
    source = _text(data.get("text/markdown", ""))  # a formula no longer has its words once drawn
    if "text/html" in data:
        rendered = _cleaned(_text(data["text/html"]))
    elif "text/markdown" in data:
        rendered = _attached(source, {})
    else:
        plain = data.get("text/latex") or data.get("text/plain", "")
        yield from _plain(_text(plain), "", secret)
        return
    markup = str(rendered)
    words = unescape(re.sub(r"<[^<>]*+>", "", markup) + markup + source)
    if without_secrets(words, secret) == KEPT_BACK:
        yield from _plain(KEPT_BACK, "", frozenset())
    else:
        yield Part("output", rendered)


def _picture(kind: str, code: str) -> Markup:
    """A picture is base64 and nothing else, so there is no HTML to clean."""
    url = safe_html.image(f"data:{kind};base64,{code}")
    if not url:
        return Markup(safe_html.NO_PICTURE)
    return Markup('<img src="{}" alt="output of this cell">').format(url)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)
