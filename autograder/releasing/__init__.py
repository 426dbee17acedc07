"""release(assignment) -> folder: stripped, proved strong, proved tight.

Reading order: unpack (every text in a file), leaks (what must not be there), packages (the code
students have in any case), trials (solutions, graded), audit (are the tests strong?), release.
"""
