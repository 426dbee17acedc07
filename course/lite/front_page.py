"""The page that opens first: what is offered, what is not and why, and what a student must know."""

from __future__ import annotations

from html import escape

from coursekit.syllabus import Assignment, Syllabus

from lite.offer import Offer

# subtle: JupyterLab looks for settings in this page too, and does not start without the script.
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="lab/favicon.ico">
<title>{course} in the browser</title>
<style>
:root {{ --paper: #fdfcf9; --ink: #22262b; --soft: #5c636b; --line: #dcd8cf; --link: #005a8f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: #16191d; --ink: #e6e4de; --soft: #a4abb3; --line: #363c44; --link: #7cc4f0; }}
}}
body {{ background: var(--paper); color: var(--ink); font: 17px/1.55 system-ui, sans-serif;
  margin: 0 auto; max-width: 58rem; padding: 2.5rem 1.25rem 4rem; }}
h1 {{ font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }}
h2 {{ border-top: 1px solid var(--line); font-size: 1.1rem; margin: 2.5rem 0 .75rem;
  padding-top: 1.25rem; }}
h2 span, .about {{ color: var(--soft); font-weight: normal; }}
ul {{ list-style: none; margin: 0; padding: 0; }}
li {{ display: grid; grid-template-columns: 14rem 1fr; gap: 0 1.5rem; padding: .55rem 0; }}
ol li {{ display: list-item; padding: .2rem 0; }}
.about {{ font-size: .9rem; }}
a {{ color: var(--link); }}
code {{ font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }}
@media (max-width: 40rem) {{ li {{ grid-template-columns: 1fr; }} }}
</style>
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{{}}</script>
</head>
<body>
<h1>{course} in the browser</h1>
<p>Python runs inside this page: nothing is installed, and nothing that you write leaves your
computer until you hand it in. The first notebook loads about 31 MB; after that it starts in
seconds. Use a computer with a keyboard: the notebooks are made for a wide window.</p>
<h2>How you work</h2>
<ol>
<li>Open a notebook below. Run its cells with Shift and Enter, write your answers, and ask
<code>check("name")</code> whether they are right.</li>
<li>Save with Ctrl and S. Your work is kept in this browser, on this computer, for this address
only: clearing the browser's data deletes it, and a private window forgets it.</li>
<li>In a BUILD chapter, <code>export()</code> writes your cells into your own
<code>tinytorch</code>, which later chapters import.</li>
<li>To hand in, save, then run <code>submit(student="your id")</code> in a cell at the end, with
<code>from coursekit import export, submit</code> above it. Your id is the name under which your
course keeps your marks, such as <code>ada</code>; your teacher tells you which it is. Click the
link that appears, and upload the zip where your course collects. Keep the zip: it is also your
copy.</li>
</ol>
<p>Pictures are drawn by the course itself, because Matplotlib is not here. Times are those of a
browser and say so; no mark depends on them.</p>
{tracks}
{others}
</body>
</html>
"""
NOT_OFFERED = """\
<h2>Not offered here <span>they need Python on a computer</span></h2>
<ul>
{lines}</ul>"""


def page(syllabus: Syllabus, chosen: Offer) -> str:
    """The text of index.html."""
    tracks = "\n".join(_track(name, about, chosen) for name, about in syllabus.tracks.items())
    lines = "".join(
        f"<li><div><code>{escape(name)}</code></div><div>{escape(reason)}</div></li>\n"
        for name, reason in chosen.refused.items()
    )
    return PAGE.format(
        course=escape(syllabus.course),
        tracks=tracks,
        others=NOT_OFFERED.format(lines=lines) if lines else "",
    )


def address(assignment_id: str) -> str:
    """Where a notebook opens, from the front page."""
    return f"lab/index.html?path={assignment_id}/{assignment_id}.ipynb"


def _track(name: str, about: str, chosen: Offer) -> str:
    rows = [row for row in chosen.offered if row.track == name]
    if not rows:
        return ""
    items = "".join(map(_item, rows))
    return f"<h2>{escape(name)} <span>{escape(about)}</span></h2>\n<ul>\n{items}</ul>"


def _item(row: Assignment) -> str:
    figures = [f"{row.minutes} minutes", f"{row.points:g} points"]
    figures += [f"needs {', '.join(row.prerequisites)}"] if row.prerequisites else []
    figures += [f"due {row.due:%Y-%m-%d %H:%M %Z}"] if row.due else []
    return (
        f'<li><div><a href="{escape(address(row.id))}"><code>{escape(row.id)}</code></a></div>'
        f"<div>{escape(row.title)}"
        f'<div class="about">{escape(", ".join(figures))}</div></div></li>\n'
    )
