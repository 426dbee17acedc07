"""A name that can be read in two ways: two people never become one."""

import pytest
from hand_in_files import (
    LATE,
    NOW,
    TENSOR,
    TENSOR_1,
    TENSOR_2,
    forty_examples,
    inbox_of,
    make_course,
    receipt_zip,
    submitted_notebooks,
    tensor,
    write,
    zipped,
)
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.collecting.collect import collect
from autograder.collecting.lms_schemes import AssignmentNames, by_scheme
from autograder.roster.matching import persons_of
from autograder.roster.people import Person

NAMED_LIKE_CANVAS = {
    "a name": "lovelaceada_1843_777_LATE_1900_88001_01_tensor.ipynb",
    "a name with a mark over a letter": "lovelaceada_1843_777_क्_1900_88001_01_tensor.ipynb",
    "a name that ends in a number": "lovelaceada_1843_1900_88001_01_tensor.ipynb",
}


def class_of(*numbers):
    """A roster with these numbers of Canvas, as `collect` asks it."""
    listed = [Person(f"s{number}", lms_id=number) for number in numbers]

    def ids(students):
        return {student: p.id for student, p in persons_of(listed, students).items()}

    return ids


@pytest.mark.parametrize("numbers", [(), ("1843", "1900"), ("5",), ("1843",)])
@pytest.mark.parametrize("name", NAMED_LIKE_CANVAS.values(), ids=NAMED_LIKE_CANVAS)
def test_a_name_that_fits_two_people_is_set_aside_with_both(course, tmp_path, name, numbers):
    inbox_files = {name: TENSOR_1, "lovelaceada_1843_88000_01_tensor.ipynb": TENSOR_2}
    ids = class_of(*numbers)
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW, class_ids=ids)
    assert list(submitted_notebooks(course).values()) == [TENSOR_2]
    (refused,) = collected.rejected
    assert "can be of 'lovelaceada_1843" in refused.message and " or of '" in refused.message
    assert refused.student == ""
    assert (course.aside / "01_tensor" / refused.copy).read_bytes() == TENSOR_1


@pytest.mark.parametrize(("number", "late"), [("1843", False), ("1900", True)])
def test_the_only_number_of_the_class_decides_between_two_readings(course, tmp_path, number, late):
    inbox = inbox_of(tmp_path, {NAMED_LIKE_CANVAS["a name"]: TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW, class_ids=class_of(number))
    notes = [note.message for note in collected.notes]
    assert any("as late" in note for note in notes) == late
    assert any("whom roster.csv does not have" in note for note in notes)
    if not late:  # the file's own name is none of the notebooks', and its cells say what it is
        assert any("is taken as '01_tensor.ipynb'" in note for note in notes)
    assert submitted_notebooks(course) == {f"s{number}": TENSOR_1}


def test_a_name_alone_decides_nothing_between_two_readings(course, tmp_path):
    ada = Person("ada", "Ada", "Lovelace")

    def ids(students):
        return {student: p.id for student, p in persons_of([ada], students).items()}

    inbox = inbox_of(tmp_path, {NAMED_LIKE_CANVAS["a name"]: TENSOR_1})
    assert len(collect(course, TENSOR, inbox, NOW, class_ids=ids).rejected) == 1
    assert submitted_notebooks(course) == {}


def test_a_notebook_s_own_name_may_look_like_canvas_s_numbers():
    names = AssignmentNames("ps", frozenset({"ps"}), ("7_101_sums",))
    plain = by_scheme("doejane_1843_88001_7_101_sums-1.ipynb", names)
    assert (plain.student, plain.file, plain.rivals) == ("doejane_1843", "7_101_sums-1.ipynb", ())
    other = by_scheme("doejane_1843_88001_7_101_diffs.ipynb", names)
    assert [r.student for r in other.rivals] == ["doejane_1843_88001_7"]


def test_a_file_of_canvas_named_like_moodle_s_is_never_the_number_s_in_it(course, tmp_path):
    name = "malloryeve_1900_88001_x_1843_assignsubmission_file_01_tensor.ipynb"
    inbox = inbox_of(tmp_path, {name: TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW, class_ids=class_of("1843"))
    assert submitted_notebooks(course) == {} and "can be of" in collected.rejected[0].message
    collect(course, TENSOR, inbox, NOW, class_ids=class_of("1843", "1900"))
    assert submitted_notebooks(course) == {"s1900": TENSOR_1}


def test_a_zip_whose_name_fits_two_people_is_set_aside_too(course, tmp_path):
    name = "lovelaceada_1843_1900_88001_01_tensor-20270202T100000Z.zip"
    inbox_files = {name: receipt_zip(TENSOR_1, LATE)}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {} and "can be of" in collected.rejected[0].message


@forty_examples
@given(
    names=st.lists(
        st.text(st.characters(categories=["L", "M", "N"]), max_size=12), min_size=2, max_size=4
    ),
    scheme=st.sampled_from(
        ["{n}_{i}_9{i}_01_tensor.ipynb", "{n}_{i}_assignsubmission_file_/x.ipynb"]
    ),
)
@example(names=["ann", "7"], scheme="{n}_{i}_9{i}_01_tensor.ipynb")
def test_two_people_never_become_one(tmp_path_factory, names, scheme):
    root = tmp_path_factory.mktemp("people")
    course = make_course(root / "course")
    files = {scheme.format(n=n, i=i): tensor(f"return {i}") for i, n in enumerate(names, start=1)}
    collected = collect(course, TENSOR, write(root / "d.zip", zipped(files)), NOW)
    aside = [r for r in collected.rejected if "can be of" in r.message]  # `7_2_92_x` has two users
    assert len(collected.submissions) + len(aside) == len(names)
    copies = [(course.aside / "01_tensor" / refused.copy).read_bytes() for refused in aside]
    assert sorted([*submitted_notebooks(course).values(), *copies]) == sorted(files.values())
    assert not aside or any(name[-1:].isdigit() for name in names)
