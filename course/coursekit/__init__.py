"""The student's side of the course: check, export, submit, progress, doctor; command `course`.

Read in this order; each module imports only earlier ones:

    syllabus       the one table of assignments
    notebook       a notebook as plain JSON; finding its cells again
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
    lab            the widget shell of a co-lab
    module_head    the imports and __all__ of an exported module
    module_text    from tagged cells to the text of a module
    package_text   the __init__.py files around exported modules
    export         writing the modules and the packages
    submit         the zip and its receipt
    progress       one map of the five tracks
    rehearse       a notebook run from top to bottom without Jupyter
    doctor         is everything in place?
    cli            the command
"""

from coursekit.check import check
from coursekit.workspace import use_workspace

__all__ = ["check", "use_workspace"]
