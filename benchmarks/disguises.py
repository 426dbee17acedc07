"""What somebody does to a copied answer so that it looks like their own; each with a seed."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable

WORDS = (
    *("alpha", "bravo", "buffer", "current", "datum", "element", "factor", "handle", "item"),
    *("joint", "kernel", "ledger", "marker", "node", "offset", "piece", "quota", "record"),
    *("sector", "tally", "unit", "vector", "weight", "yield_", "zone", "anchor", "basket"),
    *("cursor", "digest", "entry_", "figure", "ground", "hollow", "island", "jacket", "keeper"),
)
Disguise = Callable[[str, random.Random], str]


def renamed(text: str, rng: random.Random) -> str:
    """Every name that the answer binds is another. A function that nothing else in the cell reads
    keeps its own, since the tests call it, and so does the last one with its arguments."""
    tree = ast.parse(text)
    last = tree.body[-1]
    fixed_names = _called_from_outside(tree)
    if isinstance(last, ast.FunctionDef):
        fixed_names |= {last.name, *(argument.arg for argument in last.args.args)}
    names = [name for name in dict.fromkeys(_bound(tree)) if name not in fixed_names]
    words = [word for word in rng.sample(WORDS, len(WORDS)) if word not in fixed_names]
    methods = {
        part.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }
    names = [name for name in names if name not in methods]
    new = {name: words[i % len(words)] + str(i // len(words) or "") for i, name in enumerate(names)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
        elif isinstance(node, ast.FunctionDef):
            node.name = new.get(node.name, node.name)
    return ast.unparse(tree)


def _called_from_outside(tree: ast.Module) -> set[str]:
    """The functions of the cell that no other statement of it reads."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        function.name
        for function in functions
        if not any(function.name in _all(other) for other in tree.body if other is not function)
    }


def _bound(tree: ast.AST) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, ast.FunctionDef):
            names.append(node.name)
    return names


def reordered(text: str, rng: random.Random) -> str:
    """Functions in another order, and neighbouring statements that do not need each other."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and len(block) > 1:
                if all(isinstance(s, ast.FunctionDef) for s in block):
                    rng.shuffle(block)
                for i in range(len(block) - 1):
                    if _independent(block[i], block[i + 1]) and rng.random() < 0.8:
                        block[i], block[i + 1] = block[i + 1], block[i]
    return ast.unparse(tree)


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    """Two assignments to names of their own, neither of which reads the other's."""
    if not (isinstance(one, ast.Assign) and isinstance(other, ast.Assign)):
        return False
    return not (_stored(one) & _all(other) or _stored(other) & _all(one))


def _stored(node: ast.AST) -> set[str]:
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _all(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def reformatted(text: str, rng: random.Random) -> str:
    """Other blanks and line breaks, brackets where none are needed, no comment of before."""
    lines = []
    for line in ast.unparse(ast.parse(text)).split("\n"):
        indent = " " * (2 * (len(line) - len(line.lstrip())))
        inside = line.strip()
        match = re.fullmatch(r"(\w+) = (?!\w+ = )(.+)", inside)
        if match and rng.random() < 0.5 and "\\n" not in inside:
            inside = f"{match[1]} = (\n{indent}    {match[2]}\n{indent})"
        elif inside.startswith("return ") and rng.random() < 0.5:
            inside = f"return ({inside.removeprefix('return ')})"
        lines += [indent + inside, *[""] * (rng.random() < 0.3)]
    return "\n".join(lines)


def _without_docstrings(text: str) -> ast.Module:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        block = getattr(node, "body", None)
        first = block[0] if isinstance(block, list) and block else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            block[0] = ast.copy_location(ast.Pass(), first)
    return tree


def commented(text: str, rng: random.Random) -> str:
    """Comments and docstrings of one's own instead of those that were there."""
    lines = []
    for line in ast.unparse(_without_docstrings(text)).split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if rng.random() < 0.4:
            lines.append(f"{indent}# {' '.join(rng.sample(WORDS, 4))}")
        lines.append(line + (f"  # {rng.choice(WORDS)}" if rng.random() < 0.3 else ""))
        if line.lstrip().startswith("def "):
            lines.append(f'{indent}    """{" ".join(rng.sample(WORDS, 5))}."""')
    return "\n".join(lines)


class _Loops(ast.NodeTransformer):
    def __init__(self, rng: random.Random) -> None:
        self.rng, self.count = rng, 0

    def visit_For(self, node: ast.For) -> object:
        self.generic_visit(node)
        skips = any(isinstance(n, ast.Continue | ast.Break) for n in ast.walk(node))
        match node:
            case ast.For(ast.Name(id=name), ast.Call(ast.Name(id="range"), [end])) if not skips:
                start = ast.parse(f"{name} = 0").body[0]
                loop = ast.parse(f"while {name} < {ast.unparse(end)}:\n    {name} += 1").body[0]
                loop.body = [*node.body, *loop.body]  # type: ignore[attr-defined]
                return [start, loop]
            case ast.For(target, ast.Name(id=items)) if not skips:
                self.count += 1
                place = f"place{self.count}"
                start = ast.parse(f"{place} = 0").body[0]
                loop = ast.parse(
                    f"while {place} < len({items}):\n    {ast.unparse(target)} = {items}[{place}]\n"
                    f"    {place} += 1"
                ).body[0]
                first, last = loop.body  # type: ignore[attr-defined]
                loop.body = [first, *node.body, last]  # type: ignore[attr-defined]
                return [start, loop]
        return node

    def visit_Assign(self, node: ast.Assign) -> object:
        match node:
            case ast.Assign([ast.Name(id=name)], ast.ListComp(element, [generator])):
                condition = " and ".join(f"({ast.unparse(c)})" for c in generator.ifs)
                head = f"for {ast.unparse(generator.target)} in {ast.unparse(generator.iter)}:\n"
                filling = f"{name}.append({ast.unparse(element)})"
                inside = (
                    f"    if {condition}:\n        {filling}" if condition else f"    {filling}"
                )
                return ast.parse(f"{name} = []\n{head}{inside}").body
        return node


def relooped(text: str, rng: random.Random) -> str:
    """`for` as `while`, and list comprehensions as loops."""
    return ast.unparse(ast.fix_missing_locations(_Loops(rng).visit(ast.parse(text))))


def padded(text: str, rng: random.Random) -> str:
    """Statements that do nothing for the result: about one for three of the answer's."""
    lines: list[str] = []
    for line in ast.unparse(_without_docstrings(text)).split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        inside = indent and not line.lstrip().startswith(("else", "elif", "except", "finally"))
        inside = inside and not (lines and lines[-1].lstrip().startswith("@"))
        if inside and rng.random() < 0.35:
            word, number = rng.choice(WORDS), rng.randrange(99)
            kinds = (
                f"{word} = {number}",
                f"{word} = [{number}, {number + 1}]",
                f"print('{word}', {number})",
                "pass",
                f"{word} = len('{word}') * {number}\n{indent}{word} += 1",
            )
            lines.append(indent + rng.choice(kinds))
        lines.append(line)
    return "\n".join(lines)


def with_uncalled(text: str, rng: random.Random) -> str:
    """Two functions of the same author beside the answer, which nothing calls."""
    functions = []
    for _ in range(2):
        name, values, item, number = (*rng.sample(WORDS, 3), rng.randrange(2, 99))
        functions.append(
            f"def {name}({values}):\n"
            f"    kept = [{item} * {number} for {item} in {values} if {item} > {number - 1}]\n"
            f"    if not kept:\n        return {name}([{number}])\n"
            f"    return sum(kept) / len(kept) - {number}\n"
        )
    return "\n\n".join([*functions, text])


class _Constants(ast.NodeTransformer):
    def __init__(self) -> None:
        self.moved: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            name = f"CONST{len(self.moved)}"
            self.moved.append(f"{name} = {node.value!r}")
            return ast.Name(name, ast.Load())
        return node


def moved_constants(text: str, rng: random.Random) -> str:
    """Every number has a name, given at the top."""
    constants = _Constants()
    tree = ast.fix_missing_locations(constants.visit(ast.parse(text)))
    return "\n".join([*constants.moved, ast.unparse(tree)])


def everything(text: str, rng: random.Random) -> str:
    """All of them, one after the other."""
    steps = (
        relooped,
        moved_constants,
        padded,
        with_uncalled,
        reordered,
        renamed,
        reformatted,
        commented,
    )
    for step in steps:
        text = step(text, rng)
    return text


DISGUISES: dict[str, Disguise] = {
    "none (the same text)": lambda text, rng: text,
    "renamed": renamed,
    "reordered": reordered,
    "reformatted": reformatted,
    "comments changed": commented,
    "loops changed": relooped,
    "dead statements added": padded,
    "uncalled functions added": with_uncalled,
    "constants moved": moved_constants,
    "all of these": everything,
}
