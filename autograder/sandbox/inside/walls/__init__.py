"""The inner wall, built by a process around itself.

Reading order: syscalls (Linux calls that Python lacks), seccomp, mounts, landlock and rlimits (what
is taken away), init (the first process), jail (all of it in order), probe (whether it works here).
"""
