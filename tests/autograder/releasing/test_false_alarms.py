"""What tells nothing is no secret: comments, stubs, docstrings, and what students see anyway."""

import pytest
from small_course import code, markdown, notebook, save, write_course

from autograder.releasing.leaks import leaks
from autograder.releasing.release import release
from autograder.releasing.secret_texts import secrets
from autograder.settings.given_texts import given_texts


def kinds(*cells, **options):
    return {secret.kind for secret in secrets([notebook(*cells)], **options)}


def answer(text):
    return code("q", text, solution=True)


SILENT = {
    "a comment": "# enter all of your code here",
    "a comment without a blank": "#ENTER_ALL OF YOUR_CODE HERE please",
    "a comment of another language": "// enter all of your code here",
    "a stub with a text": 'raise NotImplementedError("write the body of decay yourself")',
    "pass and dots": "def decay(rate):\n    pass\n\ndef growth(rate):\n    ...",
    "a docstring": '"""The decay of each isotope over several years."""\npass',
    "a long docstring": '"""The decay.\n\nOf each isotope over several years.\n"""',
    "imports": "import pandas\nfrom scipy.optimize import curve_fit",
}


@pytest.mark.parametrize("name", SILENT)
def test_what_tells_nothing_is_no_secret(name):
    assert kinds(answer(SILENT[name])) == set()


PUBLIC_EXAMPLES = {
    "other blanks": ("rates=decay( isotope,years )", "rates = decay(isotope, years)"),
    "a comment more": (
        "rates = decay(isotope, years)  # as shown",
        "rates = decay(isotope, years)",
    ),
    "part of a longer line": (
        "x = [decay(isotope, years) for years in a]",
        "decay(isotope, years)",
    ),
}


@pytest.mark.parametrize("name", PUBLIC_EXAMPLES)
def test_a_line_of_an_example_is_no_secret(name):
    example, line = PUBLIC_EXAMPLES[name]
    assert kinds(code("example", example), answer(line)) == set()


def test_an_answer_that_repeats_the_question_hides_only_the_answer():
    question = "**Why** is the *square* of a negative number positive?"
    answer_text = f"> {question.replace('*', '')}\n\nBecause both signs cancel each other."
    document = notebook(markdown("ask", question), markdown("q", answer_text, solution=True))
    lines = [s.excerpt for s in secrets([document]) if s.kind == "a line of the solution"]
    assert lines == ["Because both signs cancel each other."]


def test_a_comment_of_a_mark_scheme_is_its_prose():
    comment = "# one point: names the half-life of the isotope"
    text = f"### BEGIN MARK SCHEME\n{comment}\n### END MARK SCHEME"
    assert "a line of the mark scheme" in kinds(code("q", text))


def test_a_text_over_several_lines_is_code_unless_it_is_a_docstring():
    text = 'answer = """\nthe half-life of the isotope\n"""'
    assert "a line of the solution" in kinds(answer(text))


def test_short_lines_are_a_secret_only_in_a_run(tmp_path):
    short = ["alpha = 3", "beta = 4", "gamma = 5", "delta = 6", "zeta = 7"]
    source = notebook(answer("\n".join(["mean = 0", *short, "mean += 1"])))
    for number, line in enumerate(short):
        (tmp_path / f"{number}.txt").write_text(line)
    (tmp_path / "run.txt").write_text("\n".join(short))
    run_leaks = leaks([source], sorted(tmp_path.glob("*.txt")))
    assert {leak.file for leak in run_leaks} == {"run.txt"}
    assert run_leaks[0].secret.kind == "lines of the solution"


def test_a_public_line_ends_a_run():
    text = "alpha = 3\nbeta = 4\ngamma = 5\ndelta = 6"
    assert "lines of the solution" in kinds(answer(text))
    example_cells = [code("example", line) for line in ("alpha = 3", "gamma = 5", "delta = 6")]
    assert "lines of the solution" not in kinds(*example_cells, answer(text))


def test_the_courses_own_stubs_are_public(tmp_path):
    course = write_course(tmp_path, proofs="")
    stub = "answer = write_your(answer, here)"
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write(f"c.ClearSolutions.code_stub = {{'python': {stub!r}}}\n")
        config.write("c.ClearSolutions.text_stub = 'Please write your answer below.'\n")
    course_texts = given_texts(course)
    assert kinds(answer(stub), given_texts=course_texts) == set()
    assert (
        kinds(
            markdown("q", "Please write your answer below.", solution=True),
            given_texts=course_texts,
        )
        == set()
    )


LINE = "rates = decay(isotope, years)"
REGION = f"### BEGIN SOLUTION\n{LINE}\nworst = rates.min() + margin_of(isotope)\n### END SOLUTION"


def test_a_line_in_a_file_beside_the_notebook_is_no_secret_and_the_whole_is(tmp_path):
    source = notebook(answer(REGION))
    given_file, other_file = tmp_path / "given.csv", tmp_path / "other.txt"
    given_file.write_text(f"1,2\n{LINE}\n")
    other_file.write_text(LINE)
    assert leaks([source], [given_file, other_file])
    assert leaks([source], [given_file, other_file], given_files=[given_file]) == []
    given_file.write_text(REGION)
    assert leaks([source], [given_file], given_files=[given_file])


def test_a_packed_line_beside_the_notebook_is_still_a_leak(tmp_path):
    given_file = tmp_path / "given.bin"
    given_file.write_bytes(b"\x80\x04\x95\x00\x00" + LINE.encode())
    assert leaks([notebook(answer(REGION))], [given_file], given_files=[given_file])


def test_a_course_with_a_comment_for_a_solution_is_released(tmp_path):
    course = write_course(tmp_path, proofs="")
    comment = "# ... ENTER YOUR CODE HERE ..."
    document = notebook(
        code("c1", comment), code("s1", comment, solution=True, grade=True, points=5)
    )
    save(course.source / "functions" / "functions.ipynb", document)
    assert release(course, course.assignments[0], audited=False).changed
