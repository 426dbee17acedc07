"""Whether two names look alike to a person, though their characters differ.

Case, width, accents, blanks and what cannot be seen make no difference, nor do letters of other
scripts that look like Latin ones. The tables are short on purpose: they have the letters with which
a Latin name can be written so that hardly anybody sees it. Source: Unicode Technical Standard 39.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U000e0000-\U000e0fff]"
)
# Letters of a script, and the Latin ones that they look like. A capital and its small letter may
# look like different ones: Greek H is a capital eta, whose small letter looks like n.
SCRIPTS = {
    "Cyrillic": ("авԁеһнікӏјморԛсѕтуүԝхгпѵѡҽ", "abdehhikljmopqcstyywxrnvwe"),
    "Cyrillic capitals": ("АВЕНІЈКМОРСЅТУҮԜХѴԌӀ", "ABEHIJKMOPCSTYYWXVGI"),
    "Greek": ("αβγεζηικμνορϱςστυχωϳϲ", "abyeznikuvoppcotuxwjc"),
    "Greek capitals": ("ΑΒΕΖΗΙΚΜΝΟΡΤΥϒΧϹϜͿ", "ABEZHIKMNOPTYYXCFJ"),
    "Armenian": ("հոռսօցգզքայլ", "hnnuogqqfwjl"),
    "Armenian capitals": ("ՏՕՍԼ", "SOUL"),
    "Coptic": ("ⲥⲟⲣⲅⲤⲎⲒⲔⲘⲚⲞⲢⲦⲬⲨ", "coprCHIKMNOPTXY"),
    "Cherokee": ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏒᏚᏕᎢᏙᏔᎳᎩᎽᏃᏂ", "ABCDEGHIJKLMPRRSSTVWWYYZH"),
    "Lisu": ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ"),
    "phonetic": ("ɑɡɩɪʏʋɯɣᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡᴢᴑꭎꭇſ", "agiiyuwyabcdefghjklmnoprstuvwzourf"),
}
LETTERS = str.maketrans(
    dict(chain.from_iterable(zip(*pair, strict=True) for pair in SCRIPTS.values()))
)
# Latin letters that Unicode takes for letters of their own, once they are small.
LATIN = str.maketrans(
    "øđħłƀƃƅɓƈɖɗɇƒꞙǥɠɨɉƙƚɱɲƞɵƥɍɽʂƽŧƭʉɏƴƶȥ", "odhlbbbbcddeffggijklmnnoprrsstt" + "uyyzz"
)
SIGNS = str.maketrans("i1|ı∣ǀ0×℮", "llllll" + "oxe")  # I, l and 1 are one stroke


def skeletons(name: str) -> frozenset[str]:
    """What is left of a name of all that the eye does not tell apart: as it is written, and in
    small letters. Two names look alike where they share one.

    >>> bool(skeletons("Harbour") & skeletons("\u041d\u0430rb\u00ado\u03c5r"))
    True
    >>> bool(skeletons("Harbour") & skeletons("Harvard"))
    False
    """
    return frozenset((_skeleton(name), _skeleton(name.casefold())))


def _skeleton(name: str) -> str:
    visible = UNSEEN.sub("", name.translate(LETTERS))
    characters = unicodedata.normalize("NFKD", visible)
    bare = "".join(c for c in characters if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cc"))
    folded = unicodedata.normalize("NFKC", bare.translate(LETTERS).casefold())
    letters = folded.translate(LATIN).translate(SIGNS)
    return " ".join(letters.split()).replace("rn", "m").replace("vv", "w")
