"""Every route, called by every kind of caller, says what `access/endpoints.py` says; nothing secret is shown.

For a route that needs actions three facts settle each combination of actions, as more actions never allow less:
who holds just those actions is let in, who holds all but one of them is not, and (for one route of each need) each
of them by itself is not enough, nor are some others.

Routes that differ in the level alone are one handler: of the callers who must all be refused, each is tried on one of
them, in turn; the stranger on every one.
"""

from __future__ import annotations

import re
from itertools import cycle

import pytest
from walk_requests import Sample
from walk_site import MARK, REQUIRED, Site, caller_with, closure

from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.endpoints import ENDPOINTS, Needs
from treadle.server.app.asgi import create_app
from treadle.server.kit.settings import load_settings

pytestmark = pytest.mark.xdist_group("walk")

_PARTS = 4
_UNRELATED = 4  # single actions tried with each need besides its own; over all needs, every action
_LEVEL = re.compile(r"\b(groups|projects|subjects|sessions|acquisitions|analyses|collections|containers)\b")
_RANK = {"see": 0, "ro": 1, "rw": 2, "admin": 3}
_STREAMS = {("GET", "/x/events")}  # never ends; its own test is tests/http/test_events.py
_REFUSED_AS_MISSING = {("POST", "/download")}  # a selection of which nothing is left is not found
_WITH_TICKET = {"/projects/{}/packfile", "/projects/{}/packfile-end", "/files"}
_NOBODY = ("stranger", "outsider", "scoped-elsewhere", "rule-elsewhere", "device")


def test_the_table_names_exactly_the_routes_there_are():
    """A new route needs a line in access/endpoints.py."""
    app = create_app(load_settings({}, environ={}))
    routes = [route for table in app.routes for route in getattr(table, "routes", [])]
    there = {
        (method, re.sub(r"\{[^}]*\}", "{}", route.path.removeprefix("/api")))
        for route in routes
        if route.include_in_schema  # the others answer that a thing is not built
        for method in route.methods
    }
    assert len(there) > 400
    assert there ^ set(ENDPOINTS) == set()


Turn = tuple[int, int]  # which of how many routes that differ in the level alone


def _turns() -> dict[tuple[str, str], Turn]:
    families: dict[tuple[str, str, Needs], list[tuple[str, str]]] = {}
    for (method, template), needs in ENDPOINTS.items():
        families.setdefault((method, _LEVEL.sub("*", template), needs), []).append((method, template))
    return {
        route: (number, len(routes)) for routes in families.values() for number, route in enumerate(routes)
    }


_TURNS = _turns()


class Walk:
    """Calls one route as everybody and collects what is not as the table says."""

    def __init__(self, site: Site, method: str, template: str, needs: Needs) -> None:
        self.site, self.needs = site, needs
        self.turn = _TURNS[method, template]
        self.sample = Sample(site, method, template)
        self.wrong: list[str] = []

    def _say(self, who: str | None, wanted: str, got: str) -> None:
        self.wrong.append(f"{self.sample.method} {self.sample.template} as {who}: wanted {wanted}, got {got}")

    async def ask(self, who: str | None, *wanted: int, secret: bool = False) -> None:
        """`wanted` are the right answers; 2 stands for any success. `secret`: nothing may be told."""
        sample = self.sample
        answer = await self.site.rehearse(who, sample.method, sample.path, **sample.args)
        status = answer.status_code
        if status not in wanted and not (2 in wanted and status < 400):
            self._say(who, "/".join(map(str, wanted)), f"{status} {answer.text[:150]}")
        if secret and MARK in re.sub(
            f"{MARK}-(tag|project)|{MARK}.zip" if status >= 400 else "$^", "", answer.text
        ):
            self._say(who, "no secrets", answer.text[:300])
        if status == 404 and secret and who == "stranger":
            await self._looks_missing(who, answer.text)

    async def _looks_missing(self, who: str | None, text: str) -> None:
        """What may not be seen answers like what is not there."""
        path, args = self.sample.elsewhere()
        if path == self.sample.path and args == self.sample.args:
            return
        other = await self.site.rehearse(who, self.sample.method, path, **args)
        if other.status_code != 404 or _bare(other.text) != _bare(text):
            self._say(who, f"as if missing: {other.status_code} {_bare(other.text)}", _bare(text))

    def _some(self, *callers: str) -> list[str]:
        """Whom it is this route's turn to refuse."""
        number, of = self.turn
        others = [who for who in callers if who != "stranger"]
        return ["stranger", *others[number::of]] if len(others) < len(callers) else others[number::of]

    async def walk(self) -> list[str]:
        where = self.needs.where
        if where == "open":
            await self.ask(None, 2, *((404,) if "oidc" in self.sample.template else ()))
        elif where == "ticket":
            await self.ask(None, 404)
        else:
            for who in (None, "expired")[: 1 if self.turn[0] else 2]:
                await self.ask(who, 401, secret=True)
            await getattr(self, "_" + where.replace("-", "_"))()
        return self.wrong

    async def _any(self) -> None:
        own = "storage" in self.sample.template or "upload" in self.sample.template  # of what nobody uploaded
        for who in ("stranger", "device", "scoped-view"):
            await self.ask(who, 2, *((404, 409) if own else ()))

    async def _list(self) -> None:
        for who in self._some(*_NOBODY):
            await self.ask(who, 2, 404, 403, secret=True)
        await self.ask("admin", 2)

    async def _person(self) -> None:
        await self.ask("device", 403)
        await self.ask("outsider", 2, *((404,) if "avatar" in self.sample.template else ()))

    async def _account(self) -> None:
        for who in ("device", "scoped-here", "rule-elsewhere"):
            await self.ask(who, 403)
        await self.ask("stranger", 2, 409, *((404,) if self.sample.template.endswith("key/{}") else ()))

    async def _account_and_project(self) -> None:
        for who in _NOBODY:
            await self.ask(who, 404, secret=True)
        await self.ask("scoped-here", 403)
        for who in (caller_with(self.needs.what), "admin"):
            await self.ask(who, 2)

    async def _admin(self) -> None:
        for who in ("stranger", "group-admin", "outsider", "device", "scoped-here"):
            await self.ask(who, 403, secret=True)
        await self.ask("admin", 2, *self._beside(), 409)

    async def _developer(self) -> None:
        for who in ("stranger", "outsider", "device", "scoped-here"):
            await self.ask(who, 403, secret=True)
        for who in ("developer", "admin"):
            await self.ask(who, 2)

    def _beside(self) -> tuple[int, ...]:
        """What else tells an administrator that they were let in: no such key; a report without its dates."""
        return {"/users/{}/key/{}": (404,), "/report": (422,)}.get(
            "/report" if self.sample.template.startswith("/report/") else self.sample.template, ()
        )

    async def _browser(self) -> None:
        for who in ("stranger", "device", "scoped-here", "admin"):
            await self.ask(who, 403)

    async def _project_and_group(self) -> None:
        for who in (*_NOBODY, "group-admin"):
            await self.ask(who, 404, secret=True)
        for who in (caller_with(self.needs.what), *(f"without-{action}" for action in self.needs.what)):
            await self.ask(who, 403)
        await self.ask("admin", 2, 409)

    async def _device(self) -> None:
        await self.ask("stranger", 403)
        for who in ("device", "admin"):
            await self.ask(who, 2, *((404,) if "{}" in self.sample.template else ()))

    async def _device_only(self) -> None:
        await self.ask("stranger", 403)
        await self.ask("admin", 403)
        await self.ask("device", 2)

    async def _engine(self) -> None:
        for who in ("stranger", "device"):
            await self.ask(who, 403, secret=True)
        for who in ("engine", "admin"):
            await self.ask(who, 2, 400, 409, 422)

    async def _engine_only(self) -> None:
        for who in ("stranger", "device", "admin"):
            await self.ask(who, 403)
        await self.ask("engine", 2)

    async def _owner(self) -> None:
        for who in (*_NOBODY, "just-v"):
            await self.ask(who, 404, secret=True)
        await self.ask("admin", 2)

    async def _group(self) -> None:
        access = self.needs.what[0]
        for who in self._some(*_NOBODY):
            await self.ask(who, 404, secret=True)
        for who in ("just-v", "scoped-here"):
            await self.ask(who, 2 if access == "see" else 403)
        await self._ranks("group", access)

    async def _collection(self) -> None:
        for who in (*_NOBODY, "just-v", "scoped-here"):
            await self.ask(who, 404, secret=True)
        await self._ranks("collection", self.needs.what[0])

    async def _ranks(self, kind: str, access: str) -> None:
        for held in ("ro", "rw", "admin"):
            await self.ask(f"{kind}-{held}", *((2, 409) if _RANK[held] >= _RANK[access] else (403,)))
        await self.ask("admin", 2, 409)

    async def _device_or_project(self) -> None:
        await self.ask("device", 2, *self._missing_ticket)
        await self._project(nobody=tuple(who for who in _NOBODY if who != "device"))

    async def _collection_and_project(self) -> None:
        for who in (*_NOBODY, "just-v", "collection-admin"):
            await self.ask(who, 404, secret=True)
        await self.ask("admin", 2)

    async def _group_and_project(self) -> None:
        for who in (*_NOBODY, "group-admin"):
            await self.ask(who, 404, secret=True)
        await self.ask("just-containers_create_hierarchy", 403)
        await self.ask("admin", 2)

    async def _project(self, nobody: tuple[str, ...] = _NOBODY) -> None:
        refused = 404 if (self.sample.method, self.sample.template) in _REFUSED_AS_MISSING else 403
        for who in self._some(*nobody, "group-admin"):
            await self.ask(who, 404, secret=True)
        for action in self.needs.what:
            if action == "analyses_view_metadata":
                await self.ask(f"without-{action}", 404)
            elif action not in REQUIRED:
                await self.ask(f"without-{action}", refused)
        beyond = set(self.needs.what) - {"containers_view_metadata"}
        hidden = "analyses_view_metadata" in self.needs.what
        await self.ask("scoped-view", (404 if hidden else refused) if beyond else 2)
        for who in (caller_with(self.needs.what), "scoped-here", "admin"):
            await self.ask(who, 2, *self._missing_ticket, *self._missing_overlay)

    @property
    def _missing_ticket(self) -> tuple[int, ...]:
        """Where the request needs a ticket of the caller's own, it is let in and then not found."""
        return (404,) if self.sample.template in _WITH_TICKET else ()

    @property
    def _missing_overlay(self) -> tuple[int, ...]:
        """No object of the study lies upon the sample file; who is let in learns that."""
        return (404,) if "/overlays/{}" in self.sample.template else ()


def _bare(text: str) -> str:
    """The answer's message and code without ids."""
    return re.sub(r'"request_id":"[^"]*"|[0-9a-f]{24}', "#", text)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(_PARTS))
def test_every_route_is_open_to_whom_the_table_says(loop, site, part):
    async def walk() -> list[str]:
        wrong = []
        for (method, template), needs in list(ENDPOINTS.items())[part::_PARTS]:
            if (method, template) not in _STREAMS:
                wrong += await Walk(site, method, template, needs).walk()
        return wrong

    wrong = loop.run_until_complete(walk())
    assert not wrong, f"{len(wrong)} verdicts differ:\n" + "\n".join(wrong)


@pytest.mark.timeout(600)
def test_no_single_action_opens_what_needs_another(loop, site):
    first = {}
    for (method, template), needs in ENDPOINTS.items():
        if (
            needs.where in ("project", "device-or-project")
            and template not in _WITH_TICKET
            and set(needs.what) - set(REQUIRED)
        ):
            first.setdefault(frozenset(needs.what), (method, template))

    async def walk() -> list[str]:
        wrong, others = [], cycle(sorted(ALL_ACTIONS))
        assert len(first) * _UNRELATED >= len(ALL_ACTIONS)
        for what, (method, template) in first.items():
            one = Walk(site, method, template, Needs("project", tuple(what)))
            unrelated = [next(others) for _ in range(_UNRELATED)]
            for action in sorted({*what, *unrelated}):
                held = closure([action]) | set(REQUIRED)
                await one.ask(
                    f"single-{action}",
                    2 if what <= held else (404 if method == "POST" and template == "/download" else 403),
                )
            wrong += one.wrong
        return wrong

    wrong = loop.run_until_complete(walk())
    assert not wrong, f"{len(wrong)} verdicts differ:\n" + "\n".join(wrong)
