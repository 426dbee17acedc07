"""What a chapter has to hold: length, sections, computed numbers, alt texts, no repetition.

Each rule is one function from a chapter to sentences, none where the chapter holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from perfsim import hardware, hardware_ids, model, model_ids

from book.chapter import Chapter
from book.links import is_slip
from book.source_text import Block, Prose, keyed_lines

WORDS = (4000, 7000)
CODE_WIDTH = 80  # characters of a line on paper
CHECKS = (8, 12)
CHARTS = (4, 6)
REFERENCES = (5, 8)
SECTIONS = (
    "Learning objectives",
    "The running question",
    "Key terms",
    "Fallacies and pitfalls",
    "The running question, answered",
    "Summary",
    "Where this chapter is used",
    "References",
)
ALIKE = 0.5
"""Two paragraphs are near-duplicates when half of their groups of four words are the same."""

NAMED = re.compile(
    r"\b(?:Chapter|Part|Section|Figure|Table|Equation|Check|Step|Python|version) \d+(?:\.\d+)*"
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
NAME_WITH_DIGITS = re.compile(
    r"(?<![\w.])(?=[\w.-]*[A-Za-z])[A-Za-z][\w.-]*\d[\w.-]*|\b\d[\d.]*-bit\b|\bv\d[\d.]*"
)


def length(chapter: Chapter) -> Iterator[str]:
    """The number of words, checks, figures and references."""
    references = [line for b in chapter.blocks("references") for line in keyed_lines(b.body)]
    counts = {
        "words": (chapter.length_words, WORDS),
        "checks": (len(chapter.checks), CHECKS),
        "figures": (len(chapter.blocks("chart")), CHARTS),
        "references": (len(references), REFERENCES),
    }
    for name, (count, (least, most)) in counts.items():
        if not least <= count <= most:
            yield f"{chapter.id} has {count} {name}; {least} to {most} are asked for."


def sections(chapter: Chapter) -> Iterator[str]:
    """The sections that every chapter has, in order, and a question that opens each other one."""
    titles = re.findall(r"(?m)^## (.+)$", chapter.prose)
    missing = [title for title in SECTIONS if title not in titles]
    yield from (f"{chapter.id} needs the section '{title}'." for title in missing)
    if not missing and sorted(SECTIONS, key=titles.index) != list(SECTIONS):
        yield f"{chapter.id} has its sections in another order than {', '.join(SECTIONS)}."
    for title in titles:
        if title not in SECTIONS and "?" not in chapter.section(title).split("\n\n")[0]:
            yield f"{chapter.id}: the section '{title}' does not open with the question it answers."


def typed_numbers(chapter: Chapter) -> Iterator[str]:
    """Numbers typed by hand. Allowed are years, names such as ResNet-50, Raspberry Pi 5 and Section
    3, numbers of a list, code, formulas, and all numbers of a sentence that cites its source."""
    for line, text in _texts(chapter):
        for sentence in _sentences(re.sub(r"(?m)^\s*\d+\. ", "- ", text)):
            numbers = hand_typed(sentence)
            if numbers:
                listed = ", ".join(numbers)
                yield f"{chapter.id}, after line {line}: {listed} in '{sentence[:80]}...'"


def hand_typed(sentence: str) -> list[str]:
    """The numbers of a sentence that are neither computed nor allowed."""
    if "{cite}`" in sentence:
        return []
    for pattern in (r"\{[\w-]+\}`[^`]*`", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$", r"\]\([^)]*\)"):
        sentence = re.sub(pattern, " ", sentence, flags=re.S)
    for allowed in (product_names(), NAMED, YEAR, NAME_WITH_DIGITS):
        sentence = allowed.sub(" ", sentence)
    return re.findall(r"\d[\d.,]*\d|\d", sentence)


@cache
def product_names() -> re.Pattern[str]:
    """The products of perfsim's catalog whose number stands apart, such as Raspberry Pi 5: each
    name up to such a number, without the maker and without the letter of a variant (4B)."""
    devices = [re.sub(r"(?<= \d)B\b", "", hardware(name).name) for name in hardware_ids()]
    names = set()
    for name in (*devices, *(model(name).name for name in model_ids())):
        words = name.partition(" (")[0].split()
        ends = [n for n, word in enumerate(words, 1) if n > 1 and word[0].isdigit()]
        names |= {" ".join(words[:end]) for end in ends}
        names |= {" ".join(words[1:end]) for end in ends if words[1][0].isalpha()}
    ordered = sorted(names, key=len, reverse=True)
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
    return re.compile(rf"\b(?:{choices})\b(?![.,]?\d)")


def labs(chapter: Chapter) -> Iterator[str]:
    """Assignments that are in the syllabus, or planned in contents.toml: a slip of the pen is not
    shown as planned."""
    for name in sorted(set(re.findall(r"\{lab\}`([^`]+)`", chapter.prose))):
        if is_slip(name):
            yield f"{chapter.id} names '{name}', which is neither in the syllabus nor planned."


def alt_texts(chapter: Chapter) -> Iterator[str]:
    """Every figure has an alt text of a sentence, and a caption."""
    for block in chapter.blocks("chart"):
        alt = block.options.get("alt", "")
        if len(alt.split()) < 12:
            yield f"{chapter.id}: the figure '{block.argument}' needs an alt text."
        elif not alt.endswith((".", "?")):
            yield (
                f"{chapter.id}: the alt text of '{block.argument}' ends within a sentence. "
                "A line that goes on with it begins with two spaces."
            )
        if not block.body.strip():
            yield f"{chapter.id}: the figure '{block.argument}' needs a caption."


def code_lines(chapter: Chapter) -> Iterator[str]:
    """Lines of cells and of their outputs that are too long for a line on paper."""
    for block, printed in zip(chapter.blocks("code-cell"), chapter.outputs, strict=True):
        lines = [*block.body.split("\n"), *printed.split("\n")]
        for line in (line for line in lines if len(line) > CODE_WIDTH):
            yield f"{chapter.id}, cell in line {block.line}: '{line}' is longer than {CODE_WIDTH}."


def repetition(paragraphs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Paragraphs, with where they stand, that say nearly the same."""
    groups = [(place, text, _groups(text)) for place, text in paragraphs]
    for (place, text, one), (other_place, _, other) in combinations(groups, 2):
        if one and other and len(one & other) / len(one | other) >= ALIKE:
            yield f"{place} and {other_place} have nearly the same paragraph: '{text[:80]}...'"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of 20 words or more."""
    pieces = re.split(r"\n\s*\n", text)
    return [
        piece for piece in pieces if len(piece.split()) >= 20 and not piece.startswith(("|", "```"))
    ]


def faults(chapter: Chapter) -> list[str]:
    """All that a chapter does not hold."""
    own_paragraphs = [(chapter.id, text) for text in paragraphs(chapter.prose)]
    rules = (length, sections, typed_numbers, labs, alt_texts, code_lines)
    return [*(fault for rule in rules for fault in rule(chapter)), *repetition(own_paragraphs)]


def _texts(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Prose, captions, alt texts and notes with their lines; numbers of a check are its task."""
    for part in chapter.parts:
        if isinstance(part, Prose):
            yield part.line, part.text
        elif isinstance(part, Block) and part.name in ("chart", "note", "glossary"):
            yield part.line, f"{part.options.get('alt', '')}\n\n{part.body}"


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!:])\s+(?=[A-Z*{`\"'(])|\n\s*\n|\n(?=[-|#\d])", text)


def _groups(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z']+", text.lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))
