"""A course root becomes a Course, with nbgrader's configuration of it.

Reading order: nbgrader_config (where its folders are), open_course (a root becomes a Course),
nbgrader_strip (nbgrader's preprocessors turn a source notebook into a student's), packages
(what a notebook imports).
"""
