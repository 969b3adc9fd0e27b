"""Searches, answered from the term index (README.md)."""

from treadle.server.search.query.facets import Buckets, Facets, Span, facets
from treadle.server.search.query.order import Sort
from treadle.server.search.query.run import Page, search
from treadle.server.search.query.scope import EVERYTHING, Scope, scope_of
from treadle.server.search.query.status import Status, status
from treadle.server.search.query.suggest import FieldHit, ValueHit, children, suggest_fields, suggest_values
from treadle.server.search.query.unknown import unknown_fields

__all__ = [
    "EVERYTHING",
    "Buckets",
    "Facets",
    "FieldHit",
    "Page",
    "Scope",
    "Sort",
    "Span",
    "Status",
    "ValueHit",
    "children",
    "facets",
    "scope_of",
    "search",
    "status",
    "suggest_fields",
    "suggest_values",
    "unknown_fields",
]
