"""Proofs for d07_arena: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "lifetimes",
    "the first reader is the last",
    {"last[value - 1] = step": "last[value - 1] = min(step, value)"},
)

wrong(
    "lifetimes",
    "the output is free after the last step",
    {"    last[-1] = len(step_bytes)\n": ""},
)

wrong("lifetimes", "sizes as they are", {"-(-n // 4) * 4": "n"})

wrong("lifetimes", "sizes rounded down", {"-(-n // 4) * 4": "n // 4 * 4"})

wrong(
    "lifetimes",
    "every value is needed until the next step at least",
    {"last = list(range(len(step_bytes)))": "last = list(range(1, len(step_bytes) + 1))"},
)

wrong(
    "lifetimes",
    "takes the number of a value for its index",
    {"last[value - 1] = step": "last[min(value, len(last) - 1)] = step"},
)


@right("lifetimes", "value by value, looking through all steps")
def _():
    def lifetimes(step_bytes, sources):
        n = len(step_bytes)

        def life(k):
            end = n if k + 1 == n else max([k] + [s for s in range(n) if k + 1 in sources[s]])
            return Value(step_bytes[k] + -step_bytes[k] % 4, k, end)

        return [life(k) for k in range(n)]


wrong("arena_bounds", "the last step is not included", {"step <= v.last": "step < v.last"})


@wrong("arena_bounds", "the two largest together")
def _():
    def arena_bounds(values):
        sizes = sorted(v.size_bytes for v in values)
        return sum(sizes[-2:]), sum(sizes)


@wrong("arena_bounds", "each value beside the one made after it")
def _():
    def arena_bounds(values):
        sizes = [v.size_bytes for v in values]
        pairs = [a + b for a, b in zip(sizes, sizes[1:])]
        return max(pairs, default=sum(sizes)), sum(sizes)


@wrong("arena_bounds", "each value with all that it ever meets")
def _():
    def arena_bounds(values):
        met = [
            sum(w.size_bytes for w in values if v.first <= w.last and w.first <= v.last)
            for v in values
        ]
        return max(met, default=0), sum(v.size_bytes for v in values)


wrong(
    "arena_bounds",
    "as many steps as values",
    {"needed(value.first) for value in values": "needed(step) for step in range(len(values))"},
)


@right("arena_bounds", "step by step with a difference of beginnings and ends")
def _():
    def arena_bounds(values):
        change = {}
        for v in values:
            change[v.first] = change.get(v.first, 0) + v.size_bytes
            change[v.last + 1] = change.get(v.last + 1, 0) - v.size_bytes
        level = most = 0
        for step in sorted(change):
            level += change[step]
            most = max(most, level)
        return most, sum(v.size_bytes for v in values)


wrong(
    "faults",
    "touching bytes collide",
    {
        "at < other + b.size_bytes and other < at + a.size_bytes": "at <= other + b.size_bytes and other <= at + a.size_bytes"
    },
)

wrong(
    "faults",
    "the end of a time is not included",
    {"a.first <= b.last and b.first <= a.last": "a.first < b.last and b.first < a.last"},
)

wrong("faults", "looks at bytes alone", {"if in_time and at": "if at"})

wrong(
    "faults",
    "only values in one place collide",
    {"at < other + b.size_bytes and other < at + a.size_bytes": "at == other"},
)

wrong(
    "faults",
    "an end of one must lie in the other",
    {
        "at < other + b.size_bytes and other < at + a.size_bytes": "other <= at < other + b.size_bytes"
    },
)

wrong(
    "faults",
    "neighbours alone",
    {"range(i + 1, len(values))": "range(i + 1, min(i + 2, len(values)))"},
)

wrong("faults", "forgets where a value may begin", {"if at < 0 or at % 4:": "if at < 0:"})


wrong("faults", "an offset may be negative", {"if at < 0 or at % 4:": "if at % 4:"})

wrong(
    "faults",
    "values that cannot be placed last",
    {
        "        if at < 0 or at % 4:\n            found.append((i, i))\n": "",
        "return found": "return found + [(i, i) for i, at in enumerate(offsets) if at < 0 or at % 4]",
    },
)

wrong(
    "faults",
    "a value that cannot be placed is in no other pair",
    {
        "            found.append((i, i))\n": "            found.append((i, i))\n            continue\n"
    },
)


@right("faults", "with ranges and their overlap")
def _():
    def faults(values, offsets):
        def common(a, b):
            return range(max(a.start, b.start), min(a.stop, b.stop))

        times = [range(v.first, v.last + 1) for v in values]
        places = [range(at, at + v.size_bytes) for v, at in zip(values, offsets)]
        n = len(values)
        found = [(i, i) for i in range(n) if offsets[i] < 0 or offsets[i] % 4]
        for j in range(n):
            for i in range(j):
                if len(common(times[i], times[j])) and len(common(places[i], places[j])):
                    found.append((i, j))
        return sorted(found)


wrong(
    "plan_offsets",
    "largest first alone",
    {
        "best = min(by_size, first_fit(sorted(numbers, key=lambda i: values[i].first)), key=peak)": "best = by_size"
    },
)

wrong(
    "plan_offsets",
    "in order of time alone",
    {
        "best = min(by_size, first_fit(sorted(numbers, key=lambda i: values[i].first)), key=peak)": "best = first_fit(numbers)"
    },
)

wrong(
    "plan_offsets",
    "shares with everything",
    {
        "if values[k].first > one.last or one.first > values[k].last:": "if values[k].first >= one.last or one.first >= values[k].last:"
    },
)

wrong(
    "plan_offsets",
    "forgets how far the walk has come",
    {
        "candidate = max(candidate, offsets[k] + values[k].size_bytes)": "candidate = offsets[k] + values[k].size_bytes"
    },
)

wrong(
    "plan_offsets",
    "walks by start and end, and goes back behind a short neighbour",
    {
        "key=lambda k: offsets[k])": "key=lambda k: (offsets[k], offsets[k] + values[k].size_bytes))",
        "candidate = max(candidate, offsets[k] + values[k].size_bytes)": "candidate = offsets[k] + values[k].size_bytes",
    },
)


@wrong("plan_offsets", "never looks into a gap")
def _():
    def plan_offsets(values):
        offsets = {}
        for i in sorted(range(len(values)), key=lambda i: -values[i].size_bytes):
            met = [
                offsets[k] + values[k].size_bytes
                for k in offsets
                if values[k].first <= values[i].last and values[i].first <= values[k].last
            ]
            offsets[i] = max(met, default=0)
        return [offsets[i] for i in range(len(values))]


@wrong("plan_offsets", "side by side")
def _():
    def plan_offsets(values):
        at, offsets = 0, []
        for value in values:
            offsets.append(at)
            at += value.size_bytes
        return offsets


@right("plan_offsets", "tries all ends of placed values as places")
def _():
    def plan_offsets(values):
        def place(order):
            done = []
            for i in order:
                v = values[i]
                near = [
                    (at, w)
                    for at, w in done_values(done)
                    if w.first <= v.last and v.first <= w.last
                ]
                ends = sorted({0, *(at + w.size_bytes for at, w in near)})
                free = [
                    at
                    for at in ends
                    if all(at + v.size_bytes <= o or o + w.size_bytes <= at for o, w in near)
                ]
                done.append((i, free[0]))
            return dict(done)

        def done_values(done):
            return [(at, values[i]) for i, at in done]

        n = len(values)
        orders = [sorted(range(n), key=lambda i: (-values[i].size_bytes, i)), range(n)]
        plans = [place(order) for order in orders]
        heights = [
            max((at + values[i].size_bytes for i, at in p.items()), default=0) for p in plans
        ]
        best = plans[heights.index(min(heights))]
        return [best[i] for i in range(n)]


wrong(
    "best_order",
    "takes the steps as they come",
    {
        "list(min(orders, key=lambda order: peak_in_order(step_bytes, sources, order)))": "list(next(orders))"
    },
)

wrong(
    "best_order",
    "orders that cannot be run",
    {
        "filter(can_run, permutations(range(len(step_bytes))))": "permutations(range(len(step_bytes)))"
    },
)

wrong("best_order", "the most bytes instead of the fewest", {"list(min(": "list(max("})


@wrong("best_order", "always the smallest step that can run")
def _():
    def best_order(step_bytes, sources):
        order = []
        while len(order) < len(step_bytes):
            ready = [
                s
                for s in range(len(step_bytes))
                if s not in order and all(v == 0 or v - 1 in order for v in sources[s])
            ]
            order.append(min(ready, key=lambda s: step_bytes[s]))
        return order


@wrong("best_order", "one branch to its end, whichever comes first")
def _():
    def best_order(step_bytes, sources):
        order = []

        def visit(step):
            if step in order:
                return
            for value in sources[step]:
                if value:
                    visit(value - 1)
            order.append(step)

        visit(len(step_bytes) - 1)
        return order


@right("best_order", "grows the orders step by step")
def _():
    def best_order(step_bytes, sources):
        best = []

        def grow(order, left):
            if not left:
                best.append((peak_in_order(step_bytes, sources, order), order))
            for step in sorted(left):
                if all(value - 1 not in left for value in sources[step] if value):
                    grow([*order, step], left - {step})

        grow([], set(range(len(step_bytes))))
        return min(best)[1]


wrong("in_place", "writes over what is read later", {"old.last == step and ": ""})

wrong(
    "in_place",
    "takes the number of a value for its index",
    {"values[value - 1], values[step]": "values[value], values[step]"},
)

wrong("in_place", "sizes do not matter", {" and old.size_bytes == new.size_bytes": ""})

wrong(
    "in_place",
    "the value instead of its place",
    {"place[step] = place[value - 1]": "place[step] = value - 1"},
)

wrong("in_place", "the last input that is free", {"                break\n": ""})

wrong(
    "in_place",
    "looks at the first input alone",
    {"for value in sources[step]:": "for value in sources[step][:1]:"},
)


@right("in_place", "with next over what is free")
def _():
    def in_place(values, sources, elementwise):
        places = []
        for k in range(len(values)):
            free = (
                v - 1
                for v in (sources[k] if k in elementwise else ())
                if v
                and values[v - 1].last <= k
                and values[v - 1].size_bytes == values[k].size_bytes
            )
            over = next(free, None)
            places.append(k if over is None else places[over])
        return places
