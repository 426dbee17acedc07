"""Search: words by either of their spellings in English, and parts of words without spaces.

The book writes "quantisation" and "centre"; a reader may type "quantization" and "center". Both
the texts and a query are brought to one spelling.

In Chinese, Japanese and Korean a text is cut into pairs of neighbouring characters.

Chinese and Japanese write no spaces, and Korean joins particles to its words, so that a word of a
query is no word of the page. Pairs need no dictionary: 内存带宽 becomes 内存, 存带 and 带宽, and so
does a query, in the browser as here. Latin words stay whole. Sphinx itself cuts texts of other
languages.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise

from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish

from book.fonts import FACES
from book.languages import language

SPELLINGS = (
    (r"^(?!(?:re|over)?siz|priz|seiz)(\w{2,})iz(e|es|ed|er|ers|ing|able|ation|ations)$", "is"),
    (r"^(\w+)yz(e|es|ed|er|ers|ing)$", "ys"),
    (r"^(\w*)center(s|ed)?$", "centre"),
    (r"^(\w*)fiber(s)?$", "fibre"),
    (r"^(behavi|col|neighb|fav|harb|hon|flav)or(\w*)$", "our"),
    (r"^(mode|labe|cance|trave|signa|channe)l(ed|ing|er|ers)$", "ll"),
    (r"^(cata|dia)log(s)?$", "logue"),
)
"""American spellings: a pattern with what stands before and behind, and the letters in between as
the book writes them. Patterns mean the same in Python and in JavaScript."""
ENGLISH_SPLITTER = r"""
function splitQuery(query) {
  const spellings = SPELLINGS;
  const words = query.split(/[^\p{Letter}\p{Number}_]+/u).filter((word) => word);
  return words.map((word) => {
    let spelled = word.toLowerCase();
    for (const [pattern, between] of spellings)
      spelled = spelled.replace(new RegExp(pattern),
        (_, before, behind) => before + between + (behind || ""));
    return spelled;
  });
}
""".replace("SPELLINGS", json.dumps(SPELLINGS))
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


def spelled(word: str) -> str:
    """The word in small letters, in the spelling of the book."""
    word = word.lower()
    for pattern, between in SPELLINGS:
        word = re.sub(pattern, rf"\g<1>{between}\g<2>", word)
    return word


class English(SearchEnglish):
    """Sphinx's search in English, by either spelling; the browser gets ENGLISH_SPLITTER."""

    js_splitter_code = ENGLISH_SPLITTER

    def split(self, input: str) -> list[str]:
        """The words of a text in one spelling."""
        return [spelled(word) for word in super().split(input)]


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
