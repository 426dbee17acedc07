"""Dollars for a thousand inferences on a rented device."""

from __future__ import annotations

from typing import Any

from perfsim.catalog import Hardware


def usd_per_thousand(device: Hardware, seconds: Any, batch: Any = 1) -> Any:
    """Dollars for 1000 samples when a batch takes `seconds` and the device is never idle.

    None where the catalog has no price. Prices are one provider's, on the date in the data file;
    they differ between providers by a factor of two to twelve.
    """
    if device.usd_per_hour is None:
        return None
    return 1000 * device.usd_per_hour / 3600 * seconds / batch
