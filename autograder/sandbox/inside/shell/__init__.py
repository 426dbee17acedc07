"""A notebook's cells without a kernel: text in, outputs out.

Reading order: plain_json and recorder (what a client keeps of a cell's outputs), descriptors and
streams (text), widgets, cell_filenames and ipython_shell (IPython's shell), inline_figures and
warmup (what is done before any fork), pristine (modules as they were), fork_copy (a copy for one
test), shell (all of it), notebook_kernel (the same with the notebook's own kernel).
"""
