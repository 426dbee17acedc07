"""Proofs for x04_architectures: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("length_prediction", "leaves the example as it stands")
def _():
    prediction = {"faster": ..., "cache_over_weights": ..., "square_from": ..., "exponent": ...}


wrong("length_prediction", "writes the name instead of the id", {'"llama3_8b"': '"Llama-3 8B"'})

wrong("length_prediction", "leaves the exponent out", {'"exponent": 2.0,': ""})

wrong("length_prediction", "writes a number with its unit", {"8_000": '"8,000 tokens"'})


@right("length_prediction", "is wrong about everything, and complete")
def _():
    prediction = {"faster": "llama2_7b", "cache_over_weights": 0.01}
    prediction.update(square_from=5, exponent=1)


wrong(
    "layer_cost",
    "counts operations",
    {"product = length * width**2": "product = 2 * length * width**2"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "forgets the mixture",
    {"square = 2 * width * length**2": "square = width * length**2"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "forgets that every query meets every key",
    {"2 * width * length**2": "2 * width * length"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "takes three matrices for attention",
    {"4 * product + square": "3 * product + square"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "forgets the matrix of the state",
    {"2 * product": "product"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "lets a recurrence compute all places at once",
    {'"steps": length': '"steps": 1'},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "keeps all states",
    {'"kept": width}': '"kept": width * length}'},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "keeps as many places as the kernel has",
    {"(kernel - 1) * width": "kernel * width"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "lets the kernel always be 4",
    {"kernel * product": "4 * product"},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "keeps the keys alone",
    {'"kept": 2 * width * length': '"kept": width * length'},
    cell="layer_cost-solution",
)

wrong(
    "layer_cost",
    "takes equal for more",
    {"matrices * width // 2 + 1": "matrices * width // 2"},
)

wrong(
    "layer_cost",
    "rounds to the next even length",
    {"matrices * width // 2 + 1": "2 * (matrices * width // 4) + 1"},
)

wrong(
    "layer_cost",
    "compares the scores alone",
    {"matrices * width // 2 + 1": "matrices * width + 1"},
)

wrong(
    "layer_cost",
    "knows four matrices only",
    {"matrices * width // 2 + 1": "2 * width + 1"},
)


@right("layer_cost", "counts by a table of matrices", cell="layer_cost-solution")
def _():
    def layer_cost(family, width, length, kernel=4):
        matrices = {"convolution": kernel, "recurrence": 2, "attention": 4}[family]
        pairs = length * length if family == "attention" else 0
        kept = {"convolution": kernel - 1, "recurrence": 1, "attention": 2 * length}[family]
        return {
            "macs": width * (matrices * width * length + 2 * pairs),
            "steps": length if family == "recurrence" else 1,
            "kept": kept * width,
        }


@right("layer_cost", "goes up until the square is more")
def _():
    def square_overtakes(width, matrices=4):
        length = 1
        while 2 * width * length**2 <= matrices * width**2 * length:
            length += 1
        return length


wrong(
    "cache_bytes",
    "counts the heads of the queries",
    {"net.kv_heads": "net.heads"},
    cell="cache_bytes-solution",
)

wrong(
    "cache_bytes",
    "keeps the keys and not the values",
    {"2 * net.layers": "net.layers"},
    cell="cache_bytes-solution",
)

wrong(
    "cache_bytes",
    "lets all conversations share one cache",
    {"length * batch *": "length *"},
    cell="cache_bytes-solution",
)

wrong(
    "cache_bytes",
    "divides the width among the key/value heads",
    {"net.hidden // net.heads": "net.hidden // net.kv_heads"},
    cell="cache_bytes-solution",
)

wrong(
    "cache_bytes",
    "takes every number in two bytes",
    {"* element_bytes": "* 2"},
    cell="cache_bytes-solution",
)

wrong(
    "cache_bytes",
    "counts one layer",
    {"2 * net.layers *": "2 *"},
    cell="cache_bytes-solution",
)

wrong("cache_bytes", "takes a GB for a GiB", {"1e9": "2**30"})

wrong("cache_bytes", "rounds to the nearest number", {"int(room // ": "round(room / "})

wrong(
    "cache_bytes",
    "serves a negative number of conversations",
    {"max(0, memory_gb * 1e9 - net.params * element_bytes)": "memory_gb * 1e9 - 2 * net.params"},
)

wrong("cache_bytes", "stores the weights in two bytes", {"net.params * element_bytes": "2e9"})

wrong(
    "cache_bytes",
    "stores the cache in two bytes",
    {"cache_bytes(net, length, 1, element_bytes)": "cache_bytes(net, length)"},
)

wrong("cache_bytes", "forgets the weights", {" - net.params * element_bytes": ""})

wrong("cache_bytes", "leaves a byte free", {"int(room // ": "int((room - 1) // "})


@wrong("cache_bytes", "stores the weights for each conversation")
def _():
    def largest_batch(net, memory_gb, length, element_bytes=2):
        each = net.params * element_bytes + cache_bytes(net, length, 1, element_bytes)
        return int(memory_gb * 1e9 // each)


@right("cache_bytes", "counts the numbers of a token first", cell="cache_bytes-solution")
def _():
    def cache_bytes(net, length, batch=1, element_bytes=2):
        group = net.heads // net.kv_heads
        numbers = 2 * net.layers * (net.hidden // group)
        return int(batch) * int(length) * numbers * element_bytes


@right("cache_bytes", "compares before it divides")
def _():
    def largest_batch(net, memory_gb, length, element_bytes=2):
        weights, memory = int(net.params) * element_bytes, round(memory_gb * 10**9)
        if weights >= memory:
            return 0
        return (memory - weights) // cache_bytes(net, length, element_bytes=element_bytes)


wrong(
    "serving_times",
    "takes a MAC for one operation",
    {
        "token = 2 * net.params + 4 * net.layers * net.hidden * length\n": "token = net.params + 2 * net.layers * net.hidden * length\n"
    },
)

wrong(
    "serving_times",
    "lets a token of the prompt look at the whole prompt",
    {"length / 2": "length"},
)

wrong(
    "serving_times",
    "reads the weights for each prompt",
    {"net.params * element_bytes / bandwidth": "batch * net.params * element_bytes / bandwidth"},
)

wrong(
    "serving_times",
    "forgets that the cache is read for each token",
    {"(net.params * element_bytes + cache)": "net.params * element_bytes"},
)

wrong(
    "serving_times",
    "reads one cache for the whole batch",
    {
        "cache_bytes(net, length, batch, element_bytes)": "cache_bytes(net, length, 1, element_bytes)"
    },
)

wrong(
    "serving_times",
    "reads the weights for each conversation",
    {"(net.params * element_bytes + cache)": "(batch * net.params * element_bytes + cache)"},
)

wrong(
    "serving_times",
    "computes all tokens again for the next one",
    {"batch * token / peak": "batch * length * token / peak"},
)

wrong(
    "serving_times",
    "reads the cache in two bytes",
    {"cache_bytes(net, length, batch, element_bytes)": "cache_bytes(net, length, batch)"},
)

wrong(
    "serving_times",
    "computes scores for the key/value heads only",
    {
        "net.hidden * length\n": "net.hidden * length * net.kv_heads / net.heads\n",
    },
)

wrong(
    "serving_times",
    "returns the two times in the other order",
    {
        "batch * token / peak, (net.params * element_bytes + cache) / bandwidth": "(net.params * element_bytes + cache) / bandwidth, batch * token / peak"
    },
)


@right("serving_times", "counts MACs, and doubles them at the end")
def _():
    def prefill_s(net, length, batch, peak, bandwidth, element_bytes=2):
        pairs = batch * length * length / 2
        macs = batch * length * net.params + 2 * net.layers * net.hidden * pairs
        return 2 * macs / peak, element_bytes * net.params / bandwidth

    def decode_s(net, length, batch, peak, bandwidth, element_bytes=2):
        macs = batch * net.params + 2 * net.layers * net.hidden * batch * length
        moved = element_bytes * net.params
        for _ in range(batch):
            moved += cache_bytes(net, length, 1, element_bytes)
        return 2 * macs / peak, moved / bandwidth


@wrong("service_plan", "fills the memory with conversations of today")
def _():
    plan = {"device": "h100_sxm", "devices": 4, "dtype": "fp8", "batch": 445}


@wrong("service_plan", "takes the most memory for the money, and is too slow")
def _():
    plan = {"device": "l40s", "devices": 8, "dtype": "fp8", "batch": 422}


@wrong("service_plan", "trusts the bandwidth of the data sheet")
def _():
    plan = {"device": "h200_sxm", "devices": 2, "dtype": "fp8", "batch": 282}


@wrong("service_plan", "stays with two bytes")
def _():
    plan = {"device": "h100_sxm", "devices": 4, "dtype": "fp16", "batch": 114}


@wrong("service_plan", "does not look at the price")
def _():
    plan = {"device": "h200_sxm", "devices": 8, "dtype": "fp8", "batch": 1000}


@wrong("service_plan", "plays safe with half of the conversations")
def _():
    plan = {"device": "h100_sxm", "devices": 4, "dtype": "fp8", "batch": 160}


@wrong("service_plan", "trusts the data sheet at 4,000 tokens")
def _():
    plan = {"device": "l40s", "devices": 8, "dtype": "fp8", "batch": 400}


@right("service_plan", "a round number, found by hand")
def _():
    plan = {"batch": 320, "device": "h100_sxm", "devices": 4, "dtype": "fp8"}


@right("service_plan", "asks for the memory first, and leaves some room")
def _():
    fit = largest_batch(model("llama2_70b"), 0.9 * 4 * 80, 4000, 1)
    plan = {"device": "h100_sxm", "devices": 4, "dtype": "fp8", "batch": fit - 20}


wrong(
    "length_gap",
    "fits the line without logarithms",
    {"np.log(lengths), np.log(seconds)": "lengths, seconds"},
)

wrong(
    "length_gap",
    "takes the logarithm of the times only",
    {"np.log(lengths), np.log(seconds)": "lengths, np.log(seconds)"},
)

wrong("length_gap", "takes the height of the line", {"slope, _ =": "_, slope ="})


@wrong("length_gap", "takes the two ends")
def _():
    def exponent(lengths, seconds):
        return float(np.log(seconds[-1] / seconds[0]) / np.log(lengths[-1] / lengths[0]))

    def gap(trial):
        mac_s = trial["convolution_s"] / trial["convolution_macs"]
        ratio = trial["attention_macs"] * mac_s / trial["attention_s"]
        return ratio, max(PARTS, key=lambda part: trial[f"{part}_s"])


wrong(
    "length_gap",
    "divides measured by predicted",
    {
        'trial["attention_macs"] * mac_s / trial["attention_s"]': 'trial["attention_s"] / (trial["attention_macs"] * mac_s)'
    },
)

wrong(
    "length_gap",
    "takes the sum of the parts for the measured time",
    {' / trial["attention_s"]': ' / sum(trial[f"{part}_s"] for part in PARTS)'},
)

wrong(
    "length_gap",
    "compares the two times without their MACs",
    {'trial["attention_macs"] * mac_s': 'trial["convolution_s"]'},
)

wrong("length_gap", "takes the shortest part", {"max(parts": "min(parts"})

wrong(
    "length_gap",
    "says that it is always the softmax",
    {"max(parts, key=parts.get)": '"softmax"'},
)


@right("length_gap", "the formula of least squares, and a loop")
def _():
    def exponent(lengths, seconds):
        x, y = np.log(np.array(lengths, float)), np.log(np.array(seconds, float))
        return float(np.sum((x - x.mean()) * y) / np.sum((x - x.mean()) ** 2))

    def gap(trial):
        per_second = trial["convolution_macs"] / trial["convolution_s"]
        longest = PARTS[0]
        for part in PARTS[1:]:
            if trial[part + "_s"] > trial[longest + "_s"]:
                longest = part
        return trial["attention_macs"] / per_second / trial["attention_s"], longest
