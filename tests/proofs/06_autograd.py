"""Proofs for 06_autograd: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "unbroadcast",
    "aligns at the left",
    {"d < extra or shape[d - extra] == 1": "d >= len(shape) or shape[d] != gradient.shape[d]"},
)

wrong(
    "unbroadcast",
    "forgets the dimensions of size 1 that were stretched",
    {" or shape[d - extra] == 1": "", ", keepdims=True).reshape(shape)": ")"},
)

wrong("unbroadcast", "drops the summed dimensions", {", keepdims=True).reshape(shape)": ")"})

wrong("unbroadcast", "takes the mean of the slopes", {"gradient.sum(": "gradient.mean("})


@wrong("unbroadcast", "runs through every number in Python")
def _():
    def unbroadcast(gradient, shape):
        if gradient.shape == shape:
            return gradient
        return unbroadcast_loops(gradient, shape).astype(gradient.dtype)


wrong(
    "unbroadcast",
    "sums in float64 and stays there",
    {"keepdims=True": "keepdims=True, dtype=np.float64"},
)


@right("unbroadcast", "first the dimensions in front, then one by one")
def _():
    def unbroadcast(gradient, shape):
        if tuple(gradient.shape) == tuple(shape):
            return gradient
        while gradient.ndim > len(shape):
            gradient = np.asarray(gradient.sum(axis=0))
        for dim, size in enumerate(shape):
            if size == 1 and gradient.shape[dim] != 1:
                gradient = gradient.sum(axis=dim, keepdims=True)
        return gradient


@right("unbroadcast", "one einsum over letters")
def _():
    def unbroadcast(gradient, shape):
        if gradient.shape == shape:
            return gradient
        letters = "abcdefghij"[: gradient.ndim]
        extra = gradient.ndim - len(shape)
        kept = "".join(c for c, n in zip(letters[extra:], shape) if n != 1)
        return np.einsum(f"{letters}->{kept}", gradient).reshape(shape)


wrong(
    "elementwise_gradients",
    "hands each factor itself",
    {"a if wrt else b": "b if wrt else a"},
)

wrong(
    "elementwise_gradients",
    "takes the slope of a quotient in b as -1/b",
    {"-gradient * output / b": "-gradient * output"},
)

wrong(
    "elementwise_gradients",
    "forgets that a quotient shrinks when b grows",
    {"return -gradient * output": "return gradient * output"},
)

wrong(
    "elementwise_gradients",
    "changes the sign in place",
    {
        "return -gradient * output / b if wrt": "if wrt:\n        gradient *= -1\n"
        "    return gradient * output / b if wrt"
    },
)

wrong(
    "elementwise_gradients",
    "forgets what arrives",
    {"gradient * (a if wrt else b)": "a if wrt else b"},
)

wrong(
    "elementwise_gradients",
    "makes float64 of a float32 quotient",
    {"else gradient / b": "else gradient / np.float64(b)"},
)

wrong("elementwise_gradients", "forgets to put a rule into the table", {"@gradient_of(Mul)": ""})

wrong(
    "elementwise_gradients",
    "leaves 0 ** -1 in the power",
    {"np.power(a, np.where(b == 0, 1, b - 1))": "a ** (b - 1)"},
)

wrong(
    "elementwise_gradients",
    "divides the power by its base, which may be 0",
    {"np.power(a, np.where(b == 0, 1, b - 1))": "output / a"},
)

wrong(
    "elementwise_gradients",
    "takes the logarithm of every base",
    {"np.log(np.where(a > 0, a, 1))": "np.log(a)"},
)


@right("elementwise_gradients", "multiplies by reciprocals, and masks afterwards")
def _():
    @gradient_of(Mul)
    def mul_gradient(gradient, output, a, b, wrt):
        return np.multiply(gradient, (b, a)[wrt])

    @gradient_of(Div)
    def div_gradient(gradient, output, a, b, wrt):
        return gradient * (1 / b if wrt == 0 else -a / b**2)

    @gradient_of(Pow)
    def pow_gradient(gradient, output, a, b, wrt):
        with np.errstate(all="ignore"):
            if wrt == 1:
                slope = np.where(a > 0, np.power(a, b) * np.log(a), 0)
            else:
                slope = np.where(b == 0, 0, b * np.power(a, b - 1))
        return gradient * slope.astype(gradient.dtype)


wrong(
    "matmul_gradient",
    "forgets to transpose",
    {"b.swapaxes(-1, -2)": "b", "a.swapaxes(-1, -2)": "a"},
)


@wrong("matmul_gradient", "knows matrices only")
def _():
    @gradient_of(MatMul)
    def matmul_gradient(gradient, output, a, b, wrt):
        return a.T @ gradient if wrt else gradient @ b.T


@wrong("matmul_gradient", "knows stacks, but does not sum what was stretched")
def _():
    @gradient_of(MatMul)
    def matmul_gradient(gradient, output, a, b, wrt):
        if b.ndim == 1:
            b, gradient = b[:, None], gradient[..., None]
            squeeze_b = True
        else:
            squeeze_b = False
        squeeze_a = a.ndim == 1
        if squeeze_a:
            a, gradient = a[None, :], gradient[..., None, :]
        if wrt:
            part = a.swapaxes(-1, -2) @ gradient
            return part[..., 0] if squeeze_b else part
        part = gradient @ b.swapaxes(-1, -2)
        return part[..., 0, :] if squeeze_a else part


@wrong("matmul_gradient", "forgets vectors")
def _():
    @gradient_of(MatMul)
    def matmul_gradient(gradient, output, a, b, wrt):
        if wrt:
            return unbroadcast(a.swapaxes(-1, -2) @ gradient, b.shape)
        return unbroadcast(gradient @ b.swapaxes(-1, -2), a.shape)


wrong(
    "matmul_gradient",
    "transposes all dimensions of a stack",
    {"b.swapaxes(-1, -2)": "b.T", "a.swapaxes(-1, -2)": "a.T"},
)

wrong(
    "matmul_gradient",
    "folds with reshape(-1), which an empty inner size leaves open",
    {
        "tuple(range(a.ndim - 1))": "a.reshape(-1, a.shape[-1])",
        "np.tensordot(a, gradient, axes=(rows, rows))": "(rows.T @ gradient"
        ".reshape(-1, gradient.shape[-1]))",
    },
)

wrong(
    "matmul_gradient",
    "mixes up which input is asked for",
    {"b.shape if wrt else a.shape": "a.shape if wrt else b.shape", "if not wrt": "if wrt"},
)


@right("matmul_gradient", "writes the cases out")
def _():
    @gradient_of(MatMul)
    def matmul_gradient(gradient, output, a, b, wrt):
        if a.ndim == 1 and b.ndim == 1:
            return gradient * (a if wrt else b)
        row = a[np.newaxis] if a.ndim == 1 else a
        column = b[:, np.newaxis] if b.ndim == 1 else b
        back = np.reshape(
            gradient,
            np.broadcast_shapes(row.shape[:-2], column.shape[:-2])
            + (row.shape[-2], column.shape[-1]),
        )
        if wrt == 0:
            return unbroadcast(back @ np.moveaxis(column, -1, -2), row.shape).reshape(a.shape)
        return unbroadcast(np.moveaxis(row, -1, -2) @ back, column.shape).reshape(b.shape)


@right("matmul_gradient", "sums with einsum")
def _():
    @gradient_of(MatMul)
    def matmul_gradient(gradient, output, a, b, wrt):
        target = b if wrt else a
        left = a.reshape((1,) + a.shape) if a.ndim == 1 else a
        right = b.reshape(b.shape + (1,)) if b.ndim == 1 else b
        g = np.asarray(gradient)
        g = np.expand_dims(g, -1) if b.ndim == 1 else g
        g = np.expand_dims(g, -2) if a.ndim == 1 else g
        if wrt:
            full = np.einsum("...ik,...ij->...kj", left, g)
            return unbroadcast(full, right.shape).reshape(target.shape)
        full = np.einsum("...ij,...kj->...ik", g, right)
        return unbroadcast(full, left.shape).reshape(target.shape)


wrong(
    "shape_gradients",
    "assigns, so the last of several slopes wins",
    {"np.add.at(full, key, gradient)": "full[key] += gradient"},
)

wrong(
    "shape_gradients",
    "applies the permutation again instead of its inverse",
    {"[order.index(dim) for dim in range(a.ndim)]": "dims"},
)

wrong(
    "shape_gradients",
    "sorts negative dimensions as they are",
    {"[order.index(dim) for dim in range(a.ndim)]": "np.argsort(dims)"},
)

wrong("shape_gradients", "makes zeros of float64", {", dtype=gradient.dtype": ""})

wrong(
    "shape_gradients",
    "adds at places only where the key itself is a list",
    {"np.may_share_memory(part, full)": "not isinstance(key, list)", "part[...]": "full[key]"},
)

wrong(
    "shape_gradients",
    "writes into the part that was selected, which may be a copy",
    {"np.add.at(full, key, gradient)": "part += gradient"},
)


@right("shape_gradients", "counts places with bincount, and moves the axes")
def _():
    @gradient_of(Permute)
    def permute_gradient(gradient, output, a, dims):
        back = np.empty(len(dims), dtype=int)
        for new, old in enumerate(dims):
            back[old] = new
        return np.transpose(gradient, back)

    @gradient_of(Index)
    def index_gradient(gradient, output, a, key):
        places = np.arange(a.size).reshape(a.shape)[key]
        summed = np.bincount(np.ravel(places), np.ravel(gradient), minlength=a.size)
        return summed.reshape(a.shape).astype(gradient.dtype)


@right("shape_gradients", "looks at the key")
def _():
    @gradient_of(Permute)
    def permute_gradient(gradient, output, a, dims):
        order = [d if d >= 0 else d + a.ndim for d in dims]
        return gradient.transpose(tuple(int(i) for i in np.argsort(order)))

    @gradient_of(Index)
    def index_gradient(gradient, output, a, key):
        parts = key if isinstance(key, tuple) else (key,)
        whole = np.zeros(a.shape, np.asarray(gradient).dtype)
        if any(isinstance(part, (list, np.ndarray)) for part in parts):
            np.add.at(whole, key, gradient)
        else:
            whole[key] = gradient
        return whole


wrong(
    "reduction_gradients",
    "stretches without the missing dimension",
    {"restored(gradient, axis, keepdims), a.shape": "gradient, a.shape"},
)

wrong("reduction_gradients", "gives the whole slope to every largest one", {" / ties": ""})

wrong(
    "reduction_gradients",
    "counts equal ones in the whole tensor",
    {"np.sum(hit, axis=axis, keepdims=True, ": "np.sum(hit, "},
)

wrong(
    "reduction_gradients",
    "divides by an int64 count, which makes float64",
    {", dtype=gradient.dtype": ""},
)

wrong(
    "reduction_gradients",
    "compares with the maximum in the shape it came in",
    {"a == restored(output, axis, keepdims)": "a == output"},
)


@wrong("reduction_gradients", "hands the whole slope to the first of the largest")
def _():
    @gradient_of(Sum)
    def sum_gradient(gradient, output, a, axis=None, keepdims=False):
        return np.broadcast_to(restored(gradient, axis, keepdims), a.shape)

    @gradient_of(Max)
    def max_gradient(gradient, output, a, axis=None, keepdims=False):
        if axis is None or isinstance(axis, tuple):
            hit = a == restored(output, axis, keepdims)
        else:
            first = np.expand_dims(a.argmax(axis=axis), axis)
            hit = np.zeros(a.shape, bool)
            np.put_along_axis(hit, first, True, axis)
        return hit * restored(gradient, axis, keepdims)


@right("reduction_gradients", "multiplies by ones, and opens the axes by itself")
def _():
    def opened(array, a, axis):
        axes = range(a.ndim) if axis is None else np.atleast_1d(axis) % max(a.ndim, 1)
        return np.reshape(array, [1 if d in axes else n for d, n in enumerate(a.shape)])

    @gradient_of(Sum)
    def sum_gradient(gradient, output, a, axis=None, keepdims=False):
        return opened(gradient, a, axis) * np.ones(a.shape, gradient.dtype)

    @gradient_of(Max)
    def max_gradient(gradient, output, a, axis=None, keepdims=False):
        hit = np.equal(a, opened(output, a, axis)).astype(gradient.dtype)
        return hit / hit.sum(axis=axis, keepdims=True) * opened(gradient, a, axis)


@wrong("topological_order", "calls itself")
def _():
    def topological_order(root):
        order, seen = [], set()

        def visit(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            if t.node is not None:
                if not t.node.inputs:
                    raise RuntimeError("this graph was released, compute the loss again")
                for s in t.node.inputs:
                    if s.requires_grad:
                        visit(s)
            order.append(t)

        visit(root)
        return order


@wrong("topological_order", "goes breadth first and turns the list around")
def _():
    def topological_order(root):
        order, seen, queue = [], set(), [root]
        while queue:
            t = queue.pop(0)
            if id(t) in seen:
                continue
            seen.add(id(t))
            order.append(t)
            if t.node is not None:
                if not t.node.inputs:
                    raise RuntimeError("this graph was released, compute the loss again")
                queue.extend(s for s in t.node.inputs if s.requires_grad)
        return order[::-1]


@wrong("topological_order", "follows every path")
def _():
    def topological_order(root):
        order, stack = [], [(root, False)]
        while stack:
            t, opened = stack.pop()
            if opened:
                if not any(t is s for s in order):
                    order.append(t)
                continue
            stack.append((t, True))
            if t.node is not None:
                if not t.node.inputs:
                    raise RuntimeError("this graph was released, compute the loss again")
                stack.extend((s, False) for s in t.node.inputs if s.requires_grad)
        return order


wrong("topological_order", "takes constants along", {" if t.requires_grad": ""})

wrong("topological_order", "starts at the root", {"return order": "return order[::-1]"})

wrong(
    "topological_order",
    "takes a released node for a leaf",
    {"tensor.node is None": "tensor.node is None or not tensor.node.inputs"},
)


@right("topological_order", "counts how many uses are still open, and goes from the root")
def _():
    def topological_order(root):
        def below(t):
            if t.node is None:
                return []
            if not t.node.inputs:
                raise RuntimeError("this graph was released by an earlier walk: compute it again")
            return [s for s in t.node.inputs if s.requires_grad]

        uses, todo = {id(root): 0}, [root]
        while todo:
            for s in below(todo.pop()):
                if id(s) not in uses:
                    uses[id(s)] = 0
                    todo.append(s)
                uses[id(s)] += 1
        order, ready = [], [root]
        while ready:
            t = ready.pop()
            order.append(t)
            for s in below(t):
                uses[id(s)] -= 1
                if uses[id(s)] == 0:
                    ready.append(s)
        return order[::-1]


@right("topological_order", "keeps an iterator for each open tensor")
def _():
    def topological_order(root):
        def below(t):
            if t.node is None:
                return iter(())
            if len(t.node.inputs) == 0:
                raise RuntimeError("this graph was released by an earlier walk: compute it again")
            return (s for s in t.node.inputs if s.requires_grad)

        order, seen, stack = [], {id(root)}, [(root, below(root))]
        while stack:
            t, rest = stack[-1]
            for s in rest:
                if id(s) not in seen:
                    seen.add(id(s))
                    stack.append((s, below(s)))
                    break
            else:
                order.append(t)
                stack.pop()
        return order


wrong(
    "backward",
    "keeps the last part instead of the sum",
    {"arrived[key] + part if key in arrived else part": "part"},
)

wrong(
    "backward",
    "adds in place",
    {
        "arrived[key] = arrived[key] + part if key in arrived else part": "if key in arrived:"
        " arrived[key] += part\n            else: arrived[key] = part"
    },
)

wrong(
    "backward",
    "makes the array that arrived the leaf's own",
    {"np.array(total": "np.asarray(total"},
)

wrong(
    "backward",
    "overwrites the grad that is there",
    {"total = total if tensor.grad is None else tensor.grad + total": ""},
)


@wrong("backward", "walks every path")
def _():
    def backward(root, gradient=None, retain_graph=False):
        order = topological_order(root)
        stack = [(root, first_gradient(root, gradient))]
        while stack:
            tensor, total = stack.pop()
            if tensor.node is None:
                tensor.grad = np.array(
                    total if tensor.grad is None else tensor.grad + total, np.float32
                )
            else:
                stack.extend(contributions(tensor.node, tensor.data, total))
        for tensor in order:
            if tensor.node is not None and not retain_graph:
                tensor.node.inputs = ()


wrong(
    "backward",
    "gives every tensor a grad",
    {"if not retain_graph:": "tensor.grad = total\n        if not retain_graph:"},
)

wrong("backward", "never releases the graph", {"tensor.node.inputs = ()": "pass"})

wrong(
    "backward",
    "releases the graph whatever retain_graph says",
    {"if not retain_graph:\n            tensor.node.inputs = ()": "tensor.node.inputs = ()"},
)

wrong(
    "backward",
    "starts with ones whatever the shape",
    {
        "first_gradient(root, gradient)": "np.ones_like(root.data) if gradient is None"
        " else np.float32(gradient)"
    },
)

wrong(
    "backward",
    "makes a plain number of the second gradient of a number",
    {
        "total if tensor.grad is None": "np.array(total) if tensor.grad is None",
        "np.array(total, dtype=np.float32)": "total",
    },
)


@right("backward", "collects the parts in lists and adds them when a turn comes")
def _():
    def backward(root, gradient=None, retain_graph=False):
        start = first_gradient(root, gradient)
        parts = {id(root): [start]}
        for tensor in topological_order(root)[::-1]:
            first, *others = parts[id(tensor)]
            total = np.array(first)
            for other in others:
                total += other
            if tensor.node is not None:
                for source, part in contributions(tensor.node, tensor.data, total):
                    parts.setdefault(id(source), []).append(part)
                if not retain_graph:
                    tensor.node.inputs = ()
            elif tensor.grad is None:
                tensor.grad = total.astype(np.float32)
            else:
                tensor.grad = np.asarray(tensor.grad + total, dtype=np.float32)


@right("backward", "releases at the end, and adds into the grad that is there")
def _():
    def backward(root, gradient=None, retain_graph=False):
        order = topological_order(root)
        arrived = {id(root): first_gradient(root, gradient)}
        for tensor in reversed(order):
            total = arrived[id(tensor)]
            if tensor.node is None:
                if tensor.grad is None:
                    tensor.grad = np.zeros(tensor.shape, dtype=np.float32)
                tensor.grad += total
            else:
                for source, part in contributions(tensor.node, tensor.data, total):
                    arrived[id(source)] = part + arrived.get(id(source), 0)
        if not retain_graph:
            for tensor in order:
                if tensor.node is not None:
                    tensor.node.inputs = ()


wrong(
    "no_grad", "switches recording on at the end", {"RECORDING.reset(token)": "RECORDING.set(True)"}
)

wrong(
    "no_grad",
    "forgets that an exception may come",
    {"try:\n        yield": "yield", "finally:\n        RECORDING": "RECORDING"},
)

wrong(
    "no_grad",
    "swallows the exception",
    {"finally:": "except Exception:\n        pass\n    finally:"},
)

wrong("no_grad", "leaves recording off", {"RECORDING.reset(token)": "pass"})


@right("no_grad", "a class that remembers what was")
def _():
    from contextlib import ContextDecorator

    class no_grad(ContextDecorator):
        def _recreate_cm(self):
            return type(self)()

        def __enter__(self):
            self.before = RECORDING.get()
            RECORDING.set(False)

        def __exit__(self, *fault):
            RECORDING.set(self.before)
            return False

    def is_grad_enabled():
        return bool(RECORDING.get())

    def enable_autograd():
        return None
