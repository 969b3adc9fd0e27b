"""Blocks of an upload go to writing and hashing side by side: in order, with few under way, and safe to break off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event

import pytest

from treadle.server.store.lanes import Block, Lanes

AHEAD, PATIENCE_S, INTRUSION_S = 3, 10, 0.05


def lanes(*steps: Callable[[Block], object]) -> Lanes:
    return Lanes(asyncio.to_thread, *steps, ahead=AHEAD)


def test_every_step_takes_all_blocks_in_their_order() -> None:
    one: list[bytes] = []
    two: list[bytes] = []
    blocks = [bytes([number]) for number in range(50)]

    async def run() -> None:
        under_test = lanes(one.extend, two.extend)
        for block in blocks:
            await under_test.put((block,))
        await under_test.end()

    asyncio.run(run())
    assert one == two == blocks


def test_a_step_does_not_wait_for_a_slower_one_until_too_many_blocks_are_under_way() -> None:
    taken: list[bytes] = []
    may_go, ahead = Event(), Event()

    def quick(block: Block) -> None:
        taken.extend(block)
        if len(taken) == AHEAD:
            ahead.set()

    async def run() -> None:
        under_test = lanes(quick, lambda _: may_go.wait(PATIENCE_S))
        for number in range(AHEAD):
            await under_test.put((bytes([number]),))
        assert await asyncio.to_thread(ahead.wait, PATIENCE_S)
        one_more = asyncio.ensure_future(under_test.put((b"more",)))
        assert not (await asyncio.wait([one_more], timeout=INTRUSION_S))[0]
        may_go.set()
        await one_more
        await under_test.end()

    asyncio.run(run())
    assert len(taken) == AHEAD + 1


def test_a_failure_is_told_and_nothing_more_is_given_to_its_step() -> None:
    tried: list[Block] = []

    def fail(block: Block) -> None:
        tried.append(block)
        raise OSError("disk on fire")

    async def run() -> None:
        under_test = lanes(fail, len)
        with pytest.raises(OSError, match="on fire"):
            for _ in range(AHEAD + 1):
                await under_test.put((b"x",))
        with pytest.raises(OSError, match="on fire"):
            await under_test.end()
        await under_test.stop()

    asyncio.run(run())
    assert len(tried) == 1


def test_after_a_request_is_cancelled_stopping_waits_for_the_step_that_is_running() -> None:
    begun, may_go, done = Event(), Event(), Event()

    def slow(_: Block) -> None:
        begun.set()
        may_go.wait(PATIENCE_S)
        done.set()

    async def request(under_test: Lanes) -> None:
        await under_test.put((b"x",))
        await under_test.end()

    async def run() -> None:
        under_test = lanes(slow)
        task = asyncio.ensure_future(request(under_test))
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        stopping = asyncio.ensure_future(under_test.stop())
        assert not (await asyncio.wait([stopping], timeout=INTRUSION_S))[0]
        may_go.set()
        await stopping
        assert done.is_set()

    asyncio.run(run())
