"""Rows of networks that are run in one pass: images a second, milliseconds an image.

Time is operations over the peak, activations and weights over the bandwidth, and a fixed price of a
call, one after another (Williams et al. 2009 with nothing overlapped). How often activations travel
depends on how a network is built, so each family has a constant of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from perfsim.catalog import Hardware, Model
from perfsim.errors import UnknownFact
from perfsim.published.rates import peak_of
from perfsim.published.rows import TIMES, Published, per_unit
from perfsim.published.terms import Constants, Terms
from perfsim.units import DTYPE_BYTES, OPS_PER_MAC
from perfsim.work import need, traffic_elements

SQUAD_TOKENS = 178
"""Average tokens of a question with its text in SQuAD 1.1 as BERT reads it, of 384 at most (MLPerf
Inference rules give the 384; the average from memory of NVIDIA's description of its submission)."""

FAMILIES = {
    "transformer": ("vit_", "deit", "mixer"),
    "branched": ("densenet", "inception", "ghostnet", "poolformer", "regnety"),
    "windowed": ("swin", "convnext", "mobilevit"),
    "excited": ("efficientnet", "mobilenetv3", "mobilenet_v3"),
    "depthwise": ("mobilenet", "mnasnet", "tf_efficientnet_lite", "xception", "shufflenet"),
    "pyramid": ("retinanet",),
    "residual": ("resnet", "wide_resnet", "vgg", "resnext", "regnetx", "alexnet", "squeezenet"),
}
"""Beginnings of names, the longest match counts. excited: squeeze-and-excitation reads each block's
output again; branched: parts are joined by copying; windowed: parts are cut and moved; pyramid: a
detector with boxes at five sizes, which are sorted and thinned out at the end."""

SOFTWARE = {
    r"timm|NHWC|channels_last|cu124": "torch gpu",
    r"CPU dyna|dynamo": "torch cpu",
    r"ArmNN": "armnn",
    r"TFLite|TensorFlow": "tflite",
    r"Edge TPU": "edge tpu",
    r"ONNX": "onnx cpu",
    r"MLCommons reference": "reference",
    r"TensorRT|CUDA|JetPack|Jetpack": "tensorrt",
    r"^PyTorch$": "torch int8 cpu",
}


@dataclass(frozen=True)
class Sample:
    """What one sample asks of a network, in counts."""

    ops: float
    elements: float
    params: float
    family: str


def sample_of(model: Model) -> Sample:
    """The counts of one sample. UnknownFact where the catalog has neither MACs nor a shape."""
    params = need(model.params, "parameters", model)
    if model.macs is not None:
        return Sample(OPS_PER_MAC * model.macs, _elements(model), params, family_of(model))
    if model.layers is None or model.hidden is None:
        raise UnknownFact(f"the multiply-accumulates of {model.name} are unknown: add them.")
    used = params - (model.vocab or 0) * model.hidden
    attention = 4 * model.layers * model.hidden * SQUAD_TOKENS**2
    elements = traffic_elements(model, SQUAD_TOKENS) or 0.0
    return Sample(2 * used * SQUAD_TOKENS + attention, elements, used, "encoder")


def _elements(model: Model) -> float:
    return float(traffic_elements(model) or 0.0)


def family_of(model: Model) -> str:
    """How the network is built, from its name; 'residual' where no name is known."""
    name = model.name.lower().split(" ")[-1] if model.name.startswith("timm ") else model.id
    matches = [(len(b), f) for f, begins in FAMILIES.items() for b in begins if name.startswith(b)]
    if model.family == "detector":
        return "detector"
    return max(matches)[1] if matches else "residual"


def software_of(row: Published) -> str:
    """The short name of the software that ran the row, its own words where none is known."""
    words = f"{row.model} {row.software}" if row.model.startswith("timm") else row.software
    if "CPU" in row.software and words != row.software:
        return "torch cpu"
    return next((s for pattern, s in SOFTWARE.items() if re.search(pattern, words)), row.software)


def network_terms(row: Published, device: Hardware, model: Model, constants: Constants) -> Terms:
    """The terms of a row about a network."""
    software = software_of(row)
    batch = row.batch or (1 if row.metric.startswith("latency") else None)
    precision = "fp32" if software == "reference" else row.precision
    sample, rate = sample_of(model), peak_of(device, precision, row.devices or 1)
    amounts = _amounts(sample, device, rate.element_bytes, rate.ops_per_s, row, batch)
    setups = _setups(software, sample, device, batch)
    is_rate = row.metric == "throughput"
    if not (is_rate or row.metric.startswith("latency")):
        raise UnknownFact(f"the metric '{row.metric}' is neither a throughput nor a latency.")
    floor, reason = _floor(sample, device, rate.fastest, rate.element_bytes, batch)
    terms = Terms(
        group=_group(row, software),
        setups=setups,
        amounts=amounts,
        scale=float(batch or 1) if is_rate else per_unit(row, TIMES),
        is_rate=is_rate,
        floor=floor,
        floor_reason=reason,
        notes=(*rate.notes, *_reference_note(row, software)),
    )
    return _as_server(terms, row, constants) if row.scenario == "Server" else terms


def _reference_note(row: Published, software: str) -> tuple[str, ...]:
    if software != "reference" or row.precision == "fp32":
        return ()
    return (f"the reference implementation computes in fp32, not in {row.precision or 'int8'}",)


def _amounts(
    sample: Sample,
    device: Hardware,
    size: float,
    peak: float,
    row: Published,
    batch: int | None,
) -> dict[str, float]:
    """Seconds at the peak and at the bandwidth for a batch, or for one sample of a long run."""
    samples = batch or 1
    bandwidth = (device.bandwidth or 0.0) * (row.devices or 1)
    amounts = {f"compute {sample.family}": samples * sample.ops / peak}
    if bandwidth:
        activations = samples * sample.elements * size / bandwidth
        amounts[f"memory {sample.family}"] = activations
        amounts["weights"] = sample.params * size / bandwidth * (1 if batch else 0)
    on_chip = device.on_chip_bytes
    if device.link and on_chip and not device.memory_bytes:
        amounts["link"] = max(0.0, sample.params * size - on_chip) / device.link
    if batch:
        amounts[f"call {sample.family}"] = 1.0
    return amounts


def _setups(software: str, sample: Sample, device: Hardware, batch: int | None) -> tuple[str, ...]:
    """Whose constants apply: those of its kind of device, where they are measured apart."""
    kind = "detector" if sample.family == "detector" else "networks"
    setup = f"{kind} with {software}"
    if batch == 1 and kind == "networks" and software == "tensorrt":
        return (f"{setup}, one at a time on {device.kind}", f"{setup}, one at a time")
    return (setup, f"networks with {software}")


def _group(row: Published, software: str) -> str:
    return {
        "Offline": "networks, offline",
        "Server": "networks, server",
        "SingleStream": "networks, one at a time",
        "steady-state": f"networks, {software}",
    }.get(row.scenario, "networks, mean latency")


def _floor(
    sample: Sample, device: Hardware, fastest: float, size: float, batch: int | None
) -> tuple[float, str]:
    """Seconds that no software can go below, and what sets them."""
    samples = batch or 1
    computing = samples * sample.ops / fastest
    outside = max(0.0, sample.params * min(DTYPE_BYTES.values()) - (device.on_chip_bytes or 1e9))
    moving = outside / device.bandwidth if device.bandwidth and batch else 0.0
    if computing >= moving:
        return computing, "its operations at the peak of the fastest type"
    return moving, "its weights at the bandwidth"


def _as_server(terms: Terms, row: Published, constants: Constants) -> Terms:
    """A server under a deadline reaches a share of what the same device does offline."""
    return Terms(
        group=terms.group,
        setups=("a server under a deadline",),
        amounts={"offline": terms.cost(constants)},
        scale=terms.scale,
        is_rate=True,
        floor=terms.floor,
        floor_reason=terms.floor_reason,
        notes=terms.notes,
    )
