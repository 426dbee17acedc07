"""Everything into one folder: the site, a PDF of the book and of each chapter, the EPUB, notebooks,
questions for Moodle, and a zip of the site for reading without a network."""

from __future__ import annotations

import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import click

from book.chapter import Chapter, open_chapter
from book.checks.gift import gift
from book.contents import BOOK, written
from book.errors import BookError
from book.notebooks import files
from book.paper import write_epub, write_pdf
from book.site import add_notebooks, build_site, drop_unused, name_toggles

TARGET = BOOK.parents[1] / "dist" / "book"


@click.command()
@click.option("--target", type=click.Path(path_type=Path, file_okay=False), default=TARGET)
@click.option("--only-site", is_flag=True, help="The HTML alone, which is what an author looks at.")
@click.option("--fresh", is_flag=True, help="Read every page again.")
def main(target: Path, only_site: bool, fresh: bool) -> None:
    """Build the book into dist/book/."""
    try:
        build(target, only_site, fresh)
    except BookError as error:
        raise click.ClickException(str(error)) from None


def build(target: Path = TARGET, only_site: bool = False, fresh: bool = False) -> None:
    """Writes the book into `target`. BookError for a fault in a page."""
    chapters = [open_chapter(entry.id) for entry in written()]
    site = target / "html"
    # subtle: a fault of a chapter is a sentence here, and a crash of Sphinx there
    _timed("notebooks", lambda: write_notebooks(chapters, site))
    _timed("site", lambda: build_site(site, target / "doctrees", fresh))
    add_notebooks(site)
    drop_unused(site)
    name_toggles(site)
    write_gift(chapters, target / "moodle")
    if only_site:
        return
    downloads = site / "downloads"
    for chapter in chapters:
        pdf = downloads / f"{chapter.id}.pdf"
        _timed(pdf.name, lambda c=chapter, p=pdf: write_pdf([c], p, c.title))  # type: ignore[misc]
    _timed("book.pdf", lambda: write_pdf(chapters, downloads / "book.pdf"))
    _timed("book.epub", lambda: write_epub(chapters, downloads / "book.epub"))
    for name in ("book.pdf", "book.epub"):
        shutil.copy(downloads / name, target / name)
    _timed("zip", lambda: write_zip(site, target / "book-offline.zip"))


def write_notebooks(chapters: list[Chapter], site: Path) -> None:
    """Each chapter as a notebook with what it needs: a folder, and a zip of it."""
    (site / "downloads").mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        made = files(chapter)
        folder = site / "notebooks" / chapter.id
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(site / "downloads" / f"{chapter.id}-notebook.zip", "w") as archive:
            for name, content in made.items():
                (folder / name).write_bytes(content)
                archive.writestr(f"{chapter.id}/{name}", content)


def write_gift(chapters: list[Chapter], folder: Path) -> None:
    """The checks of each chapter with all their variants, as questions for Moodle."""
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        checks = [check for variants in chapter.variants() for check in variants]
        text = gift(checks, f"$course$/{chapter.title}")
        (folder / f"{chapter.id}.gift.txt").write_text(text, encoding="utf-8")


def write_zip(site: Path, target: Path) -> None:
    """The site in one file; its pages open from a folder without a server."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(site.rglob("*")):
            if path.is_file():
                archive.write(path, Path("book") / path.relative_to(site))


def _timed(name: str, step: Callable[[], object]) -> None:
    start = time.perf_counter()
    step()
    print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
