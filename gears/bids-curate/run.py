"""The gear: BIDS names for the images of a project, subject or session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import dataset
from names import Verdict, assign, clean
from scans import ClientError, Scan, Source

from treadle.gearkit.run import Refused, Run, main

VERSION = "1.0.0"


def curate(run: Run) -> None:
    """Name, list, tell the server, write the data set."""
    try:
        source = Source(run)
        found = assign(source.scans(), run.config.get("sessions", "auto"))
        if not any(one.name for one in found):
            raise Refused("no image here has a place in BIDS: are they classified?")
        stem = f"bids-{clean(source.label) or 'dataset'}"
        _list(run, f"{stem}.tsv", found)
        if run.config.get("write-names", True):
            for one in found:
                _tell(source, one)
        if run.config.get("dataset", True):
            about = _description(run, source)
            dataset.write(run.output(f"{stem}.zip"), found, source.people(), about, _reader(source))
    except ClientError as error:
        raise Refused(str(error)) from None
    named = sum(one.name is not None for one in found)
    print(f"{named} images named, {len(found) - named} left out")


def _list(run: Run, name: str, found: list[Verdict]) -> None:
    rows = ["subject\tsession\tacquisition\tfile\tname\twhy_not"]
    for one in found:
        scan = one.scan
        path = f"{one.name.path}/{one.name.stem}{scan.ending}" if one.name else ""
        cells = (scan.subject, scan.session, scan.acquisition, scan.file, path, one.why)
        rows.append("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells))
        print(f"{scan.acquisition}/{scan.file}: {path or one.why}")
    run.output(name).write_text("\n".join(rows) + "\n", "utf-8")


def _tell(source: Source, one: Verdict) -> None:
    """Image and sidecars get the name; an image that has none loses the one it had."""
    scan, name = one.scan, one.name
    if name is None:
        if isinstance(scan.info.get("BIDS"), dict) and not scan.info["BIDS"].get("ignore"):
            source.client.post(_address(scan, scan.file, "/info"), {"delete": ["BIDS"]})
        return
    for file, ending in ((scan.file, scan.ending), *((file, ending) for ending, file in scan.beside.items())):
        said = {"Path": name.path, "Folder": name.folder, "Filename": name.stem + ending, "ignore": False}
        source.client.post(_address(scan, file, "/info"), {"set": {"BIDS": said | dict(name.entities)}})


def _reader(source: Source) -> dataset.Reader:
    def read(scan: Scan, file: str) -> Iterator[bytes]:
        with source.client.download(_address(scan, file)) as parts:
            yield from parts

    return read


def _address(scan: Scan, file: str, end: str = "") -> str:
    return f"/acquisitions/{scan.place}/files/{quote(file, safe='')}{end}"


def _description(run: Run, source: Source) -> dict[str, Any]:
    authors = [author.strip() for author in run.config.get("authors", "").split(";") if author.strip()]
    optional = {"Authors": authors, "License": run.config.get("data-license", "")}
    return {
        "Name": run.config.get("name") or source.label,
        "BIDSVersion": dataset.BIDS,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "bids-curate", "Version": VERSION}],
    } | {key: value for key, value in optional.items() if value}


if __name__ == "__main__":
    main(curate)
