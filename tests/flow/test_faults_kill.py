"""kill -9 of every process of a whole server, again and again, while a thousand instances arrive."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import httpx
import pytest
import soak
from fault_archive import Archive, read_archive
from fault_kit import Treadle, kill
from fault_scanner import Scanner, Slice, growing

from treadle.testing.waiting import wait_until

pytestmark = [pytest.mark.slow]

# How often each is killed; "everything" is `up` and all its descendants at once.
DECK = {
    card: count * soak.TIMES
    for card, count in {
        "receiver": 16, "connector": 10, "serve": 4, "worker": 5, "postmaster": 4, "backend": 8,
        "up": 1, "everything": 2,
    }.items()
}  # fmt: skip
ROUNDS = sum(DECK.values())
SCANNERS, STUDIES, SERIES, SIZE = 3, 4 * soak.TIMES, 3, 28  # 1,008 instances


@dataclass
class Killer:
    """Deals the rounds of a shuffled deck; starts `up` again when it is gone."""

    treadle: Treadle
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)

    def rounds(self) -> Iterator[int]:
        """Kill once per round, after a random pause; the number of rounds done."""
        waiting = self._deck()
        while waiting:
            time.sleep(self._rng.uniform(0.1, 1.3))
            if not self.treadle.is_running:  # killed, or a part of it was killed while it started
                self.treadle.start_ready()
            card = next((card for card in waiting if self._kill(card)), None)
            if card is None:
                self.missed["nobody there"] += 1
                continue
            waiting.remove(card)
            self.killed[card] += 1
            yield sum(self.killed.values())

    def _deck(self) -> list[str]:
        """The cards, with those that end everything spread out: each start begins with short pauses."""
        ends = [card for card in ("up", "everything") for _ in range(DECK[card])]
        parts = [card for card in DECK if card not in ends for _ in range(DECK[card])]
        self._rng.shuffle(ends)
        self._rng.shuffle(parts)
        hands = [parts[number :: len(ends)] for number in range(len(ends))]
        return [card for hand, end in zip(hands, ends, strict=True) for card in (*hand, end)]

    def _kill(self, card: str) -> bool:
        if card == "everything":
            self.treadle.kill_all()
            return True
        found = self.treadle.processes().get(card)
        if not found or not kill(self._rng.choice(found)):
            self.missed[card] += 1
            return False
        if card == "up":
            assert self.treadle.process is not None
            self.treadle.process.wait()
        return True


@dataclass
class Uploader:
    """Somebody who uploads small files by HTTP all the while, each until the server said yes."""

    treadle: Treadle
    project: str
    confirmed: dict[str, bytes] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the upload under way."""
        self._stop.set()
        self._thread.join(120)

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(0.2):
            content = f"notes {number}\n".encode() * 50_000
            try:
                answer = self.treadle.upload(self.project, f"notes-{number}.txt", content)
            except (httpx.HTTPError, OSError, ValueError):
                continue
            if answer.status_code not in (200, 503):
                self.odd.append(answer.text)
            if answer.status_code == 200:
                self.confirmed[f"notes-{number}.txt"] = content
                number += 1


def _everything(scanner: int) -> list[Slice]:
    studies = [growing(10 * scanner + number, series=SERIES, size=SIZE) for number in range(1, STUDIES + 1)]
    return list(chain.from_iterable(studies))


@pytest.mark.timeout(900 * soak.TIMES)
def test_whatever_is_killed_nothing_acknowledged_is_lost_or_doubled(treadle: Treadle) -> None:
    seed = soak.seed(20)
    project = treadle.make_project()
    scanners = [Scanner(_everything(number), treadle.dicom) for number in range(SCANNERS)]
    uploader = Uploader(treadle, project)
    killer = Killer(treadle, seed)
    began = time.monotonic()
    for scanner in scanners:
        scanner.start()
    for done in killer.rounds():
        for scanner in scanners:
            scanner.allowed = len(scanner.images) * done // ROUNDS
        _let_arrive(treadle, scanners)
    under_fire = _arrived(scanners)
    killing = time.monotonic() - began
    _let_settle(treadle, scanners, uploader)
    print(f"{ROUNDS} rounds in {killing:.0f} s, {dict(killer.killed)}, not there: {dict(killer.missed)}")
    print(f"{under_fire} acknowledged meanwhile, {treadle.starts} starts, {len(uploader.confirmed)} uploads")
    print(f"associations {sum(s.associations for s in scanners)}, all in {time.monotonic() - began:.0f} s")

    sent = [image for scanner in scanners for image in scanner.images]
    archive = read_archive(treadle, project)
    _assert_exactly(archive, sent)
    _assert_indexed(treadle, archive)
    _assert_uploaded(treadle, project, uploader.confirmed)
    assert uploader.odd == []  # a cut connection or "try again", never another answer
    assert treadle.rows("SELECT name, failures FROM outbox WHERE handled_at IS NULL OR failures > 5") == []
    _assert_tidy(treadle)
    assert under_fire > len(sent) // 2  # they did arrive between the blows


def _arrived(scanners: list[Scanner]) -> int:
    return sum(len(scanner.acknowledged) for scanner in scanners)


def _let_arrive(treadle: Treadle, scanners: list[Scanner]) -> None:
    """On a slow machine the blows wait for most of what may come by now; not for a start, which they may hit."""
    wanted = sum(scanner.allowed for scanner in scanners) * 3 // 5
    wait_until(
        lambda: not treadle.is_running or _arrived(scanners) >= wanted, what="images between the blows"
    )


def _let_settle(treadle: Treadle, scanners: list[Scanner], uploader: Uploader) -> None:
    if not treadle.is_running:
        treadle.start_ready()
    wait_until(lambda: all(one.is_done for one in scanners), what="all acknowledged")
    for scanner in scanners:
        scanner.stop()
    wait_until(lambda: treadle.is_ready, what="ready again")
    uploader.stop()
    wait_until(lambda: treadle.spool().is_drained, what="spool drained")
    waiting = "SELECT count(*) FROM outbox WHERE handled_at IS NULL"
    wait_until(lambda: treadle.rows(waiting) == [(0,)], what="all facts handled")


def _assert_exactly(archive: Archive, sent: list[Slice]) -> None:
    assert archive.doubles() == {}
    assert {one["uid"] for one in archive.sessions} == {image.study for image in sent}
    assert {one["uid"] for one in archive.acquisitions} == {image.series for image in sent}
    assert len(archive.files) == len(archive.acquisitions)
    found = {sop: digests[0] for sop, digests in archive.digests.items()}
    assert found == {image.sop: image.digest for image in sent}


def _assert_indexed(treadle: Treadle, archive: Archive) -> None:
    """The instance index of each file names each instance once, and one read through it is right."""
    with treadle.client() as client:
        for file in archive.files:
            listed = client.get(f"/x/files/{file['file_id']}/instances").raise_for_status().json()
            assert len(listed["instances"]) == file["zip_member_count"] == SIZE
            versions = treadle.rows(
                "SELECT version, is_current FROM file WHERE file_id = %s ORDER BY version", file["file_id"]
            )
            assert [version for version, _ in versions] == list(range(1, len(versions) + 1))
            assert [current for _, current in versions] == [False] * (len(versions) - 1) + [True]


def _assert_uploaded(treadle: Treadle, project: str, confirmed: dict[str, bytes]) -> None:
    with treadle.client() as client:
        shown = client.get(f"/projects/{project}").json()["files"]
        assert len(shown) == len({file["name"] for file in shown})
        for name, content in confirmed.items():
            assert client.get(f"/projects/{project}/files/{name}").content == content


def _assert_tidy(treadle: Treadle) -> None:
    """After one more orderly start nothing half-done lies around."""
    treadle.stop()
    treadle.start_ready()
    temporary = treadle.home / "blobs" / "tmp"
    wait_until(lambda: not list(temporary.iterdir()), what="temporary files are gone")
    assert treadle.spool().is_drained
    assert not list((treadle.home / "spool" / "quarantine").rglob("*.dcm"))
    staged = {path.name for path in (treadle.home / "blobs" / "staged").iterdir()}
    known = {ticket for (ticket,) in treadle.rows("SELECT id FROM upload")}
    assert staged <= known  # what a blow left of a finished upload goes when its time is over
