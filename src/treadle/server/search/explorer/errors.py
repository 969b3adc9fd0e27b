"""What the data explorer refuses."""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, Invalid, NotFound


class SavedQueryMissing(NotFound):
    """There is no such saved query, or you may not see it."""

    code = "saved_query_missing"


class QueryInvalid(Invalid):
    """The query cannot be read; `errors` says where."""

    code = "query_invalid"


class SearchSiteMissing(NotFound):
    """There is no such site to search."""

    code = "search_site_missing"


class SearchSiteSilent(Conflict):
    """The other site cannot be reached, or does not answer as such a site does."""

    code = "search_site_silent"


class SearchSiteRefuses(Invalid):
    """The other site does not accept this key."""

    code = "search_site_refuses"
