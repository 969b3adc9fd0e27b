"""Gears as the clients read them (gears.md 3)."""

from __future__ import annotations

from typing import Any

from treadle.server.gears.queries import Gear
from treadle.server.wire.answer import stamp


def gear_doc(gear: Gear) -> dict[str, Any]:
    """A gear document."""
    return {
        "_id": gear.id,
        "category": gear.category,
        "gear": gear.manifest,
        "exchange": gear.exchange or None,
        "created": stamp(gear.created_at),
        "modified": stamp(gear.modified_at),
        "disabled": stamp(gear.disabled_at),
    }


def gear_node(gear: Gear) -> dict[str, Any]:
    """A gear on a path of labels."""
    return {**gear_doc(gear), "container_type": "gear", "node_type": "gear", "permissions": []}
