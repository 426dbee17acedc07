"""Feedback: what a student reads of a grade, and what must not be in it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hostile_notebook
import pytest
import small_course
from axe_playwright_python.sync_playwright import Axe
from chromium import PLACE, chromium, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from autograder.collecting.requests import Request
from autograder.model import Assignment, Course, CourseError, Grade, Mark
from autograder.notebook import cells
from autograder.reporting import feedback
from autograder.reporting.notebook_html import KEPT_BACK, secret_lines
from autograder.sanitizing import sanitize

TITLED = Assignment("functions", ("functions",), title="Two small functions")
MARKS = (
    Mark("functions", "double", 0, 2, message="negative numbers double too"),
    Mark("functions", "square", 3, 3),
    Mark("functions", "essay", 0, 1, needs_review=True),
)
NOON = datetime(2027, 2, 1, 12, 5, tzinfo=UTC)
GRADE = Grade("functions", "ada", "needs review", MARKS, NOON, 1.5)


TRANSPARENT = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # a GIF of one pixel
WHITE, INK = "rgb(255, 255, 255)", "rgb(27, 31, 36)"
BLACK, PALE = "rgb(17, 21, 26)", "rgb(230, 233, 237)"
NO_BACKGROUND = "rgba(0, 0, 0, 0)"


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def graded() -> dict[str, Any]:
    """The notebook in autograded/: the student's answers, hidden tests in place, outputs."""
    document = small_course.source_notebook()
    by_name = {cell["id"]: cell for cell in document["cells"]}
    by_name["double-solution"]["source"] = "def double(x):\n    return abs(2 * x)"
    by_name["square-solution"]["source"] = small_course.RIGHT_SQUARE
    by_name["essay-answer"]["source"] = "Because the **signs** cancel."
    by_name["square-solution"]["outputs"] = [stream("printed by the student\n")]
    traceback = ["AssertionError", "----> 3 " + small_course.TEST.split("\n")[2]]
    error = {
        "output_type": "error",
        "ename": "AssertionError",
        "evalue": "x",
        "traceback": traceback,
    }
    by_name["double"]["outputs"] = [stream("a secret of the test"), error]
    return document


def words(page: str) -> str:
    """What a reader sees of a page, and what its source holds besides."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def test_a_page_says_whose_it_is_when_it_came_and_what_it_scored() -> None:
    page = words(feedback.page(graded(), GRADE, TITLED))
    assert "Two small functions" in page
    assert "ada" in page
    assert "1 February 2027, 12:05 UTC" in page
    assert "3 of 6 (so far; a person still marks 1 point)" in page


def test_each_mark_says_its_points_its_message_and_the_comment_of_a_person() -> None:
    essay = replace(MARKS[2], points=0.5, needs_review=False, comment="Say why the signs cancel.")
    page = feedback.page(graded(), replace(GRADE, marks=(*MARKS[:2], essay)), TITLED)
    assert '<a href="#double">double</a></th><td class="number">0 of 2</td>' in page
    assert "negative numbers double too" in page
    assert "0.5 of 1" in page
    assert "Say why the signs cancel." in page
    assert "waiting for a person" not in page


def test_lost_points_are_never_called_full_marks() -> None:
    silent = (Mark("functions", "double", 1, 2), Mark("functions", "square", 3, 3))
    page = feedback.page(graded(), replace(GRADE, marks=silent), TITLED)
    assert page.count("full marks") == 1


def test_a_mark_that_a_person_must_give_says_so() -> None:
    assert "waiting for a person" in feedback.page(graded(), GRADE, TITLED)


def test_every_link_of_the_marks_leads_to_a_cell() -> None:
    page = feedback.page(graded(), GRADE, TITLED)
    links = re.findall(r'href="#([^"]*)"', page)
    assert links == ["double", "square", "essay"]
    assert set(links) <= set(re.findall(r'id="([^"]*)"', page))


def test_the_code_the_text_and_the_outputs_of_the_student_are_shown() -> None:
    page = feedback.page(graded(), GRADE, TITLED)
    assert "return abs(2 * x)" in words(page)
    assert "printed by the student" in page
    assert "<strong>signs</strong>" in page


@pytest.mark.parametrize("solved", [graded(), small_course.source_notebook()])
def test_no_line_of_a_hidden_test_or_mark_scheme_is_in_a_page(solved: dict[str, Any]) -> None:
    secret = secret_lines(small_course.source_notebook())
    page = words(feedback.page(solved, GRADE, TITLED))
    assert len(secret) == 3 + 4
    assert [line for line in secret if line in page] == []
    assert "a secret of the test" not in page


def test_an_everyday_line_that_a_hidden_test_has_too_is_shown() -> None:
    document = graded()
    square = next(cell for cell in document["cells"] if cell["id"] == "square")
    end = "### END HIDDEN"
    square["source"] = square["source"].replace(end, f"return False\nassert f(0) == 1\n{end}")
    document["cells"].append(
        small_course.code("own", "1") | {"outputs": [stream("and here it can return False\n")]}
    )
    document["cells"].append(
        small_course.code("peek", "1") | {"outputs": [stream("assert f(0) == 1\n")]}
    )
    page = words(feedback.page(document, GRADE, TITLED))
    assert "and here it can return False" in page
    assert page.count(KEPT_BACK) == 1


def test_a_formula_is_drawn_and_a_hidden_line_in_one_is_left_out() -> None:
    document = graded()
    by_name = {cell["id"]: cell for cell in document["cells"]}
    by_name["essay-answer"]["source"] = r"Because $\partial L$ is small."
    line = small_course.TEST.split("\n")[2]
    formula_output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/markdown": f"${line}$"},
    }
    by_name["square-solution"]["outputs"] = [formula_output]
    page = feedback.page(document, GRADE, TITLED)
    assert "<mo>∂</mo><mi>L</mi></mrow></math> is small." in page
    assert KEPT_BACK in page


def test_an_output_that_repeats_a_hidden_test_is_left_out() -> None:
    hidden = small_course.TEST.split("\n")[2]
    document = graded()
    picture = f'<img src="data:image/png;base64,AAAA" alt="{html.escape(hidden)}">'
    document["cells"][-1] = small_course.code("peek", "print(In[2])") | {
        "outputs": [
            stream(f"{hidden}\n"),
            stream(f"\x1b[31m{hidden[:20]}\x1b[0m{hidden[20:]}"),
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {"text/html": f"<b>{hidden}</b>"},
            },
            {"output_type": "display_data", "metadata": {}, "data": {"text/plain": repr(hidden)}},
            stream(repr([f"it's {hidden}"])),
            stream(hidden.replace(" ", "\n")),
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": picture}},
        ]
    }
    page = feedback.page(sanitize.make_inert(document), GRADE, TITLED)
    assert hidden not in words(page)
    assert page.count(KEPT_BACK) == 7


def test_a_message_that_repeats_a_hidden_test_is_left_out() -> None:
    hidden = small_course.TEST.split("\n")[2]
    marks = (replace(MARKS[0], message=f"SyntaxError: {hidden}"),)
    page = words(feedback.page(graded(), replace(GRADE, marks=marks, messages=(hidden,)), TITLED))
    assert hidden not in page


def test_a_page_has_no_script_and_may_load_nothing() -> None:
    page = feedback.page(graded(), replace(GRADE, messages=("<script>x</script>",)), TITLED)
    assert "<script" not in page
    assert "Content-Security-Policy" in page
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


def test_a_page_has_a_language_one_title_and_headed_tables() -> None:
    page = feedback.page(graded(), GRADE, TITLED)
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert page.count("<table") == page.count("<thead>")
    assert '<th scope="col">question</th>' in page


TEXT = st.text(max_size=30)


@settings(max_examples=60)
@given(TEXT, TEXT, TEXT, TEXT)
def test_names_and_sentences_of_any_kind_stay_text(a: str, b: str, c: str, d: str) -> None:
    marks = (Mark("functions", a + "<i>", 0, 1, message=b + "<i>", comment=c + "<i>"),)
    grade = replace(GRADE, student=d + "<i>", marks=marks, messages=(a + "<i>",))
    page = feedback.page(graded(), grade, replace(TITLED, title=b + '"><i>'))
    assert "<i>" not in page


def course_with(tmp_path: Path, document: dict[str, Any]) -> Course:
    course = small_course.write_course(tmp_path, proofs="")
    small_course.save(course.autograded / "ada" / "functions" / "functions.ipynb", document)
    return course


def test_pages_stand_where_nbgrader_keeps_feedback(tmp_path: Path) -> None:
    course = course_with(tmp_path, graded())
    paths = feedback.write(course, TITLED, [GRADE])
    assert paths == [tmp_path / "feedback" / "ada" / "functions" / "functions.html"]
    assert paths[0].read_text(encoding="utf-8") == feedback.page(
        graded(), GRADE, TITLED, "functions"
    )


def test_writing_again_gives_the_same_bytes_and_touches_nothing(tmp_path: Path) -> None:
    course = course_with(tmp_path, graded())
    path = feedback.write(course, TITLED, [GRADE])[0]
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    assert feedback.write(course, TITLED, [GRADE]) == [path]
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert [p.name for p in path.parent.iterdir()] == ["functions.html"]


def test_a_submission_that_could_not_be_run_still_gets_a_page(tmp_path: Path) -> None:
    course = small_course.write_course(tmp_path, proofs="")
    fault = "functions.ipynb is cut off or not JSON (line 3)."
    broken = Grade("functions", "bo", "not graded", (), messages=(fault,))
    path = feedback.write(course, TITLED, [broken])[0]
    assert path == course.feedback / "bo" / "functions" / "functions.html"
    page = path.read_text(encoding="utf-8")
    assert fault in page
    assert "Not graded" in page
    assert "Your notebook" not in page
    assert not (tmp_path / "gradebook.db").exists()


def test_a_page_of_an_earlier_fault_goes_when_the_work_is_graded(tmp_path: Path) -> None:
    course = course_with(tmp_path, graded())
    two = replace(TITLED, id="functions", notebooks=("functions", "more"))
    stale = course.feedback / "ada" / "functions" / "old.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    assert [p.name for p in feedback.write(course, two, [GRADE])] == ["functions.html"]
    assert not stale.exists()


def test_the_marks_of_another_notebook_are_not_on_the_page() -> None:
    marks = (*MARKS, Mark("more", "cube", 1, 1))
    two = replace(TITLED, notebooks=("functions", "more"))
    page = feedback.page(graded(), replace(GRADE, marks=marks), two, "functions")
    assert "cube" not in page
    assert "4 of 7" in words(page)


def test_a_notebook_saved_with_lists_of_lines_is_shown(tmp_path: Path) -> None:
    document = graded()
    lines = {**document["cells"][1], "source": ["def f():\n", "    return 1"]}
    lines["outputs"] = [{**stream(""), "text": ["one\n", "two\n"]}]
    document["cells"][1] = lines
    course = course_with(tmp_path, document)
    page = feedback.write(course, TITLED, [GRADE])[0].read_text(encoding="utf-8")
    assert "one\ntwo" in page


def test_the_notebook_given_is_left_as_it_was() -> None:
    document = graded()
    before = json.dumps(document)
    feedback.page(document, GRADE, TITLED)
    assert json.dumps(document) == before


def test_markers_in_a_students_own_cell_hide_nothing() -> None:
    document = graded()
    hidden = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
    answer = next(cell for cell in document["cells"] if cell["id"] == "double-solution")
    answer["source"] += f"\n{hidden.format('shown = 1  # by the student')}"
    document["cells"].append(small_course.code("own", hidden.format("assert negative numbers")))
    page = words(feedback.page(document, GRADE, TITLED))
    assert "shown = 1  # by the student" in page
    assert "assert negative numbers" in page


def test_a_cell_of_a_student_under_the_name_of_a_graded_one_has_no_mark() -> None:
    document = graded()
    document["cells"].insert(0, small_course.code("double", "mine = 1"))
    page = feedback.page(document, GRADE, TITLED)
    assert page.count('id="double"') == 1
    assert page.index("mine") < page.index('id="double"')


def test_short_and_open_lines_are_no_secret() -> None:
    test = "x = [1, 2, 3]\n### BEGIN HIDDEN TESTS\nx = [1, 2, 3]\nelse:\n### END HIDDEN TESTS"
    test_cell = small_course.code("q", test, grade=True, locked=True)
    lines = secret_lines(small_course.notebook(test_cell))
    assert lines == {f"### {cells.HIDDEN[0]}", f"### {cells.HIDDEN[1]}"}


@pytest.mark.browser
@pytest.mark.parametrize("policy", ["Content-Security-Policy", "no-policy"])
def test_a_page_of_a_hostile_notebook_does_nothing_in_a_browser(policy: str) -> None:
    """Inert by what it holds, and again by its policy where something slipped through."""
    hostile = sanitize.make_inert(hostile_notebook.notebook())
    marks = tuple(Mark("functions", "double", 0, 1, message=text) for text in hostile_notebook.HTML)
    grade = replace(GRADE, marks=marks, messages=(hostile_notebook.HTML[2],))
    page = feedback.page(hostile, grade, TITLED).replace("Content-Security-Policy", policy)
    with chromium() as browser, opened(browser, page) as (_page, visit):
        pass
    pictures = {PLACE.replace("page.html", name) for name in ("a.png", "y.png")}
    assert (visit.ran, visit.dialogs) == (0, [])
    assert set(visit.requested_urls) <= pictures
    assert visit.ended_at == PLACE


@pytest.mark.browser
def test_a_notebook_that_nobody_made_inert_runs_nothing_in_its_page() -> None:
    page = feedback.page(hostile_notebook.notebook(), GRADE, TITLED)
    with chromium() as browser, opened(browser, page) as (_page, visit):
        pass
    assert (visit.ran, visit.dialogs, visit.requested_urls) == (0, [], [])


@pytest.mark.browser
def test_a_browser_draws_a_formula_without_a_script() -> None:
    document = graded()
    (answer,) = [cell for cell in document["cells"] if cell["id"] == "essay-answer"]
    answer["source"] = r"$$\frac{a + b}{\sqrt{c}}$$"
    page = feedback.page(document, GRADE, TITLED)
    with chromium() as browser, opened(browser, page) as (open_page, visit):
        heights = open_page.evaluate(
            "['math', 'mfrac', 'mi'].map(tag => document.querySelector(tag)"
            ".getBoundingClientRect().height)"
        )
    assert heights[1] > 1.5 * heights[2] > 0
    assert (visit.ran, visit.requested_urls) == (0, [])


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(width: int) -> None:
    document = graded()
    document["cells"][1]["source"] = f"x = '{'wide ' * 100}'"
    grade = replace(GRADE, messages=("a" * 300,))
    page = feedback.page(document, grade, TITLED)
    with chromium() as browser, opened(browser, page, width) as (open_page, _visit):
        assert open_page.evaluate("document.documentElement.scrollWidth") == width


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    course = small_course.write_course(tmp_path, proofs="")
    course.feedback.write_text("a file is in the way")
    with pytest.raises(CourseError, match=r"cannot be written .* then run feedback again"):
        feedback.write(course, course.assignments[0], [GRADE])


def coloured() -> dict[str, Any]:
    """The graded notebook with all kinds of output, and words in colours of their own."""
    document = graded()
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td{}>1</td></tr></tbody></table>"
    displays = [
        {"image/gif": TRANSPARENT},
        {"text/html": table.format("")},
        {"text/html": table.format(' style="background-color: yellow"')},
    ]
    code = '@cache\ndef f(x):\n    # why\n    return len("a") + 3.5 if x is None else 2'
    outputs = [
        stream("said\n"),
        {**stream("a warning\n"), "name": "stderr"},
        *({"output_type": "display_data", "metadata": {}, "data": data} for data in displays),
        {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["E: x"]},
    ]
    words = (
        "Read [this](https://example.org) and `code`, "
        '<span style="color: navy">navy <b style="color: black">words</b></span>, '
        r"$\textcolor{navy}{x}$ and $y$."
    )
    document["cells"].append(small_course.code("all-kinds", code) | {"outputs": outputs})
    document["cells"].append(small_course.markdown("coloured", words))
    return document


def colours(open_page: Page, selector: str) -> tuple[str, str]:
    """Background and ink of the first element of that selector."""
    style = "element => (style => [style.backgroundColor, style.color])(getComputedStyle(element))"
    back, ink = open_page.locator(selector).first.evaluate(style)
    return back, ink


@pytest.mark.browser
def test_a_page_is_readable_in_the_dark_and_is_printed_light() -> None:
    request = Request(1, "functions", "ada", "functions", "double", "Why?", NOON)
    requests = {("functions", "double"): [request]}
    page = feedback.page(
        coloured(), replace(GRADE, messages=("odd",)), TITLED, cell_requests=requests
    )
    with chromium() as browser, opened(browser, page) as (open_page, visit):
        for scheme, back, ink in (("light", WHITE, INK), ("dark", BLACK, PALE)):
            open_page.emulate_media(color_scheme=scheme)
            violations = Axe().run(open_page).response["violations"]
            assert not [(f["id"], f["nodes"][0]["html"][:200]) for f in violations], scheme
            assert colours(open_page, "body") == (back, ink)
        assert colours(open_page, "img")[0] == WHITE, (
            "a transparent picture was drawn for white paper"
        )
        assert colours(open_page, ".output:has([style])") == (WHITE, INK)
        assert colours(open_page, ".text span") == (WHITE, "rgb(0, 0, 128)")
        assert colours(open_page, ".text span b")[0] == NO_BACKGROUND, "the paper lies below it"
        assert colours(open_page, "math:has([mathcolor])")[0] == WHITE
        assert colours(open_page, ".text")[0] == NO_BACKGROUND
        open_page.emulate_media(color_scheme="dark", media="print")
        assert colours(open_page, "body") == (WHITE, INK)
    assert (visit.ran, visit.requested_urls) == (0, [])
