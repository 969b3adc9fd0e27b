"""What a run uses, measured from outside: memory of its processes, bytes of its folders.

The kernel's own limits are used where they can be had (runtimes/); this is what works everywhere.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(root: int) -> list[int]:
    """The process and all its descendants."""
    children = defaultdict(list)
    for name in os.listdir("/proc"):  # noqa: PTH208 - several thousand names, several times a second
        if name.isdecimal():
            with suppress(OSError, IndexError, ValueError):
                stat = Path("/proc", name, "stat").read_bytes()
                children[int(stat[stat.rindex(b")") + 2 :].split()[1])].append(int(name))
    found = [root]
    for pid in found:
        found.extend(children[pid])
    return found


def memory(pids: Iterable[int], *, limit: int) -> int:
    """Bytes in memory. Shared pages are counted once per process while that is below the limit, else by shares."""
    pids = list(pids)
    total = sum(_resident(pid) for pid in pids)
    return total if total <= limit else sum(_share(pid) for pid in pids)


def disk(folders: Iterable[Path]) -> int:
    """Bytes that files below the folders take; an empty one counts as a block, for it costs an inode."""
    total = 0
    todo = [str(folder) for folder in folders]
    while todo:
        with suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    total += max(about.st_blocks * 512, 4096)
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
    return total


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    return 0


def _share(pid: int) -> int:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) << 10
    return _resident(pid)
