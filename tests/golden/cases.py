"""The calculations whose values and gradients the golden file holds, written once for both
frameworks.

`f` offers what the two spell differently: `tests/golden/write.py` gives PyTorch's functions,
`tests/tinytorch/test_golden.py` the course's own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("pytorch.npz")
STEPS = 25

CALCULATIONS: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "add, broadcast": (lambda f, a, b: a + b, ((2, 1, 3), (4, 1))),
    "subtract, broadcast": (lambda f, a, b: a - b, ((3, 4), (4,))),
    "multiply, broadcast": (lambda f, a, b: a * b, ((), (2, 3))),
    "divide, broadcast": (lambda f, a, b: a / (b * b + 1.0), ((3, 4), (4,))),
    "power of tensors": (lambda f, a, b: (a * a + 0.5) ** b, ((3, 4), (4,))),
    "square": (lambda f, a: a**2, ((3, 4),)),
    "exp": (lambda f, a: f.exp(a), ((3, 4),)),
    "log": (lambda f, a: f.log(a * a + 0.1), ((3, 4),)),
    "sqrt": (lambda f, a: f.sqrt(a * a + 0.1), ((3, 4),)),
    "matmul": (lambda f, a, b: a @ b, ((2, 3), (3, 4))),
    "matmul of stacks": (lambda f, a, b: a @ b, ((2, 1, 2, 3), (4, 3, 2))),
    "matmul of a vector": (lambda f, a, b: a @ b, ((3,), (5, 3, 4))),
    "reshape": (lambda f, a: a.reshape(6, -1) @ a.reshape(4, -1), ((2, 3, 4),)),
    "permute": (lambda f, a: a.permute(2, 0, 1), ((2, 3, 4),)),
    "index with repeats": (lambda f, a: a[[0, 2, 0]], ((3, 4),)),
    "sum": (lambda f, a: f.sum(a, (0, 2)), ((3, 4, 5),)),
    "mean": (lambda f, a: f.mean(a, (1,)), ((3, 4, 5),)),
    "max": (lambda f, a: f.max(a, (1,)), ((3, 4, 5),)),
    "sigmoid": (lambda f, a: f.sigmoid(4 * a), ((3, 4),)),
    "relu": (lambda f, a: f.relu(a), ((3, 4),)),
    "tanh": (lambda f, a: f.tanh(4 * a), ((3, 4),)),
    "gelu": (lambda f, a: f.gelu(2 * a), ((3, 4),)),
    "softmax": (lambda f, a: f.softmax(3 * a, 1), ((3, 4, 5),)),
    "log_softmax": (lambda f, a: f.log_softmax(30 * a, -1), ((3, 4),)),
    "linear": (lambda f, x, w, b: f.linear(x, w, b), ((2, 4, 3), (3, 5), (5,))),
    "cross-entropy": (lambda f, a: f.cross_entropy(4 * a, [0, 4, 4, 2, 1, 0]), ((6, 5),)),
    "mean squared error": (lambda f, a, b: f.mse(a, b), ((6, 5), (6, 5))),
    "used many times": (lambda f, a: (a @ a) * a - f.exp(a) / (a * a + 1), ((3, 3),)),
}

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "SGD with momentum": ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.01}),
    "Adam": ("Adam", {"lr": 0.01, "betas": (0.8, 0.95), "weight_decay": 0.1}),
    "AdamW": ("AdamW", {"lr": 0.01, "weight_decay": 0.2, "eps": 1e-6}),
}


def inputs(name: str) -> list[np.ndarray]:
    """The float32 arrays that go into a calculation, -2 to 2."""
    shapes = CALCULATIONS[name][1]
    generators = [np.random.default_rng([place, *shape]) for place, shape in enumerate(shapes)]
    return [
        rng.uniform(-2, 2, shape).astype(np.float32)
        for rng, shape in zip(generators, shapes, strict=True)
    ]


def upstream(shape: tuple[int, ...]) -> np.ndarray:
    """What arrives at the result of a calculation: its gradient, float32."""
    return np.random.default_rng([9, *shape]).uniform(-1, 1, shape).astype(np.float32)


def training_data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weight (6, 3), bias (3,), inputs (20, 6) and labels (20,) of a linear classifier."""
    rng = np.random.default_rng(1)
    weight, x = rng.normal(size=(6, 3)), rng.normal(size=(20, 6))
    return (
        weight.astype(np.float32),
        np.zeros(3, np.float32),
        x.astype(np.float32),
        np.arange(20) % 3,
    )
