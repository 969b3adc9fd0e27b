"""The `treadle` command: what can be typed. A command imports what it does when it runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from treadle.cli import (
    audit_commands,
    batch_commands,
    client_commands,
    connector_commands,
    deid_commands,
    engine_commands,
    gear_author_commands,
    gear_commands,
    gear_exchange_commands,
    gear_run,
    gear_server_commands,
    job_commands,
    notebook_commands,
    rerun_commands,
    role_commands,
    rule_commands,
    search_commands,
    search_index_commands,
)
from treadle.cli.options import JsonOption

# What an unexpected error says may be long, and quote what it worked on.
LONGEST = 200


class Shell(StrEnum):
    """Shells whose commands we complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


app = typer.Typer(
    name="treadle",
    help="Treadle: a research-imaging platform. `treadle up` starts all of it on this machine.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
role_commands.register(app)
app.add_typer(connector_commands.connector, name="connector")
client_commands.register(app)
audit_commands.register(app)
deid_commands.register(app)
search_commands.register(app)
search_index_commands.register()
gear_commands.register(app)
gear_author_commands.register()
gear_server_commands.register()
gear_exchange_commands.register()
gear_run.register()
engine_commands.register(app)
job_commands.register(app)
batch_commands.register(app)
rerun_commands.register(app)
rule_commands.register(app)
notebook_commands.register(app)


@app.command()
def version(json_lines: JsonOption = False) -> None:
    """Print the version."""
    from treadle import __version__
    from treadle.cli.output import show

    show({"version": __version__}, json_lines=json_lines, text=__version__)


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(help="Whose script to print.")],
) -> None:
    """Print the script that completes commands in a shell: eval "$(treadle completion bash)"."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    print(get_completion_script(prog_name="treadle", complete_var="_TREADLE_COMPLETE", shell=shell.value))


def main() -> NoReturn:
    """The `treadle` program."""
    run_typed(app, "treadle")


def run_typed(commands: typer.Typer, program: str) -> NoReturn:
    """Run a command; trouble is one line on standard error and a non-zero exit status."""
    try:
        status = commands(prog_name=program, standalone_mode=False)
    except SystemExit as end:
        status = end.code
    except (typer.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read our output has gone
        status = 141
    except Exception as error:  # noqa: BLE001 - the border to the terminal
        status = _complain(_told(error), getattr(error, "exit_code", 1))
    sys.exit(status if isinstance(status, int) else 0)


def _complain(message: str, status: int) -> int:
    print(f"treadle: {' '.join(message.split())}", file=sys.stderr)
    return status


def _told(error: Exception) -> str:
    from treadle.cli.client import ClientError
    from treadle.engine.errors import EngineError, RunFailed
    from treadle.server.kit.operator import OperatorError

    if isinstance(error, (OperatorError, ClientError, EngineError, RunFailed)):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("treadle"):
        return f'{error}; this command needs the server part: pip install "treadle[server]"'
    if hasattr(error, "format_message"):  # what was typed cannot be understood
        return str(error.format_message())
    return f"unexpected {type(error).__name__}: {str(error)[:LONGEST]}"


def _version_flag(value: bool) -> None:
    if value:
        version()
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version_flag, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del show_version
    if context.invoked_subcommand is None:
        print(context.get_help())


if __name__ == "__main__":
    main()
