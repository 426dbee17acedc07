"""Running a submission's cells behind walls, and the hidden tests beside them.

Reading order: inside (all that runs behind the walls), walls, outer and level (how strong they are
and how they are built), cgroup (memory), limits and job (what is run, and how far), names_in_code
and scope (what a hidden test may see), clocked (patience), pool (the warm Python and its forks),
accept and held (what is believed of what comes back), slots (one question at a time),
kernel_language and kernel_pool (a notebook's own kernel), walk (a notebook from top to bottom).
"""
