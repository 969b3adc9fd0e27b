"""A disk that forgets what was not synced: a file system in memory whose power can be cut.

`python volatile_disk.py MOUNTPOINT STATE SEED` mounts it (FUSE, libfuse 3) with what STATE holds, if there. Making
the folder `.power-cut` at its top cuts the power: STATE gets what a real disk may hold after that moment, the
program ends, and every further call fails.

What survives, by the rules of POSIX at their strictest:
- a file's bytes up to its last fsync or fdatasync; of later writes any part, in any combination;
- names (create, rename, remove) up to the last fsync of a folder they touch, in the order they were made, as in a
  journal; of later ones any first part. An fsync of a file says nothing of its name.
"""

from __future__ import annotations

import errno
import os
import pickle
import random
import stat
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import mfusepy

CUT = "/.power-cut"
_BLOCK = 4096
_ROOT = 1


@dataclass
class Node:
    """One file, folder or link, as programs see it and as the disk holds it."""

    mode: int
    uid: int
    gid: int
    times: list[int]
    live: bytearray = field(default_factory=bytearray)
    names: dict[str, int] = field(default_factory=dict)
    disk: bytearray = field(default_factory=bytearray)
    disk_names: dict[str, int] = field(default_factory=dict)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes since the last sync, (offset, bytes), and truncations, (size, None)."""

    def write(self, offset: int, data: bytes | None) -> None:
        _put(self.live, offset, data)
        self.pending.append((offset, data))
        self.times[1] = time.time_ns()

    def sync(self) -> None:
        for offset, data in self.pending:
            _put(self.disk, offset, data)
        self.pending.clear()

    def lose(self, rng: random.Random) -> None:
        """Only what the disk has, and whatever else it got to in time."""
        for offset, data in self.pending:
            for start in range(0, len(data), _BLOCK) if data is not None else (0,):
                if rng.random() < 0.5:
                    _put(self.disk, offset + start, None if data is None else data[start : start + _BLOCK])
        self.pending.clear()
        self.live = bytearray(self.disk)


def _set(names: dict[str, int], name: str, number: int | None) -> None:
    if number is None:
        del names[name]
    else:
        names[name] = number


Change = tuple[int, str, int | None]
"""A name in a folder, and the node it stands for from now on (None: no longer any)."""


def _put(content: bytearray, offset: int, data: bytes | None) -> None:
    end = offset + len(data or b"")
    if len(content) < end or (data is None and len(content) < offset):
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset:end] = data


class Disk(mfusepy.Operations):
    """The file system; one thread, so each call is one moment."""

    use_ns = True

    def __init__(self, state: Path, seed: int) -> None:
        self._state = state
        self._rng = random.Random(seed)
        self._next = _ROOT + 1
        self._nodes = {_ROOT: Node(stat.S_IFDIR | 0o755, os.getuid(), os.getgid(), [time.time_ns()] * 2)}
        self._journal: list[tuple[Change, ...]] = []
        """What no folder sync covered yet; the changes of one entry happen together."""
        if state.exists():
            self._next, self._nodes = pickle.loads(state.read_bytes())

    def _cut(self) -> None:
        self._commit(self._rng.randint(0, len(self._journal)))
        kept, waiting = set(), [_ROOT]
        while waiting:
            number = waiting.pop()
            if number not in kept:
                kept.add(number)
                waiting += self._nodes[number].disk_names.values()
        self._nodes = {number: self._nodes[number] for number in kept}
        for node in self._nodes.values():
            node.lose(self._rng)
            node.names = dict(node.disk_names)
        part = self._state.with_suffix(".part")
        part.write_bytes(pickle.dumps((self._next, self._nodes)))
        part.rename(self._state)
        os._exit(0)

    def _commit(self, count: int) -> None:
        for changes in self._journal[:count]:
            for folder, name, number in changes:
                _set(self._nodes[folder].disk_names, name, number)
        del self._journal[:count]

    def _change(self, *changes: Change) -> None:
        for folder, name, number in changes:
            _set(self._nodes[folder].names, name, number)
        self._journal.append(changes)

    def _find(self, path: str) -> int:
        number = _ROOT
        for name in filter(None, path.split("/")):
            found = self._nodes[number].names.get(name)
            if found is None:
                raise mfusepy.FuseOSError(errno.ENOENT)
            number = found
        return number

    def _node(self, path: str, fh: int | None = None) -> Node:
        return self._nodes[fh or self._find(path)]

    def _parent(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self._find(folder), name

    def _make(self, path: str, mode: int) -> int:
        folder, name = self._parent(path)
        number, self._next = self._next, self._next + 1
        uid, gid, _ = mfusepy.fuse_get_context()
        self._nodes[number] = Node(mode, uid, gid, [time.time_ns()] * 2)
        self._change((folder, name, number))
        return number

    # Names

    def create(self, path: str, mode: int, fi: object = None) -> int:
        return self._make(path, stat.S_IFREG | stat.S_IMODE(mode))

    def mknod(self, path: str, mode: int, dev: int) -> int:
        self._make(path, mode)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        if path == CUT:
            self._cut()
        else:
            self._make(path, stat.S_IFDIR | mode)
        return 0

    def symlink(self, target: str, source: str) -> int:
        self._nodes[self._make(target, stat.S_IFLNK | 0o777)].write(0, source.encode())
        return 0

    def link(self, target: str, source: str) -> int:
        folder, name = self._parent(target)
        self._change((folder, name, self._find(source)))
        return 0

    def rename(self, old: str, new: str) -> int:
        number = self._find(old)
        self._change((*self._parent(old), None), (*self._parent(new), number))
        return 0

    def unlink(self, path: str) -> int:
        self._change((*self._parent(path), None))
        return 0

    def rmdir(self, path: str) -> int:
        if self._node(path).names:
            raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        self._change((*self._parent(path), None))
        return 0

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *self._node(path).names]

    def readlink(self, path: str) -> str:
        return self._node(path).live.decode()

    # Contents

    def open(self, path: str, flags: int) -> int:
        return self._find(path)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._nodes[fh].live[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._nodes[fh].write(offset, bytes(data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self._node(path, fh).write(length, None)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._nodes[fh].sync()
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        folder = self._find(path)
        touching = [
            at for at, entry in enumerate(self._journal, 1) for change in entry if change[0] == folder
        ]
        self._commit(max(touching, default=0))
        return 0

    # Attributes: taken to be on disk at once, nothing depends on them

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        number = fh or self._find(path)
        node = self._nodes[number]
        return {
            "st_ino": number, "st_mode": node.mode, "st_nlink": 1, "st_uid": node.uid,
            "st_gid": node.gid, "st_size": len(node.live), "st_blocks": -(-len(node.live) // 512),
            "st_atime": node.times[0], "st_mtime": node.times[1], "st_ctime": node.times[1],
        }  # fmt: skip

    def chmod(self, path: str, mode: int) -> int:
        node = self._node(path)
        node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        node = self._node(path)
        node.uid, node.gid = (
            old if new == 0xFFFFFFFF else new for old, new in ((node.uid, uid), (node.gid, gid))
        )
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        self._node(path).times = list(times or [time.time_ns()] * 2)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        blocks = (64 << 30) // _BLOCK
        return {
            "f_bsize": _BLOCK,
            "f_frsize": _BLOCK,
            "f_blocks": blocks,
            "f_bfree": blocks,
            "f_bavail": blocks,
        }


if __name__ == "__main__":
    mount, state, seed = sys.argv[1:]
    options = {"allow_other": True} if os.getuid() == 0 else {}
    mfusepy.FUSE(Disk(Path(state), int(seed)), mount, foreground=True, nothreads=True, hard_remove=True,
                 default_permissions=True, **options)  # fmt: skip
