"""A name from outside becomes a student id that is a safe folder name and can still be read.

Letters and digits of any script stay; anything that a file system, a shell pattern or nbgrader's
exchange could take for something else becomes =XX (its UTF-8 bytes in hexadecimal), so that two
different names never become one id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from autograder.files import sha256

SAFE_PUNCTUATION = "-_.@ '"
ID_BYTES = 120
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def student_id(name: str, lms_id: str = "") -> str:
    """NAME, or NAME_LMSID where the LMS gave a number: equal names with other numbers stay apart.

    Unicode is normalised to NFC. Ids over 120 bytes are cut and end in ~ and 12 digits of a hash.
    """
    full_name = unicodedata.normalize("NFC", f"{name.strip()}_{lms_id}" if lms_id else name.strip())
    full_name = full_name.removeprefix("_") if not name.strip() else full_name
    safe = "".join(_safe(c) for c in full_name)
    if safe[:1] in (".", " ", "-") or DEVICES.fullmatch(safe):
        safe = _coded(safe[0]) + safe[1:]
    if safe[-1:] in (".", " "):
        safe = safe[:-1] + _coded(safe[-1])
    return safe if len(safe.encode()) <= ID_BYTES else _cut(safe)


def _safe(character: str) -> str:
    is_safe = (
        character.isalnum()
        or character in SAFE_PUNCTUATION
        or unicodedata.category(character)[0] == "M"
    )
    return character if is_safe else _coded(character)


def _coded(character: str) -> str:
    return "".join(f"={byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _cut(safe: str) -> str:
    head = safe.encode()[: ID_BYTES - 13].decode("utf-8", "ignore")
    return f"{head}~{sha256(safe.encode())[:12]}"


def first_five(students: Iterable[str]) -> str:
    """The ids as a list of a sentence: five of them, and how many more there are."""
    listed = sorted(set(students))
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if listed[5:] else "")


def escape(text: str) -> str:
    """`text` as it can be printed: control characters and broken Unicode escaped, 200 long."""
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return plain if len(plain) <= 200 else plain[:197] + "..."
