"""How the time of a release grows: the same course with a size n of pictures or data, and with 2n.

`python benchmarks/release_speed.py [--megabytes 20] [--only WORD]` prints a line for each kind: the
seconds for n and for 2n, and their ratio. A ratio of about 2 is linear.
"""

from __future__ import annotations

import base64
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import click
import numpy as np

from autograder.releasing.release import release
from autograder.settings.open_course import open_course

SOLUTION = """\
def decay(rate, steps):
    ### BEGIN SOLUTION
    factors = numpy.exp(-rate * numpy.arange(steps))
    return factors / factors.sum()
    ### END SOLUTION"""
Write = Callable[[Path, int], None]


def _picture(size_bytes: int) -> str:
    return base64.b64encode(np.random.default_rng(1).bytes(size_bytes * 3 // 4)).decode()


def _notebook(folder: Path, *extra: dict[str, object]) -> None:
    meta = {"schema_version": 3, "grade_id": "decay", "grade": False, "solution": True}
    answer = {
        "cell_type": "code",
        "id": "decay",
        "source": SOLUTION,
        "outputs": [],
        "execution_count": None,
        "metadata": {"nbgrader": {**meta, "locked": False, "task": False}},
    }
    document = {"cells": [*extra, answer], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "a.ipynb").write_text(json.dumps(document), encoding="utf-8")


def _attachment(folder: Path, size_bytes: int) -> None:
    picture = {"p.png": {"image/png": _picture(size_bytes)}}
    cell = {"cell_type": "markdown", "id": "p", "source": "![p](attachment:p.png)", "metadata": {}}
    _notebook(folder, {**cell, "attachments": picture})


def _data_uri(folder: Path, size_bytes: int) -> None:
    text = f"![p](data:image/png;base64,{_picture(size_bytes)})"
    _notebook(folder, {"cell_type": "markdown", "id": "p", "source": text, "metadata": {}})


def _output(folder: Path, size_bytes: int) -> None:
    output = {"output_type": "display_data", "metadata": {}}
    output |= {"data": {"image/png": base64.encodebytes(_picture(size_bytes).encode()).decode()}}
    cell = {"cell_type": "code", "id": "p", "source": "1", "metadata": {}, "execution_count": None}
    _notebook(folder, {**cell, "outputs": [output]})


def _binary(folder: Path, size_bytes: int) -> None:
    _notebook(folder)
    (folder / "data.bin").write_bytes(np.random.default_rng(1).bytes(size_bytes))


def _figures(folder: Path, size_bytes: int) -> None:
    _notebook(folder)
    lines = "".join(f"{x:.18e},{x:.6f}\n" for x in np.random.default_rng(1).random(1000))
    (folder / "data.csv").write_text(lines * (size_bytes // len(lines) + 1))


def _prose(folder: Path, size_bytes: int) -> None:
    _notebook(folder)
    line = "The quick brown fox jumps over the lazy dog.  # and nothing more\n"
    (folder / "data.txt").write_text(line * (size_bytes // len(line) + 1))


def _zip(folder: Path, size_bytes: int) -> None:
    _notebook(folder)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data.bin", np.random.default_rng(1).bytes(size_bytes))
    (folder / "data.zip").write_bytes(buffer.getvalue())


KINDS: dict[str, Write] = {
    "attachment": _attachment,
    "data-uri": _data_uri,
    "output": _output,
    "binary": _binary,
    "figures": _figures,
    "prose": _prose,
    "zip": _zip,
}


def seconds(write: Write, size_bytes: int) -> float:
    """How long the release of a fresh course with so much of a kind takes."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "source" / "a"
        folder.mkdir(parents=True)
        write(folder, size_bytes)
        course = open_course(Path(root))
        begin = perf_counter()
        release(course, course.assignments[0], audited=False)
        return perf_counter() - begin


@click.command()
@click.option("--megabytes", default=20, help="The size n.")
@click.option("--only", default="", help="A word of the kinds to measure.")
def main(megabytes: int, only: str) -> None:
    """Print seconds for n and 2n, and their ratio."""
    seconds(_binary, 1000)
    print(f"kind        n = {megabytes} MB  2n       ratio")
    for kind, write in KINDS.items():
        if only in kind:
            once, twice = (seconds(write, n * megabytes * 10**6) for n in (1, 2))
            print(f"{kind:11} {once:6.2f} s   {twice:6.2f} s {twice / once:6.2f}")


if __name__ == "__main__":
    main()
