"""Where NumPy 1.25 in a page does otherwise than NumPy 2 on a computer, and notebooks meet it."""

from typing import Any

import numpy as np

PLAIN = (bool, int, float, complex)
_where, _bincount = np.where, np.bincount


def install() -> None:
    """Puts the two functions below into `np`. The choice of types is a setting of the kernel."""
    vars(np).update(where=where, bincount=bincount)


def where(condition: Any, *values: Any) -> Any:
    """np.where, in which a plain number takes the type of the array beside it."""
    if len(values) == 2 and any(type(value) in PLAIN for value in values):
        kind = np.result_type(*values)
        values = tuple(np.asarray(value, kind) for value in values)
    return _where(condition, *values)


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """np.bincount, also of whole numbers of 64 bits, which a page of 32 bits refuses."""
    array = np.asarray(x)
    return _bincount(array.astype(np.intp) if array.dtype.kind in "iu" else x, weights, minlength)
