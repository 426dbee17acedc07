"""Many texts in one pass answer as a plain search does, and the work grows with the text."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.releasing import base64_pieces, unpack
from autograder.releasing.text_index import MIN_TEXT_BYTES, index_of, texts_in

TEXTS = st.lists(st.binary(min_size=MIN_TEXT_BYTES, max_size=30), max_size=5)


@given(TEXTS, st.binary(max_size=40), st.binary(max_size=40))
def test_it_answers_as_a_plain_search_does(texts, before, after):
    for middle in [b"", *texts]:
        data = before + middle + after
        assert texts_in(index_of(texts), data) == {text for text in texts if text in data}


def test_of_texts_with_one_beginning_each_is_known():
    texts = {f"assert double({n}) == {2 * n}".encode() for n in range(10, 60)}
    assert texts_in(index_of(texts), b"; ".join(texts)) == texts
    assert texts_in(index_of(texts), b"assert double(10) == 30") == set()


def read_bytes(data):
    return sum(len(reading.text) for reading in unpack.readings("a.ipynb", data))


PICTURES = {
    "on one line": lambda data: b'{"image/png": "' + base64.b64encode(data) + b'"}',
    "wrapped": lambda data: b'{"image/png":\n' + base64.encodebytes(data) + b"}",
    "escaped": lambda data: b'{"p": "' + base64.encodebytes(data).replace(b"\n", b"\\n") + b'"}',
    "a data file": lambda data: data,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_read_a_few_times_however_large_it_is(name):
    small, large = (PICTURES[name](random.Random(n).randbytes(n)) for n in (400_000, 800_000))
    assert read_bytes(small) < 4 * len(small)
    assert read_bytes(large) < 2.2 * read_bytes(small)


def test_a_long_file_is_read_in_blocks_that_miss_nothing(monkeypatch):
    monkeypatch.setattr(unpack, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(unpack, "OVERLAP_BYTES", 50)
    secret = base64.b64encode(b"half of the isotopes are left" * 40)
    data = b"x, y\n" * 199 + secret + b"\n" + b"1, 2\n" * 999
    texts = [reading.text for reading in unpack.readings("a.csv", data)]
    assert len(texts) > 5
    assert any(b"half of the isotopes are left" in text for text in texts[1:3])
    assert sum(map(len, texts)) < 1.5 * len(data)


def test_long_words_of_a_table_are_decoded_as_one_piece():
    table = b"\n".join(b"%040d,Measured_Value_Of_Row" % n for n in range(500))
    pieces = list(base64_pieces.decoded(table))
    assert len(pieces) == 1
