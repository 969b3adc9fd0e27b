"""Commands that talk to a server: the options they all take, the connection and the way they answer, said once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import typer

from treadle.cli import output
from treadle.cli.connect import connect
from treadle.cli.options import HomeOption, JsonOption, KeyOption, ServerOption

Command = Callable[..., None]
_GIVEN = ("client", "out")
_SHARED = {"server": ServerOption, "api_key": KeyOption, "home": HomeOption, "json_lines": JsonOption}


@dataclass(frozen=True)
class Output:
    """How this run of a command answers: for people, or in JSON lines."""

    json_lines: bool

    def show(self, item: Mapping[str, Any], text: str | None = None) -> None:
        """One result; people read `text` if there is one."""
        output.show(item, json_lines=self.json_lines, text=text)

    def show_all(self, items: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """A list of results; people read these columns."""
        output.show_all(items, columns=columns, json_lines=self.json_lines)


def remote(app: typer.Typer, name: str) -> Callable[[Command], Command]:
    """Makes a function `(client, out, ...)` a command: the rest of its arguments, then those of the connection."""

    def register(function: Command) -> Command:
        app.command(name)(_command(function))
        return function

    return register


def _command(function: Command) -> Command:
    own = [one for one in inspect.signature(function).parameters.values() if one.name not in _GIVEN]
    said = SimpleNamespace(__annotations__={one.name: one.annotation for one in own})
    hints = get_type_hints(said, function.__globals__, include_extras=True) | _SHARED

    def run(
        server: str | None, api_key: str | None, home: Path | None, json_lines: bool, **given: Any
    ) -> None:
        with connect(server, api_key, home) as client:
            function(client, Output(json_lines), **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(one, keyword, default=False if one == "json_lines" else None) for one in _SHARED
    ]
    parameters = [one.replace(annotation=hints[one.name]) for one in (*own, *shared)]
    run.__name__, run.__doc__ = function.__name__, function.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = hints
    return run
