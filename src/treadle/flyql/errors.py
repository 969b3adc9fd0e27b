"""What is wrong with a query, and where."""

from __future__ import annotations

from typing import Any


class FlyqlError(ValueError):
    """The text is no query. `line` and `pos` count from 1, `offset` from 0, in code points."""

    def __init__(self, text: str, offset: int, message: str, suggestion: str | None = None) -> None:
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.pos = offset - text.rfind("\n", 0, offset)
        self.message = message
        self.suggestion = suggestion
        super().__init__(f"{self.line}:{self.pos} - {message}")

    @property
    def told(self) -> str:
        """Place, message and suggestion in one line."""
        if self.suggestion is None:
            return str(self)
        return (
            f"{self}: {self.suggestion if ' ' in self.suggestion else f'did you mean `{self.suggestion}`?'}"
        )

    def wire(self) -> dict[str, Any]:
        said = {"line": self.line, "pos": self.pos, "offset": self.offset, "message": self.message}
        return said | ({"suggestion": self.suggestion} if self.suggestion else {})


class TreeError(ValueError):
    """A JSON tree is no query. `where` leads to the place, as in `args[1].value`."""

    def __init__(self, where: str, message: str) -> None:
        self.where = where
        self.message = message
        super().__init__(f"{where}: {message}" if where else message)
