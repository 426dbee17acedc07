"""A new release meets a student's copy: each conflict keeps the answer and is said."""

import copy
import json
from pathlib import Path

import pytest
from coursekit import notebook as files
from coursekit.merge import merge
from coursekit.plain_cell import grade_id, has_released_text
from small_chapter import code, markdown, notebook, question, solution
from two_releases import (
    ANSWER,
    ESSAY,
    NEW_STUB,
    OWN_TRY,
    STUB,
    changed,
    essay,
    ids,
    inserted,
    merged,
    moved,
    place,
    release,
    sentences,
    solved,
    texts,
)

RELEASE = Path(__file__).parents[2] / "release"


def own_cell(name="a1b2c3d4", text=OWN_TRY):
    return code(name, text)


def without_metadata(book):
    return {**book, "cells": [{**cell, "metadata": {}} for cell in book["cells"]]}


def without_ids(book):
    cells = [{k: v for k, v in cell.items() if k != "id"} for cell in book["cells"]]
    return {**book, "cells": cells, "nbformat_minor": 4}


def test_the_same_release_changes_nothing():
    result = merged(release(), solved(), release())
    assert result.notebook["cells"] == solved()["cells"]
    assert (result.changes, result.answers) == ((), 2)


def test_a_text_of_the_course_is_new_and_answers_stay():
    new = changed(release(), double_idea="Twice four is eight.", double="assert double(4) == 8")
    result = merged(release(), solved(), new)
    assert texts(result.notebook)[place(new, "double-idea")] == "Twice four is eight."
    assert {ANSWER, ESSAY, "assert double(4) == 8"} < set(texts(result.notebook))
    assert [change.cell for change in result.changes] == ["double-idea", "double"]
    assert sentences(result, "double") == "The course has changed it; the new text is in."


def test_a_cell_that_the_course_moved_moves():
    new = moved(release(), "double-look", 3)
    result = merged(release(), solved(), new)
    assert ids(result.notebook) == ids(new)
    assert "stands behind 'double-idea' now" in sentences(result, "double-look")


def test_an_answer_cell_that_the_course_moved_takes_the_answer_along():
    new = moved(release(), "double-solution", 1)
    result = merged(release(), solved(), new)
    assert result.notebook["cells"][1]["source"] == ANSWER
    assert "The course has moved it" in sentences(result, "double-solution")


def test_a_cell_that_the_student_moved_stays_where_it_is():
    student = moved(solved(), "double-look", 2)
    new = changed(release(), title="# Twice")
    result = merged(release(), student, new)
    assert ids(result.notebook) == ids(student)
    assert texts(result.notebook)[0] == "# Twice"


def test_a_cell_whose_id_the_course_renamed_keeps_the_answer():
    new = release()
    cell = new["cells"][place(new, "double-solution")]
    cell["id"] = cell["metadata"]["nbgrader"]["grade_id"] = "twice-solution"
    result = merged(release(), solved(), new)
    assert ids(result.notebook) == ids(new)
    assert result.notebook["cells"][4]["source"] == ANSWER


def test_a_cell_whose_id_the_student_renamed_is_recognised():
    student = solved()
    for index, cell in enumerate(student["cells"]):
        cell["id"] = f"cell{index}"
    result = merged(release(), student, changed(release(), close="The end."))
    assert ids(result.notebook) == ids(release())
    assert ANSWER in texts(result.notebook)


def test_a_cell_that_the_course_deleted_goes_where_it_was_untouched():
    new = changed(release(), double_toy=None)
    result = merged(release(), solved(), new)
    assert "double-toy" not in ids(result.notebook)
    assert sentences(result, "double-toy") == "The course has taken it out."


def test_an_answer_whose_task_the_course_deleted_stays():
    new = changed(release(), double_solution=None, double=None)
    result = merged(release(), solved(), new)
    cell = result.notebook["cells"][place(result.notebook, "double-solution")]
    assert cell["source"] == ANSWER
    assert "nbgrader" not in cell["metadata"]
    assert "your text stays as a cell of your own" in sentences(result, "double-solution")


def test_a_given_cell_that_the_student_deleted_stays_away():
    student = changed(solved(), double_toy=None)
    result = merged(release(), student, changed(release(), title="# Twice"))
    assert "double-toy" not in ids(result.notebook)


def test_a_given_cell_deleted_here_and_changed_there_is_back_and_that_is_said():
    student = changed(solved(), double_toy=None)
    result = merged(release(), student, changed(release(), double_toy="2 * 4"))
    assert texts(result.notebook)[3] == "2 * 4"
    assert "was not found in your notebook" in sentences(result, "double-toy")


def test_graded_cells_that_the_student_deleted_are_put_back():
    student = changed(solved(), double=None, double_solution=None)
    result = merged(release(), student, release())
    assert ids(result.notebook) == ids(release())
    assert "put back" in sentences(result, "double")


def test_an_answer_that_the_student_split_in_two_stays_in_two():
    halves = ("def half(x):\n    return x / 2", "def double(x):\n    return 4 * half(x)")
    student = solved(double_toy="2 * 3")
    first = copy.deepcopy(student["cells"][4])
    student["cells"][4]["source"] = halves[1]
    student = inserted(student, "double-solution", {**first, "id": "9f9f", "source": halves[0]})
    result = merged(release(), student, changed(release(), title="# Twice"))
    assert texts(result.notebook)[4:6] == list(halves)
    assert [grade_id(cell) for cell in result.notebook["cells"][4:6]] == ["", "double-solution"]
    assert "more than once" in sentences(result, "double-solution")


def test_a_task_that_the_course_split_in_two_says_where_the_answer_is():
    two_functions = "def double(x):\n    return x + x\n\ndef half(x):\n    return x / 2"
    old = changed(
        release(), double_solution=STUB + "\n\ndef half(x):\n    raise NotImplementedError"
    )
    new = inserted(
        release(), "double-look", solution("half", "def half(x):\n    raise NotImplementedError")
    )
    result = merged(old, changed(old, double_solution=two_functions), new)
    assert result.notebook["cells"][4]["source"] == two_functions
    assert "already has half in the cell 'double-solution'" in sentences(result, "half-solution")


def test_a_given_cell_that_both_sides_changed_shows_both_texts():
    student = solved(double_toy="2 * 30  # larger")
    result = merged(release(), student, changed(release(), double_toy="2 * 4"))
    assert texts(result.notebook)[3] == "2 * 30  # larger"
    assert "```python\n2 * 4\n```" in texts(result.notebook)[4]
    assert "The course's new text of the cell above (`double-toy`)" in texts(result.notebook)[4]
    assert ids(result.notebook)[3:5] == ["double-toy", "double-toy-new"]
    assert "You and the course have both changed it" in sentences(result, "double-toy")


def test_an_answer_whose_stub_the_course_changed_shows_the_new_stub():
    result = merged(release(), solved(), changed(release(), double_solution=NEW_STUB))
    assert texts(result.notebook)[4] == ANSWER
    assert NEW_STUB in texts(result.notebook)[5]
    assert next(change.attention for change in result.changes)


def test_an_untouched_stub_becomes_the_new_stub():
    student = changed(release(), explain=ESSAY)
    result = merged(release(), student, changed(release(), double_solution=NEW_STUB))
    assert texts(result.notebook)[4] == NEW_STUB
    assert len(result.notebook["cells"]) == len(release()["cells"])


def test_a_cell_of_the_student_stays_behind_its_neighbour():
    student = inserted(solved(), "double-look", own_cell())
    new = inserted(release(), "double-look", code("double-new", "double(1)"))
    result = merged(release(), student, new)
    assert ids(result.notebook)[4:8] == ["double-solution", "a1b2c3d4", "double-new", "double-look"]


def test_a_cell_of_the_student_follows_a_neighbour_that_moves():
    student = inserted(solved(), "double", own_cell())
    result = merged(release(), student, moved(release(), "double-look", 8))
    assert ids(result.notebook)[8:10] == ["double-look", "a1b2c3d4"]


def test_a_cell_of_the_student_stays_where_its_neighbour_goes():
    student = inserted(solved(), "double-solution", own_cell())
    result = merged(release(), student, changed(release(), double_toy=None))
    assert ids(result.notebook)[2:5] == ["double-idea", "a1b2c3d4", "double-solution"]


def test_of_a_duplicated_answer_the_written_one_counts():
    student = solved()
    untouched = {**copy.deepcopy(release()["cells"][4]), "id": "copy"}
    student = inserted(student, "double-look", untouched)
    result = merged(release(), student, release())
    assert ids(result.notebook) == ids(release())
    assert result.notebook["cells"][4]["source"] == ANSWER
    assert "a second time, untouched" in sentences(result, "double-solution")


def test_two_cells_with_one_id_become_two():
    student = inserted(
        solved(), "close", own_cell("double-look"), own_cell("double-look", "print(2)")
    )
    result = merged(release(), student, release())
    assert {OWN_TRY, "print(2)"} < set(texts(result.notebook))


def test_an_answer_that_the_student_moved_stays_there():
    student = moved(solved(), "double-solution", 6)
    result = merged(release(), student, changed(release(), double="assert double(4) == 8"))
    assert ids(result.notebook) == ids(student)


def test_an_empty_notebook_gets_the_whole_release():
    result = merged(release(), notebook(), release())
    assert result.notebook["cells"] == release()["cells"]


def test_a_notebook_with_only_cells_of_the_student_gets_the_whole_release():
    result = merged(release(), notebook(own_cell()), release())
    assert ids(result.notebook) == ["a1b2c3d4", *ids(release())]


def test_cells_that_lost_their_ids_are_recognised():
    student = without_ids(solved())
    result = merged(release(), student, changed(release(), double_idea="Twice four is eight."))
    assert ids(result.notebook) == ids(release())
    assert {ANSWER, ESSAY, "Twice four is eight."} < set(texts(result.notebook))


def test_an_id_that_colab_put_into_the_metadata_is_used():
    student = without_ids(solved(double_toy="2 * 5"))
    student["cells"][3]["metadata"] = {"id": "double-toy"}
    result = merged(release(), student, release())
    assert ids(result.notebook) == ids(release())
    assert texts(result.notebook)[3] == "2 * 5"


def test_cells_that_lost_their_metadata_get_it_back():
    result = merged(release(), without_metadata(solved()), release())
    assert result.notebook["cells"] == solved()["cells"]


def test_cells_that_lost_ids_and_metadata_are_found_by_names_and_by_place():
    student = without_ids(without_metadata(solved()))
    result = merged(release(), student, release())
    assert result.notebook["cells"] == solved()["cells"]


def test_a_test_that_the_student_changed_is_the_courses_again_and_both_are_there():
    student = solved(double="assert double(3) == 6\nprint('ok')")
    result = merged(release(), student, changed(release(), double="assert double(4) == 8"))
    assert texts(result.notebook)[6] == "assert double(4) == 8"
    assert "print('ok')" in texts(result.notebook)[7]
    assert "yours is below it" in sentences(result, "double")


def test_an_answer_turned_into_another_kind_of_cell_is_an_answer_again():
    student = solved()
    student["cells"][4] = {**markdown("double-solution", ANSWER), **{"metadata": {}}}
    result = merged(release(), student, release())
    assert result.notebook["cells"][4]["cell_type"] == "code"
    assert result.notebook["cells"][4]["source"] == ANSWER


def test_an_answer_that_does_not_parse_stays():
    student = without_ids(without_metadata(changed(solved(), double_solution="def double(x:\n  2")))
    result = merged(release(), student, changed(release(), title="# Twice"))
    assert texts(result.notebook)[4] == "def double(x:\n  2"


def test_cells_of_odd_form_become_valid():
    student = solved()
    student["cells"][3] = {"cell_type": "heading", "level": 1, "source": ["My ", "heading"]}
    student["cells"].append(
        {"cell_type": "code", "source": OWN_TRY, "metadata": None, "outputs": 3}
    )
    student["cells"].append({"cell_type": "code", "id": "no good!", "source": "1", "outputs": [{}]})
    result = merged(release(), student, release())
    assert {"My heading", OWN_TRY, "1"} < set(texts(result.notebook))


def test_outputs_stay_with_a_text_that_stays_and_go_with_one_that_is_replaced():
    student = solved()
    for index in (3, 5):
        student["cells"][index]["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": "6\n"}
        ]
    result = merged(release(), student, changed(release(), double_look="double(np.arange(4))"))
    assert [len(result.notebook["cells"][index]["outputs"]) for index in (3, 5)] == [1, 0]


def test_the_kernel_is_the_students_and_other_metadata_the_courses():
    kernel = {"name": "mlsys", "display_name": "My environment"}
    student = {**solved(), "metadata": {"kernelspec": kernel, "mlsys": {"module_doc": "old"}}}
    new = {**release(), "metadata": {"kernelspec": {}, "mlsys": {"module_doc": "new"}}}
    result = merged(release(), student, new)
    assert result.notebook["metadata"] == {"kernelspec": kernel, "mlsys": {"module_doc": "new"}}


def test_without_the_old_release_both_texts_of_a_given_cell_are_there():
    new = changed(release(), double_idea="Twice four is eight.")
    result = merged(None, solved(), new)
    assert texts(result.notebook)[2] == "Twice three is six."
    assert "Twice four is eight." in texts(result.notebook)[3]
    again = merge(None, result.notebook, new)
    assert again.notebook == result.notebook


def test_without_old_release_and_checksums_a_stub_that_the_answer_holds_is_not_shown():
    result = merged(None, solved(), release())
    assert [change.cell for change in result.changes] == ["explain"]
    result = merged(None, solved(), changed(release(), double_solution=NEW_STUB))
    assert "It differs from the course's" in sentences(result, "double-solution")


def test_without_the_old_release_checksums_tell_who_changed_a_graded_cell():
    old = files.read(RELEASE / "01_tensor" / "01_tensor.ipynb")
    new, student = copy.deepcopy(old), copy.deepcopy(old)
    answers = [i for i, cell in enumerate(old["cells"]) if files.meta(cell).get("solution")]
    student["cells"][answers[0]]["source"] = ANSWER
    locked = next(i for i, cell in enumerate(old["cells"]) if files.meta(cell).get("locked"))
    new["cells"][locked]["source"] = "assert True"
    result = merged(None, student, new)
    assert result.notebook["cells"][answers[0]]["source"] == ANSWER
    assert result.notebook["cells"][locked]["source"] == "assert True"
    assert len(result.notebook["cells"]) == len(old["cells"])


@pytest.mark.parametrize("path", sorted(RELEASE.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_every_graded_cell_of_a_release_has_its_released_text(path):
    cells = [cell for cell in json.loads(path.read_text())["cells"] if grade_id(cell)]
    assert [grade_id(cell) for cell in cells if not has_released_text(cell)] == []


def test_a_new_question_comes_with_its_cells_and_claims_no_text_of_the_student():
    new = inserted(
        release(), "close", essay("explain-2", "Your answer."), question("q", "assert 1")
    )
    student = inserted(solved(), "close", markdown("77aa", "A thought of my own."))
    result = merged(release(), student, new)
    assert ids(result.notebook)[7:11] == ["explain", "77aa", "explain-2", "q"]
    assert sentences(result, "explain-2") == "It is new in your notebook."


def test_a_text_with_fences_is_shown_whole():
    student = solved(double_toy="2 * 30")
    new = changed(release(), double_toy='print("```")\n')
    cell_text = texts(merged(release(), student, new).notebook)[4]
    assert '````python\nprint("```")' in cell_text


def test_a_release_without_ids_is_merged_too():
    old, new = without_ids(release()), without_ids(changed(release(), title="# Twice"))
    result = merged(old, solved(), new)
    assert texts(result.notebook)[0] == "# Twice"
    assert ANSWER in texts(result.notebook)
    assert len(result.notebook["cells"]) == len(new["cells"])
