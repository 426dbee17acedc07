"""Everything into one folder, for each language: the site, a PDF of the book and of each chapter,
the EPUB, notebooks, questions for Moodle; and a zip of the site for reading without a network.

English stands in html/, another language in html/CODE/. Languages are built side by side, each in
a process of its own, because Sphinx holds one language at a time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from book.catalogues import LOCALES, translator
from book.chapter import Chapter, open_chapter
from book.checks.gift import gift
from book.contents import BOOK, written_chapters
from book.errors import BookError
from book.fonts import MISSING, can_print
from book.languages import ENGLISH, LANGUAGES, language
from book.notebooks import files
from book.paper import TITLE, write_epub, write_pdf
from book.site import add_notebooks, build_site, drop_unused, name_toggles, share_static
from book.translation_faults import demand

TARGET = BOOK.parents[1] / "dist" / "book"
MARKER = ".built-book"
CODES = [entry.code for entry in LANGUAGES]


@click.command()
@click.option("--target", type=click.Path(path_type=Path, file_okay=False), default=TARGET)
@click.option("--language", "code", type=click.Choice(CODES), help="One language; all without it.")
@click.option("--only-site", is_flag=True, help="The HTML alone, which is what an author looks at.")
@click.option("--fresh", is_flag=True, help="Make every page and notebook again.")
@click.option("--offer-all", is_flag=True, hidden=True, help="The other languages are built too.")
def main(target: Path, code: str | None, only_site: bool, fresh: bool, offer_all: bool) -> None:
    """Build the book into dist/book/."""
    try:
        if code:
            build(target, code, only_site, fresh, CODES if offer_all else ())
        else:
            build_all(target, only_site, fresh)
    except BookError as error:
        raise click.ClickException(str(error)) from None


def build_all(target: Path = TARGET, only_site: bool = False, fresh: bool = False) -> None:
    """Writes the book in all languages into `target`. BookError for a fault in a page."""
    claim(target)
    start_ns = time.time_ns()
    options = ["--target", str(target), "--offer-all"]
    options += [*(["--only-site"] if only_site else []), *(["--fresh"] if fresh else [])]
    commands = [[sys.executable, "-m", "book", "--language", code, *options] for code in CODES]
    with ThreadPoolExecutor(os.cpu_count() or 1) as side_by_side:
        exit_codes = list(side_by_side.map(_ended, commands))
    failed = [
        code
        for code, ended in zip(CODES, exit_codes, strict=True)
        if ended or not _is_new(_site(target, code) / "index.html", start_ns)
    ]
    if failed:
        raise BookError(f"the book was not built in {', '.join(failed)}: see the lines above.")
    share_static(target / "html")
    if not only_site:
        _timed("zip", lambda: write_zip(target / "html", target / "book-offline.zip"))


def claim(target: Path) -> None:
    """Marks the folder as the book's own. BookError where it holds other files, which a build would
    overwrite or delete."""
    if target.is_symlink():
        raise BookError(f"{target} is a link; name the folder itself: --target DIR")
    is_ours = (target / MARKER).is_file() or target.resolve() == TARGET.resolve()
    if not is_ours and target.is_dir() and any(target.iterdir()):
        raise BookError(
            f"{target} holds files and is no earlier build of the book, so nothing was written "
            "there. Name a new or an empty folder: --target DIR"
        )
    target.mkdir(parents=True, exist_ok=True)
    (target / MARKER).touch()


def _is_new(page: Path, start_ns: int) -> bool:
    """Whether the build wrote the page: a cell may have ended the process, without a word."""
    return page.is_file() and page.stat().st_mtime_ns >= start_ns


def _site(target: Path, code: str) -> Path:
    return target / "html" / ("" if code == ENGLISH.code else code)


def _ended(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False).returncode


def offered(site: Path, code: str) -> list[str]:
    """The languages to which a page can lead when only that one is built: it, and those that are
    there from an earlier build."""
    homes = {
        candidate: site / ("" if candidate == ENGLISH.code else candidate) for candidate in CODES
    }
    return [
        candidate
        for candidate in CODES
        if candidate == code or (homes[candidate] / "index.html").is_file()
    ]


def build(
    target: Path = TARGET,
    code: str = ENGLISH.code,
    only_site: bool = False,
    fresh: bool = False,
    codes: Sequence[str] = (),
) -> None:
    """Writes the book in one language into `target`. codes: the languages that its pages offer,
    without them those that are built. BookError for a fault in a page."""
    claim(target)
    demand(code)
    chapters = [open_chapter(entry.id, code) for entry in written_chapters()]
    site = _site(target, code)
    # subtle: a fault of a chapter is a sentence here, and a crash of Sphinx there
    _timed(f"{code}: notebooks", lambda: write_notebooks(chapters, site, fresh))
    offered_codes = codes or offered(target / "html", code)
    doctrees = target / "doctrees" / code
    _timed(f"{code}: site", lambda: build_site(site, doctrees, fresh, code, offered_codes))
    if code == ENGLISH.code:
        add_notebooks(site)
    drop_unused(site)
    name_toggles(site, code)
    write_gift(chapters, target / "moodle" / ("" if code == ENGLISH.code else code))
    if not only_site:
        _timed(f"{code}: PDF", lambda: write_pdfs(chapters, site / "downloads"))
        _timed(f"{code}: EPUB", lambda: write_epub(chapters, site / "downloads" / "book.epub"))
        copy_books(site / "downloads", target, code)
    (site / "index.html").touch()  # when the site was made: publish tells of one that is old


def write_pdfs(chapters: Sequence[Chapter], folder: Path) -> None:
    """A PDF of each chapter and of the book; without the fonts of the language a sentence."""
    code = chapters[0].language
    if not can_print(code):
        print(MISSING.format(name=language(code).english), file=sys.stderr)
        return
    for chapter in chapters:
        write_pdf([chapter], folder / f"{chapter.id}.pdf", chapter.title, is_whole_book=False)
    write_pdf(chapters, folder / "book.pdf", TITLE)


def copy_books(downloads: Path, target: Path, code: str) -> None:
    """Puts the PDF and the EPUB of the whole book also beside the site: book.pdf, book-ja.pdf."""
    suffix = "" if code == ENGLISH.code else f"-{code}"
    for path in (downloads / "book.pdf", downloads / "book.epub"):
        if path.exists():
            shutil.copy(path, target / f"book{suffix}{path.suffix}")


def write_notebooks(chapters: list[Chapter], site: Path, fresh: bool = False) -> None:
    """Each chapter as a notebook with what it needs: a folder, and a zip of it. One that is newer
    than its chapter, the catalogues and the code of the book stays."""
    (site / "downloads").mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        zipped = site / "downloads" / f"{chapter.id}-notebook.zip"
        if zipped.exists() and not fresh and zipped.stat().st_mtime > _changed(chapter):
            continue
        notebook_files = files(chapter)
        folder = site / "notebooks" / chapter.id
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(zipped, "w") as archive:
            for name, content in notebook_files.items():
                (folder / name).write_bytes(content)
                archive.writestr(f"{chapter.id}/{name}", content)


def _changed(chapter: Chapter) -> float:
    """When something of a chapter, its translations or the book's code was last changed."""
    catalogues = LOCALES / chapter.language
    code = (*BOOK.glob("*.py"), *BOOK.glob("checks/*.py"))
    inputs = (*chapter.sources, *catalogues.rglob("*.po"), *code)
    return max(path.stat().st_mtime for path in inputs)


def write_gift(chapters: list[Chapter], folder: Path) -> None:
    """The checks of each chapter with all their variants, as questions for Moodle."""
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in chapters:
        say, sections = translator(chapter.language), chapter.check_sections()
        text = gift(chapter.variants(), chapter.title, sections, say)
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
