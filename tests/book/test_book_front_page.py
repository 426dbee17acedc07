"""The front page: all of the syllabus, all of the contents, and no link to what is not there."""

import re

import pytest
import yaml
from book.contents import BOOK, entries, meetings, parts, steps
from book.front_page import front_page, head, link
from book.links import assignments_text, lab
from coursekit import syllabus

PAGE = front_page()
ROWS = syllabus.load().assignments
BRIDGE = PAGE[PAGE.index('aria-label="bridge"') : PAGE.index("From research to teaching")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_assignment_stands_there_with_minutes_points_and_needs(row):
    line = next(
        line
        for line in re.findall(r"<tr>.*?</tr>", PAGE[PAGE.index("The assignments") :])
        if f">{row.id}</code></a></td>" in line
    )
    assert f"<td>{row.minutes}</td><td>{row.points:g}</td>" in line
    assert all(f">{need}</code></a>" in line for need in row.prerequisites)


def test_the_contents_have_six_parts_and_twenty_chapters():
    assert len(parts()) == 6 and len(entries()) == 20
    assert not [e.id for e in entries().values() if e.is_written and e.objectives]
    assert all(len(entry.objectives) >= 3 for entry in entries().values() if not entry.is_written)


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.id)
def test_a_chapter_is_linked_when_it_is_written_and_planned_otherwise(entry):
    linked = f'<a href="chapters/{entry.id}/{entry.id}.html">' in PAGE
    assert linked == entry.is_written
    assert entry.question in PAGE


@pytest.mark.parametrize("meeting", meetings(), ids=lambda meeting: meeting.concept)
def test_every_row_of_the_bridge_resolves(meeting):
    row = next(row for row in re.findall(r"<tr>.*?</tr>", BRIDGE) if meeting.concept in row)
    assert meeting.systems in row
    assert all(name in entries() for name in meeting.chapters)
    for name in (*meeting.labs, *meeting.modules, *meeting.boards):
        assert link(lab(name), short=True) in row


def test_the_bridge_names_an_assignment_as_planned_only_while_the_syllabus_lacks_it():
    begun = {row.id.partition("_")[0] for row in ROWS}
    for meeting in meetings():
        for name in (*meeting.labs, *meeting.modules, *meeting.boards):
            assert lab(name).is_planned == (name not in begun)


def test_every_label_that_is_linked_stands_on_the_page_of_assignments():
    text = assignments_text()
    labels = set(re.findall(r'href="assignments\.html#([\w-]+)"', PAGE))
    anchors = {
        f"assignment-{name}".replace("_", "-")
        for name in re.findall(r"\(assignment-(\w+)\)=", text)
    }
    assert labels <= anchors and len(anchors) == len(ROWS)


def test_the_front_page_opens_a_notebook_and_names_its_row_while_it_is_not_released(tmp_path):
    assert '<a href="notebooks/01_tensor/01_tensor.ipynb" download>01_tensor</a>' in head()
    assert '<a href="../notebooks/01_tensor/01_tensor.ipynb" download>' in head(root="../")
    assert '<a href="assignments.html#assignment-01-tensor">01_tensor</a>' in head(release=tmp_path)


def test_every_step_of_the_loop_links_figures_and_a_lab():
    assert [step.name for step in steps()] == ["Measure", "Build", "Deploy"]
    assert all(not lab(name).is_planned for step in steps() for name in step.labs)


def test_a_reader_without_the_repository_can_cite_the_course():
    cited = yaml.safe_load((BOOK.parents[1] / "CITATION.cff").read_text(encoding="utf-8"))
    text = " ".join((BOOK / "index.md").read_text(encoding="utf-8").split())
    names = ", ".join(author["name"] for author in cited["authors"])
    assert f"{names}, *{cited['title']}*, version {cited['version']}." in text


@pytest.mark.parametrize(
    "words", ["a million learners by 2030", "teams of universities", "Connect with others"]
)
def test_the_front_page_says_whom_the_course_is_for(words):
    assert words in " ".join((BOOK / "index.md").read_text(encoding="utf-8").split())
