"""A check for formulas that act: MathJax turns `\\href{javascript:...}` into a link that runs.

A page that loads MathJax reads every text outside <pre> and <code> for formulas, whatever wrote
the text. The commands below set links, classes, names and styles of the page around them; nothing
in a course needs one.
"""

from __future__ import annotations

import html
import re

_COMMANDS = "class|cssId|data|href|htmlClass|htmlData|htmlId|htmlStyle|mmlToken|style"
ACTIVE_COMMAND = re.compile(rf"\\(?:{_COMMANDS})(?![A-Za-z])")
LITERAL_BLOCK = re.compile(r"<(pre|code)\b.*?</\1>", re.S | re.I)
BACKSLASH = re.compile(r"\\|&#|&bsol")
TAG_WITH_ATTRIBUTES = re.compile(r"""<(/?[a-z][a-z0-9]*+)(?>"[^"]*+"|'[^']*+'|[^>"'])*+>""", re.I)
MARKUP = re.compile(r"<!--.*?-->|<[^>]*>", re.S)


def formula_is_active(formula: str) -> bool:
    """Does a formula hold an active command?"""
    return bool(ACTIVE_COMMAND.search(formula))


def html_is_active(rendered: str) -> bool:
    """Does HTML, once a browser has read it, hold an active command where MathJax would see it?"""
    if not BACKSLASH.search(rendered):
        return False
    text_for_mathjax = LITERAL_BLOCK.sub("", TAG_WITH_ATTRIBUTES.sub(r"<\1>", rendered))
    return formula_is_active(html.unescape(MARKUP.sub("", text_for_mathjax)))
