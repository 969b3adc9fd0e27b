"""The documents' forms for the OpenAPI description: data views, their executions, reports of usage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from treadle.server.catalog.models import Document, Reference


class ViewDocument(Document):
    """A saved data view; the rest is its definition."""

    id: str = Field(alias="_id")
    parent: str
    label: str | None = None
    description: str | None = None
    origin: Reference
    created: datetime
    modified: datetime
    revision: int


class ViewColumn(Document):
    """A name that columns of a view may have."""

    name: str
    src: str | None = None
    type: str | None = None
    description: str | None = None
    group: list[str] | None = None
    expr: str | None = None
    hidden: bool = False


class ExecutionDocument(Document):
    """A data view that runs or has run."""

    id: str = Field(alias="_id")
    state: str
    error: str | None = None
    user_id: str | None = None
    project_id: str | None = None
    container: Reference
    data_view_id: str | None = None
    data_view_label: str | None = None
    rows: int | None = None
    created: datetime
    modified: datetime
    timestamp_ran: datetime | None = None
    expires_on: datetime
    revision: int


class GroupCount(Document):
    """A group with what is in it."""

    label: str
    project_count: int
    session_count: int


class SiteReport(Document):
    """What is on this site."""

    group_count: int
    groups: list[GroupCount]


class ProjectReport(Document):
    """People of one project, counted."""

    name: str
    group_name: str
    admins: list[dict[str, Any]]


class ProjectReports(Document):
    """The report of several projects."""

    projects: list[ProjectReport]


class DayUsage(Document):
    """One project on one day."""

    year: int
    month: int
    day: int
    project: str
    project_label: str
    group: str
    group_label: str
    session_count: int
    center_storage_bytes: int
    center_storage_soft_deleted_bytes: int


class MonthUsage(Document):
    """One project in one month."""

    project: str
    project_label: str
    group: str
    session_count: int
    days: int
    total_storage_byte_day: int
    total_storage_soft_deleted_byte_day: int


class Month(Document):
    """A month."""

    year: int
    month: int


class UsageMonths(Document):
    """The months that can be reported."""

    available_reports: list[Month]


class LegacyUsage(Document):
    """What was there at the end of a period, as older clients read it."""

    gear_execution_count: int
    file_mbs: float
    session_count: int


class UsageSummary(Document):
    """Files, bytes and sessions at the start and end of a period."""

    period_start: str
    period_end: str
    files_total_managed_count_start: int
    files_total_managed_count_end: int
    managed_data_bytes_start: int
    managed_data_bytes_end: int
    session_count_start: int
    session_count_end: int
