"""The verbs of the command `autograder`, by stage.

What only one verb needs and takes long to import is imported inside that verb. Reading order: verb
(what they share), release_verbs, collect_verbs, grade_verbs.
"""
