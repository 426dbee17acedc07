"""What cannot be answered, as sentences: a fact is unknown, or the device cannot do it."""

from __future__ import annotations

from collections.abc import Iterable


class PerfsimError(ValueError):
    """The question cannot be answered as it was asked."""


class UnknownFact(PerfsimError):
    """The catalog has no figure for what is needed, and none is guessed."""


class Infeasible(PerfsimError):
    """The device cannot do this at all."""


def no_such(kind: str, name: str, known_names: Iterable[str]) -> PerfsimError:
    """The error for an unknown name, with the nearest known ones."""
    import difflib  # here, because only a wrong name needs it

    names = list(known_names)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.3)
    near += [
        candidate for candidate in names if name.lower() in candidate and candidate not in near
    ][:3]
    listed = ", ".join(near or names[:6])
    return PerfsimError(f"there is no {kind} '{name}'. Nearest: {listed}.")
