"""TinyTorch, the framework of this course: each chapter's notebook adds a module.

    core.tensor       Tensor: a block of numbers with a type, a shape and strides, and the ...
    core.activations  Activations: the bends between matrix products, each beside its slope.
    core.layers       Layers: parameters that start well, a forward rule, and how layers ...
    core.losses       Losses: how far a prediction is from the truth, as one number with a ...
    core.dataloader   Data: from stored samples to batches.
    core.autograd     Autograd: every operation's gradient, and the walk that chains them.
    core.optimizers   Optimizers: what to do with a gradient.
    core.training     Training: schedules, clipping, accumulation, evaluation, and ...

The everyday names stand here too; each is imported from its module when it is first used.
"""

from importlib import import_module
from pkgutil import extend_path
from typing import Any

__path__ = extend_path(__path__, __name__)  # what was handed out stands behind your own

_HOME = {
    "Adam": "tinytorch.core.optimizers",
    "AdamW": "tinytorch.core.optimizers",
    "BinaryCrossEntropyLoss": "tinytorch.core.losses",
    "Compose": "tinytorch.core.dataloader",
    "CosineSchedule": "tinytorch.core.training",
    "CrossEntropyLoss": "tinytorch.core.losses",
    "DataLoader": "tinytorch.core.dataloader",
    "Dataset": "tinytorch.core.dataloader",
    "Dropout": "tinytorch.core.layers",
    "Function": "tinytorch.core.tensor",
    "GELU": "tinytorch.core.activations",
    "Layer": "tinytorch.core.layers",
    "Linear": "tinytorch.core.layers",
    "MSELoss": "tinytorch.core.losses",
    "Optimizer": "tinytorch.core.optimizers",
    "RandomCrop": "tinytorch.core.dataloader",
    "RandomHorizontalFlip": "tinytorch.core.dataloader",
    "ReLU": "tinytorch.core.activations",
    "SGD": "tinytorch.core.optimizers",
    "Sequential": "tinytorch.core.layers",
    "Sigmoid": "tinytorch.core.activations",
    "Softmax": "tinytorch.core.activations",
    "Tanh": "tinytorch.core.activations",
    "Tensor": "tinytorch.core.tensor",
    "TensorDataset": "tinytorch.core.dataloader",
    "Trainer": "tinytorch.core.training",
    "clip_grad_norm": "tinytorch.core.training",
    "enable_autograd": "tinytorch.core.autograd",
    "is_grad_enabled": "tinytorch.core.autograd",
    "log_softmax": "tinytorch.core.losses",
    "no_grad": "tinytorch.core.autograd",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(
            f"tinytorch has no '{name}' yet: export the chapter that defines it. "
            "A name that is not for every day is imported from its module."
        )
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
