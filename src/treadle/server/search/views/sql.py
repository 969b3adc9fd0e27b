"""A plan as one SQL statement: joins along the hierarchy, rights, filter and order; read with a cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    select,
    true,
)

from treadle.server.access.guard import Guard
from treadle.server.catalog.levels import HIERARCHY
from treadle.server.catalog.queries import LIVE_FILE
from treadle.server.catalog.rows import Container
from treadle.server.catalog.tables import container, file
from treadle.server.search.errors import at
from treadle.server.search.views.columns import LEVELS, suggestion
from treadle.server.search.views.data_filter import DataCondition
from treadle.server.search.views.fields import level_field
from treadle.server.search.views.plan import Column, Plan
from treadle.server.search.views.scope import visible, within
from treadle.server.search.views.spec import FileSpec, NameFilter
from treadle.server.store.filtering import Field, condition_sql, sort_sql
from treadle.server.store.regex import postgres_regex
from treadle.server.wire.filters import Condition, parse_filter
from treadle.server.wire.query import SortKey, parse_sort


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a call wants of a view's rows."""

    filter: str | None = None
    sort: str | None = None
    skip: int = 0
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Query:
    """One statement; after the columns' values come the project and, with contents, the file to read."""

    statement: Select[Any]
    on_data: tuple[DataCondition, ...]  # conditions on what is inside files
    is_grouped: bool  # equal groups follow each other
    is_cut: bool  # skip and limit are in the statement


def make_query(plan: Plan, target: Container, guard: Guard, asked: Asked) -> Query:
    """The statement for the rows of a plan within a container that the caller may see."""
    return _Builder(plan, target, guard).query(asked)


class _Builder:
    def __init__(self, plan: Plan, target: Container, guard: Guard) -> None:
        self._plan, self._target, self._guard = plan, target, guard
        self._tables: dict[str, Any] = {}
        self._source: FromClause
        if plan.kind == "file":
            self._base: Any = file
            self._source = file
        else:
            level = "analysis" if plan.kind == "analysis" else str(plan.deepest)
            self._base = self._tables[level] = container.alias(f"c_{level}")
            self._source = self._base
        if plan.kind == "file" and plan.has_analysis:
            self._join("analysis", file.c.analysis_id)
        if plan.files is not None:
            self._pick_files(plan.files)

    def query(self, asked: Asked) -> Query:
        """All parts put together."""
        fields = {column.name: self._field(column) for column in self._plan.columns if not column.is_data}
        where, on_data = self._where(fields, asked)
        order = self._order(fields, asked)
        is_grouped = self._can_group_in_order()
        if is_grouped:
            names = self._plan.group_by or ()
            order = [fields[name].expression for name in names]
        values = [
            literal(None).label(f"v{index}")
            if column.is_data
            else _value(fields[column.name]).label(f"v{index}")
            for index, column in enumerate(self._plan.columns)
        ]
        values.append(self._base.c.project_id.label("of_project"))
        if self._plan.reads_contents:
            values += [
                file.c.name.label("file_name"),
                file.c.blob_sha384.label("sha"),
                file.c.size.label("size"),
            ]
        statement = select(*values).select_from(self._source).where(*where).order_by(*order)
        in_sql = not (
            self._plan.drops_rows or self._plan.reads_contents or on_data or self._plan.group_by is not None
        )
        if in_sql:
            statement = statement.limit(asked.limit).offset(asked.skip or None)
        return Query(statement=statement, on_data=tuple(on_data), is_grouped=is_grouped, is_cut=in_sql)

    def _can_group_in_order(self) -> bool:
        if self._plan.group_by is None:
            return False
        plain = {
            column.name
            for column in self._plan.columns
            if not (column.is_data or column.formula or column.type)
        }
        return all(name in plain for name in self._plan.group_by)

    def _anchor(self, level: str) -> ColumnElement[Any]:
        found: ColumnElement[Any] = self._base.c[f"{level}_id"]
        return found

    def _join(self, level: str, key: ColumnElement[Any]) -> Any:
        table = self._tables[level] = container.alias(f"c_{level}")
        self._source = self._source.outerjoin(table, table.c.id == key)
        return table

    def _table(self, level: str, place: tuple[str | int, ...]) -> Any:
        if level == "file":
            if self._plan.kind in ("file", "spec"):
                return file
            raise at(place, "the view has no files.")
        if level in self._tables:
            return self._tables[level]
        if level not in HIERARCHY:
            raise at(place, f"the view has no {level}.")
        return self._join(level, self._anchor(level))

    def _field(self, column: Column) -> Field:
        place = (*column.place, "src")
        table = self._table(column.level, place)
        found = level_field(column.level, column.field, table)
        if found is None:
            raise at(place, f"there is no '{column.src}'.{suggestion(column.src)}")
        return found

    def _pick_files(self, spec: FileSpec) -> None:
        """Join the matching files, one or all, of the level the files are on."""
        anchor, outer = self._anchor(spec.container), not self._plan.drops_rows
        if self._plan.analyses is None and spec.match == "all":
            matched = and_(file.c.parent_id == anchor, LIVE_FILE, _named(file.c.name, spec.filter))
            self._source = self._source.join(file, matched, isouter=outer)
            return
        one = file.alias("picked_file")
        live = one.c.is_current & one.c.deleted_at.is_(None)
        chosen = select(one.c.id.label("file_id")).where(live, _named(one.c.name, spec.filter))
        by_name: Sequence[Any] = (one.c.name, one.c.id)
        by_age: Sequence[Any] = (one.c.created_at, one.c.file_id)
        if self._plan.analyses is None:
            chosen = chosen.where(one.c.parent_id == anchor)
        else:
            held = container.alias("picked_analysis")
            filters = self._plan.analyses
            chosen = chosen.add_columns(held.c.id.label("analysis_id")).where(
                one.c.parent_id == held.c.id,
                held.c.parent_id == anchor,
                held.c.level == "analysis",
                held.c.deleted_at.is_(None),
                _named(held.c.label, filters.label),
                _named(func.coalesce(held.c.doc["gear_info"]["name"].astext, ""), filters.gear_name),
                _named(func.coalesce(held.c.doc["gear_info"]["version"].astext, ""), filters.gear_version),
            )
            by_name = (held.c.label, held.c.id, *by_name)
            by_age = (held.c.created_at, held.c.id, *by_age)
        if spec.match != "all":
            keys = by_name if spec.match in ("first", "last") else by_age
            turned = spec.match in ("last", "newest")
            chosen = chosen.order_by(*(key.desc() if turned else key for key in keys)).limit(1)
        picked = chosen.correlate(self._base).lateral("picked")
        self._source = self._source.join(picked, true(), isouter=outer)
        self._source = self._source.join(file, file.c.id == picked.c.file_id, isouter=outer)
        if self._plan.analyses is not None:
            self._join("analysis", picked.c.analysis_id)

    def _where(
        self, fields: dict[str, Field], asked: Asked
    ) -> tuple[list[ColumnElement[bool]], list[DataCondition]]:
        where = [
            within(self._plan, self._base, self._target),
            *visible(self._plan, self._base, self._guard),
            self._base.c.deleted_at.is_(None),
        ]
        plan = self._plan
        if plan.kind == "file":
            where += [
                LIVE_FILE,
                file.c.analysis_id.is_not(None) if plan.has_analysis else file.c.analysis_id.is_(None),
            ]
        else:
            where.append(self._base.c.level == ("analysis" if plan.kind == "analysis" else plan.deepest))
        if plan.kind in ("file", "analysis") and plan.deepest is not None:
            where.append(self._anchor(plan.deepest).is_not(None))
        on_data: list[DataCondition] = []
        for text, place in ((plan.spec.filter, ("filter",)), (asked.filter, ("query", "filter"))):
            for condition in parse_filter(text):
                self._condition(condition, fields, place, where, on_data)
        return where, on_data

    def _condition(
        self,
        condition: Condition,
        fields: dict[str, Field],
        place: tuple[str, ...],
        where: list[ColumnElement[bool]],
        on_data: list[DataCondition],
    ) -> None:
        name = condition.field
        data = next(
            (one for one in self._plan.columns if one.is_data and name in (one.name, one.field)), None
        )
        if data is not None:
            on_data.append(DataCondition(condition, data.field))
            return
        found = self._named_field(name, fields, place)
        if found is not None:
            where.append(condition_sql(found, condition.operator, condition.values))
        elif name.partition(".")[0] not in LEVELS and any(
            one.is_data and one.expansion == "always" for one in self._plan.columns
        ):
            on_data.append(DataCondition(condition, name))
        else:  # a field nothing has: no match
            where.append(false())

    def _named_field(self, name: str, fields: dict[str, Field], place: tuple[str, ...]) -> Field | None:
        """The field that a filter or sort names: a column of the view, or any field of its levels."""
        if name in fields:
            return fields[name]
        column = next((one for one in self._plan.columns if one.src == name and not one.is_data), None)
        if column is not None:
            return fields[column.name]
        level, _, field = name.partition(".")
        if level in LEVELS and field:
            if level in HIERARCHY and self._plan.kind in ("container", "spec"):
                deepest = str(self._plan.deepest)
                if HIERARCHY.index(level) > HIERARCHY.index(deepest):
                    raise at(
                        place, f"'{name}' lies below the rows of this view, which are one per {deepest}."
                    )
            return level_field(level, field, self._table(level, place))
        own = "file" if self._plan.kind == "file" else self._plan.deepest
        if self._plan.kind == "analysis":
            own = "analysis"
        return level_field(str(own), name, self._base)

    def _order(self, fields: dict[str, Field], asked: Asked) -> list[ColumnElement[Any]]:
        order = [self._sort_key(key, fields) for key in parse_sort(asked.sort)]
        if not order and self._plan.spec.sort and self._plan.group_by is None:
            order = self._by_labels()
        ties = [self._base.c.file_id if self._base is file else self._base.c.id]
        if self._plan.files is not None:
            ties += [file.c.name, file.c.id]
        return [*order, *ties]

    def _by_labels(self) -> list[ColumnElement[Any]]:
        if self._plan.kind in ("container", "spec"):
            levels = HIERARCHY[1 : HIERARCHY.index(str(self._plan.deepest)) + 1]
        else:
            levels = HIERARCHY[1:]
        keys: list[ColumnElement[Any]] = []
        for level in levels or ("group",):
            table = self._table(level, ("sort",))
            keys += [table.c.label.asc().nulls_first(), self._anchor(level).asc().nulls_first()]
        if "analysis" in self._tables:
            keys.append(self._tables["analysis"].c.label)
        if self._base is file:
            keys.append(file.c.name)
        return keys

    def _sort_key(self, key: SortKey, fields: dict[str, Field]) -> ColumnElement[Any]:
        if any(one.is_data and key.name in (one.name, one.field) for one in self._plan.columns):
            raise at(("query", "sort"), f"rows cannot be sorted by '{key.name}', which is read from files.")
        found = self._named_field(key.name, fields, ("query", "sort"))
        if found is None:
            raise at(("query", "sort"), f"there is no '{key.name}'.{suggestion(key.name)}")
        return sort_sql(found, key.descending)


def _named(column: Any, names: NameFilter | None) -> ColumnElement[bool]:
    pattern = names.pattern if names is not None else None
    if pattern is None:
        return true()
    found: ColumnElement[bool] = column.op("~", is_comparison=True)(literal(postgres_regex(pattern), Text))
    return found


_CASTS: dict[str, Callable[[ColumnElement[Any]], ColumnElement[Any]]] = {
    "number": lambda value: cast(value, Float),
    "date": lambda value: cast(value, Text),
}


def _value(field: Field) -> ColumnElement[Any]:
    change = _CASTS.get(field.kind)
    return change(field.expression) if change else field.expression
