"""`make demo`: the whole road on a class of thirty submissions.

Reading order: demo_class (who hands in what), demo_inbox (as a learning platform delivers it),
demo_page (the class on one page), then __main__, which runs the commands.
"""
