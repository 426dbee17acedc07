"""Any name becomes a folder name that is safe everywhere, and no two names become one."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.collecting.student_ids import escape, student_id


@pytest.mark.parametrize(
    "name, expected",
    [
        ("ann", "ann"),
        ("Jane Doe", "Jane Doe"),
        ("O'Neil-Smith", "O'Neil-Smith"),
        ("李明", "李明"),
        ("Jose\u0301", "José"),
        ("a/b", "a=2Fb"),
        ("a=2Fb", "a=3D2Fb"),
        ("..", "=2E=2E"),
        ("-rf", "=2Drf"),
        ("a*b?[c]", "a=2Ab=3F=5Bc=5D"),
        ("con", "=63on"),
        ("dot.", "dot=2E"),
        ("\u202eevil", "=E2=80=AEevil"),
        ("", ""),
    ],
)
def test_a_name_stays_readable_and_what_is_unsafe_is_coded(name, expected):
    assert student_id(name) == expected


def test_the_number_of_the_lms_keeps_equal_names_apart():
    assert student_id("Jane Doe", "12") == "Jane Doe_12"
    assert student_id("Jane Doe", "13") == "Jane Doe_13"
    assert student_id("", "12") == "12"


def test_a_long_name_is_cut_and_keeps_a_hash_of_the_whole():
    one, two = student_id("n" * 300 + "a"), student_id("n" * 300 + "b")
    assert one != two
    assert len(one) == 120


@given(st.text(min_size=1))
def test_an_id_is_one_safe_part_of_a_path(name):
    identifier = student_id(name)
    assert identifier not in (".", "..")
    assert len(identifier.encode()) <= 120
    assert len(PurePosixPath("x", identifier).parts) == len(PureWindowsPath("x", identifier).parts)
    assert not set(identifier) & set('/\\:*?"<>|+\0\n')
    assert identifier == identifier.strip(". ")


@given(st.text(), st.text())
def test_two_names_never_make_one_id(one, two):
    is_same = unicodedata.normalize("NFC", one.strip()) == unicodedata.normalize("NFC", two.strip())
    assert (student_id(one) == student_id(two)) == is_same


@given(st.text())
def test_what_is_shown_cannot_drive_a_terminal(text):
    assert escape(text).isprintable()
    assert len(escape(text)) <= 200
