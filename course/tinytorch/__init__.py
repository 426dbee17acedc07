"""TinyTorch, the framework of this course: each chapter's notebook adds a module.

    core.tensor  Tensor: a block of numbers with a type, a shape and strides, and the ...

A name is imported from its module when it is first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Add": "tinytorch.core.tensor",
    "Arithmetic": "tinytorch.core.tensor",
    "Axis": "tinytorch.core.tensor",
    "Div": "tinytorch.core.tensor",
    "Exp": "tinytorch.core.tensor",
    "Function": "tinytorch.core.tensor",
    "Index": "tinytorch.core.tensor",
    "Log": "tinytorch.core.tensor",
    "MaskedFill": "tinytorch.core.tensor",
    "MatMul": "tinytorch.core.tensor",
    "Max": "tinytorch.core.tensor",
    "Mean": "tinytorch.core.tensor",
    "Methods": "tinytorch.core.tensor",
    "Mul": "tinytorch.core.tensor",
    "Neg": "tinytorch.core.tensor",
    "Node": "tinytorch.core.tensor",
    "Permute": "tinytorch.core.tensor",
    "Pow": "tinytorch.core.tensor",
    "RECORDING": "tinytorch.core.tensor",
    "Reshape": "tinytorch.core.tensor",
    "Sqrt": "tinytorch.core.tensor",
    "Storage": "tinytorch.core.tensor",
    "Sub": "tinytorch.core.tensor",
    "Sum": "tinytorch.core.tensor",
    "Tensor": "tinytorch.core.tensor",
    "Views": "tinytorch.core.tensor",
    "as_array": "tinytorch.core.tensor",
    "as_key": "tinytorch.core.tensor",
    "as_tuple": "tinytorch.core.tensor",
    "broadcast_shape": "tinytorch.core.tensor",
    "matmul_shape": "tinytorch.core.tensor",
    "operand": "tinytorch.core.tensor",
    "resolve_shape": "tinytorch.core.tensor",
    "stretch": "tinytorch.core.tensor",
    "swapped": "tinytorch.core.tensor",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        says = f"tinytorch has no '{name}' yet: export the chapter that defines it."
        raise AttributeError(says)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
