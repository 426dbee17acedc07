"""Running a submission's cells behind walls, and the hidden tests beside them.

Reading order: inside (all that runs behind the walls), walls, outer and level (how strong they are
and how they are built), cgroup (memory).
"""
