"""The texts of a page that a translator gets, and the page with other texts in their places.

A paragraph, a heading, an item of a list or a cell of a table is one text, in one line, with its
roles. Of our own blocks the words are texts: captions, alt texts, questions, choices, feedback.
Code, formulas, names and addresses stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from book.checks.entries import read_check
from book.source_text import Block, Prose, definitions, keyed_lines, parts

Change = Callable[[str, str], str]
"""From a text and the kind of its place to the text that is to stand there."""

LIST = re.compile(r"^(\s*)([-*]|\d+\.) +(.*)$")
HEADING = re.compile(r"^(#+) +(.*)$")
FENCE = re.compile(r"^`{3,}")
MARKUP = re.compile(r"\{(?!term\})[\w:-]+\}`[^`]*`|(?<!\})`[^`]*`|\$[^$]*\$|https?:\S+")


def mapped(page: str, change: Change) -> str:
    """The page with each of its texts replaced by what `change` makes of it."""
    changed_parts = [_front_matter(page)]
    for part in parts(page):
        changed_parts.append(
            _prose(part.text, change) if isinstance(part, Prose) else _block(part, change)
        )
    return "\n\n".join(text.strip("\n") for text in changed_parts if text.strip()) + "\n"


def texts(page: str) -> list[tuple[str, str]]:
    """The texts of a page with the kinds of their places, in their order, each once."""
    kinds: dict[str, str] = {}

    def collect(text: str, kind: str) -> str:
        kinds.setdefault(text, kind)
        return text

    mapped(page, collect)
    return list(kinds.items())


def _front_matter(page: str) -> str:
    match = re.match(r"---\n.*?\n---\n", page, re.S)
    return match[0] if match else ""


def _changed(text: str, kind: str, change: Change) -> str:
    """What stands for a text; one without a word outside of its markup stays."""
    return change(text, kind) if re.search(r"[^\W\d_]{2}", MARKUP.sub("", text)) else text


def _prose(text: str, change: Change) -> str:
    return "\n\n".join(_piece(piece, change) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    """Prose cut at its empty lines, but not within a fence."""
    pieces: list[list[str]] = [[]]
    fenced = ""
    for line in text.split("\n"):
        fence = FENCE.match(line)
        if fence and not fenced:
            fenced = fence[0]
        elif fenced and line.strip() == fenced:
            fenced = ""
        if line.strip() or fenced:
            pieces[-1].append(line)
        else:
            pieces.append([])
    return ["\n".join(piece) for piece in pieces if piece]


def _piece(piece: str, change: Change) -> str:
    lines = piece.split("\n")
    heading = HEADING.match(piece)
    if FENCE.match(piece) or piece.startswith("$$"):
        return piece
    if heading and len(lines) == 1:
        return f"{heading[1]} {_changed(heading[2], 'heading', change)}"
    if re.match(r"^\([\w-]+\)=$", lines[0]):
        return piece if len(lines) == 1 else _labelled(lines, change)
    if piece.startswith("|"):
        return "\n".join(_row(line, change) for line in lines)
    if LIST.match(lines[0]):
        return _list(lines, change)
    return _changed(" ".join(line.strip() for line in lines), "paragraph", change)


def _labelled(lines: list[str], change: Change) -> str:
    return f"{lines[0]}\n" + _piece("\n".join(lines[1:]), change)


def _row(line: str, change: Change) -> str:
    """A row of a table; a bar after a backslash does not end a cell."""
    if not re.search(r"[^|\s:-]", line):
        return line
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    changed_cells = [_changed(cell.strip(), "cell of a table", change) for cell in cells]
    return f"| {' | '.join(changed_cells)} |"


def _list(lines: list[str], change: Change) -> str:
    items: list[list[str]] = []
    for line in lines:
        match = LIST.match(line)
        if match:
            items.append([f"{match[1]}{match[2]} ", match[3]])
        else:
            items[-1].append(line.strip())
    return "\n".join(
        mark + _changed(" ".join(words), "item of a list", change) for mark, *words in items
    )


def _block(block: Block, change: Change) -> str:
    body, argument, options = block.body, block.argument, dict(block.options)
    if block.name == "chart":
        body = _paragraphs(body, f"caption of the figure {argument}", change)
        options["alt"] = _changed(block.option("alt"), f"alt text of the figure {argument}", change)
    elif block.name == "check":
        body = _check(block, change)
    elif block.name == "glossary":
        body = _glossary(body, change)
    elif block.name == "references":
        body = _references(body, change)
    elif block.name == "note":
        argument = _changed(argument, "title of a note", change)
        body = _prose(body, change)
    elif block.name == "toctree" and "caption" in options:
        options["caption"] = _changed(options["caption"], "heading of the contents", change)
    return _fenced(block.name, argument, options, body)


def _fenced(name: str, argument: str, options: dict[str, str], body: str) -> str:
    ticks = "`" * max([3, *(len(run) + 1 for run in re.findall(r"(?m)^`{3,}", body))])
    head = [f"{ticks}{{{name}}} {argument}".rstrip()]
    head += [f":{key}: {text}".rstrip() for key, text in options.items()]
    return "\n".join([*head, *([""] if options and body else []), *([body] if body else []), ticks])


def _paragraphs(text: str, kind: str, change: Change) -> str:
    return "\n\n".join(
        _changed(" ".join(line.strip() for line in piece.split("\n")), kind, change)
        for piece in _pieces(text)
    )


PLACES = {
    "ask": "question",
    "alone": "question without its chapter",
    "choice": "choice",
    "say": "feedback",
    "why": "explanation",
}


def _check(block: Block, change: Change) -> str:
    """The entries of a check, each in one line; formulas and units stay."""

    def changed_line(name: str, text: str) -> str:
        if name in PLACES:
            text = _changed(text, f"{PLACES[name]} of the check {block.argument}", change)
        return f"{name}: {text}".rstrip()

    lines = []
    for line in read_check(block.argument, block.body, block.line).lines:
        lines.append(changed_line(line.name, line.text))
        lines += [f"  {changed_line(name, text)}" for name, text in line.inside.items()]
    return "\n".join(lines)


def _glossary(body: str, change: Change) -> str:
    """A term keeps its English word as a second one, so that {term}`... <word>` finds it."""
    return "\n\n".join(_term(terms, meaning, change) for terms, meaning in definitions(body))


def _term(terms: tuple[str, ...], meaning: str, change: Change) -> str:
    changed_term = _changed(terms[0], "term of the glossary", change)
    first = [changed_term] if changed_term != terms[0] else []
    meaning = _changed(meaning, f"meaning of the term {terms[0]}", change)
    return "\n".join([*first, *terms, f"  {meaning}"])


def _references(body: str, change: Change) -> str:
    return "\n".join(
        f"{key}: {_changed(note, f'what is said of {key}', change)}"
        for key, note in keyed_lines(body)
    )
