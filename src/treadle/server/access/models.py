"""The documents' forms for the OpenAPI description; answers themselves are rendered by `access.wire`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from treadle.server.wire.model import Model

Access = Literal["ro", "rw", "admin"]


class Document(Model):
    """Base of answer models: documents may carry more than is described."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class ScopeDocument(Model):
    """What a key is restricted to; null: no limit."""

    projects: list[str] | None = None
    actions: list[str] | None = None


class KeyDocument(Document):
    """An API key; `key` is its public part."""

    label: str
    key: str
    created: datetime
    last_used: datetime | None = None
    expires_at: datetime | None = None
    scope: ScopeDocument | None = None


class NewKeyDocument(KeyDocument):
    """An API key with its secret, shown this once."""

    unencrypted_secret: str


class PublicUserDocument(Document):
    """What every user may know of another."""

    id: str = Field(alias="_id")
    firstname: str
    lastname: str
    email: str
    avatar: str | None = None
    roles: list[str]
    root: bool
    disabled: bool


class UserDocument(PublicUserDocument):
    """A user as they and administrators see them."""

    preferences: dict[str, Any] = {}
    info: dict[str, Any] = {}
    has_password: bool = False
    api_keys: list[KeyDocument] = []
    firstlogin: datetime | None = None
    lastlogin: datetime | None = None
    created: datetime | None = None
    modified: datetime | None = None
    deleted: datetime | None = None


class LoginDocument(Document):
    """Who is logged in, and the text every change must repeat in X-CSRF-Token."""

    user: UserDocument
    csrf: str | None
    recovery_codes: list[str] | None = None


class OidcMethod(Model):
    """The OpenID provider."""

    label: str


class SecondFactorDocument(Model):
    """One's own second factor; `available` when there is a password to protect."""

    enabled: bool
    recovery_codes_left: int
    required: bool
    available: bool


class EnrolmentDocument(Model):
    """What an authenticator app takes; `picture` is a QR code as a data address."""

    secret: str
    uri: str
    picture: str


class RecoveryCodes(Model):
    """Shown once."""

    recovery_codes: list[str]


class DicomSite(Model):
    """Where scanners send to."""

    ae_title: str
    port: int


class SiteDocument(Model):
    """What the web app shows of the site."""

    name: str
    dicom: DicomSite


class MeDocument(LoginDocument):
    """Who is logged in, and where."""

    site: SiteDocument


class LoginMethods(Model):
    """How one may log in, and who is logged in already."""

    site_name: str
    passwords: bool
    oidc: OidcMethod | None
    me: MeDocument | None


class OriginDocument(Model):
    """Who did something."""

    type: str
    id: str | None


class AuthStatus(Model):
    """Who the credentials belong to."""

    origin: OriginDocument
    user_id: str | None
    user_is_admin: bool
    is_device: bool
    roles: list[str]


class RoleDocument(Document):
    """A role."""

    id: str = Field(alias="_id")
    label: str
    default_flywheel_role: Access | None = None
    actions: list[str]
    in_use: bool


class RoleProject(Model):
    """A project in which people have a role."""

    id: str = Field(alias="_id")
    label: str
    users: int


class RoleGroup(Model):
    """A group that may give a role."""

    id: str = Field(alias="_id")
    label: str


class RoleUses(Model):
    """Where a role is used."""

    total_users: int
    total_projects: int
    projects: list[RoleProject]
    groups: list[RoleGroup]


class ActionDocument(Document):
    """An action in the catalogue."""

    action: str
    label: str
    group: str
    required: bool
    implies: list[str]


class AccessDocument(Document):
    """A user's access to a group."""

    id: str = Field(alias="_id")
    access: Access


class RolesDocument(Document):
    """A user's roles in a project or template."""

    id: str = Field(alias="_id")
    role_ids: list[str]


class SelfProject(Model):
    """My roles in a project and what they allow together."""

    role_ids: list[str]
    actions: list[str]


class SelfPermissions(Model):
    """What I may do, everywhere."""

    site_roles: list[str]
    groups: dict[str, Access]
    projects: dict[str, SelfProject]


class SpotDocument(Document):
    """What was asked about."""

    id: str = Field(alias="_id")
    level: str
    label: str


class WayDocument(Document):
    """One reason: a role in the project (`template`: the group's template names it too), access, a site role."""

    role: str
    role_id: str | None
    source: Literal["project", "template", "group", "collection", "site"]
    actions: list[str]


class StandingDocument(Document):
    """What a user may do in a place, and through what."""

    user: str
    name: str
    container: SpotDocument
    sees: bool
    may: list[str]
    through: list[WayDocument]
    sentence: str


class StandingList(Model):
    """A page of those who may."""

    count: int
    total: int
    results: list[StandingDocument]


class TouchedPerson(Model):
    """Whose rights would change, in how many projects."""

    user: str
    projects: int
    gains: list[str]
    loses: list[str]


class TouchedProject(Document):
    """Where rights would change, and of how many people."""

    id: str = Field(alias="_id")
    label: str
    people: int


class PreviewDocument(Model):
    """What a change would touch: the first hundred people and projects, and how many there are of everything."""

    people: list[TouchedPerson]
    projects: list[TouchedProject]
    totals: dict[str, int]
    unmanaged_projects: int
    refused: str | None
    sentence: str


class DeviceDocument(Document):
    """A device."""

    id: str = Field(alias="_id")
    label: str
    type: str
    key: str | None = None
    disabled: bool
    last_seen: datetime | None = None


class IncidentDocument(Model):
    """Something that was wrong with a device."""

    id: str = Field(alias="_id")
    device: str
    kind: str
    detail: str
    opened: datetime
    closed: datetime | None
    told: list[str]


class DeviceStatus(Model):
    """How a device is."""

    status: Literal["ok", "missing", "error", "unknown"]
    last_seen: datetime | None
    errors: list[str]


class AccessLogLine(Document):
    """One line of the access log."""

    id: str = Field(alias="_id")
    access_type: str
    context: dict[str, Any]
    origin: OriginDocument
    request_method: str
    request_path: str
    timestamp: datetime


class AccessLogRecord(AccessLogLine):
    """Everything a record of the access log says."""

    number: int
    request_id: str | None
    address: str | None
    client: str | None
    reason: str | None
