"""publish with the textbook: its pages go along, its links lead to the student's own notebooks."""

import os
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import small_course
from click.testing import CliRunner
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from test_publish import FILES, HIDDEN, released

from autograder.commands.cli import main
from autograder.distributing import book
from autograder.distributing.publish import publish
from autograder.model import CourseError
from autograder.settings.open_course import open_course

LINK = '<a href="{}notebooks/functions/functions.ipynb" download>functions</a>'
NOTEBOOK_LINK = '<a href="../../notebooks/introduction/introduction.ipynb">notebook</a>'
PAGES = {
    "index.html": '<a href="chapters/introduction/introduction.html">Introduction</a>',
    "assignments.html": LINK.format(""),
    "chapters/introduction/introduction.html": LINK.format("../../") + NOTEBOOK_LINK,
    "notebooks/functions/functions.ipynb": "{}",
    "notebooks/introduction/introduction.ipynb": "{}",
    "_static/book.css": "body { color: black; }",
    ".buildinfo": "of the tool",
}


@pytest.fixture
def course(tmp_path):
    """A released course with coursekit, and a book that is built."""
    root = tmp_path / "course"
    for name, text in {**FILES, **{f"dist/book/html/{n}": t for n, t in PAGES.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    small_course.write_course(root)
    opened = open_course(root)
    released(opened)
    return opened


def run(course, out, *words):
    return CliRunner().invoke(main, ["publish", str(out), "--course", str(course.root), *words])


def test_the_book_is_in_the_folder_and_in_the_zip_and_not_in_the_wheel(course, tmp_path):
    folder, archive, wheel = publish(course, tmp_path / "a", (), book.built(course)).paths
    plain = publish(course, tmp_path / "b").paths
    pages = {path.relative_to(folder).as_posix() for path in (folder / "book").rglob("*.*")}
    expected = {"index.html", "assignments.html", "_static/book.css"}
    expected |= {
        "chapters/introduction/introduction.html",
        "notebooks/introduction/introduction.ipynb",
    }
    assert pages == {f"book/{name}" for name in expected}
    with zipfile.ZipFile(archive) as opened:
        assert {f"{folder.name}/{name}" for name in pages} <= set(opened.namelist())
    assert wheel.read_bytes() == plain[2].read_bytes()
    assert not (plain[0] / "book").exists()


def test_every_link_of_the_book_leads_to_a_file_of_the_folder(course, tmp_path):
    folder = publish(course, tmp_path / "out", (), book.built(course)).paths[0]
    links = [
        (page.parent / link).resolve()
        for page in (folder / "book").rglob("*.html")
        for link in re.findall(r'href="([^"]+)"', page.read_text())
    ]
    assert len(links) == 4 and all(link.is_file() for link in links)
    assert links.count((folder / "functions" / "functions.ipynb").resolve()) == 2


def test_the_map_and_the_readme_name_the_book_only_where_it_is_there(course, tmp_path):
    with_book = publish(course, tmp_path / "a", (), book.built(course)).paths[0]
    without = publish(course, tmp_path / "b").paths[0]
    for name in ("index.html", "README.md"):
        assert "book/index.html" in (with_book / name).read_text()
        assert "book/index.html" not in (without / name).read_text()


def test_the_same_book_gives_the_same_zip(course, tmp_path):
    archives = [publish(course, tmp_path / n, (), book.built(course)).paths[1] for n in "ab"]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_a_page_that_shows_a_hidden_test_is_not_published(course, tmp_path):
    page = course.root / "dist" / "book" / "html" / "assignments.html"
    page.write_text(f"<pre>{HIDDEN}</pre>")
    with pytest.raises(CourseError, match=r"book/assignments\.html"):
        publish(course, tmp_path / "out", (), book.built(course))
    assert not (tmp_path / "out").exists()


def test_a_page_that_colours_a_hidden_test_is_not_published(course, tmp_path):
    page = course.root / "dist" / "book" / "html" / "page.html"
    page.write_text(highlight(HIDDEN, PythonLexer(), HtmlFormatter()))
    assert HIDDEN not in page.read_text()
    with pytest.raises(CourseError, match=r"book/page\.html shows a line of the hidden test"):
        publish(course, tmp_path / "out", (), book.built(course))


def test_a_link_in_the_book_is_not_followed(course, tmp_path):
    (course.root / "dist" / "book" / "html" / "own.txt").symlink_to("/etc/hostname")
    with pytest.raises(CourseError, match=r"own\.txt is a link, and what it leads to would"):
        publish(course, tmp_path / "out", (), book.built(course))
    assert not (tmp_path / "out").exists()


def test_the_command_takes_a_built_book_by_itself_and_leaves_it_out_on_demand(course, tmp_path):
    assert run(course, tmp_path / "a").exit_code == 0
    assert (tmp_path / "a" / "small-student-1.2" / "book" / "index.html").is_file()
    assert run(course, tmp_path / "b", "--no-book").exit_code == 0
    assert not (tmp_path / "b" / "small-student-1.2" / "book").exists()


def test_a_notebook_that_is_no_longer_released_stays_behind_and_its_link_is_gone(course, tmp_path):
    closed = "withdrawn"
    rows = (*course.assignments, replace(course.assignments[0], id=closed))
    course = replace(course, assignments=rows)
    shutil.copytree(course.root / "source" / "functions", course.root / "source" / closed)
    html = course.root / "dist" / "book" / "html"
    (html / "notebooks" / closed).mkdir()
    (html / "notebooks" / closed / f"{closed}.ipynb").write_text("{}")
    page = html / "assignments.html"
    link = f'<a href="notebooks/{closed}/{closed}.ipynb" download><code>{closed}</code></a>'
    page.write_text(f"{page.read_text()}<p>{link}</p>")
    folder = publish(course, tmp_path / "out", (), book.built(course)).paths[0]
    assert not list(folder.rglob(f"{closed}.ipynb"))
    text = (folder / "book" / "assignments.html").read_text()
    assert f"<p><code>{closed}</code></p>" in text and "../functions/functions.ipynb" in text


def test_a_book_that_is_older_than_its_sources_is_told(course, tmp_path):
    index = course.root / "dist" / "book" / "html" / "index.html"
    notebook = course.root / "release" / "functions" / "functions.ipynb"
    os.utime(index)  # as a build does at its end
    assert "was built before" not in run(course, tmp_path / "a").stdout
    os.utime(index, ns=(0, notebook.stat().st_mtime_ns - 1))
    result = run(course, tmp_path / "b")
    assert result.exit_code == 0 and "For the present book: make book" in result.stdout
    assert "was built before" not in run(course, tmp_path / "c", "--no-book").stdout


def test_a_folder_without_pages_is_no_book(course, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run(course, tmp_path / "out", "--book", str(tmp_path / "empty"))
    assert result.exit_code == 1 and "holds no index.html, so it is no built book" in result.stderr


def test_a_course_whose_book_is_not_built_is_told_so(course, tmp_path):
    (course.root / "course" / "book").mkdir()
    Path(course.root / "dist" / "book" / "html" / "index.html").unlink()
    result = run(course, tmp_path / "out")
    assert result.exit_code == 0 and "First: make book" in result.stdout
    assert "make book" not in run(course, tmp_path / "out", "--no-book").stdout


def test_a_book_that_lacks_a_language_is_told(course, tmp_path):
    html = course.root / "dist" / "book" / "html"
    for code in ("ja", "ko"):
        (course.root / "course" / "book" / "locales" / code / "LC_MESSAGES").mkdir(parents=True)
    (html / "ja").mkdir()
    (html / "ja" / "index.html").write_text("<p>...</p>")
    assert "The book is not in it in ko." in " ".join(run(course, tmp_path / "a").stdout.split())
    assert "is not in it in" not in run(course, tmp_path / "b", "--no-book").stdout


def test_the_help_of_publish_says_where_it_writes_and_what_it_hands_out():
    help_text = CliRunner().invoke(main, ["publish", "--help"]).output
    assert "DIR is the folder that all of it is written to" in " ".join(help_text.split())
    assert "reference solution" in " ".join(help_text.split())
