"""Goes behind the inner wall once and comes out again: `python -m …inside.trial WALLS PATH…`.

What it writes is the fate of a slot that did nothing, or the reason why there can be no slot here.
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
    jail.enter(jail.Cage(0, read_only, walls=walls), os.dup(1))
    hidden = [path for path in read_only if not os.access(path, os.R_OK)]
    if hidden:
        print(json.dumps({"error": f"a slot cannot read {hidden[0]}"}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
