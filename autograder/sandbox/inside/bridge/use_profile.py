"""What the reference solution needed in a test, and what a submission may do by that.

A use is a sentence: an operator on an object (`f().grad+.`), an object where a plain value would do
(`f() is an object`), a call that ends with StopIteration (`f() stops`), a call that changes a value
(`f() changes g()[0]`: what g was given first, or what is in it) or gives it back (`f() returns
g()[0]`). A value has one origin: the question in which it first crossed, and the argument, key or
field under which it did; of a value that the submission made it is the question that it answered.
While the reference runs, each use is recorded and allowed; in the run of a submission only what was
recorded is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from autograder.sandbox.inside.bridge.mutations import content_copy, replace_content
from autograder.sandbox.inside.bridge.visible_bytes import flat_bytes


class UseProfile:
    """The uses of one test. recorded: what was needed so far, of the reference.

    takes_all_changes: a change that the reference did not make is taken over too, until
    `undo_changes`. refused_changes: there were such changes, and they were not taken over.
    """

    def __init__(self) -> None:
        self.recorded: set[str] = set()
        self.takes_all_changes = False
        self.refused_changes = False
        self._allowed: frozenset[str] | None = None
        self._undo: list[Callable[[], None]] = []
        self._noted: dict[int, object] = {}

    def begin_test(self, allowed: Iterable[str] | None) -> None:
        """allowed: the uses of the reference, None where this run is the reference's."""
        self._allowed = None if allowed is None else frozenset(allowed)
        self.recorded.clear()

    @property
    def is_of_reference(self) -> bool:
        return self._allowed is None

    def allows(self, use: str) -> bool:
        if self._allowed is None:
            self.recorded.add(use)
            return True
        return use in self._allowed

    def allows_change(self, use: str, note: Callable[[], None] | None) -> bool:
        """Whether a call may change a value. note: called before a change that is undone later;
        None for a value of the submission's own."""
        if self.allows(use):
            return True
        self.refused_changes |= not self.takes_all_changes
        if self.takes_all_changes and note is not None:
            note()
        return self.takes_all_changes

    def note_bytes(self, owner: np.ndarray) -> None:
        """Keeps the bytes of an array, to be put back by `undo_changes`; once."""
        if not self._is_first_note(owner):
            return
        before = flat_bytes(owner).copy()

        def put_back() -> None:
            is_writeable = owner.flags.writeable
            owner.flags.writeable = True
            np.copyto(flat_bytes(owner), before)
            owner.flags.writeable = is_writeable

        self._undo.append(put_back)

    def note_content(self, value: object) -> None:
        """Keeps the content of a mutable value, to be put back by `undo_changes`; once."""
        if not self._is_first_note(value):
            return
        before = content_copy(value)
        self._undo.append(lambda: replace_content(value, before))

    def undo_changes(self) -> None:
        """Gives the values what they had before the changes that the reference did not make."""
        while self._undo:
            self._undo.pop()()
        self._noted.clear()

    def _is_first_note(self, value: object) -> bool:
        is_first = id(value) not in self._noted
        self._noted[id(value)] = value  # held, so that its id stays its own
        return is_first
