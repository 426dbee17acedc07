"""Formulas that do more than show: MathJax turns `\\href{javascript:...}` into a link that runs.

A page that loads MathJax reads every text outside <pre> and <code> for formulas, whatever wrote
the text. The commands below set links, classes, names and styles of the page around them; nothing
in a course needs one.
"""

from __future__ import annotations

import html
import re

_COMMANDS = "class|cssId|data|href|htmlClass|htmlData|htmlId|htmlStyle|mmlToken|style"
ACTIVE = re.compile(rf"\\(?:{_COMMANDS})(?![A-Za-z])")
AS_WRITTEN = re.compile(r"<(pre|code)\b.*?</\1>", re.S | re.I)
BACKSLASH = re.compile(r"\\|&#|&bsol")
ATTRIBUTES = re.compile(r"""<(/?[a-z][a-z0-9]*+)(?>"[^"]*+"|'[^']*+'|[^>"'])*+>""", re.I)
MARKUP = re.compile(r"<!--.*?-->|<[^>]*>", re.S)


def is_in(formula: str) -> bool:
    """Does a formula hold an active command?"""
    return bool(ACTIVE.search(formula))


def shown_in(rendered: str) -> bool:
    """Does HTML, once a browser has read it, hold an active command where MathJax would see it?"""
    if not BACKSLASH.search(rendered):
        return False
    bare = AS_WRITTEN.sub("", ATTRIBUTES.sub(r"<\1>", rendered))
    return is_in(html.unescape(MARKUP.sub("", bare)))
