"""Optimizers: what to do with a gradient.

A step is two functions on one parameter, `slope` and `descend`; an optimizer adds what it remembers
between steps, and that can be saved and restored. What this file leaves to the next: the loop, the
schedule of the learning rate and the checkpoint on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tinytorch.core.tensor import Tensor

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "descend",
    "moments",
    "restored_memory",
    "saved_memory",
    "slope",
]


def slope(p: Tensor, weight_decay: float = 0.0) -> np.ndarray:
    """p.grad + weight_decay * p, in the shape of p; neither is changed.

    ValueError for a parameter without a gradient.

    >>> p = Tensor([2.0, -4.0], requires_grad=True)
    >>> p.grad = np.float32([1.0, 1.0])
    >>> slope(p, weight_decay=0.5).tolist()
    [2.0, -1.0]
    """
    if p.grad is None:
        raise ValueError(f"a parameter of shape {p.shape} has no gradient: call backward() first")
    return p.grad + weight_decay * p.data if weight_decay else p.grad


def descend(p: Tensor, direction: np.ndarray, lr: float) -> None:
    """Subtract lr * direction from the numbers of p, in the array they are in.

    >>> p = Tensor([1.0, 1.0], requires_grad=True)
    >>> descend(p, np.float32([2.0, -2.0]), lr=0.25)
    >>> p.numpy().tolist()
    [0.5, 1.5]
    """
    p.data -= lr * direction


class Optimizer:
    """Parameters, a learning rate, and the arrays remembered of each parameter between steps.

    A subclass gives `update`, and names in `remembers` the arrays that it keeps.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, params: Iterable[Tensor], lr: float):
        self.params, self.lr, self.step_count = list(params), lr, 0
        self.memory: list[dict[str, np.ndarray]] = [{} for _ in self.params]
        if not self.params:
            raise ValueError("an optimizer needs at least one parameter, but got none")
        for i, p in enumerate(self.params):
            if not (isinstance(p, Tensor) and p.requires_grad and p.node is None):
                raise ValueError(
                    f"a parameter is a Tensor that requires a gradient and is no result of "
                    f"others, but number {i} is {p!r:.60}; pass a list: model.parameters()"
                )
        if not lr >= 0:
            raise ValueError(f"a learning rate is not negative, but got {lr}")

    def zero_grad(self) -> None:
        """Forget every gradient, before the next backward."""
        for p in self.params:
            p.zero_grad()

    def step(self) -> None:
        """One update of every parameter that has a gradient."""
        self.step_count += 1
        for p, remembered in zip(self.params, self.memory, strict=True):
            if p.grad is not None:
                self.update(p, remembered)

    def update(self, p: Tensor, remembered: dict[str, np.ndarray]) -> None:
        raise NotImplementedError(f"{type(self).__name__} has no rule for an update")

    def state(self) -> dict[str, np.ndarray]:
        """Copies of all that is remembered: step_count, and '<i>.<name>' of parameter i."""
        return {"step_count": np.array(self.step_count), **saved_memory(self.memory)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`. ValueError where it does not fit; then nothing has changed."""
        if "step_count" not in state:
            raise ValueError(f"the state of an optimizer has a step_count, but got {list(state)}")
        self.memory = restored_memory(state, self.params, self.remembers)
        self.step_count = int(state["step_count"])


class SGD(Optimizer):
    """Gradient descent: p <- p - lr v, where v <- momentum v + (g + weight_decay p).

    B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """

    remembers = ("velocity",)

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.01,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr)
        self.momentum, self.weight_decay = momentum, weight_decay

    def update(self, p: Tensor, remembered: dict[str, np.ndarray]) -> None:
        """Move p in place; with momentum, keep its velocity in `remembered`.

        >>> p, remembered = Tensor([10.0], requires_grad=True), {}
        >>> p.grad = np.float32([4.0])
        >>> for _ in range(2):
        ...     SGD([p], lr=0.5, momentum=0.5).update(p, remembered)
        >>> remembered["velocity"].tolist(), p.numpy().tolist()
        ([6.0], [5.0])
        """
        direction = slope(p, self.weight_decay)
        if self.momentum:
            if "velocity" not in remembered:
                remembered["velocity"] = np.zeros_like(direction)
            velocity = remembered["velocity"]
            velocity *= self.momentum
            velocity += direction
            direction = velocity
        descend(p, direction, self.lr)


def moments(
    g: np.ndarray, remembered: dict[str, np.ndarray], betas: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The bias-corrected averages of g and of g squared; `remembered` goes one step on.

    D. P. Kingma and J. Ba, Adam, ICLR 2015, algorithm 1.

    >>> remembered = {}
    >>> m, s = moments(np.float32([3.0]), remembered, (0.5, 0.5))
    >>> m.item(), s.item(), remembered["first"].item(), int(remembered["steps"])
    (3.0, 9.0, 1.5, 1)
    """
    if not remembered:
        remembered.update(first=np.zeros_like(g), second=np.zeros_like(g), steps=np.array(0))
    first, second, steps = (remembered[name] for name in ("first", "second", "steps"))
    beta1, beta2 = betas
    steps += 1
    first += (1 - beta1) * (g - first)
    second += (1 - beta2) * (g * g - second)
    return first / (1 - beta1 ** int(steps)), second / (1 - beta2 ** int(steps))


class Adam(Optimizer):
    """Steps of the length lr, whatever the scale of a gradient; weight decay is in the gradient.

    D. P. Kingma and J. Ba, Adam, ICLR 2015.
    """

    remembers = ("first", "second", "steps")

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, p: Tensor, remembered: dict[str, np.ndarray]) -> None:
        """Move p in place; its averages and its count are kept in `remembered`.

        >>> p = Tensor([1.0, 1.0], requires_grad=True)
        >>> p.grad = np.float32([1e-3, -1e3])
        >>> Adam([p], lr=0.25).update(p, {})
        >>> p.numpy().round(3).tolist()
        [0.75, 1.25]
        """
        first, second = moments(slope(p, self.weight_decay), remembered, self.betas)
        descend(p, first / (np.sqrt(second) + self.eps), self.lr)


class AdamW(Optimizer):
    """Adam with decoupled weight decay: p <- (1 - lr weight_decay) p, then Adam's step.

    I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2.
    """

    remembers = Adam.remembers

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(params, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, p: Tensor, remembered: dict[str, np.ndarray]) -> None:
        """Move p in place; its averages and its count are kept in `remembered`.

        >>> p = Tensor([4.0], requires_grad=True)
        >>> p.grad = np.float32([0.0])
        >>> AdamW([p], lr=0.5, weight_decay=0.5).update(p, {})
        >>> p.numpy().tolist()
        [3.0]
        """
        first, second = moments(slope(p), remembered, self.betas)
        p.data *= 1 - self.lr * self.weight_decay
        descend(p, first / (np.sqrt(second) + self.eps), self.lr)


def saved_memory(memory: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Copies of the arrays in `memory`, that of parameter i and name n under '<i>.<n>'.

    >>> saved_memory([{}, {"velocity": np.array([1.0, 2.0])}])
    {'1.velocity': array([1., 2.])}
    """
    return {
        f"{i}.{name}": np.array(array)
        for i, remembered in enumerate(memory)
        for name, array in remembered.items()
    }


def restored_memory(
    state: Mapping[str, Any], params: Sequence[Tensor], names: Collection[str]
) -> list[dict[str, np.ndarray]]:
    """The memory that `saved_memory` wrote: for each parameter all of `names`, or nothing.

    ValueError for a key, a shape or a set of arrays that does not fit the parameters.

    >>> restored_memory({"1.velocity": [5.0]}, [Tensor([0.0]), Tensor([0.0])], ["velocity"])
    [{}, {'velocity': array([5.])}]
    """
    memory: list[dict[str, np.ndarray]] = [{} for _ in params]
    for key in state:
        if key == "step_count":
            continue
        number, _, name = key.partition(".")
        if name not in names or not number.isdecimal() or int(number) >= len(params):
            raise ValueError(f"{key!r} fits none of {len(params)} parameters with {tuple(names)}")
        shape = () if name == "steps" else params[int(number)].shape
        memory[int(number)][name] = array = np.array(state[key])
        if array.shape != shape:
            raise ValueError(f"{key!r} needs the shape {shape}, but has {array.shape}")
    for i, remembered in enumerate(memory):
        if remembered and len(remembered) < len(names):
            raise ValueError(f"parameter {i} needs {tuple(names)}, but has {tuple(remembered)}")
    return memory
