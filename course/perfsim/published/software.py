"""What a measured software reaches, for the functions of `serving`: its fitted constants."""

from __future__ import annotations

import math

from perfsim.catalog import Hardware
from perfsim.errors import no_such
from perfsim.published.fitting import constants
from perfsim.published.language import CROWDING, vendor_of
from perfsim.published.terms import Constants, factor
from perfsim.serving import SHEET, Efficiency

PREFIX = "serving with "


def reached_by(software: str, device: Hardware, factors: Constants | None = None) -> Efficiency:
    """What `software` reaches on devices of this vendor. PerfsimError where nobody measured it.

    Constants are one over a share. Computing, moving and sending are ideal where they were not
    fitted; overheads are nothing there.
    """
    setups = factors or constants()
    setup = f"{PREFIX}{software} on {vendor_of(device)}"
    if setup not in setups:
        served = [name.removeprefix(PREFIX) for name in setups if name.startswith(PREFIX)]
        raise no_such("measured software", setup.removeprefix(PREFIX), served)
    spent = {name: factor(name, setups[setup], SHEET) for name in Efficiency().constants()}
    return Efficiency(
        compute=1 / spent["compute"],
        memory=1 / spent["memory"],
        link=1 / spent["link"],
        layer_s=spent["layer"],
        collective_s=spent["collective"],
        sequence_s=spent["sequence"],
        reused=1 / spent["reread"] if spent["reread"] else math.inf,
        crowding=CROWDING.get(setup, 1.0),
    )
