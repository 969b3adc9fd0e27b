"""Fields of a view's columns as SQL, on the table alias that stands for their level."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, literal_column

from treadle.server.catalog.fields import container_field, file_field
from treadle.server.search.views.columns import UNUSED
from treadle.server.store.filtering import Field

NOTHING = Field(literal_column("NULL", Text), "text")


def level_field(level: str, name: str, table: Any) -> Field | None:
    """What the field of this level is; None when there is no such thing."""
    if name.partition(".")[0] in UNUSED:
        return NOTHING
    if name == "info":
        return Field(table.c.info, "json")
    if level == "file" and name == "classification":  # as in the file's document: empty, not null
        return Field(table.c.classification, "json")
    if level == "file":
        return file_field(name)
    return container_field(level, name, table)
