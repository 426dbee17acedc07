"""Search in Chinese, Japanese and Korean: a text is cut into pairs of neighbouring characters.

Chinese and Japanese write no spaces, and Korean joins particles to its words, so that a word of a
query is no word of the page. Pairs need no dictionary: 内存带宽 becomes 内存, 存带 and 带宽, and so
does a query, in the browser as here. Latin words stay whole. Sphinx itself cuts texts of other
languages.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sphinx.search import SearchLanguage

from book.fonts import FACES
from book.languages import language

LATIN = "a-z0-9_\u00df-\u024f"
"""The signs of a Latin word in small letters, with their accents."""
RUNS = re.compile(rf"[{LATIN}]+|[^\W{LATIN}]+")
SPLITTER = r"""
function splitQuery(query) {
  const latin = "[LATIN]+";
  const other = "(?:(?![LATIN])[\\p{Letter}\\p{Mark}\\p{Number}])+";
  const runs = query.toLowerCase().match(new RegExp(`${latin}|${other}`, "gu")) || [];
  return runs.flatMap((run) => {
    const signs = Array.from(run);
    if (new RegExp(`^${latin}`, "u").test(run) || signs.length === 1) return [run];
    return signs.slice(1).map((sign, place) => signs[place] + sign);
  });
}
""".replace("LATIN", LATIN)


def search_terms(text: str) -> list[str]:
    """The terms of a text: Latin words in lower case, and pairs of all other letters."""
    terms = []
    for run in RUNS.findall(text.lower()):
        if len(run) == 1 or re.match(f"[{LATIN}]", run):
            terms.append(run)
        else:
            terms += [first + second for first, second in pairwise(run)]
    return terms


class Pairs(SearchLanguage):
    """Sphinx's splitter of a text; the browser gets SPLITTER."""

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """The terms of a text."""
        return search_terms(input)


LANGUAGES_WITHOUT_SPACES = tuple(
    type(f"Pairs_{code}", (Pairs,), {"lang": code, "language_name": language(code).english})
    for code in FACES
)
