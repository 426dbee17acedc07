"""What a translation has to keep of its original, and the command that says what it lost.

    python -m book.translation_faults zh_CN

A role keeps its name and its target, a formula, code and an address stay as they are, and so does
every number. A number in {num} may change its power of ten and its format: {num}`x / 1e6 | .1f`
million can be {num}`x / 1e4 | ,.0f` of ten thousand.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import click

from book.catalogues import LOCALES, messages
from book.errors import BookError
from book.inline import to_html
from book.languages import language
from book.roles import ROLE, kept_roles

CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
MATH = re.compile(r"\$([^$]+)\$")
FIELD = re.compile(r"\{\w*\}")
LINK = re.compile(r"\]\(([^)\s]+)\)")
AUTOLINK = re.compile(r"<([\w+.-]+:[^>\s]*)>")
ADDED = {"<": "a '<'", "![": "a picture", "&#": "a sign by its number"}
"""What a translation has no reason to bring."""
DIGITS = re.compile(r"\d[\d.,]*\d|\d")


def losses(text: str, translation: str) -> Iterator[str]:
    """Sentences on what the translation lost or added."""
    bare, other = ROLE.sub(" ", text), ROLE.sub(" ", translation)
    yield from _differ("role", kept_roles(text), kept_roles(translation))
    yield from _differ("code", CODE.findall(bare), CODE.findall(other))
    bare, other = CODE.sub(" ", bare), CODE.sub(" ", other)
    yield from _differ("formula", MATH.findall(bare), MATH.findall(other))
    bare, other = MATH.sub(" ", bare), MATH.sub(" ", other)
    yield from _differ("field", FIELD.findall(bare), FIELD.findall(other))
    bare, other = FIELD.sub(" ", bare), FIELD.sub(" ", other)
    yield from _differ("address", LINK.findall(bare), LINK.findall(other))
    yield from _differ("address", AUTOLINK.findall(bare), AUTOLINK.findall(other))
    yield from _added(bare, other)
    missing_numbers = Counter(_digits(LINK.sub(" ", bare))) - Counter(_digits(LINK.sub(" ", other)))
    for number in missing_numbers:
        yield f"the number with the digits {number} is missing"
    yield from _markup(other)


def _differ(kind: str, ours: Iterable[str], theirs: Iterable[str]) -> Iterator[str]:
    original_words, translated_words = Counter(ours), Counter(theirs)
    for word in original_words - translated_words:
        yield f"the {kind} '{word}' is missing"
    for word in translated_words - original_words:
        yield f"the {kind} '{word}' is not in the original"


def _added(text: str, translation: str) -> Iterator[str]:
    for sign, name in ADDED.items():
        if translation.count(sign) > text.count(sign):
            yield f"{name} is not in the original"


def _digits(text: str) -> list[str]:
    """Numbers by their digits alone: 10.8 million and 1080 of ten thousand are 108."""
    plain = (re.sub(r"\D", "", number).strip("0") for number in DIGITS.findall(text))
    return [digits for digits in plain if digits]


def _markup(text: str) -> Iterator[str]:
    """Marks that would stand on the page. Beside a sign of punctuation, Markdown does not close
    what touches a letter on the other side."""
    visible_text = re.sub(r"<[^>]+>", "", to_html(text))
    if "*" in visible_text:
        yield "an asterisk stays on the page; put punctuation outside of **...**, or a space beside"
    if "{" in visible_text or "`" in visible_text:
        yield "a brace or a backtick stays on the page"


def report(code: str, tell: Callable[[str], object] = print) -> int:
    """Tells the faults of a language and how much of it is there; returns their number."""
    count = 0
    folder = LOCALES / language(code).code / "LC_MESSAGES"
    for path in sorted(folder.rglob("*.po")):
        rows = [row for row in messages(path) if not row.is_obsolete]
        for row in rows:
            for loss in losses(row.text, row.translation) if row.translation else ():
                count += 1
                tell(f"{path.relative_to(folder)}: {loss}, in '{row.text[:60]}'")
        ready = sum(bool(row.translation) and not row.is_fuzzy for row in rows)
        tell(f"{path.relative_to(folder)}: {ready} of {len(rows)} texts translated")
    return count


def demand(code: str) -> None:
    """BookError with the faults of the translations that a build would use."""
    faults = []
    for path in sorted((LOCALES / language(code).code / "LC_MESSAGES").rglob("*.po")):
        for row in messages(path):
            if row.translation and not row.is_fuzzy and not row.is_obsolete:
                row_losses = losses(row.text, row.translation)
                faults += [f"  {path.name}: {loss}, in '{row.text[:60]}'" for loss in row_losses]
    if faults:
        raise BookError("translations have faults:\n" + "\n".join(faults))


@click.command()
@click.argument("code", metavar="LANGUAGE")
def main(code: str) -> None:
    """Say what the translations in LANGUAGE, such as ja, lost of their originals."""
    try:
        count = report(code, click.echo)
    except BookError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
