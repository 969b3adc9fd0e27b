"""`treadle admin`: questions only an administrator asks."""

from __future__ import annotations

from typing import Annotated

import typer

from treadle.cli.connect import connect, locate
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption

admin = typer.Typer(help="Questions of administrators.", no_args_is_help=True)


@admin.callback()
def _admin() -> None:
    """Keeps the name of the command when there is one alone."""


@admin.command("why")
def why(
    user: Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")],
    container: Annotated[str, typer.Argument(metavar="CONTAINER", help="Id or path of a container.")],
    server: ServerOption = None,
    api_key: KeyOption = None,
    home: HomeOption = None,
    json_lines: JsonOption = False,
) -> None:
    """Say what a user may do in a container, and through which roles."""
    from treadle.cli.output import show

    with connect(server, api_key, home) as client:
        found = locate(client, container)
        answer = client.get("/access/why", user=user, container=found["_id"])
        ways = [f"  {way['role'] or way['source']} ({way['source']})" for way in answer["through"]]
        actions = [f"    {action}" for action in answer["may"]]
        text = "\n".join([answer["sentence"], *ways, "  may:" if actions else "  may do nothing", *actions])
        show(answer, json_lines=json_lines, text=text)
