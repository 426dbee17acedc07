"""The command `autograder`: one verb per arrow. Exit 0 only when all went well."""

from __future__ import annotations

from autograder.commands import lean_imports

lean_imports.install()  # before anything imports nbgrader

from autograder.commands import (  # noqa: E402
    author_verbs,
    collect_verbs,
    grade_verbs,
    olympics_board_verbs,
    olympics_verbs,
    regrade_verbs,
    release_verbs,
    report_verbs,
    review_verbs,
    roster_verbs,
)
from autograder.commands.verb import main  # noqa: E402

__all__ = [
    "author_verbs",
    "collect_verbs",
    "grade_verbs",
    "main",
    "olympics_board_verbs",
    "olympics_verbs",
    "regrade_verbs",
    "release_verbs",
    "report_verbs",
    "review_verbs",
    "roster_verbs",
]


if __name__ == "__main__":
    main()
