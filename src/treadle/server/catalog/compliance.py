"""Whether sessions satisfy their project's templates: one statement for any number of sessions (web.md 6).

A requirement is a count of acquisitions (or of an acquisition's files) between its bounds; a template holds when
the session matches and every requirement is met; a session complies when it satisfies at least one template.
Verdicts are stored in the transaction of the change. A project without templates costs one look at its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.session_templates import FILE_TEXTS, Template, sql_pattern
from treadle.server.catalog.tables import container, file
from treadle.server.store.db import among
from treadle.server.store.outbox import Fact, emit

_TOLD_ONE_BY_ONE = 50  # more changed verdicts than this are one fact about the project


@dataclass(frozen=True)
class Requirement:
    """How many acquisitions one template wants, and the SQL count of those there are."""

    wanted: Mapping[str, Any]
    found: ColumnElement[int]

    @property
    def met(self) -> ColumnElement[bool]:
        """SQL condition: the count lies between the bounds."""
        return _between(self.found, self.wanted)


@dataclass(frozen=True)
class Check:
    """One template as conditions on a session's row."""

    matches: ColumnElement[bool]
    requirements: tuple[Requirement, ...]

    @property
    def holds(self) -> ColumnElement[bool]:
        """SQL condition: the session satisfies the template."""
        return and_(true(), self.matches, *(each.met for each in self.requirements))


def _between(count: ColumnElement[int], wanted: Mapping[str, Any]) -> ColumnElement[bool]:
    least, most = wanted.get("minimum") or 0, wanted.get("maximum")
    return (count >= least) & (count <= most) if most is not None else count >= least


def check(template: Template, session: Any) -> Check:
    """The template as SQL about this alias of the container table."""
    exact = template.get("regex") is False
    about = template.get("session") or {}
    conditions = _container_texts(about, session, ("label", "tags"), exact=exact)
    if subject := about.get("subject"):
        owner = container.alias()
        code = func.coalesce(owner.c.doc["code"].astext, owner.c.label)
        texts = _container_texts(subject, owner, ("label", "tags"), exact=exact)
        if subject.get("code") is not None:
            texts.append(_text(code, subject["code"], exact=exact))
        found = select(owner.c.id).where(owner.c.id == session.c.subject_id, *texts)
        conditions.append(found.correlate(session).exists())
    wanted = template.get("acquisitions") or []
    return Check(
        matches=and_(true(), *conditions),
        requirements=tuple(Requirement(item, _acquisitions(item, session, exact=exact)) for item in wanted),
    )


def _text(value: ColumnElement[Any], pattern: str, *, exact: bool) -> ColumnElement[bool]:
    matches = value.op("~", is_comparison=True)(sql_pattern(pattern, exact=exact))
    return func.coalesce(matches, false())


def _any(elements: Any, pattern: str, *, exact: bool) -> ColumnElement[bool]:
    """One of the texts that a set-returning function gives matches."""
    values = elements.table_valued("value").render_derived()
    return select(literal(1)).select_from(values).where(_text(values.c.value, pattern, exact=exact)).exists()


def _container_texts(
    wanted: Mapping[str, Any], table: Any, names: Sequence[str], *, exact: bool
) -> list[ColumnElement[bool]]:
    conditions = []
    for name in names:
        pattern = wanted.get(name)
        if pattern is None:
            continue
        if name == "tags":
            conditions.append(_any(func.unnest(table.c.tags), pattern, exact=exact))
        else:
            conditions.append(_text(table.c[name], pattern, exact=exact))
    return conditions


def _acquisitions(wanted: Mapping[str, Any], session: Any, *, exact: bool) -> ColumnElement[int]:
    acquisition = container.alias()
    query = select(func.count()).where(
        acquisition.c.session_id == session.c.id,
        acquisition.c.level == "acquisition",
        acquisition.c.deleted_at.is_(None),
        *_container_texts(wanted, acquisition, ("label", "tags"), exact=exact),
        *(_between(_files(item, acquisition, exact=exact), item) for item in wanted.get("files") or []),
    )
    return query.correlate(session).scalar_subquery()


def _files(wanted: Mapping[str, Any], acquisition: Any, *, exact: bool) -> ColumnElement[int]:
    own = file.alias()
    conditions = []
    for name in FILE_TEXTS:
        pattern = wanted.get(name)
        if pattern is None:
            continue
        if name == "tags":
            conditions.append(_any(func.unnest(own.c.tags), pattern, exact=exact))
        elif name == "classification":
            values = func.jsonb_path_query_array(own.c.classification, cast("$.*[*]", JSONPATH))
            texts = func.jsonb_array_elements_text(values)
            conditions.append(_any(texts, pattern, exact=exact))
        else:
            conditions.append(_text(own.c[name], pattern, exact=exact))
    query = select(func.count()).where(
        own.c.parent_id == acquisition.c.id, own.c.is_current, own.c.deleted_at.is_(None), *conditions
    )
    return query.correlate(acquisition).scalar_subquery()


async def templates_of(connection: AsyncConnection, project_id: str) -> list[Template]:
    """The project's templates."""
    found = await connection.execute(select(container.c.doc["templates"]).where(container.c.id == project_id))
    return found.scalar_one_or_none() or []


def verdict(templates: Sequence[Template], session: Any) -> ColumnElement[bool]:
    """SQL condition: the session satisfies one of the templates."""
    return or_(*(check(template, session).holds for template in templates))


async def refresh(
    connection: AsyncConnection, project_id: str, *, level: str = "project", ids: Sequence[str] = ()
) -> list[str]:
    """Judge the sessions of the project (or of these subjects or sessions) anew: ids of those that changed."""
    templates = await templates_of(connection, project_id)
    if not templates:
        return []
    session = container.alias()

    def scope(table: Any) -> ColumnElement[bool]:
        inside = among(table.c[f"{level}_id"], ids or [project_id])
        return and_(table.c.level == "session", table.c.deleted_at.is_(None), inside)

    # Writers of one session take turns: the later one sees what the earlier one added.
    await connection.execute(
        select(container.c.id)
        .where(scope(container))
        .order_by(container.c.id)
        .with_for_update(key_share=True)
    )
    judged = (
        select(session.c.id, func.to_jsonb(verdict(templates, session)).label("verdict"))
        .where(scope(session))
        .subquery()
    )
    rows = await connection.execute(
        update(container)
        .where(container.c.id == judged.c.id)
        .where(container.c.doc["satisfies_template"].is_distinct_from(judged.c.verdict))
        .values(doc=container.c.doc.op("||")(func.jsonb_build_object("satisfies_template", judged.c.verdict)))
        .returning(container.c.id, container.c.group_id, container.c.subject_id)
    )
    changed = rows.all()
    await _tell(connection, project_id, changed)
    return [row.id for row in changed]


async def _tell(connection: AsyncConnection, project_id: str, changed: Sequence[Any]) -> None:
    if len(changed) > _TOLD_ONE_BY_ONE:
        parents = {"group": changed[0].group_id}
        data = {"level": "project", "id": project_id, "project": project_id, "parents": parents}
        await emit(connection, Fact("container.modified", data))
        return
    for row in changed:
        parents = {"group": row.group_id, "project": project_id, "subject": row.subject_id}
        data = {"level": "session", "id": row.id, "project": project_id, "parents": parents}
        await emit(connection, Fact("container.modified", data))


async def settle(
    connection: AsyncConnection, level: str, project_id: str | None, ids: Mapping[str, Any]
) -> None:
    """Judge anew what a change of a container (or of a file in it) at this level touches."""
    scope = "session" if level in ("session", "acquisition") else level
    container_id = ids.get(f"{scope}_id")
    if project_id and container_id and scope in ("subject", "session"):
        await refresh(connection, project_id, level=scope, ids=[container_id])


async def forget(connection: AsyncConnection, level: str, container_id: str) -> None:
    """Without verdicts: the sessions of a container that has left its project or whose project has no templates."""
    await connection.execute(
        update(container)
        .where(
            container.c[f"{level}_id"] == container_id,
            container.c.level == "session",
            container.c.doc.has_key("satisfies_template"),
        )
        .values(doc=container.c.doc.op("-")(cast("satisfies_template", Text)))
    )
