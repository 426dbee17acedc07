"""TinyTorch, the framework of this course: each chapter's notebook adds a module.

    core.tensor        Tensor: a block of numbers with a type, a shape and strides, and the ...
    core.activations   Activations: the bends between matrix products, each beside its slope.
    core.layers        Layers: parameters that start well, a forward rule, and how layers ...
    core.losses        Losses: how far a prediction is from the truth, as one number with a ...
    core.dataloader    Data: from stored samples to batches.
    core.autograd      Autograd: every operation's gradient, and the walk that chains them.
    core.optimizers    Optimizers: what to do with a gradient.
    core.training      Training: schedules, clipping, accumulation, evaluation, and ...
    core.spatial       Convolutions: one small kernel for every place of an image, as one ...
    core.tokenization  Tokenization: from a text to token ids and back.
    core.embeddings    Embeddings: a row of numbers for each token, and for each place.
    core.attention     Attention: each place looks at the others and takes what it needs.
    core.transformers  Transformers: blocks that are stacked, a model of text, and how text ...

The everyday names stand here too; each is imported from its module when it is first used.
"""

from importlib import import_module
from pkgutil import extend_path
from typing import Any

__path__ = extend_path(__path__, __name__)  # what was handed out stands behind your own

_HOME = {
    "Adam": "tinytorch.core.optimizers",
    "AdamW": "tinytorch.core.optimizers",
    "AvgPool2d": "tinytorch.core.spatial",
    "BPETokenizer": "tinytorch.core.tokenization",
    "BatchNorm2d": "tinytorch.core.spatial",
    "BinaryCrossEntropyLoss": "tinytorch.core.losses",
    "CharTokenizer": "tinytorch.core.tokenization",
    "Compose": "tinytorch.core.dataloader",
    "Conv2d": "tinytorch.core.spatial",
    "CosineSchedule": "tinytorch.core.training",
    "CrossEntropyLoss": "tinytorch.core.losses",
    "DataLoader": "tinytorch.core.dataloader",
    "Dataset": "tinytorch.core.dataloader",
    "Dropout": "tinytorch.core.layers",
    "Embedding": "tinytorch.core.embeddings",
    "EmbeddingLayer": "tinytorch.core.embeddings",
    "Flatten": "tinytorch.core.spatial",
    "Function": "tinytorch.core.tensor",
    "GELU": "tinytorch.core.activations",
    "GPT": "tinytorch.core.transformers",
    "Layer": "tinytorch.core.layers",
    "LayerNorm": "tinytorch.core.transformers",
    "Linear": "tinytorch.core.layers",
    "MLP": "tinytorch.core.transformers",
    "MSELoss": "tinytorch.core.losses",
    "MaxPool2d": "tinytorch.core.spatial",
    "MultiHeadAttention": "tinytorch.core.attention",
    "Optimizer": "tinytorch.core.optimizers",
    "PositionalEncoding": "tinytorch.core.embeddings",
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
    "Tokenizer": "tinytorch.core.tokenization",
    "Trainer": "tinytorch.core.training",
    "TransformerBlock": "tinytorch.core.transformers",
    "clip_grad_norm": "tinytorch.core.training",
    "create_causal_mask": "tinytorch.core.transformers",
    "create_sinusoidal_embeddings": "tinytorch.core.embeddings",
    "enable_autograd": "tinytorch.core.autograd",
    "is_grad_enabled": "tinytorch.core.autograd",
    "log_softmax": "tinytorch.core.losses",
    "no_grad": "tinytorch.core.autograd",
    "scaled_dot_product_attention": "tinytorch.core.attention",
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
