"""TinyTorch, the framework of this course: each chapter's notebook adds a module.

    core.tensor       Tensor: a block of numbers with a type, a shape and strides, and the ...
    core.activations  Activations: the bends between matrix products, each beside its slope.
    core.layers       Layers: parameters that start well, a forward rule, and how layers ...
    core.losses       Losses: how far a prediction is from the truth, as one number with a ...
    core.dataloader   Data: from stored samples to batches.
    core.autograd     Autograd: every operation's gradient, and the walk that chains them.
    core.optimizers   Optimizers: what to do with a gradient.
    core.training     Training: schedules, clipping, accumulation, evaluation, and ...

A name is imported from its module when it is first used.
"""

from importlib import import_module
from pkgutil import extend_path
from typing import Any

__path__ = extend_path(__path__, __name__)  # what was handed out stands behind your own

_HOME = {
    "Activation": "tinytorch.core.activations",
    "Adam": "tinytorch.core.optimizers",
    "AdamW": "tinytorch.core.optimizers",
    "Add": "tinytorch.core.tensor",
    "Arithmetic": "tinytorch.core.tensor",
    "Array": "tinytorch.core.autograd",
    "Axis": "tinytorch.core.tensor",
    "BCEFunction": "tinytorch.core.losses",
    "Batch": "tinytorch.core.training",
    "BinaryCrossEntropyLoss": "tinytorch.core.losses",
    "Compose": "tinytorch.core.dataloader",
    "CosineSchedule": "tinytorch.core.training",
    "CrossEntropyFunction": "tinytorch.core.losses",
    "CrossEntropyLoss": "tinytorch.core.losses",
    "DataLoader": "tinytorch.core.dataloader",
    "Dataset": "tinytorch.core.dataloader",
    "Div": "tinytorch.core.tensor",
    "Dropout": "tinytorch.core.layers",
    "Exp": "tinytorch.core.tensor",
    "Function": "tinytorch.core.tensor",
    "GELU": "tinytorch.core.activations",
    "GELUFunction": "tinytorch.core.activations",
    "GELU_CUBIC": "tinytorch.core.activations",
    "GELU_SCALE": "tinytorch.core.activations",
    "Image": "tinytorch.core.dataloader",
    "Index": "tinytorch.core.tensor",
    "Layer": "tinytorch.core.layers",
    "Linear": "tinytorch.core.layers",
    "Log": "tinytorch.core.tensor",
    "LogSoftmaxFunction": "tinytorch.core.losses",
    "Loss": "tinytorch.core.losses",
    "LossFunction": "tinytorch.core.training",
    "MSEFunction": "tinytorch.core.losses",
    "MSELoss": "tinytorch.core.losses",
    "MaskedFill": "tinytorch.core.tensor",
    "MatMul": "tinytorch.core.tensor",
    "Max": "tinytorch.core.tensor",
    "Mean": "tinytorch.core.tensor",
    "Methods": "tinytorch.core.tensor",
    "Mul": "tinytorch.core.tensor",
    "Neg": "tinytorch.core.tensor",
    "Node": "tinytorch.core.tensor",
    "Optimizer": "tinytorch.core.optimizers",
    "Permute": "tinytorch.core.tensor",
    "Pow": "tinytorch.core.tensor",
    "RECORDED": "tinytorch.core.training",
    "RECORDING": "tinytorch.core.tensor",
    "RULES": "tinytorch.core.autograd",
    "RandomCrop": "tinytorch.core.dataloader",
    "RandomHorizontalFlip": "tinytorch.core.dataloader",
    "ReLU": "tinytorch.core.activations",
    "ReLUFunction": "tinytorch.core.activations",
    "Reshape": "tinytorch.core.tensor",
    "Resumable": "tinytorch.core.training",
    "Rule": "tinytorch.core.autograd",
    "SGD": "tinytorch.core.optimizers",
    "Schedule": "tinytorch.core.training",
    "Seed": "tinytorch.core.layers",
    "Sequential": "tinytorch.core.layers",
    "Sigmoid": "tinytorch.core.activations",
    "SigmoidFunction": "tinytorch.core.activations",
    "Softmax": "tinytorch.core.activations",
    "SoftmaxFunction": "tinytorch.core.activations",
    "Sqrt": "tinytorch.core.tensor",
    "Storage": "tinytorch.core.tensor",
    "Sub": "tinytorch.core.tensor",
    "Sum": "tinytorch.core.tensor",
    "Tanh": "tinytorch.core.activations",
    "TanhFunction": "tinytorch.core.activations",
    "Tensor": "tinytorch.core.tensor",
    "TensorDataset": "tinytorch.core.dataloader",
    "Trainer": "tinytorch.core.training",
    "Views": "tinytorch.core.tensor",
    "accumulate": "tinytorch.core.training",
    "add_gradient": "tinytorch.core.autograd",
    "as_array": "tinytorch.core.tensor",
    "as_float": "tinytorch.core.activations",
    "as_key": "tinytorch.core.tensor",
    "as_tuple": "tinytorch.core.tensor",
    "backward": "tinytorch.core.autograd",
    "broadcast_shape": "tinytorch.core.tensor",
    "class_indices": "tinytorch.core.losses",
    "clip_grad_norm": "tinytorch.core.training",
    "collate": "tinytorch.core.dataloader",
    "contributions": "tinytorch.core.autograd",
    "count_hits": "tinytorch.core.training",
    "cross_entropy": "tinytorch.core.losses",
    "cross_entropy_gradient": "tinytorch.core.losses",
    "descend": "tinytorch.core.optimizers",
    "div_gradient": "tinytorch.core.autograd",
    "enable_autograd": "tinytorch.core.autograd",
    "epoch_order": "tinytorch.core.dataloader",
    "evaluate_model": "tinytorch.core.training",
    "exp_gradient": "tinytorch.core.autograd",
    "first_gradient": "tinytorch.core.autograd",
    "gradient_of": "tinytorch.core.autograd",
    "grouped": "tinytorch.core.training",
    "held_by": "tinytorch.core.layers",
    "index_gradient": "tinytorch.core.autograd",
    "initial_weight": "tinytorch.core.layers",
    "is_grad_enabled": "tinytorch.core.autograd",
    "load_arrays": "tinytorch.core.training",
    "log_gradient": "tinytorch.core.autograd",
    "log_softmax": "tinytorch.core.losses",
    "masked_fill_gradient": "tinytorch.core.autograd",
    "matmul_gradient": "tinytorch.core.autograd",
    "matmul_shape": "tinytorch.core.tensor",
    "max_gradient": "tinytorch.core.autograd",
    "mean_gradient": "tinytorch.core.autograd",
    "moments": "tinytorch.core.optimizers",
    "mul_gradient": "tinytorch.core.autograd",
    "named_state": "tinytorch.core.training",
    "neg_gradient": "tinytorch.core.autograd",
    "no_grad": "tinytorch.core.autograd",
    "numerical_gradient": "tinytorch.core.autograd",
    "operand": "tinytorch.core.tensor",
    "pack": "tinytorch.core.training",
    "parameters_of": "tinytorch.core.layers",
    "permute_gradient": "tinytorch.core.autograd",
    "pow_gradient": "tinytorch.core.autograd",
    "reshape_gradient": "tinytorch.core.autograd",
    "resolve_shape": "tinytorch.core.tensor",
    "restore": "tinytorch.core.training",
    "restored": "tinytorch.core.autograd",
    "restored_memory": "tinytorch.core.optimizers",
    "rule_of": "tinytorch.core.autograd",
    "same_kind": "tinytorch.core.dataloader",
    "same_shape": "tinytorch.core.losses",
    "save_arrays": "tinytorch.core.training",
    "saved_memory": "tinytorch.core.optimizers",
    "slope": "tinytorch.core.optimizers",
    "softmax_gradient": "tinytorch.core.activations",
    "sqrt_gradient": "tinytorch.core.autograd",
    "stable_softmax": "tinytorch.core.activations",
    "stretch": "tinytorch.core.tensor",
    "sub_gradient": "tinytorch.core.autograd",
    "sum_gradient": "tinytorch.core.autograd",
    "swapped": "tinytorch.core.tensor",
    "take_step": "tinytorch.core.training",
    "topological_order": "tinytorch.core.autograd",
    "unbroadcast": "tinytorch.core.autograd",
    "with_prefix": "tinytorch.core.training",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        says = f"tinytorch has no '{name}' yet: export the chapter that defines it."
        raise AttributeError(says)
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
