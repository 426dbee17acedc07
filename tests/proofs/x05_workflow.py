"""Proofs for x05_workflow: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("workflow_prediction", "leaves the example as it stands")
def _():
    prediction = {"median": ..., "bad_month": ..., "second_half": ..., "shown_minus_true": ...}


wrong("workflow_prediction", "leaves the luck out", {', "shown_minus_true": 2.0': ""})

wrong("workflow_prediction", "names the team in a sentence", {'"slow"': '"the slow team"'})

wrong("workflow_prediction", "lets the best score fall", {"1.0": "-1.0"})


@right("workflow_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("median", "bad_month"), "slow")
    prediction.update(second_half=0, shown_minus_true=-3.5)


wrong(
    "finished_trials",
    "rounds an unfinished trial up",
    {"left * used // (trial_h * workers)": "-(-left * used // (trial_h * workers))"},
)

wrong(
    "finished_trials",
    "adds the rests of the workers up to trials",
    {
        "each = left * used // (trial_h * workers)": "each = left * used // trial_h",
        "workers * each": "each",
    },
)

wrong(
    "finished_trials",
    "gives every worker a machine",
    {"used = min(workers, machines)": "used = workers"},
)

wrong(
    "finished_trials",
    "lets idle machines work too",
    {"used = min(workers, machines)": "used = machines"},
)

wrong("finished_trials", "sets all workers up at once", {"workers * setup_h": "setup_h"})

wrong(
    "finished_trials",
    "forgets that the set-up can take everything",
    {"max(0, budget_h - workers * setup_h)": "budget_h - workers * setup_h"},
)


@wrong("finished_trials", "sets a worker up again before every trial")
def _():
    def finished_trials(budget_h, trial_h, workers=1, machines=1, setup_h=0):
        stretch = max(1, workers / machines)
        return workers * int(budget_h // (trial_h * stretch + setup_h))


@wrong("finished_trials", "counts a trial that ends with the budget as unfinished")
def _():
    def finished_trials(budget_h, trial_h, workers=1, machines=1, setup_h=0):
        left = max(0, budget_h - workers * setup_h)
        used = min(workers, machines)
        return workers * max(0, (left * used - 1) // (trial_h * workers))


@right("finished_trials", "follows one worker by the hour")
def _():
    def finished_trials(budget_h, trial_h, workers=1, machines=1, setup_h=0):
        now, each = workers * setup_h, 0
        length = trial_h * max(1, workers / machines)
        while now + length <= budget_h:
            now, each = now + length, each + 1
        return each * workers


@right("finished_trials", "stretches the trial with a float")
def _():
    def finished_trials(budget_h, trial_h, workers=1, machines=1, setup_h=0):
        left = budget_h - workers * setup_h
        if left <= 0:
            return 0
        if workers > machines:
            trial_h *= workers / machines
        return workers * int(left / trial_h)


wrong(
    "expected_best",
    "takes the mean of the scores",
    {"float(values @ np.diff(at_most))": "float(values.mean())"},
)

wrong(
    "expected_best",
    "takes the best score, whatever n is",
    {"float(values @ np.diff(at_most))": "float(values[-1])"},
)

wrong("expected_best", "does not sort the scores", {"np.sort(scores)": "np.asarray(scores)"})

wrong(
    "expected_best",
    "sorts from the best down",
    {"np.sort(scores)": "np.sort(scores)[::-1]"},
)


@wrong("expected_best", "draws without replacement")
def _():
    from itertools import combinations

    def expected_best(scores, n):
        draws = combinations(sorted(scores), min(n, len(scores)))
        return float(np.mean([draw[-1] for draw in draws])) if n < 20 else float(max(scores))


@wrong("expected_best", "takes equal scores for one score")
def _():
    def expected_best(scores, n):
        values = np.unique(scores)
        return float(values @ np.diff((np.arange(len(values) + 1) / len(values)) ** n))


@wrong("expected_best", "sorts the list of the caller")
def _():
    def expected_best(scores, n):
        scores.sort()
        return float(scores @ np.diff((np.arange(len(scores) + 1) / len(scores)) ** n))


wrong(
    "expected_best",
    "multiplies the probability by n instead of raising it",
    {"len(values)) ** n": "len(values)) * n"},
)


@right("expected_best", "adds up the probabilities of being below")
def _():
    def expected_best(scores, n):
        ordered = sorted(scores)
        total, size = ordered[-1], len(ordered)
        for place in range(1, size):
            total -= (ordered[place] - ordered[place - 1]) * (place / size) ** n
        return float(total)


@right("expected_best", "a loop over the formula")
def _():
    def expected_best(scores, n):
        size, total = len(scores), 0.0
        for place, score in enumerate(sorted(scores), 1):
            total += score * ((place / size) ** n - ((place - 1) / size) ** n)
        return total


wrong(
    "winners_curse",
    "reports the shown score as the true accuracy",
    {"float(true[winner].mean())": "float(shown.max(axis=1).mean())"},
)

wrong(
    "winners_curse",
    "takes the best accuracy of all for that of the winner",
    {"float(true[winner].mean())": "float(true.max())"},
)

wrong(
    "winners_curse",
    "takes the mean accuracy of all trials",
    {"float(true[winner].mean())": "float(true.mean())"},
)

wrong(
    "winners_curse",
    "takes the mean score instead of the best",
    {"float(shown.max(axis=1).mean())": "float(shown.mean())"},
)

wrong(
    "winners_curse",
    "gives all trials the same luck",
    {
        "rng.binomial(examples, true, size=(repeats, len(true))) / examples": "true + (rng.binomial(examples, 0.5, size=(repeats, 1)) / examples - 0.5)"
    },
)

wrong(
    "winners_curse",
    "scores the trials once, and repeats that",
    {
        "rng.binomial(examples, true, size=(repeats, len(true)))": "rng.binomial(examples, true, size=(1, len(true)))"
    },
)

wrong(
    "winners_curse",
    "seeds its own chance",
    {"rng.binomial(examples": "np.random.default_rng().binomial(examples"},
)

wrong(
    "winners_curse",
    "takes the variance for the standard error",
    {
        "rng.binomial(examples, true, size=(repeats, len(true))) / examples": "rng.normal(true, true * (1 - true) / examples, size=(repeats, len(true)))"
    },
)

wrong(
    "winners_curse",
    "returns the two means in the other order",
    {
        "float(shown.max(axis=1).mean()), float(true[winner].mean())": "float(true[winner].mean()), float(shown.max(axis=1).mean())"
    },
)

wrong(
    "winners_curse",
    "gives equal scores to the last trial",
    {"shown.argmax(axis=1)": "len(true) - 1 - shown[:, ::-1].argmax(axis=1)"},
)


@right("winners_curse", "a loop over the repeats")
def _():
    def winners_curse(true, examples, rng, repeats=2000):
        shows, has = 0.0, 0.0
        for _ in range(repeats):
            right_answers = [int(count) for count in rng.binomial(examples, true)]
            best = max(right_answers)
            shows += best / examples
            has += true[right_answers.index(best)]
        return shows / repeats, has / repeats


@right("winners_curse", "one column of scores for each trial")
def _():
    def winners_curse(true, examples, rng, repeats=2000):
        columns = np.stack([rng.binomial(examples, p, repeats) for p in true], axis=1)
        winner = np.argmax(columns, axis=1)
        best = columns[np.arange(repeats), winner]
        return best.mean() / examples, np.take(true, winner).mean()


@wrong("workflow_plan", "four long trials, good at 240 hours only")
def _():
    plan = {"trial_h": 128, "examples": 100, "workers": 4}


@wrong("workflow_plan", "many short trials")
def _():
    plan = {"trial_h": 8, "examples": 20, "workers": 4}


@wrong("workflow_plan", "as many workers as there can be")
def _():
    plan = {"trial_h": 32, "examples": 100, "workers": 8}


@wrong("workflow_plan", "scores on so few images that luck decides")
def _():
    plan = {"trial_h": 32, "examples": 20, "workers": 4}


@wrong("workflow_plan", "scores on so many images that few trials are left")
def _():
    plan = {"trial_h": 32, "examples": 500, "workers": 4}


@wrong("workflow_plan", "avoids the set-up and works alone")
def _():
    plan = {"trial_h": 32, "examples": 100, "workers": 1}


@wrong(
    "workflow_plan", "takes the best plan of the largest budget, without scatter, and a lucky seed"
)
def _():
    plan = {"trial_h": 128, "examples": 50, "workers": 4}


@right("workflow_plan", "fewer images, chosen by hand")
def _():
    plan = {"workers": 4, "trial_h": 32, "examples": 100}


@right("workflow_plan", "half of the workers")
def _():
    plan = {"trial_h": 32, "examples": 50, "workers": 2}


wrong(
    "search_gap",
    "divides by the score that was shown",
    {"predicted / true[winner]": "predicted / shown[winner]"},
)

wrong(
    "search_gap",
    "divides measured by predicted",
    {"predicted / true[winner]": "true[winner] / predicted"},
)

wrong(
    "search_gap",
    "takes the best true accuracy for that of the winner",
    {"winner = int(np.argmax(shown))": "winner = int(np.argmax(true))"},
)

wrong(
    "search_gap",
    "looks for good luck only",
    {"abs(terms[name])": "terms[name] if name != 'luck' else -terms[name]"},
)

wrong(
    "search_gap",
    "takes the largest term with its sign",
    {"abs(terms[name])": "terms[name]"},
)

wrong(
    "search_gap",
    "compares the second half with the prediction",
    {"shown[winner] - first_half": "shown[winner] - predicted"},
)


@wrong("search_gap", "gives equal scores to the last trial")
def _():
    def gap(predicted, shown, true):
        best = max(shown)
        winner = len(shown) - 1 - list(shown)[::-1].index(best)
        half = max(shown[: len(shown) // 2])
        sizes = [abs(half - predicted), best - half, abs(true[winner] - best)]
        return predicted / true[winner], TERMS[sizes.index(max(sizes))]


@right("search_gap", "sorts the three sizes")
def _():
    def gap(predicted, shown, true):
        best, half = max(shown), max(shown[: len(shown) // 2])
        has = true[list(shown).index(best)]
        sizes = [
            (abs(has - best), "luck"),
            (best - half, "new trials"),
            (abs(half - predicted), "draws"),
        ]
        return predicted / has, sorted(sizes)[-1][1]
