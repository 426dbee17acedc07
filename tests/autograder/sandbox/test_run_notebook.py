"""A notebook in its slot ends, whatever it does, and a sentence says what happened."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pytest
from small_course import code, notebook

from autograder.sandbox import run_notebook
from autograder.sandbox.choose_level import strongest_level
from autograder.sandbox.job import Job
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Pool, Warm

QUICK = Limits(cell_s=3.0, after_s=1.0, output_bytes=5000, memory_bytes=700 << 20)


@pytest.fixture(scope="module")
def pool():
    with Pool(strongest_level(), Warm(preload=("numpy",))) as pool:
        yield pool


def run(pool, *sources, files=(), limits=QUICK):
    cells = [code(f"c{k}", text) for k, text in enumerate(sources)]
    return run_notebook.run(pool, Job(notebook(*cells), files=dict(files)), limits)


def outputs(run, index):
    return run.notebook["cells"][index]["outputs"]


def test_cells_run_in_order_beside_the_files_given(pool):
    result = run(pool, "x = open('a/b.txt').read()", "x + '!'", files={"a/b.txt": b"found"})
    assert outputs(result, 1)[0]["data"]["text/plain"] == "'found!'"
    assert result.messages == ()


def test_an_error_does_not_stop_the_next_cell(pool):
    result = run(pool, "1 / 0", "2")
    assert outputs(result, 0)[0]["ename"] == "ZeroDivisionError"
    assert outputs(result, 1)[0]["data"]["text/plain"] == "2"


def test_an_endless_loop_is_interrupted_and_named(pool):
    result = run(pool, "while True: pass", "3")
    assert result.messages == ("cell 'c0' was stopped after 3 s",)
    assert outputs(result, 0)[-1]["ename"] == "TimeLimit"
    assert outputs(result, 1)[0]["data"]["text/plain"] == "3"


def test_after_a_slow_cell_the_next_slow_ones_get_less(pool):
    result = run(pool, "while True: pass", "while True: pass", "3")
    assert outputs(result, 1)[-1]["evalue"] == "stopped after 1 s"
    assert result.messages == ("cell 'c0' was stopped after 3 s",)


def test_a_loop_that_ignores_interrupts_ends_the_run(pool):
    stubborn = "while True:\n    try:\n        sum(range(9999))\n    except BaseException: pass"
    result = run(pool, "1", stubborn, "3")
    assert "'c1' did not stop when it was interrupted" in result.messages[0]
    assert outputs(result, 0)[0]["data"]["text/plain"] == "1"
    assert outputs(result, 2)[0]["ename"] == "NotRun"


@pytest.mark.parametrize(
    ("end", "how"),
    [
        ("import os; os._exit(0)", "exit code 0"),
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.abort()", "SIGABRT"),
        ("import os; os.kill(os.getpid(), 9)", "each time it was run"),
        (
            "from autograder.sandbox.inside.processes.submission import _cell_reply; "
            "_cell_reply.__code__ = (lambda ran: ran()).__code__",
            "each time it was run (a slot failed: TypeError)",
        ),
    ],
)
def test_a_process_that_ends_keeps_what_ran_before_and_says_how(pool, end, how):
    result = run(pool, "1", end, "3")
    assert "cell 'c1' ended the Python process" in result.messages[0]
    assert how in result.messages[0]
    assert outputs(result, 0)[0]["data"]["text/plain"] == "1"
    assert outputs(result, 2)[0]["ename"] == "NotRun"


def test_too_much_memory_is_an_error_of_its_cell_or_the_end_of_the_process(pool):
    grow = "kept = []\nwhile True: kept.append(bytearray(50_000_000))"
    result = run(pool, grow, "3")
    ended = "".join(result.messages)
    assert "out of memory" in ended or outputs(result, 0)[-1]["ename"] == "MemoryError"


def test_endless_output_is_cut_and_said(pool):
    result = run(pool, "for k in range(2000): print('x' * 100)", "4")
    assert result.messages == ("cell 'c0' printed too much: cut",)
    assert len(str(outputs(result, 0))) < 3 * QUICK.output_bytes
    assert outputs(result, 1)[0]["data"]["text/plain"] == "4"


def test_a_full_disk_is_an_error_of_its_cell(pool):
    result = run(pool, "open('big', 'wb').write(bytes(200 << 20))", "5")
    assert outputs(result, 0)[0]["ename"] == "OSError"
    assert outputs(result, 1)[0]["data"]["text/plain"] == "5"


def test_all_cells_together_have_a_limit_too(pool):
    sleeps = ["import time; time.sleep(1.5)"] * 3
    result = run(pool, *sleeps, limits=Limits(cell_s=5.0, after_s=0.2, notebook_s=2.0))
    assert [any(o["output_type"] == "error" for o in outputs(result, k)) for k in range(3)] == [
        *(False, True, True)
    ]


def test_input_is_refused(pool):
    assert outputs(run(pool, "input()"), 0)[0]["ename"] == "StdinNotImplementedError"


def test_a_later_cell_may_change_an_earlier_display(pool):
    first = "from IPython.display import display\nhandle = display('one', display_id=True)"
    result = run(pool, first, "handle.update('two')")
    assert outputs(result, 0)[0]["data"]["text/plain"] == "'two'"


def test_nothing_is_left_for_the_next_submission(pool):
    run(
        pool,
        "open('/tmp/left', 'w').write('x'); open('left', 'w').write('x'); import math; math.pi = 3",
    )
    result = run(pool, "import os, math\n(os.path.exists('/tmp/left'), os.listdir(), math.pi > 3)")
    assert outputs(result, 0)[0]["data"]["text/plain"] == "(False, [], True)"


def test_a_file_that_a_preloaded_module_holds_open_cannot_be_read_and_may_be_closed(tmp_path):
    lines = "from pathlib import Path\nkept = [Path(__file__).open() for _ in range(9)]\n"
    (tmp_path / "holding.py").write_text(lines)
    sources = [
        "import holding, os\n{os.read(kept.fileno(), 9) for kept in holding.kept}",
        "for kept in holding.kept: kept.close()",
        "import os\nos.system('echo seen')\nprint('printed')",
    ]
    with Pool(strongest_level(), Warm(libraries=(tmp_path,), preload=("holding",))) as pool:
        result = run(pool, *sources)
    assert outputs(result, 0)[0]["data"]["text/plain"] == "{b''}"
    assert outputs(result, 2)[0]["text"] == "seen\nprinted\n"
    assert result.messages == ()


def test_a_file_that_is_replaced_outside_while_a_pool_is_open_ends_no_slot(tmp_path):
    """As ldconfig and package managers do with the files of /etc."""
    shared, newer = tmp_path / "shared.txt", tmp_path / "newer.txt"
    shared.write_text("first")
    newer.write_text("second")
    read = f"open({str(shared)!r}).read()"
    with Pool(strongest_level(), Warm(libraries=(shared,))) as pool:
        before = run(pool, read)
        newer.replace(shared)
        after = run(pool, read)
    assert outputs(before, 0)[0]["data"]["text/plain"] == "'first'"
    assert outputs(after, 0)[0]["data"]["text/plain"] in ("'first'", "'second'")
    assert after.messages == ()


def test_formulas_are_drawn_with_fonts_that_can_be_read():
    size = "from matplotlib.textpath import TextPath\nlen(TextPath((0, 0), '$x^2$').vertices) > 20"
    many = (
        "import gc\nfrom matplotlib.textpath import TextPath\n"
        "for k in range(70): TextPath((0, 0), f'$10^{{{k}}}$')\ngc.collect()"
    )
    with Pool(strongest_level(), Warm(preload=("matplotlib.pyplot",))) as pool:
        result = run(pool, size, many, "6")
    assert outputs(result, 0)[0]["data"]["text/plain"] == "True"
    assert outputs(result, 2)[0]["data"]["text/plain"] == "6"
    assert result.messages == ()


def test_a_folder_that_is_hidden_is_empty():
    level = strongest_level()
    if level.walls != "namespaces":
        pytest.skip(f"{level.name} cannot hide a folder. Allow user namespaces")
    folder = Path(numpy.__file__).parent
    with Pool(level, Warm()) as pool:
        pool.hidden = (str(folder / "testing"),)
        look = f"import os\nhere = {str(folder)!r}\n"
        result = run(pool, look + "(os.listdir(here + '/testing'), len(os.listdir(here)) > 9)")
    assert outputs(result, 0)[0]["data"]["text/plain"] == "([], True)"


def test_two_pools_at_a_time_do_not_disturb_each_other():
    sources = ["import time; time.sleep(0.2)", "7"]
    with (
        Pool(strongest_level(), Warm()) as first,
        Pool(strongest_level(), Warm()) as second,
        ThreadPoolExecutor(6) as threads,
    ):
        runs = list(threads.map(lambda pool: run(pool, *sources), [first, second] * 6))
    assert {str(outputs(result, 1)[0]["data"]) for result in runs} == {"{'text/plain': '7'}"}
    assert {result.messages for result in runs} == {()}
