"""A real Slurm of one node, on this machine, for tests: own configuration, own keys, own ports.

Memory is limited by Slurm's own accounting (`OverMemoryKill`), so no cgroups are needed.
"""

from __future__ import annotations

import secrets
import shutil
import socket
from pathlib import Path

from peer_daemons import Daemons, free_ports

from treadle.testing.waiting import wait_until

SETTINGS = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort={controller}
SlurmdPort={node}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2
SlurmdParameters=config_overrides
DefMemPerCPU=200
ReturnToService=2
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
KillWait=2
MessageTimeout=3
MinJobAge=300
PropagateResourceLimits=NONE
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=closed Nodes={host} MaxTime=INFINITE State=DOWN
"""


class Slurm:
    """Controller, node daemon and authentication service, in the foreground."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._host = socket.gethostname()
        for name in ("state", "spool", "munge"):
            (folder / name).mkdir(parents=True)
        (folder / "munge").chmod(0o755)
        controller, node = free_ports(2)
        settings = folder / "slurm.conf"
        settings.write_text(SETTINGS.format(host=self._host, folder=folder, controller=controller, node=node))
        self.environment = {"SLURM_CONF": str(settings)}
        self._daemons = Daemons(folder, self.environment)

    def start(self) -> None:
        """Returns when the node takes jobs."""
        self._start_munge()
        self.start_controller()
        self._daemons.start("slurmd", "-D", "-N", self._host)
        wait_until(lambda: self.ask("sinfo", "-h", "-p", "main", "-o", "%T") == "idle\n", "the node is idle")

    def start_controller(self) -> None:
        self._daemons.start("slurmctld", "-D")
        wait_until(lambda: "UP" in self.ask("scontrol", "ping"), "the controller answers")

    def stop_controller(self) -> None:
        self._daemons.stop("slurmctld")

    def ask(self, *command: str) -> str:
        """What one of its commands prints."""
        return self._daemons.ask(*command)

    def stop(self) -> None:
        try:
            for job in self.ask("squeue", "-h", "-o", "%A").split():
                self.ask("scancel", job)
            wait_until(lambda: not self.ask("squeue", "-h").strip(), "no job is left")
        finally:
            self._daemons.stop_all()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start_munge(self) -> None:
        folder = self._folder / "munge"
        key = folder / "key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self._daemons.start(
            "munged", "--foreground", f"--key-file={key}", f"--socket={folder}/socket", f"--pid-file={folder}/pid",
            f"--log-file={folder}/log", f"--seed-file={folder}/seed", "--num-threads=2", "--force",
        )  # fmt: skip
        wait_until((folder / "socket").exists, "munged listens")
