"""Search in Chinese, Japanese and Korean: a text is cut into pairs of neighbouring characters.

Chinese and Japanese write no spaces, and Korean joins particles to its words, so that a word of a
query is no word of the page. Pairs need no dictionary: 内存带宽 becomes 内存, 存带 and 带宽, and so
does a query, in the browser as here. Latin words stay whole.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sphinx.search import SearchLanguage

from book.languages import TRANSLATED

RUNS = re.compile(r"[a-z0-9_]+|[^\W_a-z0-9]+")
SPLITTER = r"""
function splitQuery(query) {
  const latin = "[a-z0-9_]+";
  const other = "(?:(?![a-z0-9_])[\\p{Letter}\\p{Mark}\\p{Number}])+";
  const runs = query.toLowerCase().match(new RegExp(`${latin}|${other}`, "gu")) || [];
  return runs.flatMap((run) => {
    const signs = Array.from(run);
    if (/[a-z0-9_]/.test(run) || signs.length === 1) return [run];
    return signs.slice(1).map((sign, place) => signs[place] + sign);
  });
}
"""


def terms(text: str) -> list[str]:
    """The terms of a text: Latin words in lower case, and pairs of all other letters."""
    found = []
    for run in RUNS.findall(text.lower()):
        if len(run) == 1 or re.match(r"[a-z0-9_]", run):
            found.append(run)
        else:
            found += [first + second for first, second in pairwise(run)]
    return found


class Pairs(SearchLanguage):
    """Sphinx's splitter of a text; the browser gets SPLITTER."""

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """The terms of a text."""
        return terms(input)


LANGUAGES_WITHOUT_SPACES = tuple(
    type(f"Pairs_{known.code}", (Pairs,), {"lang": known.code, "language_name": known.english})
    for known in TRANSLATED
)
