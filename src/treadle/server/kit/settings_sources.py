"""Where settings come from: environment and file are read, unknown keys refused, origins remembered."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, SettingsError

from treadle.server.kit.operator import OperatorError
from treadle.server.kit.settings import FILE_NAME, Settings, default_home

Origin = Literal["default", "file", "environment", "flag"]

PREFIX = "TREADLE_"
# What the client commands and the test plugin read; not a setting of the server.
CLIENT_VARIABLES = frozenset({"TREADLE_SERVER", "TREADLE_API_KEY", "TREADLE_TEST_URL", "TREADLE_TEST_KEY"})
MASK = "********"


class BadSettingsError(OperatorError):
    """The settings cannot be used; the message is one line that says what to change."""


@dataclass(frozen=True)
class Shown:
    """One effective value as `treadle config show` prints it."""

    key: str
    value: object
    origin: Origin
    description: str


@dataclass(frozen=True)
class Loaded:
    """Settings with the origin of every key (`connector.ae_title` style)."""

    settings: Settings
    origins: Mapping[str, Origin]

    def shown(self) -> list[Shown]:
        """Every effective value, secrets masked."""
        plain = self.settings.model_dump(mode="json")
        return [
            Shown(
                key=key,
                value=MASK if is_secret(field) and _get(plain, key) is not None else _get(plain, key),
                origin=self.origins.get(key, "default"),
                description=field.description or "",
            )
            for key, field in known_fields().items()
        ]


def read(flags: Mapping[str, object], environ: Mapping[str, str]) -> Loaded:
    """Settings from flags, then environment, then file, then defaults."""
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        from_environment = _from_environment(environ)
    except SettingsError as error:
        raise BadSettingsError(f"{_one_line(error)} (environment)") from None
    home = Path(str(given.get("home") or from_environment.get("home") or default_home())).expanduser()
    layers: list[tuple[Origin, dict[str, Any]]] = [
        ("file", _from_file(home / FILE_NAME)),
        ("environment", from_environment),
        ("flag", _nested(given)),
    ]
    merged: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for origin, layer in layers:
        for key, value in _leaves(layer):
            _set(merged, key, value)
            origins[key] = origin
    try:
        return Loaded(Settings(**merged), origins)
    except ValidationError as error:
        raise BadSettingsError(_first_problem(error, origins)) from None


def known_fields(model: type[BaseModel] = Settings, path: str = "") -> dict[str, FieldInfo]:
    """Every key with its field, nested ones as `group.key`."""
    found: dict[str, FieldInfo] = {}
    for name, field in model.model_fields.items():
        nested = _model_of(field)
        if nested is None:
            found[path + name] = field
        else:
            found.update(known_fields(nested, f"{path}{name}."))
    return found


def variable(key: str) -> str:
    """The environment variable of a key."""
    return PREFIX + key.replace(".", "__").upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether the value must not be shown."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("secret"))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {name.upper(): name for name in environ if name.upper().startswith(PREFIX)}
    by_variable = {variable(key): key for key in known_fields()}
    from_files = {f"{variable(key)}_FILE": key for key, field in known_fields().items() if is_secret(field)}
    for name, original in names.items():
        if name not in by_variable and name not in from_files and name not in CLIENT_VARIABLES:
            raise BadSettingsError(_unknown(original, [*by_variable, *from_files], upper=True))
    source = EnvSettingsSource(Settings)
    source.env_vars = {
        name.lower(): environ[original] for name, original in names.items() if name in by_variable
    }
    values: dict[str, Any] = source()
    for name, key in from_files.items():
        if name in names and variable(key) not in names:
            _set(values, key, _file_content(names[name], environ[names[name]]))
    return values


def _from_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettingsError(f"{path}: cannot be read: {_one_line(error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettingsError(f"{path}: not valid TOML: {_one_line(error)}") from None
    fields = known_fields()
    from_files = {f"{key}_file": key for key, field in fields.items() if is_secret(field)}
    values: dict[str, Any] = {}
    for key, value in _leaves(content):
        if key in fields and key != "home":
            _set(values, key, value)
        elif key in from_files:
            _set(values, from_files[key], _file_content(f"{path}: {key}", str(path.parent / str(value))))
        elif key == "home":
            raise BadSettingsError(
                f"{path}: 'home' cannot be set in a file that lies in it; use TREADLE_HOME"
            )
        else:
            raise BadSettingsError(f"{path}: {_unknown(key, [*fields, *from_files], upper=False)}")
    return values


def _file_content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettingsError(f"{name}: {path} cannot be read: {_one_line(error)}") from None


def _unknown(name: str, valid: list[str], *, upper: bool) -> str:
    near = difflib.get_close_matches(name.upper() if upper else name, valid, n=1, cutoff=0.0)
    return f"unknown setting {name}; the nearest valid one is {near[0]}"


def _first_problem(error: ValidationError, origins: Mapping[str, Origin]) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return _unknown(key, list(known_fields()), upper=False)
    field = known_fields().get(key)
    shown = "" if field is None or is_secret(field) else f" (is {problem['input']!r})"
    origin = origins.get(key, "default")
    name = variable(key) if origin == "environment" else key
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}{shown}, from {origin}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _nested(flat: Mapping[str, object]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in flat.items():
        _set(values, key, value)
    return values


def _leaves(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


def _get(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values[part]
    return values


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    *groups, name = key.split(".")
    for group in groups:
        values = values.setdefault(group, {})
    values[name] = value
