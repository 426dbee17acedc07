"""Matplotlib's words for a style, read: 'C2o--', color=, ls=, mfc= and their kin."""

from __future__ import annotations

import re
from typing import Any

from coursekit.figures.colours import css

FORMAT = re.compile(
    r"(?P<colour>C\d+|[bgrkw])?(?P<sign>[.,ov^<>sp*hH+xXDd|])?(?P<dashes>--|-\.|-|:)?"
    r"(?P<late>C\d+|[bgrkw])?"
)
LONG = {
    "c": "color",
    "ls": "linestyle",
    "lw": "linewidth",
    "ms": "markersize",
    "mfc": "markerfacecolor",
}


def line_style(text: str, options: dict[str, Any], fallback: str) -> dict[str, Any]:
    """The fields of a Line from a format such as 'o--' and from keywords."""
    keywords = {LONG.get(name, name): value for name, value in options.items()}
    match = FORMAT.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no format of a line, such as 'o-', '--' or 'C1s'.")
    mark = keywords.get("marker", match["sign"] or "")
    dashes = keywords.get("linestyle", match["dashes"] or ("" if match["sign"] else "-"))
    named = keywords.get("color", match["colour"] or match["late"])
    face = keywords.get("markerfacecolor")
    return {
        "colour": css(named, fallback),
        "dashes": "" if dashes in ("none", "None", " ") else dashes,
        "width": float(keywords.get("linewidth", 1.8)),
        "sign": mark or "",
        "size": float(keywords.get("markersize", 6)),
        "hollow": face in ("none", "white") or keywords.get("fillstyle") == "none",
        "label": label_of(options),
        "depth": float(keywords.get("zorder", 2)),
        "opacity": float(keywords.get("alpha", 1)),
        "clips": bool(keywords.get("clip_on", True)),
    }


def rule_style(options: dict[str, Any], fallback: str) -> dict[str, Any]:
    """The same for a line from end to end."""
    style = line_style("", options, fallback)
    return {name: style[name] for name in ("colour", "dashes", "width", "label", "depth")}


def label_of(options: dict[str, Any]) -> str:
    """The words for the legend; '' where there are none or they begin with an underscore."""
    text = str(options.get("label") or "")
    return "" if text.startswith("_") else text
