"""The documents' forms for the OpenAPI description: searches, suggestions, saved queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from treadle.server.catalog.models import Document, Reference, RoleEntry
from treadle.server.wire.model import Model


class SearchObject(Document):
    """Something that is named in a result, with what identifies it."""

    id: str = Field(alias="_id")
    label: str | None = None


class SearchParent(Model):
    """What a file or analysis is attached to."""

    id: str = Field(alias="_id")
    type: str


class SearchResult(Document):
    """One found object with its chain."""

    return_type: str
    group: SearchObject | None = None
    project: SearchObject | None = None
    subject: SearchObject | None = None
    session: SearchObject | None = None
    acquisition: SearchObject | None = None
    analysis: SearchObject | None = None
    file: SearchObject | None = None
    collection: SearchObject | None = None
    parent: SearchParent | None = None
    permissions: list[RoleEntry] = Field(default_factory=list)
    restricted: bool | None = None


class SearchHit(Document):
    """A result of the long form."""

    id: str = Field(alias="_id")
    source: SearchResult = Field(alias="_source")
    site: str | None = None
    values: list[Any] | None = None


class SiteAnswer(Document):
    """How one site answered a search over several."""

    status: Literal["ok", "timeout", "unauthorized", "error", "unsupported"]
    total: int | None = None
    total_relation: Literal["eq", "gte"] | None = None
    ms: int


class SearchPage(Document):
    """A page of results, with how many there are."""

    results: list[SearchHit]
    total: int | None = None
    total_relation: Literal["eq", "gte"]
    restricted_total: int | str | None = None
    cursor: str | None = None
    facets: dict[str, Any] | None = None
    sites: dict[str, SiteAnswer] | None = None


class FoundByName(Model):
    """Objects whose label or name holds a text, level by level."""

    results: list[SearchResult]


class Facets(Model):
    """Counts of the values of some fields over the whole result."""

    facets: dict[str, Any]


class Problem(Document):
    """A mistake in a query, with its place: line and pos from 1, offset from 0."""

    line: int
    pos: int
    offset: int
    message: str
    suggestion: str | None = None


class Warning(Document):
    """Something in a query that is legal, but finds nothing."""

    offset: int
    message: str
    suggestion: str | None = None


class Parsed(Document):
    """What a query means."""

    valid: bool
    errors: list[Problem]
    ast: dict[str, Any] | None = None
    canonical: str | None = None
    warnings: list[Warning] = Field(default_factory=list)


class Printed(Model):
    """A query as text."""

    structured_query: str


class Suggestion(Document):
    """One way to go on; `value` is ready to be put in."""

    display: str
    value: str
    type: str | None = None
    facet: bool | None = None
    count: int | None = None


class Suggestions(Model):
    """Ways to go on; they replace the text from this offset."""

    from_: int = Field(alias="from")
    suggestions: list[Suggestion]


class SearchStatus(Document):
    """Whether everything can be found."""

    status: Literal["up-to-date", "indexing", "reindex", "error"]
    last_seen: datetime | None = None


class SearchField(Document):
    """A field that can be searched."""

    name: str
    type: str
    facet: bool


class Buckets(Document):
    """The values of one field, counted."""

    buckets: list[dict[str, Any]] | None = None


class Node(Model):
    """A found object, for calls that take many."""

    level: str
    id: str = Field(alias="_id")


class Nodes(Model):
    """All found objects."""

    nodes: list[Node]


class SavedQueryDocument(Document):
    """A saved query."""

    id: str = Field(alias="_id")
    label: str
    description: str | None = None
    search: dict[str, Any]
    parent: Reference
    origin: Reference
    created: datetime
    modified: datetime
    errors: list[Problem] | None = None
