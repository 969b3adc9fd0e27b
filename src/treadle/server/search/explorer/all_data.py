"""What lies outside the caller's projects: who may search it, by what, and what is shown (search.md 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, cast, get_args

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import And, Compare, Element, Having, Node, Not, Or, both, either, fields
from treadle.server.access.guard import Guard
from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.search.query import EVERYTHING, Scope
from treadle.server.store.tables import site_document

# Of administrators alone; of everybody, but nothing shown beside where and when; of nobody.
Mode = Literal["admin", "metadata", "off"]

MODE, OPEN_FIELDS = "search_all_data", "search_open_fields"  # names in the site's settings
_OPEN = (
    *("file.type", "file.modality", "file.classification.*"),
    *("subject.sex", "subject.species", "session.age*"),
)
_MOST_OPEN = 100


@dataclass(frozen=True)
class Others:
    """Which objects beyond the caller's own may be found, by which fields (patterns with `*`)."""

    scope: Scope
    open_fields: Sequence[str]


def check_settings(body: Mapping[str, Any]) -> None:
    """Refuses settings of the site that mean nothing."""
    if body.get(MODE) is not None and body[MODE] not in get_args(Mode):
        raise Invalid(f"'{MODE}' is one of: {', '.join(get_args(Mode))}.")
    names = body.get(OPEN_FIELDS)
    if names is None:
        return
    if not isinstance(names, list) or not all(isinstance(name, str) and "." in name for name in names):
        raise Invalid(f"'{OPEN_FIELDS}' is a list of fields, such as file.type or session.age*.")
    if len(names) > _MOST_OPEN:
        raise Invalid(f"'{OPEN_FIELDS}' has at most {_MOST_OPEN} fields.")


async def widened(guard: Guard, own: Scope) -> tuple[Scope, Others | None]:
    """The scope of a search of all data, and what is searched beside it with less to be seen."""
    mode, open_fields = await _settings(guard.connection)
    if mode == "off":
        raise Forbidden("This site does not let all data be searched.")
    if mode == "admin":
        if not guard.identity.is_site_admin:
            raise Forbidden("Only a site administrator may search all data.")
        return EVERYTHING, None
    if guard.identity.scope is not None:
        raise Forbidden("A restricted key may not search all data.")
    found = await guard.connection.scalars(
        select(container.c.id).where(container.c.level == "project", container.c.deleted_at.is_(None))
    )
    projects = sorted(set(found) - set(own.projects or ()))
    return own, Others(Scope(projects, projects, projects, ()), open_fields)


async def _settings(connection: AsyncConnection) -> tuple[Mode, Sequence[str]]:
    said = await connection.scalar(select(site_document.c.document).where(site_document.c.name == "settings"))
    kept: dict[str, Any] = said or {}
    names = kept.get(OPEN_FIELDS)
    return cast(Mode, kept.get(MODE) or "admin"), _OPEN if names is None else names


def open_part(node: Node, open_fields: Sequence[str], *, negated: bool = False) -> Node | None:
    """What of a query may find others' objects: terms on closed fields are false, and so are their negations.

    None when nothing can be found.
    """
    match node:
        case Not(arg):
            return open_part(arg, open_fields, negated=not negated)
        case And(args) | Or(args):
            parts = [open_part(arg, open_fields, negated=negated) for arg in args]
            there = [part for part in parts if part is not None]
            if isinstance(node, And) is negated:  # NOT (a AND b) is NOT a OR NOT b
                return either(there) if there else None
            return both(there) if len(there) == len(parts) else None
    mentioned = list(fields(node)) if isinstance(node, Compare | Element | Having) else [node.field]
    is_open = all(any(fnmatchcase(str(one), name) for name in open_fields) for one in mentioned)
    if not is_open:
        return None
    return Not(node) if negated else node


def shown(one: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an object of others: where it is, its id and when it was made."""
    level = one["return_type"]
    own = {"_id": one[level]["_id"], "created": one[level].get("created")}
    return {
        "return_type": level,
        **{above: one[above] for above in ("group", "project") if above in one},
        level: one[level] if level == "project" else own,
        "restricted": True,
    }
