"""Proofs for d05_rounding: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "rounded_shift",
    "in floats",
    {"up = (x + half) >> n": "up = np.floor(x / 2**n + 0.5).astype(np.int64)"},
)

wrong("rounded_shift", "truncates by a shift", {"np.sign(x) * (np.abs(x) >> n)": "x >> n"})

wrong("rounded_shift", "half of 2 to the 0 is 1", {"(1 << n) >> 1": "1 << max(n - 1, 0)"})

wrong(
    "rounded_shift",
    "away: adds half to negative numbers too",
    {"np.sign(x) * ((np.abs(x) + half) >> n)": "(x + half) >> n"},
)

wrong(
    "rounded_shift",
    "even: every odd result goes down",
    {"((x & ((1 << n) - 1)) == half) & (up % 2 == 1)": "up % 2 == 1"},
)

wrong("rounded_shift", "even: every half goes down", {" & (up % 2 == 1)": ""})


@right("rounded_shift", "from the floor and the remainder")
def _():
    def rounded_shift(x, n, rule):
        x = np.asarray(x, dtype=np.int64)
        floor = x // 2**n
        twice = 2 * (x - floor * 2**n)
        more, tie = twice > 2**n, twice == 2**n
        if rule == "down":
            return floor
        if rule == "truncate":
            return floor + ((x < 0) & (twice > 0))
        chosen = {"up": tie, "away": tie & (x > 0), "even": tie & (floor % 2 == 1)}[rule]
        return floor + (more | chosen)


@wrong("hard_inputs", "uniform random numbers")
def _():
    def hard_inputs():
        rng = np.random.default_rng(1)
        low, high = [-(2**31), 2**30, 0], [2**31, 2**31, 32]
        return [tuple(int(v) for v in rng.integers(low, high)) for _ in range(200)]


wrong(
    "hard_inputs",
    "no negative sums",
    {"-(2**31), -(2**30) + 1, -6, -5, -3, 0,": "0, 1, 2, 3, 4, 7,"},
)

wrong(
    "hard_inputs",
    "small sums only",
    {"-(2**31), -(2**30) + 1,": "-7, -1,", "2**30 + 1, 2**31 - 1]": "2, 3]"},
)

wrong("hard_inputs", "no shift of 31", {"30, 31]": "8, 30]"})

wrong("hard_inputs", "no shift of 0", {"[0, 1, 2,": "[3, 1, 2,"})

wrong("hard_inputs", "more than 200", {"[0, 1, 2, 30, 31]": "[0, 1, 2, 3, 4, 30, 31]"})

wrong(
    "hard_inputs",
    "a multiplier that no board has",
    {"1_518_500_251, 2**31 - 1]": "1_518_500_251, 2**31]"},
)

wrong(
    "hard_inputs",
    "even multipliers only",
    {
        "[2**30, 2**30 + 1, 1_518_500_251, 2**31 - 1]": "[2**30, 2**30 + 2, 1_518_500_250, 2**31 - 2]"
    },
)

wrong("hard_inputs", "without the most negative sum", {"-(2**31),": "-(2**31) + 1,"})


@right("hard_inputs", "ends and neighbours, then numbers next to a half")
def _():
    def hard_inputs():
        chosen = []
        for n in (0, 1, 2, 7, 30, 31):
            for m in (2**30, 2**31 - 1, 2**30 + 2**16 + 1):
                for a in (-(2**31), 2**31 - 1, -5, -3, 2, 6, 2**30 + 1):
                    chosen.append((a, m, n))
        rng = np.random.default_rng(8)
        for _ in range(40):
            m = 2 * int(rng.integers(2**29, 2**30)) + 1
            a = (2**30 - 1) * pow(m, -1, 2**31) % 2**31
            chosen.append((a, m, int(rng.integers(0, 3))))
        return list(dict.fromkeys(chosen))[:200]


wrong(
    "requantize_c",
    "the product in 32 bits",
    {"(int64_t)accumulator * multiplier": "accumulator * multiplier"},
)

wrong("requantize_c", "the first step without rounding", {"product + (1ll << 30)": "product"})

wrong(
    "requantize_c",
    "halves up in the second step",
    {
        "uint32_t size = high < 0 ? 0u - (uint32_t)high : (uint32_t)high;\n  size = (size + ((1u << shift) >> 1)) >> shift;\n  return high < 0 ? -(int32_t)size : (int32_t)size;": "return (int32_t)(((int64_t)high + ((1ll << shift) >> 1)) >> shift);"
    },
)

wrong(
    "requantize_c",
    "the absolute value and its half in an int32",
    {
        "uint32_t size = high < 0 ? 0u - (uint32_t)high : (uint32_t)high;": "int32_t size = high < 0 ? -high : high;",
        "1u << shift": "1 << shift",
    },
)

wrong(
    "requantize_c",
    "halves away from zero in the first step too",
    {
        "(product + (1ll << 30)) >> 31": "(product + (product < 0 ? -(1ll << 30) : (1ll << 30))) / (1ll << 31)"
    },
)

wrong(
    "requantize_c",
    "one rounding",
    {
        "int32_t high = (int32_t)((product + (1ll << 30)) >> 31);\n": "return (int32_t)((product + (1ll << (30 + shift))) >> (31 + shift));\n  int32_t high = 0;\n"
    },
)

wrong(
    "requantize_c",
    "half of 2 to the 0 is 1",
    {"(1u << shift) >> 1": "(shift ? 1u << (shift - 1) : 1u)"},
)

wrong(
    "requantize_c",
    "shifts bit by bit, exact and slow",
    {
        "size = (size + ((1u << shift) >> 1)) >> shift;": "size += (1u << shift) >> 1;\n  for (volatile int k = 0; k < shift; k++) size >>= 1;"
    },
)

wrong("requantize_c", "no C", {"return high < 0": "give back high < 0"})


@right("requantize_c", "as gemmlowp writes it, with mask and threshold")
def _():
    requantize_c = "\n".join(
        (
            '#include "kernels.h"',
            "int32_t requantize(int32_t a, int32_t m, int n) {",
            "  int32_t high = (int32_t)(((int64_t)a * m + 0x40000000) >> 31);",
            "  uint32_t mask = (1u << n) - 1u, rest = (uint32_t)high & mask;",
            "  uint32_t threshold = (mask >> 1) + (high < 0);",
            "  return (high >> n) + (rest > threshold);",
            "}",
            "",
        )
    )


@right("requantize_c", "the second step in 64 bits")
def _():
    requantize_c = "\n".join(
        (
            '#include "kernels.h"',
            "int32_t requantize(int32_t a, int32_t m, int n) {",
            "  int64_t high = ((int64_t)a * m + (1ll << 30)) >> 31, half = (1ll << n) >> 1;",
            "  return (int32_t)((high + half - (high < 0 && n)) >> n);",
            "}",
            "",
        )
    )


wrong(
    "halves_c",
    "uses the 64-bit product",
    {
        "  uint32_t nudged": "  high = (uint32_t)(((uint64_t)a * (uint32_t)multiplier) >> 32);\n  uint32_t nudged"
    },
)

wrong("halves_c", "loses the carry of the middle", {" + (middle >> 16)": ""})

wrong("halves_c", "loses the carry of the 2**30", {"  high += nudged < low;\n": ""})

wrong("halves_c", "halves up for the absolute value", {"(1u << 30) - negative": "(1u << 30)"})

wrong("halves_c", "forgets one of the products", {" + (two & 0xffff)": "", " + (two >> 16)": ""})

wrong(
    "halves_c",
    "bit by bit, correct and slow",
    {
        "uint32_t a0 = a & 0xffff, a1 = a >> 16;\n": "uint64_t sum = 0;\n  for (int k = 0; k < 31; k++)\n    if ((uint32_t)multiplier >> k & 1) sum += (uint64_t)a << k;\n",
        "uint32_t m0 = (uint32_t)multiplier & 0xffff, m1 = (uint32_t)multiplier >> 16;\n  uint32_t low = a0 * m0, one = a0 * m1, two = a1 * m0, high = a1 * m1;\n  uint32_t middle = (low >> 16) + (one & 0xffff) + (two & 0xffff);\n  high += (one >> 16) + (two >> 16) + (middle >> 16);\n  low = (middle << 16) | (low & 0xffff);": "uint32_t low = (uint32_t)sum, high = (uint32_t)(sum >> 32);",
    },
)


@wrong("halves_c", "a 64-bit product in machine code that lies among the constants")
def _():
    halves_c = "\n".join(
        (
            '#include "kernels.h"',
            "static const uint16_t code[] __attribute__((aligned(4))) = {",
            "  0xfb80, 0x2301, 0xf112, 0x4280, 0xf143, 0x0300, 0x0fd0, 0xea40, 0x0043, 0x4770};",
            "int32_t requantize(int32_t accumulator, int32_t multiplier, int shift) {",
            "  int32_t (*product)(int32_t, int32_t) = (void *)((uintptr_t)code | 1);",
            "  int32_t high = product(accumulator, multiplier);",
            "  uint32_t size = high < 0 ? 0u - (uint32_t)high : (uint32_t)high;",
            "  size = (size + ((1u << shift) >> 1)) >> shift;",
            "  return high < 0 ? -(int32_t)size : (int32_t)size;",
            "}",
        )
    )


@right("halves_c", "with 64-bit sums of 32-bit products")
def _():
    halves_c = "\n".join(
        (
            '#include "kernels.h"',
            "static uint64_t product_of(uint32_t a, uint32_t m) {",
            "  uint64_t sum = (uint64_t)((a >> 16) * (m >> 16)) << 32;",
            "  sum += (uint64_t)((a >> 16) * (m & 0xffff)) << 16;",
            "  sum += (uint64_t)((a & 0xffff) * (m >> 16)) << 16;",
            "  return sum + (a & 0xffff) * (m & 0xffff);",
            "}",
            "int32_t requantize(int32_t accumulator, int32_t multiplier, int shift) {",
            "  uint32_t a = accumulator < 0 ? 0u - (uint32_t)accumulator : (uint32_t)accumulator;",
            "  uint64_t nudge = accumulator < 0 ? 0x3fffffff : 0x40000000;",
            "  uint32_t high = (uint32_t)((product_of(a, (uint32_t)multiplier) + nudge) >> 31);",
            "  uint32_t size = (high + ((1u << shift) >> 1)) >> shift;",
            "  return accumulator < 0 ? -(int32_t)size : (int32_t)size;",
            "}",
            "",
        )
    )


wrong(
    "worst_sums",
    "in int8",
    {
        "layer.weights.astype(np.int64), layer": "layer.weights, layer",
        "np.maximum(weights, 0).sum(axis=1), np.minimum(weights, 0).sum(axis=1)": "np.maximum(weights, 0).sum(axis=1, dtype=np.int8), np.minimum(weights, 0).sum(axis=1, dtype=np.int8)",
    },
)

wrong(
    "worst_sums",
    "forgets the input's zero point",
    {"(end - layer.input_zero for end in (-128, 127))": "-128, 127"},
)

wrong(
    "worst_sums",
    "forgets the bias",
    {
        "return bias + positive * low + negative * high, bias + positive * high + negative * low": "return positive * low + negative * high, positive * high + negative * low"
    },
)

wrong(
    "worst_sums",
    "all inputs equal",
    {
        "return bias + positive * low + negative * high, bias + positive * high + negative * low": "return bias + (positive + negative) * low, bias + (positive + negative) * high"
    },
)

wrong(
    "worst_sums",
    "a symmetric bound from absolute values",
    {
        "return bias + positive * low + negative * high, bias + positive * high + negative * low": "most = (positive - negative) * max(-low, high)\n    return bias - most, bias + most"
    },
)


@right("worst_sums", "picks the end of the range for each weight")
def _():
    def worst_sums(layer):
        w = layer.weights.astype(int)
        best = np.where(w > 0, 127, -128) - layer.input_zero
        worst = np.where(w > 0, -128, 127) - layer.input_zero
        return (w * worst).sum(1) + layer.bias, (w * best).sum(1) + layer.bias
