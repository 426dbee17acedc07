"""The road of one submission of the demo, from the notebook that is released to the exported mark.

Each step names the command as it was run and a file that it left, so that a reader can open both.
"""

from __future__ import annotations

from autograder.collecting.rejected import rejected_files
from autograder.collecting.submitted import submissions
from autograder.demo.demo_class import CLASS
from autograder.model import Assignment, Course, Grade
from autograder.reporting.class_page import Step


def road(course: Course, assignment: Assignment, grades: list[Grade]) -> list[Step]:
    """The steps of the first graded submission of `grades`; links are relative to demo/."""
    name, notebook = assignment.id, f"{assignment.notebooks[0]}.ipynb"
    grade = next(grade for grade in grades if grade.status != "not graded")
    work = f"{grade.student}/{name}"
    accepted = len(list(submissions(course, assignment)))
    rejected = len(rejected_files(course, assignment))
    waiting = sum(mark.out_of for mark in grade.marks if mark.needs_review)
    return [
        Step(
            "Released",
            f"autograder release {name}",
            "Solutions, hidden tests and mark schemes are taken out of the instructor's notebook.",
            f"course/release/{name}/{notebook}",
        ),
        Step(
            "Handed in",
            "",
            f"{len(CLASS[name])} students hand in; the platform gives the instructor one zip.",
            f"inbox/{name}.zip",
        ),
        Step(
            "Collected",
            f"autograder collect {name} inbox/{name}.zip",
            f"Every byte goes into the store. {accepted} hand-ins are accepted, and {rejected} "
            "files are set aside with a sentence that says why.",
            f"course/submitted/{work}/{notebook}",
        ),
        Step(
            "Graded",
            f"autograder grade {name}",
            f"The notebook of {grade.student} runs from top to bottom behind walls "
            f"({grade.isolation}), {grade.seconds:.1f} s; the hidden tests run in a process of "
            "their own. Marks go into nbgrader's gradebook.",
            f"course/autograded/{work}/{notebook}",
        ),
        Step(
            "Marked by a person",
            "nbgrader's formgrader",
            f"A written answer still waits: {waiting:g} of {grade.max_score:g} points.",
        ),
        Step(
            "Fed back",
            f"autograder feedback {name}",
            "The student sees what each lost mark says, and nothing of the hidden tests.",
            f"course/feedback/{work}/{assignment.notebooks[0]}.html",
        ),
        Step(
            "Exported",
            f"autograder export {name} --to csv",
            "A row for each student, for a spreadsheet or the platform.",
            f"marks/{name}.csv",
        ),
    ]
