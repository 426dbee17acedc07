"""What a measured software reaches, for the functions of `serving`: its fitted constants."""

from __future__ import annotations

import math
from collections.abc import Mapping

from perfsim.catalog import Hardware
from perfsim.errors import no_such
from perfsim.published.fitting import constants
from perfsim.published.language import CROWDING, vendor_of
from perfsim.published.terms import Constants
from perfsim.serving import Efficiency

PREFIX = "serving with "


def software_names(factors: Constants | None = None) -> list[str]:
    """The software that serves language models and has constants."""
    setups = [name for name in factors or constants() if name.startswith(PREFIX)]
    return sorted({name.removeprefix(PREFIX).partition(" on ")[0] for name in setups})


def reached_by(software: str, device: Hardware, factors: Constants | None = None) -> Efficiency:
    """What `software` reaches on devices of this vendor. PerfsimError where nobody measured it.

    Constants are one over a share. Computing and moving are ideal where they were not fitted; a
    link costs nothing there.
    """
    setups = factors or constants()
    setup = f"{PREFIX}{software} on {vendor_of(device)}"
    if setup not in setups:
        served = [name.removeprefix(PREFIX) for name in setups if name.startswith(PREFIX)]
        raise no_such("measured software", setup.removeprefix(PREFIX), served)
    fitted = setups[setup]
    return Efficiency(
        compute=_share(fitted, "compute", 1.0),
        memory=_share(fitted, "memory", 1.0),
        link=_share(fitted, "link"),
        layer_s=fitted.get("layer", 0.0),
        collective_s=fitted.get("collective", 0.0),
        sequence_s=fitted.get("sequence", 0.0),
        reused=_share(fitted, "reread"),
        crowding=CROWDING.get(setup, 1.0),
    )


def _share(fitted: Mapping[str, float], name: str, unknown: float = math.inf) -> float:
    value = fitted.get(name, 0.0)
    return 1 / value if value else unknown
