"""The one place of authorisation: every route declares a rule, every handler asks its Guard.

`Guard` is the request as the rooms see it: the caller, the transaction, the client's dialect and the
questions that may be asked. A `scoped()` route that answers without having asked is a bug and fails.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.access import audit
from treadle.server.access.actions import ALL_ACTIONS, Action
from treadle.server.access.drone import device_of
from treadle.server.access.errors import ContainerNotFound, ReasonMissing
from treadle.server.access.identity import ANONYMOUS, Identity, by_device, by_key, by_login, key_of_header
from treadle.server.access.places import container, living
from treadle.server.access.tables import group_access, project_grant, role
from treadle.server.kit.errors import Forbidden, Unauthenticated
from treadle.server.store.db import Database

LOGIN_COOKIE = "treadle_login"
_PEOPLE = ("user", "gear_rule")  # who can have actions in projects
_GROUP_RANK = {"ro": 1, "rw": 2, "admin": 3}


class Rule(StrEnum):
    """What a route demands before its handler runs."""

    ANONYMOUS = "anonymous"
    ANY_USER = "any_user"
    SITE_ADMIN = "site_admin"
    SCOPED = "scoped"
    TICKET = "ticket"  # credentials or a ticket; the handler must ask or decide all the same


_MUST_ASK = (Rule.SCOPED, Rule.TICKET)
_OPEN = (Rule.ANONYMOUS, Rule.TICKET)


def projects_of_user(user_id: str | None, action: str) -> Select[Any]:
    """Ids of the projects in which the user's roles allow the action."""
    return (
        select(project_grant.c.project_id)
        .join(role, role.c.id == func.any(project_grant.c.role_ids))
        .where(project_grant.c.user_id == user_id, role.c.actions.contains([action]))
    )


def granted_projects(identity: Identity, action: str) -> Select[Any]:
    """Ids of the projects in which the caller holds the action."""
    scope = identity.scope
    column: ColumnElement[Any]
    if identity.holds_all and scope is not None:
        column = container.c.id
        chosen = select(column).where(living("project"))
    else:
        column = project_grant.c.project_id
        chosen = projects_of_user(identity.id, action)
    if scope is not None and scope.actions is not None and action not in scope.actions:
        return chosen.where(false())
    if scope is not None and scope.projects is not None:
        return chosen.where(column.in_(scope.projects))
    return chosen


@dataclass
class Guard:
    """The caller of this request and what they may do."""

    identity: Identity
    connection: AsyncConnection
    method: str
    path: str
    asked: bool = False
    recorded: bool = False
    reason_required: bool = False  # whether this site demands a reason for deletions
    project_id: str | None = None  # the last one asked about
    _once: list[tuple[audit.AccessType, dict[str, Any], str]] = field(default_factory=list)
    _held: dict[str, frozenset[str]] = field(default_factory=dict)

    async def actions(self, project_id: str) -> frozenset[str]:
        """Every action the caller holds in the project; empty when the project is invisible to them."""
        self.asked = True
        if project_id not in self._held:
            await self.actions_in([project_id])
        return self._held[project_id]

    async def actions_in(self, project_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Every action the caller holds in each of the projects, by one query."""
        self.asked = True
        found = {project_id: set[str]() for project_id in project_ids}
        if self.identity.kind in _PEOPLE and self.identity.holds_all:
            found = {project_id: set(ALL_ACTIONS) for project_id in project_ids}
        elif self.identity.kind in _PEOPLE:
            rows = await self.connection.execute(
                select(project_grant.c.project_id, role.c.actions)
                .join(role, role.c.id == func.any(project_grant.c.role_ids))
                .where(
                    project_grant.c.user_id == self.identity.id, project_grant.c.project_id.in_(project_ids)
                )
            )
            for row in rows:
                found[row.project_id].update(row.actions)
        held = {key: self._within(key, frozenset(actions)) for key, actions in found.items()}
        self._held.update(held)
        return held

    def _within(self, project_id: str, held: frozenset[str]) -> frozenset[str]:
        scope = self.identity.scope
        return held if scope is None else scope.within(project_id, held)

    async def require(self, *actions: Action, project_id: str | None) -> None:
        """Go on only when the caller holds the actions: 404 when the project is invisible, else 403."""
        self.asked, self.project_id = True, project_id
        if self.identity.is_site_admin:
            return
        held = await self.actions(project_id) if project_id else frozenset()
        if "containers_view_metadata" not in held:
            raise ContainerNotFound
        for action in actions:
            if action not in held:
                whose = (
                    "Your roles in this project do" if self.identity.scope is None else "This API key does"
                )
                raise Forbidden(f"{whose} not include '{action}'.", action=action, container=project_id)

    async def may(self, action: Action, *, project_id: str | None) -> bool:
        """Whether the caller holds the action in the project."""
        self.asked = True
        if self.identity.is_site_admin:
            return True
        return bool(project_id) and action in await self.actions(str(project_id))

    def allowed(
        self,
        column: ColumnElement[Any],
        action: Action = "containers_view_metadata",
        *,
        exhaustive: bool = True,
    ) -> ColumnElement[bool]:
        """SQL condition: the rows whose project (`column`) the caller may see."""
        self.asked = True
        if self.identity.is_site_admin and exhaustive:
            return true()
        if self.identity.kind not in _PEOPLE:
            return false()
        return column.in_(granted_projects(self.identity, action))

    def allowed_groups(self, column: ColumnElement[Any], access: str = "ro") -> ColumnElement[bool]:
        """SQL condition: the groups the caller has at least this access to."""
        self.asked = True
        if self.identity.is_site_admin:
            return true()
        enough = [name for name, rank in _GROUP_RANK.items() if rank >= _GROUP_RANK[access]]
        return column.in_(
            select(group_access.c.group_id).where(
                group_access.c.user_id == self.identity.person, group_access.c.access.in_(enough)
            )
        )

    async def group_level(self, group_id: str) -> str | None:
        """The caller's access to the group: ro, rw, admin or None."""
        self.asked = True
        if self.identity.is_site_admin:
            return "admin"
        found = await self.connection.execute(
            select(group_access.c.access).where(
                group_access.c.group_id == group_id, group_access.c.user_id == self.identity.person
            )
        )
        return found.scalar_one_or_none()

    async def require_group(self, group_id: str, access: str) -> None:
        """Go on only with at least this access to the group."""
        level = await self.group_level(group_id)
        if level is None and await self._inside(group_id):
            raise Forbidden(f"This needs '{access}' access to the group; you have a project in it only.")
        if level is None:
            raise ContainerNotFound
        if _GROUP_RANK[level] < _GROUP_RANK[access]:
            raise Forbidden(f"This needs '{access}' access to the group; you have '{level}'.")

    async def _inside(self, group_id: str) -> bool:
        """Whether the caller sees a project of the group, and so may know that the group exists."""
        rows = await self.connection.execute(
            select(container.c.id)
            .where(living("project"), container.c.group_id == group_id, self.allowed(container.c.id))
            .limit(1)
        )
        return rows.first() is not None

    def require_site_admin(self) -> None:
        """Go on only as site administrator."""
        self.asked = True
        if not self.identity.is_site_admin:
            raise Forbidden("Only a site administrator may do this.")

    def require_engine(self) -> None:
        """Go on only as a device that runs jobs, or as site administrator."""
        self.asked = True
        if not self.identity.is_engine and not self.identity.is_site_admin:
            raise Forbidden("Only an engine may do this, with the key of a device of type 'engine'.")

    @property
    def is_developer(self) -> bool:
        """Whether the caller may add gears: a site administrator or a gear developer."""
        identity = self.identity
        return identity.is_site_admin or (identity.is_account and "developer" in identity.roles)

    def require_developer(self) -> None:
        """Go on only as somebody who may add gears."""
        if not self.is_developer:
            raise Forbidden("Only a site administrator or a gear developer may do this.")

    def require_user(self) -> str:
        """The caller's user id; devices are refused."""
        if self.identity.kind != "user":
            raise Forbidden("Only a user may do this.")
        return self.identity.id

    def require_account(self) -> str:
        """The caller's user id, when they are here with all they have; restricted and job keys are refused."""
        if self.identity.kind == "user" and not self.identity.is_account:
            raise Forbidden("A restricted key or the key of a job may not do this.")
        return self.require_user()

    def decided(self) -> None:
        """Say that the decision was made by other means (the caller's own data, a ticket)."""
        self.asked = True

    def nothing_seen(self) -> None:
        """Say that the answer tells of no object, so that the request needs no line in the access log."""
        self.recorded = True

    async def record_all(self, access_type: audit.AccessType, contexts: Sequence[dict[str, Any]]) -> None:
        """Write one line of the access log for each thing touched."""
        if self.reason_required and access_type in audit.DELETIONS:
            for context in contexts:
                if not str(context.get("reason") or "").strip():
                    raise ReasonMissing
        self.recorded = True
        await audit.record_all(
            self.connection,
            identity=self.identity,
            access_type=access_type,
            contexts=contexts,
            method=self.method,
            path=self.path,
        )

    async def record(self, access_type: audit.AccessType, context: dict[str, Any]) -> None:
        """Write one line of the access log."""
        await self.record_all(access_type, [context])

    def record_once(self, access_type: audit.AccessType, context: dict[str, Any], *, of: str) -> None:
        """One line for many requests about the same thing (`of`) within minutes: the slices of a series."""
        self.recorded = True
        self._once.append((access_type, context, of))

    async def record_rest(self, kind: Rule) -> None:
        """A line for a request that did not write one of its own: data was seen, or a person changed something."""
        for access_type, context, of in self._once:
            if audit.is_news((*self.identity.origin, access_type, of)):
                await self.record(access_type, context)
        changed = self.method not in audit.SAFE_METHODS and self.identity.kind == "user"
        if not self.recorded and (changed or kind in _MUST_ASK):
            await self.record("other_access", {"project": {"id": self.project_id}} if self.project_id else {})


async def transaction(request: Request) -> AsyncIterator[AsyncConnection]:
    """The transaction of this request: committed before the answer leaves."""
    database: Database = request.app.state.database
    async with database.transaction() as connection:
        yield connection


Tx = Annotated[AsyncConnection, Depends(transaction, scope="function")]


async def identify(request: Request, connection: AsyncConnection) -> Identity:
    """The caller: by Authorization header, else by the drone secret, else by browser login, else anonymous."""
    header = request.headers.get("authorization")
    if header:
        return await by_key(connection, key_of_header(header))
    settings = request.app.state.settings
    drone = await device_of(connection, request.headers, settings.jobs.drone_secret)
    if drone is not None:
        return replace(await by_device(connection, drone), by_secret=True)
    token = request.cookies.get(LOGIN_COOKIE)
    idle = timedelta(hours=settings.login_hours)
    found = await by_login(connection, token, idle=idle) if token else None
    if found is None or found.csrf is None:
        return ANONYMOUS
    sent = request.headers.get("x-csrf-token", "").encode()
    if request.method not in audit.SAFE_METHODS and not secrets.compare_digest(sent, found.csrf.encode()):
        raise Forbidden("The X-CSRF-Token header is missing or wrong; reload the page.")
    return found


def rule(kind: Rule) -> Callable[..., AsyncIterator[Guard]]:
    """The dependency that lets a request in under this rule and hands its Guard to the handler."""

    async def enter(request: Request, connection: Tx) -> AsyncIterator[Guard]:
        async with _guarded(kind, request, connection) as guard:
            yield guard
            await guard.record_rest(kind)

    enter.treadle_rule = kind  # type: ignore[attr-defined]
    return enter


@asynccontextmanager
async def _guarded(kind: Rule, request: Request, connection: AsyncConnection) -> AsyncIterator[Guard]:
    """The guard of a request under this rule; going on without having asked it is a bug."""
    identity = await _identify_for(kind, request, connection)
    await connection.execution_options(treadle_origin=identity.origin)  # who the change log names
    request.state.identity = identity  # for the record of a refusal
    guard = Guard(
        identity=identity,
        connection=connection,
        method=request.method,
        path=request.url.path,
        asked=kind not in _MUST_ASK,
        reason_required=request.app.state.settings.audit.reason_required,
    )
    if kind is Rule.SITE_ADMIN:
        guard.require_site_admin()
    yield guard
    if not guard.asked:
        raise AssertionError(f"{guard.method} {guard.path} went on without asking its guard")


async def _identify_for(kind: Rule, request: Request, connection: AsyncConnection) -> Identity:
    if kind in _OPEN:
        try:
            return await identify(request, connection)
        except (Unauthenticated, Forbidden):  # a stale login must not keep anyone from logging in
            return ANONYMOUS
    identity = await identify(request, connection)
    if identity.kind == "anonymous":
        raise Unauthenticated
    return identity


AnonymousGuard = Annotated[Guard, Depends(rule(Rule.ANONYMOUS), scope="function")]
UserGuard = Annotated[Guard, Depends(rule(Rule.ANY_USER), scope="function")]
AdminGuard = Annotated[Guard, Depends(rule(Rule.SITE_ADMIN), scope="function")]
TicketGuard = Annotated[Guard, Depends(rule(Rule.TICKET), scope="function")]
ScopedGuard = Annotated[Guard, Depends(rule(Rule.SCOPED), scope="function")]


class Guards:
    """Guards for a request that outlives one transaction (long uploads): ask, stream, ask and place."""

    def __init__(self, request: Request, kind: Rule) -> None:
        self._request, self._kind = request, kind

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Guard]:
        """A short transaction with the caller identified anew."""
        database: Database = self._request.app.state.database
        async with (
            database.transaction() as connection,
            _guarded(self._kind, self._request, connection) as guard,
        ):
            yield guard


def stream_rule(kind: Rule) -> Callable[..., Guards]:
    """The dependency of routes that stream a body: hands out guards with short transactions."""

    def enter(request: Request) -> Guards:
        return Guards(request, kind)

    enter.treadle_rule = kind  # type: ignore[attr-defined]
    return enter


StreamGuards = Annotated[Guards, Depends(stream_rule(Rule.SCOPED))]
UserGuards = Annotated[Guards, Depends(stream_rule(Rule.ANY_USER))]
OpenGuards = Annotated[Guards, Depends(stream_rule(Rule.ANONYMOUS))]
TicketGuards = Annotated[Guards, Depends(stream_rule(Rule.TICKET))]
