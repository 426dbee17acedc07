"""The convolutional digit network in real numbers, as `train_digits_cnn.py` leaves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from tinytorch import Tensor

from hardware_labs.models import train_digits_cnn
from hardware_labs.models.digits_cnn import STORED, calibration_digits, digits_cnn, real_values
from hardware_labs.models.network import unseen_digits

DIGITS = Path(__file__).parents[2] / "course" / "data" / "digits.npz"


def test_the_real_network_reads_digits_that_it_never_saw():
    images, labels = unseen_digits()
    layer_values = real_values(digits_cnn(), images[..., np.newaxis] / 16)
    assert [value.shape[1:] for value in layer_values] == [(8, 8, 1), (8, 8, 8), (4, 4, 16), (10,)]
    assert np.mean(layer_values[-1].argmax(1) == labels) > 0.94
    assert all(value.min() == 0 for value in layer_values[1:3])  # a ReLU each


def test_the_calibration_images_are_of_the_training_set():
    with np.load(DIGITS) as stored:
        assert np.array_equal(calibration_digits()[..., 0] * 16, stored["images"][:300])


def test_the_training_script_makes_a_network_of_the_stored_shapes(tmp_path, monkeypatch):
    monkeypatch.setattr(train_digits_cnn, "EPOCHS", 1)
    arguments = [str(DIGITS), "--to", str(tmp_path / "again.npz")]
    result = CliRunner().invoke(train_digits_cnn.main, arguments)
    assert result.exit_code == 0, result.output
    with np.load(STORED) as stored, np.load(tmp_path / "again.npz") as again:
        assert {k: stored[k].shape for k in stored} == {k: again[k].shape for k in again}


def test_the_arrays_compute_what_the_network_of_tinytorch_does(monkeypatch, tmp_path):
    model = train_digits_cnn.network()
    x = unseen_digits()[0][:40, np.newaxis] / np.float32(16)
    for _ in range(3):
        model(Tensor(x))  # moves the running means and variances
    model.eval()
    for norm in (model.layers[1], model.layers[4]):
        norm.beta.data += 0.5
    np.savez(tmp_path / "model.npz", calibration=x[:, 0], **train_digits_cnn.arrays(model))
    monkeypatch.setattr("hardware_labs.models.digits_cnn.STORED", tmp_path / "model.npz")
    scores = real_values(digits_cnn(), np.moveaxis(x, 1, -1))[-1]
    assert np.allclose(scores, model(Tensor(x)).numpy(), atol=1e-4)
