"""The stored instances that a path names, with the decision whether the caller may have them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from treadle.server.access.actions import Action
from treadle.server.access.audit import AccessType
from treadle.server.access.guard import Guards, Rule
from treadle.server.dicomweb import queries
from treadle.server.dicomweb.errors import ObjectMissing, TooManyInstances
from treadle.server.dicomweb.places import Place, find_place
from treadle.server.dicomweb.queries import Stored


@dataclass(frozen=True)
class Located:
    """What a request is about."""

    place: Place
    items: list[Stored]

    def etag(self, *about: str) -> str:
        """Names these contents in this form."""
        digest = hashlib.sha256("\n".join((self.place.base, *about)).encode())
        for item in self.items:
            digest.update(f"{item.sha384}{item.offset}{item.sop_uid}".encode())
        return f'"{digest.hexdigest()[:40]}"'


async def locate(
    request: Request, guards: Guards, action: Action, *, noted: AccessType = "view_file"
) -> Located:
    """The instances of this path; the transaction ends before any of their bytes are read."""
    path = [request.path_params[name] for name in ("study", "series", "sop") if name in request.path_params]
    async with guards() as guard:
        place = await find_place(request, guard, action)
        items = await queries.stored(guard.connection, [place.files, *queries.below(path)])
        if not items:
            raise ObjectMissing
        if len(items) > queries.MOST:
            raise TooManyInstances(f"There are more than {queries.MOST} instances; ask for single series.")
        for context in _files(items):
            guard.record_once(noted, context, of=f"{context['file']['id']}:{context['file']['version']}")
        await guard.record_rest(Rule.SCOPED)
    return Located(place, items)


def _files(items: Sequence[Stored]) -> list[dict[str, Any]]:
    """The files that hold these instances, each once."""
    return list({(item.context["file"]["id"]): item.context for item in items}.values())
