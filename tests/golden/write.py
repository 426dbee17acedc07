"""Writes `pytorch.npz`: what PyTorch computes for each of `cases`, on the CPU with one thread.

Run it after a change of the cases: make torch && .venv/bin/python tests/golden/write.py
"""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import torch
from cases import CALCULATIONS, FILE, OPTIMIZERS, STEPS, inputs, training_data, upstream

functional = torch.nn.functional
FUNCTIONS = SimpleNamespace(
    exp=torch.exp,
    log=torch.log,
    sqrt=torch.sqrt,
    sum=torch.sum,
    mean=torch.mean,
    max=torch.amax,
    sigmoid=torch.sigmoid,
    relu=torch.relu,
    tanh=torch.tanh,
    gelu=lambda x: functional.gelu(x, approximate="tanh"),
    softmax=torch.softmax,
    log_softmax=torch.log_softmax,
    linear=lambda x, weight, bias: functional.linear(x, weight.T, bias),
    cross_entropy=lambda x, labels: functional.cross_entropy(x, torch.tensor(labels)),
    mse=functional.mse_loss,
)


def calculated(name: str) -> dict[str, np.ndarray]:
    """The value of a calculation, and the gradient of each of its inputs."""
    tensors = [torch.tensor(array, requires_grad=True) for array in inputs(name)]
    value = CALCULATIONS[name][0](FUNCTIONS, *tensors)
    value.backward(torch.tensor(upstream(tuple(value.shape))))
    gradients = {f"{name}/gradient {k}": t.grad.numpy() for k, t in enumerate(tensors)}
    return {f"{name}/value": value.detach().numpy(), **gradients}


def trained(name: str) -> dict[str, np.ndarray]:
    """Weight and bias of a linear classifier after `STEPS` steps of an optimizer."""
    weight, bias, x, labels = map(torch.tensor, training_data())
    parameters = [weight.requires_grad_(), bias.requires_grad_()]
    kind, options = OPTIMIZERS[name]
    optimizer = getattr(torch.optim, kind)(parameters, **options)
    for _ in range(STEPS):
        optimizer.zero_grad()
        functional.cross_entropy(x @ weight + bias, labels).backward()
        optimizer.step()
    return {f"{name}/weight": weight.detach().numpy(), f"{name}/bias": bias.detach().numpy()}


def main() -> None:
    torch.set_num_threads(1)
    arrays = {"version": np.array(torch.__version__)}
    for name in CALCULATIONS:
        arrays |= calculated(name)
    for name in OPTIMIZERS:
        arrays |= trained(name)
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    FILE.write_bytes(data.getvalue())
    print(f"{FILE.name}: {len(arrays)} arrays of PyTorch {torch.__version__}, {data.tell()} bytes")


if __name__ == "__main__":
    main()
