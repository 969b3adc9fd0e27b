"""Logging in through a real OpenID provider; and what must not be in logs afterwards."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_kit
import pyotp
import pytest
from fault_kit import Treadle

from treadle.testing.ports import free_port

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("oidc")]

SECRET = "a-client-secret-of-the-site"
PASSWORD = "the-password-of-a-person"
ACCOUNTS = {
    "ann": {"email": "Ann@Example.org", "email_verified": True, "given_name": "Ann", "family_name": "Lee"},
    "bob": {"email": "bob@example.org", "email_verified": False},
    "eve": {"email": "eve@example.org", "email_verified": True},
    "nil": {},
}


@dataclass
class Site:
    treadle: Treadle
    provider: oidc_kit.OpenIdProvider

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.treadle.http}"

    def admin(self) -> httpx.Client:
        return self.treadle.client()

    def add_user(self, user: str, **fields: object) -> None:
        with self.admin() as admin:
            body = {"_id": user, "email": user, "firstname": "A", "lastname": "B", **fields}
            admin.post("/users", json=body).raise_for_status()

    def log(self) -> str:
        logs = [self.treadle.log_path, *self.treadle.home.glob("logs/*.log")]
        return "".join(path.read_text() for path in logs)


def _node() -> str:
    node = shutil.which("node")
    if node is None or not oidc_kit.is_installed():
        if os.environ.get("CI"):
            pytest.fail("missing in CI: node or oidc-provider; run scripts/install-test-peers")
        pytest.skip("the OpenID provider is not installed; run scripts/install-test-peers")
    return node


@pytest.fixture(scope="module", params=[False, True], ids=["userinfo", "id_token"])
def site(request, tmp_path_factory) -> Iterator[Site]:
    """A site with a provider that tells e-mail addresses by userinfo, and one by ID token."""
    node, port = _node(), free_port()
    environ = {
        "TREADLE_OIDC__ISSUER": f"http://127.0.0.1:{port}",
        "TREADLE_OIDC__CLIENT_ID": "treadle",
        "TREADLE_OIDC__CLIENT_SECRET": SECRET,
        "TREADLE_OIDC__LABEL": "the hospital",
        "TREADLE_LOG_LEVEL": "debug",
    }
    treadle = Treadle(tmp_path_factory.mktemp("oidc") / "home", environ)
    callback = f"http://127.0.0.1:{treadle.http}/api/x/login/oidc/callback"
    client = {"client_id": "treadle", "client_secret": SECRET, "redirect_uris": [callback]}
    provider = oidc_kit.OpenIdProvider(port, client, ACCOUNTS, in_id_token=request.param)
    provider.start(node)
    try:
        treadle.start_ready()
        made = Site(treadle, provider)
        made.add_user("ann@example.org")
        yield made
    finally:
        treadle.close()
        provider.stop()


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


def _problem(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    assert "treadle_login" not in answer.cookies
    where = urlsplit(answer.headers["location"])
    assert where.path == "/login"
    return parse_qs(where.query)["problem"][0]


def _me(browser: httpx.Client, site: Site) -> dict:
    return browser.get(f"{site.url}/api/x/me").raise_for_status().json()["user"]


def test_the_login_page_knows_the_provider(site, browser):
    methods = browser.get(f"{site.url}/api/x/login").json()
    assert methods["oidc"] == {"label": "the hospital"}
    assert methods["passwords"] is True


def test_an_account_is_found_by_its_verified_address_and_stays_linked(site, browser):
    answer = oidc_kit.log_in(browser, site.url, "ann", next_page="/projects?q=a")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/projects?q=a"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert _me(browser, site)["_id"] == "ann@example.org"
    with site.admin() as admin:
        admin.put("/users/ann@example.org", json={"email": "new@example.org"}).raise_for_status()
        kinds = {"access_types": "user_linked,user_login", "user": "ann@example.org"}
        lines = admin.get("/report/accesslog", params=kinds).json()
    assert lines[0]["context"]["through"] == site.provider.issuer
    with httpx.Client(timeout=30) as again:
        assert oidc_kit.log_in(again, site.url, "ann").headers["location"] == "/"
        assert _me(again, site)["_id"] == "ann@example.org"


def test_an_unverified_address_opens_nothing(site, browser):
    site.add_user("bob@example.org")
    assert _problem(oidc_kit.log_in(browser, site.url, "bob")) == "oidc_unverified"
    assert _problem(oidc_kit.log_in(browser, site.url, "nil")) == "oidc_unverified"


def test_who_has_no_account_is_told_so(site, browser):
    assert _problem(oidc_kit.log_in(browser, site.url, "eve")) == "oidc_unknown"


def test_a_disabled_account_stays_shut(site, browser):
    site.add_user("eve@example.org")
    with site.admin() as admin:
        admin.put("/users/eve@example.org", json={"disabled": True}).raise_for_status()
        assert _problem(oidc_kit.log_in(browser, site.url, "eve")) == "oidc_disabled"
        admin.delete("/users/eve@example.org").raise_for_status()


def test_a_way_back_counts_once_and_for_one_browser(site, browser):
    """Neither a copied address nor one slipped to somebody else logs anyone in."""
    back = oidc_kit.go_and_return(browser, site.url, "ann").headers["location"]
    with httpx.Client(timeout=30) as other:
        assert _problem(other.get(back)) == "oidc_expired"
    browser.get(back)
    assert _problem(browser.get(back)) == "oidc_expired"


def test_a_changed_state_is_refused(site, browser):
    back = oidc_kit.go_and_return(browser, site.url, "ann").headers["location"]
    assert _problem(browser.get(re.sub(r"state=\w+", "state=x", back))) == "oidc_expired"


def test_a_false_code_is_refused(site, browser):
    back = oidc_kit.go_and_return(browser, site.url, "ann").headers["location"]
    assert _problem(browser.get(re.sub(r"code=[\w-]+", "code=x", back))) == "oidc_trouble"


def test_a_refusal_at_the_provider_is_said(site, browser):
    back = oidc_kit.go_and_return(browser, site.url, "ann").headers["location"]
    state = parse_qs(urlsplit(back).query)["state"][0]
    address = f"{site.url}/api/x/login/oidc/callback"
    refused = browser.get(address, params={"state": state, "error": "access_denied"})
    assert _problem(refused) == "oidc_refused"


@pytest.mark.parametrize("page", ["//example.org", "https://example.org", "/\\example.org", "x", "/a\nb"])
def test_a_login_never_leads_to_another_site(site, browser, page):
    answer = oidc_kit.log_in(browser, site.url, "ann", next_page=page)
    assert answer.headers["location"] == "/"


def test_the_way_there_is_guarded_by_state_nonce_and_pkce(site, browser):
    there = browser.get(f"{site.url}/api/x/login/oidc").headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32


def test_secrets_are_never_logged(site, browser):
    """Whatever was typed, sent or made during logins: not in the logs, not in the access log."""
    user = f"{uuid.uuid4().hex}@example.org"
    site.add_user(user, password=PASSWORD)
    api = f"{site.url}/api"
    login = browser.post(f"{api}/x/login", json={"email": user, "password": PASSWORD})
    csrf = login.json()["csrf"]
    headers = {"X-CSRF-Token": csrf}
    secret = browser.post(f"{api}/x/me/totp", headers=headers).json()["secret"]
    code = pyotp.TOTP(secret).now()
    codes = browser.put(f"{api}/x/me/totp", json={"code": code}, headers=headers).json()["recovery_codes"]
    key = browser.post(f"{api}/users/self/key", json={"label": "k"}, headers=headers).json()
    mistyped = {"email": PASSWORD, "password": user}
    assert browser.post(f"{api}/x/login", json=mistyped).status_code == 401
    assert browser.post(f"{api}/x/login", content=f'{{"password": "{PASSWORD}'.encode()).status_code == 400
    body = {"email": user, "password": PASSWORD, "code": 7}
    assert browser.post(f"{api}/x/login", json=body).status_code == 422
    assert httpx.get(
        f"{api}/users", headers={"Authorization": f"Bearer {key['unencrypted_secret']}x"}
    ).is_error
    with httpx.Client(timeout=30) as other:
        back = oidc_kit.go_and_return(other, site.url, "ann").headers["location"]
        other.get(back)
        passed = {value for values in parse_qs(urlsplit(back).query).values() for value in values}
        tokens = {cookie.value for client in (browser, other) for cookie in client.cookies.jar}
    with site.admin() as admin:
        lines = admin.get("/x/audit/export", params={"format": "ndjson"}).text
    wanted = {SECRET, PASSWORD, csrf, secret, codes[0], key["unencrypted_secret"], site.treadle.key}
    wanted |= tokens | passed - {site.provider.issuer}
    assert len(wanted) >= 10
    logged = site.log()
    assert "role" in logged
    assert [value for value in wanted if value in logged] == []
    assert [value for value in wanted if value in lines] == []
