"""Proofs for x10_optimizations: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("bits_prediction", "leaves the example as it stands")
def _():
    prediction = {"tensor_bits": ..., "channel_bits": ..., "int8_over_fp32": ...}


wrong("bits_prediction", "leaves the ratio out", {', "int8_over_fp32": 0.5': ""})

wrong(
    "bits_prediction", "writes the bits as words", {'"channel_bits": 4': '"channel_bits": "four"'}
)

wrong("bits_prediction", "says how much is saved", {"0.5": "-0.75"})


@right("bits_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict(tensor_bits=2, channel_bits=8, int8_over_fp32=0.25)


wrong(
    "quantise",
    "takes the scale from the mean magnitude",
    {
        "np.abs(weights).max(axis=0 if per_channel else None, keepdims=True)": "np.abs(weights).mean(axis=0 if per_channel else None, keepdims=True)"
    },
)

wrong(
    "quantise", "has one scale for all, whatever is asked", {"0 if per_channel else None": "None"}
)

wrong(
    "quantise",
    "takes a scale for each row",
    {"axis=0 if per_channel else None": "axis=1 if per_channel else None"},
)

wrong("quantise", "cuts off instead of rounding", {"np.rint(weights / scale)": "weights / scale"})

wrong(
    "quantise",
    "rounds a half away from zero",
    {
        "np.rint(weights / scale)": "np.sign(weights) * np.floor(np.abs(weights) / scale + 0.5)",
    },
)

wrong("quantise", "divides a column of zeros by 0", {"    scale[scale == 0] = 1\n": ""})

wrong(
    "quantise",
    "uses one step more than the range has",
    {"2 ** (bits - 1) - 1": "2 ** (bits - 1)"},
)

wrong("quantise", "gives the whole numbers as floats", {"q.astype(np.int8)": "q"})


@right("quantise", "column by column")
def _():
    def quantise(weights, bits, per_channel):
        top = 2 ** (bits - 1) - 1
        columns = np.array_split(weights, weights.shape[1], axis=1) if per_channel else [weights]
        whole, scales = [], []
        for column in columns:
            scale = max(column.max(), -column.min()) / top or 1.0
            whole.append(np.round(column / scale).clip(-top, top).astype(np.int8))
            scales.append(scale)
        return np.hstack(whole), np.array([scales])


@wrong("int8_matmul", "multiplies and sums in int8")
def _():
    def int8_matmul(a, a_scale, q, scale):
        return (a @ q) * (a_scale * scale)


@wrong("int8_matmul", "widens the sums, when it is too late")
def _():
    def int8_matmul(a, a_scale, q, scale):
        return (a @ q).astype(np.int32) * (a_scale * scale)


@wrong("int8_matmul", "sums in int16")
def _():
    def int8_matmul(a, a_scale, q, scale):
        return np.matmul(a, q, dtype=np.int16) * (a_scale * scale)


wrong("int8_matmul", "forgets the scale of the inputs", {"(a_scale * scale)": "scale"})

wrong("int8_matmul", "forgets the scale of the weights", {"(a_scale * scale)": "a_scale"})

wrong(
    "int8_matmul",
    "has one scale for all channels",
    {"(a_scale * scale)": "(a_scale * np.max(scale))"},
)


@right("int8_matmul", "names the type of the sums")
def _():
    def int8_matmul(a, a_scale, q, scale):
        return np.matmul(a, q, dtype=np.int32) * a_scale * scale


@right("int8_matmul", "einsum in 64 bits")
def _():
    def int8_matmul(a, a_scale, q, scale):
        sums = np.einsum("ik,kj->ij", a.astype(np.int64), q.astype(np.int64))
        return a_scale * sums.astype(float) * scale


wrong(
    "prune",
    "drops the smallest values, not magnitudes",
    {"np.abs(weights)": "weights"},
    cell="prune-solution",
)

wrong(
    "prune",
    "changes the weights that came in",
    {"weights.copy()": "weights"},
    cell="prune-solution",
)


@wrong("prune", "drops all that equal the threshold", cell="prune-solution")
def _():
    def prune(weights, share):
        count = round(share * weights.size)
        if not count:
            return weights.copy()
        threshold = np.sort(np.abs(weights), axis=None)[count - 1]
        return np.where(np.abs(weights) <= threshold, 0, weights)


wrong(
    "prune",
    "drops the largest",
    {"[: round(share * weights.size)]": "[len(order) - round(share * weights.size) :]"},
    cell="prune-solution",
)


@right("prune", "by a partition and a mask", cell="prune-solution")
def _():
    def prune(weights, share):
        count = int(round(share * weights.size))
        mask = np.ones(weights.size, bool)
        if count:
            mask[np.argpartition(np.abs(weights).ravel(), count - 1)[:count]] = False
        return np.where(mask.reshape(weights.shape), weights, 0.0)


wrong("prune", "forgets the row numbers", {" + 2 * nonzeros": ""}, cell="bytes-solution")

wrong(
    "prune",
    "forgets the counts of the columns",
    {" + 4 * columns + scales": " + scales"},
    cell="bytes-solution",
)

wrong("prune", "forgets the scales", {"scales = 4 *": "scales = 0 *"}, cell="bytes-solution")

wrong(
    "prune",
    "drops the bits that do not fill a byte",
    {"ceil(rows * columns * bits / 8)": "rows * columns * bits // 8"},
    cell="bytes-solution",
)

wrong(
    "prune",
    "gives each weight whole bytes",
    {"ceil(rows * columns * bits / 8)": "rows * columns * ceil(bits / 8)"},
    cell="bytes-solution",
)

wrong(
    "prune",
    "takes no nonzeros for no sparse file",
    {"if nonzeros is None": "if not nonzeros"},
    cell="bytes-solution",
)


@right("prune", "a sum of parts", cell="bytes-solution")
def _():
    def stored_bytes(rows, columns, bits, per_channel, nonzeros=None):
        count = rows * columns if nonzeros is None else nonzeros
        parts = [(count * bits + 7) // 8, 4 * columns if per_channel else 4]
        if nonzeros is not None:
            parts += [2 * count, 4 * columns]
        return sum(parts)


wrong("low_rank", "leaves the singular values out", {" * values[:rank]": ""})

wrong(
    "low_rank",
    "takes the smallest singular values",
    {
        "return u[:, :rank] * values[:rank], vt[:rank]": "return u[:, -rank:] * values[-rank:], vt[-rank:]"
    },
)

wrong(
    "low_rank",
    "multiplies the values into both sides",
    {"vt[:rank]": "values[:rank, None] * vt[:rank]"},
)

wrong(
    "low_rank", "takes the columns of the right part for its rows", {"vt[:rank]": "vt[:, :rank].T"}
)

wrong("low_rank", "takes an equal number for fewer", {"(rows * columns - 1)": "(rows * columns)"})

wrong("low_rank", "counts one of the two factors", {"// (rows + columns)": "// rows"})


@right("low_rank", "eigenvectors of the smaller product, and a loop")
def _():
    def low_rank(weights, rank):
        _, vectors = np.linalg.eigh(weights.T @ weights)
        right = vectors[:, ::-1][:, :rank].T
        if rank > len(right):
            raise ValueError("no such rank")
        return weights @ right.T, right

    def largest_rank(rows, columns):
        rank = 0
        while (rank + 1) * (rows + columns) < rows * columns:
            rank += 1
        return rank


@wrong("compression_choice", "forgets the row numbers: int8 with 80 % pruned")
def _():
    choice = {"bits": 8, "per_channel": True, "share": 0.8}


@wrong("compression_choice", "takes the fewest bytes")
def _():
    choice = {"bits": 2, "per_channel": True, "share": 0.0}


@wrong("compression_choice", "has one scale for all channels")
def _():
    choice = {"bits": 4, "per_channel": False, "share": 0.0}


@wrong("compression_choice", "has one scale and six bits, of which most become 0")
def _():
    choice = {"bits": 6, "per_channel": False, "share": 0.0}


@wrong("compression_choice", "prunes until it fits")
def _():
    choice = {"bits": 8, "per_channel": True, "share": 0.9}


@wrong("compression_choice", "says the granularity in a word of its own")
def _():
    choice = {"bits": 4, "granularity": "channel", "share": 0.0}


@right("compression_choice", "found by hand")
def _():
    choice = {"share": 0.0, "bits": 4, "per_channel": True}


@right("compression_choice", "fewer bits, and half of the weights pruned")
def _():
    choice = {"bits": 3, "per_channel": True, "share": 0.5}


@wrong("speedup", "takes the ratio of the bytes", cell="speedup-solution")
def _():
    def speedup(batch, rows, columns, device, dtype="int8"):
        return DTYPE_BYTES["fp32"] / DTYPE_BYTES[dtype], "bandwidth"


wrong("speedup", "forgets inputs and outputs", {"size * activations": "0"}, cell="speedup-solution")

wrong(
    "speedup",
    "counts a product and its sum as one operation",
    {"2 * batch * rows": "batch * rows"},
    cell="speedup-solution",
)

wrong(
    "speedup",
    "reads the weights again for every row",
    {"size * rows * columns": "size * batch * rows * columns"},
    cell="speedup-solution",
)

wrong(
    "speedup",
    "names the limit of fp32",
    {"time(dtype).limit": 'time("fp32").limit'},
    cell="speedup-solution",
)

wrong(
    "speedup",
    "moves four bytes in every type",
    {"size = DTYPE_BYTES[name]": "size = 4"},
    cell="speedup-solution",
)


@right("speedup", "its own maximum", cell="speedup-solution")
def _():
    def speedup(batch, rows, columns, device, dtype="int8"):
        found = {}
        for name in ("fp32", dtype):
            used = name
            while used not in device.peak:
                used = device.fallback[used]
            computing = 2 * batch * rows * columns / device.peak[used]
            numbers = rows * columns + batch * rows + batch * columns
            moving = numbers * DTYPE_BYTES[name] / device.bandwidth
            found[name] = computing, moving
        limit = "bandwidth" if found[dtype][1] > found[dtype][0] else "compute"
        return max(found["fp32"]) / max(found[dtype]), limit


wrong(
    "speedup",
    "takes the difference from 1, so that a tenth seems near",
    {"abs(log(ratio(row)))": "abs(ratio(row) - 1)"},
)

wrong("speedup", "gives measured over predicted", {"ratio(worst)": "1 / ratio(worst)"})

wrong(
    "speedup",
    "adds the two terms",
    {'max(row["compute_s"], row["moving_s"])': '(row["compute_s"] + row["moving_s"])'},
)

wrong("speedup", "takes the slowest row", {"abs(log(ratio(row)))": 'row["measured_s"]'})

wrong("speedup", "names the shorter term", {">=": "<"})


@right("speedup", "sorts by the larger of the ratio and its inverse")
def _():
    def gap(trials):
        found = []
        for row in trials:
            terms = {"compute": row["compute_s"], "moving": row["moving_s"]}
            ratio = max(terms.values()) / row["measured_s"]
            found.append((max(ratio, 1 / ratio), row["name"], ratio, max(terms, key=terms.get)))
        return max(found)[1:]
