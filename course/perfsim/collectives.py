"""The time in which devices add up what each of them holds: rings, trees, two levels, overlap.

Every function is the alpha-beta model: a message costs a fixed latency and its bytes over a rate.
Thakur, Rabenseifner and Gropp, "Optimization of collective communication operations in MPICH",
IJHPCA 19(1), 2005, sections 4.1 and 4.5. Sizes are bytes, rates bytes per second in one direction.
"""

from __future__ import annotations

from typing import Any

from perfsim.errors import PerfsimError


def ring_allreduce_s(size_bytes: Any, devices: Any, rate: Any, latency_s: Any = 0.0) -> Any:
    """Seconds of a ring: 2(N-1) messages of 1/N of the bytes; 0 for one device.

    2(N-1)*alpha + 2(N-1)/N * M/beta (Patarasuk and Yuan 2009, equation 3).
    """
    _at_least_one(devices, "devices")
    return 2 * (devices - 1) * latency_s + ring_traffic_bytes(size_bytes, devices) / rate


def ring_traffic_bytes(size_bytes: Any, devices: Any) -> Any:
    """Bytes that each device sends in a ring: 2(N-1)/N of the message, under twice the message."""
    return 2 * (devices - 1) / devices * size_bytes


def tree_allreduce_s(size_bytes: Any, devices: Any, rate: Any, latency_s: Any = 0.0) -> Any:
    """Seconds of a tree: up and down in log2(N) steps of the whole message.

    2*ceil(log2 N)*(alpha + M/beta): fewer messages than a ring, and more bytes.
    """
    _at_least_one(devices, "devices")
    return 2 * _steps(devices) * (latency_s + size_bytes / rate)


def _steps(devices: Any) -> Any:
    import numpy as np  # here, because importing the package needs none

    steps = np.ceil(np.log2(devices))
    return steps if hasattr(devices, "shape") else float(steps)


def two_level_allreduce_s(
    size_bytes: Any, nodes: Any, per_node: Any, inside: Any, between: Any, latency_s: Any = 0.0
) -> Any:
    """Seconds of a ring inside each node and one ring between nodes for each part of the message.

    inside, between: the rates. Reduce-scatter and all-gather inside, the all-reduce of M/per_node
    between (Jia et al. 2018, "Highly scalable deep learning training system", section 3).
    """
    local = ring_allreduce_s(size_bytes, per_node, inside, latency_s)
    return local + ring_allreduce_s(size_bytes / per_node, nodes, between, latency_s)


def exposed_s(communication_s: Any, compute_s: Any, overlap: Any = 1.0) -> Any:
    """Seconds of communication that computing does not hide.

    overlap: the part of compute_s during which messages may travel, 0 to 1.
    """
    if not 0 <= overlap <= 1:
        raise PerfsimError(f"an overlap is between 0 and 1, not {overlap}.")
    remainder = communication_s - overlap * compute_s
    return remainder * (remainder > 0)


def _at_least_one(count: Any, quantity: str) -> None:
    smallest = count.min() if hasattr(count, "min") else count
    if smallest < 1:
        raise PerfsimError(f"the number of {quantity} is at least 1, not {smallest}.")
