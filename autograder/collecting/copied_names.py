"""A notebook's name without what browsers, Drive, Jupyter and LMSs put around it.

`01_tensor-1`, `01_tensor (2)`, `01_tensor-Copy1`, `01_tensor - Kopie` and `Copy of 01_tensor` are
all `01_tensor`; `01_tensor.ipynb.txt` and `01_tensor.json`, under which Safari and Drive save a
notebook, are `01_tensor.ipynb`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from autograder.collecting.time_stamps import parse_time

COPY = re.compile(r"(?i)(?:[-_ ]\(?(\d{1,3})\)?|\((\d{1,3})\)|[-_ ]+(?:copy|kopie)\s?\d{0,3})$")
COPY_OF = re.compile(
    r"(?i)^(?:copy of|kopie von|copie de|copia di|copia de|cópia de|kopia|kopie van)[ _]+"
)
TIME_SUFFIX = re.compile(
    r"[-_ ]?(\d{4})-?(\d\d)-?(\d\d)[T_-](\d\d)[-:]?(\d\d)[-:]?(\d\d)(?:\.\d+)?Z?$"
)
SAVED_AS_TEXT = re.compile(r"(?i)(?<=\.ipynb)\.(?:txt|json)$")


def undecorated(stem: str) -> tuple[str, int]:
    """A name without what was added to it, and the number that was added (up to three digits)."""
    number = 0
    base = COPY_OF.sub("", stem.strip())
    for _ in range(3):
        match = COPY.search(base)
        if not match or not base[: match.start()].strip(" -_"):
            break
        number = max(number, int(match[1] or match[2] or 0))
        base = base[: match.start()].rstrip(" -")
    return base, number


def without_time(stem: str) -> tuple[str, datetime | None]:
    """`01_tensor-20270101T120000Z` is a name and the time that `course submit` put behind it."""
    match = TIME_SUFFIX.search(stem)
    if not match or not stem[: match.start()]:
        return stem, None
    when = parse_time("-".join(match.groups()))
    return (stem[: match.start()], when) if when else (stem, None)


def notebook_file(name: str, notebooks: Iterable[str]) -> str:
    """The name of a file under the ending that it has as a notebook; any other name as it is.

    notebooks: the notebooks' names, without `.ipynb`.
    """
    stem, dot, ending = SAVED_AS_TEXT.sub("", name).rpartition(".")
    if dot and ending.lower() == "json":
        base = same_name(undecorated(stem)[0])
        if any(base.endswith(same_name(notebook)) for notebook in notebooks):
            return f"{stem}.ipynb"
    return f"{stem}{dot}{ending}"


def same_name(name: str) -> str:
    """What two file names share when they differ only in capitals or in how accents are coded."""
    return unicodedata.normalize("NFC", name).casefold()
