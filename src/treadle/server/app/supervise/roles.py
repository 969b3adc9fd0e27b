"""The server's roles as processes, alone or under `treadle up`: import, wait for orders, run."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from treadle.server.app.supervise.control import Control
from treadle.server.kit.logging import configure_logging
from treadle.server.kit.operator import OperatorError
from treadle.server.kit.settings import Settings, load_settings

# Downloads and uploads under way may finish for this long; uploads can be resumed afterwards.
GRACEFUL_S = 5


def serve(flags: Mapping[str, object], control_fd: int | None) -> None:
    """The API and web app, until a signal."""
    settings = _checked(load_settings(flags), control_fd)
    import uvicorn

    from treadle.server.app.asgi import create_app

    settings = _ordered(settings, control_fd)
    configure_logging(role="serve", form=settings.log_format, level=settings.log_level)
    app = create_app(settings)
    gc.freeze()  # modules and routes stay for ever: looking for garbage among them took a tenth of the time
    uvicorn.run(
        app,
        host=settings.http.host,
        port=settings.http.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_S,
    )


def work(flags: Mapping[str, object], control_fd: int | None) -> None:
    """A background worker, until a signal."""
    settings = _checked(load_settings(flags), control_fd)
    from treadle.server.app.worker import run

    settings = _ordered(settings, control_fd)
    configure_logging(role="worker", form=settings.log_format, level=settings.log_level)
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


def prepare(flags: Mapping[str, object], control_fd: int | None) -> None:
    """Schema, first administrator, keys of connector and engine; the answer goes to the file the orders name."""
    from treadle.server.app.bootstrap import bootstrap
    from treadle.server.store.check import check_database
    from treadle.server.store.schema_version import is_current

    if control_fd is None:
        raise OperatorError("`treadle prepare` is a step of `treadle up`")
    orders = Control(control_fd).orders()
    settings = load_settings(flags).model_copy(update={"database_url": orders["database_url"]})
    configure_logging(role="prepare", form=settings.log_format, level=settings.log_level)
    try:
        check_database(orders["database_url"])
        if not is_current(orders["database_url"]):
            from treadle.server.store.migrate import upgrade

            upgrade(orders["database_url"])
        found = asdict(bootstrap(settings))
        answer: dict[str, Any] = {
            name: found[name] for name in ("email", "password", "api_key", "device_key", "engine_key")
        }
    except OperatorError as error:
        answer = {"error": str(error)}
    _write(Path(orders["result"]), answer)


def _checked(settings: Settings, control_fd: int | None) -> Settings:
    """The settings, if a process on its own can work with them."""
    if control_fd is None and settings.database_url is None:
        raise OperatorError("set TREADLE_DATABASE_URL, or run `treadle up`, which brings its own database")
    return settings


def _ordered(settings: Settings, control_fd: int | None) -> Settings:
    """The settings, completed by the supervisor if there is one."""
    if control_fd is None:
        return settings
    orders = Control(control_fd).orders()
    return settings.model_copy(update={"database_url": orders["database_url"]})


def _write(path: Path, answer: Mapping[str, Any]) -> None:
    descriptor = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    path.with_suffix(".part").replace(path)
