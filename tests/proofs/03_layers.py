"""Proofs for 03_layers: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


wrong(
    "parameters",
    "lists a tied weight twice",
    {
        "values: dict[int, Tensor] = {}": "values: list[Tensor] = []",
        "values.update((id(parameter), parameter) for parameter in below)": "values += below",
        "return list(values.values())": "return values",
    },
)

wrong(
    "parameters",
    "opens a list, and no list in a list",
    {
        "waiting[:0] = value.values()": "values += value.values()",
        "waiting[:0] = value\n": "values += value\n",
    },
)

wrong(
    "parameters",
    "takes every tensor for a parameter",
    {"[value] if value.requires_grad and value.node is None else []": "[value]"},
)

wrong(
    "parameters",
    "counts computed tensors too",
    {"value.requires_grad and value.node is None": "value.requires_grad"},
)

wrong(
    "parameters",
    "takes equal numbers for the same parameter",
    {"id(parameter)": "parameter.data.tobytes()"},
)

wrong(
    "parameters",
    "appends what is in a container at the end",
    {
        "waiting[:0] = value.values()": "waiting += value.values()",
        "waiting[:0] = value\n": "waiting += value\n",
    },
)


@wrong("parameters", "empties the lists it looks into")
def _():
    def held_by(holder):
        def opened(value):
            if isinstance(value, dict):
                value = list(value.values())
            if isinstance(value, tuple):
                value = list(value)
            if not isinstance(value, list):
                return [value]
            found = []
            while value:
                found += opened(value.pop(0))
            return found

        return opened(list(vars(holder).values()))

    def parameters_of(holder):
        found = {}
        for value in held_by(holder):
            if isinstance(value, Tensor):
                below = [value] if value.requires_grad and value.node is None else []
            else:
                below = value.parameters() if hasattr(value, "parameters") else []
            found.update((id(p), p) for p in below)
        return list(found.values())


@right("parameters", "a generator that calls itself, and a list with a set beside it")
def _():
    def opened(value):
        if isinstance(value, dict):
            value = tuple(value.values())
        if isinstance(value, (list, tuple)):
            for part in value:
                yield from opened(part)
        else:
            yield value

    def held_by(holder):
        return list(opened(tuple(holder.__dict__.values())))

    def parameters_of(holder):
        found, seen = [], set()
        for value in held_by(holder):
            below = getattr(value, "parameters", None)
            for p in below() if callable(below) else [value]:
                if isinstance(p, Tensor) and p.requires_grad and p.node is None:
                    if id(p) not in seen:
                        found.append(p)
                        seen.add(id(p))
        return found


@right("parameters", "compares by identity in a loop")
def _():
    def held_by(holder):
        stack, found = [list(vars(holder).values())], []
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                value = list(value.values())
            if isinstance(value, (list, tuple)):
                stack.extend(reversed(value))
            else:
                found.append(value)
        return found

    def parameters_of(holder):
        found = []
        for value in held_by(holder):
            if isinstance(value, Tensor):
                below = [value] * bool(value.requires_grad and not value.node)
            elif hasattr(value, "parameters"):
                below = value.parameters()
            else:
                continue
            for p in below:
                if all(p is not q for q in found):
                    found.append(p)
        return found


wrong("initial_weight", "divides by the outputs", {"max(fan_in, 1)": "max(fan_out, 1)"})

wrong(
    "initial_weight",
    "forgets the root: variance for standard deviation",
    {"max(fan_in, 1) ** 0.5": "max(fan_in, 1)"},
)

wrong(
    "initial_weight",
    "draws uniform numbers between -std and std",
    {"standard_normal((": "uniform(-1, 1, (", ", dtype=np.float32)": ").astype(np.float32)"},
)

wrong(
    "initial_weight",
    "uniform with the right spread, but not normal",
    {
        "standard_normal((": "uniform(-(3**0.5), 3**0.5, (",
        ", dtype=np.float32)": ").astype(np.float32)",
    },
)

wrong(
    "initial_weight", "the mean of both fans", {"max(fan_in, 1)": "max((fan_in + fan_out) / 2, 1)"}
)

wrong(
    "initial_weight",
    "uses seed 0 where none is given",
    {"default_rng(rng)": "default_rng(0 if rng is None else rng)"},
)

wrong("initial_weight", "leaves float64", {", dtype=np.float32": ""})

wrong("initial_weight", "divides by zero inputs", {"max(fan_in, 1)": "fan_in"})

wrong("initial_weight", "ignores the gain", {"gain / max(fan_in, 1)": "2**0.5 / max(fan_in, 1)"})


@right("initial_weight", "asks for the spread directly")
def _():
    Seed = np.random.Generator | int | None

    def initial_weight(fan_in, fan_out, rng=None, gain=2.0**0.5):
        std = gain / np.sqrt(fan_in) if fan_in else 0.0
        generator = np.random.default_rng(rng)
        return generator.normal(0.0, std, size=(fan_in, fan_out)).astype(np.float32)


@right("initial_weight", "fills a block in place")
def _():
    Seed = np.random.Generator | int | None

    def initial_weight(fan_in, fan_out, rng=None, gain=2.0**0.5):
        block = np.empty((fan_in, fan_out), dtype=np.float32)
        np.random.default_rng(rng).standard_normal(dtype=np.float32, out=block)
        block *= gain * (fan_in or 1) ** -0.5
        return block


wrong(
    "linear_forward",
    "weight as (out, in), multiplied transposed",
    {
        "(in_features, out_features, rng)": "(out_features, in_features, rng)",
        "x @ self.weight": "x @ self.weight.transpose()",
    },
)

wrong(
    "linear_forward",
    "computes in NumPy, so the gradient ends here",
    {
        "x @ self.weight": "x.data @ self.weight.data",
        "return product if": "return Tensor(product if",
        "product + self.bias": "product + self.bias.data, requires_grad=True)",
    },
)

wrong(
    "linear_forward",
    "only batches: unpacks two dimensions",
    {
        "if x.shape[-1:] != (self.in_features,):": """rows, features = x.shape
        if features != self.in_features:"""
    },
)

wrong(
    "linear_forward",
    "leaves the error to the product",
    {"if x.shape[-1:] != (self.in_features,):": "if False:"},
)

wrong("linear_forward", "bias=False still makes one", {" if bias else None": ""})

wrong(
    "linear_forward",
    "the bias is not trained",
    {"Tensor(np.zeros(out_features), requires_grad=True)": "Tensor(np.zeros(out_features))"},
)

wrong(
    "linear_forward",
    "the bias starts at random",
    {"np.zeros(out_features)": "initial_weight(out_features, 1, 0)[:, 0]"},
)

wrong(
    "linear_forward",
    "weights of standard deviation 1",
    {
        "initial_weight(in_features, out_features, rng)": "np.random.default_rng(rng).normal(size=(in_features, out_features))"
    },
)


@right("linear_forward", "flattens the leading dimensions and puts them back")
def _():
    class Linear(Layer):
        def __init__(self, in_features, out_features, bias=True, rng=None):
            self.in_features, self.out_features = in_features, out_features
            self.weight = leaf(initial_weight(in_features, out_features, rng))
            self.bias = None
            if bias:
                self.bias = leaf(np.zeros((out_features,), dtype=np.float32))

        def forward(self, x):
            if not x.shape or x.shape[-1] != self.in_features:
                raise ValueError(
                    f"the layer Linear({self.in_features}, {self.out_features}) cannot take an "
                    f"input of shape {x.shape}"
                )
            count = int(np.prod(x.shape[:-1]))
            flat = x.reshape(count, self.in_features) @ self.weight
            if self.bias is not None:
                flat = flat + self.bias
            return flat.reshape(*x.shape[:-1], self.out_features)


@right("linear_forward", "translates the error of the product")
def _():
    class Linear(Layer):
        def __init__(self, in_features, out_features, bias=True, rng=None):
            self.in_features, self.out_features = in_features, out_features
            self.weight = Tensor(initial_weight(in_features, out_features, rng), requires_grad=True)
            self.bias = Tensor([0.0] * out_features, requires_grad=True) if bias else None

        def forward(self, x):
            try:
                y = x.matmul(self.weight)
            except ValueError as fault:
                name = f"Linear({self.in_features}, {self.out_features})"
                raise ValueError(f"{name} got an input of shape {x.shape}") from fault
            return y if self.bias is None else self.bias + y


wrong("dropout", "keeps with probability p", {">= self.p": "< self.p"})

wrong(
    "dropout",
    "forgets to divide by 1 - p",
    {"keep / np.float32(1 - self.p)": "keep.astype(np.float32)"},
)

wrong(
    "dropout",
    "scales in use instead of in training",
    {
        "return x\n": "return x * (1 - self.p)\n",
        "keep / np.float32(1 - self.p)": "keep.astype(np.float32)",
    },
)

wrong("dropout", "drops whole rows", {"x.shape": "(*x.shape[:-1], 1)"})

wrong("dropout", "one mask for the whole batch", {"x.shape, dtype=np.float32": "x.shape[-1]"})

wrong(
    "dropout",
    "makes the generator anew for every call",
    {
        "np.random.default_rng(rng)": "rng",
        "self.rng.random(": "np.random.default_rng(self.rng).random(",
    },
)

wrong(
    "dropout",
    "knows the argument, not eval()",
    {"not (training and self.training)": "not training"},
)

wrong("dropout", "lets p = 1 through", {"not 0 <= p < 1": "not 0 <= p <= 1"})

wrong(
    "dropout",
    "multiplies arrays, so the gradient is lost",
    {"x * Tensor(keep": "Tensor(x.numpy() * keep"},
)

wrong(
    "dropout",
    "writes the zeros into its input",
    {
        "return x * Tensor(keep / np.float32(1 - self.p))": """x.data[~keep] = 0
        return x / (1 - self.p)"""
    },
)


@right("dropout", "draws from a binomial and divides the tensor")
def _():
    class Dropout(Layer):
        def __init__(self, p=0.5, rng=None):
            if not (p >= 0 and p < 1):
                raise ValueError(f"p must be at least 0 and below 1, not {p}")
            self.p = p
            self.generator = np.random.default_rng(rng)

        def forward(self, x, training=True):
            if not training or not self.training:
                return x
            mask = self.generator.binomial(1, 1 - self.p, size=x.shape)
            return x * Tensor(mask.astype(np.float32)) / (1 - self.p)


@right("dropout", "fills the dropped places")
def _():
    class Dropout(Layer):
        def __init__(self, p=0.5, rng=None):
            if p not in (0, 0.0) and not 0 < p < 1:
                raise ValueError(f"0 <= p < 1 was needed, and {p} came")
            self.p, self.rng = p, np.random.default_rng(rng)

        def forward(self, x, training=True):
            active = training and self.training
            if not active:
                return x
            dropped = self.rng.uniform(size=x.shape) < self.p
            return (x * (1 / (1 - self.p))).masked_fill(dropped, 0.0)


wrong("sequential", "does not know a list", {"layers if several else layers[0]": "layers"})

wrong(
    "sequential",
    "gives every layer the first input",
    {
        "for layer in self.layers:": "y = x\n        for layer in self.layers:",
        "x = layer(x)": "y = layer(x)",
        "return x": "return y",
    },
)

wrong(
    "sequential",
    "checks nothing",
    {"if not callable(layer) or isinstance(layer, type):": "if False:"},
)

wrong("sequential", "takes a class for a layer", {" or isinstance(layer, type)": ""})

wrong(
    "sequential",
    "calls forward, which a function does not have",
    {"x = layer(x)": "x = layer.forward(x)"},
)

wrong(
    "sequential",
    "starts with the first layer, which may be missing",
    {
        "for layer in self.layers:": """x = self.layers[0](x)
        for layer in self.layers[1:]:"""
    },
)


@wrong("sequential", "hides the layers in a closure, where no parameter is found")
def _():
    class Sequential(Layer):
        def __init__(self, *layers):
            if len(layers) == 1 and isinstance(layers[0], (list, tuple)):
                layers = layers[0]
            for place, layer in enumerate(layers):
                if not callable(layer) or isinstance(layer, type):
                    raise TypeError(f"position {place}: {layer!r} is no layer")
            self.held = lambda: list(layers)

        @property
        def layers(self):
            return self.held()

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x


@right("sequential", "folds")
def _():
    from functools import reduce

    class Sequential(Layer):
        def __init__(self, *layers):
            if len(layers) == 1 and isinstance(layers[0], (list, tuple)):
                (layers,) = layers
            bad = [k for k, f in enumerate(layers) if isinstance(f, type) or not callable(f)]
            if bad:
                k = bad[0]
                raise TypeError(f"layer {k} must be callable, but {layers[k]} is not")
            self.layers = [*layers]

        def forward(self, x):
            return reduce(lambda value, layer: layer(value), self.layers, x)


@right("sequential", "recurses over the rest")
def _():
    class Sequential(Layer):
        def __init__(self, *layers):
            first = layers[0] if len(layers) == 1 else None
            self.layers = list(first) if type(first) in (list, tuple) else list(layers)
            for k in range(len(self.layers)):
                f = self.layers[k]
                if isinstance(f, type):
                    raise TypeError(f"layer {k} is the class {f.__name__}: write {f.__name__}(...)")
                if not hasattr(f, "__call__"):
                    raise TypeError(f"layer {k} is {f!r}, which cannot be called")

        def forward(self, x, at=0):
            return x if at == len(self.layers) else self.forward(self.layers[at](x), at + 1)


wrong(
    "network_cost",
    "one operation for a product and its sum",
    {"2 * batch * layer.in_features": "batch * layer.in_features"},
)

wrong(
    "network_cost",
    "counts the input of a layer as its activations",
    {
        "flops = batch * features": "flops, read = batch * features, features",
        "4 * batch * features": "4 * batch * read",
    },
)

wrong(
    "network_cost",
    "counts a bias that is not there",
    {"0 if layer.bias is None else batch * features": "batch * features"},
)

wrong("network_cost", "stores tied weights twice", {" if id(p) not in stored": ""})

wrong(
    "network_cost",
    "forgets that a Linear changes the width of what follows",
    {
        "for layer in leaves(network):": """first = features
    for layer in leaves(network):
        features = first"""
    },
)

wrong(
    "network_cost",
    "counts for one row, whatever the batch",
    {"else batch * features": "else features"},
)

wrong("network_cost", "does not open nested networks", {"leaves(network)": "network.layers"})


@right("network_cost", "sends zeros through and looks at the sizes")
def _():
    def network_cost(network, batch, features):
        x, rows, seen = np.zeros((batch, features)), [], []
        for layer in leaves(network):
            out = (
                layer(Tensor(x), training=False) if isinstance(layer, Dropout) else layer(Tensor(x))
            )
            parameters = 0
            for p in layer.parameters():
                if not any(p is q for q in seen):
                    seen.append(p)
                    parameters += p.numel()
            flops = out.size
            if isinstance(layer, Linear):
                flops = 2 * x.shape[0] * layer.weight.size + (out.size if layer.bias else 0)
            rows.append(
                LayerCost(layer.__class__.__name__, parameters, 4 * parameters, out.size * 4, flops)
            )
            x = out.numpy()
        return rows


@right("network_cost", "counts each layer in a function of its own")
def _():
    def row_of(layer, batch, features, again):
        name = type(layer).__name__
        if name != "Linear":
            return LayerCost(name, 0, 0, 4 * batch * features, batch * features), features
        weights = layer.in_features * layer.out_features
        biases = layer.out_features if layer.bias is not None else 0
        stored = 0 if again else weights + biases
        flops = batch * (2 * weights + biases)
        cost = LayerCost(name, stored, stored * 4, batch * layer.out_features * 4, flops)
        return cost, layer.out_features

    def network_cost(network, batch, features):
        rows, before = [], []
        for layer in leaves(network):
            again = any(layer is one for one in before)
            cost, features = row_of(layer, batch, features, again)
            rows.append(cost)
            before.append(layer)
        return rows
