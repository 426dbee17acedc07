"""`course update`: hundreds of pages of the book are one line, and a changed one is still named."""

from pathlib import Path
from types import SimpleNamespace

from coursekit.update import MISSING, NEW, REPLACED, FileUpdate, report


def lines(*updates):
    return list(report(SimpleNamespace(root=Path("nowhere")), list(updates)))


def test_pages_of_the_book_are_counted():
    updates = [FileUpdate(f"book/{n}.html", (s,)) for n, s in enumerate((NEW, MISSING, REPLACED))]
    assert lines(*updates) == ["book/", "    Brought up to date: 3 files."]


def test_a_page_that_the_student_changed_is_named_as_any_file():
    changed_page = FileUpdate("book/index.html", ("You had changed it, so it stays.",))
    other = FileUpdate("data/numbers.csv", (NEW,))
    report_lines = lines(FileUpdate("book/a.html", (NEW,)), changed_page, other)
    assert report_lines[:2] == ["book/", "    Brought up to date: 1 file."]
    assert report_lines[2:4] == ["book/index.html", "    You had changed it, so it stays."]
    assert report_lines[4:] == ["data/numbers.csv", f"    {NEW}"]
