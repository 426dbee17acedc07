"""A cleaner of Markdown from a submission: the result is still Markdown, and inert.

Tags outside code and math are cleaned one by one or shown as text, and a formula that acts becomes
code; then the cell is rendered as formgrader will render it. Where the result is not inert, the
whole cell is shown as text. A Mermaid block, which nbconvert passes on unescaped, becomes a block
of text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from autograder.sanitizing import active_math, markdown, safe_html
from autograder.sanitizing.entities import unescape
from autograder.sanitizing.markdown_parts import Part, parts
from autograder.sanitizing.pictures import put_back, set_aside
from autograder.sanitizing.text_block import is_text_block, text_block

TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r"(?P<rest>(?>\s++[^\s\"'<>/=]++(?>\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+)"
    r"\s*+(?P<close>/?)>"
)
AUTOLINK_OR_COMMENT = re.compile(
    r"<(?:https?://[^\s<>\"']+|[\w.+-]+@[\w.-]+)>|" + safe_html.COMMENT.pattern
)
MERMAID = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[ \t]*mermaid", re.M | re.I)
# JupyterLab writes the words behind an opening fence into an attribute
FENCE_WORDS = re.compile(
    r"^((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*+(?:`{3,}+(?=[^`\n]*+$)|~{3,}+))"
    r"[^<>\"'&\\\n]*+[<>\"'&\\][^\n]*+$",
    re.M,
)
PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<url>\s*<?https?://[^)\n]*)\)", re.I)
LINK = re.compile(r"(?<!!)\[(?P<words>[^\[\]\n]*)\]\((?P<url>[\w./?=&#%~+-]+)\)")
BEGINS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.S | re.I)
BRACE = re.compile(r"\\.|[{}]", re.S)
DELIMITER = re.compile(r"\$|\\[()\[\]]|\\(?:begin|end)")


def clean(text: str, attachments: markdown.Attachments) -> str:
    """The Markdown of a cell with nothing in it that runs or loads; cleaning again is no change.

    attachments: the cell's own, already cleaned: name -> {MIME type: base64}.
    """
    return _clean_cached(text) if not attachments else _clean_until_stable(text, attachments)


@lru_cache(maxsize=1024)
def _clean_cached(text: str) -> str:
    return _clean_until_stable(text, {})


def _clean_until_stable(text: str, attachments: markdown.Attachments) -> str:
    if is_text_block(text):
        return text
    cleaned, pictures = set_aside(text)
    for _ in range(4):
        before, cleaned = cleaned, _clean_pass(cleaned, attachments)
        if is_text_block(cleaned):
            break
        if cleaned == before:
            with_pictures = put_back(cleaned, pictures)
            is_shown = not pictures or _is_inert(with_pictures, attachments)
            return with_pictures if is_shown else text_block(text)
    return text_block(text)


def _clean_pass(text: str, attachments: markdown.Attachments) -> str:
    """The mildest cleaning that comes out inert: outside code, then everywhere, then as text."""
    if markdown.is_slow(text):
        return text_block(text)
    for cleaned in (_clean_outside_code(text), _clean_tags(text)):
        if _is_inert(cleaned, attachments):
            return cleaned
    return text_block(text)


def _is_inert(text: str, attachments: markdown.Attachments) -> bool:
    try:
        return not _is_active(text) and safe_html.is_inert(markdown.html(text, attachments))
    except markdown.MarkdownError:
        return False


def _is_active(text: str) -> bool:
    """Could JupyterLab find a formula that acts?

    It takes formulas out before it reads code. Where they may be other formulas than ours, code may
    be one of them, and two backslashes outside of them are one.
    """
    if "\\" not in text and "&" not in text:
        return False
    formulas, words = [], []
    position = 0
    for part in parts(text):
        words.append(text[position : part.start])
        formulas += [text[part.start : part.end]] if part.kind == "formula" else []
        position = part.end
    words.append(text[position:])
    is_alike = all(map(_is_balanced, formulas)) and not any(
        DELIMITER.search(unescape(piece)) for piece in words
    )
    if is_alike:
        return any(map(active_math.formula_is_active, formulas))
    readings = [text, text.replace("\\\\", "\\")]
    return any(map(active_math.text_is_active, [*readings, *map(unescape, readings)]))


def _is_balanced(formula: str) -> bool:
    """Does every brace of a formula have its partner?"""
    depth = 0
    for brace in BRACE.finditer(formula):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth < 0:
            return False
    return not depth


def _clean_outside_code(text: str) -> str:
    text = FENCE_WORDS.sub(r"\1text", MERMAID.sub(r"\1text", text.replace("\0", "")))
    pieces: list[str] = []
    code_parts: list[str] = []
    position = 0
    for part in parts(text):
        code = text[part.start : part.end]
        if part.kind == "formula" and active_math.formula_is_active(unescape(code)):
            code = _as_code(code)
        elif TAG.search(code) and _is_ambiguous(part, code):
            continue
        pieces += [text[position : part.start], f"\0{len(code_parts)}\0"]
        code_parts.append(code)
        position = part.end
    words = _clean_tags("".join([*pieces, text[position:]]))
    return re.sub(r"\0(\d+)\0", lambda mark: code_parts[int(mark[1])], words)


def _as_code(formula: str) -> str:
    """A formula as a span of code that shows it."""
    longest_run = max((len(run) for run in re.findall(r"`++", formula)), default=0)
    marks = "`" * (longest_run + 1)
    return f"{marks} {' '.join(formula.split())} {marks}"


def _is_ambiguous(part: Part, code: str) -> bool:
    """Could another reader of Markdown take this for text? A formula, or a span that a table cuts.

    JupyterLab and nbconvert part the same cell in different ways.
    """
    return part.kind == "formula" or (part.kind == "span" and ("|" in code or "\n" in code))


def _clean_tags(text: str) -> str:
    """Listed tags with listed attributes; every other `<` that could begin a tag as `&lt;`."""
    text = PICTURE.sub(lambda picture: f"[{picture['alt'] or 'picture'}]({picture['url']})", text)
    text = LINK.sub(_clean_link, text)
    tags = list(TAG.finditer(text))
    unpaired = safe_html.unbalanced_tags((tag["name"].lower(), bool(tag["end"])) for tag in tags)
    parts, position = [], 0
    for place, tag in enumerate(tags):
        parts.append(_escape_tag_starts(text[position : tag.start()]))
        parts.append(_escape_tag_starts(tag[0]) if place in unpaired else _clean_tag(tag))
        position = tag.end()
    return "".join([*parts, _escape_tag_starts(text[position:])])


def _clean_link(link: re.Match[str]) -> str:
    """A link; its words and its address where that leads to the server which shows the page."""
    return link[0] if safe_html.link(link["url"]) else f"{link['words']} ({link['url']})"


def _clean_tag(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    if name not in safe_html.TAGS:
        return _escape_tag_starts(tag[0])
    if tag["end"]:
        return f"</{tag['name']}>"
    attributes = safe_html.attributes(name, tag["rest"]) if tag["rest"] else ""
    if name == "img" and ' src="' not in attributes:
        return safe_html.NO_PICTURE
    return f"<{tag['name']}{attributes}{tag['close']}>"


def _escape_tag_starts(text: str) -> str:
    parts, position = [], 0
    for literal in AUTOLINK_OR_COMMENT.finditer(text):
        parts += [BEGINS_TAG.sub("&lt;", text[position : literal.start()]), literal[0]]
        position = literal.end()
    return "".join([*parts, BEGINS_TAG.sub("&lt;", text[position:])])


def heading_names(text: str, attachments: markdown.Attachments) -> set[str]:
    """The ids that nbconvert will give to the headings of a cell."""
    if is_text_block(text):
        return set()
    rendered = markdown.html(text, attachments)
    inside = (re.sub(r"<[^<>]*+>", "", heading) for heading in HEADING.findall(rendered))
    return {unescape(words).replace(" ", "-") for words in inside}
