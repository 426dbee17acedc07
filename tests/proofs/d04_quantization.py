"""Proofs for d04_quantization: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong("quantization_prediction", "shares, not per cent", {'"int8": 96.0': '"int8": 0.96'})

wrong("quantization_prediction", "leaves a name out", {', "int3_layer": 80.0': ""})

wrong("quantization_prediction", "kilobytes", {"3784 + 34 * 9": "4.09"})

wrong("quantization_prediction", "text", {'"int4": 95.0': '"int4": "95 %"'})


@right("quantization_prediction", "other numbers")
def _():
    prediction = dict(int8=90, int4=70, int3_channel=50, int3_layer=20, bytes=15_000)


wrong(
    "fold_norm",
    "eps outside of the root",
    {"np.sqrt(norm.variance + norm.eps)": "(np.sqrt(norm.variance) + norm.eps)"},
)

wrong("fold_norm", "the gain meets the inputs", {"layer.weights * columns": "layer.weights * gain"})

wrong(
    "fold_norm",
    "the bias without the gain",
    {"(layer.bias - norm.mean) * gain": "(layer.bias - norm.mean)"},
)

wrong("fold_norm", "forgets the mean", {"(layer.bias - norm.mean)": "layer.bias"})

wrong(
    "fold_norm",
    "divides by the variance",
    {"np.sqrt(norm.variance + norm.eps)": "(norm.variance + norm.eps)"},
)

wrong(
    "fold_norm",
    "beta before the gain",
    {"(layer.bias - norm.mean) * gain + norm.beta": "(layer.bias - norm.mean + norm.beta) * gain"},
)


@wrong("fold_norm", "changes the layer's own weights")
def _():
    def folded(layer):
        norm, weights, bias = layer.norm, layer.weights, layer.bias
        if norm is not None:
            gain = norm.gamma / np.sqrt(norm.variance + norm.eps)
            weights *= gain.reshape((-1,) + (1,) * (weights.ndim - 1))
            bias = (bias - norm.mean) * gain + norm.beta
        return weights, bias


@right("fold_norm", "channel by channel")
def _():
    def folded(layer):
        weights, bias = np.array(layer.weights), np.array(layer.bias)
        if layer.norm is not None:
            for k in range(len(bias)):
                deviation = (layer.norm.variance[k] + layer.norm.eps) ** 0.5
                weights[k] = layer.norm.gamma[k] * weights[k] / deviation
                bias[k] = layer.norm.gamma[k] * (bias[k] - layer.norm.mean[k]) / deviation
                bias[k] += layer.norm.beta[k]
        return weights, bias


wrong("weight_steps", "the largest with its sign", {"np.abs(rows).max(axis=1)": "rows.max(axis=1)"})

wrong("weight_steps", "128 and 8 at the top", {"2 ** (bits - 1) - 1": "2 ** (bits - 1)"})

wrong(
    "weight_steps",
    "divides by a step of 0",
    {"np.where(largest > 0, largest / top, 1.0)": "largest / top"},
)

wrong(
    "weight_steps",
    "truncates",
    {"np.rint(rows / steps[:, None])": "np.trunc(rows / steps[:, None])"},
)

wrong("weight_steps", "a step for each layer, always", {"if not per_channel:": "if True:"})

wrong("weight_steps", "always a step for each channel", {"if not per_channel:": "if False:"})


@wrong("weight_steps", "one number where all steps are the same")
def _():
    def weight_steps(weights, bits=8, per_channel=True):
        top = 2 ** (bits - 1) - 1
        axes = tuple(range(1, weights.ndim)) if per_channel else None
        steps = np.abs(weights).max(axis=axes) / top
        steps = np.where(steps > 0, steps, 1.0)
        wide = steps.reshape((-1,) + (1,) * (weights.ndim - 1))
        return np.clip(np.rint(weights / wide), -top, top).astype(np.int8), steps


@wrong("weight_steps", "outputs are the last axis")
def _():
    def weight_steps(weights, bits=8, per_channel=True):
        top = 2 ** (bits - 1) - 1
        largest = np.abs(weights).reshape(-1, weights.shape[-1]).max(axis=0)
        if not per_channel:
            largest = np.full(weights.shape[-1], largest.max())
        steps = np.where(largest > 0, largest / top, 1.0)
        return np.clip(np.rint(weights / steps), -top, top).astype(np.int8), steps


@right("weight_steps", "row by row")
def _():
    def weight_steps(weights, bits=8, per_channel=True):
        top, whole = 2 ** (bits - 1) - 1, np.max(np.abs(weights))
        q, steps = np.zeros(weights.shape, np.int8), []
        for k, row in enumerate(weights):
            largest = np.max(np.abs(row)) if per_channel else whole
            steps.append(float(largest) / top or 1.0)
            q[k] = np.round(row / steps[-1]).astype(int)
        return q, np.array(steps)


wrong(
    "int8_range",
    "does not widen to 0",
    {
        "min(float(np.percentile(values, 100 - keep)), 0.0)": "float(np.percentile(values, 100 - keep))"
    },
)

wrong(
    "int8_range",
    "widens down only",
    {"max(float(np.percentile(values, keep)), 0.0)": "float(np.percentile(values, keep))"},
)

wrong(
    "int8_range",
    "a zero point between the steps",
    {"round(-128 - low / step)": "-128 - low / step"},
)

wrong(
    "int8_range",
    "takes the whole range",
    {"100 - keep": "0", "percentile(values, keep)": "percentile(values, 100)"},
)

wrong(
    "int8_range",
    "symmetric, as for weights",
    {"round(-128 - low / step)": "0", "(high - low) / 255": "max(high, -low) / 127"},
)

wrong("int8_range", "cuts off above only", {"100 - keep": "0"})

wrong(
    "int8_range",
    "a range of unsigned bytes",
    {"-128 - low": "0 - low", "max(-128, min(127, ": "max(0, min(255, "},
)

wrong("int8_range", "divides by 0 where all is 0", {" or 1.0": ""})

right(
    "int8_range",
    "from the high end",
    {"round(-128 - low / step)": "int(np.rint(127 - high / step))"},
)


@right("int8_range", "both percentiles at once")
def _():
    def int8_range(values, keep=100.0):
        low, high = np.percentile(np.append(np.ravel(values), []), [100 - keep, keep])
        low, high = min(0.0, low), max(0.0, high)
        if low == high:
            return 1.0, -128
        step = float(high - low) / 255
        return step, int(np.clip(np.rint(-low / step) - 128, -128, 127))


wrong("integer_factors", "a multiplier of 2**31", {"if multiplier == 2**31:": "if False:"})


@wrong("integer_factors", "looks at the shift before it rounds")
def _():
    def integer_bias(bias, input_step, steps):
        whole = np.rint(bias / (input_step * steps))
        if np.abs(whole).max(initial=0) >= 2**31:
            raise ValueError("too large")
        return whole.astype(np.int32)

    def fixed_point(ratio):
        if not 2**-32 <= ratio < 1:
            raise ValueError("out of range")
        mantissa, exponent = frexp(ratio)
        multiplier = round(mantissa * 2**31)
        if multiplier == 2**31:
            multiplier, exponent = 2**30, exponent + 1
        return multiplier, -exponent


wrong(
    "integer_factors",
    "returns any shift",
    {"if ratio <= 0 or not 0 <= -exponent <= 31:": "if ratio <= 0:"},
)

wrong(
    "integer_factors",
    "cuts the multiplier off",
    {"round(mantissa * 2**31)": "int(mantissa * 2**31)"},
)

wrong(
    "integer_factors",
    "holds the shift at 31",
    {
        "not 0 <= -exponent <= 31": "-exponent < 0",
        "return multiplier, -exponent": "return multiplier, min(-exponent, 31)",
    },
)

wrong("integer_factors", "a bias in units of the input", {"(input_step * steps)": "input_step"})

wrong("integer_factors", "wraps a large bias round", {">= 2**31:": ">= 2**63:"})

wrong(
    "integer_factors",
    "looks at the positive side only",
    {"np.abs(whole).max(initial=0) >= 2**31": "whole.max(initial=0) >= 2**31"},
)


@right("integer_factors", "doubles until the multiplier is large enough")
def _():
    def integer_bias(bias, input_step, steps):
        units = [round(float(b) / (input_step * float(s))) for b, s in zip(bias, steps)]
        if any(not -(2**31) < unit < 2**31 for unit in units):
            raise ValueError("a bias does not fit")
        return np.array(units, np.int32)

    def fixed_point(ratio):
        if not 0 < ratio < 1:
            raise ValueError("not between 0 and 1")
        shift = 0
        while ratio < 0.5:
            ratio, shift = 2 * ratio, shift + 1
        multiplier = round(ratio * 2**31)
        if multiplier == 2**31:
            multiplier, shift = 2**30, shift - 1
        if shift < 0 or shift > 31:
            raise ValueError("no such shift")
        return multiplier, shift


wrong(
    "export_layer",
    "rounds before it folds",
    {"weight_steps(weights)": "weight_steps(layer.weights)"},
)

wrong("export_layer", "a ReLU has no limit", {"output_zero if layer.relu else -128": "-128"})

wrong(
    "export_layer",
    "a ReLU stops at the integer 0",
    {"output_zero if layer.relu": "0 if layer.relu"},
)

wrong(
    "export_layer",
    "a limit also without a ReLU",
    {"output_zero if layer.relu else -128": "output_zero"},
)

wrong(
    "export_layer",
    "the ratio upside down",
    {"input_step * step / output_step": "output_step / (input_step * step)"},
)

wrong(
    "export_layer",
    "the zero points change places",
    {
        '"input_zero": input_zero': '"input_zero": output_zero',
        '"output_zero": output_zero': '"output_zero": input_zero',
    },
)

wrong(
    "export_layer",
    "a step for the layer",
    {"weight_steps(weights)": "weight_steps(weights, per_channel=False)"},
)

wrong("export_layer", "the bias before folding", {"integer_bias(bias,": "integer_bias(layer.bias,"})

wrong("export_layer", "forgets the stride", {", stride=layer.stride": ""})

wrong("export_layer", "forgets the output's step", {" / output_step": ""})


@right("export_layer", "argument by argument")
def _():
    def export_layer(layer, input_range, output_range):
        weights, bias = folded(layer)
        q, steps = weight_steps(weights, 8, True)
        pairs = np.array(
            [fixed_point(input_range[0] * float(s) / output_range[0]) for s in steps], np.int64
        )
        low = output_range[1] if layer.relu else -128
        rest = (
            q,
            integer_bias(bias, input_range[0], steps),
            pairs[:, 0].astype(np.int32),
            pairs[:, 1].astype(np.int8),
            input_range[1],
            output_range[1],
        )
        if q.ndim == 4:
            return Conv2d(*rest, stride=layer.stride, padding=layer.padding, low=low)
        return Dense(*rest, low=low)
