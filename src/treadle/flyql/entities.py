"""The entities of the language, their order, and the fields every site has."""

from __future__ import annotations

from types import MappingProxyType

LEVELS = ("group", "project", "subject", "session", "acquisition", "analysis", "file")  # from the top down
COLLECTION = "collection"
ENTITIES = (*LEVELS, COLLECTION)
RETURN_TYPES = ("file", "acquisition", "session", "analysis", "project", "subject", COLLECTION)

# Divisors of a session's age, which is in seconds.
AGES = MappingProxyType(
    {
        "age_in_years": 31_557_600,
        "age_years": 31_557_600,
        "age_months": 2_592_000,
        "age_weeks": 604_800,
        "age_days": 86_400,
    }
)

NATIVE_DATES = frozenset({"created", "modified", "timestamp"})  # paths that always hold an instant

_EVERY = ("_id", "created", "modified", "tags", "notes.text")
_VISIT = ("label", "uid", "timestamp", "timezone")
_PARENT = ("parent.type", "parent.id")
CORE_FIELDS = MappingProxyType(
    {
        "group": (*_EVERY, "label"),
        "project": (*_EVERY, "label", "description", "group"),
        "subject": (
            *_EVERY,
            *("label", "code", "sex", "cohort", "race", "ethnicity", "species", "strain", "type"),
            *("firstname", "lastname", "mlset"),
        ),
        "session": (
            *_EVERY,
            *_VISIT,
            *("age", *AGES, "weight", "operator", "satisfies_template", "project_has_template"),
        ),
        "acquisition": (*_EVERY, *_VISIT),
        "analysis": (
            *_EVERY,
            *("label", "description", "user", "job.id", "job.state", *_PARENT),
            *("gear_info.id", "gear_info.name", "gear_info.version", "gear_info.category"),
        ),
        "file": (
            *_EVERY,
            *("name", "type", "mimetype", "modality", "size", "hash", "version", "classification_list"),
            *(
                "origin.type",
                "origin.id",
                "gear_info.name",
                "gear_info.version",
                "zip_member_count",
                *_PARENT,
            ),
        ),
        COLLECTION: ("_id", "label"),
    }
)

_QUIET = frozenset({"_id", "id", "hash", "project_has_template"})


def is_indexed(path: str) -> bool:
    """Permissions are no metadata: they cannot be searched."""
    return path.split(".", 1)[0] != "permissions"


def is_suggested(path: str) -> bool:
    """Whether type-ahead offers the path: identifiers can be searched, but nobody picks them from a list."""
    return is_indexed(path) and path not in _QUIET and path.split(".", 1)[0] not in ("origin", "parent")


def may_mention(entity: str, other: str) -> bool:
    """Whether an object of `entity` binds one of `other`: itself, what is above it, and the collections it is in."""
    if entity == COLLECTION:
        return other == COLLECTION
    if other == COLLECTION:
        return LEVELS.index(entity) >= LEVELS.index("session")
    return LEVELS.index(other) <= LEVELS.index(entity)
