"""Rules of projects and templates of the site (gears.md 9)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import select

from treadle.server.access.actions import Action
from treadle.server.access.guard import Guard, ScopedGuard, UserGuard
from treadle.server.catalog import rights
from treadle.server.catalog.rows import Container
from treadle.server.rules import existing
from treadle.server.rules.change import add_rule, change_rule, remove_rule
from treadle.server.rules.rows import get_rule, rules_of
from treadle.server.rules.tables import firing
from treadle.server.rules.wire import (
    FiringDocument,
    MatchDocument,
    RuleDocument,
    firing_doc,
    match_doc,
    rule_doc,
)
from treadle.server.wire.answer import Deleted, json_answer
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.routing import Router

router = Router(tags=["rules"])
_MOST = 1000


async def _project(guard: Guard, project_id: str, *, change: bool) -> Container:
    action: Action = "gear_rules_manage" if change else "gear_rules_view"
    return await rights.find(guard, project_id, action, level="project")


@router.get("/projects/{id}/rules", response_model=list[RuleDocument], operation_id="get_project_rules")
async def list_rules(guard: ScopedGuard, id: str) -> Response:
    """The rules of a project."""
    await _project(guard, id, change=False)
    return json_answer([rule_doc(one) for one in await rules_of(guard.connection, id)])


@router.post("/projects/{id}/rules", response_model=RuleDocument, operation_id="add_project_rule")
async def add(guard: ScopedGuard, id: str, body: ObjectBody) -> Response:
    """A new rule; without all it needs it is disabled until it has it."""
    return json_answer(rule_doc(await add_rule(guard, body, await _project(guard, id, change=True))))


@router.get("/projects/{id}/rules/{rule_id}", response_model=RuleDocument, operation_id="get_project_rule")
async def read(guard: ScopedGuard, id: str, rule_id: str) -> Response:
    """One rule of a project."""
    await _project(guard, id, change=False)
    return json_answer(rule_doc(await get_rule(guard.connection, rule_id, project_id=id)))


@router.put("/projects/{id}/rules/{rule_id}", response_model=RuleDocument, operation_id="modify_project_rule")
async def change(guard: ScopedGuard, id: str, rule_id: str, body: ObjectBody) -> Response:
    """Change the given parts; nothing is started by that."""
    project = await _project(guard, id, change=True)
    return json_answer(rule_doc(await change_rule(guard, rule_id, body, project)))


@router.delete("/projects/{id}/rules/{rule_id}", response_model=Deleted, operation_id="remove_project_rule")
async def remove(guard: ScopedGuard, id: str, rule_id: str) -> Response:
    """Remove the rule with its history."""
    await remove_rule(guard, rule_id, await _project(guard, id, change=True))
    return json_answer({"deleted": 1})


@router.get("/projects/{id}/rules/{rule_id}/firings", response_model=list[FiringDocument])
async def firings(
    guard: ScopedGuard,
    id: str,
    rule_id: str,
    before: str | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 10,
) -> Response:
    """What came of the rule, the newest first; `before` the `_id` of the last line goes on."""
    await _project(guard, id, change=False)
    one = await get_rule(guard.connection, rule_id, project_id=id)
    query = select(firing).where(firing.c.rule_id == one.id)
    if before is not None and before.isdecimal() and len(before) < 19:
        query = query.where(firing.c.id < int(before))
    rows = await guard.connection.execute(query.order_by(firing.c.id.desc()).limit(limit))
    return json_answer([firing_doc(row) for row in rows])


@router.post("/projects/{id}/rules/{rule_id}/run", response_model=list[MatchDocument])
async def run(
    guard: ScopedGuard, id: str, rule_id: str, dry: bool = True, after: str | None = None
) -> Response:
    """The files that match now and, unless it is only tried (`dry`), runs for them; `X-Next` goes on as `after`."""
    await _project(guard, id, change=True)
    one = await get_rule(guard.connection, rule_id, project_id=id, lock=not dry)
    found, rest = await existing.matching(guard.connection, one, id, after=after)
    answer = json_answer(
        [match_doc(match) for match in await existing.start(guard.connection, one, found, dry=dry)]
    )
    if rest is not None:
        answer.headers["X-Next"] = rest
    return answer


@router.get("/site/rules", response_model=list[RuleDocument], operation_id="get_site_rules")
async def list_templates(guard: UserGuard) -> Response:
    """The rules that new projects begin with."""
    guard.require_site_admin()
    return json_answer([rule_doc(one) for one in await rules_of(guard.connection, None)])


@router.post("/site/rules", response_model=RuleDocument, operation_id="add_site_rule")
async def add_template(guard: UserGuard, body: ObjectBody) -> Response:
    """A rule for projects to come; disabled there unless `disabled` is false."""
    guard.require_site_admin()
    return json_answer(rule_doc(await add_rule(guard, body, None)))


@router.get("/site/rules/{rule_id}", response_model=RuleDocument, operation_id="get_site_rule")
async def read_template(guard: UserGuard, rule_id: str) -> Response:
    """One of them."""
    guard.require_site_admin()
    return json_answer(rule_doc(await get_rule(guard.connection, rule_id, project_id=None)))


@router.put("/site/rules/{rule_id}", response_model=RuleDocument, operation_id="modify_site_rule")
async def change_template(guard: UserGuard, rule_id: str, body: ObjectBody) -> Response:
    """Change the given parts; the rules of projects stay as they are."""
    guard.require_site_admin()
    return json_answer(rule_doc(await change_rule(guard, rule_id, body, None)))


@router.delete("/site/rules/{rule_id}", response_model=Deleted, operation_id="remove_site_rule")
async def remove_template(guard: UserGuard, rule_id: str) -> Response:
    """Remove it; the rules of projects stay."""
    guard.require_site_admin()
    await remove_rule(guard, rule_id, None)
    return json_answer({"deleted": 1})
