"""What a database complains of, as a sentence to a person: what came, and what to do about it.

Plain text, so that reading a gradebook needs no database library to say what is wrong with it.
"""

from __future__ import annotations

import re

SENTENCES = {
    r"is locked|lock timeout": (
        "is in use by another program that did not let go of it in time. Let that program finish, "
        "or close it (formgrader, another `autograder grade`), then run this again."
    ),
    r"readonly|read-only|unable to open|[Pp]ermission denied": (
        "cannot be opened or written. Give yourself the right to write to it and to its folder, "
        "then run this again."
    ),
    r"is full|No space left|disk I/O error": (
        "cannot grow: its disk is full or fails. Free some space, then run this again."
    ),
    r"not a database|malformed": (
        "is damaged or no SQLite database. Put a copy back; or move it away and run this again, "
        "which begins a new one without the marks that people gave by hand."
    ),
    r"no such (column|table)|no column named|(column|relation) .*does not exist": (
        "was made by another version of nbgrader. Run `nbgrader db upgrade` in the course "
        "folder, then run this again."
    ),
}
OTHERWISE = (
    "could not be used: {cause}. Check CourseDirectory.db_url in nbgrader_config.py, and that "
    "its server runs."
)


def sentence(where: str, cause: str) -> str:
    """The sentence for a gradebook at `where` that said `cause`."""
    for pattern, said in SENTENCES.items():
        if re.search(pattern, cause):
            return f"The gradebook {where} {said}"
    return f"The gradebook {where} {OTHERWISE.format(cause=cause.rstrip('.'))}"
