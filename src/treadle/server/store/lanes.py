"""Blocks of a stream go to several slow steps side by side, while the next ones arrive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import repeat

_AHEAD = 3  # blocks under way: none of the steps waits for another one, or for the network

Block = Sequence[bytes]


class Lanes:
    """Each step takes the blocks in their order, in a thread; no step waits for the others.

    After the failure of a step nothing more is given to it, and `put` or `end` raises what it raised.
    """

    def __init__(
        self, run: Callable[..., Awaitable[object]], *steps: Callable[[Block], object], ahead: int = _AHEAD
    ) -> None:
        """`run` calls a step in a thread."""
        self._run = run
        self._steps = steps
        self._ahead = ahead
        self._last: list[asyncio.Future[None]] = []
        self._under_way: deque[asyncio.Future[list[None]]] = deque()

    async def put(self, block: Block) -> None:
        """Hand on the next block, as soon as few enough are under way."""
        while len(self._under_way) >= self._ahead:
            await self._oldest()
        before = self._last or repeat(None)
        self._last = [
            asyncio.ensure_future(self._follow(last, step, block))
            for last, step in zip(before, self._steps, strict=False)
        ]
        self._under_way.append(asyncio.gather(*self._last))

    async def end(self) -> None:
        """All steps have taken all blocks."""
        while self._under_way:
            await self._oldest()

    async def stop(self) -> None:
        """No step is running any more, whatever became of it: only now may its file be closed."""
        await asyncio.shield(asyncio.gather(*self._under_way, *self._last, return_exceptions=True))

    async def _oldest(self) -> None:
        # A request that is cancelled ends; a thread does not, and must be waited for by `stop`.
        await asyncio.shield(self._under_way[0])
        self._under_way.popleft()

    async def _follow(
        self, last: asyncio.Future[None] | None, step: Callable[[Block], object], block: Block
    ) -> None:
        if last is not None:
            await last
        await self._run(step, block)
