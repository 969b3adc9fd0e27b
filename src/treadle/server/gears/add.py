"""A new gear: its manifest is judged, its address checked, its row made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from treadle.gears import Document, judge
from treadle.gears.address import ARCHIVE, FOLDER, IMAGE, LAYOUT, STORED
from treadle.gears.versions import version_key
from treadle.server.access.identity import Identity
from treadle.server.gears.errors import GearExists, GearInvalid
from treadle.server.gears.queries import Json
from treadle.server.gears.tables import gear, gear_series
from treadle.server.kit.errors import Forbidden, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.blobs import BlobRef

CATEGORIES = ("analysis", "classifier", "converter", "qa", "utility")
_EXCHANGE = ("git-commit", "rootfs-hash", "rootfs-url")
_ON_THIS_HOST = (LAYOUT, FOLDER)
_SCHEMES = (IMAGE, ARCHIVE, *_ON_THIS_HOST)
_LONGEST = 1000
# Words of addresses beside the names of gears.
_RESERVED = ("my-tickets", "prepare-add", "save", "ticket")


@dataclass(frozen=True)
class Submission:
    """A gear as somebody sends it, found to be in order."""

    manifest: Json
    exchange: Json
    category: str
    warnings: tuple[str, ...] = ()
    rootfs: BlobRef | None = None

    @property
    def name(self) -> str:
        """Of the series."""
        return str(self.manifest["name"])

    @property
    def version(self) -> str:
        """Within the series."""
        return str(self.manifest["version"])


def read_submission(
    body: Mapping[str, Any], caller: Identity, *, published: bool | None = None
) -> Submission:
    """The gear of `{category, gear, exchange}`; GearInvalid with every finding when its manifest is not in order.

    A published gear (by default one with an address) keeps bad defaults and words that a later edition of the
    specification refuses: these are warnings.
    """
    manifest = body.get("gear")
    if not isinstance(manifest, dict):
        raise Invalid("'gear' must be a manifest.")
    exchange = _exchange(body.get("exchange"), caller)
    if published is None:
        published = bool(exchange.get("rootfs-url"))
    document = Document(manifest, "versioned" if published else "bare", exchange)
    verdict = judge(document)
    if not (verdict.valid or (published and verdict.importable)):
        raise GearInvalid(
            f"The manifest breaks the gear specification: {verdict.errors[0]}",
            detail=[
                {"loc": ["body", "gear"], "msg": one, "type": GearInvalid.code} for one in verdict.errors
            ],
        )
    if manifest["name"] in _RESERVED:
        raise GearInvalid(f"No gear can be called '{manifest['name']}'.")
    category = _category(body.get("category"), document)
    return Submission(manifest, exchange, category, (*verdict.errors, *verdict.warnings))


def _category(chosen: Any, document: Document) -> str:
    if chosen is not None and chosen not in CATEGORIES:
        raise Invalid(f"'category' must be one of {', '.join(CATEGORIES)}.")
    declared = document.category
    return declared if declared in CATEGORIES else chosen or "utility"


def _exchange(value: Any, caller: Identity) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid("'exchange' must be an object.")
    found = {key: value[key] for key in _EXCHANGE if value.get(key)}
    for key, text in found.items():
        if not isinstance(text, str) or len(text) > _LONGEST:
            raise Invalid(f"'exchange.{key}' must be a text of at most {_LONGEST} characters.")
    url = found.get("rootfs-url", "")
    if url and not url.startswith(_SCHEMES):
        raise Invalid(f"'exchange.rootfs-url' must begin with one of {' '.join(_SCHEMES)}")
    if url.startswith(_ON_THIS_HOST) and not caller.is_site_admin:
        raise Forbidden(
            "Only a site administrator may add a gear that lies in a folder of the engine's host."
        )
    return found


async def refuse_known(connection: AsyncConnection, submission: Submission) -> None:
    """Go on only when the series does not have this version; GearExists otherwise."""
    name, version = submission.name, submission.version
    known = select(gear.c.id).where(gear.c.name == name, gear.c.version == version)
    if (await connection.execute(known)).first() is not None:
        raise GearExists(f'Gear "{name}" version "{version}" already exists')


async def add_gear(connection: AsyncConnection, submission: Submission, caller: Identity) -> str:
    """The id of the new gear; GearExists when the series has this version."""
    await refuse_known(connection, submission)
    name, version = submission.name, submission.version
    new_series = postgresql.insert(gear_series).values(id=new_id(), name=name)
    await connection.execute(new_series.on_conflict_do_nothing(index_elements=[gear_series.c.name]))
    gear_id = new_id()
    if submission.rootfs is not None:
        submission = replace(
            submission, exchange={**submission.exchange, **folder_address(gear_id, submission.rootfs)}
        )
    origin_type, origin_id = caller.origin
    await connection.execute(
        insert(gear).values(
            id=gear_id,
            name=name,
            version=version,
            version_key=version_key(version),
            category=submission.category,
            manifest=submission.manifest,
            exchange=submission.exchange,
            invalid=is_put_away(submission.manifest),
            warnings=list(submission.warnings),
            rootfs_sha384=submission.rootfs and submission.rootfs.sha384,
            rootfs_size=submission.rootfs and submission.rootfs.size,
            origin_type=origin_type,
            origin_id=origin_id,
        )
    )
    return gear_id


def folder_address(gear_id: str, rootfs: BlobRef) -> Json:
    """Where engines get the folder of a gear, and its hash."""
    return {"rootfs-hash": f"sha384:{rootfs.sha384}", "rootfs-url": f"{STORED}/api/gears/{gear_id}/rootfs"}


def is_put_away(manifest: Json) -> bool:
    """The author says that the gear cannot be run."""
    flywheel = manifest.get("custom", {}).get("flywheel", {})
    return isinstance(flywheel, dict) and flywheel.get("invalid") is True
