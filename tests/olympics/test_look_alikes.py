"""Names that a person takes for one have a skeleton in common."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.olympics import look_alikes
from autograder.olympics.look_alikes import SCRIPTS, skeletons


def look_alike(first, second):
    return bool(skeletons(first) & skeletons(second))


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(look_alikes) == (0, 2)


@pytest.mark.parametrize(
    "name",
    [
        "harbour",
        "HARBOUR",
        "Ｈarbour",
        "  Har\u00adbo\u200bur ",
        "\u041d\u0430rb\u043eur",  # Cyrillic capital en, a, o
        "\u043darbour",
        "\u0397arb\u03bf\u03c5r",  # Greek capital eta, omicron, upsilon
        "H\u0251rbour",  # Latin alpha
        "Har\u0185our",  # Latin tone six
        "Har\u0184our",
        "Harbo\u057dr",  # Armenian seh
        "Harb\u0585ur",
        "\u13bbarbour",  # Cherokee mi
        "\ua4e7arbour",  # Lisu xa
        "Harb0ur",
        "Harböur",
    ],
)
def test_a_name_in_other_letters_is_taken_for_the_first(name):
    assert look_alike(name, "Harbour")


@pytest.mark.parametrize(
    "first, second",
    [
        ("Harbour", "Harvard"),
        ("Harbour", "Narbour"),
        ("Pale Blue", "Pale Blues"),
        ("Team 2", "Team 3"),
        ("Волна", "Весна"),
        ("Ελπίδα", "Άλφα"),
        ("2027 spring", "2027 autumn"),
    ],
)
def test_names_that_differ_to_the_eye_are_two(first, second):
    assert not look_alike(first, second)


@pytest.mark.parametrize("name", ["Весна", "Ελπίδα", "Ηώς", "Արև", "ⲥⲟⲣ", "Northfield"])
def test_case_makes_no_difference_in_any_script(name):
    assert look_alike(name, name.upper()) and look_alike(name, name.lower())


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_letter_of_a_table_is_taken_for_the_latin_one_that_it_names(script):
    for letter, latin in zip(*SCRIPTS[script], strict=True):
        assert not letter.isascii() and latin.isascii()
        assert look_alike(f"x{letter}y", f"x{latin}y"), letter


@given(st.text(max_size=20))
def test_every_text_looks_like_itself_and_like_itself_in_small_letters(text):
    assert skeletons(text) and look_alike(text, text.casefold())
