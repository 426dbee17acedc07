"""A cleaner of submitted notebooks: the copy in autograded/ runs nothing in a marker's browser.

nbgrader's formgrader renders that notebook within the session of a TA, so everything that nbconvert
would pass on as markup (outputs, Markdown, attachments, metadata, a cell's numbers and names) is
cleaned here. Code, plain text and error text are escaped there and stay. The original stays in
submitted/.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.notebook import cells
from autograder.notebook.cells import Cell, Notebook
from autograder.sanitizing import active_math, markdown, safe_html, safe_markdown
from autograder.sanitizing.entities import unescape
from autograder.sanitizing.text_block import text_block

MAX_TEXT_BYTES = 100_000
MAX_RICH_BYTES = 2_000_000
MAX_SOURCE_BYTES = 2_000_000
MAX_OUTPUTS = 200
PLAIN = re.compile(r"[\w .,:;/+()@=#*!?-]*")
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")
SCORE_ID_SUFFIXES = ("-comment", "_extra_credit")
CELL_TAG = re.compile(r"[\w.:-]+")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PICTURES = ("image/png", "image/jpeg", "image/gif")
CUT_NOTICE = "\n[the rest was cut: it is longer than the grader keeps]\n"
TOO_BIG_NOTICE = "[an output was left out: it is larger than the grader keeps]"
WIDGET_NOTICE = "[an interactive widget stood here; it is not kept]"
UNKNOWN_KIND_NOTICE = "[an output was left out: it is of a kind that is not shown here]"
TOO_MANY_NOTICE = (
    "[the outputs after this one were left out: the cell has more than the grader keeps]\n"
)


def make_inert(notebook: Notebook) -> Notebook:
    """A copy of a notebook of format 4 that renders without running or loading anything.

    Stable: make_inert(make_inert(n)) == make_inert(n).
    Sizes are limited in bytes; each cut leaves a notice.
    """
    graded = {cells.grade_id(cell) for cell in notebook["cells"]}
    score_ids = {name + part for name in graded if name for part in ("", *SCORE_ID_SUFFIXES)}
    return {
        "cells": [_cell(cell, place, score_ids) for place, cell in enumerate(notebook["cells"])],
        "metadata": _notebook_metadata(notebook.get("metadata", {})),
        "nbformat": 4,
        "nbformat_minor": _whole_number(notebook.get("nbformat_minor")) or 5,
    }


def _notebook_metadata(metadata: Any) -> dict[str, Any]:
    """The metadata that a page is made with: the kernel, the language, the title."""
    clean = {name: value for name, value in _plain_dict(metadata).items() if name != "widgets"}
    for name, required_keys in (
        ("kernelspec", ("display_name", "name")),
        ("language_info", ("name",)),
    ):
        entry = clean.get(name)
        if not (
            isinstance(entry, dict) and all(isinstance(entry.get(n), str) for n in required_keys)
        ):
            clean.pop(name, None)
    return clean


def _cell(cell: Cell, place: int, score_ids: set[str]) -> Cell:
    kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw"
    clean: Cell = {"cell_type": kind, "metadata": _cell_metadata(cell, kind)}
    if "id" in cell:
        name = str(cell["id"])
        valid = IDENTIFIER.fullmatch(name) and len(name) <= 64
        clean["id"] = name if valid else f"cell-{place}"
    text = _truncate(cells.source(cell), MAX_SOURCE_BYTES)
    if kind == "code":
        clean["source"] = text
        clean["execution_count"] = _whole_number(cell.get("execution_count"))
        clean["outputs"] = list(_outputs(cell.get("outputs", [])))
        return clean
    attachments = dict(_attachments(cell.get("attachments")))
    if attachments:
        clean["attachments"] = attachments
    clean["source"] = _markdown(text, attachments, score_ids) if kind == "markdown" else text
    return clean


def _markdown(text: str, attachments: dict[str, dict[str, str]], score_ids: set[str]) -> str:
    """Clean Markdown of at most MAX_SOURCE_BYTES; cleaning can make a text longer.

    A heading gets an id. Where it is the id of a score, formgrader would write the marks of this
    cell's question under that one.
    """
    cleaned = safe_markdown.clean(text, attachments)
    if len(cleaned.encode()) > MAX_SOURCE_BYTES:
        return text_block(_truncate(text, MAX_SOURCE_BYTES // 4))
    if safe_markdown.heading_names(cleaned, attachments) & score_ids:
        return text_block(text)
    return cleaned


def _cell_metadata(cell: Cell, kind: str) -> dict[str, Any]:
    """The metadata with plain values only; nbconvert must not take a raw cell for HTML."""
    clean = _plain_dict(cell.get("metadata", {}))
    if "nbgrader" in clean and not _is_valid_nbgrader(clean["nbgrader"]):
        del clean["nbgrader"]
    if "tags" in clean:
        tags = clean["tags"] if isinstance(clean["tags"], list) else []
        clean["tags"] = [tag for tag in tags if isinstance(tag, str) and CELL_TAG.fullmatch(tag)]
    if kind == "raw":
        clean.pop("format", None)
        clean["raw_mimetype"] = "text/plain"
    return clean


def _is_valid_nbgrader(entry: Any) -> bool:
    if not isinstance(entry, dict):
        return False
    number = entry.get("points", 0)
    has_valid_id = IDENTIFIER.fullmatch(str(entry.get("grade_id", "")))
    return bool(has_valid_id) and isinstance(number, int | float | None)


def _plain_dict(value: Any) -> dict[str, Any]:
    plain = _plain(value)
    return plain if isinstance(plain, dict) else {}


def _plain(value: Any, depth: int = 12) -> Any:
    """The value without anything that could be markup or a part of it; None where none remains."""
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else None
    if isinstance(value, bool | int | None) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list) and depth:
        items = [(item, _plain(item, depth - 1)) for item in value]
        return [plain for item, plain in items if plain is not None or item is None]
    if isinstance(value, dict) and depth:
        entries = [(key, item, _plain(item, depth - 1)) for key, item in value.items()]
        return {
            key: plain
            for key, item, plain in entries
            if PLAIN.fullmatch(key) and (plain is not None or item is None)
        }
    return None


def _attachments(attachments: Any) -> Iterator[tuple[str, dict[str, str]]]:
    for name, data in attachments.items() if isinstance(attachments, dict) else []:
        pictures = dict(_pictures(data)) if isinstance(data, dict) else {}
        if pictures and PLAIN.fullmatch(name):
            yield name, pictures


def _pictures(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in PICTURES:
        code = "".join(_text(data.get(kind, "")).split())
        if BASE64.fullmatch(code) and len(code) <= MAX_RICH_BYTES:
            yield kind, code


def _outputs(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, output in enumerate(outputs):
        if place >= MAX_OUTPUTS:
            yield _stream("stdout", TOO_MANY_NOTICE)
            return
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield _stream(name, _truncate(_text(output.get("text", "")), MAX_TEXT_BYTES))
        elif kind == "error":
            yield _error(output)
        elif kind in ("display_data", "execute_result"):
            yield _display(kind, output)


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _error(output: dict[str, Any]) -> dict[str, Any]:
    lines = output.get("traceback", [])
    lines = [_text(line) for line in lines] if isinstance(lines, list) else []
    if sum(len(line.encode()) for line in lines) > MAX_TEXT_BYTES:
        lines = [_truncate("\n".join(lines), MAX_TEXT_BYTES)]
    return {
        "output_type": "error",
        "ename": _truncate(_text(output.get("ename", "")), 1000),
        "evalue": _truncate(_text(output.get("evalue", "")), MAX_TEXT_BYTES),
        "traceback": lines,
    }


def _display(kind: str, output: dict[str, Any]) -> dict[str, Any]:
    data, about = output.get("data"), output.get("metadata")
    clean_data = dict(_data(data if isinstance(data, dict) else {}))
    sizes = {name: _size(about.get(name)) for name in clean_data} if isinstance(about, dict) else {}
    clean: dict[str, Any] = {
        "output_type": kind,
        "data": clean_data,
        "metadata": {name: size for name, size in sizes.items() if size},
    }
    if kind == "execute_result":
        clean["execution_count"] = _whole_number(output.get("execution_count"))
    return clean


def _data(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The clean data of a display, by MIME type; a sentence where nothing of it can be shown."""
    if any("widget-view" in kind for kind in data):
        yield "text/plain", WIDGET_NOTICE
        return
    rich = _rich(data)
    clean = {kind: text for kind, text in rich.items() if len(text.encode()) <= MAX_RICH_BYTES}
    clean |= _pictures(data)
    if "text/latex" in data:
        formula = _text(data["text/latex"]).replace("<", r"\lt ").replace(">", r"\gt ")
        formula = _truncate(formula, MAX_TEXT_BYTES)
        is_active = any(map(active_math.formula_is_active, (formula, unescape(formula))))
        clean["text/plain" if is_active else "text/latex"] = formula
    if "text/plain" in data:
        clean["text/plain"] = _truncate(_text(data["text/plain"]), MAX_TEXT_BYTES)
    if {*rich, *(kind for kind in PICTURES if kind in data)} - set(clean):
        clean["text/plain"] = TOO_BIG_NOTICE
    yield from sorted((clean or {"text/plain": UNKNOWN_KIND_NOTICE}).items())


def _rich(data: dict[str, Any]) -> dict[str, str]:
    """One form as HTML: of HTML, a drawing (older nbconverts put it bare into a page), Markdown."""
    rich: dict[str, str] = {}
    for kind in ("text/html", "image/svg+xml"):
        text = _text(data[kind]) if kind in data else ""
        cleaned = safe_html.clean(text) if len(text) <= MAX_RICH_BYTES else text
        if cleaned.strip() and "text/html" not in rich:
            rich["text/html"] = cleaned
    if "text/markdown" in data and "text/html" not in rich:
        text = _truncate(_text(data["text/markdown"]), MAX_TEXT_BYTES)
        rich["text/html"] = _rendered(text)
    return rich


def _rendered(text: str) -> str:
    """Markdown of an output as HTML: JupyterLab reads Markdown otherwise than nbconvert."""
    cleaned = safe_markdown.clean(text, {})
    try:
        return safe_html.clean(markdown.html(cleaned, {}))
    except markdown.MarkdownError:
        return safe_html.clean(f"<pre>{html.escape(text, quote=False)}</pre>")


def _size(about: Any) -> dict[str, int]:
    """Width and height in pixels: nbconvert writes them into a tag without quotes."""
    fields = about if isinstance(about, dict) else {}
    sizes = {name: _whole_number(fields.get(name)) for name in ("height", "width")}
    return {name: size for name, size in sizes.items() if size}


def _whole_number(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    """A text of a notebook: on disk it may be a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _truncate(text: str, limit: int) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode("utf-8")
    return data[: limit - len(CUT_NOTICE)].decode("utf-8", "ignore") + CUT_NOTICE
