"""Proofs for 10_tokenization: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "char_tokenizer",
    "keeps the characters in the order of the text",
    {'sorted(set("".join(corpus)))': 'dict.fromkeys("".join(corpus))'},
)

wrong("char_tokenizer", "takes the strings of a list for characters", {'"".join(corpus)': "corpus"})

wrong(
    "char_tokenizer",
    "leaves unknown characters out",
    {
        "[self.char_to_id.get(character, self.unk_id) for character in text]": "[self.char_to_id[c] for c in text if c in self.char_to_id]"
    },
)

wrong(
    "char_tokenizer",
    "has no id for an unknown character",
    {"self.char_to_id.get(character, self.unk_id)": "self.char_to_id[character]"},
)


@wrong("char_tokenizer", "decodes with the list, where -1 is the last character")
def _():
    class CharTokenizer(Tokenizer):
        unk_id = 0

        def __init__(self, vocab=None):
            self.number(vocab or ())

        def number(self, characters):
            self.vocab = list(dict.fromkeys([UNKNOWN, *characters]))
            self.vocab_size = len(self.vocab)
            self.char_to_id = {character: i for i, character in enumerate(self.vocab)}
            self.id_to_char = dict(enumerate(self.vocab))

        def build_vocab(self, corpus):
            self.number(sorted(set("".join(corpus))))

        def encode(self, text):
            return [self.char_to_id.get(c, self.unk_id) for c in text]

        def decode(self, ids):
            try:
                return "".join(self.vocab[i] for i in ids)
            except IndexError as fault:
                raise ValueError(f"no such id in {list(ids)}") from fault


wrong(
    "char_tokenizer",
    "an id that does not exist is decoded as unknown",
    {
        "if i not in self.id_to_char:": "if False:",
        "self.id_to_char[i] for i in ids)": "self.id_to_char.get(i, UNKNOWN) for i in ids)",
    },
)

wrong(
    "char_tokenizer",
    "adds to the vocabulary that is there",
    {'set("".join(corpus))': 'set("".join(corpus)) | set(self.vocab)'},
)


@right("char_tokenizer", "loops, and the error of the dictionary")
def _():
    class CharTokenizer(Tokenizer):
        unk_id = 0

        def __init__(self, vocab=None):
            self.number(vocab or ())

        def number(self, characters):
            self.vocab = list(dict.fromkeys([UNKNOWN, *characters]))
            self.vocab_size = len(self.vocab)
            self.char_to_id = {character: i for i, character in enumerate(self.vocab)}
            self.id_to_char = dict(enumerate(self.vocab))

        def build_vocab(self, corpus):
            seen = set()
            for piece in corpus:
                seen.update(piece)
            self.number(sorted(seen))

        def encode(self, text):
            ids = []
            for character in text:
                if character in self.char_to_id:
                    ids.append(self.char_to_id[character])
                else:
                    ids.append(self.unk_id)
            return ids

        def decode(self, ids):
            text = ""
            for i in ids:
                if not 0 <= i < self.vocab_size:
                    raise ValueError(f"there is no token {i}")
                text += self.vocab[i]
            return text


wrong(
    "most_frequent_pair",
    "counts places that overlap once",
    {
        "for pair in pairwise(word):\n            counts[pair] += times": """last = None
        for i, pair in enumerate(pairwise(word)):
            if last is None or pair != last:
                counts[pair] += times
                last = pair
            else:
                last = None"""
    },
)

wrong("most_frequent_pair", "forgets how often a word occurs", {"+= times": "+= 1"})

wrong(
    "most_frequent_pair",
    "takes the first of equal counts, in the order of the dictionary",
    {"min(pair for pair, count in counts.items() if count == most)": "max(counts, key=counts.get)"},
)

wrong(
    "most_frequent_pair",
    "takes the largest of equally frequent pairs",
    {"return min(pair": "return max(pair"},
)

wrong(
    "most_frequent_pair",
    "fails where no pair is left",
    {"max(counts.values(), default=0)": "max(counts.values())"},
)

wrong(
    "most_frequent_pair", "a pair with a count of zero can win", {"if most <= 0:": "if not counts:"}
)

wrong(
    "most_frequent_pair",
    "compares pairs as text",
    {
        "min(pair for pair, count in counts.items() if count == most)": "min((p for p, count in counts.items() if count == most), key=str)"
    },
)


@wrong("most_frequent_pair", "joins the words first")
def _():
    def pair_counts(words):
        joined = [i for word, times in words.items() for _ in range(times) for i in word]
        return Counter(pairwise(joined))

    def most_frequent_pair(counts):
        most = max(counts.values(), default=0)
        return min((p for p, n in counts.items() if n == most), default=None) if most else None


@right("most_frequent_pair", "indices, and one key for count and pair")
def _():
    def pair_counts(words):
        counts = {}
        for word in words:
            for i in range(len(word) - 1):
                pair = (word[i], word[i + 1])
                counts[pair] = counts.get(pair, 0) + words[word]
        return Counter(counts)

    def most_frequent_pair(counts):
        best = None
        for pair, count in counts.items():
            if count > 0 and (best is None or (-count, pair) < (-counts[best], best)):
                best = pair
        return best


@right("most_frequent_pair", "sorts, then takes the first")
def _():
    def pair_counts(words):
        counts = Counter()
        for word, times in words.items():
            counts.update({pair: n * times for pair, n in Counter(zip(word, word[1:])).items()})
        return counts

    def most_frequent_pair(counts):
        order = sorted((-count, pair) for pair, count in counts.items() if count)
        return order[0][1] if order else None


wrong("merge", "goes on by one after a replacement", {"i += 2": "i += 1"})

wrong("merge", "loses the last token", {"while i < len(tokens):": "while i + 1 < len(tokens):"})

wrong(
    "merge",
    "does not mind the order in the pair",
    {"(tokens[i], tokens[i + 1]) == pair": "{tokens[i], tokens[i + 1]} == set(pair)"},
)


@wrong("merge", "replaces in the list that came in")
def _():
    def merge(tokens, pair, new_id):
        tokens = tokens if isinstance(tokens, list) else list(tokens)
        i = 0
        while i + 1 < len(tokens):
            if (tokens[i], tokens[i + 1]) == pair:
                tokens[i : i + 2] = [new_id]
            i += 1
        return tokens


@wrong("merge", "from right to left")
def _():
    def merge(tokens, pair, new_id):
        merged, i = [], len(tokens) - 1
        while i >= 0:
            if i > 0 and (tokens[i - 1], tokens[i]) == pair:
                merged.append(new_id)
                i -= 2
            else:
                merged.append(tokens[i])
                i -= 1
        return merged[::-1]


@wrong("merge", "replaces the first place only")
def _():
    def merge(tokens, pair, new_id):
        tokens = list(tokens)
        for i in range(len(tokens) - 1):
            if (tokens[i], tokens[i + 1]) == pair:
                return [*tokens[:i], new_id, *tokens[i + 2 :]]
        return tokens


@right("merge", "looks back at what was written last")
def _():
    def merge(tokens, pair, new_id):
        left, right = pair
        merged = []
        for token in tokens:
            if token == right and merged and merged[-1] == left:
                merged[-1] = new_id
            else:
                merged.append(token)
        return merged


@right("merge", "a queue of what is left")
def _():
    def merge(tokens, pair, new_id):
        rest, merged = list(tokens)[::-1], []
        while rest:
            token = rest.pop()
            if token == pair[0] and rest and rest[-1] == pair[1]:
                rest.pop()
                token = new_id
            merged.append(token)
        return merged


@wrong("learn_merges", "counts all words again after each merge")
def _():
    class Words:
        def __init__(self, words):
            self.tokens, self.times = [list(word) for word in words], list(words.values())
            self.count_all()

        def count_all(self):
            self.counts, self.holders = Counter(), defaultdict(set)
            for i, tokens in enumerate(self.tokens):
                for pair in pairwise(tokens):
                    self.counts[pair] += self.times[i]
                    self.holders[pair].add(i)

        def replace(self, pair, new_id):
            self.tokens = [merge(tokens, pair, new_id) for tokens in self.tokens]
            self.count_all()

    def learn_merges(words, limit):
        table, merges = Words(words), {}
        while len(merges) < limit and (pair := most_frequent_pair(table.counts)) is not None:
            merges[pair] = 256 + len(merges)
            table.replace(pair, merges[pair])
        return merges


wrong(
    "learn_merges",
    "changes the set that the loop goes through",
    {"list(self.holders[pair])": "self.holders[pair]"},
)

wrong(
    "learn_merges",
    "old pairs stay in the counts",
    {"self.counts[old] -= self.times[number]": "pass"},
)

wrong(
    "learn_merges",
    "a word counts once, however often it occurs",
    {
        "self.counts[old] -= self.times[number]": "self.counts[old] -= 1",
        "self.counts[new] += self.times[number]": "self.counts[new] += 1",
    },
)

wrong(
    "learn_merges",
    "takes only the merged pair out of the counts",
    {
        "self.counts[old] -= self.times[number]": "self.counts[old] -= self.times[number] * (old == pair)"
    },
)

wrong("learn_merges", "new pairs have no holders", {"self.holders[new].add(number)": "pass"})

wrong(
    "learn_merges", "old holders stay in the index", {"self.holders[old].discard(number)": "pass"}
)

wrong(
    "learn_merges",
    "looks at every word for the pair",
    {"list(self.holders[pair])": "[i for i, t in enumerate(self.tokens) if pair in pairwise(t)]"},
)

wrong(
    "learn_merges",
    "ids begin with 0",
    {"merges[pair] = 256 + len(merges)": "merges[pair] = len(merges)"},
)

wrong("learn_merges", "learns one merge too many", {"len(merges) < limit": "len(merges) <= limit"})

wrong(
    "learn_merges",
    "goes on when no pair is left",
    {
        " and (pair := most_frequent_pair(table.counts)) is not None:": ":\n        pair = most_frequent_pair(table.counts)"
    },
)


@right("learn_merges", "a helper that adds and takes away")
def _():
    class Words:
        def __init__(self, words):
            self.tokens, self.times = [list(word) for word in words], list(words.values())
            self.counts, self.holders = Counter(), defaultdict(set)
            for number in range(len(self.tokens)):
                self.enter(number, 1)

        def enter(self, number, sign):
            for pair in pairwise(self.tokens[number]):
                self.counts[pair] += sign * self.times[number]
                if sign > 0:
                    self.holders[pair].add(number)
                else:
                    self.holders[pair].discard(number)

        def replace(self, pair, new_id):
            for number in sorted(self.holders[pair]):
                self.enter(number, -1)
                self.tokens[number] = merge(self.tokens[number], pair, new_id)
                self.enter(number, +1)

    def learn_merges(words, limit):
        merges, table = {}, Words(words)
        for new_id in range(256, 256 + limit):
            pair = most_frequent_pair(table.counts)
            if pair is None:
                break
            table.replace(pair, new_id)
            merges[pair] = new_id
        return merges


@right("learn_merges", "takes the holders out of the index, and counts that are zero too")
def _():
    class Words:
        def __init__(self, words):
            self.tokens, self.times = [list(word) for word in words], list(words.values())
            self.counts = Counter(pair_counts(words))
            self.holders = defaultdict(set)
            for number, tokens in enumerate(self.tokens):
                for pair in pairwise(tokens):
                    self.holders[pair].add(number)

        def replace(self, pair, new_id):
            for number in self.holders.pop(pair, set()):
                before, times = self.tokens[number], self.times[number]
                after = merge(before, pair, new_id)
                self.counts.subtract({p: n * times for p, n in Counter(pairwise(before)).items()})
                self.counts.update({p: n * times for p, n in Counter(pairwise(after)).items()})
                for gone in set(pairwise(before)) - set(pairwise(after)):
                    if gone in self.holders:
                        self.holders[gone].discard(number)
                for come in set(pairwise(after)):
                    self.holders[come].add(number)
                self.tokens[number] = after
            for empty in [p for p, n in self.counts.items() if n == 0]:
                del self.counts[empty]

    def learn_merges(words, limit):
        table, merges = Words(words), {}
        while len(merges) < limit:
            pair = most_frequent_pair(table.counts)
            if pair is None:
                return merges
            merges[pair] = 256 + len(merges)
            table.replace(pair, merges[pair])
        return merges


@wrong("encode_word", "the leftmost pair first")
def _():
    def encode_word(word, merges):
        tokens = list(word)
        while True:
            pair = next((p for p in pairwise(tokens) if p in merges), None)
            if pair is None:
                return tokens
            tokens = merge(tokens, pair, merges[pair])


@wrong("encode_word", "the longest token that fits, from left to right")
def _():
    def encode_word(word, merges):
        table = {bytes([i]): i for i in range(256)}
        spelled = {i: bytes([i]) for i in range(256)}
        for (left, right), new_id in merges.items():
            spelled[new_id] = spelled[left] + spelled[right]
            table.setdefault(spelled[new_id], new_id)
        tokens, i = [], 0
        while i < len(word):
            end = max(e for e in range(i + 1, len(word) + 1) if word[i:e] in table)
            tokens.append(table[word[i:end]])
            i = end
        return tokens


wrong(
    "encode_word",
    "the merge that was learned last goes first",
    {"min(known": "max(known"},
)

wrong(
    "encode_word",
    "a single merge is enough",
    {
        "        tokens = merge(tokens, pair, merges[pair])": "        return merge(tokens, pair, merges[pair])"
    },
)


@wrong("encode_word", "one pass from left to right")
def _():
    def encode_word(word, merges):
        tokens = []
        for byte in word:
            if tokens and (tokens[-1], byte) in merges:
                tokens[-1] = merges[tokens[-1], byte]
            else:
                tokens.append(byte)
        return tokens


wrong(
    "encode_word",
    "chooses by the smallest pair, as training does among equals",
    {", key=lambda pair: merges[pair]": ""},
)


@right("encode_word", "every merge in turn, in the order of the ranks")
def _():
    def encode_word(word, merges):
        tokens = list(word)
        for pair, new_id in merges.items():
            tokens = merge(tokens, pair, new_id)
        return tokens


@right("encode_word", "a table of ranks, and one place at a time")
def _():
    def encode_word(word, merges):
        tokens = list(word)
        while len(tokens) > 1:
            ranks = [merges.get(pair, 1 << 30) for pair in pairwise(tokens)]
            lowest = min(ranks)
            if lowest == 1 << 30:
                break
            i = ranks.index(lowest)
            tokens[i : i + 2] = [lowest]
        return tokens


wrong(
    "decode_tokens",
    "decodes each token alone",
    {
        'return b"".join(pieces).decode("utf-8", errors="replace")': 'return "".join(piece.decode("utf-8", errors="replace") for piece in pieces)'
    },
)

wrong("decode_tokens", "fails on bytes that are no UTF-8", {', errors="replace"': ""})

wrong(
    "decode_tokens", "leaves bytes out that are no UTF-8", {'errors="replace"': 'errors="ignore"'}
)

wrong("decode_tokens", "bytes(i) are i zeros", {"bytes([i]) for i": "bytes(i) for i"})

wrong(
    "decode_tokens",
    "right half first",
    {"table[left] + table[right]": "table[right] + table[left]"},
)

wrong(
    "decode_tokens", "-1 is the last token", {"if not 0 <= i < len(table):": "if i >= len(table):"}
)

wrong(
    "decode_tokens",
    "reads bytes as Latin-1",
    {'.decode("utf-8", errors="replace")': '.decode("latin-1")'},
)

wrong(
    "decode_tokens",
    "an id that does not exist is an IndexError",
    {"if not 0 <= i < len(table):": "if False:"},
)

wrong(
    "decode_tokens",
    "asks the size that was planned and not the tokens that are there",
    {"if not 0 <= i < len(table):": "if not 0 <= i < self.vocab_size:"},
)

wrong("decode_tokens", "the error does not name the id", {", but got {i}": ""})


@right("decode_tokens", "spells each token by going down its tree")
def _():
    def token_bytes(merges):
        halves = {new_id: pair for pair, new_id in merges.items()}

        def spell(i):
            return bytes([i]) if i < 256 else spell(halves[i][0]) + spell(halves[i][1])

        return [spell(i) for i in range(256 + len(merges))]

    class BPETokenizer(Tokenizer):
        def __init__(self, vocab_size=1000):
            self.vocab_size, self.merges = vocab_size, {}

        def train(self, corpus, vocab_size=None):
            self.vocab_size = self.vocab_size if vocab_size is None else vocab_size
            if self.vocab_size < 256:
                raise ValueError("256 tokens are the bytes")
            self.merges = learn_merges(word_counts(corpus), self.vocab_size - 256)

        def encode(self, text):
            words = split_words(text)
            return [i for word in words for i in encode_word(word.encode(), self.merges)]

        def decode(self, ids):
            table = dict(enumerate(token_bytes(self.merges)))
            joined = bytearray()
            for i in ids:
                if i not in table:
                    raise ValueError(f"no token has the id {i}")
                joined += table[i]
            return joined.decode(errors="replace")
