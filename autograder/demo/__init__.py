"""`make demo`: the whole pipeline on a class of thirty submissions.

Reading order: demo_class (who hands in what), demo_inbox (as a learning platform delivers it),
demo_road (what happened to one of them); last __main__, which runs the commands. Beside it
olympics: `make olympics`, a season with three universities.
"""
