"""Rows of language models: a batch of requests, tokens a second offline, one sequence alone."""

from __future__ import annotations

import re
from dataclasses import replace

from perfsim.catalog import Hardware, Model
from perfsim.errors import UnknownFact
from perfsim.passes import Pass, passes
from perfsim.published.networks import software_of
from perfsim.published.rates import WEIGHTS_ONLY, Rate, peak_of
from perfsim.published.rows import TIMES, Published, per_unit
from perfsim.published.terms import Constants, Terms
from perfsim.serving import SHEET, amounts, concurrent, turns
from perfsim.units import DTYPE_BYTES

CROWDING = {"serving with tensorrt_llm on nvidia": 0.2}
"""The power of the batch that is the number of unlike sequences, where it is not 1: the published
runs of TensorRT-LLM repeat one prompt, so that most sequences of a batch choose the same experts.
Chosen on the fit set of the software from 0, 0.1 ... 1."""

MOST_CONCURRENT = 2048
"""Requests that TensorRT-LLM keeps in flight by default (max_batch_size of trtllm-bench)."""

MEAN_TOKENS = {
    "llama2_70b": (155, 294),
    "mixtral_8x7b": (300, 145),
    "gptj_6b": (870, 69),
    "llama31_405b": (9428, 684),
}
"""Mean tokens of a prompt and of its answer in the data set of MLPerf Inference for each model: of
answers as its rules count them (294.45, 145.9), of prompts from memory."""

BEAMS = {"gptj_6b": 4}
MAKERS = ("nvidia", "amd", "intel", "google", "apple", "qualcomm", "huawei", "cerebras")
VENDORS = {
    r"\b(v100|t4|a(2|10g?|16|30|40|100|800)|h20|[gh]?[bh]\d00|l4|l40s?)\b": "nvidia",
    r"\b(rtx(\d+\w*)?|orin)\b": "nvidia",
    r"\bmi\d+\w?\b": "amd",
    r"\b(gaudi\d?|habana|xeon)\b": "intel",
    r"\btpu(v\d\w?)?\b": "google",
}
UNKNOWN = "an unknown vendor"


def vendor_of(device: Hardware) -> str:
    """Who makes the device, from whole words of its name and id."""
    words = re.sub("_", " ", f"{device.name} {device.id}".lower())
    named = next((word for word in re.findall(r"\w+", words) if word in MAKERS), None)
    return named or next((v for p, v in VENDORS.items() if re.search(p, words)), UNKNOWN)


def serving_terms(row: Published, device: Hardware, model: Model) -> Terms:
    """A batch of requests: all of it, its first token, a later token, or tokens a second."""
    devices, rate = row.devices or 1, peak_of(device, row.precision)
    batch, prompt, reply = _counts(row)
    setup = f"serving with {row.software} on {vendor_of(device)}"
    cache = "fp16" if row.precision in WEIGHTS_ONLY else None
    waves, start, step = turns(
        model, device, batch, prompt, reply, devices, rate.stored, CROWDING.get(setup, 1.0), cache
    )
    least = passes(model, batch, prompt, reply, devices, rate.stored, 0, cache)
    floor, reason = _floor(row, device, rate, least)
    return Terms(
        group=f"serving, {row.software} on {device.id}",
        setups=(setup,),
        amounts=amounts(_demand(row, start, step, waves), device, rate.ops_per_s),
        scale=_tokens(row) if row.metric == "throughput" else per_unit(row, TIMES),
        is_rate=row.metric == "throughput",
        floor=floor,
        floor_reason=reason,
        notes=rate.notes,
        sheet=SHEET,
    )


FIRST, LATER = ("ttft", "time_to_first_token"), ("itl", "tpot", "time_per_output_token")
ALL_TOKENS = ("latency", "latency_mean", "latency_p90", "throughput")


def _demand(row: Published, start: Pass, step: Pass, waves: float) -> Pass:
    """The passes whose time a row's metric is."""
    if row.metric in FIRST:
        return start
    if row.metric in LATER:
        return step
    if row.metric in ALL_TOKENS:
        return (start + step * (row.reply or 1)) * waves
    metrics = ", ".join((*ALL_TOKENS, *FIRST, *LATER))
    raise UnknownFact(f"the metric '{row.metric}' of served requests is not one of {metrics}.")


def _tokens(row: Published) -> float:
    """Tokens, or requests, of the batch in the unit of a throughput."""
    batch, prompt, reply = _counts(row)
    if row.unit.startswith(("requests", "samples")):
        return float(batch)
    return float(batch * (prompt + reply if "total" in row.unit else reply))


def _counts(row: Published) -> tuple[int, int, int]:
    if not (row.batch and row.prompt and row.reply):
        raise UnknownFact("batch, isl and osl are needed: a batch of requests has all three.")
    return row.batch, row.prompt, row.reply


def _floor(
    row: Published, device: Hardware, rate: Rate, least: tuple[Pass, Pass]
) -> tuple[float, str]:
    """Seconds below which no software can go: the passes at the peak or at the bandwidth."""
    start, step = least
    demand = _demand(row, start, step, 1)
    bandwidth = device.bandwidth or 1.0
    last = (
        step.moved_bytes if row.metric in ALL_TOKENS else 0.0
    )  # the first token comes with the prompt
    computing, moving = demand.ops / rate.fastest, (demand.moved_bytes - last) / bandwidth
    if computing >= moving:
        return computing, "its operations at the peak of the fastest type"
    return moving, "its weights and its cache at the bandwidth, once for each token"


def offline_terms(row: Published, device: Hardware, model: Model, constants: Constants) -> Terms:
    """Tokens or requests a second when as many requests as fit are in flight at a time."""
    devices, rate = row.devices or 1, peak_of(device, row.precision, unnamed="fp8")
    prompt, reply = _mean_tokens(row, model)
    beams = BEAMS.get(model.id, 1) if row.scenario != "offline max throughput" else 1
    weights, cache = _reading_terms(rate)
    fitting = concurrent(model, device, prompt + reply, devices, weights, cache)
    batch = min(float(MOST_CONCURRENT), fitting // 1)
    start, step = passes(model, batch, prompt, reply, devices, weights, cache=cache)
    answer_pass = start + step * (reply * beams)
    per_request = row.unit.startswith("samples")
    terms = Terms(
        group="language models, offline",
        setups=("offline serving with tensorrt_llm",),
        amounts=amounts(answer_pass, device, rate.ops_per_s),
        scale=batch * (1 if per_request else reply),
        is_rate=True,
        floor=max(answer_pass.ops / rate.fastest, 0.0),
        floor_reason="its operations at the peak of the fastest type",
        notes=rate.notes,
        sheet=SHEET,
    )
    if row.scenario != "Server":
        return terms
    slower = {"offline": terms.cost(constants)}
    server = ("a server under a deadline",)
    return Terms("language models, server", server, slower, terms.scale, True, terms.floor,
                 terms.floor_reason, terms.notes)  # fmt: skip


def _reading_terms(rate: Rate) -> tuple[str, str]:
    """The types of weights and cache: a number of the cache takes a byte at least."""
    return rate.stored, "fp8" if DTYPE_BYTES[rate.stored] < 1 else rate.stored


def _mean_tokens(row: Published, model: Model) -> tuple[float, float]:
    if row.prompt and row.reply:
        return row.prompt, row.reply
    if model.id not in MEAN_TOKENS:
        raise UnknownFact(f"isl and osl are empty, and the mean tokens for {model.name} unknown.")
    return MEAN_TOKENS[model.id]


def alone_terms(row: Published, device: Hardware, model: Model) -> Terms:
    """Tokens a second of one sequence alone: every token reads all weights."""
    devices, rate = row.devices or 1, peak_of(device, row.precision)
    context = (row.prompt or 5) + (row.reply or 200) / 2
    _, step = passes(model, 1, context - 1, 2, devices, "fp16")
    moved = step.moved_bytes * rate.element_bytes / 2
    work = replace(step, moved_bytes=moved)
    kind = "fewer bits" if row.precision in WEIGHTS_ONLY else "fp16"
    amounts_by_name = amounts(work, device, rate.ops_per_s)
    amounts_by_name[f"memory {kind}"] = amounts_by_name.pop("memory")
    return Terms(
        group="language models, one sequence",
        setups=(f"one sequence with {software_of(row).split(' ')[0]}", "one sequence"),
        amounts=amounts_by_name,
        scale=1.0,
        is_rate=True,
        floor=moved / (device.bandwidth or 1.0),
        floor_reason="its weights at the bandwidth",
        notes=rate.notes,
        sheet=SHEET,
    )
