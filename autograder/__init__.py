"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

Reading order: nouns (what is passed around), cells (what an instructor's notebook is made of),
notebook_file (what a student's may be), nbgrader_door (the one file that imports nbgrader),
syllabus (a course root becomes a Course), workplace and execute (where and how a notebook runs),
proofs (wrong and right solutions). Then one room per stage, each with its own order: releasing,
distributing, collecting, sanitizing, grading, reporting, demo. Last the edge: screen and cli.
"""

import sys

# jsonschema treats this module as optional, and importing it compiles a grammar: 2 s of every
# command's start. Marking it as absent before the first `import nbformat` avoids that.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
