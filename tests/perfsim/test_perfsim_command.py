"""The command `perfsim`: what it prints, and a sentence with an exit code for bad input."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from perfsim import hardware, model
from perfsim.commands.cli import main
from perfsim.published.rows import MEASURED_COLUMNS, SERVING_COLUMNS
from perfsim.published.software import reached_by
from perfsim.serving import Efficiency, answer

HEAD = ",".join(SERVING_COLUMNS)
SERVED = "s1,h100_sxm,1,vllm,llama3_8b,128,256,16,latency,2.7,s"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def as_json(*words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def saved(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def test_devices_and_models_are_listed_and_sources_are_a_word_away():
    assert "h100_sxm" in run("devices").output
    assert "NVIDIA H100 datasheet" not in run("devices").output
    assert "NVIDIA H100 datasheet" in run("devices", "--sources").output
    assert {d["kind"] for d in as_json("devices", "--kind", "mcu")} == {"mcu"}
    assert "Llama-2" in json.dumps(as_json("models", "--family", "llm"))
    assert "confidence" in run("models", "--sources").output


def test_an_unknown_kind_names_the_known_ones():
    result = run("devices", "--kind", "gpu")
    assert result.exit_code == 1
    assert "cloud_gpu" in result.output
    assert "vit" in run("models", "--family", "none").output


LLAMA = ("estimate", "--model", "llama3_8b", "--device", "h100_sxm", "--batch", 32)


def test_an_estimate_of_a_language_model_has_time_memory_energy_and_cost():
    result = run(*LLAMA, "--in", 1024, "--out", 128, "--dtype", "fp16", "--software", "vllm")
    assert result.exit_code == 0, result.output
    for words in (
        *("first token", "cache of a turn", "energy of the batch, floor"),
        *("energy of the batch, ceiling", "price of 1000 requests", "tokens/s"),
    ):
        assert words in result.output
    lines = {line["what"]: line for line in as_json(*LLAMA, "--software", "vllm")["lines"]}
    all_tokens = lines["all tokens of the batch"]
    assert all_tokens["reached"] > all_tokens["ideal"] > 0
    assert all(line["source"] for line in lines.values())


def test_an_estimate_of_a_network_has_its_roofline_and_says_where_it_falls_back():
    estimate = as_json(
        "estimate", "--model", "resnet50", "--device", "a100_sxm_80", "--dtype", "fp8"
    )
    lines = {line["what"]: line["ideal"] for line in estimate["lines"]}
    assert lines["samples a second"] == pytest.approx(1 / lines["time of the batch"])
    assert estimate["notes"] == ["NVIDIA A100 SXM 80GB computes fp8 in fp16."]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--model", "llama3", "--device", "h100_sxm"), "Nearest: llama3_8b"),
        (("--model", "llama3_8b", "--device", "h100"), "Nearest: h100_sxm"),
        (
            ("--model", "llama2_70b", "--device", "h100_sxm"),
            "does not fit: its weights need 138.0 GB",
        ),
        (("--model", "qwen2_7b", "--device", "h100_sxm", "--n-devices", "8"), "divides 28"),
        (("--model", "resnet50", "--device", "coral_usb"), "cannot compute in fp16"),
        (("--model", "resnet50", "--device", "t4", "--dtype", "int3"), "no dtype 'int3'"),
        ((*LLAMA[1:5], "--software", "vlm"), "Nearest: vllm on nvidia"),
        (("--model", "sdxl", "--device", "t4"), "unknown"),
    ],
)
def test_a_question_without_an_answer_is_a_sentence_and_exit_code_1(words, message):
    result = run("estimate", *words)
    assert (result.exit_code, message in result.output) == (1, True), result.output


def test_a_batch_of_nothing_is_refused():
    assert run(*LLAMA[:5], "--batch", 0).exit_code == 2


def test_a_file_is_validated_with_groups_and_reasons(tmp_path):
    path = saved(tmp_path, "rows.csv", HEAD, SERVED, SERVED.replace("s1,h100_sxm", "s2,h100"))
    result = run("validate", path)
    assert result.exit_code == 0, result.output
    assert "serving, vllm on h100_sxm" in result.output
    assert "cannot be expressed: s2: there is no device 'h100'" in result.output
    assert "2.7" in run("validate", path, "--sources").output
    report = as_json("validate", path)
    assert report["rows"][0]["ratio"] == pytest.approx(1, abs=0.25)
    assert report["cannot_be_expressed"][0]["id"] == "s2"


def test_a_row_that_contradicts_physics_is_named(tmp_path):
    path = saved(tmp_path, "rows.csv", HEAD, SERVED.replace("2.7", "0.01"))
    assert "contradicts physics: s1: 0.01 s is" in run("validate", path).output


def test_devices_and_models_of_other_files_are_known_to_every_verb(tmp_path):
    devices = saved(
        tmp_path,
        "hardware.csv",
        "id,name,class,fp16_bf16_tflops,mem_gb,mem_bw_gbs",
        "gh300,NVIDIA GH300,cloud_gpu,2000,144,5000",
    )
    models = saved(
        tmp_path,
        "models.csv",
        "id,name,family,params_m,layers,hidden,heads,kv_heads,ffn,vocab",
        "new_9b,New 9B,llm,9000,40,4096,32,8,14336,100000",
    )
    more = ("--hardware", devices, "--models", models)
    row = "s1,gh300,1,vllm,new_9b,128,256,16,latency,2.7,s"
    path = saved(tmp_path, "rows.csv", HEAD, row)
    assert as_json("validate", path, *more)["rows"][0]["predicted"] > 0
    assert "gh300" in run("devices", *more).output
    assert run("estimate", "--device", "gh300", "--model", "new_9b", *more).exit_code == 0
    alone = run("validate", path)
    assert alone.exit_code == 1
    assert "Add a row for it with --hardware" in alone.output


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((HEAD,), "has no rows"),
        ((HEAD.replace("isl,", ""), SERVED.replace(",128", "")), "lacks the column isl"),
        ((HEAD, SERVED.replace("2.7", "x")), "needed is a number above 0, not 'x'"),
        ((",".join(MEASURED_COLUMNS[:5]), "1,2,3,4,5"), "lacks the columns hardware_id"),
    ],
)
def test_a_bad_file_is_a_sentence_and_exit_code_2(tmp_path, lines, message):
    result = run("validate", saved(tmp_path, "rows.csv", *lines))
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_a_missing_file_is_a_sentence_whichever_option_names_it(tmp_path):
    path = saved(tmp_path, "rows.csv", HEAD, SERVED)
    none = tmp_path / "none.csv"
    for words in ((none,), (path, "--hardware", none), (path, "--models", none)):
        result = run("validate", *words)
        assert (result.exit_code, "there is no file" in result.output) == (2, True)


def test_a_roofline_and_a_validation_are_drawn(tmp_path):
    target = tmp_path / "roof.svg"
    words = ("plot", "roofline", "--device", "t4", "--model", "resnet50", "--model", "vgg16")
    assert run(*words, "--dtype", "int8", "--out", target).exit_code == 0
    assert target.read_text().count("<circle") == 4
    path = saved(tmp_path, "rows.csv", HEAD, SERVED)
    assert run("plot", "validation", "--file", path, "--out", target).exit_code == 0
    assert "predicted" in target.read_text()


def test_a_picture_without_its_subject_or_its_folder_says_what_is_needed(tmp_path):
    assert "--device" in run("plot", "roofline", "--out", tmp_path / "a.svg").output
    assert "--file" in run("plot", "validation", "--out", tmp_path / "a.svg").output
    nowhere = run("plot", "roofline", "--device", "t4", "--out", tmp_path / "no" / "a.svg")
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (2, True)


def test_importing_perfsim_imports_neither_numpy_nor_the_command():
    words = (
        "import sys, perfsim; print({'numpy', 'rich', 'click', 'matplotlib'} & set(sys.modules))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    assert completed.stdout.strip() == "set()"


@pytest.mark.parametrize("devices", [1, 8])
@pytest.mark.parametrize("device", ["a100_sxm_80", "h100_pcie", "mi300x"])
def test_what_a_software_reaches_is_never_better_than_the_ideal(device, devices):
    words = ("--device", device, "--n-devices", devices, "--batch", 32, "--in", 2048, "--out", 16)
    answered = as_json("estimate", "--model", "llama3_8b", *words, "--software", "vllm")
    pairs = [(w["ideal"], w["reached"]) for w in answered["lines"] if w["unit"] == "s"]
    assert len(pairs) == 3
    assert all(reached >= ideal for ideal, reached in pairs)


@pytest.mark.parametrize("software", ["vllm", "tensorrt_llm"])
@pytest.mark.parametrize("name", ["llama3_70b", "mixtral_8x7b", "gpt3_175b"])
@pytest.mark.parametrize(
    ("device", "devices"), [("h100_pcie", 8), ("h200_sxm", 4), ("b200_sxm", 2)]
)
def test_no_constant_makes_a_software_faster_than_its_device(software, name, device, devices):
    where, network = hardware(device), model(name)
    reached = reached_by(software, where)
    ideal = Efficiency(crowding=reached.crowding)
    for batch, prompt in ((1, 16), (32, 2048)):
        question = (network, where, batch, prompt, 16, devices, "fp8")
        real, best = answer(*question, reached), answer(*question, ideal)
        assert real.first_token_s >= best.first_token_s
        assert real.token_s >= best.token_s
        assert real.total_s >= best.total_s


def test_a_repeated_prompt_is_said_where_experts_are_chosen():
    words = ("estimate", "--model", "mixtral_8x7b", "--device", "h100_sxm", "--n-devices", 2)
    assert "one prompt repeated" in run(*words, "--software", "tensorrt_llm").output
    assert "one prompt repeated" not in run(*words, "--software", "vllm").output


def test_the_help_of_validate_names_the_columns_and_the_exit_codes():
    words = " ".join(run("validate", "--help").output.split())
    assert ", ".join(SERVING_COLUMNS) in words
    assert ", ".join(MEASURED_COLUMNS) in words
    assert "3 where less than half can" in words


def test_less_than_half_expressed_is_a_sentence_and_exit_code_3(tmp_path):
    unknown_rows = [SERVED.replace("s1,h100_sxm", f"s{n},h100") for n in (2, 3)]
    half = run("validate", saved(tmp_path, "half.csv", HEAD, SERVED, unknown_rows[0]))
    assert (half.exit_code, "1 of 2 rows can be expressed." in half.output) == (0, True)
    few = run("validate", saved(tmp_path, "few.csv", HEAD, SERVED, *unknown_rows))
    assert few.exit_code == 3
    assert "1 of 3 rows can be expressed, less than half" in few.output


@pytest.mark.parametrize(
    "words",
    [
        ("plot", "roofline", "--device", "h100"),
        ("plot", "roofline", "--device", "t4", "--model", "resnet5"),
        ("plot", "roofline", "--device", "pixel8"),
    ],
)
def test_a_picture_of_something_unknown_is_exit_code_1(tmp_path, words):
    assert run(*words, "--out", tmp_path / "a.svg").exit_code == 1


def test_a_calibration_model_that_is_not_in_the_file_is_exit_code_1(tmp_path):
    path = saved(tmp_path, "rows.csv", HEAD, SERVED)
    result = run("validate", path, "--calibrate", "gpt5")
    assert (result.exit_code, "no model in the file 'gpt5'" in result.output) == (1, True)


def test_json_stays_json_with_sources(tmp_path):
    words = ("plot", "roofline", "--device", "t4", "--out", tmp_path / "a.svg", "--sources")
    assert "T4" in as_json(*words)["source"]


def test_nothing_held_out_draws_nothing_and_says_so(tmp_path):
    path = saved(tmp_path, "rows.csv", HEAD, SERVED.replace("2.7", "0.01"))
    result = run("plot", "validation", "--file", path, "--out", tmp_path / "a.svg")
    assert (result.exit_code, "nothing to draw" in result.output) == (1, True)
    assert not (tmp_path / "a.svg").exists()
