"""The command `autograder`: one verb per arrow. Exit 0 only when all went well."""

from __future__ import annotations

from autograder.commands import collect_verbs, grade_verbs, release_verbs
from autograder.commands.verb import main

__all__ = ["collect_verbs", "grade_verbs", "main", "release_verbs"]

if __name__ == "__main__":
    main()
