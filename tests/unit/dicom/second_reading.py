"""The rules for headers and routing strings written a second time, straight from the documentation and on plain texts.

Nothing here is shared with the package but time zones and regular expressions: where the two disagree, one is wrong.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

Values = dict[str, list[str]]
ALWAYS_BAD = set("/:<>?\\|") | {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}


def tidy(values: list[str] | None) -> str:
    return "\\".join(values or []).replace("\0", "").strip()


def spaced(text: str) -> str:
    return " ".join(text.split())


def label(text: str, longest: int = 64) -> str:
    out = ""
    for letter in spaced(text):
        if letter == "*":
            out += "star"
        elif letter in ALWAYS_BAD:
            out += "" if out.endswith("\0") else "\0"
        else:
            out += letter
    cut = out.replace("\0", "_")[:longest]
    while cut and cut[-1] in ". ":
        cut = cut[:-1]
    return cut


def routing(values: list[str] | None) -> dict[str, Any]:
    """Defaults of the grammar: both forms, prefix needed, third segment by its look."""
    text = unicodedata.normalize("NFC", tidy(values)).strip()
    out: dict[str, Any] = dict.fromkeys(("group", "project", "subject", "session"))
    out |= {"form": "none", "status": "no_routing_string", "flags": set()}
    if not text:
        return out
    found = re.search(r"(?i)(\A|\s)(fw[^\S\r\n]*:[^\S\r\n]*[/\\]+)", text)
    if found:
        segments = re.split(r"[/\\]", re.split(r"[\r\n]", text[found.end() :])[0])
        out["form"] = "uri"
        if found[2] != "fw://":
            out["flags"].add("repaired_prefix")
        if found.start(2):
            out["flags"].add("leading_text")
        most = 4
    else:
        line = re.split(r"[\r\n]", text)[0]
        if "@" not in line:
            return out | {"status": "no_prefix"}
        at = line.rindex("@")
        target = line[at + 1 :]
        separator = "/" if "/" in target else ":" if ":" in target else "^"
        segments = target.split(separator)
        out["form"] = "legacy"
        most = 2
    segments = [spaced(segment) for segment in segments]
    while segments and not segments[-1]:
        del segments[-1]
    if len(segments) > most:
        out["flags"].add("extra_segments")
    count = len(segments)
    segments = [*segments, "", "", "", ""][:4]
    if out["form"] == "legacy":
        segments = [*segments[:2], spaced(line[:at]), ""]
    for name, segment in zip(("project", "subject", "session"), segments[1:], strict=True):
        out[name] = label(segment) or None
        if (out[name] or "") != segment:
            out["flags"].add("sanitized")
    if (
        count == 3
        and out["form"] == "uri"
        and re.search(r"(?i)^ses(s|sion)?([-_ ].+|\d.*)$", out["subject"] or "")
    ):
        out["subject"], out["session"] = None, out["subject"]
        out["flags"].add("third_segment_as_session")
    group = segments[0].lower()
    if not group:
        out["status"] = "group_missing"
    elif not re.search(r"\A[0-9a-z]([0-9a-z.@_-]{0,62}[0-9a-z])?\Z", group):
        out["status"] = "group_invalid"
    else:
        out["group"] = group
        out["status"] = "ok" if out["project"] else "project_missing"
    return out


def person(text: str) -> tuple[str | None, str | None]:
    for group in text.replace("\0", "").split("="):
        parts = [spaced(part) for part in group.split("^")]
        while parts and not parts[-1]:
            parts.pop()
        if not parts:
            continue
        if len(parts) > 1:
            return raised("^".join(parts[1:])), raised(parts[0])
        words = parts[0].split(" ")
        return raised(" ".join(words[:-1])), raised(words[-1])
    return None, None


def raised(text: str) -> str | None:
    out = ""
    for run in re.findall(r"[^\W\d_]+|[\W\d_]+", text):
        one_case = run in (run.upper(), run.lower()) and run.upper() != run.lower()
        out += run[0].upper() + (run[1:].lower() if one_case else run[1:])
    return out or None


def day(text: str) -> date | None:
    found = re.search(r"\A(\d{4})(\.?)(\d\d)\2(\d\d)\Z", text.strip(), re.ASCII)
    try:
        made = date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
    return made if made and made.year >= 1900 else None


def clock(text: str) -> time | None:
    found = re.search(r"\A(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d*))?)?)?\Z", text.strip(), re.ASCII)
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    return time(hour, minute, min(second, 59), int(((found[4] or "") + "000")[:3]) * 1000)


class Times:
    """Session and acquisition time of one header, in the configured zone."""

    def __init__(self, values: Values, zone: str) -> None:
        self._values = values
        self._zone = ZoneInfo(zone)
        self._offset = self._valid(self.first("TimezoneOffsetFromUTC"))

    def first(self, name: str) -> str:
        return (self._values.get(name) or [""])[0].replace("\0", "").strip()

    def _valid(self, text: str) -> timezone | None:
        found = re.search(r"\A([+-])(\d\d)([0-5]\d)\Z", text, re.ASCII)
        if not found:
            return None
        minutes = (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)
        return timezone(timedelta(minutes=minutes)) if -720 <= minutes <= 840 else None

    def _at(self, when: date | None, at: time | None, offset: timezone | None = None) -> datetime | None:
        if when is None or at is None:
            return None
        written = datetime.combine(when, at).replace(tzinfo=offset or self._offset or self._zone)
        return written.astimezone(self._zone)

    def pair(self, name: str, instead: time | None = None) -> datetime | None:
        return self._at(day(self.first(f"{name}Date")), clock(self.first(f"{name}Time")) or instead)

    def combined(self, instead: time | None = None) -> datetime | None:
        found = re.search(r"\A(\d{8})([\d.]*)([+-]\d{4})?\Z", self.first("AcquisitionDateTime"), re.ASCII)
        return found and self._at(day(found[1]), clock(found[2]) or instead, self._valid(found[3] or ""))

    def session(self) -> datetime | None:
        noon = time(12)
        pairs = (self.pair(name, noon) for name in ("Study", "Series", "Acquisition"))
        return next((one for one in pairs if one), None) or self.combined(noon)

    def acquisition(self, maker: str) -> datetime | None:
        if maker.lower().startswith("siemens"):
            return self.pair("Series") or self.session()
        if not self.first("AcquisitionDate"):
            return self.combined() or self.session()
        return self.pair("Acquisition") or self.session()


def fields(values: Values, *, routing_field: str, zone: str) -> dict[str, Any]:
    """Every field of the default mapping."""

    def text(name: str) -> str:
        return tidy(values.get(name))

    route = routing(values.get(routing_field))
    times = Times(values, zone)
    studied, acquired = times.session(), times.acquisition(text("Manufacturer"))
    first, last = person((values.get("PatientName") or [""])[0])
    patient = "" if routing_field == "PatientID" and route["form"] != "none" else label(text("PatientID"))
    hashed = "ex" + hashlib.sha256(text("StudyInstanceUID").encode()).hexdigest()[:8]
    spoken = {one: one for one in ("male", "female", "other", "unknown")} | {
        "m": "male",
        "f": "female",
        "o": "other",
    }
    described = label(text("SeriesDescription"), 128) or label(text("ProtocolName"), 128)
    numbered = label(f"ex{text('StudyID')}") if label(text("StudyID")) else hashed
    visit = label(text("StudyDescription")) or stamped(studied) or text("StudyInstanceUID")
    name = described or stamped(acquired) or text("SeriesInstanceUID")
    return {
        "group._id": route["group"],
        "project.label": route["project"],
        "subject.label": route["subject"] or patient or numbered,
        "subject.firstname": first,
        "subject.lastname": last,
        "subject.sex": spoken.get(text("PatientSex").lower()),
        "session.uid": text("StudyInstanceUID"),
        "session.label": route["session"] or visit,
        "session.timestamp": studied,
        "session.age": age(text("PatientAge"), times.first("PatientBirthDate"), acquired),
        "session.weight": weight(text("PatientWeight")),
        "acquisition.uid": acquisition_uid(values, text),
        "acquisition.label": name,
        "acquisition.timestamp": acquired,
        "file.name": f"{name}.dicom.zip",
    }  # fmt: skip


def stamped(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H-%M-%S") if at else ""


def age(said: str, born: str, acquired: datetime | None) -> int | None:
    found = re.search(r"\A(\d+)([DWMYdwmy]?)\Z", said, re.ASCII)
    if found:
        return int(int(found[1]) * {"D": 1, "W": 7, "M": 30}.get(found[2].upper(), 365.25) * 86400)
    birth = day(born)
    if birth is None or acquired is None or acquired.date() < birth:
        return None
    return (acquired.date() - birth).days * 86400


def weight(said: str) -> float | None:
    try:
        found = float(said)
    except ValueError:
        return None
    return found if 0 < found < 10000 else None


def acquisition_uid(values: Values, text: Any) -> str:
    uid = text("SeriesInstanceUID")
    kind = [value.replace("\0", "").strip() for value in values.get("ImageType", [])]
    if kind in (["DERIVED", "SECONDARY", "SCREEN SAVE"], ["DERIVED", "SECONDARY", "VXTL STATE"]):
        *head, last = uid.split(".")
        if last.isdecimal() and int(last):
            uid = ".".join([*head, str(int(last) - 1)])
    number = (values.get("AcquisitionNumber") or [""])[0].strip()
    if number.isdecimal() and int(number) > 1 and not text("Manufacturer").upper().startswith("SIEMENS"):
        uid += f"_{int(number)}"
    return uid
