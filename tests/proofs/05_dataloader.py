"""Proofs for 05_dataloader: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "tensor_dataset",
    "takes the number of tensors for the length",
    {"self.tensors[0].shape[0]": "len(self.tensors)"},
)

wrong(
    "tensor_dataset",
    "refuses negative numbers",
    {
        "return tuple(tensor[index]": """if isinstance(index, int) and not 0 <= index < len(self):
            raise IndexError(f"no sample {index}")
        return tuple(tensor[index]"""
    },
)

wrong(
    "tensor_dataset",
    "wraps around past the end",
    {"tensor[index]": "tensor[index % len(self) if isinstance(index, int) else index]"},
)

wrong(
    "tensor_dataset",
    "cuts to the shortest tensor in silence",
    {
        "if len(set(lengths)) != 1:": "if not lengths:",
        "self.tensors[0].shape[0]": "min(t.shape[0] for t in self.tensors)",
    },
)

wrong(
    "tensor_dataset",
    "compares neighbours' lengths, and accepts no tensors",
    {"len(set(lengths)) != 1": "any(a != b for a, b in zip(lengths, lengths[1:]))"},
)

wrong(
    "tensor_dataset",
    "leaves arrays as they are",
    {"[t if isinstance(t, Tensor) else Tensor(t) for t in tensors]": "tensors"},
)

wrong(
    "tensor_dataset",
    "turns labels into floats",
    {"t if isinstance(t, Tensor) else Tensor(t)": "Tensor(np.float32(Tensor(t).data))"},
)

wrong(
    "tensor_dataset",
    "keeps a batch dimension on a single sample",
    {"tensor[index]": "tensor[[index] if isinstance(index, int) else index]"},
)


@right("tensor_dataset", "keeps arrays, and packs copies")
def _():
    class TensorDataset(Dataset):
        def __init__(self, *tensors):
            if not tensors:
                raise ValueError("a data set needs at least one tensor, none were given")
            self.n = tensors[0].shape[0]
            for other in tensors[1:]:
                if other.shape[0] != self.n:
                    lengths = " and ".join(str(t.shape[0]) for t in tensors)
                    raise ValueError(f"tensors of one length are needed, these have {lengths}")
            self.arrays = tuple(Tensor(t).numpy() for t in tensors)

        def __len__(self):
            return self.n

        def __getitem__(self, index):
            return tuple([Tensor(array[index]) for array in self.arrays])


@right("tensor_dataset", "checks numbers itself")
def _():
    class TensorDataset(Dataset):
        def __init__(self, *tensors):
            tensors = list(map(Tensor, tensors))
            lengths = sorted({len(t.data) for t in tensors})
            if len(lengths) != 1:
                raise ValueError(f"expected one common length but got {lengths}")
            self.length, self.tensors = lengths[0], tensors

        def __len__(self):
            return self.length

        def __getitem__(self, index):
            if isinstance(index, int) and not -self.length <= index < self.length:
                raise IndexError(f"there is no sample {index} among {self.length}")
            return tuple(Tensor.wrap(np.asarray(t.data[index])) for t in self.tensors)


wrong(
    "collate", "stacks along the last dimension", {"np.stack(arrays)": "np.stack(arrays, axis=-1)"}
)

wrong(
    "collate",
    "joins along the first dimension instead of a new one",
    {"np.stack(arrays)": "np.concatenate([np.atleast_1d(array) for array in arrays])"},
)

wrong(
    "collate",
    "makes every field float32",
    {"np.stack(arrays)": "np.stack(arrays).astype(np.float32)"},
)

wrong(
    "collate",
    "cuts to the shortest sample in silence",
    {"if len(widths) != 1:": "if not widths:", "strict=True": "strict=False"},
)

wrong(
    "collate",
    "lets values of different shapes broadcast",
    {
        "shapes = sorted(": """arrays = np.broadcast_arrays(*arrays)
        shapes = sorted("""
    },
)

wrong(
    "collate",
    "gives a bare tensor for samples of one value",
    {"return tuple(batch)": "return tuple(batch) if isinstance(samples[0], tuple) else batch[0]"},
)

wrong("collate", "forgets the empty list", {"len(widths) != 1": "len(widths) > 1"})


@right("collate", "fills arrays made beforehand")
def _():
    def collate(samples):
        if len(samples) == 0:
            raise ValueError("there is no batch of no samples")
        rows = []
        for sample in samples:
            values = sample if isinstance(sample, tuple) else (sample,)
            rows.append([Tensor(value).numpy() for value in values])
        batch = []
        for k, first in enumerate(rows[0]):
            out = np.empty((len(rows), *first.shape), dtype=first.dtype)
            for i, row in enumerate(rows):
                if len(row) != len(rows[0]):
                    raise ValueError(f"{len(row)} fields beside {len(rows[0])}")
                if row[k].shape != first.shape:
                    raise ValueError(f"shape {row[k].shape} beside {first.shape}")
                out[i] = row[k]
            batch.append(Tensor.wrap(out))
        return tuple(batch)


@right("collate", "lets np.stack find out")
def _():
    def collate(samples):
        samples = [s if type(s) is tuple else (s,) for s in samples]
        if not samples or any(len(s) != len(samples[0]) for s in samples):
            raise ValueError(f"no batch of samples with {[len(s) for s in samples]} fields")
        batch = []
        for k in range(len(samples[0])):
            column = [s[k].numpy() if isinstance(s[k], Tensor) else s[k] for s in samples]
            try:
                batch.append(Tensor(np.stack(column, axis=0)))
            except ValueError as fault:
                shapes = [np.shape(value) for value in column]
                raise ValueError(f"field {k} has the shapes {shapes}") from fault
        return tuple(batch)


wrong(
    "epoch_order",
    "draws independently, so samples repeat",
    {"rng.permutation(n)": "rng.integers(0, max(n, 1), n)"},
)

wrong(
    "epoch_order",
    "uses NumPy's global generator",
    {"rng.permutation(n)": "np.random.permutation(n)"},
)

wrong(
    "epoch_order",
    "seeds anew, so every epoch is the same",
    {"rng.permutation(n)": "np.random.default_rng(0).permutation(n)"},
)

wrong(
    "epoch_order",
    "only rotates",
    {"rng.permutation(n)": "np.roll(np.arange(n), rng.integers(max(n, 1)))"},
)


@wrong("epoch_order", "swaps with any position, so some orders are likelier")
def _():
    def epoch_order(n, shuffle, rng):
        order = np.arange(n)
        if shuffle:
            for i in range(n):
                j = rng.integers(n)
                order[i], order[j] = order[j], order[i]
        return order


wrong("epoch_order", "draws even without shuffle", {"np.arange(n)": "np.sort(rng.permutation(n))"})

wrong(
    "epoch_order",
    "counts from one",
    {"rng.permutation(n)": "rng.permutation(n) + 1", "np.arange(n)": "np.arange(1, n + 1)"},
)


@right("epoch_order", "swaps from the end, as Fisher and Yates do")
def _():
    def epoch_order(n, shuffle, rng):
        order = np.arange(n)
        if shuffle:
            for i in range(n - 1, 0, -1):
                j = int(rng.integers(i + 1))
                order[[i, j]] = order[[j, i]]
        return order


right("epoch_order", "sorts random keys", {"rng.permutation(n)": "np.argsort(rng.random(n))"})

wrong(
    "dataloader",
    "drops the last, smaller batch",
    {
        "-(-len(self.dataset) // self.batch_size)": "len(self.dataset) // self.batch_size",
        "range(0, len(order), self.batch_size)": "range(0, len(self) * self.batch_size, self.batch_size)",
    },
)

wrong(
    "dataloader",
    "always counts one batch more",
    {"-(-len(self.dataset) // self.batch_size)": "len(self.dataset) // self.batch_size + 1"},
)

wrong(
    "dataloader",
    "draws one order for all epochs",
    {
        "self.rng = np.random.default_rng(rng)": "self.order = epoch_order(len(dataset), shuffle, np.random.default_rng(rng))",
        "epoch_order(len(self.dataset), self.shuffle, self.rng)": "self.order",
    },
)

wrong(
    "dataloader",
    "makes the generator anew in every epoch",
    {
        "self.rng = np.random.default_rng(rng)": "self.seed = rng",
        "self.shuffle, self.rng)": "self.shuffle, np.random.default_rng(self.seed))",
    },
)


@wrong("dataloader", "keeps the position in the loader, so two loops share it")
def _():
    Seed = np.random.Generator | int | None

    class DataLoader:
        def __init__(self, dataset, batch_size, shuffle=False, rng=None):
            if batch_size != int(batch_size) or batch_size < 1:
                raise ValueError(f"batch_size {batch_size}")
            self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
            self.rng = np.random.default_rng(rng)

        def __len__(self):
            return -(-len(self.dataset) // self.batch_size)

        def __iter__(self):
            self.order, self.start = epoch_order(len(self.dataset), self.shuffle, self.rng), 0
            return self

        def __next__(self):
            if self.start >= len(self.order):
                raise StopIteration
            chosen = self.order[self.start : self.start + self.batch_size]
            self.start += self.batch_size
            if isinstance(self.dataset, TensorDataset):
                return self.dataset[chosen]
            return collate([self.dataset[int(i)] for i in chosen])


wrong(
    "dataloader",
    "asks a TensorDataset for sample after sample",
    {
        "yield self.dataset[chosen]": "yield collate([self.dataset[int(number)] for number in chosen])"
    },
)

wrong(
    "dataloader",
    "knows only data sets that take an array of numbers",
    {
        "yield collate([self.dataset[int(number)] for number in chosen])": "yield self.dataset[chosen]"
    },
)

wrong(
    "dataloader",
    "accepts any batch size",
    {
        'raise ValueError(f"batch_size must be a whole number from 1 on, but got {batch_size!r}")': "pass"
    },
)


@right("dataloader", "splits the order with NumPy and returns a generator expression")
def _():
    Seed = np.random.Generator | int | None

    class DataLoader:
        def __init__(self, dataset, batch_size, shuffle=False, rng=None):
            if not isinstance(batch_size, (int, np.integer)) or batch_size <= 0:
                raise ValueError(f"a batch holds 1, 2, ... samples, not {batch_size}")
            self.rng = np.random.default_rng(rng)
            self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

        def __len__(self):
            full, rest = divmod(len(self.dataset), self.batch_size)
            return full + (rest > 0)

        def batch(self, numbers):
            if isinstance(self.dataset, TensorDataset):
                return self.dataset[numbers]
            return collate([self.dataset[i] for i in numbers.tolist()])

        def __iter__(self):
            order = epoch_order(len(self.dataset), self.shuffle, self.rng)
            cuts = range(self.batch_size, len(order), self.batch_size)
            pieces = np.split(order, cuts) if len(order) else []
            return (self.batch(piece) for piece in pieces)


@right("dataloader", "returns an iterator object of its own")
def _():
    Seed = np.random.Generator | int | None

    class Epoch:
        def __init__(self, dataset, order, batch_size):
            self.dataset, self.left, self.batch_size = dataset, order, batch_size

        def __iter__(self):
            return self

        def __next__(self):
            if self.left.size == 0:
                raise StopIteration
            now, self.left = self.left[: self.batch_size], self.left[self.batch_size :]
            if isinstance(self.dataset, TensorDataset):
                return self.dataset[now]
            return collate([self.dataset[int(i)] for i in now])

    class DataLoader:
        def __init__(self, dataset, batch_size, shuffle=False, rng=None):
            if batch_size < 1 or batch_size % 1:
                raise ValueError(f"batch_size is a whole number of at least 1, not {batch_size}")
            self.dataset, self.batch_size, self.shuffle = dataset, int(batch_size), shuffle
            self.rng = np.random.default_rng(rng)

        def __len__(self):
            return (len(self.dataset) + self.batch_size - 1) // self.batch_size

        def __iter__(self):
            order = epoch_order(len(self.dataset), self.shuffle, self.rng)
            return Epoch(self.dataset, order, self.batch_size)


wrong("flip", "mirrors top to bottom", {"pixels[..., ::-1]": "pixels[..., ::-1, :]"})

wrong("flip", "reverses every axis, channels too", {"pixels[..., ::-1]": "np.flip(pixels)"})

wrong(
    "flip",
    "takes axis 1 for the width, so channels break it",
    {"pixels[..., ::-1]": "pixels[:, ::-1]"},
)


@wrong("flip", "draws for each row")
def _():
    class RandomHorizontalFlip:
        def __init__(self, p=0.5, rng=None):
            self.p, self.rng = p, np.random.default_rng(rng)

        def __call__(self, image):
            pixels = np.array(image.data if isinstance(image, Tensor) else image)
            for index in np.ndindex(pixels.shape[:-1]):
                if self.rng.random() < self.p:
                    pixels[index] = pixels[index][::-1].copy()
            return same_kind(pixels, image)


wrong(
    "flip",
    "mirrors with probability 1 - p",
    {"self.rng.random() < self.p": "self.rng.random() >= self.p"},
)

wrong(
    "flip",
    "writes the mirror image into the original",
    {"pixels = pixels[..., ::-1]": "pixels[:] = pixels[..., ::-1].copy()"},
)

wrong(
    "flip",
    "returns the stored image itself where it does not mirror",
    {
        "pixels = pixels[..., ::-1]": "return same_kind(pixels[..., ::-1], image)",
        "return same_kind(pixels, image)": "return image",
    },
)

wrong(
    "flip",
    "draws once, when it is made",
    {
        "self.rng, self.p = np.random.default_rng(rng), p": "self.turn = np.random.default_rng(rng).random() < p",
        "self.rng.random() < self.p": "self.turn",
    },
)

wrong(
    "flip",
    "forgets the generator it was given",
    {"self.rng.random()": "np.random.default_rng().random()"},
)


@right("flip", "takes columns by number, and draws with binomial")
def _():
    class RandomHorizontalFlip:
        def __init__(self, p=0.5, rng=None):
            if p < 0 or p > 1:
                raise ValueError(f"p is a probability, but got {p}")
            self.p, self.rng = p, np.random.default_rng(rng)

        def __call__(self, image):
            pixels = image.numpy() if isinstance(image, Tensor) else image
            columns = np.arange(pixels.shape[-1])
            if self.rng.binomial(1, self.p):
                columns = columns[::-1]
            chosen = np.take(pixels, columns, axis=-1)
            return Tensor(chosen) if isinstance(image, Tensor) else chosen


@right("flip", "indexes what it was given, tensor or array")
def _():
    class RandomHorizontalFlip:
        def __init__(self, p=0.5, rng=None):
            self.p, self.rng = p, np.random.default_rng(rng)

        def __call__(self, image):
            turned = image[..., ::-1] if self.rng.random() < self.p else image
            return Tensor(turned) if isinstance(image, Tensor) else turned.copy()


@right("flip", "calls itself on the array of a tensor")
def _():
    class RandomHorizontalFlip:
        def __init__(self, p=0.5, rng=None):
            self.p, self.rng = p, np.random.default_rng(rng)

        def __call__(self, image):
            if isinstance(image, Tensor):
                return Tensor(self(image.data))
            turn = self.rng.uniform() < self.p
            return np.flip(image, axis=-1).copy() if turn else image.copy()


wrong(
    "crop",
    "never draws the last place",
    {
        "rows - height + 1": "max(rows - height, 1)",
        "columns - width + 1": "max(columns - width, 1)",
    },
)

wrong(
    "crop",
    "draws one number for row and column",
    {
        "y = self.rng.integers(rows - height + 1)": """u = self.rng.random()
        y = int(u * (rows - height + 1))""",
        "self.rng.integers(columns - width + 1)": "int(u * (columns - width + 1))",
    },
)

wrong(
    "crop",
    "rounds, so the border is drawn half as often",
    {
        "self.rng.integers(rows - height + 1)": "round(self.rng.random() * (rows - height))",
        "self.rng.integers(columns - width + 1)": "round(self.rng.random() * (columns - width))",
    },
)

wrong("crop", "pads the channels too", {"np.pad(pixels, border)": "np.pad(pixels, self.padding)"})

wrong(
    "crop",
    "repeats the border instead of padding with zeros",
    {"np.pad(pixels, border)": 'np.pad(pixels, border, mode="edge")'},
)

wrong("crop", "swaps height and width", {"(height, width) =": "(width, height) ="})

wrong(
    "crop",
    "asks for the size before padding",
    {"height > rows or width > columns": "height > pixels.shape[-2] or width > pixels.shape[-1]"},
)

wrong(
    "crop",
    "hands out a view of the stored image",
    {
        "np.pad(pixels, border)": "np.pad(pixels, border) if self.padding else pixels",
        "return same_kind(padded[..., y : y + height, x : x + width], image)": """window = padded[..., y : y + height, x : x + width]
        return Tensor.wrap(window) if isinstance(image, Tensor) else window""",
    },
)


@wrong("crop", "pads with float64 zeros, whatever the image is")
def _():
    class RandomCrop:
        def __init__(self, size, padding=0, rng=None):
            self.size = (size, size) if isinstance(size, int) else tuple(size)
            self.padding, self.rng = padding, np.random.default_rng(rng)

        def __call__(self, image):
            pixels = image.data if isinstance(image, Tensor) else image
            p, (h, w) = self.padding, self.size
            *front, rows, columns = pixels.shape
            padded = np.zeros((*front, rows + 2 * p, columns + 2 * p))
            padded[..., p : p + rows, p : p + columns] = pixels
            rows, columns = padded.shape[-2:]
            if h > rows or w > columns:
                raise ValueError(f"no window {self.size} in {(rows, columns)}")
            i, j = self.rng.integers(rows - h + 1), self.rng.integers(columns - w + 1)
            return same_kind(padded[..., i : i + h, j : j + w], image)


@right("crop", "pads into zeros, and draws inclusive ends")
def _():
    class RandomCrop:
        def __init__(self, size, padding=0, rng=None):
            self.height, self.width = (size, size) if isinstance(size, int) else size
            self.padding, self.rng = padding, np.random.default_rng(rng)

        def __call__(self, image):
            pixels = image.numpy() if isinstance(image, Tensor) else image
            p = self.padding
            *front, rows, columns = pixels.shape
            padded = np.zeros((*front, rows + 2 * p, columns + 2 * p), dtype=pixels.dtype)
            padded[..., p : p + rows, p : p + columns] = pixels
            free_rows, free_columns = rows + 2 * p - self.height, columns + 2 * p - self.width
            if min(free_rows, free_columns) < 0:
                raise ValueError(
                    f"a window of {self.height} x {self.width} is larger than the image of "
                    f"{rows + 2 * p} x {columns + 2 * p}"
                )
            left = self.rng.integers(0, free_columns, endpoint=True)
            top = self.rng.integers(0, free_rows, endpoint=True)
            window = padded[..., top : top + self.height, left : left + self.width].copy()
            return Tensor(window) if isinstance(image, Tensor) else window


@right("crop", "draws one place and divides it")
def _():
    class RandomCrop:
        def __init__(self, size, padding=0, rng=None):
            self.size = (size, size) if isinstance(size, int) else tuple(size)
            self.padding, self.rng = padding, np.random.default_rng(rng)

        def __call__(self, image):
            if isinstance(image, Tensor):
                return Tensor(self(image.data))
            widths = [
                (self.padding,) * 2 if k >= image.ndim - 2 else (0, 0) for k in range(image.ndim)
            ]
            padded = np.pad(image, widths)
            windows = np.lib.stride_tricks
            if any(s > t for s, t in zip(self.size, padded.shape[-2:])):
                raise ValueError(f"{self.size} does not fit into {padded.shape[-2:]}")
            places = windows.sliding_window_view(padded, self.size, axis=(-2, -1))
            down, across = places.shape[-4:-2]
            i, j = divmod(int(self.rng.integers(down * across)), across)
            return places[..., i, j, :, :].copy()


wrong(
    "loading_seconds",
    "counts full batches only",
    {"-(-samples // batch_size)": "samples // batch_size"},
)

wrong(
    "loading_seconds",
    "lets part of a batch cost part of its fixed time",
    {"-(-samples // batch_size)": "samples / batch_size"},
)

wrong(
    "loading_seconds",
    "pays for every batch as if it were full",
    {"samples * self.per_sample_s": "batches * batch_size * self.per_sample_s"},
)

wrong(
    "loading_seconds",
    "always adds one batch",
    {"-(-samples // batch_size)": "samples // batch_size + 1"},
)

wrong(
    "loading_seconds",
    "compares the fixed cost with the samples, not with the whole",
    {"self.per_batch_s * (1 - share) /": "self.per_batch_s /"},
)

wrong(
    "loading_seconds",
    "rounds the batch size down, and reaches 0",
    {"max(1, int(np.ceil(smallest * (1 - 1e-9))))": "int(smallest)"},
)

wrong(
    "loading_seconds",
    "rounds a whole number up where a rounding error made it a little larger",
    {"smallest * (1 - 1e-9)": "smallest"},
)

wrong(
    "loading_seconds",
    "gives batches per second for the throughput",
    {"samples / self.seconds": "-(-samples // batch_size) / self.seconds"},
)


@right("loading_seconds", "adds up batch by batch, and searches the batch size")
def _():
    @dataclass(frozen=True)
    class LoadingCost:
        per_batch_s: float
        per_sample_s: float

        def seconds(self, samples, batch_size):
            batches = len(range(0, samples, batch_size))
            return sum([self.per_batch_s] * batches) + samples * self.per_sample_s

        def throughput(self, samples, batch_size):
            return 1 / (self.seconds(samples, batch_size) / samples)

        def batch_size_for(self, share):
            def enough(size):
                return self.per_batch_s <= share * (self.per_batch_s + size * self.per_sample_s)

            high = 1
            while not enough(high):
                high *= 2
            low = high // 2
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if enough(middle) else (middle, high)
            return high


@right("loading_seconds", "writes the batches with divmod")
def _():
    @dataclass(frozen=True)
    class LoadingCost:
        per_batch_s: float
        per_sample_s: float

        def seconds(self, samples, batch_size):
            full, rest = divmod(samples, batch_size)
            return (full + bool(rest)) * self.per_batch_s + samples * self.per_sample_s

        def throughput(self, samples, batch_size):
            return samples / self.seconds(samples=samples, batch_size=batch_size)

        def batch_size_for(self, share):
            odds = (1 / share) - 1
            size = int(odds * self.per_batch_s / self.per_sample_s)
            while size < 1 or self.per_batch_s > share * (
                self.per_batch_s + size * self.per_sample_s
            ):
                size += 1
            return size
