"""Reads the connector's YAML file: unknown keys are errors that name the nearest known one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from treadle.connector.config import ConfigError, ConnectorConfig, DeviceConfig, free_limits
from treadle.dicom.config import MappingConfig, RoutingConfig
from treadle.dicom.optin import OptConfig

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DURATION = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE = {"": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}
Options = TypeVar("Options", MappingConfig, RoutingConfig, OptConfig)

_LEVELS = ("debug", "info", "warning", "error")


def read_config(path: Path) -> ConnectorConfig:
    """The configuration in a YAML file; ConfigError when it cannot be used."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None
    return parse_config(_expand(document, os.environ))


def parse_config(document: Any) -> ConnectorConfig:
    """The configuration in a parsed document."""
    top = _Section("", document, {"server", "spool", "listen", "defaults", "devices", "logging", "metrics"})
    server = top.section("server", {"url", "api_key", "ca_file", "parallel_uploads"})
    spool = top.section("spool", {"path", "min_free", "keep_uploaded", "keep_skipped"})
    listen = top.section("listen", {"ae_title", "plain", "max_associations", "receivers"})
    plain = listen.section("plain", {"host", "port"})
    metrics = top.section("metrics", {"host", "port"})
    common = DeviceConfig(series_quiet_s=60)
    defaults = _device(
        top.section("defaults", _DEVICE_KEYS - {"id", "mode", "ae_title", "allow_from"}), common
    )
    config = ConnectorConfig(
        spool=Path(spool.text("path")),
        server_url=server.text("url").rstrip("/"),
        api_key=server.text("api_key"),
        limits=free_limits(
            spool.size("min_free", 10 << 30), int(listen.number("max_associations", 20, least=1))
        ),
        defaults=defaults,
        devices=tuple(_device(section, defaults) for section in top.sections("devices", _DEVICE_KEYS)),
    )
    ca_file = server.values.get("ca_file")
    return replace(
        config,
        ca_file=Path(ca_file) if ca_file else None,
        parallel_uploads=int(server.number("parallel_uploads", config.parallel_uploads, least=1)),
        keep_uploaded_s=spool.duration("keep_uploaded", config.keep_uploaded_s),
        keep_skipped_s=spool.duration("keep_skipped", config.keep_skipped_s),
        ae_title=listen.text("ae_title", config.ae_title),
        host=plain.text("host", config.host),
        port=int(plain.number("port", config.port, least=1)),
        processes=int(listen.number("receivers", config.processes, least=1)),
        metrics=(metrics.text("host", "127.0.0.1"), int(metrics.number("port", 9311, least=1)))
        if "metrics" in top.values
        else None,
        log_level=top.section("logging", {"level"}).choice("level", _LEVELS, "info"),
    )


_DEVICE_KEYS = {"id", "mode", "ae_title", "allow_from", "push", "timezone", "routing", "mapping", "opt"}


def _device(section: _Section, base: DeviceConfig) -> DeviceConfig:
    section.choice("mode", ("push",), "push")
    push = section.section("push", {"series_quiet", "series_max_wait"})
    is_default = "id" not in section.known
    return DeviceConfig(
        id=base.id if is_default else section.text("id"),
        ae_title="" if is_default else section.text("ae_title").strip(),
        allow_from=tuple(section.texts("allow_from")),
        series_quiet_s=push.duration("series_quiet", base.series_quiet_s),
        series_max_wait_s=push.duration("series_max_wait", base.series_max_wait_s),
        mapping=_mapping(section, base.mapping),
        opt=_checked(section.path("opt"), section.mapping("opt"), base.opt),
    )


def _mapping(section: _Section, base: MappingConfig) -> MappingConfig:
    routing = dict(section.mapping("routing"))
    default = routing.pop("defaults", None) or {}
    routing |= {f"default_{name}": value for name, value in default.items()}
    own = dict(section.mapping("mapping"))
    if "timezone" in section.values:
        own["timezone"] = section.values["timezone"]
    return _checked(
        section.path("mapping"),
        own,
        replace(base, routing=_checked(section.path("routing"), routing, base.routing)),
    )


def _checked(path: str, values: Mapping[str, Any], base: Options) -> Options:
    known = {name for name in base.__dataclass_fields__ if name != "routing"}
    _refuse_unknown(path, values, known)
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    try:
        changed: Options = replace(base, **cast(Any, frozen))
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    return changed


class _Section:
    """One mapping of the document, checked against the keys that may be in it."""

    def __init__(self, path: str, values: Any, known: set[str]) -> None:
        if values is None:
            values = {}
        if not isinstance(values, dict):
            raise ConfigError(f"{path or 'the file'}: must be a mapping of keys and values")
        self._path = path
        self.values: dict[str, Any] = values
        self.known = known
        _refuse_unknown(path, values, known)

    def path(self, key: str) -> str:
        """The full name of a key."""
        return f"{self._path}.{key}" if self._path else key

    def section(self, key: str, known: set[str]) -> _Section:
        """The mapping under `key`, empty when absent."""
        return _Section(self.path(key), self.values.get(key), known)

    def sections(self, key: str, known: set[str]) -> list[_Section]:
        """The list of mappings under `key`."""
        items = self.values.get(key) or []
        if not isinstance(items, list):
            raise ConfigError(f"{self.path(key)}: must be a list")
        return [_Section(f"{self.path(key)}[{number}]", item, known) for number, item in enumerate(items)]

    def mapping(self, key: str) -> dict[str, Any]:
        """The mapping under `key` with keys of any name."""
        values = self.values.get(key) or {}
        if not isinstance(values, dict):
            raise ConfigError(f"{self.path(key)}: must be a mapping of keys and values")
        return values

    def text(self, key: str, default: str | None = None) -> str:
        """A text; ConfigError when it is missing and has no default."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or not value:
            raise ConfigError(f"{self.path(key)}: a text is needed here")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        value = self.values.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{self.path(key)}: must be a list of texts")
        return value

    def number(self, key: str, default: float, *, least: float) -> float:
        """A number not below `least`."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise ConfigError(f"{self.path(key)}: must be a number, at least {least}")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of `choices`."""
        value = self.values.get(key, default)
        if value not in choices:
            raise ConfigError(f"{self.path(key)}: {value!r} is not one of {', '.join(choices)}")
        return str(value)

    def duration(self, key: str, default: float) -> float:
        """Seconds out of `90`, `60s`, `15m`, `6h` or `1d`."""
        return self._quantity(key, default, _DURATION, "a duration such as 60s, 15m or 24h")

    def size(self, key: str, default: int) -> int:
        """Bytes out of `10GiB`, `500MiB` or a number."""
        return int(self._quantity(key, default, _SIZE, "a size such as 500MiB or 10GiB"))

    def _quantity(self, key: str, default: float, units: Mapping[str, int], words: str) -> float:
        text = str(self.values.get(key, default)).strip()
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)", text)
        if match:
            for unit in (match[2], match[2].upper()):
                if unit in units:
                    return float(match[1]) * units[unit]
        raise ConfigError(f"{self.path(key)}: {text!r} is not {words}")


def _refuse_unknown(path: str, values: Mapping[str, Any], known: set[str]) -> None:
    for key in values:
        if key not in known:
            near = get_close_matches(str(key), sorted(known), n=1, cutoff=0)
            name = f"{path}.{key}" if path else str(key)
            raise ConfigError(f"{name}: unknown key; did you mean {near[0]!r}?")


def _expand(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _expand(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, environment) for item in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _variable(match[1], environment), value)
    return value


def _variable(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        raise ConfigError(f"environment variable {name} is not set, but the configuration uses ${{{name}}}")
    return environment[name]
