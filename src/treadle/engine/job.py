"""One job from the claim to the commit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from treadle.engine import published
from treadle.engine.api import Api, Hold, NotOurs, Refused, Unreachable
from treadle.engine.cache import GearCache
from treadle.engine.capacity import Capacity
from treadle.engine.collect import Outputs, collect
from treadle.engine.errors import RunFailed
from treadle.engine.logs import Log
from treadle.engine.plan import Folder, Plan
from treadle.engine.planning import api_key, plan_of, secret
from treadle.engine.process import Ended, Stop, run
from treadle.engine.record import Figures, profile, run_record
from treadle.engine.reporter import Reporter
from treadle.engine.root import Content, of_archive
from treadle.engine.runtimes import Runtime
from treadle.engine.setup import Setup
from treadle.engine.stage import erase, lay_out
from treadle.gears.address import ARCHIVE, FOLDER, STORED
from treadle.gears.manifest import Document
from treadle.gears.network import Network, least
from treadle.gears.resources import Resources, granted


@dataclass(frozen=True, slots=True)
class Claim:
    """A job as the server handed it out."""

    hold: Hold
    manifest: dict[str, Any]
    exchange: dict[str, Any]
    files: list[dict[str, Any]]
    resources: Resources
    config: dict[str, Any]
    """config.json but for keys."""
    network: Network
    """The most that its gear may have."""
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, document: dict[str, Any]) -> Claim:
        """What we need of a claimed job."""
        manifest = document["gear"] or {}
        config = document["config"]
        return cls(
            hold=Hold(document["id"], document["lease"]),
            manifest=manifest,
            exchange=document.get("exchange") or {},
            files=document["files"],
            resources=granted(manifest, config.get("config") or {}, document.get("tags") or ()),
            config=config,
            network=document["network"],
            tags=tuple(document.get("tags") or ()),
        )

    @property
    def wants_key(self) -> bool:
        """Whether the gear is given a key to the API, which is made when its config.json is fetched."""
        return any(one["base"] == "api-key" for one in self.config["inputs"].values())

    @property
    def gear(self) -> Document:
        """The gear's manifest, and where it is."""
        return Document(self.manifest, exchange=self.exchange)


class JobRun:
    """Runs one claimed job; nothing of it is left here afterwards."""

    def __init__(
        self, api: Api, setup: Setup, runtime: Runtime, cache: GearCache, capacity: Capacity, claim: Claim
    ) -> None:
        self._api = api
        self._capacity = capacity
        self._setup = setup
        self._runtime = runtime
        self._cache = cache
        self._claim = claim
        self._folder = Folder(setup.work / claim.hold.job)
        self._figures = Figures()
        self._plan: Plan | None = None
        self.stop = Stop()

    def run(self) -> None:
        """To the end, whatever that is; raises nothing that the caller could mend."""
        note = self._setup.work / f"{self._claim.hold.job}.claim"
        note.write_text(json.dumps({"job": self._claim.hold.job, "lease": self._claim.hold.lease}))
        try:
            with suppress(NotOurs):  # cancelled, or given up by the server: it knows
                self._run()
        finally:
            erase(self._folder.path)
            note.unlink()

    def _run(self) -> None:
        claim = self._claim
        config = claim.config
        if claim.wants_key:
            config = self._api.patiently(lambda: self._api.config(claim.hold))
        key = api_key(config)
        log_path, rest_path = (self._setup.work / f"{claim.hold.job}.{kind}" for kind in ("log", "rest"))
        erase(log_path)
        log = Log(log_path, rest=rest_path, secrets=[secret(key)] if key else [])
        reporter = Reporter(self._api, claim.hold, log, log_path, self.stop)
        ended: Ended | None = None
        outputs = Outputs()
        try:
            try:
                with self._capacity.room(claim.resources, self.stop) as cores:
                    started = time.monotonic()
                    with self._gear(log) as content:
                        self._plan = self._prepare(config, content, cores, log)
                        self._figures.preparation_s = time.monotonic() - started
                        ended = run(self._runtime, self._plan, log, self.stop)
                failure = ended.failure
                self._figures.elapsed_s = ended.elapsed_s
                outputs, failure = self._collected(failure)
            except RunFailed as why:
                failure = why
            files = [] if reporter.lost else self._upload(outputs)
            self._say_end(log, ended, failure, outputs)
        except RunFailed as why:
            failure, files = why, []
            log.say(f"failed: {why}")
        finally:
            log.close()
            unsent = reporter.finish()
            erase(log_path)
        try:
            if not reporter.lost:
                self._commit(failure, files, outputs, ended, unsent, self._kept_log(log))
        finally:
            erase(rest_path)

    def _prepare(self, config: dict[str, Any], content: Content, cores: tuple[int, ...], log: Log) -> Plan:
        """Everything in its place."""
        claim = self._claim
        plan = plan_of(
            claim.manifest,
            config,
            name=claim.hold.job,
            folder=self._folder,
            resources=claim.resources,
            image=content.image,
            network=least(claim.network, self._setup.network),
        )
        plan = replace(plan, cores=cores, root=content.root)
        self._introduce(plan, log)
        lay_out(self._folder, content=content.own, manifest=claim.manifest, config=config)
        for file in claim.files:
            self._bring(file)
        return plan

    @contextmanager
    def _gear(self, log: Log) -> Iterator[Content]:
        """What there is of it, which stays there meanwhile."""
        gear = self._claim.gear
        if gear.reference:
            yield Content(image=self._runtime.fetch(gear.reference))
            return
        url, sha384 = gear.address, gear.sha384
        if url.startswith(FOLDER) and Path(url.removeprefix(FOLDER)).is_dir():
            yield Content(Path(url.removeprefix(FOLDER)))
            return
        if url.startswith(ARCHIVE):
            published.require_hash(url, sha384)
        elif not url.startswith(STORED):
            raise RunFailed("image_pull", f"this engine cannot fetch {url or 'a gear without an image'}")

        def fetch(target: Path) -> None:
            if url.startswith(ARCHIVE):
                log.say(f"fetching {url}")
                published.fetch(url, target, sha384=sha384, came=lambda _: self._go_on())
                return
            self._patiently(
                lambda: self._api.download(url.removeprefix(STORED), target, sha384=sha384), "image_pull"
            )

        with self._cache.content(sha384, fetch) as place:
            yield of_archive(place)

    def _go_on(self) -> None:
        if self.stop.asked.is_set():
            raise RunFailed("image_pull", "stopped while the gear was fetched")

    def _bring(self, file: dict[str, Any]) -> None:
        target = self._folder.input / file["input"] / file["name"]
        if not target.resolve().is_relative_to(self._folder.input.resolve()):
            raise RunFailed("input_transfer", f"{file['name']!r} is no name of an input")
        target.parent.mkdir(exist_ok=True)
        params = {"lease": self._claim.hold.lease}
        self._figures.input_bytes += self._patiently(
            lambda: self._api.download(file["uri"], target, sha384=file["hash"], params=params),
            "input_transfer",
        )
        self._figures.input_files += 1

    def _collected(self, failure: RunFailed | None) -> tuple[Outputs, RunFailed | None]:
        """Outputs of a failed run are kept too, if they can be."""
        if self.stop.asked.is_set():
            return Outputs(), failure
        try:
            return collect(self._folder), failure
        except RunFailed as why:
            return Outputs(), failure or why

    def _upload(self, outputs: Outputs) -> list[dict[str, Any]]:
        started = time.monotonic()
        files = []
        for one in outputs.files:
            path = one.path
            found, size = self._patiently(lambda: self._api.upload(self._claim.hold, path), "output_upload")  # noqa: B023
            files.append({"name": one.name, "hash": found, "size": size})
            self._figures.output_files += 1
            self._figures.output_bytes += size
        self._figures.upload_s = time.monotonic() - started
        return files

    def _kept_log(self, log: Log) -> dict[str, Any] | None:
        """What did not go into the log; it is not worth failing a run for."""
        rest = log.rest
        if rest is not None:
            with suppress(RunFailed):
                found, size = self._patiently(
                    lambda: self._api.upload(self._claim.hold, rest), "output_upload"
                )
                return {"hash": found, "size": size}
        return None

    def _commit(
        self,
        failure: RunFailed | None,
        files: list[dict[str, Any]],
        outputs: Outputs,
        ended: Ended | None,
        logs: list[dict[str, Any]],
        log_rest: dict[str, Any] | None,
    ) -> None:
        exit_code = ended.exit_code if ended else None
        document = {
            "logs": logs,
            "success": failure is None,
            "failure_reason": str(failure) if failure else None,
            "exit": exit_code,
            "files": files,
            "metadata": outputs.metadata,
            "log_rest": log_rest,
            "profile": profile(self._figures, self._setup, self._runtime),
            "run": run_record(self._plan, self._setup, self._runtime, exit_code),
        }
        self._api.patiently(lambda: self._api.commit(self._claim.hold, document))

    def _introduce(self, plan: Plan, log: Log) -> None:
        what = plan.image or self._claim.gear.sha384 or self._claim.gear.address
        limits = plan.resources
        log.say(
            f"engine {self._setup.name} ({self._runtime.name}); network {plan.network}; gear {what}; "
            f"{limits.cpu:g} cores, {limits.memory >> 20} MiB memory, {limits.disk >> 20} MiB disk, {limits.time} s"
        )
        log.say(f"command: {plan.command}")

    def _say_end(self, log: Log, ended: Ended | None, failure: RunFailed | None, outputs: Outputs) -> None:
        for warning in outputs.warnings:
            log.say(f"warning: {warning}")
        figures = self._figures
        how = f"failed: {failure}" if failure else "complete"
        took = f"exit code {ended.exit_code} after {ended.elapsed_s:.1f} s; " if ended else ""
        log.say(f"{took}{figures.input_bytes} bytes in, {figures.output_bytes} bytes out; {how}")

    def _patiently(self, call: Any, code: str) -> Any:
        if self.stop.asked.is_set():
            raise self.stop.reason
        return self._api.patiently(call, code=code)


def give_up(api: Api, hold: Hold, why: str, *, code: str = "engine_lost") -> None:
    """Tell the server that a job of ours will not be finished; no matter if it knows."""
    with suppress(Refused, Unreachable):
        api.commit(hold, {"success": False, "failure_reason": f"{code}: {why}", "files": []})
