"""Request models and documents of this room (api.md 8, roles.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from treadle.server.access import dialect
from treadle.server.access.accesslog import Line
from treadle.server.access.devices import Device, status_of
from treadle.server.access.grants import GroupEntry, RoleEntry
from treadle.server.access.identity import Scope
from treadle.server.access.keys import ApiKey, NewKey
from treadle.server.access.roles import BUILTIN_IDS, Role
from treadle.server.access.second_factor import Enrolment
from treadle.server.access.users import User
from treadle.server.wire.body import Wire
from treadle.server.wire.dialect import Client


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _link(value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must be an http or https address")
    return value or None


Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=256)]
Link = Annotated[Annotated[str, StringConstraints(max_length=2000)] | None, AfterValidator(_link)]
Instant = Annotated[datetime, AfterValidator(_aware)]
Access = Literal["ro", "rw", "admin"]
SiteRole = Literal["public", "user", "developer", "site_admin"]
Id = Annotated[str, Field(validation_alias=AliasChoices("_id", "id"), min_length=1, max_length=256)]


# What comes in


class UserChange(Wire):
    """Fields of a user; only those sent count."""

    firstname: Name | None = None
    lastname: Name | None = None
    email: Name | None = None
    avatar: Link = None
    roles: list[SiteRole] | None = None
    root: bool | None = None
    disabled: bool | None = None
    preferences: dict[str, Any] | None = None
    password: str | None = Field(default=None, max_length=1024)


class UserInput(UserChange):
    """A new user."""

    id: Id


class ScopeInput(Wire):
    """What a key is restricted to; a part left out does not restrict."""

    projects: list[str] | None = Field(default=None, min_length=1, max_length=1000)
    actions: list[str] | None = Field(default=None, min_length=1, max_length=500)


class KeyInput(Wire):
    """A new API key."""

    label: Name = ""
    expires_at: Instant | None = None
    scope: ScopeInput | None = None

    def fields(self) -> dict[str, Any]:
        """What the key is made with."""
        scope = self.scope or ScopeInput()
        actions = None if scope.actions is None else dialect.read(scope.actions)
        return {
            "label": self.label,
            "expires_at": self.expires_at,
            "scope": Scope(
                projects=None if scope.projects is None else frozenset(scope.projects),
                actions=None if actions is None else actions | {"containers_view_metadata"},
            ),
        }


class LoginInput(Wire):
    """E-mail address and password."""

    email: str = Field(max_length=256)
    password: str = Field(max_length=10_000)
    code: str | None = Field(default=None, max_length=64)


class CodeInput(Wire):
    """A code of the authenticator app, or a recovery code."""

    code: str = Field(min_length=1, max_length=64)


class PasswordChange(Wire):
    """The old and the new password."""

    old: str = Field(max_length=10_000)
    new: str = Field(max_length=10_000)


class PasswordReset(Wire):
    """A new password, set by an administrator."""

    password: str = Field(max_length=10_000)


class RoleInput(Wire):
    """A new role."""

    label: Label
    actions: list[str] = Field(max_length=500)


class RoleChange(Wire):
    """Changes to a role."""

    label: Label | None = None
    actions: list[str] | None = Field(default=None, max_length=500)


class PoolInput(Wire):
    """A role for a group's pool."""

    id: Id


class AccessChange(Wire):
    """A user's new access to a group."""

    access: Access


class AccessInput(AccessChange):
    """A user's first access to a group."""

    id: Id


class RolesChange(Wire):
    """A user's roles; `access` is the older spelling: one built-in role."""

    role_ids: list[str] | None = Field(default=None, max_length=200)
    access: Access | None = None

    def wanted(self) -> list[str]:
        """The role ids meant."""
        if self.role_ids is None and self.access is not None:
            return [BUILTIN_IDS[self.access]]
        return self.role_ids or []


class RolesInput(RolesChange):
    """A user's first roles."""

    id: Id


class Check(Wire):
    """May I do this in all of these projects?"""

    action: str
    project_ids: list[str] = Field(min_length=1, max_length=10_000)


class DeviceInput(Wire):
    """A new device."""

    label: Label
    type: Label


class DeviceChange(Wire):
    """What an administrator changes of a device."""

    label: Label | None = None
    disabled: bool | None = None


class Heartbeat(Wire):
    """What a device says of itself."""

    type: Label | None = None
    name: Name | None = None
    version: Name | None = None
    interval: int | None = Field(default=None, ge=1, le=31_536_000)
    errors: list[str] | None = Field(default=None, max_length=1000)
    info: dict[str, Any] | None = None


# What goes out


def key_doc(key: ApiKey) -> dict[str, Any]:
    """A key without its secret."""
    return {
        "label": key.label,
        "key": key.id,
        "created": key.created_at,
        "last_used": key.last_used_at,
        "expires_at": key.expires_at,
        "scope": None
        if key.scope is None
        else {"projects": key.scope.projects, "actions": key.scope.actions},
    }


def new_key_doc(made: NewKey) -> dict[str, Any]:
    """A key in the one answer that shows its secret."""
    return {**key_doc(made.key), "unencrypted_secret": made.secret}


def key_text(base_url: str, secret: str) -> str:
    """A key as gears and clients take it: with the address of this site in front."""
    parts = urlsplit(base_url)
    if parts.scheme == "http":
        return f"{parts.hostname}:{parts.port or 80}:__force_insecure:{secret}"
    return f"{parts.hostname}:{parts.port}:{secret}" if parts.port else f"{parts.hostname}:{secret}"


def public_user_doc(user: User) -> dict[str, Any]:
    """What every user may know of another."""
    return {
        "_id": user.id,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        "avatar": user.avatar,
        "roles": list(user.roles),
        "root": user.is_site_admin,
        "disabled": user.disabled,
    }


def user_doc(user: User, keys: Sequence[ApiKey]) -> dict[str, Any]:
    """What the user and administrators see."""
    first = keys[0] if keys else None
    legacy = first and {"key": first.id, "created": first.created_at, "last_used": first.last_used_at}
    return {
        **public_user_doc(user),
        "preferences": user.preferences,
        "info": user.info,
        "has_password": user.password_hash is not None,
        "api_keys": [key_doc(key) for key in keys],
        "api_key": legacy,
        "firstlogin": user.first_login_at,
        "lastlogin": user.last_login_at,
        "created": user.created_at,
        "modified": user.modified_at,
        "deleted": user.deleted_at,
    }


def role_doc(role: Role, client: Client) -> dict[str, Any]:
    """A role in the words this client knows."""
    return {
        "_id": role.id,
        "label": role.label,
        "default_flywheel_role": role.builtin,
        "actions": dialect.shown(role.actions, client.major),
        "in_use": role.in_use,
    }


def access_doc(entry: GroupEntry) -> dict[str, Any]:
    """A user's access to a group."""
    return {"_id": entry.user_id, "access": entry.access}


def roles_doc(entry: RoleEntry) -> dict[str, Any]:
    """A user's roles in a project or template."""
    return {"_id": entry.user_id, "role_ids": list(entry.role_ids)}


def device_doc(device: Device, keys: Sequence[ApiKey] = (), secret: str | None = None) -> dict[str, Any]:
    """A device; `key` only where its secret is just being made."""
    return {
        "_id": device.id,
        "label": device.label,
        "name": device.name or device.label,
        "type": device.type,
        "method": device.type,
        "version": device.version,
        "key": secret,
        "api_keys": [key_doc(key) for key in keys],
        "errors": device.errors,
        "info": device.info,
        "interval": device.interval_s,
        "last_seen": device.last_seen_at,
        "disabled": device.disabled,
        "deleted": device.deleted_at,
        "created": device.created_at,
        "modified": device.modified_at,
    }


def status_doc(devices: Iterable[Device], at: datetime) -> dict[str, Any]:
    """How each device is, by its id."""
    return {
        device.id: {
            "status": status_of(device, at),
            "last_seen": device.last_seen_at,
            "errors": device.errors,
        }
        for device in devices
    }


def access_log_doc(row: Line) -> dict[str, Any]:
    """One line of the access log."""
    return {
        "_id": row.id,
        "access_type": row.access_type,
        "context": row.context,
        "origin": {"type": row.origin_type, "id": row.origin_id},
        "request_method": row.request_method,
        "request_path": row.request_path,
        "timestamp": row.at,
    }


def access_log_record(row: Line) -> dict[str, Any]:
    """Everything a record of the access log says."""
    return {
        "number": row.number,
        **access_log_doc(row),
        "request_id": row.request_id,
        "address": row.address,
        "client": row.client,
        "reason": row.reason,
    }


def enrolment_doc(begun: Enrolment) -> dict[str, Any]:
    """What an authenticator app takes: by picture, by address, or typed."""
    return {"secret": begun.secret, "uri": begun.uri, "picture": begun.picture}
