"""OpenID Connect: authorization code with PKCE at any provider that publishes its metadata.

What comes back is believed only after the ID token's signature, issuer, audience, times and nonce were checked.
"""

from __future__ import annotations

import time
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from treadle.server.access.oidc_claims import Claims, Passage, ProviderTrouble
from treadle.server.kit.settings import OidcSettings

_TIMEOUT_S = 10.0
_KEPT_S = 3600.0
_LEEWAY_S = 60
# Signatures with public keys only: "none" and shared secrets are not accepted.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

_documents: dict[str, tuple[float, dict[str, Any]]] = {}


async def _document(client: httpx2.AsyncClient, url: str, *, fresh: bool = False) -> dict[str, Any]:
    kept = _documents.get(url)
    if kept and not fresh and time.monotonic() - kept[0] < _KEPT_S:
        return kept[1]
    answer = await client.get(url)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    _documents[url] = (time.monotonic(), found)
    return found


class Provider:
    """The site's OpenID provider."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._issuer = str(settings.issuer)

    async def _metadata(self, client: httpx2.AsyncClient) -> dict[str, Any]:
        found = await _document(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._issuer.rstrip("/"):
            raise ProviderTrouble("its metadata names another issuer")
        return found

    def _client(self, metadata: dict[str, Any]) -> Any:
        offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        return AsyncOAuth2Client(
            self._settings.client_id,
            self._settings.client_secret,
            scope=self._settings.scopes,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=method if self._settings.client_secret else "none",
            timeout=_TIMEOUT_S,
        )

    async def address(self, passage: Passage) -> str:
        """Where to send the browser; ProviderTrouble when the provider does not answer."""
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_S) as plain:
                metadata = await self._metadata(plain)
            async with self._client(metadata) as client:
                url, _ = client.create_authorization_url(
                    metadata["authorization_endpoint"],
                    state=passage.state,
                    nonce=passage.nonce,
                    code_verifier=passage.verifier,
                )
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            raise ProviderTrouble(_named(error)) from error
        return str(url)

    async def claims(self, code: str, passage: Passage) -> Claims:
        """Whom the code stands for."""
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_S) as plain:
                metadata = await self._metadata(plain)
                async with self._client(metadata) as client:
                    token = await client.fetch_token(
                        metadata["token_endpoint"], code=code, code_verifier=passage.verifier
                    )
                    found = await self._checked(plain, metadata, str(token["id_token"]), passage.nonce)
                    if "email" not in found and "userinfo_endpoint" in metadata:
                        found = await _with_userinfo(client, metadata["userinfo_endpoint"], found)
        except (httpx2.HTTPError, OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderTrouble(_named(error)) from error
        return self._as_claims(metadata["issuer"], found)

    async def _checked(
        self, client: httpx2.AsyncClient, metadata: dict[str, Any], id_token: str, nonce: str
    ) -> dict[str, Any]:
        """The ID token's claims (OpenID Connect Core 3.1.3.7)."""
        try:
            token = await self._decoded(client, metadata["jwks_uri"], id_token, fresh=False)
        except (JoseError, ValueError):  # the provider may have changed its keys
            token = await self._decoded(client, metadata["jwks_uri"], id_token, fresh=True)
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": str(self._settings.client_id)},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        claims: dict[str, Any] = dict(token.claims)
        registry.validate(claims)
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise ProviderTrouble("the ID token was made for another client")
        return claims

    async def _decoded(
        self, client: httpx2.AsyncClient, keys_url: str, id_token: str, *, fresh: bool
    ) -> jwt.Token:
        keys = await _document(client, keys_url, fresh=fresh)
        return jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))  # type: ignore[arg-type]

    def _as_claims(self, issuer: str, found: dict[str, Any]) -> Claims:
        email = str(found.get("email") or "").strip()
        said = found.get("email_verified")
        first, _, last = str(found.get("name") or "").partition(" ")
        return Claims(
            issuer=issuer,
            subject=str(found["sub"]),
            email=email or None,
            email_verified=said is True or said == "true" or (said is None and self._settings.trust_email),
            firstname=str(found.get("given_name") or first)[:256],
            lastname=str(found.get("family_name") or last)[:256],
        )


async def _with_userinfo(client: Any, url: str, claims: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(url)
    answer.raise_for_status()
    more: dict[str, Any] = answer.json()
    if more.get("sub") != claims["sub"]:
        raise ProviderTrouble("its userinfo is about somebody else")
    return {**more, **claims}


def _named(error: Exception) -> str:
    """What went wrong, without anything secret: addresses with codes stay out."""
    name = getattr(error, "error", None)
    return f"{type(error).__name__} {name}" if isinstance(name, str) else type(error).__name__
