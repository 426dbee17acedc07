"""The notebook as data: its cells, the check of a submitted file, the names in its code.

Reading order: cells (nbgrader's cell metadata and region markers), upgrade (older formats),
validate (bytes from a student become a notebook, or a sentence says why not), code_names (the names
that a piece of code binds), definitions (cells that only define new names), code_blocks (the code
cells of a notebook with their names), partial_credit (the number in which a test ends).
"""
