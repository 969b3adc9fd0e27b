"""`treadle search reindex` and `check`: for administrators, on the site's own database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from treadle.cli.options import HomeOption, JsonOption
from treadle.cli.search_commands import search

if TYPE_CHECKING:
    from treadle.server.search.index.dictionary import Dictionary
    from treadle.server.store.db import Database

T = TypeVar("T")


def register() -> None:
    """Add these commands to `treadle search`."""
    search.command("reindex")(reindex)
    search.command("check")(check)


def reindex(
    home: HomeOption = None,
    project: Annotated[str | None, typer.Option(metavar="ID", help="Of this project only.")] = None,
    resume: Annotated[bool, typer.Option(help="Only go on with what an earlier run left.")] = False,
    json_lines: JsonOption = False,
) -> None:
    """Index everything again while the site runs; searches use the old entries until the new ones are there."""
    from treadle.cli.output import show
    from treadle.cli.progress import count
    from treadle.server.search.index.counts import fold
    from treadle.server.search.index.flush import drain
    from treadle.server.search.index.maintain import mark, waiting

    async def work(database: Database, dictionary: Dictionary) -> int:
        if not resume:
            await mark(database, project)
        done = 0
        with count("indexing", quiet=json_lines) as tell:
            tell(0, await waiting(database))
            while step := await drain(database, dictionary):
                done += step
                tell(step, 0)
                while await fold(database):
                    pass
        return done

    done = _on_index(home, work)
    show({"indexed": done}, json_lines=json_lines, text=f"{done} objects indexed")


def check(
    home: HomeOption = None,
    sample: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many objects of each level are read and compared.")
    ] = 1_000,
    json_lines: JsonOption = False,
) -> None:
    """Does the index say what is stored? Exit 1 if not; what was wrong is put right, or will be by the worker."""
    from treadle.cli.output import show
    from treadle.server.search.index.maintain import check as compare

    verdict = _on_index(home, lambda database, dictionary: compare(database, dictionary, sample=sample))
    text = (
        f"{verdict.compared} objects compared: {verdict.missing} missing, {verdict.astray} astray, "
        f"{verdict.different} different"
    )
    told: dict[str, Any] = {"ok": verdict.ok, **asdict(verdict)}
    show(told, json_lines=json_lines, text=text)
    if not verdict.ok:
        raise typer.Exit(1)


def _on_index(home: Path | None, work: Callable[[Database, Dictionary], Awaitable[T]]) -> T:
    import asyncio

    from treadle.server.app.on_database import on_database
    from treadle.server.kit.settings import load_settings
    from treadle.server.search.index.flush import attach

    return asyncio.run(
        on_database(load_settings({"home": home}), lambda database: work(database, attach(database)))
    )
