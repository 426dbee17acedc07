"""A term from the roster to the marks in Canvas's table, for a class of forty.

Every number at its end was computed by hand. The policy: a quarter of an hour is forgiven, a
started day costs 10 % of the assignment's maximum, lateness at most half of it.

`first` (5 points: double 2, square 3, due on 1 February at noon). Before the tests are mended, a
`double` that takes the absolute value earns 0 and a `square` that is wrong for fractions 3;
afterwards 2 and 0.

| students | what they handed in, and when | before | after | off |
|---|---|--:|--:|--:|
| 1-20 | right, in time | 5 | 5 | 0 |
| 21-25 | `double` takes the absolute value | 3 | 5 | 0 |
| 26-30 | `square` is wrong for fractions | 5 | 2 | 0 |
| 31 | right, 10 minutes late: forgiven | 5 | 5 | 0 |
| 32 | right, 20 minutes late: one day | 5 | 5 | 0.5 |
| 33 | right, 24 hours and 16 minutes late: two days | 5 | 5 | 1 |
| 34 | right, a week late: the cap | 5 | 5 | 2.5 |
| 35 | right, 24 hours late, extension of 24 hours | 5 | 5 | 0 |
| 36 | right, 48 hours and 20 minutes late, extension of 24 hours: two days | 5 | 5 | 1 |
| 37 | right, 6 hours and 10 minutes late, section B has 6 hours more | 5 | 5 | 0 |
| 38 | right, 6 hours and 20 minutes late, section B has 6 hours more: one day | 5 | 5 | 0.5 |
| 39 | nothing | | | |
| 40 | both wrong, a day late: no more is taken off than there is | 0 | 0 | 0 |

`second` (6 points: double 2, an essay of 4, due on 8 February). All doubles are right. The essay
earns 3 for a rubric's first item and, with an odd number, 1 for the second; then the first item is
made worth 2.5. Student 7 is a day late with an extension, student 8 half an hour late without one
(10 % of 6). Two people mark five essays; of the first, whose marks differ, the second one's 1
counts.

`group` (8 points: square 3, an essay of 5, due on 15 February). 1, 2 and 3 hand in one notebook, 20
minutes late (10 % of 8), and a person gives one of them 4 for its essay. 4 hands in a wrong square,
5 later a right one for both. Everybody else works alone; all other essays earn 5.
"""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from postgresql_server import new_database
from review_course import add_item, give
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, code, markdown, notebook, save

from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.gradebook.connection import transaction
from autograder.review import rubric_changes
from autograder.review.begin import begin
from autograder.review.second_marker import comparisons, take_mark
from autograder.review.worklist import Session, worklist_of
from autograder.settings.open_course import open_course

# forty people and three assignments take most of a minute
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("postgresql")]

ABSOLUTE = "def double(x):\n    return abs(2 * x)"
INTEGER_SQUARE = "def square(x):\n    return x * int(x)"
WRONG = "def square(x):\n    return 0"
DOUBLE_TEST = 'assert double(2) == 4, "twice two is four"'
SQUARE_TEST = 'assert square(3) == 9, "three squared is nine"'
STRICT_DOUBLE = f"""{DOUBLE_TEST}
### BEGIN HIDDEN TESTS
assert double(-1) == -2, "negative numbers double too"
### END HIDDEN TESTS"""
STRICT_SQUARE = f"""{SQUARE_TEST}
### BEGIN HIDDEN TESTS
assert square(0.5) == 0.25, "fractions have squares too"
### END HIDDEN TESTS"""
DUE = {
    "first": datetime(2027, 2, 1, 12, tzinfo=UTC),
    "second": datetime(2027, 2, 8, 12, tzinfo=UTC),
    "group": datetime(2027, 2, 15, 12, tzinfo=UTC),
}
SYLLABUS = """
course = "A term"

[late]
grace_minutes = 15
percent_per_day = 10
cap_percent = 50
"""
EXTENSIONS = (
    ("first", "--student", 35, "2027-02-02 12:00"),
    ("first", "--student", 36, "2027-02-02 12:00"),
    ("first", "--section", "B", "2027-02-01 18:00"),
    ("second", "--student", 7, "2027-02-09 12:00"),
)
LATE_MINUTES = {
    "first": {31: 10, 32: 20, 33: 1456, 34: 10080, 35: 1440, 36: 2900, 37: 370, 38: 380, 40: 1440},
    "second": {7: 1440, 8: 30},
    "group": {2: 20},
}
HEAD = ("Student", "ID", "SIS Login ID", "Section", "first (11)", "second (12)", "group (13)")


def student(number):
    """The id that `collect` and the import of Canvas make of a person."""
    return f"last{number:02}first{number:02}_{1000 + number}"


def graded_cell(name, text, points):
    return code(name, text, grade=True, locked=True, points=points)


def solution(name, text):
    begin_solution, end_solution = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
    head, body = text.split("\n")
    return code(name, "\n".join((head, begin_solution, body, end_solution)), solution=True)


def essay(points):
    return markdown("essay", "Why? Two sentences.", grade=True, solution=True, points=points)


def source(name, mended=False):
    double = DOUBLE_TEST if mended else STRICT_DOUBLE
    square = STRICT_SQUARE if mended else SQUARE_TEST
    double_cells = solution("double-answer", RIGHT_DOUBLE), graded_cell("double", double, 2)
    square_cells = solution("square-answer", RIGHT_SQUARE), graded_cell("square", square, 3)
    if name == "first":
        return notebook(*double_cells, *square_cells)
    if name == "second":
        return notebook(*double_cells, essay(4))
    return notebook(*square_cells, essay(5))


def write_term(root, db_url):
    for name in DUE:
        save(root / "source" / name / f"{name}.ipynb", source(name))
    config = f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
    config += "c.CourseDirectory.course_id = 'term'\n"
    config += f"c.CourseDirectory.db_url = {db_url!r}\n" if db_url else ""
    (root / "nbgrader_config.py").write_text(config)
    (root / "course").mkdir()
    rows = (
        f'[[assignment]]\nid = "{n}"\ndue = {due:%Y-%m-%dT%H:%M:%SZ}\n' for n, due in DUE.items()
    )
    (root / "course" / "syllabus.toml").write_text(SYLLABUS + "".join(rows))
    lines = [
        *(("group", "G1", student(n)) for n in (1, 2, 3)),
        *(("group", "G2", student(n)) for n in (4, 5)),
    ]
    groups = "".join(f"{','.join(line)}\n" for line in lines)
    (root / "groups.csv").write_text(f"assignment,group,student\n{groups}")
    (root / "canvas.csv").write_bytes(canvas_table({}))
    return open_course(root)


def canvas_table(marks):
    """Canvas's export; marks: (number, assignment) -> what its cell says."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEAD)
    writer.writerow(("    Points Possible", "", "", "", 5, 6, 8))
    for n in range(1, 41):
        cells = [marks.get((n, name), "") for name in DUE]
        section = "B" if n in (37, 38) else "A"
        writer.writerow((f"Last{n:02}, First{n:02}", 1000 + n, f"s{n:02}", section, *cells))
    return file.getvalue().encode()


def hand_in(course, number, name, answers):
    document = source(name)
    for cell in document["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"].partition("\n### BEGIN HIDDEN")[0])
    folder = course.submitted / student(number) / name
    save(folder / f"{name}.ipynb", document)
    time = DUE[name] + timedelta(minutes=LATE_MINUTES[name].get(number, -60))
    (folder / "timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC")


def hand_in_all(course):
    for n in range(1, 41):
        double = ABSOLUTE if 21 <= n <= 25 else RIGHT_DOUBLE
        square = INTEGER_SQUARE if 26 <= n <= 30 else RIGHT_SQUARE
        if n == 40:
            double, square = "def double(x):\n    return 0", WRONG
        right = {"double-answer": RIGHT_DOUBLE, "square-answer": RIGHT_SQUARE}
        words = {"essay": f"Because of the reason number {n}."}
        if n != 39:
            hand_in(course, n, "first", {"double-answer": double, "square-answer": square})
            hand_in(course, n, "second", {**right, **words})
        if n not in (1, 3, 4, 39):
            hand_in(course, n, "group", {**right, **words})
    LATE_MINUTES["group"][4] = -120
    hand_in(course, 4, "group", {"square-answer": WRONG, "essay": "An earlier one."})


def run(course, *words):
    result = CliRunner().invoke(main, [*map(str, words), "--course", str(course.root)])
    assert result.exit_code in (0, 1), result.output
    assert not result.exception or isinstance(result.exception, SystemExit), result.output
    return result


def marker(course, name, assignment, sample=""):
    session = Session(course, course.assignment(assignment), name)
    list(begin(session, sample))
    return session


def essays(at):
    with transaction(at.course, writing=False) as connection:
        return worklist_of(at, connection, at.assignment.id, "essay")


def number_of(answer):
    return int(answer.student.rpartition("_")[2]) - 1000


def mark_second(course):
    """Two people mark; the first item then changes. Returns the student whose marks differed."""
    question = ("second", "essay")
    anna = marker(course, "anna", "second", sample="5")
    ben = marker(course, "ben", "second")
    reason = add_item(anna, 3, "names a reason", question)
    example = add_item(anna, 1, "gives an example", question)
    sampled = [answer.student for answer in essays(anna).answers if answer.is_sampled]
    assert len(sampled) == 5
    for answer in essays(anna).answers:
        items = (reason, example) if number_of(answer) % 2 else (reason,)
        give(anna, answer.student, items, question=question)
        if answer.student in sampled:
            first = answer.student == sampled[0]
            give(ben, answer.student, (example,) if first else items, question=question)
    with transaction(course, writing=True) as connection:
        (compared,) = comparisons(worklist_of(ben, connection, *question))
        (differing,) = compared.unresolved
        assert differing.student == sampled[0]
        take_mark(ben, connection, *question, differing.number, "ben", differing.fingerprint)
        key = essays(anna).question.key
        rubric_changes.change(anna, connection, key, reason, 2.5, "names a reason")
    return number_of(differing)


def mark_group(course):
    anna = marker(course, "anna", "group")
    for answer in essays(anna).answers:
        if number_of(answer) not in (1, 2, 3):
            give(anna, answer.student, (), 5, question=("group", "essay"))
    with open_gradebook.gradebook(course) as book:  # as Formgrader does
        grade = book.find_grade("essay", "group", "group", student(3))
        grade.manual_score, grade.needs_manual_grade = 4, False
        book.db.commit()


def expected(differing):
    """What Canvas's table says at the end, from the tables above."""
    first = dict.fromkeys(range(1, 39), "5")
    first |= dict.fromkeys(range(26, 31), "2")
    first |= {32: "4.5", 33: "4", 34: "2.5", 36: "4", 38: "4.5", 40: "0"}
    second = {n: "5.5" if n % 2 else "4.5" for n in range(1, 41) if n != 39}
    second |= {8: "3.9", differing: "3"}
    group = {n: "8" for n in range(1, 41) if n != 39}
    group |= {1: "6.2", 2: "6.2", 3: "6.2"}
    by_name = {"first": first, "second": second, "group": group}
    return {(n, name): mark for name, marks in by_name.items() for n, mark in marks.items()}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def db_url(request):
    if request.param == "SQLite":
        return ""
    server, admin = map(request.getfixturevalue, ("server", "admin"))
    return new_database(server, admin)


@pytest.fixture
def term(tmp_path, db_url):
    course = write_term(tmp_path / "course", db_url)
    run(course, "roster", "import", course.root / "canvas.csv")
    for name, kind, whom, until in EXTENSIONS:
        person = student(whom) if isinstance(whom, int) else whom
        assert run(course, "extend", name, kind, person, "--until", until).exit_code == 0
    hand_in_all(course)
    for name in DUE:
        run(course, "grade", name)
    return course


def scores(course, name):
    text = run(course, "export", name).stdout
    return {row["student"]: row["score"] for row in csv.DictReader(io.StringIO(text))}


def test_a_term_ends_with_the_marks_that_were_computed_by_hand(term):
    before = scores(term, "first")
    assert [before[student(n)] for n in (1, 21, 26, 31, 32, 33, 34)] == [
        *("5", "3", "5", "5", "4.5", "4", "2.5")
    ]
    assert [before[student(n)] for n in (35, 36, 37, 38, 39, 40)] == ["5", "4", "5", "4.5", "", "0"]

    save(term.source / "first" / "first.ipynb", source("first", mended=True))
    output = run(term, "regrade", "first").stdout
    falling = output.split("the mark would fall of: ")[1].split("\n")[0]
    assert falling == ", ".join(student(n) for n in range(26, 31))
    assert "fractions have squares too" in output and "negative numbers double too" in output
    assert scores(term, "first") == before
    run(term, "regrade", "first", "--confirm")

    differing = mark_second(term)
    mark_group(term)
    table = term.root / "canvas.csv"
    for name in DUE:
        filled = term.root / f"filled-{name}.csv"
        run(term, "fill", name, table, "--output", filled)
        table = filled
    assert table.read_bytes() == canvas_table(expected(differing))

    for name in DUE:
        run(term, "feedback", name)
    pages = {n: {name: page(term, n, name) for name in DUE} for n in (2, 3, 26, 36, 38)}
    assert "fractions have squares too" in pages[26]["first"]
    assert "Late penalty" not in pages[26]["first"]
    assert "-1" in penalty_line(pages[36]["first"])
    assert "-0.5" in penalty_line(pages[38]["first"])
    assert all("-0.8" in penalty_line(pages[n]["group"]) for n in (2, 3))
    assert not page(term, 39, "first")


def page(course, number, name):
    path = course.feedback / student(number) / name / f"{name}.html"
    return path.read_text() if path.is_file() else ""


def penalty_line(text):
    return text.split("<dt>Late penalty</dt>")[1].split("</dd>")[0]
