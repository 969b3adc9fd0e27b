"""A site with one secret project, everything in it, and every kind of caller; a request's writes are taken back."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
import uuid
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.bootstrap import ensure_admin, ensure_builtin_roles, new_user_key
from treadle.server.access.endpoints import ENDPOINTS
from treadle.server.access.keys import create_rule_key
from treadle.server.access.roles import ANALYSES, IMPLIED, REQUIRED
from treadle.server.app.asgi import create_app
from treadle.server.delivery.live import EventHub
from treadle.server.kit.settings import Settings
from treadle.server.store.blobs import open_blobs
from treadle.server.store.db import Database

MARK = "zq7secret"  # in every name and text of the secret project: nobody else may ever be shown it
LEVELS = ("project", "subject", "session", "acquisition", "analysis", "collection")
READER = f"{1:024x}"  # the built-in role Read-only
MISSING = "f" * 24
DICOM_UIDS = {"studies": "1.2.840.1", "series": "1.2.840.2", "instances": "1.2.840.3"}


class Rehearsal(Database):
    """The real database, but between `begin` and `undo` every transaction is a part of one that is undone."""

    _outer: AsyncConnection | None = None

    async def begin(self) -> None:
        self._outer = await self.engine.connect()
        await self._outer.begin()

    async def undo(self) -> None:
        if self._outer is not None:
            await self._outer.rollback()
            await self._outer.close()
            self._outer = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        if self._outer is None:
            async with super().transaction() as connection:
                yield connection
        else:
            async with self._outer.begin_nested():
                yield self._outer


GEAR = {
    "name": "walk-gear",
    "label": "Gear",
    "description": "Walks.",
    "version": "1",
    "author": "A",
    "license": "MIT",
    "url": "",
    "source": "",
    "inputs": {"file": {"base": "file", "optional": True}},
    "config": {},
}


def closure(actions: Iterable[str]) -> set[str]:
    """The actions with all they imply."""
    held = set(actions)
    while more := {IMPLIED[action] for action in held if action in IMPLIED} - held:
        held |= more
    return held


def without(action: str) -> set[str]:
    """Every action but this one and those that imply it; whoever may do anything with analyses sees them."""
    if action == ANALYSES:
        return {other for other in ALL_ACTIONS if not other.startswith("analyses_")}
    return {other for other in ALL_ACTIONS if action not in closure([other])}


@dataclass
class Site:
    """Ids of what is there, and keys of who may call."""

    http: httpx.AsyncClient
    database: Rehearsal
    ids: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    async def call(self, who: str | None, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer to one request; what it wrote stays only outside of `rehearse`."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"} if who else {}
        headers |= request.pop("headers", {})
        return await self.http.request(method, f"/api{path}", headers=headers, **request)

    async def rehearse(self, who: str | None, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer to one request that leaves no trace."""
        await self.database.begin()
        try:
            return await asyncio.wait_for(self.call(who, method, path, **request), 30)
        finally:
            await self.database.undo()

    async def good(self, method: str, path: str, *, who: str = "admin", **request: Any) -> Any:
        answer = await self.call(who, method, path, **request)
        assert answer.status_code == 200, (method, path, answer.text)
        return answer.json()

    async def user(self, name: str, *actions: str, project: str = "project", group: str = "group") -> str:
        """A user of this name with a key and, if any, a role of just these actions in the project."""
        user = f"{name}@example.org"
        await self.good("POST", "/users", json={"_id": user, "firstname": "A", "lastname": "B"})
        made = await self.good("POST", f"/users/{user}/key", json={"label": "k"})
        self.keys[name], self.ids[name] = made["unencrypted_secret"], user
        if actions:
            role = self.ids[f"{name}-role"] = await self.role(actions, group)
            entry = {"_id": user, "role_ids": [role]}
            await self.good("POST", f"/projects/{self.ids[project]}/permissions", json=entry)
        return user

    async def role(self, actions: Iterable[str], group: str) -> str:
        body = {"label": uuid.uuid4().hex, "actions": sorted(actions)}
        role = (await self.good("POST", "/roles", json=body))["_id"]
        await self.good("POST", f"/groups/{self.ids[group]}/roles", json={"_id": role})
        return str(role)


@asynccontextmanager
async def open_site(database_url: str, home: Path) -> AsyncIterator[Site]:
    """The whole server in this process, with everything in it."""
    app = create_app(Settings(home=home, database_url=database_url))
    database = Rehearsal(database_url, size=2)
    app.state.database, app.state.blobs = database, open_blobs(f"file:{home}/blobs", min_free_bytes=0)
    app.state.events = EventHub(database)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://walk", timeout=60) as http:
        site = Site(http, database)
        async with database.transaction() as connection:
            await ensure_builtin_roles(connection)
            admin = await ensure_admin(connection, "admin@treadle.local", "correct horse")
            site.keys["admin"] = (await new_user_key(connection, admin.id, "k")).secret
        await _fill(site)
        await _callers(site)
        yield site
    await app.state.blobs.close()
    await database.close()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{MARK}.txt", "inside")
    return out.getvalue()


async def _fill(site: Site) -> None:
    ids = site.ids
    for group in ("group", "other"):
        ids[group] = (await site.good("POST", "/groups", json={"_id": f"{MARK[:3]}{group}", "label": group}))[
            "_id"
        ]
    ids["elsewhere"] = (await site.good("POST", "/projects", json={"group": ids["other"], "label": "open"}))[
        "_id"
    ]
    made = {"group": ids["group"], "label": f"{MARK}-project"}
    ids["project"] = (await site.good("POST", "/projects", json=made))["_id"]
    parents = {"project": ids["project"]}
    for level in ("subject", "session", "acquisition"):
        made = await site.good(
            "POST", f"/{level}s", json={**parents, "label": f"{MARK}-{level}", "uid": f"1.2.{level}"}
        )
        ids[level] = made["_id"]
        parents = (
            {"project": ids["project"], "subject": {"_id": made["_id"]}}
            if level == "subject"
            else {level: made["_id"]}
        )
    ids["subject2"] = (
        await site.good("POST", "/subjects", json={"project": ids["project"], "label": f"{MARK}-2"})
    )["_id"]
    body = {
        "label": f"{MARK}-collection",
        "contents": {"operation": "add", "nodes": [{"level": "acquisition", "_id": ids["acquisition"]}]},
    }
    ids["collection"] = (await site.good("POST", "/collections", json=body))["_id"]
    for level in ("project", "subject", "session", "acquisition"):
        upload = {"files": {"file": (f"{MARK}.zip", _zip())}}
        found = await site.good("POST", f"/{level}s/{ids[level]}/files", **upload)
        ids[f"{level}-file"] = found[0]["file_id"]
        found = await site.good(
            "POST",
            f"/{level}s/{ids[level]}/analyses",
            json={
                "label": f"{MARK}-analysis",
                "inputs": [{"type": level, "id": ids[level], "name": f"{MARK}.zip"}],
            },
        )
        ids[f"{level}-analysis"] = found["_id"]
    ids["analysis"] = ids["session-analysis"]
    found = await site.good(
        "POST",
        f"/collections/{ids['collection']}/analyses",
        json={
            "label": f"{MARK}-a",
            "inputs": [{"type": "acquisition", "id": ids["acquisition"], "name": f"{MARK}.zip"}],
        },
    )
    ids["collection-analysis"] = found["_id"]
    await _annotate(site)
    view = {"label": f"{MARK}-view", "columns": [{"src": "subject.label"}]}
    ids["view"] = (await site.good("POST", f"/containers/{ids['project']}/views", json=view))["_id"]
    ran = await site.good("POST", "/views/queue", params={"containerId": ids["project"]}, json=view)
    ids["execution"] = ran["_id"]
    saved = {"label": f"{MARK}-query", "search": {"return_type": "session"}}
    parent = {"type": "project", "id": ids["project"]}
    ids["query"] = (await site.good("POST", "/dataexplorer/queries", json={**saved, "parent": parent}))["_id"]
    other = {"label": f"{MARK}-site", "url": "http://127.0.0.1:9"}  # where nobody answers
    ids["site"] = (await site.good("POST", "/dataexplorer/sites", json=other))["_id"]
    report = {"project_id": ids["project"], "label": f"{MARK}-report"}
    ids["report"] = (await site.good("POST", "/audit-trail/reports", json=report))["_id"]
    assert ran["state"] == "completed"
    ids["gone"] = (
        await site.good("POST", "/subjects", json={"project": ids["project"], "label": f"{MARK}-gone"})
    )["_id"]
    await site.good("DELETE", f"/subjects/{ids['gone']}")
    ids["trash"] = (await site.good("GET", "/x/trash", params={"project": ids["project"]}))[0]["_id"]
    alias = {"group": "mistyped", "to": ids["project"]}
    ids["alias"] = (await site.good("POST", "/connector/aliases", json=alias))["_id"]
    await _gears(site)
    await _jobs(site)
    await _rules(site)
    await _batches(site)
    device = await site.good("POST", "/devices", json={"label": "scanner", "type": "connector"})
    ids["device"], site.keys["device"] = device["_id"], device["key"]
    ids["device-key"] = device["api_keys"][0]["key"]


async def _gears(site: Site) -> None:
    developer = await site.user("developer")
    await site.good("PUT", f"/users/{developer}", json={"roles": ["user", "developer"]})
    site.ids["gear-name"] = str(GEAR["name"])
    for version in ("1", "waiting"):
        announced = {"gear": {**GEAR, "version": version}}
        made = await site.good("POST", "/gears/prepare-add", who="developer", json=announced)
        site.ids[f"gear-{version}"] = made["ticket"]
    await site.good(
        "PUT", f"/gears/ticket/{site.ids['gear-1']}/rootfs", who="developer", content=gear_folder()
    )
    saved = await site.good("POST", "/gears/save", who="developer", json={"ticket": site.ids["gear-1"]})
    site.ids["gear"] = saved["_id"]
    catalogue = {"gears": [{"gear": {**GEAR, "version": "of a catalogue"}}]}
    await site.good("PUT", "/x/exchange/sources/walk", json=catalogue)


def gear_folder() -> bytes:
    """A tar."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("run"))
    return packed.getvalue()


async def _jobs(site: Site) -> None:
    """A waiting job, one that an engine runs, and one that failed."""
    engine = await site.good("POST", "/devices", json={"label": "engine", "type": "engine"})
    site.keys["engine"] = engine["key"]
    await site.good("PUT", "/engine/self", who="engine", json={"label": "engine", "kind": "sandbox"})
    asked = {
        "gear_id": site.ids["gear"],
        "destination": {"type": "session", "id": site.ids["session"]},
        "label": MARK,
    }
    for name in ("job", "running-job", "failed-job"):
        site.ids[name] = (await site.good("POST", "/jobs/add", json=asked))["_id"]
    named = {**GEAR, "name": "walk-analysis"}
    gear = await site.good("POST", "/gears/walk-analysis", json={"category": "analysis", "gear": named})
    run = {"label": MARK, "job": {"gear_id": gear["_id"]}}
    begun = await site.good("POST", f"/sessions/{site.ids['session']}/analyses", json=run)
    site.ids["run-analysis"] = begun["_id"]
    await site.good("PUT", f"/jobs/{site.ids['running-job']}", who="engine", json={"state": "running"})
    for ended in (site.ids["failed-job"], begun["job_id"]):
        for state in ("running", "failed"):
            await site.good("PUT", f"/jobs/{ended}", who="engine", json={"state": state})


async def _rules(site: Site) -> None:
    asked = {
        "gear_id": site.ids["gear"],
        "name": f"{MARK}-rule",
        "all": [{"type": "file.tags", "value": "never"}],
    }
    project = site.ids["project"]
    site.ids["rule"] = (await site.good("POST", f"/projects/{project}/rules", json=asked))["_id"]
    site.ids["site-rule"] = (await site.good("POST", "/site/rules", json=asked))["_id"]


async def _batches(site: Site) -> None:
    """A proposal, and a batch that was started."""
    target = {"type": "session", "id": site.ids["session"]}
    for name in ("batch", "started-batch"):
        asked = {"gear_id": site.ids["gear"], "targets": [target], "tags": [MARK]}
        site.ids[name] = (await site.good("POST", "/batch", json=asked))["_id"]
    await site.good("POST", f"/batch/{site.ids['started-batch']}/run")


async def _annotate(site: Site) -> None:
    """A tag, a note and a file on everything."""
    ids = site.ids
    places = [(f"{level}s" if level != "analysis" else "analyses", level, ids[level]) for level in LEVELS]
    places += [
        ("analyses", f"{level}-analysis", ids[f"{level}-analysis"])
        for level in ("project", "subject", "acquisition", "collection")
    ]
    for plural, name, place in places:
        await site.good("POST", f"/{plural}/{place}/tags", json={"value": f"{MARK}-tag"})
        note = await site.good("POST", f"/{plural}/{place}/notes", json={"text": f"{MARK}-note"})
        ids[f"{name}-note"] = note["_id"]
        if f"{name}-file" not in ids:
            upload = {"files": {"file": (f"{MARK}.zip", _zip())}}
            found = await site.good("POST", f"/{plural}/{place}/files", **upload)
            ids[f"{name}-file"] = found[0]["file_id"]
        await site.good("POST", f"/{plural}/{place}/info", json={"set": {"key": MARK}})
    ids["session-analysis-note"] = ids["analysis-note"]
    await site.good("POST", f"/groups/{ids['group']}/tags", json={"value": f"{MARK}-tag"})
    made = {"project": ids["project"], "subject": {"_id": ids["subject2"]}, "label": f"{MARK}-parked"}
    ids["parked"] = (await site.good("POST", "/sessions", json=made))["_id"]
    placement = {
        "by": "connector",
        "reason": "no_prefix",
        "flags": [],
        "target": {"project": ids["project"], "subject": ids["subject2"]},
    }
    for path in ("/site", f"/groups/{ids['group']}", f"/projects/{ids['project']}"):
        await site.good("PUT", f"{path}/deid", json={"text": "treadle: {preset: ps315-basic}"})
        await site.good("DELETE", f"{path}/deid")
    async with site.database.transaction() as connection:
        await connection.execute(
            text("UPDATE container SET placement = CAST(:placement AS jsonb) WHERE id = :id"),
            {"placement": json.dumps(placement), "id": ids["parked"]},
        )
        await connection.execute(
            text(
                "INSERT INTO instance (file_version_id, sop_uid, compressed_size, size)"
                " SELECT id, '1.2.3', size, size FROM file WHERE file_id = :file"
            ),
            {"file": ids["acquisition-file"]},
        )
    await site.good("POST", f"/dicomweb/projects/{ids['project']}/studies", **stored(picture()))
    made = await site.good("POST", "/v3/annotations", **measurements(ids))
    ids["annotation"] = made["_id"]


def measurements(ids: dict[str, str]) -> dict[str, Any]:
    """The arguments of a request that writes a measurement set with a companion."""
    region = {"id": "1", "tool": "probe", "label": MARK, "ref": {}, "points": [[0, 0, 0]]}
    said = {
        "name": f"{MARK}-measurements",
        "draft": False,
        "file_ref": {"file_id": ids["acquisition-file"]},
        "data": {"rois": [region]},
    }
    return {"data": {"data": json.dumps(said)}, "files": {"file": (f"{MARK}.nii", b"x")}}


def stored(content: bytes) -> dict[str, Any]:
    """The arguments of a request that stores this DICOM instance."""
    return {
        "content": b"--b\r\nContent-Type: application/dicom\r\n\r\n" + content + b"\r\n--b--\r\n",
        "headers": {"Content-Type": 'multipart/related; type="application/dicom"; boundary=b'},
    }


@cache
def picture() -> bytes:
    """A DICOM picture of four pixels."""
    ds = Dataset()
    ds.PatientName = ds.PatientID = ds.StudyDescription = ds.SeriesDescription = MARK
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = DICOM_UIDS.values()
    ds.SOPClassUID, ds.Modality = SecondaryCaptureImageStorage, "OT"
    ds.Rows = ds.Columns = 2
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelData = 7, bytes(range(4))
    ds["PixelData"].VR = "OB"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = io.BytesIO()
    dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def needed() -> list[frozenset[str]]:
    """The sets of actions that endpoints of projects need."""
    found = {frozenset(needs.what) for needs in ENDPOINTS.values() if set(needs.what) <= set(ALL_ACTIONS)}
    return sorted(found | {frozenset({"containers_create_hierarchy"})}, key=sorted)


def caller_with(actions: Iterable[str]) -> str:
    """The name of the user who holds just these (and the required) actions."""
    more = sorted(set(actions) - set(REQUIRED))
    return "just-" + ("-and-".join(more) if more else "v")


async def _callers(site: Site) -> None:
    ids = site.ids
    await site.user("stranger")
    await site.user("outsider", *ALL_ACTIONS, project="elsewhere", group="other")
    await site.user("member", *REQUIRED)  # a template and permission entry that requests can name
    template = {"_id": ids["member"], "role_ids": [READER]}
    await site.good("POST", f"/groups/{ids['group']}/permissions/templates", json=template)
    for what in needed():
        if (name := caller_with(what)) not in site.keys:
            await site.user(name, *(closure(what) | set(REQUIRED)))
    for action in sorted({action for what in needed() for action in what} - set(REQUIRED) | {ANALYSES}):
        await site.user(f"without-{action}", *without(action))
    for action in ALL_ACTIONS:
        await site.user(f"single-{action}", *(closure([action]) | set(REQUIRED)))
    for access in ("ro", "rw", "admin"):
        user = await site.user(f"group-{access}")
        await site.good("POST", f"/groups/{ids['group']}/permissions", json={"_id": user, "access": access})
        user = await site.user(f"collection-{access}")
        await site.good(
            "POST", f"/collections/{ids['collection']}/permissions", json={"_id": user, "access": access}
        )
    await _special_keys(site)


async def _special_keys(site: Site) -> None:
    ids = site.ids
    user = await site.user("expired", *ALL_ACTIONS)
    async with site.database.transaction() as connection:
        await connection.execute(
            text("UPDATE api_key SET expires_at = now() WHERE user_id = :user"), {"user": user}
        )
        role = ids["outsider-role"]
        rule = await create_rule_key(connection, "job", "rule", project_id=ids["elsewhere"], role_id=role)
        site.keys["rule-elsewhere"] = rule.secret
    for name, scope in {
        "scoped-elsewhere": {"projects": [ids["elsewhere"]]},
        "scoped-here": {"projects": [ids["project"]]},
        "scoped-view": {"projects": [ids["project"]], "actions": ["containers_view_metadata"]},
    }.items():
        made = await site.good("POST", "/users/self/key", json={"label": name, "scope": scope})
        site.keys[name] = made["unencrypted_secret"]
