"""`make demo`: the whole pipeline on a class of thirty submissions.

Reading order: demo_class (who hands in what), demo_inbox (as a learning platform delivers it);
last __main__, which runs the commands.
"""
