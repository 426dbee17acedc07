"""All that runs behind the walls. Nothing here imports anything of autograder outside this folder.

Reading order: walls (the inner wall around one submission), bridge (what crosses between a hidden
test and a submission), shell (a notebook's cells without a kernel), processes (the zygote and what
it forks).
"""
