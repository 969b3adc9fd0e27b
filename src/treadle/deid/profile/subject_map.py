"""A subject map: who the patients are, and the codes they get (deid.md, section 2.8).

It holds names and birth dates. It stays on the client's disk, readable by its owner only.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from treadle.deid.profile.issues import Issue, ProfileError

CODE, CONFIG = "SubjectCode", "$config"
DEFAULT_FIELDS = ("PatientName", "PatientBirthDate")
FILE_MODE = 0o600
_FORM = re.compile(r"[^{}]*\{SubjectCode(:0?\d{1,2}d?)?\}[^{}]*")


@dataclass(slots=True)
class SubjectMap:
    """Normalised values of the key fields -> number; `form` makes a code of a number."""

    form: str = "ex{SubjectCode:02}"
    fields: tuple[str, ...] = DEFAULT_FIELDS
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, text: str, source: str = "subject map") -> SubjectMap:
        """From CSV; ProfileError says what is wrong, and in which line."""
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        columns = list(reader.fieldnames or ())
        if CODE not in columns or CONFIG not in columns:
            raise _wrong(source, f"The first line must name the key fields, {CODE} and {CONFIG}.", 1)
        fields = tuple(column for column in columns if column not in (CODE, CONFIG))
        found = cls(_form(next(reader, {}).get(CONFIG), source), fields)
        for row in reader:
            try:
                found.numbers[tuple(row[column] or "" for column in fields)] = int(row[CODE] or "")
            except ValueError:
                raise _wrong(source, f"{CODE} must be a whole number.", reader.line_num) from None
        return found

    def code(self, read: Callable[[str], object]) -> str:
        """The code of a patient; one not seen before gets the next number."""
        key = tuple(_normal(read(name)) for name in self.fields)
        number = self.numbers.setdefault(key, max(self.numbers.values(), default=0) + 1)
        return self.form.format(**{CODE: number})

    def dump(self) -> str:
        """The CSV."""
        target = io.StringIO()
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow([*self.fields, CODE, CONFIG])
        writer.writerow([*[""] * len(self.fields), "", json.dumps({"format": self.form})])
        writer.writerows([*key, number, ""] for key, number in self.numbers.items())
        return target.getvalue()


def _normal(value: object) -> str:
    return "" if value is None else str(value).strip().lower()


def _form(config: str | None, source: str) -> str:
    try:
        form = str(json.loads(config or "")["format"])
    except (ValueError, KeyError, TypeError):
        form = ""
    if _FORM.fullmatch(form):
        return form
    wanted = '{"format": "ex{SubjectCode:02}"}'
    raise _wrong(source, f"The first row must hold {wanted} in the column {CONFIG}.", 2)


def _wrong(source: str, message: str, line: int) -> ProfileError:
    return ProfileError([Issue("", "SUBJECT_MAP", message, line)], source)
