"""The images of a project, subject or session, as the server has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.cli.client import Client, ClientError, find_target
from treadle.gearkit.run import Refused, Run

BESIDE = (".json", ".bval", ".bvec")
IMAGES = (".nii.gz", ".nii")


@dataclass(frozen=True)
class Scan:
    """One image with what lies beside it."""

    subject: str
    session: str
    acquisition: str
    place: str
    file: str
    beside: Mapping[str, str] = field(default_factory=dict)
    classification: Mapping[str, list[str]] = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ending(self) -> str:
        """`.nii.gz` or `.nii`."""
        return next(ending for ending in IMAGES if self.file.endswith(ending))

    def says(self, key: str) -> list[str]:
        """Values of a key of the classification."""
        return list(self.classification.get(key) or ())


@dataclass(frozen=True)
class Person:
    """A subject and what a table of participants tells."""

    label: str
    sex: str | None
    age_s: float | None


class Source:
    """The destination of the run, read with the key of the job."""

    def __init__(self, run: Run) -> None:
        given = run.inputs.get("api-key")
        if not given:
            raise Refused("this needs the input 'api-key'")
        self.level, self._id = run.destination.get("type"), run.destination.get("id")
        if self.level not in ("project", "subject", "session"):
            raise Refused("start this on a project, a subject or a session")
        self.client = Client(find_target(None, given["key"], None))
        self.container: dict[str, Any] = self.client.get(f"/{self.level}s/{self._id}")
        self._subjects = self._under("subjects", "subject")
        self._sessions = self._under("sessions", "session")

    @property
    def label(self) -> str:
        """The label of the destination."""
        return str(self.container.get("label") or self.container.get("code") or self._id)

    def people(self) -> Iterator[Person]:
        """The subjects, youngest age of their sessions."""
        for id_, subject in sorted(self._subjects.items(), key=lambda pair: str(pair[1]["label"])):
            ages = [one["age"] for one in self._sessions.values() if _subject(one) == id_ and one.get("age")]
            yield Person(subject["label"], subject.get("sex"), min(ages) if ages else None)

    def scans(self) -> Iterator[Scan]:
        """The images in the order in which they were taken."""
        listed = self._list("acquisitions")
        for row in sorted(listed, key=lambda one: (str(one.get("timestamp") or ""), one["_id"])):
            session = self._sessions.get(row["parents"]["session"])
            if session is None:
                continue
            whole = self.client.get(f"/acquisitions/{row['_id']}")
            subject = self._subjects[_subject(session)]
            yield from images(subject["label"], session["label"], whole)

    def _under(self, plural: str, level: str) -> dict[str, dict[str, Any]]:
        """Those of a level that lie under the destination, or above it."""
        if self.level == level:
            return {self.container["_id"]: self.container}
        if above := (self.container.get("parents") or {}).get(level):
            return {above: self.client.get(f"/{plural}/{above}")}
        return {one["_id"]: one for one in self._list(plural)}

    def _list(self, plural: str) -> list[dict[str, Any]]:
        return list(self.client.every(f"/{plural}", filter=f"parents.{self.level}={self._id}"))


def images(subject: str, session: str, acquisition: Mapping[str, Any]) -> Iterator[Scan]:
    """The images of an acquisition's document."""
    files = {one["name"]: one for one in acquisition.get("files") or ()}
    for name, one in sorted(files.items()):
        ending = next((ending for ending in IMAGES if name.endswith(ending)), None)
        if ending is None or one.get("deleted"):
            continue
        stem = name.removesuffix(ending)
        yield Scan(
            subject,
            session,
            str(acquisition["label"]),
            str(acquisition["_id"]),
            name,
            {suffix: stem + suffix for suffix in BESIDE if stem + suffix in files},
            one.get("classification") or {},
            one.get("info") or {},
        )


def _subject(session: Mapping[str, Any]) -> str:
    return str(session["parents"]["subject"])


__all__ = ["ClientError", "Person", "Scan", "Source", "images"]
