"""Electricity, carbon dioxide and water of a run, from device-hours.

Patterson et al. 2021 (arXiv:2104.10350, equations 1 and 2): the energy of the devices times the
power usage effectiveness (PUE) of the building, times the carbon intensity of the grid.
"""

from __future__ import annotations

from typing import Any

from perfsim.errors import PerfsimError


def energy_kwh(device_hours: Any, power_w: Any, pue: Any = 1.0) -> Any:
    """Kilowatt-hours at the meter of the building; pue is at least 1."""
    smallest = pue.min() if hasattr(pue, "min") else pue
    if smallest < 1:
        raise PerfsimError(
            f"a PUE is at least 1, not {smallest}: the building adds to the devices."
        )
    return device_hours * power_w / 1000 * pue


def carbon_kg(kwh: Any, grid_kg_per_kwh: Any) -> Any:
    """Kilograms of CO2 equivalents of `kwh` from a grid of that intensity."""
    return kwh * grid_kg_per_kwh


def embodied_kg(device_hours: Any, device_kg: Any, life_hours: Any) -> Any:
    """The part of a device's manufacture that a run uses: by its share of the device's life
    (Gupta et al. 2022, "ACT", equation 1)."""
    return device_kg * device_hours / life_hours


def water_l(kwh: Any, litres_per_kwh: Any) -> Any:
    """Litres of water that cooling used: kWh times the water usage effectiveness (WUE)."""
    return kwh * litres_per_kwh
