"""The doorway to latex2mathml: formulas in HTML become MathML, which needs no script to be drawn.

A formula is drawn only if it holds listed commands (`tex_commands`) and comes out as listed
elements with listed attributes. The library escapes nothing, so its elements are written out here.
Any other formula stays as its source.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import Converter

from autograder.sanitizing import active_math
from autograder.sanitizing.entities import unescape

FORMULA = re.compile(
    r"\$\$(?P<block>(?:[^$\\]++|\\.){1,1000}+)\$\$"
    r"|(?<!\\)\$(?P<inline>(?![\s$])(?:[^$\\]++|\\.){1,1000}+)(?<!\s)\$(?!\d)"
    r"|(?P<lines>\\begin\{(?P<name>[a-z]{1,20}\*?)\}.{1,1000}?\\end\{(?P=name)\})",
    re.S,
)
MAX_CHARS, MAX_DEPTH = 1000, 20
MAX_CHARS_IN_ALL = 20_000  # about two seconds of the worst formulas
_ELEMENTS = (
    "math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub "
    "msubsup msup mtable mtd mtext mtr munder munderover"
)
ELEMENTS = frozenset(_ELEMENTS.split())
_LENGTH = r"[+-]?\d{0,2}(?:\.\d{1,4})?(?:em|ex|mu|pt|px)?|(?:negative)?(?:thin|med|thick)mathspace"
_LENGTHS = rf"(?:{_LENGTH})(?: (?:{_LENGTH}))*"
_SWITCH = "true|false"
ATTRIBUTES = {
    "accent": _SWITCH,
    "columnalign": "(?:left|center|right)(?: (?:left|center|right))*",
    "columnspacing": _LENGTHS,
    "depth": _LENGTH,
    "display": "inline|block",
    "displaystyle": _SWITCH,
    "fence": _SWITCH,
    "form": "prefix|infix|postfix",
    "height": _LENGTH,
    "largeop": _SWITCH,
    "linebreak": "newline",
    "linethickness": _LENGTH,
    "lspace": _LENGTH,
    "mathcolor": "[A-Za-z]{1,20}|#[0-9A-Fa-f]{3,8}",
    "mathsize": _LENGTH,
    "mathvariant": "[a-z-]{1,30}",
    "maxsize": _LENGTH,
    "minsize": _LENGTH,
    "movablelimits": _SWITCH,
    "notation": "[a-z ]{1,60}",
    "rowspacing": _LENGTHS,
    "rspace": _LENGTH,
    "scriptlevel": r"\d",
    "separator": _SWITCH,
    "stretchy": _SWITCH,
    "voffset": _LENGTH,
    "width": _LENGTH,
}
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2}
CHILDREN |= {"msubsup": 3, "munderover": 3}
FAULTS: tuple[type[Exception], ...] = (
    *(e for e in vars(exceptions).values() if isinstance(e, type) and issubclass(e, Exception)),
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What the library raises for a formula that it cannot read, beside its own exceptions."""


class UnlistedError(ValueError):
    """The formula would come out as something that is not listed."""


def with_mathml(rendered: str) -> str:
    """Clean HTML with its formulas drawn: `$...$`, `$$...$$` and environments, outside of code.

    As Pandoc has it, no space stands inside the dollars and no digit behind them, so that "$5 and
    $6" are prices. HTML with more than 20,000 characters of formulas stays as it is.
    """
    pieces = active_math.html_pieces(rendered) if FORMULA.search(rendered) else None
    if pieces is None:
        return rendered
    texts = [piece for piece, name, is_literal in pieces if not (name or is_literal)]
    formulas = [formula for text in texts for formula in FORMULA.finditer(text)]
    if sum(len(formula[0]) for formula in formulas) > MAX_CHARS_IN_ALL:
        return rendered
    return "".join(
        piece if name or is_literal else FORMULA.sub(_drawn, piece)
        for piece, name, is_literal in pieces
    )


def _drawn(formula: re.Match[str]) -> str:
    """The MathML of a formula in HTML, or the formula as it stands."""
    source = formula["block"] or formula["inline"] or formula["lines"]
    display = "inline" if formula["inline"] else "block"
    return mathml(unescape(source).strip(), display) or formula[0]


@lru_cache(maxsize=2048)
def mathml(source: str, display: str) -> str | None:
    """The MathML element of a formula of TeX, None where it is to stay as its source.

    display: "inline" or "block".
    """
    if len(source) > MAX_CHARS or _depth(source) > MAX_DEPTH:
        return None
    if active_math.formula_is_active(source):
        return None
    try:
        return _markup(Converter(display=display).convert_to_element(source))
    except FAULTS:
        return None


def _depth(source: str) -> int:
    """How deep braces lie in one another, and how many environments and brackets are opened."""
    depth = deepest = 0
    for mark in re.findall(r"\\.|[{}]", source, re.S):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        deepest = max(deepest, depth)
    return deepest + source.count("\\begin") + source.count("\\left")


def _markup(element: Element) -> str:
    """An element as HTML. UnlistedError where an element, attribute or command is not listed."""
    if element.tag not in ELEMENTS or (element.tail or "").strip():
        raise UnlistedError(element.tag)
    if len(element) != CHILDREN.get(element.tag, len(element)):
        raise UnlistedError(f"{element.tag} of {len(element)} parts")
    inside = "".join(_markup(child) for child in element)
    text = html.unescape(element.text or "")
    if "\\" in text and element.tag != "mtext":
        raise UnlistedError(text)
    return f"<{element.tag}{_attributes(element)}>{html.escape(text)}{inside}</{element.tag}>"


def _attributes(element: Element) -> str:
    attributes = []
    for name, value in element.attrib.items():
        if name == "xmlns":
            continue
        if not re.fullmatch(ATTRIBUTES.get(name, "(?!)"), value):
            raise UnlistedError(f"{name}={value}")
        attributes.append(f' {name}="{value}"')
    return "".join(attributes)
