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
# Comments and blanks, which to a compiler are more than ASCII's, may stand between the sign and the
# word: whatever is no letter counts as one. A word after the end of a comment counts, whatever
# stood before it: a string that looks like a comment must hide nothing.
_DIRECTIVE = re.compile(r"(?:#|%:|\*/)[^\w\n]*(include_next|include|import|embed)\b([^\n]*)")


def replaceable(replacements: Mapping[str, str]) -> dict[str, str]:
    """The replacements, {file name: C}. Raises BuildError where one is of no kernel file, or
    includes what it may not."""
    for name, text in replacements.items():
        if name not in KERNELS:
            raise BuildError(
                f"'{name}' cannot be replaced. These can: {', '.join(sorted(KERNELS))}."
            )
        _check(name, _joined(text))
    return dict(replacements)


def _joined(text: str) -> str:
    """The text with its lines as a compiler joins them; to it, a carriage return ends one too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for trigraph, sign in _TRIGRAPHS.items():
        text = text.replace(trigraph, sign)
    return re.sub(r"\\[ \t\f\v]*\n", "", text)


def _check(name: str, text: str) -> None:
    headers = {path.name for path in SOURCES.glob("*.h")} | STANDARD
    for directive, operand in _DIRECTIVE.findall(text):
        header = re.fullmatch(r'[ \t]*(?:"([\w.]+)"|<([\w.]+)>)[ \t\r]*(?:/[/*].*)?', operand)
        if directive != "include" or header is None or (header[1] or header[2]) not in headers:
            raise BuildError(
                f"'{name}' may include {', '.join(sorted(headers))}, and not: #{directive}{operand}"
            )
