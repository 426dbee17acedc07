"""A network written as C: `sizes.h` for the firmware, `model.h` with weights and steps.

The same network gives the same bytes. Each layer becomes a constant structure of `kernels.h` and a
function of one line that calls its kernel with its places in the arena, so that a firmware contains
only the kernels that its network uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from hardware_labs.models.arena import ArenaPlan, plan_arena
from hardware_labs.models.layers import (
    Add,
    AveragePool2d,
    Conv2d,
    Dense,
    DepthwiseConv2d,
    FromFloat32,
    FromUint8,
    MaxPool2d,
    Shape,
    Softmax,
    Weighted,
)
from hardware_labs.models.network import Network

NUMBERS_A_LINE = 32


def c_sizes(network: Network, plan: ArenaPlan | None = None) -> str:
    """The #defines of a network, for `sizes.h`; `plan` is another arena than `plan_arena` makes."""
    plan, steps = plan or plan_arena(network), len(network.layers)
    facts = {
        "NAME": f'"{network.name}"',
        "MACS": network.macs,
        "LAYERS": steps,
        "INPUTS": network.inputs,
        "INPUT_TYPE": f'"{network.input_type}"',
        "INPUT_BYTES": network.input_bytes,
        "OUTPUTS": network.outputs,
        "ARENA_BYTES": plan.peak_bytes,
        "OUTPUT_AT": plan.offset_of(steps),
        "OUTPUT_ZERO": network.output_zero,
        "OUTPUT_MILLI_Q16": f"{round(network.output_scale * 1000 * 2**16)}LL",
        "LISTENS": int(network.name.startswith("sww")),
        "ANSWERS_ERROR": int(network.answer == "squared_error"),
        "INPUT_ZERO": network.input_zero,
        "INPUT_Q16": round(network.input_scale * 2**16),
        "OUTPUT_Q16": round(network.output_scale * 2**16),
        "MILLI_PER_ELEMENT_Q16": round(1000 / network.outputs * 2**16),
    }
    return "".join(f"#define MODEL_{name} {value}\n" for name, value in facts.items())


def c_header(network: Network, plan: ArenaPlan | None = None) -> str:
    """Weights, layers and steps as C, for `model.h`; `plan` as for `c_sizes`."""
    plan = plan or plan_arena(network)
    parts = ["#pragma once", '#include "kernels.h"', '#include "load.h"']
    parts.append("extern int8_t arena[MODEL_ARENA_BYTES];")
    for k, layer in enumerate(network.layers):
        read = network.sources[k]
        parts += WRITERS[type(layer)](k, layer, network.shapes[read[0]], network.shapes[k + 1])
        places = [_place(value, plan) for value in (*read, k + 1)]
        call = f"{layer.kind}({', '.join([f'&layer{k}', *places])});"
        parts.append(f"static void run{k}(void) {{ {call} }}")
    if network.answer == "squared_error":
        parts += _input_at(network.input_type)
    rows = [
        f'  {{run{k}, "{layer.kind}", {macs}}},'
        for k, (layer, macs) in enumerate(zip(network.layers, network.layer_macs, strict=True))
    ]
    return "\n".join([*parts, "static const step_t model[] = {", *rows, "};", ""])


def _place(value: int, plan: ArenaPlan) -> str:
    return f"arena + {plan.offset_of(value)}" if value else "(const int8_t *)buffer"


def _input_at(input_type: str) -> list[str]:
    """A function for the int8 value of input i: the arena no longer has it after an inference."""
    bodies = {
        "int8": "return (int8_t)buffer[i];",
        "uint8": "return (int8_t)(buffer[i] ^ 0x80);",
        "float32": (
            "from_float32_t one = layer0; int8_t q; one.count = 1; "
            "from_float32(&one, (const int8_t *)buffer + 4 * i, &q); return q;"
        ),
    }
    return [f"static int8_t input_at(int i) {{ {bodies[input_type]} }}"]


def _array(kind: str, name: str, numbers: Any) -> str:
    texts = [str(int(number)) for number in np.atleast_1d(numbers).ravel()]
    lines = [",".join(texts[i : i + NUMBERS_A_LINE]) for i in range(0, len(texts), NUMBERS_A_LINE)]
    return f"static const {kind} {name}[] = {{\n" + ",\n".join(lines) + "};"


def _struct(kind: str, k: int, *fields: Any) -> str:
    return f"static const {kind}_t layer{k} = {{{', '.join(map(str, fields))}}};"


def _braces(numbers: Iterable[Any]) -> str:
    return "{" + ", ".join(map(str, numbers)) + "}"


def _window(layer: Any, shape: Shape, output: Shape) -> str:
    """height, width, channels in and out, kernel, stride, padding at top and left."""
    return _braces([*shape, *output, *layer.kernel, *layer.stride, *layer.padding[:2]])


def _weighted(k: int, layer: Weighted, shape: Shape, output: Shape) -> list[str]:
    per_channel = int(np.ndim(layer.multiplier) > 0)
    narrowing = _braces(
        [f"multipliers{k}", f"shifts{k}", per_channel, layer.output_zero, layer.low, layer.high]
    )
    size: list[Any] = [_window(layer, shape, output)] if len(output) == 3 else []
    if isinstance(layer, Dense):
        size = [layer.weights.shape[1], layer.weights.shape[0]]
    fields = [*size, f"weights{k}", f"bias{k}", layer.input_zero, narrowing]
    return [
        _array("int8_t", f"weights{k}", layer.weights),
        _array("int32_t", f"bias{k}", layer.bias),
        _array("int32_t", f"multipliers{k}", layer.multiplier),
        _array("int8_t", f"shifts{k}", layer.shift),
        _struct(layer.kind, k, *fields),
    ]


def _pool(k: int, layer: MaxPool2d, shape: Shape, output: Shape) -> list[str]:
    return [_struct("pool", k, _window(layer, shape, output))]


def _add(k: int, layer: Add, shape: Shape, _: Shape) -> list[str]:
    pairs = [layer.input_zeros, layer.input_multipliers, layer.input_shifts]
    scalars = [layer.multiplier, layer.shift, layer.output_zero, layer.low, layer.high]
    return [_struct("add", k, int(np.prod(shape)), *map(_braces, pairs), *scalars)]


def _softmax(k: int, layer: Softmax, shape: Shape, _: Shape) -> list[str]:
    table = _array("uint16_t", f"table{k}", layer.table)
    return [table, _struct("softmax", k, shape[0], f"table{k}")]


def _from_uint8(k: int, _: FromUint8, shape: Shape, __: Shape) -> list[str]:
    return [_struct("from_uint8", k, int(np.prod(shape)))]


def _from_float32(k: int, layer: FromFloat32, shape: Shape, _: Shape) -> list[str]:
    fields = [int(np.prod(shape)), layer.multiplier, layer.shift, layer.output_zero]
    return [_struct("from_float32", k, *fields)]


WRITERS: dict[type, Callable[..., list[str]]] = {
    Dense: _weighted,
    Conv2d: _weighted,
    DepthwiseConv2d: _weighted,
    MaxPool2d: _pool,
    AveragePool2d: _pool,
    Add: _add,
    Softmax: _softmax,
    FromUint8: _from_uint8,
    FromFloat32: _from_float32,
}
