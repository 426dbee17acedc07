"""A page as myst-nb reads it: MyST Markdown cut into cells, with the outputs of our own run.

myst-nb would start a kernel for each page that changed. The cells have run already, for the numbers
in the prose, so what they printed is put in here, and both are of one run.
"""

from __future__ import annotations

import re
from typing import Any

from myst_nb.core.read import read_myst_markdown_notebook
from nbformat.v4 import new_output

from book.chapter import open_chapter
from book.syntax import hold

LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
FACTS = "\n\n```{chapter-facts}\n```\n"


def read(text: str) -> Any:
    """The page as a notebook; a chapter says in its front matter which one it is. BookError for
    what a page may not use."""
    hold(within(text), with_pictures=True)
    page = read_myst_markdown_notebook(within(text), add_source_map=True)
    page.metadata["language_info"] = LANGUAGE
    chapter_id = page.metadata.get("chapter")
    if chapter_id:
        first = page.cells[0]
        first.source = re.sub(r"(?m)^# .+$", lambda m: m[0] + FACTS, first.source, count=1)
        cells = [cell for cell in page.cells if cell.cell_type == "code"]
        for cell, printed in zip(cells, open_chapter(chapter_id).outputs, strict=True):
            cell.outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    return page


def within(text: str) -> str:
    """The page with links that stay in the book; of one that leads out of it the words remain."""
    text = text.replace("](../../assignments.md", "](../assignments.md")
    text = text.replace("](../../../benchmarks/README.md", "](../measured.md")
    return re.sub(r"\[([^\]]+)\]\(\.\./\.\./\.\./[^)]*\)", r"\1", text)
