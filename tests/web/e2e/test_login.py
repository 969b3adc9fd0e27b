"""Logging in, and addresses nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect


def log_in(page: Page, *, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_login_leads_back_to_the_page_that_needed_it(stranger: Page, treadle_server: Any) -> None:
    stranger.goto("/projects")
    expect(stranger.get_by_role("button", name="Log in")).to_be_visible()
    log_in(stranger, email=treadle_server.email, password=treadle_server.password)
    expect(stranger.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    assert stranger.url.endswith("/projects")


def test_a_wrong_password_is_said_and_does_not_log_in(stranger: Page, treadle_server: Any) -> None:
    stranger.goto("/login")
    log_in(stranger, email="nobody@example.org", password="wrong")
    expect(stranger.get_by_role("alert")).to_contain_text("not right")
    assert "/login" in stranger.url


def test_a_login_never_leads_to_another_site(stranger: Page, treadle_server: Any) -> None:
    stranger.goto("/login?next=//example.org/")
    log_in(stranger, email=treadle_server.email, password=treadle_server.password)
    expect(stranger.get_by_role("navigation", name="Main")).to_be_visible()
    assert stranger.url.startswith(treadle_server.url)


def test_logging_out_ends_the_login(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="User menu").click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.goto("/projects")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.mark.parametrize("address", ["/nowhere", "/projects/x/y/z", "/sessions"])
def test_an_unknown_address_says_page_not_found(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_a_session_that_does_not_exist_says_so(context: Any, page: Page) -> None:
    other = context.new_page()  # its console rightly shows the 404
    other.goto("/sessions/0123456789abcdef01234567")
    expect(other.get_by_role("heading", name="This session does not exist")).to_be_visible()
