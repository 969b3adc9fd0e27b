"""A data view as clients send it (api.md 15): read leniently, checked strictly, places named."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from treadle.server.search.errors import at
from treadle.server.store.regex import postgres_regex
from treadle.server.wire.body import Wire
from treadle.server.wire.filters import MAX_PATTERN

Match = Literal["first", "last", "newest", "oldest", "all"]
ColumnType = Literal["int", "float", "string", "bool", "object"]
Accumulator = Literal["count", "sum", "mean", "standard_deviation", "minimum", "maximum"]
MAX_COLUMNS = 500
MAX_TEXT = 500


class NameFilter(Wire):
    """Which names match: wildcards `*` and `?`, or a regular expression searched anywhere."""

    value: str | None = Field(default=None, max_length=MAX_PATTERN)
    regex: bool = False

    @field_validator("regex", mode="before")
    @classmethod
    def _null_is_false(cls, value: Any) -> Any:
        return False if value is None else value

    @property
    def pattern(self) -> str | None:
        """A regular expression to search with; None when every name matches."""
        if self.value in (None, "", "*") and not self.regex:
            return None
        if self.regex:
            return self.value or ""
        letters = (_WILD.get(letter) or re.escape(letter) for letter in self.value or "")
        return rf"\A{''.join(letters)}\Z"


_WILD = {"*": "(?:.|\n)*", "?": "(?:.|\n)"}


class AnalysisFilter(Wire):
    """Which analyses' files are meant."""

    label: NameFilter | None = None
    gear_name: NameFilter | None = Field(default=None, alias="gear.name")
    gear_version: NameFilter | None = Field(default=None, alias="gear.version")


class ZipMember(NameFilter):
    """Which members of a zip are read."""

    match: Match | None = None


class ColumnSpec(Wire):
    """One column."""

    src: str = Field(min_length=1, max_length=MAX_TEXT)
    dst: str | None = Field(default=None, max_length=MAX_TEXT)
    type: ColumnType | None = None
    expr: str | None = Field(default=None, max_length=MAX_TEXT)
    accumulator: Accumulator | None = None

    @property
    def name(self) -> str:
        """The column's name in the result."""
        return self.dst or self.src


class GroupBy(Wire):
    """The columns whose equal values make one row."""

    columns: list[ColumnSpec] = Field(min_length=1, max_length=MAX_COLUMNS)

    @field_validator("columns", mode="before")
    @classmethod
    def _names_are_columns(cls, value: Any) -> Any:
        if isinstance(value, list):
            return [{"src": item} if isinstance(item, str) else item for item in value]
        return value


class FileSpec(Wire):
    """The files that rows are read from or told about."""

    container: Literal["project", "subject", "session", "acquisition"]
    filter: NameFilter
    analysis_filter: AnalysisFilter | None = Field(default=None, alias="analysisFilter")
    zip_member: ZipMember | None = Field(default=None, alias="zipMember")
    match: Match = "first"
    format: Literal["csv", "tsv", "json"] | None = None
    format_options: dict[str, Any] = Field(default_factory=dict, alias="formatOptions")
    process_files: bool = Field(default=True, alias="processFiles")
    columns: list[ColumnSpec] = Field(default_factory=list, max_length=MAX_COLUMNS)

    @field_validator("match", "format_options", "process_files", "columns", mode="before")
    @classmethod
    def _null_is_default(cls, value: Any, info: Any) -> Any:
        return (
            cls.model_fields[info.field_name].get_default(call_default_factory=True)
            if value is None
            else value
        )


class ViewSpec(Wire):
    """A whole view."""

    label: str | None = Field(default=None, max_length=MAX_TEXT)
    description: str | None = Field(default=None, max_length=10_000)
    columns: list[ColumnSpec] = Field(default_factory=list, max_length=MAX_COLUMNS)
    group_by: GroupBy | None = Field(default=None, alias="groupBy")
    filter: str | None = Field(default=None, max_length=10_000)
    file_spec: FileSpec | None = Field(default=None, alias="fileSpec")
    include_ids: bool = Field(default=True, alias="includeIds")
    include_labels: bool = Field(default=True, alias="includeLabels")
    error_column: bool = Field(default=True, alias="errorColumn")
    missing_data_strategy: Literal["none", "drop-row"] = Field(default="none", alias="missingDataStrategy")
    sort: bool = True

    @field_validator(
        "columns",
        "include_ids",
        "include_labels",
        "error_column",
        "missing_data_strategy",
        "sort",
        mode="before",
    )
    @classmethod
    def _null_is_default(cls, value: Any, info: Any) -> Any:
        return (
            cls.model_fields[info.field_name].get_default(call_default_factory=True)
            if value is None
            else value
        )

    @property
    def document(self) -> dict[str, Any]:
        """The view in the clients' names, without what is not said."""
        return self.model_dump(by_alias=True, exclude_none=True)


def read_view(body: Any, place: tuple[str | int, ...] = ()) -> ViewSpec:
    """The view of a request; ViewInvalid names the place of what is wrong."""
    try:
        spec = ViewSpec.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise at((*place, *first["loc"]), first["msg"]) from None
    if not spec.columns and spec.file_spec is None:
        raise at((*place, "columns"), "name at least one column, or files to read.")
    if spec.file_spec is not None:
        _check_patterns(spec.file_spec, place)
    return spec


def _check_patterns(spec: FileSpec, place: tuple[str | int, ...]) -> None:
    analyses = spec.analysis_filter or AnalysisFilter()
    named = {
        ("filter",): spec.filter,
        ("zipMember",): spec.zip_member,
        ("analysisFilter", "label"): analyses.label,
        ("analysisFilter", "gear.name"): analyses.gear_name,
        ("analysisFilter", "gear.version"): analyses.gear_version,
    }
    for where, names in named.items():
        if names is None or names.pattern is None:
            continue
        try:
            re.compile(names.pattern)
            postgres_regex(names.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise at((*place, "fileSpec", *where, "value"), f"bad regular expression: {error}.") from None
