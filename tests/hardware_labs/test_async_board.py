"""`AsyncBoard` says and decides what `Board` does, and the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import inspect

import numpy as np
import pytest
from marked_link import MarkedLink, lab

from hardware_labs.async_board import AsyncBoard
from hardware_labs.board import Board
from hardware_labs.errors import BoardError, BoardLost, BoardMissing, BoardRefused
from hardware_labs.models.network import unseen_digits
from hardware_labs.transports.async_link import ThreadLink
from hardware_labs.transports.link import ScriptedLink, unknown

FAST = "emu:nano33?fast"


def sent_commands(log):
    """What was sent, but for the nonces: on a busy machine there may be one more."""
    return [line.text for line in log if line.is_outgoing and "nonce" not in line.text]


def test_both_boards_say_the_same_bytes_and_get_the_same_answers():
    images = (15 * unseen_digits()[0][:3].astype(int) - 128).astype(np.int8)

    async def asynchronous():
        async with await AsyncBoard.connect(FAST) as board:
            outputs = [(await board.infer(image)).outputs.tolist() for image in images]
            samples = [sample async for sample in board.stream(100, 8)]
            info = await board.info()
            return outputs, samples, info, sent_commands(board.log)

    with Board.connect(FAST) as board:
        outputs = [board.infer(image).outputs.tolist() for image in images]
        samples, info = list(board.stream(100, 8)), board.info()
        ours = outputs, samples, info, sent_commands(board.log)
    assert asyncio.run(asynchronous()) == ours


def public(board: type) -> dict[str, list[str]]:
    """Its public names, with the parameters of each method."""
    return {
        name: list(inspect.signature(member).parameters) if inspect.isfunction(member) else []
        for name, member in vars(board).items()
        if not name.startswith("_")
    }


def test_both_boards_have_the_same_methods_with_the_same_parameters():
    assert public(AsyncBoard) == public(Board)


def test_the_event_loop_goes_on_while_the_board_is_waited_for():
    async def main() -> tuple[int, int]:
        async with await AsyncBoard.connect("emu:nano33") as board:
            beats = 0

            async def beat() -> None:
                nonlocal beats
                while True:
                    await asyncio.sleep(0.005)
                    beats += 1

            heart = asyncio.create_task(beat())
            count = len([sample async for sample in board.stream(50, 20)])
            heart.cancel()
            return count, beats

    count, beats = asyncio.run(main())
    assert count == 20
    assert beats > 0  # a cell that blocks would let none through


def test_two_tasks_ask_one_after_the_other():
    async def main():
        async with await AsyncBoard.connect(ThreadLink(MarkedLink(lab))) as board:
            return await asyncio.gather(*(board.ask(name) for name in ("name", "timestamp") * 5))

    assert asyncio.run(main()) == [("m-name-dut-[nano33]",), ("m-lap-us-5",)] * 5


def test_a_stream_left_early_ends_with_the_next_question():
    async def main():
        async with await AsyncBoard.connect(FAST) as board:
            samples = board.stream(200)
            async for sample in samples:
                if sample.sequence == 5:
                    break
            return await board.ask("name")

    assert asyncio.run(main()) == ("m-name-dut-[nano33]",)


def test_a_question_while_a_stream_is_read_is_refused_in_words():
    async def main():
        async with await AsyncBoard.connect("emu:nano33") as board:
            has_begun = asyncio.Event()

            async def read() -> int:
                count = 0
                async for _ in board.stream(20, 30):
                    has_begun.set()
                    count += 1
                return count

            reading = asyncio.create_task(read())
            await has_begun.wait()
            with pytest.raises(BoardError, match="reads a stream from"):
                await board.ask("name")
            return await reading

    assert asyncio.run(main()) == 30


def test_a_task_that_is_cancelled_leaves_a_board_that_can_be_asked():
    async def main():
        async with await AsyncBoard.connect("emu:nano33") as board:
            asking = asyncio.create_task(board.ask("infer 500 0", timeout_s=9))
            await asyncio.sleep(0.05)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            return await board.ask("name")

    assert asyncio.run(main()) == ("m-name-dut-[nano33]",)


def test_errors_are_the_same_sentences():
    async def main():
        async with await AsyncBoard.connect(FAST) as board:
            with pytest.raises(BoardRefused, match="Unknown command: fly"):
                await board.ask("fly")
            with pytest.raises(ValueError, match="takes int8"):
                await board.infer(np.zeros(64))
            board.link.link.unplug()
            with pytest.raises(BoardLost, match="went away"):
                await board.ask("name")
            assert not board.connected
            with pytest.raises(BoardLost, match="is closed"):
                await board.ask("name")

    asyncio.run(main())


def test_a_link_on_which_nobody_answers_is_closed_again():
    link = ScriptedLink(lambda command: None)

    async def main():
        await AsyncBoard.connect(ThreadLink(link), timeout_s=0.1)

    with pytest.raises(BoardError, match="Nothing on script answers"):
        asyncio.run(main())
    assert link.closed


def test_a_board_without_marks_serves_both():
    async def main():
        async with await AsyncBoard.connect(ThreadLink(ScriptedLink(answer))) as board:
            return board.has_marks, board.name, await board.ping() >= 0

    def answer(command: str) -> list[str]:
        return ["m-name-dut-[acme]"] if command == "name" else unknown(command)

    assert asyncio.run(main()) == (False, "acme", True)


@pytest.mark.parametrize("address", ["webserial", "webserial:"])
def test_a_board_in_the_browser_is_opened_by_the_page(address: str):
    words = r"press Connect.*await AsyncBoard\.connect\(await button\.opened\(\)\)"
    with pytest.raises(BoardMissing, match=words):
        Board.connect(address)
    with pytest.raises(BoardMissing, match=words):
        asyncio.run(AsyncBoard.connect(address))


def test_a_connection_that_is_cancelled_gives_the_port_back():
    link = ScriptedLink(lambda command: None)

    async def main():
        await asyncio.wait_for(AsyncBoard.connect(ThreadLink(link), timeout_s=20), 0.1)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert link.closed


def test_a_stream_waits_for_the_question_before_it():
    async def main():
        async with await AsyncBoard.connect("emu:nano33") as board:
            asking = asyncio.create_task(board.ask("infer 300 0", timeout_s=20))
            await asyncio.sleep(0)
            samples = [sample.sequence async for sample in board.stream(200, 8)]
            return samples, (await asking)[0]

    assert asyncio.run(main()) == (list(range(8)), "m-warmup-start-0")


def test_an_unplugged_board_is_reconnected_and_keeps_the_log():
    async def main():
        async with await AsyncBoard.connect(FAST) as board:
            await board.unplug()
            with pytest.raises(BoardLost, match="went away"):
                await board.ask("name")
            before = len(board.log)
            await board.reconnect()
            return await board.ask("name"), len(board.log) > before

    assert asyncio.run(main()) == (("m-name-dut-[nano33]",), True)


def test_what_hangs_on_an_open_link_is_not_reconnected_or_unplugged_from_here():
    async def main():
        async with await AsyncBoard.connect(ThreadLink(MarkedLink(lab))) as board:
            with pytest.raises(BoardError, match="given as an open link"):
                await board.reconnect()
            with pytest.raises(BoardError, match="Pull the cable"):
                await board.unplug()
            return await board.ask("name")

    assert asyncio.run(main()) == ("m-name-dut-[nano33]",)
