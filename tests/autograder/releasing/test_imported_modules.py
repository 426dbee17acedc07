"""A change to a module that no notebook can import makes no audit stale."""

import pytest

from autograder.releasing.imported_modules import imported_modules

PACKAGES = {
    "kit/__init__.py": b"def __getattr__(name):\n    from kit import lazy\n    return lazy",
    "kit/check.py": b"import kit.results\nPLACES = ['kit.named']",
    "kit/results.py": b"",
    "kit/lazy.py": b"",
    "kit/named.py": b"",
    "kit/merge.py": b"from kit.results import x",
    "kit/cli.py": b"from kit.merge import y",
    "kit/data.csv": b"1,2",
}
ALWAYS = {"kit/data.csv"}
PACKAGE = ALWAYS | {"kit/__init__.py", "kit/lazy.py"}


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("import numpy", ALWAYS),
        ("import kit", PACKAGE),
        ("%matplotlib inline\n!ls\nfrom kit import results", PACKAGE | {"kit/results.py"}),
        (
            "from kit.check import *",
            PACKAGE | {f"kit/{m}.py" for m in ("check", "results", "named")},
        ),
        ("def f():\n    import kit.merge", PACKAGE | {"kit/merge.py", "kit/results.py"}),
        ("run(['-m', 'kit.results'])", PACKAGE | {"kit/results.py"}),
        ('wrong("q", "x", """\n    from kit import results\n""")', PACKAGE | {"kit/results.py"}),
        ("this is no Python", set(PACKAGES)),
    ],
)
def test_what_a_text_imports_and_what_that_imports_in_turn(text, reached):
    assert imported_modules([text], PACKAGES) == reached


def test_a_relative_import_makes_all_modules_count():
    packages = {**PACKAGES, "kit/check.py": b"from . import results"}
    assert imported_modules(["import kit.check"], packages) == set(packages)
