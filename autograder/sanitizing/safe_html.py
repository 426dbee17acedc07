"""The doorway to nh3, the cleaner of HTML: nothing in what comes out can run or load anything.

A short list of tags and attributes stays; a drawing (SVG) becomes an image.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote

import nh3

from autograder.sanitizing import active_math, drawing
from autograder.sanitizing.entities import unescape

_TAGS = (
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span "
    "strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr"
)
TAGS = frozenset(_TAGS.split())
REMOVED_WITH_CONTENT = {
    "iframe",
    "math",
    "noscript",
    "object",
    "script",
    "style",
    "svg",
    "template",
}
VOID = frozenset(["br", "col", "hr", "img", "input", "wbr"])
MAY_STAY_OPEN = VOID | {"colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th"}
MAY_STAY_OPEN |= {"thead", "tr"}
GLOBAL_ATTRIBUTES = {"align", "dir", "lang", "style", "title"}
CELL_ATTRIBUTES = {"colspan", "rowspan", "scope"}
ATTRIBUTES = {
    "a": {"href"},
    "col": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "table": {"border", "class"},
    "td": CELL_ATTRIBUTES,
    "th": CELL_ATTRIBUTES,
}
ATTRIBUTES_OF = {tag: GLOBAL_ATTRIBUTES | ATTRIBUTES.get(tag, set()) for tag in TAGS}
_STYLES = (
    "background-color color font-style font-weight height max-width text-align text-decoration "
    "vertical-align white-space width"
)
STYLES = frozenset(_STYLES.split())
NO_PICTURE = "(a picture from elsewhere was left out)"
SCHEMES = {"data", "http", "https", "mailto"}
DRAWING = re.compile(r"<(/?)svg\b(?:(?<=/svg)\s*+>)?", re.I)
ANY_DRAWING = re.compile(r"<svg|image/svg", re.I)
ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
MAX_CACHED_CHARS = 50_000
MAX_DEPTH = 200
MAX_ENTITIES = 100_000
MAX_TAGS_TIMES_DEPTH = 1_000_000
MAX_DRAWINGS = 500
IMAGE = re.compile(r"data:image/(png|jpeg|jpg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/=\s]+)")
IMAGE_TAG = re.compile(r'<img(?: [\w-]++="[^"]*+")*+>')
WEB_URL = re.compile(r"(?:https?://|mailto:)(?!/)", re.I)
_NAME = r"(?:[\w-]|%20|%[89A-Fa-f][0-9A-Fa-f])++"
RELATIVE_FILE = re.compile(rf"(?:\.{{1,2}}/)*+{_NAME}(?:/{_NAME})*+\.[\w.]+(?:#.*)?")
IMAGE_FILE = re.compile(r"\w[\w-]*(?:/\w[\w-]*)*\.(?:png|jpe?g|gif|webp)", re.ASCII | re.I)


def clean(text: str) -> str:
    """The HTML without anything that runs, loads, posts or imitates; stable if cleaned again."""
    return _clean_uncached(text) if len(text) > MAX_CACHED_CHARS else _clean_cached(text)


@lru_cache(maxsize=1024)
def _clean_cached(text: str) -> str:
    """The students of a class show the same tables, so each text is cleaned once."""
    return _clean_uncached(text)


def _clean_uncached(text: str) -> str:
    if _is_text_block(text):
        return text
    is_slow = is_slow_to_parse(text)
    text = text if is_slow else _with_images(text)
    for _ in range(0 if is_slow or is_slow_to_parse(text) else 6):
        before, text = text, _clean_pass(text)
        if text != before:
            continue
        if not active_math.html_is_active(text):
            return text
        text = active_math.with_commands_as_code(text)
    return f"<pre>{html.escape(text, quote=False)}</pre>"


def _is_text_block(text: str) -> bool:
    body = text[len("<pre>") : -len("</pre>")]
    is_one_block = text == f"<pre>{body}</pre>"
    return is_one_block and body == html.escape(unescape(body), quote=False)


def _with_images(text: str) -> str:
    """Each outermost drawing as an image."""
    parts, position, start, depth = [], 0, 0, 0
    for tag in DRAWING.finditer(text):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                parts += [text[position:start], drawing.image_tag(text[start : tag.end()])]
                position = tag.end()
    return "".join([*parts, text[position:]])


def is_slow_to_parse(text: str) -> bool:
    """Would a parser need minutes? It does with many deeply nested tags, entities or drawings."""
    depth = deepest = 0
    opened: Counter[str] = Counter()
    tags = ANY_TAG.findall(text)
    for is_end_tag, written_name in tags:
        name = written_name.lower()
        if name in MAY_STAY_OPEN or (is_end_tag and not opened[name]):
            continue
        step = -1 if is_end_tag else 1
        opened[name] += step
        depth += step
        deepest = max(deepest, depth)
    is_deep = deepest > MAX_DEPTH or len(tags) * deepest > MAX_TAGS_TIMES_DEPTH
    drawings = len(ANY_DRAWING.findall(text))
    return is_deep or text.count("&") > MAX_ENTITIES or drawings > MAX_DRAWINGS


def _clean_pass(text: str) -> str:
    cleaned = nh3.clean(
        text,
        tags=set(TAGS),
        attributes=ATTRIBUTES_OF,
        attribute_filter=attribute,
        clean_content_tags=REMOVED_WITH_CONTENT,
        url_schemes=SCHEMES,
    )
    return IMAGE_TAG.sub(lambda tag: tag[0] if ' src="' in tag[0] else NO_PICTURE, cleaned)


def attributes(tag: str, text: str) -> str:
    """The attributes of a start tag, cleaned: `text` is what stands between its name and `>`.

    nh3 needs an element that may stand anywhere, so a span carries the attributes.
    """
    cleaned = nh3.clean(
        f"<span {text}>",
        tags={"span"},
        attributes={"span": GLOBAL_ATTRIBUTES | ATTRIBUTES.get(tag, set())},
        attribute_filter=lambda _span, name, value: attribute(tag, name, value),
        url_schemes=SCHEMES,
    )
    start_tag = re.match(r'<span((?: [\w-]+="[^"]*")*)>', cleaned)
    return start_tag[1].replace("<", "&lt;").replace(">", "&gt;") if start_tag else ""


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

    Besides the web, only a place in the page or a file by its plain name stays: every other address
    on the server that shows the page acts with the reader's session (`/formgrader?path=...` loads
    a configuration, `/logout` is one), and nbgrader writes its own addresses into its pages.
    """
    compact_url = re.sub(r"[\x00-\x20\x7f-\xa0]", "", url)
    if "formgrader" in unquote(unquote(compact_url)).lower():
        return None
    is_safe = (
        WEB_URL.match(compact_url)
        or compact_url.startswith("#")
        or RELATIVE_FILE.fullmatch(compact_url)
    )
    return url if is_safe else None


def image(url: str) -> str | None:
    """The URL where it is an image in itself or a file beside the notebook, else None."""
    data_url = IMAGE.fullmatch(url)
    if not data_url:
        return url if IMAGE_FILE.fullmatch(url) else None
    data = "".join(data_url[2].split())
    if data_url[1] != "svg+xml":
        return f"data:image/{data_url[1]};base64,{data}"
    try:
        return drawing.data_url(base64.b64decode(data, validate=True).decode("utf-8"))
    except (binascii.Error, UnicodeDecodeError):
        return None


def _style(text: str) -> str | None:
    declarations = []
    for declaration in text.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        is_plain = re.fullmatch(r"[\w\s.,%#()-]+", value) and "url" not in value.lower()
        if name in STYLES and is_plain:
            declarations.append(f"{name}: {value}")
    return "; ".join(declarations) or None


TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<]*")?)*) ?/?>', re.I)
CLASS = re.compile(
    r"highlight|err|hll|[a-z][a-z0-9]{0,2}|language-[\w+#.-]+|task-list-item(?:-checkbox)?"
)
COMMENT = re.compile(r"<!--[\w\s.,:;()#'!?=]*-->")
MARKDOWN_ATTRIBUTES = {"class", "id", "type", "checked", "disabled"}


def is_inert(rendered: str) -> bool:
    """Does rendered Markdown hold nothing but listed tags, well nested, with inert attributes?

    Every `<` must begin one of them, written plainly, so that no browser can read it otherwise.
    """
    without_comments = COMMENT.sub("", rendered)
    tags = list(TAG.finditer(without_comments))
    return (
        without_comments.count("<") == len(tags)
        and all(_is_listed(tag) for tag in tags)
        and not unbalanced_tags((tag[2].lower(), bool(tag[1])) for tag in tags)
        and not active_math.html_is_active(rendered)
    )


def _is_listed(tag: re.Match[str]) -> bool:
    name = tag[2].lower()
    if name == "input":
        return 'type="checkbox"' in tag[3]
    pairs = re.findall(r' ([a-z-]+)(?:="([^"]*)")?', tag[3], re.I)
    allowed = GLOBAL_ATTRIBUTES | ATTRIBUTES.get(name, set()) | MARKDOWN_ATTRIBUTES
    return name in TAGS and all(
        key.lower() in allowed and _is_allowed(name, key.lower(), unescape(value))
        for key, value in pairs
    )


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(CLASS.fullmatch(word) for word in value.split()) or value == "dataframe"
    return attribute(tag, name, value) is not None


def unbalanced_tags(tags: Iterator[tuple[str, bool]]) -> set[int]:
    """The positions of those tags (name, is it an end tag?) that have no partner."""
    unpaired: set[int] = set()
    opened: list[tuple[str, int]] = []
    for place, (name, is_end_tag) in enumerate(tags):
        if not is_end_tag:
            opened += [(name, place)] if name not in VOID else []
        elif name not in [open_name for open_name, _ in opened[-100:]]:
            unpaired.add(place)
        else:
            while opened[-1][0] != name:
                open_name, position = opened.pop()
                unpaired |= {position} if open_name not in MAY_STAY_OPEN else set()
            opened.pop()
    return unpaired | {position for name, position in opened if name not in MAY_STAY_OPEN}
