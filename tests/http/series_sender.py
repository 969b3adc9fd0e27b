"""Sends series to the server the way the connector does, without a connector."""

import hashlib
import io
import uuid
import zipfile


def packed(*contents):
    """A zip and the index of its members, as the connector makes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"1.{number}.MR.dcm", content)
    raw, instances = out.getvalue(), []
    with zipfile.ZipFile(out) as archive:
        for number, entry in enumerate(archive.infolist()):
            offset = entry.header_offset + 30 + len(entry.filename)
            instances.append(
                {
                    "sop_uid": f"1.{number}",
                    "number": len(contents) - number,
                    "frames": 1,
                    "member": entry.filename,
                    "offset": offset,
                    "compressed_size": entry.compress_size,
                    "size": entry.file_size,
                    "method": entry.compress_type,
                }
            )
    return raw, instances


class Connector:
    """Sends series the way the connector does."""

    def __init__(self, api, study=None):
        self.api = api
        self.study = study or f"1.2.{uuid.uuid4().int}"[:60]

    def announcement(self, raw, *, string, series=None, digest=None, **more):
        series = series or f"{self.study}.1"
        group, project = [*string.split("/"), None, None][:2]
        status = "ok" if group and project else "no_prefix"
        return {
            "device": "scanner-1",
            "key": {"study": self.study, "series": series, "bucket": series},
            "digest": digest or hashlib.sha256(raw).hexdigest(),
            "size": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest(),
            "fields": {
                "subject.label": "sub-1",
                "session.uid": self.study,
                "session.label": "ses",
                "session.timestamp": "2020-10-23T10:56:24+00:00",
                "session.age": None,
                "acquisition.uid": series,
                "acquisition.label": "T1",
            },
            "routing": {
                "form": "uri",
                "group": group or None,
                "project": project,
                "status": status,
                "flags": [],
            },
            **more,
        }

    def announce(self, body):
        answer = self.api.post("/connector/series", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, ticket, offset, part):
        return self.api.put(f"/connector/uploads/{ticket}", params={"offset": offset}, content=part)

    def complete(self, ticket, raw, instances, name="T1.dicom.zip"):
        file = {
            "name": name,
            "type": "dicom",
            "modality": "MR",
            "classification": {"Intent": ["Structural"]},
            "zip_member_count": len(instances),
            "info": {"header": {"dicom": {"Modality": "MR"}}},
            "instances": instances,
        }
        body = {"sha256": hashlib.sha256(raw).hexdigest(), "file": file}
        return self.api.post(f"/connector/uploads/{ticket}/complete", json=body)

    def send(self, raw, instances, name="T1.dicom.zip", **said):
        started = self.announce(self.announcement(raw, **said))
        if started["status"] == "unchanged":
            return started
        assert (
            self.put(started["ticket"], started["resume_at"], raw[started["resume_at"] :]).status_code == 200
        )
        done = self.complete(started["ticket"], raw, instances, name)
        assert done.status_code == 200, done.text
        return done.json()
