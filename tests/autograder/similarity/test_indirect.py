"""By which words code finds or runs other code that no name in it stands for."""

from __future__ import annotations

import ast

import pytest

from autograder.similarity.indirect import indirect_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exec('x = 1')", {"exec"}),
        ("g = globals\ng()['wo' 'rk'](1)", {"globals"}),
        ("getattr(box, name)", {"getattr"}),
        ("g = getattr", {"getattr"}),
        ("import __main__\n__main__.work(1)", {"__main__"}),
        ("from __main__ import work as w", {"__main__"}),
        ("import sys\nsys.modules[__name__].work(1)", {"sys.modules"}),
        ("import sys as s\ns.modules[__name__].work(1)", {"sys.modules"}),
        ("from operator import attrgetter as a", {"attrgetter"}),
        ("f.__globals__['work'](1)", {"__globals__"}),
        ("get_ipython().user_ns['work'](1)", {"user_ns"}),
        ("__builtins__.eval('1')", {"__builtins__"}),
    ],
)
def test_what_finds_or_runs_code_by_a_text_is_told(text, words):
    assert indirect_words(ast.parse(text)) == words


@pytest.mark.parametrize(
    "text",
    [
        "model.eval()",
        "getattr(model, 'size', 0)",
        "import sys\nsys.getsizeof(x)",
        "for part in model.modules():\n    part.train()",
        "if __name__ == '__main__':\n    main()",
        "import numpy as np\nnp.vars",
    ],
)
def test_ordinary_code_uses_none_of_them(text):
    assert not indirect_words(ast.parse(text))
