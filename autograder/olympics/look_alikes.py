"""Whether two names look alike to a person, though their characters differ.

Case, width, accents, blanks and what cannot be seen make no difference, nor do letters of Greek and
Cyrillic that look like Latin ones. The list of letters is short on purpose: it has those with which
a Latin name can be written so that nobody sees it. Source: Unicode Technical Standard 39.
"""

from __future__ import annotations

import re
import unicodedata

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U000e0000-\U000e0fff]"
)
CYRILLIC = str.maketrans("авԁеһнікӏјморԛсѕтуԝхгп", "abdehniklj" + "mopqcstywxrn")
GREEK = str.maketrans("αβγεζηικμνορτυχω", "abyeznikmvoptyxw")
SIGNS = str.maketrans("i1|ıł0øđħ", "lllll" + "oodh")  # I, l and 1 are one stroke


def skeleton(name: str) -> str:
    """What is left of a name of all that the eye tells apart: equal for names that look alike.

    >>> skeleton("Harbour") == skeleton("Н\u0430rb\u00ado\u03c5r") != skeleton("Harvard")
    True
    """
    characters = UNSEEN.sub("", unicodedata.normalize("NFKD", name))
    bare = "".join(c for c in characters if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cc"))
    folded = unicodedata.normalize("NFKC", bare.casefold())
    letters = folded.translate(CYRILLIC).translate(GREEK).translate(SIGNS)
    return " ".join(letters.split()).replace("rn", "m").replace("vv", "w")
