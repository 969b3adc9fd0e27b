"""Carries one bundle to the server in parts, from wherever an earlier attempt ended (flow step 6)."""

from typing import BinaryIO

from treadle.connector.api import Api, Confirmed, Ticket
from treadle.connector.bundle import Bundle
from treadle.connector.errors import SeriesTroubleError

_MOST_REPEATS = 5


def send_bundle(api: Api, bundle: Bundle) -> Confirmed:
    """What the server confirmed; calling this again after any failure is right."""
    answer = api.announce(bundle.announcement)
    if isinstance(answer, Confirmed):
        return answer
    with bundle.path.open("rb") as file:
        _send_parts(api, answer, file, bundle.size)
    return api.complete(answer.ticket, bundle.completion)


def _send_parts(api: Api, ticket: Ticket, file: BinaryIO, size: int) -> None:
    at, repeats = ticket.resume_at, 0
    while at < size:
        file.seek(at)
        wanted = api.put_part(ticket.ticket, offset=at, data=file.read(ticket.part_size))
        repeats = repeats + 1 if wanted <= at else 0
        if repeats > _MOST_REPEATS or not 0 <= wanted <= size:
            raise SeriesTroubleError(f"upload does not get on: the server wants position {wanted} of {size}")
        at = wanted
