"""\"Run this chapter\": a chapter as a notebook, in plain Markdown, with its checks as widgets.

Colab shows no fences of MyST, so there are none. The notebook needs the course's packages;
what its cells read lies beside it. So do the checks, whose answers would stand above the questions
if a cell held them.
"""

from __future__ import annotations

import json
from typing import Any

from book.catalogues import translator
from book.chapter import Chapter
from book.charts import PAPER_INK, svg
from book.checks.page import in_html
from book.languages import as_written
from book.plain import prose, rendered
from book.source_text import Block

INTRODUCTION = as_written(
    "*This notebook is made from the chapter of the book. Run its cells from top to bottom. It "
    "needs the files that lie beside it, and the course's packages: in the students' folder "
    "`pip install -r requirements.txt` installs them, in a checkout `make setup`.*"
)
CHECKS = "checks.json"
CODE = ("code-cell", "check")
"""The blocks that become cells of code."""
WIDGET = """\
from coursekit.quiz import read_check
from coursekit.quiz_widget import show_check

show_check(read_check("{name}"))"""


def notebook(chapter: Chapter) -> dict[str, Any]:
    """The chapter as a notebook of format 4.5, without outputs."""
    checks = iter(chapter.first_checks())

    def cell(block: Block) -> str:
        return block.body

    def check(_: Block) -> str:
        return WIDGET.format(name=next(checks)["id"])

    def chart(block: Block) -> str:
        alt, caption = prose(block.option("alt"), chapter), prose(block.body, chapter)
        return f"![{alt}]({block.argument}.svg)\n\n*{caption}*"

    pieces = [""]
    for part, text in rendered(chapter, {"code-cell": cell, "check": check, "chart": chart}):
        if isinstance(part, Block) and part.name in CODE:
            pieces += [text, ""]
        else:
            pieces[-1] += f"\n\n{text}"
    cells = [
        _cell(number, piece.strip("\n")) for number, piece in enumerate(pieces) if piece.strip()
    ]
    head, later_cells = cells[0], cells[1:]
    title, _, body = head["source"].partition("\n")
    introduction = translator(chapter.language)(INTRODUCTION)
    head["source"] = f"{title}\n\n{introduction}\n{body}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [head, *later_cells],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def files(chapter: Chapter) -> dict[str, bytes]:
    """All that the notebook's folder holds, by name: itself, figures, checks, data."""
    notebook_text = json.dumps(notebook(chapter), indent=1, ensure_ascii=False) + "\n"
    charts = {
        f"{b.argument}.svg": svg(chapter, b.argument, PAPER_INK) for b in chapter.blocks("chart")
    }
    data = {path.name: path.read_bytes() for path in chapter.data}
    checks = {check["id"]: in_html(check) for check in chapter.first_checks()}
    checks_text = json.dumps(checks, indent=1, ensure_ascii=False) + "\n"
    texts = {f"{chapter.id}.ipynb": notebook_text, **charts, CHECKS: checks_text}
    return {**{name: text.encode() for name, text in texts.items()}, **data}


def _cell(number: int, source: str) -> dict[str, Any]:
    """Pieces with an odd number are code."""
    plain = {"id": f"cell-{number}", "metadata": {}, "source": source}
    if number % 2 == 0:
        return {"cell_type": "markdown", **plain}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **plain}
