"""The pipeline: release, collect, grade, feedback, export. Command `autograder`.

Reading order: model (the nouns), files (writes that survive a crash), proofs (wrong and right
solutions), then the rooms in order of dependence, each with a reading order of its own: notebook
(what a notebook is made of), settings (a course root becomes a Course), sandbox (cells and hidden
tests behind walls), gradebook (nbgrader's database), sanitizing (what staff open is inert),
collecting (downloads become submissions), grading (submissions become marks), releasing (what
students get, proved strong and tight), distributing (the release in other shapes), reporting (pages
and tables of marks), commands (the command line), demo (the class of `make demo`).
"""
