"""Proofs for 02_activations: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "sigmoid",
    "one formula for both sides, so exp overflows on the left",
    {"np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))": "1 / (1 + np.exp(-x))"},
)

wrong(
    "sigmoid",
    "the other formula for both sides: infinity over infinity",
    {"np.minimum(x, 0)": "x", "-np.abs(x)": "x"},
)

wrong(
    "sigmoid",
    "through tanh, which rounds the left tail to 0",
    {"np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))": "0.5 * (1 + np.tanh(0.5 * x))"},
)

wrong(
    "sigmoid",
    "clips the input, so the ends are not 0 and 1",
    {"as_float(x)": "np.clip(as_float(x), -30, 30)"},
)

wrong(
    "sigmoid",
    "computes in float64 and returns it",
    {"as_float(x)": "np.asarray(x, dtype=np.float64)"},
)

wrong("sigmoid", "takes abs and exp of int8", {"x = as_float(x)": ""})

wrong(
    "sigmoid",
    "applies the sigmoid to the output once more",
    {"return gradient": "output = SigmoidFunction.forward(output)\n        return gradient"},
)

wrong(
    "sigmoid",
    "the slope from x, with exponentials of its own",
    {"output * (1 - output)": "np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2"},
)

wrong(
    "sigmoid",
    "multiplies into the gradient it was given",
    {
        "return gradient * output * (1 - output)": "gradient *= output * (1 - output)\n        return gradient"
    },
)

wrong("sigmoid", "negates the input in place", {"np.abs(x)": "np.abs(x, out=x)"})

right(
    "sigmoid",
    "one logaddexp",
    {
        "np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))": "np.exp(-np.logaddexp(0, -x))",
        "output * (1 - output)": "(output - output**2)",
    },
)


@right("sigmoid", "fills the two sides through masks")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = np.asarray(as_float(x))
            out = np.empty_like(x)
            left = x < 0
            e = np.exp(x[left])
            out[left] = e / (1 + e)
            out[~left] = 1 / (1 + np.exp(-x[~left]))
            return out

        @staticmethod
        def backward(gradient, output, x):
            return (1 - output) * output * gradient


wrong(
    "relu",
    "multiplies by a mask, and minus infinity times 0 is NaN",
    {"np.maximum(x, 0)": "x * (x > 0)"},
)

wrong("relu", "swallows NaN", {"np.maximum(x, 0)": "np.where(x > 0, x, 0)"})

wrong("relu", "writes the zeros into its input", {"np.maximum(x, 0)": "np.maximum(x, 0, out=x)"})

wrong(
    "relu",
    "writes the zeros into the gradient",
    {"return gradient * (output > 0)": "gradient[output <= 0] = 0\n        return gradient"},
)

wrong("relu", "slope 1 at 0", {"output > 0": "x >= 0"})

wrong(
    "relu",
    "returns the slope without what came from above",
    {"gradient * (output > 0)": "(output > 0).astype(gradient.dtype)"},
)

wrong(
    "relu",
    "bends the gradient instead of asking x",
    {"gradient * (output > 0)": "np.maximum(gradient, 0) * (output > 0)"},
)

wrong("relu", "makes floats of integers", {"np.maximum(x, 0)": "np.maximum(as_float(x), 0)"})

wrong("relu", "a float64 array for the slope", {"(output > 0)": "np.where(output > 0, 1.0, 0.0)"})

right(
    "relu",
    "where, with NaN on the side that stays",
    {
        "np.maximum(x, 0)": "np.where(x < 0, 0, x)",
        "gradient * (output > 0)": "np.where(x > 0, gradient, 0)",
    },
)


@right("relu", "clip, and a copy with zeros written into it")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.clip(x, 0, None)

        @staticmethod
        def backward(gradient, output, x):
            result = np.array(gradient)
            result[np.asarray(x) <= 0] = 0
            return result


wrong("tanh_gradient", "takes x for the output", {"output * output": "x * x"})

wrong(
    "tanh_gradient",
    "applies tanh to the output once more",
    {"output * output": "np.tanh(output) ** 2"},
)

wrong(
    "tanh_gradient",
    "uses the slope of the sigmoid",
    {"gradient * (1 - output * output)": "gradient * output * (1 - output)"},
)

wrong(
    "tanh_gradient",
    "forgets what came from above",
    {"gradient * (1 - output * output)": "1 - output * output"},
)

wrong(
    "tanh_gradient",
    "squares the output in place",
    {
        "return gradient * (1 - output * output)": "output *= output\n        return gradient * (1 - output)"
    },
)

wrong(
    "tanh_gradient",
    "multiplies into the gradient it was given",
    {
        "return gradient * (1 - output * output)": "gradient *= 1 - output * output\n        return gradient"
    },
)

wrong("tanh_gradient", "computes tanh of x again", {"output * output": "np.tanh(x) ** 2"})

right(
    "tanh_gradient",
    "two factors",
    {"gradient * (1 - output * output)": "(1 + output) * (1 - output) * gradient"},
)

right(
    "tanh_gradient",
    "gradient minus its share",
    {"gradient * (1 - output * output)": "gradient - gradient * np.square(output)"},
)


@wrong("gelu", "the sigmoid approximation")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            return x * SigmoidFunction.forward(1.702 * x)

        @staticmethod
        def backward(gradient, output, x):
            s = SigmoidFunction.forward(1.702 * x)
            near = np.clip(x, -60, 60)
            return gradient * (s + 1.702 * near * s * (1 - s))


@wrong("gelu", "the exact normal distribution")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            erf = np.vectorize(math.erf, otypes=[x.dtype])
            return (0.5 * x * (1 + erf(x / math.sqrt(2)))).astype(x.dtype)

        @staticmethod
        def backward(gradient, output, x):
            erf = np.vectorize(math.erf, otypes=[x.dtype])
            near = np.clip(x, -14, 14)
            density = np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi)
            return gradient * (0.5 * (1 + erf(near / math.sqrt(2))) + near * density)


wrong(
    "gelu",
    "backward forgets the second term of the product rule",
    {" + near * (1 - bent * bent) * steepness": ""},
)

wrong("gelu", "the inner slope without its factor 3", {"3 * GELU_CUBIC": "GELU_CUBIC"})

wrong(
    "gelu",
    "lets the square overflow, and 0 times infinity is NaN",
    {"square = near * near": "square = x * x"},
)

wrong(
    "gelu",
    "clamps x everywhere, so the right tail ends at 10",
    {"as_float(x)": "np.clip(as_float(x), -10, 10)"},
)

wrong(
    "gelu",
    "clamps too early: the tails are not exact",
    {
        "np.clip(x, -10, 10)\n        u = ": "np.clip(x, -3, 3)\n        u = ",
        "np.clip(x, -10, 10)": "np.clip(x, -3, 3)",
    },
)

wrong(
    "gelu",
    "a float64 constant makes everything float64",
    {
        "u = GELU_SCALE": "u = np.sqrt(2 / np.pi)",
        "np.tanh(GELU_SCALE": "np.tanh(np.sqrt(2 / np.pi)",
        "steepness = GELU_SCALE": "steepness = np.sqrt(2 / np.pi)",
    },
)

wrong(
    "gelu",
    "cubes int8",
    {
        "x = as_float(x)": "",
        "near * (1 + GELU_CUBIC * near * near)": "(near + GELU_CUBIC * near**3)",
    },
)


@right("gelu", "as x times the sigmoid of 2u")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            near = np.clip(x, -60, 60)
            twice = 2 * GELU_SCALE * (near + GELU_CUBIC * near**3)
            return x * SigmoidFunction.forward(twice)

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(as_float(x), -60, 60)
            s = SigmoidFunction.forward(2 * GELU_SCALE * (near + GELU_CUBIC * near**3))
            inner = 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * near**2)
            return gradient * (s + near * s * (1 - s) * inner)


@right("gelu", "computes the middle and writes the tails over it")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            z = np.where(np.abs(x) > 10, 0, x)
            middle = 0.5 * z * (1 + np.tanh(GELU_SCALE * (z + GELU_CUBIC * z**3)))
            return np.where(x > 10, x, np.where(x < -10, 0, middle))

        @staticmethod
        def backward(gradient, output, x):
            z = np.where(np.abs(x) > 10, 0, x)
            t = np.tanh(GELU_SCALE * (z + GELU_CUBIC * z**3))
            slope = 0.5 * (1 + t)
            slope = slope + 0.5 * z * (1 - t**2) * GELU_SCALE * (1 + 3 * GELU_CUBIC * z**2)
            return gradient * np.where(x > 10, 1, np.where(x < -10, 0, slope))


wrong("softmax", "no shift: large scores overflow", {" - x.max(axis=dim, keepdims=True)": ""})

wrong(
    "softmax",
    "one shift for the whole array, so a low row is 0/0",
    {"x.max(axis=dim, keepdims=True)": "x.max(initial=-np.inf)"},
)

wrong(
    "softmax",
    "always along the last dimension",
    {"x.max(axis=dim": "x.max(axis=-1", "powers.sum(axis=dim": "powers.sum(axis=-1"},
)

wrong(
    "softmax", "normalises over everything", {"powers.sum(axis=dim, keepdims=True)": "powers.sum()"}
)

wrong(
    "softmax",
    "forgets keepdims, so the largest scores go to the wrong rows",
    {
        "x.max(axis=dim, keepdims=True)": "x.max(axis=dim)",
        "powers.sum(axis=dim, keepdims=True)": "powers.sum(axis=dim)",
    },
)

wrong(
    "softmax",
    "subtracts in place",
    {
        "powers = np.exp(x - x.max(axis=dim, keepdims=True))": "x -= x.max(axis=dim, keepdims=True)\n    powers = np.exp(x)"
    },
)

wrong(
    "softmax",
    "subtracts int8, which wraps around",
    {
        "x = as_float(x)": "",
        "x - x.max(axis=dim, keepdims=True)": "as_float(x - x.max(axis=dim, keepdims=True))",
    },
)

wrong("softmax", "shifts by the mean, which -inf pulls along", {"x.max(": "x.mean("})

wrong(
    "softmax",
    "a little added to the sum, so a row is not quite 1",
    {"powers.sum(axis=dim, keepdims=True)": "(powers.sum(axis=dim, keepdims=True) + 1e-3)"},
)

wrong("softmax", "returns float64", {"as_float(x)": "np.array(x, dtype=np.float64)"})


@right("softmax", "exp of the scores minus their logsumexp")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        x = x - x.max(axis=dim, keepdims=True)
        return np.exp(x - np.log(np.exp(x).sum(axis=dim, keepdims=True)))


@right("softmax", "moves the dimension to the end, and works on a copy in place")
def _():
    def stable_softmax(x, dim=-1):
        e = np.moveaxis(np.array(as_float(x)), dim, -1)
        e -= e.max(axis=-1)[..., None]
        np.exp(e, out=e)
        e /= e.sum(axis=-1)[..., None]
        return np.moveaxis(e, -1, dim)


wrong(
    "softmax_gradient",
    "only the diagonal of the Jacobian",
    {"output * (gradient - mean)": "gradient * output * (1 - output)"},
)

wrong(
    "softmax_gradient",
    "the plain sum, not weighted by the probabilities",
    {"np.sum(gradient * output": "np.sum(gradient"},
)

wrong(
    "softmax_gradient",
    "the plain mean, not weighted by the probabilities",
    {"np.sum(gradient * output": "np.mean(gradient"},
)

wrong("softmax_gradient", "always along the last dimension", {"axis=dim": "axis=-1"})

wrong("softmax_gradient", "one mean for the whole array", {", axis=dim, keepdims=True": ""})

wrong(
    "softmax_gradient",
    "forgets the output in the second term",
    {"output * (gradient - mean)": "gradient * output - mean"},
)

wrong("softmax_gradient", "the sign of descent", {"gradient - mean": "mean - gradient"})

wrong(
    "softmax_gradient",
    "subtracts the mean from the gradient in place",
    {"return output * (gradient - mean)": "gradient -= mean\n    return output * gradient"},
)

right(
    "softmax_gradient",
    "two terms",
    {"output * (gradient - mean)": "gradient * output - output * mean"},
)


@right("softmax_gradient", "einsum for the mean")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        g, p = np.moveaxis(gradient, dim, -1), np.moveaxis(output, dim, -1)
        mean = np.einsum("...i,...i->...", g, p)
        return np.moveaxis(p * (g - mean[..., None]), -1, dim)


wrong("elementwise_seconds", "forgets that results are written", {"read + written": "read"})

wrong(
    "elementwise_seconds",
    "as if the chain were one loop: one read, one write",
    {"sum(read + written for read, written in operations)": "2 * bool(operations)"},
)

wrong(
    "elementwise_seconds",
    "counts operations, not arrays",
    {"sum(read + written for read, written in operations)": "2 * len(operations)"},
)

wrong("elementwise_seconds", "always 4 bytes a number", {"itemsize * elements": "4 * elements"})

wrong(
    "elementwise_seconds",
    "takes the bandwidth for bits",
    {"itemsize * elements": "8 * itemsize * elements"},
)

wrong(
    "elementwise_seconds",
    "as if reading and writing went on at once",
    {"read + written": "max(read, written)"},
)


@right("elementwise_seconds", "adds the time of each operation")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        seconds = 0.0
        for read, written in operations:
            seconds += (read + written) * elements * itemsize / bytes_per_s
        return seconds


right(
    "elementwise_seconds",
    "sums both columns with NumPy",
    {"sum(read + written for read, written in operations)": "float(np.sum(operations))"},
)
