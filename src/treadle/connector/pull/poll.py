"""One poll of one device: what its answers make of what is known (section 2.1 to 2.3, 2.6, 2.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from treadle.connector.pull.desk import Desk
from treadle.connector.pull.keys import fingerprint, is_blind, is_wanted
from treadle.connector.pull.query import Answer, Survey, first_day, open_query
from treadle.connector.pull.rule import Change, judge
from treadle.connector.pull.state import Row

_COUNTED = {"discovered": "series_seen", "complete": "series_complete", "skipped": "series_skipped"}


@dataclass(frozen=True)
class _Name:
    device: str
    study: str
    series: str


def poll(desk: Desk, *, elapsed_s: float) -> None:
    """Ask the source once; `elapsed_s` is how long ago that last succeeded. A PullError changes nothing."""
    with open_query(desk.scu, desk.device) as query:
        survey = query.survey(since=first_day(desk.device, desk.clock.now()))
    _apply(desk, survey, elapsed_s)


def _apply(desk: Desk, survey: Survey, elapsed_s: float) -> None:
    pulled, device = desk.pulled, desk.device
    answers = {(answer.study, answer.series): answer for answer in survey.answers}
    marker = desk.layout.polled(device.id)
    is_first = pulled.is_first_poll(device.id) and not marker.exists()
    ignore = is_first and device.pull.initial == "ignore"
    with pulled.spool.transaction():
        rows = {(row.study, row.series): row for row in pulled.all(device.id)}
        changes = [
            (answer, _see(desk, answer, rows.get(key), ignore=ignore)) for key, answer in answers.items()
        ]
        gone = [
            row
            for key, row in rows.items()
            if key not in answers and row.study not in survey.silent and _is_gone(desk, row, elapsed_s)
        ]
        pulled.set_polled(device.id)
    marker.touch()
    for answer, change in changes:
        if change is not None:
            _tell(desk, answer, change)
    for row in gone:
        _release(desk, row)


def _see(desk: Desk, answer: Answer, row: Row | None, *, ignore: bool) -> Change | None:
    device = desk.device
    known, change = judge(
        row.known if row else None,
        count=answer.count,
        keys=fingerprint(answer.header, device),
        stable_polls=device.pull.stable_polls,
        is_wanted=is_wanted(answer.header, device),
    )
    if row is None and ignore:
        known, change = replace(known, phase="ignored"), "ignored"
    if row is None or row.known != known or row.absent_s:
        desk.pulled.put(
            device=device.id,
            study=answer.study,
            series=answer.series,
            known=known,
            is_blind=is_blind(answer.header, device),
        )
    return change


def _is_gone(desk: Desk, row: Row, elapsed_s: float) -> bool:
    if row.absent_s + elapsed_s < desk.device.pull.grace_s:
        desk.pulled.add_absence(row, elapsed_s)
        return False
    desk.pulled.forget(row)
    return True


def _release(desk: Desk, row: Row) -> None:
    """Its source has nothing more to give: what of it arrived is delivered, if it was not."""
    desk.note("forgotten", row)
    series = desk.spooled(row)
    if series is not None:
        desk.watch(series.id)


def _tell(desk: Desk, answer: Answer, change: Change) -> None:
    reason = "query" if change == "skipped" else None
    name = _Name(desk.device.id, answer.study, answer.series)
    desk.note(change, name, instances=answer.count, reason=reason)
    if change in _COUNTED:
        desk.count(_COUNTED[change])
