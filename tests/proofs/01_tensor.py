"""Proofs for 01_tensor: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("tensor_data", "turns everything into float32, ids too")
def _():
    def as_array(data):
        data = data.data if isinstance(data, Tensor) else data
        try:
            array = np.array(data)
        except ValueError as fault:
            raise TypeError(f"rows of equal length were needed, got {data!r}") from fault
        if array.dtype.kind not in "fiub":
            raise TypeError(f"numbers were needed, got {data!r}")
        return array.astype(np.float32)


@wrong("tensor_data", "keeps the array it was given")
def _():
    def as_array(data):
        data = data.data if isinstance(data, Tensor) else data
        try:
            array = np.asarray(data)
        except ValueError as fault:
            raise TypeError(f"rows of equal length were needed, got {data!r}") from fault
        if array.dtype.kind not in "fiub":
            raise TypeError(f"numbers were needed, got {data!r}")
        return array.astype(np.float32, copy=False) if array.dtype.kind == "f" else array


@wrong("tensor_data", "knows only float64, and lets half precision through")
def _():
    def as_array(data):
        data = data.data if isinstance(data, Tensor) else data
        try:
            array = np.array(data)
        except ValueError as fault:
            raise TypeError(f"rows of equal length were needed, got {data!r}") from fault
        if array.dtype.kind not in "fiub":
            raise TypeError(f"numbers were needed, got {data!r}")
        return array.astype(np.float32) if array.dtype == np.float64 else array


@wrong("tensor_data", "lets NumPy complain about ragged rows")
def _():
    def as_array(data):
        array = np.array(data.data if isinstance(data, Tensor) else data)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"numbers were needed, got {data!r}")
        return array.astype(np.float32) if array.dtype.kind == "f" else array


@wrong("tensor_data", "takes strings for numbers")
def _():
    def as_array(data):
        array = np.array(data.data if isinstance(data, Tensor) else data)
        return array.astype(np.float32) if array.dtype.kind == "f" else array


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


@wrong("broadcast_shape", "aligns at the left")
def _():
    def broadcast_shape(*shapes):
        result = []
        for sizes in zip(*shapes):
            larger = set(sizes) - {1}
            if len(larger) > 1:
                raise ValueError(f"{shapes} do not combine")
            result.append(larger.pop() if larger else 1)
        return tuple(result)


@wrong("broadcast_shape", "takes the largest size, so a 0 loses against a 1")
def _():
    def broadcast_shape(*shapes):
        length = max(map(len, shapes), default=0)
        padded = [(1,) * (length - len(s)) + tuple(s) for s in shapes]
        result = []
        for sizes in zip(*padded):
            if len(set(sizes) - {1}) > 1:
                raise ValueError(" ".join(map(str, shapes)))
            result.append(max(sizes))
        return tuple(result)


@wrong("broadcast_shape", "stretches any size, not only 1")
def _():
    def broadcast_shape(*shapes):
        length = max(map(len, shapes), default=0)
        padded = [(1,) * (length - len(s)) + tuple(s) for s in shapes]
        return tuple(0 if 0 in sizes else max(sizes) for sizes in zip(*padded))


@wrong("broadcast_shape", "combines the first two shapes only")
def _():
    def broadcast_shape(*shapes):
        a, b = (shapes + ((), ()))[:2]
        length = max(len(a), len(b))
        a, b = (1,) * (length - len(a)) + a, (1,) * (length - len(b)) + b
        result = []
        for x, y in zip(a, b):
            if x != y and 1 not in (x, y):
                raise ValueError(f"{shapes}")
            result.append(y if x == 1 else x)
        return tuple(result)


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


@wrong("stretch", "copies")
def _():
    def stretch(array, shape):
        if np.broadcast_shapes(array.shape, shape) != shape:
            raise ValueError(f"{array.shape} {shape}")
        return np.array(np.broadcast_to(array, shape))


@wrong("stretch", "computes the strides from the shape")
def _():
    def stretch(array, shape):
        missing = len(shape) - array.ndim
        sizes = (1,) * missing + array.shape
        if missing < 0 or any(o != 1 and o != s for o, s in zip(sizes, shape)):
            raise ValueError(f"{array.shape} {shape}")
        strides, step = [], array.itemsize
        for size in reversed(sizes):
            strides.insert(0, 0 if size == 1 else step)
            step *= size
        return as_strided(array, shape, strides)


@wrong("stretch", "checks nothing")
def _():
    def stretch(array, shape):
        missing = len(shape) - array.ndim
        strides = (0,) * missing + array.strides
        sizes = (1,) * missing + array.shape
        return as_strided(array, shape, [0 if s == 1 else t for s, t in zip(sizes, strides)])


@wrong("stretch", "stretches at the right")
def _():
    def stretch(array, shape):
        extra = len(shape) - array.ndim
        sizes = array.shape + (1,) * extra
        if extra < 0 or any(o != 1 and o != s for o, s in zip(sizes, shape)):
            raise ValueError(f"{array.shape} {shape}")
        strides = array.strides + (0,) * extra
        return as_strided(array, shape, [0 if s == 1 else t for s, t in zip(sizes, strides)])


@right("stretch", "lets NumPy broadcast, and says the error itself")
def _():
    def stretch(array, shape):
        try:
            return np.broadcast_to(array, shape)
        except ValueError:
            raise ValueError(f"cannot stretch {array.shape} to {shape}") from None


@wrong("matmul", "multiplies elementwise")
def _():
    def matmul_shape(a, b):
        return broadcast_shape(a, b)

    class MatMul(Function):
        @staticmethod
        def forward(a, b):
            return a * b


@wrong("matmul", "leaves the error to NumPy")
def _():
    def matmul_shape(a, b):
        if not a or not b:
            raise ValueError(f"{a} {b}")
        stack = broadcast_shape(a[:-2], b[:-2])
        return stack + a[-2:-1] + (b[-1:] if len(b) > 1 else ())

    class MatMul(Function):
        @staticmethod
        def forward(a, b):
            return np.matmul(a, b)


@wrong("matmul", "uses dot, which is another product for stacks")
def _():
    def matmul_shape(a, b):
        if not a or not b or a[-1] != b[-2 if len(b) > 1 else -1]:
            raise ValueError(f"{a} {b}")
        try:
            return broadcast_shape(a[:-2], b[:-2]) + a[-2:-1] + (b[-1:] if len(b) > 1 else ())
        except ValueError:
            raise ValueError(f"{a} {b}")

    class MatMul(Function):
        @staticmethod
        def forward(a, b):
            matmul_shape(a.shape, b.shape)
            return np.dot(a, b)


@wrong("matmul", "forgets vectors")
def _():
    def matmul_shape(a, b):
        if a[-1] != b[-2]:
            raise ValueError(f"{a} {b}")
        return broadcast_shape(a[:-2], b[:-2]) + (a[-2], b[-1])

    class MatMul(Function):
        @staticmethod
        def forward(a, b):
            matmul_shape(a.shape, b.shape)
            return np.matmul(a, b)


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


@wrong("reshape", "divides by the last size only")
def _():
    def resolve_shape(shape, size):
        if shape.count(-1) > 1 or any(s < -1 for s in shape):
            raise ValueError(f"{shape} {size}")
        return tuple(size // shape[-1] if s == -1 else s for s in shape)

    class Reshape(Function):
        @staticmethod
        def forward(a, shape, copy=True):
            return a.reshape(resolve_shape(shape, a.size))


@wrong("reshape", "does not check what is left over")
def _():
    def resolve_shape(shape, size):
        known = 1
        for s in shape:
            known *= s if s != -1 else 1
        if shape.count(-1) > 1:
            raise ValueError(f"{shape} {size}")
        return tuple(size // known if s == -1 else s for s in shape)

    class Reshape(Function):
        @staticmethod
        def forward(a, shape, copy=True):
            return a.reshape(resolve_shape(shape, a.size))


@wrong("reshape", "takes any negative size for the open one")
def _():
    def resolve_shape(shape, size):
        known = 1
        for s in shape:
            known *= s if s >= 0 else 1
        open_ones = sum(s < 0 for s in shape)
        if open_ones > 1 or known == 0 and open_ones or size % max(known, 1):
            raise ValueError(f"{shape} {size}")
        result = tuple(size // known if s < 0 else s for s in shape)
        if not open_ones and known != size:
            raise ValueError(f"{shape} {size}")
        return result

    class Reshape(Function):
        @staticmethod
        def forward(a, shape, copy=True):
            return a.reshape(resolve_shape(shape, a.size))


@wrong("reshape", "copies")
def _():
    def resolve_shape(shape, size):
        try:
            return np.empty(size).reshape(shape).shape
        except ValueError:
            raise ValueError(f"{size} {shape}") from None

    class Reshape(Function):
        @staticmethod
        def forward(a, shape, copy=True):
            return np.array(a.reshape(shape))


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


@wrong("permute", "takes the inverse order")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            if sorted(d % max(a.ndim, 1) for d in dims) != list(range(a.ndim)):
                raise ValueError(f"{dims}")
            if any(not -a.ndim <= d < a.ndim for d in dims):
                raise ValueError(f"{dims}")
            return a.transpose(np.argsort([d % a.ndim for d in dims]) if a.ndim else ())


@wrong("permute", "reshapes")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            order = [d + a.ndim if d < 0 else d for d in dims]
            if sorted(order) != list(range(a.ndim)):
                raise ValueError(f"{dims}")
            return a.reshape([a.shape[d] for d in order])


@wrong("permute", "checks nothing")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            return as_strided(a, [a.shape[d] for d in dims], [a.strides[d] for d in dims])


@wrong("permute", "refuses negative dimensions")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            if sorted(dims) != list(range(a.ndim)):
                raise ValueError(f"{dims}")
            return a.transpose(dims)


@right("permute", "uses NumPy's transpose")
def _():
    class Permute(Function):
        @staticmethod
        def forward(a, dims):
            try:
                return np.transpose(a, dims)
            except ValueError:
                raise ValueError(f"{dims} does not permute {a.ndim} dimensions") from None


@wrong("reductions", "divides by the size of the whole tensor")
def _():
    Axis = int | tuple[int, ...] | None

    class Sum(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.sum(a, axis=axis, keepdims=keepdims)

    class Mean(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return Sum.forward(a, axis, keepdims) / a.size

    class Max(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if a.size == 0:
                raise ValueError(f"{a.shape}")
            return np.max(a, axis=axis, keepdims=keepdims)


@wrong("reductions", "ignores keepdims")
def _():
    Axis = int | tuple[int, ...] | None

    class Sum(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.sum(a, axis=axis)

    class Mean(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.mean(a, axis=axis)

    class Max(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if a.size == 0:
                raise ValueError(f"{a.shape}")
            return np.max(a, axis=axis)


@wrong("reductions", "divides integers with //")
def _():
    Axis = int | tuple[int, ...] | None

    class Sum(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.sum(a, axis=axis, keepdims=keepdims)

    class Mean(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            return np.mean(a, axis=axis, keepdims=keepdims).astype(a.dtype)

    class Max(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if a.size == 0:
                raise ValueError(f"{a.shape}")
            return np.max(a, axis=axis, keepdims=keepdims)


@wrong("reductions", "adds up one by one in float32")
def _():
    Axis = int | tuple[int, ...] | None

    class Sum(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if axis is None and not keepdims and a.size:
                return np.add.accumulate(a.ravel(), dtype=a.dtype)[-1]
            return np.sum(a, axis=axis, keepdims=keepdims)

    class Mean(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            axes = range(a.ndim) if axis is None else np.atleast_1d(axis)
            count = np.prod([a.shape[dim] for dim in axes])
            return np.asarray(Sum.forward(a, axis, keepdims) / count, dtype=np.float32)

    class Max(Function):
        @staticmethod
        def forward(a, axis=None, keepdims=False):
            if a.size == 0:
                raise ValueError(f"{a.shape}")
            return np.max(a, axis=axis, keepdims=keepdims)


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


@wrong("matmul_cost", "counts a multiply-accumulate as one operation")
def _():
    @dataclass(frozen=True)
    class Cost:
        flops: int
        bytes: int

        def intensity(self):
            return self.flops / self.bytes

        def seconds(self, flops_per_s, bytes_per_s):
            return max(self.flops / flops_per_s, self.bytes / bytes_per_s)

    def matmul_cost(n, k, m, itemsize=4):
        return Cost(n * k * m, itemsize * (n * k + k * m + n * m))


@wrong("matmul_cost", "forgets to write the result")
def _():
    @dataclass(frozen=True)
    class Cost:
        flops: int
        bytes: int

        def intensity(self):
            return self.flops / self.bytes

        def seconds(self, flops_per_s, bytes_per_s):
            return max(self.flops / flops_per_s, self.bytes / bytes_per_s)

    def matmul_cost(n, k, m, itemsize=4):
        return Cost(2 * n * k * m, itemsize * (n * k + k * m))


@wrong("matmul_cost", "adds the two times")
def _():
    @dataclass(frozen=True)
    class Cost:
        flops: int
        bytes: int

        def intensity(self):
            return self.flops / self.bytes

        def seconds(self, flops_per_s, bytes_per_s):
            return self.flops / flops_per_s + self.bytes / bytes_per_s

    def matmul_cost(n, k, m, itemsize=4):
        return Cost(2 * n * k * m, itemsize * (n * k + k * m + n * m))


@wrong("matmul_cost", "takes four bytes for granted")
def _():
    @dataclass(frozen=True)
    class Cost:
        flops: int
        bytes: int

        def intensity(self):
            return self.flops / self.bytes

        def seconds(self, flops_per_s, bytes_per_s):
            return max(self.flops / flops_per_s, self.bytes / bytes_per_s)

    def matmul_cost(n, k, m, itemsize=4):
        return Cost(2 * n * k * m, 4 * (n * k + k * m + n * m))


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
