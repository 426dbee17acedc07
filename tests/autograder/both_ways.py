"""A notebook's cells run by a real kernel, and by the warm shell in a fork.

Run as a script, this file is the zygote: notebooks come as JSON on stdin, outputs leave on stdout.
"""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

ROOT = Path(__file__).parents[2]
MOST = 5_000_000
SHELL_ENVIRONMENT = {
    "PYTHONPATH": f"{ROOT}",
    "OPENBLAS_NUM_THREADS": "1",
    "NBGRADER_EXECUTION": "autograde",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def hard_cells():
    """Notebooks of cells that are hard to get right without a kernel, {subject: texts of cells}."""
    files = sorted((Path(__file__).parent / "hard_cells").glob("*.txt"))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    return {name: text.removesuffix("\n").split("\n# ---\n") for name, text in texts.items()}


def by_warm_shell(notebooks):
    """{name: {"folder", "cells"}} to {name: {"cells": outputs and count of each, "widgets"}}."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    completed = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(notebooks),
        env={**environment, **SHELL_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(completed.stdout)


def by_kernel(cells, folder):
    """The same for one notebook, through nbclient and a fresh kernel."""
    import plain_kernel
    from small_course import code, notebook

    os.environ.pop("PYTEST_CURRENT_TEST", None)  # with it, ipykernel leaves descriptors alone
    book = notebook(*(code(f"c{k}", text) for k, text in enumerate(cells)))
    executed_book = plain_kernel.run(book, Path(folder))
    return {
        "cells": [
            {"outputs": cell["outputs"], "count": cell["execution_count"]}
            for cell in executed_book["cells"]
        ],
        "widgets": executed_book["metadata"].get("widgets"),
    }


DIFFERS = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0xADDRESS"),
    (re.compile(r"ipykernel_\d+"), "ipykernel_PID"),
    (re.compile(r"The slowest run took .*? cached\.\n", re.S), ""),  # %timeit on a busy machine
    (re.compile(r"[\d.]+(e[+-]\d+)? (ns|[uµμ]s|ms|s|min)\b"), "TIME"),
    (re.compile(r"(Task|Thread)-\d+"), r"\1-NUMBER"),
    (re.compile(rf"{gettempdir()}/(ipython|plain-kernel)-\w+/kernel.json"), "kernel.json"),
    (re.compile(r" --HistoryManager.hist_file=:memory:"), ""),
]
MODEL_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
OWN_FRAME = re.compile(r"/(ipykernel|sandbox/inside)/")


def normal(ran, folder):
    """What `by_kernel` or `by_warm_shell` gave, without what differs between two kernels.

    Text of one stream in a row is one piece, and a traceback has one line for every frame of the
    kernel's or the shell's own code and for frames that repeat.
    """
    cells = [{**cell, "outputs": _joined(cell["outputs"])} for cell in ran["cells"]]
    text = json.dumps({**ran, "cells": cells}, sort_keys=True, ensure_ascii=False)
    for pattern, name in DIFFERS:
        text = pattern.sub(name, text)
    text = text.replace(Path(folder).name, "FOLDER")
    models = list(dict.fromkeys(MODEL_ID.findall(json.dumps(ran))))
    text = MODEL_ID.sub(lambda match: f"MODEL-{models.index(match[0])}", text)
    return json.loads(text)


def _joined(outputs):
    joined = []
    for output in map(dict, outputs):
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and output["name"] == last.get("name"):
            last["text"] += output["text"]
            continue
        if output["output_type"] == "error":
            output["traceback"] = _frames(output["traceback"])
        joined.append(output)
    return joined


def _frames(traceback):
    lines = ["OWN FRAME" if OWN_FRAME.search(line) else line for line in traceback]
    return [line for line, before in zip(lines, [None, *lines], strict=False) if line != before]


def main():
    from autograder.sandbox.inside.shell import shell

    notebooks = json.load(sys.stdin)
    shell.warm()
    json.dump({name: _forked(shell, book) for name, book in notebooks.items()}, sys.stdout)


def _forked(warm, book):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(read)
        os.chdir(book["folder"])
        shell = warm.open_shell()
        ran = [shell.run(text, f"c{k}", MOST) for k, text in enumerate(book["cells"])]
        cells = [{"outputs": r.outputs, "count": r.execution_count} for r in ran]
        for r in ran:
            for c in r.changed:
                place = cells[int(c["cell_id"][1:])]["outputs"][c["index"]]
                place.update(data=c["data"], metadata=c["metadata"])
        with os.fdopen(write, "w") as end:
            json.dump({"cells": cells, "widgets": shell.widget_state()}, end)
        os.killpg(0, signal.SIGKILL)  # with the processes that cells have left, which hold the pipe
    os.close(write)
    with os.fdopen(read) as end:
        text = end.read()
    os.waitpid(child, 0)
    return json.loads(text or "null")


if __name__ == "__main__":
    main()
