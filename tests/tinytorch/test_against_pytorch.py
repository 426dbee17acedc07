"""The reference framework beside PyTorch on the CPU: values and gradients of every operation, layer
and loss, and the parameters after many optimizer steps."""

import numpy as np
import pytest
from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.layers import Dropout, Linear, Sequential
from tinytorch.core.losses import (
    BinaryCrossEntropyLoss,
    CrossEntropyLoss,
    MSELoss,
    log_softmax,
)
from tinytorch.core.optimizers import SGD, Adam, AdamW
from tinytorch.core.tensor import Tensor
from tinytorch.core.training import CosineSchedule, clip_grad_norm

torch = pytest.importorskip("torch", reason="PyTorch is not installed; to cross-check: make torch")
torch.set_num_threads(1)

CLOSE = {"rtol": 2e-5, "atol": 2e-6}


def numbers(*shape, seed=0, low=-2.0, high=2.0):
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape).astype(np.float32)


def compare(ours, theirs, *arrays, seed=1):
    """The same function in both frameworks: equal values, and equal gradients of a weighted sum."""
    mine = [Tensor(a, requires_grad=True) for a in arrays]
    other = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, z = ours(*mine), theirs(*other)
    assert y.shape == tuple(z.shape)
    np.testing.assert_allclose(y.numpy(), z.detach().numpy(), **CLOSE)
    weights = numbers(*y.shape, seed=seed)
    y.backward(weights)
    z.backward(torch.tensor(weights))
    for a, b in zip(mine, other, strict=True):
        assert a.grad.dtype == np.float32
        np.testing.assert_allclose(a.grad, b.grad.numpy(), **CLOSE)


SHAPES = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((2, 1, 3), (4, 1)),
    ((), (2, 3)),
    ((1,), (1,)),
    ((0, 3), (3,)),
]
BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_arithmetic_with_broadcasting(name, shapes):
    a, b = numbers(*shapes[0]), numbers(*shapes[1], seed=3, low=0.5)
    compare(BINARY[name], BINARY[name], a, b)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_powers(shapes):
    a, b = numbers(*shapes[0], low=0.2), numbers(*shapes[1], seed=3)
    compare(lambda x, y: x**y, lambda x, y: x**y, a, b)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, 0.5])
def test_powers_with_a_number(exponent):
    a = numbers(3, 4, low=0.3) if exponent in (-1, 0.5) else numbers(3, 4)
    compare(lambda x: x**exponent, lambda x: x**exponent, a)
    compare(lambda x: 2.0**x, lambda x: 2.0**x, a)


def test_the_gradient_of_a_power_is_finite_at_zero():
    zeros = np.float32([0.0, 0.0, 1.0])
    compare(lambda x: x**2, lambda x: x**2, zeros)
    compare(lambda x, y: x**y, lambda x, y: x**y, zeros, np.float32([2.0, 3.0, 0.0]))


UNARY = {
    "negative": (lambda x: -x, lambda x: -x),
    "exp": (lambda x: x.exp(), torch.exp),
    "log": (lambda x: x.log(), torch.log),
    "sqrt": (lambda x: x.sqrt(), torch.sqrt),
    "reflected": (lambda x: 1 - 2 / x, lambda x: 1 - 2 / x),
    "sigmoid": (Sigmoid(), torch.sigmoid),
    "relu": (ReLU(), torch.relu),
    "tanh": (Tanh(), torch.tanh),
    "gelu": (GELU(), lambda x: torch.nn.functional.gelu(x, approximate="tanh")),
    "softmax": (Softmax(), lambda x: torch.softmax(x, -1)),
    "log_softmax": (log_softmax, lambda x: torch.log_softmax(x, -1)),
}


@pytest.mark.parametrize("shape", [(3, 4), (1, 5), (2, 3, 4), (7,)], ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_tensor(name, shape):
    low = 0.1 if name in ("log", "sqrt", "reflected") else -4.0
    compare(*UNARY[name], numbers(*shape, low=low, high=4.0))


@pytest.mark.parametrize("dim", [0, 1, -2])
def test_softmax_along_another_dimension(dim):
    x = numbers(3, 4, 5)
    compare(Softmax(dim), lambda x: torch.softmax(x, dim), x)
    compare(lambda x: log_softmax(x, dim), lambda x: torch.log_softmax(x, dim), x)


@pytest.mark.parametrize("name", ["sigmoid", "relu", "tanh", "gelu", "softmax", "log_softmax"])
def test_extreme_inputs_stay_finite_and_equal(name):
    compare(*UNARY[name], np.float32([[-1e4, -90, -20, 0, 20, 90, 1e4]]))


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3), (3, 4)),
        ((1, 3), (3, 1)),
        ((5, 2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((2, 1, 2, 3), (4, 3, 2)),
        ((3,), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((3,), (5, 3, 4)),
        ((5, 2, 3), (3,)),
        ((0, 3), (3, 2)),
    ],
    ids=str,
)
def test_matrix_products(shapes):
    compare(lambda a, b: a @ b, torch.matmul, numbers(*shapes[0]), numbers(*shapes[1], seed=5))


KEYS = [
    1,
    -1,
    slice(None),
    slice(0, 3, 2),
    (slice(None), 2),
    (0, slice(1, 3)),
    [0, 2, 0],
    ([0, 0, 1], [1, 1, 3]),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_indexing_adds_up_what_was_taken_twice(key):
    compare(lambda x: x[key], lambda x: x[key], numbers(3, 4))


def test_indexing_with_a_mask_and_filling_one():
    x = numbers(3, 4)
    mask = x > 0.3
    compare(lambda t: t[mask], lambda t: t[torch.tensor(mask)], x)
    compare(lambda t: t.masked_fill(mask, -9), lambda t: t.masked_fill(torch.tensor(mask), -9), x)


def test_other_shapes_of_the_same_numbers():
    x = numbers(2, 3, 4)
    compare(lambda t: t.reshape(6, -1), lambda t: t.reshape(6, -1), x)
    compare(lambda t: t.view(4, 6), lambda t: t.view(4, 6), x)
    compare(lambda t: t.permute(2, 0, 1), lambda t: t.permute(2, 0, 1), x)
    compare(lambda t: t.permute(-1, 0, -2), lambda t: t.permute(-1, 0, -2), x)
    compare(lambda t: t.transpose(), lambda t: t.transpose(-1, -2), x)
    compare(lambda t: t.transpose(0, 2), lambda t: t.transpose(0, 2), x)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), (-1, 0), None], ids=str)
def test_reductions(axis, keepdims):
    x = numbers(3, 4, 5)
    dims = tuple(range(3)) if axis is None else axis
    compare(lambda t: t.sum(axis, keepdims), lambda t: t.sum(dims, keepdims), x)
    compare(lambda t: t.mean(axis, keepdims), lambda t: t.mean(dims, keepdims), x)
    compare(lambda t: t.max(axis, keepdims), lambda t: t.amax(dims, keepdims), x)


def test_ties_share_the_gradient_of_a_maximum():
    x = np.float32([[1, 3, 3], [2, 2, 2]])
    compare(lambda t: t.max(1), lambda t: t.amax(1), x)


def test_a_tensor_used_many_times():
    x = numbers(3, 3)
    compare(lambda t: t + t, lambda t: t + t, x)
    compare(
        lambda t: (t @ t) * t - t.exp() / (t * t + 1),
        lambda t: (t @ t) * t - t.exp() / (t * t + 1),
        x,
    )


def copied(linear):
    """The same layer in PyTorch, whose weight is (out, in)."""
    inputs, outputs = linear.weight.shape
    theirs = torch.nn.Linear(inputs, outputs, bias=linear.bias is not None)
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(linear.weight.numpy().T))
        if linear.bias is not None:
            theirs.bias.copy_(torch.tensor(linear.bias.numpy()))
    return theirs


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 3), (1, 3), (2, 4, 3), (3,)], ids=str)
def test_a_linear_layer_and_the_gradients_of_its_parameters(shape, bias):
    ours = Linear(3, 4, bias=bias, rng=0)
    theirs = copied(ours)
    compare(ours, theirs, numbers(*shape))
    np.testing.assert_allclose(ours.weight.grad.T, theirs.weight.grad.numpy(), **CLOSE)
    if bias:
        np.testing.assert_allclose(ours.bias.grad, theirs.bias.grad.numpy(), **CLOSE)


def test_dropout_at_rest_is_the_identity_and_keeps_the_expectation_in_training():
    x = numbers(200, 300, low=1.0)
    layer = Dropout(0.3, rng=0)
    layer.eval()
    compare(layer, torch.nn.Dropout(0.3).eval(), x)
    layer.train()
    ours = layer(Tensor(x)).numpy()
    theirs = torch.nn.Dropout(0.3)(torch.tensor(x)).numpy()
    assert abs(ours.mean() - theirs.mean()) < 0.02
    assert abs((ours == 0).mean() - (theirs == 0).mean()) < 0.01


TARGETS = {1: np.array([2]), 6: np.array([0, 4, 4, 2, 1, 0])}


@pytest.mark.parametrize("rows", TARGETS)
def test_losses(rows):
    logits, target = numbers(rows, 5, low=-6, high=6), TARGETS[rows]
    compare(
        lambda x: CrossEntropyLoss()(x, target),
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(target)),
        logits,
    )
    compare(MSELoss(), torch.nn.functional.mse_loss, logits, numbers(rows, 5, seed=8))
    chance = np.linspace(0.02, 0.98, 5 * rows, dtype=np.float32).reshape(rows, 5)
    yes = (numbers(rows, 5, seed=9) > 0).astype(np.float32)
    compare(
        lambda p: BinaryCrossEntropyLoss()(p, yes),
        lambda p: torch.nn.functional.binary_cross_entropy(p, torch.tensor(yes)),
        chance,
    )


def test_binary_cross_entropy_where_a_probability_is_nought_or_one():
    p, yes = np.float32([0, 1, 0, 1]), np.float32([0, 1, 1, 0])
    ours = BinaryCrossEntropyLoss()(Tensor(p), yes).item()
    theirs = torch.nn.functional.binary_cross_entropy(torch.tensor(p), torch.tensor(yes)).item()
    assert ours == pytest.approx(theirs)


OPTIMIZERS = {
    "sgd": (SGD, torch.optim.SGD, {"lr": 0.05}),
    "sgd with decay": (SGD, torch.optim.SGD, {"lr": 0.05, "weight_decay": 0.1}),
    "momentum": (SGD, torch.optim.SGD, {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.01}),
    "adam": (Adam, torch.optim.Adam, {"lr": 0.01}),
    "adam with decay": (
        Adam,
        torch.optim.Adam,
        {"lr": 0.01, "weight_decay": 0.1, "betas": (0.8, 0.95)},
    ),
    "adamw": (AdamW, torch.optim.AdamW, {"lr": 0.01}),
    "adamw with decay": (AdamW, torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.2, "eps": 1e-6}),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_network_after_sixty_steps_of_an_optimizer(name):
    ours_type, theirs_type, options = OPTIMIZERS[name]
    first, second = Linear(6, 8, rng=1), Linear(8, 3, rng=2)
    ours = Sequential(first, Tanh(), second)
    theirs = torch.nn.Sequential(copied(first), torch.nn.Tanh(), copied(second))
    step_ours, step_theirs = (
        ours_type(ours.parameters(), **options),
        theirs_type(theirs.parameters(), **options),
    )
    x, target = numbers(20, 6), np.arange(20) % 3
    for _ in range(60):
        for optimizer in (step_ours, step_theirs):
            optimizer.zero_grad()
        CrossEntropyLoss()(ours(Tensor(x)), target).backward()
        torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(target)).backward()
        step_ours.step()
        step_theirs.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other = other.detach().numpy()
        np.testing.assert_allclose(
            mine.numpy(), other.T if other.ndim == 2 else other, rtol=1e-3, atol=1e-4
        )


def test_a_parameter_that_missed_steps_counts_its_own():
    a = [Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True)]
    b = [torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)]
    ours, theirs = Adam(a, lr=0.1), torch.optim.Adam(b, lr=0.1)
    for step in range(9):
        for p, q, gradient in zip(a, b, ([0.3, -2.0], [5.0]), strict=True):
            skipped = step % 3 == 0 and len(gradient) == 1
            p.grad = None if skipped else np.float32(gradient)
            q.grad = None if skipped else torch.tensor(gradient)
        ours.step()
        theirs.step()
    for p, q in zip(a, b, strict=True):
        np.testing.assert_allclose(p.numpy(), q.detach().numpy(), rtol=1e-5)


def test_the_cosine_schedule():
    parameter = torch.tensor([0.0], requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=0.2)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20, eta_min=0.02)
    ours = CosineSchedule(max_lr=0.2, min_lr=0.02, total_epochs=20)
    for epoch in range(21):
        assert ours.get_lr(epoch) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0])
def test_clipping_by_the_joint_norm(limit):
    gradients = [numbers(3, 4), numbers(5, seed=2)]
    mine = [Tensor(np.zeros(g.shape), requires_grad=True) for g in gradients]
    other = [torch.zeros(g.shape, requires_grad=True) for g in gradients]
    for p, q, g in zip(mine, other, gradients, strict=True):
        p.grad, q.grad = g.copy(), torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(other, limit).item()
    assert clip_grad_norm(mine, limit) == pytest.approx(norm, rel=1e-5)
    for p, q in zip(mine, other, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-4)
