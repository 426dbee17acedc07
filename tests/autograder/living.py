"""Which of some processes are still there; a zombie is not."""

import time

import psutil


def lives(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def left(processes, patience_s=5.0):
    """Those that live on after a while."""
    until = time.monotonic() + patience_s
    alive = [process for process in processes if lives(process)]
    while alive and time.monotonic() < until:
        time.sleep(0.02)
        alive = [process for process in alive if lives(process)]
    return alive
