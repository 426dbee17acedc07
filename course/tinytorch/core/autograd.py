"""Autograd: every operation's gradient, and the walk that chains them.

A rule turns the slope of the loss with respect to an operation's output into the slope with respect
to one of its inputs; `backward` calls the rules in reverse topological order and adds up what
reaches each leaf. Rules stand in two places because of the order of the chapters: those of
`core.tensor`, which was written first, in the table here; those of every later operation beside its
forward. What this file leaves to the next: how a gradient changes a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tinytorch.core.tensor import (
    RECORDING,
    Add,
    Axis,
    Div,
    Exp,
    Function,
    Index,
    Log,
    MaskedFill,
    MatMul,
    Max,
    Mean,
    Mul,
    Neg,
    Node,
    Permute,
    Pow,
    Reshape,
    Sqrt,
    Sub,
    Sum,
    Tensor,
    as_array,
)

__all__ = [
    "RULES",
    "Array",
    "Rule",
    "add_gradient",
    "backward",
    "contributions",
    "div_gradient",
    "enable_autograd",
    "exp_gradient",
    "first_gradient",
    "gradient_of",
    "index_gradient",
    "is_grad_enabled",
    "log_gradient",
    "masked_fill_gradient",
    "matmul_gradient",
    "max_gradient",
    "mean_gradient",
    "mul_gradient",
    "neg_gradient",
    "no_grad",
    "numerical_gradient",
    "permute_gradient",
    "pow_gradient",
    "reshape_gradient",
    "restored",
    "rule_of",
    "sqrt_gradient",
    "sub_gradient",
    "sum_gradient",
    "topological_order",
    "unbroadcast",
]

Array = np.ndarray


def numerical_gradient(f: Callable[[np.ndarray], Any], x: Any, step: float = 1e-5) -> np.ndarray:
    """The gradient of the number `f(x)` by central differences, in float64: 2 * x.size calls."""
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        value = x[index]
        x[index] = value + step
        above = float(f(x))
        x[index] = value - step
        gradient[index] = (above - float(f(x))) / (2 * step)
        x[index] = value
    return gradient


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """`gradient` summed down to `shape`, which broadcasts to the shape that it has.

    >>> unbroadcast(np.ones((32, 3)), (3,)).tolist()
    [32.0, 32.0, 32.0]
    """
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    stretched = [d for d in range(gradient.ndim) if d < extra or shape[d - extra] == 1]
    return gradient.sum(axis=tuple(stretched), keepdims=True).reshape(shape)


Rule = Callable[..., Any]
RULES: dict[type[Function], Rule] = {}


def gradient_of(*operations: type[Function]) -> Callable[[Rule], Rule]:
    """A decorator: the function below it is the rule of these operations."""

    def register(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(operations, rule))
        return rule

    return register


def rule_of(operation: type[Function]) -> Rule:
    """The rule of an operation: its own `backward`, else the table's. LookupError for neither."""
    rule = getattr(operation, "backward", None) or RULES.get(operation)
    if rule is None:
        raise LookupError(
            f"no gradient is known for {operation.__name__}: write a static backward beside forward"
        )
    return rule


@gradient_of(Add)
def add_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a + b: both inputs get what arrives, in the shape of the output."""
    return gradient


@gradient_of(Neg)
def neg_gradient(gradient: Array, output: Array, a: Array) -> Array:
    """Of -a."""
    return -gradient


@gradient_of(Sub)
def sub_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a - b, with respect to input `wrt`, in the shape of the output."""
    return -gradient if wrt else gradient


@gradient_of(Exp)
def exp_gradient(gradient: Array, output: Array, a: Array) -> Array:
    """Of e to the power a."""
    return gradient * output


@gradient_of(Log)
def log_gradient(gradient: Array, output: Array, a: Array) -> Array:
    """Of the natural logarithm."""
    return gradient / a


@gradient_of(Sqrt)
def sqrt_gradient(gradient: Array, output: Array, a: Array) -> Array:
    """Of the square root."""
    return gradient / (2 * output)


@gradient_of(Mul)
def mul_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a * b, with respect to input `wrt`, in the shape of the output.

    >>> a, b = np.array([3.0]), np.array([5.0])
    >>> mul_gradient(np.array([10.0]), a * b, a, b, wrt=0).tolist()
    [50.0]
    """
    return gradient * (a if wrt else b)


@gradient_of(Div)
def div_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a / b, with respect to input `wrt`, in the shape of the output.

    >>> a, b = np.array([6.0]), np.array([2.0])
    >>> div_gradient(np.array([10.0]), a / b, a, b, wrt=0).tolist()
    [5.0]
    """
    return -gradient * output / b if wrt else gradient / b


@gradient_of(Pow)
def pow_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a ** b, with respect to input `wrt`, in the shape of the output.

    >>> a, b = np.array([3.0]), np.array([2.0])
    >>> pow_gradient(np.ones(1), a**b, a, b, wrt=0).tolist()
    [6.0]
    """
    if wrt:
        return gradient * output * np.log(np.where(a > 0, a, 1))
    return gradient * b * np.power(a, np.where(b == 0, 1, b - 1))


@gradient_of(MatMul)
def matmul_gradient(gradient: Array, output: Array, a: Array, b: Array, wrt: int) -> Array:
    """Of a @ b, with respect to input `wrt` and in its shape. Costs one product.

    >>> a, b = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    >>> matmul_gradient(np.array([[10.0]]), a @ b, a, b, wrt=0).tolist()
    [[30.0, 40.0]]
    """
    shape = b.shape if wrt else a.shape
    if b.ndim == 1:
        b, gradient = b[:, np.newaxis], gradient[..., np.newaxis]
    if a.ndim == 1:
        a, gradient = a[np.newaxis, :], gradient[..., np.newaxis, :]
    if not wrt:
        return unbroadcast(gradient @ b.swapaxes(-1, -2), a.shape).reshape(shape)
    if a.ndim > 2 and b.ndim == 2:
        rows = tuple(range(a.ndim - 1))
        return np.tensordot(a, gradient, axes=(rows, rows)).reshape(shape)
    return unbroadcast(a.swapaxes(-1, -2) @ gradient, b.shape).reshape(shape)


@gradient_of(Reshape)
def reshape_gradient(
    gradient: Array, output: Array, a: Array, shape: tuple[int, ...], copy: bool = True
) -> Array:
    """Of a reshape, in the shape of `a`."""
    return gradient.reshape(a.shape)


@gradient_of(MaskedFill)
def masked_fill_gradient(
    gradient: Array, output: Array, a: Array, mask: Array, value: float
) -> Array:
    """Of `masked_fill`: 0 where the mask is true, in the shape of the output."""
    return np.where(mask, 0, gradient)


@gradient_of(Permute)
def permute_gradient(gradient: Array, output: Array, a: Array, dims: tuple[int, ...]) -> Array:
    """Of a permutation: the dimensions back in their places.

    >>> a = np.zeros((2, 3, 4))
    >>> permute_gradient(np.zeros((4, 2, 3)), None, a, dims=(2, 0, 1)).shape
    (2, 3, 4)
    """
    order = [dim % a.ndim for dim in dims]
    return gradient.transpose([order.index(dim) for dim in range(a.ndim)])


@gradient_of(Index)
def index_gradient(gradient: Array, output: Array, a: Array, key: Any) -> Array:
    """Of `a[key]`: zeros in the shape of `a`, and each slope added where its number came from.

    >>> index_gradient(np.array([1.0, 10.0]), None, np.zeros(3), key=[2, 2]).tolist()
    [0.0, 0.0, 11.0]
    """
    full = np.zeros(a.shape, dtype=gradient.dtype)
    part = full[key]
    if np.may_share_memory(part, full):
        part[...] = gradient
    else:
        np.add.at(full, key, gradient)
    return full


def restored(array: Array, axis: Axis, keepdims: bool) -> Array:
    """A reduced array with its missing dimensions back as 1, so that it broadcasts."""
    return array if keepdims or axis is None else np.expand_dims(array, axis)


@gradient_of(Mean)
def mean_gradient(
    gradient: Array, output: Array, a: Array, axis: Axis = None, keepdims: bool = False
) -> Array:
    """Of the mean over `axis`; may be a read-only view."""
    count = max(a.size // max(output.size, 1), 1)
    return np.broadcast_to(restored(gradient / count, axis, keepdims), a.shape)


@gradient_of(Sum)
def sum_gradient(
    gradient: Array, output: Array, a: Array, axis: Axis = None, keepdims: bool = False
) -> Array:
    """Of the sum over `axis`; may be a read-only view.

    >>> sum_gradient(np.array(6.0), np.array(3.0), np.array([1.0, 2.0])).tolist()
    [6.0, 6.0]
    """
    return np.broadcast_to(restored(gradient, axis, keepdims), a.shape)


@gradient_of(Max)
def max_gradient(
    gradient: Array, output: Array, a: Array, axis: Axis = None, keepdims: bool = False
) -> Array:
    """Of the maximum over `axis`, shared evenly among equal ones.

    >>> max_gradient(np.array(6.0), np.array(2.0), np.array([1.0, 2.0, 2.0])).tolist()
    [0.0, 3.0, 3.0]
    """
    hit = a == restored(output, axis, keepdims)
    ties = np.sum(hit, axis=axis, keepdims=True, dtype=gradient.dtype)
    return hit * (restored(gradient, axis, keepdims) / ties)


def topological_order(root: Tensor) -> list[Tensor]:
    """The tensors that `root` comes from and that require a gradient: inputs first, `root` last.

    Takes time linear in the tape, whatever the number of paths. RuntimeError for a released tape.

    >>> x = Tensor(2.0, requires_grad=True)
    >>> [t.item() for t in topological_order(x * x)]
    [2.0, 4.0]
    """
    order: list[Tensor] = []
    visited: set[int] = set()
    stack = [(root, False)]
    while stack:
        tensor, opened = stack.pop()
        if opened or tensor.node is None:
            if opened or id(tensor) not in visited:
                visited.add(id(tensor))
                order.append(tensor)
        elif id(tensor) not in visited:
            if not tensor.node.inputs:
                raise RuntimeError(
                    "an earlier backward released this graph: "
                    "compute the loss again, or call that one with retain_graph=True"
                )
            visited.add(id(tensor))
            stack.append((tensor, True))
            stack.extend([(t, False) for t in tensor.node.inputs if t.requires_grad])
    return order


def first_gradient(root: Tensor, gradient: Any) -> Array:
    """What a walk from `root` begins with: `gradient` as a new float32 array, by default 1."""
    if not root.requires_grad:
        raise RuntimeError(
            "this tensor requires no gradient: it comes from nothing with requires_grad=True, "
            "or it was computed within no_grad"
        )
    if gradient is None and root.size != 1:
        raise RuntimeError(
            f"backward starts from one number, but this tensor has shape {root.shape}: "
            "reduce it with sum or mean, or pass the gradient to start with"
        )
    start = np.ones_like(root.data) if gradient is None else as_array(gradient)
    if start.shape != root.shape:
        raise ValueError(
            f"a tensor of shape {root.shape} has a gradient of that shape, not of {start.shape}"
        )
    return start.astype(np.float32, copy=False)


def contributions(node: Node, output: Array, gradient: Array) -> Iterator[tuple[Tensor, Array]]:
    """(input, its float32 part of `gradient`) for each input of `node` that requires a gradient.

    >>> x = Tensor(2.0, requires_grad=True)
    >>> y = x * 5.0
    >>> [part.item() for _, part in contributions(y.node, y.data, np.float32(10))]
    [50.0]
    """
    rule, arrays = rule_of(node.operation), [t.data for t in node.inputs]
    for wrt, source in enumerate(node.inputs):
        if source.requires_grad:
            options = {"wrt": wrt, **node.params} if len(arrays) > 1 else node.params
            part = unbroadcast(rule(gradient, output, *arrays, **options), source.data.shape)
            yield source, part if part.dtype == np.float32 else part.astype(np.float32)


def backward(root: Tensor, gradient: Any = None, retain_graph: bool = False) -> None:
    """Add the slope of `root` to the `grad` of every leaf that it was computed from.

    gradient: the slope of something with respect to `root`, needed if that is not one number. The
    graph is released as the walk goes, unless `retain_graph`: a second walk is a RuntimeError.

    >>> x = Tensor(2.0, requires_grad=True)
    >>> backward(x * x)
    >>> x.grad.item()
    4.0
    """
    arrived = {id(root): first_gradient(root, gradient)}
    order = topological_order(root)
    while order:
        tensor = order.pop()
        total = arrived.pop(id(tensor))
        if tensor.node is None:
            total = total if tensor.grad is None else tensor.grad + total
            tensor.grad = np.array(total, dtype=np.float32)
            continue
        for source, part in contributions(tensor.node, tensor.data, total):
            key = id(source)
            arrived[key] = arrived[key] + part if key in arrived else part
        if not retain_graph:
            tensor.node.inputs = ()


@contextmanager
def no_grad() -> Iterator[None]:
    """Within, or in a function decorated with it, nothing is recorded. May be nested.

    >>> with no_grad():
    ...     (Tensor(2.0, requires_grad=True) * 3.0).requires_grad
    False
    """
    token = RECORDING.set(False)
    try:
        yield
    finally:
        RECORDING.reset(token)


def is_grad_enabled() -> bool:
    """Whether results remember how they came about."""
    return RECORDING.get()


def enable_autograd() -> None:
    """Does nothing: gradients are part of every tensor. Kept because scripts call it."""
