"""Random queries about the site of awkward values."""

from __future__ import annotations

import random
from typing import Any

from query_site import KEYS, PROTOCOLS, TEXTS

from treadle.flyql.entities import LEVELS
from treadle.flyql.words import is_bare, quote

_ZONES = ("UTC", "America/Chicago", "Asia/Kolkata", "Pacific/Kiritimati")
_LIKE = (
    "%o%",
    "a_b",
    "a?b",
    "a*",
    "%",
    "?",
    "100\\%",
    "a\\*b",
    "%.nii.gz",
    "%ü%",
    "*T1*",
    "long %end",
    "%\n%",
    "1.2.%",
    *("", "%%", "_", "?%", "%\\", "\\%", "%_ok", "%STRASSE", "%😀%", "2020%"),
)
_PARTS = (
    "GOOD",
    "oo",
    "strasse",
    "ß",
    "istanbul",
    "1",
    "e 1",
    ".",
    "\\",
    "y",
    "T1",
    "end",
    "ü",
    "ΣΊΣ",
    "2020",
    "840",
    *("", "%", "ss", "İ", "I", "ς", "ſ", "1e3", "null", "[x", "\n", "😀"),
)
_EXPRESSIONS = (
    *(
        ".*",
        "g.*d",
        "(?i)good",
        "[A-Z]+",
        r"\d+",
        r".*\s.*",
        "a.b",
        "(true|null)",
        "x?",
        r"\w{3,4}",
        "2020-.*",
        ".*end",
    ),
    *("[^a-z]*", r"1\.2.*", "^good$", "(?:a|b).b", r"[\w%]+", "(?i)straße", ".*ü.*"),
    *(
        "",
        ".{3}",
        "(?i)i.*",
        r"\W",
        r".*\\.*",
        "a|",
        "(good|poor)?",
        "[]x]",
        r"[a\-z]+",
        r"\x41.*",
        r"g{1}o{2}d",
    ),
)
_WORDS = ("good", "scan nii", "lab 0", "STRASSE", "müller", "t1w lesion", "straße", "long")
_SORTED = (
    *("label", "created", "info.a", "info.nested.c", "timestamp", "age", "name", "size", "tags"),
    *("age_in_years", "classification_list", "info.header.dicom.EchoTime"),
)
_ELEMENTS = (
    *("label = Lesion AND area > 300", "area <= 300", "NOT seen = true", "seen IS FALSE", "seen exists"),
    "label != Lesion OR area IN [900, 300.5]",
)
_OBJECTS = (
    "info",
    "info.a",
    "info.b",
    "info.nested",
    "info.nested.deep",
    "info.my key",
    "info.nothing",
    "tags",
)
_INSIDE = (
    *(
        "a = 1",
        "a EXISTS",
        "d != good",
        "a = good OR d = good",
        "NOT a EXISTS",
        "a > 0 AND d > 0",
        "a LIKE g%",
    ),
    *("d CONTAINS o", "a IN [1, good, true]", "a <= 2020-02-29", "a.d = 1", "c = 3 OR e = 3", "a !~ g.*"),
    *('"my key" EXISTS', "nested.c exists", "a >= 'a'", "a IS TRUE"),
)
_FIELDS = {
    "project": ("description",),
    "subject": ("sex", "cohort", "code"),
    "session": ("age", "age_in_years", "age_days", "weight", "timestamp", "operator", "satisfies_template"),
    "acquisition": ("timestamp",),
    "analysis": ("description",),
    "file": (
        *(
            "name",
            "type",
            "modality",
            "size",
            "classification.Intent",
            "classification_list",
            "nothing",
            "info.header",
        ),
        *("info.header.dicom.StudyDate", "info.header.dicom.StudyTime", "info.header.dicom.EchoTime"),
        *("info.header.dicom.PatientID", "info.roi.area", "roi.label"),
    ),
}
_WRITTEN_NUMBERS = (
    *(
        "0",
        "1",
        "-1",
        "3",
        "3.0",
        "0.1",
        "40",
        "60.5",
        "2.98",
        "89.5",
        "300",
        "300.5",
        "1000",
        "1001",
        "12345",
    ),
    *("12345.678", "14288.98", "9007199254740992", "1e-7", "1e20", "-7.25"),
    *("1e400", "-1e400", "1e-400", "-0", "007", "1E3", "2.0e0", "12345.6780", "9007199254740993", "0.10"),
)
_WRITTEN_DATES = (
    *(
        "2020-02-29",
        "2020-02-29T00:00",
        "2020-02-29T05:30:00Z",
        "2020-02-29T12:00:30.25Z",
        "2020-02-29T12:00:30.2Z",
    ),
    *(
        "2020-02-29T23:30-05:00",
        '"2020-02-29"',
        '"2020-02-29T05:30:00Z"',
        "2019-12-31",
        "2020-03-01",
        "2021-05-05",
    ),
    *("now-1d", "today", "now-5y", "0001-01-01", "9999-12-31", "now+0d", "today-49M", "9999-12-31T23:59:59Z"),
    *("2020-02-29T24:00", "2020-02-29T12:00:30.250000001Z", "2020-02-29T12:00:60Z", "2020-02-28T23:59:59.9Z"),
    *(
        "2020-03-01T05:45+05:45",
        '"2020-02-29T05:30:00,0Z"',
        "'now'",
        "20200229",
        '"20200229"',
        "2020-02-28T18:00",
    ),
)
_LABELS = (
    *(
        *PROTOCOLS,
        "male",
        "Control",
        "qa",
        "dicom",
        "Lesion",
        "T1",
        "op1",
        "20200229",
        "sub-003",
        "Structural",
    ),
    *("MR", "120315", "ses-1"),
)


class Queries:
    """Random texts of the language about such a site."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def case(self) -> dict[str, Any]:
        """A search as the API takes it."""
        target = self._pick("file", "acquisition", "session", "analysis", "project", "subject")
        case: dict[str, Any] = {"return_type": target, "structured_query": self.query(LEVELS, 2)}
        if self.rng.random() < 0.4:
            case["timezone"] = self._pick(*_ZONES)
        if self.rng.random() < 0.15:
            case["search_string"] = self._pick(*_WORDS)
        if self.rng.random() < 0.3:
            field = f"{self._pick(*LEVELS[1:])}.{self._pick(*_SORTED)}"
            case["sort"] = {"field": field, "order": self._pick("asc", "desc")}
        return case

    def query(self, levels: tuple[str, ...], depth: int) -> str:
        """A query about some levels, nested so deep."""
        chance = self.rng.random()
        if depth and chance < 0.4:
            text = f" {self._pick('AND', 'or', 'OR', 'and')} ".join(
                self.query(levels, depth - 1) for _ in "ab"
            )
            return self._pick(text, f"({text})")
        if depth and chance < 0.5:
            return f"NOT {self.query(levels, depth - 1)}"
        if depth and chance < 0.6:
            level = self._pick(*LEVELS[1:])
            return f"HAS {level} ({self.query(LEVELS[: LEVELS.index(level) + 1], depth - 1)})"
        return self._term(levels)

    def _pick(self, *among: Any) -> Any:
        return self.rng.choice(among)

    def _term(self, levels: tuple[str, ...]) -> str:
        level = self._pick(*levels)
        if level == "file" and self.rng.random() < 0.15:
            return f"file.{self._pick('info.roi', 'roi')} HAS ({self._pick(*_ELEMENTS)})"
        if self.rng.random() < 0.08:
            field = f"{level}.{self._pick(*_OBJECTS)}"
            return f"{field if is_bare(field) else quote(field)} HAS ({self._pick(*_INSIDE)})"
        field = f"{self._pick(level, level.upper())}.{self._path(level)}"
        return f"{field if is_bare(field) else quote(field)} {self._condition()}"

    def _path(self, level: str) -> str:
        if level == "group":
            return str(self._pick("label", "tags"))
        own = _FIELDS.get(level, ())
        infos = (
            *(f"info.{key}" for key in KEYS),
            "info.a.d",
            "info.nested",
            "info.nested.e",
            "info.b.a",
            "info",
        )
        return str(self._pick("label", "tags", "created", *own, *own, *infos, *infos[:4]))

    def _condition(self) -> str:
        kind = self.rng.random()
        if kind < 0.45:
            return f"{self._pick('=', '==', '!=', '<>', '<', '<=', '>', '>=')} {self._value()}"
        if kind < 0.57:
            values = ", ".join(self._value() for _ in range(self.rng.randint(1, 4)))
            return f"{self._pick('IN', 'in', 'NOT IN')} {self._pick('[{}]', '({})').format(values)}"
        if kind < 0.67:
            return f"{self._pick('', 'NOT ')}LIKE {self._text(_LIKE)}"
        if kind < 0.77:
            return f"{self._pick('', 'not ')}CONTAINS {self._text(_PARTS)}"
        if kind < 0.87:
            return f"{self._pick('=~', '!~')} {quote(self._pick(*_EXPRESSIONS))}"
        if kind < 0.94:
            return str(self._pick("EXISTS", "NOT EXISTS", "exists", "IS NULL", "IS NOT NULL"))
        return f"IS {self._pick('', 'NOT ')}{self._pick('TRUE', 'FALSE', 'true', 'false')}"

    def _value(self) -> str:
        kind = self.rng.random()
        if kind < 0.45:
            return self._text(TEXTS if kind < 0.35 else _LABELS)
        if kind < 0.7:
            return str(self._pick(*_WRITTEN_NUMBERS))
        return str(
            self._pick("true", "false", "TRUE", "FALSE", '"true"')
            if kind < 0.8
            else self._pick(*_WRITTEN_DATES)
        )

    def _text(self, among: tuple[str, ...]) -> str:
        value = self._pick(*among)
        return value if is_bare(value) and self.rng.random() < 0.6 else quote(value)
