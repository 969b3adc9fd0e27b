"""Which elements the profile's own rules decided: a preset leaves them as they are."""

from __future__ import annotations

# Tag -> True, or item index -> tree.
Trie = dict[int, "bool | dict[int, Trie]"]


def as_trie(paths: set[tuple[int, ...]]) -> Trie:
    """Paths of a profile's own rules as a tree."""
    root: Trie = {}
    for path in paths:
        level = root
        for tag, index in zip(path[:-2:2], path[1:-1:2], strict=True):
            below = level.setdefault(tag, {})
            if below is True or isinstance(below, bool):
                break
            level = below.setdefault(index, {})
        else:
            level[path[-1]] = True
    return root
