"""A course root becomes a Course, with nbgrader's configuration of it.

Reading order: counted (a number with its noun), nbgrader_config (where its folders are),
open_course (a root becomes a Course), nbgrader_update (older metadata), source_notebook (the
instructor's notebook with its header, in nbgrader's default markers), given_texts (the stubs that
every release has), packages (what a notebook imports), course_cells (what a release puts around
each notebook: track, minutes, what is next), nbgrader_strip (nbgrader's preprocessors turn it into
a student's), grading_options (time limits and accepted files), late_policy (what lateness costs),
student_packages (the course's own, as far as an assignment's students have them).
"""
