"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

Reading order: lean_imports (why a command starts fast), nouns (what is passed around), cells (what
an instructor's notebook is made of), notebook_file (what a student's may be), course_config (where
things are), syllabus (a course root becomes a Course), nbgrader_door and gradebook_door (the files
that import nbgrader), gradebook_rows (marks read back), workplace and execute (where and how a
notebook runs), proofs (wrong and right solutions). Then one room per stage, each with its own
order: releasing, distributing, collecting, sanitizing, running, gradebook, grading, reporting,
demo. Last the edge: screen and cli.
"""

from autograder import lean_imports

lean_imports.install()
