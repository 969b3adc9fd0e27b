"""Two-step login: set up on the account page, used at the login page, demanded by a site."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pyotp
import pytest
from e2e_kit import Server
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[2] / "flow"))

import oidc_kit
from fault_kit import Treadle

from treadle.testing.ports import free_port

PASSWORD = "a good long password"


@pytest.fixture
def user(server: Server) -> str:
    """A person with a password."""
    name = f"e2e{uuid4().hex[:8]}@example.org"
    server.post("/users", {"_id": name, "firstname": "Ann", "lastname": "Lee", "password": PASSWORD})
    return name


def log_in(page: Page, user: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(user)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def is_in(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="User menu").click()
    with page.expect_event("load"):  # a fresh page; what was on the old one may lead there, too
        page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_label("E-mail")).to_be_visible()


def next_code(app: pyotp.TOTP) -> str:
    """The code of the next half minute: one that was used is refused, a clock may be one step ahead."""
    return app.at(int(time.time()) + app.interval)


def set_up(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """Does what a dialog or page with a QR code asks; the app and the recovery codes."""
    picture = page.get_by_alt_text("QR code for the authenticator app")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    secret = page.locator("code").filter(has_text=re.compile(r"^[A-Z2-7]{32}$"))
    app = pyotp.TOTP(secret.inner_text())
    page.get_by_label("Code", exact=True).fill(app.now())
    page.keyboard.press("Enter")
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    return app, codes.all_inner_texts()


@pytest.mark.journey("log-in")
def test_set_up_use_recover_and_remove(stranger: Page, user: str) -> None:
    page = stranger
    log_in(page, user)
    is_in(page)
    page.goto("/me")
    panel = page.get_by_role("region", name="Two-step login")
    panel.get_by_role("button", name="Set up").click()
    app, codes = set_up(page)
    page.get_by_role("button", name="Done").click()
    expect(panel.get_by_text("10 recovery codes left")).to_be_visible()

    log_out(page)
    log_in(page, user)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.get_by_label("Code", exact=True).fill(next_code(app))
    page.get_by_role("button", name="Continue").click()
    is_in(page)

    log_out(page)
    log_in(page, user)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    is_in(page)
    page.goto("/me")
    expect(panel.get_by_text("9 recovery codes left")).to_be_visible()
    panel.get_by_role("button", name="Remove").click()
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(codes[1])
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(panel.get_by_role("button", name="Set up")).to_be_visible()


def test_a_wrong_present_password_does_not_log_out(stranger: Page, user: str) -> None:
    log_in(stranger, user)
    is_in(stranger)
    stranger.goto("/me")
    stranger.get_by_label("Current password").fill("wrong")
    stranger.get_by_label("New password").fill("another good long one")
    stranger.get_by_role("button", name="Change password").click()
    expect(stranger.get_by_text("The old password is wrong.")).to_be_visible()
    assert stranger.url.endswith("/me")


@pytest.fixture(scope="module")
def strict_site(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Iterator[Treadle]:
    """A site that demands a second factor and has an OpenID provider."""
    if not oidc_kit.is_installed():
        pytest.skip("the OpenID provider is not installed; run scripts/install-test-peers")
    port = free_port()
    environ = {
        "TREADLE_LOGIN__TOTP_REQUIRED": "true",
        "TREADLE_OIDC__ISSUER": f"http://127.0.0.1:{port}",
        "TREADLE_OIDC__CLIENT_ID": "treadle",
        "TREADLE_OIDC__LABEL": "Hospital ID",
        "TREADLE_OIDC__CREATE_USERS": "true",
    }
    treadle = Treadle(tmp_path_factory.mktemp("strict") / "home", environ)
    callback = f"http://127.0.0.1:{treadle.http}/api/x/login/oidc/callback"
    client = {
        "client_id": "treadle",
        "token_endpoint_auth_method": "none",  # a public client: PKCE alone
        "redirect_uris": [callback],
    }
    accounts = {"ann": {"email": "ann@example.org", "email_verified": True, "name": "Ann Lee"}, "bob": {}}
    provider = oidc_kit.OpenIdProvider(port, client, accounts)
    provider.start(program("node"))
    try:
        treadle.start_ready()
        yield treadle
    finally:
        treadle.close()
        provider.stop()


@pytest.fixture
def visitor(browser: Browser, strict_site: Treadle) -> Iterator[Page]:
    """A page of somebody who is not logged in there."""
    address = f"http://127.0.0.1:{strict_site.http}"
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_a_site_that_demands_it_sets_it_up_on_the_way_in(visitor: Page, strict_site: Treadle) -> None:
    with strict_site.client() as admin:
        body = {"_id": "new@example.org", "firstname": "N", "lastname": "E", "password": PASSWORD}
        admin.post("/users", json=body).raise_for_status()
    log_in(visitor, "new@example.org")
    set_up(visitor)
    visitor.get_by_role("button", name="Go on").click()
    is_in(visitor)


def at_the_provider(page: Page, account: str) -> None:
    page.get_by_placeholder("Enter any login").fill(account)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_the_provider_leads_back_to_the_page_that_was_wanted(visitor: Page) -> None:
    visitor.goto("/projects")
    visitor.get_by_role("link", name="Log in with Hospital ID").click()
    at_the_provider(visitor, "ann")
    expect(visitor.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    visitor.goto("/me")
    expect(visitor.get_by_role("heading", name="Ann Lee")).to_be_visible()
    expect(visitor.get_by_text("You log in through another service")).to_be_visible()


def test_the_login_page_says_why_the_provider_was_not_believed(visitor: Page) -> None:
    visitor.goto("/login")
    visitor.get_by_role("link", name="Log in with Hospital ID").click()
    at_the_provider(visitor, "bob")
    expect(visitor.get_by_role("alert")).to_contain_text("has not verified your e-mail address")
