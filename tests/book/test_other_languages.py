"""The site in other languages: the menu, the search, the checks; PDF and EPUB with their signs."""

import re
import zipfile
from html.parser import HTMLParser

import pytest
from book.contents import written_chapters
from book.languages import LANGUAGES, TRANSLATED, language
from book.search_terms import search_terms
from book.site import share_static
from built_book import build_book
from chromium import chromium
from pypdf import PdfReader

pytestmark = pytest.mark.slow  # a site in a second language takes a quarter of a minute
SLOW_MACHINE_MS = 180_000
CODES = [entry.code for entry in TRANSLATED]
CHAPTER = "chapters/benchmarking/benchmarking.html"
FOLDED = "chapters/introduction/introduction.html"  # has cells whose code is folded


@pytest.fixture(scope="session")
def chinese(site):
    """The site in English, and in Chinese beside it; files that both load are there once."""
    for code in ("zh_CN", "en"):  # English again: its pages lead to what is there by now
        build_book(site, "--only-site", "--language", code)
    share_static(site / "html")
    return site / "html"


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


def visit(browser, site, path):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    page.goto(f"{site.as_uri()}/{path}")
    page.wait_for_load_state("load")
    return page


class Menu(HTMLParser):
    """The addresses of a page's menu by language, and the page's own language."""

    def __init__(self, text):
        super().__init__()
        self.links, self.here = {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "html":
            self.here = values["lang"]
        if tag == "a" and "hreflang" in values:
            self.links[values["hreflang"]] = values["href"]


def pages(site, code):
    folder = site if code == "en" else site / code
    other_folders = {"_static", *CODES}
    return [
        p for p in folder.rglob("*.html") if not other_folders & set(p.relative_to(folder).parts)
    ]


def assert_menus_lead_to_the_same_page(site, codes):
    for code in codes:
        for path in pages(site, code):
            menu = Menu(path.read_text(encoding="utf-8"))
            built = [entry for entry in LANGUAGES if entry.code in codes]
            assert list(menu.links) == [entry.tag for entry in built], path
            for entry in built:
                target = (path.parent / menu.links[entry.tag]).resolve()
                folder = site if entry.code == "en" else site / entry.code
                here = path.relative_to(site if code == "en" else site / code)
                assert target == folder / here and target.exists()


def test_the_menu_of_a_page_leads_to_the_same_page_in_the_other_language(chinese):
    assert len(pages(chinese, "en")) == len(pages(chinese, "zh_CN")) > 15
    assert_menus_lead_to_the_same_page(chinese, ["en", "zh_CN"])


def test_the_menus_of_all_languages_lead_to_the_same_page(book):
    assert_menus_lead_to_the_same_page(book / "html", ["en", *CODES])


def test_a_page_says_its_language_and_its_own_words(chinese):
    text = (chinese / "zh_CN" / "index.html").read_text(encoding="utf-8")
    assert Menu(text).here == "zh-CN"
    assert "机器学习系统" in text and "如何开始" in text and "How to start" not in text
    chapter = (chinese / "zh_CN" / FOLDED).read_text(encoding="utf-8")
    assert ">显示代码<" in chapter and "Show code" not in chapter
    footer = chapter[chapter.index('<footer class="bd-footer-content">') :]
    assert "本课程的作者" in footer and "authors" not in footer.partition("</footer>")[0]


def test_what_two_languages_load_stands_there_once_and_is_found(chinese):
    folder = chinese / "zh_CN"
    own_files = [path for path in (folder / "_static").rglob("*") if path.is_file()]
    assert own_files and sum(path.stat().st_size for path in own_files) < 100_000
    for path in own_files:
        ours = chinese / path.relative_to(folder)
        assert not ours.is_file() or path.read_bytes() != ours.read_bytes()
    linked_files = [
        (path.parent / link).resolve()
        for path in pages(chinese, "zh_CN")
        for link in re.findall(r"""["']((?:\.\./)*_static/[^"'?#]+)""", path.read_text("utf-8"))
    ]
    assert len(linked_files) > 100 and not [path for path in linked_files if not path.is_file()]
    share_static(chinese)  # a second time changes nothing
    assert all(path.is_file() for path in own_files)
    assert all(any(path.iterdir()) for path in (folder / "_static").rglob("*/"))


@pytest.mark.browser
def test_formulas_are_drawn_with_the_files_of_the_english_pages(browser, chinese):
    page = visit(browser, chinese, f"zh_CN/{CHAPTER}")
    page.wait_for_selector("mjx-container")
    assert page.evaluate("getComputedStyle(document.querySelector('.check')).borderStyle") != "none"


@pytest.mark.browser
@pytest.mark.parametrize("words", ["纽扣电池", "电池", "系统只是", "latency"])
def test_search_finds_chinese_words_as_the_index_cuts_them(browser, chinese, words):
    page = visit(browser, chinese, f"zh_CN/search.html?q={words}")
    assert page.evaluate("words => splitQuery(words)", words) == search_terms(words)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "title"), [("纽扣电池", "机器学习系统"), ("英文为准", "语言"), ("coordinated", "")]
)
def test_search_finds_a_page_by_a_word_within_a_sentence(browser, chinese, words, title):
    page = visit(browser, chinese, f"zh_CN/search.html?q={words}")
    page.wait_for_selector("#search-results li a")
    assert title in page.locator("#search-results").inner_text()


@pytest.mark.browser
def test_search_finds_nothing_where_only_the_signs_are_there(browser, chinese):
    page = visit(browser, chinese, "zh_CN/search.html?q=池电扣纽")
    page.wait_for_function("document.querySelector('#search-results p.search-summary')")
    page.wait_for_timeout(1500)
    assert page.locator("#search-results li a").count() == 0


@pytest.mark.browser
def test_a_check_speaks_chinese(browser, chinese):
    page = visit(browser, chinese, f"zh_CN/{CHAPTER}")
    block = page.locator(".check", has=page.locator("input[type=text]")).first
    block.locator("input").fill("many")
    block.locator("button[type=submit]").press("Enter")
    feedback = block.locator(".check-said").inner_text()
    assert feedback.startswith("还不对。") and "“many”" in feedback
    assert block.locator("button[type=submit]").inner_text() == "检查"


@pytest.mark.browser
def test_the_menu_opens_by_keyboard(browser, chinese):
    page = visit(browser, chinese, f"zh_CN/{CHAPTER}")
    page.locator(".languages summary").press("Enter")
    page.get_by_role("link", name="English").press("Enter")
    page.wait_for_url(f"**/html/{CHAPTER}")
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.browser
@pytest.mark.parametrize(("code", "words"), [("ja", "コイン電池"), ("ko", "동전 전지")])
def test_search_finds_japanese_and_korean_words(browser, book, code, words):
    page = visit(browser, book / "html", f"{code}/search.html?q={words}")
    page.wait_for_selector("#search-results li a")
    assert "index.html" in page.locator("#search-results li a").first.get_attribute("href")


SAMPLES = {"zh_CN": "机器学习系统", "ja": "機械学習システム", "ko": "머신러닝 시스템"}


@pytest.mark.parametrize("code", SAMPLES)
def test_a_pdf_holds_its_signs_and_their_font(book, code):
    for path in (book / f"book-{code}.pdf", *(book / "html" / code / "downloads").glob("*.pdf")):
        with PdfReader(path) as reader:
            assert len(reader.pages) >= 15
            embedded = [font for page in reader.pages for font in fonts(page)]
        assert any("NotoSansCJK" in name and is_embedded for name, is_embedded in embedded), path
        assert all(is_embedded for _, is_embedded in embedded), path
    with PdfReader(book / f"book-{code}.pdf") as reader:
        text = "".join(page.extract_text() for page in reader.pages[:3])
    assert SAMPLES[code] in text


def fonts(page):
    """The fonts of a page, and whether each is embedded."""
    for font in page["/Resources"].get("/Font", {}).values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        yield str(inner["/BaseFont"]), bool({"/FontFile2", "/FontFile3"} & set(descriptor))


@pytest.mark.parametrize("code", SAMPLES)
def test_an_epub_says_its_language(book, code):
    with zipfile.ZipFile(book / f"book-{code}.epub") as archive:
        package = archive.read("EPUB/content.opf").decode()
        first = archive.read("EPUB/text/ch001.xhtml").decode()
    tag = language(code).tag
    assert f"<dc:language>{tag}</dc:language>" in package and SAMPLES[code] in package
    assert f'xml:lang="{tag}"' in first
    assert not re.search(r"\{\w+\}`", first)


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_notebooks_and_questions(book, code):
    for entry in written_chapters():
        folder = book / "html" / code / "notebooks" / entry.id
        assert (folder / f"{entry.id}.ipynb").exists() and list(folder.glob("*.svg"))
        assert "::" in (book / "moodle" / code / f"{entry.id}.gift.txt").read_text("utf-8")
