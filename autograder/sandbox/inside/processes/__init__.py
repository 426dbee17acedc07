"""The processes behind the walls.

Reading order: greeting (the first words), submission (a slot that runs one submission's cells),
zygote (the warm Python that all of them are forked from), kernel_driver (a slot with a kernel).
"""
