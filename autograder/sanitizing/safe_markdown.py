"""Markdown from a submission, made inert and still Markdown.

Tags outside code and math are cleaned one by one or shown as text; then the cell is rendered as
formgrader will render it, and only what comes out inert is kept. What does not is shown as text.
A Mermaid block, which nbconvert passes on unescaped, becomes a block of text.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from autograder.sanitizing import markdown, safe_html

CODE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)??[ \t>]*(?P=fence)[`~]*[ \t]*$"
    r"|(?<!`)(?P<span>`++)(?!`).+?(?<!`)(?P=span)(?!`)"
    r"|\$\$[^$]+\$\$|\$[^$\n]+\$"
    r"|\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\}",
    re.M | re.S,
)
TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)"
    r"(?P<rest>(?>\s++[^\s\"'<>/=]++(?>\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+)"
    r"\s*+(?P<close>/?)>"
)
KEPT = re.compile(r"<(?:https?://[^\s<>\"']+|[\w.+-]+@[\w.-]+)>|" + safe_html.COMMENT.pattern)
MERMAID = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[ \t]*mermaid", re.M | re.I)
PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<url>\s*<?https?://[^)\n]*)\)", re.I)
LINK = re.compile(r"(?<!!)\[(?P<words>[^\[\]\n]*)\]\((?P<url>[\w./?=&#%~+-]+)\)")
BEGINS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
PICTURE_DATA = re.compile(r"data:image/[a-z]{3,4};base64,[A-Za-z0-9+/=]+")
HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.S | re.I)
LONG_LINE = re.compile(r"[^\n]{200}(?=[^\n])")
OPENERS = 1000
LONGEST = 100_000
AS_TEXT = "*This cell is shown as text: it could not be made safe to display.*"


def clean(text: str, attachments: markdown.Attachments) -> str:
    """The Markdown of a cell with nothing in it that runs or loads; stable under itself.

    attachments: the cell's own, already cleaned: name -> {MIME type: base64}.
    """
    return _clean(text) if not attachments else _settled(text, attachments)


@lru_cache(maxsize=1024)
def _clean(text: str) -> str:
    return _settled(text, {})


def _settled(text: str, attachments: markdown.Attachments) -> str:
    for _ in range(4):
        before, text = text, _once(text, attachments)
        if text == before:
            return text
    return as_text(text)


def _once(text: str, attachments: markdown.Attachments) -> str:
    """The mildest cleaning that comes out inert: beside code, then everywhere, then as text."""
    if _is_as_text(text):
        return text
    if _is_tangled(text):
        return as_text(text)
    for cleaned in (_beside_code(text), _without_tags(text)):
        if _is_inert(cleaned, attachments):
            return cleaned
    return as_text(text)


def _is_inert(text: str, attachments: markdown.Attachments) -> bool:
    try:
        return safe_html.is_inert(markdown.html(text, attachments))
    except markdown.MarkdownError:
        return False


def _beside_code(text: str) -> str:
    kept: list[str] = []
    text = MERMAID.sub(r"\1text", text.replace("\0", ""))

    def put_away(found: re.Match[str]) -> str:
        if TAG.search(found[0]) and _is_read_otherwise(found):
            return found[0]
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    cleaned = _without_tags(CODE.sub(put_away, text))
    return re.sub(r"\0(\d+)\0", lambda found: kept[int(found[1])], cleaned)


def _is_read_otherwise(code: re.Match[str]) -> bool:
    """Could another reader of Markdown take this for text? A formula, or a span that a table cuts.

    JupyterLab and nbconvert part the same cell in different ways.
    """
    return not code["fence"] and (not code["span"] or "|" in code[0] or "\n" in code[0])


def _without_tags(text: str) -> str:
    """Listed tags with listed attributes; every other `<` that could begin a tag as `&lt;`."""
    text = PICTURE.sub(lambda found: f"[{found['alt'] or 'picture'}]({found['url']})", text)
    text = LINK.sub(_link, text)
    tags = list(TAG.finditer(text))
    alone = safe_html.unbalanced((tag["name"].lower(), bool(tag["end"])) for tag in tags)
    parts, at = [], 0
    for place, tag in enumerate(tags):
        parts.append(_as_signs(text[at : tag.start()]))
        parts.append(_as_signs(tag[0]) if place in alone else _tag(tag))
        at = tag.end()
    return "".join([*parts, _as_signs(text[at:])])


def _link(found: re.Match[str]) -> str:
    """A link; its words and its address where that leads to the server which shows the page."""
    return found[0] if safe_html.link(found["url"]) else f"{found['words']} ({found['url']})"


def _tag(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    if name not in safe_html.TAGS:
        return _as_signs(tag[0])
    if tag["end"]:
        return f"</{tag['name']}>"
    kept = safe_html.attributes(name, tag["rest"]) if tag["rest"] else ""
    if name == "img" and ' src="' not in kept:
        return safe_html.NO_PICTURE
    return f"<{tag['name']}{kept}{tag['close']}>"


def _as_signs(text: str) -> str:
    parts, at = [], 0
    for found in KEPT.finditer(text):
        parts += [BEGINS_TAG.sub("&lt;", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, BEGINS_TAG.sub("&lt;", text[at:])])


def _is_tangled(text: str) -> bool:
    """Would rendering it take seconds? The time grows with the square of what stays open."""
    openers = text.count("[") + text.count("`") + text.count("\\begin")
    return openers > OPENERS or len(PICTURE_DATA.sub("", text)) > LONGEST


def _is_as_text(text: str) -> bool:
    found = re.match(re.escape(AS_TEXT) + r"\n\n(`{3,})text\n", text)
    if found is None:
        return False
    return as_text(text[found.end() : -len(found[1]) - 1]) == text


def heading_names(text: str, attachments: markdown.Attachments) -> set[str]:
    """The ids that nbconvert will give to the headings of a cell."""
    if _is_as_text(text):
        return set()
    rendered = markdown.html(text, attachments)
    inside = (re.sub(r"<[^>]*>", "", found) for found in HEADING.findall(rendered))
    return {html.unescape(words).replace(" ", "-") for words in inside}


def as_text(text: str) -> str:
    """The Markdown shown as it was written, in a block of code.

    Its lines are folded: nbconvert needs the square of the brackets that stand in one line.
    """
    text = LONG_LINE.sub("\\g<0>\n", text.strip())
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{AS_TEXT}\n\n{fence}text\n{text}\n{fence}"
