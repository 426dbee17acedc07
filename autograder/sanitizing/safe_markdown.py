"""A cleaner of Markdown from a submission: the result is still Markdown, and inert.

Tags outside code and math are cleaned one by one or shown as text; then the cell is rendered as
formgrader will render it. Where the result is not inert, the whole cell is shown as text.
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
AUTOLINK_OR_COMMENT = re.compile(
    r"<(?:https?://[^\s<>\"']+|[\w.+-]+@[\w.-]+)>|" + safe_html.COMMENT.pattern
)
MERMAID = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[ \t]*mermaid", re.M | re.I)
PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\((?P<url>\s*<?https?://[^)\n]*)\)", re.I)
LINK = re.compile(r"(?<!!)\[(?P<words>[^\[\]\n]*)\]\((?P<url>[\w./?=&#%~+-]+)\)")
BEGINS_TAG = re.compile(r"<(?=[A-Za-z/!?])")
PICTURE_DATA = re.compile(r"data:image/[a-z]{3,4};base64,[A-Za-z0-9+/=]+")
HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.S | re.I)
LONG_LINE = re.compile(r"[^\n]{200}(?=[^\n])")
MAX_OPENERS = 1000
MAX_RENDERED_CHARS = 100_000
TEXT_NOTICE = "*This cell is shown as text: it could not be made safe to display.*"


def clean(text: str, attachments: markdown.Attachments) -> str:
    """The Markdown of a cell with nothing in it that runs or loads; cleaning again is no change.

    attachments: the cell's own, already cleaned: name -> {MIME type: base64}.
    """
    return _clean_cached(text) if not attachments else _clean_until_stable(text, attachments)


@lru_cache(maxsize=1024)
def _clean_cached(text: str) -> str:
    return _clean_until_stable(text, {})


def _clean_until_stable(text: str, attachments: markdown.Attachments) -> str:
    for _ in range(4):
        before, text = text, _clean_pass(text, attachments)
        if text == before:
            return text
    return text_block(text)


def _clean_pass(text: str, attachments: markdown.Attachments) -> str:
    """The mildest cleaning that comes out inert: outside code, then everywhere, then as text."""
    if _is_text_block(text):
        return text
    if _is_slow_to_render(text):
        return text_block(text)
    for cleaned in (_clean_outside_code(text), _clean_tags(text)):
        if _is_inert(cleaned, attachments):
            return cleaned
    return text_block(text)


def _is_inert(text: str, attachments: markdown.Attachments) -> bool:
    try:
        return safe_html.is_inert(markdown.html(text, attachments))
    except markdown.MarkdownError:
        return False


def _clean_outside_code(text: str) -> str:
    code_parts: list[str] = []
    text = MERMAID.sub(r"\1text", text.replace("\0", ""))

    def replace_code(code: re.Match[str]) -> str:
        if TAG.search(code[0]) and _is_ambiguous(code):
            return code[0]
        code_parts.append(code[0])
        return f"\0{len(code_parts) - 1}\0"

    cleaned = _clean_tags(CODE.sub(replace_code, text))
    return re.sub(r"\0(\d+)\0", lambda mark: code_parts[int(mark[1])], cleaned)


def _is_ambiguous(code: re.Match[str]) -> bool:
    """Could another reader of Markdown take this for text? A formula, or a span that a table cuts.

    JupyterLab and nbconvert part the same cell in different ways.
    """
    return not code["fence"] and (not code["span"] or "|" in code[0] or "\n" in code[0])


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


def _is_slow_to_render(text: str) -> bool:
    """Would rendering take seconds? The time grows with the square of the unclosed brackets."""
    openers = text.count("[") + text.count("`") + text.count("\\begin")
    return openers > MAX_OPENERS or len(PICTURE_DATA.sub("", text)) > MAX_RENDERED_CHARS


def _is_text_block(text: str) -> bool:
    opening = re.match(re.escape(TEXT_NOTICE) + r"\n\n(`{3,})text\n", text)
    if opening is None:
        return False
    return text_block(text[opening.end() : -len(opening[1]) - 1]) == text


def heading_names(text: str, attachments: markdown.Attachments) -> set[str]:
    """The ids that nbconvert will give to the headings of a cell."""
    if _is_text_block(text):
        return set()
    rendered = markdown.html(text, attachments)
    inside = (re.sub(r"<[^>]*>", "", heading) for heading in HEADING.findall(rendered))
    return {html.unescape(words).replace(" ", "-") for words in inside}


def text_block(text: str) -> str:
    """The Markdown shown as it was written, in a block of code.

    Its lines are folded: nbconvert needs the square of the brackets that stand in one line.
    """
    text = LONG_LINE.sub("\\g<0>\n", text.strip())
    longest_run = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest_run + 1)
    return f"{TEXT_NOTICE}\n\n{fence}text\n{text}\n{fence}"
