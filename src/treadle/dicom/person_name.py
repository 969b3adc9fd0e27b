"""Person names: the parts of PatientName and OperatorsName as people write them (step 5 of the flow)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from treadle.dicom.labels import clean_space

_LETTERS = re.compile(r"[^\W\d_]+")


class PersonName(NamedTuple):
    """First and last name; None where nothing was given."""

    firstname: str | None
    lastname: str | None


def split_person_name(text: str | None) -> PersonName:
    """First and last name of a PN value, capitalised.

    >>> split_person_name("DOE^JOHN^^^")
    PersonName(firstname='John', lastname='Doe')
    >>> split_person_name("john mid doe")
    PersonName(firstname='John Mid', lastname='Doe')
    >>> split_person_name("JohnDoe")
    PersonName(firstname=None, lastname='JohnDoe')
    """
    # Component groups: alphabetic, ideographic, phonetic (PS3.5 6.2.1).
    groups = [_components(group) for group in (text or "").split("=")]
    name = next((group for group in groups if group), "")
    if "^" in name:
        last, _, first = name.partition("^")
    else:
        first, _, last = name.rpartition(" ")
    return PersonName(_capitalised(first), _capitalised(last))


def join_operators(names: Sequence[str]) -> str | None:
    """One operator verbatim; several as `First Last, First Last`.

    >>> join_operators(["OP^Mike"])
    'OP^Mike'
    >>> join_operators(["OP^Mike", "ROE^ANN"])
    'Mike Op, Ann Roe'
    """
    given = [name.strip() for name in names if _components(name.replace("=", "^"))]
    if len(given) < 2:
        return given[0] if given else None
    return ", ".join(" ".join(part for part in split_person_name(name) if part) for name in given)


def _components(group: str) -> str:
    return "^".join(clean_space(part) for part in group.split("^")).rstrip("^")


def _capitalised(text: str) -> str | None:
    return _LETTERS.sub(_capitalise_run, text) or None


def _capitalise_run(match: re.Match[str]) -> str:
    run = match[0]
    return run.capitalize() if run.isupper() or run.islower() else run[0].upper() + run[1:]
