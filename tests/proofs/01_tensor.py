"""Proofs for 01_tensor: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong

wrong(
    "tensor_data",
    "turns everything into float32, ids too",
    {' if array.dtype.kind == "f" else array': ""},
)

wrong(
    "tensor_data",
    "keeps the array it was given",
    {"np.array(data)": "np.asarray(data)", "astype(np.float32)": "astype(np.float32, copy=False)"},
)

wrong(
    "tensor_data",
    "knows only float64, and lets half precision through",
    {'array.dtype.kind == "f"': "array.dtype == np.float64"},
)

wrong(
    "tensor_data",
    "lets NumPy complain about ragged rows",
    {
        'raise TypeError(f"a tensor needs rows of equal length, but got {data!r}") from fault': "raise"
    },
)

wrong(
    "tensor_data",
    "takes strings for numbers",
    {'raise TypeError(f"a tensor holds numbers, but got {array.dtype} from {data!r}")': "pass"},
)


wrong("tensor_data", "does not take a Tensor", {"data = data.data": "pass"})


@right("tensor_data", "asks issubdtype, and copies at the end")
def _():
    def as_array(data):
        source = data.data if isinstance(data, Tensor) else data
        try:
            array = np.asarray(source)
        except (ValueError, TypeError):
            raise TypeError(f"cannot make a rectangular block of numbers of {source!r}")
        if np.issubdtype(array.dtype, np.floating):
            return np.array(array, dtype=np.float32)
        if np.issubdtype(array.dtype, np.integer) or array.dtype == bool:
            return array.copy()
        raise TypeError(f"a tensor holds numbers, not {array.dtype}")


wrong(
    "broadcast_shape",
    "aligns at the left",
    {"shape[-dim]": "shape[dim - 1]", "tuple(reversed(result))": "tuple(result)"},
)

wrong(
    "broadcast_shape",
    "takes the largest size, so a 0 loses against a 1",
    {
        " - {1}": "",
        "len(sizes) > 1": "len(sizes - {1}) > 1",
        "sizes.pop() if sizes else 1": "max(sizes)",
    },
)


@wrong("broadcast_shape", "stretches any size, not only 1")
def _():
    def broadcast_shape(*shapes):
        length = max(map(len, shapes), default=0)
        padded = [(1,) * (length - len(s)) + tuple(s) for s in shapes]
        return tuple(0 if 0 in sizes else max(sizes) for sizes in zip(*padded))


wrong(
    "broadcast_shape",
    "combines the first two shapes only",
    {"result: list[int] = []": "result, shapes = [], shapes[:2]"},
)


@right("broadcast_shape", "folds pairs")
def _():
    def broadcast_shape(*shapes):
        def pair(a, b):
            if len(a) < len(b):
                a, b = b, a
            b = (1,) * (len(a) - len(b)) + tuple(b)
            if any(x != y and x != 1 and y != 1 for x, y in zip(a, b)):
                raise ValueError("shapes do not combine: " + " ".join(str(s) for s in shapes))
            return tuple(y if x == 1 else x for x, y in zip(a, b))

        result = ()
        for shape in shapes:
            result = pair(result, shape)
        return result


wrong("stretch", "copies", {"writeable=False)": "writeable=False).copy()"})

wrong(
    "stretch",
    "computes the strides from the shape",
    {"array.strides": "np.empty(array.shape, array.dtype).strides"},
)

wrong(
    "stretch",
    "checks nothing",
    {'raise ValueError(f"an array of shape {array.shape} does not broadcast to {shape}")': "pass"},
)

wrong(
    "stretch",
    "stretches at the right",
    {
        "(1,) * missing + array.shape": "array.shape + (1,) * missing",
        "(0,) * missing + array.strides": "array.strides + (0,) * missing",
    },
)


wrong("stretch", "a view that can be written to", {"writeable=False": "writeable=True"})


@right("stretch", "lets NumPy broadcast, and says the error itself")
def _():
    def stretch(array, shape):
        try:
            return np.broadcast_to(array, shape)
        except ValueError:
            raise ValueError(f"cannot stretch {array.shape} to {shape}") from None


wrong("matmul", "multiplies elementwise", {"np.matmul(a, b)": "a * b"})

wrong(
    "matmul",
    "leaves the error to NumPy",
    {" or a[-1] != b[-2 if len(b) > 1 else -1]": "", "matmul_shape(a.shape, b.shape)": "pass"},
)

wrong(
    "matmul", "uses dot, which is another product for stacks", {"np.matmul(a, b)": "np.dot(a, b)"}
)

wrong(
    "matmul",
    "forgets vectors",
    {
        "b[-2 if len(b) > 1 else -1]": "b[-2]",
        "a[-2:-1] + (b[-1:] if len(b) > 1 else ())": "(a[-2], b[-1])",
    },
)


wrong(
    "matmul",
    "names only the stacks where they do not broadcast",
    {'raise ValueError(f"shapes {a} and {b} do not multiply: {fault}") from fault': "raise"},
)


@right("matmul", "widens vectors, and multiplies with einsum")
def _():
    def matmul_shape(a, b):
        if len(a) == 0 or len(b) == 0:
            raise ValueError(f"a number has no rows: {a} {b}")
        left, right = (1,) + a if len(a) == 1 else a, b + (1,) if len(b) == 1 else b
        if left[-1] != right[-2]:
            raise ValueError(f"{a} and {b} have different inner sizes")
        try:
            stack = broadcast_shape(left[:-2], right[:-2])
        except ValueError:
            raise ValueError(f"the stacks of {a} and {b} do not broadcast")
        return stack + (() if len(a) == 1 else a[-2:-1]) + (() if len(b) == 1 else b[-1:])

    class MatMul(Function):
        @staticmethod
        def forward(a, b):
            shape = matmul_shape(a.shape, b.shape)
            left = a[None] if a.ndim == 1 else a
            right = b[:, None] if b.ndim == 1 else b
            return np.einsum("...ij,...jk->...ik", left, right).reshape(shape)


wrong("reshape", "divides by the last size only", {"size // product": "size // shape[-1]"})

wrong(
    "reshape",
    "does not check what is left over",
    {" and size % product == 0": "", "product != size or ": ""},
)

wrong(
    "reshape",
    "takes any negative size for the open one",
    {
        "1 if length == -1": "1 if length < 0",
        "shape.count(-1) == 1": "sum(length < 0 for length in shape) == 1",
        "product if length == -1": "product if length < 0",
    },
)

wrong("reshape", "copies", {"return shaped": "return shaped.copy()"})


@right("reshape", "asks NumPy on an array without bytes")
def _():
    def resolve_shape(shape, size):
        if any(s < -1 for s in shape):
            raise ValueError(f"{size} numbers cannot have shape {shape}")
        try:
            return np.broadcast_to(np.int8(0), (size,)).reshape(shape).shape
        except ValueError:
            raise ValueError(f"{size} numbers cannot have shape {shape}") from None

    class Reshape(Function):
        @staticmethod
        def forward(a, shape, copy=True):
            out = a.reshape(resolve_shape(shape, a.size))
            if not copy and a.size and not np.shares_memory(out, a):
                raise ValueError("use reshape")
            return out


wrong(
    "permute",
    "takes the inverse order",
    {
        "a.strides[dim] for dim in order": "a.strides[dim] for dim in np.argsort(order)",
        "a.shape[dim] for dim in order": "a.shape[dim] for dim in np.argsort(order)",
    },
)

wrong("permute", "reshapes", {"as_strided(a, shape=": "a.reshape(", ", strides=strides)": ")"})

wrong(
    "permute",
    "checks nothing",
    {
        'raise ValueError(f"{dims} is no order of the {a.ndim} dimensions of shape {a.shape}")': "pass"
    },
)

wrong("permute", "refuses negative dimensions", {"dim + a.ndim if dim < 0 else dim": "dim"})


@right("permute", "uses NumPy's transpose")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            try:
                return np.transpose(a, dims)
            except ValueError:
                raise ValueError(f"{dims} does not permute {a.ndim} dimensions") from None


wrong("reductions", "divides by the size of the whole tensor", {"/ count": "/ a.size"})

wrong(
    "reductions",
    "ignores keepdims",
    {
        "np.sum(a, axis=axis, keepdims=keepdims)": "np.sum(a, axis=axis)",
        "np.max(a, axis=axis, keepdims=keepdims)": "np.max(a, axis=axis)",
    },
)

wrong("reductions", "divides integers with //", {"dtype=np.float32": "dtype=a.dtype"})

wrong(
    "reductions",
    "adds up one by one in float32",
    {
        "return np.sum(": "if axis is None and not keepdims and a.size:\n"
        "            return np.add.accumulate(a.ravel(), dtype=a.dtype)[-1]\n"
        "        return np.sum("
    },
)


wrong("reductions", "a mean in the type that NumPy gives it", {", dtype=np.float32)": ")"})


@right("reductions", "counts by comparing sizes")
def _():
    Axis = int | tuple[int, ...] | None

    class Sum(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.add.reduce(a, axis=axis, keepdims=keepdims)

    class Mean(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            total = Sum.forward(a, axis=axis, keepdims=keepdims)
            return np.float32(1.0) * np.asarray(
                total / (a.size / max(np.size(total), 1)), np.float32
            )

    class Max(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if a.size == 0:
                raise ValueError(f"nothing to compare along {axis} of {a.shape}")
            return a.max(axis=axis, keepdims=keepdims)


wrong(
    "matmul_cost", "counts a multiply-accumulate as one operation", {"2 * n * k * m": "n * k * m"}
)

wrong("matmul_cost", "forgets to write the result", {"n * k + k * m + n * m": "n * k + k * m"})

wrong(
    "matmul_cost",
    "adds the two times",
    {"max(self.flops / flops_per_s, self": "(self.flops / flops_per_s + self"},
)

wrong("matmul_cost", "takes four bytes for granted", {"bytes=itemsize": "bytes=4"})


@right("matmul_cost", "sums over the three blocks")
def _():
    @dataclass(frozen=True)
    class Cost:
        flops: int
        bytes: int

        def intensity(self):
            return self.flops / self.bytes

        def seconds(self, flops_per_s, bytes_per_s):
            compute, move = self.flops / flops_per_s, self.bytes / bytes_per_s
            return compute if compute > move else move

    def matmul_cost(n, k, m, itemsize=4):
        numbers = sum(a * b for a, b in [(n, k), (k, m), (n, m)])
        return Cost(flops=n * m * (k + k), bytes=numbers * itemsize)
