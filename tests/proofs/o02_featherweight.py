"""Proofs for o02_featherweight: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "entry_bytes",
    "compresses the code too",
    {
        'len(data) if name.endswith(".py") else len(bz2.compress(data, 9))': "len(bz2.compress(data, 9))"
    },
)

wrong(
    "entry_bytes", "counts what the compressor makes larger", {"min(len(data), packed)": "packed"}
)


@wrong("entry_bytes", "compresses all weights as one")
def _():
    def entry_bytes(files):
        code = sum(len(data) for name, data in files.items() if name.endswith(".py"))
        rest = b"".join(data for name, data in files.items() if not name.endswith(".py"))
        return code + min(len(rest), len(bz2.compress(rest, 9)))


wrong("entry_bytes", "the fastest level", {"bz2.compress(data, 9)": "bz2.compress(data, 1)"})

wrong(
    "entry_bytes",
    "counts nothing but weights",
    {'len(data) if name.endswith(".py")': '0 if name.endswith(".py")'},
)


@right("entry_bytes", "one sum")
def _():
    def entry_bytes(files):
        return sum(
            len(data)
            if Path(name).suffix == ".py"
            else sorted([len(data), len(bz2.compress(data))])[0]
            for name, data in files.items()
        )


@wrong("moved", "rolls, so that what leaves comes in again")
def _():
    def moved(images, moves):
        return np.array([np.roll(i, m, (0, 1)) for i, m in zip(images, moves)]).reshape(
            images.shape
        )


wrong(
    "moved", "rows and columns in the wrong order", {"for k, (down, right)": "for k, (right, down)"}
)

wrong("moved", "up instead of down", {"in enumerate(moves)": "in enumerate(-moves)"})


@wrong("moved", "the first move for all")
def _():
    def moved(images, moves):
        result = np.zeros_like(images)
        for k, y, x in np.ndindex(*images.shape):
            to = y + moves[0][0], x + moves[0][1]
            if 0 <= to[0] < images.shape[1] and 0 <= to[1] < images.shape[2]:
                result[k][to] = images[k, y, x]
        return result


wrong("moved", "floats", {"np.zeros_like(images)": "np.zeros(images.shape)"})


@wrong("moved", "repeats the border instead of background")
def _():
    def moved(images, moves):
        result = np.zeros_like(images)
        for k, (down, right) in enumerate(moves):
            rows = np.clip(np.arange(images.shape[1]) - down, 0, images.shape[1] - 1)
            columns = np.clip(np.arange(images.shape[2]) - right, 0, images.shape[2] - 1)
            result[k] = images[k][rows][:, columns]
        return result


@right("moved", "a large frame of background, and a window into it")
def _():
    def moved(images, moves):
        n, height, width = images.shape
        framed = np.pad(images, ((0, 0), (height, height), (width, width)))
        limit = np.array([height, width])
        corners = limit - np.clip(moves, -limit, limit)
        windows = [f[y : y + height, x : x + width] for f, (y, x) in zip(framed, corners)]
        return np.array(windows, images.dtype).reshape(images.shape)


wrong(
    "nibbles",
    "the first in the upper nibble",
    {"row[0::2] | row[1::2] << 4": "row[1::2] | row[0::2] << 4"},
)

wrong(
    "nibbles",
    "forgets the sign on the way back",
    {"nibbles - np.int8(16) * (nibbles > 7)": "nibbles"},
)

wrong("nibbles", "7 is negative", {"(nibbles > 7)": "(nibbles >= 7)"})

wrong("nibbles", "adds 8 instead of two's complement", {"row = even & 15": "row = even + 8"})


@wrong("nibbles", "loses the last of an odd count")
def _():
    def pack4(numbers):
        row = np.ravel(numbers).astype(np.int64) & 15
        row = row[: len(row) // 2 * 2]
        return (row[0::2] | row[1::2] << 4).astype(np.uint8)

    def unpack4(packed, count):
        nibbles = np.stack([packed & 15, packed >> 4], axis=1).ravel()[:count].astype(np.int8)
        return nibbles - np.int8(16) * (nibbles > 7)


wrong(
    "nibbles", "gives all nibbles back, the one that fills up too", {".ravel()[:count]": ".ravel()"}
)


@right("nibbles", "one number after the other")
def _():
    def pack4(numbers):
        packed = bytearray((np.size(numbers) + 1) // 2)
        for k, number in enumerate(np.ravel(numbers)):
            packed[k // 2] += (int(number) % 16) << 4 * (k % 2)
        return np.frombuffer(bytes(packed), np.uint8)

    def unpack4(packed, count):
        found = []
        for k in range(count):
            nibble = int(packed[k // 2]) >> 4 * (k % 2) & 15
            found.append(nibble - 16 if nibble >= 8 else nibble)
        return np.array(found, np.int8)


wrong(
    "quantize_columns",
    "one scale for a whole matrix",
    {".max(axis=0)": ".max(axis=0).max() * np.ones(matrix.shape[1])"},
)

wrong("quantize_columns", "a scale for each row", {".max(axis=0)": ".max(axis=1)"})

wrong(
    "quantize_columns",
    "the largest number instead of the largest magnitude",
    {"np.abs(matrix).max": "matrix.max"},
)

wrong(
    "quantize_columns",
    "divides a column of zeros by 0",
    {"scale = np.where(scale == 0, 1, scale)": ""},
)

wrong(
    "quantize_columns",
    "cuts instead of rounding",
    {"np.rint(matrix / scale)": "(matrix / scale)"},
)

wrong(
    "quantize_columns",
    "8 as the largest number of four bits",
    {"(2 ** (bits - 1) - 1)": "2 ** (bits - 1)"},
)

wrong("quantize_columns", "leaves them floats", {".astype(np.int8)": ""})

wrong("quantize_columns", "four bits, whatever is asked", {"(2 ** (bits - 1) - 1)": "7"})


@wrong("quantize_columns", "divides the weights where they lie")
def _():
    def quantize_columns(matrix, bits):
        scale = np.abs(matrix).max(axis=0) / (2 ** (bits - 1) - 1)
        scale = np.where(scale == 0, 1, scale)
        matrix /= scale
        return np.rint(matrix).astype(np.int8), scale


@right("quantize_columns", "column after column")
def _():
    def quantize_columns(matrix, bits):
        top, scales, columns = 2 ** (bits - 1) - 1, [], []
        for column in matrix.T:
            scales.append(max(abs(column.max()), abs(column.min())) / top or 1.0)
            columns.append(np.round(column / scales[-1]))
        return np.stack(columns, axis=1).astype(np.int8), np.array(scales)


@right("quantize_columns", "halves away from 0")
def _():
    def quantize_columns(matrix, bits):
        top = 2 ** (bits - 1) - 1
        most = np.maximum(matrix.max(axis=0), -matrix.min(axis=0))
        scale = np.where(most > 0, most / top, 1.0)
        steps = matrix / scale
        return (np.sign(steps) * np.floor(np.abs(steps) + 0.5)).astype(np.int8), scale


wrong(
    "entry_files",
    "the bias before the scale",
    {"np.stack([scale, bias])": "np.stack([bias, scale])"},
)

wrong("entry_files", "never packs", {"q if width == 8 else pack4(q)": "q"})

wrong("entry_files", "packs all layers", {"q if width == 8 else pack4(q)": "pack4(q)"})

wrong("entry_files", "keeps float64", {".astype(np.float32)": ""})

wrong("entry_files", "column after column in the bytes", {"pack4(q)": "pack4(q.T)"})


@wrong("entry_files", "the bits of the first layer for all")
def _():
    def entry_files(matrices, bits):
        files = {"model.py": MODEL.encode()}
        for k, (matrix, bias) in enumerate(matrices):
            q, scale = quantize_columns(matrix, bits[0])
            files[f"q{k}.npy"] = npy(q if bits[0] == 8 else pack4(q))
            files[f"s{k}.npy"] = npy(np.stack([scale, bias]).astype(np.float32))
        return files


@right("entry_files", "a list of names and arrays first")
def _():
    def entry_files(matrices, bits):
        arrays = {}
        for k in range(len(matrices)):
            whole, scales = quantize_columns(matrices[k][0], bits[k])
            arrays[f"s{k}"] = np.array([list(scales), list(matrices[k][1])], np.float32)
            arrays[f"q{k}"] = {8: whole, 4: pack4(np.clip(whole, -8, 7))}[bits[k]]
        files = {f"{name}.npy": npy(array) for name, array in arrays.items()}
        return {**files, "model.py": MODEL.encode("utf-8")}


wrong("luck", "for one side only", {"2 * tail": "tail"})

wrong("luck", "more than 1", {"min(1.0, 2 * tail / 2**coins)": "2 * tail / 2**coins"})


@wrong("luck", "all pictures are coins")
def _():
    def luck(first, second):
        coins = len(first)
        most = max(int(np.sum(first)), int(np.sum(second)))
        tail = sum(comb(coins, k) for k in range(most, coins + 1))
        return min(1.0, 2 * tail / 2**coins)


wrong(
    "luck",
    "only as far as the larger count itself",
    {"range(most, coins + 1)": "range(most, coins)"},
)


@wrong("luck", "the normal distribution, as if the pictures were different ones")
def _():
    def luck(first, second):
        from math import erfc

        apart = abs(np.mean(first) - np.mean(second))
        spread = np.sqrt((np.var(first) + np.var(second)) / len(first))
        return 1.0 if apart == 0 else float(erfc(apart / spread / 2**0.5))


@right("luck", "from the smaller count, downwards")
def _():
    def luck(first, second):
        apart = first != second
        n, few = int(apart.sum()), int(min((first & apart).sum(), (second & apart).sum()))
        ways = sum(comb(n, k) for k in range(few + 1))
        return float(min(1, ways / 2 ** (n - 1))) if n else 1.0
