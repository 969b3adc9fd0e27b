"""Kubernetes: the Job object that runs a request's commands, each in a pod of its own.

Only the manifest is made here. It is checked against the schema of the API, and was never run on a real cluster.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from treadle.engine.schedulers.contract import Request
from treadle.engine.schedulers.script import safe_name
from treadle.gears.resources import Resources

_FINISHED_S = 3600
_TO_END_S = 60
_SCRATCH = "/scratch"


@dataclass(frozen=True)
class Place:
    """What a site decides once."""

    image: str
    """Holds Treadle and bubblewrap."""
    secret: str
    """Secret whose entries become the environment: the server's address and the engine's key never show in a Job."""
    namespace: str = "default"
    gpu: str = "nvidia.com/gpu"


def job_manifest(request: Request, place: Place) -> dict[str, Any]:
    """A Job of `batch/v1`; several commands become an indexed one. A queue is Kueue's."""
    name = safe_name(request.name).lower().replace("_", "-").replace(".", "-")[:50].strip("-")
    labels = {"app.kubernetes.io/managed-by": "treadle", "treadle/engine": name}
    if request.queue:
        labels["kueue.x-k8s.io/queue-name"] = request.queue
    count = len(request.commands)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"generateName": f"{name}-", "namespace": place.namespace, "labels": labels},
        "spec": {
            "completionMode": "Indexed",
            "completions": count,
            "parallelism": count,
            # What is tried again is the server's decision; one task's failure is not another's.
            "backoffLimitPerIndex": 0,
            "maxFailedIndexes": count,
            "activeDeadlineSeconds": request.resources.time,
            "ttlSecondsAfterFinished": _FINISHED_S,
            "template": {"metadata": {"labels": labels}, "spec": _pod(request, place)},
        },
    }


def _pod(request: Request, place: Place) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _TO_END_S,
        # In a user namespace of its own the sandbox may make namespaces without any right on the node.
        "hostUsers": False,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "engine",
                "image": place.image,
                "command": _command(request.commands),
                "envFrom": [{"secretRef": {"name": place.secret}}],
                "env": [{"name": name, "value": value} for name, value in request.environment.items()],
                "resources": _resources(request.resources, place),
                "securityContext": {
                    "procMount": "Unmasked",
                    "capabilities": {"add": ["SYS_ADMIN", "NET_ADMIN"]},
                },
                "volumeMounts": [{"name": "scratch", "mountPath": _SCRATCH}],
            }
        ],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": str(request.resources.disk)}}],
    }


def _command(commands: Sequence[Sequence[str]]) -> list[str]:
    """Each pod picks its own by its index; the words are arguments, so that no shell reads them."""
    if len(commands) == 1:
        return list(commands[0])
    length = max(len(command) for command in commands)
    if any(len(command) != length for command in commands):
        raise ValueError("commands of one array have the same number of words")
    pick = f'shift $((JOB_COMPLETION_INDEX * {length})); exec "${{@:1:{length}}}"'
    return ["bash", "-c", pick, "pick", *(word for command in commands for word in command)]


def _resources(wanted: Resources, place: Place) -> dict[str, Any]:
    amounts = {
        "cpu": f"{math.ceil(wanted.cpu * 1000)}m",
        "memory": str(wanted.memory),
        "ephemeral-storage": str(wanted.disk),
    }
    if wanted.gpu:
        amounts[place.gpu] = str(wanted.gpu)
    return {"requests": amounts, "limits": amounts}
