"""What a chapter has to hold: shown on small texts that do not, and held by all written ones."""

import re
from dataclasses import replace

import numpy as np
import pytest
from book import lint
from book.chapter import open_chapter, run
from book.charts import svg
from book.contents import BOOK, written_chapters
from book.errors import BookError
from book.notebooks import notebook
from book.numbers import filled, number
from book.paper import chapter_markdown
from book.plain import markdown
from book.references import DOI, annotated, works
from book.translatable import texts

CHAPTERS = [entry.id for entry in written_chapters()]
each_chapter = pytest.mark.parametrize("name", CHAPTERS)


def chapter(text):
    return run("small", f"# Small\n\n{text}", BOOK)


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2009 the roofline appeared.",
        "ResNet-50 in int8 on an H100, at p99, with v3.1 and a 16-bit type.",
        "See Section 3.2, Figure 4 and Chapter 12.",
        "It takes {num}`x | .1f` ms, or `sleep(3)`, or $n = 4$.",
        "The rules ask for 262,742 inferences {cite}`mlperf_rules`.",
        "Three of four are right.",
        "[A page](other-page-2.md) is linked.",
        "A Raspberry Pi 5, a Raspberry\nPi 4 and an RTX 3090 read Llama-3 8B on an iPhone 15 Pro.",
        "A Cortex-M4 and an nRF52840 run TPU v5e.",
    ],
)
def test_numbers_that_have_a_source_or_are_names_are_allowed(sentence):
    assert lint.hand_typed(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("It takes 12.5 ms.", ["12.5"]),
        ("About 54,851 images and 3 devices.", ["54,851", "3"]),
        ("It is 40 % faster.", ["40"]),
        ("A year such as 3009 is none.", ["3009"]),
        ("A Raspberry Pi 55 takes 5 s.", ["55", "5"]),
        ("It took 3 RTX 3090 and 1.0 224.", ["3", "1.0", "224"]),
    ],
)
def test_numbers_typed_by_hand_are_found(sentence, numbers):
    assert lint.hand_typed(sentence) == numbers


def test_a_citation_covers_its_own_sentence_only():
    faults = list(
        lint.typed_numbers(chapter("They ask for 99 {cite}`mlperf_rules`. It takes 7 ms."))
    )
    assert len(faults) == 1 and "7 in 'It takes 7 ms." in faults[0]


def test_a_short_chapter_is_told_every_count():
    faults = list(lint.length(chapter("Few words.")))
    assert [re.search(r"has \d+ (\w+)", fault)[1] for fault in faults] == [
        "words",
        "checks",
        "figures",
        "references",
    ]


def test_a_section_that_opens_without_a_question_is_named():
    text = "\n\n".join(f"## {title}\n\nText." for title in lint.SECTIONS[:3])
    text += "\n\n## Clocks\n\nA statement.\n\nIs this too late?\n\n## Means\n\nIs it one?"
    faults = list(lint.sections(chapter(text)))
    assert sum("needs the section" in fault for fault in faults) == len(lint.SECTIONS) - 3
    assert [fault for fault in faults if "question it answers" in fault] == [
        "small: the section 'Clocks' does not open with the question it answers."
    ]


def test_a_figure_without_words_and_a_picture_from_elsewhere_are_named():
    report = " ".join(lint.alt_texts(chapter("```{chart} bars\n:alt: Bars.\n```")))
    assert "needs an alt text" in report and "needs a caption" in report
    with pytest.raises(BookError, match=r"from line 5 on: the picture 'foo\.png' is not made by"):
        chapter("Words.\n\n![a picture](foo.png)")


def test_an_alt_text_may_have_several_lines_and_one_that_is_cut_is_named():
    lines = [":alt: Three bars with the bytes of weights, gradients and state, of which the state"]
    uncut = [*lines, "  is by far the highest of all.", "A caption."]
    cut = [*lines, "is by far the highest of all.", "A caption."]
    assert list(lint.alt_texts(chapter("```{chart} bars\n" + "\n".join(uncut) + "\n```"))) == []
    faults = list(lint.alt_texts(chapter("```{chart} bars\n" + "\n".join(cut) + "\n```")))
    assert len(faults) == 1 and "ends within a sentence" in faults[0]


def test_a_line_of_code_that_is_too_long_for_paper_is_named():
    cell = "```{code-cell}\nx = 1  # " + "long " * 20 + "\nprint('=' * 90)\n```"
    assert len(list(lint.code_lines(chapter(cell)))) == 2


def test_an_assignment_that_nobody_plans_is_named():
    text = "See {lab}`x01`, {lab}`01_tensor`, {lab}`d17`, {lab}`x99_none`"
    faults = list(lint.labs(chapter(f"{text} and {{lab}}`x01_deploymnt_limits`.")))
    end = "which is neither in the syllabus nor planned."
    assert faults == [
        f"small names 'x01_deploymnt_limits', {end}",
        f"small names 'x99_none', {end}",
    ]


def test_a_fault_in_a_block_or_a_check_tells_its_line():
    with pytest.raises(BookError, match=r"from line 3 on: there is no block '\{bars\}'"):
        markdown(chapter("```{bars}\n```"), {})
    with pytest.raises(BookError, match=r"from line 1 on: 'speed' has no value"):
        markdown(chapter("It is {num}`speed`."), {})
    check = (
        "```{check} speed\nkind: number\nask: How fast?\nanswer: fast\nwhy: So.\nwithin: 1 %\n```"
    )
    with pytest.raises(BookError, match=r"small.md, line 3, check 'speed': 'fast' has no value"):
        chapter(check).first_checks()


def test_paragraphs_that_say_the_same_are_found():
    words = "a clock measures the time that passes and it cannot know whose time it is that passes"
    again = words.replace("clock", "timer")
    other = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    assert list(lint.repetition([("here", words), ("there", again), ("else", other)]))
    assert not list(lint.repetition([("here", words), ("else", other)]))


@each_chapter
def test_a_written_chapter_holds_every_rule(name):
    faults = lint.faults(open_chapter(name))
    assert not faults, "\n".join(["", *faults])


def test_no_two_pages_of_the_book_have_the_same_paragraph():
    pages = {page.stem: page.read_text(encoding="utf-8") for page in BOOK.glob("guide/*.md")}
    texts = {**pages, **{name: open_chapter(name).prose for name in CHAPTERS}}
    paragraphs = [(name, text) for name in texts for text in lint.paragraphs(texts[name])]
    assert len(paragraphs) > 100
    assert list(lint.repetition(paragraphs)) == []


@each_chapter
def test_what_a_chapter_cites_is_in_its_list_of_references(name):
    opened = open_chapter(name)
    keys = re.findall(r"\{cite\}`([^`]+)`", opened.prose)
    cited = {key.strip() for group in keys for key in group.split(",")}
    listed = {work.key for b in opened.blocks("references") for work, _ in annotated(b.body)}
    assert cited == listed


@pytest.mark.parametrize("key", works())
def test_a_work_has_a_well_formed_address(key):
    work = works()[key]
    assert work.doi or work.url.startswith("https://")
    assert not work.doi or DOI.fullmatch(work.doi)
    assert re.search(r"\b(19|20)\d\d\b|HdrHistogram|mlperf", work.entry)


def test_every_work_is_cited_somewhere():
    text = "".join(open_chapter(name).prose for name in CHAPTERS)
    assert not [key for key in works() if key not in text]


@each_chapter
def test_the_choices_and_answers_of_all_checks_are_computed(name):
    for group in open_chapter(name).variants():
        for check in group:
            assert check["why"] and "{num}" not in str(check)
            assert check.get("value") is not None or len(check["choices"]) >= 3


@each_chapter
def test_half_of_the_checks_with_numbers_vary_with_the_seed(name):
    groups = [group for group in open_chapter(name).variants() if group[0]["kind"] == "number"]
    assert sum(len(group) > 1 for group in groups) * 2 >= len(groups) > 2


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("2 / 3 | .2f", "0.67"),
        ("n | ,", "1,200"),
        ("0.125 | .1%", "12.5\u00a0%"),
        ("-n | ,", "\u22121,200"),
        ("word", "text"),
        ("max(n, 7)", "1200"),
    ],
)
def test_a_number_in_prose_is_computed_and_formatted(role, words):
    assert number(role, {"n": 1200, "word": "text"}) == words


def test_a_number_stays_in_one_line_with_its_unit():
    text = "It takes {num}`2` ms, {num}`3` s, {num}`4` small steps and {num}`50` %."
    assert filled(text, {}) == "It takes 2\u00a0ms, 3\u00a0s, 4 small steps and 50\u00a0%."


def test_a_number_that_cannot_be_computed_is_a_sentence():
    with pytest.raises(BookError, match="'missing' has no value: NameError"):
        filled("It takes {num}`missing | .1f` ms.", {})
    with pytest.raises(BookError, match="cannot be formatted"):
        number("'a' | .1f", {})
    for value in (float("nan"), float("-inf"), np.float32("inf"), "nan"):
        with pytest.raises(BookError, match="no number for a reader"):
            number("x", {"x": value})


def test_words_in_which_nan_or_inf_stands_are_words():
    assert number("x", {"x": "inference on a nano33"}) == "inference on a nano33"


def test_an_expression_knows_only_the_few_functions_that_it_may_use():
    names = chapter("```{code-cell}\nfrom math import pi\n```").names
    assert "__builtins__" in names and number("round(pi, 2)", names) == "3.14"
    for expression in ("open('/etc/hostname').read()", "__import__('os').getpid()"):
        with pytest.raises(BookError, match="has no value: NameError"):
            number(expression, names)


def test_a_cell_that_fails_names_its_line():
    with pytest.raises(BookError, match="the cell in line 3 fails: ZeroDivisionError"):
        chapter("```{code-cell}\n1 / 0\n```")
    with pytest.raises(BookError, match=r"the cell in line 3 is no Python: .*never closed"):
        chapter("```{code-cell}\nx = (1\n```")


def test_a_front_matter_without_its_end_and_data_that_are_missing_are_sentences(tmp_path):
    with pytest.raises(BookError, match="needs a second line '---'"):
        run("small", "---\nchapter: small\n\n# Small\n", tmp_path)
    with pytest.raises(BookError, match=r"'data:' names .*none\.npz, and there is no such file"):
        run("small", "---\ndata: none.npz\n---\n\n# Small\n", tmp_path)


def test_a_figure_without_its_alt_text_is_a_sentence_in_every_rendering(tmp_path):
    page = "# Small\n\n```{chart} bars\nA caption.\n```\n"
    small = run("small", page, BOOK)
    for render in (notebook, lambda one: chapter_markdown(one, tmp_path), lambda _: texts(page)):
        with pytest.raises(BookError, match=r"'\{chart\} bars' in line 3 needs a line ':alt: ...'"):
            render(small)


def test_a_figure_that_uses_a_missing_name_is_a_sentence():
    empty = replace(open_chapter("benchmarking"), names={})
    with pytest.raises(BookError, match="the figure 'warm_up' of the chapter 'benchmarking' fails"):
        svg(empty, "warm_up")
    with pytest.raises(BookError, match=r"figures\.py of the chapter 'small' cannot be imported"):
        svg(chapter("Text."), "bars")


def test_a_chapter_that_is_planned_or_unknown_is_a_sentence():
    with pytest.raises(BookError, match=r"'mlops' is only planned: there is no .*mlops\.md"):
        open_chapter("mlops")
    with pytest.raises(BookError, match=r"'mlopps' is not in contents\.toml"):
        open_chapter("mlopps")
