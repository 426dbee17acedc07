"""What is made different in the page before the first cell: types, clock, locks, downloads.

NumPy 1.25 is told to choose types as NumPy 2 does. The clock of a page ticks every 0.1 ms, so a
reading waits for the next tick: no time is 0, and a time of one tick means at most that long. A
cell that reads the clock says that its times are those of a browser.
"""

import base64
import errno
import fcntl
import os
import sys
import time
from html import escape
from pathlib import Path
from typing import Any

from IPython import get_ipython

TIMING_NOTICE = (
    "browser: the times of this cell are those of a web page, and no mark depends on them."
)
PACKED = "Packed: "  # how coursekit.verbs begins the line with the zip


def start() -> None:
    """Makes all of it so, once for a kernel."""
    os.environ["NPY_PROMOTION_STATE"] = "weak"
    sys.dont_write_bytecode = True  # what is imported may lie in the student's folder
    import numpy_two  # subtle: not before the choice of types, which NumPy reads when it is loaded

    numpy_two.install()
    time.perf_counter = Clock()
    sys.modules["resource"] = None  # type: ignore[assignment]  # it can tell nothing here
    vars(fcntl).update(flock=flock, LOCK_EX=2)  # both are missing
    formatter = get_ipython().display_formatter.formatters["text/html"]
    formatter.for_type_by_name("coursekit.verbs", "Answer", answer_html)


def flock(file: int, operation: int) -> None:
    """What the module lacks here: an OSError, as on a file system without locks."""
    raise OSError(errno.ENOLCK, "there are no locks in a page")


class Clock:
    """Seconds, read at the next tick. The first reading of a cell says whose they are."""

    def __init__(self) -> None:
        self.ticking = time.perf_counter
        self.cell = 0

    def __call__(self) -> float:
        cell = get_ipython().execution_count
        if cell != self.cell:
            self.cell = cell
            print(TIMING_NOTICE, file=sys.stderr)
        begun = now = self.ticking()
        while now == begun:
            now = self.ticking()
        return now


def answer_html(answer: Any) -> str:
    """What a verb of coursekit says, and below it a link to the zip that was packed."""
    text = str(answer)
    zips = [line.removeprefix(PACKED) for line in text.splitlines() if line.startswith(PACKED)]
    html = answer.html or f'<pre style="white-space: pre-wrap">{escape(text)}</pre>'
    return html + "".join(f"<p>{download_link(Path(name))}</p>" for name in zips)


def download_link(path: Path) -> str:
    """HTML of a link that saves the file on the student's computer, without asking anybody."""
    data = base64.b64encode(path.read_bytes()).decode()
    address = f"data:application/zip;base64,{data}"
    name = escape(path.name)
    return f'<a download="{name}" href="{address}"><b>Download {name}</b></a>'
