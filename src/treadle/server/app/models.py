"""The documents' forms for the OpenAPI description: what a site says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from treadle.server.catalog.models import Document


class VersionDocument(Document):
    """The releases of the contract and of this software."""

    id: str = Field(alias="_id")
    database: int
    release: str
    flywheel_release: str
    cli_version: str
    treadle_release: str


class SiteAddress(Document):
    """Name and addresses of the site."""

    id: str
    name: str
    api_url: str
    redirect_url: str
    pagination_limit: int | None = None
    dimse_host: str | None = None
    dimse_port: int | None = None


class UploadLimits(Document):
    """How large uploads may be."""

    max_file_bytes: int
    part_bytes: int


class ConfigDocument(Document):
    """What this site offers to clients."""

    site: SiteAddress
    signed_url: bool
    features: dict[str, bool]
    auth: dict[str, Any]
    uploads: UploadLimits


class HealthDocument(Document):
    """State of what the server stands on."""

    database: str
    facts_waiting: int
    blobs: str


class SiteSettings(Document):
    """What administrators set while the site runs."""

    id: str = Field(alias="_id")
    center_gears: list[str]
    deid_profile: Any = None
    created: datetime | None = None
    modified: datetime | None = None


class ProviderDocument(Document):
    """Where files are kept, or an engine."""

    id: str = Field(alias="_id")
    label: str
    provider_class: str
    provider_type: str
    config: dict[str, Any]


class Told(Document):
    """Whether a channel took a message."""

    sent: bool
    error: str | None = None
