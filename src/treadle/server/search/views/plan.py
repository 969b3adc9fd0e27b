"""From a view to its columns: levels, what a row is, names of the result. No SQL yet, nothing is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from treadle.server.catalog.levels import HIERARCHY
from treadle.server.search.errors import at
from treadle.server.search.views.columns import LEVELS, expand, suggestion
from treadle.server.search.views.expr import BadFormula, Formula, compile_formula
from treadle.server.search.views.spec import (
    Accumulator,
    AnalysisFilter,
    ColumnSpec,
    ColumnType,
    FileSpec,
    ViewSpec,
)

Expansion = Literal["never", "tabular", "always"]
RowKind = Literal["container", "analysis", "file", "spec"]
MAX_RESULT_COLUMNS = 2000


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the result: from the database, or (`is_data`) from inside a file."""

    name: str
    level: str
    field: str
    place: tuple[str | int, ...]
    type: ColumnType | None = None
    formula: Formula | None = None
    accumulator: Accumulator | None = None
    expansion: Expansion = "never"  # an object whose keys become columns of their own
    is_data: bool = False
    is_needed: bool = True  # drop-row: a row without this value is left out

    @property
    def src(self) -> str:
        """Its source as the clients name it."""
        return self.field if self.is_data else f"{self.level}.{self.field}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be read, and what a row is."""

    spec: ViewSpec
    columns: tuple[Column, ...]
    group_by: tuple[str, ...] | None  # names of columns; an empty tuple: everything is one row
    deepest: str | None  # the deepest container level named
    kind: RowKind
    files: FileSpec | None
    analyses: AnalysisFilter | None
    has_analysis: bool

    @property
    def reads_contents(self) -> bool:
        """Whether rows come from inside files."""
        return self.files is not None and self.files.process_files

    @property
    def drops_rows(self) -> bool:
        """Whether rows with missing data are left out."""
        return self.spec.missing_data_strategy == "drop-row"

    @property
    def can_fail(self) -> bool:
        """Whether a row may have an error."""
        return self.spec.error_column and (
            self.reads_contents
            or any(column.accumulator for column in self.columns)
            or any(column.formula or column.type not in (None, "string", "object") for column in self.columns)
        )


def make_plan(spec: ViewSpec) -> Plan:
    """The plan of a view; ViewInvalid names the place of what cannot be."""
    columns, files = _rooted(spec)
    analyses = files.analysis_filter if files is not None else None
    made = [
        column for index, item in enumerate(columns) for column in _columns(item, ("columns", index), files)
    ]
    named = {column.level for column in made if not column.is_data}
    has_analysis = "analysis" in named or analyses is not None
    if files is not None and has_analysis and analyses is None:
        analyses = AnalysisFilter()
    deepest = _deepest(named, files)
    kind: RowKind = "container"
    if files is not None:
        kind = "spec"
    elif "file" in named:
        kind = "file"
    elif has_analysis:
        kind = "analysis"
    group_by = _group_by(spec, made)
    if group_by is None:
        made = [*_identity(spec, deepest, kind, has_analysis), *made]
        made += _file_columns(files)
    elif files is not None and files.process_files:
        made += [column for column in _file_columns(files) if column.expansion == "never"]
    return Plan(
        spec=spec,
        columns=_unique(made),
        group_by=group_by,
        deepest=deepest,
        kind=kind,
        files=files,
        analyses=analyses,
        has_analysis=has_analysis,
    )


def _deepest(named: set[str], files: FileSpec | None) -> str | None:
    levels = named | ({files.container} if files is not None else set())
    return next((level for level in reversed(HIERARCHY) if level in levels), None)


def _rooted(spec: ViewSpec) -> tuple[list[ColumnSpec], FileSpec | None]:
    """Columns such as `session.file.name` or `session.analysis.file.name` as columns of matched files."""
    files, columns = spec.file_spec, []
    for index, column in enumerate(spec.columns):
        parts = column.src.split(".")
        where = 2 if parts[1:3] == ["analysis", "file"] else 1
        if parts[where : where + 1] != ["file"] or parts[0] not in HIERARCHY[1:]:
            columns.append(column)
            continue
        if files is None:
            found = {"container": parts[0], "filter": {"value": "*"}, "match": "all", "processFiles": False}
            files = FileSpec.model_validate({**found, "analysisFilter": {} if where == 2 else None})
        if files.container != parts[0]:
            raise at(
                ("columns", index, "src"),
                f"files are matched on one level only, here '{files.container}', not '{parts[0]}'.",
            )
        columns.append(column.model_copy(update={"src": ".".join(parts[where:]), "dst": column.name}))
    return columns, files


def _columns(item: ColumnSpec, place: tuple[str | int, ...], files: FileSpec | None) -> Iterator[Column]:
    is_group = len(members := expand(item)) > 1
    for spec in members:
        level, _, field = spec.src.partition(".")
        if level not in LEVELS or not field:
            known = f"a column is <level>.<field>, with a level of {', '.join(LEVELS)}."
            raise at((*place, "src"), f"there is no '{spec.src}': {known}{suggestion(item.src)}")
        expansion: Expansion = "never"
        if field.endswith(".*"):
            expansion, field = "always", field.removesuffix(".*")
        elif field == "info":
            expansion = "tabular"
        yield Column(
            name=spec.name.removesuffix(".*"),
            level=level,
            field=field,
            place=place,
            type=spec.type,
            formula=_formula(spec, place),
            accumulator=spec.accumulator,
            expansion=expansion,
            is_needed=not is_group and not _always_there(level, field, files),
        )


def _always_there(level: str, field: str, files: FileSpec | None) -> bool:
    """Plain fields of a matched file are part of every file, if empty; only a missing file is missing data."""
    return level == "file" and files is not None and field.partition(".")[0] not in ("info", "classification")


def _formula(spec: ColumnSpec, place: tuple[str | int, ...]) -> Formula | None:
    if not spec.expr:
        return None
    try:
        return compile_formula(spec.expr)
    except BadFormula as error:
        raise at((*place, "expr"), f"{error}.") from None


def _identity(spec: ViewSpec, deepest: str | None, kind: RowKind, has_analysis: bool) -> Iterator[Column]:
    """The id and label columns of each level down to the row's."""
    if deepest is not None and kind in ("container", "spec"):
        levels = HIERARCHY[1 : HIERARCHY.index(deepest) + 1]
    else:  # files or analyses of any level
        levels = HIERARCHY[1:]
    if has_analysis or kind == "analysis":
        levels = (*levels, "analysis")
    for level in levels or ("group",):
        for field, wanted in (("id", spec.include_ids), ("label", spec.include_labels)):
            if wanted:
                yield Column(
                    name=f"{level}.{field}", level=level, field=field, place=("columns",), is_needed=False
                )


def _file_columns(files: FileSpec | None) -> list[Column]:
    if files is None:
        return []
    if not files.process_files:
        made = []
        for index, item in enumerate(files.columns):
            src = item.src if item.src.startswith("file.") else f"file.{item.src}"
            rooted = item.model_copy(update={"src": src, "dst": item.name})
            made += list(_columns(rooted, ("fileSpec", "columns", index), files))
        return made
    if not files.columns:  # every column the files have
        return [
            Column(name="", level="file", field="", place=("fileSpec",), expansion="always", is_data=True)
        ]
    return [
        Column(
            name=item.name,
            level="file",
            field=item.src,
            place=("fileSpec", "columns", index),
            type=item.type,
            formula=_formula(item, ("fileSpec", "columns", index)),
            accumulator=item.accumulator,
            is_data=True,
        )
        for index, item in enumerate(files.columns)
    ]


def _group_by(spec: ViewSpec, made: list[Column]) -> tuple[str, ...] | None:
    """Names of the grouping columns, which are added to the columns when they are not there."""
    accumulated = any(column.accumulator for column in made) or any(
        column.accumulator for column in (spec.file_spec.columns if spec.file_spec else ())
    )
    if spec.group_by is None:
        if not accumulated:
            return None
        names: list[str] = []
    else:
        names = _grouping(spec, made)
    for column in made:
        if column.accumulator is None and column.name not in names:
            raise at(
                (*column.place, "accumulator"),
                f"'{column.name}' is neither in groupBy nor has it an accumulator.",
            )
    return tuple(names)


def _grouping(spec: ViewSpec, made: list[Column]) -> list[str]:
    assert spec.group_by is not None  # noqa: S101 - asked by the caller
    names: list[str] = []
    added: list[Column] = []
    for index, item in enumerate(spec.group_by.columns):
        place = ("groupBy", "columns", index)
        known = next(
            (one for one in made if one.accumulator is None and item.src in (one.name, one.src)), None
        )
        if known is not None:
            names.append(known.name)
        elif spec.file_spec and any(item.src in (one.src, one.name) for one in spec.file_spec.columns):
            names.append(item.src)
        else:
            fresh = list(_columns(item, place, spec.file_spec))
            added += fresh
            names += [column.name for column in fresh]
    made[:0] = added
    return names


def _unique(columns: list[Column]) -> tuple[Column, ...]:
    """The columns without repetitions; two different ones must not have one name."""
    found: dict[str, Column] = {}
    for column in columns:
        known = found.get(column.name)
        if known is None:
            found[column.name] = column
        elif (
            known.src != column.src
            or known.formula
            or column.formula
            or known.accumulator != column.accumulator
        ):
            raise at((*column.place, "dst"), f"the name '{column.name}' is used twice.")
        elif known.type is None and column.type is not None:
            found[column.name] = column
    if len(found) > MAX_RESULT_COLUMNS:
        raise at(("columns",), f"a view has at most {MAX_RESULT_COLUMNS:,} columns.")
    return tuple(found.values())
