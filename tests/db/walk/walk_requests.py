"""One request for every route that is right in all but, perhaps, the caller."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

from walk_site import (
    DICOM_UIDS,
    GEAR,
    MARK,
    MISSING,
    READER,
    Site,
    gear_folder,
    measurements,
    picture,
    stored,
)

_LEVELS = {
    "projects": "project",
    "subjects": "subject",
    "sessions": "session",
    "acquisitions": "acquisition",
    "containers": "session",
    "collections": "collection",
}
_VIEW = {"label": "v", "columns": [{"src": "subject.label"}]}
_SEARCH = {"return_type": "session", "structured_query": "subject.sex = male"}
_SERIES = {
    "key": {"study": "1", "series": "2", "bucket": "3"},
    "digest": "d",
    "size": 1,
    "sha256": "0" * 64,
    "fields": {},
    "routing": {},
}

# Addresses that name a gear's series, not one version of it.
_OF_SERIES = re.compile(r"POST /gears/\{\}|.* /gears/\{\}/(series|permissions.*)")


class Sample:
    """Path and arguments of the request for one route."""

    def __init__(self, site: Site, method: str, template: str) -> None:
        self.site, self.method, self.template = site, method, template
        self.ids = site.ids
        self.place = "session"  # the level that files, notes and tags of this path are on
        self.path = self._filled()
        self.args = self._arguments()

    def elsewhere(self) -> tuple[str, dict[str, Any]]:
        """The same request about things that are not there."""
        secret = {
            value
            for name, value in self.ids.items()
            if len(value) == 24 and "role" not in name and name != "gear"
        }
        known = re.compile("|".join(sorted(secret)))
        args = dict(self.args)
        for part in ("json", "params", "data"):
            if part in args:
                args[part] = json.loads(known.sub(MISSING, json.dumps(args[part])))
        return known.sub(MISSING, self.path), args

    def _filled(self) -> str:
        words = self.template.strip("/").split("/")
        for at, word in enumerate(words):
            if word == "{}":
                words[at] = self._value(words[at - 1], words[:at])
        return "/" + "/".join(words)

    def _value(self, before: str, path: list[str]) -> str:
        ids = self.ids
        if before == "jobs":
            return ids[self._job()]
        if path[:2] == ["jobs", "ask"]:
            return "pending"
        if path[0] == "changes" and len(path) < 3:
            return ids["session"] if len(path) == 2 else "session"
        if before in _LEVELS:
            self.place = _LEVELS[before]
            return ids[self.place]
        if before == "analyses":
            self.place = "analysis" if len(path) == 1 else f"{self.place}-analysis"
            return ids[self.place]
        if (before == "files" and path == ["files"]) or (path[:2] == ["x", "files"] and before == "files"):
            return ids["acquisition-file"]
        if before == "users":
            return ids["member"]
        if path[0] == "gears" and before in ("suggest", "context"):
            return "sessions"
        if path == ["gears", "ticket"]:
            return ids["gear-waiting"]
        if path[0] == "dicomweb" and before != "projects":
            return {**DICOM_UIDS, "frames": "1", "bulkdata": "7FE00010"}[before]
        if before == "gears":
            return ids["gear-name" if _OF_SERIES.fullmatch(f"{self.method} {self.template}") else "gear"]
        if before == "batch":
            return ids["started-batch" if self.template.endswith(("/cancel", "/retry")) else "batch"]
        if before == "rules":
            return ids["site-rule" if path[0] == "site" else "rule"]
        if before == "permissions":
            return self._entry(path[0])
        fixed = {
            "exchange": ids["gear-name"],
            "sources": "walk",
            "groups": ids["group"],
            "roles": ids["member-role"],
            "templates": ids["member"],
            "notes": ids.get(f"{self.place}-note", MISSING),
            "tags": f"{MARK}-tag",
            "files": f"{MARK}.zip",
            "inputs": f"{MARK}.zip",
            "input_files": f"{MARK}.zip",
            "instances": "1.2.3",
            "overlays": "1.2.3",
            "annotations": ids["annotation"],
            "views": ids["view"],
            "queries": ids["query"],
            "sites": ids["site"],
            "versions": "1",
            "data_view_executions": ids["execution"],
            "reports": ids["report"],
            "trash": ids["trash"],
            "devices": ids["device"],
            "modalities": "MR",
            "cleanup": "key",
            "fields": "label",
            "providers": "000000000000000000000001",
            "check": "files_download",
            "key": ids["device-key"],
            "misrouted": ids["parked"],
            "aliases": ids["alias"],
        }
        return fixed.get(before, MISSING)

    def _job(self) -> str:
        """Which job a path means: one in the state that its endpoint is for."""
        if self.template.endswith(
            ("/retry", "/accept-failed-output", "/stream", "/provenance", "/rerun", "/export")
        ):
            return "failed-job"
        watched = self.method == "GET" and not self.template.endswith(("/config.json", "/inputs/{}"))
        return "job" if watched or self.template == "/jobs/{}" else "running-job"

    def _entry(self, kind: str) -> str:
        if kind == "gears":
            return "users"
        return self.ids[{"groups": "group-ro", "projects": "member", "collections": "collection-ro"}[kind]]

    def _arguments(self) -> dict[str, Any]:
        for pattern, make in _ARGUMENTS:
            if re.fullmatch(pattern, f"{self.method} {self.template}"):
                return make(self.ids)
        return {}


def _json(**body: Any) -> Any:
    return lambda ids: {"json": body}


def _upload(ids: dict[str, str]) -> dict[str, Any]:
    return {"files": {"file": ("new.txt", b"x")}}


_PACK = json.dumps(
    {
        "project": {"_id": "x"},
        "session": {"label": "new", "subject": {"code": "new"}},
        "acquisition": {"label": "new"},
        "packfile": {"type": "archive"},
    }
)


_PUSHED = {"repo": "example.org/gear", "pointer": f"sha256:{0:064x}"}


def _move(ids: dict[str, str], what: str, into: str) -> dict[str, Any]:
    kinds = {"sources": [ids[what]], "destinations": [ids[into]], "destination_container_type": f"{into}s"}
    return {"json": {**kinds, "conflict_mode": "dry"}}


def _edit(which: str) -> Any:
    return lambda ids: {"json": {"ids": [ids[which]], "change": {"set": {"new": 1}}, "preview": True}}


def _resumable(ids: dict[str, str]) -> dict[str, Any]:
    said = {"container": ids["acquisition"], "filename": "new.txt"}
    words = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
    return {"headers": {"Upload-Length": "5", "Upload-Metadata": words}}


def _placed(ids: dict[str, str]) -> dict[str, Any]:
    about = {
        "group": {"_id": ids["group"]},
        "project": {"label": f"{MARK}-project"},
        "session": {
            "uid": "1.2.session",
            "label": f"{MARK}-session",
            "subject": {"label": f"{MARK}-subject"},
        },
        "acquisition": {
            "uid": "1.2.acquisition",
            "label": f"{MARK}-acquisition",
            "files": [{"name": "new.txt"}],
        },
    }
    return {"files": {"file": ("new.txt", b"x")}, "data": {"metadata": json.dumps(about)}}


_DELETED = {
    "projects": "project",
    "subjects": "subject",
    "sessions": "session",
    "acquisitions": "acquisition",
}

_EDITED = {**_DELETED, "files": "acquisition-file"}

# The first pattern that matches `METHOD /template` makes the arguments.
_ARGUMENTS: list[tuple[str, Any]] = [
    (r"POST /gears/(\{\}|prepare-add)", _json(gear={**GEAR, "version": "2"})),
    (r"PUT /gears/ticket/\{\}/rootfs", lambda ids: {"content": gear_folder()}),
    (r"POST /gears/save", lambda ids: {"json": {"ticket": ids["gear-waiting"], **_PUSHED}}),
    (r"PUT /x/exchange/sources/.*", _json(gears=[])),
    (r"(POST|PUT) /v3/annotations(/\{\})?", measurements),
    (
        r"(POST|PUT) /annotations.*",
        lambda ids: {"json": {"file_id": ids["acquisition-file"], "data": {"a": 1}}},
    ),
    (r"POST /dicomweb/.*", lambda ids: stored(picture())),
    (
        r"(POST|PUT) .*/rules(/\{\})?",
        lambda ids: {
            "json": {"gear_id": ids["gear"], "name": "new", "all": [{"type": "file.tags", "value": "x"}]}
        },
    ),
    (r"PUT /gears/\{\}/series", _json(is_restricted=True)),
    (r"PUT /gears/\{\}/permissions/\{\}", lambda ids: {"json": {"id": ids["member"]}}),
    (
        r"POST /batch",
        lambda ids: {
            "json": {"gear_id": ids["gear"], "targets": [{"type": "session", "id": ids["session"]}]}
        },
    ),
    (
        r"POST /batch/jobs",
        lambda ids: {
            "json": {
                "jobs": [{"gear_id": ids["gear"], "destination": {"type": "session", "id": ids["session"]}}]
            }
        },
    ),
    (
        r"POST /jobs/add",
        lambda ids: {
            "json": {"gear_id": ids["gear"], "destination": {"type": "session", "id": ids["session"]}}
        },
    ),
    (r"GET /jobs/compare", lambda ids: {"params": {"a": ids["failed-job"], "b": ids["failed-job"]}}),
    (r"GET /analyses/compare", lambda ids: {"params": {"a": ids["run-analysis"], "b": ids["run-analysis"]}}),
    (r"PUT /jobs/priority", lambda ids: {"json": {"job_ids": [ids["job"]], "priority": "high"}}),
    (r"PUT /jobs/\{\}", _json(state="cancelled")),
    (r"POST /jobs/\{\}/logs", lambda ids: {"json": [{"fd": 1, "msg": "x"}]}),
    (r"(PUT|POST) /engine(/blobs)?", lambda ids: {"params": {"job": ids["running-job"]}}),
    (r"PUT /engine/self", _json(label="engine", kind="sandbox")),
    (r"GET /report/project", lambda ids: {"params": {"projects": ids["project"]}}),
    (r"POST /tree", _json(projects={"fields": ["label"]})),
    (r"POST /x/me/totp/.*|PUT /x/me/totp", _json(code="123456")),
    (r"POST /site/providers|PUT /site/providers/.*", _json(label="x")),
    (r"PUT /site/settings", _json(mfa={})),
    (r"POST /modalities", _json(_id="XY", classification={})),
    (r"PUT /modalities/.*", _json(classification={})),
    (r"POST /uids.*", lambda ids: {"json": {"project_ids": [ids["project"]], "sessions": ["1.2.session"]}}),
    (r"POST /projects/.*/upsert-hierarchy", _json(subject={"label": "new"}, session={"label": "new"})),
    *((rf"POST /x/bulk/edit/{plural}", _edit(which)) for plural, which in _EDITED.items()),
    (r"POST /bulk/move/acquisitions", lambda ids: _move(ids, "acquisition", "session")),
    (r"POST /bulk/move/sessions", lambda ids: _move(ids, "session", "project")),
    (r"POST /bulk/move/subjects", lambda ids: _move(ids, "subject", "project")),
    (r"POST /projects/.*/copy", lambda ids: {"json": {"group_id": ids["group"], "project_label": "copy"}}),
    (r"POST /subjects/.*/copy", _json(dst_subject_label="copy")),
    (r"POST /(sessions|acquisitions)/.*/copy", _json(dst_session_label="copy", label="copy")),
    (r"POST /projects/.*/lock", _json(reason="other")),
    (r"POST /.*/template(-test)?", _json(templates=[{"session": {"label": "x"}}])),
    (r"POST /projects/.*/packfile", lambda ids: {"params": {"token": "x"}, **_upload(ids)}),
    (r"GET /projects/.*/packfile-end", lambda ids: {"params": {"token": "x", "metadata": _PACK}}),
    (
        r"POST /files",
        lambda ids: {
            "json": {"uuid": "x", "name": "new.txt", "parent_ref": {"type": "session", "id": ids["session"]}}
        },
    ),
    (r"POST /storage/files", lambda ids: {"params": {"project_id": ids["project"]}, **_upload(ids)}),
    (r"POST /upload/signed-url", _json(size=1)),
    (r"POST /upload/signed-url/cleanup", _json(uuid="x")),
    (r"POST /x/login", _json(email="admin@treadle.local", password="correct horse")),
    (r"PUT /x/me/password", _json(old="x", new="long enough")),
    (r"POST /x/users/.*/password", _json(password="long enough")),
    (r"POST /users", _json(_id="new@example.org", firstname="A", lastname="B")),
    (r"PUT /users/.*", _json(lastname="B")),
    (r"(POST|PATCH) /users/self/info", _json(set={"a": 1})),
    (r"POST /(users|devices)/.*key", _json(label="k")),
    (r"GET /permissions/check/.*", lambda ids: {"params": {"project_id": ids["elsewhere"]}}),
    (
        r"PUT /permissions/check",
        lambda ids: {"json": [{"action": "files_download", "project_ids": [ids["elsewhere"]]}]},
    ),
    (r"POST /roles", _json(label="new", actions=[])),
    (r"PUT /roles/.*", _json(label="other")),
    (r"POST /groups/.*/roles", lambda ids: {"json": {"_id": ids["outsider-role"]}}),
    (r"POST /groups/.*/permissions", lambda ids: {"json": {"_id": ids["stranger"], "access": "ro"}}),
    (r"PUT /(groups|collections)/.*/permissions/\{\}", _json(access="rw")),
    (r"POST .*/templates", lambda ids: {"json": {"_id": ids["stranger"], "role_ids": [READER]}}),
    (r"PUT .*/templates/.*", _json(role_ids=[READER])),
    (
        r"POST /projects/.*/permissions",
        lambda ids: {"json": {"_id": ids["stranger"], "role_ids": [ids["member-role"]]}},
    ),
    (r"PUT /projects/.*/permissions/.*", lambda ids: {"json": {"role_ids": [ids["member-role"]]}}),
    (r"POST /collections/.*/permissions", lambda ids: {"json": {"_id": ids["stranger"], "access": "ro"}}),
    (r"GET /x/files/.*/bundle", lambda _ids: {"params": {"instances": "1.2.3"}}),
    (r"GET /x/find", lambda ids: {"params": {"text": "a"}}),
    (r"GET /access/why", lambda ids: {"params": {"user": ids["member"], "container": ids["session"]}}),
    (r"GET /access/who", lambda ids: {"params": {"container": ids["session"]}}),
    (
        r"POST /access/preview",
        lambda ids: {
            "json": {
                "change": "project",
                "project": ids["project"],
                "user": ids["member"],
                "role_ids": [ids["member-role"]],
            }
        },
    ),
    (r"POST /devices", _json(label="d", type="connector")),
    (r"PUT /devices/.*", _json(label="d")),
    (r"POST /groups", _json(_id="newgroup", label="G")),
    (r"DELETE /groups", lambda ids: {"json": [ids["group"]]}),
    (r"PUT /groups/\{\}", _json(label="G")),
    (r"PUT /.*/settings", _json(a=1)),
    (r"POST /(files|sessions)/.*/deid/.*", _json(text="treadle: {preset: ps315-basic}")),
    (r"PUT /.*/deid", _json(text="treadle: {preset: ps315-basic}")),
    (r"POST /projects", lambda ids: {"json": {"group": ids["group"], "label": "new"}}),
    (r"POST /subjects", lambda ids: {"json": {"project": ids["project"], "label": "new"}}),
    (
        r"POST /sessions",
        lambda ids: {"json": {"project": ids["project"], "subject": {"_id": ids["subject"]}, "label": "new"}},
    ),
    (r"POST /acquisitions", lambda ids: {"json": {"session": ids["session"], "label": "new"}}),
    (r"POST /collections", _json(label="new")),
    (r"DELETE /projects", lambda ids: {"json": [ids["project"]]}),
    (r"DELETE /subjects", lambda ids: {"json": [ids["subject"]]}),
    (r"DELETE /sessions", lambda ids: {"json": [ids["session"]]}),
    (r"DELETE /acquisitions", lambda ids: {"json": [ids["acquisition"]]}),
    (r"DELETE /analyses", lambda ids: {"json": [ids["analysis"]]}),
    (r"DELETE /collections", lambda ids: {"json": [ids["collection"]]}),
    (r"DELETE /files", lambda ids: {"json": [ids["acquisition-file"]]}),
    (
        r"PUT /(projects|subjects|sessions|acquisitions|containers|collections|analyses)/\{\}",
        _json(label="new"),
    ),
    (r"PUT /.*/analyses/\{\}", _json(label="new")),
    (
        r"POST /lookup|POST /resolve",
        lambda ids: {"json": {"path": [f"<id:{ids['group']}>", f"<id:{ids['project']}>"]}},
    ),
    (r"(POST|PATCH) .*/info", _json(set={"a": 1})),
    (r"PUT /files/\{\}/info", _json(a=1)),
    (r"(POST|PATCH|PUT) .*/classification", _json(modality="MR")),
    (r"POST .*/tags", _json(value="new")),
    (r"(PATCH|PUT|DELETE) .*/tags", lambda ids: {"json": ["new"]}),
    (r"PUT .*/tags/\{\}", _json(value="new")),
    (r"POST .*/notes", _json(text="new")),
    (r"PUT .*/notes/\{\}", _json(text="new")),
    (r"POST /.*/files", _upload),
    (r"PUT /.*/files/\{\}", _json(type="text")),
    (
        r"POST /files/\{\}/move",
        lambda ids: {
            "json": {"container_reference": {"type": "session", "id": ids["session"]}, "name": "moved.zip"}
        },
    ),
    (r"POST /files/\{\}/restore", lambda ids: {"params": {"version": "1"}}),
    (r"POST /download.*", lambda ids: {"json": {"nodes": [{"level": "project", "_id": ids["project"]}]}}),
    (r"GET /download", lambda ids: {"params": {"ticket": "nothing"}}),
    (r"POST /x/uploads", _resumable),
    (
        r"PATCH /x/uploads/\{\}",
        lambda ids: {"headers": {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}},
    ),
    (r"PUT /upload/fs-file", lambda ids: {"params": {"token": "nothing.0"}}),
    (r"POST /upload/.*", _placed),
    (r"POST .*/analyses", _json(label="new")),
    (r"POST /containers/\{\}/views", _json(**_VIEW)),
    (
        r"POST /dataexplorer/queries",
        lambda ids: {
            "json": {"label": "q", "search": _SEARCH, "parent": {"type": "project", "id": ids["project"]}}
        },
    ),
    (r"PUT /dataexplorer/queries/\{\}", _json(label="new")),
    (r"POST /dataexplorer/search(/nodes)?", _json(**_SEARCH)),
    (
        r"DELETE /dataexplorer/search",
        _json(return_type="session", structured_query="session.label = nobody"),
    ),
    (r"POST /dataexplorer/search/fields/aggregate", _json(field_name="session.label")),
    (r"POST /dataexplorer/search/export", _json(query=_SEARCH)),
    (r"POST /dataexplorer/search/tag", _json(query=_SEARCH, tags=["new"])),
    (
        r"POST /dataexplorer/search/collect",
        lambda ids: {"json": {"query": _SEARCH, "collection": ids["collection"]}},
    ),
    (r"POST /dataexplorer/sites", _json(label="Elsewhere", url="https://images.example.org")),
    (r"PUT /dataexplorer/sites/\{\}", _json(label="Elsewhere")),
    (r"PUT /dataexplorer/sites/\{\}/key", _json(key="secret")),
    (r"POST /dataexplorer/search/print", _json(ast={"op": "exists", "field": "file.type"})),
    (r"PUT /views/\{\}", _json(label="new")),
    (r"POST /audit-trail/reports", lambda ids: {"json": {"project_id": ids["project"], "label": "new"}}),
    (r"PATCH /audit-trail/reports/\{\}", _json(label="new")),
    (r"POST /views/(data|queue)", lambda ids: {"json": _VIEW, "params": {"containerId": ids["project"]}}),
    (r"(GET|POST) /views/\{\}/(data|queue)", lambda ids: {"params": {"containerId": ids["project"]}}),
    (
        r"POST /views/save",
        lambda ids: {"json": {"view": _VIEW, "containerId": ids["project"], "filename": "v.json"}},
    ),
    (r"POST /connector/series", _json(**_SERIES)),
    (r"PUT /connector/uploads/.*", lambda ids: {"params": {"offset": "0"}}),
    (r"POST /connector/uploads/.*", _json(sha256="0" * 64, file={"name": "f"})),
    (r"POST /connector/misrouted/.*", lambda ids: {"json": {"project": ids["project"]}}),
    (r"POST /connector/aliases", lambda ids: {"json": {"group": "typo", "to": ids["project"]}}),
    (r"POST /connector/routing/preview", _json(string="a/b")),
]
