"""Honest answers to made-up questions of 3, 8 and 30 lines, each from choices of its own.

A question is a grammar: `<<part>>` stands for one of several ways to write a part, the usual ones
first and most often, and `$name` for a name that each student chooses. Parts are chosen one by
one, so that two students often agree in some of them, and in short answers in all. What this is
not: students of one class learn from one lecture and agree more than independent choices do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PART = re.compile(r"(?m)^(?P<indent>[ ]*)<<(?P<line>\w+)>>$|<<(?P<inline>\w+)>>")
NAME = re.compile(r"\$(\w+)")
REMARKS = (
    "# now the loop",
    "# TODO ask whether this is right",
    "# works for empty input too",
    "# see the lecture",
    "# first try was wrong",
    "# shape is (n, d)",
)


@dataclass(frozen=True)
class Question:
    """A question: what was released, its parts with the ways to write them, and the names."""

    id: str
    released_code: str
    parts: Mapping[str, Sequence[str]]
    names: Mapping[str, Sequence[str]]


def honest_answer(question: Question, rng: random.Random) -> str:
    """One student's answer."""
    text = _part_text(question, "answer", rng)
    chosen: dict[str, str] = {}
    for name, choices in question.names.items():
        free = [choice for choice in choices if choice not in chosen.values()]
        chosen[name] = rng.choice(free)
    return _with_remarks(NAME.sub(lambda match: chosen[match[1]], text), rng)


def _part_text(question: Question, part: str, rng: random.Random) -> str:
    ways = question.parts[part]
    weights = [0.72**place for place in range(len(ways))]
    text = rng.choices(ways, weights)[0].strip("\n")

    def fill(match: re.Match[str]) -> str:
        inner = _part_text(question, match["line"] or match["inline"], rng)
        indent = match["indent"] or ""
        return "\n".join(indent + line if line else line for line in inner.split("\n"))

    return PART.sub(fill, text)


def _with_remarks(text: str, rng: random.Random) -> str:
    lines = []
    for line in text.split("\n"):
        if line.strip() and rng.random() < 0.12:
            lines.append(line[: len(line) - len(line.lstrip())] + rng.choice(REMARKS))
        lines.append(line)
    return "\n".join(line for line in lines if line.strip() or rng.random() < 0.5)


SQUARED_ERROR = Question(
    "squared_error",
    "def squared_error(predicted, target):\n    raise NotImplementedError()",
    {
        "answer": [
            "def squared_error(predicted, target):\n    return <<mean>>",
            "def squared_error(predicted, target):\n    $d = <<difference>>\n    return <<of_d>>",
            "def squared_error(predicted, target):\n    $d = <<difference>>\n    $s = <<square>>\n"
            "    return <<of_s>>",
            "def squared_error(predicted, target):\n    $t = 0\n"
            "    for $a, $b in zip(predicted, target):\n"
            "        $t += ($a - $b) ** 2\n    return $t / len(<<one>>)",
            "def squared_error(predicted, target):\n"
            "    return sum(($a - $b) ** 2 for $a, $b in zip(predicted, target)) / len(<<one>>)",
        ],
        "mean": [
            "np.mean((<<difference>>) ** 2)",
            "((<<difference>>) ** 2).mean()",
            "np.mean(np.square(<<difference>>))",
            "np.sum((<<difference>>) ** 2) / len(<<one>>)",
        ],
        "difference": ["predicted - target", "target - predicted"],
        "one": ["target", "predicted"],
        "of_d": [
            "np.mean($d**2)",
            "($d**2).mean()",
            "np.mean($d * $d)",
            "np.dot($d, $d) / $d.size",
        ],
        "square": ["$d**2", "$d * $d", "np.square($d)"],
        "of_s": ["$s.mean()", "np.mean($s)", "$s.sum() / $s.size"],
    },
    {
        "d": ["diff", "error", "difference", "delta", "e", "residual"],
        "s": ["squared", "sq", "squares", "errors"],
        "t": ["total", "result", "acc", "loss"],
        "a": ["p", "x", "yhat", "pred"],
        "b": ["t", "y", "true", "actual"],
    },
)

CONFUSION = Question(
    "confusion_matrix",
    "def confusion_matrix(actual, predicted, classes):\n    raise NotImplementedError()",
    {
        "answer": [
            "def confusion_matrix(actual, predicted, classes):\n    <<loop_way>>",
            "def confusion_matrix(actual, predicted, classes):\n    <<mask_way>>",
            "def confusion_matrix(actual, predicted, classes):\n    <<count_way>>",
            "def confusion_matrix(actual, predicted, classes):\n    <<dict_way>>",
        ],
        "loop_way": ["<<checks>>\n<<start>>\n<<fill>>\n<<norm>>\nreturn $m"],
        "checks": [
            "$n = len(actual)",
            "if len(actual) != len(predicted):\n    raise ValueError('lengths differ')",
            "assert len(actual) == len(predicted)",
            "actual = np.asarray(actual)\npredicted = np.asarray(predicted)",
            "actual, predicted = np.array(actual, dtype=int), np.array(predicted, dtype=int)",
        ],
        "start": [
            "$m = np.zeros((classes, classes), dtype=int)",
            "$m = np.zeros((classes, classes))",
            "$m = [[0] * classes for _ in range(classes)]",
            "$m = [[0 for _ in range(classes)] for _ in range(classes)]",
            "$m = np.array([[0] * classes] * classes)",
        ],
        "fill": [
            "for $a, $p in zip(actual, predicted):\n    $m[$a][$p] += 1",
            "for $i in range(len(actual)):\n    $m[actual[$i]][predicted[$i]] += 1",
            "for $i in range(len(actual)):\n    $a = actual[$i]\n    $p = predicted[$i]\n"
            "    $m[$a][$p] = $m[$a][$p] + 1",
            "for $i, $a in enumerate(actual):\n    $m[$a][predicted[$i]] += 1",
            "for $i in range(classes):\n    for $j in range(classes):\n"
            "        for $a, $p in zip(actual, predicted):\n"
            "            if $a == $i and $p == $j:\n                $m[$i][$j] += 1",
        ],
        "norm": [
            "$m = np.array($m)",
            "$m = np.asarray($m, dtype=int)",
            "if len(actual) == 0:\n    return np.array($m)",
            "$m = np.array($m).reshape(classes, classes)",
        ],
        "mask_way": [
            "<<checks>>\n<<start>>\nfor $i in range(classes):\n    for $j in range(classes):\n"
            "        <<cell>>\n<<norm>>\nreturn $m",
        ],
        "cell": [
            "$m[$i][$j] = np.sum((actual == $i) & (predicted == $j))",
            "$m[$i][$j] = ((actual == $i) * (predicted == $j)).sum()",
            "$h = np.logical_and(actual == $i, predicted == $j)\n$m[$i][$j] = $h.sum()",
            "$m[$i][$j] = sum(1 for $a, $p in zip(actual, predicted) if $a == $i and $p == $j)",
            "$h = actual == $i\n$m[$i][$j] = np.count_nonzero(predicted[$h] == $j)",
        ],
        "count_way": [
            "<<checks>>\n$h = <<flat>>\n$m = np.bincount($h, minlength=classes * classes)\n"
            "return $m.reshape(classes, classes)",
            "<<checks>>\n<<start>>\nnp.add.at($m, (actual, predicted), 1)\n<<norm>>\nreturn $m",
        ],
        "flat": [
            "actual * classes + predicted",
            "np.asarray(actual) * classes + np.asarray(predicted)",
            "np.ravel_multi_index((actual, predicted), (classes, classes))",
        ],
        "dict_way": [
            "<<counter>>\n<<start>>\n<<from_counter>>\n<<norm>>\nreturn $m",
        ],
        "counter": [
            "$h = {}\nfor $a, $p in zip(actual, predicted):\n"
            "    $h[$a, $p] = $h.get(($a, $p), 0) + 1",
            "$h = Counter(zip(actual, predicted))",
            "$h = defaultdict(int)\nfor $a, $p in zip(actual, predicted):\n    $h[($a, $p)] += 1",
        ],
        "from_counter": [
            "for ($i, $j), $n in $h.items():\n    $m[$i][$j] = $n",
            "for $i in range(classes):\n    for $j in range(classes):\n"
            "        $m[$i][$j] = $h.get(($i, $j), 0)",
            "for $k in $h:\n    $m[$k[0]][$k[1]] = $h[$k]",
        ],
    },
    {
        "m": ["matrix", "cm", "result", "table", "counts", "out"],
        "n": ["n", "count", "value", "total", "c"],
        "a": ["a", "t", "true", "y"],
        "p": ["p", "guess", "pred", "yhat"],
        "i": ["i", "row", "r", "first"],
        "j": ["j", "col", "k2", "second"],
        "h": ["hits", "flat", "pairs", "found", "idx"],
        "k": ["key", "pair", "entry"],
    },
)

KMEANS = Question(
    "kmeans",
    "def kmeans(points, k, steps, seed):\n    raise NotImplementedError()",
    {
        "answer": [
            "<<distances>>\n\n<<assignment>>\n\n<<update>>\n\n<<main>>",
            "<<assignment>>\n\n<<distances>>\n\n<<update>>\n\n<<main>>",
        ],
        "distances": [
            "def $dist($x, $c):\n    return np.sqrt(np.sum(($x - $c) ** 2))",
            "def $dist($x, $c):\n    return np.linalg.norm($x - $c)",
            "def $dist($x, $c):\n    $z = $x - $c\n    return $z @ $z",
            "def $dist($x, $c):\n    $s = 0.0\n    for $a, $b in zip($x, $c):\n"
            "        $s += ($a - $b) ** 2\n    return $s**0.5",
            "def $dist($x, $c):\n    return sum(abs($a - $b) ** 2 for $a, $b in zip($x, $c))",
        ],
        "assignment": [
            "def $assign($pts, $cs):\n    $lab = []\n    for $x in $pts:\n        <<nearest>>\n"
            "        $lab.append($best)\n    return <<labels>>",
            "def $assign($pts, $cs):\n    $lab = np.zeros(len($pts), dtype=int)\n"
            "    for $i in range(len($pts)):\n        $x = $pts[$i]\n        <<nearest>>\n"
            "        $lab[$i] = $best\n    return <<labels>>",
            "def $assign($pts, $cs):\n    $lab = [-1] * len($pts)\n"
            "    for $i, $x in enumerate($pts):\n        <<nearest>>\n"
            "        $lab[$i] = $best\n    return <<labels>>",
        ],
        "nearest": [
            "$ds = [$dist($x, $c) for $c in $cs]\n$best = int(np.argmin($ds))",
            "$best = 0\n$low = $dist($x, $cs[0])\nfor $j in range(1, len($cs)):\n"
            "    $z = $dist($x, $cs[$j])\n    if $z < $low:\n        $low = $z\n        $best = $j",
            "$best = min(range(len($cs)), key=lambda $j: $dist($x, $cs[$j]))",
            "$low = float('inf')\nfor $j, $c in enumerate($cs):\n"
            "    if $dist($x, $c) < $low:\n        $low, $best = $dist($x, $c), $j",
            "$ds = []\nfor $c in $cs:\n    $ds.append($dist($x, $c))\n$best = $ds.index(min($ds))",
        ],
        "labels": ["$lab", "np.array($lab)", "np.asarray($lab, dtype=int)"],
        "update": [
            "def $move($pts, $lab, $cs):\n    $new = []\n    for $j in range(len($cs)):\n"
            "        <<members>>\n        <<centre>>\n    return np.array($new)",
            "def $move($pts, $lab, $cs):\n    $new = []\n    for $j, $c in enumerate($cs):\n"
            "        <<members>>\n        <<centre>>\n    return np.stack($new)",
        ],
        "members": [
            "$mem = $pts[$lab == $j]",
            "$mem = [$pts[$i] for $i in range(len($pts)) if $lab[$i] == $j]",
            "$mem = [$x for $x, $l in zip($pts, $lab) if $l == $j]",
            "$mem = $pts[np.where(np.array($lab) == $j)[0]]",
            "$mem = []\nfor $i in range(len($pts)):\n    if $lab[$i] == $j:\n"
            "        $mem.append($pts[$i])",
        ],
        "centre": [
            "if len($mem) > 0:\n    $new.append(<<average>>)\nelse:\n    $new.append($cs[$j])",
            "if len($mem) == 0:\n    $new.append($cs[$j])\n    continue\n$new.append(<<average>>)",
            "$new.append(<<average>> if len($mem) else $cs[$j])",
            "$c2 = $cs[$j]\nif len($mem):\n    $c2 = <<average>>\n$new.append($c2)",
        ],
        "average": [
            "np.mean($mem, axis=0)",
            "np.array($mem).mean(axis=0)",
            "sum($mem) / len($mem)",
            "np.sum($mem, axis=0) / len($mem)",
        ],
        "main": [
            "def kmeans(points, k, steps, seed):\n    <<entry>>\n    <<random>>\n    <<first>>\n"
            "    <<rounds>>\n    return <<result>>",
        ],
        "entry": [
            "$pts = np.asarray(points, dtype=float)",
            "$pts = np.array(points)\nif k > len($pts):\n    raise ValueError('too few points')",
            "assert k <= len(points)\n$pts = np.array(points, dtype=np.float64)",
            "if k < 1:\n    raise ValueError('k')\n$pts = np.array(points)",
        ],
        "random": [
            "$rng = np.random.default_rng(seed)",
            "$rng = np.random.RandomState(seed)",
            "np.random.seed(seed)\n$rng = np.random",
        ],
        "first": [
            "$cs = $pts[$rng.choice(len($pts), k, replace=False)]",
            "$idx = $rng.permutation(len($pts))[:k]\n$cs = $pts[$idx]",
            "$idx = $rng.choice(len($pts), size=k, replace=False)\n"
            "$cs = np.array([$pts[$i] for $i in $idx])",
            "$idx = np.arange(len($pts))\n$rng.shuffle($idx)\n$cs = $pts[$idx[:k]].copy()",
        ],
        "rounds": [
            "for $t in range(steps):\n    $lab = $assign($pts, $cs)\n"
            "    $new = $move($pts, $lab, $cs)\n    <<stop>>\n    $cs = $new",
            "$t = 0\nwhile $t < steps:\n    $lab = $assign($pts, $cs)\n"
            "    $new = $move($pts, $lab, $cs)\n    <<stop>>\n    $cs = $new\n    $t += 1",
            "$lab = $assign($pts, $cs)\nfor $t in range(steps):\n"
            "    $new = $move($pts, $lab, $cs)\n    <<stop>>\n    $cs = $new\n"
            "    $lab = $assign($pts, $cs)",
            "for $t in range(steps):\n    $cs = $move($pts, $assign($pts, $cs), $cs)",
        ],
        "stop": [
            "if np.allclose($new, $cs):\n    break",
            "if np.array_equal($new, $cs):\n    break",
            "if np.abs($new - $cs).max() < 1e-9:\n    break",
            "$gap = np.linalg.norm($new - $cs)\nif $gap == 0:\n    break",
            "if ($new == $cs).all():\n    break",
        ],
        "result": [
            "$cs, $assign($pts, $cs)",
            "$cs, np.array($assign($pts, $cs))",
            "np.array($cs), $assign(points, $cs)",
        ],
    },
    {
        "dist": ["distance", "dist", "euclid", "gap_between", "metric"],
        "assign": ["assign", "nearest_centre", "label_points", "closest", "assign_clusters"],
        "move": ["update", "new_centres", "move", "recompute", "update_centroids"],
        "pts": ["pts", "data", "xs", "samples", "array"],
        "cs": ["centres", "centroids", "centers", "means", "mu"],
        "lab": ["labels", "lab", "clusters", "assignment", "groups"],
        "best": ["best", "closest_index", "winner", "nearest"],
        "low": ["low", "smallest", "best_distance", "minimum"],
        "new": ["new", "updated", "moved", "result"],
        "mem": ["members", "mine", "inside", "cluster"],
        "ds": ["ds", "distances", "dists", "all_d"],
        "rng": ["rng", "random", "generator", "gen"],
        "idx": ["idx", "chosen", "picks", "order"],
        "gap": ["gap", "shift", "change"],
        "x": ["x", "p", "point", "sample"],
        "c": ["c", "centre", "q", "m"],
        "c2": ["value", "mean", "keep"],
        "z": ["z", "diff", "delta", "d"],
        "s": ["s", "total", "acc", "squares"],
        "a": ["a", "u", "left", "x1"],
        "b": ["b", "v", "right", "x2"],
        "i": ["i", "n", "index", "row"],
        "j": ["j", "cluster_id", "number", "kk"],
        "l": ["l", "label", "lb", "g"],
        "t": ["t", "step", "_", "iteration"],
    },
)

QUESTIONS = (SQUARED_ERROR, CONFUSION, KMEANS)
