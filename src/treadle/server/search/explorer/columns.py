"""Fields of found objects and of what they are in, as the rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.flyql.ast import Field
from treadle.flyql.entities import AGES, CORE_FIELDS, LEVELS, is_indexed, is_suggested, may_mention
from treadle.flyql.leaves import paths, searched
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.tables import container, file
from treadle.server.kit.errors import BadRequest
from treadle.server.store.db import among

MOST = 500
_NAMED = ("_id", "label")
_LARGE = "info"  # read only when a column comes from it
_FROM_LARGE = (_LARGE, "roi")
_document = table("search_document", column("level"), column("oid"), column("document", JSONB))


@dataclass(frozen=True)
class Column:
    """One field of the object or of something above it."""

    level: str
    path: str

    @property
    def name(self) -> str:
        """As it is written in queries."""
        return f"{self.level}.{self.path}"

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is looked up."""
        return paths(Field(self.level, self.path))


def read_columns(return_type: str, names: Any) -> list[Column]:
    """The columns of these names; without any, the chain and the core fields of the object."""
    if names is None:
        return _usual(return_type)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise BadRequest("'columns' is a list of fields, such as subject.label.")
    if len(names) > MOST:
        raise BadRequest(f"An export has at most {MOST} columns.")
    return [_column(return_type, name) for name in dict.fromkeys(names)]


def _column(return_type: str, name: str) -> Column:
    entity, _, path = name.strip().partition(".")
    level = entity.lower()
    if not path or not is_indexed(path) or level not in (*LEVELS, return_type):
        raise BadRequest(
            f"There is no field '{name[:100]}'; a column is written as in queries: subject.label."
        )
    if not may_mention(return_type, level):
        raise BadRequest(f"'{name[:100]}': an object of type {return_type} is not in one of type {level}.")
    return Column(level, path)


def _usual(return_type: str) -> list[Column]:
    levels = [level for level in LEVELS if level != return_type and may_mention(return_type, level)]
    chain = [Column(level, name) for level in levels for name in _NAMED]
    core = [name for name in CORE_FIELDS[return_type] if is_suggested(name) and name not in AGES]
    first = ("_id", "name" if return_type == "file" else "label")
    own = dict.fromkeys((*first, *(name for name in core if name != "notes.text")))
    return chain + [Column(return_type, name) for name in own]


async def rows_of(
    connection: AsyncConnection, return_type: str, ids: Sequence[str], columns: Sequence[Column]
) -> list[list[Any]]:
    """The columns' values of these objects, in their order."""
    chains = await _chains(connection, return_type, ids)
    wanted = {item.level for item in columns}
    large = {item.level for item in columns if item.path.startswith(_FROM_LARGE)}
    keys: defaultdict[bool, set[str]] = defaultdict(set)
    for chain in chains.values():
        for level, key in chain.items():
            if level in wanted:
                keys[level in large].add(key)
    documents = {
        **await _documents(connection, keys[False], whole=False),
        **await _documents(connection, keys[True], whole=True),
    }
    return [
        [_value(item, documents.get(chains[one].get(item.level, ""))) for item in columns]
        for one in ids
        if one in chains
    ]


async def _chains(
    connection: AsyncConnection, return_type: str, ids: Sequence[str]
) -> dict[str, dict[str, str]]:
    """By object: the ids of all it is in, and its own."""
    of = file if return_type == "file" else container
    above = [of.c[f"{level}_id"].label(level) for level in HIERARCHY]
    if of is file:
        above.append(file.c.analysis_id.label("analysis"))
    rows = await connection.execute(select(of.c.id, *above).where(among(of.c.id, ids)))
    found = {}
    for row in rows:
        values = row._mapping
        chain = {name: values[name] for name in values if name != "id" and values[name] is not None}
        found[row.id] = {**chain, return_type: row.id}
    return found


async def _documents(
    connection: AsyncConnection, ids: Iterable[str], *, whole: bool
) -> dict[str, Mapping[str, Any]]:
    wanted = list(ids)
    if not wanted:
        return {}
    said = _document.c.document if whole else _document.c.document.op("-")(_LARGE)
    rows = await connection.execute(
        select(_document.c.level, _document.c.oid, said.label("document")).where(
            among(_document.c.oid, wanted)
        )
    )
    return {row.oid: searched(row.level, row.document) for row in rows}


def _value(item: Column, document: Mapping[str, Any] | None) -> Any:
    if document is None:
        return None
    found: list[Any] = []
    many = False
    for place in item.places:
        many |= _collect(document, place.split("."), found)
    if many or len(found) > 1:
        return found or None
    return found[0] if found else None


def _collect(value: Any, keys: Sequence[str], found: list[Any]) -> bool:
    """The values at a path: arrays are transparent, a key may hold dots. Whether there was an array."""
    if isinstance(value, list):
        for one in value:
            _collect(one, keys, found)
        return True
    if not keys:
        found.append(value)
        return False
    many = False
    if isinstance(value, dict):
        for end in range(1, len(keys) + 1):
            key = ".".join(keys[:end])
            if key in value:
                many |= _collect(value[key], keys[end:], found)
    return many
