"""What the gear asks of the server that started it, through the official SDK and the key of the job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import flywheel
from flywheel.rest import ApiException

REASON = "compliance_phi"


class ServerError(ValueError):
    """What the server refused, and why; no value of a file is in it."""


@contextmanager
def _said(doing: str) -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        try:
            why = json.loads(error.body)["message"]
        except (TypeError, ValueError, KeyError):
            why = error.reason
        raise ServerError(f"{doing}: {error.status} {why}") from None


@dataclass(frozen=True)
class Target:
    """The project that files are exported to."""

    client: Any
    id: str
    group: str
    label: str

    def deid(self) -> dict[str, Any]:
        """The profile that counts there, and the secret of the project."""
        with _said("asking for the profile of the project"):
            return self.client.api_client.call_api(
                f"/projects/{self.id}/deid",
                "GET",
                header_params={"Accept": "application/json"},
                response_type="object",
                auth_settings=["ApiKey"],
                _return_http_data_only=True,
            )

    def upload(self, labels: dict[str, str], file: dict[str, Any], data: bytes) -> None:
        """Add a file to the acquisition of these labels, which is made when it is missing, with what is above it."""
        place = {
            "group": {"_id": self.group},
            "project": {"label": self.label},
            "session": {"label": labels["session"], "subject": {"label": labels["subject"]}},
            "acquisition": {"label": labels["acquisition"], "files": [file]},
        }
        with _said("uploading"):
            self.client.upload_by_label(
                metadata=json.dumps(place),
                files=flywheel.FileSpec(file["name"], BytesIO(data), size=len(data)),
            )


@dataclass(frozen=True)
class Server:
    """The server by the rights of the job."""

    client: Any

    @classmethod
    def sign_in(cls, inputs: dict[str, Any]) -> Server:
        """With the input `api-key`; the client says that it de-identifies by itself."""
        if "api-key" not in inputs:
            raise ServerError("this needs the input 'api-key'")
        with _said("signing in"):
            client = flywheel.Client(inputs["api-key"]["key"])
        client.api_client.set_default_header("X-Treadle-Deid", "1")
        return cls(client)

    def project(self, path: str) -> Target:
        """The project GROUP/PROJECT, which must be there."""
        if len(path.split("/")) != 2:
            raise ServerError("name the project to export to: 'project', GROUP/PROJECT")
        with _said(f"looking for the project '{path}'"):
            found = self.client.lookup(path)
        return Target(self.client, found.id, found.group, found.label)

    def delete_original(self, seen: dict[str, Any]) -> None:
        """Put the input with all its versions into the trash, unless somebody has replaced it meanwhile."""
        with _said("deleting the original"):
            if self.client.get_file(seen["file_id"]).version != seen["version"]:
                raise ServerError(
                    "the file has a newer version than the one de-identified; it was not deleted"
                )
            self.client.delete_file(seen["file_id"], delete_reason=REASON)
