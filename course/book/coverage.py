"""How complete each language is, counted in the catalogues, and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from book.catalogues import LOCALES, messages, po_path
from book.chapter import domain
from book.contents import written_chapters
from book.languages import TRANSLATED, Say, as_written


@dataclass(frozen=True)
class Coverage:
    """Texts of a catalogue: translated, to be looked at again, all; obsolete ones beside them."""

    translated: int
    fuzzy: int
    all: int
    obsolete: int

    @property
    def percent(self) -> int:
        """The share that is translated; 100 only when nothing is left."""
        return 100 * self.translated // self.all if self.all else 0


PAGES = {
    "index": as_written("Front page"),
    "languages": as_written("Languages"),
    "back/terms": as_written("Glossary and index"),
    "back/bibliography": as_written("Bibliography"),
}
"""The pages that are translated, beside those of the chapters."""
TABLES = {
    "contents": as_written("Contents of the book"),
    "paths": as_written("Ways through the course"),
    "interface": as_written("Words of the site"),
    "figures": as_written("Words in figures"),
}
"""What is translated and is no page."""


def pages() -> dict[str, str]:
    """The pages that can be translated with their English names: each is a catalogue."""
    return {**PAGES, **{domain(entry.id): entry.title for entry in written_chapters()}}


def domains() -> dict[str, str]:
    """The catalogues with their English names, in the order of the page."""
    return {**PAGES, **TABLES, **pages()}


def coverage(code: str, name: str) -> Coverage:
    """How much of a catalogue is translated. A language without the catalogue has nothing, and so
    has a new chapter whose texts were not brought to the translators yet."""
    places = (po_path(code, name), LOCALES / "pot" / f"{name}.pot")
    rows = next((messages(path) for path in places if path.exists()), [])
    current_rows = [row for row in rows if not row.is_obsolete]
    obsolete = sum(row.is_obsolete and bool(row.translation) for row in rows)
    translated = sum(bool(row.translation) and not row.is_fuzzy for row in current_rows)
    fuzzy = sum(bool(row.translation) and row.is_fuzzy for row in current_rows)
    return Coverage(translated, fuzzy, len(current_rows), obsolete)


def coverage_page(say: Say) -> str:
    """The table of all languages in Markdown."""
    names = [language.name for language in TRANSLATED]
    lines = [f"| {' | '.join([say('texts'), *names])} |", f"|---|{'--:|' * len(names)}"]
    for name, title in domains().items():
        cells = [_cell(coverage(language.code, name)) for language in TRANSLATED]
        lines.append(f"| {' | '.join([say(title), *cells])} |")
    return "\n".join([*lines, "", *_sentences(say)])


def _cell(count: Coverage) -> str:
    return f"{count.percent} % ({count.translated} / {count.all})"


def _sentences(say: Say) -> Iterator[str]:
    """For each language what waits for a second look, and what is translated for nothing."""
    for language in TRANSLATED:
        rows = [coverage(language.code, name) for name in domains()]
        fuzzy, obsolete = sum(row.fuzzy for row in rows), sum(row.obsolete for row in rows)
        if fuzzy or obsolete:
            yield say(
                "{language}: the English text of {fuzzy} translations has changed since, and "
                "{obsolete} translations are of texts that are no longer there."
            ).format(language=language.name, fuzzy=fuzzy, obsolete=obsolete)
            yield ""
