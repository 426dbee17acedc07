"""What nbgrader puts into every released notebook: the stubs of a course, its header and footer.

These texts are public, wherever else they stand.
"""

from __future__ import annotations

from pathlib import Path

from traitlets.config import LazyConfigValue

from autograder.model import Course
from autograder.notebook import cells
from autograder.settings.nbgrader_config import config

CODE_STUBS = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
    "R": "# YOUR CODE HERE\nfail()",
    "matlab": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "octave": "% YOUR CODE HERE\nerror('No Answer Given!')",
    "sas": "/* YOUR CODE HERE */\n %notImplemented;",
    "java": "// YOUR CODE HERE",
}
TEXT_STUB = "YOUR ANSWER HERE"


def given_texts(course: Course) -> tuple[str, ...]:
    """nbgrader's default stubs, those that the course's configuration names, and the text of each
    cell of its header and footer."""
    settings = config(course.root)
    stub = settings.ClearSolutions.get("code_stub", {})
    if isinstance(stub, LazyConfigValue):
        stub = stub.get_value(dict(CODE_STUBS))
    stubs = stub.values() if isinstance(stub, dict) else [stub]
    text_stub = settings.ClearSolutions.get("text_stub", TEXT_STUB)
    frames = [settings.IncludeHeaderFooter.get(name, "") for name in ("header", "footer")]
    texts = [*CODE_STUBS.values(), *stubs, TEXT_STUB, text_stub]
    texts += [text for path in frames if path for text in _cell_texts(course.root / str(path))]
    return tuple(map(str, texts))


def _cell_texts(path: Path) -> list[str]:
    """The text of each cell of a notebook; none where there is no such file, as nbgrader says."""
    return [cell["source"] for cell in cells.load(path)["cells"]] if path.is_file() else []
