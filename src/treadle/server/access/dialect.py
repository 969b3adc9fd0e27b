"""Action names of each generation of the official client (roles.md 3.1).

Counted from the published packages 17.8 (52 names), 18.5 (58), 19.5 (60), 20.3 (61), 21.1 (64), 22.2 (64),
23.0 (65). Clients up to 18 fail on one unknown name; the stored form uses the newest names only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from treadle.server.access.actions import ALL_ACTIONS
from treadle.server.access.errors import UnknownAction

_OLDEST = 17

# Names that came after version 17, by the first version that knows them.
_SINCE: dict[str, int] = {
    "jupyterlab_servers_read": 18,
    "jupyterlab_servers_launch": 18,
    "jupyterlab_servers_create": 18,
    "jupyterlab_servers_modify": 18,
    "jupyterlab_servers_delete": 18,
    "files_create_single": 19,
    "files_create_bulk": 19,
    "tasks_view": 20,
    "tasks_create": 20,
    "tasks_modify": 20,
    "tasks_assign": 20,
    "tasks_report_read": 21,
    "tasks_report_create": 21,
    "tasks_report_delete": 21,
    "annotations_delete_others": 22,
    "malware_findings_view": 23,
}

# Old name: what it stands for, and the last version that knows it.
_OLD: dict[str, tuple[tuple[str, ...], int]] = {
    "files_create_upload": (("files_create_single", "files_create_bulk"), 21),
    "workspaces_manage": (("jupyterlab_servers_modify",), 17),
    "workspaces_delete": (("jupyterlab_servers_delete",), 17),
}

# Names that are read but never written.
_READ_ONLY: dict[str, tuple[str, ...]] = {
    "jobs_run_cancel": ("jobs_manage",),
    "jobs_cancel_any": ("jobs_manage_others",),
    "azureml_access": (),
    "azureml_modify": (),
    "azureml_read": (),
}

_ACCEPTED = {
    **{action: (action,) for action in ALL_ACTIONS},
    **{name: meaning for name, (meaning, _) in _OLD.items()},
    **_READ_ONLY,
}


def _knows(action: str, major: int) -> bool:
    return _SINCE.get(action, _OLDEST) <= max(major, _OLDEST)


def shown(actions: Collection[str], major: int) -> list[str]:
    """The actions in the names that a client of this major version knows."""
    major = max(major, _OLDEST)
    named = [action for action in actions if _knows(action, major)]
    old = [
        name
        for name, (meaning, last) in _OLD.items()
        if major <= last and all(action in actions for action in meaning)
    ]
    return named + old


def read(names: Iterable[str]) -> frozenset[str]:
    """The actions meant by names of any generation; UnknownAction for others."""
    actions: set[str] = set()
    for name in names:
        if name not in _ACCEPTED:
            raise UnknownAction(f"There is no action '{name[:80]}'.")
        actions.update(_ACCEPTED[name])
    return frozenset(actions)


def read_update(names: Iterable[str], stored: Collection[str], major: int) -> frozenset[str]:
    """The actions after an update by a client that may not see all stored ones: those stay as they are."""
    visible = read(shown(stored, major))
    return read(names) | (frozenset(stored) - visible)
