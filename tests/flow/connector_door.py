"""A small server that speaks the connector's side of the API, with its state on disk and faults on demand.

`python connector_door.py PORT FOLDER`. Faults: a JSON list in FOLDER/faults.json, each
`{"on": "part", "do": "500", "times": 2}`; on: announce, part, complete, heartbeat, deid;
do: 401, 422, 500, 503, hold, cut, offset. FOLDER/deid.json holds what differs from "no profile applies".
"""

import hashlib
import json
import os
import re
import sys
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import RLock
from urllib.parse import parse_qs, urlsplit

FOLDER = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
LOCK = RLock()


def load(name: str, default: object) -> dict:
    path = FOLDER / name
    return json.loads(path.read_text()) if path.exists() else default


def save(name: str, value: object) -> None:
    part = FOLDER / (name + ".part")
    part.write_text(json.dumps(value))
    part.replace(FOLDER / name)


def take_fault(on: str) -> str | None:
    faults = load("faults.json", [])
    for fault in faults:
        if fault["on"] == on and fault["times"] > 0:
            fault["times"] -= 1
            save("faults.json", faults)
            return str(fault["do"])
    return None


def name_of(key: dict) -> str:
    return hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:24]


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_fault(self, on: str) -> bool:
        fault = take_fault(on)
        if fault is None:
            return False
        if fault == "cut":
            self.close_connection = True
            self.connection.close()
        elif fault == "hold":
            self.answer(200, {"status": "hold", "reason": "closed for today"})
        elif fault == "offset":
            self.answer(409, {"message": "wrong offset", "detail": {"resume_at": self.size_of_upload()}})
        else:
            self.answer(int(fault), {"message": "injected", "status_code": int(fault)})
        return True

    def size_of_upload(self) -> int:
        ticket = re.search(r"uploads/([0-9a-f]+)", self.path)[1]
        return (FOLDER / f"{ticket}.zip").stat().st_size

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with LOCK:
            if self.path == "/api/connector/series":
                if not self.handle_fault("announce"):
                    self.announce(body)
            elif self.path == "/api/connector/deid":
                if not self.handle_fault("deid"):
                    self.deid(body)
            elif not self.handle_fault("complete"):
                self.complete(body)

    def deid(self, body: dict) -> None:
        target = {
            "group": body["routing"]["group"] or "unknown",
            "project": body["routing"]["project"] or "Unsorted",
        }
        nothing = {"profile": None, "exempt": False, "required": False, "target": target}
        secret = {"scope": "project", "epoch": body["epoch"] or 1, "key": "5e" * 32}
        self.answer(200, {**nothing, "secret": secret, **load("deid.json", {})})

    def announce(self, body: dict) -> None:
        file = load(f"{name_of(body['key'])}.json", {"versions": []})
        if file["versions"] and file["versions"][-1]["digest"] == body["digest"]:
            self.answer(200, {"status": "unchanged", "file_id": name_of(body["key"]),
                              "version": len(file["versions"]), "placement": {}})  # fmt: skip
            return
        ticket = hashlib.sha256((body["digest"] + body["sha256"]).encode()).hexdigest()[:32]
        (FOLDER / f"{ticket}.zip").touch()
        save(f"{ticket}.ticket", body)
        size = (FOLDER / f"{ticket}.zip").stat().st_size
        part_size = int(os.environ.get("PART_SIZE", str(16 << 20)))
        self.answer(200, {"status": "upload", "ticket": ticket, "resume_at": size, "part_size": part_size})

    def complete(self, body: dict) -> None:
        ticket = self.path.split("/")[4]
        asked = load(f"{ticket}.ticket", {})
        zip_path = FOLDER / f"{ticket}.zip"
        if hashlib.sha256(zip_path.read_bytes()).hexdigest() != body["sha256"]:
            self.answer(422, {"message": "hash mismatch"})
            return
        name = name_of(asked["key"])
        file = load(f"{name}.json", {"key": asked["key"], "versions": []})
        if not file["versions"] or file["versions"][-1]["digest"] != asked["digest"]:
            file["versions"].append(
                {"digest": asked["digest"], "ticket": ticket, "asked": asked, "done": body}
            )
            save(f"{name}.json", file)
        self.answer(200, {"file_id": name, "version": len(file["versions"]), "placement": {}, "reason": None})

    def do_PUT(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers["Content-Length"])
        with LOCK:
            if url.path == "/api/devices/self":
                save("heartbeat.json", json.loads(self.rfile.read(length)))
                if not self.handle_fault("heartbeat"):
                    self.answer(200, {})
                return
            fault = take_fault("part")
        ticket = url.path.split("/")[4]
        if fault == "cut":
            with (FOLDER / f"{ticket}.zip").open("ab") as file:
                file.write(self.rfile.read(length // 2))
            self.close_connection = True
            self.connection.close()
            return
        data = self.rfile.read(length)
        with LOCK:
            size = (FOLDER / f"{ticket}.zip").stat().st_size
            if fault not in (None, "offset"):
                self.answer(int(fault), {"message": "injected"})
            elif fault == "offset" or int(parse_qs(url.query)["offset"][0]) != size:
                self.answer(409, {"message": "wrong offset", "detail": {"resume_at": size}})
            else:
                with (FOLDER / f"{ticket}.zip").open("ab") as file:
                    file.write(data)
                self.answer(200, {"resume_at": size + len(data)})

    def do_GET(self) -> None:
        match = re.fullmatch(r"/api/x/files/([0-9a-f]+)/instances/([0-9.]+)", urlsplit(self.path).path)
        version = int(parse_qs(urlsplit(self.path).query)["version"][0])
        kept = load(f"{match[1]}.json", {"versions": []})["versions"][version - 1]
        members = {item["sop_uid"]: item["member"] for item in kept["done"]["file"]["instances"]}
        if match[2] not in members:
            self.answer(404, {"message": "not found"})
            return
        with zipfile.ZipFile(FOLDER / f"{kept['ticket']}.zip") as archive:
            body = archive.read(members[match[2]])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
