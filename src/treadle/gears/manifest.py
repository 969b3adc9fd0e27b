"""Reading a manifest: bare, or with the exchange's record around it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from treadle.gears.address import IMAGE, LAYOUT

Json = dict[str, Any]
Kind = Literal["bare", "versioned"]

# The longest published manifest has 60 kB.
MOST_BYTES = 4 << 20


class ManifestError(Exception):
    """This is no manifest: what is wrong, in one sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest as it stands in a file.

    A published gear is a versioned document: `gear` (the manifest), `exchange` (commit and address of the
    image) and, since it was made then, `invocation-schema`.
    """

    manifest: Json
    kind: Kind = "bare"
    exchange: Json | None = None
    invocation_schema: Json | None = None

    @property
    def category(self) -> str | None:
        """`analysis`, `converter` ...: what the author declared."""
        return text(self._builder.get("category"))

    @property
    def image(self) -> str | None:
        """Reference of the container image; the older key counts only without the newer one."""
        return text(self._builder.get("image")) or text(self._custom.get("docker-image"))

    @property
    def address(self) -> str:
        """Where a published gear is; empty for a manifest alone."""
        return text(mapping(self.exchange).get("rootfs-url")) or ""

    @property
    def sha384(self) -> str:
        """The hash of what is there (`sha384:...`); empty where none is given."""
        return text(mapping(self.exchange).get("rootfs-hash")) or ""

    @property
    def reference(self) -> str | None:
        """The image that is run, by digest when it is known, or its place; None for an archive or a folder."""
        if not self.address:
            return self.image
        is_image = self.address.startswith((IMAGE, LAYOUT))
        return self.address.removeprefix(IMAGE) if is_image else None

    @property
    def images(self) -> set[str]:
        """Every image the manifest names: more than one is a contradiction."""
        return {
            image
            for image in (text(self._builder.get("image")), text(self._custom.get("docker-image")))
            if image
        }

    @property
    def suite(self) -> str | None:
        """Under which heading gears are shown."""
        return text(mapping(self._custom.get("flywheel")).get("suite"))

    @property
    def inputs(self) -> dict[str, int]:
        """How many inputs of each base there are."""
        bases = Counter(text(field(one, "base")) for one in mapping(self.manifest.get("inputs")).values())
        return {base: number for base, number in bases.items() if base}

    @property
    def _custom(self) -> Json:
        return mapping(self.manifest.get("custom"))

    @property
    def _builder(self) -> Json:
        return mapping(self._custom.get("gear-builder"))


def read(path: Path) -> Document:
    """The document in a file; ManifestError when there is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ManifestError(f"the file is larger than {MOST_BYTES >> 20} MB")
        return parse(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ManifestError(error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise ManifestError("the file is not UTF-8 text") from None


def parse(written: str) -> Document:
    """The document of a JSON text."""
    try:
        found = json.loads(written)
    except json.JSONDecodeError as error:
        raise ManifestError(f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise ManifestError("not JSON that can be read: nested too deep, or a number too long") from None
    if not isinstance(found, dict):
        raise ManifestError("a manifest is a JSON object")
    if not isinstance(found.get("gear"), dict):
        return Document(found)
    exchange, schema = found.get("exchange"), found.get("invocation-schema")
    return Document(
        found["gear"],
        "versioned",
        exchange if isinstance(exchange, dict) else None,
        schema if isinstance(schema, dict) else None,
    )


def mapping(value: object) -> Json:
    """An object, or an empty one for what is none."""
    return value if isinstance(value, dict) else {}


def field(value: object, key: str) -> object:
    """A key of what may not be an object."""
    return mapping(value).get(key)


def text(value: object) -> str | None:
    """A text, or nothing."""
    return value if isinstance(value, str) else None
