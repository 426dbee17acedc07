"""The reference framework beside PyTorch on one CPU thread: the same work in both, in one run.

Run: make torch, then python benchmarks/framework.py [--json FILE]

Rows are workloads of the Foundation tier, and a GPT of the Architecture tier. Each is repeated in
turns, five times ours then five times PyTorch's, and the fastest of each counts: what else the
machine does can only add time.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import click
import numpy as np
from tinytorch import (
    GPT,
    SGD,
    Adam,
    Conv2d,
    CrossEntropyLoss,
    DataLoader,
    Linear,
    ReLU,
    Sequential,
    Tensor,
    TensorDataset,
)

DIGITS = Path(__file__).parents[1] / "course" / "data" / "digits.npz"
BATCH = 32
VOCABULARY, WIDTH, BLOCKS, HEADS, LENGTH, TEXTS = 65, 64, 2, 4, 64, 8
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
Pair = tuple[Callable[[], object], Callable[[], object]]


@dataclass(frozen=True)
class Row:
    """A workload: milliseconds of the fastest of `turns` runs in each, and the ratio to reach."""

    workload: str
    ours_ms: float
    torch_ms: float
    turns: int
    at_most: float

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.torch_ms


@click.command(help=__doc__)
@click.option("--turns", default=15, show_default=True, help="Runs of each workload in each.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Keep the figures there.")
def main(turns: int, file: Path | None) -> None:
    if any(os.environ.get(name) != "1" for name in THREADS):  # read when NumPy is loaded
        single_thread = {**os.environ, **dict.fromkeys(THREADS, "1")}
        os.execve(sys.executable, [sys.executable, *sys.argv], single_thread)
    try:
        import torch
    except ModuleNotFoundError:
        raise click.ClickException("PyTorch is not installed. Run: make torch") from None
    torch.set_num_threads(1)
    rows = list(measured(turns))
    click.echo(table(rows))
    if file:
        file.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def measured(turns: int) -> Iterator[Row]:
    """A row for each workload, as they are finished."""
    yield _row("matmul 512 x 512, forward and backward", matmul(), turns, 1.2)
    yield _row("MLP 64-64-10, an epoch of 1,797 digits in batches of 32", epoch(), turns, 0.5)
    yield _row("GPT of width 64, 2 blocks, a step of Adam on 8 x 64 tokens", gpt(), turns, 2.5)
    yield _row("chain of 1,000 scalar operations, forward and backward", chain(), turns, 1.2)
    for asks in (False, True):
        words = ", and of the input" if asks else ""
        name = (
            f"Conv2d(3, 16, 3, padding=1) on 32 x 3 x 32 x 32, gradients of weight and bias{words}"
        )
        yield _row(name, convolution(asks), turns, 3.0)
    ours, theirs = _import_ms("tinytorch.core.training"), _import_ms("torch")
    yield Row("import, beyond Python itself (at most 200 ms)", ours, theirs, 7, 200.0 / theirs)


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    head = ["| workload | tinytorch, ms | PyTorch, ms | ratio | at most |", "|---|--:|--:|--:|--:|"]
    lines = [
        f"| {r.workload} | {r.ours_ms:.2f} | {r.torch_ms:.2f} | {r.ratio:.2f} | {r.at_most:.2f} |"
        for r in rows
    ]
    return "\n".join(head + lines)


def _row(workload: str, pair: Pair, turns: int, at_most: float) -> Row:
    ours, theirs = pair
    ours(), theirs()
    times = [(_fastest_ms(ours), _fastest_ms(theirs)) for _ in range(turns)]
    return Row(workload, *map(min, zip(*times, strict=True)), turns, at_most)


def _fastest_ms(call: Callable[[], object]) -> float:
    """Of five in a row, since training is many epochs in a row; without the garbage collector, as
    timeit does it."""
    gc.collect()
    gc.disable()
    try:
        return min(_ms(call) for _ in range(5))
    finally:
        gc.enable()


def _ms(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return 1e3 * (perf_counter() - start)


def matmul() -> Pair:
    """C = A B, summed, and the gradients of A and B."""
    import torch

    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(512, 512)).astype(np.float32) for _ in range(2))
    mine = Tensor(a, requires_grad=True), Tensor(b, requires_grad=True)
    theirs = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
    return lambda: _product(*mine), lambda: _product(*theirs)


def _product(a, b) -> None:
    a.grad = b.grad = None
    (a @ b).sum().backward()


def chain() -> Pair:
    """y <- 1.001 y, y <- y + 0.001, five hundred times, and the gradient of the first y."""
    import torch

    mine, theirs = Tensor(1.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    return lambda: _chained(mine), lambda: _chained(theirs)


def _chained(x) -> None:
    x.grad = None
    y = x
    for _ in range(500):
        y = y * 1.001
        y = y + 0.001
    y.backward()


def convolution(asks: bool) -> Pair:
    """A convolution, summed, and the gradients of its parameters; `asks`: of its input too."""
    import torch

    images = np.random.default_rng(0).normal(size=(32, 3, 32, 32)).astype(np.float32)
    mine, theirs = Conv2d(3, 16, 3, padding=1, rng=0), torch.nn.Conv2d(3, 16, 3, padding=1)
    x, y = Tensor(images, requires_grad=asks), torch.tensor(images, requires_grad=asks)
    leaves, their_leaves = [x, *mine.parameters()], [y, *theirs.parameters()]
    return lambda: _convolved(mine, x, leaves), lambda: _convolved(theirs, y, their_leaves)


def _convolved(layer, x, leaves) -> None:
    for leaf in leaves:
        leaf.grad = None
    layer(x).sum().backward()


def epoch() -> Pair:
    """Batches taken, forward, cross-entropy, backward and a step of SGD with momentum."""
    import torch

    with np.load(DIGITS) as file:
        x, target = file["images"].reshape(-1, 64).astype(np.float32) / 16, file["labels"]
    target = target.astype(np.int64)
    ours = Sequential(Linear(64, 64, rng=0), ReLU(), Linear(64, 10, rng=1))
    theirs = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    loader = DataLoader(TensorDataset(Tensor(x), Tensor(target)), BATCH)
    data = torch.tensor(x), torch.tensor(target)
    step = torch.optim.SGD(theirs.parameters(), lr=0.01, momentum=0.9)
    mine = SGD(ours.parameters(), lr=0.01, momentum=0.9)
    return (
        lambda: _trained(ours, CrossEntropyLoss(), mine, loader),
        lambda: _trained(theirs, torch.nn.CrossEntropyLoss(), step, _split(*data)),
    )


def _split(x, target):
    """PyTorch's quickest way to batches in order: its own DataLoader takes far longer."""
    return zip(x.split(BATCH), target.split(BATCH), strict=True)


def _trained(model, loss_fn, optimizer, batches) -> None:
    for x, target in batches:
        optimizer.zero_grad()
        loss_fn(model(x), target).backward()
        optimizer.step()


def gpt() -> Pair:
    """Forward, cross-entropy, backward and a step of Adam, without dropout."""
    import torch

    rows = np.random.default_rng(0).integers(0, VOCABULARY, (TEXTS, LENGTH + 1))
    tokens, target = rows[:, :-1], rows[:, 1:].reshape(-1)
    ours = GPT(VOCABULARY, WIDTH, BLOCKS, HEADS, max_seq_len=LENGTH, rng=0)
    theirs = [torch.tensor(p.numpy(), requires_grad=True) for p in ours.parameters()]
    mine, step = Adam(ours.parameters()), torch.optim.Adam(theirs)
    loss_fn, data = torch.nn.CrossEntropyLoss(), (torch.tensor(tokens), torch.tensor(target))
    return (
        lambda: _learned(ours, CrossEntropyLoss(), mine, tokens, target),
        lambda: _learned(lambda t: _torch_logits(theirs, t), loss_fn, step, *data),
    )


def _learned(model, loss_fn, optimizer, tokens, target) -> None:
    optimizer.zero_grad()
    loss_fn(model(tokens).reshape(-1, VOCABULARY), target).backward()
    optimizer.step()


def _torch_logits(parameters, tokens):
    """The same GPT with PyTorch's own fused operations, from the parameters in their order."""
    from torch.nn import functional as F

    table, places, *blocks, gamma, beta, head = parameters
    shape = (TEXTS, LENGTH, HEADS, WIDTH // HEADS)
    x = F.embedding(tokens, table) + places
    for start in range(0, len(blocks), 16):
        g1, b1, g2, b2, wq, bq, wk, bk, wv, bv, wo, bo, w1, c1, w2, c2 = blocks[start : start + 16]
        n = F.layer_norm(x, (WIDTH,), g1, b1)
        pairs = ((wq, bq), (wk, bk), (wv, bv))
        q, k, v = (F.linear(n, w.T, b).view(shape).transpose(1, 2) for w, b in pairs)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(mixed.transpose(1, 2).reshape(x.shape), wo.T, bo)
        hidden = F.linear(F.layer_norm(x, (WIDTH,), g2, b2), w1.T, c1)
        x = x + F.linear(F.gelu(hidden, approximate="tanh"), w2.T, c2)
    return F.layer_norm(x, (WIDTH,), gamma, beta) @ head


def _import_ms(module: str) -> float:
    """How much longer a Python that imports `module` takes than one that does nothing."""
    milliseconds = {
        code: min(_run_ms(code) for _ in range(7)) for code in ("pass", f"import {module}")
    }
    return milliseconds[f"import {module}"] - milliseconds["pass"]


def _run_ms(code: str) -> float:
    return _ms(lambda: subprocess.run([sys.executable, "-c", code], check=True))


if __name__ == "__main__":
    main()
