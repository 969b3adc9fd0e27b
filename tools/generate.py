"""Writes the reference pages that follow from the code: settings, commands, errors, the connector's file, the API."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import treadle.server
from deid_pages import profile_page, schema_page
from deid_preset_pages import presets_page
from treadle.cli.main import app
from treadle.connector.config_keys import SECTIONS
from treadle.server.access.endpoints import ENDPOINTS, Needs
from treadle.server.kit.errors import TreadleError
from treadle.server.kit.settings import Settings
from treadle.server.kit.settings_sources import is_secret, known_fields, variable

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"

RIGHTS_INTRODUCTION = (
    "Who may call what; a test calls every endpoint as every kind of caller and compares. What a caller may not see",
    "answers 404 like what is not there, what they see but may not do 403, without credentials 401.",
    "",
    "`open` anybody; `ticket` whoever has one; `any` any credentials; `person` a user; `account` a user with a login",
    "or an unrestricted key; `browser` a login; `device`, `device-only` devices (and site administrators, or not);",
    "`developer` gear developers and site administrators; `admin` site administrators; `owner` who made it; `list` any",
    "credentials, and only what they may see is in the answer; `project`, `group`, `collection` the actions or the",
    "access named, in the place that the request is about; `account-and-project` an account with such actions.",
    "Site administrators may do everything but what only a device or a browser does.",
)


def settings_page() -> str:
    """Every setting with variable, default and meaning."""
    lines = [
        "# Settings",
        "",
        "In the environment, or in `treadle.toml` in the home folder under the key. See",
        "[Install](../howto/install.md#settings).",
        "",
        "| key | variable | default | |",
        "| --- | --- | --- | --- |",
    ]
    for key, field in known_fields().items():
        default = "" if field.default_factory is not None or field.default is None else f"`{field.default}`"
        note = " Secret: also as `..._FILE`." if is_secret(field) else ""
        lines.append(f"| `{key}` | `{variable(key)}` | {default} | {field.description}{note} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its options."""
    root = typer.main.get_command(app)
    lines = ["# Commands", ""]
    for name, command in _commands(root, "treadle"):
        lines += [f"## `{name}`", "", (command.help or "").strip(), ""]
        options = [
            _option(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)
        ]
        lines += [*options, ""] if options else []
    return "\n".join(lines).rstrip() + "\n"


def connector_page() -> str:
    """Every key of the connector's file."""
    lines = [
        "# The connector's file",
        "",
        "YAML, read by `treadle connector run --config FILE`; see [Connector at the edge](../howto/connector.md).",
        "`${NAME}` in a value is replaced by an environment variable. An unknown key is an error that names the",
        "nearest one. Durations are written `90`, `60s`, `15m`, `6h`, `1d`; sizes `500MiB`, `10GiB`; tags as a",
        'keyword, `gggg,eeee` or `gggg,"creator",ee`. Paths begin at the folder of the file. `defaults` may hold all',
        "that a device may, but for `id`, `mode`, `ae_title`, `host`, `port`, `allow_from`, and holds for all devices.",
        "",
    ]
    for section, keys in SECTIONS.items():
        name = section.replace("devices", "devices[]", 1)
        lines += [f"## `{name}`", "", "| key | default | |", "| --- | --- | --- |"]
        for key, known in keys.items():
            shown = "" if known.default is None else f"`{json.dumps(known.default)}`"
            choices = f" One of {', '.join(f'`{one}`' for one in known.choices)}." if known.choices else ""
            lines.append(f"| `{key}` | {shown} | {known.help}{choices} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def errors_page() -> str:
    """Every error code with its status and default message."""
    for module in pkgutil.walk_packages(treadle.server.__path__, "treadle.server."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    rows = sorted({(kind.status, kind.code, (kind.__doc__ or "").strip()) for kind in _errors(TreadleError)})
    lines = ["# Errors", "", "The `code` of an error body is stable; the message may change.", ""]
    lines += ["| status | code | default message |", "| --- | --- | --- |"]
    lines += [
        f"| {status} | `{code}` | {text.splitlines()[0] if text else ''} |" for status, code, text in rows
    ]
    return "\n".join(lines) + "\n"


def rights_page() -> str:
    """What each endpoint needs of its caller."""
    lines = [
        "# Rights",
        "",
        *RIGHTS_INTRODUCTION,
        "",
        "| endpoint | methods | who | needs |",
        "| --- | --- | --- | --- |",
    ]
    rows: dict[tuple[str, Needs], list[str]] = {}
    for (method, path), needs in ENDPOINTS.items():
        rows.setdefault((path, needs), []).append(method)
    for (path, needs), methods in sorted(rows.items(), key=lambda row: row[0][0]):
        needed = ", ".join(f"`{word}`" for word in needs.what)
        lines.append(f"| `/api{path}` | {' '.join(methods)} | {needs.where} | {needed} |")
    return "\n".join(lines) + "\n"


def openapi() -> str:
    """The API description."""
    from treadle.server.app.asgi import create_app  # noqa: PLC0415 - after the pages that need no server

    return json.dumps(create_app(Settings()).openapi(), indent=1, sort_keys=True) + "\n"


PAGES = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "connector.md": connector_page,
    "errors.md": errors_page,
    "rights.md": rights_page,
    "deid-presets.md": presets_page,
    "deid-profile.md": profile_page,
    "deid-profile.schema.json": schema_page,
    "openapi.json": openapi,
}


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield name, command
        return
    for word, subcommand in subcommands.items():
        if not subcommand.hidden:
            yield from _commands(subcommand, f"{name} {word}")


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"- {names}: {getattr(parameter, 'help', None) or ''}".rstrip(": ")


def _errors(kind: type[TreadleError]) -> Iterator[type[TreadleError]]:
    yield kind
    for derived in kind.__subclasses__():
        yield from _errors(derived)


if __name__ == "__main__":
    main()
