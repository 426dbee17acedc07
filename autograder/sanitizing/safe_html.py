"""HTML from a submission, made inert by nh3; the one file that imports it.

What is kept is a short list of tags and attributes. A drawing becomes an image. Nothing is loaded
from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote

import nh3

from autograder.sanitizing import active_math, drawing

_TAGS = (
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span "
    "strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr"
)
TAGS = frozenset(_TAGS.split())
WITHOUT_CONTENT = {"iframe", "math", "noscript", "object", "script", "style", "svg", "template"}
VOID = frozenset(["br", "col", "hr", "img", "input", "wbr"])
MAY_STAY_OPEN = VOID | {"colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th"}
MAY_STAY_OPEN |= {"thead", "tr"}
EVERYWHERE = {"align", "dir", "lang", "style", "title"}
CELL = {"colspan", "rowspan", "scope"}
ATTRIBUTES = {
    "a": {"href"},
    "col": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "table": {"border", "class"},
    "td": CELL,
    "th": CELL,
}
ATTRIBUTES_OF = {tag: EVERYWHERE | ATTRIBUTES.get(tag, set()) for tag in TAGS}
_STYLES = (
    "background-color color font-style font-weight height max-width text-align text-decoration "
    "vertical-align white-space width"
)
STYLES = frozenset(_STYLES.split())
NO_PICTURE = "(a picture from elsewhere was left out)"
SCHEMES = {"data", "http", "https", "mailto"}
DRAWING = re.compile(r"<(/?)svg\b(?:(?<=/svg)\s*+>)?", re.I)
ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
REMEMBERED = 50_000
DEEPEST = 200
ENTITIES = 100_000
TAGS_TIMES_DEPTH = 1_000_000
IMAGE = re.compile(r"data:image/(png|jpeg|jpg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/=\s]+)")
ELSEWHERE = re.compile(r"(?:https?://|mailto:)(?!/)", re.I)
_NAME = r"(?:[\w-]|%20|%[89A-Fa-f][0-9A-Fa-f])++"
FILE_BESIDE = re.compile(rf"(?:\.{{1,2}}/)*+{_NAME}(?:/{_NAME})*+\.[\w.]+(?:#.*)?")
BESIDE = re.compile(r"\w[\w-]*(?:/\w[\w-]*)*\.(?:png|jpe?g|gif|webp)", re.ASCII | re.I)


def clean(text: str) -> str:
    """The HTML with nothing in it that runs, loads, posts or imitates; stable under itself."""
    return _cleaned(text) if len(text) > REMEMBERED else _remembered(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> str:
    """A class shows the same tables: what the instructor's cells print is cleaned once."""
    return _cleaned(text)


def _cleaned(text: str) -> str:
    if _is_as_text(text):
        return text
    text = _with_images(text)
    for _ in range(0 if is_tangled(text) else 6):
        before, text = text, _pass(text)
        if text == before and not active_math.shown_in(text):
            return text
    return f"<pre>{html.escape(text, quote=False)}</pre>"


def _is_as_text(text: str) -> bool:
    body = text[len("<pre>") : -len("</pre>")]
    whole = text == f"<pre>{body}</pre>"
    return whole and body == html.escape(html.unescape(body), quote=False)


def _with_images(text: str) -> str:
    """Each outermost drawing as an image."""
    parts, at, start, depth = [], 0, 0, 0
    for tag in DRAWING.finditer(text):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                parts += [text[at:start], drawing.image_tag(text[start : tag.end()])]
                at = tag.end()
    return "".join([*parts, text[at:]])


def is_tangled(text: str) -> bool:
    """Would a parser need minutes: tags nested deep for their number, or a flood of entities?"""
    depth = deepest = 0
    tags = ANY_TAG.findall(text)
    for ends, name in tags:
        if name.lower() not in MAY_STAY_OPEN:
            depth = max(0, depth - 1) if ends else depth + 1
            deepest = max(deepest, depth)
    nested = deepest > DEEPEST or len(tags) * deepest > TAGS_TIMES_DEPTH
    return nested or text.count("&") > ENTITIES


def _pass(text: str) -> str:
    cleaned = nh3.clean(
        text,
        tags=set(TAGS),
        attributes=ATTRIBUTES_OF,
        attribute_filter=attribute,
        clean_content_tags=WITHOUT_CONTENT,
        url_schemes=SCHEMES,
    )
    return re.sub(r'<img(?![^>]*? src=")[^>]*>', NO_PICTURE, cleaned)


def attributes(tag: str, text: str) -> str:
    """The attributes of a start tag, cleaned: `text` is what stands between its name and `>`.

    nh3 needs an element that may stand anywhere, so a span carries the attributes.
    """
    cleaned = nh3.clean(
        f"<span {text}>",
        tags={"span"},
        attributes={"span": EVERYWHERE | ATTRIBUTES.get(tag, set())},
        attribute_filter=lambda _span, name, value: attribute(tag, name, value),
        url_schemes=SCHEMES,
    )
    found = re.match(r'<span((?: [\w-]+="[^"]*")*)>', cleaned)
    return found[1].replace("<", "&lt;").replace(">", "&gt;") if found else ""


def attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute may keep (entities undone), None where it may not stay."""
    rules: dict[str, Callable[[str], str | None]] = {
        "href": link,
        "src": image,
        "style": _style,
        "class": lambda value: value if (tag, value) == ("table", "dataframe") else None,
    }
    return rules[name](value) if name in rules else value


def link(url: str) -> str | None:
    """The URL where a click on it opens a page or a mail, None for a URL that would run.

    Beside the web only a place in the page or a file by its plain name stays: every other address
    on the server that shows the page acts with the reader's session (`/formgrader?path=...` loads
    a configuration, `/logout` is one), and nbgrader writes its own addresses into its pages.
    """
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]", "", url)
    if "formgrader" in unquote(unquote(bare)).lower():
        return None
    stays = ELSEWHERE.match(bare) or bare.startswith("#") or FILE_BESIDE.fullmatch(bare)
    return url if stays else None


def image(url: str) -> str | None:
    """The URL where it is an image in itself or a file beside the notebook, else None."""
    found = IMAGE.fullmatch(url)
    if not found:
        return url if BESIDE.fullmatch(url) else None
    data = "".join(found[2].split())
    if found[1] != "svg+xml":
        return f"data:image/{found[1]};base64,{data}"
    try:
        return drawing.data_url(base64.b64decode(data, validate=True).decode("utf-8"))
    except (binascii.Error, UnicodeDecodeError):
        return None


def _style(text: str) -> str | None:
    kept = []
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        plain = re.fullmatch(r"[\w\s.,%#()-]+", value) and "url" not in value.lower()
        if name in STYLES and plain:
            kept.append(f"{name}: {value}")
    return "; ".join(kept) or None


TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<]*")?)*) ?/?>', re.I)
CLASS = re.compile(
    r"highlight|err|hll|[a-z][a-z0-9]{0,2}|language-[\w+#.-]+|task-list-item(?:-checkbox)?"
)
COMMENT = re.compile(r"<!--[\w\s.,:;()#'!?=]*-->")
RENDERED = {"class", "id", "type", "checked", "disabled"}


def is_inert(rendered: str) -> bool:
    """Does rendered Markdown hold nothing but listed tags, well nested, with inert attributes?

    Every `<` must begin one of them, written plainly, so that no browser can read it otherwise.
    """
    if active_math.shown_in(rendered):
        return False
    rendered = COMMENT.sub("", rendered)
    tags = list(TAG.finditer(rendered))
    return (
        rendered.count("<") == len(tags)
        and all(_is_listed(tag) for tag in tags)
        and not unbalanced((tag[2].lower(), bool(tag[1])) for tag in tags)
    )


def _is_listed(tag: re.Match[str]) -> bool:
    name = tag[2].lower()
    if name == "input":
        return 'type="checkbox"' in tag[3]
    found = re.findall(r' ([a-z-]+)(?:="([^"]*)")?', tag[3], re.I)
    allowed = EVERYWHERE | ATTRIBUTES.get(name, set()) | RENDERED
    return name in TAGS and all(
        key.lower() in allowed and _stays(name, key.lower(), html.unescape(value))
        for key, value in found
    )


def _stays(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(CLASS.fullmatch(word) for word in value.split()) or value == "dataframe"
    return attribute(tag, name, value) is not None


def unbalanced(tags: Iterator[tuple[str, bool]]) -> set[int]:
    """Which of the tags (name, is it an end tag?) have no partner, by their place in the row."""
    alone: set[int] = set()
    opened: list[tuple[str, int]] = []
    for place, (name, ends) in enumerate(tags):
        if not ends:
            opened += [(name, place)] if name not in VOID else []
        elif name not in [other for other, _ in opened[-100:]]:
            alone.add(place)
        else:
            while opened[-1][0] != name:
                other, at = opened.pop()
                alone |= {at} if other not in MAY_STAY_OPEN else set()
            opened.pop()
    return alone | {at for name, at in opened if name not in MAY_STAY_OPEN}
