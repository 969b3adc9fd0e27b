"""What this room refuses."""

from __future__ import annotations

from treadle.server.kit.errors import Invalid, NotFound


class RuleMissing(NotFound):
    """There is no such gear rule here."""

    code = "rules.missing"


class BadPatterns(Invalid):
    """Cannot compile regex patterns."""

    code = "rules.bad_patterns"

    def __init__(self, patterns: list[str]) -> None:
        super().__init__(
            f"Cannot compile regex patterns: {', '.join(patterns)}",
            detail={"reason": "Cannot compile regex patterns", "patterns": patterns},
        )
