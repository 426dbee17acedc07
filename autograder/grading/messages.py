"""What a lost mark says to the student: the sentence of the test, never the test.

The words of a failed assert are the instructor's where they stand in the notebook's code. Those
that a library made (NumPy's ACTUAL and DESIRED, unittest's `3 != 4`) show what a hidden test
expects, so only the instructor's own part of them is given.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from autograder.notebook import cells
from autograder.notebook.cells import HIDDEN, Cell, Notebook

MAX_CHARACTERS = 400  # characters of what a mark says
MIN_QUOTE = 16  # characters of a hidden line that are no accident
MIN_WORDS = 8  # characters of a text that are a sentence, not a name
MAX_VALUE = 200  # characters of a value in a sentence of the test
MAX_SEARCHED = 10_000  # characters of an error that are looked through
OUR_ERRORS = (
    *("TimeLimit", "NotRun", "Forged", "SubmissionLost"),
    *("Withheld", "GivenValues", "EndOfTest"),
)
OWN_ERROR = "an error of the submission's own"
_NAME = r"[A-Za-z_][A-Za-z_.]{0,30}"  # no digits: a number may be a test's
PYTHONS_WORDS = [
    re.compile(form)
    for form in (
        rf"name '{_NAME}' is not defined",
        rf"'{_NAME}' object has no attribute '{_NAME}'",
        rf"'{_NAME}' object is not (?:callable|iterable|subscriptable)",
        rf"{_NAME}\(\) (?:missing|takes) (?:from )?\d(?: to \d)? (?:required )?"
        rf"positional arguments?"
        rf"(?:: '{_NAME}'(?:,? and '{_NAME}')?|(?: but \d (?:was|were) given))",
        rf"{_NAME}\(\) got an unexpected keyword argument '{_NAME}'",
        rf"unsupported operand type\(s\) for \S{{1,3}}: '{_NAME}' and '{_NAME}'",
        r"list index out of range|(?:float )?division by zero|maximum recursion depth exceeded",
    )
]
NO_MESSAGE = "a test failed (it gives no message)"
FORMATTED = re.compile(r"%[-#0-9.+]*[a-zA-Z]|\{[^{}]*\}")
GAP = "..."  # for a value that is not shown
WORD = re.compile(r"[A-Za-z_]\w*")
TYPE_NAMES = {"NoneType", "builtin_function_or_method", "function", "generator", "ndarray", "numpy"}
Text = tuple[str, ...]  # the fixed parts, with a value between each two


def lost_mark_messages(notebook: Notebook, model: Notebook) -> Iterator[tuple[str, str]]:
    """(graded cell, sentence) for each test cell that failed.

    model: the instructor's notebook, whose texts may be shown; those of a submission may be made to
    let through what a library printed.
    """
    texts: list[Text] | None = None
    names: set[str] = set()
    for cell in cells.tests(notebook):
        errors = [o for o in cell.get("outputs", []) if o["output_type"] == "error"]
        if errors:
            if texts is None:
                texts, names = _texts(model), _names(model)
            reasons = [error["evalue"] for error in errors[1:] if error["ename"] == "GivenValues"]
            sentences = [_sentence(cell, errors[0], texts, names), *reasons]
            yield cells.grade_id(cell), "; ".join(sentences)


def _sentence(cell: Cell, error: dict, texts: list[Text], names: set[str]) -> str:
    kind, value = error["ename"], str(error["evalue"]).strip()
    if kind == "NotImplementedError":
        return "not written yet"
    if kind == "AssertionError":
        value = _own_words(value, texts)
    elif kind not in OUR_ERRORS and cells.has_hidden_part(cell):
        value = value if _is_pythons(value, names) else ""
        kind = kind if hasattr(builtins, kind) else OWN_ERROR
    value = _without_hidden_lines(cell, value)
    if kind == "AssertionError" or kind in OUR_ERRORS:
        return value or NO_MESSAGE
    return f"{kind}: {value}" if value else kind


def _is_pythons(value: str, names: set[str]) -> bool:
    """Whether the words are Python's own, about `names`: a submission that raises an error can
    write what a hidden test passed into its words, and into a name of its own."""
    if not any(form.fullmatch(value) for form in PYTHONS_WORDS):
        return False
    quoted = re.findall(rf"'({_NAME})'|^({_NAME})\(", value)
    return all(set(WORD.findall(name)) <= names for pair in quoted for name in pair)


def _names(notebook: Notebook) -> set[str]:
    """The names that may be shown: those of the notebook's code, of Python and of its types."""
    sources = (cells.source(c) for c in notebook["cells"] if c["cell_type"] == "code")
    words = {word for source in sources for word in WORD.findall(source)}
    return words | set(dir(builtins)) | TYPE_NAMES


def _texts(notebook: Notebook) -> list[Text]:
    """The texts in the notebook's code, the longest first."""
    texts: set[Text] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        try:
            nodes = list(ast.walk(ast.parse(cells.source(cell))))
        except (SyntaxError, ValueError, RecursionError):
            continue
        texts.update(filter(None, map(_text, nodes)))
    return sorted(texts, key=lambda text: (-sum(map(len, text)), text))


def _text(node: ast.AST) -> Text:
    """The fixed parts of a text or an f-string, () for any other code and for a single word."""
    match node:
        case ast.Constant(value=str() as text):
            parts = FORMATTED.split(text.strip())
        case ast.JoinedStr(values=values):
            parts = [""]
            for value in values:
                if isinstance(value, ast.Constant):
                    parts[-1] += str(value.value)
                else:
                    parts.append("")
        case _:
            return ()
    return tuple(parts) if sum(len(part.strip()) for part in parts) >= MIN_WORDS else ()


def _own_words(value: str, texts: list[Text]) -> str:
    """The value, where it is a text of the notebook; else those of its texts that are in it."""
    value = value[:MAX_SEARCHED]
    if any(_is_text(value, parts) for parts in texts):
        return value
    words: list[str] = []
    for parts in texts:
        text = _find_text(value, parts)
        if text and not any(text in earlier for earlier in words):
            words.append(text)
    return "; ".join(words)


def _is_text(value: str, parts: Text) -> bool:
    """Whether the value is the text, with a short value in each gap."""
    first, last = parts[0], parts[-1] if len(parts) > 1 else ""
    if not (value.startswith(first) and value.endswith(last)):
        return False
    if len(value) - sum(map(len, parts)) > MAX_VALUE * (len(parts) - 1):
        return False
    inside = value[len(first) : len(value) - len(last)]
    return len(first) + len(last) <= len(value) and _end_of(inside, parts[1:-1]) >= 0


def _find_text(value: str, parts: Text) -> str:
    """The fixed parts of the text where it stands somewhere in the value, '' where it does not.
    What fills its gaps may be what a library printed of an answer: it is not the instructor's."""
    start = value.find(parts[0])
    if start < 0:
        return ""
    end = _end_of(value[start:], parts)
    text = value[start : start + end]
    short = len(text) - sum(map(len, parts)) <= MAX_VALUE * (len(parts) - 1)
    return GAP.join(parts).strip() if end > 0 and short else ""


def _end_of(value: str, parts: Text) -> int:
    """Where the last of the parts ends, each after the one before; -1 where one is missing."""
    end = 0
    for part in parts:
        place = value.find(part, end)
        if place < 0:
            return -1
        end = place + len(part)
    return end


def _without_hidden_lines(cell: Cell, value: str) -> str:
    """The words of an error, cut to a sentence's length; none where they quote a hidden test."""
    squeezed = "".join(value.split()).replace("\\", "")
    hidden = (
        line for region in cells.regions(cells.source(cell), HIDDEN) for line in region.split("\n")
    )
    quoted = any(
        len(line) > MIN_QUOTE and line in squeezed for line in ("".join(h.split()) for h in hidden)
    )
    return "its words are kept back: they quote a hidden test" if quoted else value[:MAX_CHARACTERS]
