"""The content of a random generator: the state of its bits, and the seed of those it spawns.

A generator crosses with both, so that what it draws and what `spawn` makes of it are the same on
both sides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_POOL_SIZE = np.random.SeedSequence(0).pool_size


def crosses(generator: np.random.Generator) -> bool:
    """Whether it crosses by value: one with the bits that `np.random.default_rng` takes."""
    return type(generator.bit_generator) is np.random.PCG64


def snapshot(generator: np.random.Generator) -> str:
    return repr((generator.bit_generator.state, generator.bit_generator.seed_seq))


def replace_content(generator: np.random.Generator, new: np.random.Generator) -> None:
    bits: Any = generator.bit_generator
    bits.__setstate__((new.bit_generator.state, _same_seed(new.bit_generator.seed_seq)))


def content_copy(generator: np.random.Generator) -> np.random.Generator:
    copy = np.random.Generator(type(generator.bit_generator)())
    replace_content(copy, generator)
    return copy


def parts(generator: np.random.Generator) -> list[Any]:
    """The parts of one that crosses, for `from_parts`, which takes them on the other side."""
    state: Any = generator.bit_generator.state
    inner = state["state"]
    numbers = (inner["state"], inner["inc"], state["has_uint32"], state["uinteger"])
    return [*map(hex, numbers), _seed_parts(generator.bit_generator.seed_seq)]


def from_parts(row: list[Any]) -> np.random.Generator:
    """A generator of its parts. ValueError or TypeError where they are none."""
    *numbers, seed = row
    state, step, has_uint32, uinteger = (int(number, 16) for number in numbers)
    bits = np.random.PCG64(_seed_of(seed))
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": state % 2**128, "inc": step % 2**128},
        "has_uint32": has_uint32 % 2,
        "uinteger": uinteger % 2**32,
    }
    return np.random.Generator(bits)


def _same_seed(seed: Any) -> Any:
    """A sequence that spawns what this one spawns, and is another object where that is possible."""
    row = _seed_parts(seed)
    return _seed_of(row) if row else seed


def _seed_parts(seed: Any) -> list[Any]:
    """[entropy, place among the spawned ones, how many it has spawned]; [] for a sequence of
    another kind, whose generator then spawns others than on this side."""
    if type(seed) is not np.random.SeedSequence or seed.pool_size != _POOL_SIZE:
        return []
    entropy: Any = seed.entropy
    numbers = entropy if isinstance(entropy, list | tuple) else [entropy]
    if not all(type(number) is int for number in numbers):
        return []
    words = [hex(number) for number in numbers]
    keys = [int(key) for key in seed.spawn_key]
    return [words[0] if type(entropy) is int else words, keys, seed.n_children_spawned]


def _seed_of(row: list[Any]) -> np.random.SeedSequence:
    if not row:
        return np.random.SeedSequence(0)
    entropy, spawn_key, spawned = row
    numbers = int(entropy, 16) if type(entropy) is str else [int(word, 16) for word in entropy]
    return np.random.SeedSequence(numbers, spawn_key=spawn_key, n_children_spawned=spawned)
