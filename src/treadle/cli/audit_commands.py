"""`treadle audit`: is the access log as it was written?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from treadle.cli.options import HomeOption, JsonOption

audit = typer.Typer(help="The access log.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(audit, name="audit")


@audit.callback()
def _audit() -> None:
    pass


@audit.command("verify")
def verify(
    home: HomeOption = None,
    since: Annotated[
        datetime | None, typer.Option(help="Look at what was sealed since this time (UTC) only.")
    ] = None,
    anchor: Annotated[
        str | None,
        typer.Option(metavar="SEGMENT:DIGEST", help="A seal noted down earlier, which must still be there."),
    ] = None,
    json_lines: JsonOption = False,
) -> None:
    """Recompute the sealed access log; exit 1 and name the first record that was changed, removed or added."""
    import asyncio
    from datetime import UTC

    from treadle.cli.output import show
    from treadle.server.access.audit_verify import Anchor
    from treadle.server.access.audit_verify import verify as check
    from treadle.server.app.on_database import on_database
    from treadle.server.kit.operator import OperatorError
    from treadle.server.kit.settings import load_settings

    wanted = None
    if anchor is not None:
        segment, _, digest = anchor.partition(":")
        if not segment.isdecimal() or not digest:
            raise OperatorError(
                "--anchor is SEGMENT:DIGEST, as the worker logs them and `audit verify` prints"
            )
        wanted = Anchor(segment=int(segment), digest=digest.lower())
    start = since.replace(tzinfo=UTC) if since else None
    verdict = asyncio.run(
        on_database(
            load_settings({"home": home}), lambda database: check(database, since=start, anchor=wanted)
        )
    )
    told = {"ok": verdict.broken is None, **asdict(verdict), "message": verdict.told}
    show(told, json_lines=json_lines, text=verdict.told)
    if verdict.broken:
        raise typer.Exit(1)
