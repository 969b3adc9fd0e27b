"""A site of awkward values, in the form of the shared query cases."""

from __future__ import annotations

import random
from typing import Any

from treadle.flyql.entities import LEVELS

TEXTS = (
    *("good", "Good", "GOOD", "poor", "x y", "1001", "1001.0", "1e3", "true", "TRUE", "null", "now", "today-1d"),
    *("Straße", "STRASSE", "İstanbul", "Müller", "M\u0075\u0308ller", "∆", "😀 ok", "ſet", "Σίσυφος"),
    *("100%", "100_", "a_b", "axb", "a*b", "a?b", "a\\b", 'say "hi"', "it's", "(0019,100c)", "“q”", "[x, y]"),
    *("line 1\nline 2", "tab\there", "  padded ", ".5", "5.", "-0", "a.b.c", "and", "IN", "is", "="),
    *("1.2.840.113619.2.1", "1.2.840.113619.2.2", "long " * 60 + "end", "long " * 60 + "other"),
    *("2020-02-29", "2020-02-30", "2019-12-31", "2020-02-29T12:00:00Z", "2020-02-29T23:30:00-05:00"),
    *("2020-02-29T12:00", "2020-02-29T12:00:30.250Z", "2020-02-29 12:00:00", "20200229", "2020-2-29"),
)  # fmt: skip
_NUMBERS = (
    0,
    1,
    -1,
    3,
    3.0,
    0.1,
    12345,
    12345.678,
    12346,
    1e20,
    -7.25,
    2**53,
    2**53 + 2,
    1e-7,
    1001,
    300.4,
    300.6,
)
KEYS = ("a", "b", "my key", "Über", "(0019,100c)", "x-y", "in", "nested.c", "nested.deep.d")
_DATES = ("20200229", "20200301", "20191231", "2020-02-29", "not a date", "20200230")
_SERIES = ("1.2.840.1.1", "1.2.840.1.2")
_TIMES = (
    *("2020-02-28T23:59:59.999+00:00", "2020-02-29T00:00:00+00:00", "2020-02-29T05:30:00+00:00"),
    *("2020-02-29T23:59:59.999+00:00", "2020-03-01T00:00:00+00:00", "2019-12-31T22:00:00+00:00"),
)
PROTOCOLS = ("T1w_MPRAGE", "t1w", "T2w FLAIR", "dwi_ap", "bold rest", "localizer")


class QuerySite:
    """The data set: the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.dataset: dict[str, Any] = {level: [] for level in LEVELS}
        self._hierarchy(seed)
        projects = [one["_id"] for one in self.dataset["project"] if "deleted" not in one]
        self.dataset["users"] = [
            {"_id": f"all{seed}@example.com", "projects": projects},
            {"_id": f"some{seed}@example.com", "projects": projects[:2]},
        ]

    def _hierarchy(self, seed: int) -> None:
        for n in range(2):
            self._add("group", None, {"label": f"Lab {n}", "tags": self._tags()}, own=f"querysite{seed}{n}")
        for n in range(4):
            doc = {"label": f"Study {n}", "description": self._pick("About x", ""), "info": self._info()}
            self._add("project", "group", doc, deleted=n == 3)
        for n in range(14):
            doc = {"label": self._pick(f"sub-{n:03}", f"{1000 + n}"), "sex": self._pick("male", "female")}
            doc |= {"cohort": self._pick("Control", "Study")} if n % 3 else {}
            self._add(
                "subject", "project", doc | {"tags": self._tags(), "info": self._info()}, deleted=n == 13
            )
        for n in range(24):
            self._add("session", "subject", self._session(n), deleted=n == 23)
        for n in range(40):
            doc = {"label": self._pick(*PROTOCOLS), "info": self._info()}
            doc |= {"timestamp": self._pick(*_TIMES)} if n % 2 else {}
            self._add("acquisition", "session", doc, deleted=n == 39)
        for _ in range(10):
            doc = {
                "label": self._pick("afq run", "fmriprep", "QA"),
                "description": self._pick("first", "second try"),
            }
            above = self._pick("session", "acquisition", "subject", "project")
            self._add("analysis", above, doc | {"info": self._info()})
        for n in range(100):
            above = "acquisition" if n % 3 else self._pick("session", "analysis", "subject", "project")
            self._add("file", above, self._file(n))

    def _session(self, n: int) -> dict[str, Any]:
        doc = {"label": self._pick("ses-1", "ses-2", "Baseline"), "info": self._info(), "tags": self._tags()}
        if n % 4:
            doc |= {
                "age": self._pick(0, 31557600, 31557600 * 40, 1234567890),
                "weight": self._pick(60, 60.5, 81.25),
            }
        if n % 3 == 0:
            doc["info"]["ohifViewer"] = {"measurements": {"RectangleRoi": [self._drawn() for _ in range(3)]}}
        doc |= {"timestamp": self._pick(*_TIMES)} if n % 3 else {}
        doc |= {"operator": self._pick("op1", "op2", "Op 10")} if n % 2 else {}
        return doc | ({"satisfies_template": self._pick(True, False)} if n % 3 == 1 else {})

    def _file(self, n: int) -> dict[str, Any]:
        name = f"{n}_{self._pick('scan', 'Scan', 'a%b', 'ä ö')}.{self._pick('nii.gz', 'zip', 'txt')}"
        info = self._info()
        doc = {"name": name, "size": self._pick(0, 1, 10, 1000, 2048), "tags": self._tags(), "info": info,
               "type": self._pick("dicom", "nifti", "qa", "tabular data")}  # fmt: skip
        if n % 2:
            doc |= {"modality": "MR", "classification": {"Measurement": ["T1"], "Intent": ["Structural"]}}
            header = {"StudyDate": self._pick(*_DATES), "EchoTime": self._pick(2.98, 30, 89.5)}
            header |= {
                "StudyTime": self._pick("120315", "120315.25", "odd"),
                "PatientID": self._pick(*TEXTS),
                "SeriesInstanceUID": self._pick(*_SERIES),
            }
            info["header"] = {"dicom": header}
        if n % 5 == 0:
            info["roi"] = [
                {"label": self._pick("Lesion", "Edema"), "area": self._pick(100, 300, 300.5, 900),
                 "seen": self._pick(True, False, None)} for _ in range(self.rng.randint(1, 3))
            ]  # fmt: skip
        return doc

    def _drawn(self) -> dict[str, Any]:
        """As older viewers kept measurements at a session."""
        stats = {"area": self._pick(100, 300, 300.5, 900), "mean": self._pick(1, 2)}
        where = {"SeriesInstanceUID": self._pick(*_SERIES), "location": self._pick("Lesion", "Edema")}
        return {**where, "cachedStats": stats, "handles": {"start": {"x": 1}}}

    def _add(
        self, level: str, above: str | None, doc: dict[str, Any], own: str = "", deleted: bool = False
    ) -> None:
        items = self.dataset[level]
        parent = above and self.rng.choice([one for one in self.dataset[above] if "deleted" not in one])
        n = len(items)
        if level != "group":
            often = f"2021-{1 + n % 12:02}-{1 + n % 28:02}T10:00:{n % 60:02}+00:00"
            doc |= {"created": often if n % 3 else self._pick(*_TIMES)}
        one = {
            "_id": own or f"7{LEVELS.index(level)}{n:022x}",
            "parent": parent and [above, parent["_id"]],
            "doc": doc,
        }
        items.append(one | ({"deleted": True} if deleted else {}))

    def _pick(self, *among: Any) -> Any:
        return self.rng.choice(among)

    def _tags(self) -> list[str]:
        return self.rng.sample(["qa", "QA", "to review", "a.b"], self.rng.randint(0, 2))

    def _info(self) -> dict[str, Any]:
        keys = self.rng.sample(KEYS, self.rng.randint(0, 5))
        found = {key: self._value(2) for key in keys if "." not in key}
        if self.rng.random() < 0.5:
            found["nested"] = {key: self._value(1) for key in self.rng.sample(("c", "e", "deep"), 2)}
        return found

    def _value(self, depth: int) -> Any:
        kind = self.rng.random()
        if kind < 0.45:
            return self.rng.choice(TEXTS)
        if kind < 0.7:
            return self.rng.choice(_NUMBERS)
        if kind < 0.82:
            return self.rng.choice((True, False, None, "", [], {}))
        if depth and kind < 0.92:
            return [self._value(depth - 1) for _ in range(self.rng.randint(1, 3))]
        return {key: self._value(depth - 1) for key in ("a", "d")} if depth else None
