"""The HTML, by Sphinx in this process: warnings are faults, doctrees stand beside the site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from filecmp import cmp
from html import escape
from pathlib import Path

from sphinx.cmd.build import build_main

from book.catalogues import translator
from book.contents import BOOK, written_chapters
from book.errors import BookError
from book.languages import ENGLISH, TRANSLATED
from book.links import RELEASE

LISTED = ".notebooks"
"""The file that lists the notebooks which a build copied into the site, and alone may remove."""


def build_site(
    folder: Path,
    doctrees: Path,
    fresh: bool = False,
    code: str = ENGLISH.code,
    offered: Sequence[str] = (),
) -> None:
    """Writes the site in a language; its pages lead to the languages that are `offered`. What has
    not changed is not read again; a new chapter or a change in what is released has all pages read.
    BookError for a warning."""
    say = translator(code)
    title = say("Machine Learning Systems")
    words = ["-b", "html", "-W", "--keep-going", "-q", "-d", str(doctrees), str(BOOK), str(folder)]
    settings = {
        "language": code,
        "html_title": title,
        "nb_code_prompt_show": say("Show the code"),
        "nb_code_prompt_hide": say("Hide the code"),
        "book_languages": " ".join(offered or [code]),
        "book_names": " ".join([*(entry.id for entry in written_chapters()), *released()]),
    }
    words += [word for name, text in settings.items() for word in ("-D", f"{name}={text}")]
    if build_main([*(["-E", "-a"] if fresh else []), *words]):
        raise BookError("Sphinx found faults in the pages: they are in the lines above.")


def name_toggles(folder: Path, code: str = ENGLISH.code) -> None:
    """Gives the toggles of the theme's sidebar a name, which a screen reader needs."""
    say = translator(code)
    label = escape(say("Chapters of this part"))
    translated_codes = {language.code for language in TRANSLATED}
    for page in folder.rglob("*.html"):
        if page.relative_to(folder).parts[0] in translated_codes:
            continue
        text = page.read_text(encoding="utf-8")
        named = text.replace("<summary><span", f'<summary aria-label="{label}"><span')
        if named != text:
            page.write_text(named, encoding="utf-8")


def drop_unused(folder: Path) -> None:
    """Leaves of MathJax what the pages load, 1.5 of 24 MB: TeX in, HTML out, its fonts. The maps of
    the theme's scripts and styles to their sources, 3.5 MB, go as well."""
    for path in (folder / "_static").rglob("*.map"):
        path.unlink()
    mathjax = folder / "_static" / "mathjax"
    loaded_files = {mathjax / "tex-chtml.js", *(mathjax / "output" / "chtml").rglob("*")}
    for path in mathjax.rglob("*"):
        if path.is_file() and path not in loaded_files:
            path.unlink()


def share_static(folder: Path) -> None:
    """Leaves what all languages load from `_static`, 5 MB, beside the English pages alone; the
    pages of the others load it from there. What differs from language to language stays."""
    for code in (language.code for language in TRANSLATED):
        site = folder / code
        shared = {path.relative_to(site).as_posix() for path in _alike(folder, site)}
        for page in site.rglob("*.html"):
            _load_from_above(page, "../" * (len(page.relative_to(site).parts) - 1), shared)
        for name in shared:
            (site / name).unlink()
        for folder_within in sorted((site / "_static").rglob("*/"), reverse=True):
            if folder_within.is_dir() and not any(folder_within.iterdir()):
                folder_within.rmdir()


def _alike(folder: Path, site: Path) -> list[Path]:
    """The files of a language's `_static` that are those of English."""
    static_files = [path for path in (site / "_static").rglob("*") if path.is_file()]
    pairs = [(path, folder / path.relative_to(site)) for path in static_files]
    return [path for path, ours in pairs if ours.is_file() and cmp(path, ours, shallow=False)]


def _load_from_above(page: Path, root: str, shared: set[str]) -> None:
    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}../{match[2]}" if match[3] in shared else match[0]

    text = page.read_text(encoding="utf-8")
    loaded = re.sub(rf"""(["'])({re.escape(root)}(_static/[^"'?#]+))""", moved, text)
    if loaded != text:
        page.write_text(loaded, encoding="utf-8")


def add_notebooks(folder: Path, release: Path = RELEASE) -> None:
    """Copies the students' notebooks into the site, so that its links to them work offline, and
    removes those that an earlier build left there and that are no longer released."""
    names = released(release)
    listed = folder / LISTED
    earlier = listed.read_text(encoding="utf-8").split() if listed.is_file() else []
    for name in {*earlier} - {*names, *(entry.id for entry in written_chapters())}:
        if (folder / "notebooks" / name).is_dir():
            shutil.rmtree(folder / "notebooks" / name)
    listed.write_text("\n".join(names) + "\n", encoding="utf-8")
    for name in names:
        shutil.copytree(release / name, folder / "notebooks" / name, dirs_exist_ok=True)


def released(release: Path = RELEASE) -> list[str]:
    """The ids of the assignments that students get."""
    return sorted(path.name for path in release.iterdir() if path.is_dir())
