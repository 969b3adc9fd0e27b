"""Rules that follow their gear to its newest version (`auto_update`)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears.config import ConfigError
from treadle.server.gears.errors import GearMissing
from treadle.server.gears.queries import Gear, gears_by_ids, latest
from treadle.server.kit.clock import now
from treadle.server.rules.plan import lacking
from treadle.server.rules.rows import Rule
from treadle.server.rules.tables import firing, rule


async def follow(connection: AsyncConnection, one: Rule) -> Rule | None:
    """The rule with its newest gear; None when it does not fit that one any more and was disabled."""
    if not one.auto_update:
        return one
    here = (await gears_by_ids(connection, [one.gear_id])).get(one.gear_id)
    if here is None:
        return one
    try:
        newest = await latest(connection, here.name)
    except GearMissing:
        return one
    if newest.id == one.gear_id:
        return one
    config = {key: value for key, value in one.config.items() if key in newest.manifest["config"]}
    moved = replace(one, gear_id=newest.id, config=config, revision=one.revision + 1)
    reason = _misfit(moved, newest)
    await connection.execute(
        update(rule)
        .where(rule.c.id == one.id)
        .values(
            gear_id=newest.id,
            config=config,
            revision=moved.revision,
            modified_at=now(),
            disabled=reason is not None,
        )
    )
    if reason is None:
        return moved
    await connection.execute(
        insert(firing).values(
            rule_id=one.id,
            rule_revision=moved.revision,
            outcome="paused",
            reason=f"It does not fit {newest.name} {newest.version}: {reason}",
        )
    )
    return None


def _misfit(one: Rule, gear: Gear) -> str | None:
    try:
        return lacking(gear, config=one.config, trigger=one.triggering_input, role_id=one.role_id)
    except ConfigError as error:
        return f"{error.key}: {error.reason}"
