"""C of somebody else in the place of a kernel: which files it may replace and what it may include.

It includes the firmware's own headers and a few of C's: not the course's kernel, and not `model.h`,
which has the network that it will run. Assembly may still read files of this machine; what keeps a
student's C from those is the grader's walls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from hardware_labs.errors import BuildError

SOURCES = Path(__file__).parent / "c"
KERNELS = {
    "add.c", "conv2d.c", "dense.c", "depthwise.c", "input.c", "pool.c", "requantize.c", "softmax.c",
}  # fmt: skip
STANDARD = {"limits.h", "stdbool.h", "stddef.h", "stdint.h"}
_TRIGRAPHS = {"??=": "#", "??/": "\\"}
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DIRECTIVE = re.compile(r"(?:#|%:)[ \t]*(include_next|include|import|embed)\b([^\n]*)")


def replaceable(replacements: Mapping[str, str]) -> dict[str, str]:
    """The replacements, {file name: C}. Raises BuildError where one is of no kernel file, or
    includes what it may not."""
    for name, text in replacements.items():
        if name not in KERNELS:
            raise BuildError(
                f"'{name}' cannot be replaced. These can: {', '.join(sorted(KERNELS))}."
            )
        for seen in _readings(text):
            _check(name, seen)
    return dict(replacements)


def _readings(text: str) -> tuple[str, str]:
    """The text as a compiler joins its lines, with its comments and without: a string that looks
    like a comment must hide nothing."""
    for trigraph, sign in _TRIGRAPHS.items():
        text = text.replace(trigraph, sign)
    joined = re.sub(r"\\[ \t\r]*\n", "", text)
    return joined, _COMMENT.sub(" ", joined)


def _check(name: str, text: str) -> None:
    headers = {path.name for path in SOURCES.glob("*.h")} | STANDARD
    for directive, rest in _DIRECTIVE.findall(text):
        header = re.fullmatch(r'[ \t]*(?:"([\w.]+)"|<([\w.]+)>)[ \t\r]*(?:/[/*].*)?', rest)
        if directive != "include" or header is None or (header[1] or header[2]) not in headers:
            raise BuildError(
                f"'{name}' may include {', '.join(sorted(headers))}, and not: #{directive}{rest}"
            )
