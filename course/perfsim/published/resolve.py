"""Which device and which model of the catalog a published row speaks of.

A row names them by id, or in words alone. Words are matched by a short table, or by the catalog's
own names; what is not in it stays unknown, with a sentence that says what to do.
"""

from __future__ import annotations

import re

from perfsim.catalog import Catalog, Hardware, Model
from perfsim.errors import PerfsimError, UnknownFact
from perfsim.published.rows import Published
from perfsim.units import GB

DEVICE_WORDS = {
    r"A100 \(EC2 P4d, 40GB SXM\)": "a100_sxm_40",
    r"EC2 P4d CPU": "ec2_p4d_cpu",
    r"MI250X \(one GCD\)": "mi250x_gcd",
    r"Xavier NX": "xavier_nx",
    r"M1 \(GPU": "apple_m1_pro_gpu",
    r"NUMAKER_M467HJ": "numaker_m467",
    r"CY8CPROTO-062": "psoc62",
}
MODEL_WORDS = {
    r"MLPerf retinanet": "retinanet_mlperf",
    r"YOLOv8([nsmlx])$": r"yolov8\1",
    r"InceptionV([14])$": r"inception_v\1",
}
COUNTS = re.compile(r"(params_m|gmacs|activations_m) ([\d.]+)")


def device_of(row: Published, catalog: Catalog) -> Hardware:
    """The device of a row, by id or by its words."""
    name = row.hardware_id or _by_words(row.hardware, DEVICE_WORDS)
    name = name or _by_name(row.hardware, {d.id: d.name for d in catalog.devices.values()})
    if not name:
        raise UnknownFact(
            f"the device '{row.hardware or 'without a name'}' has no hardware_id: write one into "
            "the row, and add the device with --hardware where the catalog lacks it."
        )
    try:
        return catalog.hardware(name)
    except PerfsimError as error:
        raise UnknownFact(f"{error} Add a row for it with --hardware.") from None


def model_of(row: Published, catalog: Catalog) -> Model:
    """The model of a row: as counted in its notes, by id, or by its words."""
    counts = {name: float(number) for name, number in COUNTS.findall(row.notes)}
    if {"params_m", "gmacs"} <= counts.keys():
        return _noted_model(row, counts)
    name = row.model_id or _by_words(row.model, MODEL_WORDS)
    name = name or _by_name(row.model, {m.id: m.name for m in catalog.models.values()})
    if not name:
        raise UnknownFact(
            f"the model '{row.model or 'without a name'}' has no model_id: write one into the row, "
            "and add the model with --models where the catalog lacks it."
        )
    try:
        return catalog.model(name)
    except PerfsimError as error:
        raise UnknownFact(f"{error} Add a row for it with --models.") from None


def _by_words(words: str, table: dict[str, str]) -> str:
    matches = ((re.search(pattern, words), name) for pattern, name in table.items())
    return next((match.expand(name).lower() for match, name in matches if match), "")


def _by_name(words: str, names: dict[str, str]) -> str:
    return next((key for key, name in names.items() if words and name == words), "")


def _noted_model(row: Published, counts: dict[str, float]) -> Model:
    """The model as its own row counts it: the resolution may differ from the catalog's."""
    activations = counts.get("activations_m")
    return Model(
        id=row.model_id or row.model,
        name=row.model,
        family="",
        params=counts["params_m"] * 1e6,
        macs=counts["gmacs"] * GB,
        activations=None if activations is None else activations * 1e6,
    )
