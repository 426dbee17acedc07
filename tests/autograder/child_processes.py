"""Processes that a test starts: how Ctrl-C reaches them, and which are still there at the end."""

import signal
import time

import psutil


def hear_interrupts():
    """For `preexec_fn`: Ctrl-C reaches the child even where the tests were started with it ignored,
    as in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
