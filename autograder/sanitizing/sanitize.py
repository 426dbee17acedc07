"""inert(notebook): what is written to autograded/ can do nothing in the browser of who marks it.

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

TEXT_BYTES = 100_000
RICH_BYTES = 2_000_000
SOURCE_BYTES = 2_000_000
OUTPUTS = 200
PLAIN = re.compile(r"[\w .,:;/+()@=#*!?-]*")
NAME = re.compile(r"[A-Za-z0-9_-]+")
BESIDE_A_SCORE = ("-comment", "_extra_credit")
TAG = re.compile(r"[\w.:-]+")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PICTURES = ("image/png", "image/jpeg", "image/gif")
CUT = "\n[the rest was cut: it is longer than the grader keeps]\n"
TOO_BIG = "[an output was left out: it is larger than the grader keeps]"
INTERACTIVE = "[an interactive widget stood here; it is not kept]"
NOT_SHOWN = "[an output was left out: it is of a kind that is not shown here]"
TOO_MANY = "[the outputs after this one were left out: the cell has more than the grader keeps]\n"


def inert(notebook: Notebook) -> Notebook:
    """A copy of a notebook of format 4 that renders without running or loading anything.

    Stable: inert(inert(notebook)) == inert(notebook). Sizes are limited in bytes, each cut is said.
    """
    graded = {cells.grade_id(cell) for cell in notebook["cells"]}
    taken = {name + part for name in graded if name for part in ("", *BESIDE_A_SCORE)}
    return {
        "cells": [_cell(cell, place, taken) for place, cell in enumerate(notebook["cells"])],
        "metadata": _notebook_metadata(notebook.get("metadata", {})),
        "nbformat": 4,
        "nbformat_minor": _whole(notebook.get("nbformat_minor")) or 5,
    }


def _notebook_metadata(metadata: Any) -> dict[str, Any]:
    """What a page is made with: the kernel, the language, the title."""
    kept = {name: value for name, value in _plain_dict(metadata).items() if name != "widgets"}
    for name, needed in (("kernelspec", ("display_name", "name")), ("language_info", ("name",))):
        found = kept.get(name)
        if not (isinstance(found, dict) and all(isinstance(found.get(n), str) for n in needed)):
            kept.pop(name, None)
    return kept


def _cell(cell: Cell, place: int, taken: set[str]) -> Cell:
    kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw"
    kept: Cell = {"cell_type": kind, "metadata": _cell_metadata(cell, kind)}
    if "id" in cell:
        name = str(cell["id"])
        valid = NAME.fullmatch(name) and len(name) <= 64
        kept["id"] = name if valid else f"cell-{place}"
    text = _cut(cells.source(cell), SOURCE_BYTES)
    if kind == "code":
        kept["source"] = text
        kept["execution_count"] = _whole(cell.get("execution_count"))
        kept["outputs"] = list(_outputs(cell.get("outputs", [])))
        return kept
    attachments = dict(_attachments(cell.get("attachments")))
    if attachments:
        kept["attachments"] = attachments
    kept["source"] = _markdown(text, attachments, taken) if kind == "markdown" else text
    return kept


def _markdown(text: str, attachments: dict[str, dict[str, str]], taken: set[str]) -> str:
    """Clean Markdown of at most SOURCE_BYTES; cleaning can make a text longer.

    A heading gets an id. Where it is the id of a score, formgrader would write the marks of this
    cell's question under that one.
    """
    cleaned = safe_markdown.clean(text, attachments)
    if len(cleaned.encode()) > SOURCE_BYTES:
        return safe_markdown.as_text(_cut(text, SOURCE_BYTES // 4))
    if safe_markdown.heading_names(cleaned, attachments) & taken:
        return safe_markdown.as_text(text)
    return cleaned


def _cell_metadata(cell: Cell, kind: str) -> dict[str, Any]:
    """Plain values only; nbconvert must not take a raw cell for HTML."""
    kept = _plain_dict(cell.get("metadata", {}))
    if "nbgrader" in kept and not _is_nbgrader(kept["nbgrader"]):
        del kept["nbgrader"]
    if "tags" in kept:
        tags = kept["tags"] if isinstance(kept["tags"], list) else []
        kept["tags"] = [tag for tag in tags if isinstance(tag, str) and TAG.fullmatch(tag)]
    if kind == "raw":
        kept.pop("format", None)
        kept["raw_mimetype"] = "text/plain"
    return kept


def _is_nbgrader(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    number = found.get("points", 0)
    named = NAME.fullmatch(str(found.get("grade_id", "")))
    return bool(named) and isinstance(number, int | float | None)


def _plain_dict(value: Any) -> dict[str, Any]:
    plain = _plain(value)
    return plain if isinstance(plain, dict) else {}


def _plain(value: Any, depth: int = 12) -> Any:
    """The value without anything that could be markup or a part of it; None where nothing stays."""
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else None
    if isinstance(value, bool | int | None) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list) and depth:
        plain = [(item, _plain(item, depth - 1)) for item in value]
        return [kept for item, kept in plain if kept is not None or item is None]
    if isinstance(value, dict) and depth:
        found = [(key, item, _plain(item, depth - 1)) for key, item in value.items()]
        return {
            key: kept
            for key, item, kept in found
            if PLAIN.fullmatch(key) and (kept is not None or item is None)
        }
    return None


def _attachments(found: Any) -> Iterator[tuple[str, dict[str, str]]]:
    for name, data in found.items() if isinstance(found, dict) else []:
        pictures = dict(_pictures(data)) if isinstance(data, dict) else {}
        if pictures and PLAIN.fullmatch(name):
            yield name, pictures


def _pictures(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in PICTURES:
        code = "".join(_text(data.get(kind, "")).split())
        if BASE64.fullmatch(code) and len(code) <= RICH_BYTES:
            yield kind, code


def _outputs(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, output in enumerate(outputs):
        if place >= OUTPUTS:
            yield _stream("stdout", TOO_MANY)
            return
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield _stream(name, _cut(_text(output.get("text", "")), TEXT_BYTES))
        elif kind == "error":
            yield _error(output)
        elif kind in ("display_data", "execute_result"):
            yield _display(kind, output)


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _error(output: dict[str, Any]) -> dict[str, Any]:
    lines = output.get("traceback", [])
    lines = [_text(line) for line in lines] if isinstance(lines, list) else []
    if sum(len(line.encode()) for line in lines) > TEXT_BYTES:
        lines = [_cut("\n".join(lines), TEXT_BYTES)]
    return {
        "output_type": "error",
        "ename": _cut(_text(output.get("ename", "")), 1000),
        "evalue": _cut(_text(output.get("evalue", "")), TEXT_BYTES),
        "traceback": lines,
    }


def _display(kind: str, output: dict[str, Any]) -> dict[str, Any]:
    data, about = output.get("data"), output.get("metadata")
    kept = dict(_data(data if isinstance(data, dict) else {}))
    sizes = {name: _size(about.get(name)) for name in kept} if isinstance(about, dict) else {}
    shown: dict[str, Any] = {
        "output_type": kind,
        "data": kept,
        "metadata": {name: size for name, size in sizes.items() if size},
    }
    if kind == "execute_result":
        shown["execution_count"] = _whole(output.get("execution_count"))
    return shown


def _data(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is kept of a display, by MIME type; a sentence where nothing of it can be shown."""
    if any("widget-view" in kind for kind in data):
        yield "text/plain", INTERACTIVE
        return
    rich = _rich(data)
    kept = {kind: text for kind, text in rich.items() if len(text.encode()) <= RICH_BYTES}
    kept |= _pictures(data)
    if "text/latex" in data:
        formula = _text(data["text/latex"]).replace("<", r"\lt ").replace(">", r"\gt ")
        kind = "text/plain" if active_math.is_in(html.unescape(formula)) else "text/latex"
        kept[kind] = _cut(formula, TEXT_BYTES)
    if "text/plain" in data:
        kept["text/plain"] = _cut(_text(data["text/plain"]), TEXT_BYTES)
    if {*rich, *(kind for kind in PICTURES if kind in data)} - set(kept):
        kept["text/plain"] = TOO_BIG
    yield from sorted((kept or {"text/plain": NOT_SHOWN}).items())


def _rich(data: dict[str, Any]) -> dict[str, str]:
    """One form as HTML: of HTML, a drawing (older nbconverts put it bare into a page), Markdown."""
    rich: dict[str, str] = {}
    for kind in ("text/html", "image/svg+xml"):
        text = _text(data[kind]) if kind in data else ""
        cleaned = safe_html.clean(text) if len(text) <= RICH_BYTES else text
        if cleaned.strip() and "text/html" not in rich:
            rich["text/html"] = cleaned
    if "text/markdown" in data and "text/html" not in rich:
        text = _cut(_text(data["text/markdown"]), TEXT_BYTES)
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
    found = about if isinstance(about, dict) else {}
    sizes = {name: _whole(found.get(name)) for name in ("height", "width")}
    return {name: size for name, size in sizes.items() if size}


def _whole(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    """A text of a notebook: on disk it may be a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _cut(text: str, limit: int) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode("utf-8")
    return data[: limit - len(CUT)].decode("utf-8", "ignore") + CUT
