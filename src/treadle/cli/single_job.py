"""`treadle-engine run --single-job JOB`: what the scripts of `fw-hpc-client` start on a node, under the name `engine`.

All else comes from the environment, by the names of that client's `settings/credentials.sh`.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from treadle.cli.engine_commands import single_engine
from treadle.cli.main import run_typed

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
# Values of ENGINE_MODULE, and what they are here.
MODULES = {"singularity": "apptainer", "apptainer": "apptainer", "oci": "oci", "sandbox": "sandbox"}


@app.callback()
def _root() -> None:
    """Runs gears on the nodes of a cluster."""


@app.command()
def run(
    single_job: Annotated[str, typer.Option("--single-job", metavar="JOB", help="The job's id.")],
) -> None:
    """Run this one job, which waits at the server."""
    from treadle.engine.errors import EngineError

    module = os.environ.get("ENGINE_MODULE", "singularity")
    if module not in MODULES:
        raise EngineError(f"ENGINE_MODULE={module}: write one of {', '.join(MODULES)}")
    host, port = _required("SCITRAN_RUNTIME_HOST"), os.environ.get("SCITRAN_RUNTIME_PORT", "443")
    server = f"https://{host}:{port}"
    key = _key(server, _required("SCITRAN_CORE_DRONE_SECRET"))
    given = {
        "name": "hpc queue",
        "kind": MODULES[module],
        "work": Path(_required("ENGINE_TEMP_DIR")).absolute(),
        "cache": Path(_required("ENGINE_CACHE_DIR")).absolute(),
    }
    with single_engine(given, server, key) as engine:
        engine.run_one(single_job)


def main() -> NoReturn:
    """The program."""
    run_typed(app, "treadle-engine")


def _required(name: str) -> str:
    from treadle.engine.errors import EngineError

    value = os.environ.get(name)
    if not value:
        raise EngineError(f"{name} is not set; source settings/credentials.sh first")
    return value


def _key(server: str, secret: str) -> str:
    """The key of the device that `fw-hpc-client` logs in as."""
    import httpx

    from treadle.engine.errors import EngineError

    headers = {"X-SciTran-Auth": secret, "X-SciTran-Method": "python", "X-SciTran-Name": "hpc queue"}
    try:
        answer = httpx.get(
            f"{server}/api/devices/self", headers=headers, timeout=60, verify=ssl.create_default_context()
        )
    except httpx.HTTPError as error:
        raise EngineError(f"{server} does not answer: {error}") from None
    if answer.status_code != httpx.codes.OK:
        raise EngineError(f"{server} refuses SCITRAN_CORE_DRONE_SECRET: HTTP {answer.status_code}")
    return str(answer.json()["key"])


if __name__ == "__main__":
    main()
