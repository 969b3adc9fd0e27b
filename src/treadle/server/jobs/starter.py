"""Who asks for a run, and with whose rights its key will act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from treadle.server.access.guard import Guard


@dataclass(frozen=True, kw_only=True)
class Starter:
    """A caller whose rights are asked (`guard`), or somebody whose rights were judged before: a rule, a retry."""

    origin: tuple[str, str | None]
    guard: Guard | None = None
    user_id: str | None = None
    scope: dict[str, list[str] | None] | None = None
    rule_id: str | None = None
    role_id: str | None = None
    batch_id: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What every job it starts keeps of it."""
        return {
            "origin_type": self.origin[0],
            "origin_id": self.origin[1],
            "user_id": self.user_id,
            "scope": self.scope,
            "rule_id": self.rule_id,
            "role_id": self.role_id,
        }

    @property
    def has_rights(self) -> bool:
        """Whether a key can be made for jobs of this starter: a user's, or a role's in the project."""
        return self.user_id is not None or (self.rule_id is not None and self.role_id is not None)


def caller(guard: Guard, **more: Any) -> Starter:
    """The caller of this request; the key of a job or a restricted one starts jobs that may do no more than itself."""
    identity, scope = guard.identity, guard.identity.scope
    parts = {} if scope is None else {"projects": scope.projects, "actions": scope.actions}
    return Starter(
        guard=guard,
        origin=identity.origin,
        user_id=identity.id if identity.kind == "user" else None,
        scope={name: None if part is None else sorted(part) for name, part in parts.items()} or None,
        rule_id=identity.id if identity.kind == "gear_rule" else None,
        **more,
    )
