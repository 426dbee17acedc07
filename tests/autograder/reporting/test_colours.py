"""The colours of the pages stand in one file."""

import re
from pathlib import Path

import autograder

ROOT = Path(autograder.__file__).parent
COLOURS = ROOT / "reporting" / "templates" / "colours.css"
SHEETS = [
    path
    for ending in ("css", "html", "svg")
    for path in ROOT.glob(f"**/templates/*.{ending}")
    if path != COLOURS and path.name != "badge.svg"  # stands alone, on the pages of others
]


def test_no_other_sheet_names_a_colour():
    assert len(SHEETS) > 20
    named = {
        path.name: re.findall(r"#(?:[0-9a-f]{3,4}){1,2}\b", path.read_text()) for path in SHEETS
    }
    assert {name: found for name, found in named.items() if found} == {}


def test_every_colour_is_used_and_what_is_used_has_a_colour():
    text = COLOURS.read_text(encoding="utf-8")
    light, dark = text.split("@media screen and (prefers-color-scheme: dark)")
    defined = set(re.findall(r"(--[a-z-]+):", light))
    used = set(re.findall(r"var\((--[a-z-]+)\)", text + "".join(p.read_text() for p in SHEETS)))
    assert used == defined
    assert set(re.findall(r"(--[a-z-]+):", dark)) <= defined
