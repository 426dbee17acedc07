"""Drawings (SVG) as images: a browser runs no script of an image and loads nothing for it.

Scripts, handlers and outside links are removed all the same, in case somebody opens it by itself.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from autograder.sanitizing.entities import unescape

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
TITLE = re.compile(r"<title[^<>]*+>([^<]*+)</title>", re.I)
LABEL = re.compile(r'<svg[^>]*\saria-label="([^"]*+)"', re.I)
DOCTYPE = re.compile(r"<!doctype[^<>\[]*+>", re.I)
START = re.compile(
    r"(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?>[^-]++|-(?!->))*+-->\s*+)*+<svg\b[^>]*+", re.I
)
NO_DRAWING = "<p>[a drawing was left out: its SVG is not well-formed XML]</p>"


def image_tag(svg: str) -> str:
    """An <img> that shows the drawing; its title is the alternative text."""
    url = data_url(svg)
    if url is None:
        return NO_DRAWING
    title = TITLE.search(svg) or LABEL.match(svg)
    words = html.escape(unescape(title[1]) if title else "") or "drawing"
    return f'<img src="{url}" alt="{words}">'


def data_url(svg: str) -> str | None:
    """An SVG as a data URL, without scripts, handlers and outside links; None if it is not XML."""
    root = _parsed(svg)
    if root is None:
        return None
    _strip(root)
    root.set("xmlns", SVG)
    try:
        text = ElementTree.tostring(root, encoding="unicode")
    except RecursionError:
        return None
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def _parsed(svg: str) -> ElementTree.Element | None:
    """The root of a drawing; a namespace that HTML does not ask for is added."""
    text = DOCTYPE.sub("", svg).strip()
    if re.search(r"(?i)<!(?:doctype|entity)", text):
        return None
    start = START.match(text)
    names = {"xmlns=": f' xmlns="{SVG}"', "xmlns:xlink=": f' xmlns:xlink="{XLINK}"'}
    if start:
        missing = "".join(add for name, add in names.items() if name not in start[0])
        at = start[0].lower().rindex("<svg") + len("<svg")
        text = text[:at] + missing + text[at:]
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        return None
    return root if root.tag == f"{{{SVG}}}svg" else None


def _strip(root: ElementTree.Element) -> None:
    """Keep SVG's own elements and attributes, without what could run or load something."""
    for element in list(root.iter()):
        element[:] = [child for child in element if _is_shape(child)]
        element.attrib = dict(_shape_attributes(element))
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")


def _is_shape(element: ElementTree.Element) -> bool:
    _, _, name = element.tag.partition(f"{{{SVG}}}")
    return bool(name) and name.lower() not in {"script", "foreignobject", "handler", "iframe"}


def _shape_attributes(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        name = "href" if name == f"{{{XLINK}}}href" else name
        inside = value.startswith("#") or re.match(r"data:image/(?:png|jpeg|gif);", value)
        if name.startswith("{") or name.lower().startswith("on"):
            continue
        if name != "href" or inside:
            yield name, value
