"""Convolution, pooling and batch normalization of the reference framework beside PyTorch: values,
gradients, running statistics, and a small network after many steps."""

import numpy as np
import pytest
from tinytorch.core.activations import ReLU
from tinytorch.core.layers import Linear, Sequential
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import SGD
from tinytorch.core.spatial import AvgPool2d, BatchNorm2d, Conv2d, Flatten, MaxPool2d
from tinytorch.core.tensor import Tensor

torch = pytest.importorskip("torch", reason="PyTorch is not installed; to cross-check: make torch")
torch.set_num_threads(1)

CLOSE = {"rtol": 1e-4, "atol": 2e-5}


def numbers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(-2, 2, shape).astype(np.float32)


def compare(ours, theirs, x):
    """The same layer in both frameworks: equal values, equal gradients of a weighted sum."""
    mine, other = Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = ours(mine), theirs(other)
    assert y.shape == tuple(z.shape)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.numpy(), z.detach().numpy(), **CLOSE)
    weights = numbers(*y.shape, seed=1)
    y.backward(weights)
    z.backward(torch.tensor(weights))
    assert mine.grad.dtype == np.float32
    np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


def copied(parameters, theirs):
    with torch.no_grad():
        for mine, other in zip(parameters, theirs.parameters(), strict=True):
            other.copy_(torch.tensor(mine.numpy().T if other.ndim == 2 else mine.numpy()))
    return theirs


CONVOLUTIONS = [
    ((4, 3, 8, 7), 5, {"kernel_size": 3, "padding": 1}),
    ((1, 1, 5, 5), 1, {"kernel_size": 5}),
    ((2, 3, 9, 8), 4, {"kernel_size": (3, 2), "stride": (2, 3), "padding": (0, 2)}),
    ((3, 2, 6, 6), 2, {"kernel_size": 2, "stride": 3}),
    ((2, 4, 3, 3), 6, {"kernel_size": 1}),
    ((2, 2, 10, 10), 3, {"kernel_size": 7, "stride": 2, "padding": 3}),
]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("shape", "out", "options"), CONVOLUTIONS, ids=str)
def test_a_convolution_and_the_gradients_of_its_parameters(shape, out, options, bias):
    ours = Conv2d(shape[1], out, bias=bias, rng=0, **options)
    theirs = torch.nn.Conv2d(shape[1], out, bias=bias, **options)
    copied(ours.parameters(), theirs)
    compare(ours, theirs, numbers(*shape))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert mine.grad.dtype == np.float32
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


def test_an_empty_batch_passes_a_convolution():
    layer = Conv2d(2, 3, 3, padding=1, rng=0)
    y = layer(Tensor(np.zeros((0, 2, 4, 4))))
    assert y.shape == (0, 3, 4, 4)
    y.sum().backward()
    assert not layer.weight.grad.any()


POOLS = [
    ((2, 3, 8, 8), {"kernel_size": 2}),
    ((1, 1, 7, 5), {"kernel_size": 3, "stride": 1, "padding": 1}),
    ((3, 2, 9, 7), {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)}),
    ((2, 1, 5, 5), {"kernel_size": 2, "stride": 3}),
    ((1, 4, 4, 4), {"kernel_size": 4}),
]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize(("shape", "options"), POOLS, ids=str)
def test_pooling_of_numbers_and_of_many_equal_ones(shape, options, ties):
    x = numbers(*shape) - 3
    x = np.round(x) if ties else x
    compare(MaxPool2d(**options), torch.nn.MaxPool2d(**options), x)
    compare(AvgPool2d(**options), torch.nn.AvgPool2d(**options), x)


@pytest.mark.parametrize("layer", [MaxPool2d, AvgPool2d])
def test_padding_over_half_of_a_kernel_is_refused_as_in_pytorch(layer):
    with pytest.raises(ValueError, match="over half"):
        layer(2, padding=2)


@pytest.mark.parametrize("shape", [(4, 3, 5, 6), (1, 2, 3, 3), (6, 1, 1, 1)], ids=str)
def test_batch_normalization_in_training_and_in_use(shape):
    options = {"eps": 1e-3, "momentum": 0.3}
    ours, theirs = BatchNorm2d(shape[1], **options), torch.nn.BatchNorm2d(shape[1], **options)
    ours.gamma = Tensor(numbers(shape[1], seed=4), requires_grad=True)
    ours.beta = Tensor(numbers(shape[1], seed=5), requires_grad=True)
    copied(ours.parameters(), theirs)
    for seed in range(3):
        compare(ours, theirs, 3 * numbers(*shape, seed=seed) + 1)
    ours.eval()
    theirs.eval()
    compare(ours, theirs, numbers(*shape, seed=9))
    np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), **CLOSE)
    np.testing.assert_allclose(ours.running_var, theirs.running_var.numpy(), **CLOSE)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), **CLOSE)


def test_what_does_not_fit_a_layer_is_a_sentence():
    with pytest.raises(ValueError, match=r"Conv2d\(3, 4\) needs \(N, 3, H, W\), but got"):
        Conv2d(3, 4, 3)(Tensor(np.zeros((2, 1, 8, 8))))
    with pytest.raises(ValueError, match=r"BatchNorm2d\(3\) needs"):
        BatchNorm2d(3)(Tensor(np.zeros((2, 3))))
    with pytest.raises(ValueError, match="a kernel of 3 does not fit into 2"):
        Conv2d(1, 1, 3)(Tensor(np.zeros((1, 1, 2, 2))))


def test_a_small_network_after_twenty_steps():
    ours = Sequential(
        Conv2d(1, 4, 3, padding=1, rng=1), BatchNorm2d(4), ReLU(), MaxPool2d(2),
        Conv2d(4, 6, 3, stride=2, padding=1, rng=2), ReLU(), AvgPool2d(2), Flatten(),
        Linear(6, 3, rng=3),
    )  # fmt: skip
    nn = torch.nn
    theirs = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(6, 3),
    )  # fmt: skip
    copied(ours.parameters(), theirs)
    step, other_step = (
        SGD(ours.parameters(), lr=0.05),
        torch.optim.SGD(theirs.parameters(), lr=0.05),
    )
    x, target = numbers(12, 1, 8, 8), np.arange(12) % 3
    for _ in range(20):
        step.zero_grad()
        other_step.zero_grad()
        CrossEntropyLoss()(ours(Tensor(x)), target).backward()
        torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(target)).backward()
        step.step()
        other_step.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other = other.detach().numpy()
        np.testing.assert_allclose(
            mine.numpy(), other.T if other.ndim == 2 else other, rtol=1e-3, atol=1e-4
        )
