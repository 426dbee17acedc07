"""Featherweight: what is counted, and that knowing the pictures is not enough."""

import bz2
import io
import json

import numpy as np
import pytest
from olympics.entry import Entry, read_entry
from olympics.errors import OlympicsError
from olympics.events import event
from olympics.heat import heat, practice_seeds
from olympics.series import phases
from olympics.workloads import featherweight as workload
from olympics.workloads import featherweight_program as program

from autograder.model import CourseError
from autograder.olympics.hidden_pictures import check_pictures
from autograder.olympics.seeds import Schedule
from autograder.olympics.timing import seeds_of

RULES = event("featherweight")


def entry(files, weight_class="16 kB"):
    return Entry("featherweight", "t", "closed", "novice", weight_class, "", files)


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def test_inputs_are_the_same_for_the_same_seed_and_new_for_another():
    first, again = (workload.inputs(11, "public")["pictures"] for _ in range(2))
    assert np.array_equal(first, again)
    assert first.shape == (RULES.sizes["images"], 28, 28) and first.dtype == np.uint8
    assert not np.array_equal(first, workload.inputs(12, "public")["pictures"])


def test_the_public_and_the_private_half_of_the_judge_share_no_picture():
    seed_of = seeds_of(RULES, Schedule(b"s" * 32, "2027", RULES.id), "a" * 64, 1)
    halves = [
        set(workload._rows(seed_of(number, phase), phase).tolist())
        for number, phase in enumerate(phases(RULES))
        if phase != "warm_up"
    ]
    assert not halves[0] & halves[1]
    assert [len(half) for half in halves] == [RULES.sizes["images"]] * 2


def test_no_hidden_picture_is_one_to_train_on():
    with np.load(workload.POOLS[0].with_name("fashion.npz"), allow_pickle=False) as arrays:
        trained = {image.tobytes() for image in arrays["images"]}
    for place in workload.POOLS:
        images, labels = workload._loaded(place)
        assert not trained & {image.tobytes() for image in images}
        assert set(labels.tolist()) == set(range(10))


def test_a_table_of_the_hidden_pictures_and_their_labels_earns_nothing():
    """The table holds all that is public of the pool, with every shift, and answers 0 elsewhere."""
    images, labels = workload.pool()
    table = {(image * 17).tobytes(): label for image, label in zip(images, labels, strict=True)}
    pictures, truth = workload.inputs(3, "private")["pictures"], workload.truth(3, "private")
    answers = np.array([table.get(picture.tobytes(), 0) for picture in pictures])
    assert np.mean(answers == truth) < 0.15


def test_a_change_moves_dims_and_adds_noise():
    images = np.zeros((200, 28, 28), np.uint8)
    images[:, 14, 14] = 15
    pictures = workload.changed(images, np.random.default_rng(4))
    brightest = pictures.reshape(200, -1).argmax(axis=1)
    rows, columns = brightest // 28, brightest % 28
    assert set(rows) == set(columns) == set(range(12, 17))
    assert 130 < pictures.max(axis=(1, 2)).min() < 200
    assert 0 < (pictures[:, 0] > 0).mean() < 1


def test_code_counts_as_it_is_and_weights_as_bzip2_leaves_them():
    zeros, noise = npy(np.zeros(5000, np.int8)), np.random.default_rng(1).bytes(500)
    files = {"model.py": b"x = 1\n" * 100, "w.npy": zeros, "noise.safetensors": noise}
    path = len("noise.safetensors") - len("model.py")
    assert workload.entry_bytes(entry(files)) == 600 + len(bz2.compress(zeros, 9)) + 500 + path


def test_weights_that_are_kept_in_the_paths_of_files_count():
    names = [f"{k:x}{'0123456789abcdef' * 6}"[:95] + ".npy" for k in range(39)]
    hoard = entry({"model.py": b"", **dict.fromkeys(names, b"")})
    assert workload.entry_bytes(hoard) > 0.9 * sum(map(len, names))


def test_both_halves_of_a_local_heat_have_one_seed_and_share_no_picture():
    seed_of = practice_seeds(RULES, 0)
    seeds = {seed_of(number, phase) for number, phase in enumerate(phases(RULES))}
    assert len(seeds) == 1
    times = practice_seeds(event("framework_sprint"), 0)
    assert len({times(number, "public") for number in range(63)}) == 63


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ({}, "No labels came"),
        ({"labels": np.zeros(3, int)}, "one whole number for each picture"),
        ({"labels": np.full(2000, np.nan)}, "one whole number for each picture"),
        ({"labels": np.full(2000, 10)}, "A label is 0 to 9, and 10 came"),
        ({"labels": np.full(2000, -1)}, "A label is 0 to 9, and -1 came"),
    ],
)
def test_answers_of_a_wrong_form_are_told_in_a_sentence(outputs, sentence):
    (fault,) = workload.faults(workload.inputs(1, "public"), outputs, {})
    assert sentence in fault and fault.endswith(".")


def test_the_accuracy_is_counted_with_labels_that_the_entry_never_had():
    seeds = {"public": 21, "private": 22}
    outputs = {phase: {"labels": workload.truth(seed, phase)} for phase, seed in seeds.items()}
    outputs["private"]["labels"] = (outputs["private"]["labels"] + 1) % 10
    scores = workload.counted(entry({"model.py": b""}), outputs, seeds)
    assert scores == {"bytes": 0.0, "public": 1.0, "private": 0.0}
    assert set(workload.inputs(21, "public")) == {"pictures"}


def test_weights_come_from_npy_json_and_safetensors(tmp_path):
    matrix, bias = np.arange(6, dtype=np.int8).reshape(2, 3), np.float32([1.5, -2])
    (tmp_path / "a.npy").write_bytes(npy(matrix))
    (tmp_path / "b.json").write_text('{"labels": [1, 2]}', encoding="utf-8")
    table = {
        "__metadata__": {"by": "hand"},
        "m": {"dtype": "I8", "shape": [2, 3], "data_offsets": [0, 6]},
        "v": {"dtype": "F32", "shape": [2], "data_offsets": [6, 14]},
    }
    head = json.dumps(table).encode()
    data = len(head).to_bytes(8, "little") + head + matrix.tobytes() + bias.tobytes()
    (tmp_path / "c.safetensors").write_bytes(data)
    weights = program.weights_of(tmp_path)
    assert np.array_equal(weights["a"], matrix) and weights["b"] == {"labels": [1, 2]}
    assert np.array_equal(weights["c"]["m"], matrix) and np.array_equal(weights["c"]["v"], bias)


def test_a_pickle_is_no_file_of_the_event(tmp_path):
    (tmp_path / "entry.toml").write_text(
        'team = "t"\nevent = "featherweight"\ndivision = "open"\nlevel = "novice"\n'
        'weight_class = "16 kB"\n'
    )
    (tmp_path / "model.py").write_text("def predict(pictures, weights): ...\n")
    (tmp_path / "weights.pkl").write_bytes(b"cos\nsystem\n.")
    with pytest.raises(OlympicsError, match=r"weights\.pkl is no file of Featherweight"):
        read_entry(tmp_path)


def test_an_npy_with_objects_in_it_is_not_loaded(tmp_path):
    np.save(tmp_path / "w.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        program.weights_of(tmp_path)


def test_an_organiser_may_bring_pictures_of_his_own(tmp_path, monkeypatch):
    rng = np.random.default_rng(6)
    images = rng.integers(0, 16, (300, 28, 28)).astype(np.uint8)
    np.savez(tmp_path / "mine.npz", images=images, labels=rng.integers(0, 10, 300))
    monkeypatch.setenv("OLYMPICS_PICTURES", str(tmp_path / "mine.npz"))
    assert len(workload.inputs(1, "public")["pictures"]) == 150
    np.savez(tmp_path / "other.npz", images=images[:, :20], labels=np.zeros(300))
    monkeypatch.setenv("OLYMPICS_PICTURES", str(tmp_path / "other.npz"))
    with pytest.raises(OlympicsError, match=r"needs images \(n, 28, 28\) uint8"):
        workload.inputs(1, "public")


def test_a_judge_without_hidden_pictures_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("OLYMPICS_PICTURES", raising=False)
    check_pictures(RULES.id)
    monkeypatch.setattr(workload, "POOLS", (tmp_path / "none.npz", workload.POOLS[1]))
    assert len(workload.inputs(1, "public")["pictures"]) == 600  # a local heat has some
    with pytest.raises(CourseError, match=r"none\.npz is missing\. Install the repository with"):
        check_pictures(RULES.id)
    check_pictures("framework_sprint")
    monkeypatch.setenv("OLYMPICS_PICTURES", "mine.npz")
    check_pictures(RULES.id)


def test_the_reference_reads_more_pictures_than_a_guess_and_is_not_the_best():
    reference = read_entry(workload.REFERENCE)
    outcome = heat(reference)
    assert outcome.verdict == "ranked", outcome.sentence
    assert 0.70 < outcome.scores["score"] < RULES.thresholds["passed"]


def test_an_entry_that_is_too_heavy_for_its_class_is_told_so():
    noise = np.frombuffer(np.random.default_rng(7).bytes(20_000), np.uint8)
    model = (
        b"import numpy as np\npredict = lambda pictures, weights: np.zeros(len(pictures), int)\n"
    )
    outcome = heat(entry({"model.py": model, "noise.npy": npy(noise)}))
    assert outcome.verdict == "wrong"
    assert "its weight class allows 16,000" in outcome.sentence
