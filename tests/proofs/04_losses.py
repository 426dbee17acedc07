"""Proofs for 04_losses: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("log_softmax", "takes the logarithm of the softmax, which rounds to 0")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            e = np.exp(x - np.max(x, axis=dim, keepdims=True))
            return np.log(e / np.sum(e, axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "adds a small number inside the logarithm")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            e = np.exp(x - np.max(x, axis=dim, keepdims=True))
            return np.log(e / np.sum(e, axis=dim, keepdims=True) + x.dtype.type(1e-12))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "subtracts the largest of all numbers, not of each row")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            shifted = x - np.max(x, initial=-np.inf)
            return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "subtracts the maximum in the sum and forgets it outside")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            m = np.max(x, axis=dim, keepdims=True)
            return x - np.log(np.sum(np.exp(x - m), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "ignores dim")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            shifted = x - np.max(x, axis=-1, keepdims=True)
            return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=-1, keepdims=True)


@wrong("log_softmax", "shifts the caller's array")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            x -= np.max(x, axis=dim, keepdims=True)
            return x - np.log(np.sum(np.exp(x), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "computes in float64 to be safe, and returns it")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            x = np.asarray(x, dtype=np.float64)
            shifted = x - np.max(x, axis=dim, keepdims=True)
            return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "takes only the diagonal of the derivative")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            shifted = x - np.max(x, axis=dim, keepdims=True)
            return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient * (1 - np.exp(output))


@wrong("log_softmax", "exponentiates the logits in backward, which overflows")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            shifted = x - np.max(x, axis=dim, keepdims=True)
            return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            p = np.exp(x) / np.sum(np.exp(x), axis=dim, keepdims=True)
            return gradient - p * np.sum(gradient, axis=dim, keepdims=True)


@wrong("log_softmax", "replaces -inf by a large number, so that the mask is lost")
def _():
    class LogSoftmaxFunction(Function):
        @staticmethod
        def forward(x, dim=-1):
            x = np.nan_to_num(x, neginf=-1e9)
            shifted = x - np.max(x, axis=dim, keepdims=True)
            return shifted - np.log(np.sum(np.exp(shifted), axis=dim, keepdims=True))

        @staticmethod
        def backward(gradient, output, x, dim=-1):
            return gradient - np.exp(output) * np.sum(gradient, axis=dim, keepdims=True)


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


@wrong("mse", "lets shapes broadcast")
def _():
    def same_shape(prediction, target):
        np.broadcast_shapes(prediction.shape, target.shape)

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = gradient * (2 / prediction.size) * (prediction - target)
            return (-slope if wrt else slope).astype(prediction.dtype)


@wrong("mse", "compares sizes, not shapes")
def _():
    def same_shape(prediction, target):
        if prediction.size != target.size:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = gradient * (2 / prediction.size) * (prediction - target)
            return (-slope if wrt else slope).astype(prediction.dtype)


@wrong("mse", "forgets the factor 2")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = gradient * (prediction - target) / prediction.size
            return (-slope if wrt else slope).astype(prediction.dtype)


@wrong("mse", "divides by the number of rows only")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.sum((prediction - target) ** 2) / len(prediction)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = gradient * (2 / len(prediction)) * (prediction - target)
            return (-slope if wrt else slope).astype(prediction.dtype)


@wrong("mse", "gives the target the slope of the prediction")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            return (gradient * 2 * (prediction - target) / target.size).astype(prediction.dtype)


@wrong("mse", "ignores the slope of what comes after")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = 2 * (prediction - target) / prediction.size
            return (-slope if wrt else slope).astype(prediction.dtype)


@wrong("mse", "lets integer targets make float64")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            slope = gradient * (2 / prediction.size) * (prediction - target)
            return -slope if wrt else slope


@wrong("mse", "subtracts the target from the prediction in place")
def _():
    def same_shape(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError(f"{prediction.shape} and {target.shape} differ")

    class MSEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return np.mean((prediction - target) ** 2)

        @staticmethod
        def backward(gradient, output, prediction, target, wrt):
            prediction -= target.astype(prediction.dtype)
            prediction *= gradient * (2 / prediction.size)
            return -prediction if wrt else prediction


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


@wrong("class_indices", "lets negative labels through")
def _():
    def class_indices(shape, target):
        index = target.data if isinstance(target, Tensor) else np.asarray(target)
        if index.dtype.kind not in "iu":
            raise TypeError(f"integers were needed, got {index.dtype}")
        if len(shape) != 2 or index.shape != shape[:1]:
            raise ValueError(f"{shape} {index.shape}")
        if index.size and index.max() >= shape[1]:
            raise ValueError(f"label {index.max()} of {shape[1]} classes")
        return index


@wrong("class_indices", "takes C for a class")
def _():
    def class_indices(shape, target):
        index = target.data if isinstance(target, Tensor) else np.asarray(target)
        if index.dtype.kind not in "iu":
            raise TypeError(f"integers were needed, got {index.dtype}")
        if len(shape) != 2 or index.shape != shape[:1]:
            raise ValueError(f"{shape} {index.shape}")
        outside = index[(index < 0) | (index > shape[1])]
        if outside.size:
            raise ValueError(f"label {outside[0]} of {shape[1]} classes")
        return index


@wrong("class_indices", "rounds floats down to labels")
def _():
    def class_indices(shape, target):
        index = np.asarray(target.data if isinstance(target, Tensor) else target).astype(int)
        if len(shape) != 2 or index.shape != shape[:1]:
            raise ValueError(f"{shape} {index.shape}")
        outside = index[(index < 0) | (index >= shape[1])]
        if outside.size:
            raise ValueError(f"label {outside[0]} of {shape[1]} classes")
        return index


@wrong("class_indices", "compares lengths only, so columns and one-hot rows pass")
def _():
    def class_indices(shape, target):
        index = target.data if isinstance(target, Tensor) else np.asarray(target)
        if index.dtype.kind not in "iu":
            raise TypeError(f"integers were needed, got {index.dtype}")
        if len(shape) != 2 or np.ndim(index) == 0 or len(index) != shape[0]:
            raise ValueError(f"{shape} {index.shape}")
        outside = index[(index < 0) | (index >= shape[1])]
        if outside.size:
            raise ValueError(f"label {outside[0]} of {shape[1]} classes")
        return index


@wrong("class_indices", "forgets that an empty batch has no smallest label")
def _():
    def class_indices(shape, target):
        index = target.data if isinstance(target, Tensor) else np.asarray(target)
        if index.dtype.kind not in "iu":
            raise TypeError(f"integers were needed, got {index.dtype}")
        if len(shape) != 2 or index.shape != shape[:1]:
            raise ValueError(f"{shape} {index.shape}")
        low, high = index.min(), index.max()
        if low < 0 or high >= shape[1]:
            raise ValueError(f"label {low if low < 0 else high} of {shape[1]} classes")
        return index


@wrong("class_indices", "keeps labels in uint8, where class 256 would be 0")
def _():
    def class_indices(shape, target):
        index = np.asarray(target.data if isinstance(target, Tensor) else target)
        if index.dtype.kind not in "iu":
            raise TypeError(f"integers were needed, got {index.dtype}")
        if len(shape) != 2 or index.shape != shape[:1]:
            raise ValueError(f"{shape} {index.shape}")
        index = index.astype(np.uint8)
        if (index >= shape[1]).any():
            raise ValueError(f"label {index.max()} of {shape[1]} classes")
        return index


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


@wrong("cross_entropy", "adds the rows instead of taking their mean")
def _():
    def cross_entropy(logits, target):
        return -np.sum(LogSoftmaxFunction.forward(logits)[np.arange(len(target)), target])


@wrong("cross_entropy", "takes the logarithm of the softmax")
def _():
    def cross_entropy(logits, target):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(target)), target]))


@wrong("cross_entropy", "guards the logarithm with a small number")
def _():
    def cross_entropy(logits, target):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(target)), target] + np.float32(1e-12)))


@wrong("cross_entropy", "picks the column of every label in every row")
def _():
    def cross_entropy(logits, target):
        return -np.mean(LogSoftmaxFunction.forward(logits)[:, target])


@wrong("cross_entropy", "forgets the minus sign")
def _():
    def cross_entropy(logits, target):
        return np.mean(LogSoftmaxFunction.forward(logits)[np.arange(len(target)), target])


@wrong("cross_entropy", "normalises over the rows")
def _():
    def cross_entropy(logits, target):
        log_p = LogSoftmaxFunction.forward(logits, dim=0)
        return -np.mean(log_p[np.arange(len(target)), target])


@wrong("cross_entropy", "takes the mean over all N times C places")
def _():
    def cross_entropy(logits, target):
        truth = np.arange(logits.shape[1]) == np.asarray(target)[:, None]
        return -np.mean(np.where(truth, LogSoftmaxFunction.forward(logits), 0))


@wrong("cross_entropy", "multiplies by ones and zeros, and 0 times -inf is NaN")
def _():
    def cross_entropy(logits, target):
        truth = (np.arange(logits.shape[1]) == target[:, None]).astype(logits.dtype)
        return -np.sum(truth * LogSoftmaxFunction.forward(logits)) / len(target)


@wrong("cross_entropy", "shifts the caller's logits")
def _():
    def cross_entropy(logits, target):
        logits -= logits.max(axis=1, keepdims=True)
        picked = logits[np.arange(len(target)), target]
        return np.mean(np.log(np.exp(logits).sum(axis=1)) - picked)


@wrong("cross_entropy", "gives the loss of each row")
def _():
    def cross_entropy(logits, target):
        return -LogSoftmaxFunction.forward(logits)[np.arange(len(target)), target]


@right("cross_entropy", "log-sum-exp minus the picked logit")
def _():
    def cross_entropy(logits, target):
        top = logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=1))
        picked = np.take_along_axis(logits, target[:, None].astype(int), axis=1)[:, 0]
        return (total + top[:, 0] - picked).mean()


@right("cross_entropy", "a loop over rows")
def _():
    def cross_entropy(logits, target):
        log_p = LogSoftmaxFunction.forward(logits)
        losses = [-row[int(label)] for row, label in zip(log_p, target)]
        return np.mean(np.array(losses, dtype=logits.dtype))


@wrong("cross_entropy_gradient", "forgets the number of rows")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        slope[np.arange(len(target)), target] -= 1
        return slope * gradient


@wrong("cross_entropy_gradient", "divides by all N times C places")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        slope[np.arange(len(target)), target] -= 1
        return slope * (gradient / slope.size)


@wrong("cross_entropy_gradient", "ignores the slope of what comes after")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        slope[np.arange(len(target)), target] -= 1
        return slope / len(target)


@wrong("cross_entropy_gradient", "subtracts 1 in whole columns")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        slope[:, target] -= 1
        return slope * (gradient / len(target))


@wrong("cross_entropy_gradient", "truth minus probabilities")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = -np.exp(LogSoftmaxFunction.forward(logits))
        slope[np.arange(len(target)), target] += 1
        return slope * (gradient / len(target))


@wrong("cross_entropy_gradient", "a softmax that overflows")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        slope[np.arange(len(target)), target] -= 1
        return slope * (gradient / len(target))


@wrong("cross_entropy_gradient", "uses the logits' own memory")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        logits[np.arange(len(target)), target] -= 1
        return logits * (gradient / len(target))


@wrong("cross_entropy_gradient", "sends a slope to the true class only")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.zeros_like(logits)
        rows = np.arange(len(target))
        slope[rows, target] = np.exp(LogSoftmaxFunction.forward(logits))[rows, target] - 1
        return slope * (gradient / len(target))


@wrong("cross_entropy_gradient", "builds the truth in float64, and so the gradient")
def _():
    def cross_entropy_gradient(gradient, logits, target):
        slope = np.exp(LogSoftmaxFunction.forward(logits))
        truth = (np.arange(logits.shape[1]) == target[:, None]).astype(np.float64)
        return (slope - truth) * (gradient / len(target))


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


@wrong("binary_cross_entropy", "no guard, so that 0 times -inf is NaN")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            return -np.mean(target * np.log(prediction) + (1 - target) * np.log(1 - prediction))

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / (room * prediction.size)


@wrong("binary_cross_entropy", "clips the probability at 1e-7 instead of the logarithm")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            p = np.clip(prediction, 1e-7, 1 - 1e-7)
            return -np.mean(target * np.log(p) + (1 - target) * np.log(1 - p))

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / (room * prediction.size)


@wrong("binary_cross_entropy", "forgets the answer no")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            with np.errstate(divide="ignore"):
                return -np.mean(target * np.maximum(np.log(prediction), -100))

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / (room * prediction.size)


@wrong("binary_cross_entropy", "forgets the mean in the gradient")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            with np.errstate(divide="ignore"):
                yes = np.maximum(np.log(prediction), -100)
                no = np.maximum(np.log(1 - prediction), -100)
            return -np.mean(target * yes + (1 - target) * no)

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / room


@wrong("binary_cross_entropy", "divides by zero in the gradient")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            with np.errstate(divide="ignore"):
                yes = np.maximum(np.log(prediction), -100)
                no = np.maximum(np.log(1 - prediction), -100)
            return -np.mean(target * yes + (1 - target) * no)

        @staticmethod
        def backward(gradient, output, prediction, target):
            with np.errstate(all="ignore"):
                room = prediction * (1 - prediction) * prediction.size
                return gradient * (prediction - target) / room


@wrong("binary_cross_entropy", "gives the gradient for the logit, p - y")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            with np.errstate(divide="ignore"):
                yes = np.maximum(np.log(prediction), -100)
                no = np.maximum(np.log(1 - prediction), -100)
            return -np.mean(target * yes + (1 - target) * no)

        @staticmethod
        def backward(gradient, output, prediction, target):
            return gradient * (prediction - target) / prediction.size


@wrong("binary_cross_entropy", "lets a column and a vector broadcast")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            with np.errstate(divide="ignore"):
                yes = np.maximum(np.log(prediction), -100)
                no = np.maximum(np.log(1 - prediction), -100)
            return -np.mean(target * yes + (1 - target) * no)

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / (room * prediction.size)


@wrong("binary_cross_entropy", "takes targets for yes or no only")
def _():
    class BCEFunction(Function):
        @staticmethod
        def forward(prediction, target):
            same_shape(prediction, target)
            right = np.where(target > 0.5, prediction, 1 - prediction)
            with np.errstate(divide="ignore"):
                return -np.mean(np.maximum(np.log(right), -100))

        @staticmethod
        def backward(gradient, output, prediction, target):
            room = np.maximum(prediction * (1 - prediction), 1e-12)
            return gradient * (prediction - target) / (room * prediction.size)


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


@wrong("cross_entropy_bytes", "counts every array that is ever made")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return 7 * n * classes * itemsize


@wrong("cross_entropy_bytes", "counts the result only")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return n * classes * itemsize


@wrong("cross_entropy_bytes", "counts the logits, which were there before")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return 3 * n * classes * itemsize


@wrong("cross_entropy_bytes", "takes every number for a float32")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return 8 * n * classes


@wrong("cross_entropy_bytes", "measures instead of predicting")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return measured_bytes(n, classes) * itemsize // 4


@wrong("cross_entropy_bytes", "counts one row, not the batch")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return 2 * classes * itemsize


@wrong("cross_entropy_bytes", "counts numbers, not bytes")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        return 2 * n * classes


@right("cross_entropy_bytes", "with the arrays of n numbers")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        logits, vectors = n * classes * itemsize, 3 * n * itemsize + 8 * n
        return 2 * logits + vectors


@right("cross_entropy_bytes", "the larger of the two functions, line by line")
def _():
    def cross_entropy_bytes(n, classes, itemsize=4):
        block = n * classes * itemsize
        forward = max(2, 1) * block
        backward = max(2 * block, block + block)
        return max(forward, backward)
