"""The colours of the pages stand in one file; only what is named here has colours of its own."""

import ast
import re
from pathlib import Path

import pytest
from matplotlib.colors import CSS4_COLORS

import autograder

ROOT = Path(autograder.__file__).parent
COLOURS = ROOT / "reporting" / "templates" / "colours.css"
OWN_COLOURS = {  # these carry another sheet or none
    "distributing/front_page.py",  # of the students' folder
    "olympics/board/badges.py",  # stand alone, on the pages of others
    "olympics/board/templates/badge.svg",
}
SHEETS = [
    path
    for ending in ("css", "html", "js", "svg")
    for path in sorted(ROOT.glob(f"**/templates/*.{ending}"))
]
HEX = r"(?<![&\w])#(?:[0-9a-f]{3,4}){1,2}\b"
FUNCTION = r"(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
# The value of a declaration, of an attribute, or of a property that a script sets.
VALUE = r"(?:color|background|border|outline|shadow|fill|stroke)[\w-]*[\"']?\s*[:=]([^;{}<>]*)"
NAME = rf"(?<![\w.#-])(?:{'|'.join(CSS4_COLORS)})(?![\w-])"


def colours(text):
    """What names a colour in a text of CSS, HTML, SVG or JavaScript: #hex, rgb( and its like, and
    the colour names of CSS."""
    values = re.findall(VALUE, text, re.IGNORECASE)
    named = [name for value in values for name in re.findall(NAME, value, re.IGNORECASE)]
    return [*re.findall(HEX, text, re.IGNORECASE), *re.findall(FUNCTION, text), *named]


def texts(path):
    """The texts of a file that may reach a page: of a module its strings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return [text]
    constants = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return [constant for constant in constants if isinstance(constant, str)]


@pytest.mark.parametrize(
    "text",
    [
        "a { color: #0072b2; }",
        "a { color: #FFF8; }",
        "a { background: url(x) rgb(0 0 0 / 50%); }",
        "a { border-color: hsl(120deg 75% 25%) }",
        "a { border: 1px solid RebeccaPurple; }",
        '<rect x="0" fill="red"/>',
        '<p style="color:white">',
        'line.style.backgroundColor = "gold";',
    ],
)
def test_a_colour_is_noticed_in_each_of_its_forms(text):
    assert colours(text)


@pytest.mark.parametrize(
    "text",
    [
        "a { color: var(--blue); white-space: pre-wrap; }",
        ".rank.gold { background: var(--gold); border: 1px solid currentColor; }",
        "a { background: transparent; } th.red { text-align: left }",
        "<th>gold</th><td>&#8217; a red board</td>",
    ],
)
def test_a_variable_a_class_and_a_word_are_no_colour(text):
    assert not colours(text)


def test_no_other_file_names_a_colour():
    files = [*SHEETS, *sorted(ROOT.rglob("*.py"))]
    assert len(SHEETS) > 20 and len(files) > 200
    named = {
        str(path.relative_to(ROOT)): names
        for path in files
        if path != COLOURS and (names := [name for text in texts(path) for name in colours(text)])
    }
    assert {path: names for path, names in named.items() if path not in OWN_COLOURS} == {}
    assert set(named) == OWN_COLOURS


def test_every_colour_is_used_and_what_is_used_has_a_colour():
    text = COLOURS.read_text(encoding="utf-8")
    light, dark = text.split("@media screen and (prefers-color-scheme: dark)")
    defined = set(re.findall(r"(--[a-z-]+):", light))
    sheets = "".join(path.read_text(encoding="utf-8") for path in SHEETS)
    assert set(re.findall(r"var\((--[a-z-]+)\)", sheets)) == defined
    assert set(re.findall(r"(--[a-z-]+):", dark)) <= defined
