"""A class in which everybody hands in something strange: over a hundred ways, each with a name.

`CASES` maps a student's id to a Case. What can be graded has to be; of the rest `says` is a part of
the sentence that names the fault.
"""

import base64
import io
import json
import os
import random
import socket
import stat
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, code, notebook

NOTEBOOK = "functions.ipynb"
FULL = 5.0


@dataclass(frozen=True)
class Case:
    """write(home) writes what the student hands in. score: of 5, None where it is refused."""

    write: Callable[[Path], object]
    message: str = ""
    score: float | None = None


def good() -> dict:
    return answered(RIGHT_DOUBLE, RIGHT_SQUARE)


def raw(document: dict) -> bytes:
    return json.dumps(document).encode()


def file(data: bytes | Callable[[], bytes], name: str = NOTEBOOK) -> Callable[[Path], object]:
    """Writes the data into the home; what is big comes as a function that makes it."""
    return lambda home: (home / name).write_bytes(data if isinstance(data, bytes) else data())


def full(data: bytes, name: str = NOTEBOOK) -> Case:
    """Work that earns everything, whatever is strange about its file."""
    return Case(file(data, name), "", FULL)


def changed(**fields: object) -> bytes:
    return raw({**good(), **fields})


def edited(place: int, **fields: object) -> bytes:
    """The good notebook with fields of its cell number `place` replaced; None removes one."""
    document = good()
    cell = {**document["cells"][place], **fields}
    document["cells"][place] = {k: v for k, v in cell.items() if v is not ...}
    return raw(document)


def labelled(place: int, **meta: object) -> bytes:
    """The good notebook with other nbgrader metadata in one cell."""
    document = good()
    document["cells"][place]["metadata"]["nbgrader"].update(meta)
    return raw(document)


def with_cells(*more: dict, at: int = 7) -> bytes:
    document = good()
    document["cells"][at:at] = more
    return raw(document)


def without(*names: str) -> bytes:
    document = good()
    document["cells"] = [cell for cell in document["cells"] if cell["id"] not in names]
    return raw(document)


def bare() -> bytes:
    """As Colab or copy-paste leaves it: no metadata in any cell."""
    document = good()
    for cell in document["cells"]:
        cell["metadata"] = {}
    return raw(document)


def nested(levels: int) -> bytes:
    text = '{"a": ' * levels + "1" + "}" * levels
    return raw(good()).replace(b'"metadata": {}', b'"metadata": ' + text.encode(), 1)


def output(**fields: object) -> bytes:
    return edited(2, outputs=[fields])


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data, method)
    return out.getvalue()


def linked_entry() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(NOTEBOOK)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted() -> bytes:
    data = bytearray(zipped((NOTEBOOK, raw(good()))))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def wrong_sum() -> bytes:
    data = bytearray(zipped((NOTEBOOK, raw(good())), method=zipfile.ZIP_STORED))
    data[60] ^= 0xFF
    return bytes(data)


def lying_bzip2() -> bytes:
    """Says that it inflates to 1 kB and would fill the memory."""
    data = bytearray(zipped((NOTEBOOK, bytes(50 << 20)), method=zipfile.ZIP_BZIP2))
    entry = data.index(b"PK\x01\x02")
    data[22:26] = data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def lying_deflate() -> bytes:
    data = bytearray(zipped((NOTEBOOK, bytes(50 << 20))))
    entry = data.index(b"PK\x01\x02")
    data[22:26] = data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def greedy_zip() -> bytes:
    """Many files, each harmless, that together would use up what the class may inflate to."""
    block = random.Random(0).randbytes(15_000)
    return zipped(*((f"{k}.ipynb", block * 120) for k in range(160)))


def tarred(kind: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo(NOTEBOOK)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return out.getvalue()


def folder(home: Path) -> None:
    (home / NOTEBOOK).mkdir()
    (home / NOTEBOOK / "inside.txt").write_text("x")


def checkpoints(home: Path) -> None:
    (home / ".ipynb_checkpoints").mkdir()
    (home / ".ipynb_checkpoints" / "functions-checkpoint.ipynb").write_bytes(raw(good()))


def two_copies(home: Path) -> None:
    (home / NOTEBOOK).write_bytes(raw(good()))
    (home / "functions (1).ipynb").write_bytes(raw(good()))


def unix_socket(home: Path) -> None:
    here = Path.cwd()
    os.chdir(home)  # a socket's whole way may have 107 characters only
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(NOTEBOOK)
    finally:
        os.chdir(here)


OTHER = notebook(code("elsewhere", "assert elsewhere() == 1", grade=True, locked=True, points=1))
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60)).decode()
WIDGETS = {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"v": "x" * 2_000_000}}}}
FORGED = code("double", "assert True", grade=True, solution=False, locked=False, points=1000)
GOOD_FILE = raw(good())
BIG_NUMBER = b'"nbformat_minor": ' + b"7" * 5000
LONG_NUMBER = b'"nbformat_minor": ' + b"7" * 4000
MINOR = b'"nbformat_minor": 5'

NO_NOTEBOOKS = {
    **{
        f"truncated-{k}": Case(file(GOOD_FILE[: len(GOOD_FILE) * k // 13]), "cut off or not JSON")
        for k in range(1, 13)
    },
    "last-brace-missing": Case(file(GOOD_FILE[:-1]), "cut off or not JSON"),
    "empty": Case(file(b""), "is empty"),
    "blank": Case(file(b" \n\t "), "is empty"),
    "utf16": Case(file(GOOD_FILE.decode().encode("utf-16")), "is UTF-16 text"),
    "utf16-bare": Case(file(GOOD_FILE.decode().encode("utf-16-le")), "not JSON"),
    "latin1": Case(file(GOOD_FILE.replace(b"Because", b"F\xfcr")), "is not UTF-8"),
    "zeros": Case(file(bytes(4096)), "not JSON"),
    "zero-byte-inside": Case(file(GOOD_FILE.replace(b"def", b"d\x00f", 1)), "not JSON"),
    "twice-in-one-file": Case(file(GOOD_FILE + GOOD_FILE), "not JSON"),
    "pdf": Case(file(b"%PDF-1.7\n%\xe2\xe3"), "is a PDF"),
    "picture": Case(file(b"\x89PNG\r\n\x1a\n" + bytes(99)), "is a picture"),
    "web-page": Case(file(b"<!DOCTYPE html><title>01</title>"), "is a web page"),
    "python-file": Case(file(b"def double(x):\n    return 2 * x\n"), "not JSON"),
    "zip-named-notebook": Case(file(zipped((NOTEBOOK, GOOD_FILE))), "is a zip file"),
    "git-lfs": Case(file(b"version https://git-lfs.github.com/spec/v1\n"), "git-lfs pointer"),
    "colab-link": Case(file(b'{"url": "https://x", "doc_id": "1"}'), "link to Google Drive"),
    "a-list": Case(file(b"[1, 2]"), "not a notebook (a list)"),
    "a-number": Case(file(b"7"), "not a notebook (a int)"),
    "null": Case(file(b"null"), "not a notebook"),
    "format-3-empty": Case(file(raw({"nbformat": 3, "worksheets": []})), "has no cells"),
    "format-2-without-worksheets": Case(file(changed(nbformat=2)), "old notebook format 2"),
    "format-5": Case(file(changed(nbformat=5)), "nbformat 5"),
    "format-text": Case(file(changed(nbformat="4")), "nbformat '4'"),
    "format-null": Case(file(changed(nbformat=None)), "nbformat None"),
    "format-float": Case(file(changed(nbformat=4.5)), "nbformat 4.5"),
    "format-true": Case(file(changed(nbformat=True)), "nbformat True"),
    "format-list": Case(file(changed(nbformat=[4])), "nbformat [4]"),
    "format-huge": Case(file(changed(nbformat=10**4200)), "no notebook format that is known"),
    "format-minus": Case(file(changed(nbformat=-(10**4200))), "no notebook format that is known"),
    "cells-missing": Case(file(raw({"nbformat": 4, "metadata": {}})), "has no cells"),
    "cells-empty": Case(file(changed(cells=[])), "has no cells"),
    "cells-a-table": Case(file(changed(cells={"0": {}})), "has no cells"),
    "cells-null": Case(file(changed(cells=None)), "has no cells"),
    "cell-a-number": Case(file(changed(cells=[7])), "damaged cell (number 1"),
    "cell-null": Case(file(changed(cells=[None])), "damaged cell (number 1"),
    "cell-without-type": Case(file(edited(2, cell_type=...)), "no cell_type"),
    "cell-of-strange-type": Case(file(edited(2, cell_type="heading")), "no cell_type"),
    "cell-type-a-list": Case(file(edited(2, cell_type=["code"])), "no cell_type"),
    "source-a-number": Case(file(edited(2, source=3)), "source is not text"),
    "source-null": Case(file(edited(2, source=None)), "source is not text"),
    "source-nested": Case(file(edited(2, source=[["x"]])), "source is not text"),
    "metadata-a-list": Case(file(changed(metadata=[])), "metadata that is not a table"),
    "cell-metadata-a-list": Case(file(edited(1, metadata=[])), "metadata is not a table"),
    "cell-metadata-null": Case(file(edited(1, metadata=None)), "metadata is not a table"),
    "outputs-text": Case(file(edited(2, outputs="x")), "outputs are not"),
    "outputs-of-text": Case(file(edited(2, outputs=["x"])), "outputs are not"),
    "outputs-a-table": Case(file(edited(2, outputs={})), "outputs are not"),
    "outputs-null": Case(file(edited(2, outputs=None)), "outputs are not"),
    "too-many-cells": Case(
        file(raw(notebook(*[{"cell_type": "raw", "source": ""}] * 5001))), "5001 cells"
    ),
    "nested-100000": Case(file(b'{"cells": ' + b"[" * 100_000), "nested too deep"),
    "nested-400": Case(file(nested(400)), "nested too deep"),
    "number-too-long": Case(file(GOOD_FILE.replace(MINOR, BIG_NUMBER)), "number too long"),
    "half-a-character": Case(file(GOOD_FILE.replace(b"Because", b"\\ud83d")), "half of a Unicode"),
    "other-assignment": Case(file(raw(OTHER)), "is the notebook of 'other', not of 'functions'"),
    "nothing-of-it": Case(file(raw(notebook(code("x", "print(1)")))), "has no cell of 'functions'"),
    "seventy-megabytes": Case(file(lambda: GOOD_FILE + b" " * (70 << 20)), "is too big: 73 MB"),
}
NO_FILES = {
    "a-folder": Case(folder, "is a folder, not a notebook"),
    "a-link": Case(lambda home: (home / NOTEBOOK).symlink_to("/etc/passwd"), "is a link to"),
    "a-pipe": Case(lambda home: os.mkfifo(home / NOTEBOOK), "is not a plain file"),
    "a-socket": Case(unix_socket, "is not a plain file"),
    "only-checkpoints": Case(checkpoints, "the notebook itself is missing"),
    "only-a-module": Case(file(b"raise SystemExit", "numpy.py"), "was not released"),
    "only-text": Case(file(b"see mail", "answer.docx"), "was not released"),
}
NO_ARCHIVES = {
    "zip-slip": Case(file(zipped(("../../../up.ipynb", GOOD_FILE)), "hw.zip"), "leads out"),
    "zip-absolute": Case(file(zipped(("/tmp/up.ipynb", GOOD_FILE)), "hw.zip"), "leads out"),
    "zip-drive": Case(file(zipped(("C:/up.ipynb", GOOD_FILE)), "hw.zip"), "leads out"),
    "zip-backslash": Case(file(zipped(("..\\up.ipynb", GOOD_FILE)), "hw.zip"), "leads out"),
    "zip-link": Case(file(zipped((linked_entry(), b"/etc/passwd")), "hw.zip"), "link inside a zip"),
    "zip-encrypted": Case(file(encrypted(), "hw.zip"), "encrypted zip"),
    "zip-wrong-sum": Case(file(wrong_sum(), "hw.zip"), "damaged inside its zip"),
    "zip-cut": Case(file(zipped((NOTEBOOK, GOOD_FILE))[:-30], "hw.zip"), "damaged zip file"),
    "zip-empty-file": Case(file(b"", "hw.zip"), "damaged zip file"),
    "zip-of-nothing": Case(file(zipped(), "hw.zip"), "is an empty zip file"),
    "zip-of-checkpoints": Case(
        file(zipped((".ipynb_checkpoints/functions.ipynb", GOOD_FILE)), "hw.zip"),
        "itself is missing",
    ),
    "zip-bomb": Case(file(zipped((NOTEBOOK, bytes(19 << 20))), "hw.zip"), "is a zip bomb"),
    "zip-bomb-nested": Case(
        file(zipped(("in.zip", zipped((NOTEBOOK, bytes(19 << 20))))), "hw.zip"), "is a zip bomb"
    ),
    "zip-in-zip-in-zip": Case(
        file(zipped(("a.zip", zipped(("b.zip", zipped((NOTEBOOK, GOOD_FILE)))))), "hw.zip"),
        "nested too deep",
    ),
    "zip-greedy": Case(file(greedy_zip, "hw.zip"), "MB that are left to its zip"),
    "zip-lying": Case(file(lying_deflate, "hw.zip"), "hw.zip"),
    "zip-bzip2": Case(file(lying_bzip2, "hw.zip"), "packed by method 12"),
    "zip-of-100000": Case(
        file(lambda: zipped(*((f"{k}", b"") for k in range(100_000))), "hw.zip"),
        "lists 100000 files",
    ),
    "tar-hard-link": Case(file(tarred(tarfile.LNKTYPE), "hw.tar.gz"), "is a gzip archive"),
    "tar-device": Case(file(tarred(tarfile.CHRTYPE), "hw.tgz"), "is a tar archive"),
    "seven-zip": Case(file(b"7z\xbc\xaf\x27\x1c", "hw.7z"), "is a 7-Zip archive"),
}
STRANGE_BUT_GRADED = {
    "thirty-megabytes": full(GOOD_FILE + b" " * (30 << 20)),
    "saved-by-safari": full(GOOD_FILE, "functions.ipynb.txt"),
    "saved-by-drive": full(GOOD_FILE, "functions.json"),
    "format-3": full(nbformat.writes(nbformat.from_dict(good()), version=3).encode()),
    "byte-order-mark": full(b"\xef\xbb\xbf" + GOOD_FILE),
    "capital-letters": full(GOOD_FILE, "FUNCTIONS.IPYNB"),
    "browser-copy": full(GOOD_FILE, "functions (1).ipynb"),
    "jupyter-copy": full(GOOD_FILE, "functions-Copy1.ipynb"),
    "two-notebooks": Case(two_copies, "", FULL),
    "other-name": full(GOOD_FILE, "my homework.ipynb"),
    "name-of-250": full(GOOD_FILE, "n" * 244 + ".ipynb"),
    "zip": full(zipped(("a/b/functions.ipynb", GOOD_FILE)), "hw.zip"),
    "duplicate-keys": full(GOOD_FILE[:-1] + b', "nbformat": 3, "nbformat": 4}'),
    "not-a-number": full(GOOD_FILE[:-1] + b', "x": [NaN, Infinity, -Infinity]}'),
    "nan-metadata": full(GOOD_FILE.replace(b'"metadata": {}', b'"metadata": {"a": NaN}')),
    "unknown-keys": full(changed(worksheets=[], extra={"a": [1]})),
    "minor-missing": full(GOOD_FILE.replace(MINOR, b'"x": 1')),
    "minor-text": full(changed(nbformat_minor="five")),
    "minor-negative": full(changed(nbformat_minor=-1)),
    "minor-99": full(changed(nbformat_minor=99)),
    "minor-huge": full(GOOD_FILE.replace(MINOR, LONG_NUMBER)),
    "metadata-missing": full(raw({k: v for k, v in good().items() if k != "metadata"})),
    "nested-60": full(nested(60)),
    "kernel-r": full(
        changed(metadata={"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}})
    ),
    "kernel-a-number": full(changed(metadata={"kernelspec": 7, "language_info": []})),
    "widget-bomb": full(changed(metadata={"widgets": WIDGETS})),
    "id-missing": full(edited(1, id=...)),
    "id-a-number": full(edited(1, id=7)),
    "id-empty": full(edited(1, id="")),
    "id-too-long": full(edited(1, id="i" * 1000)),
    "id-markup": full(edited(1, id="<script>")),
    "id-twice": full(edited(1, id="double")),
    "count-text": full(edited(1, execution_count="first")),
    "count-huge": full(edited(1, execution_count=10**400)),
    "cell-metadata-missing": full(edited(0, metadata=...)),
    "tags-a-number": full(edited(0, metadata={"tags": 5, "name": []})),
    "source-lines": full(edited(1, source=["def double(x):\n", "    return 2 * x"])),
    "source-missing": full(edited(0, source=...)),
    "carriage-returns": full(edited(1, source=RIGHT_DOUBLE.replace("\n", "\r\n"))),
    "long-line": full(edited(1, source=f"{RIGHT_DOUBLE}\n# {'x' * 1_000_000}")),
    "other-script": full(edited(6, source="\u0627\u0644\u0633\u0627\u0644\u0628 \u202e")),
    "extra-cells": full(with_cells(*[code(f"x{k}", "1") for k in range(40)])),
    "attachment-bomb": full(edited(6, attachments={"a.png": {"image/png": "A" * 5_000_000}})),
    "attachments-a-list": full(edited(6, attachments=["a"])),
    "attachments-garbage": full(edited(6, attachments={"a.png": {"image/png": 7}})),
    "output-of-no-type": full(output(text="2")),
    "output-of-strange-type": full(output(output_type="hologram")),
    "output-type-a-list": full(output(output_type=["stream"])),
    "output-stream-number": full(output(output_type="stream", text=3)),
    "output-stream-name": full(output(output_type="stream", name={}, text=[1])),
    "output-data-list": full(output(output_type="display_data", data=[1])),
    "output-data-null": full(output(output_type="execute_result", data=None)),
    "output-traceback": full(output(output_type="error", traceback="x")),
    "output-garbage-picture": full(output(output_type="display_data", data={"image/png": "%%%"})),
    "output-half-picture": full(
        output(output_type="display_data", data={"image/png": PICTURE[:50]})
    ),
    "output-two-megabytes": full(output(output_type="stream", name="stdout", text="x" * 2_000_000)),
    "copied-answer": Case(
        file(with_cells(good()["cells"][1])),
        "cell 'double-solution' was there more than once",
        FULL,
    ),
    "copied-test": Case(file(with_cells(good()["cells"][2])), "'double' was there more than", FULL),
    "forged-test": Case(file(with_cells(FORGED)), "'double' differs from the instructor's", FULL),
    "deleted-tests": Case(file(without("double", "square")), "'double' was missing", FULL),
    "deleted-answer": Case(
        file(without("square-solution")), "the untouched cell was put back", 2.0
    ),
    "only-one-cell": Case(file(raw(notebook(good()["cells"][1]))), "'square' was missing", 2.0),
    "no-metadata": Case(file(bare()), "had lost their metadata", FULL),
    "edited-test": Case(
        file(edited(2, source="assert 1")), "'double' differs from the instructor's", FULL
    ),
    "test-turned-text": full(edited(2, cell_type="markdown")),
    "test-turned-raw": full(edited(2, cell_type="raw")),
    "answer-turned-text": full(edited(1, cell_type="markdown")),
    "essay-turned-code": full(edited(5, cell_type="code")),
    "foreign-id": full(labelled(2, grade_id="elsewhere")),
    "id-a-list": full(labelled(2, grade_id=["double"])),
    "id-null": full(labelled(2, grade_id=None)),
    "thousand-points": full(labelled(2, points=1000)),
    "points-text": full(labelled(2, points="many")),
    "schema-99": full(labelled(2, schema_version=99)),
    "schema-text": full(labelled(2, schema_version="old", cell_type=7)),
    "nbgrader-a-list": full(edited(2, metadata={"nbgrader": [1]})),
    "nbgrader-text": full(edited(0, metadata={"nbgrader": "x"})),
    "nbgrader-empty": full(edited(0, metadata={"nbgrader": {}})),
    "nbgrader-true": full(edited(0, metadata={"nbgrader": {"grade": True}})),
    "syntax-error": Case(file(edited(1, source="def double(x:\n  return")), "", 3.0),
    "zero-byte-in-source": Case(file(edited(1, source="x = 1\0")), "", 3.0),
    "parentheses": Case(file(edited(1, source="(" * 100_000)), "", 3.0),
    "empty-answer": Case(file(edited(1, source="")), "", 3.0),
}
CASES = {**NO_NOTEBOOKS, **NO_FILES, **NO_ARCHIVES, **STRANGE_BUT_GRADED}
PEOPLE = (
    "Jos\u00e9",
    "Zoe\u0308",
    "\u674e\u660e",
    "\u0645\u062d\u0645\u062f",
    "\U0001f600\U0001f9ea",
    "con",
    "nul.txt",
    "trailing.",
    "trailing ",
    "-rf",
    "a+b",
    "o'neil; drop table",
    "n" * 250,
    "%00",
)


def hand_in_everything(inbox: Path, cases: dict[str, Case]) -> None:
    """Every case in a folder of its own, and good work of people with strange names."""
    for student, case in cases.items():
        (inbox / student).mkdir(parents=True)
        case.write(inbox / student)
    for person in PEOPLE:
        (inbox / person).mkdir()
        (inbox / person / NOTEBOOK).write_bytes(GOOD_FILE)
