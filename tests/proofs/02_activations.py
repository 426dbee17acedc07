"""Proofs for 02_activations: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("sigmoid", "one formula for both sides, so exp overflows on the left")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            return 1 / (1 + np.exp(-as_float(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "the other formula for both sides: infinity over infinity")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            e = np.exp(as_float(x))
            return e / (1 + e)

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "through tanh, which rounds the left tail to 0")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            return 0.5 * (1 + np.tanh(0.5 * as_float(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "clips the input, so the ends are not 0 and 1")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            return 1 / (1 + np.exp(-np.clip(as_float(x), -30, 30)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "computes in float64 and returns it")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = np.asarray(x, dtype=np.float64)
            return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "takes abs and exp of int8")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("sigmoid", "applies the sigmoid to the output once more")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

        @staticmethod
        def backward(gradient, output, x):
            again = SigmoidFunction.forward(output)
            return gradient * again * (1 - again)


@wrong("sigmoid", "the slope from x, with exponentials of its own")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2


@wrong("sigmoid", "multiplies into the gradient it was given")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))

        @staticmethod
        def backward(gradient, output, x):
            gradient *= output * (1 - output)
            return gradient


@wrong("sigmoid", "negates the input in place")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            result = np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))
            np.abs(x, out=x)
            return result

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@right("sigmoid", "one logaddexp")
def _():
    class SigmoidFunction(Function):
        @staticmethod
        def forward(x):
            return np.exp(-np.logaddexp(0, -as_float(x)))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (output - output**2)


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


@wrong("relu", "multiplies by a mask, and minus infinity times 0 is NaN")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return x * (x > 0)

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (x > 0)


@wrong("relu", "swallows NaN")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.where(x > 0, x, 0)

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (x > 0)


@wrong("relu", "writes the zeros into its input")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            x[x < 0] = 0
            return x

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (x > 0)


@wrong("relu", "writes the zeros into the gradient")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(x, 0)

        @staticmethod
        def backward(gradient, output, x):
            gradient[x <= 0] = 0
            return gradient


@wrong("relu", "slope 1 at 0")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(x, 0)

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (x >= 0)


@wrong("relu", "returns the slope without what came from above")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(x, 0)

        @staticmethod
        def backward(gradient, output, x):
            return (x > 0).astype(gradient.dtype)


@wrong("relu", "bends the gradient instead of asking x")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(x, 0)

        @staticmethod
        def backward(gradient, output, x):
            return np.maximum(gradient, 0) * (x > 0)


@wrong("relu", "makes floats of integers")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(as_float(x), 0)

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (x > 0)


@wrong("relu", "a float64 array for the slope")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.maximum(x, 0)

        @staticmethod
        def backward(gradient, output, x):
            slope = np.zeros(x.shape)
            slope[x > 0] = 1
            return gradient * slope


@right("relu", "where, with NaN on the side that stays")
def _():
    class ReLUFunction(Function):
        @staticmethod
        def forward(x):
            return np.where(x < 0, 0, x)

        @staticmethod
        def backward(gradient, output, x):
            return np.where(x > 0, gradient, 0)


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


@wrong("tanh_gradient", "takes x for the output")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (1 - x * x)


@wrong("tanh_gradient", "applies tanh to the output once more")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (1 - np.tanh(output) ** 2)


@wrong("tanh_gradient", "uses the slope of the sigmoid")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * output * (1 - output)


@wrong("tanh_gradient", "forgets what came from above")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return 1 - output * output


@wrong("tanh_gradient", "squares the output in place")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            output *= output
            return gradient * (1 - output)


@wrong("tanh_gradient", "multiplies into the gradient it was given")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            gradient *= 1 - output * output
            return gradient


@wrong("tanh_gradient", "computes tanh of x again")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return gradient * (1 - np.tanh(x) ** 2)


@right("tanh_gradient", "two factors")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            return (1 + output) * (1 - output) * gradient


@right("tanh_gradient", "gradient minus its share")
def _():
    class TanhFunction(Function):
        @staticmethod
        def forward(x):
            return np.tanh(as_float(x))

        @staticmethod
        def backward(gradient, output, x):
            slope = np.square(output)
            return gradient - gradient * slope


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


@wrong("gelu", "backward forgets the second term of the product rule")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            near = np.clip(x, -10, 10)
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3)))

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(x, -10, 10)
            return gradient * 0.5 * (1 + np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3)))


@wrong("gelu", "the inner slope without its factor 3")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            near = np.clip(x, -10, 10)
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3)))

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(x, -10, 10)
            t = np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3))
            inner = GELU_SCALE * (1 + GELU_CUBIC * near**2)
            return gradient * (0.5 * (1 + t) + 0.5 * near * (1 - t * t) * inner)


@wrong("gelu", "lets the square overflow, and 0 times infinity is NaN")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3)))

        @staticmethod
        def backward(gradient, output, x):
            t = np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3))
            inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * x**2)
            return gradient * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)


@wrong("gelu", "clamps x everywhere, so the right tail ends at 10")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = np.clip(as_float(x), -10, 10)
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3)))

        @staticmethod
        def backward(gradient, output, x):
            x = np.clip(x, -10, 10)
            t = np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3))
            inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * x**2)
            return gradient * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)


@wrong("gelu", "clamps too early: the tails are not exact")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            near = np.clip(x, -3, 3)
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3)))

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(x, -3, 3)
            t = np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3))
            inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * near**2)
            return gradient * (0.5 * (1 + t) + 0.5 * near * (1 - t * t) * inner)


@wrong("gelu", "a float64 constant makes everything float64")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            x = as_float(x)
            near = np.clip(x, -10, 10)
            return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (near + GELU_CUBIC * near**3)))

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(x, -10, 10)
            t = np.tanh(np.sqrt(2 / np.pi) * (near + GELU_CUBIC * near**3))
            inner = np.sqrt(2 / np.pi) * (1 + 3 * GELU_CUBIC * near**2)
            return gradient * (0.5 * (1 + t) + 0.5 * near * (1 - t * t) * inner)


@wrong("gelu", "cubes int8")
def _():
    class GELUFunction(Function):
        @staticmethod
        def forward(x):
            return 0.5 * x * (1 + np.tanh(GELU_SCALE * (x + GELU_CUBIC * (x * x * x))))

        @staticmethod
        def backward(gradient, output, x):
            near = np.clip(x, -10, 10)
            t = np.tanh(GELU_SCALE * (near + GELU_CUBIC * near**3))
            inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * near**2)
            return gradient * (0.5 * (1 + t) + 0.5 * near * (1 - t * t) * inner)


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


@wrong("softmax", "no shift: large scores overflow")
def _():
    def stable_softmax(x, dim=-1):
        e = np.exp(as_float(x))
        return e / e.sum(axis=dim, keepdims=True)


@wrong("softmax", "one shift for the whole array, so a low row is 0/0")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - x.max()) if x.size else x
        return e / e.sum(axis=dim, keepdims=True)


@wrong("softmax", "always along the last dimension")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


@wrong("softmax", "normalises over everything")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - x.max(axis=dim, keepdims=True))
        return e / e.sum()


@wrong("softmax", "forgets keepdims, so the largest scores go to the wrong rows")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - x.max(axis=dim))
        return e / e.sum(axis=dim)


@wrong("softmax", "subtracts in place")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        x -= x.max(axis=dim, keepdims=True)
        e = np.exp(x)
        return e / e.sum(axis=dim, keepdims=True)


@wrong("softmax", "subtracts int8, which wraps around")
def _():
    def stable_softmax(x, dim=-1):
        e = np.exp(as_float(x - np.max(x, axis=dim, keepdims=True)))
        return e / e.sum(axis=dim, keepdims=True)


@wrong("softmax", "shifts by the mean, which -inf pulls along")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - x.mean(axis=dim, keepdims=True))
        return e / e.sum(axis=dim, keepdims=True)


@wrong("softmax", "a little added to the sum, so a row is not quite 1")
def _():
    def stable_softmax(x, dim=-1):
        x = as_float(x)
        e = np.exp(x - np.max(x, axis=dim, keepdims=True))
        return e / (e.sum(axis=dim, keepdims=True) + 1e-3)


@wrong("softmax", "returns float64")
def _():
    def stable_softmax(x, dim=-1):
        x = np.array(x, dtype=np.float64)
        e = np.exp(x - x.max(axis=dim, keepdims=True))
        return e / e.sum(axis=dim, keepdims=True)


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


@wrong("softmax_gradient", "only the diagonal of the Jacobian")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return gradient * output * (1 - output)


@wrong("softmax_gradient", "the plain sum, not weighted by the probabilities")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return output * (gradient - gradient.sum(axis=dim, keepdims=True))


@wrong("softmax_gradient", "the plain mean, not weighted by the probabilities")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return output * (gradient - gradient.mean(axis=dim, keepdims=True))


@wrong("softmax_gradient", "always along the last dimension")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return output * (gradient - (gradient * output).sum(axis=-1, keepdims=True))


@wrong("softmax_gradient", "one mean for the whole array")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return output * (gradient - (gradient * output).sum())


@wrong("softmax_gradient", "forgets the output in the second term")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return gradient * output - (gradient * output).sum(axis=dim, keepdims=True)


@wrong("softmax_gradient", "the sign of descent")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        return output * ((gradient * output).sum(axis=dim, keepdims=True) - gradient)


@wrong("softmax_gradient", "subtracts the mean from the gradient in place")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        gradient -= (gradient * output).sum(axis=dim, keepdims=True)
        return output * gradient


@right("softmax_gradient", "two terms")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        weighted = gradient * output
        return weighted - output * weighted.sum(axis=dim, keepdims=True)


@right("softmax_gradient", "einsum for the mean")
def _():
    def softmax_gradient(gradient, output, dim=-1):
        g, p = np.moveaxis(gradient, dim, -1), np.moveaxis(output, dim, -1)
        mean = np.einsum("...i,...i->...", g, p)
        return np.moveaxis(p * (g - mean[..., None]), -1, dim)


@wrong("elementwise_seconds", "forgets that results are written")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return itemsize * elements * sum(read for read, _ in operations) / bytes_per_s


@wrong("elementwise_seconds", "as if the chain were one loop: one read, one write")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return itemsize * elements * 2 * bool(operations) / bytes_per_s


@wrong("elementwise_seconds", "counts operations, not arrays")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return itemsize * elements * 2 * len(operations) / bytes_per_s


@wrong("elementwise_seconds", "always 4 bytes a number")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return 4 * elements * sum(r + w for r, w in operations) / bytes_per_s


@wrong("elementwise_seconds", "takes the bandwidth for bits")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return 8 * itemsize * elements * sum(r + w for r, w in operations) / bytes_per_s


@wrong("elementwise_seconds", "as if reading and writing went on at once")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return itemsize * elements * sum(max(pair) for pair in operations) / bytes_per_s


@right("elementwise_seconds", "adds the time of each operation")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        seconds = 0.0
        for read, written in operations:
            seconds += (read + written) * elements * itemsize / bytes_per_s
        return seconds


@right("elementwise_seconds", "sums both columns with NumPy")
def _():
    def elementwise_seconds(elements, operations, bytes_per_s, itemsize=4):
        return float(np.sum(operations)) * itemsize * elements / bytes_per_s
