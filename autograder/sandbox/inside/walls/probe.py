"""The probe of the inner wall: a slot that does nothing, `python -m …walls.probe WALLS PATH…`.

It prints the exit report of that slot, or the reason why no slot can be built here.
"""

from __future__ import annotations

import json
import os
import sys

from autograder.sandbox.inside.walls import jail


def main(walls: str, read_only: list[str]) -> None:
    if os.fork():
        os.wait()
        return
    jail.enter_jail(jail.JailSettings(0, read_only, walls=walls), os.dup(1))
    unreadable = [path for path in read_only if not os.access(path, os.R_OK)]
    if unreadable:
        print(json.dumps({"error": f"a slot cannot read {unreadable[0]}"}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
