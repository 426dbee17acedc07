"""Proofs for 09_convolutions: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "windows",
    "forgets that the next window begins a stride further",
    {"down * sh, across * sw, down, across": "down, across, down, across"},
)

wrong(
    "windows",
    "rounds the number of windows up",
    {"room // stride + 1": "-(-room // stride) + 1"},
)

wrong(
    "windows",
    "counts the places without the last one",
    {"room // stride + 1": "max(room // stride, 1)"},
)

wrong(
    "windows",
    "computes strides from the shape",
    {
        "image, channel, down, across = x.strides": "across = x.itemsize\n"
        "    down = width * across\n    channel = height * down\n    image = c * channel"
    },
)

wrong(
    "windows",
    "mixes up rows and columns of the stride",
    {"(kh, kw), (sh, sw) = kernel, stride": "(kh, kw), (sw, sh) = kernel, stride"},
)

wrong("windows", "leaves the view writeable", {", writeable=False": ""})

wrong(
    "windows",
    "returns an empty image where the kernel does not fit",
    {"if room < 0:": "if room < -10**9:"},
)

wrong("windows", "counts the padding once", {"size + 2 * padding": "size + padding"})


@wrong("windows", "cuts out every window and copies it")
def _():
    def output_size(size, kernel, stride=1, padding=0):
        if kernel > size + 2 * padding:
            raise ValueError(f"a kernel of {kernel} does not fit into {size}")
        return (size + 2 * padding - kernel) // stride + 1

    def windows(x, kernel, stride):
        output_size(x.shape[2], kernel[0])
        output_size(x.shape[3], kernel[1])
        cut = windows_loops(x, kernel, stride)
        cut.flags.writeable = False
        return cut


@right("windows", "NumPy's sliding windows, every stride-th of them")
def _():
    def output_size(size, kernel, stride=1, padding=0):
        starts = range(0, size + 2 * padding - kernel + 1, stride)
        if not starts:
            raise ValueError(f"no window of {kernel} in {size} pixels, padding {padding}")
        return len(starts)

    def windows(x, kernel, stride):
        for side, length in zip(x.shape[2:], kernel):
            output_size(side, length)
        view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
        return view[:, :, :: stride[0], :: stride[1]]


@right("windows", "broadcasts its view to be read-only")
def _():
    def output_size(size, kernel, stride=1, padding=0):
        size = size + padding + padding
        if size < kernel:
            raise ValueError(f"a window of {kernel} needs more than {size} pixels")
        return int(np.floor((size - kernel) / stride)) + 1

    def windows(x, kernel, stride):
        rows = output_size(x.shape[2], kernel[0], stride[0])
        columns = output_size(x.shape[3], kernel[1], stride[1])
        s = list(x.strides)
        far = [s[2] * stride[0], s[3] * stride[1]]
        view = as_strided(x, [*x.shape[:2], rows, columns, *kernel], s[:2] + far + s[2:])
        view.flags.writeable = False
        return view


wrong("fold", "assigns, so the last of several slopes wins", {"] += pieces": "] = pieces"})

wrong(
    "fold",
    "mixes up rows and columns of the stride",
    {"sh, sw = stride": "sw, sh = stride"},
)

wrong(
    "fold",
    "finds the shape from the pieces",
    {
        "total = np.zeros(shape, dtype=pieces.dtype)\n    rows, columns, kh, kw = "
        "pieces.shape[2:]\n    sh, sw = stride": "rows, columns, kh, kw = pieces.shape[2:]\n"
        "    sh, sw = stride\n    shape = (*shape[:2], (rows - 1) * sh + kh, (columns - 1) * sw + kw)\n"
        "    total = np.zeros(shape, dtype=pieces.dtype)"
    },
)

wrong("fold", "makes float64 of float32", {", dtype=pieces.dtype": ""})

wrong(
    "fold", "turns the windows by 180 degrees", {"pieces[..., i, j]": "pieces[..., -1 - i, -1 - j]"}
)

wrong(
    "fold",
    "steps one pixel, whatever the stride",
    {
        "i : i + rows * sh : sh, j : j + columns * sw : sw": "i : i + rows, j : j + columns",
    },
)


@wrong("fold", "assigns with a list of places")
def _():
    def fold(pieces, shape, stride):
        total = np.zeros(shape, dtype=pieces.dtype)
        n, c, rows, columns, kh, kw = pieces.shape
        i = (np.arange(rows) * stride[0])[:, None, None, None] + np.arange(kh)[:, None]
        j = (np.arange(columns) * stride[1])[:, None, None] + np.arange(kw)
        total[:, :, i, j] += pieces
        return total


@right("fold", "a loop over the places")
def _():
    def fold(pieces, shape, stride):
        total = np.zeros(shape, dtype=pieces.dtype)
        kh, kw = pieces.shape[4:]
        for i in range(pieces.shape[2]):
            for j in range(pieces.shape[3]):
                top, left = i * stride[0], j * stride[1]
                total[:, :, top : top + kh, left : left + kw] += pieces[:, :, i, j]
        return total


@right("fold", "adds at lists of places")
def _():
    def fold(pieces, shape, stride):
        total = np.zeros(shape, dtype=pieces.dtype)
        n, c, rows, columns, kh, kw = pieces.shape
        i = (np.arange(rows) * stride[0])[:, None, None, None] + np.arange(kh)[:, None]
        j = (np.arange(columns) * stride[1])[:, None, None] + np.arange(kw)
        np.add.at(total, (slice(None), slice(None), i, j), pieces)
        return total


wrong(
    "convolution",
    "turns the kernel by 180 degrees",
    {
        "product = weight.reshape(out, kernel)": "product = weight[:, :, ::-1, ::-1]"
        ".reshape(out, kernel)"
    },
)

wrong(
    "convolution",
    "does not sum the slopes of a weight over the batch",
    {"slopes.sum(axis=0)": "slopes[0]"},
)

wrong(
    "convolution",
    "takes the mean over the batch",
    {"slopes.sum(axis=0)": "slopes.mean(axis=0)"},
)

wrong(
    "convolution",
    "leaves the padding on the gradient",
    {
        "return cropped(fold(from_columns(slopes, pieces.shape), images.shape, stride), padding)": "return "
        "fold(from_columns(slopes, pieces.shape), images.shape, stride)"
    },
)

wrong(
    "convolution",
    "forgets the padding on the way back",
    {
        "images = padded(x, padding)\n        pieces = windows(images": "images = x\n        pieces = windows(images"
    },
)

wrong(
    "convolution",
    "cuts the padding off at the wrong side of the pair",
    {"images.shape, stride), padding)": "images.shape, stride), padding[::-1])"},
)

wrong(
    "convolution",
    "leaves -1 to be found in an empty batch",
    {"gradient.reshape(n, out, rows * across)": "gradient.reshape(n, out, -1)"},
)

wrong(
    "convolution",
    "reads the product as if the maps came last",
    {
        "product.reshape(len(x), out, *pieces.shape[2:4])": "product.reshape(len(x), "
        "*pieces.shape[2:4], out).transpose(0, 3, 1, 2)"
    },
)

wrong(
    "convolution",
    "adds the bias of a float64 to the slopes",
    {
        "slopes = weight.reshape(out, weight[0].size).T": "slopes = weight.reshape(out, weight[0].size).T.astype(np.float64)"
    },
)

wrong(
    "convolution",
    "mixes up which input is asked for",
    {"if wrt:": "if not wrt:"},
)


@wrong("convolution", "loops over every number of the output")
def _():
    class Convolution(Function):
        @staticmethod
        def forward(x, weight, stride, padding):
            return convolution_loops(x, weight, stride, padding).astype(weight.dtype)

        @staticmethod
        def backward(gradient, output, x, weight, wrt, stride, padding):
            images = padded(x, padding)
            pieces = windows(images, weight.shape[2:], stride)
            if wrt:
                return np.einsum("noij,ncijuv->ocuv", gradient, pieces)
            slopes = np.einsum("noij,ocuv->ncijuv", gradient, weight)
            return cropped(fold(slopes, images.shape, stride), padding)


@wrong("convolution", "takes the gradient of overlapping windows from one of them")
def _():
    class Convolution(Function):
        @staticmethod
        def forward(x, weight, stride, padding):
            pieces = windows(padded(x, padding), weight.shape[2:], stride)
            return np.einsum("ncijuv,ocuv->noij", pieces, weight)

        @staticmethod
        def backward(gradient, output, x, weight, wrt, stride, padding):
            images = padded(x, padding)
            pieces = windows(images, weight.shape[2:], stride)
            if wrt:
                return np.einsum("noij,ncijuv->ocuv", gradient, pieces)
            total = np.zeros_like(images)
            rows, columns = gradient.shape[2:]
            for i in range(weight.shape[2]):
                for j in range(weight.shape[3]):
                    part = np.einsum("noij,oc->ncij", gradient, weight[:, :, i, j])
                    down, across = i + rows * stride[0], j + columns * stride[1]
                    total[:, :, i : down : stride[0], j : across : stride[1]] = part
            return cropped(total, padding)


@right(
    "convolution", "tensordot over the windows, and one place of the kernel after the other back"
)
def _():
    class Convolution(Function):
        @staticmethod
        def forward(x, weight, stride, padding):
            pieces = windows(padded(x, padding), weight.shape[2:], stride)
            y = np.tensordot(pieces, weight, axes=((1, 4, 5), (1, 2, 3)))
            return np.moveaxis(y, -1, 1)

        @staticmethod
        def backward(gradient, output, x, weight, wrt, stride, padding):
            wide = padded(x, padding)
            pieces = windows(wide, weight.shape[2:], stride)
            if wrt == 1:
                return np.tensordot(gradient, pieces, axes=((0, 2, 3), (0, 2, 3)))
            slopes = np.tensordot(gradient, weight, axes=((1,), (0,)))
            return cropped(fold(np.moveaxis(slopes, 3, 1), wide.shape, stride), padding)


@right("convolution", "shifted images, no matrix of windows")
def _():
    class Convolution(Function):
        @staticmethod
        def forward(x, weight, stride, padding):
            x = padded(x, padding)
            kh, kw = weight.shape[2:]
            rows = output_size(x.shape[2], kh, stride[0])
            columns = output_size(x.shape[3], kw, stride[1])
            y = 0
            for u in range(kh):
                for v in range(kw):
                    part = x[:, :, u : u + rows * stride[0] : stride[0]]
                    part = part[:, :, :, v : v + columns * stride[1] : stride[1]]
                    y = y + np.einsum("oc,ncij->noij", weight[:, :, u, v], part)
            return y

        @staticmethod
        def backward(gradient, output, x, weight, wrt, stride, padding):
            x = padded(x, padding)
            pieces = windows(x, weight.shape[2:], stride)
            if wrt:
                return np.einsum("noij,ncijuv->ocuv", gradient, pieces)
            slopes = np.einsum("noij,ocuv->ncijuv", gradient, weight)
            return cropped(fold(slopes, x.shape, stride), padding)


wrong(
    "max_pool",
    "pads with a number that is only small",
    {
        "windows(padded(x, padding, -np.inf), kernel, stride).max": "windows(padded(x, padding, -1e9), kernel, stride).max"
    },
)

wrong(
    "max_pool",
    "pads with 0, which beats what is negative",
    {
        "windows(padded(x, padding, -np.inf), kernel, stride).max": "windows(padded(x, padding), "
        "kernel, stride).max"
    },
)

wrong(
    "max_pool",
    "pads with 0 on the way back",
    {"images = padded(x, padding, -np.inf)": "images = padded(x, padding)"},
)

wrong(
    "max_pool",
    "takes the last of equal ones",
    {
        "winner = flat.argmax(axis=-1)": "winner = flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1)"
    },
)

wrong(
    "max_pool",
    "leaves the padding on the gradient",
    {
        "return cropped(fold(slopes.reshape(pieces.shape), images.shape, stride), padding)": "return "
        "fold(slopes.reshape(pieces.shape), images.shape, stride)"
    },
)

wrong(
    "max_pool",
    "makes float64 of the slopes",
    {"np.zeros(flat.shape, dtype=gradient.dtype)": "np.zeros(flat.shape)"},
)


@wrong("max_pool", "shares the slope among equal ones")
def _():
    class MaxPool(Function):
        @staticmethod
        def forward(x, kernel, stride, padding):
            return windows(padded(x, padding, -np.inf), kernel, stride).max(axis=(-2, -1))

        @staticmethod
        def backward(gradient, output, x, kernel, stride, padding):
            images = padded(x, padding, -np.inf)
            pieces = windows(images, kernel, stride)
            hit = pieces == pieces.max(axis=(-2, -1), keepdims=True)
            ties = hit.sum(axis=(-2, -1), keepdims=True)
            slopes = (hit / ties * gradient[..., None, None]).astype(gradient.dtype)
            return cropped(fold(slopes, images.shape, stride), padding)


@wrong("max_pool", "gives all equal ones the whole slope")
def _():
    class MaxPool(Function):
        @staticmethod
        def forward(x, kernel, stride, padding):
            return windows(padded(x, padding, -np.inf), kernel, stride).max(axis=(-2, -1))

        @staticmethod
        def backward(gradient, output, x, kernel, stride, padding):
            images = padded(x, padding, -np.inf)
            pieces = windows(images, kernel, stride)
            hit = pieces == pieces.max(axis=(-2, -1), keepdims=True)
            return cropped(fold(hit * gradient[..., None, None], images.shape, stride), padding)


@wrong("max_pool", "assigns, so a pixel that wins twice counts once")
def _():
    class MaxPool(Function):
        @staticmethod
        def forward(x, kernel, stride, padding):
            return windows(padded(x, padding, -np.inf), kernel, stride).max(axis=(-2, -1))

        @staticmethod
        def backward(gradient, output, x, kernel, stride, padding):
            images = padded(x, padding, -np.inf)
            pieces = windows(images, kernel, stride)
            first = pieces.reshape(*gradient.shape, kernel[0] * kernel[1]).argmax(axis=-1)
            total = np.zeros(images.shape, gradient.dtype)
            n, c, i, j = np.indices(gradient.shape)
            down, across = np.divmod(first, kernel[1])
            total[n, c, i * stride[0] + down, j * stride[1] + across] = gradient
            return cropped(total, padding)


@right("max_pool", "a maximum of shifted images, and np.add.at on the way back")
def _():
    class MaxPool(Function):
        @staticmethod
        def forward(x, kernel, stride, padding):
            pieces = windows(padded(x, padding, -np.inf), kernel, stride)
            best = pieces[..., 0, 0].copy()
            for u, v in np.ndindex(*kernel):
                np.maximum(best, pieces[..., u, v], out=best)
            return best

        @staticmethod
        def backward(gradient, output, x, kernel, stride, padding):
            images = padded(x, padding, -np.inf)
            pieces = windows(images, kernel, stride)
            first = pieces.reshape(*gradient.shape, kernel[0] * kernel[1]).argmax(axis=-1)
            total = np.zeros(images.shape, gradient.dtype)
            n, c, i, j = np.indices(gradient.shape)
            down, across = first // kernel[1], first % kernel[1]
            np.add.at(total, (n, c, i * stride[0] + down, j * stride[1] + across), gradient)
            return cropped(total, padding)


@right("max_pool", "walks through the window and remembers who has won")
def _():
    class MaxPool(Function):
        @staticmethod
        def forward(x, kernel, stride, padding):
            return np.max(windows(padded(x, padding, -np.inf), kernel, stride), axis=(4, 5))

        @staticmethod
        def backward(gradient, output, x, kernel, stride, padding):
            images = padded(x, padding, -np.inf)
            pieces = windows(images, kernel, stride)
            slopes, best = np.zeros(pieces.shape, gradient.dtype), pieces.max(axis=(4, 5))
            open_windows = np.ones(gradient.shape, bool)
            for u, v in np.ndindex(*kernel):
                wins = open_windows & (pieces[..., u, v] == best)
                slopes[..., u, v] = np.where(wins, gradient, 0)
                open_windows &= ~wins
            return cropped(fold(slopes, images.shape, stride), padding)


wrong(
    "batch_norm",
    "moves the running variance in use, too",
    {
        "            return self.normalize(x, self.running_mean, self.running_var)\n": "            y = self.normalize(x, self.running_mean, self.running_var)\n            self.running_var = 0.9 * self.running_var\n            return y\n"
    },
)

wrong(
    "batch_norm",
    "counts the pixels of all channels",
    {"count = x.size // self.num_features": "count = x.size"},
)

wrong(
    "batch_norm",
    "takes mean and variance for constants while training too",
    {"if training:": "if False:"},
)

wrong(
    "batch_norm",
    "takes them for functions of x in use too",
    {"if training:": "if True:"},
)

wrong(
    "batch_norm",
    "forgets that the deviation moves too",
    {" - shared": ""},
)

wrong(
    "batch_norm",
    "forgets that the mean moves too",
    {"gradient - channels(gradient.mean(axis=PLACES)) - shared": "gradient - shared"},
)

wrong(
    "batch_norm",
    "keeps the running variance biased",
    {"variance * (count / (count - 1))": "variance"},
)

wrong(
    "batch_norm",
    "normalizes by the unbiased variance",
    {"self.normalize(x, mean, variance)": "self.normalize(x, mean, unbiased)"},
)

wrong(
    "batch_norm",
    "uses the statistics of the batch in use",
    {
        "if not self.training:\n            return self.normalize(x, self.running_mean, "
        "self.running_var)": "if not self.training:\n            return self.normalize("
        "x, x.data.mean(axis=PLACES), x.data.var(axis=PLACES))"
    },
)

wrong(
    "batch_norm",
    "moves the running mean by what momentum leaves",
    {
        "self.running_mean + self.momentum * (mean - self.running_mean)": "self.momentum * "
        "self.running_mean + (1 - self.momentum) * mean"
    },
)

wrong(
    "batch_norm",
    "hands gamma the slope of the plain images",
    {"(gradient * centred).sum(axis=PLACES)": "(gradient * x).sum(axis=PLACES)"},
)

wrong("batch_norm", "forgets gamma in the slope", {"gamma * inverse": "inverse"})

wrong("batch_norm", "lets one pixel through", {"if count < 2:": "if count < 1:"})

wrong(
    "batch_norm",
    "averages over the batch, but not over the pixels",
    {
        "mean, variance = x.data.mean(axis=PLACES), x.data.var(axis=PLACES)": "mean, variance = "
        "x.data[0].mean(axis=(1, 2)), x.data[0].var(axis=(1, 2))"
    },
)


@wrong("batch_norm", "learns in use")
def _():
    class BatchNorm(Function):
        @staticmethod
        def forward(x, gamma, beta, training, **statistics):
            return normalized(x, gamma, beta, **statistics)

        @staticmethod
        def backward(gradient, output, x, gamma, beta, wrt, training, mean, variance, eps):
            inverse = 1 / np.sqrt(variance + eps)
            normal = (x - channels(mean)) * channels(inverse)
            if wrt:
                return (gradient * (normal if wrt == 1 else 1)).sum(axis=PLACES)
            if not training:
                return gradient * channels(gamma * inverse)
            parts = channels(gradient.mean(PLACES)) + normal * channels(
                (gradient * normal).mean(PLACES)
            )
            return channels(gamma * inverse) * (gradient - parts)

    class BatchNorm2d(Layer):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            self.num_features, self.eps, self.momentum = num_features, eps, momentum
            self.gamma = Tensor(np.ones(num_features), requires_grad=True)
            self.beta = Tensor(np.zeros(num_features), requires_grad=True)
            self.running_mean = np.zeros(num_features, np.float32)
            self.running_var = np.ones(num_features, np.float32)

        def normalize(self, x, mean, variance):
            options = {"mean": mean, "variance": variance, "eps": self.eps}
            return BatchNorm.apply(x, self.gamma, self.beta, training=self.training, **options)

        def forward(self, x):
            count = x.size // self.num_features
            if count < 2 and self.training:
                raise ValueError("one pixel")
            mean, var, m = x.data.mean(axis=PLACES), x.data.var(axis=PLACES), self.momentum
            used = (mean, var) if self.training else (self.running_mean, self.running_var)
            y = self.normalize(x, *used)
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * var * count / max(count - 1, 1)
            return y


@right("batch_norm", "through the Jacobian of the deviation, and running values written in place")
def _():
    class BatchNorm(Function):
        @staticmethod
        def forward(x, gamma, beta, training, **statistics):
            return normalized(x, gamma, beta, **statistics)

        @staticmethod
        def backward(gradient, output, x, gamma, beta, wrt, training, mean, variance, eps):
            sigma = np.sqrt(variance + eps).reshape(1, -1, 1, 1)
            centred = x - mean.reshape(1, -1, 1, 1)
            if wrt > 0:
                return np.einsum("ncij->c", gradient * centred / sigma if wrt == 1 else gradient)
            up = gradient * gamma.reshape(1, -1, 1, 1)
            if not training:
                return up / sigma
            m = x.size // x.shape[1]
            of_variance = np.sum(up * centred, axis=PLACES, keepdims=True) * -0.5 / sigma**3
            of_mean = -np.sum(up / sigma, axis=PLACES, keepdims=True)
            return up / sigma + of_variance * 2 * centred / m + of_mean / m

    class BatchNorm2d(Layer):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            self.num_features, self.eps, self.momentum = num_features, eps, momentum
            self.gamma = Tensor(np.ones(num_features), requires_grad=True)
            self.beta = Tensor(np.zeros(num_features), requires_grad=True)
            self.running_mean = np.zeros(num_features, np.float32)
            self.running_var = np.ones(num_features, np.float32)

        def normalize(self, x, mean, variance):
            options = {"mean": mean, "variance": variance, "eps": self.eps}
            return BatchNorm.apply(x, self.gamma, self.beta, training=self.training, **options)

        def forward(self, x):
            if len(x.shape) != 4 or x.shape[1] != self.num_features:
                raise ValueError(f"(N, {self.num_features}, H, W) is needed, but got {x.shape}")
            if self.training:
                flat = x.numpy().transpose(1, 0, 2, 3).reshape(self.num_features, -1)
                if flat.shape[1] == 1:
                    raise ValueError("a channel of one pixel has no variance")
                mean = np.mean(flat, axis=1)
                self.running_mean *= 1 - self.momentum
                self.running_mean += self.momentum * mean
                self.running_var *= 1 - self.momentum
                self.running_var += self.momentum * np.var(flat, axis=1, ddof=1)
                return self.normalize(x, mean, np.var(flat, axis=1))
            return self.normalize(x, self.running_mean.copy(), self.running_var.copy())


wrong(
    "convolution_cost",
    "counts a window for each kernel",
    {"window_bytes=4 * places * window,": "window_bytes=4 * places * window * out,"},
)

wrong(
    "convolution_cost",
    "counts the padding among the input",
    {
        "4 * n * c * sides[0] * sides[1]": "4 * n * c * (sides[0] + 2 * padding[0]) * (sides[1] "
        "+ 2 * padding[1])"
    },
)

wrong(
    "convolution_cost",
    "forgets the channels of a window",
    {"c * kernel[0] * kernel[1]": "kernel[0] * kernel[1]"},
)

wrong(
    "convolution_cost",
    "gives each weight its own bias",
    {"(out if bias else 0)": "(out * window if bias else 0)"},
)

wrong(
    "convolution_cost",
    "always counts a bias",
    {"(out if bias else 0)": "out"},
)

wrong(
    "convolution_cost",
    "forgets the batch in the multiply-adds",
    {"multiply_adds=places * window * out": "multiply_adds=places * window * out // n"},
)

wrong(
    "convolution_cost",
    "takes the parameters for every place",
    {"parameters=out * window": "parameters=rows * across * out * window"},
)


@right("convolution_cost", "writes the formula out")
def _():
    def convolution_cost(images, kernels, stride=(1, 1), padding=(0, 0), bias=True):
        n, c, h, w = images
        out, _, kh, kw = kernels
        if h + 2 * padding[0] < kh or w + 2 * padding[1] < kw:
            raise ValueError("the kernel does not fit")
        oh = (h + 2 * padding[0] - kh) // stride[0] + 1
        ow = (w + 2 * padding[1] - kw) // stride[1] + 1
        return ConvolutionCost(
            out * c * kh * kw + out * bool(bias),
            n * out * oh * ow * c * kh * kw,
            n * c * h * w * 4,
            n * oh * ow * c * kh * kw * 4,
            n * out * oh * ow * 4,
        )


@right("convolution_cost", "asks NumPy for the bytes")
def _():
    def convolution_cost(images, kernels, stride=(1, 1), padding=(0, 0), bias=True):
        sizes = [output_size(images[d], kernels[d], stride[d - 2], padding[d - 2]) for d in (2, 3)]
        x, w = np.zeros(images, np.float32), np.zeros(kernels, np.float32)
        places = images[0] * sizes[0] * sizes[1]
        return ConvolutionCost(
            w.size + bias * kernels[0],
            places * w.size,
            x.nbytes,
            places * w[:1].nbytes,
            4 * places * kernels[0],
        )
