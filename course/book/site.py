"""The HTML, by Sphinx in this process: warnings are faults, doctrees stand beside the site."""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.cmd.build import build_main

from book.catalogues import words
from book.contents import BOOK, written
from book.errors import BookError
from book.languages import ENGLISH, TRANSLATED
from book.links import RELEASE


def build_site(folder: Path, doctrees: Path, fresh: bool = False, code: str = ENGLISH.code) -> None:
    """Writes the site in a language; what has not changed is not read again. BookError for a
    warning."""
    say = words(code)
    title = say("Machine Learning Systems")
    asked = ["-b", "html", "-W", "--keep-going", "-q", "-d", str(doctrees), str(BOOK), str(folder)]
    asked += ["-D", f"language={code}", "-D", f"html_title={title}"]
    if build_main([*(["-E", "-a"] if fresh else []), *asked]):
        raise BookError("Sphinx found faults in the pages: they are in the lines above.")


def name_toggles(folder: Path, code: str = ENGLISH.code) -> None:
    """Gives the toggles of the theme's sidebar a name, which a screen reader needs."""
    say = words(code)
    label = say("Chapters of this part")
    others = {known.code for known in TRANSLATED}
    for page in folder.rglob("*.html"):
        if page.relative_to(folder).parts[0] in others:
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
    kept = {mathjax / "tex-chtml.js", *(mathjax / "output" / "chtml").rglob("*")}
    for path in mathjax.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()


def add_notebooks(folder: Path, release: Path = RELEASE) -> None:
    """Copies the students' notebooks into the site, so that its links to them work offline, and
    removes those that an earlier build left there and that are no longer released."""
    released = [path for path in sorted(release.iterdir()) if path.is_dir()]
    kept = {*(path.name for path in released), *(entry.id for entry in written())}
    for old in (folder / "notebooks").iterdir():
        if old.name not in kept:
            shutil.rmtree(old)
    for source in released:
        shutil.copytree(source, folder / "notebooks" / source.name, dirs_exist_ok=True)
