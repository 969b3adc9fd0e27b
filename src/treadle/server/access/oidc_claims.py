"""What comes of a login through an OpenID provider."""

from __future__ import annotations

from dataclasses import dataclass


class ProviderTrouble(Exception):
    """The provider cannot be reached, or what it answered cannot be believed."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    firstname: str
    lastname: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """The secrets of one way to the provider and back."""

    state: str
    nonce: str
    verifier: str
