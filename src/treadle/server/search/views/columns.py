"""The column names of data views: levels, their fields, groups and computed ages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from treadle.server.search.views.spec import ColumnSpec, ColumnType

LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis", "file")
_DAY = 86_400
# Lengths of a year and month as the clients count them.
_AGES = {"years": 365.25 * _DAY, "months": 30 * _DAY, "weeks": 7 * _DAY, "days": _DAY}


@dataclass(frozen=True)
class Alias:
    """A known column name, or the name of a group of them."""

    name: str
    src: str
    description: str
    type: ColumnType | None = "string"
    group: tuple[str, ...] = ()
    expr: str | None = None
    hidden: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The form of `/views/columns`."""
        found = {
            "name": self.name,
            "src": self.src,
            "type": None if self.group else self.type,
            "description": self.description,
            "group": list(self.group) or None,
            "expr": self.expr,
            "hidden": self.hidden,
        }
        return {key: value for key, value in found.items() if value is not None}


# level -> field, type, description; a `-` before the name: not in the level's group.
_FIELDS: Mapping[str, tuple[tuple[str, ColumnType, str], ...]] = {
    "project": (
        ("id", "string", "The project id"),
        ("label", "string", "The project label"),
        ("-description", "string", "The project description"),
    ),
    "subject": (
        ("id", "string", "The subject id"),
        ("label", "string", "The subject label or code"),
        ("firstname", "string", "The subject first name"),
        ("lastname", "string", "The subject last name"),
        ("age", "int", "The subject age, in seconds"),
        ("sex", "string", "The subject sex"),
        ("cohort", "string", "The subject cohort"),
        ("type", "string", "The subject type"),
        ("race", "string", "The subject race"),
        ("ethnicity", "string", "The subject ethnicity"),
        ("species", "string", "The subject species"),
        ("strain", "string", "The subject strain"),
        ("-code", "string", "The subject code"),
        ("-mlset", "string", "The machine learning set of the subject"),
        ("-date_of_birth", "string", "The date of birth"),
    ),
    "session": (
        ("id", "string", "The session id"),
        ("label", "string", "The session label"),
        ("operator", "string", "The operator of the session"),
        ("timestamp", "string", "The time of the session"),
        ("weight", "float", "The weight of the subject at the session, in kg"),
        ("age", "int", "The age of the subject at the session, in seconds"),
        ("-uid", "string", "The session uid"),
        ("-timezone", "string", "The time zone of the session"),
        ("-satisfies_template", "bool", "Whether the session satisfies its template"),
    ),
    "acquisition": (
        ("id", "string", "The acquisition id"),
        ("label", "string", "The acquisition label"),
        ("timestamp", "string", "The time of the acquisition"),
        ("-uid", "string", "The acquisition uid"),
        ("-timezone", "string", "The time zone of the acquisition"),
    ),
    "analysis": (
        ("id", "string", "The analysis id"),
        ("label", "string", "The analysis label"),
        ("-description", "string", "The analysis description"),
    ),
    "file": (
        ("file_id", "string", "The file id"),
        ("name", "string", "The file name"),
        ("type", "string", "The file type"),
        ("mimetype", "string", "The MIME type of the file"),
        ("modality", "string", "The modality of the file"),
        ("size", "int", "The size of the file, in bytes"),
        ("version", "int", "The version of the file"),
        ("created", "string", "When the file was made"),
        ("modified", "string", "When the file was changed"),
        ("-id", "string", "The id of this version of the file"),
        ("-hash", "string", "The hash of the content"),
        ("-zip_member_count", "int", "The number of members of a zip"),
        ("-origin.type", "string", "What kind of thing made the file"),
        ("-origin.id", "string", "Who made the file"),
        ("-classification", "object", "The classification of the file"),
        ("-classification.*", "object", "One column for each aspect of the classification"),
        ("-classification.Intent", "object", "The intents of the classification"),
        ("-classification.Measurement", "object", "The measurements of the classification"),
        ("-classification.Features", "object", "The features of the classification"),
    ),
    "group": (("id", "string", "The group id"), ("label", "string", "The group label")),
}
# Known to the clients, never set here: an empty column, not a mistake.
UNUSED = frozenset(
    {
        "gear_info",
        "provider_id",
        "copy_of",
        "original_copy_of",
        "copy_status",
        "reference",
        "path",
        "client_hash",
        "job",
        "compute_provider_id",
        "uuid",
    }
)


def _aliases() -> Iterator[Alias]:
    for level, fields in _FIELDS.items():
        members = tuple(f"{level}.{name}" for name, _, _ in fields if not name.startswith("-"))
        yield Alias(level, level, f"All column aliases belonging to {level}", group=members)
        for field, kind, description in fields:
            name = f"{level}.{field.removeprefix('-')}"
            yield Alias(name, name, description, kind)
            if field == "age":
                for unit, seconds in _AGES.items():
                    yield Alias(
                        f"{level}.age_{unit}",
                        f"{level}.age",
                        description.replace("seconds", unit),
                        "float",
                        expr=f"x / {seconds:g}",
                    )
        if level not in ("group", "file"):
            yield Alias(f"{level}.created", f"{level}.created", f"When the {level} was made")
            yield Alias(f"{level}.modified", f"{level}.modified", f"When the {level} was changed")
        yield Alias(f"{level}.tags", f"{level}.tags", f"The tags of the {level}", "object")
        if level != "group":
            yield Alias(f"{level}.info", f"{level}.info", f"The freeform {level} metadata", "object")


ALIASES: Mapping[str, Alias] = {alias.name: alias for alias in _aliases()}


def expand(spec: ColumnSpec) -> list[ColumnSpec]:
    """The single columns that a column stands for; groups name several, ages compute."""
    alias = ALIASES.get(spec.src)
    if alias is None:
        return [spec]
    if alias.group:
        return [
            made
            for name in alias.group
            for made in expand(
                ColumnSpec(
                    src=name,
                    dst=f"{spec.dst}.{name.partition('.')[2]}" if spec.dst else None,
                    type=spec.type,
                    expr=spec.expr,
                    accumulator=spec.accumulator,
                )
            )
        ]
    if alias.expr is None:
        return [spec]
    return [
        spec.model_copy(
            update={
                "src": alias.src,
                "dst": spec.name,
                "type": spec.type or alias.type,
                "expr": spec.expr or alias.expr,
            }
        )
    ]


def suggestion(src: str) -> str:
    """A hint at the known name that was perhaps meant."""
    near = get_close_matches(src, ALIASES, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
