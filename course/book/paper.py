"""Chapters as PDF, by pandoc and typst, and as EPUB, by pandoc: the door to both programs.

Both come from the registry of Python packages with their programs inside (pypandoc-binary, typst).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from book.chapter import Chapter
from book.charts import PAPER_INK, svg
from book.checks import paper
from book.contents import BOOK, parts
from book.plain import markdown, prose
from book.source_text import Block

TITLE = "Machine Learning Systems"
TEMPLATE = BOOK / "static" / "paper.typ"
STYLE = BOOK / "static" / "epub.css"
FOLDED = "hide-input"
"""The tag of a cell whose code is folded on a page, and left out here."""
FRAME = "::: check\n```{{=typst}}\n#check[\n```\n\n{}\n\n```{{=typst}}\n]\n```\n:::"
"""A check with a frame: in the EPUB by its class, on paper by a function of the template."""
LICENCE = "Text: CC BY-NC-ND 4.0. Code: Apache-2.0."


def chapter_markdown(chapter: Chapter, folder: Path) -> str:
    """The chapter for pandoc, its figures written into `folder`, answers to checks at the end."""
    checks = chapter.first_checks()
    questions = iter(enumerate(checks, 1))
    charts = [block.argument for block in chapter.blocks("chart")]
    outputs = iter(chapter.outputs)

    def cell(block: Block) -> str:
        printed = next(outputs)
        code = "" if FOLDED in block.options.get("tags", "") else f"```python\n{block.body}\n```"
        shown = f"```text\n{printed.rstrip()}\n```" if printed else ""
        return f"{code}\n\n{shown}".strip()

    def check(_: Block) -> str:
        number, computed = next(questions)
        return FRAME.format(paper.question(computed, number))

    def chart(block: Block) -> str:
        name = f"{chapter.id}-{block.argument}.svg"
        (folder / name).write_text(svg(chapter, block.argument, PAPER_INK), encoding="utf-8")
        alt = prose(block.options["alt"], chapter).replace('"', "'")
        number = charts.index(block.argument) + 1
        return f'![**Figure {number}.** {prose(block.body, chapter)}]({name}){{alt="{alt}"}}'

    text = markdown(chapter, {"code-cell": cell, "check": check, "chart": chart})
    answers = "\n\n".join(paper.answer(c, number) for number, c in enumerate(checks, 1))
    return f"{text}\n## Answers to the checks\n\n{answers}\n"


def planned_markdown() -> str:
    """The contents of the book: what is written and what is planned, with objectives."""
    lines = ["# The plan of the book", ""]
    for part in parts():
        lines += [f"## {part.title}: {part.focus}", ""]
        for entry in part.chapters:
            state = "" if entry.is_written else " (planned)"
            lines += [f"**{entry.title}**{state}. {entry.question}", ""]
            lines += [*(f"- {text}" for text in entry.objectives if not entry.is_written), ""]
    return "\n".join(lines)


def write_pdf(chapters: Sequence[Chapter], target: Path, title: str = TITLE) -> None:
    """The chapters as one PDF; with the plan of the book where there are several or the whole."""
    import pypandoc
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = _joined(chapters, folder, whole=title == TITLE)
        (folder / "book.md").write_text(text, encoding="utf-8")
        pypandoc.convert_file(
            str(folder / "book.md"),
            "typst",
            format="markdown-implicit_figures+implicit_figures",
            outputfile=str(folder / "book.typ"),
            extra_args=[
                f"--template={TEMPLATE}",
                f"--variable=title:{title}",
                f"--variable=licence:{LICENCE}",
                "--wrap=preserve",
            ],
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        typst.compile(str(folder / "book.typ"), output=str(target), root=str(folder))


def write_epub(chapters: Sequence[Chapter], target: Path) -> None:
    """The chapters as an EPUB with formulas in MathML."""
    import pypandoc

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.md").write_text(_joined(chapters, folder, whole=True), encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        pypandoc.convert_file(
            str(folder / "book.md"),
            "epub3",
            format="markdown",
            outputfile=str(target),
            extra_args=[
                "--mathml",
                "--toc",
                "--toc-depth=2",
                "--split-level=1",
                f"--resource-path={folder}",
                f"--css={STYLE}",
                f"--metadata=title:{TITLE}",
                "--metadata=lang:en",
                "--metadata=creator:The authors of the course",
                f"--metadata=rights:{LICENCE}",
            ],
        )


def _joined(chapters: Sequence[Chapter], folder: Path, whole: bool) -> str:
    texts = [chapter_markdown(chapter, folder) for chapter in chapters]
    return "\n\n".join([*texts, *([planned_markdown()] if whole else [])])
