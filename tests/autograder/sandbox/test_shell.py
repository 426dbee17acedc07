"""The warm shell alone: limits on output, interrupts, forks of it, and what it leaves behind."""

import json
import os
import signal
import threading
import time

import pytest

from autograder.sandbox.inside.shell import (
    cell_filenames,
    plain_json,
    recorder,
    shell,
)

MOST = 10_000


def in_a_fork(play, opened=shell.open_shell):
    """What `play(opened())` returns in a child process, as a slot would run it."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            result = json.dumps(play(opened()))
            os.write(write, result.encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as end:
        answer = end.read()
    os.wait()
    return json.loads(answer)


def outputs_of(*cells, most=MOST):
    return in_a_fork(
        lambda shell: [shell.run(text, f"c{k}", most).outputs for k, text in enumerate(cells)]
    )


def interrupted_after(seconds):
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_names_are_the_users_namespace():
    def play(shell):
        shell.run("x = 41", "c", MOST)
        shell.names["x"] += 1
        return shell.run("x", "c", MOST).outputs[0]["data"]["text/plain"]

    assert in_a_fork(play) == "42"


def test_text_of_threads_and_descriptors_is_read_by_one_at_a_time():
    mixed = """
import os, threading

def write():
    for _ in range(3000):
        os.write(1, b"d")
        print("p", end="", flush=True)

threads = [threading.Thread(target=write) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
    (outputs,) = outputs_of(mixed, most=1 << 20)
    text = "".join(out["text"] for out in outputs)
    assert {out["name"] for out in outputs} == {"stdout"}
    assert (text.count("d"), text.count("p")) == (9000, 9000)


def test_an_empty_cell_has_no_number():
    def play(shell):
        first, second = shell.run(" \n", "a", MOST), shell.run("1", "b", MOST)
        return first.outputs, first.execution_count, second.execution_count

    assert in_a_fork(play) == [[], None, 1]


def test_endless_output_is_cut_and_says_so_and_the_error_after_it_is_kept():
    def play(shell):
        ran = shell.run("for _ in range(10**5): print('x' * 1000)\n1 / 0", "c", MOST)
        return ran.cut, ran.outputs

    cut, (text, error) = in_a_fork(play)
    assert cut
    assert text["text"].endswith(recorder.CUT) and len(text["text"]) < 2 * MOST
    assert error["ename"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    "flood",
    [
        "import os\nos.system('head -c 30000000 /dev/zero | tr \"\\\\0\" x')",
        "!head -c 3000000 /dev/zero | tr '\\0' x",
        "print('x' * 30_000_000)",
        "'x' * 30_000_000",
        "raise ValueError('x' * 30_000_000)",
        "display({'text/html': 'x' * 30_000_000}, raw=True)",
    ],
)
def test_no_flood_is_kept(flood):
    def play(shell):
        ran = shell.run(flood, "c", MOST)
        return ran.cut, len(json.dumps(ran.outputs)), shell.run("1", "d", MOST).outputs

    cut, size, after = in_a_fork(play)
    assert cut
    assert size < 6 * recorder.ERROR_BYTES
    assert after[0]["data"]["text/plain"] == "1"


@pytest.mark.parametrize(
    ("endless", "error"),
    [
        ("while True: pass", "KeyboardInterrupt"),
        ("import time; time.sleep(60)", "KeyboardInterrupt"),
        ("import asyncio; await asyncio.sleep(60)", "CancelledError"),
        ("import subprocess; subprocess.run(['sleep', '60'])", "KeyboardInterrupt"),
    ],
)
def test_an_interrupt_ends_the_cell_and_not_the_shell(endless, error):
    def play(shell):
        interrupted_after(0.3)
        start = time.monotonic()
        ran = shell.run(endless, "c", MOST)
        after = shell.run("await asyncio.sleep(0); 7" if "await" in endless else "7", "d", MOST)
        return ran.outputs[-1]["ename"], time.monotonic() - start, after.outputs[-1]["data"]

    ename, seconds, after = in_a_fork(play)
    assert (ename, after["text/plain"]) == (error, "7")
    assert seconds < 10


def test_a_second_interrupt_ends_a_busy_cell_that_awaits():
    def play(shell):
        interrupted_after(0.3)
        interrupted_after(0.6)
        text = "import asyncio\nawait asyncio.sleep(0)\nwhile True: pass"
        return shell.run(text, "c", MOST).outputs[-1]["ename"]

    assert in_a_fork(play) == "KeyboardInterrupt"


def test_an_interrupt_between_cells_is_spent():
    def play(shell):
        shell.run("1", "c", MOST)
        os.kill(os.getpid(), signal.SIGINT)
        return shell.run("2", "d", MOST).outputs[-1]["data"]["text/plain"]

    assert in_a_fork(play) == "2"


def test_an_endless_task_is_interrupted_with_the_cell_that_left_it():
    def play(shell):
        interrupted_after(0.3)
        spin = "import asyncio\nasync def spin():\n    while True: pass\n"
        shell.run(f"{spin}task = asyncio.create_task(spin())", "c", MOST)
        return shell.run("8", "d", MOST).outputs[-1]["data"]["text/plain"]

    assert in_a_fork(play) == "8"


def test_exit_ends_nothing():
    assert outputs_of("exit()", "9")[1][0]["data"]["text/plain"] == "9"


def test_an_update_of_an_earlier_display_is_told():
    def play(shell):
        shell.run("h = display('old', display_id='one')", "first", MOST)
        return shell.run("h.update('new')", "second", MOST).changed

    (change,) = in_a_fork(play)
    assert (change["cell_id"], change["index"]) == ("first", 0)
    assert change["data"]["text/plain"] == "'new'"


def test_during_returns_what_a_call_prints():
    ran = in_a_fork(lambda shell: shell.record_call(lambda: print("said"), MOST).outputs)
    assert ran == [{"output_type": "stream", "name": "stdout", "text": "said\n"}]


def test_a_fork_of_the_shell_runs_cells_of_its_own():
    def play(shell):
        shell.run("import os\nx = 1", "c", MOST)
        read, write = os.pipe()
        if os.fork() == 0:
            text = "x += 1; print(x); os.system('echo below'); await asyncio.sleep(0)"
            ran = shell.run("import asyncio\n" + text, "d", MOST)
            os.write(write, json.dumps(ran.outputs).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as end:
            below = json.loads(end.read())
        return below, shell.run("print(x)", "e", MOST).outputs

    below, here = in_a_fork(play)
    assert below[0]["text"] == "2\nbelow\n"
    assert here[0]["text"] == "1\n"


def test_lone_surrogates_do_not_stop_the_notebook():
    outputs = outputs_of("print('a\\ud800b')", "'\\udcff'")
    json.dumps(outputs).encode()
    assert outputs[0][0]["text"].startswith("a")


def test_the_name_of_a_cell_is_the_kernels():
    compiler = pytest.importorskip("ipykernel.compiler")
    for text in ("", "x", "xy", "xyz", "warnings.warn('é 漢')", "x = 1\n" * 99):
        ours = cell_filenames.CellCompiler().get_code_name(text, text, 1)
        assert ours == compiler.get_file_name(text)


def test_values_cross_as_a_message_would_carry_them():
    values = {"a": (1, {2}), 3: b"\x00", "n": float("nan")}
    assert plain_json.to_plain_json(values) == {"a": [1, [2]], "3": "AA==", "n": "nan"}
    with pytest.raises(TypeError):
        plain_json.to_plain_json({"x": object()})


def test_a_trivial_cell_costs_little():
    def play(shell):
        shell.run("x = 0", "c", MOST)
        start = time.process_time()
        for k in range(200):
            shell.run(f"x = {k}", "c", MOST)
        return (time.process_time() - start) / 200

    assert in_a_fork(play) < 3e-3
