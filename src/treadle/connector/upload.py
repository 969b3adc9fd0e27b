"""Carries one bundle to the server in parts, from wherever an earlier attempt ended (flow step 6)."""

from treadle.connector.api import Api, Confirmed, Ticket
from treadle.connector.bundle import Bundle
from treadle.connector.errors import SeriesTroubleError

_MOST_REPEATS = 5


def send_bundle(api: Api, bundle: Bundle) -> Confirmed:
    """What the server confirmed; calling this again after any failure is right."""
    answer = api.announce(bundle.announcement)
    if isinstance(answer, Confirmed):
        return answer
    _send_parts(api, answer, bundle)
    return api.complete(answer.ticket, bundle.completion)


def _send_parts(api: Api, ticket: Ticket, bundle: Bundle) -> None:
    at, repeats, size = ticket.resume_at, 0, bundle.size
    while at < size:
        part = bundle.zip.part(offset=at, size=ticket.part_size)
        wanted = api.put_part(ticket.ticket, offset=at, data=part)
        repeats = repeats + 1 if wanted <= at else 0
        if repeats > _MOST_REPEATS or not 0 <= wanted <= size:
            raise SeriesTroubleError(f"upload does not get on: the server wants position {wanted} of {size}")
        at = wanted
