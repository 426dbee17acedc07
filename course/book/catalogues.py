"""Catalogues of gettext: what a translator fills in, and the one door to Babel and sphinx-intl.

locales/pot/DOMAIN.pot has the texts of a domain in English, locales/LANGUAGE/LC_MESSAGES/DOMAIN.po
their translations. A domain is a page, `contents` or `interface`. An entry that is empty or marked
fuzzy counts as not translated: the English text stands in its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from sphinx_intl.basic import update

from book.contents import BOOK
from book.errors import BookError
from book.languages import ENGLISH, TRANSLATED, Say, as_written
from book.roles import new_expressions
from book.syntax import CONTROL, faults

LOCALES = BOOK / "locales"
WIDTH = 100
HEADER = """\
# The textbook of the course: texts of {domain}.
# Made by `python -m book.extract`; the translations are written by hand."""


@dataclass(frozen=True)
class Message:
    """An entry of a catalogue. place: what it is in the page, for the translator."""

    text: str
    translation: str
    place: str = ""
    is_fuzzy: bool = False
    is_obsolete: bool = False


def po_path(code: str, domain: str) -> Path:
    """Where the translations of a domain stand."""
    return LOCALES / code / "LC_MESSAGES" / f"{domain}.po"


def messages(path: Path) -> list[Message]:
    """The entries of a catalogue, obsolete ones last. BookError where it cannot be read."""
    try:
        catalog = read_po(BytesIO(path.read_bytes()), abort_invalid=True)
    except (PoFileError, ValueError, OSError) as error:
        raise BookError(f"the catalogue {path} cannot be read: {error}.") from error
    return [*_entries(catalog, False), *_entries(catalog, True)]


def _entries(catalog: Catalog, obsolete: bool) -> Iterator[Message]:
    rows = catalog.obsolete.values() if obsolete else catalog
    for row in rows:
        if row.id:
            place = " ".join(row.auto_comments)
            yield Message(str(row.id), str(row.string), place, row.fuzzy, obsolete)


@cache
def translations(code: str, domain: str) -> Mapping[str, str]:
    """What is translated, by its English text; nothing where there is no catalogue. BookError for
    a translation that computes what its original does not."""
    path = po_path(code, domain)
    if code == ENGLISH.code or not path.exists():
        return {}
    valid = [row for row in messages(path) if not row.is_fuzzy and not row.is_obsolete]
    for row in valid:
        for fault in _faults(row):
            raise BookError(f"{path}: the translation of '{row.text[:60]}' {fault}")
    return {row.text: row.translation for row in valid if row.translation}


def _faults(row: Message) -> Iterator[str]:
    """What would let a translation run code, read a file or load a script where the book is built.
    Lines may break only where the original has lines: in the words of a figure."""
    sign = CONTROL.search(row.translation) or ("\n" not in row.text and "\n" in row.translation)
    if sign:
        yield "has a line break or a control character; write it in one line."
    for role in new_expressions(row.text, row.translation):
        yield (
            f"has {role}, which its original does not have. Only powers of ten and the format may "
            "differ."
        )
    for fault in faults(row.translation) if row.translation else ():
        yield f"cannot stand on a page: {fault}"


def translator(code: str, *domains: str) -> Say:
    """A function from an English text to its translation, or to itself where there is none.
    Without domains those of the site's own words are taken."""
    if code == ENGLISH.code:
        return as_written
    dictionary: dict[str, str] = {}
    for domain in domains or ("contents", "interface"):
        dictionary = {**translations(code, domain), **dictionary}
    return lambda text: dictionary.get(text, text)


def called_texts(path: Path) -> list[str]:
    """The texts of a Python file that stand there as say("...") or as_written("...")."""
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    places = [
        (call.lineno, call.col_offset, call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in ("say", "as_written")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    return [str(text) for _, _, text in sorted(places)]


def write_template(domain: str, pairs: Iterable[tuple[str, str]], folder: Path) -> None:
    """Writes the .pot file of a domain: texts with their places, in the order of the page."""
    catalog = Catalog(header_comment=HEADER.format(domain=domain), project="mlsys-course")
    for text, place in pairs:
        catalog.add(text, auto_comments=[place] if place else [])
    buffer = BytesIO()
    write_po(buffer, catalog, width=WIDTH, omit_header=False)
    target = folder / f"{domain}.pot"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_tidy(buffer.getvalue()))


def _tidy(content: bytes) -> bytes:
    """Without the lines that change from run to run, and without the flags that Babel guesses:
    roles such as {cite} are no format of Python."""
    lines = content.replace(b"\n#, fuzzy, python", b"\n#, fuzzy\n#, python").split(b"\n")
    dropped = (b'"POT-Creation-Date', b'"Generated-By', b"#, python-")
    return b"\n".join(line for line in lines if not line.startswith(dropped))


def update_translations() -> None:
    """Brings the .po files up to the .pot files; a changed text keeps its translation as fuzzy."""
    codes = tuple(language.code for language in TRANSLATED)
    update(str(LOCALES), str(LOCALES / "pot"), codes, line_width=WIDTH, jobs=1)
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/**/*.po")):
        content = path.read_bytes()
        if _tidy(content) != content:
            path.write_bytes(_tidy(content))
