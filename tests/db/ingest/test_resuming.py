"""Resumable series uploads outlive the server; unfinished ones end with their time."""

import asyncio
import hashlib
import socket
import time

from sqlalchemy import text

from treadle.server.ingest.uploads import drop_expired
from treadle.server.store.blobs_local import LocalBlobs
from treadle.server.store.db import Database


def announcement(raw, study="1.2.3"):
    return {
        "key": {"study": study, "series": f"{study}.1", "bucket": f"{study}.1"},
        "digest": hashlib.sha256(raw).hexdigest(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size": len(raw),
        "fields": {},
        "routing": {"status": "no_prefix"},
    }


def announce(client, raw, **more):
    return client.post("/connector/series", json=announcement(raw, **more)).raise_for_status().json()


def put(client, ticket, offset, part):
    return client.put(f"/connector/uploads/{ticket}", params={"offset": offset}, content=part)


def complete(client, ticket, raw):
    body = {"sha256": hashlib.sha256(raw).hexdigest(), "file": {"name": "a.dicom.zip", "instances": []}}
    return client.post(f"/connector/uploads/{ticket}/complete", json=body)


def test_an_upload_goes_on_after_the_server_was_restarted(serve, tmp_path):
    raw = bytes(range(256)) * 20_000
    with serve(tmp_path) as client:
        ticket = announce(client, raw)["ticket"]
        put(client, ticket, 0, raw[:3_000_000]).raise_for_status()
    with serve(tmp_path) as client:
        again = announce(client, raw)
        assert (again["ticket"], again["resume_at"]) == (ticket, 3_000_000)
        put(client, ticket, 3_000_000, raw[3_000_000:]).raise_for_status()
        done = complete(client, ticket, raw).raise_for_status().json()
    with serve(tmp_path) as client:
        assert complete(client, ticket, raw).json() == done
        assert announce(client, raw)["status"] == "unchanged"
        path = f"/acquisitions/{done['placement']['acquisition']}/files/a.dicom.zip"
        assert client.get(path).content == raw


def test_a_part_that_breaks_off_keeps_what_came_and_is_resumed(serve, tmp_path):
    raw = bytes(range(256)) * 40_000
    with serve(tmp_path) as client:
        ticket = announce(client, raw, study="4.4")["ticket"]
        address = (client.base_url.host, client.base_url.port)
        with socket.create_connection(address) as cut:
            head = f"PUT /api/connector/uploads/{ticket}?offset=0 HTTP/1.1\r\nHost: x\r\n"
            head += f"Authorization: {client.headers['authorization']}\r\nContent-Length: {len(raw)}\r\n\r\n"
            cut.sendall(head.encode() + raw[:6_000_000])
            time.sleep(0.5)
        for _ in range(50):
            resume_at = announce(client, raw, study="4.4")["resume_at"]
            if resume_at:
                break
            time.sleep(0.1)
        assert 0 < resume_at <= 6_000_000
        put(client, ticket, resume_at, raw[resume_at:]).raise_for_status()
        assert complete(client, ticket, raw).status_code == 200


def test_an_upload_past_its_time_is_forgotten_with_its_bytes(serve, tmp_path, database_url):
    raw = b"x" * 1000
    with serve(tmp_path) as client:
        ticket = announce(client, raw, study="5.5")["ticket"]
        put(client, ticket, 0, raw[:10]).raise_for_status()

        async def expire():
            database, blobs = Database(database_url), LocalBlobs(tmp_path / "blobs")
            async with database.transaction() as connection:
                late = text("UPDATE upload SET expires_at = now() WHERE id = :id")
                await connection.execute(late, {"id": ticket})
            assert await drop_expired(database, blobs) == 1
            assert await blobs.staged_size(ticket) == 0
            await database.close()

        asyncio.run(expire())
        assert complete(client, ticket, raw).status_code == 404
        assert announce(client, raw, study="5.5")["ticket"] != ticket
