"""A release, changes of both sides to it, and what must hold of every merge."""

import copy

import nbformat
from coursekit.merge import merge
from coursekit.notebook import source
from coursekit.plain_cell import has_released_text, plain_form, stripped_text
from small_chapter import code, markdown, notebook, question, solution

STUB = "def double(x):\n    raise NotImplementedError"
NEW_STUB = 'def double(x):\n    """Twice `x`."""\n    raise NotImplementedError'
ANSWER = "def double(x):\n    return x + x"
ESSAY = "Because every number is added to itself."
OWN_TRY = "print('my own try', double(21))"


def essay(name, text):
    flags = {"grade_id": name, "grade": True, "solution": True, "locked": False, "points": 1}
    return {**markdown(name, text), "metadata": {"nbgrader": {"schema_version": 3, **flags}}}


def release():
    return notebook(
        markdown("title", "# Doubling"),
        code("imports", "import numpy as np", "export"),
        markdown("double-idea", "Twice three is six."),
        code("double-toy", "2 * 3"),
        solution("double", STUB),
        code("double-look", "double(np.arange(3))"),
        question("double", "assert double(3) == 6"),
        essay("explain", "Your answer here."),
        markdown("close", "You can double now."),
    )


def place(book, name):
    return next(i for i, cell in enumerate(book["cells"]) if cell.get("id") == name)


def changed(book, **texts):
    """A copy of the notebook with new texts for cells; - in an id is _ here, None takes one out."""
    changes = {name.replace("_", "-"): text for name, text in texts.items()}
    cells = [
        {**copy.deepcopy(cell), "source": changes.get(cell["id"], cell["source"])}
        for cell in book["cells"]
    ]
    return {**book, "cells": [cell for cell in cells if cell["source"] is not None]}


def solved(**texts):
    return changed(release(), double_solution=ANSWER, explain=ESSAY, **texts)


def moved(book, name, index):
    """A copy of the notebook in which a cell stands at another index."""
    cells = copy.deepcopy(book["cells"])
    cells.insert(index, cells.pop(place(book, name)))
    return {**book, "cells": cells}


def inserted(book, before, *cells):
    """A copy of the notebook with cells put in before the one of that id."""
    index = place(book, before)
    return {**book, "cells": [*book["cells"][:index], *cells, *book["cells"][index:]]}


def texts(book):
    return [source(cell) for cell in book["cells"]]


def ids(book):
    return [cell["id"] for cell in book["cells"]]


def sentences(result, name):
    return " ".join(change.sentence for change in result.changes if change.cell == name)


def text_lost(old, student, new, result):
    """The texts of the student that are in neither release and not in the merged notebook."""
    released = {
        stripped_text(plain_form(cell))
        for book in (old, new)
        for cell in (book["cells"] if book else [])
    }
    cells = [plain_form(cell) for cell in student["cells"]]
    own_texts = {stripped_text(cell) for cell in cells if not has_released_text(cell)} - released
    everything = "\n".join(stripped_text(cell) for cell in result["cells"])
    return {text for text in own_texts if text not in everything}


def merged(old, student, new):
    """The merge, once it is examined: nothing lost, a valid notebook, and a second one is idle."""
    sides = copy.deepcopy((old, student, new))
    result = merge(old, student, new)
    assert (old, student, new) == sides, "the three notebooks themselves stay as they are"
    assert not text_lost(old, student, new, result.notebook)
    assert len(set(ids(result.notebook))) == len(ids(result.notebook))
    nbformat.validate(copy.deepcopy(result.notebook))
    again = merge(new, result.notebook, new)
    assert again.notebook == result.notebook
    assert again.changes == ()
    repeated = merge(old, result.notebook, new)  # after a run that was stopped at its last step
    assert not text_lost(old, student, new, repeated.notebook)
    return result
