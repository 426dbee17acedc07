"""A notebook's cells without a kernel: text in, outputs out.

Reading order: plain_json and recorder (what a client keeps of a cell's outputs), descriptors and
streams (text), widgets, cell_filenames and ipython_shell (IPython's own), inline_figures and warmup
(what is done before any fork), pristine (modules as they were before the submission), shared_state
(what a fork and its original have in common), fork_copy (a fork for one hidden test), shell (all of
it together), notebook_kernel (the same with the notebook's own kernel).
"""
