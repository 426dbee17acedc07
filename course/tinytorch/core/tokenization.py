"""Tokenization: from a text to token ids and back.

A vocabulary of characters, and byte pair encoding: count pairs, merge the most frequent, apply the
merges by rank. What this file leaves to the next: the vector that stands for each token.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

__all__ = [
    "UNKNOWN",
    "WORD",
    "BPETokenizer",
    "CharTokenizer",
    "Pair",
    "Tokenizer",
    "Words",
    "encode_word",
    "learn_merges",
    "merge",
    "most_frequent_pair",
    "pair_counts",
    "split_words",
    "token_bytes",
    "word_counts",
]

UNKNOWN = "\ufffd"  # the replacement character of Unicode


class Tokenizer:
    """Text to token ids and back."""

    def encode(self, text: str) -> list[int]:
        """The token ids of a text."""
        raise NotImplementedError(f"{type(self).__name__} needs encode: the ids of a text")

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids, a list or an array. ValueError for an id that does not exist."""
        raise NotImplementedError(f"{type(self).__name__} needs decode: the text of ids")


class CharTokenizer(Tokenizer):
    """One token for each character; id 0 is for all characters that are not in the vocabulary."""

    unk_id = 0

    def __init__(self, vocab: Iterable[str] | None = None):
        self.number(vocab or ())

    def number(self, characters: Iterable[str]) -> None:
        """Number the characters from 1 on, in their order; UNKNOWN is number 0."""
        self.vocab = list(dict.fromkeys([UNKNOWN, *characters]))
        self.vocab_size = len(self.vocab)
        self.char_to_id = {character: i for i, character in enumerate(self.vocab)}
        self.id_to_char = dict(enumerate(self.vocab))

    def build_vocab(self, corpus: str | Sequence[str]) -> None:
        """Make the vocabulary: the different characters of a string or of all strings in a list.

        >>> tokenizer = CharTokenizer()
        >>> tokenizer.build_vocab(["nab", "ban"])
        >>> tokenizer.vocab[1:]
        ['a', 'b', 'n']
        """
        self.number(sorted(set("".join(corpus))))

    def encode(self, text: str) -> list[int]:
        """One id for each character of the text.

        >>> CharTokenizer("abn").encode("nab!")
        [3, 1, 2, 0]
        """
        return [self.char_to_id.get(character, self.unk_id) for character in text]

    def decode(self, ids: Iterable[int]) -> str:
        """The characters of ids, joined. ValueError for an id that does not exist.

        >>> CharTokenizer("abn").decode([3, 1, 2])
        'nab'
        """
        ids = list(ids)
        for i in ids:
            if i not in self.id_to_char:
                raise ValueError(f"ids go from 0 to {self.vocab_size - 1}, but got {i}")
        return "".join(self.id_to_char[i] for i in ids)


Pair: TypeAlias = tuple[int, int]
WORD = re.compile(r" ?\w+| ?[^\w\s]+|\s+(?!\S)|\s+")  # letters, signs and white space


def split_words(text: str) -> list[str]:
    """The words of a text, a space with the word that follows; joined they are the text again."""
    return WORD.findall(text)


def word_counts(corpus: str | Sequence[str]) -> Counter[bytes]:
    """How often each word is in a string, or in all strings of a list, as UTF-8 bytes."""
    texts = [corpus] if isinstance(corpus, str) else corpus
    return Counter(word.encode() for text in texts for word in split_words(text))


def pair_counts(words: Mapping[Any, int]) -> Counter[Pair]:
    """How often each pair of neighbouring ids occurs, in words with the number of times each has.

    >>> dict(pair_counts({b"ab": 5, (97, 98, 99): 2}))
    {(97, 98): 7, (98, 99): 2}
    """
    counts: Counter[Pair] = Counter()
    for word, times in words.items():
        for pair in pairwise(word):
            counts[pair] += times
    return counts


def most_frequent_pair(counts: Mapping[Pair, int]) -> Pair | None:
    """The pair with the highest count, the smallest of several; None if no count is above zero.

    >>> most_frequent_pair({(97, 98): 7, (98, 99): 2})
    (97, 98)
    """
    most = max(counts.values(), default=0)
    if most <= 0:
        return None
    return min(pair for pair, count in counts.items() if count == most)


def merge(tokens: Sequence[int], pair: Pair, new_id: int) -> list[int]:
    """The tokens with `new_id` wherever the pair stands, from left to right without overlap.

    >>> merge([5, 1, 2, 1, 2, 1], (1, 2), 256)
    [5, 256, 256, 1]
    """
    merged, i = [], 0
    while i < len(tokens):
        if i + 1 < len(tokens) and (tokens[i], tokens[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


class Words:
    """The different words of a text, with an index of their pairs that merges keep right.

    Word number i has the ids tokens[i] and occurs times[i] times. counts[pair]: how often the
    pair occurs; holders[pair]: the numbers of the words that hold it.
    """

    def __init__(self, words: Mapping[bytes, int]):
        self.tokens, self.times = [list(word) for word in words], list(words.values())
        self.counts = Counter(pair_counts(words))
        self.holders: defaultdict[Pair, set[int]] = defaultdict(set)
        for number, tokens in enumerate(self.tokens):
            for pair in pairwise(tokens):
                self.holders[pair].add(number)

    def replace(self, pair: Pair, new_id: int) -> None:
        """Merge the pair in the words that hold it, and bring counts and holders up to date.

        >>> words = Words({b"aab": 2, b"ca": 1})
        >>> words.replace((97, 98), 256)
        >>> words.tokens, words.counts[97, 98], words.counts[97, 256]
        ([[97, 256], [99, 97]], 0, 2)
        """
        for number in list(self.holders[pair]):
            for old in pairwise(self.tokens[number]):
                self.counts[old] -= self.times[number]
                self.holders[old].discard(number)
            self.tokens[number] = merge(self.tokens[number], pair, new_id)
            for new in pairwise(self.tokens[number]):
                self.counts[new] += self.times[number]
                self.holders[new].add(number)


def learn_merges(words: Mapping[bytes, int], limit: int) -> dict[Pair, int]:
    """At most `limit` merges in the order in which they are learned: pair -> new id, from 256 on.

    R. Sennrich, B. Haddow and A. Birch, Neural machine translation of rare words, 2016.

    >>> learn_merges({b"aab": 2, b"ab": 1}, limit=2)
    {(97, 98): 256, (97, 256): 257}
    """
    table = Words(words)
    merges: dict[Pair, int] = {}
    while len(merges) < limit and (pair := most_frequent_pair(table.counts)) is not None:
        merges[pair] = 256 + len(merges)
        table.replace(pair, merges[pair])
    return merges


def encode_word(word: bytes, merges: Mapping[Pair, int]) -> list[int]:
    """The ids of one word after all merges that apply to it, the lowest new id first.

    >>> encode_word(b"cabc", {(98, 99): 256, (99, 97): 257, (257, 256): 258})
    [258]
    """
    tokens = list(word)
    while True:
        known = [pair for pair in pairwise(tokens) if pair in merges]
        if not known:
            return tokens
        pair = min(known, key=lambda pair: merges[pair])
        tokens = merge(tokens, pair, merges[pair])


def token_bytes(merges: Mapping[Pair, int]) -> list[bytes]:
    """The bytes of every token by its id: 256 single bytes, then one entry for each merge.

    >>> token_bytes({(104, 101): 256, (116, 256): 257})[-2:]
    [b'he', b'the']
    """
    table = [bytes([i]) for i in range(256)]
    for left, right in merges:
        table.append(table[left] + table[right])
    return table


class BPETokenizer(Tokenizer):
    """Byte pair encoding; vocab_size counts the tokens it may have, the 256 bytes among them."""

    def __init__(self, vocab_size: int = 1000):
        self.vocab_size, self.merges = vocab_size, dict[Pair, int]()

    def train(self, corpus: str | Sequence[str], vocab_size: int | None = None) -> None:
        """Learn the merges of a string or of a list of strings; fewer if no pair is left."""
        self.vocab_size = self.vocab_size if vocab_size is None else vocab_size
        if self.vocab_size < 256:
            raise ValueError(f"256 tokens are the bytes, but got a vocab_size of {self.vocab_size}")
        self.merges = learn_merges(word_counts(corpus), self.vocab_size - 256)

    def encode(self, text: str) -> list[int]:
        """The ids of a text; each different word is encoded once."""
        words = split_words(text)
        known = {word: encode_word(word.encode(), self.merges) for word in dict.fromkeys(words)}
        return [token for word in words for token in known[word]]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids, U+FFFD for what is no UTF-8. ValueError for an id that does not exist.

        >>> BPETokenizer().decode([195, 169, 33, 195])
        'é!�'
        """
        table, pieces = token_bytes(self.merges), []
        for i in ids:
            if not 0 <= i < len(table):
                raise ValueError(f"ids go from 0 to {len(table) - 1}, but got {i}")
            pieces.append(table[i])
        return b"".join(pieces).decode("utf-8", errors="replace")
