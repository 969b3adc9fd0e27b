"""What the places of a result row are called, once objects are spread over columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from treadle.server.search.errors import at
from treadle.server.search.views.plan import Expansion, Plan

ERRORS = "errors"
MAX_KEYS = 2000


@dataclass
class Layout:
    """The columns of a result; the keys of spread objects are learned from the rows."""

    names: list[str]
    expansions: list[Expansion]
    shows_errors: bool = True
    has_errors: bool = False
    rows: int = 0
    keys: dict[int, dict[str, None]] = field(default_factory=dict)  # ordered sets

    @classmethod
    def of(cls, plan: Plan) -> Layout:
        """The layout before any row is seen."""
        return cls(
            names=[column.name for column in plan.columns],
            expansions=[column.expansion for column in plan.columns],
            shows_errors=plan.spec.error_column,
            keys={index: {} for index, column in enumerate(plan.columns) if column.expansion != "never"},
        )

    @property
    def is_known(self) -> bool:
        """Whether the header needs no look at the rows."""
        return not self.keys

    def learn(self, rows: Sequence[tuple[str | None, list[Any]]]) -> None:
        """Take in the keys and errors of a batch."""
        self.rows += len(rows)
        for error, values in rows:
            if error is not None:
                self.has_errors = True
            for index, known in self.keys.items():
                value = values[index]
                if isinstance(value, dict) and not known.keys() >= value.keys():
                    known.update(dict.fromkeys(value))
                    if len(known) > MAX_KEYS:
                        raise at(
                            ("columns",),
                            f"'{self.names[index] or 'the files'}' would need more than {MAX_KEYS:,} columns;"
                            " name the ones you need.",
                        )

    def header(self) -> list[tuple[str, int, str | None]]:
        """Columns of a table: name, place in the row, and key when an object is spread."""
        taken = {
            name for name, expansion in zip(self.names, self.expansions, strict=True) if expansion == "never"
        }
        found: list[tuple[str, int, str | None]] = []
        for index, name in enumerate(self.names):
            if index not in self.keys:
                found.append((name, index, None))
                continue
            for key in self.keys[index]:
                found.append((free_name(f"{name}.{key}" if name else key, taken), index, key))
        return found

    def document(self) -> dict[str, Any]:
        """As it is kept beside a stored result."""
        return {
            "names": self.names,
            "expansions": self.expansions,
            "shows_errors": self.shows_errors,
            "has_errors": self.has_errors,
            "rows": self.rows,
            "keys": {str(index): list(keys) for index, keys in self.keys.items()},
        }

    @classmethod
    def read(cls, document: dict[str, Any]) -> Layout:
        """The layout that was kept."""
        keys = {int(index): dict.fromkeys(names) for index, names in document["keys"].items()}
        return cls(**{**document, "keys": keys})


def free_name(name: str, taken: set[str]) -> str:
    """The name, or one made from it that no column of the view has."""
    return f"file.{name}" if name in taken else name
