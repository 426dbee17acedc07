"""A check of the book as a widget in a notebook: ipywidgets 7.7 and 8, the keyboard is enough.

The texts of a check are HTML. Where a widget shows plain text, the marks are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

import ipywidgets as widgets

from coursekit.palette import GREEN, VERMILION
from coursekit.quiz import Answered, judge

WIDE = {"layout": {"width": "auto"}, "style": {"description_width": "initial"}}


def show_check(check: Mapping[str, Any]) -> widgets.VBox:
    """The question, a field for the answer, a button, and what is said to the answer.

    A prediction is locked when it is revealed. Choices that were left out are named from the
    second wrong answer on.
    """
    kind = check["kind"]
    field, answer = FIELDS[kind](check)
    verb = "Reveal" if kind == "predict" else "Check"
    button = widgets.Button(description=verb, tooltip=f"{verb} the answer")
    feedback = widgets.HTML()
    wrong: list[Any] = []

    def show(_: object) -> None:
        response = answer()
        if kind in FIRST and not response:
            feedback.value = f"<p>{FIRST[kind]}</p>"
            return
        answered = judge(check, response, len(wrong))
        feedback.value = _feedback_html(answered, kind)
        wrong.extend([] if answered.right else [response])
        if kind == "predict":
            field.disabled = button.disabled = True

    button.on_click(show)
    return widgets.VBox([widgets.HTML(f"<p>{check['ask']}</p>"), field, button, feedback])


FIRST = {
    "choose": "Choose one first.",
    "predict": "Choose one first.",
    "number": "Type a number first.",
}
"""What is asked for where a field is empty."""


def _feedback_html(answered: Answered, kind: str) -> str:
    wrong = "It comes out differently." if kind == "predict" else "Not yet."
    colour = GREEN if answered.right else VERMILION
    text = " ".join(("Right." if answered.right else wrong, *answered.say))
    return f'<p style="border-left: 4px solid {colour}; padding-left: 8px">{text}</p>'


def _plain(text: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", text))


Field = tuple[widgets.Widget, Callable[[], Any]]


def _number(check: Mapping[str, Any]) -> Field:
    field = widgets.Text(
        placeholder=f"a number in {check['unit']}" if check["unit"] else "a number"
    )
    return field, lambda: field.value.strip()


def _choose(check: Mapping[str, Any]) -> Field:
    boxes = [
        widgets.Checkbox(description=_plain(choice["text"]), indent=False, **WIDE)
        for choice in check["choices"]
    ]
    return widgets.VBox(boxes), lambda: [i for i, box in enumerate(boxes) if box.value]


def _predict(check: Mapping[str, Any]) -> Field:
    names = [(_plain(choice["text"]), place) for place, choice in enumerate(check["choices"])]
    field = widgets.RadioButtons(options=names, value=None, **WIDE)
    return field, lambda: [] if field.value is None else [field.value]


def _order(check: Mapping[str, Any]) -> Field:
    count = len(check["choices"])
    menus = [
        widgets.Dropdown(
            options=list(range(1, count + 1)), value=place + 1, layout={"width": "5em"}
        )
        for place in range(count)
    ]
    lines = [
        widgets.HBox([menu, widgets.HTML(choice["text"])])
        for menu, choice in zip(menus, check["choices"], strict=True)
    ]
    return widgets.VBox(lines), lambda: sorted(range(count), key=lambda i: menus[i].value)


FIELDS: dict[str, Callable[[Mapping[str, Any]], Field]] = {
    "number": _number,
    "choose": _choose,
    "predict": _predict,
    "order": _order,
}
