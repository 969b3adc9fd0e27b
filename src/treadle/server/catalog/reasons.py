"""Why something is deleted: one of the contract's words, demanded where the project's settings say so (api.md 7)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.server.catalog.tables import container
from treadle.server.kit.errors import Invalid

REASONS = (
    "duplicate_data",
    "data_is_not_part_of_study",
    "data_incomplete_or_corrupt",
    "data_structured_incorrectly",
    "data_has_been_exported_or_moved",
    "container_is_empty",
    "analysis_or_processing_failed_or_cancelled",
    "compliance_consent_withdrawn",
    "compliance_phi",
    "compliance_data_policy",
    "test_data",
    "packfile_cleanup",
)
DEMANDED = "require_delete_reason"  # the project setting


async def check_reason(connection: AsyncConnection, project_id: str | None, reason: str | None) -> None:
    """Invalid for an unknown word, and for none where the project wants one."""
    if reason:
        if reason not in REASONS:
            raise Invalid(f"'delete_reason' must be one of: {', '.join(REASONS)}.")
        return
    if project_id is None:
        return
    demanded = select(container.c.doc["settings"][DEMANDED].astext).where(container.c.id == project_id)
    if (await connection.execute(demanded)).scalar_one_or_none() == "true":
        raise Invalid(
            f"This project wants a reason for every deletion: 'delete_reason', one of: {', '.join(REASONS)}."
        )
