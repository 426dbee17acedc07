"""The code behind the walls. It imports nothing of autograder from outside this folder.

Reading order: walls (the inner wall around one submission), bridge (what crosses between a hidden
test and a submission), shell (a notebook's cells without a kernel), processes (the zygote and what
it forks).
"""
