"""ZIP: every member goes through the same profile; folders may be hashed, times and extra fields are dropped."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import salted_hash
from treadle.deid.fields.model import Rule, Section
from treadle.deid.fields.record import apply
from treadle.deid.fields.scope import Scope
from treadle.deid.result import Result
from treadle.deid.run import Run
from treadle.deid.types.archive_names import ArchiveNames
from treadle.deid.types.finish import named
from treadle.deid.types.member_fields import MemberFields

MAX_MEMBERS = 100_000
MAX_BYTES = 50 << 30
MAX_RATIO = 200
FREE_BYTES = 1 << 20  # small archives may be packed as tightly as they like
MAX_DEPTH = 3
_EPOCH = (1980, 1, 1, 0, 0, 0)


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One archive in, one out."""
    if run.depth >= MAX_DEPTH:
        raise Rejected(Code.LIMIT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_processed(name, data, archive, section, run)]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Rejected(Code.TRUNCATED) from error
    except RuntimeError as error:  # what zipfile raises for encrypted members
        raise Rejected(Code.NOT_SUPPORTED) from error


def _processed(
    name: str, data: bytes, archive: zipfile.ZipFile, section: Section, run: Run
) -> tuple[str, bytes]:
    fields = MemberFields(tuple(run.profile.sections))
    record = Archive(archive.comment, fields)
    scope = Scope.of(section, run, record.read, data[:4096])
    out = io.BytesIO()
    names = ArchiveNames(run)
    dropped = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for number, info in enumerate(_members(archive, len(data)), start=1):
            contents = archive.read(info)
            result = run.nested(info.filename, contents)
            run.report.members.append(result.report)
            if result.status != "ok":
                _may_drop(result, section, number)
                dropped.append(number)
                continue
            fields.see(result)
            if result.report.kind == "dicom":
                names.see(contents)
            folder = _folder(info.filename, section, scope, names)
            for member, treated in result.outputs:
                _add(target, posixpath.join(folder, member), treated, number)
        apply(record, section.rules, scope, run.report)
        target.comment = record.comment
    if dropped:
        run.report.warn(f"MEMBERS_DROPPED {len(dropped)}")
    return names.safe(named(name, section, record.read, scope)), out.getvalue()


def _members(archive: zipfile.ZipFile, size: int) -> Iterator[zipfile.ZipInfo]:
    """The files, after a look at all of them."""
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or unpacked > MAX_BYTES or unpacked > MAX_RATIO * size + FREE_BYTES:
        raise Rejected(Code.LIMIT)
    for number, info in enumerate(infos, start=1):
        path = info.filename.replace("\\", "/")
        if not path or path.startswith("/") or ".." in path.split("/") or path[1:2] == ":":
            raise Rejected(Code.BAD_VALUE, f"path of member {number}")
        if info.flag_bits & 1:
            raise Rejected(Code.NOT_SUPPORTED, f"encrypted member {number}")
    return (info for info in infos if not info.is_dir())


def _may_drop(result: Result, section: Section, number: int) -> None:
    """A member that cannot be treated rejects the archive, unless the profile says that such members are dropped."""
    wanted = result.error in (None, Code.UNSUPPORTED_TYPE, Code.NOT_DICOM)
    if section.own["validate-zip-members"] or not wanted:
        raise Rejected(result.error or Code.UNSUPPORTED_TYPE, f"member {number}")


def _folder(path: str, section: Section, scope: Scope, names: ArchiveNames) -> str:
    parts = [part for part in path.replace("\\", "/").split("/")[:-1] if part]
    if section.own["hash-subdirectories"]:
        return "/".join(salted_hash(part, scope.salt) for part in parts)
    return "/".join(names.safe(part) for part in parts)


def _add(target: zipfile.ZipFile, path: str, contents: bytes, number: int) -> None:
    if path in target.NameToInfo:
        raise Rejected(Code.BAD_VALUE, f"name of member {number} is taken")
    info = zipfile.ZipInfo(path, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    target.writestr(info, contents)


class Archive:
    """The comment, and the fields of the first members, which only names of outputs use."""

    def __init__(self, comment: bytes, fields: MemberFields) -> None:
        self.comment = comment
        self.fields = fields
        self.own: dict[str, Any] = {}

    def places(self, rule: Rule) -> Iterator[str]:
        """The name itself."""
        yield rule.name

    def get(self, place: str) -> Any:
        """The comment as text, or a field of the first member that has it."""
        if place == "comment":
            return self.comment.decode("utf-8", "replace") or None
        return self.own[place] if place in self.own else self.fields.read(place)

    read = get

    def put(self, place: str, value: Any) -> None:
        """Members are done; only the comment and what names use can change."""
        if place == "comment":
            self.comment = str(value).encode()[:65535]
        else:
            self.own[place] = value

    def remove(self, place: str) -> None:
        """Without comment; without the field, for names."""
        if place == "comment":
            self.comment = b""
        else:
            self.own[place] = None
