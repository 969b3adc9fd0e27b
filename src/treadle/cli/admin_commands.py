"""`treadle admin`: questions only an administrator asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from treadle.cli.connect import locate
from treadle.cli.remote import Output, remote

if TYPE_CHECKING:
    from treadle.cli.client import Client

admin = typer.Typer(help="Questions of administrators.", no_args_is_help=True)


@admin.callback()
def _admin() -> None:
    """Keeps the name of the command when there is one alone."""


@remote(admin, "why")
def why(
    client: Client,
    out: Output,
    user: Annotated[str, typer.Argument(metavar="USER", help="The user's id, an e-mail address.")],
    container: Annotated[str, typer.Argument(metavar="CONTAINER", help="Id or path of a container.")],
) -> None:
    """Say what a user may do in a container, and through which roles."""
    found = locate(client, container)
    answer = client.get("/access/why", user=user, container=found["_id"])
    ways = [f"  {way['role'] or way['source']} ({way['source']})" for way in answer["through"]]
    actions = [f"    {action}" for action in answer["may"]]
    text = "\n".join([answer["sentence"], *ways, "  may:" if actions else "  may do nothing", *actions])
    out.show(answer, text=text)
