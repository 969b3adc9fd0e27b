"""Gears of a server: finding them, and bringing folders, images and manifests there."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from treadle.cli.client import Client, ClientError
from treadle.cli.connect import segment
from treadle.cli.gear_images import Runtime
from treadle.gears import Document, ManifestError, judge, read
from treadle.gears.address import IMAGE
from treadle.gears.folder import pack

Json = dict[str, Any]
MANIFEST = "manifest.json"
_ID = re.compile(r"[0-9a-f]{24}")
_CONFLICT = 409


def find_gear(client: Client, name: str) -> Json:
    """The gear of an id, of NAME (its newest version) or of NAME/VERSION, put away or not."""
    if _ID.fullmatch(name):
        return dict(client.get(f"/gears/{name}"))
    return dict(client.post("/lookup", {"path": ["gears", *name.split("/", 1)]}))


def row(gear: Json) -> Json:
    """A gear as one line."""
    manifest = gear["gear"]
    return {
        "_id": gear["_id"],
        "name": manifest["name"],
        "version": manifest["version"],
        "category": gear["category"],
        "label": manifest["label"],
        "state": "disabled" if gear.get("disabled") else "enabled",
    }


def read_valid(path: Path) -> Document:
    """The manifest of a file or folder, in order; ClientError with all that is wrong."""
    path = path / MANIFEST if path.is_dir() else path
    try:
        document = read(path)
    except ManifestError as error:
        raise ClientError(f"{path}: {error}") from None
    require_valid(document, str(path))
    return document


def require_valid(document: Document, where: str) -> None:
    """Go on only with a manifest that is in order, or a published one that was."""
    verdict = judge(document)
    if not (verdict.valid or (document.kind == "versioned" and verdict.importable)):
        raise ClientError(f"{where}: the manifest is not valid: {'; '.join(verdict.errors)}")


def install_folder(client: Client, folder: Path, *, category: str | None) -> Json:
    """The gear of this folder on the server; the one that is there when its folder is the same."""
    document = read_valid(folder)
    with tempfile.TemporaryFile() as packed:
        try:
            pack(folder, packed)
        except ManifestError as error:
            raise ClientError(f"{folder}: {error}") from None
        return _push(client, document, cast(BinaryIO, packed), category)


def _push(client: Client, document: Document, packed: BinaryIO, category: str | None) -> Json:
    packed.seek(0)
    digest = f"sha384:{hashlib.file_digest(cast(Any, packed), 'sha384').hexdigest()}"
    try:
        ticket = announce(client, document, category)
    except ClientError as error:
        there = _same(client, document, digest) if error.status == _CONFLICT else None
        if there is None:
            raise
        return there
    packed.seek(0)
    client.put_content(f"/gears/ticket/{ticket}/rootfs", packed)
    return dict(client.post("/gears/save", {"ticket": ticket, "pointer": digest}))


def _same(client: Client, document: Document, digest: str) -> Json | None:
    """The gear that is there under this name and version, when it is made of the same folder."""
    there = find_gear(client, f"{document.manifest['name']}/{document.manifest['version']}")
    return there if (there.get("exchange") or {}).get("rootfs-hash") == digest else None


def announce(client: Client, document: Document, category: str | None) -> str:
    """The ticket of a new gear."""
    body = {"category": category, "gear": document.manifest}
    return str(client.post("/gears/prepare-add", body)["ticket"])


def install_manifest(client: Client, path: Path, *, category: str | None) -> Json:
    """The gear of a manifest, bare or with the exchange's record of its image."""
    document = read_valid(path)
    return _added(client, document, document.exchange, category)


def install_image(client: Client, image: str, *, category: str | None) -> Json:
    """The gear of an image as it is now: by its digest, whatever its tag will mean later."""
    runtime = Runtime.find()
    repository, digest = runtime.digest(image)
    document = runtime.manifest(image)
    require_valid(document, image)
    address = {"rootfs-hash": digest, "rootfs-url": f"{IMAGE}{repository}@{digest}"}
    return _added(client, document, address, category)


def _added(client: Client, document: Document, exchange: Json | None, category: str | None) -> Json:
    body = {"category": category, "gear": document.manifest, "exchange": exchange}
    made = client.post(f"/gears/{segment(document.manifest['name'])}", body)
    return dict(client.get(f"/gears/{made['_id']}"))


def upload_image(
    client: Client, runtime: Runtime, image: str, document: Document, *, repository: str, category: str | None
) -> Json:
    """Announce the gear, push its image to the registry, save what was pushed."""
    ticket = announce(client, document, category)
    digest = runtime.push(image, f"{repository}:{document.manifest['version']}")
    return dict(client.post("/gears/save", {"ticket": ticket, "repo": repository, "pointer": digest}))
