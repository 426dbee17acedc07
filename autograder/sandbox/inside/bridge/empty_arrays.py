"""NumPy's comparisons in the tester: an empty array is neither close nor equal to a full one.

NumPy broadcasts an array of shape (0, 2, 2) with one of (2, 2), finds no element that differs, and
says that they are close. An answer that returns nothing would pass the commonest of all tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import numpy.testing

_isclose = np.isclose
_ASSERTS = ("allclose", "equal", "array_equal", "almost_equal", "array_almost_equal", "array_less")


def install() -> None:
    """Puts these in the place of NumPy's in this process."""
    np.allclose = allclose  # type: ignore[assignment]
    np.isclose = isclose  # type: ignore[assignment]
    allclose.__module__ = isclose.__module__ = np.__name__
    for name in (f"assert_{comparison}" for comparison in _ASSERTS):
        setattr(np.testing, name, _refusing_empty(getattr(np.testing, name)))


def allclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """np.allclose; False where one of the arrays is empty and the other is not."""
    return bool(np.all(isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)))


def isclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    """np.isclose; False for each element where one of the arrays is empty and the other is not."""
    one, other = np.asanyarray(a), np.asanyarray(b)
    if _is_one_empty(one, other):
        return np.zeros((other if one.size == 0 else one).shape, bool)
    return _isclose(one, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


def _refusing_empty(compare: Callable[..., None]) -> Callable[..., None]:
    """An assert of numpy.testing that fails where one array is empty and the other is not."""

    arguments_of = inspect.signature(compare).bind_partial

    @wraps(compare)
    def refusing_empty(*arguments: Any, **keywords: Any) -> None:
        values = list(arguments_of(*arguments, **keywords).arguments.values())[:2]
        has_array = any(isinstance(value, np.ndarray) for value in values)
        if has_array and _is_one_empty(*map(np.asanyarray, values)):
            shapes = " and ".join(str(np.shape(value)) for value in values)
            raise AssertionError(f"an empty array is compared with a full one: {shapes}")
        compare(*arguments, **keywords)

    return refusing_empty


def _is_one_empty(one: np.ndarray, other: np.ndarray, /) -> bool:
    return (one.size == 0) != (other.size == 0)
