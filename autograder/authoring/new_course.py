"""`autograder init DIR`: a small course that passes its own commands."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.authoring.new_assignment import new_assignment
from autograder.files import write_file
from autograder.model import Course, CourseError
from autograder.settings.open_course import open_course

FIRST = "hw1"
CONFIG = '''\
"""nbgrader's settings for this course: this folder is the course root."""

from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "COURSE_ID"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
'''
SYLLABUS = """\
# The list of assignments. A time without a zone is one of c.Exchange.timezone (without it: UTC).
course = TITLE

[tracks]
HOMEWORK = "one notebook at a time"
"""
IGNORED = """\
.ipynb_checkpoints/
__pycache__/
/.autograder/
/submitted/
/autograded/
/feedback/
/reports/
/aside/
/store/
/dist/
/gradebook.db*
/.nbgrader.log
/roster.csv
/groups.csv
/extensions.csv
"""
README = """\
# TITLE

A course of nbgrader notebooks. `source/` holds the instructor's notebooks with solutions and hidden
tests, and `course/syllabus.toml` the list of assignments. `tests/proofs/` holds wrong and right
solutions: they show that the tests of an assignment are strong.

## Give an assignment out

```
autograder audit hw1        # do the tests tell right from wrong?
autograder release hw1      # release/hw1: what students get
```

## Take it back

```
autograder collect hw1 ~/Downloads/submissions.zip
autograder grade hw1
autograder feedback hw1
autograder export hw1 --output marks.csv
```

## Add an assignment

```
autograder new hw2 --title "Two more questions"
```

## Tell when it is due

Put `due` into the rows of `course/syllabus.toml`. Then:

```
autograder calendar --output course.ics
autograder syllabus --output site
```
"""


def new_course(folder: Path, title: str = "") -> Course:
    """Write a course with one assignment into `folder`, which is made where it is not there.

    title: what the course is called, '' for the folder's name. Raises CourseError where anything
    lies in the folder.
    """
    place = folder.resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise CourseError(f"{folder} is not empty. Name a new folder, so that nothing is lost.")
    name = title or place.name.replace("-", " ").replace("_", " ").strip().capitalize()
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    files = {
        "nbgrader_config.py": CONFIG.replace("COURSE_ID", _course_id(place.name)),
        "course/syllabus.toml": SYLLABUS.replace("TITLE", quoted),
        "README.md": README.replace("TITLE", " ".join(name.split())),
        ".gitignore": IGNORED,
    }
    for path, text in files.items():
        write_file(place / path, text.encode())
    (place / "source").mkdir()
    new_assignment(open_course(place), FIRST, "Averages that move")
    return open_course(place)


def _course_id(name: str) -> str:
    """The folder's name with the characters that nbgrader's exchange takes."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "course"
