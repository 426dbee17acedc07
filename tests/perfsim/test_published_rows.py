"""Files of measurements: both kinds of columns are read, and what is wrong is said in words."""

import pytest
from perfsim import PerfsimError, catalog
from perfsim.errors import UnknownFact
from perfsim.published.resolve import device_of, model_of
from perfsim.published.rows import (
    HARDWARE_NUMBERS,
    MEASURED_COLUMNS,
    SERVING_COLUMNS,
    read_extra,
    read_published,
)

SERVED = "s1,h100_sxm,2,vllm,llama2_7b,128,256,16,latency,1.5,s"
HEAD = ",".join(SERVING_COLUMNS)


def rows_file(tmp_path, *lines, text=None, encoding="utf-8"):
    path = tmp_path / "rows.csv"
    path.write_bytes((text or "\n".join(lines) + "\n").encode(encoding))
    return path


def test_a_run_of_a_served_model_is_read(tmp_path):
    (row,) = read_published(rows_file(tmp_path, HEAD, SERVED))
    assert (row.domain, row.hardware_id, row.devices) == ("serving", "h100_sxm", 2)
    assert (row.batch, row.prompt, row.reply, row.value) == (16, 128, 256, 1.5)
    assert row.precision == "fp16"


def test_a_measurement_is_read_and_empty_cells_stay_open(tmp_path):
    cells = dict.fromkeys(MEASURED_COLUMNS, "")
    cells |= {"id": "m1", "domain": "tiny", "value": "2.5", "metric": "latency", "unit": "ms"}
    row = read_published(rows_file(tmp_path, ",".join(cells), ",".join(cells.values())))[0]
    assert (row.domain, row.value, row.batch, row.devices) == ("tiny", 2.5, None, None)


def test_a_mark_of_the_byte_order_and_windows_line_ends_do_not_matter(tmp_path):
    plain = read_published(rows_file(tmp_path, HEAD, SERVED))
    windows = rows_file(tmp_path, text=f"{HEAD}\r\n{SERVED}\r\n", encoding="utf-8-sig")
    assert read_published(windows) == plain


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], r"has no rows"),
        ([HEAD], r"has no rows"),
        (
            [HEAD.replace(",batch", ""), SERVED.replace(",16,", ",")],
            r"lacks the column batch. Needed are: id, ",
        ),
        ([HEAD, SERVED, SERVED], r"row 3: the id 's1' stands twice"),
        ([HEAD, SERVED.removeprefix("s1")], r"row 2: there is no id"),
        (
            [HEAD, SERVED.replace("1.5", "fast")],
            r"row 2 \(s1\), value: .*number above 0, not 'fast'",
        ),
        ([HEAD, SERVED.replace("1.5", "-1.5")], r"value: .*not '-1.5'"),
        ([HEAD, SERVED.replace("1.5", "nan")], r"value: .*not 'nan'"),
        ([HEAD, SERVED.replace("1.5", "")], r"value: .*not an empty cell"),
        ([HEAD, SERVED.replace(",16,", ",1.5,")], r"batch: needed is a whole number, not '1.5'"),
        ([HEAD, SERVED.replace(",2,", ",0,")], r"n_devices: .*not '0'"),
        ([HEAD, SERVED + ",more"], r"row 2: needed are 11 cells"),
        ([HEAD, "s1,h100_sxm"], r"row 2: needed are 11 cells"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(tmp_path, lines, message):
    with pytest.raises(PerfsimError, match=message):
        read_published(rows_file(tmp_path, *lines))


def test_a_file_that_is_missing_or_no_text_is_said_so(tmp_path):
    with pytest.raises(PerfsimError, match=r"there is no file .*none\.csv"):
        read_published(tmp_path / "none.csv")
    with pytest.raises(PerfsimError, match="cannot be read as a CSV file in UTF-8"):
        read_published(rows_file(tmp_path, "id,ä", encoding="latin-1"))
    with pytest.raises(PerfsimError, match="cannot be read as a CSV file"):
        read_published(tmp_path)


def test_a_device_with_a_negative_rate_is_refused(tmp_path):
    path = rows_file(tmp_path, "id,fp32_tflops", "new,-3")
    with pytest.raises(PerfsimError, match=r"row 2 \(new\), fp32_tflops"):
        read_extra(path, HARDWARE_NUMBERS)
    assert read_extra(rows_file(tmp_path, "id,fp32_tflops", "new,"), HARDWARE_NUMBERS)


def row_about(tmp_path, **cells):
    full = dict.fromkeys(MEASURED_COLUMNS, "") | {"id": "m1", "value": "1"} | cells
    path = rows_file(tmp_path, ",".join(full), ",".join(f'"{cell}"' for cell in full.values()))
    return read_published(path)[0]


def test_words_lead_to_devices_and_models_where_ids_are_missing(tmp_path):
    default_catalog = catalog.catalog()
    row = row_about(tmp_path, hardware="A100 (EC2 P4d, 40GB SXM)", model="YOLOv8l")
    assert device_of(row, default_catalog).id == "a100_sxm_40"
    assert model_of(row, default_catalog).id == "yolov8l"
    assert device_of(row_about(tmp_path, hardware="NVIDIA T4"), default_catalog).id == "t4"


def test_a_row_that_counts_its_own_model_is_believed(tmp_path):
    notes = "img 224; params_m 2.54; gmacs 0.06; activations_m 1.42"
    network = model_of(row_about(tmp_path, notes=notes, model="timm new"), catalog.catalog())
    assert (network.params, network.macs, network.activations) == (2.54e6, 0.06e9, 1.42e6)


def test_an_unknown_device_names_the_nearest_and_the_option(tmp_path):
    row = row_about(tmp_path, hardware_id="h100")
    with pytest.raises(UnknownFact, match=r"no device 'h100'. Nearest: h100_sxm.*--hardware"):
        device_of(row, catalog.catalog())
    with pytest.raises(UnknownFact, match="'Abacus' has no hardware_id"):
        device_of(row_about(tmp_path, hardware="Abacus"), catalog.catalog())
