"""The verbs around the store: hand-ins are listed, matched to a receipt, and checked."""

import hashlib
import json
import zipfile

import pytest
from click.testing import CliRunner
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, write_course

from autograder.commands.cli import main


def run(course, *words):
    return CliRunner().invoke(main, [*map(str, words), "--course", str(course.root)])


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path / "course")
    assert run(course, "release", "functions", "--no-audit").exit_code == 0
    return course


def handed_in(course, tmp_path, double=RIGHT_DOUBLE, name="first"):
    """Collect a hand-in of ada; the bytes of her notebook."""
    data = json.dumps(answered(double, RIGHT_SQUARE)).encode()
    inbox = tmp_path / f"{name}.zip"
    with zipfile.ZipFile(inbox, "w") as archive:
        archive.writestr("ada/functions/functions.ipynb", data)
    result = run(course, "collect", "functions", inbox)
    assert result.exit_code == 0, result.output
    return data, result.output


def receipt(tmp_path, data):
    path = tmp_path / "ada.receipt.json"
    digest = hashlib.sha256(data).hexdigest()
    path.write_text(json.dumps({"files": [{"name": "functions.ipynb", "sha256": digest}]}))
    return path


def test_collect_prints_a_receipt_for_what_it_took(course, tmp_path):
    data, printed = handed_in(course, tmp_path)
    assert "collected ada: functions hand-in 1" in printed
    assert hashlib.sha256(data).hexdigest()[:12] in printed


def test_every_hand_in_can_be_listed_and_taken_out_again(course, tmp_path):
    first, _ = handed_in(course, tmp_path)
    second, _ = handed_in(course, tmp_path, "def double(x):\n    return x + x", "second")
    result = run(course, "hand-ins", "functions", "ada", "--to", tmp_path / "out")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 2
    notebooks = [(tmp_path / "out" / "ada" / n / "functions.ipynb").read_bytes() for n in "12"]
    assert notebooks == [first, second]


def test_nothing_collected_is_said(course):
    result = run(course, "hand-ins", "functions", "bob")
    assert result.exit_code == 1
    assert "nothing of bob was collected" in result.stderr


def test_a_receipt_finds_its_hand_in(course, tmp_path):
    data, _ = handed_in(course, tmp_path)
    result = run(course, "receipt", "functions", receipt(tmp_path, data))
    assert (result.exit_code, result.output[:24]) == (0, "ada: functions hand-in 1")


def test_a_receipt_of_what_never_came_is_answered_no(course, tmp_path):
    handed_in(course, tmp_path)
    result = run(course, "receipt", "functions", receipt(tmp_path, b"never sent"))
    assert result.exit_code == 1
    assert result.output.startswith("no: nothing that was collected")


@pytest.mark.parametrize("text", ["[]", "{", '"words"', ""])
def test_a_file_that_is_no_receipt_is_said_to_be_none(course, tmp_path, text):
    (tmp_path / "odd.json").write_text(text)
    result = run(course, "receipt", "functions", tmp_path / "odd.json")
    assert result.exit_code == 1
    assert "is no receipt" in result.stderr


def test_a_changed_byte_in_the_store_is_found(course, tmp_path):
    data, _ = handed_in(course, tmp_path)
    assert run(course, "verify").exit_code == 0
    digest = hashlib.sha256(data).hexdigest()
    stored_path = course.store / "objects" / digest[:2] / digest
    stored_path.chmod(0o644)
    stored_path.write_bytes(data + b" ")
    result = run(course, "verify")
    assert result.exit_code == 1
    assert "ada" in result.output
