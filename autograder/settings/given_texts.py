"""What nbgrader puts into the place of a solution: its own stubs, and those of the course.

These texts are public, wherever else they stand.
"""

from __future__ import annotations

from traitlets.config import LazyConfigValue

from autograder.model import Course
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
    """nbgrader's default stubs and those that the course's configuration names."""
    settings = config(course.root)
    stub = settings.ClearSolutions.get("code_stub", {})
    if isinstance(stub, LazyConfigValue):
        stub = stub.get_value(dict(CODE_STUBS))
    stubs = stub.values() if isinstance(stub, dict) else [stub]
    text_stub = settings.ClearSolutions.get("text_stub", TEXT_STUB)
    texts = [*CODE_STUBS.values(), *stubs, TEXT_STUB, text_stub]
    return tuple(map(str, texts))
