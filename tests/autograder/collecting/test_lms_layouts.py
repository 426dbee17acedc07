"""Hand-ins in every layout that an LMS, nbgrader or a person makes."""

from pathlib import Path

import pytest
from hand_in_files import (
    EARLY,
    EXCHANGE_1,
    EXCHANGE_2,
    LATE,
    NOW,
    OTHER,
    PS1,
    TENSOR,
    TENSOR_1,
    TENSOR_2,
    TENSOR_3,
    inbox_of,
    own_zip,
    problem,
    receipt_zip,
    submitted_notebooks,
    tree,
    write,
    zipped,
)

from autograder.collecting.collect import collect
from autograder.model import CourseError

SCHEMES = {
    "a submitted folder": ({"ann/01_tensor/01_tensor.ipynb": TENSOR_1}, {"ann": TENSOR_1}),
    "submitted with another assignment": (
        {"ann/01_tensor/01_tensor.ipynb": TENSOR_1, "ann/x01_limits/x01_limits.ipynb": OTHER},
        {"ann": TENSOR_1},
    ),
    "an exchange's inbound": (
        {
            f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
            f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
            "bob+x01_limits+2027-02-02 10:00:00 UTC/x01_limits.ipynb": OTHER,
        },
        {"ann": TENSOR_2},
    ),
    "a flat folder": (
        {
            "ann.ipynb": TENSOR_1,
            "bob_01_tensor.ipynb": TENSOR_2,
            "01_tensor-cid.ipynb": TENSOR_3,
            "dora_lee_01_tensor (2).ipynb": TENSOR_1,
            "01_tensor_20271234.ipynb": TENSOR_2,
        },
        {
            "ann": TENSOR_1,
            "bob": TENSOR_2,
            "cid": TENSOR_3,
            "dora_lee": TENSOR_1,
            "20271234": TENSOR_2,
        },
    ),
    "a folder each": (
        {"ann/01_tensor.ipynb": TENSOR_1, "bob/desk/01_Tensor.ipynb": TENSOR_2},
        {"ann": TENSOR_1, "bob": TENSOR_2},
    ),
    "zips of the students": (
        {"ann.zip": zipped({"01_tensor/01_tensor.ipynb": TENSOR_1})},
        {"ann": TENSOR_1},
    ),
    "Canvas": (
        {
            "doejane_LATE_12345_67890_01_tensor.ipynb": TENSOR_1,
            "doejane_222_67891_01_tensor-1.ipynb": TENSOR_2,
            "李明_333_67892_01_tensor.ipynb": TENSOR_3,
            "शर्मारवि_444_67893_01_tensor-2.ipynb": TENSOR_1,
            "doejane_12345_text.html": b"<p>",
        },
        {
            "doejane_12345": TENSOR_1,
            "doejane_222": TENSOR_2,
            "李明_333": TENSOR_3,
            "शर्मारवि_444": TENSOR_1,
        },
    ),
    "Canvas without names": (
        {"anon_aB3dE_77_01_tensor.ipynb": TENSOR_1, "LATE_anon_aB3dF_78_x.ipynb": TENSOR_2},
        {"anon_aB3dE": TENSOR_1, "anon_aB3dF": TENSOR_2},
    ),
    "Canvas uploads again": (
        {
            "doe_1_67890_01_tensor.ipynb": TENSOR_3,
            "doe_1_67900_01_tensor-2.ipynb": TENSOR_2,
            "doe_1_67895_01_tensor-1.ipynb": TENSOR_1,
        },
        {"doe_1": TENSOR_2},
    ),
    "Canvas with the zip of course submit": (
        {
            "doe_1_90_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_2, LATE),
            "doe_1_95_01_tensor-20270201T100000Z.zip": receipt_zip(TENSOR_1, EARLY),
        },
        {"doe_1": TENSOR_2},
    ),
    "Moodle folders": (
        {
            "Jane Doe_12_assignsubmission_file_/01_tensor.ipynb": TENSOR_1,
            "Jane Doe_13_assignsubmission_file/01_tensor (1).ipynb": TENSOR_2,
            "Jane Doe_12_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
            "Team Red_7_assignsubmission_file/hand in/01_tensor.ipynb": TENSOR_3,
        },
        {"Jane Doe_12": TENSOR_1, "Jane Doe_13": TENSOR_2, "Team Red_7": TENSOR_3},
    ),
    "Moodle in one folder": (
        {
            "Jane Doe_12_assignsubmission_file_01_tensor.ipynb": TENSOR_1,
            "Jane Doe_12_assignsubmission_onlinetext_onlinetext.html": b"<p>",
        },
        {"Jane Doe_12": TENSOR_1},
    ),
    "Moodle with the zip of course submit": (
        {"Jo_12_assignsubmission_file/01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_2, LATE)},
        {"Jo_12": TENSOR_2},
    ),
    "zips of course submit": (
        {
            "01_tensor_ann_attempt_2027-02-02-10-00-00.zip": own_zip(TENSOR_2),
            "01_tensor_ann_attempt_2027-02-02-10-00-00.receipt.json": b"{}",
            "01_tensor_ann_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_1),
            "01_tensor_b.c@d.org_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_3),
        },
        {"ann": TENSOR_2, "b.c@d.org": TENSOR_3},
    ),
    "zips of course submit in Canvas": (
        {
            "doe_1_90_01_tensor_ann_attempt_2027-02-02-10-00-00.zip": own_zip(TENSOR_2),
            "roe_2_91_01_tensor_ann_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_1),
            "LATE_3_92_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
        },
        {"doe_1": TENSOR_2, "roe_2": TENSOR_1, "3": TENSOR_3},
    ),
    "zips of course submit in Moodle": (
        {
            "Jo_1_assignsubmission_file/01_tensor_x_attempt_2027-02-02-10-00-00.zip": own_zip(
                TENSOR_2
            ),
            "Jo_1_assignsubmission_file/01_tensor_x_attempt_2027-02-01-10-00-00.zip": own_zip(
                TENSOR_1
            ),
            "Bo_2_assignsubmission_file_01_tensor_x_attempt_2027-02-02-10-00-00.zip": own_zip(
                TENSOR_3
            ),
        },
        {"Jo_1": TENSOR_2, "Bo_2": TENSOR_3},
    ),
    "zip_collect": (
        {
            "01_tensor_jane_doe_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "01_tensor_jane_doe_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_1,
            "01_tensor_john_doe_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
        },
        {"jane_doe": TENSOR_2, "john_doe": TENSOR_3},
    ),
    "zip_collect in folders": (
        {
            "01_tensor_ann_a_2027-01-30-15-30-10/01_tensor.ipynb": TENSOR_1,
            "01_tensor_ann_b_2027-01-30-15-30-11/01_tensor.ipynb": TENSOR_2,
            "01_tensor_bob/01_tensor.ipynb": TENSOR_3,
        },
        {"ann": TENSOR_2, "bob": TENSOR_3},
    ),
    "a folder around the files": (
        {"HW 1/doe_1_67890_01_tensor.ipynb": TENSOR_1, "HW 1/roe_2_67891_x.ipynb": TENSOR_2},
        {"doe_1": TENSOR_1, "roe_2": TENSOR_2},
    ),
    "Brightspace": (
        {
            "123456-7890 - Jane Doe - Jan 15, 2024 1022 AM/01_tensor.ipynb": TENSOR_1,
            "123456-7890 - Jane Doe - Jan 15, 2024 1022 PM/01_tensor.ipynb": TENSOR_2,
            "123456-7890 - Jane Doe - Jan 14, 2024 922 AM/01_tensor.ipynb": TENSOR_3,
            "123457-7890 - Bo O'Neil-Ray - 16 January, 2024 2322/01_tensor.ipynb": TENSOR_3,
            "index.html": b"<p>",
        },
        {"Jane Doe_123456": TENSOR_2, "Bo O'Neil-Ray_123457": TENSOR_3},
    ),
    "Brightspace in one folder": (
        {"Jan/12-7 - Jane Doe - Jan 15, 2024 1022 AM - 01_tensor.ipynb": TENSOR_1},
        {"Jane Doe_12": TENSOR_1},
    ),
    "Gradescope": (
        {
            "assignment_99_export/submission_111/01_tensor.ipynb": TENSOR_1,
            "assignment_99_export/submission_222/01_tensor.ipynb": TENSOR_2,
            "assignment_99_export/submission_333/01_tensor.ipynb": TENSOR_3,
            "assignment_99_export/submission_metadata.yml": b"""\
submission_111:
  :submitters:
  - :name: Jane Doe
    :sid: 0123
    :email: jane@x.edu
submission_222:
  :submitters:
  - :name: Ann
    :sid:
    :email: ann@x.edu
  - :name: Bob
    :sid: '7'
""",
        },
        {
            "Jane Doe_0123": TENSOR_1,
            "Ann_ann@x.edu and Bob_7": TENSOR_2,
            "submission_333": TENSOR_3,
        },
    ),
    "Gradescope without its list": (
        {
            "assignment_99_export/submission_111/01_tensor.ipynb": TENSOR_1,
            "assignment_99_export/submission_222/01_tensor.ipynb": TENSOR_2,
        },
        {"submission_111": TENSOR_1, "submission_222": TENSOR_2},
    ),
    "Sakai": (
        {
            "HW1/Doe, Jane(jdoe)/Submission attachment(s)/01_tensor.ipynb": TENSOR_1,
            "HW1/Doe, Jane(jdoe)/timestamp.txt": b"20240115102233123",
            "HW1/Doe, Jane(jdoe)/Feedback Attachment(s)/01_tensor.ipynb": TENSOR_3,
            "HW1/Smith, Bob(bsmith)/Submission attachment(s)/01_tensor.ipynb": TENSOR_2,
            "HW1/grades.csv": b"Display ID,ID",
        },
        {"jdoe": TENSOR_1, "bsmith": TENSOR_2},
    ),
    "ILIAS": (
        {
            "Abgaben/Doe_Jane_jdoe_12345/20240115102233_01_tensor.ipynb": TENSOR_1,
            "Abgaben/Doe_Jane_jdoe_12345/20240116102233_01_tensor.ipynb": TENSOR_2,
            "Abgaben/Smith_Bob_bob_s_12346/20240116102233_01_tensor.ipynb": TENSOR_3,
        },
        {"Doe_Jane_jdoe_12345": TENSOR_2, "Smith_Bob_bob_s_12346": TENSOR_3},
    ),
    "Teams": (
        {
            "Submitted files/Jane Doe/HW 1/Version 2/01_tensor.ipynb": TENSOR_1,
            "Submitted files/Jane Doe/HW 1/Version 10/01_tensor.ipynb": TENSOR_2,
            "Submitted files/Bob Ray/HW 1/Version 1/01_tensor.ipynb": TENSOR_3,
            "Working files/Jane Doe/HW 1/01_tensor.ipynb": TENSOR_3,
            "Working files/Cid Moe/HW 1/01_tensor.ipynb": TENSOR_3,
        },
        {"Jane Doe": TENSOR_2, "Bob Ray": TENSOR_3},
    ),
    "GitHub Classroom": (
        {
            "hw-1-submissions/hw-1-jane-doe/01_tensor.ipynb": TENSOR_1,
            "hw-1-submissions/hw-1-bobsmith/01_tensor.ipynb": TENSOR_2,
            "hw-1-submissions/hw-1-bobsmith/.git/config": b"[core]",
        },
        {"jane-doe": TENSOR_1, "bobsmith": TENSOR_2},
    ),
    "Blackboard with the title of its column": (
        {
            "Home work_1_jane_doe_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "Home work_1_jane_doe_attempt_2027-01-30-20-30-10.txt": b"Name: Jane Doe (jane_doe)\n",
            "Home work_1_jane_lee_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
            "Home work_1_jane_lee_attempt_2027-01-30-16-30-10.txt": b"Name: J. Lee (jane_lee)\n",
        },
        {"jane_doe": TENSOR_2, "jane_lee": TENSOR_3},
    ),
    "Blackboard without its notes": (
        {
            "Homework 1_ann_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "Homework 1_bob_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
        },
        {"ann": TENSOR_2, "bob": TENSOR_3},
    ),
    "Google's copies": (
        {
            "ann/Copy of 01_tensor.ipynb": TENSOR_1,
            "Bob Ray - Copy of 01_tensor.ipynb": TENSOR_2,
            "cid/Kopie von 01_tensor (2).ipynb": TENSOR_3,
        },
        {"ann": TENSOR_1, "Bob Ray": TENSOR_2, "cid": TENSOR_3},
    ),
    "saved under a browser's ending": (
        {
            "ann/01_tensor.ipynb.txt": TENSOR_1,
            "bob/01_tensor.json": TENSOR_2,
            "cid_01_tensor (1).json": TENSOR_3,
            "doe_1_90_01_tensor-1.ipynb.json": TENSOR_1,
        },
        {"ann": TENSOR_1, "bob": TENSOR_2, "cid": TENSOR_3, "doe_1": TENSOR_1},
    ),
}
CLASSES_IN_A_FOLDER = {
    "a folder each": {
        "week 3/ann/01_tensor.ipynb": TENSOR_1,
        "week 3/bo/01_tensor.ipynb": TENSOR_2,
    },
    "names in files": {
        "week 3/ann_01_tensor.ipynb": TENSOR_1,
        "week 3/bo_01_tensor.ipynb": TENSOR_2,
    },
    "two groups": {
        f"group {group}/{student}/01_tensor.ipynb": TENSOR_1 for group in "ab" for student in "cd"
    },
}


@pytest.mark.parametrize("files", CLASSES_IN_A_FOLDER.values(), ids=CLASSES_IN_A_FOLDER)
def test_a_class_in_a_folder_of_an_unknown_name_is_refused_whole(course, tmp_path, files):
    with pytest.raises(CourseError, match=r"would be one student.* 2 times.*Understood are"):
        collect(course, TENSOR, inbox_of(tmp_path, files), NOW)
    assert submitted_notebooks(course) == {}


def test_two_people_of_one_name_without_a_number_stay_apart(course, tmp_path):
    person = "  :submitters:\n  - :name: Wei Zhang\n    :sid:\n    :email: {}@x.edu\n"
    listed = "".join(f"submission_{n}:\n{person.format(f'w{n}')}" for n in (1, 2))
    inbox_files = {
        "a_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "a_export/submission_2/01_tensor.ipynb": TENSOR_2,
        "a_export/submission_metadata.yml": listed.encode(),
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {
        "Wei Zhang_w1@x.edu": TENSOR_1,
        "Wei Zhang_w2@x.edu": TENSOR_2,
    }


def test_a_students_own_folder_may_be_called_like_an_lmss(course, tmp_path):
    inbox_files = {"Ann_1_assignsubmission_file/Working files/01_tensor.ipynb": TENSOR_1}
    inbox_files |= {"Bo_2_assignsubmission_file/Feedback Attachment(s)/01_tensor.ipynb": TENSOR_2}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"Ann_1": TENSOR_1, "Bo_2": TENSOR_2}


def test_one_student_with_two_folders_does_not_stop_the_class(course, tmp_path):
    inbox_files = {"ann/v1/01_tensor.ipynb": TENSOR_1, "ann/v2/01_tensor.ipynb": TENSOR_2}
    inbox_files |= {"bob/01_tensor.ipynb": TENSOR_3}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_2, "bob": TENSOR_3}


def test_google_s_copy_of_a_notebook_names_nobody(course, tmp_path):
    inbox_files = {"Copy of 01_tensor.ipynb": TENSOR_1, "ann_01_tensor.ipynb": TENSOR_2}
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_2}
    assert "names no student" in collected.rejected[0].message


def test_a_list_that_a_student_hands_in_says_nothing_about_others(course, tmp_path):
    forged = b"submission_2:\n  :submitters:\n  - :name: Ann\n"
    inbox_files = {
        "x_export/submission_1/submission_metadata.yml": forged,
        "x_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "x_export/submission_2/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"submission_1": TENSOR_1, "submission_2": TENSOR_2}


def test_a_list_inside_a_hand_in_names_nobody_also_beside_a_folder_like_gradescopes(
    course, tmp_path
):
    people = {"submission_1": "Ann", "submission_2": "Mal"}
    row = "{}:\n  :submitters:\n  - :name: {}\n"
    official = "".join(row.format(folder, name) for folder, name in people.items())
    forged = official.replace("Mal", "?").replace("Ann", "Mal").replace("?", "Ann")
    export_files = {
        "x_export/submission_metadata.yml": official.encode(),
        "x_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "x_export/submission_2/01_tensor.ipynb": TENSOR_2,
        "x_export/submission_2/submission_9/notes.txt": b"x",
        "x_export/submission_2/submission_metadata.yml": forged.encode(),
    }
    collect(course, TENSOR, write(tmp_path / "export.zip", zipped(export_files)), NOW)
    assert submitted_notebooks(course) == {"Ann": TENSOR_1, "Mal": TENSOR_2}


@pytest.mark.parametrize("file", ["my 01_tensor.ipynb", "bob_01_tensor.ipynb"])
def test_a_file_name_of_the_students_own_changes_nobodys_name_on_canvas(course, tmp_path, file):
    inbox_files = {
        f"evefox_1005_2005_{file}": TENSOR_1,
        "annroe_1006_2006_01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"evefox_1005": TENSOR_1, "annroe_1006": TENSOR_2}


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_a_layout_as_a_folder_gives_each_student_the_latest_notebook(
    course, tmp_path, files, expected
):
    collected = collect(course, TENSOR, inbox_of(tmp_path, files), NOW)
    assert submitted_notebooks(course) == expected
    assert [s.student for s in collected.submissions] == sorted(expected)


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_a_layout_as_a_zip_gives_the_same(course, tmp_path, files, expected):
    collect(course, TENSOR, write(tmp_path / "download.zip", zipped(files)), NOW)
    assert submitted_notebooks(course) == expected


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_collecting_twice_changes_nothing(course, tmp_path, files, expected):
    inbox = inbox_of(tmp_path, {**files, "zed/01_tensor.ipynb": b"{", "loose.txt": b"?"})
    first = collect(course, TENSOR, inbox, NOW)
    before = tree(course.root)
    again = collect(course, TENSOR, inbox, NOW.replace(year=2028))
    assert tree(course.root) == before
    assert again == first


def test_the_zip_of_course_submit_is_collected_by_the_name_in_its_receipt(course, tmp_path):
    upload = write(tmp_path / "01_tensor-20270202T100000Z.zip", receipt_zip(TENSOR_1, LATE, "ann"))
    collected = collect(course, TENSOR, upload, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert collected.submissions[0].submitted_at == LATE


def test_the_zip_of_course_submit_itself_is_collected_by_its_name(course, tmp_path):
    upload = write(tmp_path / "01_tensor_ann_attempt_2027-02-02-10-00-00.zip", own_zip(TENSOR_1))
    collected = collect(course, TENSOR, upload, NOW)
    assert submitted_notebooks(course) == {"ann": TENSOR_1}
    assert collected.submissions[0].submitted_at == LATE


def test_the_secret_that_nbgraders_exchange_names_feedback_by_stays(course, tmp_path):
    inbox_files = {
        f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
        f"{EXCHANGE_1}/submission_secret.txt": b"3llLJAO6Gu81",
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert tree(course.submitted)["ann/01_tensor/submission_secret.txt"] == b"3llLJAO6Gu81"
    assert collected.rejected == ()


def test_a_receipt_does_not_overrule_the_name_that_the_lms_gave(course, tmp_path):
    inbox_files = {"mal_6_66_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_1, LATE, "ann")}
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course) == {"mal_6": TENSOR_1}


def test_a_file_named_like_somebody_elses_stays_with_the_folder_it_came_in(course, tmp_path):
    inbox_files = {
        "mal/01_tensor.ipynb": TENSOR_1,
        "mal/ann_1_2_01_tensor.ipynb": TENSOR_2,
        "ann/01_tensor.ipynb": TENSOR_3,
    }
    collect(course, TENSOR, inbox_of(tmp_path, inbox_files), NOW)
    assert submitted_notebooks(course)["ann"] == TENSOR_3


def test_nbgraders_own_zip_collect_example_gives_what_nbgrader_gets(course, tmp_path):
    inside = {
        "ps1_bitdiddle_attempt_2016-01-30-15-30-10_problem1.ipynb": problem(1, "bit"),
        "ps1_bitdiddle_attempt_2016-01-30-15-30-10_problem2.ipynb": problem(2, "bit"),
        "ps1_hacker_attempt_2016-01-30-16-30-10_problem2.ipynb": problem(2, "hack"),
        "ps1_hacker_attempt_2016-01-30-16-30-10_myproblem1.ipynb": problem(1, "mine"),
    }
    archive = tmp_path / "downloaded" / "ps1" / "archive"
    write(archive / "notebooks.zip", zipped(inside))
    write(archive / "jupyter.png", b"png")
    name = "ps1_hacker_attempt_2016-01-30-20-30-10_problem1.ipynb"
    write(archive / name, problem(1, "hack"))
    collect(course, PS1, archive, NOW)
    assert sorted(p.name for p in course.submitted.iterdir()) == ["bitdiddle", "hacker"]
    hacker = course.submitted / "hacker" / "ps1"
    assert (hacker / "problem1.ipynb").read_bytes() == problem(1, "hack")
    assert (hacker / "problem2.ipynb").read_bytes() == problem(2, "hack")


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda p: None])
def test_something_else_is_answered_with_the_layouts_that_are_understood(course, tmp_path, make):
    make(tmp_path / "what")
    with pytest.raises(CourseError, match=r"what .*Understood are: nbgrader's submitted/"):
        collect(course, TENSOR, tmp_path / "what", NOW)


def test_a_folder_in_which_nothing_names_a_student_is_something_else(course, tmp_path):
    inbox = inbox_of(tmp_path, {"01_tensor.ipynb": TENSOR_1, "readme.txt": b"?"})
    with pytest.raises(CourseError, match="no hand-in of '01_tensor'"):
        collect(course, TENSOR, inbox, NOW)
