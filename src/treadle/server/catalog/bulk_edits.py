"""The same change of metadata to many containers or files, in one transaction: first as a preview, then for good.

A preview answers with a stamp of the revisions it saw; a change that brings the stamp along is refused when
anything was changed meanwhile. What the caller may not change stays, and is counted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import bindparam, select, update

from treadle.server.access.actions import Action
from treadle.server.access.audit import AccessType
from treadle.server.access.errors import ContainerNotFound
from treadle.server.access.guard import Guard
from treadle.server.catalog import compliance, files, history, queries
from treadle.server.catalog.bulk_change import Change, part, read_change
from treadle.server.catalog.containers import fact
from treadle.server.catalog.errors import ProjectLocked, RevisionChanged
from treadle.server.catalog.rows import Container, File, as_container, as_file
from treadle.server.catalog.tables import container, file
from treadle.server.kit.clock import now
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.store.db import among
from treadle.server.store.outbox import emit_all

MOST = 10_000
_AT_ONCE = 500  # rows in memory
_EXAMPLES = 20

Target = Container | File


@dataclass(frozen=True)
class Request:
    """A checked request."""

    level: str
    ids: list[str]
    change: Change
    preview: bool
    stamp: str | None


def read_request(level: str, body: Mapping[str, Any]) -> Request:
    """`{ids, change, preview?, stamp?}`; Invalid says what is wrong with it."""
    ids, change, stamp = body.get("ids"), body.get("change"), body.get("stamp")
    if not isinstance(ids, list) or not ids or not all(isinstance(item, str) for item in ids):
        raise Invalid("'ids' must be a list of ids.")
    if len(ids) > MOST:
        raise Invalid(f"At most {MOST:,} can be changed at once; these are {len(ids):,}.")
    if not isinstance(change, Mapping):
        raise Invalid("'change' must be an object.")
    if stamp is not None and not isinstance(stamp, str):
        raise Invalid("'stamp' is the text that the preview answered.")
    return Request(level, sorted(set(ids)), read_change(change), bool(body.get("preview")), stamp)


@dataclass
class _Outcome:
    """What was counted on the way."""

    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    locked: int = 0
    overwritten: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    revisions: Any = field(default_factory=hashlib.sha256)
    touched: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by project

    @property
    def allowed(self) -> int:
        return self.changed + self.unchanged

    @property
    def seen(self) -> int:
        return self.allowed + self.refused + self.locked


async def edit_many(guard: Guard, request: Request) -> dict[str, Any]:
    """Change what may be changed (a preview only says what would happen): what came of it, by counts and examples."""
    guard.decided()
    outcome = _Outcome()
    for start in range(0, len(request.ids), _AT_ONCE):
        ids = request.ids[start : start + _AT_ONCE]
        await _edit(guard, request, await _held(guard, request, ids), outcome)
    _refuse_none(request, outcome)
    stamp = outcome.revisions.hexdigest()[:32]
    if request.stamp is not None and request.stamp != stamp:
        raise RevisionChanged("Somebody changed some of these since the preview; look at it again.")
    if request.change.of_tags:  # templates look at tags, never at custom metadata
        level = "subject" if request.level == "subject" else "session"
        for project_id, touched in sorted(outcome.touched.items()):
            await compliance.refresh(guard.connection, project_id, level=level, ids=sorted(touched))
    return {
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "refused": outcome.refused,
        "locked": outcome.locked,
        "not_found": len(request.ids) - outcome.seen,
        "overwritten": outcome.overwritten,
        "examples": outcome.examples,
        "stamp": stamp,
    }


def _refuse_none(request: Request, outcome: _Outcome) -> None:
    """Nothing at all that may be changed is a refusal, not a success with a zero."""
    if outcome.allowed:
        return
    if outcome.locked:
        raise ProjectLocked("The project is locked; unlock it first.")
    if outcome.refused:
        raise Forbidden("Your roles do not let you change any of these.", action=_actions(request)[-1])
    raise ContainerNotFound(f"There is no {request.level} with any of these ids, or you may not see it.")


async def _held(guard: Guard, request: Request, ids: Sequence[str]) -> list[Target]:
    """The rows, locked in the order of their ids unless it is a preview."""
    if request.level == "file":
        named = among(file.c.file_id, ids) | among(file.c.id, ids)
        query = select(file).where(named, queries.LIVE_FILE).order_by(file.c.file_id)
    else:
        query = select(container).where(
            among(container.c.id, ids), container.c.level == request.level, queries.LIVE
        )
        query = query.order_by(container.c.id)
    rows = await guard.connection.execute(query if request.preview else query.with_for_update(key_share=True))
    return [as_file(row) if request.level == "file" else as_container(row) for row in rows]


def _actions(request: Request) -> list[Action]:
    found: list[Action] = ["files_view_metadata"] if request.level == "file" else []
    if request.change.of_tags:
        found.append("tags_manage")
    if request.change.of_info:
        found.append("files_modify_metadata" if request.level == "file" else "containers_modify_metadata")
    return found


async def _edit(guard: Guard, request: Request, targets: Sequence[Target], outcome: _Outcome) -> None:
    projects = sorted({one.project_id for one in targets if one.project_id})
    held = await guard.actions_in(projects)
    locked = await _locked(guard, projects)
    pairs: list[tuple[Target, Target]] = []
    for before in targets:
        own = held.get(before.project_id or "", frozenset())
        everything = guard.identity.is_site_admin and before.project_id is not None
        if not everything and not _seen(before, own):
            continue
        if not everything and not own.issuperset(_actions(request)):
            outcome.refused += 1
        elif before.project_id in locked:
            outcome.locked += 1
        else:
            after = _after(before, request.change)
            _count(before, after, request.change, outcome)
            if after is not before:
                pairs.append((before, after))
    if pairs and not request.preview:
        await _write(guard, request, pairs)
        for _, after in pairs:
            judged = after.subject_id if request.level == "subject" else after.session_id
            if after.project_id and judged:
                outcome.touched[after.project_id].add(judged)


def _seen(target: Target, held: frozenset[str]) -> bool:
    in_analysis = isinstance(target, File) and target.analysis_id is not None
    return "containers_view_metadata" in held and (not in_analysis or "analyses_view_metadata" in held)


async def _locked(guard: Guard, projects: Sequence[str]) -> frozenset[str]:
    reason = container.c.doc["locked"]["reason"].astext
    found = await guard.connection.scalars(
        select(container.c.id).where(among(container.c.id, projects), reason.is_not(None))
    )
    return frozenset(found)


def _after(before: Target, change: Change) -> Target:
    """The row with the change; the very same row when it says so already."""
    info = change.info(before.info) if change.of_info else before.info
    tags = change.tags(before.tags) if change.of_tags else before.tags
    if info == before.info and tags == before.tags:
        return before
    return replace(before, info=info, tags=tags, revision=before.revision + 1, modified_at=now())


def _count(before: Target, after: Target, change: Change, outcome: _Outcome) -> None:
    own_id = _wire_id(before)
    outcome.revisions.update(f"{own_id}:{before.revision}\n".encode())
    if after is before:
        outcome.unchanged += 1
        return
    outcome.changed += 1
    for path in change.set:
        there, value = part(before.info, path)
        if there and value != change.set[path]:
            name = ".".join(path)
            outcome.overwritten[name] = outcome.overwritten.get(name, 0) + 1
    if len(outcome.examples) < _EXAMPLES:
        label = before.name if isinstance(before, File) else before.label
        shown = {"id": own_id, "label": label}
        outcome.examples.append({**shown, "before": _shown(before, change), "after": _shown(after, change)})


def _shown(target: Target, change: Change) -> dict[str, Any]:
    """The fields and tags that the change is about, as they are here; what is not there is left out."""
    found = {".".join(path): part(target.info, path) for path in change.paths}
    shown: dict[str, Any] = {"info": {name: value for name, (there, value) in found.items() if there}}
    return {**shown, "tags": target.tags} if change.of_tags else shown


def _wire_id(target: Target) -> str:
    return target.file_id if isinstance(target, File) else target.id


async def _write(guard: Guard, request: Request, pairs: Sequence[tuple[Target, Target]]) -> None:
    table = file if request.level == "file" else container
    await guard.connection.execute(
        update(table)
        .where(table.c.id == bindparam("own_id"))
        .values(
            info=bindparam("new_info"),
            tags=bindparam("new_tags"),
            revision=table.c.revision + 1,
            modified_at=bindparam("at"),
        ),
        [
            {"own_id": after.id, "new_info": after.info, "new_tags": after.tags, "at": after.modified_at}
            for _, after in pairs
        ],
    )
    await history.note_all(
        guard.connection, [("UPDATE", after, _patch(before, after)) for before, after in pairs]
    )
    await emit_all(
        guard.connection,
        [
            files.fact("file.modified", after)
            if isinstance(after, File)
            else fact("container.modified", after)
            for _, after in pairs
        ],
    )
    kind: AccessType = "modify_file" if request.level == "file" else "modify_container"
    await guard.record_all(kind, [after.context for _, after in pairs])


def _patch(before: Target, after: Target) -> dict[str, Any]:
    if isinstance(before, Container) and isinstance(after, Container):
        return history.container_patch(before, after, info=True)
    return history.file_patch(cast(File, before), cast(File, after), info=True)
