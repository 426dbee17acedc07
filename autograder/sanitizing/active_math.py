"""A check for formulas that act: MathJax turns `\\href{javascript:...}` into a link that runs.

A page that loads MathJax reads every text outside <pre> and <code> for formulas, whatever wrote
the text. A formula acts if it holds a command that is not in `tex_commands`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from autograder.sanitizing.entities import unescape
from autograder.sanitizing.tex_commands import COMMANDS, WITH_ARGUMENT

TOKEN = re.compile(r"\\(?:(?P<name>[A-Za-z]++)|[^A-Za-z])|\^\^", re.S)
BACKSLASH = re.compile(r"\\|\^\^|&#|&bsol")
OPENING = re.compile(r"\$|\\[(\[]|\\begin")
CLOSING = ("$", "\\)", "\\]", "\\end")
NEGATIVE_SPACE = re.compile(r"\\!|\\\\\s*+\[\s*+-")
MAX_NEGATIVE_SPACES = 50
MARKUP = re.compile(
    r"""<(?:!--|(?P<end>/?)(?P<name>[a-z][a-z0-9]*+)(?>"[^"]*+"|'[^']*+'|[^>"'])*+>)""", re.I
)
LITERAL = frozenset(["code", "pre"])
JOINED = {"br": "\n", "wbr": "", "!--": ""}
_PHRASING = (
    "a abbr b br cite code del dfn em i img ins kbd mark pre q s samp small span strike strong "
    "sub sup tt u var wbr !--"
)
PHRASING = frozenset(_PHRASING.split())


def formula_is_active(formula: str) -> bool:
    """Does a formula hold a command that is not listed, or so much negative space that it moves?"""
    if len(NEGATIVE_SPACE.findall(formula)) > MAX_NEGATIVE_SPACES:
        return True
    return any(not _is_listed(token) for token in TOKEN.finditer(formula))


def _is_listed(token: re.Match[str]) -> bool:
    """Is a token a listed command, or a backslash with one sign such as `\\,` and `\\\\`?"""
    name = token["name"]
    if name is None:
        return token[0] != "^^"
    argument = WITH_ARGUMENT.get(name)
    if argument is not None:
        return argument.match(token.string, token.end()) is not None
    return name in COMMANDS


def text_is_active(text: str) -> bool:
    """Could MathJax find a formula in a text that acts?

    It takes what stands between two delimiters; here all from the first to the last is looked at.
    """
    opening = OPENING.search(text)
    if opening is None:
        return False
    last = max(CLOSING, key=text.rfind)
    end = len(text) if "\\end" in text else text.rfind(last) + len(last)
    return formula_is_active(text[opening.start() : end])


def html_is_active(rendered: str) -> bool:
    """Does well-formed HTML, once a browser has read it, hold an active formula?

    HTML with a `<` that begins no tag counts as active, since browsers may read it in other ways.
    """
    if not BACKSLASH.search(rendered):
        return False
    pieces = html_pieces(rendered)
    return pieces is None or any(text_is_active(text) for text in _texts(pieces))


def with_commands_as_code(rendered: str) -> str:
    """HTML, well-formed, in which each command that is not listed is code: MathJax does not read
    code, and takes no formula that code interrupts."""
    pieces = html_pieces(rendered)
    if pieces is None:
        return rendered
    return "".join(
        piece if is_literal else TOKEN.sub(_as_code, piece) for piece, _name, is_literal in pieces
    )


def _as_code(token: re.Match[str]) -> str:
    return token[0] if _is_listed(token) else f"<code>{html.escape(token[0], quote=False)}</code>"


Piece = tuple[str, str, bool]


def html_pieces(rendered: str) -> list[Piece] | None:
    """(text or tag, name of the tag or '', is it a tag or in a literal block?) for the whole HTML;
    None where a `<` begins no tag."""
    pieces: list[Piece] = []
    position, depth = 0, 0
    while (start := rendered.find("<", position)) >= 0:
        markup = MARKUP.match(rendered, start)
        if markup is None:
            return None
        pieces.append((rendered[position:start], "", depth > 0))
        name, position = (markup["name"] or "!--").lower(), markup.end()
        if name == "!--":
            position = rendered.find("-->", start + len("<!--")) + len("-->")
            if position < len("-->"):
                return None
        depth = _depth(depth, name, bool(markup["end"]))
        pieces.append((rendered[start:position], name, True))
    return [*pieces, (rendered[position:], "", depth > 0)]


def _depth(depth: int, name: str, is_end_tag: bool) -> int:
    """How many literal blocks are open behind a tag: a block such as a cell of a table ends them,
    since a browser may take the code to be closed there."""
    if name not in PHRASING:
        return 0
    if name not in LITERAL:
        return depth
    return max(0, depth - 1) if is_end_tag else depth + 1


def _texts(pieces: list[Piece]) -> Iterator[str]:
    """The texts in which MathJax looks for formulas: what stands between two tags, but a line break
    and a comment end none. A browser drops NUL."""
    words: list[str] = []
    for piece, name, is_literal in pieces:
        if name in JOINED:
            words.append(JOINED[name])
        elif name or is_literal:
            yield "".join(words)
            words = []
        else:
            words.append(unescape(piece.replace("\0", "")))
    yield "".join(words)
