"""The server's roles as processes, alone or under `treadle up`: import, wait for orders, run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from treadle.server.app.supervise.control import Control
from treadle.server.kit.loading import loading
from treadle.server.kit.logging import configure_logging
from treadle.server.kit.operator import OperatorError
from treadle.server.kit.settings import Settings, load_settings

# Downloads and uploads under way may finish for this long; uploads can be resumed afterwards.
GRACEFUL_S = 5
# Longer than proxies and clients keep idle connections, or they send into one that is just being closed.
_KEEP_ALIVE_S = 75


def serve(flags: Mapping[str, object], control_fd: int | None) -> None:
    """The API and web app, until a signal."""
    settings = _checked(load_settings(flags), control_fd)
    with loading():
        import uvicorn

        from treadle.server.app.asgi import create_app

    settings = _ordered(settings, _orders(control_fd))
    configure_logging(role="serve", form=settings.log_format, level=settings.log_level)
    with loading():
        app = create_app(settings)
    uvicorn.run(
        app,
        host=settings.http.host,
        port=settings.http.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_S,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )


def work(flags: Mapping[str, object], control_fd: int | None) -> None:
    """A background worker, until a signal; under `treadle up` it may be told to prepare the database before."""
    settings = _checked(load_settings(flags), control_fd)
    with loading():
        from treadle.server.app.worker import run

    orders = _orders(control_fd)
    settings = _ordered(settings, orders)
    configure_logging(role="worker", form=settings.log_format, level=settings.log_level)
    if "prepare" not in orders or _prepare(settings, Path(orders["prepare"])):
        run(settings)


def migrate(flags: Mapping[str, object]) -> str:
    """Check and upgrade the database; a sentence that says what it is."""
    from treadle.server.store.check import check_database
    from treadle.server.store.migrate import upgrade

    settings = load_settings(flags)
    if settings.database_url is None:
        raise OperatorError(
            "no TREADLE_DATABASE_URL is set; `treadle up` upgrades the embedded database itself"
        )
    version = check_database(settings.database_url)
    upgrade(settings.database_url)
    return f"the schema is up to date (PostgreSQL {version})"


def _prepare(settings: Settings, result: Path) -> bool:
    """Schema, first administrator, keys of connector and engine: whether there were; a file says which, or why not."""
    from treadle.server.app.bootstrap import bootstrap
    from treadle.server.store.check import check_database
    from treadle.server.store.schema_version import is_current

    url = str(settings.database_url)
    try:
        check_database(url)
        if not is_current(url):
            from treadle.server.store.migrate import upgrade

            upgrade(url)
        found = asdict(bootstrap(settings))
    except OperatorError as error:
        _write(result, {"error": str(error)})
        return False
    _write(
        result, {name: found[name] for name in ("email", "password", "api_key", "device_key", "engine_key")}
    )
    return True


def _checked(settings: Settings, control_fd: int | None) -> Settings:
    """The settings, if a process on its own can work with them."""
    if control_fd is None and settings.database_url is None:
        raise OperatorError("set TREADLE_DATABASE_URL, or run `treadle up`, which brings its own database")
    return settings


def _orders(control_fd: int | None) -> dict[str, Any]:
    """What the supervisor says, if there is one."""
    return {} if control_fd is None else Control(control_fd).orders()


def _ordered(settings: Settings, orders: Mapping[str, Any]) -> Settings:
    """The settings, completed by the supervisor."""
    return settings.model_copy(update={"database_url": orders["database_url"]}) if orders else settings


def _write(path: Path, answer: Mapping[str, Any]) -> None:
    descriptor = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    path.with_suffix(".part").replace(path)
