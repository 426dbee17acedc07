"""`allclose` and `isclose` as the tester has them: an empty array is not close to a full one.

NumPy broadcasts an array of shape (0, 2, 2) with one of (2, 2), finds no element that differs, and
says that they are close. An answer that returns nothing would pass the commonest of all tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_isclose = np.isclose


def install() -> None:
    """Puts these two in the place of NumPy's in this process."""
    np.allclose = allclose  # type: ignore[assignment]
    np.isclose = isclose  # type: ignore[assignment]
    allclose.__module__ = isclose.__module__ = np.__name__


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
    if (one.size == 0) != (other.size == 0):
        return np.zeros((other if one.size == 0 else one).shape, bool)
    return _isclose(one, other, rtol=rtol, atol=atol, equal_nan=equal_nan)
