"""Whatever both sides do to a notebook, the merge keeps what the student wrote."""

import copy

from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_chapter import code, markdown, notebook, question, solution
from two_releases import essay, merged, release

TEXTS = ("x = 1", "def double(x):\n    return 2 * x", "Some words.", "", "  \n", "```\nx\n```")


def edit(cells, a, b, number):
    cells[a]["source"] = f"{TEXTS[b % len(TEXTS)]} # {number}"


def blank(cells, a, b, number):
    cells[a]["source"] = TEXTS[b % len(TEXTS)]


def delete(cells, a, b, number):
    del cells[a]


def move(cells, a, b, number):
    cells.insert(b, cells.pop(a))


def duplicate(cells, a, b, number):
    cells.insert(b, copy.deepcopy(cells[a]))


def split(cells, a, b, number):
    second = copy.deepcopy(cells[a])
    second.update(id=f"half{number}", source=f"half = {number}")
    cells.insert(a + 1, second)


def rename(cells, a, b, number):
    cells[a]["id"] = f"renamed{b}"


def rename_grade_id(cells, a, b, number):
    facts = (cells[a].get("metadata") or {}).get("nbgrader") or {}
    facts.update({"grade_id": f"renamed{b}"} if facts else {})


def swap_ids(cells, a, b, number):
    other = cells[b % len(cells)]
    cells[a]["id"], other["id"] = other.get("id", "one"), cells[a].get("id", "other")


def drop_id(cells, a, b, number):
    cells[a].pop("id", None)


def drop_all_ids(cells, a, b, number):
    for cell in cells:
        cell.pop("id", None)


def drop_metadata(cells, a, b, number):
    cells[a]["metadata"] = {}


def drop_all_metadata(cells, a, b, number):
    for cell in cells:
        cell["metadata"] = {}


def change_kind(cells, a, b, number):
    cells[a]["cell_type"] = ("code", "markdown", "raw", "heading")[b % 4]


def empty(cells, a, b, number):
    cells.clear()


def insert_code(cells, a, b, number):
    cells.insert(a, code(f"added{b}", f"print({number})"))


def insert_text(cells, a, b, number):
    cells.insert(a, markdown(f"added{b}", f"Words {number}."))


def insert_answer(cells, a, b, number):
    cells.insert(a, solution(f"added{b}", f"def added{b}(x):\n    raise NotImplementedError"))


def insert_essay(cells, a, b, number):
    cells.insert(a, essay(f"essay{b}", "Your answer here."))


def insert_question(cells, a, b, number):
    cells.insert(a, question(f"asked{b}", f"assert added{b}(1)"))


COMMON_EDITS = (edit, blank, delete, move, duplicate, rename, insert_code, insert_text)
STUDENT = (*COMMON_EDITS, split, swap_ids, drop_id, drop_all_ids, drop_metadata, drop_all_metadata)
STUDENT += (change_kind, empty, rename_grade_id)
COURSE = (edit, edit, delete, move, rename, rename_grade_id, insert_code, insert_text)
COURSE += (insert_answer, insert_essay, insert_question, blank)


def edits(verbs):
    indices = st.integers(min_value=0, max_value=12)
    return st.lists(st.tuples(st.sampled_from(verbs), indices, indices), max_size=8)


def edited(book, steps, start):
    cells = copy.deepcopy(book["cells"])
    for number, (verb, a, b) in enumerate(steps, start):
        if cells:
            verb(cells, a % len(cells), b, number)
    return notebook(*cells)


def unused(name, used):
    free = next(n for n in (name, *(f"{name}-{k}" for k in range(99))) if n not in used)
    used.add(free)
    return free


def with_own_ids(book):
    """A release has each id and each grade_id once."""
    ids, grade_ids = set(), set()
    for cell in book["cells"]:
        cell["id"] = unused(cell["id"], ids)
        for facts in filter(None, [cell["metadata"].get("nbgrader")]):
            facts["grade_id"] = unused(facts["grade_id"], grade_ids)
    return book


@settings(max_examples=300)
@example(  # a text that has another cell's id, which the course takes out
    [], [(swap_ids, 5, 6), (swap_ids, 0, 6)], [(insert_code, 0, 0), (delete, 6, 0)], True
)
@given(edits(COURSE), edits(STUDENT), edits(COURSE), st.booleans())
def test_any_edits_on_both_sides_keep_every_text_of_the_student(before, student, course, is_known):
    old = with_own_ids(edited(release(), before, 1000))
    new = with_own_ids(edited(old, course, 2000))
    merged(old if is_known else None, edited(old, student, 3000), new)
