"""Entries: what is read, what is refused with a sentence, how they are packed; and the wire."""

import io
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from olympic_entries import HEAD, entry, featherweight, write_entry
from olympics import wire
from olympics.entry import entry_sha256, read_entry
from olympics.errors import OlympicsError
from olympics.events import event, events, grade
from olympics.pack import pack
from olympics.reference import files_to_run, reference_entry

FACTS = b'team = "abc"\nevent = "framework_sprint"\ndivision = "open"\nlevel = "novice"\n'


def archive(tmp_path, members, name="abc--framework_sprint.zip"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as file:
        for member, data in members:
            file.writestr(member, data)
    return path


def test_there_are_three_events_each_with_all_that_a_rule_sheet_needs():
    assert [rules.id for rules in events()] == [
        "framework_sprint", "featherweight", "bench_and_board",
    ]  # fmt: skip
    for rules in events():
        assert rules.question.endswith("?") and rules.rules and rules.thresholds
        assert rules.better in ("lower", "higher") and rules.kind in ("time", "counted")


def test_an_event_that_is_none_gets_a_sentence():
    with pytest.raises(OlympicsError, match="There is no event 'x'"):
        event("x")


@pytest.mark.parametrize(
    "score, name", [(5.0, ""), (4.0, "passed"), (1.0, "good"), (0.5, "excellent")]
)
def test_a_grade_follows_from_fixed_thresholds(score, name):
    assert grade(event("framework_sprint"), score) == name


def test_folder_and_zip_and_packed_zip_are_the_same_entry(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    packed = pack(folder, tmp_path)
    assert packed.name == "abc--framework_sprint.zip"
    by_hand = archive(
        tmp_path,
        [
            (f"abc/{p.relative_to(folder)}", p.read_bytes())
            for p in folder.rglob("*")
            if p.is_file()
        ],
        "hand.zip",
    )
    sums = {entry_sha256(read_entry(place)) for place in (folder, packed, by_hand)}
    assert len(sums) == 1


@pytest.mark.parametrize(
    "team", ["../../Pale Blue", "a/b", "a\\\\b", "..", "a--b", "Pale Blue", "x\\u0000"]
)
def test_a_team_whose_name_is_a_path_packs_nothing_anywhere(tmp_path, team):
    folder = write_entry(entry(HEAD, team=team), tmp_path / "a" / "b" / "abc")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OlympicsError, match="The team is the team_id that the organiser gave you"):
        pack(folder, tmp_path / "a" / "b")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_entry_that_python_cannot_read_or_that_is_too_heavy_is_not_packed(tmp_path):
    folder = write_entry(entry("x = 1\nif True print(x)\n"), tmp_path / "abc")
    with pytest.raises(OlympicsError, match=r"tinytorch/__init__\.py, line 2 is no Python"):
        pack(folder, tmp_path)
    heavy = featherweight("# " + "x" * 16_000)
    with pytest.raises(OlympicsError, match="its weight class allows 16,000"):
        pack(write_entry(heavy, tmp_path / "heavy"), tmp_path)


def test_a_zip_of_zips_gets_a_sentence(tmp_path):
    path = archive(tmp_path, [("a.zip", b""), ("b.zip", b"")])
    with pytest.raises(OlympicsError, match="holds zips and no entry"):
        read_entry(path)


def test_packing_twice_gives_the_same_bytes(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    first = pack(folder, tmp_path).read_bytes()
    os.utime(folder / "entry.toml", (0, 0))
    assert pack(folder, tmp_path).read_bytes() == first


def test_each_fact_and_file_is_part_of_the_name_of_an_entry():
    names = {
        entry_sha256(one)
        for one in (
            entry(HEAD),
            entry(HEAD + "#"),
            entry(HEAD, team="xyz"),
            entry(HEAD, division="open"),
            entry(HEAD, idea="other"),
        )
    }
    assert len(names) == 5


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/passwd", "tinytorch/../../x.py", "C:\\x.py", "tinytorch\\..\\..\\x"],
)
def test_a_path_that_leads_out_of_a_zip_is_refused(tmp_path, name):
    path = archive(tmp_path, [("entry.toml", FACTS), (name, b"")])
    with pytest.raises(OlympicsError, match="leads out of the entry"):
        read_entry(path)


def test_a_path_that_leads_out_once_the_zips_own_folder_is_left_away_is_refused(tmp_path):
    facts = FACTS.replace(b"framework_sprint", b"featherweight") + b'weight_class = "16 kB"\n'
    members = [("top/entry.toml", facts), ("top/model.py", b""), ("top//tmp/evil.py", b"")]
    with pytest.raises(OlympicsError, match=r"'/tmp/evil\.py' is no path"):
        read_entry(archive(tmp_path, members))


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("tinytorch/link.py")
    link.external_attr = 0o120777 << 16
    path = archive(tmp_path, [("entry.toml", FACTS), (link, b"/etc/passwd")])
    with pytest.raises(OlympicsError, match="is a link or a device"):
        read_entry(path)


def test_a_link_in_a_folder_is_refused_and_so_is_one_to_it(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    (tmp_path / "other").symlink_to(folder)
    with pytest.raises(OlympicsError, match="other is a link"):
        read_entry(tmp_path / "other")
    (folder / "tinytorch" / "secret.py").symlink_to("/etc/passwd")
    with pytest.raises(OlympicsError, match=r"tinytorch/secret.py is a link"):
        read_entry(folder)


def test_a_pipe_in_a_folder_is_refused(tmp_path):
    folder = write_entry(entry(HEAD), tmp_path / "abc")
    os.mkfifo(folder / "tinytorch" / "pipe.py")
    with pytest.raises(OlympicsError, match="is no plain file"):
        read_entry(folder)


def test_a_zip_bomb_is_refused_by_its_size(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("entry.toml", FACTS)
        file.writestr("tinytorch/zeros.py", b"0" * 50_000_000)
    with pytest.raises(OlympicsError, match="there are 50,000,075 bytes"):
        read_entry(path)


def test_many_files_that_are_too_large_together_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("entry.toml", FACTS)
        for k in range(20):
            file.writestr(f"tinytorch/m{k}.py", b"0" * 900_000)
    with pytest.raises(OlympicsError, match="With the zip there are 18,000,0"):
        read_entry(path)
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "many")
    with pytest.raises(OlympicsError, match="the largest entry of any event"):
        read_entry(tmp_path / "many")


def test_a_zip_that_lies_about_a_size_is_no_zip(tmp_path):
    path = archive(tmp_path, [("entry.toml", FACTS), ("tinytorch/__init__.py", b"x = 1\n" * 500)])
    data = path.read_bytes()
    path.write_bytes(data.replace((3000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(OlympicsError):
        read_entry(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_zip_gets_a_sentence(tmp_path, data):
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(OlympicsError, match="no zip that can be read"):
        read_entry(path)


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_what_every_zip_program_packs_is_unpacked(tmp_path, kind):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", kind) as file:
        file.writestr("entry.toml", FACTS)
        file.writestr("tinytorch/__init__.py", os.urandom(500))
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes(50) + data[250:])
    with pytest.raises(OlympicsError, match="packed in a way that is not read here"):
        read_entry(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "x.zip"
    path.write_bytes(data)
    with pytest.raises(OlympicsError):
        read_entry(path)


@pytest.mark.parametrize(
    "change, words",
    [
        ((b"", b"weights = 3\n"), "says 'weights'; it may say only"),
        ((b'"open"', b'"middle"'), "division is 'middle'"),
        ((b'"novice"', b'"pro"'), "level is 'pro'"),
        ((b'"novice"', b"3"), 'needs a line level = "..."'),
        ((b'team = "abc"\n', b""), 'needs a line team = "..."'),
        ((b'"abc"', b'""'), "The team is the team_id"),
        ((b'"framework_sprint"', b'"chess"'), "There is no event 'chess'"),
        ((b'"novice"', b'"novice'), "cannot be read as TOML"),
        ((b"", b'weight_class = "16 kB"\n'), "weight_class of Framework Sprint is left out"),
        ((b"", b'idea = "' + b"x" * 301 + b'"\n'), "at most 300 characters"),
        ((b"", b"# " + b"x" * 10_001), "10,000 bytes"),
        ((b'"abc"', b'"\xff"'), "not in UTF-8"),
        ((b'"abc"', b"[" * 4000 + b"]" * 4000), "cannot be read as TOML"),
        ((b'"abc"', b"9" * 5000), "cannot be read as TOML"),
    ],
)
def test_an_entry_toml_that_is_not_right_gets_a_sentence(tmp_path, change, words):
    facts = change[1] + FACTS if not change[0] else FACTS.replace(*change)
    path = archive(tmp_path, [("entry.toml", facts), ("tinytorch/__init__.py", b"")])
    with pytest.raises(OlympicsError, match=words):
        read_entry(path)


def test_an_entry_toml_may_begin_with_a_byte_order_mark(tmp_path):
    members = [("entry.toml", b"\xef\xbb\xbf" + FACTS), ("tinytorch/__init__.py", b"")]
    assert read_entry(archive(tmp_path, members)).team_id == "abc"


@pytest.mark.parametrize(
    "members, words",
    [
        ([("tinytorch/__init__.py", b"")], "has no entry.toml"),
        ([("entry.toml", FACTS)], "holds no file but entry.toml"),
        ([("entry.toml", FACTS), ("weights.pkl", b"")], "weights.pkl is no file of Framework"),
        ([("entry.toml", FACTS), ("tinytorch/a.so", b"")], "tinytorch/a.so is no file"),
        ([("entry.toml", FACTS), ("tinytorch//a.py", b"")], "'tinytorch//a.py' is no path"),
        ([("entry.toml", FACTS), ("tinytorch/./a.py", b"")], "'tinytorch/./a.py' is no path"),
        ([("entry.toml", FACTS), ("tinytorch/ä.py", b"")], "'tinytorch/ä.py' is no path"),
        ([("entry.toml", FACTS), (f"tinytorch/{'m' * 88}.py", b"")], "at most 100 characters"),
        (
            [("entry.toml", FACTS), ("tinytorch/a.py", b""), ("tinytorch/a.py/b.py", b"")],
            "tinytorch/a.py is a file and a folder",
        ),
        (
            [("entry.toml", FACTS)] + [(f"tinytorch/m{k}.py", b"") for k in range(201)],
            "201 files came",
        ),
        (
            [("entry.toml", FACTS)] + [(f"tinytorch/m{k}.py", b" " * 600_000) for k in (1, 2)],
            "1,200,000 bytes",
        ),
    ],
)
def test_files_that_an_event_does_not_allow_are_refused(tmp_path, members, words):
    with pytest.raises(OlympicsError, match=words):
        read_entry(archive(tmp_path, members))


def test_in_the_closed_division_the_reference_lies_beneath_and_in_the_open_it_does_not():
    reference = reference_entry("framework_sprint")
    closed = files_to_run(entry(HEAD), reference)
    assert closed["tinytorch/__init__.py"] == HEAD.encode()
    assert "tinytorch/core/tensor.py" in closed
    assert set(files_to_run(entry(HEAD, division="open"), reference)) == {"tinytorch/__init__.py"}


ARRAYS = st.dictionaries(
    st.text(max_size=20),
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int8, np.uint8, np.int64, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    ),
    max_size=4,
)


@given(ARRAYS)
def test_arrays_come_back_from_the_wire_as_they_were(arrays):
    data = wire.encode(arrays)
    back = wire.decode(wire.from_line(wire.to_line(data), len(data)), len(data))
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype and back[name].shape == array.shape


@given(st.binary(max_size=400))
def test_any_bytes_on_the_wire_are_arrays_or_an_error(data):
    try:
        arrays = wire.decode(data, 400)
    except wire.WireError:
        arrays = {}
    assert all(isinstance(array, np.ndarray) for array in arrays.values())


@given(ARRAYS.filter(bool), st.integers(0, 10_000), st.integers(0, 255))
def test_a_container_with_a_changed_byte_never_runs_code_or_asks_for_much(arrays, place, value):
    data = bytearray(wire.encode(arrays))
    data[place % len(data)] = value
    try:
        back = wire.decode(bytes(data), len(data))
    except wire.WireError:
        back = {}
    assert sum(array.nbytes for array in back.values()) <= len(data)


def test_objects_are_not_sent_and_pickles_are_not_read():
    with pytest.raises(TypeError, match="numbers only"):
        wire.encode({"a": np.array([{}], object)})
    file = io.BytesIO()
    np.save(file, np.array([{}], object), allow_pickle=True)
    parts = (b"a", file.getvalue())
    data = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    with pytest.raises(wire.WireError):
        wire.decode(data, len(data))


def test_too_many_bytes_are_refused_before_they_are_looked_at():
    with pytest.raises(wire.WireError, match="101 bytes came, and at most 100"):
        wire.decode(bytes(101), 100)
    with pytest.raises(wire.WireError, match="too many for 100 bytes"):
        wire.from_line("A" * 1000, 100)
