"""The proofs of the notebook that an author begins with: solutions whose result is known."""

from __future__ import annotations

from autograder.authoring.question_cells import grade_ids

PROOFS = '''\
"""Wrong solutions that students would write, and right ones written in another way."""

from autograder.proofs import right, wrong

wrong("MEAN", "sums and does not divide", {") / width": ")"})
wrong("MEAN", "divides by the number of values", {"/ width": "/ len(values)"})
wrong("MEAN", "leaves the last mean out", {"return (sums[width:] - sums[:-width]) / width":
      "return ((sums[width:] - sums[:-width]) / width)[:-1]"})
wrong("MEAN", "always takes pairs", {"return (sums[width:] - sums[:-width]) / width":
      "return (sums[2:] - sums[:-2]) / 2"})


@right("MEAN", "takes each window")
def _():
    def moving_average(values, width):
        starts = range(len(values) - width + 1)
        return np.array([np.mean(values[start : start + width]) for start in starts])


wrong("PLOT", "draws the values alone", {'axes.plot(average, label="average")': ""})
wrong("PLOT", "forgets the label of an axis", {'axes.set_ylabel("value")': ""})
wrong("PLOT", "draws the average first", {
    "axes.plot(values, label": "axes.plot(average, label",
    "axes.plot(average, label=\\"average": "axes.plot(values, label=\\"average",
})
wrong("PLOT", "forgets the legend", {"axes.legend()": ""})


@right("PLOT", "draws both in one call")
def _():
    def plot_average(values, average):
        figure = plt.figure()
        axes = figure.add_subplot()
        axes.plot(range(len(values)), values, "o-", range(len(average)), average, "x--")
        axes.set(xlabel="time in steps", ylabel="measured", title="Smoothing")
        axes.legend(["measured", "smoothed"])
        return axes
'''


def proofs(assignment_id: str) -> str:
    """The text of tests/proofs/ID.py for the new notebook of that id."""
    names = grade_ids(assignment_id)
    return PROOFS.replace("MEAN", names["function"]).replace("PLOT", names["plot"])
