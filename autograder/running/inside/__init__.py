"""All that runs behind the walls. Nothing here imports anything of autograder outside this folder.

Reading order: the inner wall first: kernel (the calls), seccomp, mounts, landlock and rlimits (what
is taken away), init (the first process), jail (all of it in order), trial (whether it works here).

Then what crosses between a hidden test and a submission: frames (messages), shown_bytes and
shared_arrays (arrays), known_classes, values (what crosses by value), changes (what a call left in
it), operations and handles (what does not cross), faults (exceptions), registry and link (the
talk). Its two ends: answers (the submission's), callbacks, namespace, hidden_test and tester.

Then a notebook without a kernel: plain_json and recorder (what a client keeps of a cell's outputs),
descriptors and streams (text), notebook_widgets, cell_names and cell_shell (IPython's shell),
inline_figures and rehearsal (what is warmed before any fork), warm_shell (the doors), and
kernel_shell (the same doors, a real kernel behind them).

Last the processes: pristine (modules as they were), held (a copy for one test), entrance (the first
words), slot (a submission) and zygote (what all of them are forked from).
"""
