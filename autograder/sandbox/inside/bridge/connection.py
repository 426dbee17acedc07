"""The talk between two processes: one asks, the other answers, and may ask back before it does.

Both ends are the same code. The tester's end trusts nothing: what makes no sense ends the link, an
object of the tester can be asked only what `allow` lets pass, and an operator reaches the other
side only on a path of the profile.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.inside.bridge.codec import Packing, Unpacking, pack, unpack
from autograder.sandbox.inside.bridge.exceptions import LinkLost, Mirrors, described, rebuilt
from autograder.sandbox.inside.bridge.framing import WireError, receive, send
from autograder.sandbox.inside.bridge.mutations import content, is_changed, renew, snapshot
from autograder.sandbox.inside.bridge.operations import ASKED
from autograder.sandbox.inside.bridge.proxies import CallableHandle, Handle, Ref, ref_of
from autograder.sandbox.inside.bridge.registry import Registry
from autograder.sandbox.inside.bridge.shared_arrays import SharedArrays
from autograder.sandbox.inside.bridge.shared_classes import KnownClasses

Message = dict[str, Any]
Allow = Callable[[str, Any, Sequence[Any]], None]
MOST_RAISED = 100


class Link:
    """One end. `parity` 0 is the tester's, 1 the submission's. `names`: what "get" may fetch."""

    def __init__(self, parity: int, allow: Allow | None = None, names: Any = None):
        self.sock: socket.socket | None = None
        self.lost = ""
        self.profile: frozenset[str] | None = None
        self.forwarded: set[str] = set()
        self._trusted = parity == 0
        self._allow = allow
        self._names = names
        self._arrays = SharedArrays(parity)
        self._registry = Registry()
        self._drops: list[int] = []
        self._raised: dict[int, BaseException] = {}
        self._known = KnownClasses({}, (), ())
        self._mirrors = Mirrors(self._known)

    def know(self, known: KnownClasses) -> None:
        """Sets which classes both sides have."""
        self._known = self._mirrors.known = known

    def ask(
        self,
        do: str,
        to: Ref | None,
        given: tuple[Any, ...] = (),
        named: dict[str, Any] | None = None,
        path: str = "",
    ) -> Any:
        """What the other side answers; its error is raised here."""
        box = self._packing()
        message = {"do": do, "to": to.number if to else 0, "given": pack(given, box)}
        if named:
            message["named"] = pack(named, box)
        self._send(message, box)
        while True:
            reply, blobs = self._receive()
            if "do" not in reply:
                return self._result(reply, blobs, box.watched, path)
            self.answer(reply, blobs)

    def operate(self, do: str, to: Ref, given: tuple[Any, ...], path: str) -> Any:
        """The answer to an operator; TypeError on a path where the reference had a plain value."""
        if not self._trusted:
            return self.ask(do, to, given, path=path)
        if self.profile is None:
            self.forwarded.add(path)
        elif path not in self.profile:
            raise TypeError(
                f"{to.path} gave an object of type {to.type_name} where a plain value was expected"
            )
        return self.ask(do, to, given, path=path)

    def text(self, do: str, to: Ref, given: tuple[Any, ...] = ()) -> str:
        """The object as text. The submission's side does not ask for it."""
        if not self._trusted:
            return f"<{to.type_name} of the test>"
        text = self.ask(do, to, given)
        if type(text) is not str:
            raise TypeError(f"{to.path} gave an object of type {to.type_name} that has no text")
        return text

    def dropped(self, number: int) -> None:
        self._drops.append(number)

    def serve(self) -> None:
        """Answers until the other side says stop or is gone."""
        while True:
            message, blobs = self._receive()
            if "stop" in message:
                return
            if "hello" in message:
                self._hello(message["hello"])
            else:
                self.answer(message, blobs)

    def tell(self, message: Message) -> None:
        self._send(message, self._packing())

    def answer(self, message: Message, blobs: Sequence[bytes]) -> None:
        """Does what a message asks, and replies with the value or the error."""
        box, kept = self._packing(), None
        try:
            reply, kept = self._done(message, blobs, box)
        except LinkLost:
            raise
        except WireError as fault:
            if self._trusted:
                raise self._break(f"the submission sent nonsense: {fault}") from fault
            box, reply = self._packing(), {"error": self._described(fault)}
        except BaseException as error:  # noqa: BLE001  a stranger's code may raise anything
            box, reply = self._packing(), {"error": self._described(error)}
        self._send(reply, box)
        del kept  # subtle: a handle that goes back in the reply must not be dropped before it

    def _done(self, message: Message, blobs: Sequence[bytes], box: Packing) -> tuple[Message, Any]:
        """The reply, and what must live until it is sent."""
        opened = self._unpacking(blobs, (), "callback")
        do, to = message.get("do"), message.get("to")
        given = unpack(message.get("given"), opened)
        named = unpack(message.get("named", ["dict", []]), opened)
        if type(given) is not tuple or type(named) is not dict:
            raise WireError("arguments need a tuple and a dict")
        before = [snapshot(value) for value in opened.watched]
        value = self._perform(do, to, given, named)
        box.same = {id(value): k for k, value in enumerate(opened.watched)}
        reply = {"value": pack(value, box)}
        after = [
            [k, content(value, box)]
            for k, value in enumerate(opened.watched)
            if is_changed(before[k], value)
        ]
        return {**reply, "after": after} if after else reply, (value, opened)

    def _perform(self, do: Any, to: Any, given: tuple, named: dict[str, Any]) -> Any:
        if do == "get" and self._names is not None:
            return _fetched(self._names, *given)
        function = ASKED.get(do) if type(do) is str else None
        if function is None or not all(type(name) is str for name in named):
            raise WireError("there is no such operation")
        target = self._registry.get(to)
        if self._allow is not None:
            self._allow(do, target, given)
        return function(target, *given, **named)

    def _result(self, reply: Message, blobs: Sequence[bytes], watched: list, path: str) -> Any:
        if "error" in reply:
            raise self._sensible(lambda: self._rebuilt(reply["error"]))
        return self._sensible(lambda: self._value(reply, blobs, watched, path))

    def _value(self, reply: Message, blobs: Sequence[bytes], watched: list, path: str) -> Any:
        opened = self._unpacking(blobs, watched, path)
        value = unpack(reply.get("value"), opened)
        for k, row in reply.get("after", []):
            renew(watched[k], row, opened)
        return value

    def _sensible(self, read: Callable[[], Any]) -> Any:
        """What is read of a reply; a reply that makes no sense ends the link."""
        try:
            return read()
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as fault:
            raise self._break(f"the submission sent nonsense: {fault}") from fault

    def _described(self, error: BaseException) -> Message:
        told = described(error, self._mirrors)
        origin = getattr(error, "_origin_", None)
        if self._trusted:
            number = len(self._raised) + 1
            if number <= MOST_RAISED:
                self._raised[number] = error
                told["origin"] = number
        elif type(origin) is int:
            told["origin"] = origin
        return told

    def _rebuilt(self, told: Any) -> BaseException:
        origin = told.get("origin") if isinstance(told, dict) else None
        if self._trusted and type(origin) is int and origin in self._raised:
            return self._raised[origin]
        error = rebuilt(told, self._mirrors)
        if not self._trusted:
            error._origin_ = origin  # type: ignore[attr-defined]
        return error

    def _packing(self) -> Packing:
        return Packing(self._arrays, self._known, self._refer)

    def _unpacking(self, blobs: Sequence[bytes], same: Sequence[Any], path: str) -> Unpacking:
        def resolve(row: list[Any], nested: bool) -> Any:
            return self._resolved(row, f"{path}[]" if nested else path)

        return Unpacking(self._arrays, self._known, resolve, blobs, same=same)

    def _refer(self, value: Any) -> list[Any]:
        """The row for what does not cross by value."""
        if type(value) in (Handle, CallableHandle) and ref_of(value).link is self:
            return ["yours", ref_of(value).number]
        if isinstance(value, type) and issubclass(value, BaseException):
            return ["exception", self._mirrors.row(value)]
        kind = type(value)
        type_name, like = kind.__name__[:80], self._known.likeness(kind)
        return ["ref", self._registry.give(value), type_name, callable(value), like]

    def _resolved(self, row: list[Any], path: str) -> Any:
        match row:
            case ["yours", int() as number]:
                return self._registry.get(number)
            case ["exception", list() as kind]:
                return self._mirrors.kind(kind)
            case ["ref", int() as number, str() as type_name, bool() as can_call, list() as like]:
                above = self._known.find(*like) if len(like) == 2 else None
                ref = Ref(self, number, type_name[:80], path, above)
                return CallableHandle(ref) if can_call else Handle(ref)
        raise WireError("a value of an unknown kind came")

    def _hello(self, told: Any) -> None:
        self.know(KnownClasses(self._names, told["given"], told["modules"]))

    def _send(self, message: Message, box: Packing) -> None:
        self._arrays.release()
        blobs = box.blobs
        changed, gone = self._arrays.changes(blobs), self._arrays.gone()
        drops, self._drops = self._drops, []
        self._arrays.hold()
        extra = {"changed": changed, "gone": gone, "drops": drops}
        message = {**message, **{name: rows for name, rows in extra.items() if rows}}
        if self.sock is None:
            raise self._break("the submission is not there any more")
        try:
            send(self.sock, message, blobs)
        except WireError as fault:
            self._arrays.unsent(changed, gone)
            self._drops += drops
            self._too_large(message, fault)
        except (EOFError, OSError) as fault:
            raise self._break("the submission's process ended during the test") from fault

    def _too_large(self, message: Message, fault: WireError) -> None:
        """A question that is too large is the asker's error, an answer the other's."""
        if "do" in message:
            raise TypeError(str(fault)) from fault
        self._send({"error": self._described(fault)}, self._packing())

    def _receive(self) -> tuple[Message, list[bytes]]:
        if self.sock is None:
            raise self._break("the submission is not there any more")
        try:
            message, blobs = receive(self.sock)
            self._arrays.accept(message.get("changed", []), blobs)
        except WireError as fault:
            raise self._break(f"the submission sent nonsense: {fault}") from fault
        except (EOFError, OSError) as fault:
            raise self._break("the submission's process ended during the test") from fault
        self._arrays.forget(message.get("gone", []))
        self._registry.take(message.get("drops", []))
        return message, blobs

    def _break(self, sentence: str) -> LinkLost:
        self.lost = self.lost or sentence
        return LinkLost(self.lost)


def _fetched(names: Any, name: str) -> Any:
    if name not in names:
        raise NameError(f"name '{name}' is not defined")
    return names[name]
