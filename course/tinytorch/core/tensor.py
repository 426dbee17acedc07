"""Tensor: a block of numbers with a type, a shape and strides, and the operations on it.

Operations are classes with a static `forward` on plain arrays; `Function.apply` packs and unpacks
tensors around them. What this file leaves to the next: activations, layers, and the gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

__all__ = [
    "RECORDING",
    "Add",
    "Arithmetic",
    "Axis",
    "Div",
    "Exp",
    "Function",
    "Index",
    "Log",
    "MaskedFill",
    "MatMul",
    "Max",
    "Mean",
    "Methods",
    "Mul",
    "Neg",
    "Node",
    "Permute",
    "Pow",
    "Reshape",
    "Sqrt",
    "Storage",
    "Sub",
    "Sum",
    "Tensor",
    "Views",
    "as_array",
    "as_key",
    "as_tuple",
    "broadcast_shape",
    "matmul_shape",
    "operand",
    "resolve_shape",
    "stretch",
    "swapped",
]


def as_array(data: Any) -> np.ndarray:
    """A new array of `data` (number, nested list, array or Tensor): floats as float32.

    Integers and booleans keep their dtype. Raises TypeError for anything but a block of numbers.

    >>> as_array([[1, 2.5]])
    array([[1. , 2.5]], dtype=float32)
    """
    if isinstance(data, Tensor):
        data = data.data
    try:
        array = np.array(data)
    except ValueError as fault:
        raise TypeError(f"a tensor needs rows of equal length, but got {data!r}") from fault
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a tensor holds numbers, but got {array.dtype} from {data!r}")
    return array.astype(np.float32) if array.dtype.kind == "f" else array


RECORDING: ContextVar[bool] = ContextVar("RECORDING", default=True)


class Node:
    """How a tensor was computed: by which operation, from which tensors, with which parameters."""

    __slots__ = ("inputs", "operation", "params")

    def __init__(
        self, operation: type[Function], inputs: tuple[Tensor, ...], params: dict[str, Any]
    ):
        self.operation, self.inputs, self.params = operation, inputs, params


def operand(x: Any, operands: tuple[Any, ...]) -> Tensor:
    """`x` as a tensor. A Python number takes the float32 of the tensor it is combined with."""
    if isinstance(x, int | float):
        for neighbour in operands:
            if isinstance(neighbour, Tensor) and neighbour.data.dtype == np.float32:
                return Tensor.wrap(np.asarray(x, dtype=np.float32))
    return Tensor(x)


class Function:
    """An operation on arrays. A subclass gives `forward(*arrays, **params) -> array`."""

    forward: Callable[..., Any]

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Tensor:
        """The operation on tensors; numbers, lists and arrays among the inputs become tensors.

        A result with an input that requires a gradient remembers how it was computed.
        """
        tensors = tuple([x if isinstance(x, Tensor) else operand(x, inputs) for x in inputs])
        data = np.asarray(cls.forward(*[t.data for t in tensors], **params))
        is_float = data.dtype.kind == "f"
        if is_float and data.dtype != np.float32:
            data = data.astype(np.float32)
        result = Tensor.wrap(data)
        if is_float and RECORDING.get():
            for t in tensors:
                if t.requires_grad:
                    result.requires_grad, result.node = True, Node(cls, tensors, params)
                    break
        return result


class Arithmetic:
    """Python's operators, each handed to the operation of that name."""

    __array_ufunc__ = None  # subtle: lets `array + tensor` reach Tensor.__radd__

    def __add__(self, other: Any) -> Tensor:
        return Add.apply(self, other)

    def __sub__(self, other: Any) -> Tensor:
        return Sub.apply(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return Sub.apply(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return Mul.apply(self, other)

    def __truediv__(self, other: Any) -> Tensor:
        return Div.apply(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return Div.apply(other, self)

    def __pow__(self, other: Any) -> Tensor:
        return Pow.apply(self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return Pow.apply(other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return MatMul.apply(self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return MatMul.apply(other, self)

    __radd__, __rmul__, matmul = __add__, __mul__, __matmul__


class Methods:
    """Named operations: one input in, one tensor out."""

    ndim: int

    def __neg__(self) -> Tensor:
        return Neg.apply(self)

    def exp(self) -> Tensor:
        return Exp.apply(self)

    def log(self) -> Tensor:
        return Log.apply(self)

    def sqrt(self) -> Tensor:
        return Sqrt.apply(self)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return Sum.apply(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return Mean.apply(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return Max.apply(self, axis=axis, keepdims=keepdims)


class Views:
    """Other ways to look at the same numbers, and parts of them."""

    ndim: int

    def reshape(self, *shape: Any) -> Tensor:
        return Reshape.apply(self, shape=as_tuple(shape))

    def view(self, *shape: Any) -> Tensor:
        """Like reshape, but a ValueError where bytes would have to move."""
        return Reshape.apply(self, shape=as_tuple(shape), copy=False)

    def permute(self, *dims: Any) -> Tensor:
        return Permute.apply(self, dims=as_tuple(dims))

    def transpose(self, dim0: int | None = None, dim1: int | None = None) -> Tensor:
        """Swap two dimensions; without arguments the last two."""
        return Permute.apply(self, dims=swapped(self.ndim, dim0, dim1))

    def __getitem__(self, key: Any) -> Tensor:
        return Index.apply(self, key=as_key(key))

    def masked_fill(self, mask: Any, value: float) -> Tensor:
        """A copy with `value` where the mask is true; the mask broadcasts."""
        return MaskedFill.apply(self, mask=as_key(mask), value=value)


class Storage:
    """What can be said of the block of bytes itself."""

    data: np.ndarray
    grad: np.ndarray | None
    node: Node | None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        return self.data.size

    @property
    def dtype(self) -> np.dtype:
        return self.data.dtype

    def numel(self) -> int:
        return self.data.size

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy."""
        return self.data

    def item(self) -> Any:
        """The one number of a tensor of one element, as a Python number."""
        return self.data.item()

    def memory_footprint(self) -> int:
        """Bytes of the numbers."""
        return self.data.nbytes


class Tensor(Arithmetic, Methods, Views, Storage):
    """A block of float32, integer or boolean numbers with a shape, and room for a gradient."""

    def __init__(self, data: Any, requires_grad: bool = False):
        self.data = as_array(data)
        self.requires_grad = requires_grad
        self.grad = self.node = None
        if requires_grad and self.data.dtype.kind != "f":
            raise TypeError(f"only floats can have a gradient, this tensor is {self.data.dtype}")

    @classmethod
    def wrap(cls, array: np.ndarray, requires_grad: bool = False) -> Tensor:
        """A tensor around an array as it is: nothing converted, nothing copied."""
        tensor = cls.__new__(cls)
        tensor.data, tensor.requires_grad = array, requires_grad
        tensor.grad = tensor.node = None
        return tensor

    def detach(self) -> Tensor:
        """The same numbers, outside every gradient."""
        return Tensor.wrap(self.data)

    def backward(self, gradient: Any = None, retain_graph: bool = False) -> None:
        """Add to the `grad` of every tensor this one was computed from (chapter 06)."""
        from tinytorch.core.autograd import backward

        backward(self, gradient, retain_graph)

    def zero_grad(self) -> None:
        self.grad = None

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')})"


class Add(Function):
    forward = staticmethod(np.add)


class Sub(Function):
    forward = staticmethod(np.subtract)


class Mul(Function):
    forward = staticmethod(np.multiply)


class Div(Function):
    forward = staticmethod(np.true_divide)


class Pow(Function):
    forward = staticmethod(np.power)


class Neg(Function):
    forward = staticmethod(np.negative)


class Exp(Function):
    forward = staticmethod(np.exp)


class Log(Function):
    forward = staticmethod(np.log)


class Sqrt(Function):
    forward = staticmethod(np.sqrt)


def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that `shapes` broadcast to; () for none. ValueError where they do not combine.

    >>> broadcast_shape((32, 1), (5,))
    (32, 5)
    """
    result: list[int] = []
    for dim in range(1, max(map(len, shapes), default=0) + 1):
        sizes = {shape[-dim] for shape in shapes if dim <= len(shape)} - {1}
        if len(sizes) > 1:
            raise ValueError(f"shapes {', '.join(map(str, shapes))} differ at dimension -{dim}")
        result.append(sizes.pop() if sizes else 1)
    return tuple(reversed(result))


def stretch(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A read-only view of `array` in `shape`. ValueError where it does not broadcast.

    >>> stretch(np.array([[1], [2]]), (2, 3)).tolist()
    [[1, 1, 1], [2, 2, 2]]
    """
    missing = len(shape) - array.ndim
    sizes = (1,) * missing + array.shape
    if missing < 0 or any(old not in (1, new) for old, new in zip(sizes, shape, strict=True)):
        raise ValueError(f"an array of shape {array.shape} does not broadcast to {shape}")
    strides = (0,) * missing + array.strides
    steps = tuple(0 if old == 1 else step for old, step in zip(sizes, strides, strict=True))
    return as_strided(array, shape=shape, strides=steps, writeable=False)


def matmul_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a product of shapes `a` and `b`. ValueError where they do not multiply.

    >>> matmul_shape((8, 2, 3), (3, 4))
    (8, 2, 4)
    """
    if not a or not b or a[-1] != b[-2 if len(b) > 1 else -1]:
        raise ValueError(f"shapes {a} and {b} do not multiply: the inner sizes must agree")
    try:
        stack = broadcast_shape(a[:-2], b[:-2])
    except ValueError as fault:
        raise ValueError(f"shapes {a} and {b} do not multiply: {fault}") from fault
    return stack + a[-2:-1] + (b[-1:] if len(b) > 1 else ())


class MatMul(Function):
    @staticmethod
    def forward(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The product, or a ValueError with both shapes where they do not multiply.

        >>> MatMul.forward(np.array([[1, 2]]), np.array([[3], [4]]))
        array([[11]])
        """
        try:
            return np.matmul(a, b)
        except ValueError:
            matmul_shape(a.shape, b.shape)  # says in a sentence what NumPy found
            raise


def as_tuple(sizes: tuple) -> tuple[int, ...]:
    """`f(2, 3)` and `f((2, 3))` mean the same."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes


def swapped(ndim: int, dim0: int | None, dim1: int | None) -> tuple[int, ...]:
    """The dimensions in order, but for two of them, by default the last two."""
    order = list(range(ndim))
    if dim0 is None and dim1 is None:
        return tuple(order[:-2] + order[:-3:-1])
    if dim0 is None or dim1 is None:
        raise ValueError("transpose needs two dimensions, or none for the last two")
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return tuple(order)


def as_key(key: Any) -> Any:
    """An index or mask with the tensors in it unpacked to arrays."""
    if isinstance(key, tuple):
        return tuple(as_key(part) for part in key)
    return key.data if isinstance(key, Tensor) else key


class Index(Function):
    @staticmethod
    def forward(a: np.ndarray, key: Any) -> np.ndarray:
        """`a[key]`: slices look at the same bytes, lists and masks copy."""
        return a[key]


class MaskedFill(Function):
    @staticmethod
    def forward(a: np.ndarray, mask: np.ndarray, value: float) -> np.ndarray:
        """A copy of `a` with `value` where the mask is true."""
        return np.where(mask, np.asarray(value, dtype=a.dtype), a)


def resolve_shape(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """`shape` with its -1 replaced, for `size` elements. ValueError where they do not fit.

    >>> resolve_shape((2, -1), 6)
    (2, 3)
    """
    product = 1
    for length in shape:
        product *= 1 if length == -1 else length
    if shape.count(-1) == 1 and product > 0 and size % product == 0:
        return tuple(size // product if length == -1 else length for length in shape)
    if product != size or min(shape, default=0) < 0:
        raise ValueError(f"{size} numbers do not fill the shape {shape}")
    return shape


class Reshape(Function):
    @staticmethod
    def forward(a: np.ndarray, shape: tuple[int, ...], copy: bool = True) -> np.ndarray:
        """`a` in another shape; with copy=False a ValueError where its bytes would have to move."""
        shaped = a.reshape(resolve_shape(shape, a.size))
        if not copy and a.size and not np.shares_memory(shaped, a):
            raise ValueError(f"strides {a.strides} allow no view in shape {shape}: use reshape")
        return shaped


class Permute(Function):
    @staticmethod
    def forward(a: np.ndarray, dims: tuple[int, ...]) -> np.ndarray:
        """A view of `a` with its dimensions in the order `dims`. ValueError if that is no order.

        >>> Permute.forward(np.zeros((2, 3, 4)), dims=(2, 0, 1)).shape
        (4, 2, 3)
        """
        order = [dim + a.ndim if dim < 0 else dim for dim in dims]
        if sorted(order) != list(range(a.ndim)):
            raise ValueError(f"{dims} is no order of the {a.ndim} dimensions of shape {a.shape}")
        strides = [a.strides[dim] for dim in order]
        return as_strided(a, shape=[a.shape[dim] for dim in order], strides=strides)


Axis = int | tuple[int, ...] | None


class Sum(Function):
    @staticmethod
    def forward(a: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
        """The sum over `axis`, over everything by default.

        >>> Sum.forward(np.array([[1, 2], [3, 4]]), axis=0).tolist()
        [4, 6]
        """
        return np.sum(a, axis=axis, keepdims=keepdims)


class Mean(Function):
    @staticmethod
    def forward(a: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
        """The mean over `axis`, always float32.

        >>> Mean.forward(np.array([[1, 2], [3, 4]]), axis=1, keepdims=True).tolist()
        [[1.5], [3.5]]
        """
        axes = range(a.ndim) if axis is None else np.atleast_1d(axis)
        count = np.prod([a.shape[dim] for dim in axes])
        return np.asarray(Sum.forward(a, axis, keepdims) / count, dtype=np.float32)


class Max(Function):
    @staticmethod
    def forward(a: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
        """The largest element over `axis`. ValueError where there is none.

        >>> Max.forward(np.array([[1, 2], [3, 4]])).item()
        4
        """
        try:
            return np.max(a, axis=axis, keepdims=keepdims)
        except ValueError as fault:
            raise ValueError(f"no largest element over axis {axis} of shape {a.shape}") from fault
