"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

Reading order: nouns (what is passed around), cells (what an instructor's notebook is made of),
nbgrader_door (the one file that imports nbgrader), syllabus (a course root becomes a Course);
release with leaks, proofs and audit; otter_door and publish (other shapes of the same release);
collect with inbox; then grading: repair, execute, sanitize, grade, ledger; then feedback,
marks_file, status; demo; cli (the edge).
"""

import sys

# jsonschema treats this module as optional, and importing it compiles a grammar: 2 s of every
# command's start. Marking it as absent before the first `import nbformat` avoids that.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
