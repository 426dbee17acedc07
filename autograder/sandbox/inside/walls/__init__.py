"""The inner wall: all that a process gives up before a submission runs in it.

Reading order: syscalls (Linux calls that Python lacks), seccomp, mounts, landlock and rlimits (what
is taken away), init (the first process), jail (all of it in order), probe (whether it works here).
"""
