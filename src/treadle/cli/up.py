"""`treadle up` as it is typed: which home, which ports, what is said where."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from treadle.cli.client import ClientError
from treadle.server.app.supervise.admin_file import AdminFile
from treadle.server.app.supervise.ephemeral import free_ports, temporary_home
from treadle.server.app.supervise.up import Up
from treadle.server.kit.settings import Settings, load_settings


def run(flags: Mapping[str, object], *, sample: str | None, ephemeral: bool, json_lines: bool) -> None:
    """Run until a signal; with `json_lines` people read standard error and programs standard output."""
    if not ephemeral:
        _run(load_settings(flags), sample=sample, durable=True, json_lines=json_lines)
        return
    if flags.get("home") is not None:
        raise ClientError("--ephemeral makes a home of its own; leave out --home")
    with temporary_home() as home:
        http, dicom = (f"127.0.0.1:{port}" for port in free_ports(2))
        given = {name: value for name, value in flags.items() if value is not None}
        settings = load_settings({"http": http, "dicom": dicom, **given, "home": home})
        if settings.database_url is not None or settings.blobs_url is not None:
            raise ClientError(
                "--ephemeral brings its own database and blobs; unset TREADLE_DATABASE_URL and TREADLE_BLOBS_URL"
            )
        _run(settings, sample=sample, durable=False, json_lines=json_lines)


def _run(settings: Settings, *, sample: str | None, durable: bool, json_lines: bool) -> None:
    told = sys.stderr if json_lines else sys.stdout

    def ready(admin: AdminFile) -> None:
        dicom = settings.dicom.reachable
        _print(
            json.dumps(
                {
                    "url": admin.url,
                    "api_key": admin.api_key,
                    "email": admin.email,
                    "password": admin.password,
                    "home": str(settings.home),
                    "dicom_host": dicom.host,
                    "dicom_port": dicom.port,
                    "ae_title": settings.connector.ae_title,
                }
            ),
            sys.stdout,
        )

    Up(
        settings,
        sample=sample,
        say=lambda line: _print(line, told),
        durable=durable,
        when_ready=ready if json_lines else None,
    ).run()


def _print(line: str, to: TextIO) -> None:
    with suppress(OSError):  # nobody reads any more, or our output lies on a full disk: go on all the same
        print(line, file=to, flush=True)
