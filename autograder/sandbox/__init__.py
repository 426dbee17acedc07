"""The sandbox: it runs a submission's cells behind walls, and the hidden tests beside them.

What stops what. A fork bomb: `pids.max` of the slot's control group, RLIMIT_NPROC, and the end of
its pid namespace. Memory: `memory.max` and RLIMIT_AS. Time: a deadline per request, RLIMIT_CPU.
Network and files: an empty network namespace, a mount namespace of a few read-only paths and one
small disk (elsewhere landlock), and seccomp against the ways around them. The verdict on a hidden
test is made in the tester, where no code of the submission runs; where a test has to run in a fork
of the submission, `fork_verdict` makes it.

Reading order: levels (how strong the isolation is), limits, run_result and job (what is run, and
how much it may use), given_code and test_scope (which names a hidden test may see, and whose value
each has), inside (all that runs behind the walls), bubblewrap (the outer wall), choose_level (which
walls can be built here), cgroup (the control group of a slot), turns (side by side, or alone), pool
(the zygote and its forks), process_handles (a slot and a tester: one request at a time, with a
deadline), copies (forks of a submission that wait for a test), outputs and fork_verdict (what is
believed of their replies), verdict_outputs and cell_outputs (what a cell shows), kernel_language
and kernel_pool (slots with a notebook's own kernel), reference_run (what the instructor's own run
does beyond that), time_budget (how long a cell may take) and execution_tester (where its hidden
tests run), execution (a notebook from top to bottom), run_notebook (again, in turn or alone where
it must be).
"""
