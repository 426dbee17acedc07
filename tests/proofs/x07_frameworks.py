"""Proofs for x07_frameworks: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("dispatch_prediction", "leaves the example as it stands")
def _():
    prediction = {"call_us": ..., "loop_loses": ..., "blocks_gain": ...}


wrong("dispatch_prediction", "leaves the blocks out", {', "blocks_gain": 3.0': ""})

wrong("dispatch_prediction", "says that a call costs nothing", {'"call_us": 1.0': '"call_us": 0'})

wrong("dispatch_prediction", "writes the unit into the number", {"1.0": '"1 us"'})


@right("dispatch_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict(call_us=500, loop_loses=1, blocks_gain=0.25)


wrong(
    "fit_line",
    "returns b first",
    {"return float(1e6 * a), float(1e9 * b)": "return float(1e9 * b), float(1e6 * a)"},
)

wrong("fit_line", "leaves a in seconds", {"float(1e6 * a)": "float(a)"})

wrong("fit_line", "gives b in microseconds", {"1e9 * b": "1e6 * b"})


@wrong("fit_line", "ordinary least squares, which the largest size rules")
def _():
    def fit_line(sizes, times_s):
        b, a = np.polyfit(sizes, times_s, 1)
        return float(1e6 * a), float(1e9 * b)


@wrong("fit_line", "squares the weights before polyfit squares them again")
def _():
    def fit_line(sizes, times_s):
        b, a = np.polyfit(sizes, times_s, 1, w=1 / np.asarray(times_s) ** 2)
        return float(1e6 * a), float(1e9 * b)


@wrong("fit_line", "divides the square of the error by the time")
def _():
    def fit_line(sizes, times_s):
        b, a = np.polyfit(sizes, times_s, 1, w=np.asarray(times_s) ** -0.5)
        return float(1e6 * a), float(1e9 * b)


@wrong("fit_line", "the line through the smallest and the largest size")
def _():
    def fit_line(sizes, times_s):
        pairs = sorted(zip(sizes, times_s))
        (n0, t0), (n1, t1) = pairs[0], pairs[-1]
        b = (t1 - t0) / (n1 - n0)
        return 1e6 * (t0 - b * n0), 1e9 * b


@wrong("fit_line", "takes the first time for the cost of a call")
def _():
    def fit_line(sizes, times_s):
        a = min(times_s)
        n, t = np.asarray(sizes, float), np.asarray(times_s, float)
        b = np.sum((t - a) * n / t**2) / np.sum((n / t) ** 2)
        return 1e6 * a, float(1e9 * b)


@wrong("fit_line", "changes the unit in the list of the caller")
def _():
    def fit_line(sizes, times_s):
        for k in range(len(times_s)):
            times_s[k] = 1e6 * times_s[k]
        b, a = np.polyfit(sizes, times_s, 1, w=1 / np.asarray(times_s))
        return float(a), float(1e3 * b)


@right("fit_line", "the weights of polyfit")
def _():
    def fit_line(sizes, times_s):
        times_us = 1e6 * np.array(times_s)
        b, a = np.polyfit(sizes, times_us, 1, w=1 / times_us)
        return a, 1000 * b


@right("fit_line", "the normal equations by hand")
def _():
    def fit_line(sizes, times_s):
        u = [1 / t for t in times_s]
        v = [n / t for n, t in zip(sizes, times_s)]
        uu, vv = sum(x * x for x in u), sum(x * x for x in v)
        uv = sum(x * y for x, y in zip(u, v))
        su, sv, det = sum(u), sum(v), uu * vv - uv * uv
        return 1e6 * (su * vv - sv * uv) / det, 1e9 * (sv * uu - su * uv) / det


wrong(
    "chain_cost",
    "counts an array twice that stands twice",
    {"len(set(reads)) + 1": "len(reads) + 1"},
    cell="traffic-solution",
)

wrong(
    "chain_cost",
    "forgets the arrays in between",
    {"len(set(reads)) + 1": "len(set(reads) - {r for _, _, r in graph}) + 1"},
    cell="traffic-solution",
)

wrong(
    "chain_cost",
    "forgets that results are written",
    {"len(set(reads)) + 1": "len(set(reads))"},
    cell="traffic-solution",
)

wrong(
    "chain_cost",
    "keeps the arrays in between when it fuses",
    {"for name in reads} - written": "for name in reads}"},
    cell="traffic-solution",
)

wrong(
    "chain_cost",
    "writes every result when it fuses",
    {"len(outside) + 1": "len(outside) + len(written)"},
    cell="traffic-solution",
)

wrong(
    "chain_cost",
    "reads an array again for each operation that needs it, though fused",
    {
        "return len(outside) + 1": "return sum(name in outside for _, reads, _ in graph for name in reads) + 1"
    },
    cell="traffic-solution",
)


@right("chain_cost", "a loop over the graph", cell="traffic-solution")
def _():
    def traffic(graph, fused=False):
        known, moved = [], 0
        for _, reads, result in graph:
            for name in dict.fromkeys(reads):
                if not fused or name not in known:
                    moved += 1
                    known.append(name)
            known.append(result)
            moved += 0 if fused else 1
        return moved + 1 if fused else moved


wrong(
    "chain_cost",
    "takes a GB for a byte in a microsecond",
    {"moved / (1000 * gb_per_s)": "moved / gb_per_s"},
)

wrong(
    "chain_cost",
    "adds seconds to microseconds",
    {"moved / (1000 * gb_per_s)": "moved / (1e9 * gb_per_s)"},
)

wrong(
    "chain_cost",
    "takes a GB for 2 to the 30",
    {"moved / (1000 * gb_per_s)": "moved / (2**30 / 1e6 * gb_per_s)"},
)

wrong(
    "chain_cost",
    "saves the bytes by fusing, but not the calls",
    {"calls * call_us + moved": "len(graph) * call_us + moved"},
)

wrong(
    "chain_cost",
    "saves the calls by fusing, but not the bytes",
    {"traffic(graph, fused) * elements": "traffic(graph) * elements"},
)

wrong(
    "chain_cost",
    "counts every element as 4 bytes",
    {"* elements * itemsize": "* elements * 4"},
)

wrong(
    "chain_cost",
    "gives the half size for a single call of the chain",
    {"return calls * call_us * 1000": "return call_us * 1000"},
)

wrong(
    "chain_cost",
    "rounds the half size down",
    {
        "return calls * call_us * 1000 * gb_per_s / (traffic(graph, fused) * itemsize)": "return calls * call_us * 1000 * gb_per_s // (traffic(graph, fused) * itemsize)"
    },
)


@wrong("chain_cost", "the size at which calls take half as long as the bytes")
def _():
    def step_us(graph, elements, fused, call_us, gb_per_s, itemsize=4):
        calls = 1 if fused else len(graph)
        return calls * call_us + traffic(graph, fused) * elements * itemsize / (1e3 * gb_per_s)

    def half_size(graph, fused, call_us, gb_per_s, itemsize=4):
        calls = 1 if fused else len(graph)
        return 2 * calls * call_us * 1000 * gb_per_s / (traffic(graph, fused) * itemsize)


@right("chain_cost", "the half size as a over b, from two steps")
def _():
    def step_us(graph, elements, fused, call_us, gb_per_s, itemsize=4):
        seconds = traffic(graph, fused) * itemsize * elements / (gb_per_s * 1e9)
        return 1e6 * seconds + (call_us if fused else call_us * len(graph))

    def half_size(graph, fused, call_us, gb_per_s, itemsize=4):
        a = step_us(graph, 0, fused, call_us, gb_per_s, itemsize)
        b = step_us(graph, 1, fused, 0.0, gb_per_s, itemsize)
        return a / b


wrong(
    "whole_gain",
    "divides the time that is left by the time before",
    {"sum(parts_us.values()) / after_us if": "after_us / sum(parts_us.values()) if"},
)

wrong(
    "whole_gain",
    "forgets the parts that stay",
    {
        "for part, us in parts_us.items())": "for part, us in parts_us.items() if part in gains)",
    },
)

wrong("whole_gain", "divides by zero where no time is left", {" if after_us else inf": ""})

wrong(
    "whole_gain",
    "multiplies the times by the gains",
    {"us / gains.get(part, 1)": "us * gains.get(part, 1)"},
)


@wrong("whole_gain", "the mean of the gains, weighted by the times")
def _():
    def whole_gain(parts_us, gains):
        total = sum(parts_us.values())
        return sum(us * gains.get(part, 1) for part, us in parts_us.items()) / total


@wrong("whole_gain", "infinitely fast as soon as one part is")
def _():
    def whole_gain(parts_us, gains):
        if inf in gains.values():
            return inf
        return sum(parts_us.values()) / sum(us / gains.get(p, 1) for p, us in parts_us.items())


@wrong("whole_gain", "lets no part become slower")
def _():
    def whole_gain(parts_us, gains):
        left = sum(us / max(1, gains.get(part, 1)) for part, us in parts_us.items())
        return sum(parts_us.values()) / left if left else inf


@right("whole_gain", "Amdahl's shares, one part after the other")
def _():
    def whole_gain(parts_us, gains):
        total = sum(parts_us.values())
        left = 1.0
        for part in gains:
            share = parts_us[part] / total
            left -= share
            left += share / gains[part]
        if left < 1e-12:
            return inf
        return 1 / left


@right("whole_gain", "a new dictionary of times")
def _():
    def whole_gain(parts_us, gains):
        after = dict(parts_us)
        for part, gain in gains.items():
            after[part] = parts_us[part] / gain
        left = sum(after.values())
        return inf if left == 0 else sum(parts_us.values()) / left


@wrong("block_plan", "all twelve operations in one call, the fastest by the data sheet")
def _():
    plan = {"block": 8_192, "per_call": 12}


@wrong("block_plan", "forgets the result and the block that is handed over")
def _():
    plan = {"block": 16_384, "per_call": 12}


@wrong("block_plan", "the largest blocks that fit, not fused")
def _():
    plan = {"block": 65_536, "per_call": 1}


@wrong("block_plan", "counts elements instead of bytes")
def _():
    plan = {"block": 131_072, "per_call": 4}


@wrong("block_plan", "rounds the calls of a block down")
def _():
    plan = {"block": 16_384, "per_call": 8}


@wrong("block_plan", "the same number of operations in smaller blocks")
def _():
    plan = {"block": 16_384, "per_call": 4}


@wrong("block_plan", "writes the plan as words")
def _():
    plan = {"block": "large", "per_call": "all"}


@right("block_plan", "found by hand")
def _():
    plan = dict(per_call=4, block=2**15)


@right("block_plan", "the first that holds in every corner")
def _():
    plan = next(
        {"block": block, "per_call": group}
        for block in BLOCKS
        for group in GROUPS
        if 4 * block * (group + 2) <= 900_000
        if all(
            plan_ms({"block": block, "per_call": group}, us, speed) <= 62
            for us in (20, 90)
            for speed in (11, 16)
        )
    )


wrong(
    "chain_gap",
    "divides measured by predicted",
    {'predicted_us / row["measured_us"]': 'row["measured_us"] / predicted_us'},
)

wrong(
    "chain_gap",
    "looks for a positive rest only",
    {"abs(terms[term])": "terms[term]"},
)

wrong(
    "chain_gap",
    "takes a GB for 10 to the 6 bytes in a microsecond",
    {"(1000 * gb_per_s)": "(1e6 * gb_per_s)"},
)

wrong(
    "chain_gap",
    "counts one call, however many there are",
    {'row["calls"] * call_us': "call_us"},
)

wrong(
    "chain_gap",
    "takes the longer of the two terms for the prediction",
    {"predicted_us = sum(terms.values())": "predicted_us = max(terms.values())"},
)

wrong(
    "chain_gap",
    "leaves the rest out of the comparison",
    {"max(terms, key": "max(TERMS[:2], key"},
)

wrong(
    "chain_gap",
    "takes the measured time for the rest",
    {'row["measured_us"] - predicted_us': 'row["measured_us"]'},
)

wrong("chain_gap", "gives equal terms to the last", {"max(terms, key": "max(TERMS[::-1], key"})


@right("chain_gap", "sorts the three sizes")
def _():
    def gap(row, call_us, gb_per_s):
        calls_us = row["calls"] * call_us
        bytes_us = row["bytes"] / gb_per_s / 1e3
        rest_us = row["measured_us"] - calls_us - bytes_us
        sizes = [abs(calls_us), abs(bytes_us), abs(rest_us)]
        return (calls_us + bytes_us) / row["measured_us"], TERMS[sizes.index(max(sizes))]
