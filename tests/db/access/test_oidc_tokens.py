"""What an OpenID provider answers is believed only when everything about it is right."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from treadle.server.access.oidc import Passage, Provider, ProviderTrouble
from treadle.server.kit.settings import OidcSettings

PASSAGE = Passage(state="s" * 32, nonce="n" * 32, verifier="v" * 64)


class FalseProvider:
    """A provider that answers with whatever a test wants, signed with keys of our own."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.token, self.userinfo, self.shown, self.metadata = "", {}, self.key, {}
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self, self.path)

            def do_POST(self):
                outer.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.answer(self, self.path)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request, path):
        body = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/me",
                "jwks_uri": f"{self.issuer}/keys",
                **self.metadata,
            },
            "/keys": {"keys": [self.shown.as_dict(private=False)]},
            "/token": {"access_token": "a", "token_type": "Bearer", "id_token": self.token},
            "/me": self.userinfo,
        }[path]
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.wfile.write(json.dumps(body).encode())

    def claims(self, **more):
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": "treadle", "sub": "ann", "nonce": PASSAGE.nonce, "iat": now,
            "exp": now + 300, "email": "ann@example.org", "email_verified": True, **more,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def sign(self, claims, key=None, **header):
        self.token = jwt.encode(
            {"alg": "RS256", "kid": "one", **header},
            claims,
            key or self.key,
            algorithms=["RS256", "HS256", "ES256", "none"],
        )


@pytest.fixture
def false_provider():
    provider = FalseProvider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def ask(false_provider):
    def claims(**settings):
        chosen = OidcSettings(issuer=false_provider.issuer, client_id="treadle", **settings)
        return asyncio.run(Provider(chosen, "http://localhost/back").claims("code", PASSAGE))

    return claims


def test_a_right_token_is_believed(false_provider, ask):
    false_provider.sign(false_provider.claims(given_name="Ann"))
    found = ask()
    assert (found.subject, found.email, found.email_verified) == ("ann", "ann@example.org", True)
    assert found.firstname == "Ann"
    assert f"code_verifier={PASSAGE.verifier}" in false_provider.asked[0]


WRONG = {
    "expired": {"exp": 1, "iat": 0},
    "no expiry": {"exp": None},
    "another issuer": {"iss": "http://evil.example.org"},
    "another audience": {"aud": "other"},
    "another party": {"aud": ["treadle", "other"], "azp": "other"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": None},
    "made in the future": {"iat": int(time.time()) + 3600},
}


@pytest.mark.parametrize("how", WRONG)
def test_a_token_with_a_wrong_claim_is_refused(false_provider, ask, how):
    false_provider.sign(false_provider.claims(**WRONG[how]))
    with pytest.raises(ProviderTrouble):
        ask()


def test_a_token_signed_by_another_key_is_refused(false_provider, ask):
    false_provider.sign(false_provider.claims(), RSAKey.generate_key(2048, {"kid": "one"}))
    with pytest.raises(ProviderTrouble):
        ask()


def test_a_token_signed_with_a_shared_secret_is_refused(false_provider, ask):
    """Neither the client's secret nor the public key's text may serve as a key."""
    false_provider.sign(false_provider.claims(), OctKey.import_key("s" * 64), alg="HS256")
    with pytest.raises(ProviderTrouble):
        ask(client_secret="s" * 64)


def test_an_unsigned_token_is_refused(false_provider, ask):
    false_provider.sign(false_provider.claims())
    _, body, _ = false_provider.token.split(".")
    false_provider.token = f"eyJhbGciOiJub25lIn0.{body}."
    with pytest.raises(ProviderTrouble):
        ask()


def test_new_keys_of_the_provider_are_fetched(false_provider, ask):
    false_provider.sign(false_provider.claims())
    ask()
    false_provider.key = false_provider.shown = ECKey.generate_key("P-256", {"kid": "two"})
    false_provider.sign(false_provider.claims(), alg="ES256", kid="two")
    assert ask().subject == "ann"


def test_userinfo_about_somebody_else_is_refused(false_provider, ask):
    false_provider.sign(false_provider.claims(email=None, email_verified=None))
    false_provider.userinfo = {"sub": "eve", "email": "ann@example.org", "email_verified": True}
    with pytest.raises(ProviderTrouble):
        ask()
    false_provider.userinfo["sub"] = "ann"
    assert ask().email == "ann@example.org"


@pytest.mark.parametrize(
    ("said", "trusted", "believed"), [(None, False, False), (None, True, True), (False, True, False)]
)
def test_an_address_counts_as_verified_only_when_somebody_says_so(
    false_provider, ask, said, trusted, believed
):
    false_provider.sign(false_provider.claims(email_verified=said))
    assert ask(trust_email=trusted).email_verified is believed


def test_metadata_of_another_issuer_are_refused(false_provider, ask):
    false_provider.metadata = {"issuer": "http://evil.example.org"}
    with pytest.raises(ProviderTrouble, match="another issuer"):
        ask()


def test_a_provider_that_does_not_answer_is_trouble_not_a_crash():
    chosen = OidcSettings(issuer="http://127.0.0.1:9", client_id="treadle")
    with pytest.raises(ProviderTrouble):
        asyncio.run(Provider(chosen, "http://localhost/back").address(PASSAGE))
