"""Fonts for Chinese, Japanese and Korean: Noto Sans CJK, under the SIL Open Font License.

They come from the registry of Python packages: `noto-cjk-sans-otc` for text, and
`noto-cjk-sans-jp-bold` for headings. Each holds the signs of all three languages, and Typst asks
for the forms of the language. The fonts of many systems lack signs, which would stand as boxes.
Every other language of the book is set in the fonts of English.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from book.contents import BOOK

PACKAGES = ("noto_cjk_sans_otc", "noto_cjk_sans_jp_bold")
FAMILY = "Noto Sans CJK JP"
FACES = {"zh_CN": "Noto Sans CJK SC", "ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR"}
LABELS = "DejaVu Sans"
"""The font that comes with Matplotlib: Latin, Greek and Cyrillic letters."""
CACHE = BOOK.parents[1] / "dist" / "fonts"
MISSING = (
    "The PDFs and figures in {name} need the fonts Noto Sans CJK, and they are not installed. "
    "Install them: pip install noto-cjk-sans-otc noto-cjk-sans-jp-bold"
)


def folders() -> list[Path]:
    """The folders with the fonts; none while a package is missing."""
    specs = [find_spec(name) for name in PACKAGES]
    places = [Path(spec.origin).parent for spec in specs if spec and spec.origin]
    return places if len(places) == len(PACKAGES) else []


def can_print(code: str) -> bool:
    """Whether a PDF in that language has all its signs."""
    return code not in FACES or bool(folders())


@cache
def label_font(code: str) -> str | None:
    """The family that Matplotlib is to take for words in that language, or None where a font is
    needed and not installed.

    Matplotlib opens the first face of a collection, so the face of the language is written out.
    """
    from fontTools.ttLib import TTCollection
    from matplotlib import font_manager

    if code not in FACES:
        return LABELS
    if not folders():
        return None
    collection = next(folders()[0].glob("*.ttc"))
    family = FACES[code]
    target = CACHE / f"{family.replace(' ', '')}.otf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(f".{os.getpid()}")  # languages are built side by side
        with TTCollection(collection, lazy=True) as faces:
            face = next(face for face in faces if face["name"].getDebugName(1) == family)
            face.save(unfinished)
        unfinished.replace(target)
    font_manager.fontManager.addfont(target)
    return family
