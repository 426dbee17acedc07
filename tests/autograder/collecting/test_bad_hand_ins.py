"""Files that cannot be graded are set aside and named, and the others go on."""

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import nbformat
import pytest
from hand_in_files import (
    EARLY,
    LATE,
    NOW,
    OTHER,
    PS1,
    TENSOR,
    TENSOR_1,
    TENSOR_2,
    TENSOR_3,
    cell,
    entry,
    forty_examples,
    inbox_of,
    make_course,
    notebook,
    problem,
    submitted_notebooks,
    tensor,
    tree,
    write,
    zipped,
)
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.collecting.collect import collect
from autograder.collecting.inbox_items import FILE_BYTES
from autograder.collecting.rejected import rejected_files
from autograder.collecting.store import Store
from autograder.model import CourseError


def test_an_entry_with_a_name_beyond_any_file_system_is_refused(course, tmp_path):
    long_name = "- " * 20_000
    archive = zipped({"01_tensor.ipynb": TENSOR_1, f"{long_name}.ipynb": TENSOR_2})
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": archive}), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert "255 bytes" in collected.rejected[0].message


@pytest.mark.parametrize(
    "name, kind", [("ann.rar", "a RAR archive"), ("ann.7z", "a 7-Zip archive")]
)
def test_an_archive_that_is_no_zip_is_named(course, tmp_path, name, kind):
    inbox = inbox_of(tmp_path, {name: b"Rar!", "bob_01_tensor.ipynb": TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW)
    assert kind in collected.rejected[0].message
    with pytest.raises(CourseError, match=f"{kind}.*Unpack it"):
        collect(course, TENSOR, inbox / name, NOW)


def test_thousands_of_files_that_nobody_released_have_few_lines(course, tmp_path):
    many = {f"node_modules/{n}.js": b"1" for n in range(1999)}
    inbox_files = {"ann.zip": zipped({"01_tensor.ipynb": TENSOR_1, **many, "02_x.ipynb": b"\xff"})}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert len(collected.rejected) == 21
    assert "and 1979 more were not taken" in collected.rejected[-1].message
    assert any("02_x.ipynb" in aside.message for aside in collected.rejected[:2])
    assert len(rejected_files(course, TENSOR)) == 20


def old_format(document: bytes) -> bytes:
    content = json.loads(document)
    for code_cell in content["cells"]:
        code_cell |= {"outputs": [], "execution_count": None}
    return nbformat.writes(nbformat.from_dict(content), version=3).encode()


@pytest.mark.parametrize("make", [old_format, lambda data: b"\xef\xbb\xbf" + data])
def test_an_old_format_and_a_byte_order_mark_are_read(course, tmp_path, make):
    collect(course, TENSOR, inbox_of(tmp_path, {"ann_01_tensor.ipynb": make(TENSOR_1)}), NOW)
    assert submitted_notebooks(course) == {"ann": make(TENSOR_1)}


BOMB = b"0" * (FILE_BYTES - 1)
OLD = json.dumps({"nbformat": 3, "worksheets": [{"cells": []}], "metadata": {}}).encode()
FAULTS = {
    "truncated": (tensor()[:80], "cut off"),
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "not UTF-8": ("é".encode("latin-1") + tensor(), "not UTF-8"),
    "format 3 without cells": (OLD, "has no cells"),
    "format 5": (notebook(cell("matmul", "1"), nbformat=5), "nbformat 5"),
    "no cells": (notebook(), "no cells"),
    "cells not a list": (notebook(nbformat=4, cells={"a": 1}), "no cells"),
    "a list": (b"[1, 2]", "not a notebook (a list)"),
    "a cell that is a number": (notebook(7), "damaged cell (number 1"),
    "a cell without a type": (notebook({"source": ""}), "no cell_type"),
    "a source that is no text": (notebook({"cell_type": "code", "source": 3}), "not text"),
    "metadata that is a list": (
        notebook({"cell_type": "code", "source": "", "metadata": []}),
        "metadata is not a table",
    ),
    "outputs that are text": (
        notebook({"cell_type": "code", "source": "", "outputs": ["x"]}),
        "outputs",
    ),
    "half a character": (tensor().replace(b"raise", b"\\ud800"), "half of a Unicode character"),
    "nested": (b"[" * 200_000, "nested too deep"),
    "a number too long": (b'{"cells": ' + b"1" * 5000 + b"}", "number too long"),
    "another assignment": (OTHER, "notebook of 'x01_limits'"),
    "nothing of the assignment": (notebook(cell("", "print(1)")), "has no cell of '01_tensor'"),
    "too big": (b" " * (FILE_BYTES + 1), "too big"),
}


@pytest.mark.parametrize("data, words", FAULTS.values(), ids=FAULTS)
def test_a_bad_notebook_is_set_aside_with_its_fault_and_the_others_go_on(
    course, tmp_path, data, words
):
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "zoe.ipynb": data})
    collected = collect(course, TENSOR, inbox, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    (aside,) = collected.rejected
    assert words in aside.message
    assert "'zoe.ipynb' of zoe" in aside.message
    assert rejected_files(course, TENSOR) == [aside]
    assert not list((course.submitted).glob("zoe*"))


NESTED = zipped({"deep.zip": zipped({"01_tensor.ipynb": TENSOR_2})})


def attributes(name: str, kind: int) -> zipfile.ZipInfo:
    info = entry(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info


def with_entries(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, data in entries:
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def encrypted() -> bytes:
    """A zip whose one entry has the 'encrypted' flag in both of its headers."""
    data = bytearray(zipped({"01_tensor.ipynb": TENSOR_2}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(with_entries((entry("01_tensor.ipynb"), TENSOR_2)))
    data[60] ^= 0xFF
    return bytes(data)


ZIP_FAULTS = {
    "slip": (with_entries((entry("../../../escaped.ipynb"), TENSOR_2)), "leads out"),
    "absolute": (with_entries((entry("/tmp/escaped.ipynb"), TENSOR_2)), "leads out"),
    "drive": (with_entries((entry("C:/escaped.ipynb"), TENSOR_2)), "leads out"),
    "backslash": (with_entries((entry("a\\escaped.ipynb"), TENSOR_2)), "backslash"),
    "backslash slip": (with_entries((entry("..\\escaped.ipynb"), TENSOR_2)), "leads out"),
    "link": (with_entries((attributes("01_tensor.ipynb", stat.S_IFLNK), b"/etc/passwd")), "link"),
    "bomb": (zipped({"01_tensor.ipynb": BOMB}), "zip bomb"),
    "huge": (zipped({"01_tensor.ipynb": BOMB + b"00"}), "zip bomb"),
    "encrypted": (encrypted(), "encrypted"),
    "damaged": (damaged(), "damaged"),
    "not a zip": (b"PK not really", "damaged zip"),
    "empty zip file": (b"", "damaged zip"),
    "nested": (NESTED, "nested too deep"),
    "folders": (zipped({"a/" * 20 + "01_tensor.ipynb": TENSOR_2}), "nested too deep"),
    "folder like a notebook": (zipped({"01_tensor.ipynb/x": TENSOR_2}), "is a folder"),
    "wrong inside": (zipped({"01_tensor.ipynb": OTHER}), "x01_limits"),
    "nothing of use": (zipped({"numpy.py": b"1"}), "not taken along"),
    "a name of nothing": (with_entries((entry("\0a.ipynb"), TENSOR_2)), "zero byte"),
    "control characters": (zipped({"a\x1b[31m\n.ipynb": b"{"}), "\\x1b[31m\\n"),
}


@pytest.mark.parametrize("data, words", ZIP_FAULTS.values(), ids=ZIP_FAULTS)
def test_a_bad_zip_of_one_student_is_set_aside_and_nothing_escapes(course, tmp_path, data, words):
    download = zipped({"doe_1_90_01_tensor.ipynb": TENSOR_1, "roe_2_91_hw.zip": data})
    collected = collect(course, TENSOR, write(tmp_path / "download.zip", download), NOW)
    assert submitted_notebooks(course) == {"doe_1": TENSOR_1}
    (aside,) = collected.rejected
    assert aside.student == "roe_2"
    assert words in aside.message
    assert not list(tmp_path.rglob("escaped*"))
    assert not Path("/tmp/escaped.ipynb").exists()


def test_of_an_entry_that_stands_twice_in_a_zip_the_last_counts_and_it_is_said(course, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        double = with_entries(
            (entry("01_tensor.ipynb"), TENSOR_1), (entry("01_tensor.ipynb"), TENSOR_2)
        )
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": double}), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_2}
    assert "stands twice" in collected.rejected[0].message


def test_links_pipes_and_folders_in_an_inbox_are_not_followed(course, tmp_path):
    secret = write(tmp_path / "secret.ipynb", TENSOR_3)
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "cid.ipynb/x": b"x"})
    (inbox / "bob.ipynb").symlink_to(secret)
    (inbox / "linked").symlink_to(tmp_path)
    os.mkfifo(inbox / "dot.ipynb")
    collected = collect(course, TENSOR, inbox, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    message = {a.file: a.message for a in collected.rejected}
    assert "link" in message["bob.ipynb"]
    assert "link" in message["linked"]
    assert "folder" in message["cid.ipynb"]
    assert "pipe" in message["dot.ipynb"]


def test_a_shadowing_module_never_rides_along(course, tmp_path):
    inbox_files = {"ann/01_tensor.ipynb": TENSOR_1, "ann/numpy.py": b"raise SystemExit"}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert set(tree(course.submitted)) == {
        "ann/01_tensor/01_tensor.ipynb",
        "ann/01_tensor/timestamp.txt",
    }
    (aside,) = collected.rejected
    assert "'ann/numpy.py' of ann was not released" in aside.message
    assert (course.aside / "01_tensor" / aside.copy).read_bytes() == b"raise SystemExit"


NO_FAULT = {
    "a deleted test cell": notebook(cell("matmul-solution", "def matmul(a, b): return 1")),
    "metadata stripped": notebook(cell("", "def matmul(a, b):\n    return 1")),
    "a cell pasted twice": notebook(cell("matmul", "1"), cell("matmul", "2")),
    "an extra cell": notebook(cell("matmul", "1"), cell("", "print('mine')")),
}


@pytest.mark.parametrize("data", NO_FAULT.values(), ids=NO_FAULT)
def test_what_grading_repairs_is_no_fault(course, tmp_path, data):
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": data}), NOW)
    assert submitted_notebooks(course) == {"ann": data}
    assert collected.rejected == ()


def test_a_cell_pasted_twice_is_said(course, tmp_path):
    twice = notebook(cell("matmul", "1"), cell("matmul", "2"))
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": twice}), NOW)
    assert "holds cell matmul more than once" in collected.notes[0].message


def test_an_entry_is_no_longer_listed_once_a_later_good_attempt_is_there(course, tmp_path):
    inbox = write(tmp_path / "inbox" / "ann.ipynb", b"{", EARLY).parent
    collect(course, TENSOR, inbox, NOW)
    assert [a.student for a in rejected_files(course, TENSOR)] == ["ann"]
    write(inbox / "ann.ipynb", TENSOR_1, LATE)
    collect(course, TENSOR, inbox, NOW)
    assert rejected_files(course, TENSOR) == []
    rows = Store(course, "01_tensor").database.rows("SELECT body FROM rejected_files")
    assert "cut off" in rows[0][0]


def test_what_came_with_the_latest_attempt_stays_listed_whatever_its_own_time(course, tmp_path):
    write(tmp_path / "inbox" / "ann" / "numpy.py", b"1", EARLY)
    write(tmp_path / "inbox" / "ann" / "01_tensor.ipynb", TENSOR_1, LATE)
    collect(course, TENSOR, tmp_path / "inbox", NOW)
    assert [a.file for a in rejected_files(course, TENSOR)] == ["ann/numpy.py"]


def test_a_bad_first_notebook_stays_listed_beside_a_good_second_one(course, tmp_path):
    inbox_files = {"doe_1_90_problem1.ipynb": b"{", "doe_1_91_problem2.ipynb": problem(2, "b")}
    collect(course, PS1, inbox_of(tmp_path, inbox_files), NOW)
    assert [a.file for a in rejected_files(course, PS1)] == ["doe_1_90_problem1.ipynb"]


def test_a_canvas_upload_that_was_put_right_is_no_longer_listed(course, tmp_path):
    inbox_files = {"doe_1_90_01_tensor.ipynb": b"{", "doe_1_91_01_tensor-1.ipynb": TENSOR_1}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert rejected_files(course, TENSOR) == []


def test_a_later_bad_attempt_leaves_the_older_good_one_and_stays_listed(course, tmp_path):
    inbox_files = {"doe_1_90_01_tensor.ipynb": TENSOR_1, "doe_1_95_01_tensor-1.ipynb": b"{"}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"doe_1": TENSOR_1}
    assert [a.file for a in rejected_files(course, TENSOR)] == ["doe_1_95_01_tensor-1.ipynb"]


any_file_name = st.text(min_size=1, max_size=60).filter(lambda name: "\0" not in name)


@forty_examples
@given(names=st.lists(any_file_name, min_size=1, max_size=5, unique=True))
@example(names=["../../up.ipynb", "..", "a/../../../b.ipynb", "C:\\x.ipynb", "+01_tensor+"])
@example(names=[".", "./", "a/./01_tensor.ipynb", "receipt.json"])
@example(names=["con.ipynb", "aux/01_tensor.ipynb", ".ipynb", "a" * 255 + ".ipynb", " .ipynb"])
def test_no_file_name_in_a_zip_escapes_or_stops_the_others(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("any")
    course = make_course(root / "course")
    safe = [n.encode("utf-8", "replace").decode() for n in names]
    files = dict.fromkeys(safe, TENSOR_2) | {"doe_1_90_01_tensor.ipynb": TENSOR_1}
    collected = collect(course, TENSOR, write(root / "d.zip", zipped(files)), NOW)
    assert submitted_notebooks(course)["doe_1"] == TENSOR_1
    assert {p.name for p in root.iterdir()} == {"course", "d.zip"}
    assert {p.name for p in (root / "course").iterdir()} <= {
        *("release", "submitted", "store", "aside")
    }
    assert all(a.message.isprintable() for a in collected.rejected)
    before = tree(root)
    collect(course, TENSOR, root / "d.zip", NOW)
    assert tree(root) == before


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
cell_fields = st.sampled_from(["cell_type", "id", "metadata", "source", "outputs", "nbgrader"])
any_cell = json_values | st.dictionaries(cell_fields, json_values | st.just("code"))


@forty_examples
@given(cells=st.lists(any_cell, max_size=3), field=cell_fields, value=json_values)
@example(cells=[], field="metadata", value={"nbgrader": {"grade_id": ["a"]}})
def test_no_json_in_a_notebook_stops_the_others(tmp_path_factory, cells, field, value):
    root = tmp_path_factory.mktemp("json")
    course = make_course(root / "course")
    strange = notebook(*cells, {**cell("matmul", "x"), field: value})
    write(root / "inbox" / "zoe.ipynb", strange)
    write(root / "inbox" / "ann.ipynb", TENSOR_1)
    collected = collect(course, TENSOR, root / "inbox", NOW)
    assert submitted_notebooks(course)["ann"] == TENSOR_1
    assert {s.student for s in collected.submissions} | {a.student for a in collected.rejected} == {
        *("ann", "zoe")
    }
