"""A real OpenID provider, and a browser that goes to it and back."""

from __future__ import annotations

import html
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from treadle.testing.ports import answers
from treadle.testing.waiting import wait_until

PEER = Path(__file__).resolve().parents[1] / "peers" / "oidc"


def is_installed() -> bool:
    return (PEER / "node_modules" / "oidc-provider").is_dir()


@dataclass
class OpenIdProvider:
    """oidc-provider under node."""

    port: int
    client: dict[str, Any]
    accounts: dict[str, dict[str, Any]]
    in_id_token: bool = False

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, node: str) -> None:
        config = {
            "port": self.port, "client": self.client, "accounts": self.accounts, "inIdToken": self.in_id_token,
        }  # fmt: skip
        self._process = subprocess.Popen(
            [node, str(PEER / "provider.mjs"), json.dumps(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        known = f"{self.issuer}/.well-known/openid-configuration"
        wait_until(lambda: answers(known), what="the OpenID provider answers")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def _form(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where the page's form goes, and its hidden fields."""
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert action, page.text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return str(page.url.join(html.unescape(action[1]))), dict(hidden)


def follow(browser: httpx.Client, answer: httpx.Response, *, until: str) -> httpx.Response:
    """Follow redirects up to the one that leads to an address beginning so."""
    while answer.is_redirect:
        target = str(answer.url.join(answer.headers["location"]))
        if target.startswith(until):
            return answer
        answer = browser.get(target)
    return answer


def go_and_return(browser: httpx.Client, site: str, account: str, *, next_page: str = "/") -> httpx.Response:
    """Log in at the provider as this account; the answer that leads back to the site's callback."""
    callback = f"{site}/api/x/login/oidc/callback"
    begun = browser.get(f"{site}/api/x/login/oidc", params={"next": next_page})
    page = follow(browser, begun, until=callback)
    for _ in range(4):
        if page.is_redirect:
            return page
        action, fields = _form(page)
        if fields.get("prompt") == "login":
            fields |= {"login": account, "password": "any"}
        page = follow(browser, browser.post(action, data=fields), until=callback)
    raise AssertionError(f"the provider did not send us back: {page.text}")


def log_in(browser: httpx.Client, site: str, account: str, **how: Any) -> httpx.Response:
    """The site's answer to a browser that comes back from the provider."""
    return browser.get(go_and_return(browser, site, account, **how).headers["location"])
