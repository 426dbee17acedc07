"""The connection of two processes: one asks, the other answers, and may ask back before it does.

Both ends run the same code. The tester's end trusts nothing: a message that makes no sense ends the
connection, `check_access` decides what an object of the tester can be asked, and its `UseProfile`
decides which operators reach the other side and which values of the tester a call may change.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from autograder.sandbox.inside.bridge.decoding import Decoder, decode, decode_content
from autograder.sandbox.inside.bridge.encoding import Encoder, encode, encode_content, encode_value
from autograder.sandbox.inside.bridge.exceptions import ConnectionLost, EndOfTest
from autograder.sandbox.inside.bridge.framing import MessageError, receive, send
from autograder.sandbox.inside.bridge.mutations import (
    MAX_NAME,
    changed_names,
    is_object,
    is_only_moved,
    merged,
)
from autograder.sandbox.inside.bridge.operations import OPERATIONS
from autograder.sandbox.inside.bridge.proxies import Reference, path_of
from autograder.sandbox.inside.bridge.shared_arrays import SharedArrays, Split
from autograder.sandbox.inside.bridge.shared_classes import SharedClasses
from autograder.sandbox.inside.bridge.shared_errors import SharedErrors
from autograder.sandbox.inside.bridge.shared_objects import SharedObjects
from autograder.sandbox.inside.bridge.shared_values import SharedValues
from autograder.sandbox.inside.bridge.submission_names import SubmissionNames
from autograder.sandbox.inside.bridge.thread_turns import ThreadTurns
from autograder.sandbox.inside.bridge.use_profile import UseProfile
from autograder.sandbox.inside.bridge.visible_bytes import Buffer

Message = dict[str, Any]
AccessCheck = Callable[[str, Any, Sequence[Any], str], None]
SEARCHED = 1000  # shared values, where one side asks back


@dataclass
class Question:
    """A question that waits for its answer: its path, and the buffers that the other side changed
    meanwhile and may not."""

    path: str = ""
    splits: list[Split] = field(default_factory=list)


class Connection:
    """One end of the connection. parity: 0 for the tester's end, 1 for the submission's. names:
    what the submission's end fetches from; the tester has none.

    note_begin: called at the submission's end where a test begins. profile: what the test allows;
    the submission's end does not ask it. has_base_values: an object came that is a built-in value,
    too; of the reference solution, prefers_objects says which of the two is taken.
    """

    def __init__(
        self,
        parity: int,
        check_access: AccessCheck | None = None,
        names: SubmissionNames | None = None,
    ):
        self.sock: socket.socket | None = None
        self.lost_reason = self.end_reason = ""
        self.profile = UseProfile()
        self.note_begin: Callable[[], object] = lambda: None
        self.has_base_values = self.prefers_objects = False
        self._questions: list[Question] = []
        self._trusted = parity == 0
        self._turns = ThreadTurns()
        self._check_access = check_access
        self._names = names
        self._arrays = SharedArrays(parity)
        self._values = SharedValues(parity)
        self._answers = 0  # that are being made
        self._classes = SharedClasses({}, (), ())
        self._objects = SharedObjects(self, self._classes, self._trusted)
        self._errors = SharedErrors(self._classes, self._trusted)

    def share_classes(self, classes: SharedClasses) -> None:
        """Sets which classes both sides have."""
        self._classes = self._objects.classes = self._errors.mirrors.classes = classes

    def ask(
        self,
        operation: str,
        reference: Reference | None,
        arguments: tuple[Any, ...] = (),
        keywords: dict[str, Any] | None = None,
        path: str = "",
    ) -> Any:
        """The answer of the other side; an error of the other side is raised here."""
        with nullcontext() if self._trusted else self._turns.ask():
            return self._ask(operation, reference, arguments, keywords, path)

    def _ask(
        self,
        operation: str,
        reference: Reference | None,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any] | None,
        path: str,
    ) -> Any:
        encoder = self._encoder(asks_back=self._answers > 0)
        number = reference.number if reference else 0
        message: Message = {"do": operation, "to": number}
        with self._undone_if_unsent(encoder):
            encoder.origin = path
            parts = ((str(place), argument) for place, argument in enumerate(arguments))
            rows = [encoder.encode_part(place, argument) for place, argument in parts]
            message["arguments"] = ["tuple", rows]
            if keywords:
                message["keywords"] = encode_value(keywords, encoder)
        self._questions.append(Question(path))
        try:
            self._send(message, encoder)
            while True:
                reply, blobs = self._receive()
                if "do" not in reply:
                    return self._result(reply, blobs, self._questions[-1])
                self.answer(reply, blobs)
        except StopIteration as stop:
            if operation == "next" or self.is_needed(f"{path} stops"):
                raise
            raise RuntimeError(f"{path} raised StopIteration") from stop  # else it ends a loop
        finally:
            self._questions.pop()

    def operate(
        self, operation: str, reference: Reference, arguments: tuple[Any, ...], path: str
    ) -> Any:
        """The answer to an operator; TypeError on a path where the reference solution gave a plain
        value."""
        if not self.is_needed(path):
            raise TypeError(
                f"{reference.path} gave an object of type {reference.type_name} "
                "where a plain value was expected"
            )
        return self.ask(operation, reference, arguments, path=path)

    def compares(self, reference: Reference, method: str = "") -> bool:
        """The submission's side asks objects of which it has the class, where the class defines the
        method. TypeError for one of the reference whose class says what it equals: such a test has
        to run beside the answer."""
        kind = reference.nearest_class
        if self._trusted and self.profile.is_of_reference and "__eq__" in reference.methods:
            raise TypeError(f"{reference.path} gave an object whose class says what it equals")
        if self._trusted or kind is None:
            return False
        return not method or getattr(kind, method) is not getattr(object, method)

    def asks_for_membership(self, reference: Reference) -> bool:
        """In the tester, where the reference's object was asked too; in the submission, where it
        has the class."""
        if self._trusted:
            return self.is_needed(f"{reference.path} contains")
        return reference.nearest_class is not None

    def text(self, operation: str, reference: Reference, arguments: tuple[Any, ...] = ()) -> str:
        """The object as text. The submission's side asks only where both sides have its class."""
        if not self._trusted and reference.nearest_class is None:
            return f"<{reference.type_name} of the test>"
        text = self.ask(operation, reference, arguments)
        if type(text) is not str:
            raise TypeError(
                f"{reference.path} gave an object of type {reference.type_name} that has no text"
            )
        return text

    def is_needed(self, use: str) -> bool:
        """Whether the reference solution needed this use of an object, too; on the submission's
        side, always."""
        return not self._trusted or self.profile.allows(use)

    def drop(self, number: int) -> None:
        self._objects.drop(number)

    def serve(self) -> None:
        """Answers until the other side says stop or is gone."""
        self._turns = ThreadTurns()
        while True:
            message, blobs = self._receive()
            if "stop" in message:
                return
            if "hello" in message:
                self._values.clear()
                self.note_begin()
                self._receive_classes(message["hello"])
            else:
                self.answer(message, blobs)

    def begin(self, hello: Message) -> None:
        """Tells the other side which classes both have. No value is shared any more."""
        self._values.clear()
        self._errors.clear()
        self._send({"hello": hello}, self._encoder())

    def stop(self) -> None:
        self._send({"stop": True}, self._encoder())

    def answer(self, message: Message, blobs: Sequence[bytes]) -> None:
        """Does what a message asks, and replies with the value or the error."""
        alive = None
        self._answers += 1
        try:
            with self._turns.answer():
                reply, encoder, alive = self._reply_to(message, blobs)
        except ConnectionLost:
            raise
        except MessageError as fault:
            if self._trusted:
                raise self._break(f"the submission sent nonsense: {fault}") from fault
            encoder, reply = self._encoder(), {"error": self._errors.describe(fault)}
        except BaseException as error:  # noqa: BLE001  code of a submission may raise anything
            encoder, reply = self._encoder(), {"error": self._errors.describe(error)}
        finally:
            self._answers -= 1
        self._send(reply, encoder)
        del alive  # subtle: a proxy that goes back in the reply must not be dropped before it

    def _reply_to(self, message: Message, blobs: Sequence[bytes]) -> tuple[Message, Encoder, Any]:
        """The reply, and the objects that must live until it is sent."""
        decoder = self._decoder(blobs, "callback")
        self._take_contents(message, decoder)
        operation, number = message.get("do"), message.get("to")
        arguments = decode(message.get("arguments"), decoder)
        keywords = decode(message.get("keywords", ["dict", []]), decoder)
        if type(arguments) is not tuple or type(keywords) is not dict:
            raise MessageError("arguments need a tuple and a dict")
        self._values.forget(message.get("forget"))
        value = self._perform(operation, number, arguments, keywords)
        encoder = self._encoder()
        encoder.origin = self._origin_of_answer(operation, arguments)
        with self._undone_if_unsent(encoder):
            row = self._objects.encode_result(str(operation), lambda: encode(value, encoder))
            reply = {"value": row}
        return reply, encoder, (value, arguments, keywords)

    def _origin_of_answer(self, operation: Any, arguments: tuple[Any, ...]) -> str:
        """How a value crosses that the other side asked for."""
        path = self._questions[-1].path if self._questions else ""
        name = arguments[0] if arguments and type(arguments[0]) is str else ""
        return f"{path} asks {operation} {name[:MAX_NAME]}"

    def _perform(
        self, operation: Any, number: Any, arguments: tuple, keywords: dict[str, Any]
    ) -> Any:
        if self._names is not None and self._names.answers(operation):
            return self._names.perform(operation, arguments)
        function = OPERATIONS.get(operation) if type(operation) is str else None
        if function is None or not all(type(name) is str for name in keywords):
            raise MessageError("there is no such operation")
        target = self._objects.get(number)
        if self._check_access is not None:
            self._check_access(operation, target, arguments, self._objects.copy_operation(number))
        return function(target, *arguments, **keywords)

    def _result(self, reply: Message, blobs: Sequence[bytes], question: Question) -> Any:
        decoder = self._decoder(blobs, question.path)
        value = self._read_or_break(lambda: self._value(reply, decoder))
        if "error" in reply:
            raise value
        return value

    def _value(self, reply: Message, decoder: Decoder) -> Any:
        """The value of a reply, or the error."""
        self._take_contents(reply, decoder)
        if "error" in reply:
            value: Any = self._errors.rebuild(reply["error"])
        else:
            value = decode(reply.get("value"), decoder)
        self._values.forget(reply.get("forget"))
        return value

    def _take_contents(self, message: Message, decoder: Decoder) -> None:
        """Takes over what the other side changed in the values that both share, where it may."""
        rows = message.get("contents", [])
        if not isinstance(rows, list) or not all(type(r) is list and len(r) == 2 for r in rows):
            raise MessageError("changed values need a list of rows")
        question = self._questions[-1] if self._questions else Question()
        self._values.follow(question.splits)
        for number, row in rows:
            value = self._values.get(number)
            new = decode_content(value, row, decoder)
            self._take_content(number, value, new, question.path)

    def _take_content(self, number: int, value: Any, new: Any, path: str) -> None:
        """Takes over a change as far as the reference makes it. What is refused goes on in a copy;
        an object that the reference gives back, or of which a part is taken, stays the object."""
        verb = "moves" if is_only_moved(value, new) else "changes"
        note = partial(self.profile.note_content, value) if self._values.is_own(number) else None
        change = f"{path} {verb} {self._values.origin_of(number)}"
        names = changed_names(value, new)
        uses = [change] if names is None else [f"{change}[{name[:MAX_NAME]}]" for name in names]
        allowed = [self._may_change(use, note) for use in uses]
        if all(allowed):
            self._values.replace(number, new)
        elif names is not None and any(allowed):
            allowed_names = [
                name for name, is_allowed in zip(names, allowed, strict=True) if is_allowed
            ]
            self._values.replace(number, merged(value, new, allowed_names))
        elif not (is_object(value) and self.profile.allows(self._return_of(number, path))):
            self._values.divide(number, new)

    def _return_of(self, number: int, path: str) -> str:
        return f"{path} returns {self._values.origin_of(number)}"

    def _may_change(self, use: str, note: Callable[[], None] | None) -> bool:
        """Whether the other side may change a value; note: as in `UseProfile.allows_change`."""
        return not self._trusted or self.profile.allows_change(use, note)

    def _may_change_buffer(self, buffer: Buffer, owner: np.ndarray) -> bool:
        path = self._questions[-1].path if self._questions else ""
        note = partial(self.profile.note_bytes, owner) if buffer.is_local else None
        return self._may_change(f"{path} changes {buffer.origin}", note)

    def _read_or_break(self, read: Callable[[], Any]) -> Any:
        """The value read from a reply; a reply that makes no sense ends the connection."""
        try:
            return read()
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as fault:
            raise self._break(f"the submission sent nonsense: {fault}") from fault

    def _encoder(self, asks_back: bool = False) -> Encoder:
        """For a new message. It begins with what this side changed in the values that both share;
        among many values that is looked for only where a question or an answer of the test goes,
        and not where one asks back."""
        encoder = Encoder(
            self._arrays,
            self._values,
            self._classes,
            self._refer,
            has_base_values=not self._trusted,
        )
        asks_back = asks_back or bool(self._questions) or self._answers > 1
        if len(self._values) <= SEARCHED or not asks_back:
            for number, value in self._values.changed():
                self._tell_content(number, value, encoder)
        return encoder

    def _tell_content(self, number: int, value: Any, encoder: Encoder) -> None:
        earlier_count, encoder.origin = len(encoder.new), self._values.origin_of(number)
        try:
            row = encode_content(value, encoder)
        except MessageError:  # nested too deep, say
            self._values.forget(encoder.new[earlier_count:])
            del encoder.new[earlier_count:]
            self._values.lose(number)
        else:
            encoder.contents.append([number, row])
            encoder.changed_numbers.append(number)

    @contextmanager
    def _undone_if_unsent(self, encoder: Encoder) -> Iterator[None]:
        """A message that cannot be written is not sent: the other side knows none of its values."""
        try:
            yield
        except BaseException:
            self._values.undo_send(encoder.new, encoder.changed_numbers, [])
            raise

    def _decoder(self, blobs: Sequence[bytes], path: str) -> Decoder:
        def resolve(row: list[Any], place: str, has_base_value: bool) -> Any:
            return self._resolve(row, path + place, has_base_value)

        return Decoder(
            self._arrays,
            self._values,
            self._classes,
            resolve,
            blobs,
            choose=self._choose,
            note_known=lambda number: self._note_return(number, path),
            origin=path,
        )

    def _note_return(self, number: int, path: str) -> None:
        """The other side gives back a value that it was given."""
        if self._trusted and self.profile.is_of_reference and self._values.is_own(number):
            self.profile.allows(self._return_of(number, path))

    def _choose(self, proxy: Any, base: Any) -> Any:
        """The proxy where the reference had an object of such a class too, else its plain value."""
        self.has_base_values = True
        if self.profile.is_of_reference and not self.prefers_objects:
            return base
        return proxy if self.is_needed(f"{path_of(proxy)} is an object") else base

    def _refer(self, value: Any) -> list[Any]:
        """The row for a value that does not cross."""
        if isinstance(value, type) and issubclass(value, BaseException):
            return ["exception", self._errors.mirrors.row_of(value)]
        return self._objects.refer(value)

    def _resolve(self, row: list[Any], path: str, has_base_value: bool) -> Any:
        match row:
            case ["exception", list() as kind]:
                return self._errors.mirrors.class_for(kind)
            case ["ref", *_] if self._trusted and not has_base_value:
                if self.profile.is_of_reference:
                    self.profile.allows(f"{path} is an object")
        return self._objects.resolve(row, path)

    def _receive_classes(self, shared: Any) -> None:
        if self._names is None:
            raise MessageError("only the tester says which classes both sides have")
        self._names.forget_given()
        names = self._names.names
        modules, installed = shared["modules"], shared["installed_modules"]
        self.share_classes(SharedClasses(names, shared["classes"], modules, installed))

    def _send(self, message: Message, encoder: Encoder) -> None:
        blobs = encoder.blobs
        changed = self._arrays.changes(blobs)
        self._arrays.release()
        dead = self._arrays.collect_dead()
        drops = self._objects.take_drops(is_last=not ("do" in message or self._answers))
        dead_objects = self._objects.take_dead()
        self._arrays.keep_alive()
        forgotten = self._values.collect() + self._forget_older_values("do" in message, encoder)
        self._values.keep_alive()
        extra = {"changed": changed, "gone": dead, "drops": drops, "dead": dead_objects}
        extra |= {"contents": encoder.contents, "forget": forgotten}
        message = {**message, **{name: rows for name, rows in extra.items() if rows}}
        if self.sock is None:
            raise self._break("the submission is not there any more")
        try:
            send(self.sock, message, blobs)
        except MessageError as fault:
            self._arrays.undo_send(changed, dead)
            self._values.undo_send(encoder.new, encoder.changed_numbers, forgotten)
            self._objects.undo_send(drops, dead_objects)
            self._too_large(message, fault)
        except (EOFError, OSError) as fault:
            raise self._break("the submission's process ended during the test") from fault

    def _forget_older_values(self, is_question: bool, encoder: Encoder) -> list[int]:
        """Where one question of the test ends and the next begins: what stands in the arguments of
        a question that waits must stay."""
        if self._answers or len(self._questions) > is_question:
            return []
        return self._values.forget_older(encoder.touched, keeps_touched=is_question)

    def _too_large(self, message: Message, fault: MessageError) -> None:
        """A question that is too large is the asker's error, an answer the other's."""
        if "do" in message:
            raise TypeError(str(fault)) from fault
        self._send({"error": self._errors.describe(fault)}, self._encoder())

    def _receive(self) -> tuple[Message, list[bytes]]:
        if self.sock is None:
            raise self._break("the submission is not there any more")
        path = self._questions[-1].path if self._questions else ""
        try:
            message, blobs = receive(self.sock)
            rows = message.get("changed", [])
            splits = self._arrays.apply_changes(rows, blobs, self._may_change_buffer, path)
        except MessageError as fault:
            raise self._break(f"the submission sent nonsense: {fault}") from fault
        except (EOFError, OSError) as fault:
            raise self._break("the submission's process ended during the test") from fault
        if self._questions:
            self._questions[-1].splits += splits
        self._arrays.forget(message.get("gone", []))
        self._objects.release(message.get("drops", []))
        self._objects.forget(message.get("dead", []))
        return message, blobs

    def end_test(self, sentence: str) -> EndOfTest:
        """The error that ends the test as failed, whatever its code does with it."""
        self.end_reason = self.end_reason or sentence
        return EndOfTest(sentence)

    def _break(self, sentence: str) -> ConnectionLost:
        self.lost_reason = self.lost_reason or sentence
        return ConnectionLost(self.lost_reason)
