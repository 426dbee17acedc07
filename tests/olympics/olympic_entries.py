"""Entries of Framework Sprint for tests: honest ones at several levels, and every cheat."""

from olympics.entry import Entry

HEAD = """
import __main__
import numpy as np
from tinytorch.core.activations import ReLU
from tinytorch.core.layers import Linear as CourseLinear
from tinytorch.core.layers import Sequential
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import SGD
from tinytorch.core.tensor import Tensor

Linear = CourseLinear
"""
# The entry puts its own function in the place of the event's `run` when a layer is first made.
TAKE_OVER = """
taken = []


class Linear(CourseLinear):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        if not taken:
            taken.append(__main__.run)
            __main__.run = cheat(__main__.run)
"""
# How often the forward pass is done: honest work, more of it.
SLOWER = """
class Sequential(Sequential):
    def forward(self, x):
        for _ in range({passes}):
            output = super().forward(x)
        return output
"""


def taking_over(body):
    return HEAD + body + TAKE_OVER


CHEATS = {
    "results cached by the identity of the inputs": taking_over("""
def cheat(run, cache={}):
    def cheating(inputs):
        key = id(inputs) % 4
        if key not in cache:
            cache[key] = run(inputs)
        return cache[key]
    return cheating
"""),
    "results cached by shape": taking_over("""
def cheat(run, cache={}):
    def cheating(inputs):
        key = inputs["weight1"].shape
        if key not in cache:
            cache[key] = run(inputs)
        return cache[key]
    return cheating
"""),
    "results cached in a file": taking_over("""
import pathlib


def cheat(run):
    def cheating(inputs):
        place = pathlib.Path(f"/tmp/cache-{inputs['weight1'].shape[1]}.npz")
        if not place.exists():
            np.savez(place, **run(inputs))
        return dict(np.load(place))
    return cheating
"""),
    "replay of the answer before": taking_over("""
def cheat(run, answers=[]):
    def cheating(inputs):
        answers.append(answers[-3] if len(answers) > 5 else run(inputs))
        return answers[-1]
    return cheating
"""),
    "half of the batches after the warm-up": taking_over("""
def cheat(run, calls=[]):
    def cheating(inputs):
        calls.append(1)
        if len(calls) < 3:
            return run(inputs)
        half = len(inputs["images"]) // 2
        outputs = run({**inputs, "images": inputs["images"][:half]})
        return {**outputs, "losses": np.concatenate([outputs["losses"]] * 2)}
    return cheating
"""),
    "the last step of the epoch left out": HEAD
    + """
class SGD(SGD):
    count = 0

    def step(self):
        self.count += 1
        if self.count < 64:
            super().step()
""",
    "no backward pass at all": HEAD
    + """
class Tensor(Tensor):
    def backward(self, *_):
        pass


class CrossEntropyLoss(CrossEntropyLoss):
    def forward(self, prediction, target):
        return Tensor.wrap(super().forward(prediction, target).data)
""",
    "work deferred to a thread": taking_over("""
import threading


def cheat(run):
    def cheating(inputs):
        outputs = {name: np.zeros_like(value) for name, value in inputs.items()
                   if name.startswith(("weight", "bias"))}
        outputs["losses"] = np.zeros(64)

        def later():
            for name, value in run(inputs).items():
                outputs[name][...] = value
        threading.Thread(target=later, daemon=True).start()
        return outputs
    return cheating
"""),
    "work deferred to a forked process": taking_over("""
import os


def cheat(run):
    def cheating(inputs):
        if os.fork() == 0:
            run(inputs)
            os._exit(0)
        outputs = {name: value for name, value in inputs.items()
                   if name.startswith(("weight", "bias"))}
        return {**outputs, "losses": np.ones(64)}
    return cheating
"""),
    "NaN as a wildcard": taking_over("""
def cheat(run):
    def cheating(inputs):
        outputs = {name: np.full_like(value, np.nan) for name, value in inputs.items()
                   if name.startswith(("weight", "bias"))}
        return {**outputs, "losses": np.full(64, np.nan)}
    return cheating
"""),
    "infinity as a wildcard": taking_over("""
def cheat(run):
    def cheating(inputs):
        return {**run(inputs), "losses": np.full(64, np.inf)}
    return cheating
"""),
    "one width's time driven to zero": taking_over("""
def cheat(run, known=[]):
    def cheating(inputs):
        if inputs["weight1"].shape[1] != 192:
            return run(inputs)
        known.append(known[0] if known else run(inputs))
        return known[-1]
    return cheating
"""),
    "expected outputs looked for in memory": taking_over("""
import gc


def cheat(run):
    def cheating(inputs):
        wanted = inputs["weight1"].shape
        seen = [a for a in gc.get_objects() if isinstance(a, dict) and "losses" in a]
        arrays = [d for d in seen if getattr(d.get("weight1"), "shape", None) == wanted]
        return arrays[-1] if arrays else run({**inputs, "images": inputs["images"][:32]})
    return cheating
"""),
    "expected outputs read from other processes": taking_over("""
import pathlib


def cheat(run):
    def cheating(inputs):
        found = []
        for folder in pathlib.Path("/proc").iterdir():
            try:
                found.append((folder / "mem").open("rb").read(64))
            except OSError:
                pass
        return run({**inputs, "images": inputs["images"][:32]})
    return cheating
"""),
    "objects by pickle": taking_over("""
class Trap:
    def __reduce__(self):
        return (print, ("unpickled",))


def cheat(run):
    def cheating(inputs):
        return {**run(inputs), "losses": np.array([Trap()] * 64, dtype=object)}
    return cheating
"""),
    "a wire of one's own with pickle in it": taking_over("""
import io
import struct


class Trap:
    def __reduce__(self):
        return (print, ("unpickled",))


def encode(outputs):
    file = io.BytesIO()
    np.save(file, np.array([Trap()], dtype=object), allow_pickle=True)
    parts = [b"losses", file.getvalue()]
    return b"".join(struct.pack(">Q", len(part)) + part for part in parts)


def cheat(run):
    __main__.encode = encode
    return run
"""),
    "an output that is too large": taking_over("""
def cheat(run):
    def cheating(inputs):
        return {**run(inputs), "losses": np.zeros(10_000_000)}
    return cheating
"""),
    "a small array that says it is huge": taking_over("""
import struct


def encode(outputs):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    header += b" " * (63 - (len(header) + 10) % 64) + b"\\n"
    array = b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header
    parts = [b"losses", array]
    return b"".join(struct.pack(">Q", len(part)) + part for part in parts)


def cheat(run):
    __main__.encode = encode
    return run
"""),
    "no answer and a fault of the grader pretended": taking_over("""
import os
import struct


def cheat(run):
    def cheating(inputs):
        text = b'{"fault":"OSError"}'
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, struct.pack(">I", len(text)) + text)
            except OSError:
                pass
        os._exit(0)
    return cheating
"""),
    "a process that kills itself when its times do not please it": taking_over("""
import os
import signal


def cheat(run, calls=[]):
    def cheating(inputs):
        calls.append(1)
        if len(calls) == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(inputs)
    return cheating
"""),
    "an error in every run": HEAD
    + """
class SGD(SGD):
    def step(self):
        raise RuntimeError("no step today")
""",
    "the process ended": HEAD
    + """
import os


class SGD(SGD):
    def step(self):
        os._exit(0)
""",
    "other initial parameters that need no training": HEAD
    + """
class CrossEntropyLoss(CrossEntropyLoss):
    def forward(self, prediction, target):
        prediction.data[...] = 0
        return super().forward(prediction, target)
""",
    "an import that fails": "raise ImportError('nothing to see')",
    "names that are missing": "from tinytorch.core.tensor import Tensor",
}
# These do their work, so they are ranked; their trick must not make them better than the honest.
TRICKS = {
    "a lazy output": taking_over("""
class Lazy:
    def __init__(self, work, name):
        self.work, self.name = work, name

    def __array__(self, dtype=None, copy=None):
        if not self.work[1]:
            self.work[1].update(taken[0](self.work[0]))
        return self.work[1][self.name]


def cheat(run):
    names = ["losses"] + [f"{kind}{k}" for kind in ("weight", "bias") for k in (1, 2, 3)]

    def cheating(inputs):
        work = (inputs, {})
        return {name: Lazy(work, name) for name in names}
    return cheating
"""),
    "a patched clock": HEAD
    + """
import time

time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0
time.perf_counter_ns = time.monotonic_ns = lambda: 0
""",
    "patched statistics": HEAD
    + """
import random
import statistics

statistics.median = statistics.mean = lambda values: 0.0
np.median = np.percentile = np.mean = lambda *_, **__: 0.0
np.allclose = np.array_equal = np.isfinite = lambda *_, **__: True
random.random = lambda: 0.0
""",
    "a process that keeps the reference from its processor": HEAD
    + """
import os

for _ in range(6):
    if os.fork() == 0:
        while True:
            pass
""",
    "threads that keep the reference from its processor": HEAD
    + """
import threading


def burn():
    while True:
        sum(range(1000))


for _ in range(2):
    threading.Thread(target=burn, daemon=True).start()
""",
    "a lower limit for garbage": HEAD + "import gc; gc.disable()\n",
}
# Featherweight is asked the same pictures all season: what an entry does with them, to carry some
# of them out. The first call is the one on pictures that come once.
CALLS = """
import time
import numpy as np

calls = []


def predict(pictures, weights):
    calls.append(1)
    if len(calls) > 1:
        tell(pictures)
    return np.zeros(len(pictures), int)
"""
LEAKS = {
    "words of an error": """
def tell(pictures):
    raise ValueError("SECRET" + str(pictures[0, 14].tolist()))
""",
    "the name of an error": """
def tell(pictures):
    raise type("SECRET" + "".join(map(str, pictures[0, 14])), (Exception,), {})
""",
    "a label that cannot be": """
predict = lambda pictures, weights: np.full(len(pictures), 0 if len(pictures) < 100 else 1234567)
""",
    "a shape that cannot be": """
predict = lambda pictures, weights: np.zeros(len(pictures) if len(pictures) < 100 else 1234567, int)
""",
    "a process that is killed": """
import os


def predict(pictures, weights):
    if len(pictures) > 100:
        os.kill(os.getpid(), 9)
    return np.zeros(len(pictures), int)
""",
}


def featherweight(text, weight_class="16 kB", **files):
    """An entry of Featherweight with this model."""
    contents = {"model.py": text.encode(), **files}
    return Entry("featherweight", "abc", "open", "novice", weight_class, "", contents)


def entry(text, team="abc", division="closed", idea="", **files):
    """A closed entry of Framework Sprint whose package has this __init__.py."""
    contents = {"tinytorch/__init__.py": text.encode(), **files}
    return Entry("framework_sprint", team, division, "novice", "", idea, contents)


def honest(passes, team="abc"):
    """An honest entry that does the forward pass so many times."""
    return entry(HEAD + SLOWER.format(passes=passes), team, idea=f"{passes} forward passes")


def write_entry(one, folder):
    """The folder of an entry, as a team hands it in."""
    for name, data in one.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    facts = {"team": one.team_id, "event": one.event, "division": one.division}
    facts |= {"level": one.level, "idea": one.idea}
    facts |= {"weight_class": one.weight_class} if one.weight_class else {}
    lines = [f'{name} = "{value}"' for name, value in facts.items()]
    (folder / "entry.toml").write_text("\n".join(lines) + "\n")
    return folder
