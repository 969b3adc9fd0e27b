"""Reads the connector's YAML file into its configuration (see `config_keys` for what may stand in it)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from treadle.connector.config import (
    CommitmentConfig,
    ConfigError,
    ConnectorConfig,
    DeviceConfig,
    TlsConfig,
    free_limits,
)
from treadle.connector.config_keys import children
from treadle.connector.config_section import Section, refuse_unknown
from treadle.connector.deid_config import DeidConfig, load_profile
from treadle.connector.pull_config import PullConfig, PullTlsConfig
from treadle.dicom.config import MappingConfig

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ONLY_DEVICES = frozenset(("id", "mode", "ae_title", "host", "port", "allow_from"))

Devices = tuple[DeviceConfig, tuple[DeviceConfig, ...]]


def read_config(path: Path) -> ConnectorConfig:
    """The configuration in a YAML file; ConfigError when it cannot be used."""
    return parse_config(_expand(_load(path), os.environ), base=path.parent)


def read_devices(path: Path, *, series_quiet_s: float = 60.0) -> Devices:
    """Its `defaults` and `devices`; neither a server nor a spool has to be configured for them."""
    document = _load(path)
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key not in ("server", "spool")}
    return _devices(_checked(_expand(document, os.environ)), series_quiet_s, path.parent)


def read_server(path: Path) -> tuple[str, str, Path | None] | None:
    """Its server's address, our key and the certificates to trust; None where they are not there, or not yet."""
    document = _load(path)
    if not isinstance(document, dict) or "server" not in document:
        return None
    try:
        server = Section(_expand(document["server"], os.environ), table="server", name="server")
        return server.need("url").rstrip("/"), server.need("api_key"), _path(server, "ca_file", path.parent)
    except ConfigError:
        return None


def parse_config(document: Any, *, base: Path = Path()) -> ConnectorConfig:
    """The configuration in a parsed document; relative paths in it begin at `base`."""
    top = _checked(document)
    server, spool, listen, logging, metrics = (
        Section(top.get(name), table=name, name=name)
        for name in ("server", "spool", "listen", "logging", "metrics")
    )
    defaults, devices = _devices(top, 60.0, base)
    plain = _plain(listen)
    config = ConnectorConfig(
        spool=base / spool.need("path"),
        server_url=server.need("url").rstrip("/"),
        api_key=server.need("api_key"),
        ca_file=_path(server, "ca_file", base),
        parallel_uploads=server.get("parallel_uploads"),
        keep_uploaded_s=spool.get("keep_uploaded"),
        keep_skipped_s=spool.get("keep_skipped"),
        keep_reports_s=spool.get("keep_reports"),
        limits=free_limits(int(spool.get("min_free")), listen.get("max_associations")),
        ae_title=listen.get("ae_title"),
        host=plain.get("host") if plain else "",
        port=plain.get("port") if plain else None,
        tls=_tls(listen.section("tls"), base) if "tls" in listen else None,
        log_level=logging.get("level"),
        log_file=_path(logging, "file", base),
        log_json=logging.get("json"),
        metrics=(metrics.get("host"), metrics.get("port")) if "metrics" in top else None,
        defaults=defaults,
        devices=devices,
    )
    processes = listen.get("receivers")
    return replace(config, processes=processes) if processes else config


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from None


def _checked(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict | None):
        raise ConfigError("the file: must be a mapping of keys and values")
    top = document or {}
    refuse_unknown("", top, {*children(""), "defaults"})
    return top


def _plain(listen: Section) -> Section | None:
    """The port without TLS; there is none where it is `off`, or where only TLS is configured."""
    if listen.is_off("plain") or ("tls" in listen and "plain" not in listen):
        return None
    return listen.section("plain")


def _tls(section: Section, base: Path) -> TlsConfig:
    return TlsConfig(
        host=section.get("host"),
        port=section.get("port"),
        cert=base / section.need("cert"),
        key=base / section.need("key"),
        ca=_path(section, "ca", base),
        client_auth=section.get("client_auth"),
    )


def _path(section: Section, key: str, base: Path) -> Path | None:
    value = section.get(key)
    return base / value if value else None


def _devices(top: Mapping[str, Any], series_quiet_s: float, base: Path) -> Devices:
    given = Section(top.get("defaults"), table="devices", name="defaults", without=_ONLY_DEVICES)
    defaults = _device(given, DeviceConfig(series_quiet_s=series_quiet_s), base)
    items = top.get("devices") or []
    if not isinstance(items, list):
        raise ConfigError("devices: must be a list")
    sections = [Section(item, table="devices", name=f"devices[{at}]") for at, item in enumerate(items)]
    for section in sections:
        section.need("id")
    return defaults, tuple(_device(section, defaults, base) for section in sections)


def _device(section: Section, inherited: DeviceConfig, base: Path) -> DeviceConfig:
    push = section.section("push")
    own = {**section.given(), **push.given()}
    own["mapping"] = _mapping(section, inherited.mapping, timezone=own.pop("timezone", None))
    own["ae_title"] = (own.get("ae_title") or "").strip()
    if "tls" in own:
        own["tls_required"] = own.pop("tls") == "required"
    if "storage_commitment" in push:
        own["commitment"] = _commitment(push.section("storage_commitment"))
    return replace(
        inherited,
        pull=_pull(section.section("pull"), inherited.pull, base),
        opt=section.section("opt").changed(inherited.opt),
        deid=_deid(section.section("deid"), inherited.deid, base),
        **own,
    )


def _pull(section: Section, inherited: PullConfig, base: Path) -> PullConfig:
    pull = section.changed(inherited)
    if "tls" not in section:
        return pull
    tls = section.section("tls")
    ca, name = base / tls.need("ca"), tls.get("server_name")
    cert, key = _path(tls, "cert", base), _path(tls, "key", base)
    try:
        return replace(pull, tls=PullTlsConfig(ca=ca, cert=cert, key=key, server_name=name))
    except ValueError as error:
        raise ConfigError(f"{tls.name}: {error}") from None


def _deid(section: Section, inherited: DeidConfig, base: Path) -> DeidConfig:
    given = section.given()
    if given.get("profile") is not None:
        try:
            given["profile"] = load_profile(given["profile"], base)
        except ValueError as error:
            raise ConfigError(f"{section.name}.profile: {error}") from None
    return replace(inherited, **given)


def _commitment(section: Section) -> CommitmentConfig:
    section.need("host")
    section.need("port")
    return CommitmentConfig(**section.given())


def _mapping(section: Section, base: MappingConfig, *, timezone: str | None) -> MappingConfig:
    routing = section.section("routing")
    defaults = {f"default_{name}": value for name, value in routing.section("defaults").given().items()}
    mapping = section.section("mapping").changed(base)
    mapping = replace(mapping, routing=replace(routing.changed(base.routing), **defaults))
    return replace(mapping, timezone=timezone) if timezone else mapping


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
