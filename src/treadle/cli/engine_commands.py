"""`treadle engine`: run jobs on this machine for a server, here or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from treadle.cli.cluster_engine import cluster_engine
from treadle.cli.options import ControlOption, DicomOption, HomeOption, HttpOption, KeyOption, ServerOption

if TYPE_CHECKING:
    from threading import Event

    from treadle.cli.client import Target
    from treadle.engine.api import Api
    from treadle.engine.loop import Engine

engine = typer.Typer(help="Run jobs for a server: on its machine or another.", no_args_is_help=True)


class Kind(StrEnum):
    """How gears are run."""

    SANDBOX = "sandbox"
    OCI = "oci"
    APPTAINER = "apptainer"


class EngineKind(StrEnum):
    """How gears are run here, or the scheduler of the cluster whose nodes run them."""

    SANDBOX = "sandbox"
    OCI = "oci"
    LOCAL = "local"
    APPTAINER = "apptainer"
    SLURM = "slurm"
    SGE = "sge"


class Network(StrEnum):
    """The most a gear gets."""

    NONE = "none"
    API = "api"
    FULL = "full"


KindOption = Annotated[
    Kind,
    typer.Option(
        help="sandbox: gears that are folders. oci: images and folders, by podman or docker. apptainer: images."
    ),
]
NameOption = Annotated[str | None, typer.Option(help="Name of the engine; by default that of the machine.")]
WorkOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folders of runs; one engine at a time.", show_default=False),
]
CacheOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Unpacked gears; engines may share it.", show_default=False)
]
NetworkOption = Annotated[Network, typer.Option(help="The most a gear gets: nothing, the API, everything.")]
UnsafeOption = Annotated[
    bool, typer.Option(help="Run gears as ordinary processes that can do whatever the engine can.")
]
ArgOption = Annotated[
    list[str] | None, typer.Option("--oci-arg", metavar="WORD", help="A further word for `podman create`.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(engine, name="engine")


@engine.command()
def run(
    kind: Annotated[
        EngineKind,
        typer.Option(
            help="As of `run-one`; local: folders in a sandbox and images by podman or docker, of these what works"
            " here; or the scheduler of a cluster that gets the jobs."
        ),
    ] = EngineKind.SANDBOX,
    name: NameOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="Take only jobs with one of these tags.")
    ] = None,
    without_tags: Annotated[
        list[str] | None, typer.Option("--without-tag", help="Leave jobs with this tag to others.")
    ] = None,
    gears: Annotated[list[str] | None, typer.Option("--gear", help="Take only jobs of these gears.")] = None,
    max_jobs: Annotated[int, typer.Option(min=1, help="Jobs at once.")] = 2,
    cpu: Annotated[float | None, typer.Option(min=0.1, help="Cores for all jobs; by default all.")] = None,
    memory: Annotated[
        str | None, typer.Option(help="Memory for all jobs, like 16G; by default three quarters.")
    ] = None,
    network: NetworkOption = Network.API,
    work: WorkOption = None,
    cache: CacheOption = None,
    oci_args: ArgOption = None,
    unsafe_no_sandbox: UnsafeOption = False,
    queue: Annotated[str | None, typer.Option(help="Cluster: partition or queue.")] = None,
    account: Annotated[str | None, typer.Option(help="Cluster: account, or project of Grid Engine.")] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="WORD", help="Cluster: a further word for `sbatch` or `qsub`."),
    ] = None,
    node_kind: Annotated[Kind, typer.Option(help="Cluster: how a node runs gears.")] = Kind.SANDBOX,
    node_work: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Cluster: folders of runs on a node.", show_default=False),
    ] = None,
    home: HomeOption = None,
    http: HttpOption = None,
    dicom: DicomOption = None,
    control_fd: ControlOption = None,
) -> None:
    """Ask the server for jobs and run them, until stopped; running jobs are then given back for another attempt."""
    given = _given(kind, name, work, cache, network)
    given |= {"tags": tuple(tags or ()), "gears": tuple(gears or ()), "max_jobs": max_jobs}
    given["without_tags"] = tuple(without_tags or ())
    given["total"] = _total(cpu, memory)
    if kind in (EngineKind.SLURM, EngineKind.SGE):
        node = [
            "--kind",
            node_kind,
            "--network",
            network,
            "--cache",
            str(given["cache"]),
            "--name",
            given["name"],
        ]
        node += ["--work", str(node_work)] if node_work else []
        node += ["--unsafe-no-sandbox"] if unsafe_no_sandbox else []
        node += [part for word in oci_args or () for part in ("--oci-arg", word)]
        with _session(server, api_key) as (api, target, stop):
            how = {"queue": queue, "account": account, "options": tuple(options or ())}
            cluster_engine({**given, "node": node_kind.value}, api, target, node, how, stop=stop).run()
        return
    if control_fd is not None:
        server, api_key = _supervised(given, control_fd, {"home": home, "http": http, "dicom": dicom})
    with single_engine(given, server, api_key, oci_args, unsafe=unsafe_no_sandbox) as one:
        one.run(patient=control_fd is not None)


@engine.command("run-one")
def run_one(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")],
    lease: Annotated[
        str | None, typer.Option(help="Of the engine that was handed the job.", envvar="TREADLE_LEASE")
    ] = None,
    kind: KindOption = Kind.SANDBOX,
    name: NameOption = None,
    server: ServerOption = None,
    api_key: KeyOption = None,
    network: NetworkOption = Network.API,
    work: WorkOption = None,
    cache: CacheOption = None,
    oci_args: ArgOption = None,
    unsafe_no_sandbox: UnsafeOption = False,
) -> None:
    """Run one job, on whatever machine a scheduler chose for it."""
    given = _given(kind, name, work, cache, network)
    with single_engine(given, server, api_key, oci_args, unsafe=unsafe_no_sandbox) as one:
        one.run_one(job, lease=lease)


def _given(
    kind: Kind | EngineKind, name: str | None, work: Path | None, cache: Path | None, network: Network
) -> dict[str, Any]:
    import socket

    from treadle.engine.setup import default_folder

    default = default_folder()
    called = name or f"{socket.gethostname()}-{kind}"
    return {
        "name": called,
        "kind": kind.value,
        "work": (work or default / called / "work").absolute(),
        "cache": (cache or default / "gears").absolute(),
        "network": network.value,
    }


def _supervised(given: dict[str, Any], control_fd: int, flags: dict[str, object]) -> tuple[str, str]:
    """As a part of `treadle up`: its server, and its home for our folders."""
    from treadle.server.app.supervise.control import Control
    from treadle.server.kit.settings import load_settings

    folder = load_settings(flags).home / "engine"
    given |= {"work": folder / "work", "cache": folder / "gears"}
    orders = Control(control_fd).orders()
    return orders["server"], orders["engine_key"]


def _total(cpu: float | None, memory: str | None) -> Any:
    from dataclasses import replace

    from treadle.engine.errors import EngineError
    from treadle.engine.setup import machine
    from treadle.gears.resources import size

    total = machine()
    if memory is not None:
        found = size(memory)
        if not found:
            raise EngineError(f"--memory {memory}: write a size like 16G")
        total = replace(total, memory=found)
    return total if cpu is None else replace(total, cpu=cpu)


@contextmanager
def single_engine(
    given: dict[str, Any],
    server: str | None,
    key: str | None,
    oci_args: list[str] | None = None,
    *,
    unsafe: bool = False,
) -> Iterator[Engine]:
    """An engine of this process, for as long as it is needed."""
    from treadle.server.kit.loading import loading

    with loading():
        from treadle.engine.loop import Engine
        from treadle.engine.runtimes.choice import choose
        from treadle.engine.setup import Setup

    images = given["cache"] / "images"
    runtimes = choose(given["kind"], more=oci_args or (), unsafe=unsafe, images=images)
    with _session(server, key) as (api, _, stop):
        yield Engine(api, Setup(**given), runtimes, stop=stop)


@contextmanager
def _session(server: str | None, key: str | None) -> Iterator[tuple[Api, Target, Event]]:
    """The server that was named, and an event that is set when we are told to end."""
    import logging
    import signal
    from threading import Event

    from treadle.cli.client import find_target
    from treadle.engine.api import Api

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    target = find_target(server, key, None)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    api = Api(url=target.server, key=target.key, stop=stop)
    try:
        yield api, target, stop
    finally:
        api.close()
