"""Training: schedules, clipping, accumulation, evaluation, and checkpoints that resume exactly.

Everything that decides the next step is state: parameters, optimizer, epoch, learning rate and
random generators. What this file leaves to the next: the layers that are worth training.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tinytorch.core.autograd import no_grad
from tinytorch.core.layers import Layer
from tinytorch.core.optimizers import Optimizer
from tinytorch.core.tensor import Tensor

__all__ = [
    "RECORDED",
    "Batch",
    "CosineSchedule",
    "LossFunction",
    "Resumable",
    "Schedule",
    "Trainer",
    "accumulate",
    "clip_grad_norm",
    "count_hits",
    "evaluate_model",
    "grouped",
    "load_arrays",
    "named_state",
    "npz_bytes",
    "pack",
    "restore",
    "save_arrays",
    "take_step",
    "with_prefix",
]


class CosineSchedule:
    """A learning rate that falls from max_lr to min_lr along half a cosine (SGDR, eq. 5)."""

    def __init__(self, max_lr: float = 0.1, min_lr: float = 0.01, total_epochs: int = 100):
        """Raises ValueError for total_epochs below 1.

        >>> CosineSchedule(0.4, 0.2, total_epochs=1).get_lr(1)
        0.2
        """
        if total_epochs < 1:
            raise ValueError(f"a schedule needs at least one epoch, but got {total_epochs}")
        self.max_lr, self.min_lr, self.total_epochs = max_lr, min_lr, total_epochs

    def get_lr(self, epoch: int) -> float:
        """The rate of an epoch, counted from 0; min_lr from total_epochs on.

        >>> [round(CosineSchedule(1.0, 0.0, 4).get_lr(epoch), 2) for epoch in range(6)]
        [1.0, 0.85, 0.5, 0.15, 0.0, 0.0]
        """
        progress = min(epoch / self.total_epochs, 1.0)
        share = 0.5 * (1 + math.cos(math.pi * progress))
        return share * self.max_lr + (1 - share) * self.min_lr


def clip_grad_norm(parameters: Iterable[Tensor], max_norm: float = 1.0) -> float:
    """The joint norm of all gradients, which are then scaled in place to at most `max_norm`.

    >>> p = Tensor([0.0, 0.0], requires_grad=True)
    >>> p.grad = np.float32([30.0, 40.0])
    >>> clip_grad_norm([p], max_norm=25.0), p.grad.tolist()
    (50.0, [15.0, 20.0])
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = math.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in gradients))
    if max_norm < norm < math.inf:
        for g in gradients:
            g *= max_norm / norm
    return norm


LossFunction = Callable[[Tensor, Tensor], Tensor]
Batch = tuple[Tensor, ...]


def accumulate(model: Layer, loss_fn: LossFunction, group: Sequence[Batch]) -> float:
    """Adds the gradient of the mean loss over all samples of `group`; returns that loss.

    group: micro-batches (x, y) of any sizes, the samples along dimension 0. ValueError for none.

    >>> w = Tensor([1.0], requires_grad=True)
    >>> group = [(Tensor([1.0, 1.0, 1.0]), None), (Tensor([9.0]), None)]
    >>> accumulate(lambda x: w * x, lambda prediction, _: prediction.mean(), group)
    3.0
    >>> w.grad.tolist()
    [3.0]
    """
    samples = sum(x.shape[0] for x, _ in group)
    if not samples:
        raise ValueError("gradients need at least one sample, but the group holds none")
    mean = 0.0
    for x, y in group:
        loss = loss_fn(model(x), y) * (x.shape[0] / samples)
        loss.backward()
        mean += loss.item()
    return mean


def count_hits(prediction: np.ndarray, target: np.ndarray) -> float:
    """How many samples have their largest logit at the target; nan where targets are no classes."""
    if target.dtype.kind not in "iu":
        return math.nan
    return float(np.sum(np.argmax(prediction, axis=-1) == target))


def evaluate_model(
    model: Layer, loss_fn: LossFunction, dataloader: Iterable[Batch]
) -> tuple[float, float]:
    """(mean loss, accuracy) over all samples; the model's mode is restored. ValueError for none.

    >>> logits = Tensor([[9.0, 0.0], [9.0, 0.0], [9.0, 0.0]])
    >>> batches = [(logits, Tensor([0, 0, 0])), (logits[:1], Tensor([1]))]
    >>> loss, accuracy = evaluate_model(Dropout(0.5), CrossEntropyLoss(), batches)
    >>> round(loss, 2), accuracy
    (2.25, 0.75)
    """
    mode, loss, right, samples = model.training, 0.0, 0.0, 0
    model.eval()
    try:
        with no_grad():
            for x, y in dataloader:
                prediction = model(x)
                loss += x.shape[0] * loss_fn(prediction, y).item()
                right += count_hits(prediction.data, y.data)
                samples += x.shape[0]
    finally:
        model.train(mode)
    if not samples:
        raise ValueError("an evaluation needs at least one sample, but the data loader gave none")
    return loss / samples, right / samples


def named_state(layer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, thing) for each tensor, array and generator that a layer and its layers hold."""
    for name, value in vars(layer).items():
        several = dict(enumerate(value)) if isinstance(value, list | tuple) else value
        for key, item in (several if isinstance(several, dict) else {"": several}).items():
            place = f"{path}{name}.{key}".rstrip(".")
            if isinstance(item, Tensor | np.ndarray | np.random.Generator):
                yield place, item
            elif hasattr(item, "parameters"):
                yield from named_state(item, f"{place}.")


def load_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of an npz file by name; a file that would need pickle is a ValueError."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


RECORDED = ("train_loss", "eval_loss", "learning_rates")


class Schedule(Protocol):
    """What gives the learning rate of an epoch."""

    def get_lr(self, epoch: int) -> float: ...


class Resumable:
    """What decides the next step of a trainer, and the two ways between it and a file."""

    model: Layer
    optimizer: Optimizer
    outside: dict[str, np.random.Generator]
    epoch: int
    step: int
    history: dict[str, list[float]]

    def arrays(self) -> dict[str, np.ndarray]:
        """The model's own arrays by path: parameters, and what layers keep beside them."""
        return {
            path: item.data if isinstance(item, Tensor) else item
            for path, item in named_state(self.model)
            if not isinstance(item, np.random.Generator)
        }

    def generators(self) -> dict[str, np.random.Generator]:
        """The generators that decide what comes next: those given, then the model's by path."""
        inside = {k: v for k, v in named_state(self.model) if isinstance(v, np.random.Generator)}
        return {**self.outside, **inside}

    def save_checkpoint(self, path: str | Path) -> None:
        """Writes everything that decides the next epoch into one file."""
        save_arrays(path, pack(self))

    def load_checkpoint(self, path: str | Path) -> None:
        """Goes on where the file was saved. ValueError where it does not fit this trainer."""
        restore(self, load_arrays(path))


class Trainer(Resumable):
    """A model, an optimizer and a loss, joined to epochs between which training may be cut.

    generators: those outside the model that decide what comes next, each by a name of its own
    (the one that orders the data). A checkpoint keeps their states and those of the model's.
    """

    def __init__(
        self,
        model: Layer,
        optimizer: Optimizer,
        loss_fn: LossFunction,
        scheduler: Schedule | None = None,
        grad_clip_norm: float | None = None,
        generators: Mapping[str, np.random.Generator] | None = None,
    ):
        self.model, self.optimizer, self.loss_fn = model, optimizer, loss_fn
        self.scheduler, self.grad_clip_norm = scheduler, grad_clip_norm
        self.outside = dict(generators or {})
        self.epoch = self.step = 0
        self.history = {name: [] for name in RECORDED}

    def train_epoch(self, dataloader: Iterable[Batch], accumulation_steps: int = 1) -> float:
        """One pass over the data, a step for each group of batches; the mean loss over samples."""
        self.model.train()
        if self.scheduler is not None:
            self.optimizer.lr = self.scheduler.get_lr(self.epoch)
        total, samples = 0.0, 0
        for group in grouped(dataloader, accumulation_steps):
            size = sum(batch[0].shape[0] for batch in group)
            total, samples = total + size * take_step(self, group), samples + size
        if not samples:
            raise ValueError("an epoch needs at least one sample, but the data loader gave none")
        self.epoch += 1
        self.history["train_loss"].append(total / samples)
        self.history["learning_rates"].append(self.optimizer.lr)
        return total / samples

    def evaluate(self, dataloader: Iterable[Batch]) -> tuple[float, float]:
        """(mean loss, accuracy) over all samples; the loss is kept in the history."""
        loss, accuracy = evaluate_model(self.model, self.loss_fn, dataloader)
        self.history["eval_loss"].append(loss)
        return loss, accuracy


def grouped(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """The batches in lists of `size`, the last as long as it comes. ValueError below 1."""
    if size < 1:
        raise ValueError(f"a step needs at least one batch, but got {size} accumulation steps")
    remaining = iter(batches)
    while group := list(islice(remaining, size)):
        yield group


def take_step(trainer: Trainer, group: Sequence[Batch]) -> float:
    """One optimizer step on the micro-batches of `group`; their mean loss."""
    optimizer, limit = trainer.optimizer, trainer.grad_clip_norm
    optimizer.zero_grad()
    loss = accumulate(trainer.model, trainer.loss_fn, group)
    norm = 0.0 if limit is None else clip_grad_norm(optimizer.params, limit)
    if not math.isfinite(norm):
        where = f"epoch {trainer.epoch}, step {trainer.step}"
        raise FloatingPointError(f"{where}: the gradient norm is {norm}, so no step was made")
    optimizer.step()
    trainer.step += 1
    return loss


def npz_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of an npz file with `arrays` by name. TypeError for an array of objects.

    >>> np.load(BytesIO(npz_bytes({"steps": np.array(7)})))["steps"].item()
    7
    """
    for name, array in arrays.items():
        if np.asarray(array).dtype.hasobject:
            raise TypeError(f"{name} holds Python objects, and a checkpoint holds numbers and text")
    file, named = BytesIO(), dict[str, Any](arrays)
    np.savez(file, **named)
    return file.getvalue()


def save_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes the `npz_bytes` of `arrays` to the file `path`, whole or not at all.

    >>> with TemporaryDirectory() as folder:
    ...     save_arrays(f"{folder}/run", {"steps": np.array(7)})
    ...     os.listdir(folder)
    ['run']
    """
    data, draft = npz_bytes(arrays), Path(f"{path}.part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def pack(trainer: Resumable) -> dict[str, np.ndarray]:
    """Everything that decides a trainer's next step, as copies: arrays by name, and a JSON note.

    Names: model.<path>, optimizer.<name>, and note with epoch, step, history, learning_rate and
    generators.
    """
    arrays = {f"model.{path}": array.copy() for path, array in trainer.arrays().items()}
    for name, array in trainer.optimizer.state().items():
        arrays[f"optimizer.{name}"] = np.array(array)
    states = {name: rng.bit_generator.state for name, rng in trainer.generators().items()}
    note = {"epoch": trainer.epoch, "step": trainer.step, "history": trainer.history,
            "learning_rate": trainer.optimizer.lr, "generators": states}  # fmt: skip
    arrays["note"] = np.array(json.dumps(note, default=np.ndarray.tolist))
    return arrays


def with_prefix(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with `prefix`, without it."""
    names = [name for name in arrays if name.startswith(prefix)]
    return {name[len(prefix) :]: arrays[name] for name in names}


def restore(trainer: Resumable, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes what `pack` gave into a trainer. ValueError, and no change, where it does not fit.

    >>> old, new = Linear(2, 2, rng=1), Linear(2, 2, rng=2)
    >>> cut, resumed = (Trainer(m, SGD(m.parameters()), CrossEntropyLoss()) for m in (old, new))
    >>> cut.epoch = 7
    >>> restore(resumed, pack(cut))
    >>> resumed.epoch, np.array_equal(new.weight.data, old.weight.data)
    (7, True)
    """
    mine, saved = trainer.arrays(), with_prefix(arrays, "model.")
    for path in sorted(mine.keys() | saved.keys()):
        ours, theirs = (side[path].shape if path in side else "none" for side in (mine, saved))
        if ours != theirs:
            raise ValueError(f"{path}: this model has shape {ours}, the checkpoint {theirs}")
    note = json.loads(arrays["note"].item())
    for name in trainer.generators():
        if name not in note["generators"]:
            raise ValueError(f"the checkpoint has no state for the generator {name}")
    trainer.optimizer.load_state(with_prefix(arrays, "optimizer."))
    trainer.optimizer.lr = note["learning_rate"]
    for path, array in mine.items():
        array[...] = saved[path]
    for name, rng in trainer.generators().items():
        rng.bit_generator.state = note["generators"][name]
    trainer.epoch, trainer.step, trainer.history = note["epoch"], note["step"], note["history"]
