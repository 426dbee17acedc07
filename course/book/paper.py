"""Chapters as PDF, by pandoc and typst, and as EPUB, by pandoc: the door to both programs.

Both come from the registry of Python packages with their programs inside (pypandoc-binary, typst).
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from book.catalogues import translator
from book.chapter import Chapter
from book.charts import PAPER_INK, svg
from book.checks import paper
from book.contents import BOOK
from book.errors import BookError
from book.fonts import FACES, FAMILY, folders
from book.languages import as_written, language
from book.plain import markdown, prose
from book.source_text import Block
from book.whole_book import authors, back_parts, edition

TITLE = as_written("Machine Learning Systems")
TEMPLATE = BOOK / "static" / "paper.typ"
STYLE = BOOK / "static" / "epub.css"
FOLDED = "hide-input"
"""The tag of a cell whose code is folded on a page, and left out here."""
FRAME = "::: check\n```{{=typst}}\n#check[\n```\n\n{}\n\n```{{=typst}}\n]\n```\n:::"
"""A check with a frame: in the EPUB by its class, on paper by a function of the template."""
FOR_TYPST = re.compile(r"```\{=typst\}\n.*?\n```\n", re.S)
FORMAT = "markdown-raw_html-raw_tex-raw_attribute-yaml_metadata_block"
"""Markdown without HTML, TeX or settings of pandoc, by which a text would bring files."""
LICENCE = as_written("Text: CC BY-NC-ND 4.0. Code: Apache-2.0.")


def chapter_markdown(chapter: Chapter, folder: Path) -> str:
    """The chapter for pandoc, its figures written into `folder`, answers to checks at the end."""
    checks, say = chapter.first_checks(), translator(chapter.language)
    questions = iter(enumerate(checks, 1))
    charts = [block.argument for block in chapter.blocks("chart")]
    outputs = iter(chapter.outputs)

    def cell(block: Block) -> str:
        printed = next(outputs)
        code = "" if FOLDED in block.options.get("tags", "") else f"```python\n{block.body}\n```"
        output = f"```text\n{printed.rstrip()}\n```" if printed else ""
        return f"{code}\n\n{output}".strip()

    def check(_: Block) -> str:
        number, computed = next(questions)
        return FRAME.format(paper.question(computed, number, say))

    def chart(block: Block) -> str:
        alt = prose(block.option("alt"), chapter).replace('"', "'")
        name = f"{chapter.id}-{block.argument}.svg"
        (folder / name).write_text(svg(chapter, block.argument, PAPER_INK), encoding="utf-8")
        head = say("Figure {number}.").format(number=charts.index(block.argument) + 1)
        return f'![**{head}** {prose(block.body, chapter)}]({name}){{alt="{alt}"}}'

    text = markdown(chapter, {"code-cell": cell, "check": check, "chart": chart})
    answers = "\n\n".join(paper.answer(c, number, say) for number, c in enumerate(checks, 1))
    return f"{text}\n## {say('Answers to the checks')}\n\n{answers}\n"


def write_pdf(
    chapters: Sequence[Chapter], target: Path, title: str = TITLE, is_whole_book: bool = True
) -> None:
    """The chapters as one PDF; is_whole_book: with the plan of the book, its glossary and its
    bibliography behind them."""
    import pypandoc
    import typst

    code = chapters[0].language
    say = translator(code)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = _joined(chapters, folder, is_whole_book=is_whole_book)
        (folder / "book.md").write_text(text, encoding="utf-8")
        pypandoc.convert_file(
            str(folder / "book.md"),
            "typst",
            format=f"{FORMAT}+raw_attribute",
            outputfile=str(folder / "book.typ"),
            extra_args=[
                f"--template={TEMPLATE}",
                f"--variable=title:{say(title)}",
                f"--variable=licence:{say(LICENCE)}",
                f"--variable=author:{authors()}",
                f"--variable=edition:{edition(code)}",
                *(["--variable=whole:yes"] if is_whole_book else []),
                *_typst_language(code),
                "--wrap=preserve",
            ],
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        _end_calls(folder / "book.typ")
        typst.compile(
            str(folder / "book.typ"),
            output=str(target),
            root=str(folder),
            font_paths=[str(place) for place in folders()],
        )


def _end_calls(source: Path) -> None:
    """Ends a call such as #emph[...] before a full stop and a letter that is not ASCII: pandoc
    expects a space there, and Typst would read a field of the call."""
    text = source.read_text(encoding="utf-8")
    source.write_text(re.sub(r"(?<!\\)\]\.(?=[^\W\x00-\x7f])", "];.", text), encoding="utf-8")


def _typst_language(code: str) -> list[str]:
    """The language of the template; in Chinese, Japanese and Korean also the font of its signs."""
    name, _, region = code.partition("_")
    variables = {"lang": name, "region": region, "cjk": FAMILY if code in FACES else ""}
    return [f"--variable={key}:{value}" for key, value in variables.items() if value]


def write_epub(chapters: Sequence[Chapter], target: Path) -> None:
    """The chapters as an EPUB with formulas in MathML."""
    import pypandoc

    code = chapters[0].language
    say = translator(code)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = FOR_TYPST.sub("", _joined(chapters, folder, is_whole_book=True))
        (folder / "book.md").write_text(text, encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        pypandoc.convert_file(
            str(folder / "book.md"),
            "epub3",
            format=FORMAT,
            outputfile=str(target),
            extra_args=[
                "--mathml",
                "--toc",
                "--toc-depth=2",
                "--split-level=1",
                f"--resource-path={folder}",
                f"--css={STYLE}",
                f"--metadata=title:{say(TITLE)}",
                f"--metadata=lang:{language(code).tag}",
                f"--metadata=author:{authors()}",
                f"--metadata=subtitle:{edition(code)}",
                f"--metadata=rights:{say(LICENCE)}",
            ],
        )
        _hold_pictures(target, len(list(folder.glob("*.svg"))))


def _hold_pictures(epub: Path, drawn: int) -> None:
    """BookError where pandoc took a file that is none of our figures; the EPUB is then deleted.
    Its sandbox would take no style sheet either."""
    with zipfile.ZipFile(epub) as archive:
        pictures = sum(name.startswith("EPUB/media/") for name in archive.namelist())
    if pictures > drawn:
        epub.unlink()
        raise BookError(f"the EPUB would hold {pictures} pictures, and the chapters draw {drawn}.")


def _joined(chapters: Sequence[Chapter], folder: Path, is_whole_book: bool) -> str:
    texts = [chapter_markdown(chapter, folder) for chapter in chapters]
    return "\n\n".join([*texts, *(back_parts(chapters[0].language) if is_whole_book else [])])
