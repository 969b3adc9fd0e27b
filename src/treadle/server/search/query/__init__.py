"""Searches, answered from the term index (README.md)."""

from treadle.server.search.query.order import Sort
from treadle.server.search.query.run import Page, search
from treadle.server.search.query.scope import EVERYTHING, Scope, scope_of

__all__ = ["EVERYTHING", "Page", "Scope", "Sort", "scope_of", "search"]
