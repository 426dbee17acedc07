"""Proofs for 04_losses: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "log_softmax",
    "takes the logarithm of the softmax, which rounds to 0",
    {
        "shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))": "np.log(SoftmaxFunction.forward(x, dim))"
    },
)

wrong(
    "log_softmax",
    "adds a small number inside the logarithm",
    {
        "shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))": "np.log(SoftmaxFunction.forward(x, dim) + 1e-12)"
    },
)

wrong(
    "log_softmax",
    "subtracts the largest of all numbers, not of each row",
    {"x.max(axis=dim, keepdims=True)": "x.max(initial=-np.inf)"},
)

wrong(
    "log_softmax",
    "subtracts the maximum in the sum and forgets it outside",
    {"return shifted": "return x"},
)

wrong(
    "log_softmax",
    "ignores dim",
    {
        "x.max(axis=dim": "x.max(axis=-1",
        "np.exp(shifted).sum(axis=dim": "np.exp(shifted).sum(axis=-1",
        "gradient.sum(axis=dim": "gradient.sum(axis=-1",
    },
)

wrong(
    "log_softmax",
    "shifts the caller's array",
    {"shifted = x - ": "shifted = x\n        shifted -= "},
)

wrong(
    "log_softmax",
    "computes in float64 to be safe, and returns it",
    {"shifted = x -": "shifted = x.astype(np.float64) -"},
)

wrong(
    "log_softmax",
    "takes only the diagonal of the derivative",
    {"gradient.sum(axis=dim, keepdims=True)": "gradient"},
)

wrong(
    "log_softmax",
    "exponentiates the logits in backward, which overflows",
    {"np.exp(output)": "np.exp(x) / np.exp(x).sum(axis=dim, keepdims=True)"},
)

wrong(
    "log_softmax",
    "replaces -inf by a large number, so that the mask is lost",
    {"shifted = x -": "shifted = np.nan_to_num(x, neginf=-1e9) -"},
)


@right("log_softmax", "subtracts the log-sum-exp in one go, and writes the gradient in place")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            top = x.max(axis=dim, keepdims=True)
            return x - (top + np.log(np.exp(x - top).sum(axis=dim, keepdims=True)))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            slope = np.exp(output)
            slope *= -gradient.sum(axis=dim, keepdims=True)
            slope += gradient
            return slope


@right("log_softmax", "moves the dimension to the end and back")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            rows = np.moveaxis(x, dim, -1)
            rows = rows - np.amax(rows, axis=-1)[..., None]
            rows -= np.log(np.add.reduce(np.exp(rows), axis=-1))[..., None]
            return np.moveaxis(rows, -1, dim)

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            total = np.expand_dims(gradient.sum(axis=dim), dim)
            return gradient - total * np.exp(output)


wrong(
    "mse",
    "lets shapes broadcast",
    {
        "if prediction.shape != target.shape:": "try:\n        np.broadcast_shapes(prediction.shape, target.shape)\n    except ValueError:"
    },
)

wrong(
    "mse",
    "compares sizes, not shapes",
    {"prediction.shape != target.shape": "prediction.size != target.size"},
)

wrong("mse", "forgets the factor 2", {"2 / prediction.size": "1 / prediction.size"})

wrong(
    "mse",
    "divides by the number of rows only",
    {
        "np.mean((prediction - target) ** 2)": "np.sum((prediction - target) ** 2) / len(prediction)",
        "2 / prediction.size": "2 / len(prediction)",
    },
)

wrong(
    "mse", "gives the target the slope of the prediction", {"(-slope if wrt else slope)": "slope"}
)

wrong(
    "mse",
    "ignores the slope of what comes after",
    {"gradient * (2 / prediction.size)": "(2 / prediction.size)"},
)

wrong("mse", "lets integer targets make float64", {".astype(prediction.dtype, copy=False)": ""})

wrong(
    "mse",
    "subtracts the target from the prediction in place",
    {
        "slope = gradient * (2 / prediction.size) * (prediction - target)": "prediction -= target.astype(prediction.dtype)\n        slope = gradient * (2 / prediction.size) * prediction"
    },
)


@right("mse", "adds squares with a dot product and divides at the end")
def _():
    def same_shape(prediction, target):
        a, b = np.shape(prediction), np.shape(target)
        if not (len(a) == len(b) and all(x == y for x, y in zip(a, b))):
            raise ValueError(f"a prediction of shape {a} needs a target of that shape, got {b}")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            off = np.ravel(prediction - target)
            return np.dot(off, off) / off.size

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            target = np.asarray(target, dtype=prediction.dtype)
            off = (target - prediction) if wrt == 1 else (prediction - target)
            return 2 * off * gradient / prediction.size


@right("mse", "multiplies by a sign")
def _():
    def same_shape(prediction, target):
        if prediction.shape == target.shape:
            return
        raise ValueError(f"shapes must agree: {prediction.shape}, {target.shape}")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.square(prediction - target).mean()

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            factor = (2, -2)[wrt] * gradient / prediction.size
            return ((prediction - target) * factor).astype(prediction.dtype)


wrong(
    "class_indices",
    "lets negative labels through",
    {"(index < 0) | (index >= shape[1])": "index >= shape[1]"},
)

wrong("class_indices", "takes C for a class", {"index >= shape[1]": "index > shape[1]"})

wrong(
    "class_indices",
    "rounds floats down to labels",
    {
        'raise TypeError(f"class labels are integers, but got {index.dtype}")': "index = index.astype(int)"
    },
)

wrong(
    "class_indices",
    "compares lengths only, so columns and one-hot rows pass",
    {"index.shape != shape[:1]": "index.ndim == 0 or len(index) != shape[0]"},
)

wrong(
    "class_indices",
    "forgets that an empty batch has no smallest label",
    {"if outside.size:": "if index.min() < 0 or index.max() >= shape[1]:"},
)

wrong(
    "class_indices",
    "keeps labels in uint8, where class 256 would be 0",
    {"outside = index[": "index = index.astype(np.uint8)\n    outside = index["},
)


@wrong("class_indices", "uses assert, which is no ValueError")
def _():
    def class_indices(shape, target):
        index = target.data if isinstance(target, Tensor) else np.asarray(target)
        assert index.dtype.kind in "iu", f"got {index.dtype}"
        assert len(shape) == 2 and index.shape == shape[:1], f"{shape} {index.shape}"
        assert ((index >= 0) & (index < shape[1])).all(), f"{index} of {shape[1]} classes"
        return index


@right("class_indices", "goes through the labels one by one")
def _():
    def class_indices(shape, target):
        labels = np.array(target.numpy() if isinstance(target, Tensor) else target)
        if not np.issubdtype(labels.dtype, np.integer):
            raise TypeError(f"labels must be integers, {labels.dtype} came")
        if len(shape) != 2 or labels.ndim != 1 or len(labels) != shape[0]:
            raise ValueError(f"one label a row: logits are {tuple(shape)}, labels {labels.shape}")
        for row, label in enumerate(labels.tolist()):
            if not 0 <= label < shape[1]:
                raise ValueError(f"row {row}: label {label} is not in 0..{shape[1] - 1}")
        return labels.astype(np.int64)


@right("class_indices", "compares with a clipped copy")
def _():
    def class_indices(shape, target):
        index = np.asarray(
            getattr(target, "data", target) if isinstance(target, Tensor) else target
        )
        if (
            index.dtype == bool
            or not np.can_cast(index.dtype, np.int64)
            and index.dtype != np.uint64
        ):
            raise TypeError(f"no labels: {index.dtype}")
        if index.dtype.kind == "f":
            raise TypeError(f"no labels: {index.dtype}")
        if len(shape) != 2 or index.shape != (shape[0],):
            raise ValueError(f"logits {shape}, labels {index.shape}")
        for label in index.astype(np.int64):
            if label != np.clip(label, 0, shape[1] - 1):
                raise ValueError(f"label {label} with {shape[1]} classes")
        return index


wrong("cross_entropy", "adds the rows instead of taking their mean", {" / len(target)": ""})

wrong(
    "cross_entropy",
    "takes the logarithm of the softmax",
    {"LogSoftmaxFunction.forward(logits)": "np.log(SoftmaxFunction.forward(logits))"},
)

wrong(
    "cross_entropy",
    "guards the logarithm with a small number",
    {"LogSoftmaxFunction.forward(logits)": "np.log(SoftmaxFunction.forward(logits) + 1e-12)"},
)

wrong(
    "cross_entropy",
    "picks the column of every label in every row",
    {"log_p[np.arange(len(target)), target].sum() / len(target)": "log_p[:, target].mean()"},
)

wrong("cross_entropy", "forgets the minus sign", {"return -": "return "})

wrong("cross_entropy", "normalises over the rows", {"forward(logits)": "forward(logits, dim=0)"})

wrong(
    "cross_entropy", "takes the mean over all N times C places", {"/ len(target)": "/ logits.size"}
)

wrong(
    "cross_entropy",
    "multiplies by ones and zeros, and 0 times -inf is NaN",
    {
        "log_p[np.arange(len(target)), target]": "(np.eye(logits.shape[1], dtype=logits.dtype)[target] * log_p)"
    },
)

wrong(
    "cross_entropy",
    "shifts the caller's logits",
    {"log_p = ": "logits -= logits.max(axis=1, keepdims=True)\n    log_p = "},
)

wrong("cross_entropy", "gives the loss of each row", {".sum() / len(target)": ""})


@right("cross_entropy", "log-sum-exp minus the picked logit")
def _():
    def cross_entropy(logits, target):
        top = logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=1))
        picked = np.take_along_axis(logits, target[:, None].astype(int), axis=1)[:, 0]
        return (total + top[:, 0] - picked).mean()


right(
    "cross_entropy",
    "a loop over rows",
    {
        "log_p[np.arange(len(target)), target].sum()": "sum(row[label] for row, label in zip(log_p, target))"
    },
)

wrong(
    "cross_entropy_gradient", "forgets the number of rows", {"(gradient / len(target))": "gradient"}
)

wrong(
    "cross_entropy_gradient",
    "divides by all N times C places",
    {"gradient / len(target)": "gradient / slope.size"},
)

wrong(
    "cross_entropy_gradient",
    "ignores the slope of what comes after",
    {"slope * (gradient / len(target))": "slope / len(target)"},
)

wrong(
    "cross_entropy_gradient",
    "subtracts 1 in whole columns",
    {"slope[np.arange(len(target)), target]": "slope[:, target]"},
)

wrong("cross_entropy_gradient", "truth minus probabilities", {"return slope": "return -slope"})

wrong(
    "cross_entropy_gradient",
    "a softmax that overflows",
    {
        "SoftmaxFunction.forward(logits)": "np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)"
    },
)

wrong(
    "cross_entropy_gradient",
    "uses the logits' own memory",
    {
        "slope = SoftmaxFunction.forward(logits)": "slope = logits\n    slope[:] = SoftmaxFunction.forward(logits)"
    },
)


@wrong("cross_entropy_gradient", "sends a slope to the true class only")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.zeros_like(logits)
        rows = np.arange(len(target))
        slope[rows, target] = np.exp(LogSoftmaxFunction.forward(logits))[rows, target] - 1
        return slope * (gradient / len(target))


wrong(
    "cross_entropy_gradient",
    "builds the truth in float64, and so the gradient",
    {
        "slope[np.arange(len(target)), target] -= 1": "slope = slope - np.eye(logits.shape[1])[target]"
    },
)


@right("cross_entropy_gradient", "its own softmax, scaled in place")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = logits - logits.max(axis=1, keepdims=True)
        np.exp(slope, out=slope)
        slope *= gradient / (len(target) * slope.sum(axis=1, keepdims=True))
        for row, label in enumerate(target):
            slope[row, label] -= gradient / len(target)
        return slope


@right("cross_entropy_gradient", "subtracts with add.at, and scales in two steps")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        np.add.at(slope, (np.arange(len(logits)), target), -1)
        slope *= gradient
        slope /= len(logits)
        return slope


wrong(
    "binary_cross_entropy",
    "no guard, so that 0 times -inf is NaN",
    {
        "np.maximum(np.log(prediction), -100)": "np.log(prediction)",
        "np.maximum(np.log(1 - prediction), -100)": "np.log(1 - prediction)",
    },
)

wrong(
    "binary_cross_entropy",
    "clips the probability at 1e-7 instead of the logarithm",
    {
        "np.maximum(np.log(prediction), -100)": "np.log(np.clip(prediction, 1e-7, 1 - 1e-7))",
        "np.maximum(np.log(1 - prediction), -100)": "np.log(1 - np.clip(prediction, 1e-7, 1 - 1e-7))",
    },
)

wrong("binary_cross_entropy", "forgets the answer no", {" + (1 - target) * no": ""})

wrong(
    "binary_cross_entropy", "forgets the mean in the gradient", {"(room * prediction.size)": "room"}
)

wrong(
    "binary_cross_entropy",
    "divides by zero in the gradient",
    {"np.maximum(prediction * (1 - prediction), 1e-12)": "prediction * (1 - prediction)"},
)

wrong(
    "binary_cross_entropy",
    "gives the gradient for the logit, p - y",
    {"(room * prediction.size)": "prediction.size"},
)

wrong(
    "binary_cross_entropy",
    "lets a column and a vector broadcast",
    {"same_shape(prediction, target)": ""},
)

wrong(
    "binary_cross_entropy",
    "takes targets for yes or no only",
    {"target * yes + (1 - target) * no": "np.where(target > 0.5, yes, no)"},
)


@right("binary_cross_entropy", "log1p, and a guard against the infinities only")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            if prediction.shape != target.shape:
                raise ValueError(f"shapes differ: {prediction.shape} and {target.shape}")
            with np.errstate(divide="ignore"):
                yes = np.clip(np.log(prediction), -100, None)
                no = np.clip(np.log1p(-prediction), -100, None)
            losses = -(no + target * (yes - no))
            return losses.sum() / losses.size

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = prediction - prediction * prediction
            room[room < 1e-12] = 1e-12
            return (prediction - target) / room * (gradient / prediction.size)


@right("binary_cross_entropy", "no errstate, and the two parts of the slope apart")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            floor = np.full(prediction.shape, -100, dtype=prediction.dtype)
            yes = np.maximum(np.log(prediction, where=prediction > 0, out=floor.copy()), -100)
            no = np.maximum(np.log(1 - prediction, where=prediction < 1, out=floor.copy()), -100)
            return -(target * yes).mean() - ((1 - target) * no).mean()

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum((1 - prediction) * prediction, 1e-12)
            return gradient / prediction.size * (prediction / room - target / room)


wrong("cross_entropy_bytes", "counts every array that is ever made", {"alive = 2": "alive = 7"})

wrong("cross_entropy_bytes", "counts the result only", {"alive = 2": "alive = 1"})

wrong(
    "cross_entropy_bytes", "counts the logits, which were there before", {"alive = 2": "alive = 3"}
)

wrong(
    "cross_entropy_bytes", "takes every number for a float32", {"classes * itemsize": "classes * 4"}
)

wrong(
    "cross_entropy_bytes",
    "measures instead of predicting",
    {"alive * n * classes * itemsize": "measured_bytes(n, classes) * itemsize // 4"},
)

wrong(
    "cross_entropy_bytes",
    "counts one row, not the batch",
    {"alive * n * classes": "alive * classes"},
)

wrong("cross_entropy_bytes", "counts numbers, not bytes", {"classes * itemsize": "classes"})

right(
    "cross_entropy_bytes",
    "with the arrays of n numbers",
    {"alive * n * classes * itemsize": "alive * n * classes * itemsize + 3 * n * itemsize + 8 * n"},
)


@right("cross_entropy_bytes", "the larger of the two functions, line by line")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        block = n * classes * itemsize
        forward = max(2, 1) * block
        backward = max(2 * block, block + block)
        return max(forward, backward)
