"""The reference framework beside PyTorch's recorded values and gradients, where PyTorch is not."""

from types import SimpleNamespace

import numpy as np
import pytest
from golden import cases
from tinytorch.core import optimizers
from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.losses import CrossEntropyLoss, MSELoss, log_softmax
from tinytorch.core.tensor import Tensor

FUNCTIONS = SimpleNamespace(
    exp=lambda x: x.exp(),
    log=lambda x: x.log(),
    sqrt=lambda x: x.sqrt(),
    sum=lambda x, axes: x.sum(axes),
    mean=lambda x, axes: x.mean(axes),
    max=lambda x, axes: x.max(axes),
    sigmoid=Sigmoid(),
    relu=ReLU(),
    tanh=Tanh(),
    gelu=GELU(),
    softmax=lambda x, dim: Softmax(dim)(x),
    log_softmax=log_softmax,
    linear=lambda x, weight, bias: x @ weight + bias,
    cross_entropy=lambda x, labels: CrossEntropyLoss()(x, np.array(labels)),
    mse=MSELoss(),
)


@pytest.fixture(scope="module")
def golden():
    with np.load(cases.FILE, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", cases.CALCULATIONS)
def test_a_calculation_has_the_value_and_the_gradients_of_pytorch(golden, name):
    tensors = [Tensor(array, requires_grad=True) for array in cases.inputs(name)]
    value = cases.CALCULATIONS[name][0](FUNCTIONS, *tensors)
    value.backward(cases.upstream(value.shape))
    np.testing.assert_allclose(value.numpy(), golden[f"{name}/value"], rtol=2e-5, atol=2e-6)
    for place, tensor in enumerate(tensors):
        expected = golden[f"{name}/gradient {place}"]
        assert tensor.grad.shape == expected.shape
        np.testing.assert_allclose(tensor.grad, expected, rtol=2e-5, atol=5e-6)


@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_a_classifier_ends_where_that_of_pytorch_does(golden, name):
    weight, bias, x, labels = cases.training_data()
    weight, bias = Tensor(weight, requires_grad=True), Tensor(bias, requires_grad=True)
    kind, options = cases.OPTIMIZERS[name]
    optimizer = getattr(optimizers, kind)([weight, bias], **options)
    for _ in range(cases.STEPS):
        optimizer.zero_grad()
        CrossEntropyLoss()(Tensor(x) @ weight + bias, labels).backward()
        optimizer.step()
    np.testing.assert_allclose(weight.numpy(), golden[f"{name}/weight"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(bias.numpy(), golden[f"{name}/bias"], rtol=1e-4, atol=1e-5)


def test_the_golden_file_holds_these_cases_and_no_others(golden):
    names = {key.rpartition("/")[0] for key in golden} - {""}
    assert names == {*cases.CALCULATIONS, *cases.OPTIMIZERS}
