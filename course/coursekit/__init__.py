"""The student's side of the course: check, export, submit, progress, update, doctor.

In a cell `from coursekit import check, export, progress, submit`, in a terminal `course`.

Read in this order; each module imports only earlier ones:

    syllabus       the one table of assignments
    notebook       a notebook as plain JSON; finding its cells again
    chapters       a chapter that is not exported: which one, what to run
    workspace      the student's folder; import tinytorch from it
    questions      where a question's visible test comes from
    values         how a value is shown
    report         what check answers
    asserts        rewriting asserts so that both sides are seen
    wording        a failed assert, an exception, in words
    explain        running a test cell: tried, expected, came
    results        what the workspace remembers of checks
    check          check("q")
    chain          JSON lines, each with the hash of the one before
    record         predictions and measurements, hash-chained
    palette        the colours of every picture
    plots          the style of Matplotlib's figures
    timing         shortest_seconds(call), measured the same way everywhere
    svg            pictures as strings
    figures        Matplotlib's names, drawn as SVG where it is missing
    lab            the widget shell of a co-lab
    quantity       a number with its unit, as people type it
    quiz           a check of the book: is the answer right, and what to say
    quiz_widget    the same as a widget
    module_head    the imports and __all__ of an exported module
    module_text    from tagged cells to the text of a module
    package_text   the __init__.py files around exported modules
    exporter       writing the modules and the packages
    archive        the zip that is handed in, and its receipt
    course_map     where a student stands in the five tracks, and what is next
    map_page       the same as HTML, with links
    verbs          export, submit, progress: in a cell and for the command
    rehearse       a notebook run from top to bottom without Jupyter
    doctor         is everything in place?
    plain_cell     a cell in the form that the format allows; whether two have the same text
    cell_match     which cell of a release is which in the student's notebook
    cell_decision  what becomes of one cell that both sides may have changed
    cell_order     the order of the merged cells
    merge          a new release and the student's copy become one notebook
    new_release    the course's new folder or zip, read and examined
    update         a new release comes into the student's folder
    cli            the command
"""

from typing import Any

from coursekit.check import check
from coursekit.workspace import use_workspace

__all__ = ["check", "export", "progress", "submit", "use_workspace"]


def __getattr__(name: str) -> Any:
    """The verbs, imported when they are first asked for: checking needs none of them."""
    if name in ("export", "progress", "submit"):
        from coursekit import verbs

        return getattr(verbs, name)
    raise AttributeError(f"module 'coursekit' has no attribute '{name}'")
