"""The plans of an assignment are remembered under the key that they were made under."""

from autograder.grading import plan_file
from autograder.grading.plan_file import Reference
from autograder.sandbox.job import HiddenTestPlan

PLANS = {
    "q": HiddenTestPlan(True, {"values": []}, ("f()",), at_end=True),
    "r": HiddenTestPlan(False, stub="pass", plain_canary=True),
}


def references(seconds: float = 0.0) -> dict[str, Reference]:
    setup = {"imports": "import os", "definitions": ""}
    return {"notebook": Reference(PLANS, setup, {"a.bin": b"\x00\xff"}, ("r",), seconds)}


def test_what_was_written_is_read_back_under_its_key_alone(tmp_path):
    plan_file.write(tmp_path, "grade" * 8, references())
    plan_file.write(tmp_path, "audit" * 8, {})
    assert plan_file.read(tmp_path, "grade" * 8) == references()
    assert plan_file.read(tmp_path, "audit" * 8) == {}
    assert plan_file.read(tmp_path, "other" * 8) is None


def test_the_oldest_are_forgotten(tmp_path):
    keys = [f"{number}" * 64 for number in range(5)]
    for key in keys:
        plan_file.write(tmp_path, key, references())
    remaining_keys = [key for key in keys if plan_file.read(tmp_path, key) is not None]
    assert remaining_keys == keys[-plan_file.KEPT_FILES :]


def test_a_damaged_file_is_none(tmp_path):
    plan_file.write(tmp_path, "k" * 64, references())
    (path,) = tmp_path.glob("*.json")
    path.write_text(path.read_text()[:40])
    assert plan_file.read(tmp_path, "k" * 64) is None
