"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

Reading order: lean_imports (why a command starts fast), nouns (what is passed around), cells (what
an instructor's notebook is made of), notebook_file (what a student's may be), course_config (where
things are), syllabus (a course root becomes a Course), nbgrader_door and gradebook_door (nbgrader's
converters, nbgrader's gradebook), gradebook_rows (marks read back), workplace and execute (a
notebook run without walls), proofs (wrong and right solutions). Then one room per stage, each with
its own order: releasing, distributing, collecting, sanitizing, running (a submission's cells and
the hidden tests, behind walls), gradebook, grading, reporting, demo. Last the edge: screen,
watching, commands and cli.
"""

from autograder import lean_imports

lean_imports.install()
